r"""Exact rational frames: orthogonal matrices by Cayley's transform $(I - A)(I + A)^{-1}$ of an antisymmetric A, and
what is diagonal in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from flint import arb, arb_mat, fmpq, fmpq_mat


def identity(size: int) -> fmpq_mat:
    """The unit matrix."""
    return fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def cayley(antisymmetric: fmpq_mat) -> fmpq_mat:
    """(I - A)(I + A)⁻¹: orthogonal, of determinant 1, rational with A."""
    one = identity(antisymmetric.nrows())
    return (one - antisymmetric) * (one + antisymmetric).inv()


def frame(size: int, random: Random) -> fmpq_mat:
    """A rational orthogonal matrix without zero entries (from size 2 on), of short numbers."""
    while True:
        entries = {
            (i, j): fmpq(random.choice((-3, -2, -1, 1, 2, 3)), random.randint(2, 5))
            for i in range(size)
            for j in range(i)
        }
        cells = [entries.get((i, j), fmpq(0)) - entries.get((j, i), fmpq(0)) for i in range(size) for j in range(size)]
        turned = cayley(fmpq_mat(size, size, cells))
        if all(entry != 0 for entry in turned.entries()):
            return turned


def between(left: fmpq_mat, values: Sequence[arb | fmpq], right: fmpq_mat) -> arb_mat:
    """left · diag(values) · rightᵀ, rectangular if the frames differ in size; modes without a value have 0."""
    rows, cols = left.nrows(), right.nrows()
    entries = [values[i] if i == j and i < len(values) else fmpq(0) for i in range(rows) for j in range(cols)]
    return arb_mat(left) * arb_mat(rows, cols, entries) * arb_mat(right.transpose())


def read_in(left: fmpq_mat, matrix: arb_mat, right: fmpq_mat) -> arb_mat:
    """leftᵀ · matrix · right: the entries of a matrix in its two frames."""
    return arb_mat(left.transpose()) * matrix * arb_mat(right)


def diagonal(matrix: arb_mat) -> tuple[arb, ...]:
    """The diagonal entries."""
    return tuple(matrix[i, i] for i in range(min(matrix.nrows(), matrix.ncols())))


def stray(matrix: arb_mat) -> arb:
    """The largest entry off the diagonal."""
    cells = ((i, j) for i in range(matrix.nrows()) for j in range(matrix.ncols()) if i != j)
    return max((matrix[i, j].abs_upper() for i, j in cells), default=arb(0))
