r"""The trajectory of a balanced JEPA mode, implicitly: a finite sum of powers and one logarithm.

With one predictor layer the rate is σ² u^{2L} (ρ - u); in ψ = u/ρ = w^{1/L}/ρ it separates, and the geometric sum
closes the partial fractions for every L at once.  Littwin et al. print the equation in the time of the product
amplitude, t_paper = L t.

Source: littwin2024jepa, Thm 4.4.
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Identity, Implicit, Less, SumCloses, Unequal
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Printed, Reading, Statement, proves, tex
from symjepa.symbols import L, lam, n, rho, sigma2, u

jepa = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced")
psi = sp.Symbol("psi", positive=True)
powers = sp.Sum(1 / (n * psi**n), (n, 1, 2 * L - 1))
below = sp.log(psi) - sp.log(1 - psi) - powers
above = sp.log(psi) - sp.log(psi - 1) - powers
speed = sigma2 * rho ** (2 * L)

N = sp.Symbol("N", integer=True)
geometric = SumCloses(
    u ** (-n - 1) * rho**n, n, sp.S.One, N, rho * ((rho / u) ** N - 1) / (u * (rho - u)), (Unequal(u, rho),)
)

from_below = Implicit(jepa, below, speed, (Less(u, rho),))
from_above = Implicit(jepa, above, speed, (Less(rho, u),))
truncated = sp.log(psi) - sp.log(1 - psi) - sp.Sum(1 / (n * psi**n), (n, 1, 2 * L - 2))

jepa_implicit_solution = Statement(
    title="A JEPA mode runs on a finite sum of powers and one logarithm",
    let=(Let(rho, lam / sigma2), Let(psi, u / rho)),
    hypotheses=(Less(0, lam),),
    claim=from_below & from_above,
    witness=({L: 2, lam: 2, sigma2: 1, u: 1}, {L: 2, lam: 1, sigma2: 1, u: 2}),
    near_misses=(
        NearMiss(Implicit(jepa, truncated, speed, (Less(u, rho),)), why="the sum runs to 2L - 1, not to 2L - 2"),
        NearMiss(Implicit(jepa, below, speed / L, (Less(u, rho),)), why="the printed speed belongs to the time L t"),
        NearMiss(Implicit(jepa, below, sigma2 * rho ** (2 * L - 1), (Less(u, rho),)), why="one exponent"),
    ),
    source="littwin2024jepa, Thm 4.4",
    printed=(
        Printed(
            "littwin2024jepa, Thm 4.4",
            r"$-\sum_{n=1}^{2L-1} \frac{1}{n\psi^n} + \log\psi - \log(1-\psi) = \frac{\sigma^2\rho^{2L}}{L} t + C$,"
            r" $\psi = w^{1/L}/\rho$",
            "second-hand",
            "t_paper = L t",
            (
                Reading("below the fixed point, in the time $L t$", "confirmed after conversion", from_below),
                Reading(
                    "below the fixed point, in the time $t$ itself",
                    "true when",
                    Implicit(jepa, below, speed / L, (Less(u, rho),)),
                    when=(Identity(L, 1),),
                    conversion="",
                ),
            ),
        ),
    ),
)


@proves(jepa_implicit_solution)
def theorem():
    yield f"With one predictor layer a balanced mode moves by $\\dot u = {tex(jepa.rates[u])}$."
    yield "Term by term the derivative of the sum of powers is a geometric sum, which closes for every $L$:"
    yield geometric
    yield (
        "Below the fixed point, $\\psi < 1$, this makes a clock of the sum of powers and two logarithms, which runs at"
        " constant speed:"
    )
    yield from_below
    yield "and above it the same holds with $\\log(\\psi - 1)$:"
    yield from_above
    yield f"In the time of the paper, $L t$, the speed is ${tex(speed / L)}$, as printed."
    yield jepa_implicit_solution.claim
