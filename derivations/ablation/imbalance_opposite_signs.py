r"""Between student and teacher of opposite signs one curve through the origin decides, and in balance the student wins.

One layer each, under a moving average, ρ > 0, a predictor larger than the encoder or in balance with it, and after a
change of signs w > 0 > b.  There the student falls and the teacher rises, until one of them passes zero.

With v² - αw² = d² > 0 and ρ > d the origin is a saddle between the two learned points.  Its stable direction is
b = -θw, where θ is the one positive number with τ(1 + θ) = σ²dθm, m = ρθ + d.  The starts that tend to the origin are
one curve b = -φ(w): from above it the teacher passes zero and the student's sign wins, from below it the student does,
and the teacher's sign wins.  It has no closed form here, but lies between two explicit curves that touch it at the
origin and stay bounded: with V = (αw² + d²)^{1/2},

    θ d w / V ≤ φ(w) ≤ θ (m + d) w / (V + m).

So a teacher beyond θ(m + d)/√α wins against every student.  As θ lies between τ/(σ²dρ) and τ/(σ²d²), every start is
won by a teacher that is slow enough, and by the student if the teacher is fast enough.  In balance, d = 0, a student
never passes zero, and always wins.

That the curve is the only one is seen from b as a function of w along a trajectory: two of them approach each other as
w grows from zero.

Source: the conserved imbalance is that of tian2021directpred, Thm 1; the curve is ours.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import EMA, Encoder, LatentPrediction, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    ConvergesBetween,
    Follows,
    Less,
    Linearized,
    Monotone,
    Root,
    Separates,
    Zeros,
    component,
    dominated,
)
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import alpha, b, lam, sigma2, t, tau, v, w

from .imbalance_threshold_ema import V, averaged, b0, d, high, low, on_curve, rest, w0
from .imbalance_threshold_ema import rho as learned

g, theta, m, pace, slope = (sp.Symbol(name, positive=True) for name in ("g", "theta", "m", "tau_1", "x"))
rho = d + g
model = Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau), alpha)


def opposed(rho, where=()):
    """Encoder and teacher on v = (α w² + d²)^{1/2}, under a teacher whose rate τ₁ belongs to θ."""
    return restricted(modes(model, "product", {lam: sigma2 * rho, tau: pace}), {v: V}, where)


flow = opposed(rho)
larger = AtMost(d, V, by=Monotone(d**2, alpha * w**2 + d**2, sp.S.Half))
over = V - d

# The stable direction, and the saddle.

one_slope = Root(
    sigma2 * d * slope * (rho * slope + d) / (1 + slope) - tau,
    slope,
    (tau / (sigma2 * d * rho), tau / (sigma2 * d**2)),
    rising=True,
    slope=sigma2 * d * (rho * slope**2 + 2 * rho * slope + d) / (1 + slope) ** 2,
)
follows = sigma2 * d * theta * m / (1 + theta)
growth = sigma2 * d * theta * g / (1 + theta)


def saddle(growth):
    """The origin, with a rate of growth."""
    return Linearized(flow, pairs({w: 0, b: 0}), (growth, -sigma2 * d * m), stable=False)


# The curve and its bounds.

near, far = theta * d * w / V, theta * (m + d) * w / (V + m)
root = sp.sqrt(alpha)
strip = g / root
contracts = pace * sigma2 * V * w * (root * (strip - w) + 2 * d * root * w / (d + root * w + V))
touches_near = (rho * theta * over * (V**2 + V * d + d**2) + d * V**2 * over + rho * theta**2 * d * over * (V + d)) * (
    sigma2 * d * theta * w / ((1 + theta) * V**3)
)
touches_far = (
    over**3 * m * (theta * (m + d) + m)
    + over**2 * (m + d) * (theta * (m + d) ** 2 + d**2 + m**2)
    + over * (m + d) ** 2 * (theta * (2 * d**2 + d * rho * theta + rho**2 * theta**2) + d**2 + rho**2 * theta**2)
) * (sigma2 * theta * w / ((1 + theta) * (V + m) ** 3))


def separated(near=near, far=far, flow=flow, inward=(None, None)):
    """One curve between two bounds."""
    return Separates(flow, (w, b), (near, far), strip, contracts, inward, (larger,))


curve = separated(inward=(touches_near, touches_far))

# How fast: everywhere in the quadrant, and below the tangent.

s0, y0 = sp.Symbol("s0", nonnegative=True), sp.Symbol("y0", positive=True)
quadrant = (AtMost(0, w), AtMost(b, 0))


def fades(factor, by=None):
    """Student and teacher together, at every τ, as long as their signs are opposite."""
    speed = factor * (tau + sigma2 * d**2)
    bound = s0 * sp.exp(-speed * t)
    return dominated(on_curve(rho), w - b, s0, bound, -speed * s0, t, by, quadrant, using=(larger,))


def leads(factor, by=None):
    """The teacher's lead before the tangent, as long as it is one."""
    speed, on = factor * growth, (AtMost(0, w), Less(theta * w, -b))
    bound = y0 * sp.exp(speed * t)
    return dominated(flow, -b - theta * w, y0, bound, speed * y0, t, by, on, from_below=True, using=(larger,))


