r"""The effective gradient along a direction scales with its shared covariance, exactly.

The drive of the first layer along a direction n of the context is a word that ends in Σyx n, and holds the direction
nowhere else.  If Σyx n = λ m, the drive is λ times a matrix that does not know λ; per mode it is λ times a positive
amplitude.  What is not shared (λ = 0) is not driven; what is weakly shared is driven weakly.
"""

from symjepa.exact.words import Matrix
from symjepa.model import Encoder, LatentPrediction, Model, Predictor, Shared
from symjepa.statements.claims import All, Annihilates, Drift, Less, Moves, Unequal
from symjepa.statements.descriptions import Layers, along, modes
from symjepa.statements.statement import Instance, Let, NearMiss, Reading, Statement, proves
from symjepa.symbols import K, L, alpha, b, eta, lam, rho, sigma2, sigma2_y, u, v, w

from ..flow.expected_loss import branch_of
from ..models import STOPPED, data, latent
from ..printed import BOTTLENECK
from .null_gradient import clean, direction, n, rest, seen


def shared_by(layers: Layers) -> Annihilates:
    """Σyx n = λ m: the direction n of the context is shared with the direction m of the target, with covariance λ."""
    image = Matrix("m", layers.letters.Syx.rows, "one")
    return Annihilates(layers.letters.Syx, direction, lam * image.word())


def driven(layers: Layers) -> Drift:
    """D(W_1 n) = λ (P W_{L:1})ᵀ W̄ m - (P W_{L:1})ᵀ P W Σxx n - η W_1 n."""
    named = layers.letters
    image = Matrix("m", named.Syx.rows, "one").word()
    target = image if layers.model.teacher is None else branch_of(layers.model) @ image
    prediction = named.predictor.product() @ named.encoder.product()
    drive, contraction = rest(layers).T @ target, rest(layers).T @ prediction @ named.Sxx.word() @ n
    return Drift(layers, seen(layers), lam * drive - contraction - eta * seen(layers), (shared_by(layers),))


learners = [Layers(latent(teacher)) for teacher in STOPPED.values()]
matrix_level = [driven(layers) for layers in (*learners, Layers(data))]
root = alpha ** (K / 2)


def per_mode(model, target) -> Moves:
    """u̇ = λ · (drive without λ) - contraction."""
    drive = root * u ** (K + L - 1) * target
    return Moves(modes(model, "balanced"), u, lam * drive - sigma2 * alpha**K * u ** (2 * K + 2 * L - 1) - eta * u)


unstopped = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Shared()), "product")
resting = along(unstopped, w**2).xreplace({v: rho})
live, ema = latent(STOPPED["live"]), latent(STOPPED["ema"])
mode_level = [per_mode(live, u**L), per_mode(ema, b), per_mode(data, 1)]
first = learners[0]
weak = driven(first)
doubled = rest(first).T @ branch_of(first.model) @ Matrix("m", "context", "one").word()

effective_gradient = Statement(
    title="The effective gradient along a direction is its shared covariance times a gradient that does not know it",
    claim=All((*matrix_level, *mode_level)),
    hypotheses=(Less(0, K),),
    witness=Instance(clean.matrices, {**clean.numbers, lam: 1, sigma2: 1, u: 1, b: 1}),
    near_misses=(
        NearMiss(
            Drift(first, seen(first), weak.equals + lam * doubled, (shared_by(first),)),
            why="twice the drive",
        ),
        NearMiss(per_mode(live, lam * u**L), why="linear in λ, not quadratic"),
        NearMiss(per_mode(live, 1), why="the live teacher multiplies the drive by its own amplitude"),
    ),
    printed=(
        BOTTLENECK.read(
            Reading(
                "already without a bottleneck, where the semi-gradient rests with one layer each, $v = \\rho$, the"
                " gradient of the loss itself shrinks the encoder if $r^2 < 1$, so that the loss alone does not decide",
                "confirmed",
                Less(resting, 0, by=2 * w**2 * (sigma2 * sigma2_y - lam**2) / sigma2),
                hypotheses=(Less(lam**2, sigma2 * sigma2_y), Unequal(w, 0)),
                let=(Let(rho, lam / sigma2),),
                witness={lam: 1, sigma2: 2, sigma2_y: 1, w: 1},
            ),
            Reading(
                "which subsets of $m$ features are stable for $m < d$",
                "open",
                missing=(
                    "all rank-$m$ fixed points of the matrix flow and the spectrum at each; here only aligned modes and"
                    " the drive of one direction are known"
                ),
            ),
        ),
    ),
)


@proves(effective_gradient)
def theorem():
    yield (
        "The drive of the first layer ends in $\\Sigma^{yx}$, which meets $n$ when the rate is applied to it and gives"
        " $\\lambda m$.  No other letter of the"
    )
    yield "drive depends on $n$ or $\\lambda$; hence, for every teacher under stop-gradient and for the data target,"
    yield from matrix_level
    yield "Per mode the same reads, in balance,"
    yield from mode_level
    yield "so that the drive is proportional to how much the two views share, and vanishes for $\\lambda = 0$."
    yield effective_gradient.claim
