r"""Where the trajectory is explicit: Lambert's W for a JEPA with one encoder layer, from below and from above, the
logistic for reconstruction with one layer each, a power where there is no predictor.

With one encoder layer $x = \rho/u^K - 1$ obeys $x + \log|x| = x_0 + \log|x_0| - K \sigma^2 \rho^2 t$ for every
predictor depth K, which W inverts: for a start below the fixed point x is positive, above it $-1 < x < 0$, and the
argument of W lies between $-1/e$ and 0, still on its principal branch.  For the data target u² is logistic.  Without a
predictor the rate is one power, and a Bernoulli equation.

Source: corless1996lambertw, Eq. 1.5; saxe2014exact, Eq. 5, for the data target.
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Less, Moves, solves
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Cite, Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, lam, rho, sigma2, t, u

from .lambert_edge import theorem as below_the_edge
from .lambert_edge import y

u0, u1, u2 = (sp.Symbol(name, positive=True) for name in ("u0", "u1", "u2"))
x0, x1 = sp.Symbol("x0", positive=True), sp.Symbol("x1", positive=True)
jepa = modes(Model(Encoder(1), Predictor(K), LatentPrediction(), Live()), "balanced")
mae = modes(Model(Encoder(1), Predictor(1), DataReconstruction()), "balanced")
bare = modes(Model(Encoder(L), Predictor(0), LatentPrediction(), Live()), "balanced")
linear = modes(Model(Encoder(1), Predictor(0), LatentPrediction(), Live()), "balanced")

faded = sp.exp(-K * sigma2 * rho**2 * t)
edge = sp.exp(-1)


def lambert(argument):
    """The layer amplitude whose x = ρ/u^K - 1 is W(argument)."""
    return (rho / (1 + sp.LambertW(argument))) ** (1 / K)


below, above = x0 * sp.exp(x0), x1 * sp.exp(-x1)
on_branch = Less(-edge, -above * faded, by=faded * (edge - above) + edge * (1 - faded))
rises = solves(jepa, {u: lambert(below * faded)}, {u: u0}, t)
sinks = solves(jepa, {u: lambert(-above * faded)}, {u: u1}, t, using=(on_branch,))

gone = sp.exp(-2 * lam * t)
spread = 1 + (rho / u2**2 - 1) * gone
logistic = sp.sqrt(rho / spread)
squared = Moves(mae, u**2, 2 * u**2 * (lam - sigma2 * u**2))
spreads = Less(0, spread, by=(u2**2 * (1 - gone) + rho * gone) / u2**2)
reconstructs = solves(mae, {u: logistic}, {u: u2}, t, using=(spreads,))

q, drive = 2 * L - 2, lam - sigma2
power = (u2**-q - q * drive * t) ** (-1 / q)
powers = solves(bare, {u: power}, {u: u2}, t, on=(AtMost(0, t), Less(q * drive * t, u2**-q)))
grows = solves(linear, {u: u2 * sp.exp(drive * t)}, {u: u2}, t)

jepa_explicit_solution = Statement(
    title="With one encoder layer a JEPA mode is explicit in Lambert's W, from below and from above",
    let=(Let(rho, lam / sigma2), Let(x0, rho / u0**K - 1), Let(x1, 1 - rho / u1**K)),
    hypotheses=(Less(0, lam), Less(0, K), Less(1, L), Less(u0**K, rho), Less(rho, u1**K)),
    claim=rises & sinks & squared & reconstructs & powers & grows,
    witness={K: 1, L: 2, lam: 2, sigma2: 1, u0: 1, u1: 3, u2: 1, u: 1, t: sp.Rational(1, 4)},
    near_misses=(
        NearMiss(solves(jepa, {u: lambert(below * sp.exp(-K * sigma2 * rho * t))}, {u: u0}, t), why="one power of ρ"),
        NearMiss(solves(jepa, {u: lambert(x0 * sp.exp(-K * sigma2 * rho**2 * t))}, {u: u0}, t), why="another start"),
        NearMiss(
            solves(jepa, {u: lambert(-above * sp.exp(-sigma2 * rho**2 * t))}, {u: u1}, t, using=(on_branch,)),
            at={K: 2, lam: 2, sigma2: 1, u1: 3, t: 1},
            why="the speed without the factor K",
        ),
        NearMiss(
            solves(mae, {u: sp.sqrt(rho / (1 + (rho / u2**2 - 1) * sp.exp(-lam * t)))}, {u: u2}, t),
            why="u² moves twice as fast as u",
        ),
        NearMiss(
            solves(bare, {u: (u2**-q - drive * t) ** (-1 / q)}, {u: u2}, t, on=(Less(drive * t, u2**-q),)),
            at={L: 2, lam: sp.Rational(1, 2), sigma2: 1, u2: 1, t: 1},
            why="the speed without the factor 2L - 2",
        ),
    ),
    source="corless1996lambertw, Eq. 1.5; saxe2014exact, Eq. 5",
)


@proves(jepa_explicit_solution)
def theorem():
    yield "A start below the fixed point has"
    yield Less(0, x0)
    yield (
        f"Along $\\dot u = {tex(jepa.rates[u])}$ the quantity $x = \\rho/u^K - 1$ obeys $x + \\log x = x_0 + \\log x_0"
        " - K\\sigma^2\\rho^2 t$, whose solution is Lambert's $W$:"
    )
    yield rises
    yield "A start above it has $x = -x_1$ with"
    yield Less(0, x1)
    yield Less(x1, 1)
    yield "so that the argument $-x_1 e^{-x_1}$ of $W$ starts above $-1/e$ by `lambert-edge`, as"
    yield Cite(below_the_edge, {y: 1 - lam / (sigma2 * u1**K)})
    yield "and moves away from it:"
    yield sinks
    yield (
        f"For the data target $\\dot u = {tex(mae.rates[u])}$ is a Bernoulli equation, and $u^2$ logistic, from every"
        " start:"
    )
    yield squared
    yield reconstructs
    yield f"Without a predictor $\\dot u = {tex(bare.rates[u])}$ is one power: with more than one layer"
    yield powers
    yield "as long as the bracket is positive, and with one layer"
    yield grows
    yield jepa_explicit_solution.claim
