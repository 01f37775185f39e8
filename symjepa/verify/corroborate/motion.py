"""What the kernel reads off a flow, found otherwise: rates of quantities on trajectories, losses on exact samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Any

import sympy as sp
from flint import fmpq, fmpq_mat

from symjepa.errors import InvalidModel
from symjepa.exact.balls import rational
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Factor, Matrix, Power, Word, WordSum, instantiated
from symjepa.flow import letters
from symjepa.model import EMA, Frozen, LayerEMA, Live, Model, Shared
from symjepa.statements.claims import LossIs, Moves
from symjepa.statements.descriptions import Modes
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.dynamics import modes_together
from symjepa.verify.corroborate.enclosures import ENCLOSED, enclosable, enclosed, overlapping
from symjepa.verify.corroborate.integrate import slope
from symjepa.verify.corroborate.matrices import Amplitudes, at_numbers, atoms, rates_of, size_of
from symjepa.verify.corroborate.modes import (
    MATRIX,
    MODE,
    Start,
    along_layers,
    along_mode,
    brief,
    one_state,
    readings,
    spelled_out,
    starts,
    value_at,
)
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point

WINGS, POINTS = 7, 2
TOTAL = sp.Dummy("z", real=True)


def of_motion(claim: Moves, context: Context, seed: int) -> Iterator[Agreement]:
    """The quantity along enclosures and the integral of its rate, and its slope along layers that hold two modes."""
    exprs = (claim.quantity, claim.rate)
    found = list(starts(claim.flow, exprs, context.facts, POINTS, seed))
    summed = [start for start in found if enclosable(start.flow, _summand(claim, start))]
    if summed or not found:
        yield agreement(f"Moves: {ENCLOSED}", readings(partial(_accumulated, claim, start) for start in summed))
    if others := [start for start in found if start not in summed]:
        yield agreement(f"Moves: {MODE}", readings(_measured(claim, start) for start in others))
    if isinstance(claim.flow, Modes):
        pair = modes_together(claim.flow, exprs, context.facts, seed)
        yield agreement(f"Moves: {MATRIX}", readings([_together(claim, claim.flow, pair, seed)] if pair else []))


def _summand(claim: Moves, start: Start) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """ż = the claimed rate, as one more equation."""
    fixed = {symbol: value for symbol, value in start.point.items() if symbol not in start.flow.state}
    return ((TOTAL, spelled_out(claim.rate, fixed)),)


def _accumulated(claim: Moves, start: Start) -> Iterator[Reading]:
    """z(0) = quantity(0) and ż = rate, enclosed beside the flow: z must stay the quantity."""
    ((_, rate),) = _summand(claim, start)
    began = spelled_out(claim.quantity, {**start.point, **start.exact})
    time = brief(start)
    beside = enclosed(start, time, more={TOTAL: (rate, began)})
    for at, state in zip((time / 2, time), beside.at([time / 2, time]), strict=True):
        total = state.pop(TOTAL)
        yield from overlapping(total, value_at(claim.quantity, start.point, state), f"{start}, t = {at}")


def _around(time: fmpq) -> list[fmpq]:
    """Times close about the middle, as a difference quotient needs them."""
    return [time * (1 + fmpq(j, 10**6)) for j in range(-WINGS, WINGS + 1)]


def _measured(claim: Moves, start: Start) -> Callable[[], Iterable[Reading]]:
    time = brief(start) / 8
    return lambda: _compared(claim, start, time, along_mode(start, _around(time)))


def _together(claim: Moves, flow: Modes, pair: Sequence[Start], seed: int) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        time = min(map(brief, pair)) / 8
        for start, own in zip(pair, along_layers(flow, pair, _around(time), seed), strict=True):
            yield from _compared(claim, start, time, own)

    return found


def _compared(claim: Moves, start: Start, time: fmpq, states: Sequence[Amplitudes]) -> Iterator[Reading]:
    """The central difference of the quantity against the claimed rate in the middle."""
    values = [value_at(claim.quantity, start.point, one_state(state)).mid() for state in states]
    step = time / 10**6
    speed = slope(lambda h: values[WINGS + int((h / step).p)], step, WINGS)
    yield measured(speed, value_at(claim.rate, start.point, one_state(states[WINGS])), str(start))


# Losses.


def of_loss(claim: LossIs, context: Context, seed: int) -> Iterator[Agreement]:
    """The mean of ½|P W x - W̄ y|² over a random exact sample, against the traces in the sample's own covariances."""
    points = drawn(rates_of(claim.model), context.facts, POINTS, seed)
    yield agreement("LossIs: exact random samples", readings(partial(_sampled, claim, p, seed) for p in points))


