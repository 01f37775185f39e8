"""Phase diagrams of weight decay: the threshold and the basin of the theorem over what simulated matrices do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.render.plots.drawing import Book, Drawing, claims_of, fraction, framed
from symjepa.render.plots.look import PAGE, PENS, empty, styled
from symjepa.render.plots.outcomes import (
    CRITERION,
    HALF,
    KEPT,
    LOST,
    MATRICES,
    OPEN,
    Curve,
    Outcome,
    Starts,
    centres,
    encoders,
    floats,
    judged,
    scattered,
)
from symjepa.render.plots.paths import Array, function
from symjepa.statements.claims import Attracts, Identity, Linearized
from symjepa.symbols import K, L, alpha, eta, lam, sigma2
from symjepa.verify.check import unfolded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABEL = "weight-decay-threshold"
DEPTHS = (1, 2)
SMALL = Fraction(1, 4)
"""w(0) of the small starts, for every depth."""
LARGE = Fraction(3, 2)
"""Amplitude of every layer of the large starts: above all that is learned here."""
RHO, ETA = (Fraction(0), Fraction(3, 2)), (Fraction(0), Fraction(3, 5))
CELLS = (36, 30)
"""So many that no middle lies on a line, where a feature stands still and is on neither side."""
MARKS = {
    "collapse": (LOST, Outcome.COLLAPSED, Outcome.COLLAPSED),
    "survival of large starts": (HALF, Outcome.COLLAPSED, Outcome.SURVIVED),
    "survival": (KEPT, Outcome.SURVIVED, Outcome.SURVIVED),
}
"""What is said of the outcomes of a small start and of a large one."""


def numbers(depth: int) -> dict[sp.Symbol, int]:
    """What the diagrams fix: one predictor layer, σ² = 1."""
    return {K: 1, L: depth, alpha: 1, sigma2: 1}


def fold(book: Book, depth: int) -> tuple[Curve, Curve]:
    """ρ and η along the threshold, as functions of the layer amplitude c at which the two branches meet."""
    meets, *_ = claims_of(book, LABEL, Attracts)
    values, fixed = dict(meets.flow.values), numbers(depth)
    tied = _tied(book, fixed)
    at = {symbol: value.xreplace(fixed).xreplace(tied) for symbol, value in values.items()}
    return function(at[lam], meets.to, fixed), function(at[eta], meets.to, fixed)


def _tied(book: Book, fixed: dict[sp.Symbol, int]) -> dict[sp.Symbol, sp.Expr]:
    """The abbreviation that a hypothesis makes, left = number · symbol, as symbol: value."""
    (tie,) = (one for one in unfolded(book[LABEL].statement).hypotheses if isinstance(one, Identity))
    exact = {symbol: sp.Integer(number) for symbol, number in fixed.items()}
    left, right = tie.lhs.xreplace(exact), tie.rhs.xreplace(exact)
    (symbol,) = right.free_symbols
    return {symbol: left * symbol / right}


def basin(book: Book, depth: int) -> Curve:
    """ρ as a function of η where the small start lies on the lower branch, which repels."""
    (repels,) = (claim for claim in claims_of(book, LABEL, Linearized) if not claim.stable)
    ((_, branch),) = repels.at
    return function(dict(repels.flow.values)[lam], eta, {**numbers(depth), branch: layer(depth)})


def layer(depth: int) -> sp.Expr:
    """The amplitude of a layer at the small start."""
    return sp.Rational(SMALL.numerator, SMALL.denominator) ** sp.Rational(1, depth)


def model(depth: int) -> Model:
    """One predictor layer, a live teacher, weight decay."""
    return Model(Encoder(depth), Predictor(1), LatentPrediction(), Live(), weight_decay=eta)


def diagram(depth: int) -> tuple[Array, Array, Array, Array]:
    """ρ, η, and the outcomes (rows, columns) of the small starts and of the large ones."""
    rho, decay = (floats(centres(*ends, cells)) for ends, cells in zip((RHO, ETA), CELLS, strict=True))
    ends = (encoders(model(depth), rho, _starts(float(u0), depth), {eta: decay}) for u0 in (layer(depth), LARGE))
    small, large = (judged(*found) for found in ends)
    return rho, decay, small, large


def _starts(u0: float, depth: int) -> Starts:
    """Every layer u0 times a rotation, and the predictor u0·I."""
    rows = np.full(CELLS[1], u0)
    return Starts(rows**depth, rows)


def panel(book: Book, axes: Axes, depth: int) -> None:
    """Outcomes of both starts over (ρ, η), and where the theorem draws the lines."""
    rho, decay, small, large = diagram(depth)
    for words, (mark, *pair) in MARKS.items():
        scattered(axes, rho, decay, (small == pair[0]) & (large == pair[1]), mark, label=words)
    scattered(axes, rho, decay, (small == Outcome.UNDECIDED) | (large == Outcome.UNDECIDED), OPEN)
    _lines(book, axes, depth)
    framed(axes, xlim=floats(RHO), ylim=floats(ETA), xlabel=r"influence $\rho$")
    axes.set_title(f"$K = 1,\\ L = {depth}$")


def _lines(book: Book, axes: Axes, depth: int) -> None:
    """The threshold, and the line of the small start, which leaves it at a tangent."""
    rho, decay = fold(book, depth)
    amplitudes = np.linspace(0, float(LARGE), 300)
    axes.plot(rho(amplitudes), decay(amplitudes), **PENS[0].line)
    touching = float(decay(np.array(float(layer(depth)))))
    rows = np.linspace(touching, float(ETA[1]), 100)
    axes.plot(basin(book, depth)(rows), rows, **{**PENS[0].line, **PENS[1].line, "color": PENS[0].color})


def with_decay(book: Book) -> Figure:
    """Figure: two depths of encoder."""
    with styled():
        figure = empty(PAGE, 2.7)
        shown = figure.subplots(1, len(DEPTHS), sharey=True)
        for axes, depth in zip(shown, DEPTHS, strict=True):
            panel(book, axes, depth)
        shown[0].set_ylabel(r"weight decay $\eta$")
        figure.legend(*shown[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, markerscale=1.4)
    return figure


CAPTION = rf"""One predictor layer, encoders of depth $<L> = {", ".join(map(str, DEPTHS))}$, a live teacher:
{MATRICES}. Every layer of the encoder begins as $<u>(0)$ times a rotation, the predictor as $<u>(0)\,I$: small
starts with $<w>(0) = <u>(0)^{{<L>}} = {fraction(SMALL)}$, large ones with $<u>(0) = {fraction(LARGE)}$. {CRITERION}
Full line: the threshold $<eta>_c$ of @weight-decay-threshold@, here $<rho>^2/4$ and $27\,<rho>^4/256$. Broken line:
where the small start is the lower of the two fixed points; it leaves the threshold at a tangent, where both fixed
points are one."""


def drawings() -> Iterator[Drawing]:
    """The figure of this file."""
    title = "Weight decay keeps the features of large influence, and those only from starts that are large enough."
    yield Drawing("survival-weight-decay", with_decay, title, CAPTION, LABEL, (LABEL,))
