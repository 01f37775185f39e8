r"""Where the critical time of a JEPA has a logarithm: exactly where K divides 2(L - 1), and with which coefficient.

If K divides 2(L - 1) the partial fractions end.  For $K = 2k$ and $L = 1 + km$ there are $N = m + 1$ powers, for any K
and $L = 1 + Km$ there are $N = 2m + 1$ of them (for odd K these are all cases), and one logarithm.  In both the time is
$$ \sigma^2 c^{K(N+1)} T = \sum_{n=1}^{N} \frac{(c/u_0)^{Kn} - (c/u_1)^{Kn}}{Kn} + \log\frac{u_1}{u_0} + \frac1K
\log\frac{c^K - u_0^K}{c^K - u_1^K}, $$ so that the coefficient of log(1/ε) is $+1/(L \sigma^2 c^{2K+2L-2})$.

Source: littwin2024jepa, Thm 4.5, where K = 1 and N = 2L - 1.
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Hits, Less, SumCloses, Unequal, Within
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Cite, Let, NearMiss, Statement, proves
from symjepa.symbols import K, L, lam, n, sigma2, u

from .critical_time import below, c, u0, u1
from .logarithm_bound import theorem as bound_of_logarithm
from .logarithm_bound import y

k, m = sp.Symbol("k", integer=True, positive=True), sp.Symbol("m", integer=True, nonnegative=True)
deep = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())
even = modes(deep, "balanced", {lam: sigma2 * c ** (2 * k), K: 2 * k, L: 1 + k * m})
every = modes(deep, "balanced", {lam: sigma2 * c**K, L: 1 + K * m})


def powers(amplitude, d, count):
    """Negative powers of an amplitude; d is the depth of the predictor."""
    return sp.Sum(c ** (d * n) * amplitude ** (-d * n) / (d * n), (n, 1, count))


def time(start, stop, d, count):
    """The time between two layer amplitudes, for a predictor of depth d."""
    logs = sp.log(stop / start) + sp.log((c**d - start**d) / (c**d - stop**d)) / d
    return (powers(start, d, count) - powers(stop, d, count) + logs) / (sigma2 * c ** (d * (count + 1)))


def factor(d, count):
    """The coefficient of the logarithm of 1/u₀."""
    return 1 / (sigma2 * c ** (d * (count + 1)))


def constant(d, count):
    """What depends on the threshold alone, in the unit of the factor."""
    return sp.log(c * u1) - sp.log(c**d - u1**d) / d - powers(u1, d, count)


cases = ((K, 2 * m + 1), (2 * k, m + 1))
A, C, t = ({case: sp.Symbol(f"{name}_{i}", real=True) for i, case in enumerate(cases, 1)} for name in "ACt")
"""The coefficient of the logarithm, the constant, and the time, in either case."""


def abbreviations(case):
    """What the names stand for."""
    yield Let(A[case], factor(*case))
    yield Let(C[case], A[case] * constant(*case))
    yield Let(t[case], time(u0, u1, *case))


def passed(flow, d, count):
    """Reached first at that time."""
    return Hits(flow, u0, u1, t.get((d, count), time(u0, u1, d, count)), below, clock=time(u0, u, d, count))


N = sp.Symbol("N", integer=True)


def closes(d):
    """The geometric sum of the derivative."""
    closed = c**d * ((c / u) ** (d * N) - 1) / (u * (c**d - u**d))
    return SumCloses(c ** (d * n) * u ** (-d * n - 1), n, sp.S.One, N, closed, (Unequal(u**d, c**d),))


def small(d):
    """(u0/c)^d, which is ε^{d/L} in the unit of the final amplitude."""
    return (u0 / c) ** d


def expanded(d, count):
    """The time is its powers and its logarithm at the start and a constant, but for less than the bound."""
    scale, rest, time = A[d, count], C[d, count], t[d, count]
    z = small(d)
    by, left = scale / d * z / (1 - z), -scale / d * sp.log(1 - z)
    bound = scale / d * (z / (1 - z) + sp.log(1 - z))
    of = scale * powers(u0, d, count) + scale * sp.log(1 / u0) + rest
    return Within(time, of, by, above=by + left, below=bound)


claims = passed(every, K, 2 * m + 1) & passed(even, 2 * k, m + 1)
orders = expanded(K, 2 * m + 1) & expanded(2 * k, m + 1)
HALF = sp.Rational(1, 2)
POINT = {K: 3, m: 1, k: 1, c: 2, sigma2: 1, u0: HALF, u1: 1}
doubled = expanded(K, 2 * m + 1)
doubled = Within(doubled.expr, doubled.of + A[cases[0]] * sp.log(1 / u0), doubled.by)

jepa_critical_time_logarithm = Statement(
    title="The critical time of a JEPA has a logarithm where K divides 2(L - 1), and is a finite sum there",
    let=tuple(one for case in cases for one in abbreviations(case)),
    hypotheses=(Less(0, K), AtMost(u0, u1), Less(u1, c)),
    claim=claims & orders,
    witness={**POINT, u: 1},
    near_misses=(
        NearMiss(passed(every, K, 2 * m), why="one term fewer"),
        NearMiss(passed(even, 2 * k, m + 2), why="one term more"),
        NearMiss(doubled, at=POINT, why="twice the coefficient of the logarithm"),
        NearMiss(
            Within(doubled.expr, doubled.of - 3 * A[cases[0]] * sp.log(1 / u0), doubled.by),
            at={**POINT, u0: sp.Rational(1, 10)},
            why="the logarithm with the other sign",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
)


@proves(jepa_critical_time_logarithm)
def theorem():
    yield (
        "The layer amplitude $u = w^{1/L}$ moves by $\\dot u = \\sigma^2 u^{K+2L-1}(c^K - u^K)$.  Where $K$ divides"
        " $2(L - 1)$ the first exponent is a multiple of $K$, plus one, and partial fractions in $u^K$ end; the"
        " geometric sums that close them are"
    )
    yield closes(K)
    yield closes(2 * k)
    yield "so that the times are"
    yield claims
    yield (
        "The terms at the start are powers of $1/\\varepsilon$ and a positive multiple of $\\log(1/\\varepsilon)$. "
        " What is left is the logarithm of $1 - y$ with $y = (u_0/c)^K$ (or $2k$ for $K$), which `logarithm-bound`"
        " bounds in size, as"
    )
    for d in (K, 2 * k):
        yield Cite(bound_of_logarithm, {y: small(d)})
    yield "Hence"
    yield orders
    yield jepa_critical_time_logarithm.claim
