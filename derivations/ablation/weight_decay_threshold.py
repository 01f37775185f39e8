r"""Weight decay sets a threshold: above η_c only collapse remains, below it two branches, of which the upper one
attracts.

Weight decay balances the layers by itself, for every imbalance shrinks like e^{-2ηt}.  In balance the growth rate of a
layer is h(u) - η, and h is a difference of two powers that rises to its maximum η_c at u = c and falls beyond.  Divided
by the lower power, h - η is strictly concave, which tells its signs from two points: a start with h(u(0)) ≥ η, and any
larger one, converges to the upper branch; a start below it with h(u(0)) ≤ η collapses.  So the lower branch, where h =
η, is the boundary.  Above the threshold every mode collapses exponentially, at least at the rate η - η_c; at the
threshold the two branches meet in one point, which attracts from above alone.

Source: tian2021directpred, Thm 2 and Sec. 3, for K = L = 1; wang2021directset, for decay as a filter of features.
"""

from dataclasses import dataclass

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import (
    All,
    AtMost,
    Attracts,
    Concave,
    Conserved,
    Identity,
    Less,
    Linearized,
    Monotone,
    Root,
    dominated,
)
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import NearMiss, Printed, Reading, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, lam, sigma2, t, u, u0, v, w

c, d, a, p, f, e, excess, x0 = (
    sp.Symbol(name, positive=True) for name in ("c", "d", "a", "p", "f", "e", "theta", "x0")
)
root = alpha ** (K / 2)


@dataclass(frozen=True)
class Decaying:
    """A balanced mode under weight decay: u' = u (h(u) - η) with h = √α^K λ u^m - α^K σ² u^(m+n)."""

    model: Model
    m: sp.Expr
    n: sp.Expr

    def flow(self, values):
        return modes(self.model, "balanced", values)

    def gain(self, covariance, x=u):
        return root * covariance * x**self.m - alpha**K * sigma2 * x ** (self.m + self.n)

    @property
    def covariance(self):
        """λ in terms of e, which is c^n/m for the amplitude c of the maximum of h."""
        return (self.m + self.n) * root * sigma2 * e

    @property
    def critical(self):
        """η_c, the maximum of h."""
        return self.n * alpha**K * sigma2 * e * c**self.m

    def through(self, x):
        """λ for a branch at x, h(x) = η."""
        return (eta * x**-self.m + alpha**K * sigma2 * x**self.n) / root

    def concave(self, covariance, decay, first, last):
        """u' = n u^(m+1) times a strictly concave function, with two of its points."""
        m, n = self.m, self.n
        shape = root * covariance / n - alpha**K * sigma2 * u**n / n - decay / n * u**-m
        curvature = alpha**K * sigma2 * (n - 1) * u ** (n - 2) + decay / n * m * (m + 1) * u ** (-m - 2)
        return Concave(n * u ** (m + 1), shape, (first, last), (sp.S.Zero, sp.oo), curvature)

    def collapses(self, rate=excess):
        """Above the threshold, η = η_c + θ: exponentially."""
        by = self.concave(self.covariance, self.critical, c, c)
        flow = self.flow({lam: self.covariance, eta: self.critical + excess})
        return dominated(flow, u, u0, u0 * sp.exp(-rate * t), -rate * u0, t, by=by)

    def meets(self, to, between):
        """At the threshold."""
        by = self.concave(self.covariance, self.critical, c, c)
        return Attracts(self.flow({lam: self.covariance, eta: self.critical}), to, between, by=by)

    def basin(self, to, between, first):
        """Below the threshold: h - η vanishes at d and has a sign at `first`."""
        by = self.concave(self.through(d), eta, first, d)
        return Attracts(self.flow({lam: self.through(d)}), to, between, by=by)

    def branch(self, x, stable, factor=1):
        """The linear rate at a branch."""
        rate = self.m * eta - self.n * alpha**K * sigma2 * x ** (self.m + self.n)
        return Linearized(self.flow({lam: self.through(x)}), pairs({u: x}), (factor * rate,), stable)

    @property
    def ends(self):
        """Below and above both branches, for c^n = m e."""
        low = (eta * self.m / ((self.m + self.n) * alpha**K * sigma2 * c**self.n)) ** (1 / self.m)
        return low, ((self.m + self.n) / self.m) ** (1 / self.n) * c

    def branches(self, rising):
        """One branch on each side of the maximum: (h - η)/((m + n) α^K σ²) vanishes."""
        (low, high), m, n = self.ends, self.m, self.n
        scaled = c**n * u**m / m - u ** (m + n) / (m + n) - eta / ((m + n) * alpha**K * sigma2)
        return Root(scaled, u, (low, c) if rising else (c, high), rising=rising)

    @property
    def hypotheses(self):
        slope = self.n * alpha**K * sigma2
        return (
            Less(0, K),
            Less(0, eta),
            Identity(c**self.n, self.m * e),
            Less(eta, slope * c ** (self.m + self.n) / self.m),
            Less(a, c),
            Less(a, d),
            AtMost(f, p),
            Less(p, d),
            AtMost(eta, self.gain(self.through(d), p)),
            AtMost(self.gain(self.through(d), f), eta),
            Less(self.m * eta, slope * d ** (self.m + self.n)),
            Less(slope * a ** (self.m + self.n), self.m * eta),
        )

    @property
    def claim(self):
        return All(
            (
                self.collapses(),
                self.meets(c, (c, sp.oo)),
                self.meets(sp.S.Zero, (sp.S.Zero, c)),
                self.branches(True),
                self.branches(False),
                self.basin(d, (p, sp.oo), p),
                self.basin(sp.S.Zero, (sp.S.Zero, f), f),
                self.branch(d, True),
                self.branch(a, False),
            )
        )

    def order(self):
        """The ends lie on either side of the maximum."""
        (low, high), m, n = self.ends, self.m, self.n
        scale = (m + n) * alpha**K * sigma2 * c**n
        rest = m * (n * alpha**K * sigma2 * c ** (m + n) / m - eta) / scale
        yield from (Less(0, m + n), Less(0, m), Less(0, m + 1), AtMost(0, n - 1))
        yield Less(eta * m / scale, c**m, by=m * c**m / (m + n) + rest)
        yield Less(low, c, by=Monotone(eta * m / scale, c**m, 1 / m))
        yield Less(1, (m + n) / m, by=n / m)
        yield Less(1, high / c, by=Monotone(sp.S.One, (m + n) / m, 1 / n))
        yield Less(c, high, by=c * (high / c - 1))


