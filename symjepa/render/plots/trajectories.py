"""Trajectories of modes: JEPA against reconstruction, for several depths and several features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from symjepa.model import Model
from symjepa.render.plots.drawing import Book, Drawing, Feature, claims_of, data, flow, fraction, framed, latent, listed
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
    """Features learned side by side by encoders of one depth; `until` ends the time axis for either objective."""

    title: str
    depth: int
    features: tuple[Feature, ...]
    until: tuple[float, float]
    labels: tuple[str, ...]
    start: Fraction
    """Every encoder's amplitude at time 0."""


EARLY, EARLIER = Fraction(1, 20), Fraction(1, 50)
MEDIUM = 3
"""Depth of the encoder where the features vary."""


def _features(covariances: Sequence[str], influences: Sequence[str]) -> tuple[Feature, ...]:
    return tuple(Feature(Fraction(x), Fraction(y)) for x, y in zip(covariances, influences, strict=True))


INFLUENCES = _features("1111", ("5/4", "1", "4/5", "2/3"))
_RHO = tuple(rf"$\rho = {fraction(feature.rho)}$" for feature in INFLUENCES)
DEPTHS = tuple(
    Panel(f"$L = {depth}$", depth, INFLUENCES, until, _RHO, EARLY)
    for depth, until in ((1, (40, 6)), (2, (80, 8)), (4, (240, 8)))
)
SPREADS = tuple(
    Panel(title, MEDIUM, _features(*numbers), until, labels, EARLIER)
    for title, numbers, until, labels in (
        (r"$\rho = 1$", (("2", "1", "1/2"), "111"), (480, 20), (r"$\lambda = 2$", "$1$", "$1/2$")),
        (r"$\lambda = 1$", ("111", ("1", "3/4", "1/2")), (480, 10), (r"$\rho = 1$", "$3/4$", "$1/2$")),
        (
            r"$\lambda$ rises as $\rho$ falls",
            (("1", "11/10", "6/5"), ("1", "3/4", "1/2")),
            (480, 10),
            (r"$(\lambda, \rho) = (1, 1)$", "$(11/10, 3/4)$", "$(6/5, 1/2)$"),
        ),
    )
)


def final(book: Book, model: Model, feature: Feature) -> float:
    """The learned amplitude of a layer, as its theorem has it."""
    (claim,) = claims_of(book, LEARNED[model.objective.name], Converges)
    depths = {K: model.predictor.depth, L: model.encoder.depth}
    amplitude = claim.to.xreplace(depths).xreplace(_exact(feature))
    return float(amplitude)


def _exact(feature: Feature) -> dict[Any, Any]:
    from sympy import Rational

    return {symbol: Rational(x.numerator, x.denominator) for symbol, x in feature.values.items()}


def layer(panel: Panel) -> float:
    """The amplitude of each layer at time 0."""
    amplitude: float = float(panel.start) ** (1 / panel.depth)
    return amplitude


def integrated(model: Model, panel: Panel, times: Array) -> Array:
    """u over time, one column for each feature, from the derived flow."""
    values = {symbol: np.array([float(x.values[symbol]) for x in panel.features]) for symbol in (lam, sigma2)}
    start = np.full(len(panel.features), layer(panel))
    return trajectory(flow(model), [start], values, times)[:, 0, :]


def closed(book: Book, model: Model, feature: Feature, from_start: float) -> tuple[Array, Array] | None:
    """Times and amplitudes u from the closed forms of the book; None where it has none."""
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
    paths = integrated(model, panel, times)
    for pen, feature, path in zip(PENS, panel.features, paths.T, strict=False):
        limit = final(book, model, feature) ** panel.depth
        scale = limit if per_unit else 1.0
        axes.plot(times, path**panel.depth / scale, **pen.line)
        _mark(axes, pen, closed(book, model, feature, layer(panel)), panel.depth, scale, until)
        if not per_unit:
            axes.plot([1.0, 1.03], [limit] * 2, transform=axes.get_yaxis_transform(), color=pen.color, clip_on=False)
    framed(axes, xlim=(0, until), ylim=(0, None))
    axes.locator_params(nbins=4, steps=[1, 2, 5, 10])


