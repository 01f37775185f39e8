r"""Polynomials on [0, 1] with a remainder: the arithmetic in which a proposed jet is checked.

`Rest(p, r)` stands for every function g on [0, 1] with |g(s) - p(s)| ≤ r, where p has `length` coefficients.
Soundness of the product: p·q minus what is kept of it, that is the coefficients beyond `length` and all rounding
errors, is evaluated over [-1, 1] and goes to the remainder, whole.  So products stay exact, which makes them cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_poly

UNIT = arb(0, 1)
HALVES = arb(0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Rest:
    """A polynomial and a bound on what it leaves out; `size` bounds the polynomial on [0, 1]."""

    polynomial: arb_poly
    rest: arb
    length: int
    size: arb

    def __add__(self, other: Rest) -> Rest:
        return Rest(self.polynomial + other.polynomial, self.rest + other.rest, self.length, self.size + other.size)

    def __mul__(self, other: Rest | arb) -> Rest:
        if isinstance(other, arb):
            size = other.abs_upper()
            return Rest(self.polynomial * other, self.rest * size, self.length, self.size * size)
        whole = self.polynomial * other.polynomial
        middle = arb_poly([c.mid() for c in whole.coeffs()[: self.length]])
        rest = (whole - middle)(UNIT).abs_upper() + self.size * other.rest + self.rest * (other.size + other.rest)
        return Rest(middle, rest, self.length, bound(middle))


def rest(polynomial: arb_poly, length: int) -> Rest:
    """A polynomial cut to `length` coefficients."""
    kept = polynomial.truncate(length)
    return Rest(kept, polynomial.right_shift(length)(UNIT).abs_upper(), length, bound(kept))


def bound(polynomial: arb_poly) -> arb:
    """An upper bound of |p| on [-1, 1]."""
    return polynomial(UNIT).abs_upper()
