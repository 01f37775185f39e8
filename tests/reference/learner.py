"""A learner in numbers, and the motion of its layers, without any word, trace or symbol: what symjepa must agree with.

A learner is a list of exact matrices and a finite sample of views.  Its loss is plain matrix arithmetic.  The residual
P W x - W̄ y is affine in every single entry of a layer (with or without stop-gradient), so the loss is quadratic in that
entry, and its derivative *is* the central difference with step 1: exact, with no rule of differentiation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from flint import fmpq

Array = np.ndarray
KINDS = ("live", "ema", "ema-layers", "frozen", "shared", "data")
"""The five teachers of the latent target, and the data target."""


@dataclass(frozen=True)
class Learner:
    """W[0] is encoder layer 1; `teacher` is a product (ema, frozen), a list of layers (ema-layers), or None."""

    kind: str
    W: tuple[Array, ...]
    P: tuple[Array, ...]
    teacher: Array | tuple[Array, ...] | None
    alpha: fmpq
    tau: fmpq
    eta: fmpq


@dataclass(frozen=True)
class Views:
    """A sample: context x and target y, one pair per column."""

    x: Array
    y: Array

    @property
    def moments(self) -> dict[str, Array]:
        N = self.x.shape[1]
        return {
            "Sxx": self.x @ self.x.T / fmpq(N),
            "Syx": self.y @ self.x.T / fmpq(N),
            "Syy": self.y @ self.y.T / fmpq(N),
        }


def product(layers: tuple[Array, ...], size: int = 0) -> Array:
    """The last layer on the left; the identity of that size when there is none."""
    return reduce(lambda below, layer: layer @ below, layers) if layers else identity(size)


def identity(size: int) -> Array:
    return np.array([[fmpq(int(i == j)) for j in range(size)] for i in range(size)], dtype=object).reshape(size, size)


def target(learner: Learner, views: Views) -> Array:
    """What the prediction is compared with, one column per pair."""
    match learner.kind:
        case "data":
            return views.y
        case "live" | "shared":
            return product(learner.W) @ views.y
        case "ema-layers":
            return product(learner.teacher) @ views.y
        case _:
            return learner.teacher @ views.y


def loss(learner: Learner, views: Views, held: Array | None = None) -> fmpq:
    """The mean of ½‖P W x - W̄ y‖²; `held` is the target branch when it is not to move with the layers."""
    W = product(learner.W)
    residual = product(learner.P, len(W)) @ W @ views.x - (target(learner, views) if held is None else held)
    return sum((entry * entry for entry in residual.flat), fmpq(0)) / fmpq(2 * views.x.shape[1])


def moved(learner: Learner, family: str, number: int, row: int, column: int, by: fmpq) -> Learner:
    """The learner with one entry of one layer changed."""
    layers = [layer.copy() for layer in getattr(learner, family)]
    layers[number - 1][row, column] += by
    return replace(learner, **{family: tuple(layers)})


def derivative(learner: Learner, views: Views, family: str, number: int) -> Array:
    """∂ℒ/∂(layer), entry by entry; the target is held at a frozen copy unless the branches are shared."""
    held = None if learner.kind == "shared" else target(learner, views)
    result = np.empty_like(getattr(learner, family)[number - 1])
    for place in np.ndindex(result.shape):
        up, down = (loss(moved(learner, family, number, *place, fmpq(step)), views, held) for step in (1, -1))
        result[place] = (up - down) / 2
    return result


def velocity(learner: Learner, views: Views, family: str, number: int) -> Array:
    """The motion of one layer of the encoder "W", the predictor "P" or the teacher "Wbar" (number 0: its product)."""
    if family == "Wbar":
        return teacher_velocity(learner, number)
    rate = fmpq(1) if family == "W" else learner.alpha
    return -rate * derivative(learner, views, family, number) - learner.eta * getattr(learner, family)[number - 1]


def teacher_velocity(learner: Learner, number: int) -> Array:
    match learner.kind:
        case "ema":
            return learner.tau * (product(learner.W) - learner.teacher)
        case "ema-layers":
            return learner.tau * (learner.W[number - 1] - learner.teacher[number - 1])
        case _:
            return 0 * learner.teacher


def moving(learner: Learner) -> list[tuple[str, int]]:
    """Everything that moves (or might): the layers of encoder and predictor, and the teacher."""
    names = [("W", number + 1) for number in range(len(learner.W))] + [
        ("P", number + 1) for number in range(len(learner.P))
    ]
    match learner.kind:
        case "ema" | "frozen":
            return [*names, ("Wbar", 0)]
        case "ema-layers":
            return [*names, *(("Wbar", number + 1) for number in range(len(learner.teacher)))]
        case _:
            return names


def rescaled(
    learner: Learner, views: Views, x: fmpq, y: fmpq, encoder: fmpq, predictor: fmpq, time: fmpq
) -> tuple[Learner, Views]:
    """Other units: views, layers and rates multiplied; the teacher is measured like the encoder."""
    scale: Callable[[tuple[Array, ...], fmpq], tuple[Array, ...]] = lambda layers, by: tuple(
        by * layer for layer in layers
    )
    teacher = learner.teacher
    if isinstance(teacher, tuple):
        teacher = scale(teacher, encoder)
    elif teacher is not None:
        teacher = encoder ** len(learner.W) * teacher
    alpha = learner.alpha * (predictor / encoder) ** 2
    rates = {"alpha": alpha, "tau": learner.tau * time, "eta": learner.eta * time}
    other = replace(learner, W=scale(learner.W, encoder), P=scale(learner.P, predictor), teacher=teacher, **rates)
    return other, Views(x * views.x, y * views.y)
