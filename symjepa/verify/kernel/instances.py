r"""Exact matrices for the letters of words: where claims about matrices are refuted, and where their witnesses are
checked.

Soundness.  An instance is accepted only if every space has one dimension and symmetric letters are so, its covariances
are those of actual data (positive semidefinite, by exact elimination), and every hypothesis on letters holds entry by
entry, in rationals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from symjepa.exact.denotation import value
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Factor, Matrix, Power, Segment, Space, Word, WordSum, instantiated
from symjepa.flow import MatrixFlow
from symjepa.flow import letters as letters_of_model
from symjepa.modes.frames import Alignment, ends
from symjepa.statements.claims import Annihilates, Balanced, Below
from symjepa.statements.statement import Instance
from symjepa.verify.kernel.points import Point

OnLetters = Annihilates | Balanced | Below
"""Hypotheses on letters."""

NOISE = frozenset(("Snn", "Syn", "Snx"))
"""Covariances of noise n on the target: E n nᵀ, E y nᵀ and E n xᵀ."""
CROSS = frozenset(("Syx", "Syn", "Snx"))


@dataclass(frozen=True)
class Letters:
    """Exact matrices by name, with the numbers for depths and parameters."""

    matrices: Mapping[str, Any]
    numbers: Point

    def value(self, words: WordSum) -> Any:
        """The exact matrix of a word sum."""
        concrete = instantiated(words, self.numbers)
        return value(concrete, self._matrix, self._scalar, lambda space: np.eye(self._size(concrete), dtype=object))

    def trace(self, traces: TraceSum) -> Fraction | None:
        """The exact value of a sum of traces; None if one is the trace of an identity, a dimension that no letter
        tells.
        """
        found = [self._trace_of(word) for word, _ in traces.terms]
        values = [
            (one, coefficient) for one, (_, coefficient) in zip(found, traces.terms, strict=True) if one is not None
        ]
        if len(values) < len(found):
            return None
        return sum((self._scalar(coefficient) * one for one, coefficient in values), Fraction(0))

    def _trace_of(self, word: Word) -> Any:
        """The trace of one word; that of an identity is the dimension of a view, or unknown."""
        if not word.factors:
            view = self.matrices.get({"context": "Sxx", "target": "Syy"}.get(word.rows, ""))
            return None if view is None else Fraction(len(view))
        one = instantiated(WordSum.of(word), self.numbers)
        return np.trace(self.value(one)) if all(word.factors for word, _ in one.terms) else None

    def _matrix(self, factor: Factor) -> Any:
        if isinstance(factor, Matrix):
            return self.matrices[factor.name]
        assert isinstance(factor, Segment)  # a power is multiplied out before it comes here
        product = self.matrices[f"{factor.stack.name}_{int(factor.lo) + 1}"]
        for layer in range(int(factor.lo) + 2, int(factor.hi) + 1):
            product = self.matrices[f"{factor.stack.name}_{layer}"] @ product
        return product

    def _scalar(self, coefficient: sp.Expr) -> Fraction:
        number = coefficient.xreplace(dict(self.numbers))
        return Fraction(int(number.p), int(number.q))

    def _size(self, words: WordSum) -> int:
        """The dimension of an identity among words: that of the others; alone, it vanishes in none or in all."""
        first = next((word.factors[0] for word, _ in words.terms if word.factors), None)
        if first is None:
            return 1
        first = first.root if isinstance(first, Power) else first
        return int(self._matrix(first.T).shape[1] if first.transposed else self._matrix(first).shape[0])


def exhibited(instance: Instance, depths: Point) -> Letters:
    """An author's matrices, exact."""
    matrices = {
        name: np.array([[fraction(x) for x in row] for row in rows], dtype=object)
        for name, rows in instance.matrices.items()
    }
    numbers = {symbol: sp.Rational(fraction(number)) for symbol, number in instance.numbers.items()}
    return Letters(matrices, {**depths, **numbers})


def fraction(number: Any) -> Fraction:
    """An exact number, whoever wrote it."""
    return Fraction(int(number.p), int(number.q)) if isinstance(number, sp.Rational) else Fraction(number)


