"""A step of the matrix simulation against its own matrix products: `python -m benchmarks.simulate`.

The products of one step are recorded as they are made, and then replayed alone: the same operands, layouts and outputs.
Both are timed in turn, so that a slow minute hits both, and seconds are those of the wall, for BLAS may use several
cores.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

import symjepa as sj
from symjepa.verify.corroborate.simulate.descent import Descent
from symjepa.verify.corroborate.simulate.flow import Care, Walk
from symjepa.verify.corroborate.simulate.learner import Learner, learner
from symjepa.verify.corroborate.simulate.moments import Array, Moments

WIDTH, DEPTH, BAR, ROUNDS = 1000, 3, 1.3, 5
Product = tuple[Array, Array, Array]


class Row(NamedTuple):
    """One line of a table: what was measured, its ratios in all rounds, and what they may be at most."""

    what: str
    ratios: list[float]
    bar: float


def rows(rounds: int = ROUNDS, width: int = WIDTH) -> list[Row]:
    """Seconds of a step over seconds of its matrix products alone, for descent with three teachers and for the flow."""
    teachers: tuple[sj.model.Teacher, ...] = (sj.Live(), sj.EMA(sj.tau), sj.LayerEMA(sj.tau))
    found = []
    for teacher in teachers:
        case, start = at_width(teacher, width)
        descent = Descent(case, start.copy(), "before")
        found.append(Row(_said(teacher, "a step of descent", width), _ratios(descent.step, rounds), BAR))
    case, start = at_width(sj.Live(), width)
    walk = Walk(case, start, Care(1e-6, 1e-9, 10**6))
    stride: Callable[[], None] = lambda: walk.stride(np.array([True]), 1e9)
    stride()  # the first step looks for its length, and computes one velocity more
    found.append(
        Row(_said(sj.Live(), "a step of the flow (order 8)", width), _ratios(stride, max(rounds // 2, 2)), BAR)
    )
    return found


def _said(teacher: sj.model.Teacher, step: str, width: int) -> str:
    return f"{step}, width {width}, depth {DEPTH}, {teacher.name}: over its matrix products"


def at_width(teacher: sj.model.Teacher, width: int) -> tuple[Learner, Array]:
    """A learner with a predictor of depth 1, all layers near the identity, and generic data."""
    model = sj.Model(sj.Encoder(DEPTH), sj.Predictor(1), sj.LatentPrediction(), teacher)
    random = np.random.default_rng(0)
    layer: Callable[[], Array] = lambda: np.eye(width) + 0.1 * random.normal(size=(width, width)) / width**0.5
    names = [*(f"W_{i + 1}" for i in range(DEPTH)), "P_1"]
    names += {"ema": ["Wbar"], "ema-layers": [f"Wbar_{i + 1}" for i in range(DEPTH)]}.get(teacher.name, [])
    weights = {name: layer() for name in names}
    x, y = (random.normal(size=(width, 2 * width)) for _ in range(2))
    case = learner(
        model, weights, Moments.of_sample(x, y + x), {} if teacher.name == "live" else {"tau": 0.5}, step=1e-3
    )
    return case, case.packed(weights)


def _ratios(step: Callable[[], None], rounds: int) -> list[float]:
    with recorded() as products:
        step()
    return [_timed(step) / _timed(lambda: _replay(products)) for _ in range(rounds)]


@contextmanager
def recorded() -> Iterator[list[Product]]:
    """Every product that NumPy forms in the meantime, its output replaced by an array of its own."""
    products: list[Product] = []
    matmul = np.matmul

    def noted(left: Array, right: Array, out: Array) -> Any:
        products.append((left, right, np.empty_like(out)))
        return matmul(left, right, out=out)

    with mock.patch.object(np, "matmul", noted):
        yield products


def _replay(products: list[Product]) -> None:
    for left, right, out in products:
        np.matmul(left, right, out=out)


def _timed(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    for what, ratios, bar in rows():
        middle = statistics.median(ratios)
        print(f"{what}: {middle:.3f} ({min(ratios):.3f} … {max(ratios):.3f}), bar {bar}")


if __name__ == "__main__":
    main()
