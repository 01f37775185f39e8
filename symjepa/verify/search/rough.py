"""Rough values of expressions with integrals, in floating point: to see where it is worth while to look closely.

An enclosed integral takes a good part of a second; a sum over its nodes, in the logarithm of the variable where both
ends are positive, a thousandth.  Nothing is shown here, and where nothing can be told nothing is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from math import inf, isfinite, nan
from typing import Any

import numpy as np
import sympy as sp

from symjepa.verify.kernel.points import Point

NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)
NOISE, UNCLEAR = 1e-14, 8
"""Smaller than that, relative to its terms, a sum has no sign; and so many points without a sign are looked at."""
Rough = Callable[[Point], tuple[float, float, float]]
"""The value at a point, the size of its terms, and that of the smallest; no numbers where it is not defined."""


@lru_cache(maxsize=256)
def rough(expr: sp.Expr) -> Rough | None:
    """None if it is not that simple: integrals in one variable between two ends, not in each other."""
    integrals = sorted(expr.atoms(sp.Integral), key=str)
    if not all(len(one.limits) == 1 and len(one.limits[0]) == 3 for one in integrals):
        return None
    if any(one.function.has(sp.Integral) for one in integrals):
        return None
    names = sorted(expr.free_symbols, key=sp.default_sort_key)
    places = [sp.Dummy() for _ in integrals]
    terms = sp.Add.make_args(expr.xreplace(dict(zip(integrals, places, strict=True))))
    whole = sp.lambdify([*names, *places], list(terms), "numpy")
    sums = [_quadrature(one, names) for one in integrals]

    def value(point: Point) -> tuple[float, float, float]:
        numbers = [int(point[s]) if s.is_integer else float(point[s]) for s in names]
        try:
            with np.errstate(all="ignore"):
                found = [float(term) for term in whole(*numbers, *(one(numbers) for one in sums))]
        except (ArithmeticError, TypeError, ValueError):
            return nan, nan, nan
        return sum(found), sum(map(abs, found)), min(map(abs, found))

    return value


def _quadrature(integral: sp.Integral, names: list[sp.Symbol]) -> Callable[[list[Any]], float]:
    x, low, high = integral.limits[0]
    inside = sp.lambdify([x, *names], integral.function, "numpy")
    ends = sp.lambdify(names, [low, high], "numpy")

    def value(numbers: list[Any]) -> float:
        first, last = map(float, ends(*numbers))
        turned = first > 0 and last > 0
        if turned:
            first, last = float(np.log(first)), float(np.log(last))
        nodes = (first + last) / 2 + (last - first) / 2 * NODES
        at, step = (np.exp(nodes), np.exp(nodes)) if turned else (nodes, np.ones_like(nodes))
        heights = np.broadcast_to(inside(at, *numbers), at.shape) * step
        return float(np.dot(WEIGHTS, heights) * (last - first) / 2)

    return value


def doubtful(expr: sp.Expr, points: Iterable[Point]) -> Iterator[Point]:
    """Those of the points at which an expression does not seem to be positive, and some at which that is noise."""
    value, unclear = rough(expr), 0
    for point in points:
        height, size, _ = (nan, nan, nan) if value is None else value(point)
        noise = isfinite(size) and abs(height) <= NOISE * size
        unclear += noise
        if (noise and unclear <= UNCLEAR) or not (noise or (isfinite(size) and height > 0)):
            yield point


def steep(value: float, size: float, least: float) -> float:
    """How far a sum is above 0, against its smallest term; nothing is known where the others cancel to noise."""
    known = isfinite(size) and abs(value) > NOISE * size and least > 0
    return value / least if known else inf
