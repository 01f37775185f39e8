r"""The trajectory of a JEPA mode for every pair of depths, as time over amplitude: one integral below the fixed point,
one above it.

With the learned amplitude c of a layer, c^K = ρ, the flow u' = σ² u^{K+2L-1} (c^K - u^K) separates.  Where no finite
sum exists ($K$ does not divide 2(L - 1)) the integral is the solution: it is strictly monotone, so it has an inverse,
and that inverse is u(t).  From above the mode sinks to c, and the integral runs downward.

Source: teschl2012ode, Sec. 1.3; for K = 1 the integral is the sum of `jepa-implicit-solution`.
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Hits, Implicit, Less
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, sigma2, u

from .critical_time import below, c, jepa, jepa_integral, passage, u0, u1, x


def from_above(start, stop):
    """The time from a layer amplitude above c down to another."""
    return sp.Integral(1 / (sigma2 * x ** (K + 2 * L - 1) * (x**K - c**K)), (x, stop, start))


rising = Implicit(jepa, jepa_integral(u0, u), sp.S.One, (AtMost(u0, u), Less(u, c)))
sinking = Implicit(jepa, from_above(u0, u), sp.S.One, (AtMost(u, u0), Less(c, u)))
above = (AtMost(u1, u0), Less(c, u1))
falls = Hits(jepa, u0, u1, from_above(u0, u1), above, clock=from_above(u0, u), falling=True)
HALF = sp.Rational(1, 2)


def wrong(start, stop):
    """One power of the amplitude too few."""
    return sp.Integral(1 / (sigma2 * x ** (K + 2 * L - 2) * (c**K - x**K)), (x, start, stop))


jepa_time_integral = Statement(
    title="The time of a JEPA mode is one integral over its amplitude, from below and from above, at every depth",
    hypotheses=(Less(0, K),),
    claim=rising & sinking & passage(jepa_integral, jepa, u1, below) & falls,
    witness=(
        {K: 3, L: 2, c: 2, sigma2: 1, u0: HALF, u1: 1, u: 1},
        {K: 3, L: 2, c: 2, sigma2: 1, u0: 4, u1: 3, u: 3},
    ),
    near_misses=(
        NearMiss(Implicit(jepa, wrong(u0, u), sp.S.One, (AtMost(u0, u), Less(u, c))), why="one exponent"),
        NearMiss(
            Hits(jepa, u0, u1, from_above(u0, u1) * 2, above, clock=2 * from_above(u0, u), falling=True),
            at={K: 1, L: 1, c: 1, sigma2: 1, u0: 3, u1: 2},
            why="twice the time",
        ),
        NearMiss(Implicit(jepa, jepa_integral(u0, u), L, (AtMost(u0, u), Less(u, c))), why="the time of the paper"),
    ),
    source="teschl2012ode, Sec. 1.3; littwin2024jepa, Thm 4.4 (K = 1)",
)


@proves(jepa_time_integral)
def theorem():
    yield (
        f"The layer amplitude moves by $\\dot u = {tex(jepa.rates[u])}$, which is positive below $c$ and negative"
        " above.  On either side the reciprocal is continuous, and its integral, a function of the amplitude, advances"
        " with time:"
    )
    yield rising
    yield sinking
    yield "So an amplitude $u_1$ on the way is passed first at the times"
    yield passage(jepa_integral, jepa, u1, below)
    yield falls
    yield jepa_time_integral.claim