def obeys(letters: Letters, hypotheses: Iterable[OnLetters], words: Iterable[WordSum] = ()) -> bool:
    """The letters are exact and fit together, in the words too, every hypothesis on them holds exactly, and the
    covariances are those of data.
    """
    if not all(isinstance(entry, Fraction | int) for matrix in letters.matrices.values() for entry in matrix.flat):
        return False
    hypotheses = tuple(hypotheses)
    said = {f for one in words for f in one.letters()}.union(*map(_letters_of, hypotheses))
    if not (fit_together(said, letters) and is_covariance(letters.matrices)):
        return False
    return all(_holds(hypothesis, letters) for hypothesis in hypotheses)


def _letters_of(hypothesis: OnLetters) -> frozenset[Factor]:
    match hypothesis:
        case Balanced():
            named = letters_of_model(hypothesis.model)
            return named.encoder.product().letters() | named.predictor.product().letters()
        case Below():
            return frozenset({hypothesis.letter})
    return hypothesis.value.letters() | {hypothesis.left, hypothesis.right}


def fit_together(factors: Iterable[Factor], letters: Letters) -> bool:
    """Every space has one dimension, and symmetric letters are so: NumPy would stretch a matrix that does not fit."""
    sizes: dict[Space, int] = {}
    for name, rows, cols, symmetric in (place for factor in factors for place in _places(factor, letters.numbers)):
        matrix = letters.matrices.get(name)
        if matrix is None:  # who needs it will say so
            continue
        if (sizes.setdefault(rows, matrix.shape[0]), sizes.setdefault(cols, matrix.shape[1])) != matrix.shape:
            return False
        if symmetric and np.any(matrix != matrix.T):
            return False
    return True


def _places(factor: Factor, numbers: Point) -> Iterator[tuple[str, Space, Space, bool]]:
    """The matrices that stand for a letter: name, the spaces of rows and columns, and whether it is symmetric."""
    factor = factor.root if isinstance(factor, Power) else factor
    if isinstance(factor, Matrix):
        own = factor.T if factor.transposed else factor
        yield own.name, own.rows, own.cols, own.symmetric
        return
    stack, lo, hi = factor.stack, *(end.xreplace(dict(numbers)) for end in (factor.lo, factor.hi))
    stack = replace(stack, depth=stack.depth.xreplace(dict(numbers)))
    for layer in map(sp.Integer, range(int(lo) + 1, int(hi) + 1) if lo.is_Integer and hi.is_Integer else ()):
        yield f"{stack.name}_{layer}", stack.space(layer), stack.space(layer - 1), False


def _holds(hypothesis: OnLetters, letters: Letters) -> bool:
    match hypothesis:
        case Balanced():
            return _balanced(hypothesis, letters)
        case Below():
            return _below(hypothesis, letters)
    return _annihilates(hypothesis, letters)


def _annihilates(hypothesis: Annihilates, letters: Letters) -> bool:
    named = {hypothesis.left, hypothesis.right, *hypothesis.value.letters()}
    if not all(isinstance(f, Matrix) and f.name in letters.matrices for f in named):
        return False
    left, right = hypothesis.left, hypothesis.right
    gap = WordSum.of(Word((left, right), left.rows, right.cols)) - hypothesis.value
    return gap.is_zero or not np.any(letters.value(gap) != 0)


def is_covariance(matrices: Mapping[str, Any]) -> bool:
    """The joint covariance [[Σxx, Σyxᵀ], [Σyx, Σyy]] is symmetric and positive semidefinite, by exact symmetric
    elimination; that of noise on the target, where it is given, stands beside it.
    """
    Sxx, Syx, Syy = (matrices.get(name) for name in ("Sxx", "Syx", "Syy"))
    if Sxx is None or Syx is None or Syy is None:
        return False
    d, e = len(Sxx), len(Syy)
    if [Sxx.shape, Syx.shape, Syy.shape] != [(d, d), (e, d), (e, e)]:
        return False
    joint = np.block([[Sxx, Syx.T], [Syx, Syy]])
    if NOISE & set(matrices):
        Snn, Syn, Snx = (matrices.get(name) for name in ("Snn", "Syn", "Snx"))
        if Snn is None or Syn is None or Snx is None or [Snn.shape, Syn.shape, Snx.shape] != [(e, e), (e, e), (e, d)]:
            return False
        joint = np.block([[Sxx, Syx.T, Snx.T], [Syx, Syy, Syn], [Snx, Syn.T, Snn]])
    return bool(np.all(joint == joint.T)) and semidefinite(joint)


