"""Integration of the derived flows: extrapolated midpoint steps (Gragg, Bulirsch, Stoer) over any kind of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray
Flow = Callable[[Array], Array]


def midpoint(flow: Flow, start: Array, length: Any, pieces: int) -> Array:
    """Gragg's modified midpoint rule: its error is a series in even powers of the step."""
    h = length / pieces
    before, here = start, start + h * flow(start)
    for _ in range(pieces - 1):
        before, here = here, before + 2 * h * flow(here)
    return (before + here + h * flow(here)) / 2


def step(flow: Flow, start: Array, length: Any, columns: int) -> Array:
    """Richardson extrapolation in the square of the step, to order 2·columns."""
    table: list[Array] = []
    for row in range(columns):
        newer = [midpoint(flow, start, length, 2 * (row + 1))]
        for column in range(1, row + 1):
            ratio = ((row + 1) * length / (row + 1 - column) / length) ** 2
            newer.append(newer[-1] + (newer[-1] - table[column - 1]) / (ratio - 1))
        table = newer
    return table[-1]


def integrated(flow: Flow, start: Array, time: Any, steps: int, columns: int) -> Array:
    state = start
    for _ in range(steps):
        state = step(flow, state, time / steps, columns)
    return state


def path(flow: Flow, start: Array, time: Any, steps: int, columns: int) -> list[Array]:
    """The states at the ends of all steps, the start included."""
    states = [start]
    for _ in range(steps):
        states.append(step(flow, states[-1], time / steps, columns))
    return states
