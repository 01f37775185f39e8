r"""Layers that are balanced by construction, and numbers that covariances stay below.

Balanced layers are $W_l = Q_l D Q_{l-1}^\top$ with one diagonal D and orthogonal $Q_l$, products of two reflections and
so rational; the predictor's D is $\sqrt\alpha$ times that of the encoder where the joint is balanced too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import sympy as sp

from symjepa.exact.words import Stack
from symjepa.flow import letters as letters_of
from symjepa.statements.claims import Balanced
from symjepa.verify.kernel.instances import fits

SQUARES = (Fraction(4), Fraction(1), Fraction(9, 4), Fraction(1, 4))
HALVINGS = 16


def ceiling(matrix: Any) -> Fraction:
    """A number that a covariance stays below, close to its largest eigenvalue, by bisection."""
    low, high = Fraction(0), Fraction(np.trace(matrix))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(matrix, middle) else (middle, high)
    return high


def balanced_layers(
    hypotheses: Iterable[Balanced],
    numbers: dict[sp.Symbol, sp.Rational],
    size: Callable[[str], int],
    random: Random,
) -> Mapping[str, Any]:
    """Random balanced layers for every stack that a hypothesis speaks of; a symbolic α becomes a square."""
    hypotheses = tuple(hypotheses)
    if not hypotheses:
        return {}
    model, joints = hypotheses[0].model, {hypothesis.joint for hypothesis in hypotheses}
    if "joint" in joints and model.predictor_rate.is_Symbol:  # its square root must be rational too
        numbers[model.predictor_rate] = sp.Rational(random.choice(SQUARES))
    named, rate = letters_of(model), model.predictor_rate.xreplace(numbers)
    stacks = [
        *([named.encoder] if joints & {"encoder", "joint"} else []),
        *([named.predictor] if joints & {"predictor", "joint"} else []),
    ]
    scale = sp.sqrt(rate) if "joint" in joints else sp.S.One
    if not scale.is_Rational:
        return {}
    scales = {named.encoder: Fraction(1), named.predictor: Fraction(scale)}
    known = {stack: replace(stack, depth=stack.depth.xreplace(numbers)) for stack in stacks}
    rank = min(size(space) for stack in known.values() for space in _spaces(stack))
    values = np.diag([Fraction(random.randint(1, 4), random.choice((1, 2))) for _ in range(rank)])
    layers: dict[str, Any] = {}
    frame: Any = None  # what the encoder hands to the predictor
    for stack in stacks:
        frames = [_orthogonal(size(space), random) for space in _spaces(known[stack])]
        frames[0] = frames[0] if frame is None else frame
        layers.update(_layers(stack.name, scales[stack] * values, frames))
        frame = frames[-1]
    return layers


def _spaces(stack: Stack) -> list[str]:
    return [stack.space(sp.Integer(level)) for level in range(int(stack.depth) + 1)]


def _layers(name: str, values: Any, frames: list[Any]) -> Iterable[tuple[str, Any]]:
    rank = len(values)
    for level, (under, above) in enumerate(pairwise(frames), start=1):
        yield f"{name}_{level}", above[:, :rank] @ values @ under[:, :rank].T


def _orthogonal(size: int, random: Random) -> Any:
    """A product of two rational reflections."""
    product: Any = np.eye(size, dtype=object)
    for _ in range(2):
        mirror = np.array([[Fraction(random.choice((-2, -1, 1, 2, 3)))] for _ in range(size)], dtype=object)
        product = product - 2 * (product @ mirror) @ mirror.T / (mirror.T @ mirror)[0, 0]
    return product