def _balanced(hypothesis: Balanced, letters: Letters) -> bool:
    """The law of the joint is zero at every level, exactly."""
    depth = hypothesis.depth.xreplace(dict(letters.numbers))
    levels = [None] if hypothesis.index is None else [sp.Integer(n) for n in range(1, int(depth))]
    try:
        return not any(np.any(letters.value(hypothesis.gap(level)) != 0) for level in levels)
    except KeyError:  # a layer that the instance does not give
        return False


def _below(hypothesis: Below, letters: Letters) -> bool:
    """bound · 1 - letter is positive semidefinite."""
    matrix = letters.matrices.get(hypothesis.letter.name)
    bound = hypothesis.bound.xreplace(dict(letters.numbers))
    return matrix is not None and bool(bound.is_Rational) and fits(matrix, Fraction(int(bound.p), int(bound.q)))


def fits(matrix: Any, bound: Fraction) -> bool:
    """bound · 1 - matrix is positive semidefinite."""
    return semidefinite(bound * np.eye(len(matrix), dtype=object) - matrix)


def semidefinite(form: Any) -> bool:
    """By symmetric elimination: a zero pivot needs a zero row, a negative one refuses."""
    form = form.copy()
    for i in range(len(form)):
        if form[i, i] < 0 or (form[i, i] == 0 and np.any(form[i] != 0)):
            return False
        if form[i, i] > 0:
            form = form - np.outer(form[:, i], form[i]) / form[i, i]
    return True


def framed(flow: MatrixFlow, frames: Alignment, depth: int = 2) -> Iterator[tuple[str, Any]]:
    """The drift of every letter in its own frames, when all letters are diagonal in rational frames that satisfy the
    alignment.

    All spaces are planes and all symbolic depths `depth`; each class of ends has a rotation of its own by a rational
    angle.
    """
    depths = turned_depths(flow, depth)
    numbers = {
        symbol: sp.Rational(1, 2) for entry in flow.rates for _, c in entry.rate.terms for symbol in c.free_symbols
    }
    turned = Turned(frames)
    for family in flow.rates:
        layers = 1 if family.last is None else int(family.last.xreplace(dict(depths)))
        for number in range(1, layers + 1):
            point = {**numbers, **depths, **({family.index: sp.Integer(number)} if family.index else {})}
            letter, rate = instantiated(family.letter, point), instantiated(family.rate, point)
            if rate.is_zero:
                continue
            ((word, _),) = letter.terms
            left, right = ends(word.factors[0])
            drift = value(rate, turned.matrix, Letters({}, point)._scalar)
            yield str(letter), turned.frame(left).T @ drift @ turned.frame(right)


def turned_depths(flow: MatrixFlow, depth: int = 2) -> Point:
    """The same number for every symbolic depth of a flow."""
    symbols = {symbol for entry in flow.rates if entry.last is not None for symbol in entry.last.free_symbols}
    return {symbol: sp.Integer(depth) for symbol in sorted(symbols, key=str)}


class Turned:
    """Letters that are diagonal in one rational frame for each class of ends."""

    def __init__(self, frames: Alignment) -> None:
        self.frames = frames

    def frame(self, end: str) -> Any:
        """The rotation of the class of an end: by a Pythagorean angle that differs from class to class."""
        members = next((m for m in self.frames.classes if end in m), frozenset({end}))
        number = 2 + sum(map(ord, min(members))) % 97
        p, q = Fraction(number**2 - 1, number**2 + 1), Fraction(2 * number, number**2 + 1)
        return np.array([[p, -q], [q, p]], dtype=object)

    def matrix(self, factor: Factor) -> Any:
        """A diagonal of distinct numbers between the frames of the ends; products of layers keep their outer frames.

        Cross-covariances are below 1 and the others at least 2, so that there are data that have them.
        """
        left, right = ends(factor)
        first = Fraction(2 + sum(map(ord, str(factor))) % 13)
        diagonal = self._product(factor) if isinstance(factor, Segment) else np.diag([first, first + Fraction(3, 2)])
        size = Fraction(1, 16) if str(factor) in CROSS else 1
        return self.frame(left) @ (size * diagonal) @ self.frame(right).T

    def _product(self, factor: Segment) -> Any:
        product: Any = np.eye(2, dtype=object)
        for layer in range(int(factor.lo) + 1, int(factor.hi) + 1):
            product = np.diag([Fraction(layer + 1), Fraction(2 * layer + 3)]) @ product
        return product
