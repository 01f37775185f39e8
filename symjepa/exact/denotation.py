r"""The matrix that a word sum denotes, given the matrices of its letters.

Soundness.  A word is the product of its letters in their order, a transposed letter the transpose, a power
$(AA^\top)^n$ that many factors, and a sum the sum with its coefficients: nothing is cancelled or reordered.  The
result is exact if the matrices are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import sympy as sp

from symjepa.errors import ShapeMismatch
from symjepa.exact.words import Factor, Power, Space, WordSum


def value(
    words: WordSum,
    matrix: Callable[[Factor], Any],
    scalar: Callable[[sp.Expr], Any],
    identity_of: Callable[[Space], Any] | None = None,
) -> Any:
    """The matrix a word sum denotes: `matrix` gives each untransposed letter, `scalar` each coefficient; exact if they
    are.

    Works for any arrays with `@`, `.T`, `+` and scalar `*` (NumPy of floats or of `fractions.Fraction`).
    """
    total: Any = None
    for word, coefficient in words.terms:
        if not word.factors and identity_of is None:
            raise ShapeMismatch("an identity word has no numeric size of its own; say it with identity_of")
        parts = [_denoted(f, matrix) for f in word.factors]
        if not parts and identity_of is not None:
            parts = [identity_of(word.rows)]
        term = scalar(coefficient) * reduce(lambda left, right: left @ right, parts)
        total = term if total is None else total + term
    return total


def _denoted(factor: Factor, matrix: Callable[[Factor], Any]) -> Any:
    """The matrix of a letter, transposed or not; a power is multiplied out."""
    if isinstance(factor, Power):
        root = _denoted(factor.root, matrix)
        gram = root @ root.T
        return reduce(lambda left, right: left @ right, [gram] * int(factor.exponent))
    return matrix(factor.T).T if factor.transposed else matrix(factor)
