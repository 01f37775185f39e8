"""Claims about mode flows against integration, numerical Jacobians and certified roots; each gives readings, none a
proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import mpmath
import sympy as sp
from flint import arb, arb_mat, arb_poly, fmpq

from symjepa.errors import OutsideFragment
from symjepa.exact.balls import ball, rational
from symjepa.exact.facts import Fact
from symjepa.exact.roots import real_roots
from symjepa.statements.claims import Component, Conserved, Converges, Implicit, Invariant, Linearized, Solves, Zeros
from symjepa.statements.descriptions import Flow, Modes
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.integrate import moved, slope, trajectory
from symjepa.verify.corroborate.matrices import Amplitudes, rates_of
from symjepa.verify.corroborate.modes import (
    MATRIX,
    MODE,
    QUIET,
    Numeric,
    Start,
    along_layers,
    along_mode,
    brief,
    consistent,
    in_numbers,
    numeric,
    one_state,
    parameters,
    starts,
    value_at,
)
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point
from symjepa.verify.obligations.scalars import facts_of

POINTS = 3
Check = Callable[[Start, fmpq, Amplitudes], Iterator[Reading]]


def readings(checks: Iterable[Callable[[], Iterable[Reading]]]) -> list[Reading]:
    """What several checks found; a check that leaves the domain or takes too long says nothing."""
    found: list[Reading] = []
    for check in checks:
        try:
            found += list(check())
        except QUIET:
            continue
    return found


def of_solution(claim: Solves, context: Context, seed: int) -> Iterator[Agreement]:
    """Closed forms against integrated modes and integrated layers."""
    values = dict(claim.values)
    facts = (*context.facts, *facts_of(claim.on))
    runs = _runs(claim, facts, POINTS, seed)

    def check(start: Start, time: fmpq, state: Amplitudes) -> Iterator[Reading]:
        point = {**start.point, claim.time: sp.Rational(int(time.p), int(time.q))}
        for x, value in values.items():
            yield from (
                measured(reading, ball(value, point, 384), f"{start}, {claim.time} = {time}") for reading in state[x]
            )

    yield agreement(f"Solves: {MODE}", readings(_on_mode(start, _times(start, claim), check) for start in runs))
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
        state = {x: ball(value, point, 384).mid() for x, value in claim.start}
        yield _Begun(point, state, numeric(claim.flow, point))
    except QUIET:
        return


class _Begun(Start):
    """A start in numbers that need not be rational."""

    @property
    def numbers(self) -> tuple[Any, ...]:
        return tuple(self.state[x] for x in self.flow.state)

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


def _on_mode(start: Start, times: Sequence[fmpq], check: Check) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        for time, state in zip(times, along_mode(start, times), strict=True):
            yield from check(start, time, state)

    return found


def _on_layers(
    flow: Modes, several: Sequence[Start], times: Sequence[fmpq], check: Check, seed: int
) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        for start, states in zip(several, along_layers(flow, several, times, seed), strict=True):
            for time, state in zip(times, states, strict=True):
                yield from consistent(state, str(start))
                yield from check(start, time, state)

    return found


def _both_ways(
    kind: str, flow: Flow, exprs: Sequence[sp.Expr], facts: tuple[Fact, ...], check: Check, seed: int
) -> Iterator[Agreement]:
    """A check along the mode flow from several starts, and along the layers from one start of two modes."""
    found = list(starts(flow, exprs, facts, POINTS, seed))
    yield agreement(
        f"{kind}: {MODE}", readings(_on_mode(start, [brief(start) / 4, brief(start)], check) for start in found)
    )
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
    """The clock along integrated trajectories."""

    def check(start: Start, time: fmpq, state: Amplitudes) -> Iterator[Reading]:
        then = value_at(claim.clock, start.point, _balls(start))
        now = value_at(claim.clock, start.point, one_state(state))
        yield measured(now - then, value_at(claim.speed, start.point, _balls(start)) * time, f"{start}, t = {time}")

    yield from _both_ways(
        "Implicit", claim.flow, [claim.clock, claim.speed], (*context.facts, *facts_of(claim.on)), check, seed
    )


def _balls(start: Start) -> dict[sp.Expr, arb]:
    return dict(zip(start.flow.state, start.numbers, strict=True))


def of_conserved(claim: Conserved, context: Context, seed: int) -> Iterator[Agreement]:
    """The quantity along integrated trajectories."""

    def check(start: Start, time: fmpq, state: Amplitudes) -> Iterator[Reading]:
        then = value_at(claim.quantity, start.point, _balls(start))
        factor = (value_at(claim.rate, start.point, _balls(start)) * time).exp()
        yield measured(value_at(claim.quantity, start.point, one_state(state)), then * factor, f"{start}, t = {time}")

    yield from _both_ways("Conserved", claim.flow, [claim.quantity, claim.rate], context.facts, check, seed)


# Fixed points.


def of_zeros(claim: Zeros, context: Context, seed: int) -> Iterator[Agreement]:
    """Residuals at the listed points, and a search for points that are not listed."""
    facts = (*context.facts, *facts_of(claim.on))
    exprs = [expr for part in claim.components for _, expr in part.at]
    found = list(starts(claim.flow, exprs, facts, POINTS, seed))
    yield agreement("Zeros: residual of the flow", readings(_residuals(claim, start) for start in found))
    if len(claim.flow.rates) == 1:
        yield agreement("Zeros: certified roots", readings(_complete(claim, start) for start in found))
    else:
        yield agreement(f"Zeros: {MODE} until it rests", readings(_rests(claim, start) for start in found))


def _residuals(claim: Zeros | Linearized, start: Start) -> Callable[[], Iterable[Reading]]:
    parts = claim.components if isinstance(claim, Zeros) else (Component(claim.at, ()),)

    def found() -> Iterator[Reading]:
        for part in parts:
            state = _listed(part.at, start)
            yield from (measured(1 + x, arb(1), str(start)) for x in start.flow.rate(state))

    return found


def _listed(at: Sequence[tuple[sp.Expr, sp.Expr]], start: Start) -> tuple[arb, ...]:
    """A listed fixed point in numbers; coordinates that are free keep those of the start."""
    values = dict(at)
    return tuple(value_at(values.get(x, x), start.point, _balls(start)).mid() for x in start.flow.state)


def _complete(claim: Zeros, start: Start) -> Callable[[], Iterable[Reading]]:
    """On a line: the certified roots in the domain are the listed points, no more and no fewer."""

    def found() -> Iterator[Reading]:
        (x,), (rate,) = start.flow.state, start.flow.rates
        listed = [_listed(part.at, start)[0] for part in claim.components]
        own = facts_of(claim.on)
        inside = [r.value for r in real_roots(rate, x, {}, 384) if _allowed(start, x, r.value, own)]
        yield Reading(len(inside) == len(listed), None, str(start))
        for root, point in zip(sorted(inside, key=_middle), sorted(listed, key=_middle), strict=False):
            yield measured(root, point, str(start))

    return found


def _middle(x: arb) -> Any:
    return x.mid()


def _allowed(start: Start, x: sp.Symbol, root: arb, own: tuple[Fact, ...]) -> bool:
    """Whether a certified root lies in the domain; a root whose sign no ball can tell is 0 to all digits."""
    facts = [fact for fact in (*start.flow.domain, *own) if x in fact.free_symbols]
    tells = {"positive": lambda y: y > 0, "nonnegative": lambda y: y >= 0, "nonzero": lambda y: y != 0}
    return all(tells[f.kind](value_at(f.expr, start.point, {x: root})) for f in facts if f.kind in tells)


def _rests(claim: Zeros, start: Start) -> Callable[[], Iterable[Reading]]:
    """Wherever the flow comes to rest, all equations of some component hold."""

    def found() -> Iterator[Reading]:
        state = _at_rest(start)
        at = dict(zip(start.flow.state, state, strict=True))
        gaps = [max(abs(value_at(e, start.point, at)).abs_upper() for e in part.equations) for part in claim.components]
        yield Reading(bool(min(gaps) < arb(10) ** -6), None, str(start))

    return found


def _at_rest(start: Start) -> tuple[arb, ...]:
    """The state once its speed has fallen below 10⁻⁹; Undefined if it does not within time 4096."""
    time, state = fmpq(8), start.numbers
    while time <= 4096:
        (state,) = trajectory(start.flow.rate, state, [time])
        if all(abs(x).abs_upper() < arb(10) ** -9 for x in start.flow.rate(state)):
            return state
        time = 2 * time
    raise OutsideFragment("the trajectory does not come to rest")


def of_linearized(claim: Linearized, context: Context, seed: int) -> Iterator[Agreement]:
    """The characteristic polynomial of a numerical Jacobian, and the sign of its eigenvalues."""
    exprs = [*claim.rates, *(value for _, value in claim.at)]
    found = list(starts(claim.flow, exprs, context.facts, POINTS, seed))
    yield agreement("Linearized: residual of the flow", readings(_residuals(claim, start) for start in found))
    yield agreement("Linearized: numerical Jacobian", readings(_spectrum(claim, start) for start in found))


def _spectrum(claim: Linearized, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        point = _listed(claim.at, start)
        matrix = jacobian(start.flow, point)
        at = dict(zip(start.flow.state, point, strict=True))
        claimed = [value_at(rate, start.point, at) for rate in claim.rates]
        product = arb_poly([1])
        for rate in claimed:
            product = product * arb_poly([-rate, 1])
        characteristic = matrix.charpoly()
        for own, theirs in zip(characteristic.coeffs(), product.coeffs(), strict=True):
            yield measured(own, theirs, str(start))
        largest = max(
            (x for x in eigenvalues(matrix) if abs(x) > mpmath.mpf(10) ** -20),
            key=lambda x: x.real,
            default=mpmath.mpf(-1),
        )
        yield Reading((largest.real < 0) == claim.stable, None, str(start))

    return found


def jacobian(flow: Numeric, point: Sequence[arb]) -> arb_mat:
    """Central differences of the numeric flow, of high order."""
    size = len(point)
    axes = [tuple(arb(int(i == j)) for i in range(size)) for j in range(size)]
    columns = [_column(flow, tuple(point), axis) for axis in axes]
    return arb_mat(size, size, [columns[j][i] for i in range(size) for j in range(size)])


def _column(flow: Numeric, point: tuple[arb, ...], axis: tuple[arb, ...]) -> list[arb]:
    return [_slope_of(flow, point, axis, row) for row in range(len(point))]


def _slope_of(flow: Numeric, point: tuple[arb, ...], axis: tuple[arb, ...], row: int) -> arb:
    found: arb = slope(lambda h: flow.rate(moved(point, h, axis))[row]).mid()
    return found


def eigenvalues(matrix: arb_mat) -> list[Any]:
    """By mpmath, at 90 digits."""
    with mpmath.workdps(90):
        size = matrix.nrows()
        if size == 1:
            return [mpmath.mpc(_mpf(matrix[0, 0]))]
        found = mpmath.eig(
            mpmath.matrix([[_mpf(matrix[i, j]) for j in range(size)] for i in range(size)]), left=False, right=False
        )
        return [mpmath.mpc(x) for x in found]


def _mpf(x: arb) -> Any:
    man, exp = x.mid().man_exp()
    return mpmath.ldexp(mpmath.mpf(int(man)), int(exp))


# Regions.


def of_invariant(claim: Invariant, context: Context, seed: int) -> Iterator[Agreement]:
    """Trajectories from inside stay inside, and the face is not crossed outward."""
    on = facts_of(claim.on)
    facts = (*context.facts, *on, Fact(claim.quantity, "nonnegative"))

    def stays(start: Start, time: fmpq, state: Amplitudes) -> Iterator[Reading]:
        numbers = one_state(state)
        if all(value_at(f.expr, start.point, numbers) > 0 for f in on if f.free_symbols & set(numbers)):
            value = value_at(claim.quantity, start.point, numbers)
            yield Reading(bool(value > -(arb(10) ** -40)), None, str(start))

    found = list(starts(claim.flow, [claim.quantity], facts, 2 * POINTS, seed))
    runs = [_on_mode(start, [brief(start) * n for n in (fmpq(1, 2), fmpq(1), fmpq(3))], stays) for start in found]
    yield agreement(f"Invariant: {MODE}", readings(runs))
    yield agreement("Invariant: slope on the face", readings(_inward(claim, start) for start in found))


def _inward(claim: Invariant, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        face = {**_balls(start), **{x: value_at(value, start.point, _balls(start)) for x, value in claim.face}}
        point = tuple(face[x] for x in start.flow.state)
        places = {x: i for i, x in enumerate(start.flow.state)}
        quantity = in_numbers(
            claim.quantity.xreplace({s: x for s, x in start.point.items() if s not in places}), places
        )
        speed = start.flow.rate(point)
        yield measured(1 + quantity(point), arb(1), str(start))
        yield Reading(bool(slope(lambda h: quantity(moved(point, h, speed))) > -(arb(10) ** -40)), None, str(start))

    return found


def of_convergence(claim: Converges, context: Context, seed: int) -> Iterator[Agreement]:
    """Long trajectories from random starts."""
    ((x, _),) = claim.flow.rates.items()
    inside = [Fact(x - claim.lower, "positive")] + ([] if claim.upper is sp.oo else [Fact(claim.upper - x, "positive")])
    found = starts(claim.flow, [claim.to], (*context.facts, *inside), POINTS, seed)
    yield agreement(f"Converges: {MODE} for a long time", readings(_approach(claim, start) for start in found))


def _approach(claim: Converges, start: Start) -> Callable[[], Iterable[Reading]]:
    """The distance falls at every time of a doubling sequence, to a thousandth (and to 40 digits where it is
    exponential).
    """

    def found() -> Iterator[Reading]:
        to = value_at(claim.to, start.point, {})
        state, time = start.numbers, brief(start)
        first = last = abs(state[0] - to)
        for _ in range(16):
            (state,) = trajectory(start.flow.rate, state, [time])
            gap = abs(state[0] - to)
            if not gap < last:
                break
            last, time = gap, 2 * time
            if last < first * arb(10) ** -42:
                break
        yield Reading(bool(last < first * fmpq(1, 1000)), None, str(start))

    return found
