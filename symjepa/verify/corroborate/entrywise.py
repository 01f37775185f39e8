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

from symjepa.exact.denotation import value
from symjepa.exact.words import Factor, Matrix, Segment, Stack, WordSum, instantiated
from symjepa.flow import LayerRate, MatrixFlow, letters
from symjepa.model import EMA, Frozen, LayerEMA, Shared
from symjepa.symbols import K, L, alpha, eta, tau

Array = np.ndarray[Any, Any]
WIDTHS = {"context": 3, "latent": 2, "target": 4}
HIDDEN, PAIRS = 3, 4
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
    point = drawn_point(flow, Random(7))
    return [
        place(row, number)
        for row, number in moving(flow)
        if not np.array_equal(derived(row, number, point), _measured(flow, row, number, point))
    ]


def moving(flow: MatrixFlow) -> list[tuple[LayerRate, int]]:
    """Every family with each of its layers at the numeric depths; number 0 is a product that moves as one."""
    lasts = [0 if row.last is None else int(_number(row.last)) for row in flow.rates]
    return [
        (row, i) for row, last in zip(flow.rates, lasts, strict=True) for i in (range(1, last + 1) if last else (0,))
    ]


def place(row: LayerRate, number: int) -> str:
    """A layer, for reading."""
    return f"{row.letter} at {number}" if number else str(row.letter)


def _number(depth: sp.Expr) -> sp.Expr:
    return depth.xreplace(DEPTHS)


def scalar(rate: sp.Expr) -> Fraction:
    """A rate of the model at the numbers of the rates."""
    exact = rate.xreplace(
        {symbol: sp.Rational(number.numerator, number.denominator) for symbol, number in RATES.items()}
    )
    return Fraction(int(exact.p), int(exact.q))


def drawn_point(flow: MatrixFlow, random: Random) -> Point:
    """Random exact layers of unequal widths, and a random sample."""
    draw: Callable[..., Array] = lambda *shape: np.array(
        [Fraction(random.randint(-5, 5), random.randint(1, 4)) for _ in range(int(np.prod(shape)))], dtype=object
    ).reshape(shape)
    named = letters(flow.model)
    stacks = {"W": named.encoder, "P": named.predictor, "Wbar": named.teacher_layers}
    widths = {name: _widths(stack) for name, stack in stacks.items()}
    layers = {name: [draw(*shape) for shape in zip(w[1:], w, strict=False)] for name, w in widths.items()}
    d, m, target = widths["W"][0], widths["W"][-1], WIDTHS[named.target.rows]
    return Point(layers, draw(m, d), draw(d, PAIRS), draw(target, PAIRS))


def _widths(stack: Stack) -> list[int]:
    """Widths from the input on; a stack without layers has none."""
    depth = int(_number(stack.depth))
    return [WIDTHS[stack.bottom], *[HIDDEN] * (depth - 1), WIDTHS[stack.top]] if depth else []


def derived(row: LayerRate, number: int, point: Point) -> Array:
    """What the words say, in the sample's own covariances."""
    symbols = DEPTHS if row.index is None else {**DEPTHS, row.index: sp.Integer(number)}
    words: WordSum = instantiated(row.rate, symbols)
    if words.is_zero:
        return _zeros(_held(row, number, point))
    matrix: Array = value(words, lambda factor: _matrix(factor, point), scalar)
    return matrix


def _matrix(factor: Factor, point: Point) -> Array:
    if isinstance(factor, Segment):
        return _product(point.stacks[factor.stack.name][int(factor.lo) : int(factor.hi)])
    assert isinstance(factor, Matrix)
    return point.product_teacher if factor.name == "Wbar" else point.covariance(factor.name)


def _zeros(like: Array) -> Array:
    return np.full(like.shape, Fraction(0), dtype=object)


def _product(layers: list[Array]) -> Array:
    return reduce(lambda product, layer: layer @ product, layers)


def _held(row: LayerRate, number: int, point: Point) -> Array:
    """The matrix that a rate moves."""
    factor = row.factor
    return point.stacks[factor.stack.name][number - 1] if isinstance(factor, Segment) else point.product_teacher


def _measured(flow: MatrixFlow, row: LayerRate, number: int, point: Point) -> Array:
    """The motion that the definitions of the model give: a descent, or a teacher that follows."""
    factor = row.factor
    name = factor.stack.name if isinstance(factor, Segment) else "Wbar"
    if name == "Wbar":
        return followed(flow, number, point)
    layer = point.stacks[name][number - 1]
    speed = scalar(flow.model.predictor_rate) if name == "P" else Fraction(1)
    descent: Array = -speed * _slope(flow, name, number, point) - scalar(flow.model.weight_decay) * layer
    return descent


def followed(flow: MatrixFlow, number: int, point: Point) -> Array:
    """The motion of a teacher by its definition."""
    match flow.model.teacher:
        case Frozen():
            return _zeros(point.product_teacher)
        case EMA(tau=rate):
            student, teacher = _product(point.stacks["W"]), point.product_teacher
        case LayerEMA(tau=rate):
            student, teacher = point.stacks["W"][number - 1], point.stacks["Wbar"][number - 1]
        case other:
            raise AssertionError(f"{other} has no motion of its own")
    motion: Array = scalar(rate) * (student - teacher)
    return motion


def _slope(flow: MatrixFlow, name: str, number: int, point: Point) -> Array:
    """The exact derivative of the sample loss by every entry of one layer."""
    slope = _zeros(point.stacks[name][number - 1])
    frozen = _target(flow, point, point.stacks["W"])
    for entry in np.ndindex(slope.shape):
        ahead, behind = (
            _loss(flow, _moved(point.stacks, name, number, entry, step), point, frozen) for step in (1, -1)
        )
        slope[entry] = (ahead - behind) / 2
    return slope


def _moved(
    stacks: Mapping[str, list[Array]], name: str, number: int, entry: tuple[int, ...], step: int
) -> dict[str, list[Array]]:
    layers = [layer.copy() for layer in stacks[name]]
    layers[number - 1][entry] += step
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
    residual = _product([*stacks["W"], *stacks["P"]]) @ point.x - target
    return Fraction(1, 2 * point.x.shape[1]) * sum((entry**2 for entry in residual.flat), Fraction(0))
