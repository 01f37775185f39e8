"""Trajectories in floating point, from derived right-hand sides: what a plot needs, and nothing is decided by it.

Gragg's modified midpoint rule, extrapolated (Bulirsch and Stoer): a dozen lines, of order eight.  An interval is halved
until two successive extrapolations agree, so that no figure depends on a step that somebody chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.modes.export import to_numpy
from symjepa.modes.reduction import ModeFlow

Array = np.ndarray[Any, Any]
Rate = Callable[[Array], Array]
SUBSTEPS = (2, 4, 6, 8)
TOLERANCE = 1e-10
HALVINGS = 40


class NoCurve(SymjepaError):
    """A curve that cannot be drawn: a number is missing, or the flow runs away."""


def trajectory(modes: ModeFlow, start: Sequence[Any], values: Mapping[sp.Symbol, Any], times: Array) -> Array:
    """States at increasing times ≥ 0, with axes (time, state, …): `start` and `values` may run along further axes."""
    right = to_numpy(modes)
    rate: Rate = lambda y: np.asarray(right(0.0, y, values))
    y, before, found = np.array(np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in start))), 0.0, []
    for time in times:
        y, before = _advanced(rate, y, float(time) - before), float(time)
        found.append(y)
    return np.array(found)


def _advanced(rate: Rate, y: Array, span: float, halvings: int = 0) -> Array:
    """y after a span of time, in as many pieces as the tolerance asks for."""
    if span == 0:
        return y
    after, gap = _extrapolated(rate, y, span)
    if gap <= TOLERANCE:
        return after
    if halvings == HALVINGS:
        raise NoCurve(f"the flow cannot be followed beyond {y}: it moves faster than a plot can show; shorten the time")
    return _advanced(rate, _advanced(rate, y, span / 2, halvings + 1), span / 2, halvings + 1)


def _extrapolated(rate: Rate, y: Array, span: float) -> tuple[Array, float]:
    """The limit of ever finer midpoint rules, and how far the last two estimates lie apart (relative to the state)."""
    last: list[Array] = []
    with np.errstate(all="ignore"):  # a step that is too long may overflow; its gap is then no number, and it is halved
        for row, steps in enumerate(SUBSTEPS):
            new = [_midpoint(rate, y, span, steps)]
            for k in range(row):
                new.append(new[k] + (new[k] - last[k]) / ((steps / SUBSTEPS[row - k - 1]) ** 2 - 1))
            last = new
        gap = np.max(np.abs(last[-1] - last[-2]) / (np.abs(y) + np.abs(last[-1])))
    return last[-1], float(gap) if np.isfinite(gap) else np.inf


def _midpoint(rate: Rate, y: Array, span: float, steps: int) -> Array:
    """Gragg: leapfrog over an even number of steps, whose error is a series in the square of the step."""
    step = span / steps
    behind, here = y, y + step * rate(y)
    for _ in range(steps - 1):
        behind, here = here, behind + 2 * step * rate(here)
    return (behind + here + step * rate(here)) / 2


def function(expr: sp.Expr, variable: sp.Symbol, values: Mapping[sp.Symbol, Any]) -> Callable[[Array], Array]:
    """An expression of the book as a function of one variable, at exact numbers for all other symbols."""
    closed = expr.xreplace({symbol: sp.sympify(number) for symbol, number in values.items()})
    strangers = closed.free_symbols - {variable}
    if strangers:
        raise NoCurve(f"a curve needs a number for {', '.join(sorted(map(str, strangers)))} in {expr}: add it")
    compiled = sp.lambdify(variable, closed, modules="numpy")
    return lambda x: np.asarray(compiled(x), dtype=float) * np.ones_like(x)
