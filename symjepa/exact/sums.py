r"""Closed forms of finite sums, by induction; and substitution that captures nothing.

Soundness: let S(N) be the sum of the term over lo <= n <= N.  If closed(lo - 1) = 0, and closed(N) - closed(N - 1) =
term at n = N for every integer N >= lo, then S(N) = closed(N) for every integer N >= lo - 1.  `prove` decides the two
identities by `equal`; the second one about a fresh integer N, its conditions demanded for all N >= lo.  The range hi
>= lo - 1 is a condition of every use, and so are the lemma's own conditions: `apply` proves the lemma again.  A sum is
replaced only when its lower bound equals the lemma's and its term is a factor free of the index times the lemma's, its
index alone renamed, and no enclosing binder binds a symbol of the lemma.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.errors import InvalidLemma
from symjepa.exact import group_ring as ring
from symjepa.exact.facts import Fact, Range, free_in, lifted
from symjepa.exact.scalars import equal, normal

ONE = sp.Integer(1)
BINDERS = (sp.Sum, sp.Integral)


def fresh(s: sp.Symbol) -> sp.Symbol:
    """A new symbol with the name and assumptions of s."""
    return sp.Dummy(s.name, **s.assumptions0)


def substitute(expr: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Free symbols replaced at once; bound symbols are renamed where a value would be captured."""
    free = free_in(expr)
    values = {s: x for s, x in values.items() if s in free}
    if not values:
        return expr
    if isinstance(expr, sp.Symbol):
        return values.get(expr, expr)
    if isinstance(expr, BINDERS):
        return _substitute_bound(expr, values)
    if isinstance(expr, sp.Indexed):  # its label is a name, not a symbol
        return expr.base[tuple(substitute(i, values) for i in expr.indices)]
    return expr.func(*(substitute(a, values) for a in expr.args))


