"""The derived matrix flow as a function on one long vector, for an integrator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq

import symjepa as sj
from symjepa.exact.denotation import value
from symjepa.exact.words import Factor, Segment
from tests.reference.learner import Array, Learner, Views, moving


def scaled_down(learner: Learner, by: int = 4) -> Learner:
    """Small layers, so that deep products do not explode."""
    small = lambda layers: tuple(layer / fmpq(by) for layer in layers)
    return replace(learner, W=small(learner.W), P=small(learner.P))


def as_type(matrix: Array, number: Callable[[Any], Any]) -> Array:
    out = np.array([[number(entry) for entry in row] for row in matrix])
    return out.reshape(matrix.shape)


def real(entry: fmpq) -> float:
    return int(entry.p) / int(entry.q)


def state_of(learner: Learner, family: str, number: int) -> Array:
    if family != "Wbar":
        return getattr(learner, family)[number - 1]
    return learner.teacher[number - 1] if number else learner.teacher


def packed_flow(
    model: sj.Model,
    learner: Learner,
    views: Views,
    number: Callable[[Any], Any] = real,
    exact: Callable[[sp.Expr], Any] = float,
) -> tuple[Callable[[Array], Array], Array]:
    """(flow, start): the state is every moving matrix, one after the other, layers from the first."""
    flow, names = sj.gradient_flow(model), moving(learner)
    shapes = [state_of(learner, *name).shape for name in names]
    cuts = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
    data = {name: as_type(matrix, number) for name, matrix in views.moments.items()}
    rates = [rate_of(flow, family, layer) for family, layer in names]

    def motion(packed: Array) -> Array:
        held = dict(
            zip(names, (p.reshape(s) for p, s in zip(np.split(packed, cuts), shapes, strict=True)), strict=True)
        )
        letter = lambda factor: matrix_of(factor, held, data)
        parts = [
            0 * held[name] if rate.is_zero else value(rate, letter, exact)
            for name, rate in zip(names, rates, strict=True)
        ]
        return np.concatenate([part.ravel() for part in parts])

    start = np.concatenate([as_type(state_of(learner, *name), number).ravel() for name in names])
    return motion, start


def rate_of(flow: sj.MatrixFlow, family: str, number: int) -> Any:
    for entry in flow.rates:
        own = entry.factor.stack.name if isinstance(entry.factor, Segment) else entry.factor.name
        if own == family:
            return entry.at(sp.Integer(number)).rate if number else entry.rate
    raise AssertionError(f"nothing moves {family}")


def matrix_of(factor: Factor, held: dict[tuple[str, int], Array], data: dict[str, Array]) -> Array:
    """The product of the layers in a segment, or the one matrix of that name."""
    if not isinstance(factor, Segment):
        return held[factor.name, 0] if factor.name == "Wbar" else data[factor.name]
    layers = [held[factor.stack.name, number] for number in range(int(factor.lo) + 1, int(factor.hi) + 1)]
    total = layers[0]
    for layer in layers[1:]:
        total = layer @ total
    return total
