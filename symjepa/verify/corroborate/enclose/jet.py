r"""A jet, proposed: the Taylor polynomial of a solution and of its fundamental matrix, by Newton iteration on series.

Nothing here is proved, and nothing needs to be: radii are thrown away, and `step` bounds the defect of whatever
polynomial comes out.  Newton's step on x' = h f(x) is δ = Y ∫ Y⁻¹ (h f(x) - x'), with Y' = h Df(x) Y; it doubles the
coefficients that are right up to the `block` to which Y is known, and adds one block per step beyond.
Source: A. Bostan, F. Chyzak, F. Ollivier, B. Salvy, E. Schost, A. Sedoglavic, Fast computation of power series
solutions of systems of differential equations, SODA 2007.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import flint
from flint import arb, arb_poly, arb_series

from symjepa.exact.balls import precision
from symjepa.verify.corroborate.enclose.field import Field

Matrix: TypeAlias = list[list[arb_series]]
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
    dimension, known = len(center), 1
    y = [[_constant(i == j) for j in range(dimension)] for i in range(dimension)]
    z = y
    bits = flint.ctx.prec
    while len(found[0]) < length:
        n = len(found[0])
        with precision(SPARE + bits - bits * n // length):  # later coefficients are smaller, and so need fewer bits
            _extend(field, scaled, found, min(n + known, length), y, z)
        if known < block:
            known = min(2 * known, block)
            with precision(SPARE + bits - bits * known // (2 * length)):
                y, z = _doubled(field, scaled, found, known, y, z)
    return Jet(h, [arb_poly(c) for c in found], [[arb_poly(_coefficients(e, block)) for e in row] for row in y])


def _constant(one: bool) -> arb_series:
    return arb_series([int(one)], 1)


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


def _doubled(
    field: Field, scaled: list[arb], found: list[list[arb]], length: int, y: Matrix, z: Matrix
) -> tuple[Matrix, Matrix]:
    """Newton's steps for the fundamental matrix and its inverse, to `length` coefficients."""
    dimension = len(y)
    y, z = _cut(y, length), _cut(z, length)
    state = [arb_series(c[:length], length) for c in found]
    slopes = field.slopes(scaled, arb_series([1], length), state, _product)
    moved = [[arb_series([0], length) for _ in range(dimension)] for _ in range(dimension)]
    for (i, k), slope in slopes.items():
        for j in range(dimension):
            moved[i][j] = moved[i][j] + slope * y[k][j]
    short = [
        [m - _cut1(e.derivative(), length) for m, e in zip(a, c, strict=True)] for a, c in zip(moved, y, strict=True)
    ]
    inner = [[_cut1(e.integral(), length) for e in row] for row in _times(z, short)]
    y = _middle(_plus(y, _times(y, inner)), length)
    off = [[-e for e in row] for row in _times(y, z)]
    for i in range(dimension):
        off[i][i] = off[i][i] + 2
    return y, _middle(_times(z, off), length)


def _cut1(e: arb_series, length: int) -> arb_series:
    return e if e.prec == length else arb_series(e.coeffs()[:length], length)


def _cut(m: Matrix, length: int) -> Matrix:
    return [[_cut1(e, length) for e in row] for row in m]


def _middle(m: Matrix, length: int) -> Matrix:
    return [[arb_series(_coefficients(e, length), length) for e in row] for row in m]


def _applied(m: Matrix, vector: list[arb_series]) -> list[arb_series]:
    return [_sum([a * b for a, b in zip(row, vector, strict=True)]) for row in m]


def _times(m: Matrix, n: Matrix) -> Matrix:
    columns = list(zip(*n, strict=True))
    return [[_sum([a * b for a, b in zip(row, column, strict=True)]) for column in columns] for row in m]


def _plus(m: Matrix, n: Matrix) -> Matrix:
    return [[a + b for a, b in zip(r, q, strict=True)] for r, q in zip(m, n, strict=True)]


def _sum(terms: list[arb_series]) -> arb_series:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
