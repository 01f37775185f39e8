r"""Symbols replaced by bound + slack: what facts become when some of them say that a slack has a sign.

Soundness: a fact e > 0 or e >= 0 with e = a x + rest, a rational and rest free of x, says that x = (e - rest)/a with e
of that sign; so x is replaced by that expression in all facts at once, e standing for a symbol that occurs in nothing
else.  The caller has shown every fact that is used to be defined, and those called whole to be integers.  Facts about
integrals bound no symbol and are left behind: fewer facts imply no more.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from symjepa.exact import group_ring as ring
from symjepa.exact.facts import Fact
from symjepa.exact.known import affine, known_of
from symjepa.exact.sums import substitute


@lru_cache(maxsize=5_000)
def bounding(facts: frozenset[Fact]) -> tuple[Fact, ...]:
    """Those that can bound a symbol."""
    signed = (f for f in known_of(facts).plain if f.kind in ("positive", "nonnegative"))
    return tuple(sorted((f for f in signed if not f.expr.has(sp.Integral) and affine(f)), key=str))


@lru_cache(maxsize=5_000)
def replacing(
    facts: frozenset[Fact], upper: bool, usable: tuple[tuple[Fact, bool], ...]
) -> tuple[dict[sp.Symbol, sp.Expr], frozenset[Fact]]:
    """x = bound + slack from facts that are defined, with whether they are about integers; and the image of all facts.

    A function of its arguments but for the names of the slacks, which occur in nothing else.
    """
    values: dict[sp.Symbol, sp.Expr] = {}
    known: set[Fact] = set()
    for f, whole in usable:
        choice = _elimination(f, values, upper, whole)
        if choice is not None:
            x, value, more = choice
            values = {y: substitute(e, {x: value}) for y, e in values.items()} | {x: value}
            known |= more
    kept = (f for f in facts | known if not f.expr.has(sp.Integral))
    return values, frozenset(_image(f, values) for f in kept) if values else frozenset()


def _image(f: Fact, values: dict[sp.Symbol, sp.Expr]) -> Fact:
    if f.over:
        return f
    own = tuple((x, e) for x, e in values.items() if x in f.free_symbols)
    return Fact(_substituted(f.expr, own), f.kind)


@lru_cache(maxsize=20_000)
def _substituted(expr: sp.Expr, values: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> sp.Expr:
    """Facts have the same images again and again, as lines of a proof add to them."""
    return substitute(expr, dict(values))


def _elimination(
    f: Fact, values: dict[sp.Symbol, sp.Expr], upper: bool, whole: bool
) -> tuple[sp.Symbol, sp.Expr, set[Fact]] | None:
    """x = (e - rest)/a from a fact on e = a x + rest that bounds x from below (a > 0) or above.

    e is a slack with the fact's sign, or 1 + a slack >= 0 if e is a positive integer.
    """
    for x, a, rest in affine(f):
        others = substitute(ring.to_expr(rest), values)
        if x not in values and (a < 0) == upper and x not in others.free_symbols:
            slack = _slack_of(x, whole)
            e, kind = slack, f.kind
            if whole and f.kind == "positive":
                e, kind = slack + 1, "nonnegative"
            known = {Fact(slack, kind)} | ({Fact(slack, "integer")} if whole else set())
            return x, (e - others) * sp.Rational(a.denominator, a.numerator), known
    return None


@lru_cache(maxsize=5_000)
def _slack_of(x: sp.Symbol, whole: bool) -> sp.Symbol:
    """The slack of a symbol, in no question that is asked from outside: the same one every time, so that images of
    one fact meet again under other facts.
    """
    return sp.Dummy(f"{x.name}_slack", integer=True) if whole else sp.Dummy(f"{x.name}_slack")
