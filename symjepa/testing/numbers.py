"""Functions that only know numbers, compared with derived flows: at exact points, rounded once.  Never a proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import mpmath
import sympy as sp

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact.facts import Fact
from symjepa.testing.formulas import Numeric, Scope, domain_claims, float_of, floats
from symjepa.testing.verdicts import Failure, Outcome, Sides
from symjepa.verify.check import context_of
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.points import Point
from symjepa.verify.search.points import points

TOLERANCE = 1e-8
COMPARED = 12
_REFUSALS = (Undefined, OutsideFragment, TooLarge)


def same_numbers(
    known: Scope, read: Mapping[sp.Expr, sp.Expr | Numeric], meant: Mapping[sp.Expr, sp.Expr], labels: tuple[str, str]
) -> Outcome | Failure:
    """Your functions against exact formulas, at small exact points."""
    compared = 0
    for point in _points(known, {s for e in (*meant.values(), *read.values()) for s in _names(known, e)}):
        for x, formula in read.items():
            pair = _pair(known, formula, meant[x], point)
            if pair is None:
                continue
            compared += 1
            if not close(*pair):
                named = (f"{labels[0]} ({x})", f"{labels[1]} ({x})")
                return Failure(_sides(point, named, pair))
    return _agreeing(compared, "your rates are those of the flow")


def _pair(known: Scope, formula: sp.Expr | Numeric, meant: sp.Expr, point: Point) -> tuple[float, float] | None:
    """Both values; None where the derived one is not defined.  What your function raises is its own matter."""
    try:
        derived = float_of(meant, point)
    except _REFUSALS:
        return None
    return value_of(known, formula, point), derived


def value_of(known: Scope, formula: sp.Expr | Numeric, point: Point) -> float:
    """A formula at a point, in floating point."""
    if isinstance(formula, Numeric):
        return float(formula.at(floats(known.arguments(point))))
    return float_of(formula, point)


def close(got: float, meant: float) -> bool:
    """Equal up to the stated relative tolerance."""
    return abs(got - meant) <= TOLERANCE * max(abs(meant), abs(got), 1e-300)


def _points(known: Scope, symbols: set[sp.Symbol]) -> Iterator[Point]:
    facts: tuple[Fact, ...] = context_of((*known.given, *domain_claims(known.flow.domain))).facts
    names = symbols | {s for fact in facts for s in fact.free_symbols}
    return islice(points(names, (*facts, *assumed(names))), COMPARED)


def _sides(point: Point, labels: tuple[str, str], pair: tuple[float, float]) -> Sides:
    return Sides(point, labels, (repr(pair[0]), repr(pair[1])), repr(pair[0] - pair[1]))


def _agreeing(compared: int, said: str) -> Outcome | Failure:
    if not compared:
        return Failure(reason="no exact point of the hypotheses was found at which both sides are defined")
    return Outcome(said, False, f"{compared} numbers to a relative {TOLERANCE:g}; your function takes numbers only")


def same_trajectory(known: Scope, read: Mapping[sp.Expr, sp.Expr | Numeric], time: sp.Symbol) -> Outcome | Failure:
    """Your functions of time against an integration of the flow in 30 digits, from your own values at time 0."""
    compared = 0
    free = {s for formula in read.values() for s in _names(known, formula)} | {
        s for rate in known.flow.rates.values() for s in rate.free_symbols
    }
    fixed = ({s: x for s, x in point.items() if s not in known.flow.rates} for point in _points(known, free - {time}))
    for point in islice(fixed, 4):
        begin = {x: value_of(known, formula, {**point, time: sp.S.Zero}) for x, formula in read.items()}
        for moment in (sp.Rational(1, 4), sp.S.One):
            there = _integrated(known, point, begin, float(moment))
            for x, formula in read.items():
                pair = value_of(known, formula, {**point, time: moment}), there[x]
                compared += 1
                if not close(*pair):
                    return Failure(
                        _sides({**point, time: moment}, (f"your {x}", f"{x} integrated from your {x}(0)"), pair)
                    )
    return _agreeing(compared, "your formula solves the flow")


def _names(known: Scope, formula: sp.Expr | Numeric) -> set[sp.Symbol]:
    if isinstance(formula, Numeric):
        return known.needed(formula)
    return set(formula.free_symbols)


def _integrated(known: Scope, point: Point, begin: Mapping[sp.Expr, float], moment: float) -> dict[sp.Expr, float]:
    state = tuple(known.flow.rates)
    rates = [rate.xreplace(dict(point)) for rate in known.flow.rates.values()]
    with mpmath.workdps(30):
        motion = sp.lambdify(state, rates, modules="mpmath")
        solution: Any = mpmath.odefun(lambda _, y: motion(*y), 0, [mpmath.mpf(begin[x]) for x in state])
        return {x: float(value) for x, value in zip(state, solution(moment), strict=True)}
