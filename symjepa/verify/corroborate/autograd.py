r"""Semi-gradients by PyTorch: the loss as a training loop writes it, and a target that is really `detach`ed.

Nothing of the derivation takes part, and neither does the rule that stops a gradient: the teacher's branch is part of
the graph and is cut by torch itself, or left in it for a shared teacher.  Doubles, on the processor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from random import Random
from typing import Any

import numpy as np

from symjepa.errors import MissingExtra
from symjepa.exact.words import Segment
from symjepa.flow import MatrixFlow
from symjepa.model import EMA, Frozen, LayerEMA, Model, Shared
from symjepa.verify.corroborate.entrywise import (
    Array,
    Point,
    derived,
    drawn_point,
    followed,
    moving,
    place,
    scalar,
)

TOLERANCE = 1e-12
"""Of a double, relative to the largest entry that the derived motion of a layer has."""


@dataclass(frozen=True, eq=False)
class Gradients:
    """∂ℒ/∂(layer) by names of stacks, layers from the first; `teacher`: whether any gradient reached its matrices."""

    layers: Mapping[str, Sequence[Array]]
    teacher: bool


def disagreements(flow: MatrixFlow) -> list[str]:
    """The layers whose derived motion is not what torch's gradients make of it, at a random point; empty if none.

    Raises MissingExtra without torch.  A gradient that reaches a teacher with matrices of its own is one, too.
    """
    point = drawn_point(flow, Random(11))
    found = gradients(flow.model, point)
    moved = [(place(row, number), derived(row, number, point), _moved(flow, row.factor, number, point, found))
             for row, number in moving(flow)]  # fmt: skip
    return [name for name, exact, told in moved if not _close(exact, told)] + ["the teacher"] * found.teacher


def gradients(model: Model, point: Point) -> Gradients:
    """The loss ½ E‖P W x - sg[W̄ y]‖² of a sample, backward."""
    torch = _torch()

    def leaf(held: Array) -> Any:
        return torch.tensor(held.astype(float), dtype=torch.float64, requires_grad=True)

    stacks = {name: [leaf(layer) for layer in layers] for name, layers in point.stacks.items()}
    product_teacher = leaf(point.product_teacher)
    x, y = (torch.tensor(views.astype(float), dtype=torch.float64) for views in (point.x, point.y))
    target = _target(model, stacks, product_teacher, y)
    residual = _product([*stacks["W"], *stacks["P"]]) @ x - (
        target if isinstance(model.teacher, Shared) else target.detach()
    )
    ((residual**2).sum() / (2 * x.shape[1])).backward()
    trained = {name: [layer.grad.numpy() for layer in stacks[name]] for name in ("W", "P")}
    own = [product_teacher, *stacks["Wbar"]]
    return Gradients(trained, any(matrix.grad is not None for matrix in own))


def _target(model: Model, stacks: Mapping[str, Sequence[Any]], product_teacher: Any, y: Any) -> Any:
    match model.teacher:
        case None:
            return y
        case EMA() | Frozen():
            return product_teacher @ y
        case LayerEMA():
            return _product(stacks["Wbar"]) @ y
    return _product(stacks["W"]) @ y


def _product(layers: Sequence[Any]) -> Any:
    return reduce(lambda below, layer: layer @ below, layers)


def _moved(flow: MatrixFlow, factor: Any, number: int, point: Point, found: Gradients) -> Array:
    """Descent along torch's gradient, with the model's rates; a teacher by its definition."""
    stack = factor.stack.name if isinstance(factor, Segment) else "Wbar"
    if stack == "Wbar":
        return followed(flow, number, point).astype(float)
    speed, decay = float(scalar(flow.model.predictor_rate)), float(scalar(flow.model.weight_decay))
    layer = point.stacks[stack][number - 1].astype(float)
    descent: Array = -(speed if stack == "P" else 1.0) * found.layers[stack][number - 1] - decay * layer
    return descent


def _close(exact: Array, told: Array) -> bool:
    size = float(np.max(np.abs(exact.astype(float)), initial=1.0))
    return exact.shape == told.shape and bool(np.all(np.abs(exact.astype(float) - told) <= TOLERANCE * size))


def _torch() -> Any:
    try:
        return import_module("torch")
    except ImportError as missing:
        raise MissingExtra(
            "gradients by autograd need PyTorch, which is not installed: pip install 'symjepa[autodiff]'",
            extra="autodiff",
        ) from missing
