r"""The ratio of two critical times to leading order in the start, with the coefficient and an explicit remainder.

Two features of equal covariance, c₁ > c₂.  For a JEPA with two encoder layers or more $$ \frac{t_2}{t_1} = 1 +
\frac{K+2L-2}{2L-2} \Bigl(\frac1{\rho_2} - \frac1{\rho_1}\Bigr) \varepsilon^{K/L} + O(\varepsilon^{(K+1)/L}), $$
whatever the threshold; with one predictor layer the correction is of the order ε^{1/L}.  For reconstruction it is of
the order ε^{(K+L-2)/L}, and its coefficient is K + L - 2 times λ(t₂ - t₁), which stays between two numbers
(`critical-time-difference`) and depends on the threshold.

Source: littwin2024jepa, Thm 4.5 (leading terms of the times).
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Less, Within
from symjepa.statements.statement import Let, NearMiss, Statement, proves
from symjepa.symbols import K, L, eps

from ..speeds import c1, c2, jepa, mae, start, theta
from .critical_time_difference import at_least, at_most, excess, gap, lambda0, left, let, steepness
from .critical_time_ratio import jepa_least, longer, power, time, times

b, d = K + 2 * L - 2, K + L
g, M, Q = (sp.Symbol(name, real=True) for name in ("g", "M", "Q"))
(N_J, C_J), (N_R, C_R) = ([learner.named(name) for name in ("N_", "C_")] for learner in (jepa, mae))
abbreviations = (
    Let(eps, start**L),
    Let(g, b / (2 * L - 2) * excess(jepa)),
    Let(M, excess(jepa) * (c1**-K + c2**-K) * theta ** (K - 1) / left(jepa, theta)),
    Let(N_J, 1 / (c1**K * jepa.left(theta, c1))),
    Let(C_J, g / theta + b * (theta ** (K - 1) * g * N_J / (2 * L - 2) + M / (2 * L - 3))),
    Let(Q, (d - 2) * excess(mae) * theta**2 / left(mae, theta)),
    Let(N_R, 1 / (c1**d * mae.left(theta, c1))),
    Let(C_R, Q * (theta ** (2 - d) + (d - 2) * N_R * theta**2 / 2)),
)


def total(*parts):
    """A sum that keeps its parts together."""
    return theta * sp.Add(*(part / theta for part in parts))


def compared(k):
    """A smaller negative power is smaller, in the measure of u₀."""
    return AtMost(power(k), b / k * start ** (b - k) * power(b))


def gaps(line):
    """What a proved line says is not negative."""
    return line.rhs - line.lhs


small, large = compared(2 * L - 2), compared(2 * L - 3)
not_more = AtMost(
    time(jepa),
    power(b) + N_J * power(2 * L - 2),
    by=Chain(theta, start, K * theta ** (K - 1) * N_J**2 * power(2 * L - 2)),
)
not_longer = AtMost(
    gap(jepa),
    excess(jepa) * power(2 * L - 2) + M * power(2 * L - 3),
    by=Chain(
        theta,
        start,
        M * ((K - 1) / theta + steepness(jepa)) * power(2 * L - 3)
        + excess(jepa) * theta ** (1 + K - 2 * L) * c2**-K * (theta / c1) ** K / left(jepa, theta),
    ),
)
r = start / theta
taken = excess(jepa) * theta ** (2 - 2 * L) / (2 * L - 2)
near = AtMost(
    g * start**K * power(b) - excess(jepa) * power(2 * L - 2),
    g / theta * start ** (K + 1) * power(b),
    by=total(taken * (r ** (3 - 2 * L) - 1), taken * r**K * (1 - r)),
)
second = AtMost(
    start**K * power(2 * L - 2),
    b / (2 * L - 2) * theta ** (K - 1) * start ** (K + 1) * power(b),
    by=total(
        start**K * gaps(small),
        b / (2 * L - 2) * start ** (K + 1) * (theta ** (K - 1) - start ** (K - 1)) * power(b),
    ),
)
more, less = b * M / (2 * L - 3), g / theta + b * theta ** (K - 1) * g * N_J / (2 * L - 2)
A, low = time(jepa), times[jepa][0]
for_jepa = Within(
    longer(jepa),
    g * eps ** (K / L),
    C_J * eps ** ((K + 1) / L),
    above=total(
        (g * start**K + more * start ** (K + 1)) * gaps(low),
        excess(jepa) * gaps(small),
        M * gaps(large),
        gaps(not_longer),
        less * start ** (K + 1) * A,
    )
    / A,
    below=total(
        gaps(jepa_least),
        g * start**K * gaps(not_more),
        gaps(near),
        g * N_J * gaps(second),
        less * start ** (K + 1) * gaps(low),
        more * start ** (K + 1) * A,
    )
    / A,
)

B, base, half = time(mae), times[mae][0], (theta**2 - start**2) / 2
not_more_R = AtMost(
    B,
    power(d - 2) + N_R * half,
    by=Chain(theta, start, d * theta ** (d - 1) * N_R**2 * half),
)
flat = AtMost(
    theta**2 - start**2,
    2 * theta**2 * (1 - r ** (d - 2)),
    by=total(2 * theta**2 * r * (1 - r ** (d - 3)), theta**2 * (1 - r) ** 2),
)
ordered = AtMost(0, gap(mae), by=total(at_least.lhs, gaps(at_least)))
at_most_Q = AtMost(
    gap(mae),
    Q * start ** (d - 2) * B,
    by=total(
        gaps(at_most),
        Q * start ** (d - 2) * gaps(base),
        excess(mae) / (2 * left(mae, theta)) * gaps(flat),
    ),
)
u_d = start ** (d - 2)
for_mae = Within(
    longer(mae),
    (d - 2) * gap(mae) * eps ** ((d - 2) / L),
    C_R * eps ** (2 * (d - 2) / L),
    above=total(
        (d - 2) * u_d * gap(mae) * gaps(base),
        r ** (d - 2) * gaps(at_most_Q),
        Q * (d - 2) * N_R * theta**2 / 2 * u_d**2 * B,
    )
    / B,
    below=total(
        (d - 2) * u_d * gap(mae) * gaps(not_more_R),
        gap(mae) * (r ** (d - 2) + (d - 2) * u_d * N_R * start**2 / 2),
        (d - 2) * u_d * N_R * theta**2 / 2 * gaps(at_most_Q),
        Q * theta ** (2 - d) * u_d**2 * B,
    )
    / B,
)

order = (Less(0, K), Less(1, L), Less(start, theta), Less(theta, c2), Less(c2, c1))
chosen = {K: 1, L: 2, lambda0: 1, start: sp.Rational(1, 4), theta: sp.Rational(1, 2), c1: 2, c2: 1}
tiny = chosen | {start: sp.Rational(1, 10**5)}

critical_time_ratio_expansion = Statement(
    title="To leading order the influence moves the ratio of two times by a power of the start, with a known factor",
    let=(*let, *abbreviations),
    claim=for_jepa & for_mae,
    hypotheses=order,
    witness=chosen,
    near_misses=(
        NearMiss(
            Within(longer(jepa), g * (2 * L - 2) / b * eps ** (K / L), for_jepa.by),
            at=tiny,
            why="the coefficient alone",
        ),
        NearMiss(Within(longer(jepa), for_jepa.of, C_J * eps ** ((K + 2) / L)), at=tiny, why="one exponent"),
        NearMiss(Within(longer(mae), for_mae.of / (d - 2), for_mae.by), at=tiny | {L: 3}, why="the factor K + L - 2"),
        NearMiss(
            Within(longer(mae), for_mae.of, C_R * eps ** ((2 * d - 3) / L)),
            at=tiny,
            why="one exponent of the remainder",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
)


@proves(critical_time_ratio_expansion)
def theorem():
    yield (
        "Let two features have one covariance $\\lambda_0$, and $c_1 > c_2$; write $I_k = (u_0^{-k} - \\theta^{-k})/k$"
        " for the integral of $x^{-k-1}$, and count times in units of $1/\\lambda_0$.  For reconstruction, with $m = K"
        " + L$, the time of the first feature is $I_{m-2}$ but for a bounded term, and the other takes longer by a"
        " bounded time (`critical-time-difference`):"
    )
    yield base
    yield not_more_R
    yield at_least
    yield ordered
    yield at_most
    yield "Since"
    yield Less(0, d - 2, why="$L \\geq 2$")
    yield flat
    yield "it is also at most a multiple of $u_0^{m-2}$ times the time of the first,"
    yield at_most_Q
    yield "and $(m - 2) u_0^{m-2}$ times that time differs from $1$ by no more than the order $u_0^{m-2}$ itself:"
    yield for_mae
    yield (
        "For a JEPA the inverse speed $x^{-a}/(1 - (x/c_1)^K)$ with $a = K + 2L - 1$ lies between"
        " $x^{-a}$ and the first two terms of its geometric series, the second over what is left of the drive at the"
        " threshold, so that the time of the first feature is between $I_{a-1}$ and $I_{a-1} + N_J I_{2L-2}$:"
    )
    yield low
    yield not_more
    yield (
        "In the same way the second feature takes longer by $I_{2L-2}$ times the difference of the inverse influences,"
        " and by $M I_{2L-3}$ more at most:"
    )
    yield jepa_least
    yield not_longer
    yield "Smaller powers are compared with $I_{a-1}$, for $u_0 < \\theta$:"
    yield from (small, large, near, second)
    yield "All exponents are positive,"
    yield from (Less(0, 2 * L - 3, why="$L \\geq 2$"), Less(0, b))
    yield "and divided by the time of the first feature these bounds are the expansion for a JEPA:"
    yield for_jepa
    yield critical_time_ratio_expansion.claim
