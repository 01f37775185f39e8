r"""Where nothing is learned: without positive covariance, or without a predictor and with ρ ≠ 1, a balanced mode has no
fixed point on u > 0.

For λ ≤ 0 both objectives only shrink a mode.  Without a predictor a JEPA mode moves by u' = (λ - σ²) u^{2L-1}: it
decays or grows according to ρ, and stands still everywhere exactly at ρ = 1.  Together with `jepa-fixed-point` and
`mae-fixed-point` the list of fixed points is complete for all K and L.

Source: littwin2024jepa, Cor. 4.3, whose domain this closes.
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Cofactors, Less, Moves, Unequal, Zeros, component
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, lam, sigma2, u

opposed = sp.Symbol("mu", nonnegative=True)
jepa = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced", {lam: -opposed})
mae = modes(Model(Encoder(L), Predictor(K), DataReconstruction()), "balanced", {lam: -opposed})
bare = modes(Model(Encoder(L), Predictor(0), LatentPrediction(), Live()), "balanced")
critical = modes(Model(Encoder(L), Predictor(0), LatentPrediction(), Live()), "balanced", {lam: sigma2})


def nowhere(flow, speed):
    """The rate is `speed`, which is nowhere zero."""
    return Zeros(flow, (), (Cofactors(pairs({u: 1}), speed),))


shrinks = nowhere(jepa, -opposed * u ** (K + 2 * L - 1) - sigma2 * u ** (2 * K + 2 * L - 1))
fades = nowhere(mae, -opposed * u ** (K + L - 1) - sigma2 * u ** (2 * K + 2 * L - 1))
drifts = nowhere(bare, (lam - sigma2) * u ** (2 * L - 1))
stands = Moves(critical, u, sp.S.Zero)

no_fixed_point = Statement(
    title="Without positive covariance, or without a predictor and with ρ ≠ 1, a balanced mode rests nowhere",
    hypotheses=(Less(0, K), Unequal(lam, sigma2)),
    claim=shrinks & fades & drifts & stands,
    witness={K: 1, L: 2, lam: 2, sigma2: 1, opposed: 1, u: 1},
    near_misses=(
        NearMiss(Moves(critical, u, u ** (2 * L - 1)), why="at ρ = 1 there is no rate at all"),
        NearMiss(Moves(bare, u, (lam - sigma2) * u ** (2 * L)), why="one exponent"),
        NearMiss(
            Zeros(bare, (component({u: sp.S.One}, (u - 1,)),), (Cofactors(pairs({u: 1}), (lam - sigma2) * u),)),
            why="without a predictor 1 is no fixed point",
        ),
    ),
    source="littwin2024jepa, Cor. 4.3",
)


@proves(no_fixed_point)
def theorem():
    yield (
        f"With $\\lambda = -\\mu \\leq 0$ a JEPA mode moves by $\\dot u = {tex(jepa.rates[u])}$, which is negative on"
        " $u > 0$,"
    )
    yield shrinks
    yield f"and so is the rate of reconstruction, $\\dot u = {tex(mae.rates[u])}$:"
    yield fades
    yield (
        f"Without a predictor a JEPA mode moves by $\\dot u = {tex(bare.rates[u])}$, which has the sign of $\\lambda -"
        " \\sigma^2$:"
    )
    yield drifts
    yield "At $\\lambda = \\sigma^2$ it vanishes everywhere:"
    yield stands
    yield no_fixed_point.claim
