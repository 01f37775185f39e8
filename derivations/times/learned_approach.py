r"""The learned solution is approached exponentially, at its linear rate and with explicit constants on both sides.

With $d = K$ for a JEPA and $d = K + L$ for reconstruction, $\dot u = \sigma^2 u^a (c^d - u^d)$, the gap $c^d - u^d$
closes at the rate $d \sigma^2 u^b$, $b = a + d - 1$, which never exceeds the linear rate $r = d \sigma^2 c^b$.  So the
time from $u_0$ to $u$ is at least $(1/r) \log\bigl((c^d - u_0^d)/(c^d - u^d)\bigr)$, and exceeds it by at most $b
(u_0^{1-a} - u^{1-a})/(d (a - 1) \lambda)$, whatever $u < c$: in other words $$ (c^d - u_0^d)\,e^{-rt} \leq c^d - u(t)^d
\leq C\,(c^d - u_0^d)\,e^{-rt}, \qquad \log C = \frac{r\,b}{d\,(a - 1)\,\lambda} u_0^{1-a}.  $$

Source: littwin2024jepa, Cor. 4.3 (the fixed points).
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Less, Moves
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, sigma2, u

from .critical_time import c, jepa, jepa_integral, mae, mae_integral, u0, u1

latent, data = (K, K + 2 * L - 1), (K + L, K + L - 1)


def rate(d, a):
    """The linear rate at the learned solution."""
    return d * sigma2 * c ** (a + d - 1)


def alone(d, a):
    """The time of an exponential approach at the linear rate."""
    return (sp.log(c**d - u0**d) - sp.log(c**d - u1**d)) / rate(d, a)


def excess(d, a):
    """What the approach may take more than that."""
    b = a + d - 1
    return b * (u0 ** (1 - a) - u1 ** (1 - a)) / (d * (a - 1) * sigma2 * c**d)


names = "t_J", "E_J", "X_J", "t_R", "E_R", "X_R"
t_J, E_J, X_J, t_R, E_R, X_R = (sp.Symbol(name, real=True) for name in names)
"""The time, that of an exponential approach at the linear rate, and what it may be exceeded by."""


def approach(time, exponential, more):
    """The time between both."""
    return AtMost(exponential, time) & AtMost(time, exponential + more)


def tangent(d, a, x=u1):
    """b c^{b-d} (c^d - x^d) - d (c^b - x^b): how far x^b, as a function of x^d, lies above its tangent at c."""
    b = a + d - 1
    return b * c ** (b - d) * (c**d - x**d) - d * (c**b - x**b)


def convex(d, a):
    """A lemma: the tangent lies below, for they meet at x = c and the gap grows downward."""
    b = a + d - 1
    slope = b * d * u1 ** (d - 1) * (c ** (b - d) - u1 ** (b - d))
    return AtMost(0, tangent(d, a), by=Chain(u1, c, slope, falling=True))


def approached(time, exponential, more, d, a):
    """The same with certificates."""
    b = a + d - 1
    common = sigma2 * u1**a * c**b * (c**d - u1**d)
    yield AtMost(exponential, time, by=Chain(u1, u0, (c**b - u1**b) / common))
    slack = tangent(d, a) / (d * common)
    yield AtMost(time, exponential + more, by=Chain(u1, u0, slack, using=(convex(d, a),)))


closes = Moves(jepa, c**K - u**K, -K * sigma2 * u ** (2 * K + 2 * L - 2) * (c**K - u**K))
shuts = Moves(
    mae, c ** (K + L) - u ** (K + L), -(K + L) * sigma2 * u ** (2 * K + 2 * L - 2) * (c ** (K + L) - u ** (K + L))
)
slow, fast = approach(t_J, E_J, X_J), approach(t_R, E_R, X_R)
POINT = {K: 1, L: 2, c: 2, sigma2: 1, u0: sp.Rational(1, 2), u1: 1, u: 1}
LATE = {**POINT, u0: sp.Rational(3, 2), u1: sp.Rational(199, 100)}

learned_approach = Statement(
    title="The learned solution is approached at its linear rate, within explicit constants on both sides",
    let=(
        Let(t_J, jepa_integral(u0, u1)),
        Let(E_J, alone(*latent)),
        Let(X_J, excess(*latent)),
        Let(t_R, mae_integral(u0, u1)),
        Let(E_R, alone(*data)),
        Let(X_R, excess(*data)),
    ),
    hypotheses=(Less(0, K), Less(2, K + L), AtMost(u0, u1), Less(u1, c)),
    claim=closes & shuts & slow & fast,
    witness=POINT,
    near_misses=(
        NearMiss(AtMost(2 * E_J, t_J), at=LATE, why="half of the rate"),
        NearMiss(AtMost(t_J, E_J), at=LATE, why="the exponential alone"),
        NearMiss(
            AtMost(t_J, alone(K, 2 * L + K) + X_J),
            at={**LATE, u1: sp.Rational(1999999, 1000000)},
            why="one exponent in the rate",
        ),
        NearMiss(
            AtMost(t_J, E_J + X_J / 8),
            at={**POINT, u0: sp.Rational(1, 100)},
            why="an eighth of the excess",
        ),
    ),
    source="littwin2024jepa, Cor. 4.3",
)


@proves(learned_approach)
def theorem():
    yield (
        f"Along $\\dot u = {tex(jepa.rates[u])}$, and for reconstruction along $\\dot u = {tex(mae.rates[u])}$, the gap"
        " closes by"
    )
    yield closes
    yield shuts
    yield (
        "at a relative rate that is at most the linear one.  That the times are not shorter than at this rate, and"
        " longer by a bounded excess only, holds at $u_1 = u_0$, and both gaps grow with $u_1$: the first because the"
        " rate is smaller on the way, the second because $x^b$, as a function of $x^d$ with $b > d$, lies above its"
        " tangent at $x = c$ ($d = K$ for a JEPA, $d = K + L$ for reconstruction, $b = 2K + 2L - 2$)."
    )
    yield from approached(t_J, E_J, X_J, *latent)
    yield from approached(t_R, E_R, X_R, *data)
    yield learned_approach.claim
