r"""The critical time to a fraction p of what is learned, for every pair of depths and both objectives: powers of the
start, the same powers at the stop, and a remainder that the start does not move.

The layer amplitude q c, q = p^{1/L}, takes the place of the threshold in `jepa-critical-time-orders` and
`mae-critical-time-expansion`; for one predictor layer `jepa-critical-time-expansion` says more.  Relative to c the
terms at the stop and the remainders depend on q alone, but for a power of c in front.

Source: littwin2024jepa, Thm 4.5 (K = 1; the thresholds there are relative).
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Hits, Less, Within
from symjepa.statements.statement import Cite, Let, NearMiss, Statement, proves
from symjepa.symbols import K, L, eps, sigma2, u

from . import jepa_critical_time_orders as latent
from . import mae_critical_time_expansion as data
from .critical_time import c, jepa, mae, p, q, u0, u1

J, d, POINT = latent.J, data.d, {**latent.POINT, u0: sp.Rational(1, 2), q: sp.Rational(1, 2)}
t_J, t_R, S_0, S_p, S_R, B_J = (sp.Symbol(name, real=True) for name in ("t_J", "t_R", "S_0", "S_p", "S_R", "B_J"))
bound = (q**latent.rest * c ** (2 - 2 * K - 2 * L)) / (latent.rest * sigma2 * (1 - q**K))
power = (u0 ** (2 - d) - (q * c) ** (2 - d)) / ((d - 2) * sigma2 * c**d)
square = ((q * c) ** 2 - u0**2) / (2 * sigma2 * c ** (2 * d))

reached = Hits(jepa, u0, q * c, t_J, clock=latent.time(u0, u)), Hits(mae, u0, q * c, t_R, clock=data.time(u0, u))
orders = Within(t_J, S_0 - S_p, B_J)
least, most = AtMost(S_R + square, t_R), AtMost(t_R, S_R + square / (1 - q**d))

relative_critical_time = Statement(
    title="The time to a fraction of what is learned is a sum of powers of the start and a bounded remainder",
    let=(
        Let(eps, u0**L),
        Let(p, q**L),
        Let(S_0, latent.powers(u0)),
        Let(S_p, latent.powers(q * c)),
        Let(t_J, S_0 - S_p + latent.left_over(u0, q * c)),
        Let(B_J, bound),
        Let(S_R, power),
        Let(t_R, S_R + data.left_over(u0, q * c)),
    ),
    hypotheses=(
        Less(0, K),
        Less(2, d),
        Less(K * J - K, K + 2 * L - 2),
        Less(K + 2 * L - 2, K * J),
        AtMost(u0, q * c),
        Less(q, 1),
    ),
    claim=reached[0] & orders & reached[1] & least & most,
    witness={**POINT, u: 1},
    near_misses=(
        NearMiss(Within(t_J, S_0, B_J), at=POINT, why="the stop takes off a constant"),
        NearMiss(Within(t_J, S_0 - S_p, B_J * q**K), at=POINT | {q: sp.Rational(3, 10)}, why="one exponent"),
        NearMiss(AtMost(t_R, S_R + square), at=POINT, why="what is left of the drive at the threshold"),
        NearMiss(Hits(jepa, u0, q, t_J), at=POINT, why="an absolute threshold"),
    ),
    source="littwin2024jepa, Thm 4.5",
)


@proves(relative_critical_time)
def theorem():
    yield (
        "The encoder has learned the fraction $p$ of a mode when each layer has reached $q c$ with $q = p^{1/L} < 1$,"
        " where $c$ is what a layer learns.  For a JEPA the geometric series under the integral, cut off after $J$"
        " terms, closes,"
    )
    yield latent.series
    yield "so that `jepa-critical-time-orders` applies with $u_1 = qc$, for"
    yield Cite(latent.theorem, {u1: q * c})
    yield "The time and its powers are"
    yield reached[0]
    yield orders
    yield "For reconstruction with more than two layers in all `mae-critical-time-expansion` applies likewise, for"
    yield Cite(data.theorem, {u1: q * c})
    yield "The time holds one power,"
    yield reached[1]
    yield "and what it leaves lies between two multiples of $(qc)^2 - u_0^2$:"
    yield least
    yield most
    yield relative_critical_time.claim
