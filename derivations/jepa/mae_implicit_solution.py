r"""The trajectory of a reconstruction mode, implicitly: one power and one integral for every depth, elementary for two
layers in all and for four.

With d = K + L the flow is $\dot u = \sigma^2 u^{d-1} (\rho - u^d)$, and $c = \rho^{1/d}$ is learned.  One step of the
geometric series takes the power $-u^{2-d}/(d - 2)$ off the time λ t, and leaves the integral of $x/(\rho - x^d)$.  For
d = 4 that is a difference of logarithms in u²; for d = 2 the whole is one, and u² is logistic.

Source: saxe2014exact, Eq. 5, for two layers.
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, Model, Predictor
from symjepa.statements.claims import AtMost, Implicit, Less
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, lam, sigma2, u, u0

c, x = sp.Symbol("c", positive=True), sp.Symbol("x", positive=True)
d = K + L
mae = modes(Model(Encoder(L), Predictor(K), DataReconstruction()), "balanced", {lam: sigma2 * c**d})


def numbered(encoder, predictor):
    """The same with numbers of layers."""
    drive = {lam: sigma2 * c ** (encoder + predictor)}
    return modes(Model(Encoder(encoder), Predictor(predictor), DataReconstruction()), "balanced", drive)


power = -(u ** (2 - d)) / (d - 2)
below, above = (AtMost(u0, u), Less(u, c)), (AtMost(u, u0), Less(c, u))
rising = Implicit(mae, power + sp.Integral(x / (c**d - x**d), (x, u0, u)), sigma2 * c**d, below)
sinking = Implicit(mae, power + sp.Integral(x / (x**d - c**d), (x, u, u0)), sigma2 * c**d, above)

quartic = -1 / (2 * u**2) + (sp.log(c**2 + u**2) - sp.log(c**2 - u**2)) / (4 * c**2)
four = [Implicit(numbered(4 - k, k), quartic, sigma2 * c**4, (Less(u, c),)) for k in (1, 2, 3)]
logistic = sp.log(u) - sp.log(c**2 - u**2) / 2
two = Implicit(numbered(1, 1), logistic, sigma2 * c**2, (Less(u, c),))
HALF = sp.Rational(1, 2)
halved = Implicit(mae, power / 2 + sp.Integral(x / (c**d - x**d), (x, u0, u)), sigma2 * c**d, below)

mae_implicit_solution = Statement(
    title="A reconstruction mode runs on one power and one integral, a logarithm for two or four layers in all",
    hypotheses=(Less(0, K), Less(2, d)),
    claim=rising & sinking & four[0] & four[1] & four[2] & two,
    witness=({K: 1, L: 2, c: 2, sigma2: 1, u0: HALF, u: 1}, {K: 1, L: 2, c: 2, sigma2: 1, u0: 4, u: 3}),
    near_misses=(
        NearMiss(halved, why="the power with half its factor"),
        NearMiss(Implicit(numbered(3, 1), quartic, sigma2 * c**3, (Less(u, c),)), why="one exponent"),
        NearMiss(
            Implicit(numbered(2, 1), quartic, sigma2 * c**4, (Less(u, c),)),
            why="three layers are not elementary in logs",
        ),
    ),
    source="saxe2014exact, Eq. 5",
)


@proves(mae_implicit_solution)
def theorem():
    yield (
        f"In balance $\\dot u = {tex(mae.rates[u])}$ with $c^d = \\rho$, $d = K + L$.  Where $d > 2$, below the fixed"
        " point"
    )
    yield rising
    yield "and above it"
    yield sinking
    yield "For four layers in all, whichever they are, $x/(c^4 - x^4)$ integrates to a logarithm,"
    yield from four
    yield "and for one layer each everything does:"
    yield two
    yield mae_implicit_solution.claim
