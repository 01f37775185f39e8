r"""Where the trajectory is explicit: Lambert's W for a JEPA with one layer each, logistic and Bernoulli for
reconstruction.

For K = L = 1 the implicit solution of a JEPA mode inverts by W: with x = ρ/u - 1 the clock is x + log x.  For the data
target u² is logistic.  Both start below the fixed point, 0 < u₀ < ρ, for Lambert's W on its principal branch and a
positive argument.

Source: corless1996lambertw, Eq. 1.5; saxe2014exact, Eq. 5, for the data target.
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Less, Moves, solves
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import lam, rho, sigma2, t, u

u0, x0 = sp.Symbol("u0", positive=True), sp.Symbol("x0", positive=True)
jepa = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "balanced")
mae = modes(Model(Encoder(1), Predictor(1), DataReconstruction()), "balanced")

argument = x0 * sp.exp(x0 - sigma2 * rho**2 * t)
lambert = rho / (1 + sp.LambertW(argument))
clock = rho / u - 1 + sp.log(rho / u - 1)
logistic = sp.sqrt(rho / (1 + (rho / u0**2 - 1) * sp.exp(-2 * lam * t)))

start = Less(u0, rho)
jepa_solution = solves(jepa, {u: lambert}, {u: u0}, t)
spread = 1 + (rho / u0**2 - 1) * sp.exp(-2 * lam * t)
mae_solution = solves(mae, {u: logistic}, {u: u0}, t, using=(Less(0, spread),))
squared = Moves(mae, u**2, 2 * u**2 * (lam - sigma2 * u**2))

jepa_explicit_solution = Statement(
    title="With one layer each, a JEPA mode is explicit in Lambert's W and a reconstruction mode logistic",
    let=(Let(rho, lam / sigma2), Let(x0, rho / u0 - 1)),
    hypotheses=(Less(0, lam), start, Less(u0**2, rho)),
    claim=jepa_solution & squared & mae_solution,
    witness={lam: 2, sigma2: 1, u0: 1, u: 1, t: 1},
    near_misses=(
        NearMiss(
            solves(jepa, {u: rho / (1 + sp.LambertW(x0 * sp.exp(x0 - sigma2 * rho * t)))}, {u: u0}, t),
            why="one power of ρ",
        ),
        NearMiss(
            solves(jepa, {u: rho / (1 + sp.LambertW(x0 * sp.exp(-sigma2 * rho**2 * t)))}, {u: u0}, t),
            why="another start",
        ),
        NearMiss(
            solves(mae, {u: sp.sqrt(rho / (1 + (rho / u0**2 - 1) * sp.exp(-lam * t)))}, {u: u0}, t),
            why="u² moves twice as fast as u",
        ),
    ),
    source="corless1996lambertw, Eq. 1.5; saxe2014exact, Eq. 5",
)


@proves(jepa_explicit_solution)
def theorem():
    yield "The start lies below the fixed point, so that"
    yield Less(0, x0)
    yield (
        f"Along $\\dot u = {tex(jepa.rates[u])}$ the quantity $x = \\rho/u - 1$ obeys $x + \\log x = x_0 + \\log x_0 -"
        " \\sigma^2\\rho^2 t$, whose"
    )
    yield "solution is Lambert's $W$:"
    yield jepa_solution
    yield f"For the data target $\\dot u = {tex(mae.rates[u])}$ is a Bernoulli equation, and $u^2$ logistic,"
    yield squared
    yield "so that, again from below the fixed point,"
    yield Less(0, rho / u0**2 - 1)
    yield mae_solution
    yield jepa_explicit_solution.claim
