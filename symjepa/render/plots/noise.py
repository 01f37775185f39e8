"""How noise is forgotten: algebraically in balance, exponentially off balance; closed forms on derived trajectories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from symjepa.render.plots.drawing import Book, Drawing, claims_of, flow, fraction, framed, latent, letters
from symjepa.render.plots.look import GREY, PAGE, PENS, Pen, empty, styled
from symjepa.render.plots.paths import Array, function, trajectory
from symjepa.statements.claims import Solves, Within
from symjepa.symbols import K, L, lam, sigma2, t, u, v, w

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DEPTHS = ((1, 1), (1, 2), (2, 3), (2, 6))
"""(K, L) of the balanced panel."""
START = Fraction(1)
IMBALANCES = (Fraction(1, 50), Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
NOISE = {lam: Fraction(0), sigma2: Fraction(1)}
DECADES = (-2, 5)
UNTIL = 16.0


def solutions(book: Book) -> tuple[Any, Any]:
    """The two closed forms of the theorem: balanced for all depths, off balance for one layer each."""
    balanced, unbalanced = claims_of(book, "noise-decay", Solves)
    return balanced, unbalanced


def balanced_panel(book: Book, axes: Axes) -> None:
    """u over time on logarithmic axes, the slope written at each line."""
    solution, _ = solutions(book)
    ((_, value),), ((_, u0),) = solution.values, solution.start
    times = np.logspace(*DECADES, 200)
    for pen, (predictor, encoder) in zip(PENS, DEPTHS, strict=False):
        numbers = {K: predictor, L: encoder, u0: START, sigma2: NOISE[sigma2]}
        closed = function(value, t, numbers)
        axes.plot(times, closed(times), **pen.line, label=f"$K = {predictor},\\ L = {encoder}$")
        _dots(axes, pen, *_integrated(latent(encoder, predictor)))
        _slope(axes, pen, closed, 2 * (predictor + encoder - 1))
    framed(axes, xscale="log", yscale="log", xlabel=r"time $\sigma^2 t$", ylabel="layer amplitude $u$")


def _integrated(model: Any) -> tuple[Array, Array]:
    """Ten points of the derived flow, a decade or less apart."""
    times = np.concatenate([[0.0], np.logspace(*DECADES, 11)])
    return times[1:], trajectory(flow(model), [float(START)], NOISE, times)[1:, 0]


def _dots(axes: Axes, pen: Pen, times: Array, amplitudes: Array) -> None:
    axes.plot(times, amplitudes, **pen.dots)


def _slope(axes: Axes, pen: Pen, closed: Any, q: int) -> None:
    """The exponent that the theorem gives, written above the end of the line and along it."""
    times = np.array([2e3, 2e4])
    low, high = closed(times)
    place = float(np.sqrt(times[0] * times[1])), float(np.sqrt(low * high))
    axes.annotate(
        rf"$t^{{-1/{q}}}$", place, xytext=(0, 4), textcoords="offset points", color=pen.color, ha="center", va="bottom"
    )


def unbalanced_panel(book: Book, axes: Axes) -> None:
    """The encoder's amplitude on a logarithmic axis: straight lines of slope -σ²δ, below their envelopes."""
    _, solution = solutions(book)
    value, w0 = dict(solution.values)[w], dict(solution.start)[w]
    envelope = [claim for claim in claims_of(book, "noise-decay", Within) if claim.of == 0 and claim.by.has(w0)][0].by
    (delta,) = value.free_symbols - {w0, sigma2, t}
    times = np.linspace(0, UNTIL, 200)
    for pen, imbalance in zip(PENS, IMBALANCES, strict=False):
        numbers = {w0: START, sigma2: NOISE[sigma2], delta: imbalance}
        axes.plot(times, function(value, t, numbers)(times), **pen.line, label=rf"$\delta = {fraction(imbalance)}$")
        axes.plot(times, function(envelope, t, numbers)(times), color=GREY, linewidth=0.6)
        _dots(axes, pen, *_off_balance(imbalance))
    framed(axes, yscale="log", xlim=(0, UNTIL), xlabel=r"time $\sigma^2 t$", ylabel="encoder amplitude $w$")


def _off_balance(imbalance: Fraction) -> tuple[Array, Array]:
    """w of the derived flow of (w, v), started off balance."""
    times = np.linspace(0, UNTIL, 9)
    modes = flow(latent(1), "product")
    starts = {w: float(START), v: float(START**2 + imbalance) ** 0.5}
    path = trajectory(modes, [starts[x] for x in modes.state], NOISE, times)
    return times[1:], path[1:, list(modes.state).index(w)]


def decay(book: Book) -> Figure:
    """Figure: both kinds of forgetting."""
    with styled():
        figure = empty(PAGE, 2.7)
        left, right = figure.subplots(1, 2)
        balanced_panel(book, left)
        unbalanced_panel(book, right)
        left.set_title("balanced: a power of time")
        right.set_title("$K = L = 1$ off balance: exponential")
        for axes in (left, right):
            axes.legend(loc="lower left")
    return figure


def drawings() -> Iterator[Drawing]:
    """The figure of this file."""
    yield Drawing("noise-decay", decay, "Noise is forgotten.", letters("TODO"), ("noise-decay",))
