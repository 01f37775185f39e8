r"""A balanced mode of a JEPA with a live teacher has one learned solution, u^K = ρ, and it is stable.

The rate of the common layer amplitude is a positive factor times ρ - u^K, so nothing else is fixed on u > 0; its
derivative at the fixed point is the linear rate.  For one predictor layer the encoder's amplitude is w = ρ^L: deeper
encoders are more selective.

Source: littwin2024jepa, Cor. 4.3 (K = 1).
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Cofactors, Converges, Identity, Less, Linearized, Moves, Zeros, component
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, lam, rho, sigma2, u

from ..printed import ASYMPTOTE, FIXED_POINTS, PLATEAU, PREDICTABLE

jepa = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced")
single = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced")
learned = rho ** (1 / K)
unit = sigma2 * u ** (K + 2 * L - 1)
rate = -K * sigma2 * rho ** ((2 * K + 2 * L - 2) / K)

complete = Zeros(
    jepa,
    components=(component({u: learned}, (u**K - rho,), K),),
    cofactors=(Cofactors(pairs({u: 1}), -unit),),
)
stable = Linearized(jepa, pairs({u: learned}), (rate,), stable=True)
attracts = Converges(jepa, learned, sp.S.Zero, sp.oo, unit, K)
as_deep = modes(Model(Encoder(L), Predictor(L), LatentPrediction(), Live()), "balanced")


def rests_at(encoder_amplitude: sp.Expr) -> Zeros:
    """With one predictor layer, and the encoder at this amplitude."""
    own = encoder_amplitude ** (1 / L)
    return Zeros(single, (component({u: own}, (u - own,)),), (Cofactors(pairs({u: 1}), -sigma2 * u ** (2 * L)),))


encoder = Moves(jepa, u**L, L * sigma2 * u ** (K + 3 * L - 2) * (rho - u**K))

jepa_fixed_point = Statement(
    title="The learned solution of a JEPA mode is unique, stable, and attracts every positive start",
    let=(Let(rho, lam / sigma2),),
    hypotheses=(Less(0, K), Less(0, lam)),
    claim=complete & stable & attracts & encoder,
    witness={K: 1, L: 2, lam: 1, sigma2: 2, u: 1},
    near_misses=(
        NearMiss(
            Linearized(jepa, pairs({u: rho}), (rate,), stable=True),
            why="u = ρ is a fixed point for one predictor layer only",
        ),
        NearMiss(
            Linearized(jepa, pairs({u: learned}), (-sigma2 * rho ** ((2 * K + 2 * L - 2) / K),), stable=True),
            why="the rate without the factor K",
        ),
        NearMiss(
            Linearized(jepa, pairs({u: learned}), (-K * sigma2 * rho ** ((2 * K + 2 * L - 1) / K),), stable=True),
            why="one exponent too many",
        ),
        NearMiss(Moves(jepa, u**L, u ** (L - 1) * unit * (rho - u**K)), why="the factor L of a product of L layers"),
        NearMiss(
            Zeros(jepa, (component({u: learned}, (u**K - rho,), K),), (Cofactors(pairs({u: 1}), -unit),)),
            without=(Less(0, lam),),
            at={K: 1, L: 1, lam: -1, sigma2: 1},
            why="for λ ≤ 0 there is no fixed point on u > 0",
        ),
    ),
    source="littwin2024jepa, Cor. 4.3",
    printed=(
        FIXED_POINTS.read(
            Reading(
                "with one predictor layer a JEPA mode rests at $u = \\rho$, that is $w = \\rho^L$, and nowhere else on"
                " $u > 0$",
                "sharpened",
                Zeros(single, (component({u: rho}, (u - rho,)),), (Cofactors(pairs({u: 1}), -sigma2 * u ** (2 * L)),)),
                sharper=stable & attracts,
            ),
        ),
        PLATEAU.read(
            Reading("of the encoder, with one predictor layer", "refuted", rests_at(rho ** (1 / L))),
            Reading(
                "of one layer, with as many layers in the predictor as in the encoder",
                "confirmed",
                Converges(as_deep, rho ** (1 / L), sp.S.Zero, sp.oo, sigma2 * u ** (3 * L - 1), L),
            ),
            Reading("of the loss that its experiment trains", "open", missing="the loss is not in what was relayed"),
        ),
        ASYMPTOTE.read(
            Reading("with $\\mu = \\sigma^2$ and one predictor layer", "refuted", rests_at(sp.sqrt(rho * sigma2))),
            Reading("with another $\\mu$", "open", missing="what $\\mu$ stands for is not in what was relayed"),
        ),
        PREDICTABLE.read(
            Reading(
                "an aligned, balanced mode with $\\lambda > 0$ converges to its learned solution, from every positive"
                " start",
                "sharpened",
                attracts,
                sharper=stable,
            ),
            Reading(
                "from starts whose layers are not aligned with the data",
                "open",
                missing="convergence of the matrix flow, whose modes are coupled there; here modes start aligned",
            ),
        ),
    ),
)


@proves(jepa_fixed_point)
def theorem():
    yield (
        f"Aligned and balanced, a mode moves by $\\dot u = {tex(jepa.rates[u])}$.  With $\\rho = \\lambda/\\sigma^2$"
        " the right-hand side is"
    )
    yield Identity(jepa.rates[u], unit * (rho - u**K), why="take out the positive factor")
    yield (
        f"whose factor ${tex(unit)}$ is positive on $u > 0$, and $u \\mapsto u^K$ is injective there, so that $u^K ="
        " \\rho$ is the only fixed point:"
    )
    yield complete
    yield "The derivative of the rate at this point is its linear rate,"
    yield stable
    yield "and since the rate is positive below and negative above, every positive start converges:"
    yield attracts
    yield f"The encoder's amplitude $w = u^L$ rests there at $w = {tex(rho ** (L / K))}$, for it moves by"
    yield encoder
    yield jepa_fixed_point.claim
