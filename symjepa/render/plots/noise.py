"""How noise is forgotten: algebraically in balance, exponentially off balance; closed forms on derived trajectories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from symjepa.render.plots.drawing import Book, Drawing, beside, claims_of, flow, fraction, framed, latent, listed
from symjepa.render.plots.look import PAGE, PENS, Pen, empty, styled
from symjepa.render.plots.paths import Array, function, trajectory
from symjepa.statements.claims import Solves, Within
from symjepa.symbols import K, L, lam, sigma2, t, v, w

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve = Callable[[Array], Array]
DEPTHS = ((1, 1), (1, 2), (2, 3), (4, 4))
"""(K, L) of the balanced panel."""
START = Fraction(1)
IMBALANCES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
NOISE = {lam: Fraction(0), sigma2: Fraction(1)}
DECADES = (-2, 5)
UNTIL = 20.0


def solutions(book: Book) -> tuple[Any, Any]:
    """The two closed forms of the theorem: balanced for all depths, off balance for one layer each."""
    balanced, unbalanced = claims_of(book, "noise-decay", Solves)
    return balanced, unbalanced


def balanced_panel(book: Book, axes: Axes) -> None:
    """u over time on logarithmic axes, each with the power law that bounds it and its exponent."""
    times = np.logspace(*DECADES, 200)
    for pen, (predictor, encoder) in zip(PENS, DEPTHS, strict=False):
        path, envelope, exponent = balanced_forms(book, predictor, encoder)
        axes.plot(times, path(times), **pen.line, label=f"$K = {predictor},\\ L = {encoder}$")
        late = times[envelope(times) < 1.5 * START]
        axes.plot(late, envelope(late), color=pen.color, linewidth=0.5)
        _dots(axes, pen, *integrated(latent(encoder, predictor)))
        beside(axes, pen, float(path(times[-1:])[0]), rf"$\propto t^{{{exponent}}}$")
    framed(axes, xscale="log", yscale="log", xlabel=r"time $\sigma^2 t$", ylabel="layer amplitude $u$")
    axes.set(xlim=(10.0 ** DECADES[0], 10.0 ** DECADES[1]), ylim=(1e-3, 1.6))


def balanced_forms(book: Book, predictor: int, encoder: int) -> tuple[Curve, Curve, sp.Expr]:
    """The trajectory, its envelope, and the exponent of that, at numeric depths."""
    solution, _ = solutions(book)
    ((_, value),), ((_, u0),) = solution.values, solution.start
    numbers = {K: predictor, L: encoder, u0: START, sigma2: NOISE[sigma2]}
    (bound,) = (claim.by for claim in claims_of(book, "noise-decay", Within) if claim.by.has(K))
    powers = bound.xreplace({K: sp.Integer(predictor), L: sp.Integer(encoder)}).atoms(sp.Pow)
    exponent = next(power.exp for power in powers if power.has(t))
    return function(value, t, numbers), function(bound, t, numbers), exponent


def integrated(model: Any) -> tuple[Array, Array]:
    """Ten points of the derived flow, a decade or less apart."""
    times = np.concatenate([[0.0], np.logspace(*DECADES, 11)])
    return times[1:], trajectory(flow(model), [float(START)], NOISE, times)[1:, 0]


def _dots(axes: Axes, pen: Pen, times: Array, amplitudes: Array) -> None:
    axes.plot(times, amplitudes, **pen.dots)


def unbalanced_panel(book: Book, axes: Axes) -> None:
    """The encoder's amplitude on a logarithmic axis: lines of slope -σ²δ under their bounds, and the balanced curve."""
    times = np.linspace(0, UNTIL, 200)
    axes.plot(times, balanced_forms(book, 1, 1)[0](times), **PENS[0].line, label=r"$\delta = 0$")
    for pen, imbalance in zip(PENS[1:], IMBALANCES, strict=False):
        path, envelope = unbalanced_forms(book, imbalance)
        axes.plot(times, path(times), **pen.line, label=rf"$\delta = {fraction(imbalance)}$")
        axes.plot(times, envelope(times), color=pen.color, linewidth=0.5)
        _dots(axes, pen, *off_balance(imbalance))
    _dots(axes, PENS[0], *off_balance(Fraction(0)))
    framed(axes, yscale="log", xlim=(0, UNTIL), xlabel=r"time $\sigma^2 t$", ylabel="encoder amplitude $w$")
    axes.locator_params("x", nbins=5)


def unbalanced_forms(book: Book, imbalance: Fraction) -> tuple[Curve, Curve]:
    """The encoder's trajectory and its exponential envelope, for K = L = 1."""
    _, solution = solutions(book)
    value, w0 = dict(solution.values)[w], dict(solution.start)[w]
    (envelope,) = (claim.by for claim in claims_of(book, "noise-decay", Within) if claim.by.has(w0))
    (delta,) = value.free_symbols - {w0, sigma2, t}
    numbers = {w0: START, sigma2: NOISE[sigma2], delta: imbalance}
    return function(value, t, numbers), function(envelope, t, numbers)


def off_balance(imbalance: Fraction) -> tuple[Array, Array]:
    """w of the derived flow of (w, v), started off balance."""
    times = np.concatenate([[0.0], np.arange(1.0, UNTIL, 3.0)])
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


CAPTION = rf"""Features without covariance, $<lam> = 0$, from the amplitude ${fraction(START)}$. Left: balanced
layers; the exponent $-1/q$, $q = 2(<K>+<L>-1)$, is written beside each line. Right: one layer each, with the
imbalance $\delta = <v>(0)^2 - <w>(0)^2 = 0, {listed(IMBALANCES)}$; the predictor keeps $<v> \to
\sqrt{{\delta}}$. Lines: the closed forms of @noise-decay@; thin lines: its bounds, $(q<sigma>^2<t>)^{{-1/q}}$
and $<w>(0)\,e^{{-<sigma>^2\delta <t>}}$. Markers: the derived flow, integrated."""


def drawings() -> Iterator[Drawing]:
    """The figure of this file."""
    title = "Noise is forgotten, algebraically in balance and exponentially where the predictor outweighs the encoder."
    yield Drawing("noise-decay", decay, title, CAPTION, "noise-decay", ("noise-decay",))
