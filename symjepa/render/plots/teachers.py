"""What a moving average delays: linear rates against its own rate, and trajectories with proved digits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from symjepa.exact.balls import precision
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.render.plots.drawing import Book, Drawing, Feature, claims_of, flow, fraction, framed
from symjepa.render.plots.look import GREY, PAGE, PENS, empty, styled
from symjepa.render.plots.outcomes import Curve, floats
from symjepa.render.plots.paths import Array, NoCurve, function
from symjepa.statements.claims import Linearized, Within
from symjepa.symbols import K, L, lam, sigma2, tau, u
from symjepa.verify.corroborate.enclose import Enclosure, enclose
from symjepa.verify.corroborate.enclose.result import accuracy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Rates.

RATES, LIMITS = "ema-decay-rates", "teacher-rates"
MODE = Feature(Fraction(1), Fraction(4, 5))
DEPTHS = ((1, 1), (1, 3), (3, 1), (2, 3))
"""(K, L)."""
DECADES = (-2, 2)


def model(predictor: int | sp.Expr, encoder: int | sp.Expr, teacher: Any) -> Model:
    """A JEPA of these depths."""
    return Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), teacher)


def decay_rates(book: Book, predictor: int, encoder: int) -> tuple[Curve, Curve]:
    """The slow and the fast rate of the theorem as functions of τ."""
    (claim,) = (one for one in claims_of(book, RATES, Linearized) if one.flow.model == model(K, L, EMA(tau)))
    numbers = {K: predictor, L: encoder, **MODE.values}
    slow, fast = (function(-rate, tau, numbers) for rate in claim.rates)
    return slow, fast


def limits(book: Book, predictor: int, encoder: int) -> tuple[tuple[Curve, Curve], tuple[Curve, Curve]]:
    """For the slow rate and for the fast one, what it is for a slow teacher and for a fast one."""
    slow, fast = (rate(np.array(1.0)) for rate in decay_rates(book, predictor, encoder))
    answers = {"A": slow + fast - 1 - slow * fast, "B": slow * fast}  # their sum is τ + A + B, their product τB
    claims = claims_of(book, LIMITS, Within)
    found = [function(claim.of, tau, {x: answers[x.name] for x in claim.of.free_symbols - {tau}}) for claim in claims]
    at_slow, at_fast, at_slow_too, at_fast_too = found
    return (at_slow, at_fast), (at_slow_too, at_fast_too)


def eigenvalues(predictor: int, encoder: int, teacher: Any, rate: float) -> Array:
    """The decay rates of the derived flow, linearised at rest, in increasing order."""
    own = flow(model(predictor, encoder, teacher))
    rest = dict.fromkeys(own.state, sp.sympify(MODE.rho) ** sp.Rational(1, predictor))
    rest |= {x: rest[u] ** encoder for x in own.state if isinstance(teacher, EMA) and x != u}
    at = {**rest, **{x: sp.sympify(value) for x, value in MODE.values.items()}, tau: sp.Float(rate)}
    slopes = [[float(sp.diff(own.rates[x], y).xreplace(at)) for y in own.state] for x in own.state]
    return np.sort(-np.linalg.eigvals(np.array(slopes)).real)


def rate_panels(book: Book, panels: Any) -> None:
    """Both rates against τ, each with its two limits and with eigenvalues, of both averages in turn."""
    rates, marked = np.logspace(*DECADES, 200), np.logspace(DECADES[0] + 0.2, DECADES[1] - 0.2, 10)
    for pen, depths in zip(PENS, DEPTHS, strict=False):
        curves, bounds = decay_rates(book, *depths), limits(book, *depths)
        teachers = [EMA(tau), LayerEMA(tau)] * (len(marked) // 2)
        found = np.array([eigenvalues(*depths, *one) for one in zip(teachers, marked, strict=True)])
        turn = float(bounds[1][0](rates)[0])  # A + B: the teacher is slow or fast beside it
        for axes, curve, both, dots in zip(panels, curves, bounds, found.T, strict=True):
            axes.plot(rates, curve(rates), **pen.line, label="$K = {},\\ L = {}$".format(*depths))
            for limit, where in zip(both, (rates < 4 * turn, rates > turn / 4), strict=True):
                axes.plot(rates[where], limit(rates[where]), color=pen.color, linewidth=0.5)
            axes.plot(marked, dots, **pen.dots)


def rates(book: Book) -> Figure:
    """Figure: the slow and the fast rate of a balanced mode."""
    with styled():
        figure = empty(PAGE, 2.7)
        panels = figure.subplots(1, 2)
        rate_panels(book, panels)
        for axes, name in zip(panels, ("slow", "fast"), strict=True):
            framed(axes, xscale="log", yscale="log", xlabel=r"rate of the teacher $\tau$", title=f"the {name} rate")
            axes.set(xlim=(10.0 ** DECADES[0], 10.0 ** DECADES[1]))
        panels[0].set(ylabel="decay rate", ylim=(2e-3, 4))
        panels[1].set(ylim=(0.8, 150))
        panels[1].legend(loc="upper left")
        _regimes(panels)
    return figure


def _regimes(panels: Any) -> None:
    """What the rates are beside a slow teacher, and beside a fast one."""
    words: dict[str, Any] = {"color": GREY, "fontsize": 7.5}
    panels[0].text(0.13, 0.009, r"$\approx\tau K/(K+L)$", **words)
    panels[0].text(80, 2.7, r"$\approx Kc$", ha="right", **words)
    panels[1].text(0.013, 4.0, r"$\approx (K+L)\,c$", **words)
    panels[1].text(90, 13, r"$\approx\tau + Lc$", ha="right", **words)


# Trajectories.

ORDER = "teacher-order"
DEPTH, RATE = 3, Fraction(1, 10)
DIGITS, SPARE = 20, 2
POINTS = 80


@dataclass(frozen=True)
class Start:
    """A layer amplitude of student and teacher at time 0, on one side of what is learned, and the teachers from the
    fastest to the slowest.
    """

    layer: Fraction
    until: int
    bend: int
    title: str
    side: int
    order: tuple[str, str, str]

    @property
    def times(self) -> tuple[Fraction, ...]:
        """Where the trajectories are drawn: evenly, or denser at first."""
        return tuple(self.until * Fraction(k, POINTS) ** self.bend for k in range(POINTS + 1))


RISING = Start(Fraction(2, 5), 120, 1, "from below", -1, ("live", "product", "layers"))
FALLING = Start(Fraction(3, 2), 32, 2, "from above", 1, ("live", "layers", "product"))
TEACHERS = {"live": Live(), "product": EMA(tau), "layers": LayerEMA(tau)}
STYLES = dict(zip(TEACHERS, PENS, strict=False))
WORDS = {"live": "live", "product": "average of the product", "layers": "averages of the layers"}


def enclosed(start: Start, teacher: str) -> Enclosure:
    """The trajectory in balls."""
    own = flow(model(1, DEPTH, TEACHERS[teacher]))
    values = {lam: Fraction(1), sigma2: Fraction(1), tau: RATE}
    begin = {x: start.layer ** (DEPTH if teacher == "product" and x != u else 1) for x in own.state}
    return enclose(own, {x: values[x] for x in own.parameters}, begin, start.until, DIGITS + SPARE)


def balls(start: Start) -> dict[str, list[Any]]:
    """u^L at all times of the picture for each teacher, in balls that hold the digits that the caption promises."""
    found = {}
    for name in TEACHERS:
        enclosure = enclosed(start, name)
        with precision(enclosure.bits):
            found[name] = [enclosure.at(time)[u] ** DEPTH for time in start.times]
        if accuracy(found[name]) < DIGITS:
            raise NoCurve(f"a curve needs {DIGITS} proved digits, and has {accuracy(found[name])}: shorten the time")
    return found


def paths_panel(axes: Axes, start: Start, found: dict[str, list[Any]]) -> None:
    """Amplitudes over time, at the middles of their balls."""
    times = floats(start.times)
    for name, pen in STYLES.items():
        axes.plot(times, middles(found[name]), **pen.line, label=WORDS[name])
    framed(axes, xlim=(-start.until / 50, start.until), title=start.title, xticklabels=[])


def gaps_panel(axes: Axes, start: Start, found: dict[str, list[Any]]) -> None:
    """How far each teacher is behind the next faster one, on a logarithmic axis, in the style of the slower."""
    times = floats(start.times)[1:]
    for first, second in pairwise(start.order):
        axes.plot(times, gaps(start, found, first, second), **STYLES[second].line)
    framed(axes, yscale="log", xlim=(-start.until / 50, start.until), ylim=(1e-6, 4), xlabel="time $t$")


def gaps(start: Start, found: dict[str, list[Any]], faster: str, slower: str) -> Array:
    """How far one teacher is behind another at all times but 0, at the middles; whole balls have that order."""
    behind = [start.side * (x - y) for x, y in zip(found[slower], found[faster], strict=True)][1:]
    if not all(x > 0 for x in behind):
        raise NoCurve(f"{slower} is not shown to be behind {faster} at all times: see their order, or raise DIGITS")
    return middles(behind)


def middles(found: list[Any]) -> Array:
    """Floats in the middle of balls."""
    return np.array([float(x.mid()) for x in found])


def three_teachers(_: Book) -> Figure:
    """Figure: from below and from above, amplitudes and how far each teacher is behind."""
    with styled():
        figure = empty(PAGE, 3.3)
        axes = figure.subplots(2, 2, height_ratios=(1.6, 1))
        for column, start in enumerate((RISING, FALLING)):
            found = balls(start)
            paths_panel(axes[0, column], start, found)
            gaps_panel(axes[1, column], start, found)
        axes[0, 0].set_ylabel("encoder amplitude $w$")
        axes[1, 0].set_ylabel("behind the\nnext faster one")
        axes[0, 1].legend(loc="upper right")
    return figure


RATES_CAPTION = rf"""The two rates at which a balanced mode approaches what it learns, against the rate $<tau>$ of
the teacher, for $<lam> = {MODE.lam}$, $<rho> = {MODE.rho}$. Lines: @ema-decay-rates@; they are the same for the
average of the product and for averages of the layers. Thin lines: the limits of @teacher-rates@ for a slow and for
a fast teacher, with $c = <sigma>^2<rho>^{{2(<K>+<L>-1)/<K>}}$; $<K>c$ is the rate under a live teacher. Markers:
eigenvalues of the derived flows, linearised at rest, in turn with the average of the product and with averages of
the layers."""

TRAJECTORIES_CAPTION = rf"""One predictor layer, an encoder of depth $<L> = {DEPTH}$, $<lam> = <rho> = 1$, and
moving averages with $<tau> = {fraction(RATE)}$. Student and teacher start together, every layer at $<u>(0) =
{fraction(RISING.layer)}$ (left) and ${fraction(FALLING.layer)}$ (right). Above: the amplitude $<w> = <u>^{{<L>}}$
of the encoder. Below: how far each average is behind the next faster teacher, drawn like the slower one. By
@teacher-order@ the order is the same at all times: from below live, average of the product, averages of the layers;
from above the last two change places. The lines join {POINTS + 1} enclosures each, balls in which at least {DIGITS}
digits of $<w>$ are proved, at their middles; those of different teachers are disjoint at all of these times but the
first."""


def drawings() -> Iterator[Drawing]:
    """The figures of this file."""
    title = "A moving average slows the approach to what is learned, and never makes it oscillate."
    yield Drawing("teacher-rates", rates, title, RATES_CAPTION, RATES, (RATES, LIMITS))
    title = "A moving average delays, at all times and in a fixed order."
    yield Drawing("three-teachers", three_teachers, title, TRAJECTORIES_CAPTION, ORDER, (ORDER,))
