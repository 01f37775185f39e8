r"""Rates as sums of monomials with symbolic exponents: the common ground of the searches of this room.

A term is c x^e y^f ⋯ with exponents rational in K, L and a coefficient free of the state.  Substituting a monomial
(or zero) for a variable stays inside this class, for symbolic depth as well.  Powers are split over products, so
bases of fractional powers must be positive: whoever substitutes sees to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp


def tidy(product: sp.Expr) -> sp.Expr:
    """A product with equal bases collected and exponents in lowest terms."""
    exponents: dict[sp.Expr, sp.Expr] = {}
    for factor in sp.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        exponents[base] = exponents.get(base, sp.S.Zero) + exponent
    return sp.Mul(*(base ** lowest(exponent) for base, exponent in exponents.items()))


@lru_cache(4096)
def lowest(exponent: sp.Expr) -> sp.Expr:
    """A rational function of the depths in lowest terms."""
    return exponent if exponent.is_Number or exponent.is_Symbol else sp.cancel(exponent)


def power(product: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """(a b c)^e with the factors known to be positive split off; all of them for a whole e."""
    if exponent == 0:
        return sp.S.One
    split, whole = [], []
    for factor in sp.Mul.make_args(product):
        base, own = factor.as_base_exp()
        if exponent.is_integer or base.is_positive:
            split.append(base ** lowest(own * exponent))
        else:
            whole.append(factor)
    return tidy(sp.Mul(*split, sp.Mul(*whole) ** exponent))


@dataclass(frozen=True)
class Term:
    """coefficient · Π x^powers[x], the exponents none of them zero."""

    coefficient: sp.Expr
    powers: Mapping[sp.Expr, sp.Expr]

    def of(self, x: sp.Expr) -> sp.Expr:
        """The exponent of x."""
        return self.powers.get(x, sp.S.Zero)

    @property
    def expr(self) -> sp.Expr:
        return sp.Mul(self.coefficient, *(x**e for x, e in self.powers.items()))

    def times(self, coefficient: sp.Expr, powers: Mapping[sp.Expr, sp.Expr]) -> Term:
        """This term multiplied by another."""
        merged = {x: lowest(self.of(x) + powers.get(x, sp.S.Zero)) for x in {**self.powers, **powers}}
        return Term(tidy(self.coefficient * coefficient), {x: e for x, e in merged.items() if e != 0})

    def derivative(self, x: sp.Expr) -> Term:
        """∂/∂x of the term."""
        return self.times(self.of(x), {x: sp.S.NegativeOne})

    def put(self, x: sp.Expr, value: Term) -> Term:
        """The monomial `value` in the place of x."""
        e = self.of(x)
        rest = Term(self.coefficient, {y: f for y, f in self.powers.items() if y != x})
        return rest.times(power(value.coefficient, e), {y: f * e for y, f in value.powers.items()})


Terms = tuple[Term, ...]


def terms(expr: sp.Expr, variables: Iterable[sp.Expr]) -> Terms:
    """A rate as terms in the variables, equal monomials collected."""
    moving = set(variables)
    split = []
    for product in sp.Add.make_args(sp.expand(expr)):
        pairs = [factor.as_base_exp() for factor in sp.Mul.make_args(product)]
        coefficient = sp.Mul(*(base**e for base, e in pairs if base not in moving))
        split.append(Term(coefficient, {}).times(sp.S.One, _collected(pairs, moving)))
    return collected(split)


def _collected(pairs: Iterable[tuple[sp.Expr, sp.Expr]], moving: set[sp.Expr]) -> dict[sp.Expr, sp.Expr]:
    powers: dict[sp.Expr, sp.Expr] = {}
    for base, e in pairs:
        if base in moving:
            powers[base] = powers.get(base, sp.S.Zero) + e
    return powers


def collected(split: Iterable[Term]) -> Terms:
    """Terms of equal monomials added, those that cancel left out."""
    sums: dict[frozenset[tuple[sp.Expr, sp.Expr]], sp.Expr] = {}
    for term in split:
        key = frozenset(term.powers.items())
        sums[key] = sums.get(key, sp.S.Zero) + term.coefficient
    return tuple(Term(settled(total), dict(sorted(key, key=str))) for key, total in sums.items() if settled(total) != 0)


def settled(coefficient: sp.Expr) -> sp.Expr:
    """A sum of parameter monomials, factored; 0 where everything cancels."""
    if not coefficient.is_Add:
        return tidy(coefficient)
    total = sp.Add(*(tidy(product) for product in sp.Add.make_args(sp.expand(coefficient))))
    return _tidy_inside(sp.factor(total)) if total.is_Add else total


def _tidy_inside(expr: sp.Expr) -> sp.Expr:
    """`tidy` for every product in a factored sum."""
    if expr.is_Add or expr.is_Mul:
        expr = expr.func(*map(_tidy_inside, expr.args))
    return tidy(expr) if expr.is_Mul else expr


def expression(many: Iterable[Term]) -> sp.Expr:
    """The sum of the terms."""
    return sp.Add(*(term.expr for term in many))


@lru_cache(4096)
def sign(exponent: sp.Expr) -> str:
    """`zero`, `positive`, `nonnegative`, `negative`, `nonpositive` or `unknown`, for every admissible depth.

    A depth that is at least 1 is 1 + n with n ≥ 0; a quotient of polynomials without negative coefficients is
    nonnegative.
    """
    numerator, denominator = sp.fraction(sp.together(exponent))
    shifted = {d: d + 1 for d in exponent.free_symbols if d.is_positive}
    above, below = (sp.expand(part.xreplace(shifted)).as_coefficients_dict() for part in (numerator, denominator))
    if all(value == 0 for value in above.values()):
        return "zero"
    if not all(value > 0 for value in below.values()):
        return "unknown"
    if all(value >= 0 for value in above.values()):
        return "positive" if above.get(sp.S.One, 0) > 0 else "nonnegative"
    if all(value <= 0 for value in above.values()):
        return "negative" if above.get(sp.S.One, 0) < 0 else "nonpositive"
    return "unknown"
