r"""An independent route to every gradient flow: finite samples, entry by entry, in exact rationals.

The residual $P W x - \overline{W} y$ is linear in one entry of one layer, so the sample mean of half its square is a
polynomial of degree two in that entry, and its derivative is exactly $(\mathcal L(+1) - \mathcal L(-1))/2$ around the
point, the target held at a frozen copy.  Nothing of the word calculus is used on this side; the derived words are
evaluated with the sample's own covariances and must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from random import Random
from typing import Any

import numpy as np
import sympy as sp

from symjepa.exact.words import Factor, Segment, WordSum, instantiated, value
from symjepa.flow import LayerRate, MatrixFlow
from symjepa.model import EMA, Frozen, LayerEMA, Shared
from symjepa.symbols import K, L, alpha, eta, tau

Array = np.ndarray[Any, Any]
WIDTH = 2
DEPTHS: Mapping[sp.Symbol, sp.Expr] = {L: sp.Integer(3), K: sp.Integer(2)}
RATES = {alpha: Fraction(4, 9), eta: Fraction(1, 7), tau: Fraction(3, 5)}


@dataclass(frozen=True, slots=True)
class Point:
    """Matrices of every layer, and a finite sample of both views as columns."""

    stacks: Mapping[str, list[Array]]
    product_teacher: Array
    x: Array
    y: Array

    def covariance(self, name: str) -> Array:
        left, right = {"Sxx": (self.x, self.x), "Syx": (self.y, self.x), "Syy": (self.y, self.y)}[name]
        covariance: Array = left @ right.T * Fraction(1, self.x.shape[1])
        return covariance


def disagreements(flow: MatrixFlow) -> list[str]:
    """The layers whose derived motion differs from the entrywise one; empty if they agree exactly."""
    point = _point(flow, Random(7))
    found = []
    for row in flow.rates:
        for number in range(1, int(_number(row.last)) + 1) if row.last is not None else (0,):
            if not np.array_equal(_derived(row, number, point), _measured(flow, row, number, point)):
                found.append(f"{row.letter} at {number}" if number else str(row.letter))
    return found


def _number(depth: sp.Expr) -> sp.Expr:
    return depth.xreplace(DEPTHS)


def _scalar(rate: sp.Expr) -> Fraction:
    exact = rate.xreplace(
        {symbol: sp.Rational(number.numerator, number.denominator) for symbol, number in RATES.items()}
    )
    return Fraction(int(exact.p), int(exact.q))


def _point(flow: MatrixFlow, random: Random) -> Point:
    draw: Callable[..., Array] = lambda *shape: np.array(
        [Fraction(random.randint(-5, 5), random.randint(1, 4)) for _ in range(int(np.prod(shape)))], dtype=object
    ).reshape(shape)
    depths = {"W": flow.model.encoder.depth, "P": flow.model.predictor.depth, "Wbar": flow.model.encoder.depth}
    stacks = {name: [draw(WIDTH, WIDTH) for _ in range(int(_number(depth)))] for name, depth in depths.items()}
    return Point(stacks, draw(WIDTH, WIDTH), draw(WIDTH, 3), draw(WIDTH, 3))


def _derived(row: LayerRate, number: int, point: Point) -> Array:
    symbols = DEPTHS if row.index is None else {**DEPTHS, row.index: sp.Integer(number)}
    words: WordSum = instantiated(row.rate, symbols)
    if words.is_zero:
        return np.full((WIDTH, WIDTH), Fraction(0), dtype=object)
    matrix: Array = value(words, lambda factor: _matrix(factor, point), _scalar)
    return matrix


def _matrix(factor: Factor, point: Point) -> Array:
    if isinstance(factor, Segment):
        layers = point.stacks[factor.stack.name][int(factor.lo) : int(factor.hi)]
        return reduce(lambda product, layer: layer @ product, layers, _identity())
    return point.product_teacher if factor.name == "Wbar" else point.covariance(factor.name)


def _identity() -> Array:
    return np.array([[Fraction(i == j) for j in range(WIDTH)] for i in range(WIDTH)], dtype=object)


def _product(layers: list[Array]) -> Array:
    return reduce(lambda product, layer: layer @ product, layers, _identity())


def _measured(flow: MatrixFlow, row: LayerRate, number: int, point: Point) -> Array:
    """The motion that the definitions of the model give: a descent, or a teacher that follows."""
    factor = row.factor
    name = factor.stack.name if isinstance(factor, Segment) else factor.name
    if name == "Wbar":
        return _followed(flow, number, point)
    layer = point.stacks[name][number - 1]
    speed = _scalar(flow.model.predictor_rate) if name == "P" else Fraction(1)
    descent: Array = -speed * _slope(flow, name, number, point) - _scalar(flow.model.weight_decay) * layer
    return descent


def _followed(flow: MatrixFlow, number: int, point: Point) -> Array:
    match flow.model.teacher:
        case Frozen():
            return np.full((WIDTH, WIDTH), Fraction(0), dtype=object)
        case EMA(tau=rate):
            student, teacher = _product(point.stacks["W"]), point.product_teacher
        case LayerEMA(tau=rate):
            student, teacher = point.stacks["W"][number - 1], point.stacks["Wbar"][number - 1]
        case other:
            raise AssertionError(f"{other} has no motion of its own")
    motion: Array = _scalar(rate) * (student - teacher)
    return motion


def _slope(flow: MatrixFlow, name: str, number: int, point: Point) -> Array:
    """The exact derivative of the sample loss by every entry of one layer."""
    slope = np.full((WIDTH, WIDTH), Fraction(0), dtype=object)
    frozen = _target(flow, point, point.stacks["W"])
    for place in np.ndindex(WIDTH, WIDTH):
        ahead, behind = (
            _loss(flow, _moved(point.stacks, name, number, place, step), point, frozen) for step in (1, -1)
        )
        slope[place] = (ahead - behind) / 2
    return slope


def _moved(
    stacks: Mapping[str, list[Array]], name: str, number: int, place: tuple[int, ...], step: int
) -> dict[str, list[Array]]:
    layers = [layer.copy() for layer in stacks[name]]
    layers[number - 1][place] += step
    return {**stacks, name: layers}


def _target(flow: MatrixFlow, point: Point, encoder: list[Array]) -> Array:
    """What the prediction is compared with, for a given student where the student is its own teacher."""
    match flow.model.teacher:
        case None:
            return point.y
        case EMA() | Frozen():
            teacher = point.product_teacher
        case LayerEMA():
            teacher = _product(point.stacks["Wbar"])
        case _:
            teacher = _product(encoder)
    target: Array = teacher @ point.y
    return target


def _loss(flow: MatrixFlow, stacks: Mapping[str, list[Array]], point: Point, frozen: Array) -> Fraction:
    """The sample mean of ½‖P W x − target‖²; only a shared teacher moves with the entry."""
    target = _target(flow, point, stacks["W"]) if isinstance(flow.model.teacher, Shared) else frozen
    residual = _product(stacks["P"]) @ _product(stacks["W"]) @ point.x - target
    return Fraction(1, 2 * point.x.shape[1]) * sum((entry**2 for entry in residual.flat), Fraction(0))
