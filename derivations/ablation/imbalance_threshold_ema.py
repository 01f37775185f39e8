r"""A moving average does not move the threshold of an oversized predictor.

For one layer each the imbalance v²/α - w² = d²/α is conserved under every teacher, so that encoder and teacher are
left, and their flow is cooperative.  It has one fixed point besides the origin if ρ > d, and none if ρ ≤ d: every
positive start converges, above the threshold to the encoder with w² = (ρ² - d²)/α, and to zero at and below it.  Only
the pace depends on τ.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import EMA, Encoder, LatentPrediction, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    Component,
    Conserved,
    ConvergesBetween,
    Follows,
    Linearized,
    Monotone,
    Quadratic,
    Zeros,
    dominated,
)
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import alpha, b, lam, sigma2, t, tau, v, w

d, w0, b0, rest = (sp.Symbol(name, positive=True) for name in ("d", "w0", "b0", "W"))
low, high, kappa = (sp.Symbol(name, positive=True) for name in ("a", "A", "kappa"))
h, q0 = sp.Symbol("h", nonnegative=True), sp.Symbol("q0", nonnegative=True)
V = sp.sqrt(alpha * w**2 + d**2)


def averaged(rho=None):
    """One layer each, under a moving average."""
    model = Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau), alpha)
    return modes(model, "product", {} if rho is None else {lam: sigma2 * rho})


def on_curve(rho, where=()):
    """Encoder and teacher on v = (α w² + d²)^{1/2}."""
    return restricted(averaged(rho), {v: V}, where)


kept = Conserved(averaged(), v**2 / alpha - w**2)
inside = (Fact(w, "positive"), Fact(b, "positive"))
above, below, threshold = on_curve(sp.sqrt(alpha * rest**2 + d**2), inside), on_curve(d - h), on_curve(d)
rho = sp.sqrt(alpha * rest**2 + d**2)

start = pairs({w: w0, b: b0})


def corner(value):
    """Encoder and teacher at one value."""
    return pairs({w: value, b: value})


learned = Zeros(
    above,
    (Component(corner(rest), (w**2 - rest**2,), sp.Integer(2)),),
    (Cofactors(pairs({w: 1}), -sigma2 * alpha * w * V / (V + rho)),),
    follows=(Follows(b, w, tau),),
)
survives = ConvergesBetween(above, start, corner(rest), corner(low), corner(high), learned)
arrives = Linearized(
    above,
    corner(rest),
    (Quadratic(sigma2 * (d**2 + 2 * alpha * rest**2) + tau, tau * sigma2 * alpha * rest**2),),
    stable=True,
)
V_low, V_high = (V.subs(w, end) for end in (low, high))
order = (
    AtMost(V_low, rho, by=Monotone(alpha * low**2 + d**2, alpha * rest**2 + d**2, sp.S.Half)),
    AtMost(alpha * low**2 + d**2, V_low * rho, by=V_low * (rho - V_low)),
    AtMost(rho, V_high, by=Monotone(alpha * rest**2 + d**2, alpha * high**2 + d**2, sp.S.Half)),
    AtMost(V_high * rho, alpha * high**2 + d**2, by=V_high * (V_high - rho)),
)

# Below the threshold: a quadratic form of encoder and teacher falls exponentially, whatever their signs.
X, Y = V * w, d * b
cross = (d - h) / d + d / V
form = w**2 + sigma2 * d**2 / tau * b**2
squares = (
    sigma2 * cross * (X - Y) ** 2
    + sigma2 * alpha * w**2 / (V * (V + d)) * (X**2 + Y**2)
    + sigma2 * h / d * alpha * w**4
    + (sigma2 * h * d - kappa) * w**2
    + sigma2 * d / tau * (h * tau - kappa * d) * b**2
)


def bound(rate, by=None):
    """The form under its exponential."""
    return dominated(below, form, q0, q0 * sp.exp(-rate * t), -rate * q0, t, by=by)


collapses = bound(kappa, squares)

# At the threshold and below it, positive starts.
origin = Zeros(
    threshold,
    (Component(corner(sp.S.Zero), (w,)),),
    (Cofactors(pairs({w: 1}), -sigma2 * alpha * V / (V + d), (3,)),),
    follows=(Follows(b, w, tau),),
)
at_threshold = ConvergesBetween(threshold, start, corner(sp.S.Zero), corner(sp.S.Zero), corner(high), origin)
top = (
    AtMost(d, V_high, by=Monotone(d**2, alpha * high**2 + d**2, sp.S.Half)),
    AtMost(V_high * d, alpha * high**2 + d**2, by=V_high * (V_high - d)),
)

imbalance_threshold_ema = Statement(
    title="A moving average does not move the threshold that a larger predictor sets",
    hypotheses=(
        AtMost(low, w0),
        AtMost(low, b0),
        AtMost(low, rest),
        AtMost(w0, high),
        AtMost(b0, high),
        AtMost(rest, high),
        AtMost(h, d),
        AtMost(kappa, sigma2 * h * d),
        AtMost(kappa * d, tau * h),
    ),
    claim=kept & learned & survives & arrives & collapses & origin & at_threshold,
    witness={
        **{low: 1, high: 2, rest: 1, w0: 1, b0: 2, d: 1, h: 1, kappa: 1, sigma2: 1, tau: 1, alpha: 1, lam: 1},
        **{v: 2, w: 1, b: 1, t: 1, q0: 1},
    },
    near_misses=(
        NearMiss(Conserved(averaged(), v**2 / alpha + w**2), why="it is the difference that is conserved"),
        NearMiss(bound(2 * sigma2 * h * d + 2 * tau), why="faster than the teacher follows"),
        NearMiss(
            Linearized(
                above,
                corner(rest),
                (Quadratic(sigma2 * (d**2 + alpha * rest**2) + tau, tau * sigma2 * alpha * rest**2),),
                stable=True,
            ),
            why="both encoder and predictor answer",
        ),
        NearMiss(
            Zeros(
                above,
                (Component(corner(rest / 2), (w**2 - rest**2 / 4,), sp.Integer(2)),),
                learned.cofactors,
                follows=learned.follows,
            ),
            why="another amplitude",
        ),
    ),
    source="tian2021directpred, Thm 1",
)


@proves(imbalance_threshold_ema)
def theorem():
    yield "The teacher enters only through the target, so that the imbalance is conserved as before:"
    yield kept
    yield (
        f"On $v = {tex(V)}$ encoder and teacher move by $\\dot w = {tex(averaged().rates[w])}$ and $\\dot b ="
        f" {tex(averaged().rates[b])}$.  Write $\\rho = {tex(rho)}$, with $W > 0$ exactly for $\\rho > d$.  At rest the"
        " teacher equals the student, and one such point is positive:"
    )
    yield learned
    yield (
        "More of the teacher never hinders the student, nor the other way round.  In a box that holds the start and"
        " $W$ the rates point inward at both corners,"
    )
    yield from order
    yield "so that every positive start survives, with two rates, real and negative, at the end:"
    yield survives
    yield arrives
    yield (
        "Below the threshold, $\\rho = d - h$, one quadratic form of encoder and teacher falls along every trajectory,"
        " whatever the signs: what it loses, less $\\kappa$ times the form itself, is a sum of squares for every rate"
        " $\\kappa$ up to $\\sigma^2 h d$ and $\\tau h/d$:"
    )
    yield collapses
    yield "At the threshold the origin is the only fixed point, and positive starts converge to it by the same rule:"
    yield origin
    yield from top
    yield at_threshold
    yield imbalance_threshold_ema.claim
