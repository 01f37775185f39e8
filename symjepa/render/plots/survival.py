"""Phase diagrams of survival: the exact boundaries of the theorems over what simulated matrices do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.render.plots.drawing import Book, Drawing, claims_of, fraction, framed, listed
from symjepa.render.plots.look import PAGE, PENS, empty, styled
from symjepa.render.plots.outcomes import (
    CRITERION,
    KEPT,
    LOST,
    MATRICES,
    OPEN,
    WIDTH,
    Curve,
    Outcome,
    Starts,
    centres,
    encoders,
    floats,
    judged,
    named,
    scattered,
)
from symjepa.render.plots.paths import Array, function
from symjepa.statements.claims import Attracts, Conserved
from symjepa.symbols import K, L, alpha, lam, sigma2, v, w

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ONE_LAYER = {K: sp.S.One, L: sp.S.One, alpha: sp.S.One}

# Off balance.

IMBALANCE = ("imbalance-threshold", "imbalance-threshold-ema")
ENCODER = Fraction(4, 5)
"""w(0)."""
RHO, DELTA = (Fraction(-3, 4), Fraction(3, 2)), (Fraction(-1, 2), Fraction(3, 2))
CELLS = (36, 32)
SHOWN = tuple(Fraction(x) for x in ("-1/4", "0", "1/4", "1"))
"""Imbalances whose learned amplitudes are drawn."""
TAU = Fraction(1, 2)
LIVE, AVERAGE = Live(), EMA(sp.Rational(TAU))


def threshold(book: Book) -> tuple[Curve, Curve]:
    """ρ and δ along the boundary, as functions of d, the predictor at which the encoder vanishes."""
    _, collapses, *_ = claims_of(book, IMBALANCE[0], Attracts)
    (kept,) = claims_of(book, IMBALANCE[0], Conserved)
    d = collapses.to
    imbalance = kept.quantity.xreplace(ONE_LAYER).xreplace({v: d, w: _encoder(collapses, d)})
    (gap,) = influence(collapses).free_symbols - {d}
    return function(influence(collapses), d, {gap: 0}), function(imbalance, d, {})


def influence(claim: Any) -> Any:
    """ρ in the parameters of a claim."""
    return dict(claim.flow.whole.values)[lam] / sigma2


def _encoder(claim: Any, predictor: sp.Expr) -> sp.Expr:
    """The encoder of one layer that belongs to a predictor on the manifold of a claim."""
    value: sp.Expr = dict(claim.flow.eliminated)[w].xreplace(ONE_LAYER)
    return value.xreplace({v: predictor})


def learned(book: Book, delta: Fraction) -> tuple[Array, Array]:
    """ρ and the amplitude of the encoder that survives, along the line of one imbalance."""
    survives, _, larger, *_ = claims_of(book, IMBALANCE[0], Attracts)
    claim = larger if delta < 0 else survives
    held, value = (_margin(larger), -delta) if delta < 0 else (survives.between[0], sp.sqrt(delta))
    (free,) = claim.to.free_symbols - {held}
    first, last = (float(RHO[0]), float(RHO[1])) if delta < 0 else (0.0, float(RHO[1]) - float(value))
    along = first + (last - first) * np.linspace(0, 1, 200) ** 2
    rho, encoder = (function(x, free, {held: value})(along) for x in (influence(claim), _encoder(claim, claim.to)))
    return rho, encoder


def _margin(claim: Any) -> sp.Symbol:
    """The square of the encoder where the predictor passes zero."""
    (symbol,) = _encoder(claim, sp.S.Zero).free_symbols
    return symbol


def _single(teacher: Any) -> Model:
    return Model(Encoder(1), Predictor(1), LatentPrediction(), teacher)


def unbalanced(deltas: Array) -> Starts:
    """One encoder, and predictors that make these imbalances."""
    encoder = np.full(len(deltas), float(ENCODER))
    return Starts(encoder, np.sqrt(encoder**2 + deltas))


def diagram() -> tuple[Array, Array, Array]:
    """ρ, δ and the outcomes (rows, columns) under a live teacher."""
    rho, delta = (floats(centres(*ends, cells)) for ends, cells in zip((RHO, DELTA), CELLS, strict=True))
    return rho, delta, judged(*encoders(_single(LIVE), rho, unbalanced(delta)))


def imbalance_panel(book: Book, axes: Axes) -> None:
    """Outcomes over (ρ, δ), and where the theorem draws the line."""
    raster(axes, *diagram())
    rho, delta = threshold(book)
    ends = np.linspace(0, float(DELTA[1]) ** 0.5, 200)
    axes.plot([float(RHO[0]), *rho(ends)], [delta(ends)[0], *delta(ends)], **PENS[0].line)
    named(axes, (-0.1, 0.9), "collapse")
    named(axes, (0.95, 0.1), "survival")
    framed(axes, xlim=floats(RHO), ylim=floats(DELTA), xlabel=r"influence $\rho$", ylabel=r"imbalance $\delta$")


def raster(axes: Axes, rho: Array, rows: Array, found: Array) -> None:
    """A marker for each cell."""
    marks = {Outcome.SURVIVED: KEPT, Outcome.COLLAPSED: LOST, Outcome.UNDECIDED: OPEN}
    for outcome, mark in marks.items():
        scattered(axes, rho, rows, found == outcome, mark)


def learned_panel(book: Book, axes: Axes) -> None:
    """What the encoder ends with: lines of the theorem, and matrices under a moving average."""
    rho = floats(centres(*RHO, 2 * WIDTH))
    ends = encoders(_single(AVERAGE), rho, unbalanced(floats(SHOWN)))[1]
    for pen, delta, reached in zip(PENS, SHOWN, ends, strict=False):
        above, kept = learned(book, delta)
        lost = [float(RHO[0])] if delta >= 0 else []
        axes.plot([*lost, *above], [*np.zeros(len(lost)), *kept], **pen.line, label=rf"$\delta = {fraction(delta)}$")
        axes.plot(rho, reached, **pen.dots)
    framed(axes, xlim=floats(RHO), ylim=(-0.03, 1.7), xlabel=r"influence $\rho$")
    axes.set_ylabel(r"encoder amplitude $w_\infty$")


def off_balance(book: Book) -> Figure:
    """Figure: who survives off balance, and what is kept."""
    with styled():
        figure = empty(PAGE, 2.7)
        left, right = figure.subplots(1, 2)
        imbalance_panel(book, left)
        learned_panel(book, right)
        right.legend(loc="upper left")
        left.set_title("survival")
        right.set_title("what the encoder keeps")
    return figure


CAPTION = rf"""One layer each, $<K> = <L> = 1$, with the imbalance $\delta = <v>(0)^2 - <w>(0)^2$. Left: a live
teacher; {MATRICES}, from $<W>(0) = {fraction(ENCODER)}$ times a rotation and $<P>(0) = <v>(0)\,I$; squares survive,
dots collapse. {CRITERION} Line: the boundary of @imbalance-threshold@, $<rho> = \sqrt{{\delta}}$ where the
predictor is the larger one, and $\delta = 0$ for $<rho> \leq 0$; a larger encoder loses nothing. Right: the
amplitude that the encoder keeps, for $\delta = {listed(SHOWN)}$. Lines: $\sqrt{{<rho>^2 - \delta}}$ above the
threshold and 0 below, by @imbalance-threshold@. Markers: such matrices under a moving average with $<tau> =
{fraction(TAU)}$, which by @imbalance-threshold-ema@ moves neither the threshold of a larger predictor nor what is
learned beyond it."""


def drawings() -> Iterator[Drawing]:
    """The figure of this file."""
    title = "A larger predictor sets a threshold for survival; a larger encoder has none."
    yield Drawing("survival-imbalance", off_balance, title, CAPTION, IMBALANCE[0], IMBALANCE)
