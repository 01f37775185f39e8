"""Claims about trajectories of mode flows against enclosures of them, and against integrated layers of width > 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sympy as sp
from flint import arb, fmpq

from symjepa.exact.balls import ball, rational
from symjepa.exact.facts import Fact
from symjepa.statements.claims import Conserved, Implicit, Invariant, Solves
from symjepa.statements.descriptions import Flow, Modes
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.enclosures import Check, Same, along_modes, close
from symjepa.verify.corroborate.integrate import moved, slope
from symjepa.verify.corroborate.matrices import rates_of
from symjepa.verify.corroborate.modes import (
    MATRIX,
    QUIET,
    Start,
    along_layers,
    brief,
    consistent,
    in_numbers,
    numeric,
    one_state,
    parameters,
    readings,
    spelled_out,
    starts,
    value_at,
)
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point
from symjepa.verify.obligations.scalars import facts_of

POINTS = 3


def of_solution(claim: Solves, context: Context, seed: int) -> Iterator[Agreement]:
    """Closed forms against enclosed modes and integrated layers."""
    values = dict(claim.values)
    facts = (*context.facts, *facts_of(claim.on))

    def check(start: Start, time: fmpq, state: Mapping[sp.Expr, arb], same: Same) -> Iterator[Reading]:
        point = {**start.point, claim.time: sp.Rational(int(time.p), int(time.q))}
        for x, value in values.items():
            yield from same(state[x], ball(value, point, 384), f"{start}, {claim.time} = {time}")

    runs = [(start, _times(start, claim)) for start in _runs(claim, facts, POINTS, seed)]
    yield from along_modes("Solves", runs, check)
    if isinstance(claim.flow, Modes):
        pairs = [_beside(claim, start, facts, seed) for start in _runs(claim, (*facts, *shallow(claim.flow)), 1, seed)]
        checks = [_on_layers(claim.flow, pair, _times(pair[0], claim), check, seed) for pair in pairs if len(pair) == 2]
        yield agreement(f"Solves: {MATRIX}", readings(checks))


def _runs(claim: Solves, facts: tuple[Fact, ...], count: int, seed: int, fixed: Point | None = None) -> list[Start]:
    """Starts that the claim names, at random points."""
    points = drawn(_of_solution(claim), facts, 2 * count, seed, fixed)
    return [run for point in points for run in _begun(claim, point)][:count]


def _of_solution(claim: Solves) -> set[sp.Symbol]:
    exprs = [expr for pairs in (claim.values, claim.start) for _, expr in pairs]
    return (parameters(claim.flow, exprs) - set(claim.flow.rates)) | {claim.time}


def _begun(claim: Solves, point: Point) -> Iterator[Start]:
    """The start that the claim names, at exact numbers or (if it is not rational) at a ball."""
    try:
        flow, began = numeric(claim.flow, point), dict(claim.start)
        yield Begun(point, {x: spelled_out(began[x], point) for x in flow.state}, flow)
    except QUIET:
        return


class Begun(Start):
    """A start in numbers that need not be rational."""

    @property
    def numbers(self) -> tuple[Any, ...]:
        return tuple(ball(self.state[x], {}, 384).mid() for x in self.flow.state)

    def __str__(self) -> str:
        return said(self.point)


def _times(start: Start, claim: Solves) -> list[fmpq]:
    last = rational(start.point[claim.time])
    return [last / 4, last] if last > 0 else []


def _beside(claim: Solves, start: Start, facts: tuple[Fact, ...], seed: int) -> list[Start]:
    """The start with a second mode of the same learner: other data, another start, the same depths, rates and time."""
    fixed = {s: x for s, x in start.point.items() if s in _of_learner(claim.flow) or s == claim.time}
    return [start, *_runs(claim, facts, 1, seed + 1, fixed)]


def _of_learner(flow: Flow) -> set[sp.Symbol]:
    return rates_of(flow.model) if isinstance(flow, Modes) else set()


def _on_layers(
    flow: Modes, several: Sequence[Start], times: Sequence[fmpq], check: Check, seed: int
) -> Callable[[], Iterable[Reading]]:
    """The check at each mode of the layers; integrated numbers have no radius, so they agree when close."""

    def found() -> Iterator[Reading]:
        for start, states in zip(several, along_layers(flow, several, times, seed), strict=True):
            for time, state in zip(times, states, strict=True):
                yield from consistent(state, str(start))
                yield from check(start, time, one_state(state), close)

    return found


def _both_ways(
    kind: str, flow: Flow, exprs: Sequence[sp.Expr], facts: tuple[Fact, ...], check: Check, seed: int
) -> Iterator[Agreement]:
    """A check along the mode flow from several starts, and along the layers from one start of two modes."""
    found = list(starts(flow, exprs, facts, POINTS, seed))
    yield from along_modes(kind, [(start, [brief(start) / 4, brief(start)]) for start in found], check)
    if isinstance(flow, Modes):
        pair = modes_together(flow, exprs, facts, seed)
        checks = [_on_layers(flow, pair, [min(map(brief, pair))], check, seed)] if pair else []
        yield agreement(f"{kind}: {MATRIX}", readings(checks))


def modes_together(flow: Modes, exprs: Sequence[sp.Expr], facts: tuple[Fact, ...], seed: int) -> list[Start]:
    """Two modes of one learner: a start whose depths the layers can afford, and another with other data beside it."""
    for start in starts(flow, exprs, (*facts, *shallow(flow)), 2, seed):
        fixed = {s: x for s, x in start.point.items() if s in _of_learner(flow) or s.is_integer}
        other = next(starts(flow, exprs, facts, 1, seed + 1, fixed), None)
        if other is not None:
            return [start, other]
    return []


def shallow(flow: Flow) -> tuple[Fact, ...]:
    """Depths that the matrix flow can afford: at most 4 layers in all."""
    if not isinstance(flow, Modes):
        return ()
    return (Fact(4 - flow.model.encoder.depth - flow.model.predictor.depth, "nonnegative"),)


def of_implicit(claim: Implicit, context: Context, seed: int) -> Iterator[Agreement]:
    """The clock along enclosed trajectories."""

    def check(start: Start, time: fmpq, state: Mapping[sp.Expr, arb], same: Same) -> Iterator[Reading]:
        then, now = (value_at(claim.clock, start.point, at) for at in (balls_of(start), state))
        yield from same(now - then, value_at(claim.speed, start.point, balls_of(start)) * time, f"{start}, t = {time}")

    yield from _both_ways(
        "Implicit", claim.flow, [claim.clock, claim.speed], (*context.facts, *facts_of(claim.on)), check, seed
    )


def balls_of(start: Start) -> dict[sp.Expr, arb]:
    """The start, as exact numbers."""
    return dict(zip(start.flow.state, start.numbers, strict=True))


def of_conserved(claim: Conserved, context: Context, seed: int) -> Iterator[Agreement]:
    """The quantity along enclosed trajectories."""

    def check(start: Start, time: fmpq, state: Mapping[sp.Expr, arb], same: Same) -> Iterator[Reading]:
        then, now = (value_at(claim.quantity, start.point, at) for at in (balls_of(start), state))
        factor = (value_at(claim.rate, start.point, balls_of(start)) * time).exp()
        yield from same(now, then * factor, f"{start}, t = {time}")

    yield from _both_ways("Conserved", claim.flow, [claim.quantity, claim.rate], context.facts, check, seed)


# Regions.


def of_invariant(claim: Invariant, context: Context, seed: int) -> Iterator[Agreement]:
    """Trajectories from inside stay inside, and the face is not crossed outward."""
    on = facts_of(claim.on)
    facts = (*context.facts, *on, Fact(claim.quantity, "nonnegative"))

    def stays(start: Start, time: fmpq, state: Mapping[sp.Expr, arb], same: Same) -> Iterator[Reading]:
        if all(value_at(f.expr, start.point, state) > 0 for f in on if f.free_symbols & set(state)):
            value = value_at(claim.quantity, start.point, state)
            yield Reading(not value < 0, None, f"{start}, t = {time}")

    found = list(starts(claim.flow, [claim.quantity], facts, 2 * POINTS, seed))
    times = (fmpq(1, 2), fmpq(1), fmpq(3))
    yield from along_modes("Invariant", [(start, [brief(start) * n for n in times]) for start in found], stays)
    yield agreement("Invariant: slope on the face", readings(_inward(claim, start) for start in found))


def _inward(claim: Invariant, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        face = {**balls_of(start), **{x: value_at(value, start.point, balls_of(start)) for x, value in claim.face}}
        point = tuple(face[x] for x in start.flow.state)
        places = {x: i for i, x in enumerate(start.flow.state)}
        quantity = in_numbers(
            claim.quantity.xreplace({s: x for s, x in start.point.items() if s not in places}), places
        )
        speed = start.flow.rate(point)
        yield measured(1 + quantity(point), arb(1), str(start))
        yield Reading(bool(slope(lambda h: quantity(moved(point, h, speed))) > -(arb(10) ** -40)), None, str(start))

    return found
