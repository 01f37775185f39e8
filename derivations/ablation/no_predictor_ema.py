r"""Without a predictor a moving-average teacher changes the pace and not the fate: ρ against 1 decides again.

The teacher follows the student and the student follows the teacher.  With one layer this is a linear system, and one
combination of the two with positive weights moves by one exponential.  With any number of layers the flow is
cooperative, so that it is ordered with a curve on which the teacher lags by a fixed factor: below ρ = 1 it decays at
least as fast as a live mode of some gap, and above ρ = 1 it grows at least exponentially.  But only exponentially: the
teacher holds back the blow-up of the live mode.
"""

import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    Conserved,
    Iff,
    Less,
    Monotone,
    Ordered,
    Root,
    Zeros,
    component,
    solves,
)
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import L, b, lam, sigma2, t, tau, u, u0, w

kappa, lag, lead, gap, pace = (sp.Symbol(x, positive=True) for x in ("kappa", "xi", "zeta", "gamma", "theta"))
a, x, b0, y0, z0, x0 = (sp.Symbol(name, positive=True) for name in ("a", "x", "b0", "y0", "z0", "x0"))
above_rho = 1 + gap / sigma2


def averaged(depth, coordinates, covariance):
    """A mode without predictor under a moving average, its covariance given."""
    model = Model(Encoder(depth), Predictor(0), LatentPrediction(), EMA(tau))
    return modes(model, coordinates, {} if covariance is None else {lam: covariance})


def live(depth, covariance):
    """The balanced mode of a live teacher to compare with."""
    return modes(Model(Encoder(depth), Predictor(0), LatentPrediction(), Live()), "balanced", {lam: covariance})


root = a * (a + tau - sigma2) / tau
single = averaged(1, "product", root)
exponential = Conserved(single, tau * w + a * b, a - sigma2)
decides = Iff(Less(root, sigma2), Less(a, sigma2), (a + tau) / tau)
exists = Root(x + tau - sigma2 - lam * tau / x, x, (lam * tau / (lam + tau), lam + sigma2), rising=True)

start = pairs({u: u0, b: b0})
fading, envelope = averaged(L, "balanced", (1 - lag) * (sigma2 - kappa)), live(L, sigma2 - kappa)
m = 2 * L - 2
lower = AtMost(u**m, y0**m, by=Monotone(u, y0, m))
decay = Ordered(fading, start, envelope, pairs({u: y0}), pairs({u: u, b: u**L / (1 - lag)}), trend=-1, using=(lower,))
q = sp.Symbol("q", positive=True)
along_envelope = solves(envelope, {u: (y0 ** (-q) + q * kappa * t) ** (-1 / q)}, {u: y0}, t)

stands = averaged(L, "balanced", sigma2)
line = Zeros(stands, (component({u: u, b: u**L}, (b - u**L,)),), (Cofactors(pairs({b: 1}), -tau),))

growing, floor = averaged(L, "balanced", (1 + lead) * (sigma2 + gap)), live(1, sigma2 + pace)
higher = AtMost(z0**m, u**m, by=Monotone(z0, u, m))
lagging = pairs({u: u, b: u**L / (1 + lead)})
growth = Ordered(growing, start, floor, pairs({u: z0}), lagging, above=True, trend=1, using=(higher,))
faster, ceiling = averaged(L, "balanced", sigma2 + gap), live(1, sigma2 + tau * gap / (L * sigma2))
bounded = Ordered(faster, start, ceiling, pairs({u: x0}), pairs({u: u, b: u**L / above_rho}))
along_floor = solves(floor, {u: z0 * sp.exp(pace * t)}, {u: z0}, t)
along_ceiling = solves(ceiling, {u: x0 * sp.exp(tau * gap * t / (L * sigma2))}, {u: x0}, t)

hypotheses = (
    Less(1, L),
    Less(0, lam),
    Less(kappa, sigma2),
    AtMost(u0, y0),
    Less(lag, 1),
    AtMost(b0, y0**L / (1 - lag)),
    AtMost(z0, u0),
    AtMost(z0**L / (1 + lead), b0),
    AtMost(L * gap * z0 ** (2 * L - 2), tau * lead),
    AtMost(u0, x0),
    AtMost(b0, x0**L / above_rho),
)

