"""Products of balanced layers, bounds and noise against layers that move by backpropagation at exact random points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce
from random import Random
from typing import Any

import numpy as np
import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.exact.words import Segment, instantiated, ranges, symbols_of
from symjepa.flow import letters
from symjepa.model import Model
from symjepa.statements.claims import (
    Balanced,
    Below,
    ByInduction,
    Decays,
    Drift,
    Exhibit,
    Growth,
    Lasts,
    NotClosed,
    ProductMoves,
    Relation,
    TargetNoise,
)
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.layers import BACKWARD, Layers, number_at
from symjepa.verify.corroborate.layers import traced as trace
from symjepa.verify.corroborate.matrices import at_numbers, rates_of
from symjepa.verify.corroborate.modes import readings
from symjepa.verify.corroborate.simulate.learner import needed
from symjepa.verify.corroborate.words import of_drift, own_letters
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.instances import Letters
from symjepa.verify.kernel.points import Point
from symjepa.verify.obligations.local import fact_of
from symjepa.verify.search.letters import instances

POINTS = 4
EXACT = "exact random matrices"


def of_decay(claim: Decays, context: Context, seed: int) -> Iterator[Agreement]:
    """The motion by backpropagation and by simulation, against the rate that an exponential has."""
    drift = Drift(claim.flow, claim.of, claim.rate * claim.of, claim.on)
    for found in of_drift(drift, context, seed):
        yield replace(found, by=found.by.replace("Drift", "Decays"))


def of_induction(claim: ByInduction, context: Context, seed: int) -> Iterator[Agreement]:
    """Both sides on random exact layers, balanced by construction."""

    def check(found: Letters) -> Iterator[Reading]:
        sides = [found.value(words) if words.terms else 0 for words in (claim.lhs, claim.rhs)]
        yield Reading(not np.any(sides[0] - sides[1] != 0), None, said(found.numbers))

    inside = [Fact(claim.index - claim.first, "nonnegative")]
    inside += [] if claim.last is None else [Fact(claim.last - claim.index, "nonnegative")]
    sums = (claim.lhs, claim.rhs)
    facts = (*context.facts, *inside, *(Fact(gap, "nonnegative") for words in sums for gap in ranges(words)))
    symbols = {s for words in sums for s in symbols_of(words)} | _models_symbols(claim.on)
    points = drawn(symbols, facts, POINTS, seed)
    yield agreement(
        f"ByInduction: {EXACT}", readings(partial(check, x) for x in instances(sums, points, claim.on, len(points)))
    )


def _models_symbols(laws: Iterable[Balanced]) -> set[sp.Symbol]:
    return {symbol for law in laws for symbol in rates_of(law.model)}


def _states(
    model: Model, context: Context, laws: tuple[Balanced | Below, ...], seed: int, more: Iterable[sp.Symbol] = ()
) -> Iterator[tuple[Layers, Point]]:
    """A model at numbers, with exact layers and data that obey the hypotheses."""
    facts = (*context.facts, *(Fact(depth, "nonnegative") for depth in (model.encoder.depth, model.predictor.depth)))
    points = drawn({*rates_of(model), *more}, facts, POINTS, seed)
    for found in instances(own_letters(model), points, laws, len(points)):
        yield Layers(at_numbers(model, found.numbers), found.matrices), found.numbers


def of_product(claim: ProductMoves, context: Context, seed: int) -> Iterator[Agreement]:
    """The exact motion of the whole product, against the sum over all layers."""
    whole = reduce(lambda left, right: left @ right, (share.stack.product() for share in claim.shares))

    def check(state: Layers, point: Point) -> Iterator[Reading]:
        claimed = sum(_summed(claim, state, point), start=0 * state.derivative(whole, point))
        yield Reading(not np.any(state.derivative(whole, point) != claimed), None, said(point))

    found = _states(claim.flow.model, context, claim.on, seed)
    yield agreement(f"ProductMoves: {BACKWARD}", readings(partial(check, *state) for state in found))


def _summed(claim: ProductMoves, state: Layers, point: Point) -> Iterator[Any]:
    for share in claim.shares:
        for number in range(1, int(share.stack.depth.xreplace(dict(point))) + 1):
            yield state.value(share.summand, {**point, share.index: sp.Integer(number)})


def of_not_closed(claim: NotClosed, context: Context, seed: int) -> Iterator[Agreement]:
    """Both exhibits, moved by backpropagation."""

    def check() -> Iterator[Reading]:
        one, other = (_exhibited(claim.flow.model, exhibit) for exhibit in claim.at)
        same = all(not np.any(one[0].value(w, one[1]) != other[0].value(w, other[1])) for w in claim.same)
        apart = np.any(one[0].derivative(claim.of, one[1]) != other[0].derivative(claim.of, other[1]))
        yield Reading(bool(same and apart), None, said(one[1]))

    yield agreement(f"NotClosed: {BACKWARD}", readings([check]))


def _exhibited(model: Model, exhibit: Exhibit) -> tuple[Layers, Point]:
    point = {symbol: sp.Rational(number) for symbol, number in exhibit.numbers}
    held = at_numbers(model, point)
    matrices = {
        name: np.array([[Fraction(x) for x in row] for row in rows], dtype=object) for name, rows in exhibit.matrices
    }
    wanted = {*needed(held), "Sxx", "Syx", "Syy"}
    return Layers(held, {name: matrix for name, matrix in matrices.items() if name in wanted}), point


def of_lasting(claim: Lasts, context: Context, seed: int) -> Iterator[Agreement]:
    """The exact growth of every form, against the most that it may be."""

    def check(state: Layers, point: Point) -> Iterator[Reading]:
        for growth in claim.growths:
            for here in _indices(growth, point):
                yield Reading(_grows_at_most(growth, state, here), None, said(here))

    bounds = [symbol for ceiling in claim.on for symbol in ceiling.bound.free_symbols]
    found = _states(claim.flow.model, context, claim.on, seed, bounds)
    yield agreement(f"Lasts: {BACKWARD}", readings(partial(check, *state) for state in found))


def _indices(growth: Growth, point: Point) -> Iterator[Point]:
    """Numbers for the running index, if there is one."""
    facts = [fact_of(relation) for relation in growth.on if isinstance(relation, Relation)]
    yield from drawn({symbol for fact in facts for symbol in fact.free_symbols}, facts, 2, 0, point)


def _grows_at_most(growth: Growth, state: Layers, point: Point) -> bool:
    weights = [(number_at(weight, point), words) for weight, words in growth.form]
    size = sum(weight * trace(state.value(words.T @ words, point)) for weight, words in weights)
    speed = sum(weight * trace(state.derivative(words.T @ words, point)) for weight, words in weights)
    fed = 0 if growth.source is None else trace(state.value(growth.source, point))
    return bool(speed <= number_at(growth.rate, point) * size + fed)


# Noise on the target.


def of_target_noise(claim: TargetNoise, context: Context, seed: int) -> Iterator[Agreement]:
    """A sample with noise and without: losses from their definition, velocities by backpropagation."""

    def check(point: Point) -> Iterator[Reading]:
        model = at_numbers(claim.model, point)
        sample = _Noisy(model, claim.correlated, Random(f"noise {seed} {said(point)}"))
        letters_ = Letters(sample.matrices, point)
        yield Reading(sample.loss(noisy=True) - sample.loss() == (letters_.trace(claim.loss) or 0), None, said(point))
        for name, gain in sample.gains.items():
            yield Reading(not np.any(gain != _claimed(claim, name, letters_)), None, f"{name} at {said(point)}")

    points = drawn(rates_of(claim.model), context.facts, POINTS, seed)
    yield agreement(f"TargetNoise: {BACKWARD}", readings(partial(check, point) for point in points))


def _claimed(claim: TargetNoise, name: str, found: Letters) -> Any:
    """What the claim says that one layer gains."""
    family, _, number = name.partition("_")
    for letter, gain in claim.gains:
        ((word, _),) = letter.terms
        (own,) = word.factors
        if isinstance(own, Segment) and own.stack.name == family and gain.terms:
            index = {symbol: sp.Integer(number) for symbol in own.hi.free_symbols}
            return found.value(instantiated(gain, index))
    return 0


class _Noisy:
    """Random exact layers, and a sample of views with noise; mirrored where the noise is to be uncorrelated."""

    def __init__(self, model: Model, correlated: bool, random: Random) -> None:
        self.model, named = model, letters(model)
        self._random, widths = random, {"context": 3, "latent": 2, "target": 3}
        self.x, self.y, n = (self._drawn(widths[space], 4) for space in (named.context.rows, *[named.target.rows] * 2))
        bend = self._drawn(len(self.y), 4)
        if not correlated:
            self.x, self.y = np.hstack([self.x, self.x]), np.hstack([self.y + bend, self.y - bend])
            n = np.hstack([n, -n])
        self.n = n
        clean, noise = self._moments(self.y), self._covariances()
        layers = {name: self._drawn(*shape) for name, shape in _shapes_of(model, widths).items()}
        self.matrices: Mapping[str, Any] = {**layers, **clean, **noise}
        quiet, loud = (Layers(model, {**layers, **data}) for data in (clean, self._moments(self.y + n)))
        self.gains = {name: loud.velocity[name] - quiet.velocity[name] for name in layers if name in quiet.velocity}

    def _drawn(self, rows: int, cols: int) -> Any:
        entries = [Fraction(self._random.randint(-5, 5), self._random.randint(1, 3)) for _ in range(rows * cols)]
        return np.array(entries, dtype=object).reshape(rows, cols)

    def _moments(self, y: Any) -> dict[str, Any]:
        pairs = {"Sxx": (self.x, self.x), "Syx": (y, self.x), "Syy": (y, y)}
        return {name: left @ right.T / Fraction(self.x.shape[1]) for name, (left, right) in pairs.items()}

    def _covariances(self) -> dict[str, Any]:
        pairs = {"Snn": (self.n, self.n), "Syn": (self.y, self.n), "Snx": (self.n, self.x)}
        return {name: left @ right.T / Fraction(self.x.shape[1]) for name, (left, right) in pairs.items()}

    def _product(self, family: str) -> Any:
        if family in self.matrices:
            return self.matrices[family]
        names = sorted((name for name in self.matrices if name.startswith(f"{family}_")), key=_number)
        return reduce(lambda below, name: self.matrices[name] @ below, names[1:], self.matrices[names[0]])

    def loss(self, noisy: bool = False) -> Fraction:
        """The mean of ½|P W x - W̄ y|²."""
        seen = self.y + self.n if noisy else self.y
        guess = self._product("W") @ self.x
        guess = self._product("P") @ guess if self.model.predictor.depth != 0 else guess
        teacher = None if self.model.teacher is None else self.model.teacher.name
        if teacher is not None:
            seen = self._product("W" if teacher in ("live", "shared") else "Wbar") @ seen
        gaps = ((a - b) ** 2 for a, b in zip(guess.flat, seen.flat, strict=True))
        total: Fraction = sum(gaps, Fraction(0)) / (2 * self.x.shape[1])
        return total


def _number(name: str) -> int:
    return int(name.rpartition("_")[2])


def _shapes_of(model: Model, widths: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The shape of every layer, hidden ones of width 2, and of a teacher."""
    named = letters(model)
    stacks = {"W": named.encoder, "P": named.predictor, "Wbar": named.teacher_layers}
    found = {"Wbar": (widths["latent"], widths["context"])}
    for name, stack in stacks.items():
        for number in range(1, int(stack.depth) + 1):
            ends = (stack.space(sp.Integer(number)), stack.space(sp.Integer(number - 1)))
            found[f"{name}_{number}"] = (widths.get(ends[0], 2), widths.get(ends[1], 2))
    return {name: found[name] for name in needed(model)}
