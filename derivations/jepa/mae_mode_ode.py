r"""The printed mode equation of reconstruction, from its loss: w' = λ w^{2-1/L} - (λ/ρ) w³ in the time L t.

Source: littwin2024jepa, Eq. 8.
"""

from symjepa.model import DataReconstruction, Encoder, Model, Predictor
from symjepa.statements.claims import Identity, Less, Moves
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Printed, Reading, Statement, proves, tex
from symjepa.symbols import K, L, lam, rho, sigma2, u, w

single = modes(Model(Encoder(L), Predictor(1), DataReconstruction()), "balanced")
deep = modes(Model(Encoder(L), Predictor(K), DataReconstruction()), "balanced")


def printed():
    """Eq. 8 as printed, in the encoder's amplitude."""
    return lam * w ** (2 - 1 / L) - (lam / rho) * w**3


conversion = Moves(single, w, L * printed())
general = Moves(deep, w, L * (lam * w ** (2 + (K - 2) / L) - sigma2 * w ** (3 + (2 * K - 2) / L)))

mae_mode_ode = Statement(
    title="The printed mode equation of reconstruction holds in the time L t",
    let=(Let(rho, lam / sigma2), Let(w, u**L)),
    hypotheses=(Less(0, K), Less(0, lam)),
    claim=conversion & general,
    witness={K: 1, L: 2, lam: 1, sigma2: 1, u: 1},
    near_misses=(
        NearMiss(Moves(single, w, printed()), why="in the time t itself the factor L is missing"),
        NearMiss(
            Moves(single, w, L * (lam * w ** (3 - 1 / L) - (lam / rho) * w**3)),
            why="Eq. 7, not Eq. 8",
        ),
    ),
    source="littwin2024jepa, Eq. 8",
    printed=(
        Printed(
            "littwin2024jepa, Eq. 8",
            r"$\dot w = \lambda w^{2-1/L} - (\lambda/\rho) w^3$",
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


@proves(mae_mode_ode)
def theorem():
    yield (
        "For the data target and one predictor layer a balanced mode moves by $\\dot u ="
        f" {tex(single.rates[u])}$: the drive has lost the factor $w$ of the teacher."
    )
    yield "By the chain rule $w = u^L$ moves by"
    yield conversion
    yield "the printed equation in the time $L t$; and for any number of predictor layers by"
    yield general
    yield mae_mode_ode.claim
