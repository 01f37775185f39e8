"""Claims about matrices against numbers: exact random letters, and derivatives measured along integrated layers of
width > 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from random import Random

import numpy as np
import sympy as sp
from flint import arb, arb_mat, fmpq

from symjepa.errors import InvalidModel
from symjepa.exact.facts import Fact
from symjepa.exact.words import Matrix, Word, WordSum, instantiated, ranges
from symjepa.flow import MatrixFlow, gradient_flow, letters
from symjepa.model import EMA, Frozen, LayerEMA, Model
from symjepa.modes.frames import alignment
from symjepa.statements.claims import Annihilates, Claim, Decouples, Dissipates, Drift, Relation, WordIdentity
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.dynamics import readings
from symjepa.verify.corroborate.integrate import State, extrapolated, first_step, slope, trajectory
from symjepa.verify.corroborate.matrices import (
    AlignedRun,
    Framed,
    Named,
    Program,
    aligned_run,
    at_numbers,
    framed,
    in_frames,
    letters_of,
    matrix_rate,
    name_of,
    rates_of,
)
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.instances import Letters, instances
from symjepa.verify.kernel.points import Point
from symjepa.verify.kernel.refute import symbols_of
from symjepa.verify.obligations.scalars import facts_of

POINTS = 2
ALONG = "derivative along the matrix flow"


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
    return any(isinstance(f, Matrix) or (f.hi - f.lo).xreplace(dict(point)) != 0 for f in word.factors)


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


def in_balls(matrix: np.ndarray) -> arb_mat:
    """An exact matrix as balls."""
    rows, cols = matrix.shape
    return arb_mat(rows, cols, [fmpq(x.numerator, x.denominator) for x in matrix.flat])


class Moving:
    """Layers of width > 1 at an exact random start, integrated for a short time once; words are evaluated near its
    end.
    """

    def __init__(self, model: Model, found: Letters, held: frozenset[str]) -> None:
        flow = gradient_flow(at_numbers(model, found.numbers))
        self.point = found.numbers
        self.constants: Named = {name: in_balls(x) for name, x in found.matrices.items()}
        self.names, self.rate = matrix_rate(flow, self.constants)
        self._near: dict[fmpq, Named] = {}
        if held & set(self.names):  # hypotheses on moving letters hold at the start alone
            self.state: State = tuple(self.constants[name] for name in self.names)
            self.step = first_step(self.rate, self.state) / 10**5
        else:
            start = tuple(self.constants[name] * fmpq(1, 3) for name in self.names)
            time = first_step(self.rate, start)
            self.state, self.step = trajectory(self.rate, start, [time])[-1], time / 10**5

    def near(self, time: fmpq) -> Named:
        """The letters a short time before or after, integrated."""
        if time not in self._near:
            state, _ = extrapolated(self.rate, self.state, time) if time != 0 else (self.state, 0)
            assert state is not None
            self._near[time] = {**self.constants, **dict(zip(self.names, state, strict=True))}
        return self._near[time]

    def values(self, words: WordSum, point: Point) -> Callable[[fmpq], arb_mat | None]:
        """A word sum as a function of a short time before or after."""
        program = Program([instantiated(words, point) if words.terms else words])
        return lambda time: program(self.near(time))[0]


@cache
def _moving(
    model: Model, constants: tuple[WordSum, ...], context: Context, hypotheses: tuple[Annihilates, ...], seed: int
) -> tuple[Moving, ...]:
    """Three starts for a model; every claim about it under the same hypotheses is measured on them."""
    held = frozenset(str(getattr(letter, "name", letter)) for h in hypotheses for letter in (h.left, h.right))
    found: list[Moving] = []
    for letters_drawn in _exact_letters((*own_letters(model), *constants), context, hypotheses, seed, model):
        if _wide(letters_drawn) and len(found) < POINTS:
            found.append(Moving(model, letters_drawn, held))
    return tuple(found)


def _wide(found: Letters) -> bool:
    """Some layer is wider than one, and the whole is small enough to integrate."""
    layers = [x for name, x in found.matrices.items() if name[:2] in ("W_", "P_")]
    return any(min(x.shape) > 1 for x in layers) and len(layers) <= 4


def _measured_on(
    claim: Drift | Dissipates, context: Context, sums: tuple[WordSum, ...], seed: int
) -> Iterator[tuple[Moving, Point]]:
    """Starts for a claim, with numbers for the indices that it has of its own."""
    facts, granted = _split(claim.on)
    facts = (*context.facts, *facts, *(Fact(gap, "nonnegative") for words in sums for gap in ranges(words)))
    weights = [weight for weight, _ in claim.by] if isinstance(claim, Dissipates) else []
    symbols = {s for words in sums for s in symbols_of(words)} | {s for weight in weights for s in weight.free_symbols}
    constants = {f.T if f.transposed else f for words in sums for f in words.letters() if isinstance(f, Matrix)}
    kept = tuple(letter.word() for letter in sorted(constants, key=str))
    for run in _moving(claim.flow.model, kept, context, (*context.rewrites, *granted), seed):
        yield from ((run, point) for point in drawn(symbols, facts, 1, seed, run.point))


def of_drift(claim: Drift, context: Context, seed: int) -> Iterator[Agreement]:
    """The measured derivative of a word sum along integrated layers, against the claimed words."""

    def check(run: Moving, point: Point) -> Iterator[Reading]:
        speed = slope(run.values(claim.of, point), run.step, 7)
        claimed = run.values(claim.equals, point)(fmpq(0))
        yield measured(speed, speed * 0 if claimed is None else claimed, said(point))

    runs = _measured_on(claim, context, (claim.of, claim.equals), seed)
    yield agreement(f"Drift: {ALONG}", readings(partial(check, *pair) for pair in runs))


def of_dissipation(claim: Dissipates, context: Context, seed: int) -> Iterator[Agreement]:
    """The trace falls, and by exactly the squares that are claimed."""

    def check(run: Moving, point: Point) -> Iterator[Reading]:
        form = run.values(claim.form, point)
        speed = slope(lambda h: _trace(form(h)), run.step, 7)
        lost = sum((_loss(run, point, weight, words) for weight, words in claim.by), arb(0))
        yield measured(speed, -lost, said(point))
        yield Reading(bool(speed < arb(10) ** -40), None, said(point))

    runs = _measured_on(claim, context, (claim.form, *(words for _, words in claim.by)), seed)
    yield agreement(f"Dissipates: {ALONG}", readings(partial(check, *pair) for pair in runs))


def _trace(matrix: arb_mat | None) -> arb:
    return arb(0) if matrix is None else matrix.trace()


def _loss(run: Moving, point: Point, weight: sp.Expr, words: WordSum) -> arb:
    number = weight.xreplace(dict(point))
    return _trace(run.values(words.T @ words, point)(fmpq(0))) * fmpq(int(number.p), int(number.q))


# Decoupling.


def of_decoupling(claim: Decouples, context: Context, seed: int) -> Iterator[Agreement]:
    """Integrated from aligned starts the layers stay diagonal; with bent covariances they do not."""
    model = claim.flow.model
    points = [x for x in drawn(rates_of(model), context.facts, 6 * POINTS, seed) if _affordable(model, x)]
    checks = [partial(_stays, claim, point, seed) for point in points[:2]]
    yield agreement("Decouples: matrix flow from aligned starts", readings(checks))


def _affordable(model: Model, point: Point) -> bool:
    layers = (model.encoder.depth + model.predictor.depth).xreplace(dict(point))
    return _valid(model, point) and bool(layers <= 4)


def _stays(claim: Decouples, point: Point, seed: int) -> Iterator[Reading]:
    flow = gradient_flow(at_numbers(claim.flow.model, point))
    frames = alignment(flow)
    for end in claim.apart:
        frames = frames.without(end)
    random = Random(f"amplitudes {seed} {said(point)}")
    names = [name_of(factor) for factor in letters_of(flow)]
    values = {name: [fmpq(random.randint(3, 12), 9) for _ in range(_modes(name))] for name in names}
    turned = framed(flow, seed, frames)
    straight = aligned_run(flow, turned, values, [fmpq(1, 16)])
    yield measured(1 + max(straight.strays), arb(1), said(point))
    for bent in sorted({"Sxx", "Syx"} & set(values)):
        yield Reading(_pushed(flow, turned, in_frames(flow, turned, values), bent) > arb(10) ** -6, None, said(point))


def _modes(name: str) -> int:
    return 3 if name in ("Sxx", "Syx") else 2


def _pushed(flow: MatrixFlow, turned: Framed, named: Named, bent: str) -> arb:
    """How fast a covariance that is not diagonal drives the layers off their diagonals."""
    rows, cols = named[bent].nrows(), named[bent].ncols()
    bow = arb_mat(rows, cols, [fmpq(1, 5)] * (rows * cols))
    names, rate = matrix_rate(flow, {**named, bent: named[bent] + bow})
    speeds = AlignedRun(flow, turned, names, (rate(tuple(named[name] for name in names)),))
    return max(speeds.strays)
