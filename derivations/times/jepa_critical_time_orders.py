r"""The critical time of a JEPA for every pair of depths: finitely many powers of 1/ε, and a remainder that the start
does not move.

For every J with K(J - 1) < K + 2L - 2 the time is a sum of J negative powers of the layer amplitude at the start, less
the same at the stop, and one integral.  As soon as $KJ > K + 2L - 2$ the integral is bounded whatever the start: T is
the sum and O(1), with explicit constants, and no logarithm.  A logarithm appears exactly where K divides 2(L - 1)
(`jepa-critical-time-logarithm`).

Source: littwin2024jepa, Thm 4.5 (K = 1).
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Hits, Less, SumCloses, Unequal, Within
from symjepa.statements.statement import Let, NearMiss, Statement, proves
from symjepa.symbols import K, L, eps, n, sigma2, u

from .critical_time import a, below, c, jepa, u0, u1, x

J = sp.Symbol("J", integer=True, positive=True)
order = 2 * K + 2 * L - 2
rest = K * J - K - 2 * L + 2


def powers(start, count=J):
    """The first terms of the geometric series under the integral, integrated: negative powers of an amplitude."""
    return sp.Sum(c ** (-K * n) * start ** (K * n - order) / (order - K * n), (n, 1, count)) / sigma2


def left_over(start, stop, count=J):
    """What the geometric series leaves."""
    return c ** (-K * count) / sigma2 * sp.Integral(x ** (K * count - K - 2 * L + 1) / (c**K - x**K), (x, start, stop))


def time(start, stop, count=J):
    """The time between two layer amplitudes."""
    return powers(start, count) - powers(stop, count) + left_over(start, stop, count)


N = sp.Symbol("N", integer=True)
series = SumCloses(
    c ** (-K * n) * u ** (K * n - order - 1),
    n,
    sp.S.One,
    N,
    u ** (K - order - 1) * ((u / c) ** (K * N) - 1) / (u**K - c**K),
    (Unequal(u**K, c**K),),
)
t_a, S_0, S_a = (sp.Symbol(name, real=True) for name in ("t_a", "S_0", "S_a"))
"""The time, and what the powers say of it at the start and at the stop."""

reached = Hits(jepa, u0, u1, t_a, below, clock=time(u0, u))
bound = c ** (-K * J) * u1**rest / (rest * sigma2 * (c**K - u1**K))
faster = c ** (-K * J) * K * u1 ** (rest + K - 1) / (rest * sigma2 * (c**K - u1**K) ** 2)
HALF = sp.Rational(1, 2)
POINT = {K: 3, L: 2, J: 2, c: 2, sigma2: 1}

jepa_critical_time_orders = Statement(
    title="The critical time of a JEPA is a finite sum of powers of the start and a bounded remainder, at every depth",
    let=(
        Let(eps, u0**L),
        Let(a, u1**L),
        Let(S_0, powers(u0)),
        Let(S_a, powers(u1)),
        Let(t_a, S_0 - S_a + left_over(u0, u1)),
    ),
    hypotheses=(
        Less(0, K),
        Less(K * J - K, K + 2 * L - 2),
        Less(K + 2 * L - 2, K * J),
        AtMost(u0, u1),
        Less(u1, c),
    ),
    claim=reached & Within(t_a, S_0 - S_a, bound),
    witness={**POINT, u0: HALF, u1: 1, u: 1},
    near_misses=(
        NearMiss(
            Hits(jepa, u0, u1, S_0 - S_a, below, clock=powers(u0) - powers(u)),
            at={**POINT, u0: HALF, u1: 1},
            why="the integral that the series leaves is not nothing",
        ),
        NearMiss(
            Within(t_a, S_0, bound),
            at={**POINT, u0: HALF, u1: 1},
            why="the stop takes off a constant",
        ),
        NearMiss(
            Within(t_a, S_0 - S_a, bound * u1),
            at={**POINT, u0: sp.Rational(1, 10), u1: sp.Rational(1, 5)},
            why="one exponent",
        ),
        NearMiss(
            Within(t_a, S_0 - S_a, bound),
            without=(Less(K + 2 * L - 2, K * J),),
            at={**POINT, K: 2, J: 1, u0: HALF, u1: 1},
            why="with a term fewer what is left diverges",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
)


@proves(jepa_critical_time_orders)
def theorem():
    yield (
        "In layer amplitudes, with $c^K = \\rho$, the time is the integral of $1/(\\sigma^2 x^{K+2L-1}(c^K - x^K))$"
        " (`critical-time`).  Its geometric series in $(x/c)^K$, cut off after $J$ terms, closes for every depth:"
    )
    yield series
    yield (
        "Integrated, the first $J$ terms are negative powers, for their exponents $2K + 2L - 2 - Kn$ are positive as"
        " long as $K(J-1) < K + 2L - 2$, and one integral is left:"
    )
    yield reached
    yield "Its integrand is positive,"
    yield AtMost(0, left_over(u0, u1))
    yield (
        "and once $KJ > K + 2L - 2$ the start no longer matters: at $u_1 = u_0$ the bound is positive, and it grows"
        " faster than the integral with $u_1$:"
    )
    yield AtMost(left_over(u0, u1), bound, by=Chain(u1, u0, faster))
    yield jepa_critical_time_orders.claim
