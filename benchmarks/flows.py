"""From the loss to the mode flow, for every teacher and the data target, depths from 1 to 10 and symbolic."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sympy as sp

import symjepa as sj
from benchmarks.rows import Bar, Row, worst
from benchmarks.timing import timed
from symjepa.exact import spelling, words
from symjepa.exact.scalars import normal
from symjepa.modes.frames import alignment, ends
from symjepa.symbols import layer_amplitude

REPEATS = 7
BAR = Bar(0.2, 0.05)
CACHED = (alignment, ends, words._key, spelling.short, layer_amplitude, normal)
TEACHERS = (sj.Live(), sj.EMA(sj.tau), sj.LayerEMA(sj.tau), sj.Frozen(), sj.Shared(), None)
DEPTHS = ((1, 1), (3, 2), (10, 10), (sj.L, 1), (sj.L, sj.K))


def rows(unit: float) -> tuple[list[Row], list[Row]]:
    """One row for each teacher, the worst of its depths; and all of them."""
    few, many = [], []
    for teacher in TEACHERS:
        name = teacher.name if teacher else "data target"
        for to, what in ((to_one, "one mode flow"), (to_all, "all its coordinate systems")):
            cases = [(f"{name}, L = {e}, K = {p}: to {what}", _model(teacher, e, p)) for e, p in DEPTHS]
            own = [_row(said, model, to, unit, BAR if to is to_one else None) for said, model in cases]
            many += own
            if to is to_one:
                few.append(worst(f"loss → mode flow, {name}, the worst depth", own, BAR))
    return few, many


def flat(many: list[Row]) -> Row:
    """Symbolic depths over depth 10, for the live teacher: deriving every depth costs no more than deriving one."""
    own = {row.what: row for row in many}
    deep, every = (own[f"live, L = {e}, K = {p}: to one mode flow"] for e, p in ((10, 10), (sj.L, sj.K)))
    ratios = tuple(x / deep.median for x in every.ratios)
    return Row("the same, all depths at once (symbols K and L) over K = L = 10, live", ratios, Bar(1))


def _model(teacher: sj.model.Teacher | None, encoder: object, predictor: object) -> sj.Model:
    objective = sj.LatentPrediction() if teacher else sj.DataReconstruction()
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective, teacher)


def _row(what: str, model: sj.Model, to: Callable[[sj.Model], None], unit: float, bar: Bar | None) -> Row:
    return Row(what, tuple(x / unit for x in repeated(partial(to, model))), bar)


def to_one(model: sj.Model) -> None:
    """Loss → matrix flow → alignment → balanced coordinates; product coordinates where balance is not kept."""
    modes = sj.aligned_modes(sj.gradient_flow(model))
    (sj.product_modes if isinstance(model.teacher, sj.Shared) else sj.balanced)(modes)


def to_all(model: sj.Model) -> None:
    """The same to every coordinate system that the model has."""
    modes = sj.aligned_modes(sj.gradient_flow(model))
    sj.product_modes(modes)
    if not isinstance(model.teacher, sj.Shared):
        sj.balanced(modes)


def repeated(work: Callable[[], object]) -> list[float]:
    """Seconds, with SymPy's caches and ours emptied before each run, so that nothing was paid for earlier."""
    times = []
    for _ in range(REPEATS):
        sp.core.cache.clear_cache()
        for function in CACHED:
            function.cache_clear()
        times.append(timed(work))
    return times
