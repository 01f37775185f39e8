r"""The trajectory of a reconstruction mode for every pair of depths, as time over amplitude, from below and from above.

With the learned amplitude c of a layer, c^d = ρ with d = K + L, the flow u' = σ² u^{d-1} (c^d - u^d) separates.

Source: teschl2012ode, Sec. 1.3.
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Hits, Implicit, Less
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, sigma2, u

from .critical_time import below, c, mae, mae_integral, passage, u0, u1, x

d = K + L


def from_above(start, stop):
    """The time from a layer amplitude above c down to another."""
    return sp.Integral(1 / (sigma2 * x ** (d - 1) * (x**d - c**d)), (x, stop, start))


rising = Implicit(mae, mae_integral(u0, u), sp.S.One, (AtMost(u0, u), Less(u, c)))
sinking = Implicit(mae, from_above(u0, u), sp.S.One, (AtMost(u, u0), Less(c, u)))
above = (AtMost(u1, u0), Less(c, u1))
falls = Hits(mae, u0, u1, from_above(u0, u1), above, clock=from_above(u0, u), falling=True)
HALF = sp.Rational(1, 2)


def wrong(start, stop):
    """One power of the amplitude too many."""
    return sp.Integral(1 / (sigma2 * x**d * (c**d - x**d)), (x, start, stop))


mae_time_integral = Statement(
    title="The time of a reconstruction mode is one integral over its amplitude, at every depth",
    hypotheses=(Less(0, K),),
    claim=rising & sinking & passage(mae_integral, mae, u1, below) & falls,
    witness=(
        {K: 1, L: 2, c: 2, sigma2: 1, u0: HALF, u1: 1, u: 1},
        {K: 1, L: 2, c: 2, sigma2: 1, u0: 4, u1: 3, u: 3},
    ),
    near_misses=(
        NearMiss(Implicit(mae, wrong(u0, u), sp.S.One, (AtMost(u0, u), Less(u, c))), why="one exponent"),
        NearMiss(
            Hits(mae, u0, u1, from_above(u0, u1) * 2, above, clock=2 * from_above(u0, u), falling=True),
            at={K: 1, L: 1, c: 1, sigma2: 1, u0: 3, u1: 2},
            why="twice the time",
        ),
    ),
    source="teschl2012ode, Sec. 1.3",
)


@proves(mae_time_integral)
def theorem():
    yield (
        f"The layer amplitude moves by $\\dot u = {tex(mae.rates[u])}$, which is positive below $c$ and negative above."
        "  The integrals of its reciprocal advance with time,"
    )
    yield rising
    yield sinking
    yield "and an amplitude $u_1$ on the way is passed first at the times"
    yield passage(mae_integral, mae, u1, below)
    yield falls
    yield mae_time_integral.claim
