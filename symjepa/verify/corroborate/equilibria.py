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
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured
from symjepa.verify.corroborate.dynamics import POINTS, balls_of
from symjepa.verify.corroborate.enclosures import Balls, by_way, enclosable, followed
from symjepa.verify.corroborate.modes import Start, brief, readings, starts, value_at
from symjepa.verify.kernel.decide import Context
from symjepa.verify.obligations.scalars import facts_of

NEAR = 45
"""Digits of an enclosure that is only asked where it goes."""
LONGEST = 3
CLOSE = fmpq(1, 20)


def of_zeros(claim: Zeros, context: Context, seed: int) -> Iterator[Agreement]:
    """Residuals at the listed points, and a search for points that are not listed."""
    facts = (*context.facts, *facts_of(claim.on))
    exprs = [expr for part in claim.components for _, expr in part.at]
    found = list(starts(claim.flow, exprs, facts, POINTS, seed))
    yield agreement("Zeros: residual of the flow", readings(_residuals(claim, start) for start in found))
    if len(claim.flow.rates) == 1:
        yield agreement("Zeros: certified roots", readings(_complete(claim, start) for start in found))
    else:
        yield from by_way("Zeros", "until it rests", [(start, _rests(claim, start)) for start in found])


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


def _rests(claim: Zeros, start: Start) -> Callable[[], Iterable[Reading]]:
    """Wherever the flow comes to rest, all equations of some component hold."""

    def found() -> Iterator[Reading]:
        at = _at_rest(start)
        gaps = [max(abs(value_at(e, start.point, at)).abs_upper() for e in part.equations) for part in claim.components]
        yield Reading(bool(min(gaps) < arb(10) ** -6), None, str(start))

    return found


def _at_rest(start: Start) -> Balls:
    """The state once its speed has fallen below 10⁻⁹; OutsideFragment if it does not within time 4096 (128, where the
    flow has no enclosure: integration is slow).
    """
    time, longest = fmpq(8), 4096 if enclosable(start.flow) else 128
    while time <= longest:
        (state,) = followed(start, [time], NEAR)
        if all(abs(x).abs_upper() < arb(10) ** -9 for x in start.flow.rate(tuple(state.values()))):
            return state
        time = 4 * time
    raise OutsideFragment("the trajectory does not come to rest")


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
