r"""Certified roots of polynomials with rational coefficients: fixed points, thresholds.

Soundness: the coefficients are exact; FLINT isolates all complex roots of an integer polynomial, each in a ball that
holds exactly one,
with its multiplicity, and the imaginary part of a real root is exactly zero (a root whose ball meets the real line and
its own
conjugate is real).  So the list of real roots is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp
from flint import arb, fmpq, fmpq_poly, fmpz_poly

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact.balls import Point, exactly, precision

MAX_DEGREE = 400


@dataclass(frozen=True, slots=True)
class CertifiedRoot:
    """One real root: a ball that holds it and no other root, and its multiplicity."""

    value: arb
    multiplicity: int


def polynomial(expr: sp.Expr, x: sp.Symbol, point: Point) -> fmpq_poly:
    """The polynomial in x that an expression is at exact numbers for the other symbols; else OutsideFragment."""
    if expr == x:
        return fmpq_poly([0, 1])
    if x not in expr.free_symbols:
        return fmpq_poly([_number(expr, point)])
    if isinstance(expr, sp.Pow) and x not in expr.exp.free_symbols:
        return _power(polynomial(expr.base, x, point), _number(expr.exp, point), expr)
    if not isinstance(expr, sp.Add | sp.Mul):
        raise OutsideFragment(f"a polynomial in {x} is needed, but got {expr}", node=expr)
    parts = [polynomial(part, x, point) for part in expr.args]
    total = parts[0]
    for part in parts[1:]:
        total = total + part if isinstance(expr, sp.Add) else total * part
        _bounded(total.degree())
    return total


def _number(expr: sp.Expr, point: Point) -> fmpq:
    value = exactly(expr, point)
    if value is None:
        raise OutsideFragment(f"a rational coefficient is needed, but got {expr}", node=expr)
    return value


def _power(base: fmpq_poly, n: fmpq, node: sp.Expr) -> fmpq_poly:
    if n.q != 1 or n < 0:
        raise OutsideFragment(f"a whole exponent ≥ 0 is needed, but got {n} in {node}", node=node)
    _bounded(max(base.degree(), 0) * int(n.p))
    return base ** int(n.p)


def _bounded(degree: int) -> None:
    if degree > MAX_DEGREE:
        raise TooLarge(f"a degree of at most {MAX_DEGREE} is allowed, but got {degree}")


def real_roots(expr: sp.Expr, x: sp.Symbol, point: Point | None = None, bits: int = 256) -> tuple[CertifiedRoot, ...]:
    """Every real root in increasing order; Undefined for the zero polynomial, whose roots are all numbers.

    >>> x = sp.Symbol("x")
    >>> [(root.multiplicity, float(root.value)) for root in real_roots(x**3 - 2 * x**2, x)]
    [(2, 0.0), (1, 2.0)]
    """
    whole = polynomial(expr, x, point or {})
    if not whole.coeffs():
        raise Undefined(f"a non-zero polynomial is needed, but {expr} vanishes identically at this point", node=expr)
    with precision(bits):
        numerator = fmpz_poly([int((c * whole.denom()).p) for c in whole.coeffs()])
        roots: Any = numerator.complex_roots()
        found = [CertifiedRoot(z.real, int(m)) for z, m in roots if z.imag == 0]
    return tuple(sorted(found, key=lambda root: root.value.mid()))


def roots_between(
    expr: sp.Expr, x: sp.Symbol, ends: tuple[sp.Rational, sp.Rational], point: Point | None = None, bits: int = 256
) -> tuple[CertifiedRoot, ...]:
    """The roots strictly between two rational ends; a root at an end is told from one beside it exactly."""
    whole, exact = polynomial(expr, x, point or {}), [fmpq(int(end.p), int(end.q)) for end in ends]
    at_ends = sum(whole(end) == 0 for end in exact)
    while True:
        with precision(bits):
            low, high = (arb(end) for end in exact)
            found = real_roots(expr, x, point, bits)
            touching = [root for root in found if root.value.overlaps(low) or root.value.overlaps(high)]
            if len(touching) == at_ends:
                return tuple(root for root in found if root.value > low and root.value < high)
        bits = 2 * bits
