r"""Exact points at which facts are certified: those of counterexamples and of witnesses.

Soundness.  A point is accepted only if every fact is certified there, by exact rationals or by balls that decide; a
fact that cannot be decided at a point rejects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy as sp

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact.balls import sign_at
from symjepa.exact.facts import Fact

Point = Mapping[sp.Symbol, sp.Rational]


def holds_at(fact: Fact, point: Point) -> bool | None:
    """True or False if certified at the point, None otherwise; facts about a range of values are never certified at a
    point.
    """
    if fact.over:
        return None
    if fact.kind == "integer":
        value = fact.expr.xreplace(dict(point))
        return bool(value.is_Integer) if value.is_Rational else None
    try:
        sign = sign_at(fact.expr, point)
    except (Undefined, OutsideFragment, TooLarge):
        return None
    if sign is None:
        return None
    return {"positive": sign > 0, "nonnegative": sign >= 0, "nonzero": sign != 0, "zero": sign == 0}[fact.kind]


def satisfies(facts: Iterable[Fact], point: Point) -> bool:
    """Whether every fact is certified at the point."""
    return all(holds_at(fact, point) is True for fact in facts)
