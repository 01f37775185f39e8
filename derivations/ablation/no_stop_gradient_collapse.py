r"""Without stop-gradient every mode collapses if the views are not perfectly correlated, from every start.

If gradients flow through both branches the loss of a mode is w²/2 times σ²(v - ρ)² + σy² - λ²/σ², and its second part
falls by shrinking the encoder whatever the predictor does.  So the encoder stays below an explicit envelope,
exponential for one layer, algebraic for more.  The amount is what the best predictor leaves of the target's variance,
c = σy² (1 - r²).
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor, Shared
from symjepa.statements.claims import Iff, Less, Moves, Unequal, dominated, solves
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, alpha, lam, rho, sigma2, sigma2_y, t, u, u0, v, w

from ..printed import NO_STOP

q, left, n0 = sp.Symbol("q", positive=True), sp.Symbol("c", positive=True), sp.Symbol("n0", nonnegative=True)
w0, whole = sp.Symbol("w0", positive=True), sp.Symbol("C", positive=True)


def unstopped(encoder, predictor, variance=left + lam**2 / sigma2):
    """A mode whose gradients flow through both branches, the target's variance given."""
    model = Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), Shared(), alpha)
    return modes(model, "product", {sigma2_y: variance})


def bare(encoder):
    """The same without a predictor."""
    model = Model(Encoder(encoder), Predictor(0), LatentPrediction(), Shared())
    return modes(model, "balanced", {lam: (sigma2 + sigma2_y - whole) / 2})


one, single, deep = unstopped(1, 1), unstopped(1, K), unstopped(L, K)
stopped = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live(), alpha), "product")
residual = sigma2 * (v - rho) ** 2


def exponential(flow, rate=2 * left):
    """w² stays below an exponential, whatever its sign."""
    own = {"by": 2 * w**2 * residual} if rate == 2 * left else {}
    return dominated(flow, w**2, n0, n0 * sp.exp(-rate * t), -rate * n0, t, **own)


def algebraic(flow, scale=1, power=q):
    """w stays below a power of time; L q = 2L - 2."""
    bound = (w0 ** (-power) + scale * L * power * left * t) ** (-1 / power)
    return dominated(flow, w, w0, bound, -scale * L * left * w0 ** (1 + power), t, by=L * w ** (3 - 2 / L) * residual)


falls = Moves(deep, w, -L * w ** (3 - 2 / L) * (residual + left))
signs, steady, every_depth = exponential(one), exponential(single), algebraic(deep)
remainder = Iff(Less(0, sigma2_y - lam**2 / sigma2), Less(lam**2, sigma2 * sigma2_y), 1 / sigma2)
gap = Less(2 * lam, sigma2 + sigma2_y, by=sigma2 * (1 - rho) ** 2 + (sigma2 * sigma2_y - lam**2) / sigma2)
closed = solves(bare(L), {u: (u0 ** (-L * q) + L * q * whole * t) ** (-1 / (L * q))}, {u: u0}, t)
correlated = w**2 * (sigma2 * (v - rho) ** 2 + (sigma2 * sigma2_y - lam**2) / sigma2)
shrinks = Less(w * unstopped(1, 1, sigma2_y).rates[w], 0, by=correlated)
closed_single = solves(bare(1), {u: u0 * sp.exp(-whole * t)}, {u: u0}, t)

no_stop_gradient_collapse = Statement(
    title="Without stop-gradient every mode collapses if the views are not perfectly correlated",
    let=(
        Let(rho, lam / sigma2),
        Let(q, 2 - 2 / L),
    ),
    hypotheses=(Less(lam**2, sigma2 * sigma2_y), Less(0, K), Less(1, L)),
    claim=remainder & falls & signs & steady & every_depth & gap & closed & closed_single,
    witness={K: 1, L: 2, lam: 1, sigma2: 1, sigma2_y: 2, left: 1, whole: 1, alpha: 1, t: 1, u: 1, v: 1, w: 1, u0: 1},
    near_misses=(
        NearMiss(exponential(one, 3 * left), why="a larger rate"),
        NearMiss(algebraic(deep, 2), why="twice as fast"),
        NearMiss(algebraic(deep, 1, q + 1), why="one exponent"),
        NearMiss(exponential(stopped), why="with stop-gradient a mode grows while v < ρ"),
        NearMiss(
            dominated(one, w**2, n0, n0 * sp.exp(-2 * sigma2 * t), -2 * sigma2 * n0, t),
            why="the rate is what the best predictor leaves, not the variance",
        ),
        NearMiss(
            exponential(unstopped(1, 1, left / 2 + lam**2 / sigma2)), why="half of what is left gives half of the rate"
        ),
        NearMiss(
            Iff(Less(0, sigma2_y - lam**2 / sigma2), Less(lam, sigma2 * sigma2_y), 1 / sigma2),
            why="it is the square of the covariance that is compared",
        ),
        NearMiss(
            gap,
            without=(Less(lam**2, sigma2 * sigma2_y),),
            at={K: 1, L: 2, lam: 1, sigma2: 1, sigma2_y: 1},
            why="without a predictor one thing survives: two views that are the same",
        ),
    ),
    source="tian2021directpred, Sec. 3.2",
    printed=(
        NO_STOP.read(
            Reading(
                "with one layer each and without weight decay, $w^2$ shrinks wherever it is not zero",
                "true when",
                shrinks,
                hypotheses=(Unequal(w, 0),),
                when=(Less(lam**2, sigma2 * sigma2_y),),
            ),
            Reading("with one layer each it falls below an exponential, if $r^2 < 1$", "confirmed", signs),
        ),
    ),
)


@proves(no_stop_gradient_collapse)
def theorem():
    yield (
        "Of the target's variance the best predictor leaves $c = \\sigma_y^2 - \\lambda^2/\\sigma^2$, and more than"
        " nothing exactly if the views are not perfectly correlated, $r^2 < 1$:"
    )
    yield remainder
    yield (
        f"Write $\\sigma_y^2 = {tex(left + lam**2 / sigma2)}$ with $c > 0$.  Without stop-gradient the encoder moves by"
        f" $\\dot w = {tex(deep.rates[w])}$.  Completing the square gives"
    )
    yield falls
    yield (
        "so that it shrinks at least as fast as with the square left out, whatever the predictor does.  With one layer"
        " each this holds for every sign of $v$ and $w$,"
    )
    yield signs
    yield "with one layer of the encoder for every depth of the predictor,"
    yield steady
    yield "and with more layers, $L q = 2L - 2 > 0$,"
    yield Less(0, q)
    yield every_depth
    yield "Without a predictor the encoder shrinks at $C = \\sigma^2 + \\sigma_y^2 - 2\\lambda$, which is positive,"
    yield gap
    yield "and the solution is explicit:"
    yield closed
    yield closed_single
    yield no_stop_gradient_collapse.claim
