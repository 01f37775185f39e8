r"""Reconstruction has one learned solution too, u^{K+L} = ρ, and it is stable.

With one predictor layer the encoder's amplitude is w = ρ^{L/(L+1)}: it lies between √ρ and ρ at every depth, where that
of a JEPA is ρ^L, and the amplitude of a layer forgets with depth how predictable a feature is.

Source: littwin2024jepa, Cor. 4.3.
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, Model, Predictor
from symjepa.statements.claims import Cofactors, Converges, Identity, Less, Linearized, Moves, Zeros, component
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, lam, rho, sigma2, u

from ..printed import FIXED_POINTS

mae = modes(Model(Encoder(L), Predictor(K), DataReconstruction()), "balanced")
single = modes(Model(Encoder(L), Predictor(1), DataReconstruction()), "balanced")
depth = K + L
learned = rho ** (1 / depth)
unit = sigma2 * u ** (depth - 1)
rate = -depth * sigma2 * rho ** ((2 * depth - 2) / depth)

complete = Zeros(mae, (component({u: learned}, (u**depth - rho,), depth),), (Cofactors(pairs({u: 1}), -unit),))
stable = Linearized(mae, pairs({u: learned}), (rate,), stable=True)
attracts = Converges(mae, learned, sp.S.Zero, sp.oo, unit, depth)
encoder = Moves(mae, u**L, L * sigma2 * u ** (K + 2 * L - 2) * (rho - u**depth))

mae_fixed_point = Statement(
    title="The learned solution of a reconstruction mode is unique, stable, and attracts every positive start",
    let=(Let(rho, lam / sigma2),),
    hypotheses=(Less(0, K), Less(0, lam)),
    claim=complete & stable & attracts & encoder,
    witness={K: 1, L: 2, lam: 1, sigma2: 2, u: 1},
    near_misses=(
        NearMiss(
            Linearized(mae, pairs({u: rho ** (1 / K)}), (rate,), stable=True),
            why="the fixed point of the latent target",
        ),
        NearMiss(
            Linearized(mae, pairs({u: learned}), (-sigma2 * rho ** ((2 * depth - 2) / depth),), stable=True),
            why="the rate without the factor K + L",
        ),
        NearMiss(
            Linearized(mae, pairs({u: learned}), (-depth * sigma2 * rho ** ((2 * depth - 1) / depth),), stable=True),
            why="one exponent",
        ),
        NearMiss(Moves(mae, u**L, u ** (L - 1) * unit * (rho - u**depth)), why="the factor L of a product of L layers"),
    ),
    source="littwin2024jepa, Cor. 4.3",
    printed=(
        FIXED_POINTS.read(
            Reading(
                "with one predictor layer an MAE mode rests at $u = \\rho^{1/(L+1)}$, that is $w = \\rho^{L/(L+1)}$,"
                " and nowhere else on $u > 0$",
                "sharpened",
                Zeros(
                    single,
                    (component({u: rho ** (1 / (L + 1))}, (u ** (L + 1) - rho,), L + 1),),
                    (Cofactors(pairs({u: 1}), -sigma2 * u**L),),
                ),
                sharper=stable & attracts,
            ),
        ),
    ),
)


@proves(mae_fixed_point)
def theorem():
    yield f"In balance $\\dot u = {tex(mae.rates[u])}$, which is a positive factor times $\\rho - u^{{K+L}}$:"
    yield Identity(mae.rates[u], unit * (rho - u**depth))
    yield "As $u \\mapsto u^{K+L}$ is injective on $u > 0$, its only fixed point there is"
    yield complete
    yield "with the linear rate"
    yield stable
    yield "and it attracts every positive start,"
    yield attracts
    yield f"The encoder's amplitude $w = u^L$ rests there at $w = {tex(rho ** (L / depth))}$, for it moves by"
    yield encoder
    yield mae_fixed_point.claim
