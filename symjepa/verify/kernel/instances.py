r"""Exact matrices for the letters of words: where claims about matrices are refuted, and where their witnesses are
checked.

Soundness.  An instance is accepted only if its covariances are those of actual data (positive semidefinite, by exact
elimination) and every hypothesis on letters holds entry by entry, in rationals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy as sp

from symjepa.exact.words import SAMPLE, Factor, Matrix, Segment, TraceSum, WordSum, instantiated, value
from symjepa.flow import MatrixFlow
from symjepa.modes.frames import Alignment, ends
from symjepa.statements.claims import Annihilates
from symjepa.statements.statement import Instance
from symjepa.verify.kernel.points import Point

ONE: str = "one"
"""The space of a single direction: a letter of columns `one` is a vector."""


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
        words = [instantiated(WordSum.of(word), self.numbers) for word, _ in traces.terms if word.factors]
        if len(words) < len(traces.terms) or not all(word.factors for one in words for word, _ in one.terms):
            return None
        values = zip((np.trace(self.value(one)) for one in words), traces.terms, strict=True)
        return sum((self._scalar(coefficient) * trace for trace, (_, coefficient) in values), Fraction(0))

    def _matrix(self, factor: Factor) -> Any:
        if isinstance(factor, Matrix):
            return self.matrices[factor.name]
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
        return int(self._matrix(first.T).shape[1] if first.transposed else self._matrix(first).shape[0])


def exhibited(instance: Instance, depths: Point) -> Letters:
    """An author's matrices, exact."""
    matrices = {
        name: np.array([[_fraction(x) for x in row] for row in rows], dtype=object)
        for name, rows in instance.matrices.items()
    }
    numbers = {symbol: sp.Rational(_fraction(number)) for symbol, number in instance.numbers.items()}
    return Letters(matrices, {**depths, **numbers})


def _fraction(number: Any) -> Fraction:
    return Fraction(int(number.p), int(number.q)) if isinstance(number, sp.Rational) else Fraction(number)


def obeys(letters: Letters, hypotheses: Iterable[Annihilates]) -> bool:
    """Every hypothesis on letters holds exactly, and the covariances are those of data."""
    for hypothesis in hypotheses:
        named = {hypothesis.left, hypothesis.right, *hypothesis.value.letters()}
        if not all(isinstance(f, Matrix) and f.name in letters.matrices for f in named):
            return False
        product = letters.matrices[hypothesis.left.name]
        product = product.T if hypothesis.left.transposed else product
        right = letters.matrices[hypothesis.right.name]
        if np.any(product @ (right.T if hypothesis.right.transposed else right) != _or_zero(letters, hypothesis.value)):
            return False
    return is_covariance(letters.matrices)


def _or_zero(letters: Letters, words: WordSum) -> Any:
    return letters.value(words) if words.terms else 0


def is_covariance(matrices: Mapping[str, Any]) -> bool:
    """The joint covariance [[Σxx, Σyxᵀ], [Σyx, Σyy]] is symmetric and positive semidefinite, by exact symmetric
    elimination.
    """
    Sxx, Syx, Syy = (matrices.get(name) for name in ("Sxx", "Syx", "Syy"))
    if Sxx is None or Syx is None or Syy is None:
        return False
    joint = np.block([[Sxx, Syx.T], [Syx, Syy]])
    return bool(np.all(joint == joint.T)) and _semidefinite(joint.copy())


def _semidefinite(form: Any) -> bool:
    """A zero pivot needs a zero row; a negative one refuses."""
    for i in range(len(form)):
        if form[i, i] < 0 or (form[i, i] == 0 and np.any(form[i] != 0)):
            return False
        if form[i, i] > 0:
            form = form - np.outer(form[:, i], form[i]) / form[i, i]
    return True


def instances(
    sums: tuple[WordSum, ...], depths: Iterable[Point], hypotheses: tuple[Annihilates, ...], tries: int = 12
) -> Iterator[Letters]:
    """Random exact letters for the word sums at each choice of depths, with data that obey the hypotheses."""
    random = Random(1)
    for number, point in enumerate(depths):
        if number >= tries:
            return
        letters = _drawn(sums, point, hypotheses, random)
        if obeys(letters, hypotheses):
            yield letters


