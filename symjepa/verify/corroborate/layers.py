r"""Claims about matrices against layers that move by backpropagation written by hand, from starts that nothing aligns.

Words take no part in the motion.  At exact random layers the velocity is exact, and so is the derivative of a word
along it; and many random starts at once are simulated in floats, where what a word has gained is the integral of its
claimed rate (Gauss's quadrature on the times of the simulation).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from symjepa.exact.words import WordSum, instantiated
from symjepa.model import Model
from symjepa.verify.corroborate.agreement import Reading
from symjepa.verify.corroborate.matrices import atoms
from symjepa.verify.corroborate.simulate import Moments, simulate, velocity
from symjepa.verify.corroborate.simulate.learner import needed
from symjepa.verify.kernel.points import Point

Array: TypeAlias = np.ndarray[Any, Any]
Terms: TypeAlias = list[tuple[tuple[tuple[str, bool], ...], Fraction]]

SIMULATED, BACKWARD = "layers simulated from unaligned starts", "backpropagation at exact random layers"
SEEDS, NODES, SCALE = 24, 16, 0.7
RTOL, FLOATING = 1e-12, 8
"""Of the simulation, and the digits that it must share with a claim."""


@dataclass(frozen=True, eq=False)
class Layers:
    """A model at numbers, and exact matrices for all its letters."""

    model: Model
    matrices: Mapping[str, Array]

    @property
    def weights(self) -> tuple[str, ...]:
        """What a simulation starts from: layers, and a teacher even if it stands still."""
        return needed(self.model)

    @property
    def data(self) -> SimpleNamespace:
        return SimpleNamespace(**{name: self.matrices[name] for name in ("Sxx", "Syx", "Syy")})

    @cached_property
    def velocity(self) -> Mapping[str, Array]:
        """Exact."""
        weights = {name: self.matrices[name] for name in self.weights}
        found: Mapping[str, Array] = velocity(self.model, weights, self.data)
        return found

    def derivative(self, words: WordSum, point: Point) -> Any:
        """The exact derivative of a word sum along the motion; 0 for words in which nothing moves."""
        total: Any = 0
        for letters, coefficient in terms(words, point):
            for place, (name, _) in enumerate(letters):
                if name in self.velocity:
                    total = total + coefficient * product(letters, self.matrices, {place: self.velocity[name]})
        return total

    def value(self, words: WordSum, point: Point) -> Any:
        """The exact value; 0 for the empty sum."""
        return valued(terms(words, point), self.matrices)

    @cached_property
    def run(self) -> Run:
        """Many random starts, simulated over a time in which they move by a part of their size."""
        random = np.random.default_rng(0)
        start = {name: _normal(random, self.matrices[name].shape) for name in self.weights}
        fixed = {name: np.array(m, dtype=float) for name, m in self.matrices.items() if name not in start}
        data = Moments(fixed["Sxx"], fixed["Syx"], fixed["Syy"])
        speed = velocity(self.model, start, data)
        fastest = max(float(np.max(np.abs(v))) for v in speed.values())
        nodes, weights = np.polynomial.legendre.leggauss(NODES)
        end = 0.5 * SCALE / max(fastest, 1e-3)
        times = [0.0, *(end * (nodes + 1) / 2), end]
        found = simulate(self.model, start, data, times, rtol=RTOL)
        return Run({**fixed, **found.layers}, np.array([0.0, *(weights * end / 2), 0.0]))


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.asarray(random.normal(size=(SEEDS, *shape)) * SCALE / shape[-1] ** 0.5)


@dataclass(frozen=True, eq=False)
class Run:
    """Letters at the times of a simulation (times, seeds, rows, columns), and the weights of a quadrature there."""

    letters: Mapping[str, Array]
    weights: Array

    def value(self, words: WordSum, point: Point) -> Any:
        return valued(terms(words, point), self.letters, float)

    def compared(self, quantity: Any, rate: Any, at: str) -> Reading:
        """What the quantity has gained against the integral of its rate, in all seeds."""
        first, last = (np.asarray(quantity)[i] if np.ndim(quantity) else 0.0 for i in (0, -1))
        whole = np.tensordot(self.weights, rate, axes=(0, 0)) if np.ndim(rate) else 0.0
        size = max(float(np.max(np.abs(x))) for x in (first, last, whole, 1e-300))
        error = float(np.max(np.abs(last - first - whole))) / size
        digits = int(-np.log10(max(error, 1e-15))) if np.isfinite(error) else 0
        return Reading(digits >= FLOATING, max(digits, 0), f"{at}, {SEEDS} random starts")


def terms(words: WordSum, point: Point) -> Terms:
    """A word sum at numbers: single letters, and exact coefficients."""
    concrete = instantiated(words, point).terms if words.terms else ()
    return [(atoms(word), number_at(coefficient, point)) for word, coefficient in concrete]


def number_at(expr: sp.Expr, point: Point) -> Fraction:
    """A coefficient, exactly."""
    number = expr.xreplace(dict(point))
    return Fraction(int(number.p), int(number.q))


def valued(sums: Terms, letters: Mapping[str, Array], number: Callable[[Fraction], Any] = Fraction) -> Any:
    """Σ coefficient · product."""
    total: Any = 0
    for factors, coefficient in sums:
        total = total + number(coefficient) * product(factors, letters)
    return total


def product(
    factors: Iterable[tuple[str, bool]], letters: Mapping[str, Array], instead: Mapping[int, Array] | None = None
) -> Any:
    """A product of letters (and their transposes), some places taken by other matrices."""
    result: Any = None
    for place, (name, transposed) in enumerate(factors):
        matrix = (instead or {}).get(place, letters[name])
        matrix = np.swapaxes(matrix, -1, -2) if transposed else matrix
        result = matrix if result is None else result @ matrix
    return result


def end_of(model: Model, letters: Mapping[str, Array], time: float) -> Mapping[str, Array]:
    """Floats of the layers after a time."""
    data = Moments(letters["Sxx"], letters["Syx"], letters.get("Syy"))
    found = simulate(model, {name: letters[name] for name in needed(model)}, data, [time], rtol=RTOL)
    return {name: layer[-1] for name, layer in found.layers.items()}


def traced(matrix: Any) -> Any:
    """Traces along the last two axes."""
    return np.trace(matrix, axis1=-2, axis2=-1) if np.ndim(matrix) else matrix
