"""Claims about the fixed points of mode flows, and about what converges to them, against roots and enclosures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import sympy as sp
from flint import arb, fmpq

from symjepa.errors import OutsideFragment, Undefined
from symjepa.exact.facts import Fact
from symjepa.exact.roots import real_roots
from symjepa.statements.claims import Converges, Zeros
from symjepa.statements.descriptions import Flow, Restricted
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured
from symjepa.verify.corroborate.dynamics import POINTS, Begun, balls_of
from symjepa.verify.corroborate.enclosures import Balls, by_way, enclosable, followed
from symjepa.verify.corroborate.modes import Start, brief, numeric, readings, spelled_out, starts, value_at
from symjepa.verify.kernel.decide import Context
from symjepa.verify.obligations.scalars import facts_of

NEAR = 20
"""Digits of an enclosure that is only asked where it goes."""
RESTING = 16
"""The same, where it is asked whether it rests."""
LONGEST = 3
CLOSE = fmpq(1, 20)
SHRUNK = fmpq(1, 50)
FOLLOWED = 3
"""State variables of a flow that is followed until it rests; with more this takes minutes."""


def of_zeros(claim: Zeros, context: Context, seed: int) -> Iterator[Agreement]:
    """Residuals at the listed points, and a search for points that are not listed."""
    facts = (*context.facts, *facts_of(claim.on))
    exprs = [expr for part in claim.components for _, expr in part.at]
    found = list(starts(claim.flow, exprs, facts, POINTS, seed))
    yield agreement("Zeros: residual of the flow", readings(_residuals(claim, start) for start in found))
    if len(claim.flow.rates) == 1:
        yield agreement("Zeros: certified roots", readings(_complete(claim, start) for start in found))
    elif len(claim.flow.rates) <= FOLLOWED:
        whole = [_unrestricted(claim.flow, start) for start in found]
        checks = [(one, _rests(claim, start, one)) for start, one in zip(found, whole, strict=True)]
        yield from (one for one in by_way("Zeros", "until it rests", checks) if one.agrees is not None)


def _residuals(claim: Zeros, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        for part in claim.components:
            state = _listed(part.at, start)
            yield from (measured(1 + x, arb(1), str(start)) for x in start.flow.rate(state))

    return found


def _listed(at: Sequence[tuple[sp.Expr, sp.Expr]], start: Start) -> tuple[arb, ...]:
    """A listed fixed point in numbers; coordinates that are free keep those of the start."""
    values = dict(at)
    return tuple(value_at(values.get(x, x), start.point, balls_of(start)).mid() for x in start.flow.state)


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


def _unrestricted(flow: Flow, start: Start) -> Start:
    """The start on the whole flow, which is polynomial where the restricted one has roots that no enclosure takes."""
    if not isinstance(flow, Restricted) or enclosable(start.flow):
        return start
    whole, gone = numeric(flow.whole, start.point), dict(flow.eliminated)
    state = {x: spelled_out(gone.get(x, x), start.everything) for x in whole.state}
    return Begun(start.point, state, whole)


def _rests(claim: Zeros, start: Start, whole: Start) -> Callable[[], Iterable[Reading]]:
    """Wherever the flow comes to rest, all equations of some component hold."""

    def found() -> Iterator[Reading]:
        at = _at_rest(start, whole)
        gaps = [max(abs(value_at(e, start.point, at)).abs_upper() for e in part.equations) for part in claim.components]
        yield Reading(bool(min(gaps) < arb(10) ** -6), None, str(start))

    return found


def _at_rest(start: Start, whole: Start) -> Balls:
    """The state once the speed of the whole has fallen below 10⁻⁹; OutsideFragment if it does not within time 4096
    (128, where there is no enclosure: integration is slow), or if it tends to an end of the domain: there the list is
    silent.
    """
    time, longest, before = fmpq(8), 4096 if enclosable(whole.flow) else 128, arb("inf")
    while time <= longest:
        (state,) = followed(whole, [time], RESTING)
        speed = max(abs(x).abs_upper() for x in whole.flow.rate(tuple(state.values())))
        if _leaving(start, state):
            raise OutsideFragment("the trajectory tends to an end of the domain")
        if speed < arb(10) ** -9:
            return {x: state[x] for x in start.flow.state}
        if time > 32 and speed > CLOSE * before:
            raise OutsideFragment("the trajectory comes to rest like a power of time")
        time, before = 4 * time, speed
    raise OutsideFragment("the trajectory does not come to rest")


def _leaving(start: Start, state: Balls) -> bool:
    """Whether something that stays positive in the domain has shrunk to a small part of what it was."""
    facts = [fact for fact in start.flow.domain if fact.kind == "positive" and fact.free_symbols & set(state)]
    values = [[value_at(fact.expr, start.point, at) for at in (balls_of(start), state)] for fact in facts]
    return any(now < SHRUNK * then for then, now in values)


def of_convergence(claim: Converges, context: Context, seed: int) -> Iterator[Agreement]:
    """Long trajectories from random starts."""
    ((x, _),) = claim.flow.rates.items()
    inside = [Fact(x - claim.lower, "positive")] + ([] if claim.upper is sp.oo else [Fact(claim.upper - x, "positive")])
    found = starts(claim.flow, [claim.to], (*context.facts, *inside), POINTS, seed)
    checks = [(start, partial(approach, start, {x: claim.to})) for start in found]
    yield from by_way("Converges", "for a long time", checks)


def approach(start: Start, to: Mapping[sp.Expr, sp.Expr]) -> Iterator[Reading]:
    """The distance from a limit falls, to a twentieth or as far as there is time to look (it may fall like a power of
    time); in one dimension it falls all the time.
    """
    goal = {x: value_at(sp.sympify(value), start.point, {}) for x, value in to.items()}
    first = last = _distance(balls_of(start), goal)
    if not first > 0:
        raise Undefined(f"a start away from the limit is needed, but got {start}")
    time, there = 8 * brief(start), first * arb(10) ** (5 - NEAR)
    for _ in range(LONGEST):
        gaps = [_distance(state, goal) for state in followed(start, [time / 8, time / 4, time / 2, time], NEAR)]
        if len(goal) == 1 and not all(b < a or b < there for a, b in pairwise((first, *gaps))):
            yield Reading(False, None, str(start))
            return
        last = gaps[-1]
        if last < first * CLOSE:
            break
        time = 8 * time
    yield Reading(bool(last < first), None, str(start))


def _distance(state: Mapping[sp.Expr, arb], goal: Mapping[sp.Expr, arb]) -> arb:
    return max(abs(state[x] - value) for x, value in goal.items())
