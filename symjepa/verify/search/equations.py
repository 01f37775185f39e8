"""Points on the manifolds that equations cut out: one symbol of each equation is put in terms of the others.

Random numbers never meet an equation; a number that solves one is looked for here, and certified where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.verify.kernel.points import Point

Solved = tuple[tuple[sp.Symbol, sp.Expr], ...]
"""Symbols with what they are wherever the equations hold, to be put in one after the other."""


def solved(facts: Iterable[Fact], names: Iterable[sp.Symbol]) -> Solved:
    """One symbol of every equation that is affine in one, each symbol once."""
    left, found = sorted((s for s in names if not s.is_integer), key=str), []
    equations = [fact.expr for fact in facts if fact.kind == "zero" and not fact.over]
    for equation in equations:
        rivals = [other for other in equations if other != equation]
        ways = [(s, value) for s in left if (value := _root(equation, s)) is not None]
        ways.sort(key=lambda way: sum(way[0] in other.free_symbols for other in rivals))
        if ways:
            found.append(ways[0])
            left.remove(ways[0][0])
    return tuple(found)


def _root(equation: sp.Expr, symbol: sp.Symbol) -> sp.Expr | None:
    """Where an expression vanishes that is affine in a symbol, as it is written."""
    terms = sp.Add.make_args(equation)
    slope = sp.Add(*(term / symbol for term in terms if symbol in term.free_symbols))
    if slope == 0 or symbol in slope.free_symbols:
        return None
    return -sp.Add(*(term for term in terms if symbol not in term.free_symbols)) / slope


def completed(point: Point, equations: Solved) -> Point | None:
    """The point with the symbols that the equations determine; None if one of them is no rational number there."""
    numbers = dict(point)
    for symbol, value in equations:
        number = value.xreplace(numbers)
        if not number.is_Rational:
            return None
        numbers[symbol] = number
    return numbers