def _mark(axes: Axes, pen: Pen, points: tuple[Array, Array] | None, depth: int, scale: float, until: float) -> None:
    if points is not None:
        times, reached = points
        shown = times < until
        axes.plot(times[shown], reached[shown] ** depth / scale, **pen.dots)


def _handles(labels: Sequence[str]) -> list[Any]:
    from matplotlib.lines import Line2D

    return [Line2D([], [], label=label, **{**pen.dots, **pen.line}) for pen, label in zip(PENS, labels, strict=False)]


def by_depth(book: Book) -> Figure:
    """Figure: three depths of encoder, four influences, one covariance."""
    with styled():
        figure = empty(PAGE, 3.9)
        axes = _grid(book, figure, DEPTHS, per_unit=False)
        for column, panel in enumerate(DEPTHS):
            axes[0, column].set_title(panel.title)
        figure.legend(handles=_handles(_RHO), loc="outside upper center", ncols=len(_RHO), columnspacing=1.6)
    return figure


def by_feature(book: Book) -> Figure:
    """Figure: one depth of encoder; covariances vary, influences vary, or both against each other."""
    with styled():
        figure = empty(PAGE, 4.1)
        axes = _grid(book, figure, SPREADS, per_unit=True)
        for column, panel in enumerate(SPREADS):
            axes[0, column].set_title(panel.title, pad=38)
            handles = _handles(panel.labels)
            axes[0, column].legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 0.98), labelspacing=0.25)
    return figure


def _grid(book: Book, figure: Figure, shown: Sequence[Panel], per_unit: bool) -> Any:
    axes = figure.subplots(2, len(shown))
    panels(book, shown, axes, per_unit)
    for below in axes[1]:
        below.set_xlabel("time $t$")
    figure.align_ylabels(axes[:, 0])
    return axes


_LINES = "Lines: the derived flow, integrated. Markers: the closed forms of @jepa-implicit-solution@"

BY_DEPTH = rf"""One predictor layer, encoders of depth $<L> =
{", ".join(str(panel.depth) for panel in DEPTHS)}$, balanced, from $<w>(0) = {fraction(EARLY)}$; all features
have $<lam> = 1$, and $<rho> = {listed(x.rho for x in INFLUENCES)}$ (so that $<sigma>^2 = <lam>/<rho>$).
{_LINES} and, for reconstruction with $<L> = 1$, of @jepa-explicit-solution@. The ticks on the right are the learned
amplitudes, $<rho>^{{<L>}}$ for the JEPA and $<rho>^{{<L>/(<L>+1)}}$ for reconstruction."""

BY_FEATURE = rf"""The panels of Fig.~2 of \cite{{littwin2024jepa}}, from the derived flow. One predictor layer, an
encoder of depth $<L> = {MEDIUM}$, balanced, from $<w>(0) =
{fraction(EARLIER)}$; shown is the fraction of the learned amplitude. From left to right: $<lam> =
{listed(x.lam for x in SPREADS[0].features)}$ at $<rho> = 1$; $<rho> =
{listed(x.rho for x in SPREADS[1].features)}$ at $<lam> = 1$; both against each other, $(<lam>, <rho>) =
{", ".join(f"({x.lam}, {x.rho})" for x in SPREADS[2].features)}$: from this start the features of the last
column reach one half of their amplitude in opposite orders. {_LINES}."""


def drawings() -> Iterator[Drawing]:
    """The figures of this file."""
    shows = (*CLOSED, *LEARNED.values())
    title = "Depth lets a JEPA tell its features apart by their influence; reconstruction hardly does."
    yield Drawing("trajectories", by_depth, title, BY_DEPTH, CLOSED[0], shows)
    title = "Which feature is learned first: the objectives agree on the covariance, and not on the influence."
    yield Drawing("features", by_feature, title, BY_FEATURE, CLOSED[0], shows)
