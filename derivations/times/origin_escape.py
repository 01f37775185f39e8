r"""The origin lets go slowly: its linearisation vanishes, and the time to leave grows like a power of 1/ε, between two
multiples of it.

Near u = 0 a mode moves by $\dot u = \lambda u^a (1 - \cdots)$ with $a = K + 2L - 1 \geq 2$ for a JEPA and $a = K + L -
1$ for reconstruction.  Where $a > 1$ the relative speed $\dot u/u$, at most $\lambda u^{a-1}$, vanishes at the origin:
the escape is algebraic, with exponent $a - 1$ in $1/u_0 = \varepsilon^{-1/L}$.  For reconstruction with one layer each
$a = 1$, the rate is λ, and the escape exponential: then and only then the time is a logarithm to leading order.

Source: littwin2024jepa, Thm 4.5 (the leading terms for K = 1).
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Less
from symjepa.statements.descriptions import Modes
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, sigma2, u

from .critical_time import c, jepa, jepa_integral, mae, mae_integral, mae_logarithm, u0, u1

d, a = K + L, K + 2 * L - 1
HALF = sp.Rational(1, 2)


def slow(flow: Modes, depth, exponent):
    """The relative speed lies between two multiples of λ u^(exponent - 1)."""
    top = sigma2 * c**depth * u ** (exponent - 1)
    return AtMost(flow.rates[u] / u, top) & AtMost(top * (1 - (u1 / c) ** depth), flow.rates[u] / u)


def powers(depth, exponent):
    """The time that the power alone would take."""
    return (u0 ** (1 - exponent) - u1 ** (1 - exponent)) / ((exponent - 1) * sigma2 * c**depth)


def escape(time, alone, depth):
    """The time lies between that of the power and a multiple of it."""
    return AtMost(alone, time) & AtMost(time, alone / (1 - (u1 / c) ** depth))


def escaped(time, named, depth, exponent):
    """The same with certificates: equal at u1 = u0, and the gaps grow with u1."""
    alone = powers(depth, exponent)
    gain = u1 ** (depth - exponent) / (sigma2 * c**depth * (c**depth - u1**depth))
    slack = alone * depth * c**depth * u1 ** (depth - 1) / (c**depth - u1**depth) ** 2
    yield AtMost(named, time, by=Chain(u1, u0, gain))
    yield AtMost(time, named / (1 - (u1 / c) ** depth), by=Chain(u1, u0, slack))


t_J, t_R, t_1, S_J, S_R = (sp.Symbol(name, real=True) for name in ("t_J", "t_R", "t_1", "S_J", "S_R"))
"""The times of either objective, that of reconstruction with one layer each, and what the powers alone would take."""

logarithm = sp.log(u1 / u0)
single = AtMost(logarithm / (sigma2 * c**2), t_1)
latent, data = escape(t_J, S_J, K), escape(t_R, S_R, d)
POINT = {K: 1, L: 2, c: 2, sigma2: 1, u0: HALF, u1: 1, u: 1}

origin_escape = Statement(
    title="The origin has no linear rate, and the time to leave it grows like a power of 1/ε",
    let=(
        Let(t_J, jepa_integral(u0, u1)),
        Let(S_J, powers(K, a)),
        Let(t_R, mae_integral(u0, u1)),
        Let(S_R, powers(d, d - 1)),
        Let(t_1, mae_logarithm(u0, u1)),
    ),
    hypotheses=(Less(0, K), Less(2, d), AtMost(u0, u1), Less(u1, c), AtMost(u, u1)),
    claim=slow(jepa, K, a) & slow(mae, d, d - 1) & Less(1, a) & latent & data & single,
    witness=POINT,
    near_misses=(
        NearMiss(slow(jepa, K, a + 1), at={**POINT, u: HALF}, why="one exponent"),
        NearMiss(AtMost(t_J, S_J), at=POINT, why="the power alone is too fast"),
        NearMiss(
            AtMost(t_J, powers(K, a - 1) / (1 - (u1 / c) ** K)),
            at={**POINT, u0: sp.Rational(1, 10)},
            why="the exponent of a JEPA with a layer less",
        ),
        NearMiss(
            Less(2, a), at={K: 1, L: 1, c: 2, u0: 1, u1: 1, u: 1}, without=(Less(2, d),), why="a = 2 for one layer each"
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
)


@proves(origin_escape)
def theorem():
    yield (
        f"A JEPA mode moves by $\\dot u = {tex(jepa.rates[u])}$ and one of reconstruction by $\\dot u ="
        f" {tex(mae.rates[u])}$, with the learned amplitude $c$.  The relative speeds are at most a power of $u$:"
    )
    yield slow(jepa, K, a)
    yield slow(mae, d, d - 1)
    yield "whose exponent is positive, so that the linearisation at the origin vanishes:"
    yield Less(1, a)
    yield "The times compare with those of the power alone, whose integral is elementary:"
    yield from escaped(t_J, S_J, K, a)
    yield "and for reconstruction"
    yield from escaped(t_R, S_R, d, d - 1)
    yield (
        "With one layer each the exponent of reconstruction is 1 and a logarithm takes the place of the power; the time"
        " exceeds it by half of"
    )
    yield AtMost(0, sp.log(c**2 - u0**2) - sp.log(c**2 - u1**2), by=Chain(u1, u0, 2 * u1 / (c**2 - u1**2)))
    yield origin_escape.claim
