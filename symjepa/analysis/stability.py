"""Linear rates in closed form, and what the signs of the characteristic polynomial say."""

from __future__ import annotations

import sympy as sp
from sympy.polys.matrices import DomainMatrix

from symjepa.analysis.monomials import settled
from symjepa.analysis.proposals import Kind
from symjepa.exact.facts import Fact

_x = sp.Dummy("x")
Spectrum = list[tuple[list[sp.Expr], int]]
"""Monic factors of det(x - J), by their coefficients, with multiplicities."""


def characteristic_factors(jacobian: sp.Matrix) -> Spectrum:
    """Factors over the rationals in the parameters; powers with symbolic exponents count as independent."""
    if jacobian.rows == 1:
        return [([sp.S.One, -settled(jacobian[0, 0])], 1)]
    odd = {p for entry in jacobian for p in entry.atoms(sp.Pow) if not p.exp.is_Integer}
    names = {p: sp.Dummy(positive=True) for p in sorted(odd, key=sp.count_ops, reverse=True)}
    matrix = DomainMatrix.from_Matrix(jacobian.xreplace(names)).to_field()
    back = {name: p for p, name in names.items()}
    coefficients = [settled(matrix.domain.to_sympy(c).xreplace(back)) for c in matrix.charpoly()]
    polynomial = sp.Add(*(c * _x ** (len(coefficients) - 1 - i) for i, c in enumerate(coefficients)))
    numerator, _ = sp.fraction(sp.together(polynomial))
    try:
        _, factors = sp.factor_list(numerator)
    except sp.PolynomialError:
        factors = [(numerator, 1)]
    polys = [(sp.Poly(factor, _x), m) for factor, m in factors if factor.has(_x)]
    return [([settled(sp.expand(c / poly.LC())) for c in poly.all_coeffs()], m) for poly, m in polys]


def linear_rates(spectrum: Spectrum) -> tuple[sp.Expr, ...]:
    """The eigenvalues, zeros first; empty if a factor has degree 3 or more."""
    if any(len(factor) > 3 for factor, _ in spectrum):
        return ()
    rates = [root for factor, multiplicity in spectrum for root in _roots(factor) * multiplicity]
    return tuple(sorted(rates, key=lambda rate: rate != 0))


def _roots(factor: list[sp.Expr]) -> list[sp.Expr]:
    """One root, or the two of the quadratic formula."""
    if len(factor) == 2:
        return [settled(sp.expand(-factor[1]))]
    _, b, c = factor
    return [(-b + s * sp.sqrt(b**2 - 4 * c)) / 2 for s in (1, -1)]


def kind_of(spectrum: Spectrum, family_dim: int, needs: tuple[Fact, ...]) -> Kind:
    """Stable: all rates but one zero for each dimension of the family have negative real part, for generic members.

    Generic: free symbols are not zero.  Undetermined where the assumptions do not show the sign.
    """
    positive = {f.expr for f in needs if f.kind == "positive" and f.expr.is_Symbol}
    symbols = {x for factor, _ in spectrum for c in factor for x in c.free_symbols}
    generic = {x: _strengthened(x, x in positive) for x in symbols}
    known = [(_side([settled(c.xreplace(generic)) for c in factor]), m * (len(factor) - 1)) for factor, m in spectrum]
    sides = {side for side, _ in known}
    if "right" in sides:
        return "unstable"
    if "unknown" in sides:
        return "undetermined"
    return "stable" if sum(m for side, m in known if side == "zero") == family_dim else "degenerate"


def _strengthened(x: sp.Symbol, positive: bool) -> sp.Symbol:
    if x.is_positive or (x.is_nonnegative and not positive):
        return x
    if positive:
        return sp.Dummy(x.name, positive=True, integer=x.is_integer)
    return sp.Dummy(x.name, real=True, nonzero=True)


def _side(factor: list[sp.Expr]) -> str:
    """Where the roots of a monic factor lie, by Routh and Hurwitz: left, right (one of them), zero, or unknown."""
    below = [_sign(c) for c in factor[1:]]
    if below == [0]:
        return "zero"
    if -1 in below:
        return "right"
    return "left" if len(below) <= 2 and below == [1] * len(below) else "unknown"


def _sign(expr: sp.Expr) -> int | None:
    for value in (expr, sp.factor(expr), sp.expand(expr)):
        if value.is_zero or value.is_positive or value.is_negative:
            return 0 if value.is_zero else 1 if value.is_positive else -1
    return None
