r"""Without a predictor a mode decays, stands still, or grows: what decides is ρ against 1, and no solution is learned.

With K = 0 the encoder chases itself: a balanced mode moves by (λ - σ²) u^{2L-1}.  One layer makes this exponential,
more layers make it algebraic, and above ρ = 1 infinite in a finite time.  If both views have one variance then ρ is
the correlation r, so that Cauchy-Schwarz forbids growth; if the target varies more than the context it does not.
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Hits,
    Identity,
    Iff,
    Less,
    Monotone,
    Moves,
    Solves,
    Within,
    solves,
)
from symjepa.statements.descriptions import along, modes
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import L, lam, sigma2, sigma2_y, t, u, u0

q, gap, u1 = (sp.Symbol(name, positive=True) for name in ("q", "gamma", "u1"))
r = sp.Symbol("r", real=True)


def without_predictor(depth, covariance=None):
    """A balanced mode with K = 0, its covariance given."""
    model = Model(Encoder(depth), Predictor(0), LatentPrediction(), Live())
    return modes(model, "balanced", {} if covariance is None else {lam: covariance})


single, deep = without_predictor(1), without_predictor(L)
shrinks, stands, grows = (without_predictor(L, sigma2 + step) for step in (-gap, 0, gap))
exponential = solves(single, {u: u0 * sp.exp((lam - sigma2) * t)}, {u: u0}, t)

decayed, envelope = (u0 ** (-q) + q * gap * t) ** (-1 / q), (q * gap * t) ** (-1 / q)
decay = solves(shrinks, {u: decayed}, {u: u0}, t)
forgotten = Within(decayed, 0, envelope)
still = solves(stands, {u: u0}, {u: u0}, t)

end = u0 ** (-q) / (q * gap)
grown, passage = (u0 ** (-q) - q * gap * t) ** (-1 / q), (u0 ** (-q) - u1 ** (-q)) / (q * gap)
growth = Solves(grows, ((u, grown),), ((u, u0),), t, (AtMost(0, t), Less(q * gap * t, u0 ** (-q))))
reached = Hits(grows, u0, u1, passage, (AtMost(u0, u1),))
in_finite_time = Less(passage, end)

correlated = without_predictor(L, r * sp.sqrt(sigma2 * sigma2_y))
alike = without_predictor(L, r * sigma2)
never = Moves(alike, u, -sigma2 * (1 - r) * u ** (2 * L - 1))
at_most_still = AtMost(0, sigma2 * (1 - r))
may_grow = Iff(
    Less(0, r * sp.sqrt(sigma2 * sigma2_y) - sigma2), Less(sp.sqrt(sigma2), r * sp.sqrt(sigma2_y)), sp.sqrt(sigma2)
)

no_predictor_collapse = Statement(
    title="Without a predictor a mode decays, stands still or blows up, and ρ decides which",
    let=(Let(q, 2 * L - 2),),
    hypotheses=(Less(1, L), Less(0, t), AtMost(r, 1)),
    claim=exponential
    & decay
    & forgotten
    & still
    & growth
    & reached
    & in_finite_time
    & never
    & at_most_still
    & may_grow,
    witness={L: 2, t: sp.Rational(1, 4), gap: 1, u0: 1, u1: 2, u: 1, lam: 1, sigma2: 1, sigma2_y: 1, r: 1},
    near_misses=(
        NearMiss(solves(shrinks, {u: decayed.subs(q, q + 1)}, {u: u0}, t), why="one exponent"),
        NearMiss(Within(decayed, 0, envelope / 2), why="half the envelope"),
        NearMiss(solves(single, {u: u0 * sp.exp(2 * (lam - sigma2) * t)}, {u: u0}, t), why="twice the rate"),
        NearMiss(Less(passage, end / 2), why="half the time"),
        NearMiss(
            Hits(shrinks, u0, u1, passage, (AtMost(u0, u1),)),
            why="below ρ = 1 nothing larger than the start is reached",
        ),
        NearMiss(
            AtMost(r * sp.sqrt(sigma2 * sigma2_y), sigma2),
            at={r: 1, sigma2: 1, sigma2_y: 4, L: 2, t: 1},
            why="Cauchy-Schwarz alone does not exclude growth: a perfectly correlated target of larger variance grows",
        ),
        NearMiss(
            at_most_still,
            without=(AtMost(r, 1),),
            at={r: 2, sigma2: 1, L: 2, t: 1},
            why="what excludes growth for equal variances is Cauchy-Schwarz",
        ),
    ),
    source="tian2021directpred, Sec. 3",
)


@proves(no_predictor_collapse)
def theorem():
    yield (
        f"Without a predictor a balanced mode moves by $\\dot u = {tex(deep.rates[u])}$.  With one layer this is"
        " linear,"
    )
    yield exponential
    yield (
        "so that the mode decays for $\\lambda < \\sigma^2$, stands still for $\\lambda = \\sigma^2$ and grows for"
        " $\\lambda > \\sigma^2$.  With more layers let $q = 2L - 2$,"
    )
    yield Less(0, q)
    yield "and $\\lambda = \\sigma^2 - \\gamma$ with $\\gamma > 0$.  Then $u^{-q}$ has a constant speed,"
    yield Identity(along(shrinks, u ** (-q)), q * gap, why="the powers of $u$ cancel")
    yield decay
    yield "and the start only helps:"
    yield AtMost(decayed, envelope, by=Monotone(q * gap * t, u0 ** (-q) + q * gap * t, -1 / q))
    yield forgotten
    yield "For $\\lambda = \\sigma^2$ nothing moves,"
    yield still
    yield "and for $\\lambda = \\sigma^2 + \\gamma$ the speed has the other sign, so that the solution ends:"
    yield growth
    yield "Every amplitude $u_1 \\geq u_0$ is passed,"
    yield reached
    yield "and all of them before one time,"
    yield in_finite_time
    yield (
        "Is there growth?  Let $r$ be the correlation of the views, $\\lambda = r\\sqrt{\\sigma^2\\sigma_y^2}$; by"
        " Cauchy and Schwarz $r \\leq 1$.  If both views have the variance $\\sigma^2$ then $\\rho = r$ and"
    )
    yield never
    yield at_most_still
    yield "but in general there is growth exactly for a target that varies enough more than the context,"
    yield may_grow
    yield no_predictor_collapse.claim