no_predictor_ema = Statement(
    title="Without a predictor a moving average cannot save a mode, but it forbids the blow-up",
    let=(
        Let(q, 2 * L - 2),
        Let(kappa, tau * lag / (L * y0 ** (2 * L - 2))),
        Let(pace, gap * z0 ** (2 * L - 2)),
    ),
    hypotheses=hypotheses,
    claim=exponential
    & decides
    & exists
    & decay
    & along_envelope
    & line
    & growth
    & bounded
    & along_floor
    & along_ceiling,
    witness={
        **{L: 2, lam: 1, sigma2: 2, tau: 4, lag: sp.Rational(1, 2), lead: 1, gap: 1, u0: 1, b0: 1, y0: 1, z0: 1, x0: 2},
        **{a: 2, t: 1, u: 1, b: 1, w: 1, x: 1},
    },
    near_misses=(
        NearMiss(Conserved(single, tau * w + a * b, a - 2 * sigma2), why="another rate"),
        NearMiss(Conserved(single, w + b, a - sigma2), why="other weights"),
        NearMiss(
            Ordered(fading, start, live(L, sigma2 - kappa), pairs({u: y0}), pairs({u: u, b: u**L}), trend=-1),
            at={
                L: 2,
                lam: 1,
                sigma2: 2,
                tau: 4,
                lag: sp.Rational(1, 2),
                lead: 1,
                gap: 1,
                u0: 1,
                b0: 2,
                y0: 1,
                z0: 1,
                x0: 3,
            },
            why="a teacher that starts ahead is not below the student's curve",
        ),
        NearMiss(
            Zeros(
                stands, (component({u: u, b: u ** (L + 1)}, (b - u ** (L + 1),)),), (Cofactors(pairs({b: 1}), -tau),)
            ),
            why="one exponent",
        ),
        NearMiss(Iff(Less(root, sigma2), Less(a, tau), (a + tau) / tau), why="it is σ² that the root is compared with"),
    ),
    source="tian2021directpred, Sec. 3",
)


@proves(no_predictor_ema)
def theorem():
    yield (
        f"With one layer and $\\lambda = {tex(root)}$ the mode moves by $\\dot w = {tex(single.rates[w])}$ and"
        f" $\\dot b = {tex(single.rates[b])}$.  One combination with positive weights is an exponential,"
    )
    yield exponential
    yield "and its rate is negative exactly for $\\rho < 1$:"
    yield decides
    yield "Every $\\lambda > 0$ is of this form, for $a$ is a root that exists once:"
    yield exists
    yield (
        "With any number of layers the balanced flow is cooperative: more of the teacher moves the student up, and more"
        " of the student the teacher.  Below $\\rho = 1$ write $\\lambda = (1 - \\xi)(\\sigma^2 - \\kappa)$. "
        " Along a live mode of gap $\\kappa$ the teacher $b = u^L/(1 - \\xi)$ falls no faster than it would by"
        " itself, if $\\kappa$ is as small as said above for a curve from $y_0$.  So the curve stays above:"
    )
    yield decay
    yield "and it decays like a power of time,"
    yield Less(0, q)
    yield along_envelope
    yield "For $\\lambda = \\sigma^2$ every point with $b = u^L$ is at rest, and no other:"
    yield line
    yield (
        "Above $\\rho = 1$ write $\\lambda = (1 + \\zeta)(\\sigma^2 + \\gamma)$: the exponential with the teacher"
        " $b = u^L/(1 + \\zeta)$ stays below,"
    )
    yield growth
    yield along_floor
    yield (
        "and with $\\lambda = \\sigma^2 + \\gamma$ the exponential on which the student is at rest, $b = u^L/\\rho$,"
        " stays above, so that nothing blows up in finite time:"
    )
    yield bounded
    yield along_ceiling
    yield no_predictor_ema.claim