together = fades(1, sigma2 * (alpha * w**3 - b * (over * rho + d * g)))
lead = leads(1, theta * sigma2 * over * (rho * (-b - theta * w) + w * (rho * theta + V + d)))

# Where those end whom the teacher wins: `imbalance-threshold-ema` with both signs changed.

lost = on_curve(learned, (Fact(-w, "positive"), Fact(-b, "positive")))


V_low, V_high = V.subs(w, low), V.subs(w, high)
leftmost, rightmost = (lost.rates[w].subs({w: -end, b: -end}, simultaneous=True) for end in (high, low))
corners = (
    *(AtMost(low, one) for one in (w0, b0, rest)),
    *(AtMost(one, high) for one in (w0, b0, rest)),
    AtMost(V_low, learned, by=Monotone(alpha * low**2 + d**2, alpha * rest**2 + d**2, sp.S.Half)),
    AtMost(learned, V_high, by=Monotone(alpha * rest**2 + d**2, alpha * high**2 + d**2, sp.S.Half)),
    AtMost(0, leftmost, by=sigma2 * V_high * high * (V_high - learned)),
    AtMost(rightmost, 0, by=sigma2 * V_low * low * (learned - V_low)),
)


def turns(to):
    """From starts with w, b < 0."""
    start, end = pairs({w: -w0, b: -b0}), pairs({w: to, b: to})
    unit = -sigma2 * alpha * w * V * (w - rest) / (V + learned)
    resting = Zeros(
        lost, (component(dict(end), (w - to,)),), (Cofactors(pairs({w: 1}), unit),), follows=(Follows(b, w, tau),)
    )
    return ConvergesBetween(lost, start, end, pairs({w: -high, b: -high}), pairs({w: -low, b: -low}), resting)


# In balance.

balanced = restricted(averaged(root * rest), {v: root * w}, (Fact(w, "positive"),))
x0, e = sp.Symbol("x0", real=True), sp.Symbol("e", positive=True)


def remains(factor, by=None):
    """What the student has and the teacher can still take: below the learned amplitude it does not fall."""
    quantity = sp.log(w) + factor * sigma2 * alpha * rest / tau * b
    return dominated(balanced, quantity, x0, x0, sp.S.Zero, t, by, (AtMost(w, rest),), from_below=True)


def recovers(factor):
    """A teacher whose student stays above a constant."""
    bound = e + (x0 - e) * sp.exp(-factor * tau * t)
    return dominated(balanced, b, x0, bound, factor * tau * (e - x0), t, None, (AtMost(e, w),), from_below=True)


def settles(to):
    """From a positive teacher, in balance."""
    end, below, above = (pairs({w: corner, b: corner}) for corner in (to, low, high))
    resting = Zeros(
        balanced,
        (component(dict(end), (w - to,)),),
        (Cofactors(pairs({w: 1}), -sigma2 * alpha * w**2),),
        follows=(Follows(b, w, tau),),
    )
    return ConvergesBetween(balanced, pairs({w: w0, b: b0}), end, below, above, resting)


never_lost = remains(1, sigma2 * alpha * w * (rest - w))

numbers = {
    **{alpha: 1, sigma2: 1, d: 1, g: 1, theta: 1, tau: 1, w0: 1, b0: 1, rest: 1, s0: 2, y0: 1, x0: -1, e: 1, slope: 1},
    **{w: 1, b: -1, t: 1},
}

