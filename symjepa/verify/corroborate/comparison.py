"""Claims that compare, against trajectories: on which side of its envelope a quantity is, which way a start moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import sympy as sp
from flint import arb, fmpq

from symjepa.statements.claims import Attracts, Dominated
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement
from symjepa.verify.corroborate.dynamics import POINTS, balls_of
from symjepa.verify.corroborate.enclosures import Same, along_modes
from symjepa.verify.corroborate.modes import Start, brief, readings, starts, value_at
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import satisfies
from symjepa.verify.obligations.comparison import INFINITE, strictly
from symjepa.verify.obligations.scalars import facts_of

SLACK = arb(10) ** -40
STEPS = 12
SIDE = 16
"""Digits of an enclosure that is only asked on which side of its start it is."""


def of_domination(claim: Dominated, context: Context, seed: int) -> Iterator[Agreement]:
    """The quantity against its envelope, at several times from several starts."""
    on = facts_of(claim.on)

    def check(start: Start, time: fmpq, state: Mapping[sp.Expr, arb], same: Same) -> Iterator[Reading]:
        begun = value_at(claim.quantity, start.point, balls_of(start)).mid()
        at = {claim.start: begun, claim.time: arb(time)}
        stays = all(value_at(fact.expr, start.point, dict(state)) > 0 for fact in on)
        if stays and all(value_at(fact.expr, start.point, at) >= 0 for fact in facts_of(claim.until)):
            gap = value_at(claim.bound, start.point, at) - value_at(claim.quantity, start.point, dict(state))
            side = -gap if claim.from_below else gap
            yield Reading(not side < -SLACK, None, f"{start}, {claim.time} = {time}")

    exprs = [claim.quantity, claim.bound.xreplace({claim.start: sp.S.One, claim.time: sp.S.One})]
    found = list(starts(claim.flow, exprs, (*context.facts, *on), 2 * POINTS, seed))
    runs = [(start, [brief(start) * n for n in (fmpq(1, 4), fmpq(1), fmpq(2))]) for start in found]
    yield from along_modes("Dominated", runs, check)


def of_attraction(claim: Attracts, context: Context, seed: int) -> Iterator[Agreement]:
    """Trajectories move towards the aim, and the rate points there all the way from the start."""
    ((x, _),) = claim.flow.rates.items()
    inside = strictly(x, *claim.between)
    exprs = [end for end in (claim.to, *claim.between) if end not in INFINITE]
    facts = (*context.facts, *inside)
    drawn = starts(claim.flow, exprs, facts, POINTS + 2, seed)
    found = [s for s in drawn if satisfies(facts, s.everything) and not _rests(claim, s)]

    def check(start: Start, time: fmpq, state: Mapping[sp.Expr, arb], same: Same) -> Iterator[Reading]:
        moved = state[x] - start.numbers[0]
        yield Reading(bool(moved * _direction(claim, start) > 0), None, f"{start}, t = {time}")

    runs = [(s, [brief(s) * n for n in (fmpq(1, 4), fmpq(1))]) for s in found]
    yield from along_modes("Attracts", runs, check, SIDE)
    yield agreement("Attracts: signs of the rate on the way", readings(_on_the_way(claim, start) for start in found))


def _rests(claim: Attracts, start: Start) -> bool:
    """Whether the start is the aim itself, as far as balls can tell."""
    return claim.to not in INFINITE and value_at(claim.to, start.point, {}).overlaps(start.numbers[0])


def _direction(claim: Attracts, start: Start) -> int:
    """1 if the aim lies above the start."""
    if claim.to in INFINITE:
        return 1 if claim.to == sp.oo else -1
    return 1 if value_at(claim.to, start.point, {}) > start.numbers[0] else -1


def _on_the_way(claim: Attracts, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        here, sign = start.numbers[0], _direction(claim, start)
        for n in range(STEPS):
            way = arb(2) ** n - 1 if claim.to in INFINITE else 1 - arb(2) ** -n
            gap = 1 + abs(here) if claim.to in INFINITE else abs(value_at(claim.to, start.point, {}) - here)
            (rate,) = start.flow.rate((here + sign * way * gap,))
            yield Reading(bool(rate * sign > 0), None, str(start))

    return found
