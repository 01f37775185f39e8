r"""Every sign of the imbalance and of ρ under a moving average, and the algebraic law at the threshold.

One layer each.  Changing the signs of v and λ together changes nothing, nor does changing those of w and b: so let v be
positive where v² - αw² = d² > 0 keeps its sign, and w positive where αm = αw² - v² > 0 keeps that of w.

With a larger predictor and ρ = d the quadratic form of `imbalance-threshold-ema` falls at least like 1/t, whatever the
signs of student and teacher, and positive starts are no faster than under the live teacher, so that the encoder falls
like t^{-1/2}.  With ρ ≤ 0 every start collapses: exponentially for d > 0, and at least like t^{-1/2} in balance,
along a function that the signs of w and b do not enter.  With a larger encoder nothing is lost: a negative teacher
rises above a positive bound, then a predictor of the wrong sign is drawn through zero, and every start with v ≥ 0 and a
positive teacher goes to v = ρ; without correlation the predictor alone decays.

For ρ > d ≥ 0 student and teacher of opposite signs are told in `imbalance-opposite-signs`.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    ConvergesBetween,
    Follows,
    Less,
    Linearized,
    Monotone,
    Ordered,
    Quadratic,
    Zeros,
    component,
    dominated,
)
from symjepa.statements.descriptions import pairs, restricted
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import alpha, b, lam, sigma2, t, tau, v, w

from .imbalance_threshold import beneath
from .imbalance_threshold_ema import V, averaged, b0, d, form, high, on_curve, q0, threshold, w0

# At the threshold.

top, k = sp.Symbol("Q", positive=True), sp.Symbol("omega", positive=True)
X, Y = V * w, d * b
Z = X - Y
wide = alpha * top + d**2
slack = top - form
inequality = (
    sigma2 * alpha**2 * w**6 / (2 * (V + d) ** 2)
    + w**4 * (sigma2 * alpha - 4 * k) / 2
    + k * (w**2 - sigma2 / tau * Y**2) ** 2
    + w**2 * Y**2 * sigma2 * alpha**2 * w**2 / (2 * V**2 * (V + d) ** 2)
    + w**2 * Y**2 * sigma2 / (2 * V**2 * tau**2) * (alpha * tau**2 - 8 * k * sigma2 * wide**2)
    + w**2 * Y**2 * sigma2 / (2 * V**2 * tau**2) * 8 * k * sigma2 * alpha * (wide + V**2) * slack
    + w**2 * Y**2 * sigma2 / (2 * V**2 * tau**2) * 8 * k * sigma2 * alpha * (wide + V**2) * sigma2 / tau * Y**2
    + sigma2 * d / V * Z**2
    + sigma2 / tau * Z**2 * (tau - 4 * k * top)
    + sigma2 / tau * Z**2 * 4 * k * slack
    + sigma2 / tau * Z**2 * 4 * k * w**2
    + 2 * k * sigma2**2 / tau**2 * Y**2 * (X + Z) ** 2
)


def algebraic(factor, by=None):
    """The form falls at least like 1/t."""
    speed = factor * k
    on = (AtMost(form, top),)
    return dominated(threshold, form, q0, q0 / (1 + speed * q0 * t), -speed * q0**2, t, by, on)


at_most = algebraic(1, inequality)
own = on_curve(d, (Fact(w, "positive"), Fact(b, "positive")))
no_faster = Ordered(
    own, pairs({w: w0, b: b0}), beneath(1, d), pairs({w: w0}), pairs({w: w, b: w}), above=True, trend=-1
)

V0 = V.subs(w, w0)
behind = (
    AtMost(d, V0, by=Monotone(d**2, alpha * w0**2 + d**2, sp.S.Half)),
    AtMost(V0 * d, alpha * w0**2 + d**2, by=V0 * (V0 - d)),
)

# ρ of the other sign, or none.

g, kappa, e0 = sp.Symbol("g", nonnegative=True), sp.Symbol("kappa", positive=True), sp.Symbol("e0", real=True)
begun = sp.Symbol("e1", positive=True)
wrong = on_curve(-g)
excess = alpha * w**2 / (V + d)
energy = 2 / alpha * (V - d) + sigma2 * g / tau * b**2
falls = (
    2 * w**2 / (V + d) * sigma2 * excess * (V + 2 * d)
    + 2 * w**2 / (V + d) * (2 * sigma2 * d**2 - kappa)
    + sigma2 * g / tau * (2 * tau - kappa) * b**2
)


def collapses(rate, by=None):
    """Exponentially, with a larger predictor."""
    return dominated(wrong, energy, e0, e0 * sp.exp(-rate * t), -rate * e0, t, by)


balanced = restricted(averaged(-g), {v: sp.sqrt(alpha) * w}, (Fact(w, "positive"),))
P, R = 2 / sp.sqrt(alpha) * w, sigma2 * g / tau * b**2
cubic = (
    (sigma2 * alpha**2 - 16 * k) / 4 * P**3
    + 3 * k * (P + R) * (P - R) ** 2
    + 2 * R * (tau - 2 * k * top**2)
    + 4 * k * R * (top + R) * (top - P - R)
    + 4 * k * R * (top + R) * P
)


def fades(factor, by=None):
    """At least like t^{-1/2}, in balance."""
    bound = (begun**-2 + 2 * factor * k * t) ** -sp.S.Half
    return dominated(balanced, P + R, begun, bound, -factor * k * begun**3, t, by, (AtMost(P + R, top),))


# A larger encoder.

m, r, far, least = (sp.Symbol(name, positive=True) for name in ("m", "r", "A", "beta"))
v0, high_b = sp.Symbol("v0", nonnegative=True), sp.Symbol("b_high", positive=True)
y0, x0 = sp.Symbol("y0", real=True), sp.Symbol("x0", real=True)
U = sp.sqrt(v**2 / alpha + m)


def larger(rho):
    """Predictor and teacher on w = (v²/α + m)^{1/2}."""
    return restricted(averaged(rho), {w: U})


rest, top_w = U.subs(v, r), U.subs(v, far)
learned = Zeros(
    larger(r),
    (component({v: r, b: rest}, (v - r,)),),
    (Cofactors(pairs({v: 1}), -alpha * sigma2 * U**2),),
    follows=(Follows(b, U, tau),),
)


def reaches(to):
    """From v ≥ 0 and a positive teacher."""
    ends = pairs({v: 0, b: least}), pairs({v: far, b: top_w})
    return ConvergesBetween(larger(r), pairs({v: v0, b: b0}), pairs({v: to, b: rest}), *ends, learned)


def arrives(factor):
    """The two rates at the end."""
    linear, constant = sigma2 * (2 * r**2 + alpha * m) + tau, tau * sigma2 * (r**2 + factor * alpha * m)
    return Linearized(larger(r), pairs({v: r, b: rest}), (Quadratic(linear, constant),), stable=True)


edge = sp.sqrt(m)
teacher_rises = dominated(
    larger(r),
    b,
    y0,
    edge + (y0 - edge) * sp.exp(-tau * t),
    tau * (edge - y0),
    t,
    tau * v**2 / alpha / (U + edge),
    from_below=True,
)


def crosses(factor, by=None):
    """A predictor of the wrong sign, once the teacher is at least β, rises at a constant speed."""
    speed = factor * alpha * sigma2 * r * edge * least
    on = (Less(v, 0), AtMost(least, b))
    return dominated(larger(r), v, x0, x0 + speed * t, speed, t, by, on, from_below=True)


drawn = alpha * sigma2 * (-v * U**2 + r * U * (b - least) + r * least * v**2 / alpha / (U + edge))


def noise(rate, by=None):
    """Without correlation the predictor decays."""
    return dominated(larger(0), v**2, e0, e0 * sp.exp(-rate * t), -rate * e0, t, by)


forgets = noise(2 * alpha * sigma2 * m, 2 * sigma2 * v**4)

numbers = {
    **{alpha: 1, sigma2: 1, tau: 4, lam: 1, d: 1, w0: 1, b0: 1, high: 2, q0: 1, t: 1, top: 1},
    **{g: 1, kappa: 2, e0: 1, begun: 1, m: 1, r: 1, far: 1, least: sp.S.Half, v0: 0, y0: -1, x0: -1, w: 1, b: 1, v: 1},
    k: sp.Rational(1, 16),
}
small = {**numbers, w: sp.Rational(1, 4), b: sp.Rational(1, 4)}

imbalance_signs_ema = Statement(
    title=(
        "Under a moving average a larger encoder has no threshold either, a wrong sign collapses, and equality is"
        " algebraic"
    ),
    hypotheses=(
        AtMost(w0, b0),
        AtMost(4 * k, sigma2 * alpha),
        AtMost(8 * k * sigma2 * wide**2, alpha * tau**2),
        AtMost(4 * k * top, tau),
        AtMost(kappa, 2 * sigma2 * d**2),
        AtMost(kappa, 2 * tau),
        AtMost(16 * k, sigma2 * alpha**2),
        AtMost(2 * k * top**2, tau),
        AtMost(least, edge),
        AtMost(least, b0),
        AtMost(v0, far),
        AtMost(r, far),
        AtMost(b0, top_w),
    ),
    claim=at_most
    & no_faster
    & collapses(kappa, falls)
    & fades(1, cubic)
    & learned
    & reaches(r)
    & arrives(1)
    & teacher_rises
    & crosses(1, drawn)
    & forgets,
    witness=numbers,
    near_misses=(
        NearMiss(algebraic(1000), at=small, why="a thousand times as fast"),
        NearMiss(collapses(2 * sigma2 * d**2 + 2 * tau), at=numbers, why="faster than student and teacher together"),
        NearMiss(
            fades(1000), at={**numbers, w: sp.Rational(1, 4), b: sp.Rational(1, 4)}, why="a thousand times as fast"
        ),
        NearMiss(arrives(2), at=numbers, why="the predictor does not answer twice"),
        NearMiss(crosses(4), at={**numbers, v: sp.Rational(-1, 10)}, why="four times the speed"),
        NearMiss(noise(4 * alpha * sigma2 * m), at={**numbers, v: sp.Rational(1, 2)}, why="twice the rate"),
    ),
    source="tian2021directpred, Thm 1, for what is conserved",
)


@proves(imbalance_signs_ema)
def theorem():
    yield (
        f"At the threshold, $\\rho = d$, the form ${tex(form)}$ falls at least by a multiple of its square.  For write"
        f" $V$ for the predictor ${tex(V)}$, $X = Vw$, $Y = db$ and $Z = X - Y$: its loss contains positive multiples"
        " of $w^4$, $w^2 Y^2$ and $Z^2$, and $Y^4$, the part of the square that is missing there, is at most $2 Y^2"
        " (X^2 + Z^2)$, since $Y = X - Z$.  As long as the form is at most $Q$,"
    )
    yield at_most
    yield (
        "A positive start whose teacher is not behind falls no faster than under the live teacher, for which"
        " `imbalance-threshold` has an envelope from below:"
    )
    yield from behind
    yield no_faster
    yield (
        "For $\\rho = -g \\leq 0$ the drive is undone by the teacher: in the derivative of"
        f" ${tex(energy)}$ the products of $w$ and $b$ cancel, and squares are left,"
    )
    yield collapses(kappa, falls)
    yield "and so in balance, where $V = \\sqrt\\alpha w$, along $2w/\\sqrt\\alpha$ and the same square of the teacher:"
    yield fades(1, cubic)
    yield (
        f"With a larger encoder $w = {tex(U)}$.  At rest the teacher equals the encoder, and $v = \\rho = r$, the one"
        " fixed point:"
    )
    yield learned
    yield "Where $v \\geq 0$ each variable helps the other, so that every start there with a positive teacher arrives,"
    yield AtMost(edge, rest, by=Monotone(m, r**2 / alpha + m, sp.S.Half))
    yield AtMost(rest, top_w, by=Monotone(r**2 / alpha + m, far**2 / alpha + m, sp.S.Half))
    yield reaches(r)
    yield arrives(1)
    yield "A teacher of any sign rises, for the encoder is never below $\\sqrt m$,"
    yield teacher_rises
    yield "and then a predictor of the wrong sign is drawn to zero in finite time, and through it:"
    yield crosses(1, drawn)
    yield "Without correlation the predictor decays, and the encoder keeps $\\sqrt m$:"
    yield forgets
    yield imbalance_signs_ema.claim
