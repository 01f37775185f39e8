r"""A teacher that follows moves no fixed point: they are those of the live teacher, with the teacher on top of them.

At rest the teacher is where the student is, so that the moving average drops out of the equations.  With one layer
each, the triple (w, v, b) rests on two lines: survival, v = ρ with any w, and collapse, w = 0 with any v.  The flow
conserves v² - w² whatever the teacher does, and this number δ selects the point on the line: for 0 ≤ δ < ρ², that is
ρ² = m² + δ with m > 0, every positive start goes to w = m.  In balance there is one fixed point for every depth,
u^K = ρ, under both moving averages.

Source: tian2021directpred, Thm 1 and App. D.4.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    Conserved,
    ConvergesBetween,
    Follows,
    Identity,
    Less,
    Monotone,
    Moves,
    Zeros,
    component,
)
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, b, lam, rho, s, sigma2, tau, u, v, w

from ..printed import ONE_TEACHER, UNSTABLE_ORIGIN

single = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau)), "product")
product, layers, live = (
    modes(Model(Encoder(L), Predictor(K), LatentPrediction(), teacher), "balanced")
    for teacher in (EMA(tau), LayerEMA(tau), Live())
)

collapse, survival = component({w: 0, b: 0}, (w,)), component({v: rho, b: w}, (v - rho,))
lines = Zeros(
    single,
    (collapse, survival),
    (Cofactors(pairs({v: 1}), -sigma2, (2, 1)),),
    follows=(Follows(b, w, tau),),
)
kept = Conserved(single, v**2 - w**2)

unit = -sigma2 * u ** (K + 2 * L - 1)
learned = rho ** (1 / K)
one_of_product = Zeros(
    product,
    (component({u: learned, b: learned**L}, (u**K - rho,), K),),
    (Cofactors(pairs({u: 1}), unit),),
    follows=(Follows(b, u**L, tau),),
)
one_of_layers = Zeros(
    layers,
    (component({u: learned, s: learned}, (u**K - rho,), K),),
    (Cofactors(pairs({u: 1}), unit),),
    follows=(Follows(s, u, tau),),
)

delta = sp.Symbol("delta", nonnegative=True)
w0, b0, m = sp.Symbol("w0", positive=True), sp.Symbol("b0", positive=True), sp.Symbol("m", positive=True)
below, above = sp.Symbol("w_below", positive=True), sp.Symbol("w_above", positive=True)
threshold = sp.sqrt(m**2 + delta)
predictor = sp.sqrt(w**2 + delta)
level = restricted(
    modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau)), "product", {lam: sigma2 * threshold}),
    {v: predictor},
    (Fact(w, "positive"),),
)


def rests(amplitude: sp.Expr) -> Zeros:
    """The fixed point on the level set."""
    return Zeros(
        level,
        (component({w: amplitude, b: amplitude}, (w**2 - amplitude**2,), {w: sp.Integer(2)}),),
        (Cofactors(pairs({w: 1}), -sigma2 * w * predictor / (threshold + predictor)),),
        follows=(Follows(b, w, tau),),
    )


def reaches(amplitude: sp.Expr) -> ConvergesBetween:
    """Every positive start on the level set goes to an amplitude."""
    low, high = (pairs({w: corner, b: corner}) for corner in (below, above))
    start, to = pairs({w: w0, b: b0}), pairs({w: amplitude, b: amplitude})
    return ConvergesBetween(level, start, to, low, high, rests(amplitude))


reached = reaches(m)

ema_fixed_points = Statement(
    title="A teacher that follows moves no fixed point, and the imbalance selects the one that is reached",
    let=(
        Let(rho, lam / sigma2),
        Let(below, 1 / (1 / w0 + 1 / b0 + 1 / m)),
        Let(above, w0 + b0 + m),
    ),
    hypotheses=(Less(0, K), Less(0, lam)),
    claim=lines & kept & reached & one_of_product & one_of_layers,
    witness={K: 1, L: 2, lam: 2, sigma2: 1, tau: 1, delta: 1, m: 1, w0: 1, b0: 1, w: 1, v: 1, b: 1, u: 1, s: 1},
    near_misses=(
        NearMiss(
            Zeros(single, (survival,), (Cofactors(pairs({v: 1}), -sigma2 * w**2),), follows=lines.follows),
            at={w: 0, v: 3, b: 0, lam: 2, sigma2: 1, tau: 1, K: 1},
            why="the line of collapse is there too",
        ),
        NearMiss(
            Zeros(
                single, (collapse, component({v: rho, b: rho * w}, (v - rho,))), lines.cofactors, follows=lines.follows
            ),
            why="the teacher rests on the encoder, not on the prediction",
        ),
        NearMiss(Conserved(single, v**2 - w), why="one exponent"),
        NearMiss(Conserved(single, v**2 - w * b), why="the teacher is no part of what is conserved"),
        NearMiss(reaches(threshold), why="off balance the encoder's amplitude is not ρ"),
        NearMiss(
            Zeros(
                product,
                (component({u: learned, b: learned}, (u**K - rho,), K),),
                one_of_product.cofactors,
                follows=one_of_product.follows,
            ),
            why="the average of a product of L layers rests at u^L",
        ),
    ),
    source="tian2021directpred, Thm 1 and App. D.4 (K = L = 1)",
    printed=(
        ONE_TEACHER.read(
            Reading(
                "the ratio $b/w$ of a mode moves by its own value and $\\tau$ alone, so that modes that start with one"
                " ratio keep one",
                "refuted",
                Moves(single, b / w, tau * (1 - b / w)),
            ),
            Reading("at rest the ratio is 1 in every mode that survives", "confirmed", lines),
        ),
        UNSTABLE_ORIGIN.read(
            Reading(
                "for $0 \\leq \\delta < \\rho^2$ no positive start, however small, stays near it: all go to $w = m$",
                "confirmed",
                reached,
            ),
        ),
    ),
)


@proves(ema_fixed_points)
def theorem():
    yield (
        f"With one layer each, $\\dot w = {tex(single.rates[w])}$, $\\dot v = {tex(single.rates[v])}$ and $\\dot b ="
        f" {tex(single.rates[b])}$.  At rest $b = w$, and then encoder and predictor have the rates"
    )
    at_rest = {b: w}
    yield Identity(single.rates[w].subs(at_rest), -sigma2 * w * v * (v - rho))
    yield Identity(single.rates[v].subs(at_rest), -sigma2 * w**2 * (v - rho))
    yield "The second vanishes where $w = 0$ or $v = \\rho$, and then so does the first:"
    yield lines
    yield "Which of these points is reached, the imbalance of predictor and encoder decides, for"
    yield kept
    yield (
        f"On the level set $v = {tex(predictor)}$, and with $\\rho = {tex(threshold)}$, the encoder moves by $\\dot w ="
        f" {tex(level.rates[w])}$ for positive amplitudes.  Each variable helps the other there.  Below the start and"
        " $m$ lies $w_{\\mathrm{below}}$, above them $w_{\\mathrm{above}}$:"
    )
    yield from _corners()
    yield "so that the rates point into the box with these corners.  It holds one fixed point, and hence"
    yield reached
    yield (
        f"In balance the student moves by $\\dot u = {tex(product.rates[u])}$ beside the average $b$ of the product,"
        " and with $s^L$ in the place of $b$ beside averages $s$ of the layers.  At rest $b = u^L$ or $s = u$, and the"
        " rate is"
    )
    yield Identity(product.rates[u].subs({b: u**L}), unit * (u**K - rho))
    yield "under the one as"
    yield Identity(layers.rates[u].subs({s: u}), unit * (u**K - rho))
    yield "under the other, so that there is one fixed point, the one of the live teacher:"
    yield one_of_product
    yield one_of_layers
    yield ema_fixed_points.claim


def _corners():
    """Two amplitudes, one below and one above, at which the rates point inward."""
    low, high = (sp.sqrt(corner**2 + delta) for corner in (below, above))
    yield from (AtMost(below, one) for one in (w0, b0, m))
    yield AtMost(low, threshold, by=Monotone(below**2 + delta, m**2 + delta, sp.S.Half))
    yield AtMost(0, _speed(below), by=sigma2 * low * below * (threshold - low))
    yield from (AtMost(one, above) for one in (w0, b0, m))
    yield AtMost(threshold, high, by=Monotone(m**2 + delta, above**2 + delta, sp.S.Half))
    yield AtMost(_speed(above), 0, by=sigma2 * high * above * (high - threshold))


def _speed(corner):
    """The encoder's rate at a corner of the box."""
    return level.rates[w].subs({w: corner, b: corner}, simultaneous=True)
