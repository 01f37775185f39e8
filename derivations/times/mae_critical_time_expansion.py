r"""The critical time of reconstruction: one power of 1/ε that knows λ alone, and a remainder bounded on both sides; the
logarithm appears for one layer each and nowhere else.

With d = K + L > 2 the geometric series under the integral is cut off after its first term: $$ \lambda T =
\frac{u_0^{2-d} - u_1^{2-d}}{d - 2} + \int_{u_0}^{u_1} \frac{x\,dx}{\rho - x^d}, $$ and the integral lies between two
multiples of u₁² - u₀².  So ρ enters at order 1 only: to leading order, as ε → 0, reconstruction is blind to it.

Source: littwin2024jepa, Thm 4.5 (K = 1).
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Hits, Less, Within
from symjepa.statements.statement import Cite, Let, NearMiss, Printed, Reading, Statement, proves
from symjepa.symbols import K, L, eps, sigma2, u

from .critical_time import a, below, c, mae, mae_logarithm, mae_single, passage, u0, u1, x
from .logarithm_bound import theorem as bound_of_logarithm
from .logarithm_bound import y

d = K + L


def power(amplitude):
    """The first term of the series, integrated."""
    return amplitude ** (2 - d) / ((d - 2) * sigma2 * c**d)


def left_over(start, stop):
    """What the first term leaves."""
    return sp.Integral(x / (c**d - x**d), (x, start, stop)) / (sigma2 * c**d)


def time(start, stop):
    """The time between two layer amplitudes."""
    return power(start) - power(stop) + left_over(start, stop)


t_a, t_1, S_0, S_a, C_1 = (sp.Symbol(name, real=True) for name in ("t_a", "t_1", "S_0", "S_a", "C_1"))
"""The time, and the power at the start and at the stop; with one layer each, the time and the constant."""

reached = Hits(mae, u0, u1, t_a, below, clock=time(u0, u))
least = (u1**2 - u0**2) / (2 * sigma2 * c ** (2 * d))
most = (u1**2 - u0**2) / (2 * sigma2 * c**d * (c**d - u1**d))
slack = d * u1 ** (d - 1) * (u1**2 - u0**2) / (2 * sigma2 * c**d * (c**d - u1**d) ** 2)
gain = u1 * u1**d / (sigma2 * c ** (2 * d) * (c**d - u1**d))
rest = t_a - S_0 + S_a
bounds = AtMost(S_0 - S_a + least, t_a) & AtMost(t_a, S_0 - S_a + most)

square = (u0 / c) ** 2
unit = 1 / (sigma2 * c**2)
constant = unit * (sp.log(c * u1) - sp.log(c**2 - u1**2) / 2)
alone = Hits(mae_single, u0, u1, t_1, below, clock=mae_logarithm(u0, u))
single = Within(
    t_1,
    unit * sp.log(1 / u0) + C_1,
    unit * u0**2 / 2 / (c**2 - u0**2),
    above=unit / 2 * (square / (1 - square) - sp.log(1 - square)),
    below=unit / 2 * (square / (1 - square) + sp.log(1 - square)),
)
HALF = sp.Rational(1, 2)
POINT = {K: 1, L: 2, c: 2, sigma2: 1, u0: HALF, u1: 1}

at_one = {K: sp.S.One}
leading = power(u0).subs(at_one)
single_rest, single_most, single_slack = (e.subs(at_one) for e in (left_over(u0, u1), most, slack))


def printed_deep(of, unit_of_time):
    """One predictor layer: the time in a unit is within constants of `of`, whatever the start."""
    taken = power(u1).subs(at_one)
    return Within(
        unit_of_time * time(u0, u1).subs(at_one),
        of,
        unit_of_time * (taken + single_most),
        above=2 * unit_of_time * taken + unit_of_time * (single_most - single_rest),
        below=unit_of_time * (single_most + single_rest),
    )


mae_critical_time_expansion = Statement(
    title="The critical time of reconstruction is one power of the start, or a logarithm for one layer each, and O(1)",
    let=(
        Let(eps, u0**L),
        Let(a, u1**L),
        Let(S_0, power(u0)),
        Let(S_a, power(u1)),
        Let(t_a, S_0 - S_a + left_over(u0, u1)),
        Let(t_1, mae_logarithm(u0, u1)),
        Let(C_1, constant),
    ),
    hypotheses=(Less(0, K), Less(2, d), AtMost(u0, u1), Less(u1, c)),
    claim=reached & bounds & alone & single,
    witness={**POINT, u: 1},
    near_misses=(
        NearMiss(
            Hits(mae, u0, u1, S_0 - S_a, below, clock=power(u0) - power(u)),
            at=POINT,
            why="what is left is no zero",
        ),
        NearMiss(AtMost(rest, most / 2), at={**POINT, u1: sp.Rational(51, 100)}, why="half of the bound"),
        NearMiss(AtMost(rest, least), at=POINT, why="the lower bound is not attained"),
        NearMiss(AtMost(rest, most * u1), at={**POINT, u0: sp.Rational(1, 10), u1: HALF}, why="one exponent"),
        NearMiss(
            passage(lambda start, stop: mae_logarithm(start, stop) * L, mae_single, u1, below),
            at={**POINT, L: 2},
            why="the logarithm belongs to one layer each",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
    printed=(
        Printed(
            "littwin2024jepa, Thm 4.5",
            r"for MAE the critical time is $\frac{1}{\lambda}\frac{L}{L-1}\varepsilon^{-(L-1)/L} + \Theta(1)$ for $L"
            r" \geq 2$,"
            r" and $\frac{1}{\lambda}\log\frac{1}{\varepsilon} + \Theta(1)$ for $L = 1$",
            "recalled",
            "t_paper = L t",
            (
                Reading(
                    "for $L \\geq 2$ the time is bounded from above and below by its power and constants",
                    "confirmed after conversion",
                    printed_deep(L * leading, L),
                    hypotheses=(Less(1, L), AtMost(u0, u1), Less(u1, c)),
                    lines=(
                        AtMost(0, single_rest),
                        AtMost(single_rest, single_most, by=Chain(u1, u0, single_slack)),
                    ),
                    witness={L: 2, c: 2, sigma2: 1, u0: HALF, u1: 1},
                ),
                Reading(
                    "for $L = 1$",
                    "confirmed after conversion",
                    single,
                ),
                Reading(
                    "for $L \\geq 2$ in the time $t$ itself",
                    "refuted",
                    printed_deep(L * leading, 1),
                    hypotheses=(Less(1, L), AtMost(u0, u1), Less(u1, c)),
                    at={L: 2, c: 2, sigma2: 1, u0: sp.Rational(1, 100), u1: 1},
                    conversion="",
                ),
            ),
            id="littwin2024jepa-thm-4-5-mae",
        ),
    ),
)


@proves(mae_critical_time_expansion)
def theorem():
    yield (
        "In layer amplitudes the time is the integral of $1/(\\sigma^2 x^{d-1}(c^d - x^d))$ with $d = K + L$ and $c^d ="
        " \\rho$ (`critical-time`).  The first term of the geometric series in $(x/c)^d$ is a power, of factor"
        " $1/\\lambda$:"
    )
    yield reached
    yield "What it leaves lies between two multiples of $u_1^2 - u_0^2$, for the gaps vanish at $u_1 = u_0$ and grow:"
    yield AtMost(least, left_over(u0, u1), by=Chain(u1, u0, gain))
    yield AtMost(left_over(u0, u1), most, by=Chain(u1, u0, slack))
    yield bounds
    yield "With one layer each the time is elementary, a logarithm,"
    yield alone
    yield (
        "and once more one logarithm is left over, that of $1 - y$ with $y = u_0^2/c^2$, which `logarithm-bound` bounds"
        " in size, as"
    )
    yield Cite(bound_of_logarithm, {y: square})
    yield "Hence"
    yield single
    yield mae_critical_time_expansion.claim
