r"""The scalar flow of one mode: amplitudes of encoder, predictor and teacher, and the common layer amplitude in
balance.

Aligned, each word of the matrix flow becomes a product of scalars.  The product of L equal layers moves L times as
fast as one of them times the others, which is the factor L that separates unit-rate gradient flow from the printed
mode equations.

Source: saxe2014exact, Eq. 4; tian2021directpred, Eqs. 11-13 and App. D.4; littwin2024jepa, Eqs. 7-8.
"""

from symjepa.statements.claims import All, Less, Moves
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import NearMiss, Statement, proves
from symjepa.symbols import K, L, alpha, b, eta, lam, s, sigma2, sigma2_y, tau, u, v, w

from ..models import STOPPED, data, latent, shared

above_w, above_v = w ** (1 - 2 / L), v ** (1 - 2 / K)


def student(model, drive, target) -> list[Moves]:
    """(w, v): both factors pull towards the target amplitude `target` of the prediction v w, `drive` = λ·target."""
    flow = modes(model, "product")
    residual = lam * drive - sigma2 * v * w
    return [
        Moves(flow, w, L * w ** (2 - 2 / L) * v * residual - L * eta * w),
        Moves(flow, v, alpha * K * v ** (2 - 2 / K) * w * residual - K * eta * v),
    ]


live, ema, layer_ema, frozen = (latent(teacher) for teacher in STOPPED.values())
products = [
    *student(live, w, w),
    *student(ema, b, b),
    *student(layer_ema, b, b),
    *student(frozen, b, b),
    *student(data, 1, 1),
]
teachers = [
    Moves(modes(ema, "product"), b, tau * (w - b)),
    Moves(modes(layer_ema, "product"), b, L * tau * b ** (1 - 1 / L) * (w ** (1 / L) - b ** (1 / L))),
]
both = modes(shared, "product")
unstopped = Moves(both, w, L * w ** (3 - 2 / L) * (2 * lam * v - sigma2 * v**2 - sigma2_y) - L * eta * w)

root = alpha ** (K / 2)


def common(model, target) -> Moves:
    """In balance all layers share one amplitude u, the predictor's scaled by √α."""
    residual = lam * target - sigma2 * root * u ** (K + L)
    return Moves(modes(model, "balanced"), u, root * u ** (K + L - 1) * residual - eta * u)


balanced = [common(live, u**L), common(ema, b), common(layer_ema, s**L), common(frozen, b), common(data, 1)]
balanced_teachers = [
    Moves(modes(ema, "balanced"), b, tau * (u**L - b)),
    Moves(modes(layer_ema, "balanced"), s, tau * (u - s)),
]
single = modes(latent(STOPPED["live"]), "product")

mode_flow = Statement(
    title="One mode moves by two or three scalar equations, one in balance",
    claim=All((*products, *teachers, unstopped, *balanced, *balanced_teachers)),
    hypotheses=(Less(0, K),),
    witness={K: 1, L: 2, alpha: 1, eta: 0, tau: 1, lam: 1, sigma2: 1, sigma2_y: 1, u: 1, s: 1, w: 1, v: 1, b: 1},
    near_misses=(
        NearMiss(Moves(single, w, products[0].rate / L), why="the factor L belongs to unit-rate gradient flow"),
        NearMiss(Moves(single, w, products[0].rate.subs(w ** (2 - 2 / L), w ** (2 - 1 / L))), why="one exponent"),
        NearMiss(
            Moves(modes(layer_ema, "product"), b, tau * (w - b)),
            why="the product of layer-wise averages is no average of products",
        ),
        NearMiss(
            Moves(both, w, unstopped.rate.subs(sigma2_y, 0)), why="without stop-gradient the target's variance enters"
        ),
    ),
    source="saxe2014exact, Eq. 4; tian2021directpred, Eqs. 11-13; littwin2024jepa, Eqs. 7-8",
)


@proves(mode_flow)
def theorem():
    yield (
        "Under the alignment of the model each word of the matrix flow is diagonal, and its entry is the product of the"
        " amplitudes of its"
    )
    yield (
        "letters.  If the layers of the encoder are balanced among themselves, and those of the predictor, the products"
        " $w$ and $v$ move by"
    )
    yield from products
    yield "and the teachers by"
    yield from teachers
    yield "Without stop-gradient the second residual doubles the drive and brings in the target's own variance:"
    yield unstopped
    yield (
        "If the joint is balanced too, $w = u^L$ and $v = (\\sqrt\\alpha\\,u)^K$, and one equation is left for the"
        " student,"
    )
    yield from balanced
    yield "with the teachers"
    yield from balanced_teachers
    yield mode_flow.claim
