r"""Without stop-gradient and with perfectly correlated views some starts survive, and small ones do not.

If r² = 1 the loss is σ² w² (v - ρ)²/2, zero wherever the predictor is right, and it is a race: the encoder shrinks
until the predictor arrives.  Along the flow w^{2/L} minus a function of v alone is conserved.  For one predictor layer
that function is (v - ρ)²/α, so the start decides: the mode survives exactly if w(0)^{2/L} > (v(0) - ρ)²/α, and the
square of its layer amplitude ends at the difference.  A small start always loses.

Here ρ = c > 0; for negative ρ the signs of v and ρ change together.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import Encoder, LatentPrediction, Model, Predictor, Shared
from symjepa.statements.claims import AtMost, Attracts, Conserved, Less, Linearized, Unequal
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, lam, sigma2, sigma2_y, v, w

c, kept, lost = (sp.Symbol(name, positive=True) for name in ("c", "S", "D"))
v0, u0 = sp.Symbol("v0", real=True), sp.Symbol("u0", positive=True)


def perfect(encoder, predictor):
    """A mode with σy² σ² = λ², whose gradients flow through both branches."""
    model = Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), Shared(), alpha)
    return modes(model, "product", {lam: c * sigma2, sigma2_y: c**2 * sigma2})


general, double, single = perfect(L, K), perfect(L, 2), perfect(L, 1)
layer = w ** (2 / L)
invariant = layer - v ** (2 / K) / alpha - 2 * c * v ** (2 / K - 1) / (alpha * (K - 2))
kept_general = Conserved(general, invariant)
kept_double = Conserved(double, layer - (v - c * sp.log(v)) / alpha)
kept_single = Conserved(single, layer - (v - c) ** 2 / alpha)


squared = kept + (v - c) ** 2 / alpha
above = restricted(single, {w: squared ** (L / 2)}, (Fact(squared, "positive"),))
survives = Attracts(above, c, (-sp.oo, sp.oo))
rate = -alpha * sigma2 * kept**L
settles = Linearized(above, pairs({v: c}), (rate,), stable=True)

below = restricted(single, {v: c + sp.sqrt(alpha * layer + lost**2)}, (Fact(w, "positive"),))
beneath = restricted(single, {v: c - sp.sqrt(alpha * layer + lost**2)}, (Fact(w, "positive"),))
collapses, mirrored = (Attracts(side, sp.S.Zero, (sp.S.Zero, sp.oo)) for side in (below, beneath))
edges = [
    Attracts(
        restricted(single, {v: c + side * sp.sqrt(alpha) * w ** (1 / L)}, (Fact(w, "positive"),)),
        sp.S.Zero,
        (sp.S.Zero, sp.oo),
    )
    for side in (1, -1)
]
half = c / (2 * sp.sqrt(alpha))
small = Less(u0**2, (v0 - c) ** 2 / alpha, by=(c / 2 - v0) * (3 * c / 2 - v0) / alpha + (half - u0) * (half + u0))

no_stop_gradient_survival = Statement(
    title="Without stop-gradient perfectly correlated modes survive from large starts and collapse from small ones",
    hypotheses=(
        Less(0, K),
        Unequal(K, 2),
        AtMost(v0, c / 2),
        Less(u0, half),
    ),
    claim=kept_general
    & kept_double
    & kept_single
    & survives
    & settles
    & collapses
    & mirrored
    & edges[0]
    & edges[1]
    & small,
    witness={
        **{K: 1, L: 2, c: 1, sigma2: 1, alpha: 1, kept: 1, lost: 1, v: 2, w: 1},
        **{v0: 0, u0: sp.Rational(1, 4)},
    },
    near_misses=(
        NearMiss(Conserved(single, w**2 - (v - c) ** 2 / alpha), why="w² is conserved with it for one layer only"),
        NearMiss(Conserved(single, layer - (v - c) ** 2), why="α divides the predictor's part"),
        NearMiss(Conserved(general, layer - v ** (2 / K) / alpha), why="the balance of the joint is not conserved"),
        NearMiss(Attracts(below, kept, (sp.S.Zero, sp.oo)), why="below the threshold nothing survives"),
        NearMiss(
            Linearized(above, pairs({v: c}), (-alpha * sigma2 * kept ** (L - 1),), stable=True), why="one exponent"
        ),
        NearMiss(
            small,
            without=(AtMost(v0, c / 2),),
            at={K: 1, L: 2, c: 1, alpha: 1, v0: 1, u0: sp.Rational(1, 4)},
            why="a predictor that is right from the start keeps the smallest encoder",
        ),
    ),
    source="tian2021directpred, Sec. 3.2",
)


@proves(no_stop_gradient_survival)
def theorem():
    yield (
        f"With $\\lambda = c\\sigma^2$ and $\\sigma_y^2 = c^2\\sigma^2$ the flow is $\\dot w = {tex(single.rates[w])}$"
        f" and $\\dot v = {tex(single.rates[v])}$ for one predictor layer.  Both carry the factor $v - c$, the encoder"
        " its square, so that"
    )
    yield kept_single
    yield "For more predictor layers the same quotient of the two rates integrates to"
    yield kept_double
    yield kept_general
    yield (
        "Let $S$ be the value of the first.  If $S > 0$ then $w^{2/L} = S + (v - c)^2/\\alpha$ never reaches zero, and"
        " the predictor moves to $c$ from every start, at a linear rate in the end:"
    )
    yield survives
    yield settles
    yield (
        "so that the encoder keeps the layer amplitude $\\sqrt S$.  If $\\alpha S = -D^2 < 0$ then $v$ stays at least"
        " $D$ away from $c$, on either side, and the encoder shrinks to zero:"
    )
    yield collapses
    yield mirrored
    yield "At $S = 0$ both happen at once: the predictor arrives, but only when nothing is left:"
    yield from edges
    yield (
        "A small start is on the side of collapse: for $v(0) \\leq c/2$ and a layer amplitude $u(0) <"
        " c/(2\\sqrt\\alpha)$,"
    )
    yield Less(v0, 3 * c / 2)
    yield small
    yield no_stop_gradient_survival.claim
