"""Claims about matrices against numbers: exact random letters, and layers of width > 1 that move by backpropagation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from random import Random

import numpy as np
import sympy as sp
from flint import arb, arb_mat, fmpq

from symjepa.errors import InvalidModel
from symjepa.exact.facts import Fact
from symjepa.exact.words import Matrix, Word, WordSum, length, ranges, symbols_of
from symjepa.flow import MatrixFlow, gradient_flow, letters
from symjepa.model import EMA, Frozen, LayerEMA, Model
from symjepa.modes.frames import alignment
from symjepa.statements.claims import Annihilates, Claim, Decouples, Dissipates, Drift, Relation, WordIdentity
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.layers import BACKWARD, SIMULATED, Layers, end_of, number_at, traced
from symjepa.verify.corroborate.matrices import (
    AlignedRun,
    Framed,
    Named,
    aligned_run,
    at_numbers,
    framed,
    in_frames,
    letter_name,
    letters_of,
    matrix_rate,
    moving_letters,
    name_of,
    rates_of,
)
from symjepa.verify.corroborate.modes import readings
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.instances import Letters
from symjepa.verify.kernel.points import Point
from symjepa.verify.obligations.scalars import facts_of
from symjepa.verify.search.letters import instances

POINTS = 3


def _split(on: tuple[Claim, ...]) -> tuple[tuple[Fact, ...], tuple[Annihilates, ...]]:
    relations = tuple(claim for claim in on if isinstance(claim, Relation))
    return facts_of(relations), tuple(claim for claim in on if isinstance(claim, Annihilates))


def _exact_letters(
    sums: tuple[WordSum, ...], context: Context, on: tuple[Claim, ...], seed: int, fixed: Model | None = None
) -> Iterator[Letters]:
    """Random exact letters at random numbers, which obey all hypotheses on letters."""
    facts, granted = _split(on)
    hypotheses = (*context.rewrites, *granted)
    all_facts = (*context.facts, *facts, *(Fact(gap, "nonnegative") for words in sums for gap in ranges(words)))
    symbols = {s for words in sums for s in symbols_of(words)} | (rates_of(fixed) if fixed else set())
    symbols |= {s for hypothesis in hypotheses for s in symbols_of(hypothesis.value)}
    points = [*_two_deep(fixed, symbols, all_facts, seed), *drawn(symbols, all_facts, 4 * POINTS, seed)]
    nonempty = tuple(words for words in sums if words.terms)
    for point in points:
        if fixed is None or _valid(fixed, point):
            yield from instances(_kept(nonempty, point), [point], hypotheses)


def _two_deep(model: Model | None, symbols: set[sp.Symbol], facts: tuple[Fact, ...], seed: int) -> list[Point]:
    """A point at which encoder and predictor have two layers each, so that every joint has an index."""
    depths = () if model is None else (model.encoder.depth, model.predictor.depth)
    two = {depth: sp.Integer(2) for depth in depths if depth.is_Symbol}
    return drawn(symbols, facts, 1, seed, two) if two else []


def _kept(sums: tuple[WordSum, ...], point: Point) -> tuple[WordSum, ...]:
    """A stack of depth 0 has no letters to draw."""
    return tuple(words for words in sums if any(_stands(word, point) for word, _ in words.terms))


def _stands(word: Word, point: Point) -> bool:
    lengths = (length(factor) for factor in word.factors)
    return any(found is None or found.xreplace(dict(point)) != 0 for found in lengths)


def _valid(model: Model, point: Point) -> bool:
    try:
        return bool(at_numbers(model, point))
    except InvalidModel:
        return False


def of_word_identity(claim: WordIdentity, context: Context, seed: int) -> Iterator[Agreement]:
    """Both sides at exact random matrices."""

    def check(found: Letters) -> Iterator[Reading]:
        sides = [found.value(words) if words.terms else 0 for words in (claim.lhs, claim.rhs)]
        yield Reading(not np.any(sides[0] - sides[1] != 0), None, said(found.numbers))

    found = _exact_letters((claim.lhs, claim.rhs), context, claim.on, seed)
    yield agreement("WordIdentity: exact random matrices", readings(partial(check, x) for x in found))


# Drifts.


def own_letters(model: Model) -> tuple[WordSum, ...]:
    """Words that hold every moving letter of a model."""
    named = letters(model)
    stacks = [named.encoder.product()] + ([named.predictor.product()] if model.predictor.depth != 0 else [])
    if isinstance(model.teacher, LayerEMA):
        stacks.append(named.teacher_layers.product())
    return (*stacks, *((named.teacher_product.word(),) if isinstance(model.teacher, EMA | Frozen) else ()))


@dataclass(frozen=True, eq=False)
class Start:
    """Layers at an exact random start.  Free: no hypothesis is about what moves, so that any start will do."""

    layers: Layers
    point: Point
    free: bool


@cache
def _starts(
    model: Model, constants: tuple[WordSum, ...], context: Context, hypotheses: tuple[Claim, ...], seed: int
) -> tuple[Start, ...]:
    """Some starts for a model; every claim about it under the same hypotheses is measured on them."""
    found: list[Start] = []
    for drawn_letters in _exact_letters((*own_letters(model), *constants), context, hypotheses, seed, model):
        if _wide(drawn_letters) and len(found) < POINTS:
            layers = Layers(at_numbers(model, drawn_letters.numbers), drawn_letters.matrices)
            free = all(isinstance(h, Annihilates) and not _named(h) & set(layers.weights) for h in hypotheses)
            found.append(Start(layers, drawn_letters.numbers, free))
    return tuple(found)


def _named(hypothesis: Annihilates) -> set[str]:
    return {letter.name for letter in (hypothesis.left, hypothesis.right)}


def _wide(found: Letters) -> bool:
    """Some layer is wider than one, and the whole is small enough to simulate."""
    layers = [x for name, x in found.matrices.items() if name[:2] in ("W_", "P_")]
    return any(min(x.shape) > 1 for x in layers) and len(layers) <= 4


def _measured_on(
    claim: Drift | Dissipates, context: Context, sums: tuple[WordSum, ...], seed: int
) -> Iterator[tuple[Start, Point]]:
    """Starts for a claim, with numbers for the indices that it has of its own."""
    facts, granted = _split(claim.on)
    facts = (*context.facts, *facts, *(Fact(gap, "nonnegative") for words in sums for gap in ranges(words)))
    weights = [weight for weight, _ in claim.by] if isinstance(claim, Dissipates) else []
    symbols = {s for words in sums for s in symbols_of(words)} | {s for weight in weights for s in weight.free_symbols}
    constants = {f.T if f.transposed else f for words in sums for f in words.letters() if isinstance(f, Matrix)}
    kept = tuple(letter.word() for letter in sorted(constants, key=str))
    for run in _starts(claim.flow.model, kept, context, (*context.rewrites, *granted), seed):
        yield from ((run, point) for point in drawn(symbols, facts, 1, seed, run.point))


def of_drift(claim: Drift, context: Context, seed: int) -> Iterator[Agreement]:
    """The derivative of a word sum along backpropagation, and what it gains along simulations, against the words."""

    def exact(start: Start, point: Point) -> Iterator[Reading]:
        moved = start.layers.derivative(claim.of, point) - start.layers.value(claim.equals, point)
        yield Reading(not np.any(moved != 0), None, said(point))

    def gained(start: Start, point: Point) -> Iterator[Reading]:
        run = start.layers.run
        yield run.compared(run.value(claim.of, point), run.value(claim.equals, point), said(point))

    found = list(_measured_on(claim, context, (claim.of, claim.equals), seed))
    yield from _both("Drift", found, exact, gained)


def of_dissipation(claim: Dissipates, context: Context, seed: int) -> Iterator[Agreement]:
    """The trace falls, and by exactly the squares that are claimed."""

    def exact(start: Start, point: Point) -> Iterator[Reading]:
        speed = traced(start.layers.derivative(claim.form, point))
        squares = [number_at(c, point) * traced(start.layers.value(x.T @ x, point)) for c, x in claim.by]
        yield Reading(bool(speed == -sum(squares) and speed < 0), None, said(point))

    def gained(start: Start, point: Point) -> Iterator[Reading]:
        run = start.layers.run
        trace = traced(run.value(claim.form, point))
        lost = sum(float(number_at(c, point)) * traced(run.value(x.T @ x, point)) for c, x in claim.by)
        yield run.compared(trace, -lost, said(point))
        yield Reading(bool(np.all(np.diff(trace, axis=0) <= 0)), None, said(point))

    found = list(_measured_on(claim, context, (claim.form, *(words for _, words in claim.by)), seed))
    yield from _both("Dissipates", found, exact, gained)


def _both(
    kind: str,
    found: list[tuple[Start, Point]],
    exact: Callable[[Start, Point], Iterator[Reading]],
    gained: Callable[[Start, Point], Iterator[Reading]],
) -> Iterator[Agreement]:
    """Exactly at all starts, and in simulations where any start will do."""
    yield agreement(f"{kind}: {BACKWARD}", readings(partial(exact, *pair) for pair in found))
    if free := [pair for pair in found if pair[0].free]:
        yield agreement(f"{kind}: {SIMULATED}", readings(partial(gained, *pair) for pair in free))


# Decoupling.


def of_decoupling(claim: Decouples, context: Context, seed: int) -> Iterator[Agreement]:
    """Moved from aligned starts the layers stay diagonal; with bent covariances they do not."""
    model = claim.flow.model
    points = [x for x in drawn(rates_of(model), context.facts, 6 * POINTS, seed) if _affordable(model, x)]
    found = [(_aligned(claim, point, seed), said(point)) for point in points[:2]]
    yield agreement("Decouples: matrix flow from aligned starts", readings(partial(_stays, *pair) for pair in found))
    yield agreement("Decouples: layers simulated", readings(partial(_simulated, *pair) for pair in found))


def _affordable(model: Model, point: Point) -> bool:
    layers = (model.encoder.depth + model.predictor.depth).xreplace(dict(point))
    return _valid(model, point) and bool(layers <= 4)


@dataclass(frozen=True, eq=False)
class Straight:
    """A flow at numbers, frames for all ends that must share one, and letters that are diagonal in them."""

    flow: MatrixFlow
    frames: Framed
    values: Mapping[str, Sequence[fmpq]]

    @property
    def letters(self) -> Named:
        return in_frames(self.flow, self.frames, self.values)

    def bent(self, name: str) -> Named:
        """The letters, one covariance bent off its diagonal."""
        letters = self.letters
        rows, cols = letters[name].nrows(), letters[name].ncols()
        return {**letters, name: letters[name] + arb_mat(rows, cols, [fmpq(1, 5)] * (rows * cols))}

    def stray(self, names: tuple[str, ...], state: tuple[arb_mat, ...]) -> arb:
        """The largest entry of the layers off their diagonals."""
        return max(AlignedRun(self.flow, self.frames, names, (state,)).strays)


def _aligned(claim: Decouples, point: Point, seed: int) -> Straight:
    flow = gradient_flow(at_numbers(claim.flow.model, point))
    frames = alignment(flow)
    for end in claim.apart:
        frames = frames.without(end)
    random = Random(f"amplitudes {seed} {said(point)}")
    names = [name_of(factor) for factor in letters_of(flow)]
    values = {name: [fmpq(random.randint(3, 12), 9) for _ in range(_modes(name))] for name in names}
    return Straight(flow, framed(flow, seed, frames), values)


def _stays(straight: Straight, at: str) -> Iterator[Reading]:
    run = aligned_run(straight.flow, straight.frames, straight.values, [fmpq(1, 16)])
    yield measured(1 + max(run.strays), arb(1), at)
    for bent in sorted({"Sxx", "Syx"} & set(straight.values)):
        letters = straight.bent(bent)
        names, rate = matrix_rate(straight.flow, letters)
        yield Reading(straight.stray(names, rate(tuple(letters[name] for name in names))) > arb(10) ** -6, None, at)


def _simulated(straight: Straight, at: str) -> Iterator[Reading]:
    """The same by backpropagation, over a time in which much happens."""
    yield Reading(_strayed(straight, straight.letters) < arb(10) ** -9, None, at)
    for bent in sorted({"Sxx", "Syx"} & set(straight.values)):
        yield Reading(_strayed(straight, straight.bent(bent)) > arb(10) ** -6, None, at)


def _strayed(straight: Straight, letters: Named) -> arb:
    floats = {name: np.array([[float(x) for x in row] for row in matrix.table()]) for name, matrix in letters.items()}
    after = end_of(straight.flow.model, floats, 0.5)
    names = tuple(letter_name(one) for one in moving_letters(straight.flow))
    return straight.stray(names, tuple(arb_mat(after[name].tolist()) for name in names))


def _modes(name: str) -> int:
    return 3 if name in ("Sxx", "Syx") else 2