def _substitute_bound(expr: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The outermost limit is opened: its bounds are outside its scope, everything else is inside."""
    body, (s, *bounds) = peeled(expr)
    inside = {k: x for k, x in values.items() if k != s}
    if any(s in free_in(x) for x in inside.values()):
        new = fresh(s)
        body, s = substitute(body, {s: new}), new
    return expr.func(substitute(body, inside), (s, *(substitute(b, values) for b in bounds)))


def peeled(expr: sp.Expr) -> tuple[sp.Expr, sp.Tuple]:
    """A binder as (body, outermost limit); a body with further limits is again a binder."""
    *inner, outermost = expr.limits
    return (expr.func(expr.function, *inner) if inner else expr.function), outermost


@dataclass(frozen=True)
class SumLemma:
    """For every integer upper >= lo - 1: Sum(term, (index, lo, upper)) = closed."""

    term: sp.Expr
    index: sp.Symbol
    lo: sp.Expr
    upper: sp.Symbol
    closed: sp.Expr

    def __post_init__(self) -> None:
        if self.index == self.upper or self.upper in self.term.free_symbols | self.lo.free_symbols:
            raise InvalidLemma(f"a term and lower bound free of upper={self.upper} are needed, but got {self}")
        if self.index in self.closed.free_symbols | self.lo.free_symbols:
            raise InvalidLemma(f"a closed form and lower bound free of index={self.index} are needed, but got {self}")

    @property
    def free_symbols(self) -> frozenset[sp.Symbol]:
        """Symbols about which the lemma speaks; index and upper are its own."""
        inside = (self.term.free_symbols - {self.index}) | self.lo.free_symbols
        return frozenset(inside | (self.closed.free_symbols - {self.upper}))

    def __str__(self) -> str:
        return f"Sum({self.term}, ({self.index}, {self.lo}, {self.upper})) = {self.closed}"


@dataclass(frozen=True)
class SumProof:
    """Whether the two identities hold wherever `conditions` do; the residual of the first that does not."""

    holds: bool
    conditions: frozenset[Fact]
    residual: sp.Expr | None


def prove(lemma: SumLemma) -> SumProof:
    """The lemma by induction on upper."""
    upper = sp.Dummy(lemma.upper.name, integer=True)
    at = {x: substitute(lemma.closed, {lemma.upper: x}) for x in (lemma.lo - 1, upper, upper - 1)}
    empty = equal(at[lemma.lo - 1], sp.Integer(0))
    step = equal(at[upper] - at[upper - 1], substitute(lemma.term, {lemma.index: upper}))
    conditions = empty.conditions | lifted(step.conditions, Range(upper, lemma.lo, sp.oo, integer=True))
    residual = empty.residual if not empty.holds else step.residual
    return SumProof(empty.holds and step.holds, conditions | _integer(lemma.lo), residual)


def _integer(e: sp.Expr) -> frozenset[Fact]:
    return frozenset() if e.is_Integer else frozenset({Fact(e, "integer")})


@dataclass(frozen=True)
class Closed:
    """`expr` equals the original wherever `conditions` hold; `count` sums were closed."""

    expr: sp.Expr
    conditions: frozenset[Fact]
    count: int


def apply(lemma: SumLemma, expr: sp.Expr) -> Closed:
    """Close every sum that the lemma is about; InvalidLemma if the lemma itself is not proved."""
    proof = prove(lemma)
    if not proof.holds:
        raise InvalidLemma(f"a proved lemma is needed, but {lemma} leaves the residual {proof.residual}")
    closed = _close(lemma, expr)
    if not closed.count:
        return Closed(expr, frozenset(), 0)
    defined = normal(expr).conditions  # rebuilding the tree lets SymPy drop what is undefined, such as 0*log(y)
    return Closed(closed.expr, closed.conditions | proof.conditions | defined, closed.count)


def _close(lemma: SumLemma, expr: sp.Expr) -> Closed:
    if not expr.args or isinstance(expr, sp.Symbol):
        return Closed(expr, frozenset(), 0)
    if isinstance(expr, BINDERS):
        return _close_bound(lemma, expr)
    parts = [_close(lemma, a) for a in expr.args]
    count = sum(p.count for p in parts)
    conditions = frozenset().union(*(p.conditions for p in parts))
    return Closed(expr.func(*(p.expr for p in parts)) if count else expr, conditions, count)


def _close_bound(lemma: SumLemma, expr: sp.Expr) -> Closed:
    """The sum itself if the lemma matches; otherwise what is inside, unless the binder hides a symbol of the lemma."""
    body, limit = peeled(expr)
    if len(limit) != 3:
        return Closed(expr, frozenset(), 0)
    matched = _match(lemma, body, limit) if isinstance(expr, sp.Sum) else None
    if matched is not None:
        return matched
    if limit[0] in lemma.free_symbols:
        return Closed(expr, frozenset(), 0)
    s, lo, hi = limit
    inside, below, above = _close(lemma, body), _close(lemma, lo), _close(lemma, hi)
    r = Range(s, lo, hi, integer=isinstance(expr, sp.Sum))
    conditions = lifted(inside.conditions, r) | below.conditions | above.conditions
    count = inside.count + below.count + above.count
    return Closed(expr.func(inside.expr, (s, below.expr, above.expr)) if count else expr, conditions, count)


def _match(lemma: SumLemma, body: sp.Expr, limit: sp.Tuple) -> Closed | None:
    """The sum of body over the limit, closed; None if the lemma is about another sum."""
    s, lo, hi = limit
    n = sp.Dummy(lemma.index.name, integer=True)
    here, there = substitute(body, {s: n}), substitute(lemma.term, {lemma.index: n})
    factor = _constant_factor(here, there, n)
    terms = equal(here, factor * there)
    lows = equal(lo, lemma.lo)
    if not (terms.holds and lows.holds) or factor == 0:  # a sum of zeros needs no lemma, nor its conditions
        return None
    conditions = lows.conditions | lifted(terms.conditions, Range(n, lo, hi, integer=True))
    conditions |= {Fact(hi - lo + 1, "nonnegative"), Fact(hi, "integer")}
    return Closed(factor * substitute(lemma.closed, {lemma.upper: hi}), conditions, 1)


def _constant_factor(here: sp.Expr, there: sp.Expr, n: sp.Symbol) -> sp.Expr:
    """A proposal for c, free of n, with here = c there; 1 where there is none.  `_match` decides whether it is one."""
    quotient = ring.to_expr(ring.reduced(normal(here / there).element))
    return ONE if n in quotient.free_symbols else quotient
