r"""With one encoder layer the ratio of two critical times holds a logarithm of the start, with a sharp coefficient.

Two features of equal covariance, c₁ > c₂, and a JEPA with one encoder layer and any predictor: $$ \frac{t_2}{t_1} = 1 +
K \Bigl(\frac1{\rho_2} - \frac1{\rho_1}\Bigr) \varepsilon^K \log\frac\theta\varepsilon + O(\varepsilon^K), $$ for
every start below the threshold, with an explicit constant.  For more encoder layers the term has no logarithm, and
2L - 2 as a divisor: `critical-time-ratio-expansion`.  Here both times are known in closed form.

Source: littwin2024jepa, Thm 4.5 (leading terms of the times).
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Chain, Hits, Less, Within
from symjepa.statements.statement import Let, NearMiss, Statement, proves
from symjepa.symbols import K, eps, u

from ..speeds import Learner, c1, c2, start, theta
from .critical_time_difference import excess, gap, lambda0, left, spread, steepness
from .critical_time_ratio import longer, power, time
from .critical_time_ratio_expansion import gaps, total

single = Learner(Model(Encoder(1), Predictor(K), LatentPrediction(), Live()), K + 1, K, "J")
logarithm, g, I, M, N, C = (sp.Symbol(name, real=True) for name in ("xi", "g", "I", "M", "N", "C"))
t1, t2 = single.named("t_1"), single.named("t_2")


def exact(stop, learned):
    """The time from the start to a layer amplitude: powers, and a logarithm from either end."""
    drive = sp.log(learned**K - start**K) - sp.log(learned**K - stop**K)
    return ((start**-K - stop**-K) / K + learned**-K * (sp.log(stop / start) + drive / K)) / lambda0


def reached(named, learned):
    """The threshold is reached at the time so named."""
    return Hits(single.flow(lambda0, learned), start, theta, named, clock=exact(u, learned))


A, z, r = time(single), (theta / start) ** K, (start / theta) ** K
let = (
    Let(eps, start),
    Let(t1, exact(theta, c1)),
    Let(t2, exact(theta, c2)),
    Let(logarithm, sp.log(theta / start)),
    Let(I, power(K)),
    Let(g, excess(single)),
    Let(M, ((theta / c1) ** K + (theta / c2) ** K) / left(single, theta)),
    Let(N, (theta / c1) ** K / single.left(theta, c1)),
    Let(C, g * (1 + M + N)),
)

at_least_I = AtMost(I, A, by=Chain(theta, start, c1**-K / (theta * single.left(theta, c1))))
positive = Less(0, A, by=total(I, gaps(at_least_I)))
not_more = AtMost(
    A,
    I + theta**-K * N * logarithm,
    by=Chain(theta, start, K * theta ** (K - 1) * c1 ** (-2 * K) * logarithm / single.left(theta, c1) ** 2),
)
least = AtMost(
    g * logarithm,
    gap(single),
    by=Chain(theta, start, excess(single) * spread(single, theta) / (theta * left(single, theta))),
)
dense = excess(single) * (c1**-K + c2**-K) / left(single, theta)
not_longer = AtMost(
    gap(single),
    g * logarithm + g * M * (1 - r) / K,
    by=Chain(
        theta,
        start,
        dense * steepness(single) * (theta**K - start**K) / K
        + excess(single) * theta ** (2 * K - 1) * (c1 * c2) ** -K / left(single, theta),
    ),
)
flat = AtMost(logarithm, (z - 1) / K, by=Chain(theta, start, (z - 1) / theta))
h = (theta / start) ** (K / 2)
half = AtMost(K * logarithm, h - 1 / h, by=Chain(theta, start, K * (1 - h) ** 2 / (2 * h * theta)))
square = AtMost((K * logarithm) ** 2, z - 2 + r, by=gaps(half) ** 2 + 2 * K * logarithm * gaps(half))

u_K = start**K
expansion = Within(
    longer(single),
    K * g * eps**K * logarithm,
    C * eps**K,
    above=total(
        (K * logarithm + 1 + M) * g * u_K * gaps(at_least_I),
        gaps(not_longer),
        g * r * gaps(flat),
        g * N * u_K * A,
    )
    / A,
    below=total(
        gaps(least),
        K * g * u_K * logarithm * gaps(not_more),
        g * logarithm * r,
        g * N * u_K * gaps(at_least_I),
        g * N * r / K * gaps(square),
        g * N * r / K * (1 - r),
        (1 + M) * g * u_K * A,
    )
    / A,
)

order = (Less(0, K), Less(start, theta), Less(theta, c2), Less(c2, c1))
chosen = {K: 1, lambda0: 1, start: sp.Rational(1, 4), theta: sp.Rational(1, 2), c1: 2, c2: 1, u: sp.Rational(1, 3)}
tiny = chosen | {start: sp.Rational(1, 10**8)}

critical_time_ratio_logarithm = Statement(
    title="With one encoder layer the influence moves the ratio of two times by a power of the start and its logarithm",
    let=let,
    claim=reached(t1, c1) & reached(t2, c2) & expansion,
    hypotheses=order,
    witness=chosen,
    near_misses=(
        NearMiss(Within(longer(single), expansion.of / K, expansion.by), at=tiny | {K: 2}, why="the factor K"),
        NearMiss(Within(longer(single), K * g * eps**K, expansion.by), at=tiny, why="no logarithm"),
        NearMiss(Within(longer(single), expansion.of, C * eps ** (K + 1)), at=tiny, why="one exponent"),
        NearMiss(
            Within(longer(single), expansion.of, sp.Rational(9, 10) * expansion.by),
            at=chosen | {theta: sp.Rational(1, 100), start: sp.Rational(99, 10**4)},
            why="nine tenths of the remainder",
        ),
        NearMiss(
            Hits(single.flow(lambda0, c1), start, theta, power(K) / lambda0, clock=(start**-K - u**-K) / (K * lambda0)),
            why="the powers alone",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
)


@proves(critical_time_ratio_logarithm)
def theorem():
    yield (
        "Let two features have one covariance $\\lambda_0$, and $c_1 > c_2$.  With one encoder layer"
        " $\\dot u = \\lambda_0 u^{K+1} (1 - (u/c)^K)$ separates in $u^K$, and the threshold is reached at"
    )
    yield reached(t1, c1)
    yield reached(t2, c2)
    yield (
        "What is left of the drive of the first feature lies between its value at the threshold and $1$.  So its time"
        " is at least $I$, and at most $I$ and a multiple of the logarithm $\\xi$:"
    )
    yield at_least_I
    yield positive
    yield AtMost(0, logarithm, by=Chain(theta, start, 1 / theta))
    yield not_more
    yield (
        "The second takes longer by $g \\xi$, where $g$ is $1/\\rho_2 - 1/\\rho_1$, and by a bounded time more at most:"
    )
    yield least
    yield not_longer
    yield (
        "The logarithm is at most of the order $u_0^{-K}$, as $I$ is, and so is its square; for $\\xi$ vanishes at"
        " $\\theta = u_0$ and grows more slowly with $\\theta$:"
    )
    yield flat
    yield half
    yield square
    yield (
        "Since $K u_0^K I$ is $1 - (u_0/\\theta)^K$, these bounds divided by the time of the first feature are the"
        " expansion:"
    )
    yield expansion
    yield critical_time_ratio_logarithm.claim
