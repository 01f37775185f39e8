"""Random exact matrices for the letters of words, with data that may obey hypotheses on letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy as sp

from symjepa.exact.words import SAMPLE, Factor, Matrix, Power, WordSum, instantiated
from symjepa.statements.claims import Annihilates, Balanced, Below
from symjepa.verify.kernel.instances import NOISE, Letters, OnLetters, fraction, obeys
from symjepa.verify.kernel.points import Point
from symjepa.verify.search.balanced import balanced_layers, ceiling

ONE: str = "one"
"""The space of a single direction: a letter of columns `one` is a vector."""
DRAWS = 5
AMPLITUDES = (Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4))
RATES = (sp.S.Zero, sp.Rational(1, 10), sp.S.One, sp.Integer(10))
"""From nothing to much: where a rate may not be zero, the facts refuse it."""


def instances(
    sums: tuple[WordSum, ...], depths: Iterable[Point], hypotheses: tuple[OnLetters, ...], tries: int = 12
) -> Iterator[Letters]:
    """Random exact letters for the word sums at each choice of depths, with data that obey the hypotheses."""
    random = Random(1)
    for number, point in enumerate(depths):
        if number >= tries:
            return
        letters = _drawn(sums, point, hypotheses, random)
        if obeys(letters, hypotheses):
            yield letters


def scalars(sums: tuple[WordSum, ...], depths: Iterable[Point], hypotheses: tuple[OnLetters, ...]) -> Iterator[Letters]:
    """Letters of size one with fully correlated views of unit variance: there bounds on growth are tight."""
    random = Random(3)
    for point in depths:
        factors = {f.T if f.transposed else f for words in sums if words.terms for f in _lettered(words, point)}
        names = sorted({name for factor in factors for name, _, _ in _shapes(factor)})
        for _ in range(DRAWS):
            letters = _scalars_drawn(names, point, hypotheses, random)
            if obeys(letters, hypotheses):
                yield letters


def _scalars_drawn(names: list[str], point: Point, hypotheses: tuple[OnLetters, ...], random: Random) -> Letters:
    matrices = {name: np.array([[random.choice(AMPLITUDES)]], dtype=object) for name in names}
    matrices |= {name: np.array([[Fraction(1)]], dtype=object) for name in ("Sxx", "Syx", "Syy")}
    numbers = {symbol: x if symbol.is_integer else random.choice(RATES) for symbol, x in point.items()}
    for hypothesis in hypotheses:
        _measure(hypothesis, matrices, numbers)
    return Letters(matrices, numbers)


def _drawn(sums: tuple[WordSum, ...], point: Point, hypotheses: tuple[OnLetters, ...], random: Random) -> Letters:
    annihilations = tuple(hypothesis for hypothesis in hypotheses if isinstance(hypothesis, Annihilates))
    said = (*sums, *(hypothesis.value for hypothesis in annihilations))
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

    numbers = dict(point)
    joints = (hypothesis for hypothesis in hypotheses if isinstance(hypothesis, Balanced))
    matrices = dict(balanced_layers(joints, numbers, size, random))
    widths = size("context"), size("target") if _has_target(factors) else size("context")
    noise = NOISE & {factor.name for factor in factors if isinstance(factor, Matrix)}
    matrices.update(_noisy("Snx" in noise, *widths, random) if noise else _data(*widths, annihilations, random))
    for factor in sorted(factors, key=str):
        for name, rows, cols in _shapes(factor):
            matrices.setdefault(name, _matrix_drawn(size(rows), size(cols), random))
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
    if isinstance(factor, Power):
        return _shapes(factor.root.T if factor.root.transposed else factor.root)
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
    correlated with no other: with none of the target, with all of it, or with itself alone.
    """
    x, y = _matrix_drawn(d, d + 2, random), _matrix_drawn(dy, d + 2, random)
    matrices: dict[str, Any] = {}
    if hypotheses:
        apart = any(h.left.name == "Syx" and h.value.is_zero for h in hypotheses)
        shared = Fraction(0) if apart else 1 + abs(x[0, 0]) / 2  # not always 1, or a covariance would be the variance
        mirror: Any = np.eye(d, dtype=object)
        mirror[0, 0] = -1
        bend = shared * np.vstack([x[:1]] * dy)
        if any(h.left.name == "Syx" and h.right.word() in _words_of(h) for h in hypotheses):
            bend[1:] *= 0
        x, y = np.hstack([x, mirror @ x]), np.hstack([y + bend, y - bend])
        axis = np.array([[Fraction(int(i == 0))] for i in range(d)], dtype=object)
        matrices.update({h.right.name: axis for h in hypotheses if h.right.cols == ONE})
    count = Fraction(x.shape[1])
    return {"Sxx": x @ x.T / count, "Syx": y @ x.T / count, "Syy": y @ y.T / count, **matrices}


def _words_of(hypothesis: Annihilates) -> list[WordSum]:
    """The words of the value, without their coefficients."""
    return [WordSum.of(word) for word, _ in hypothesis.value.terms]


def _noisy(correlated: bool, d: int, dy: int, random: Random) -> dict[str, Any]:
    """Covariances of a random finite sample with noise on the target; mirrored, so that it may be uncorrelated with
    the context and yet not with the target.
    """
    x, y, n = (_matrix_drawn(size, d + 2, random) for size in (d, dy, dy))
    if not correlated:
        bend = _matrix_drawn(dy, d + 2, random)
        x, y, n = np.hstack([x, x]), np.hstack([y + bend, y - bend]), np.hstack([n, -n])
    pairs = {"Sxx": (x, x), "Syx": (y, x), "Syy": (y, y), "Snn": (n, n), "Syn": (y, n), "Snx": (n, x)}
    return {name: left @ right.T / Fraction(x.shape[1]) for name, (left, right) in pairs.items()}


def _measure(hypothesis: OnLetters, matrices: dict[str, Any], numbers: dict[sp.Symbol, sp.Rational]) -> None:
    """A hypothesis A n = ν n with a symbol ν fixes the number ν; A n = ν m with another letter m fixes m; A ≤ c fixes
    c.
    """
    if isinstance(hypothesis, Below) and hypothesis.bound.is_Symbol:
        numbers[hypothesis.bound] = sp.Rational(ceiling(matrices[hypothesis.letter.name]))
    if not isinstance(hypothesis, Annihilates):
        return
    for word, coefficient in hypothesis.value.terms:
        names = [f.name for f in word.factors if isinstance(f, Matrix)]
        product = matrices[hypothesis.left.name] @ matrices[hypothesis.right.name]
        if coefficient.is_Symbol and names == [hypothesis.right.name]:
            numbers[coefficient] = sp.Rational(product[0, 0])
        elif coefficient.is_Symbol and len(names) == 1:
            matrices[names[0]] = product / fraction(numbers.setdefault(coefficient, sp.S.One))
