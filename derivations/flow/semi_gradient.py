r"""The matrix flow of every layer of encoder, predictor and teacher, for every depth.

Every layer that is trained moves by the residual correlation G = W̄ Σyx - P W Σxx, carried back through the layers above
and below it.
The stop-gradient keeps the target branch out of the gradient; without it the encoder feels a second residual through
that branch.

Source: tian2021directpred, Eqs. 1-3 (one layer each); arora2018optimization, Eq. 5 (data target).
"""

from symjepa.exact.words import WordSum
from symjepa.statements.claims import All, AtMost, Drift, Less
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, k, l, tau

from ..models import STOPPED, data, latent, shared
from .expected_loss import branch_of

layer_of_encoder, layer_of_predictor = AtMost(l, L), AtMost(k, K)


def correlation(layers: Layers, branch: WordSum | None) -> WordSum:
    """The residual correlated with the context, G = W̄ Σyx - P W Σxx."""
    named = layers.letters
    drive = named.Syx.word() if branch is None else branch @ named.Syx.word()
    return drive - named.predictor.product() @ named.encoder.product() @ named.Sxx.word()


def encoder(layers: Layers, G: WordSum) -> Drift:
    """A layer of the encoder moves by (P W_{L:l})ᵀ G W_{l-1:0}ᵀ."""
    named = layers.letters
    above = named.predictor.product() @ named.encoder.segment(L, l)
    below = named.encoder.segment(l - 1, 0)
    return Drift(
        layers, named.encoder.layer(l), above.T @ G @ below.T - eta * named.encoder.layer(l), (layer_of_encoder,)
    )


def predictor(layers: Layers, G: WordSum, rate=alpha) -> Drift:
    """A layer of the predictor moves by α P_{K:k}ᵀ G (P_{k-1:0} W)ᵀ."""
    named = layers.letters
    above, below = named.predictor.segment(K, k), named.predictor.segment(k - 1, 0) @ named.encoder.product()
    moved = named.predictor.layer(k)
    return Drift(layers, moved, rate * (above.T @ G @ below.T) - eta * moved, (layer_of_predictor,))


learners = [Layers(latent(teacher)) for teacher in STOPPED.values()]
residuals = [correlation(layers, branch_of(layers.model)) for layers in learners]
reconstructing = Layers(data)
students = [
    claim for layers, G in zip(learners, residuals, strict=True) for claim in (encoder(layers, G), predictor(layers, G))
]
reconstruction = [
    encoder(reconstructing, correlation(reconstructing, None)),
    predictor(reconstructing, correlation(reconstructing, None)),
]

ema, by_layers, frozen = learners[1], learners[2], learners[3]
whole, own = ema.letters.teacher_product.word(), by_layers.letters.teacher_layers.layer(l)
teachers = [
    Drift(ema, whole, tau * (ema.letters.encoder.product() - whole)),
    Drift(by_layers, own, tau * (by_layers.letters.encoder.layer(l) - own), (layer_of_encoder,)),
    Drift(frozen, whole, WordSum.zero(whole.rows, whole.cols)),
]

both = Layers(shared)
named = both.letters
W, P, Syx, Syy = named.encoder.product(), named.predictor.product(), named.Syx.word(), named.Syy.word()
through_target = named.encoder.segment(L, l).T @ (P @ W @ Syx.T - W @ Syy) @ named.encoder.segment(l - 1, 0).T
stopped_part = encoder(both, correlation(both, W))
second = Drift(both, stopped_part.of, stopped_part.equals + through_target, stopped_part.on)

semi_gradient = Statement(
    title="Every layer moves by the residual correlation, carried through its neighbours",
    claim=All((*students, *reconstruction, *teachers, second)),
    hypotheses=(Less(0, K),),
    witness={K: 2, L: 2, l: 1, k: 1, alpha: 1, eta: 0, tau: 1},
    near_misses=(
        NearMiss(stopped_part, why="without stop-gradient the target branch pulls too"),
        NearMiss(predictor(learners[0], residuals[0], rate=1), why="α multiplies the predictor's gradient"),
        NearMiss(encoder(learners[0], -residuals[0]), why="the sign of the residual"),
        NearMiss(
            Drift(ema, whole, tau * (ema.letters.encoder.product() + whole)), why="the teacher follows the difference"
        ),
    ),
    source="tian2021directpred, Eqs. 1-3; arora2018optimization, Eq. 5",
)


@proves(semi_gradient)
def theorem():
    yield (
        "The loss is quadratic in $P\\,W$, and its gradient there is $-G$ with $G = \\overline{W}\\,\\Sigma^{yx} -"
        f" P\\,W\\,\\Sigma^{{xx}}$, which is ${tex(residuals[0])}$ for the live teacher.  Differentiating a word by"
        " one of its layers opens it there: what stands above the layer comes to the left of $G$, transposed, and what"
        " stands below it to the right."
    )
    yield "So for the four teachers under stop-gradient,"
    yield from students
    yield "For the data target the target branch is the identity:"
    yield from reconstruction
    yield "A teacher of its own follows the student, as a product or layer by layer, or rests:"
    yield from teachers
    yield "Without stop-gradient the encoder also moves to make its target easier to predict:"
    yield second
    yield semi_gradient.claim
