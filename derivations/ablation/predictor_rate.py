r"""A faster predictor needs a smaller encoder; in the limit the predictor is always right, and the encoder is frozen.

The rate α of the predictor scales its part of the conserved imbalance v^{2/K}/α - w^{2/L}.  In balance the mode ends
at v = ρ with layers of amplitude c, √α^K c^K = ρ.  From a given start the encoder moves by at most a multiple of 1/α,
while the predictor arrives at a rate that grows with α.  So in the limit only the predictor moves: an optimal
predictor leaves no gradient to a live encoder.  Nothing collapses and nothing is learned.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import EMA, Encoder, Frozen, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Attracts,
    Conserved,
    Identity,
    Less,
    Linearized,
    Monotone,
    Within,
    dominated,
)
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, b, lam, rho, sigma2, t, tau, u, v, w

c, g, p, S, x0 = (sp.Symbol(name, positive=True) for name in ("c", "g", "p", "S", "x0"))
root = alpha ** (K / 2)
imbalance = v ** (2 / K) / alpha - w ** (2 / L)


def mode(teacher, coordinates="product", depth=K, values=None):
    """A mode under a teacher, at any predictor rate."""
    model = Model(Encoder(L), Predictor(depth), LatentPrediction(), teacher, alpha)
    return modes(model, coordinates, values or {})


kept = [Conserved(mode(teacher), imbalance) for teacher in (Live(), EMA(tau), LayerEMA(tau), Frozen())]
balanced = mode(Live(), "balanced", values={lam: sigma2 * root * c**K})
speed = alpha**K * sigma2 * u ** (K + 2 * L - 1)
learned = Attracts(balanced, c, (sp.S.Zero, sp.oo), speed * (c**K - u**K), speed * (u**K - c**K))
rate = -K * alpha**K * sigma2 * c ** (2 * K + 2 * L - 2)
settles = Linearized(balanced, pairs({u: c}), (rate,), stable=True)

optimal = restricted(mode(Live(), values={lam: sigma2 * g}), {v: g}, (Fact(w, "positive"),))
frozen = Conserved(optimal, w)
averaged = mode(EMA(tau), depth=sp.S.One)
silent = [Identity(averaged.rates[x].xreplace({v: rho * b / w}), 0) for x in (w, v)]

# From a start (p, S): one predictor layer, ρ = g.
square = S + (v**2 - p**2) / alpha
curve = restricted(
    mode(Live(), depth=sp.S.One, values={lam: sigma2 * g}),
    {w: square ** (L / 2)},
    (Fact(v - p, "positive"), Fact(square, "positive")),
)
start = AtMost(S, square)
more = AtMost(S**L, square**L, by=Monotone(S, square, L))


def arrives(factor):
    """The distance of the predictor from its optimum."""
    scale = factor * alpha * sigma2 * S**L
    by = {"by": alpha * sigma2 * (g - v) * (square**L - S**L)} if factor == 1 else {}
    known = (AtMost(S, square), more) if factor == 1 else ()
    return dominated(curve, g - v, x0, x0 * sp.exp(-scale * t), -scale * x0, t, on=(Less(v, g),), using=known, **by)


nearly = Within(square, S, (g**2 - p**2) / alpha)

predictor_rate = Statement(
    title="The faster the predictor the smaller the encoder, and an optimal predictor freezes it",
    let=(Let(rho, lam / sigma2),),
    hypotheses=(Less(0, K), AtMost(p, v), AtMost(v, g), Less(0, w)),
    claim=kept[0]
    & kept[1]
    & kept[2]
    & kept[3]
    & learned
    & settles
    & arrives(1)
    & nearly
    & frozen
    & silent[0]
    & silent[1],
    witness={
        **{K: 1, L: 2, alpha: 2, sigma2: 1, lam: 1, tau: 1, c: 3, g: 3, p: 1, S: 1, x0: 1},
        **{b: 1, t: 1, u: 1, v: 2, w: 1},
    },
    near_misses=(
        NearMiss(
            Conserved(mode(Live()), v ** (2 / K) - w ** (2 / L)),
            at={K: 1, L: 1, alpha: 2, lam: 1, sigma2: 1, v: 2, w: 1, g: 3, p: 1},
            why="α divides the predictor's part",
        ),
        NearMiss(
            Linearized(balanced, pairs({u: c}), (-K * root * sigma2 * c ** (2 * K + 2 * L - 2),), stable=True),
            why="the power of α",
        ),
        NearMiss(
            arrives(2),
            at={K: 1, L: 1, alpha: 1, sigma2: 1, lam: 1, S: 10, p: 1, v: sp.Rational(3, 2), g: 2, w: 1},
            why="twice as fast",
        ),
        NearMiss(
            Within(square, S, (g**2 - p**2) / alpha**2),
            at={p: 1, v: 3, g: 3, alpha: 2, S: 1, w: 1, K: 1},
            why="the encoder moves by 1/α",
        ),
        NearMiss(
            Conserved(restricted(mode(Live(), values={lam: sigma2 * g}), {v: 2 * g}, (Fact(w, "positive"),)), w),
            why="no other predictor stays where it is",
        ),
    ),
    source="tian2021directpred, Sec. 4",
)


@proves(predictor_rate)
def theorem():
    yield (
        "Under every teacher behind a stop-gradient the imbalance of the joint is conserved, with the predictor's part"
        " over $\\alpha$:"
    )
    yield from kept
    yield (
        f"In balance let $\\rho = {tex(root * c**K)}$; then $\\dot u = {tex(speed * (c**K - u**K))}$ under the live"
        " teacher, and every start converges to layers of amplitude $c$:"
    )
    yield learned
    yield settles
    yield (
        "Off balance, with one predictor layer and $\\rho = g$, let the mode start at $v = p < g$ with $w^{2/L} = S$."
        f"  Then $w^{{2/L}} = {tex(square)}$, which is at least $S$, so that the predictor arrives at a rate that grows"
        " with $\\alpha$,"
    )
    yield start
    yield arrives(1)
    yield "while the encoder moves by no more than"
    yield nearly
    yield (
        "In the limit the predictor is at its optimum all the time.  Under the live teacher this is $v = \\rho$, and"
        " there the encoder stands still,"
    )
    yield frozen
    yield "Under a moving average the optimum is $v = \\rho b/w$, and neither of the two moves there,"
    yield from silent
    yield "so that only the teacher does, towards the encoder."
    yield predictor_rate.claim
