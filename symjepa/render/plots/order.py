"""The order of learning over starts and depths, and the crossing at which it turns, from certified times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from symjepa.analysis import order
from symjepa.analysis.duels import Crossing, Order, verdict
from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.render.plots.drawing import Book, Drawing, framed
from symjepa.render.plots.look import GREY, PAGE, PENS, empty, styled
from symjepa.render.plots.paths import NoCurve
from symjepa.symbols import L

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIRST, SECOND = order.Feature(Fraction(51, 50), Fraction(4, 5)), order.Feature(1, 1)
AMPLITUDE, PART = Fraction(1, 4), Fraction(1, 2)
LOWEST, LEFT = fmpq(1, 10**9), 1e-8
DEEPEST, STEPS, CLOSER = 6, 4, 9
"""Depths from 1 to the deepest, steps between whole ones, and halvings where a crossing appears."""
DIGITS = 8
ROOMY = 1e-4
"""A region that begins below this start has room for words."""
TINT = {Order.FIRST: "#F8E3D6", Order.SECOND: "#D9E8F3"}
COLUMNS = (
    (Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "JEPA"),
    (Model(Encoder(L), Predictor(1), DataReconstruction()), "reconstruction"),
)
ROWS: tuple[tuple[dict[str, Fraction], str], ...] = (
    ({"amplitude": AMPLITUDE}, f"learned at $w = {AMPLITUDE}$"),
    ({"fraction": PART}, rf"learned at $w = w_\infty/{1 / PART}$"),
)


@dataclass(frozen=True)
class Row:
    """One depth: its crossings, in order, and the lower threshold; below them the larger covariance is first."""

    depth: Fraction
    crossings: tuple[Crossing, ...]
    end: float


def row(model: Model, threshold: dict[str, Fraction], depth: Fraction) -> Row:
    """The certified order at one depth, whole or not."""
    duel = order.duel_of(model, FIRST, SECOND, depth=depth, **threshold)
    found = duel.crossings(LOWEST, DIGITS)
    lowest = found[0].below if found else verdict(duel.lead(duel.log_of(arb(LOWEST))))
    if lowest is not Order.FIRST:
        raise NoCurve(f"the larger covariance should be first from small starts; at L = {depth} it is {lowest.value}")
    return Row(depth, found, float((duel.stop() * float(depth)).exp()))


def rows(model: Model, threshold: dict[str, Fraction]) -> list[Row]:
    """Every depth of a panel, and closer ones where a crossing appears."""
    found = [row(model, threshold, Fraction(i, STEPS)) for i in range(STEPS, DEEPEST * STEPS + 1)]
    closer = [one for here, there in pairwise(found) for one in _appearing(model, threshold, here, there)]
    return sorted((*found, *closer), key=lambda one: one.depth)


def _appearing(model: Model, threshold: dict[str, Fraction], here: Row, there: Row) -> Iterator[Row]:
    """Rows between two depths with different numbers of crossings, ever closer to where the number changes."""
    for _ in range(CLOSER if len(here.crossings) != len(there.crossings) else 0):
        middle = row(model, threshold, (here.depth + there.depth) / 2)
        yield middle
        here, there = (middle, there) if len(middle.crossings) == len(here.crossings) else (here, middle)


def panel(axes: Axes, found: list[Row]) -> None:
    """Regions, the crossing curve with the whole depths marked, and the threshold above which no start makes sense."""
    framed(axes, xscale="log", xlim=(LEFT, 1), ylim=(1, DEEPEST), yticks=range(1, DEEPEST + 1))
    depths, ends = [float(one.depth) for one in found], [one.end for one in found]
    axes.fill_betweenx(depths, LEFT, ends, facecolor=TINT[Order.FIRST], linewidth=0)
    turned = [one for one in found if one.crossings]
    left, right = ([_edge(one, i) for one in turned] for i in (0, 1))
    inside = [float(one.depth) for one in turned]
    axes.fill_betweenx(inside, left, right, facecolor=TINT[Order.SECOND], linewidth=0)
    axes.plot(ends, depths, color=GREY, linewidth=0.8, linestyle=(0, (1, 1.5)))
    axes.text(2.5e-8, 1.35, r"larger $\lambda$ first")
    if turned:
        _curve(axes, turned)
        if turned[-1].depth == DEEPEST and _edge(turned[-1], 0) < ROOMY:
            axes.text(4e-6, 5.35, r"larger $\rho$ first")
    axes.minorticks_off()
    axes.set_xticks([1e-8, 1e-6, 1e-4, 1e-2, 1])


def _edge(one: Row, i: int) -> float:
    """The crossing of that number, or the end of the row."""
    return float(one.crossings[i].eps) if i < len(one.crossings) else one.end


def _curve(axes: Axes, turned: list[Row]) -> None:
    """Where both arrive together: down the lower branch, and up the other one if there is one."""
    down = [(float(one.crossings[0].eps), one.depth) for one in reversed(turned)]
    path = down + [(float(one.crossings[1].eps), one.depth) for one in turned if len(one.crossings) > 1]
    whole = [(x, depth) for x, depth in path if depth.denominator == 1]
    axes.plot([x for x, _ in path], [float(depth) for _, depth in path], color="black", linewidth=1.2)
    axes.plot([x for x, _ in whole], [float(d) for _, d in whole], **PENS[0].dots, clip_on=False, zorder=4)


def plane(book: Book) -> Figure:
    """Figure: a row for each kind of threshold, a column for each objective."""
    with styled():
        figure = empty(PAGE, 4.2)
        axes = figure.subplots(len(ROWS), len(COLUMNS), sharex=True, sharey=True)
        for i, (threshold, said) in enumerate(ROWS):
            for j, (model, name) in enumerate(COLUMNS):
                panel(axes[i, j], rows(model, threshold))
                if i == 0:
                    axes[i, j].set_title(name)
            axes[i, 0].set_ylabel(f"{said}\nencoder depth $L$")
        for below in axes[-1]:
            below.set_xlabel(r"initial encoder amplitude $\varepsilon$")
        figure.legend(handles=_handles(), loc="outside upper center", ncols=2, columnspacing=2.4)
    return figure


def _handles() -> list[Any]:
    from matplotlib.lines import Line2D

    curve = Line2D([], [], label="both together", color="black", marker="o", markerfacecolor="white")
    return [curve, Line2D([], [], label="threshold", color=GREY, linewidth=0.8, linestyle=(0, (1, 1.5)))]


CAPTION = rf"""Two features, $(<lam>, <rho>) = ({FIRST.lam}, {FIRST.rho})$ and $({SECOND.lam}, {SECOND.rho})$, one
predictor layer, balanced. A feature counts as learned at an amplitude that is the same for both (above), or at one
half of what it will learn (below). Shaded by which of them is learned first; dotted: the lower threshold, beyond which
nothing is left to be learned. On the curve both are learned together; it is computed from certified times, at whole
depths (circles) and in between, where the same integral makes sense. Above, the order turns at most once, as
@order-crossing@ says, for either objective, and from small starts the larger covariance is always first
(@order-at-small-starts@). Relative to what it learns a JEPA turns twice, reconstruction with these features never."""


def drawings() -> Iterator[Drawing]:
    """The figure of this file."""
    title = "Which of two features is learned first depends on the start, the depth, and what counts as learned."
    yield Drawing("order", plane, title, CAPTION, "order-crossing", ("order-crossing", "order-at-small-starts"))
