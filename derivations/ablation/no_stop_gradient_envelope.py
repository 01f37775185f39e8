r"""How fast the losers collapse without stop-gradient: an envelope below the threshold, a power of time on it.

On a curve w^{2/L} - (v - c)²/α = S below the threshold, α S = -D², the predictor stays at least D away from c, so that
the encoder shrinks at least at the rate L σ² D² w^{2-2/L}: exponentially for one layer, algebraically for more.  At the
threshold, S = 0, nothing but the encoder itself keeps it shrinking: it collapses like t^{-1/2}, for every L ≥ 2.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import Less, Moves, dominated, solves
from symjepa.statements.descriptions import restricted
from symjepa.statements.statement import NearMiss, Statement, proves
from symjepa.symbols import L, alpha, sigma2, t, v, w

from .no_stop_gradient_survival import below, beneath, c, lost, perfect, single

w0, q = sp.Symbol("w0", positive=True), 2 - 2 / L


def algebraic(flow, scale=1):
    """The envelope for more than one layer."""
    rest = (w0 ** (-q) + scale * 2 * (L - 1) * sigma2 * lost**2 * t) ** (-1 / q)
    by = {"by": L * sigma2 * alpha * w**3} if scale == 1 else {}
    return dominated(flow, w, w0, rest, -scale * L * sigma2 * lost**2 * w0 ** (3 - 2 / L), t, **by)


def exponential(side, rate=sigma2 * lost**2):
    """The envelope for one layer, on either side of c."""
    flow = restricted(perfect(1, 1), {v: c + side * sp.sqrt(alpha * w**2 + lost**2)}, (Fact(w, "positive"),))
    by = {"by": sigma2 * alpha * w**3} if rate == sigma2 * lost**2 else {}
    return dominated(flow, w, w0, w0 * sp.exp(-rate * t), -rate * w0, t, **by)


def threshold(side, power=2):
    """The solution on the threshold itself."""
    edge = restricted(single, {v: c + side * sp.sqrt(alpha) * w ** (1 / L)}, (Fact(w, "positive"),))
    return solves(edge, {w: (w0**-power + power * L * alpha * sigma2 * t) ** (-1 / sp.Integer(power))}, {w: w0}, t)


no_stop_gradient_envelope = Statement(
    title="Without stop-gradient losing modes collapse exponentially or algebraically, at the threshold like t^{-1/2}",
    hypotheses=(Less(1, L),),
    claim=algebraic(below) & algebraic(beneath) & exponential(1) & exponential(-1) & threshold(1) & threshold(-1),
    witness={L: 2, c: 1, sigma2: 1, alpha: 1, lost: 1, w0: 1, t: 1, v: 2, w: 1},
    near_misses=(
        NearMiss(algebraic(below, 2), why="twice as fast"),
        NearMiss(exponential(1, 2 * sigma2 * lost**2), why="twice the rate"),
        NearMiss(exponential(-1, sigma2 * lost), why="D enters with its square"),
        NearMiss(threshold(1, 1), why="one exponent"),
    ),
)


@proves(no_stop_gradient_envelope)
def theorem():
    yield "Below the threshold, from either side, the encoder moves by"
    yield Moves(below, w, -L * sigma2 * w ** (3 - 2 / L) * (lost**2 + alpha * w ** (2 / L)))
    yield "and leaving out the part that carries $\\alpha$ makes it slower.  What is left separates:"
    yield algebraic(below)
    yield algebraic(beneath)
    yield "With one layer it is linear:"
    yield exponential(1)
    yield exponential(-1)
    yield "On the threshold only the part with $\\alpha$ is there, and the powers of $w$ are the same for every depth:"
    yield threshold(1)
    yield threshold(-1)
    yield no_stop_gradient_envelope.claim
