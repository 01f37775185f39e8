r"""A jet, proposed: the Taylor polynomial of a solution and of its fundamental matrix, by Newton iteration on series.

Nothing here is proved, and nothing needs to be: radii are thrown away, and `step` bounds the defect of whatever
polynomial comes out.  Newton's step on x' = h f(x) is δ = Y ∫ Y⁻¹ (h f(x) - x'), with Y' = h Df(x) Y; it doubles the
coefficients that are right up to the `block` to which Y is known, and adds one block per step beyond.  Y and its
inverse Z, Z' = -Z h Df(x), are short series of small matrices: their coefficients come one by one.
Source: A. Bostan, F. Chyzak, F. Ollivier, B. Salvy, E. Schost, A. Sedoglavic, Fast computation of power series
solutions of systems of differential equations, SODA 2007.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import flint
from flint import arb, arb_mat, arb_poly, arb_series

from symjepa.exact.balls import precision
from symjepa.verify.corroborate.enclose.field import Field

Matrix: TypeAlias = list[list[arb_series]]
Coefficients: TypeAlias = list[arb_mat]
ZERO, ONE = arb(0), arb(1)
SPARE = 20


@dataclass(frozen=True, slots=True)
class Jet:
    """x(s) and Y(s) for s in [0, 1], the time in units of the step h; all coefficients are exact."""

    h: arb
    path: list[arb_poly]
    fundamental: list[list[arb_poly]]

    def shortened(self, factor: arb) -> Jet:
        """The same functions over a part of the step."""
        path = [_stretched(p, factor) for p in self.path]
        return Jet(self.h * factor, path, [[_stretched(y, factor) for y in row] for row in self.fundamental])


def _stretched(p: arb_poly, factor: arb) -> arb_poly:
    power, found = arb(1), []
    for c in p.coeffs():
        found.append((c * power).mid())
        power = (power * factor).mid()
    return arb_poly(found)


def jet(field: Field, coefficients: list[arb], center: list[arb], h: arb, length: int, block: int) -> Jet:
    """The jet at a point, `length` coefficients of the path and `block` of the fundamental matrix."""
    scaled = [c * h for c in coefficients]
    found = [[x] for x in center]
    unit = _unit(len(center))
    y, z, own, back = [unit], [unit], _series([unit]), _series([unit])
    bits = flint.ctx.prec
    while len(found[0]) < length:
        n, known = len(found[0]), len(y)
        with precision(SPARE + bits - bits * n // length):  # later coefficients are smaller, and so need fewer bits
            _extend(field, scaled, found, min(n + known, length), own, back)
        if known < block:
            known = min(2 * known, block)
            with precision(SPARE + bits - bits * known // (2 * length)):
                _raise(_slopes(field, scaled, found, known - 1), y, z)
            own, back = _series(y), _series(z)
    return Jet(h, [arb_poly(c) for c in found], [[arb_poly(e.coeffs()) for e in row] for row in own])


def _unit(dimension: int) -> arb_mat:
    return arb_mat(dimension, dimension, [int(i == j) for i in range(dimension) for j in range(dimension)])


def _series(matrices: Coefficients) -> Matrix:
    """A series of matrices as a matrix of series."""
    dimension, length = matrices[0].nrows(), len(matrices)
    return [[arb_series([m[i, j] for m in matrices], length) for j in range(dimension)] for i in range(dimension)]


def _coefficients(series: arb_series, length: int) -> list[arb]:
    """Midpoints, filled up with zeros."""
    found = [c.mid() for c in series.coeffs()[:length]]
    return found + [ZERO] * (length - len(found))


def _product(a: arb_series, b: arb_series) -> arb_series:
    """Exact again, for a product of balls costs three of numbers."""
    return arb_series([c.mid() for c in (a * b).coeffs()], a.prec)


def _extend(field: Field, scaled: list[arb], found: list[list[arb]], length: int, y: Matrix, z: Matrix) -> None:
    """Newton's step for the path: from n coefficients to `length` of them."""
    n, dimension = len(found[0]), len(found)
    size = length - n
    state = [arb_series([(x * ONE).mid() for x in c], length) for c in found]
    rates = field.rates(scaled, arb_series([1], length), state, _product)
    zero = arb_series([0], size)
    defect = [
        arb_series(_coefficients(rates[i,], length)[n - 1 : length - 1], size) if (i,) in rates else zero
        for i in range(dimension)
    ]
    turned = _applied(_cut(z, size), defect)
    raised = [arb_series([c / (n + k) for k, c in enumerate(_coefficients(e, size))], size) for e in turned]
    for own, e in zip(found, _applied(_cut(y, size), raised), strict=True):
        own += _coefficients(e, size)


def _slopes(field: Field, scaled: list[arb], found: list[list[arb]], length: int) -> Coefficients:
    """The coefficients of h Df along the path."""
    dimension = len(found)
    state = [arb_series(c[:length], length) for c in found]
    rows = {
        key: _coefficients(slope, length)
        for key, slope in field.slopes(scaled, arb_series([1], length), state, _product).items()
    }
    nothing = [ZERO] * length
    entries = [rows.get((i, j), nothing) for i in range(dimension) for j in range(dimension)]
    return [arb_mat(dimension, dimension, [e[k] for e in entries]) for k in range(length)]


def _raise(slopes: Coefficients, y: Coefficients, z: Coefficients) -> None:
    """Y' = A Y and Z' = -Z A, up to one coefficient more than A has."""
    for k in range(len(y) - 1, len(slopes)):
        ahead, behind = slopes[0] * y[k], z[k] * slopes[0]
        for i in range(1, k + 1):
            ahead, behind = ahead + slopes[i] * y[k - i], behind + z[k - i] * slopes[i]
        y.append((ahead * (ONE / (k + 1))).mid())
        z.append((behind * (ONE / -(k + 1))).mid())


def _cut1(e: arb_series, length: int) -> arb_series:
    return e if e.prec == length else arb_series(e.coeffs()[:length], length)


def _cut(m: Matrix, length: int) -> Matrix:
    return [[_cut1(e, length) for e in row] for row in m]


def _applied(m: Matrix, vector: list[arb_series]) -> list[arb_series]:
    return [_sum([a * b for a, b in zip(row, vector, strict=True)]) for row in m]


def _sum(terms: list[arb_series]) -> arb_series:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