def _drawn(sums: tuple[WordSum, ...], point: Point, hypotheses: tuple[Annihilates, ...], random: Random) -> Letters:
    said = (*sums, *(hypothesis.value for hypothesis in hypotheses))
    factors = {f.T if f.transposed else f for words in said if words.terms for f in _lettered(words, point)}
    sizes = {
        "context": random.choice((2, 3)),
        ONE: 1,
        SAMPLE: random.choice((1, 2, 3)),
        "latent": random.choice((1, 2)),
        "target": random.choice((2, 3)),
    }

    def size(space: str) -> int:
        return sizes.setdefault(space, random.choice((2, 3)))

    matrices = _data(size("context"), size("target") if _has_target(factors) else size("context"), hypotheses, random)
    for factor in sorted(factors, key=str):
        for name, rows, cols in _shapes(factor):
            matrices.setdefault(name, _matrix_drawn(size(rows), size(cols), random))
    numbers = dict(point)
    for hypothesis in hypotheses:
        _measure(hypothesis, matrices, numbers)
    return Letters(matrices, numbers)


def _lettered(words: WordSum, point: Point) -> frozenset[Factor]:
    """The letters of a word sum at numeric depths; identities have none."""
    terms = tuple(term for term in words.terms if term[0].factors)
    return instantiated(replace(words, terms=terms), point).letters()


def _has_target(factors: Iterable[Factor]) -> bool:
    return any("target" in (f.rows, f.cols) for f in factors)


def _shapes(factor: Factor) -> list[tuple[str, str, str]]:
    if isinstance(factor, Matrix):
        return [(factor.name, factor.rows, factor.cols)]
    stack = factor.stack
    layers = range(int(factor.lo) + 1, int(factor.hi) + 1)
    return [(f"{stack.name}_{i}", stack.space(sp.Integer(i)), stack.space(sp.Integer(i - 1))) for i in layers]


def _matrix_drawn(rows: int, cols: int, random: Random) -> Any:
    return np.array(
        [[Fraction(random.randint(-3, 3), random.choice((1, 2))) for _ in range(cols)] for _ in range(rows)],
        dtype=object,
    )


def _data(d: int, dy: int, hypotheses: tuple[Annihilates, ...], random: Random) -> dict[str, Any]:
    """Covariances of a random finite sample; a direction with a hypothesis is the first axis, mirrored so that it is
    pure noise.
    """
    x, y = _matrix_drawn(d, d + 2, random), _matrix_drawn(dy, d + 2, random)
    matrices: dict[str, Any] = {}
    if hypotheses:
        shared = 0 if any(h.left.name == "Syx" and h.value.is_zero for h in hypotheses) else Fraction(1)
        mirror: Any = np.eye(d, dtype=object)
        mirror[0, 0] = -1
        bend = shared * np.vstack([x[:1]] * dy)
        x, y = np.hstack([x, mirror @ x]), np.hstack([y + bend, y - bend])
        axis = np.array([[Fraction(int(i == 0))] for i in range(d)], dtype=object)
        matrices.update({hypothesis.right.name: axis for hypothesis in hypotheses})
    count = Fraction(x.shape[1])
    return {"Sxx": x @ x.T / count, "Syx": y @ x.T / count, "Syy": y @ y.T / count, **matrices}


def _measure(hypothesis: Annihilates, matrices: dict[str, Any], numbers: dict[sp.Symbol, sp.Rational]) -> None:
    """A hypothesis A n = ν n with a symbol ν fixes the number ν; A n = ν m with another letter m fixes m."""
    for word, coefficient in hypothesis.value.terms:
        names = [f.name for f in word.factors if isinstance(f, Matrix)]
        product = matrices[hypothesis.left.name] @ matrices[hypothesis.right.name]
        if coefficient.is_Symbol and names == [hypothesis.right.name]:
            numbers[coefficient] = sp.Rational(product[0, 0])
        elif coefficient.is_Symbol and len(names) == 1:
            matrices[names[0]] = product / _fraction(numbers.setdefault(coefficient, sp.S.One))


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
    turned = _Turned(frames)
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


class _Turned:
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
        """A diagonal of distinct numbers between the frames of the ends; products of layers keep their outer frames."""
        left, right = ends(factor)
        first = Fraction(2 + sum(map(ord, str(factor))) % 13)
        diagonal = np.diag([first, first + Fraction(3, 2)]) if isinstance(factor, Matrix) else self._product(factor)
        return self.frame(left) @ diagonal @ self.frame(right).T

    def _product(self, factor: Segment) -> Any:
        product: Any = np.eye(2, dtype=object)
        for layer in range(int(factor.lo) + 1, int(factor.hi) + 1):
            product = np.diag([Fraction(layer + 1), Fraction(2 * layer + 3)]) @ product
        return product
