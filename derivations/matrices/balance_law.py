r"""Neighbouring layers stay balanced, whatever the data, the target and the teacher; without stop-gradient the joint
fails.

Gradient flow moves two neighbouring layers by the two halves of one word, so the difference of their Gram matrices
does not feel the loss at all; weight decay only shrinks it.  Without stop-gradient a second gradient flows through the
teacher into the encoder alone, and the joint between encoder and predictor drifts by exactly that much.

Source: arora2018optimization, Thm 1; tian2021directpred, Thm 1 (one layer each, α = 1 or in its appendix any α).
"""

from symjepa.exact.words import WordSum
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.modes.balance import law
from symjepa.statements.claims import All, AtMost, Decays, Drift, Less, Relation
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, k, l, tau

from ..models import STOPPED, latent, shared, stopped
from ..printed import BALANCE

inside_encoder, inside_predictor, at_joint = AtMost(l, L - 1), AtMost(k, K - 1), Less(0, K)
WHERE: dict[str, Relation] = {"encoder": inside_encoder, "predictor": inside_predictor, "joint": at_joint}


def balance(layers: Layers, joint: str) -> WordSum:
    """The law of a joint as a word sum; these models have all three."""
    own = law(layers.model, joint)
    assert own is not None
    return own


def decays(layers: Layers, joint: str, why: str = "") -> Decays:
    """The law of a joint shrinks like e^{-2ηt}, and is conserved without weight decay."""
    return Decays(layers, balance(layers, joint), -2 * eta, (WHERE[joint],), why)


learners = [Layers(model) for model in stopped]
branches = Layers(shared)
W, P = branches.letters.encoder.product(), branches.letters.predictor.product()
Syx, Syy = branches.letters.Syx.word(), branches.letters.Syy.word()
excess = 2 * (W @ Syy @ W.T) - P @ W @ Syx.T @ W.T - W @ Syx @ W.T @ P.T
joint_drift = Drift(branches, balance(branches, "joint"), excess - 2 * eta * balance(branches, "joint"), (at_joint,))

conserved = [decays(layers, joint) for layers in learners for joint in WHERE]
still = [decays(branches, joint) for joint in ("encoder", "predictor")]

live = Layers(latent(STOPPED["live"]))
own, first, last = balance(live, "joint"), live.letters.predictor.layer(1), live.letters.encoder.layer(L)
without_alpha = first.T @ first - last @ last.T
upper = live.letters.encoder.layer(l + 1)
equal_rates = Layers(Model(Encoder(L), Predictor(K), LatentPrediction(), Live(), 1, eta))

balance_law = Statement(
    title="Every joint keeps its balance, and without stop-gradient one fails",
    claim=All((*conserved, *still, joint_drift)),
    hypotheses=(),
    witness={K: 2, L: 3, k: 1, l: 1, alpha: 2, eta: 0, tau: 1},
    near_misses=(
        NearMiss(
            Decays(live, own, -eta, (at_joint,)), why="the Gram matrices shrink at 2η, twice as fast as the layers"
        ),
        NearMiss(
            Decays(live, without_alpha, -2 * eta, (at_joint,)),
            why="α belongs to the predictor's Gram matrix",
        ),
        NearMiss(
            Decays(live, upper.T @ upper, -2 * eta, (inside_encoder,)),
            why="one Gram matrix alone is not conserved",
        ),
        NearMiss(decays(branches, "joint"), why="without stop-gradient the joint is not conserved"),
    ),
    source="arora2018optimization, Thm 1; tian2021directpred, Thm 1",
    printed=(
        BALANCE.read(
            Reading("with $\\alpha^{-1}$, for every rate of the predictor", "confirmed", decays(live, "joint")),
            Reading("without $\\alpha^{-1}$, at equal rates", "confirmed", decays(equal_rates, "joint")),
            Reading(
                "without $\\alpha^{-1}$, for every rate of the predictor",
                "refuted",
                Decays(live, without_alpha, -2 * eta, (at_joint,)),
            ),
        ),
    ),
)


@proves(balance_law)
def theorem():
    yield (
        f"Inside the encoder the balance of the joint above layer $\\ell$ is ${tex(balance(live, 'encoder'))}$, inside"
        " the predictor"
    )
    yield (
        f"likewise, and across the joint it is ${tex(own)}$.  Differentiating the loss by a layer opens the word of the"
        " loss at that layer;"
    )
    yield (
        "multiplying the rate of one layer by the transpose of its neighbour closes it again, to the same word on both"
        " sides.  So under the"
    )
    yield "live teacher, with weight decay,"
    for joint in WHERE:
        yield decays(live, joint, "the two words cancel; the decay of each layer gives $-2\\eta$")
    yield (
        "The same words cancel for a teacher that moves on its own, for it enters only through the target, and for the"
        " data target:"
    )
    for layers in learners[1:]:
        for joint in WHERE:
            yield decays(layers, joint)
    yield (
        "Without stop-gradient the gradient of the target branch adds a word to each encoder layer.  Inside the encoder"
        " it cancels as before,"
    )
    yield from still
    yield f"but the predictor does not feel it, so that the joint drifts by ${tex(excess)}$ beyond its decay:"
    yield joint_drift
    yield balance_law.claim
