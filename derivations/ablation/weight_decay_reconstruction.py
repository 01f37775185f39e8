r"""Weight decay for the data target: the same two branches, but for one layer each, where √α λ itself is the threshold.

For the data target the exponents of h are m = K + L - 2 and m + K + L.  For more than two layers this is the situation
of the latent target.  For one layer each m = 0: h is greatest at zero, so that there is no lower branch.  A mode with
√α λ > η survives from every start, and one with √α λ ≤ η collapses, exponentially or, in the case of equality, like
t^{-1/2}.  So reconstruction needs no large start where JEPA does.
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, Model, Predictor
from symjepa.statements.claims import All, Attracts, Less, Linearized, dominated, solves
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, lam, sigma2, t, u, u0

from .weight_decay_threshold import Decaying, a, c, d, e, excess, f, p

model = Model(Encoder(L), Predictor(K), DataReconstruction(), None, alpha, eta)
mae = Decaying(model, K + L - 2, K + L)

shallow = Model(Encoder(1), Predictor(1), DataReconstruction(), None, alpha, eta)
root = sp.sqrt(alpha)


def single(covariance):
    """One layer each."""
    return modes(shallow, "balanced", {lam: covariance})


speed = alpha * sigma2 * u * (u + c)
grows = single((eta + alpha * sigma2 * c**2) / root)
survives = Attracts(grows, c, (sp.S.Zero, sp.oo), speed * (c - u), speed * (u - c))
rate = -2 * alpha * sigma2 * c**2
settles = Linearized(grows, pairs({u: c}), (rate,), stable=True)
weak = single((eta - excess) / root)


def fades(amount, by=None):
    """Below λ = η/√α."""
    return dominated(weak, u, u0, u0 * sp.exp(-amount * t), -amount * u0, t, by=by)


edge = solves(single(eta / root), {u: (u0**-2 + 2 * alpha * sigma2 * t) ** -sp.S.Half}, {u: u0}, t)
collapses = fades(excess, alpha * sigma2 * u**3)

POINT = {
    K: 1,
    L: 2,
    alpha: 1,
    sigma2: 1,
    c: 1,
    e: 1,
    eta: 2,
    d: 1,
    p: sp.Rational(9, 10),
    f: sp.Rational(1, 2),
    a: sp.Rational(1, 2),
}


def miss(claim, why, **at):
    """A near miss at a point of the hypotheses, with other values by name."""
    other = {sp.Symbol(name, positive=True): value for name, value in at.items()}
    return NearMiss(claim, why=why, at={**POINT, excess: 1, u0: 1, **other})


weight_decay_reconstruction = Statement(
    title="Under weight decay reconstruction with one layer each has a threshold and no lower branch",
    hypotheses=(Less(2, K + L), *mae.hypotheses),
    claim=All(
        (*(part for part in mae.claim.claims if part != mae.branches(False)), survives, settles, collapses, edge)
    ),
    witness={**POINT, excess: 1, t: 1, u0: 1, u: 2, lam: 1},
    near_misses=(
        miss(mae.collapses(2 * excess), "twice the rate"),
        miss(mae.branch(d, True, 2), "twice the rate"),
        miss(mae.basin(d, (sp.S.Zero, sp.oo), p), "with more than two layers a small start collapses"),
        miss(fades(2 * excess), "twice the rate"),
        miss(
            Linearized(grows, pairs({u: c}), (-2 * alpha * sigma2 * c,), stable=True),
            "one exponent",
            c=2,
            e=8,
        ),
        miss(solves(single(eta / root), {u: (u0**-1 + alpha * sigma2 * t) ** -1}, {u: u0}, t), "one exponent"),
    ),
)


@proves(weight_decay_reconstruction)
def theorem():
    yield (
        f"In balance a layer moves by $\\dot u = {tex(mae.flow({}).rates[u])}$, with the exponents $m = K + L - 2$ and"
        " $m + K + L$ in $h$.  For more than two layers in all $m > 0$, with the ends of intervals as before,"
    )
    yield from mae.order()
    yield "and what was said of the latent target holds with these exponents: exponential collapse above the threshold,"
    yield mae.collapses()
    yield "one point that attracts from above at the threshold,"
    yield mae.meets(c, (c, sp.oo))
    yield mae.meets(sp.S.Zero, (sp.S.Zero, c))
    yield (
        "and below it one branch before $c$, and for every $d$ beyond $c$ the $\\lambda$ that has its upper branch"
        " there:"
    )
    yield mae.branches(True)
    yield mae.basin(d, (p, sp.oo), p)
    yield mae.basin(sp.S.Zero, (sp.S.Zero, f), f)
    yield mae.branch(d, True)
    yield mae.branch(a, False)
    yield (
        f"With one layer each the flow is $\\dot u = {tex(single((eta + excess) / root).rates[u])}$ for $\\sqrt\\alpha"
        " \\lambda = \\eta + \\theta$.  There is no lower branch: with $\\theta = \\alpha \\sigma^2 c^2 > 0$ every"
        " start converges to $c$,"
    )
    yield survives
    yield settles
    yield (
        "with $\\sqrt\\alpha \\lambda = \\eta - \\theta$ every start collapses exponentially, and for equality like"
        " $t^{-1/2}$:"
    )
    yield collapses
    yield edge
    yield weight_decay_reconstruction.claim
