r"""Exact numbers for matrices: the covariances of a finite sample, and a learner with such data.

All entries are `sympy.Rational`, in NumPy arrays of dtype object: `A @ B`, `A.T` and `A.astype(float)` work as usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symjepa.exact.denotation import value
from symjepa.exact.words import Factor, Segment, WordSum
from symjepa.flow import LayerRate, MatrixFlow, gradient_flow
from symjepa.model import EMA, Frozen, LayerEMA, Model

Array = npt.NDArray[Any]
Weights = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Covariances:
    """A finite sample of views, one pair (x, y) per column, and its second moments: so they are those of actual data.

    noise: a direction n with Σyx n = 0 and Σxx n ∝ n, where one was asked for.  modes: {lam, sigma2, sigma2_y} of
    each mode, where the views are aligned.
    """

    x: Array
    y: Array
    noise: Array | None = None
    modes: tuple[Mapping[sp.Symbol, sp.Rational], ...] = ()

    @property
    def Sxx(self) -> Array:
        """E xxᵀ, the covariance of the context."""
        return _moment(self.x, self.x)

    @property
    def Syx(self) -> Array:
        """E yxᵀ, target first."""
        return _moment(self.y, self.x)

    @property
    def Syy(self) -> Array:
        """E yyᵀ, the covariance of the target."""
        return _moment(self.y, self.y)

    def __repr__(self) -> str:
        noise = "" if self.noise is None else f", noise={shown(self.noise)}"
        return f"Covariances(x={shown(self.x)}, y={shown(self.y)}{noise})"


def _moment(left: Array, right: Array) -> Array:
    return np.asarray(left @ right.T / sp.Integer(left.shape[1]))


@dataclass(frozen=True, eq=False)
class Case:
    """A learner in exact numbers: a model of numeric depths, its matrices (`W_1`, `P_1`, `Wbar`, …), data."""

    model: Model
    weights: Weights
    data: Covariances

    def __repr__(self) -> str:
        held = ", ".join(f"{name}={shown(matrix)}" for name, matrix in self.weights.items())
        return f"Case({held}, Sxx={shown(self.data.Sxx)}, Syx={shown(self.data.Syx)})"


def matrix(rows: Any) -> Array:
    """An exact matrix from rows of numbers."""
    return np.array([[sp.Rational(x) for x in row] for row in rows], dtype=object)


def shown(array: Array) -> str:
    """A matrix on one line."""
    return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in array) + "]"


def teacher_names(model: Model) -> tuple[str, ...]:
    """The matrices of a teacher that has some of its own."""
    match model.teacher:
        case EMA() | Frozen():
            return ("Wbar",)
        case LayerEMA():
            return tuple(f"Wbar_{i}" for i in range(1, int(model.encoder.depth) + 1))
        case _:
            return ()


def layer_names(model: Model) -> tuple[str, ...]:
    """The matrices that are trained."""
    stacks = (("W", model.encoder.depth), ("P", model.predictor.depth))
    return tuple(f"{stack}_{i}" for stack, depth in stacks for i in range(1, int(depth) + 1))


def motion(flow: MatrixFlow, case: Case) -> dict[str, tuple[Array, Array]]:
    """Every rate of a flow at a case: (exact value, the same with all signs positive, to measure errors by)."""
    found, sizes = {}, _without_signs(case)
    for family in flow.rates:
        last = 0 if family.last is None else int(family.last)
        for moving in [family.at(sp.Integer(i)) for i in range(1, last + 1)] if last else [family]:
            name = _name(moving)
            zero = np.full(case.weights[name].shape, sp.S.Zero, dtype=object)
            terms = [_valued(WordSum.of(word, c), case) for word, c in moving.rate.terms]
            large = [_valued(WordSum.of(word, abs(c)), sizes) for word, c in moving.rate.terms]
            found[name] = (sum(terms, zero), sum(large, zero))
    return found


def _without_signs(case: Case) -> Case:
    """The same sizes of all entries, so that nothing cancels, in the sample either."""
    weights = {name: np.abs(held) for name, held in case.weights.items()}
    return Case(case.model, weights, Covariances(np.abs(case.data.x), np.abs(case.data.y)))


def gradients(case: Case, model: Model | None = None) -> dict[str, tuple[Array, Array]]:
    """∂ℒ/∂(layer) of encoder and predictor, neither scaled by α nor with weight decay, as `motion` gives it."""
    plain = model or case.model
    unscaled = Model(plain.encoder, plain.predictor, plain.objective, plain.teacher)
    rates = motion(gradient_flow(unscaled), case)
    return {name: (-rates[name][0], rates[name][1]) for name in layer_names(plain)}


def _name(moving: LayerRate) -> str:
    factor = moving.factor
    return f"{factor.stack.name}_{int(factor.hi)}" if isinstance(factor, Segment) else factor.name


def _valued(words: WordSum, case: Case) -> Array:
    return np.asarray(value(words, lambda factor: _letter(factor, case), lambda c: c))


def _letter(factor: Factor, case: Case) -> Array:
    if not isinstance(factor, Segment):
        data = {"Sxx": lambda: case.data.Sxx, "Syx": lambda: case.data.Syx, "Syy": lambda: case.data.Syy}
        return data[factor.name]() if factor.name in data else case.weights[factor.name]
    product = case.weights[f"{factor.stack.name}_{int(factor.lo) + 1}"]
    for layer in range(int(factor.lo) + 2, int(factor.hi) + 1):
        product = case.weights[f"{factor.stack.name}_{layer}"] @ product
    return product