jepa = Decaying(Model(Encoder(L), Predictor(K), LatentPrediction(), Live(), alpha, eta), K + 2 * L - 2, K)
single = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live(), alpha, eta), "product")
imbalance = v ** (2 / K) / alpha - w ** (2 / L)
balances = Conserved(single, imbalance, -2 * eta)

# One layer each: how fast the threshold itself is reached from above.
one = Decaying(Model(Encoder(1), Predictor(1), LatentPrediction(), Live(), alpha, eta), sp.S.One, sp.S.One)
square = alpha * sigma2 * u * (u - c) ** 2
lands = modes(one.model, "balanced", {lam: 2 * sp.sqrt(alpha) * sigma2 * c, eta: alpha * sigma2 * c**2})


def landing(factor, by=None):
    """u - c under a power of time."""
    speed = factor * alpha * sigma2 * c
    bound = x0 / (1 + speed * x0 * t)
    return dominated(lands, u - c, x0, bound, -speed * x0**2, t, by, on=(Less(c, u),))


algebraic = landing(1, alpha * sigma2 * (u - c) ** 3)

POINT = {K: 1, L: 1, alpha: 1, sigma2: 1, c: 2, e: 2, eta: 2, d: 2, p: 1, f: 1, a: 1}


radicand = lam**2 - 4 * eta * sigma2
p_minus, p_plus = ((lam + side * sp.sqrt(radicand)) / (2 * sigma2) for side in (-1, 1))
s0, p0 = sp.Symbol("s0", positive=True), sp.Symbol("p0", positive=True)
imbalance_0 = p0**2 / alpha - s0
PRINTED = (
    Printed(
        source="tian2021directpred, Sec. 3.2",
        words=r"three fixed points at $\eta = \tau^2/(4(1 + \sigma^2))$: $0$ and $p_\pm$",
        seen="second-hand",
        conversion="their 1 + σ² is our σ²; their ratio τ is 1 for the live teacher, and λ = 1",
        readings=(
            Reading(
                words="at this weight decay the two branches are different",
                expected="refuted",
                claim=Less(p_minus.subs(eta, lam**2 / (4 * sigma2)), p_plus.subs(eta, lam**2 / (4 * sigma2))),
                hypotheses=(Less(0, lam),),
                witness={lam: 1, sigma2: 1},
                at={lam: 1, sigma2: 1},
            ),
            Reading(
                words="below this weight decay they are",
                expected="confirmed after conversion",
                claim=Less(p_minus, p_plus, by=sp.sqrt(radicand) / sigma2),
                hypotheses=(Less(0, lam), Less(0, radicand)),
                witness={lam: 2, sigma2: 1, eta: sp.S.Half},
            ),
        ),
    ),
    Printed(
        source="tian2021directpred, Eq. 14",
        words=r"$s_j = \alpha_p^{-1} p_j^2 + e^{-2\eta t} c_j$ with $c_j = \alpha_p^{-1} p_j^2(0) - s_j(0)$",
        seen="second-hand",
        readings=(
            Reading(
                words="the sign of the constant as relayed, at time 0",
                expected="refuted",
                claim=Identity(s0, p0**2 / alpha + imbalance_0),
                hypotheses=(),
                witness={s0: 1, p0: 1, alpha: 1},
                at={s0: 1, p0: 2, alpha: 1},
            ),
            Reading(
                words="the constant with the other sign, at time 0",
                expected="confirmed",
                claim=Identity(s0, p0**2 / alpha - imbalance_0),
                hypotheses=(),
                witness={s0: 1, p0: 1, alpha: 1},
            ),
        ),
    ),
)


