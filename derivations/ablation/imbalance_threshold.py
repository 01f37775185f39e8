r"""An oversized predictor has a threshold: a feature below it collapses, however correlated; an oversized encoder has
none.

The imbalance v^{2/K}/α - w^{2/L} is conserved, so one variable is left.  In v the flow is polynomial but for roots of
positive numbers: v moves towards ρ as long as the encoder is not zero, and the encoder is zero where v^{2/K} is α times
the imbalance, at v = d.  So from v(0) > d the mode survives exactly if ρ > d, and ends at w^{2/L} = (ρ^{2/K} -
d^{2/K})/α; it collapses if ρ ≤ d.  With one predictor layer it does so exponentially for one encoder layer and ρ < d,
and like t^{-1/2} for every depth of the encoder if ρ = d; and every sign of v and ρ is told: the predictor must pass no
point at which the encoder vanishes.

Source: the conserved imbalance is that of saxe2014exact and tian2021directpred, Thm 1; the threshold is ours.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Attracts, Conserved, Less, Linearized, dominated
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, lam, sigma2, t, v, w

d, g, m, w0, c = (sp.Symbol(name, positive=True) for name in ("d", "g", "m", "w0", "c"))
h, r = sp.Symbol("h", nonnegative=True), sp.Symbol("r", real=True)
imbalance = v ** (2 / K) / alpha - w ** (2 / L)


def live(encoder, predictor, rho):
    """A mode under the live teacher with λ = σ² ρ."""
    model = Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), Live(), alpha)
    return modes(model, "product", {} if rho is None else {lam: sigma2 * rho})


def oversized(rho, depth=K):
    """What is left of positive starts if the predictor is larger: w^{2/L} = (v^{2/K} - d^{2/K})/α."""
    encoder = (v ** (2 / depth) - d ** (2 / depth)) ** (L / 2) / alpha ** (L / 2)
    return restricted(live(L, depth, rho), {w: encoder}, (Fact(v - d, "positive"),))


def signed(rho, square, side=0):
    """The same for one predictor layer of any sign: w^{2/L} = square/α, on one side of its zeros."""
    where = (Fact(square, "positive"), *((Fact(side * v, "positive"),) if side else ()))
    return restricted(live(L, 1, rho), {w: square ** (L / 2) / alpha ** (L / 2)}, where)


kept = Conserved(live(L, K, None), imbalance)
lost_part = alpha ** (1 - L) * K * sigma2 * v ** (2 - 2 / K) * (v ** (2 / K) - d ** (2 / K)) ** L
final = ((d + g) ** (2 / K) - d ** (2 / K)) / alpha
survives = Attracts(oversized(d + g), d + g, (d, sp.oo), lost_part * (d + g - v), lost_part * (v - d - g))
rate = -alpha * K * sigma2 * (d + g) ** (2 - 2 / K) * final**L
settles = Linearized(oversized(d + g), pairs({v: d + g}), (rate,), stable=True)
collapses = Attracts(oversized(d - h), d, (d, sp.oo), above=lost_part * (v - d + h))

# The encoder below the threshold, one predictor layer.
V = sp.sqrt(alpha * w ** (2 / L) + d**2)
shrink = L * sigma2 * w ** (3 - 2 / L) * (h + V) * alpha * w ** (2 / L) / (V + d)


def beneath(depth, rho):
    """The flow of the encoder with v = (α w^{2/L} + d²)^{1/2}."""
    V = sp.sqrt(alpha * w ** (2 / sp.sympify(depth)) + d**2)
    return restricted(live(depth, 1, rho), {v: V}, (Fact(w, "positive"),))


def exponential(speed, by=None):
    """One encoder layer: exponential."""
    return dominated(beneath(1, d - h), w, w0, w0 * sp.exp(-speed * t), -speed * w0, t, by=by)


fast = exponential(sigma2 * d * h, shrink.subs(L, 1))
threshold = beneath(L, d)


def algebraic(factor, from_below, by=None):
    """At the threshold, for every encoder depth."""
    bound = (w0**-2 + 2 * factor * L * alpha * sigma2 * t) ** -sp.S.Half
    return dominated(threshold, w, w0, bound, -factor * L * alpha * sigma2 * w0**3, t, by, (), from_below)


cube = L * alpha * sigma2 * w**3
slow = algebraic(sp.S.Half, False, cube * alpha * w ** (2 / L) / (2 * (V + d) ** 2))
no_faster = algebraic(1, True, cube * d / (V + d))

# Every sign, one predictor layer.
larger = Attracts(signed(r, v**2 + m), r, (-sp.oo, sp.oo))
larger_rate = Linearized(
    signed(r, v**2 + m), pairs({v: r}), (-(alpha ** (1 - L)) * sigma2 * (r**2 + m) ** L,), stable=True
)
negative = signed(-d - g, v**2 - d**2, -1)
part = alpha ** (1 - L) * sigma2 * (v**2 - d**2) ** L
negative_survives = Attracts(negative, -d - g, (-sp.oo, -d), part * (-d - g - v), part * (v + d + g))
negative_collapses = Attracts(signed(h - d, v**2 - d**2, -1), -d, (-sp.oo, -d), below=part * (h - d - v))
balanced_part = alpha ** (1 - L) * sigma2 * v ** (2 * L)
balanced = restricted(live(L, 1, -h), {w: v**L / alpha ** (L / 2)}, (Fact(v, "positive"),))
balanced_collapses = Attracts(balanced, sp.S.Zero, (sp.S.Zero, sp.oo), above=balanced_part * (v + h))

imbalance_threshold = Statement(
    title="A larger predictor sets a threshold for ρ; a larger encoder has none",
    hypotheses=(Less(0, K),),
    claim=kept
    & survives
    & settles
    & collapses
    & fast
    & slow
    & no_faster
    & larger
    & larger_rate
    & negative_survives
    & negative_collapses
    & balanced_collapses,
    witness=(
        {K: 1, L: 2, alpha: 1, sigma2: 1, lam: 1, d: 1, g: 1, m: 1, h: 1, r: 1, w0: 1, t: 1, v: 3, w: 1},
        {K: 1, L: 2, alpha: 1, sigma2: 1, lam: 1, d: 1, g: 1, m: 1, h: 1, r: 1, w0: 1, t: 1, v: -3, w: 1},
    ),
    near_misses=(
        NearMiss(Attracts(oversized(d - h, sp.S.One), d + g, (d, sp.oo)), why="below the threshold nothing survives"),
        NearMiss(Attracts(oversized(d + g, sp.S.One), d, (d, sp.oo)), why="above the threshold nothing collapses"),
        NearMiss(exponential(2 * sigma2 * d * h), why="twice the rate"),
        NearMiss(algebraic(1, False), why="twice as fast at the threshold"),
        NearMiss(
            Linearized(
                oversized(d + g, sp.S.One), pairs({v: d + g}), (-sigma2 * (2 * d * g + g**2) ** (L + 1),), stable=True
            ),
            why="one exponent",
        ),
        NearMiss(
            Conserved(live(L, K, None), v ** (2 / K) - w ** (2 / L)),
            at={K: 1, L: 1, alpha: 2, lam: 1, sigma2: 1, v: 2, w: 2},
            why="α divides the predictor's part",
        ),
        NearMiss(
            Attracts(signed(r, v**2 - m), r, (-sp.oo, sp.oo)),
            why="with a larger predictor not every start of every sign survives",
        ),
    ),
    source="tian2021directpred, Thm 1",
)


@proves(imbalance_threshold)
def theorem():
    yield "Encoder and predictor each balanced in itself, the imbalance of the joint is conserved:"
    yield kept
    yield (
        "Let it be positive, $d^{2/K}/\\alpha$.  Then $v \\geq d$, the encoder vanishes at $v = d$ alone, and"
        f" $\\dot v = {tex(oversized(c).rates[v])}$ with $\\rho = c$: a positive factor times $\\rho - v$.  If"
        " $\\rho = d + g > d$ the mode survives,"
    )
    yield survives
    yield f"keeps $w^{{2/L}} = {tex(final)}$, and arrives at the rate"
    yield settles
    yield "If $\\rho = d - h \\leq d$ the predictor comes down to $d$ and the encoder is lost:"
    yield collapses
    yield (
        "For one predictor layer $v = \\sqrt{\\alpha w^{2/L} + d^2} \\geq d$, so that one encoder layer shrinks"
        " exponentially,"
    )
    yield fast
    yield (
        "and at the threshold, $h = 0$, the encoder falls like $t^{-1/2}$ for every depth, between two explicit"
        " envelopes:"
    )
    yield slow
    yield no_faster
    yield (
        "With one predictor layer $v$ and $\\rho = r$ may have any sign.  A negative imbalance, $-m/\\alpha$, leaves an"
        " encoder for every $v$: nothing is lost, not even noise,"
    )
    yield larger
    yield larger_rate
    yield "A predictor below $-d$ survives exactly for $\\rho < -d$,"
    yield negative_survives
    yield negative_collapses
    yield "and without imbalance a predictor of the wrong sign is drawn to zero and takes the encoder along:"
    yield balanced_collapses
    yield imbalance_threshold.claim
