"""Claims about scalars, evaluated by balls at random exact points: no normal form, no certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import sympy as sp
from flint import arb

from symjepa.exact.balls import ball, exactly, sign_at
from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Identity, Iff, Less, Root, SumCloses, Unequal, Within
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.integrate import BITS
from symjepa.verify.corroborate.modes import readings
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point, holds_at
from symjepa.verify.obligations.local import fact_of
from symjepa.verify.obligations.scalars import facts_of

POINTS = 20
GRID = 16
BY = "evaluation by balls"


def _at_points(
    kind: str, exprs: Iterable[sp.Expr], facts: Iterable[Fact], check: Callable[[Point], Iterator[Reading]], seed: int
) -> Iterator[Agreement]:
    symbols = {s for expr in exprs for s in expr.free_symbols}
    points = drawn(symbols, facts, POINTS if symbols else 1, seed)
    yield agreement(f"{kind}: {BY}", readings(partial(check, point) for point in points))


def of_identity(claim: Identity, context: Context, seed: int) -> Iterator[Agreement]:
    """Both sides by balls, or exactly."""
    yield from _at_points(
        "Identity", (claim.lhs, claim.rhs), context.facts, lambda point: _same(claim.lhs, claim.rhs, point), seed
    )


def _same(lhs: sp.Expr, rhs: sp.Expr, point: Point) -> Iterator[Reading]:
    """Exactly where both sides are rational; otherwise to the digits of the balls."""
    first, second = exactly(lhs, point), exactly(rhs, point)
    if first is not None and second is not None:
        yield Reading(first == second, None, said(point))
    else:
        yield measured(ball(lhs, point, BITS), ball(rhs, point, BITS), said(point))


def of_sign(claim: Less | AtMost | Unequal, context: Context, seed: int) -> Iterator[Agreement]:
    """Certified signs of the gap."""
    check = lambda point: _holds(fact_of(claim), claim.lhs, claim.rhs, point)
    yield from _at_points(type(claim).__name__, (claim.lhs, claim.rhs), context.facts, check, seed)


def _holds(fact: Fact, lhs: sp.Expr, rhs: sp.Expr, point: Point) -> Iterator[Reading]:
    """The sign of the gap; where no ball can tell it from zero the two sides must share all digits."""
    truth = holds_at(fact, point)
    if truth is None and fact.kind == "nonnegative":
        yield measured(ball(lhs, point, BITS), ball(rhs, point, BITS), said(point))
    elif truth is not None:
        yield Reading(truth, None, said(point))


def of_equivalence(claim: Iff, context: Context, seed: int) -> Iterator[Agreement]:
    """Both relations have one truth value at each point."""
    left, right = fact_of(claim.left), fact_of(claim.right)

    def check(point: Point) -> Iterator[Reading]:
        truths = holds_at(left, point), holds_at(right, point)
        if None not in truths:
            yield Reading(truths[0] == truths[1], None, said(point))

    yield from _at_points("Iff", (left.expr, right.expr), context.facts, check, seed)


def of_bound(claim: Within, context: Context, seed: int) -> Iterator[Agreement]:
    """Both halves of the bound."""

    def check(point: Point) -> Iterator[Reading]:
        for low, high in ((claim.expr, claim.of + claim.by), (claim.of - claim.by, claim.expr)):
            yield from _holds(Fact(high - low, "nonnegative"), low, high, point)

    yield from _at_points("Within", (claim.expr, claim.of, claim.by), context.facts, check, seed)


def of_closed_sum(claim: SumCloses, context: Context, seed: int) -> Iterator[Agreement]:
    """Term by term, from the empty sum on."""
    own = {claim.index, claim.upper}
    symbols = {s for expr in (claim.term, claim.closed, claim.lo) for s in expr.free_symbols} - own

    def check(point: Point) -> Iterator[Reading]:
        low = exactly(claim.lo, point)
        first = int(low.p) if low is not None else 1
        total = arb(0)
        for upper in range(first - 1, first + 6):
            if upper >= first:
                total = total + ball(claim.term, {**point, claim.index: sp.Integer(upper)}, BITS)
            closed = ball(claim.closed, {**point, claim.upper: sp.Integer(upper)}, BITS)
            yield measured(total, closed, said({**point, claim.upper: upper}))

    yield from _at_points("SumCloses", symbols, (*context.facts, *facts_of(claim.on)), check, seed)


def of_root(claim: Root, context: Context, seed: int) -> Iterator[Agreement]:
    """Certified signs on a grid from end to end: one change, in the stated direction."""

    def check(point: Point) -> Iterator[Reading]:
        low, high = (_exact(end, point) for end in claim.between)
        grid = [low + (high - low) * sp.Rational(i, GRID) for i in range(GRID + 1)]
        signs = [sign_at(claim.of, {**point, claim.variable: x}) for x in grid]
        seen = [sign if claim.rising else -sign for sign in signs if sign is not None]
        yield Reading(seen == sorted(seen) and seen[0] < 0 < seen[-1], None, said(point))

    inside = tuple(fact for fact in context.facts if claim.variable not in fact.free_symbols)
    symbols = {s for expr in (claim.of, *claim.between) for s in expr.free_symbols} - {claim.variable}
    yield from _at_points("Root", symbols, inside, check, seed)


def _exact(end: sp.Expr, point: Point) -> sp.Rational:
    """An end of an interval; an irrational one is moved inward to no effect on signs at 60 digits."""
    number = exactly(end, point)
    if number is not None:
        return sp.Rational(int(number.p), int(number.q))
    man, exp = ball(end, point, BITS).mid().man_exp()
    return sp.Integer(int(man)) * sp.Integer(2) ** int(exp)
