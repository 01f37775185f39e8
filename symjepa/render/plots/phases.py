"""Phase lines: how fast the common layer amplitude moves, and where it comes to rest."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from symjepa.model import Model
from symjepa.modes.export import to_numpy
from symjepa.render.plots.drawing import Book, Drawing, Feature, beside, data, flow, framed, latent
from symjepa.render.plots.look import GREY, PAGE, PENS, Pen, empty, styled
from symjepa.render.plots.paths import Array
from symjepa.render.plots.trajectories import LEARNED, final

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEATURE = Feature(Fraction(1), Fraction(3, 2))
DEPTHS = (1, 2, 4)
WIDEST = 1.75
COLUMNS = ((latent, r"JEPA: rest at $u^K = \rho$"), (data, r"reconstruction: rest at $u^{K+L} = \rho$"))
ARROWS = (0.14, 0.32, 0.5, 0.68, 0.86, 1.04, 1.22, 1.4, 1.58, 1.72)


def speed(model: Model, amplitudes: Array) -> Array:
    """The derived rate of u at several amplitudes."""
    modes = flow(model)
    rate: Array = to_numpy(modes)(0.0, amplitudes[None, :], FEATURE.values)[0]
    return rate


def _curves(book: Book, axes: Axes, build: Any) -> None:
    amplitudes = np.linspace(0, WIDEST, 300)
    axes.axhline(0, color=GREY, linewidth=0.6)
    for pen, depth in zip(PENS, DEPTHS, strict=False):
        axes.plot(amplitudes, speed(build(depth), amplitudes), **pen.line, label=f"$L = {depth}$")
        axes.plot([final(book, build(depth), FEATURE)], [0], "o", color=pen.color, clip_on=False)
    framed(axes, xlim=(0, WIDEST), ylim=(-0.6, 1.25))
    axes.locator_params("y", steps=[5])


def _lines(book: Book, axes: Axes, build: Any) -> None:
    """One phase line for each depth: open circles repel, full ones attract, arrows follow the derived rate."""
    for height, (pen, depth) in enumerate(zip(PENS, DEPTHS, strict=False)):
        rest = final(book, build(depth), FEATURE)
        axes.plot([0, WIDEST], [-height, -height], color=pen.color, linewidth=0.7)
        _arrows(axes, pen, build(depth), -height, rest)
        axes.plot([0], [-height], "o", color=pen.color, markerfacecolor="white", clip_on=False, zorder=4)
        axes.plot([rest], [-height], "o", color=pen.color, zorder=4)
        beside(axes, pen, -height, f"$L = {depth}$")
    framed(axes, xlim=(0, WIDEST), ylim=(0.6 - len(DEPTHS), 0.6), yticks=[], xlabel="layer amplitude $u$")
    axes.spines["left"].set_visible(False)


def _arrows(axes: Axes, pen: Pen, model: Model, height: int, rest: float) -> None:
    places = np.array([x for x in ARROWS if abs(x - rest) > 0.06])
    forward = speed(model, places) > 0
    for marker, chosen in ((">", forward), ("<", ~forward)):
        axes.plot(places[chosen], np.full(chosen.sum(), height), marker, color=pen.color, markersize=3.2)


def lines(book: Book) -> Figure:
    """Figure: rates and phase lines for both objectives."""
    with styled():
        figure = empty(PAGE, 3.1)
        axes = figure.subplots(2, 2, sharex=True, sharey="row", height_ratios=(3.2, 1))
        for column, (build, name) in enumerate(COLUMNS):
            _curves(book, axes[0, column], build)
            _lines(book, axes[1, column], build)
            axes[0, column].set_title(name)
        axes[0, 0].set_ylabel(r"rate $\dot{u}$")
        axes[0, 0].legend(loc="upper left")
    return figure


CAPTION = rf"""The derived rate of the common layer amplitude for $<lam> = {FEATURE.lam}$, $<rho> =
{FEATURE.rho}$, one predictor layer and encoders of depth $<L> = {", ".join(map(str, DEPTHS))}$, and its phase
lines. Full circles attract, at the places of @jepa-fixed-point@ and @mae-fixed-point@; every positive start
leaves the origin. With one predictor layer a JEPA of any depth rests at $<u> = <rho>$, reconstruction at $<u> =
<rho>^{{1/(<L>+1)}}$. Near the origin only reconstruction with $<L> = 1$ has a linear rate and leaves it
exponentially; all others leave it like a power of time."""


def drawings() -> Iterator[Drawing]:
    """The figure of this file."""
    labels = tuple(LEARNED.values())
    yield Drawing("phase-lines", lines, "Where a mode comes to rest.", CAPTION, LEARNED["data"], labels)
