"""Mutants that the kernel PROVED, judged without it: by signs and derivatives at points where the hypotheses hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.balls import Ternary, same, sign_at
from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Attracts, Conserved, Less, Moves, Relation, Root, Solves, Within
from symjepa.verify.corroborate.draw import around, drawn
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.points import Point
from symjepa.verify.obligations.local import fact_of
from symjepa.verify.search.extremes import walk
from tests.mutation.implied import Setting, gaps

COUNT, ENOUGH, SAMPLES = 60, 20, 6
TOLD = f"at {ENOUGH} points and more where the hypotheses hold"


def confirmed(mutant: Any, setting: Setting) -> str:
    """What was seen at points, for a mutant of which that can be said; empty if anything speaks against it."""
    match mutant:
        case Less() | AtMost() | Within():
            return f"proved, and the inequality holds {TOLD}" if _holds(mutant, setting) else ""
        case Root():
            return f"proved, and the ends have opposite signs {TOLD}" if _has_root(mutant, setting) else ""
        case Attracts():
            return f"proved, and the rate points to the aim {TOLD}" if _attracts(mutant, setting) else ""
        case Conserved() | Moves():
            return f"proved, and it moves so {TOLD}" if _moves(mutant, setting) else ""
        case Solves():
            return f"proved, and the equation holds {TOLD}" if _solves(mutant, setting) else ""
    return ""


def _points(symbols: set[sp.Symbol], setting: Setting, *more: Fact) -> list[Point]:
    """Random points where the hypotheses hold; where these are hard to meet, a walk from the witness."""
    facts = (*setting.hypotheses.facts, *more)
    symbols = symbols | {s for fact in facts for s in fact.free_symbols}
    with around(setting.near):
        found = drawn(symbols, facts, COUNT, 29)
    facts = (*facts, *assumed(symbols))
    return found if len(found) == COUNT else [*found, *islice(walk(found, symbols, facts), COUNT)]


def _holds(mutant: Less | AtMost | Within, setting: Setting) -> bool:
    symbols = {s for gap in gaps(mutant) for s in gap.free_symbols}
    points = _points(symbols, setting) if symbols else [{}]  # between numbers there is nothing to draw
    signs = [_sign(gap, point) for point in points for gap in gaps(mutant)]
    known = [sign for sign in signs if sign is not None]
    enough = len(known) >= min(ENOUGH, len(points))
    return enough and all(sign > 0 or (sign == 0 and not isinstance(mutant, Less)) for sign in known)


def _sign(expr: sp.Expr, point: Point) -> int | None:
    try:
        return sign_at(expr, point, max_bits=512)
    except SymjepaError:
        return None


def _has_root(mutant: Root, setting: Setting) -> bool:
    low, high = mutant.between
    symbols = {s for e in (mutant.of, low, high) for s in e.free_symbols} - {mutant.variable}
    points = _points(symbols, setting)
    return len(points) >= ENOUGH and all(_rises(mutant, point) for point in points)


def _rises(mutant: Root, point: Point) -> bool:
    """From one sign to the other, in steps that all go the same way."""
    low, high = mutant.between
    sign = 1 if mutant.rising else -1
    ways = [low + (high - low) * sp.Rational(i, SAMPLES) for i in range(SAMPLES + 1)]
    values = [sign * mutant.of.subs(mutant.variable, way) for way in ways]
    steps = [after - before for before, after in pairwise(values)]
    signs = [_sign(-values[0], point), _sign(values[-1], point), *(_sign(step, point) for step in steps)]
    return all(one is not None and one > 0 for one in signs)


def _attracts(mutant: Attracts, setting: Setting) -> bool:
    """On both sides of the aim, and the state may be there."""
    ((x, rate),) = mutant.flow.rates.items()
    (low, high), to = mutant.between, mutant.to
    sides = [(rate, low, to)] * (to != low) + [(-rate, to, high)] * (to != high)
    return all(_points_so(mutant, setting, x, *side) for side in sides)


def _points_so(mutant: Attracts, setting: Setting, x: sp.Symbol, rate: sp.Expr, low: sp.Expr, high: sp.Expr) -> bool:
    """A rate is positive, and what the domain says of the state holds, at enough points between two ends."""
    near = [Fact(gap, "positive") for end, gap in ((low, x - low), (high, high - x)) if not end.is_infinite]
    points = _points({x, *rate.free_symbols}, setting, *near)
    held = [fact.expr for fact in mutant.flow.domain if not fact.over and x in fact.free_symbols]
    signs = [(_sign(rate, point), *(_sign(expr, point) for expr in held)) for point in points]
    return len(signs) >= ENOUGH and all(one[0] == 1 and all(s is not None and s >= 0 for s in one) for one in signs)


def _moves(mutant: Conserved | Moves, setting: Setting) -> bool:
    """The derivative along the flow, by SymPy, is the rate."""
    rate = mutant.rate if isinstance(mutant, Moves) else mutant.rate * mutant.quantity
    speed = sum((sp.diff(mutant.quantity, x) * f for x, f in mutant.flow.rates.items()), sp.S.Zero)
    known = tuple(fact for fact in mutant.flow.domain if not fact.over)
    points = _points(speed.free_symbols | rate.free_symbols | set(mutant.flow.rates), setting, *known)
    return len(points) >= ENOUGH and not any(_differ(speed, rate, point) for point in points)


def _differ(left: sp.Expr, right: sp.Expr, point: Point) -> bool:
    """Also where one of them is not defined."""
    try:
        return same(left, right, point, max_bits=256) is Ternary.NO
    except SymjepaError:
        return True


def _solves(mutant: Solves, setting: Setting) -> bool:
    """The derivative of the values is the rate, at times on both sides of the start."""
    values = dict(mutant.values)
    pairs = [(sp.diff(values[x], mutant.time), rate.subs(values)) for x, rate in mutant.flow.rates.items()]
    on = tuple(fact_of(part) for part in mutant.on if isinstance(part, Relation))
    symbols = {mutant.time, *(s for pair in pairs for side in pair for s in side.free_symbols)}
    times = (
        at
        for point in _points(symbols, setting, *on)
        for at in (point, {**point, mutant.time: -point[mutant.time]})
        if not any(_sign(fact.expr, at) == -1 for fact in on)
    )
    return agree(pairs, times, ENOUGH)


def agree(pairs: Sequence[tuple[sp.Expr, sp.Expr]], points: Iterable[Any], enough: int) -> bool:
    """Whether two sides are the same at every point where that can be told, and at enough of them."""
    met = 0
    for at in points:
        try:
            answers = {same(left, right, at, max_bits=256) for left, right in pairs}
        except SymjepaError:
            continue
        if Ternary.NO in answers:
            return False
        met += 1
    return met >= enough
