"""What words and scalars of symjepa *mean*, in numbers: read off their definition, not by the code under test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq

from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Segment, Word, WordSum
from symjepa.symbols import K, L, alpha, eta, k, l, tau
from tests.reference.learner import Array, Learner, Views, identity

Numbers = Mapping[sp.Symbol, sp.Expr]


def rational(number: fmpq) -> sp.Rational:
    return sp.Rational(int(fmpq(number).p), int(fmpq(number).q))


def fraction(number: sp.Expr) -> fmpq:
    assert number.is_Rational, f"{number} is no rational number"
    return fmpq(int(number.p), int(number.q))


def letters_of(learner: Learner, views: Views) -> dict[str, Any]:
    """Layers as tuples, everything else as one matrix."""
    return {"W": learner.W, "P": learner.P, "Wbar": learner.teacher, "x": views.x, "y": views.y, **views.moments}


def numbers_of(learner: Learner) -> dict[sp.Symbol, sp.Expr]:
    rates = {alpha: learner.alpha, tau: learner.tau, eta: learner.eta}
    return {K: sp.Integer(len(learner.P)), L: sp.Integer(len(learner.W)), **{x: rational(y) for x, y in rates.items()}}


def letter(factor: Any, letters: Mapping[str, Any], numbers: Numbers) -> Array | None:
    """The matrix of one letter; None for an empty segment."""
    if not isinstance(factor, Segment):
        found = letters[factor.name]
    else:
        lo, hi = (int(end.xreplace(dict(numbers))) for end in (factor.lo, factor.hi))
        assert 0 <= lo <= hi <= len(letters[factor.stack.name]), f"{factor} reaches beyond its stack"
        found = None
        for number in range(lo + 1, hi + 1):
            layer = letters[factor.stack.name][number - 1]
            found = layer if found is None else layer @ found
    return found if found is None or not factor.transposed else found.T


def denoted_word(word: Word, letters: Mapping[str, Any], numbers: Numbers, size: int | None = None) -> Array:
    """The product, from left to right; `size` is that of an identity."""
    matrices = [matrix for factor in word.factors if (matrix := letter(factor, letters, numbers)) is not None]
    total = matrices[0] if matrices else identity(size)
    for matrix in matrices[1:]:
        total = total @ matrix
    return total


def denoted(words: WordSum, letters: Mapping[str, Any], numbers: Numbers, size: int | None = None) -> Array | int:
    """The matrix of a word sum; 0 for the empty sum."""
    terms = (
        (fraction(c.xreplace(dict(numbers))), denoted_word(word, letters, numbers, size)) for word, c in words.terms
    )
    return sum((coefficient * matrix for coefficient, matrix in terms), 0)


def denoted_trace(traces: TraceSum, letters: Mapping[str, Any], numbers: Numbers, size: int | None = None) -> fmpq:
    return sum(
        (
            fraction(c.xreplace(dict(numbers))) * np.trace(denoted_word(word, letters, numbers, size))
            for word, c in traces.terms
        ),
        fmpq(0),
    )


def amplitude(family: str, number: int) -> sp.Symbol:
    """The name that symjepa gives to the amplitude of one numbered layer."""
    return sp.Symbol(f"{family}_{number}", real=True)


def evaluated(rate: sp.Expr, values: Mapping[sp.Expr, sp.Expr], layer: int | None = None) -> fmpq:
    """A rate of a mode flow at exact values; products over layers are multiplied out, `layer` is the generic index."""
    numbers = {x: y for x, y in values.items() if x in (K, L)}
    if layer is not None:
        numbers |= {index: sp.Integer(layer) for index in (l, k)}
    return fraction(unrolled(rate.xreplace(numbers)).xreplace(dict(values)))


def unrolled(rate: sp.Expr) -> sp.Expr:
    """Products over numbered layers multiplied out, and indexed amplitudes given the names of numbered ones."""
    if rate.has(sp.Product):
        rate = rate.doit()
    return rate.xreplace({x: amplitude(x.base.name, int(x.indices[0])) for x in rate.atoms(sp.Indexed)})
