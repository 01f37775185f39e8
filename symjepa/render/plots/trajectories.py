"""Trajectories of modes: JEPA against reconstruction, for several depths and several features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from symjepa.model import Model
from symjepa.render.plots.drawing import Book, Drawing, Feature, claims_of, data, flow, fraction, framed, latent, letters
from symjepa.render.plots.look import PAGE, PENS, Pen, empty, styled
from symjepa.render.plots.paths import Array, function, trajectory
from symjepa.statements.claims import Converges, Implicit, Solves
from symjepa.symbols import K, L, lam, sigma2, t, u

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 400
MARKED = (0.15, 0.35, 0.55, 0.75, 0.92)
"""Fractions of the way (in u) at which the clock of the theorem is read."""
LEARNED = {"latent": "jepa-fixed-point", "data": "mae-fixed-point"}
CLOSED = ("jepa-implicit-solution", "jepa-explicit-solution")
ROWS = ((latent, "JEPA"), (data, "reconstruction"))


@dataclass(frozen=True)
class Panel:
    """Features learned side by side by encoders of one depth, from one start, up to a time."""

    title: str
    depth: int
    features: tuple[Feature, ...]
    until: tuple[float, float]
    """End of the time axis for the two objectives."""


START = Fraction(1, 20)
INFLUENCES = tuple(Feature(Fraction(1), rho) for rho in (Fraction(5, 4), Fraction(1), Fraction(4, 5), Fraction(2, 3)))
DEPTHS = tuple(
    Panel(f"$L = {depth}$", depth, INFLUENCES, until) for depth, until in ((1, (40, 6)), (2, (80, 8)), (4, (240, 8)))
)


def final(book: Book, model: Model, feature: Feature) -> float:
    """The learned amplitude of a layer, as its theorem has it."""
    (claim,) = claims_of(book, LEARNED[model.objective.name], Converges)
    depths = {K: model.predictor.depth, L: model.encoder.depth}
    return float(claim.to.xreplace(depths).xreplace(_exact(feature)))


def _exact(feature: Feature) -> dict[Any, Any]:
    from sympy import Rational

    return {symbol: Rational(x.numerator, x.denominator) for symbol, x in feature.values.items()}


def integrated(model: Model, features: Sequence[Feature], times: Array) -> Array:
    """u over time, one column for each feature, from the derived flow."""
    values = {symbol: np.array([float(feature.values[symbol]) for feature in features]) for symbol in (lam, sigma2)}
    start = float(START) ** (1 / int(model.encoder.depth))
    return trajectory(flow(model), [np.full(len(features), start)], values, times)[:, 0, :]


def closed(book: Book, model: Model, feature: Feature) -> tuple[Array, Array] | None:
    """Times and amplitudes u from the closed forms of the book; None where it has none."""
    from_start = float(START) ** (1 / int(model.encoder.depth))
    marked = from_start + np.array(MARKED) * (final(book, model, feature) - from_start)
    if model.objective.name == "latent":
        return _clock(book, model, feature, from_start, marked)
    solved = [claim for claim in claims_of(book, CLOSED[1], Solves) if claim.flow.model == model]
    return _solution(solved[0], feature, from_start, marked) if solved else None


def _clock(book: Book, model: Model, feature: Feature, start: float, marked: Array) -> tuple[Array, Array]:
    """The time at which each amplitude is reached: the clock advances at constant speed."""
    claim = claims_of(book, CLOSED[0], Implicit)[0]
    numbers = {L: model.encoder.depth, **_exact(feature)}
    clock, speed = function(claim.clock, u, numbers), float(claim.speed.xreplace(numbers))
    return (clock(marked) - clock(np.array(start))) / speed, marked


def _solution(claim: Any, feature: Feature, start: float, marked: Array) -> tuple[Array, Array]:
    """The explicit solution, read at equal steps of time up to where it is nearly done."""
    import sympy as sp

    ((_, value),), ((_, u0),) = claim.values, claim.start
    solution = function(value, t, {**_exact(feature), u0: sp.Float(start)})
    end = float(marked[-1])
    times = np.linspace(0, 10, 20001)
    reached = np.interp(marked[:-1], solution(times), times) if solution(times)[-1] > end else times[1:5]
    return reached, solution(reached)


def panels(book: Book, shown: Sequence[Panel], axes: Any, per_unit: bool) -> None:
    """A row for each objective, a column for each panel."""
    for row, (build, name) in enumerate(ROWS):
        for column, panel in enumerate(shown):
            _panel(book, axes[row, column], build(panel.depth), panel, panel.until[row], per_unit)
        what = r"$w/w_\infty$" if per_unit else "$w$"
        axes[row, 0].set_ylabel(f"{name}\nencoder amplitude {what}")


def _panel(book: Book, axes: Axes, model: Model, panel: Panel, until: float, per_unit: bool) -> None:
    times = np.linspace(0, until, POINTS)
    paths = integrated(model, panel.features, times)
    for pen, feature, path in zip(PENS, panel.features, paths.T, strict=False):
        limit = final(book, model, feature) ** panel.depth
        scale = limit if per_unit else 1.0
        axes.plot(times, path**panel.depth / scale, **pen.line)
        _mark(axes, pen, closed(book, model, feature), panel.depth, scale, until)
        if not per_unit:
            axes.plot([1.0, 1.03], [limit] * 2, transform=axes.get_yaxis_transform(), color=pen.color, clip_on=False)
    framed(axes, xlim=(0, until), ylim=(0, None))
    axes.locator_params(nbins=5)


def _mark(axes: Axes, pen: Pen, points: tuple[Array, Array] | None, depth: int, scale: float, until: float) -> None:
    if points is not None:
        times, reached = points
        shown = times < until
        axes.plot(times[shown], reached[shown] ** depth / scale, **pen.dots)


def legend(figure: Figure, labels: Sequence[str]) -> None:
    """One legend for all panels, above them."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], label=label, **{**pen.dots, **pen.line}) for pen, label in zip(PENS, labels, strict=False)]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), columnspacing=1.6)


def by_depth(book: Book) -> Figure:
    """Figure: three depths of encoder, four influences, one covariance."""
    with styled():
        figure = empty(PAGE, 3.9)
        axes = figure.subplots(2, len(DEPTHS))
        panels(book, DEPTHS, axes, per_unit=False)
        for column, panel in enumerate(DEPTHS):
            axes[0, column].set_title(panel.title)
            axes[1, column].set_xlabel("time $t$")
        legend(figure, [rf"$\rho = {fraction(feature.rho)}$" for feature in INFLUENCES])
    return figure


def drawings() -> Iterator[Drawing]:
    """The figures of this file."""
    yield Drawing(
        "trajectories",
        by_depth,
        "Depth makes a JEPA order its features by influence.",
        letters("TODO"),
        (*CLOSED, *LEARNED.values()),
    )
