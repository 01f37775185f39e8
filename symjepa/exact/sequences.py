r"""Sequences: unknown numbers $y_i$, one for every integer i.  `y(k)` is a term; a finite family is its first terms.

Soundness.  A sequence is any function from the integers to the reals whose terms all have the sign that its name
assumes; it does not move, and nothing else is known of it.  Every finite family of such numbers is the beginning of
one, so that what holds for every sequence holds for every family.  `scalars` demands of each term that its index is an
integer; `Fact`s over all integers say the signs, and `signs` reads them.  A particular sequence is given by a formula
that is closed but for its index, so that nothing is captured where it is put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from symjepa.errors import OutsideFragment
from symjepa.exact.facts import Fact, Kind, Range

INDEX = sp.Dummy("i", integer=True)
"""The index of formulas, and of facts about all terms; bound wherever it occurs."""
EVERYWHERE = Range(INDEX, -sp.oo, sp.oo, integer=True)
Formulas: TypeAlias = Mapping[UndefinedFunction, sp.Expr]


@lru_cache(maxsize=50_000)
def sequences_in(expr: sp.Basic) -> frozenset[UndefinedFunction]:
    """The sequences of which an expression holds terms, under binders too."""
    if isinstance(expr, AppliedUndef):
        return frozenset({expr.func}).union(*map(sequences_in, expr.args))
    return frozenset().union(*map(sequences_in, expr.args)) if expr.args else frozenset()


def every_term(sequence: UndefinedFunction, kind: Kind) -> Fact:
    """The fact that all terms have a sign."""
    return Fact(sequence(INDEX), kind, (EVERYWHERE,))


def is_of_every_term(fact: Fact) -> bool:
    """Whether a fact says the sign of all terms of a sequence."""
    of_term = isinstance(fact.expr, AppliedUndef) and fact.expr.args == (INDEX,)
    return of_term and fact.over == (EVERYWHERE,) and fact.kind != "integer"


def instance(expr: sp.Expr, formulas: Formulas) -> sp.Expr:
    """The expression for particular sequences: each term by a formula in `INDEX`."""
    if not sequences_in(expr):
        return expr
    args = [instance(a, formulas) for a in expr.args]
    if not isinstance(expr, AppliedUndef):
        return expr.func(*args)
    if len(args) != 1 or expr.func not in formulas or formulas[expr.func].free_symbols - {INDEX}:
        raise OutsideFragment(f"a formula in {INDEX} alone is needed for the terms {expr}", node=expr)
    return formulas[expr.func].xreplace({INDEX: args[0]})
