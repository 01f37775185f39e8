r"""The critical time of a JEPA for small starts: 2L - 1 powers, a logarithm whose coefficient and sign are explicit, a
constant, and a remainder below C ε^{1/L}.

With one predictor layer the exact time is a finite sum.  Its terms at the start are those of the literature; what is
printed as $\Theta(\log\varepsilon)$ is, in our time, $+\log(1/\varepsilon)/(\lambda L \rho^{2L-1})$ and a constant that
holds the threshold.  What is left is $\log(1 - \varepsilon^{1/L}/\rho)/(\lambda \rho^{2L-1})$, at most
$\varepsilon^{1/L}/((1 - \theta)\lambda \rho^{2L})$ in size for every $\varepsilon^{1/L} \leq \theta\rho$.  (The leading
term is the one with $n = 2L - 1$, by `origin-escape`; the term with $n = 1$ leads for one encoder layer only.)

Source: littwin2024jepa, Thm 4.5.
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Chain, Hits, Identity, Less, SumCloses, Unequal, Within
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Printed, Reading, Statement, proves
from symjepa.symbols import L, eps, lam, n, rho, sigma2, u

from .critical_time import N, a, p, q, u0, u1

HALF = sp.Rational(1, 2)
theta = sp.Symbol("theta", positive=True)
t_a, t_p, C_a, C_p = (sp.Symbol(name, real=True) for name in ("t_a", "t_p", "C_a", "C_p"))
"""The times to an absolute and to a relative threshold, and the constants of their expansions."""

flow = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced", {lam: sigma2 * rho})
scale = 1 / (lam * rho ** (2 * L - 1))
powers = sp.Sum(1 / (lam * n * rho ** (2 * L - n - 1) * eps ** (n / L)), (n, 1, 2 * L - 1))
logarithm = sp.log(1 / eps) / (lam * L * rho ** (2 * L - 1))


def time(stop):
    """The exact time from u₀: that of `critical-time`, in λ and ρ."""
    finite = sp.Sum(rho**n * (u0 ** (-n) - stop ** (-n)) / n, (n, 1, 2 * L - 1))
    return scale * (finite + sp.log(stop / u0) + sp.log((rho - u0) / (rho - stop)))


def constant(stop):
    """What depends on the threshold alone."""
    return scale * (sp.log(stop) - sp.log(1 - stop / rho) - sp.Sum((rho / stop) ** n / n, (n, 1, 2 * L - 1)))


def expansion(stop):
    """All terms that do not vanish as ε → 0."""
    return powers + logarithm + constant(stop)


left = sp.log(rho) - sp.log(rho - u0)
absolute, relative = expansion(u1), expansion(q * rho)
remainder = eps ** (1 / L) / ((1 - theta) * lam * rho ** (2 * L))
at_all = scale * u0 * (theta * rho - u0) / ((1 - theta) * rho * (rho - u0))
above, under = remainder + scale * left, at_all + scale * (u0 / (rho - u0) - left)
small = {"above": above, "below": under}
times_L = {"above": L * above, "below": L * under}
first = 1 / (lam * rho ** (2 * L - 2) * u0)
one_term = scale * (sp.log(u1) - sp.log(1 - u1 / rho) - rho / u1)

logarithms = (
    AtMost(0, left, by=Chain(u0, sp.S.Zero, 1 / (rho - u0))),
    AtMost(left, u0 / (rho - u0), by=Chain(u0, sp.S.Zero, u0 / (rho - u0) ** 2)),
)
geometric = SumCloses(
    u ** (-n - 1) * rho**n, n, sp.S.One, N, rho * ((rho / u) ** N - 1) / (u * (rho - u)), (Unequal(u, rho),)
)
reached = Hits(flow, u0, u1, t_a, clock=time(u)) & Hits(flow, u0, q * rho, t_p, clock=time(u))
POINT = {L: 2, sigma2: 1, rho: 2, u0: HALF, u1: 1, q: HALF, theta: HALF}

jepa_critical_time_expansion = Statement(
    title="The critical time of a JEPA is 2L - 1 powers, a positive multiple of log 1/ε, a constant, and O(ε^{1/L})",
    let=(
        Let(lam, sigma2 * rho),
        Let(eps, u0**L),
        Let(a, u1**L),
        Let(p, q**L),
        Let(t_a, time(u1)),
        Let(t_p, time(q * rho)),
        Let(C_a, constant(u1)),
        Let(C_p, constant(q * rho)),
    ),
    hypotheses=(
        Less(0, rho),
        AtMost(u0, u1),
        Less(u1, rho),
        AtMost(u0, q * rho),
        Less(q, 1),
        AtMost(u0, theta * rho),
        Less(theta, 1),
    ),
    claim=reached
    & Within(t_a, powers + logarithm + C_a, remainder, **small)
    & Within(t_p, powers + logarithm + C_p, remainder, **small),
    witness={**POINT, u: 1},
    near_misses=(
        NearMiss(Within(t_a, powers - logarithm + C_a, remainder), why="the logarithm with the other sign"),
        NearMiss(Within(t_a, powers + logarithm * L + C_a, remainder), why="the coefficient without 1/L"),
        NearMiss(Within(t_a, powers + logarithm + C_a, remainder / 4), why="a quarter of the remainder"),
        NearMiss(
            Within(t_p, powers + logarithm + C_a, remainder),
            why="the constant holds the threshold: it is not the other one",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
    printed=(
        Printed(
            "littwin2024jepa, Thm 4.5",
            r"for JEPA the critical time is $\frac{1}{\lambda} \sum_{n=1}^{2L-1}"
            r" \frac{L}{n\,\rho^{2L-n-1}\,\varepsilon^{n/L}} + \Theta(\log\varepsilon)$",
            "second-hand",
            "t_paper = L t",
            (
                Reading(
                    r"what is written $\Theta(\log\varepsilon)$ is $+\log(1/\varepsilon)/(\lambda\rho^{2L-1})$, a"
                    r" constant"
                    r" that holds the threshold, and $O(\varepsilon^{1/L})$",
                    "confirmed after conversion",
                    Within(L * t_p, L * (powers + logarithm + C_p), L * remainder, **times_L),
                ),
                Reading(
                    r"what is written $\Theta(\log\varepsilon)$ is a positive multiple of $\log\varepsilon$ itself",
                    "refuted",
                    Within(L * t_p, L * (powers - logarithm + C_p), L * remainder),
                ),
            ),
            id="littwin2024jepa-thm-4-5-jepa",
        ),
        Printed(
            "davidcagoh-learning-order, its leading term",
            r"the leading term of the critical time is $\frac{L}{\lambda\rho^{2L-2}\varepsilon^{1/L}}$",
            "second-hand",
            "t_paper = L t",
            (
                Reading(
                    "the sums of powers, at the start and at the threshold, have no term but that with $n = 1$",
                    "true when",
                    Within(L * t_a, L * (first + logarithm + one_term), L * remainder, **times_L),
                    when=(Identity(L, 1),),
                    lines=logarithms,
                ),
                Reading(
                    "up to a factor 2, for every small start",
                    "refuted",
                    AtMost(t_a, 2 * first),
                    at={**POINT, u0: sp.Rational(1, 10)},
                ),
            ),
            id="learning-order-leading-term",
        ),
    ),
)


@proves(jepa_critical_time_expansion)
def theorem():
    yield (
        "Write $u_0 = \\varepsilon^{1/L}$ for the layer amplitude at the start.  The amplitude $a$ is passed by a layer"
        " at $u_1 = a^{1/L}$, and the fraction $p = q^L$ of what is learned at $q\\rho$.  With one predictor layer the"
        " partial fractions of the inverse speed are a geometric sum,"
    )
    yield geometric
    yield "so that the exact times, as in `critical-time`, are finite sums and a logarithm:"
    yield reached
    yield (
        "The terms at the start are the sum of powers and the logarithm of the expansion, those at the stop its"
        " constant.  One logarithm is left over, the same for both thresholds:"
    )
    yield Identity(t_a, powers + logarithm + C_a - scale * left)
    yield Identity(t_p, powers + logarithm + C_p - scale * left)
    yield "It is not negative, and at most $u_0/(\\rho - u_0)$, for both gaps vanish at $u_0 = 0$ and grow with it:"
    yield from logarithms
    yield "By $u_0 \\leq \\theta\\rho$ this is at most the remainder."
    yield jepa_critical_time_expansion.claim