def miss(claim, why, **more):
    """A near miss at a point of the hypotheses."""
    return NearMiss(claim, why=why, at={**POINT, excess: 1, u0: 1, **more.pop("at", {})}, **more)


weight_decay_threshold = Statement(
    title="Above its threshold weight decay leaves nothing but collapse; below it a mode needs a large enough start",
    hypotheses=jepa.hypotheses,
    claim=All((*jepa.claim.claims, balances, algebraic)),
    witness={**POINT, lam: 1, excess: 1, t: 1, u0: 1, x0: 1, u: 2, v: 1, w: 1},
    near_misses=(
        miss(jepa.collapses(2 * excess), "twice the rate"),
        miss(
            Attracts(jepa.flow({lam: jepa.covariance, eta: jepa.critical}), c, (sp.S.Zero, sp.oo)),
            "at the threshold smaller starts collapse",
        ),
        miss(jepa.basin(d, (sp.S.Zero, sp.oo), p), "below the lower branch a mode collapses"),
        miss(jepa.branch(d, True, 2), "twice the rate"),
        miss(
            jepa.basin(d, (p, sp.oo), p),
            "a start at which h < η decays",
            without=(AtMost(eta, jepa.gain(jepa.through(d), p)),),
            at={p: sp.S.Half, f: sp.S.Half, u: sp.Rational(3, 4)},
        ),
        miss(Conserved(single, imbalance, -eta), "Gram matrices shrink at twice the rate", at={lam: 1}),
        miss(landing(2), "twice as fast"),
    ),
    printed=PRINTED,
    source="tian2021directpred, Thm 2 and Sec. 3; wang2021directset, Sec. 3",
)


@proves(weight_decay_threshold)
def theorem():
    yield "Weight decay makes every imbalance shrink, so that balance comes by itself:"
    yield balances
    yield (
        f"In balance a layer moves by $\\dot u = {tex(jepa.flow({}).rates[u])}$, that is $u (h(u) - \\eta)$ with $h ="
        f" {tex(jepa.gain(lam))}$.  Let $m = K + 2L - 2$.  Write $\\lambda = {tex(jepa.covariance)}$ and $c^K = m e$;"
        f" then $h$ is greatest at $u = c$, with the value $\\eta_c = {tex(jepa.critical)}$.  The exponents are"
        " positive, and the ends of the intervals in which the branches will be found lie on either side of $c$:"
    )
    yield from jepa.order()
    yield (
        "Divided by $u^m$ the difference $h - \\eta$ is strictly concave, and for $\\eta = \\eta_c$ it has a double"
        " zero at $c$.  So for $\\eta = \\eta_c + \\theta$ every mode collapses exponentially,"
    )
    yield jepa.collapses()
    yield "and at the threshold starts above $c$ come down to it and starts below collapse:"
    yield jepa.meets(c, (c, sp.oo))
    yield jepa.meets(sp.S.Zero, (sp.S.Zero, c))
    yield "With one layer each the way down to $c$ is algebraic:"
    yield algebraic
    yield "Below the threshold $h - \\eta$, divided by a constant, changes its sign once on each side of $c$:"
    yield jepa.branches(True)
    yield jepa.branches(False)
    yield (
        "Let $d$ be the larger of these branches, and write $\\lambda$ in terms of $d$ and $\\eta$.  By concavity every"
        " start beyond a point $p < d$ with $h(p) \\geq \\eta$ converges to $d$, and every start below a point $f < d$"
        " with $h(f) \\leq \\eta$ collapses; with $p = f$ at the lower branch nothing is left between:"
    )
    yield jepa.basin(d, (p, sp.oo), p)
    yield jepa.basin(sp.S.Zero, (sp.S.Zero, f), f)
    yield "The upper branch is stable, and the lower one, at $a$, is not:"
    yield jepa.branch(d, True)
    yield jepa.branch(a, False)
    yield weight_decay_threshold.claim