imbalance_opposite_signs = Statement(
    title="Between student and teacher of opposite signs one curve decides, and in balance the student wins",
    let=(
        Let(m, rho * theta + d),
        Let(pace, follows.subs(m, rho * theta + d)),
        Let(low, 1 / (1 / w0 + 1 / b0 + 1 / rest)),
        Let(high, w0 + b0 + rest),
    ),
    hypotheses=(),
    claim=together
    & one_slope
    & saddle(growth)
    & curve
    & lead
    & turns(-rest)
    & never_lost
    & recovers(1)
    & settles(rest),
    witness=numbers,
    near_misses=(
        NearMiss(saddle(growth + sigma2 * d), at=numbers, why="without the imbalance"),
        NearMiss(separated(near=2 * near), at=numbers, why="twice the slope"),
        NearMiss(separated(far=theta * (m + d) ** 2 * w / (V + m) ** 2), why="one exponent"),
        NearMiss(separated(far=near), why="the bounds do not meet"),
        NearMiss(fades(2), at=numbers, why="twice as fast"),
        NearMiss(leads(2), why="twice as fast"),
        NearMiss(turns(-d), why="another amplitude"),
        NearMiss(remains(sp.S.Half), why="half of what the teacher can take"),
        NearMiss(recovers(2), why="the teacher follows at its own rate"),
    ),
    source="tian2021directpred, Thm 1, for what is conserved",
)


@proves(imbalance_opposite_signs)
def theorem():
    yield (
        f"Where $w \\geq 0 \\geq b$ the encoder falls, by $\\dot w = {tex(on_curve(rho).rates[w])}$ with $\\rho = d +"
        " g$, and the teacher rises, by $\\dot b = \\tau (w - b)$.  So every start there leaves the quadrant, or tends"
        " to the one fixed point in it, the origin, and then exponentially:"
    )
    yield together
    yield (
        "Near the origin a line $b = -x w$ is kept if $x$ is a root of the following equation, which has one for"
        f" every $\\tau$.  Let $\\theta$ be it, and ${tex(pace)} = {tex(follows)}$ the teacher's rate.  The origin is a"
        " saddle:"
    )
    yield one_slope
    yield saddle(growth)
    yield (
        "On each of the two curves $b = -\\theta d w/V$ and $b = -\\theta (m+d) w/(V+m)$, with $V ="
        f" {tex(V)}$, the sign with which it is crossed is that of a polynomial in $V - d \\geq 0$ without a negative"
        " coefficient.  And where $V \\leq \\rho$ the slope $\\dot b/\\dot w$ of a trajectory does not rise with $b$,"
        " so that two trajectories do not approach each other as $w$ falls, and at most one of them tends to the"
        " origin.  Hence"
    )
    yield curve
    yield (
        "As $V > \\sqrt\\alpha w$, it stays below $\\theta (m+d)/\\sqrt\\alpha$: a teacher beyond wins against every"
        " student.  Below its tangent the teacher's lead grows at least exponentially, at the rate of the saddle:"
    )
    yield lead
    yield (
        "Whoever passes zero is on the side of the other from then on.  If it was the teacher, the start has become a"
        f" positive one, which goes to $w = b = W$ by `imbalance-threshold-ema`, where $\\rho = {tex(learned)}$.  If it"
        f" was the student, both are negative.  Let ${tex(low)}$ lie below their absolute values and $W$, and"
        f" ${tex(high)}$ above:"
    )
    yield from corners
    yield f"So the rates point into the box between $-{tex(high)}$ and $-{tex(low)}$, and by the same comparison"
    yield turns(-rest)
    yield (
        f"In balance, $d = 0$ and $\\rho = \\sqrt\\alpha W$, the encoder moves by $\\dot w = {tex(balanced.rates[w])}$"
        " and keeps its sign.  Its loss is bounded by the teacher's: as long as $w \\leq W$,"
    )
    yield never_lost
    yield (
        "so that $w \\geq \\min(w(0), W) e^{-\\sigma^2 \\alpha W |b(0)|/\\tau}$ while $b \\leq 0$.  With a positive"
        " constant $e$ below the student, the teacher rises through zero in finite time,"
    )
    yield recovers(1)
    yield "and then the student has won:"
    yield settles(rest)
    yield imbalance_opposite_signs.claim
