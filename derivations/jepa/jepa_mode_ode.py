r"""The printed mode equation of a JEPA, from its loss: w' = λ w^{3-1/L} - (λ/ρ) w³ in the time L t.

Littwin et al. print the equation of the product amplitude w of the encoder for one predictor layer, without the factor
L that unit-rate gradient flow carries; in the time L t it is exactly theirs.  With K predictor layers the exponents are
others.

Source: littwin2024jepa, Eq. 7.
"""

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Identity, Less, Moves
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Printed, Reading, Statement, proves, tex
from symjepa.symbols import K, L, lam, rho, sigma2, u, w

single = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced")
deep = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced")


def printed():
    """Eq. 7 as printed, in the encoder's amplitude."""
    return lam * w ** (3 - 1 / L) - (lam / rho) * w**3


conversion = Moves(single, w, L * printed())
general = Moves(deep, w, L * (lam * w ** (3 + (K - 2) / L) - sigma2 * w ** (3 + (2 * K - 2) / L)))

jepa_mode_ode = Statement(
    title="The printed mode equation of a JEPA holds in the time L t",
    let=(Let(rho, lam / sigma2), Let(w, u**L)),
    hypotheses=(Less(0, K), Less(0, lam)),
    claim=conversion & general,
    witness={K: 1, L: 2, lam: 1, sigma2: 1, u: 1},
    near_misses=(
        NearMiss(Moves(single, w, printed()), why="in the time t itself the factor L is missing"),
        NearMiss(
            Moves(single, w, L * (lam * w ** (3 - 1 / L) - lam * rho * w**3)),
            why="ρ and 1/ρ exchanged",
        ),
        NearMiss(
            Moves(single, w, L * (lam * w ** (2 - 1 / L) - (lam / rho) * w**3)),
            why="Eq. 8, not Eq. 7",
        ),
    ),
    source="littwin2024jepa, Eq. 7",
    printed=(
        Printed(
            "littwin2024jepa, Eq. 7",
            r"$\dot w = \lambda w^{3-1/L} - (\lambda/\rho) w^3$",
            "second-hand",
            "t_paper = L t",
            (
                Reading(
                    "it is the gradient flow of the loss, in the time $L t$", "confirmed after conversion", conversion
                ),
                Reading(
                    "it is the gradient flow of the loss in the time $t$ itself",
                    "true when",
                    Moves(single, w, printed()),
                    when=(Identity(L, 1),),
                    conversion="",
                ),
            ),
        ),
    ),
)


@proves(jepa_mode_ode)
def theorem():
    yield (
        f"With one predictor layer a balanced mode moves by $\\dot u = {tex(single.rates[u])}$, and the encoder's"
        " amplitude is $w = u^L$.  By the chain rule"
    )
    yield conversion
    yield "which is the printed equation once time is measured as $L t$.  For any number of predictor layers"
    yield general
    yield jepa_mode_ode.claim