def _sampled(claim: LossIs, point: Point, seed: int) -> Iterator[Reading]:
    model = at_numbers(claim.model, point)
    sample = _Sample(model, Random(f"sample {seed} {said(point)}"))
    yield Reading(sample.loss() == sample.value(claim.traces, point), None, said(point))


class _Sample:
    """Random exact layers, and three pairs of views as the columns of x and y."""

    def __init__(self, model: Model, random: Random) -> None:
        self.model, self._random, self._known = model, random, dict[str, fmpq_mat]()
        named = letters(model)
        x, y = self._of(named.context.rows, 3, "x"), self._of(named.target.rows, 3, "y")
        pairs = {"Sxx": (x, x), "Syx": (y, x), "Syy": (y, y)}
        self._known |= {name: left * right.transpose() / 3 for name, (left, right) in pairs.items()}

    def _of(self, space: str, cols: int, name: str) -> fmpq_mat:
        rows = size_of(space)
        if name not in self._known:
            entries = [fmpq(self._random.randint(-5, 5), self._random.randint(1, 4)) for _ in range(rows * cols)]
            self._known[name] = fmpq_mat(rows, cols, entries)
        return self._known[name]

    def product(self, factors: Iterable[Factor]) -> Any:
        """A product of letters; layers are drawn when they are first met."""
        result: Any = None
        for factor in factors:
            for name, transposed in atoms(Word((factor,), factor.rows, factor.cols)):
                one = self._letter(factor, name)
                one = one.transpose() if transposed else one
                result = one if result is None else result * one
        return result

    def _letter(self, factor: Factor, name: str) -> fmpq_mat:
        assert not isinstance(factor, Power)  # losses hold no powers
        if isinstance(factor, Matrix):
            plain = factor.T if factor.transposed else factor
            return self._of(plain.rows, size_of(plain.cols), name)
        level = int(name.rpartition("_")[2])
        rows, cols = (factor.stack.space(sp.Integer(n)) for n in (level, level - 1))
        return self._of(rows, size_of(cols), name)

    def value(self, traces: TraceSum, point: Point) -> fmpq:
        """A sum of traces, exactly."""
        total = fmpq(0)
        for word, coefficient in traces.terms:
            ((spelled, _),) = instantiated(WordSum.of(word), point).terms
            matrix = self.product(spelled.factors)
            assert matrix is not None
            trace = sum((matrix[i, i] for i in range(matrix.nrows())), fmpq(0))
            total += rational(coefficient.xreplace(dict(point))) * trace
        return total

    def loss(self) -> fmpq:
        """From the definition: residuals, squared and averaged; no word is taken apart."""
        named = letters(self.model)
        stacks = [named.predictor] if self.model.predictor.depth != 0 else []
        prediction = self._applied([*stacks, named.encoder], self._known["x"])
        residual = prediction - self._target(self._known["y"])
        return sum((entry * entry for entry in residual.entries()), fmpq(0)) / 6

    def _applied(self, stacks: Sequence[Any], views: fmpq_mat) -> fmpq_mat:
        factors = [factor for stack in stacks for word, _ in stack.product().terms for factor in word.factors]
        matrix = self.product(factors)
        return views if matrix is None else matrix * views

    def _target(self, y: fmpq_mat) -> fmpq_mat:
        named = letters(self.model)
        match self.model.teacher:
            case None:
                return y
            case Live() | Shared():
                return self._applied([named.encoder], y)
            case LayerEMA():
                return self._applied([named.teacher_layers], y)
            case EMA() | Frozen():
                return self._letter(named.teacher_product, "Wbar") * y
        raise InvalidModel(f"a teacher that this loss knows is needed, but got {self.model.teacher}")
