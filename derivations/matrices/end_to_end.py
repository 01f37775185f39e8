r"""In balance the product of the layers moves by itself: the flow of a deep linear map is a flow of the map.

The layers of a product move by the residual carried through their neighbours.  In balance what stands above a layer,
times its transpose, is a power of one matrix (`gram-powers`), the positive semidefinite root of $W W^\top$, and what
stands below is a power of the root of $W^\top W$.  So of the layers only their product is left, for the encoder and for
the predictor each by itself.  P W as a whole closes where the target does not move (data target, frozen teacher).
Under the live teacher it does not, nor does it under an EMA teacher together with that teacher; and a teacher that
follows layer by layer is moved by more than the products.

Source: arora2018optimization, Thm 1.
"""

from fractions import Fraction

from symjepa.exact.words import Stack, WordSum
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor, Teacher
from symjepa.statements.claims import (
    All,
    Balanced,
    ByInduction,
    GramRoot,
    Less,
    NotClosed,
    ProductMoves,
    Share,
    Unfolded,
    Use,
    exhibit,
)
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, j, k, l, n, tau

from ..flow.expected_loss import branch_of
from ..flow.semi_gradient import correlation
from ..models import shared, stopped
from .gram_powers import MINUS, ONE, ZERO, above, below, bottom, through_above, through_below, top


def encoder_moves(layers: Layers, pull: WordSum) -> ProductMoves:
    """D W = Σ_l (W_L W_Lᵀ)^{L-l} G (W_1ᵀ W_1)^{l-1} - η L W; `pull` = G is the residual carried to the encoder."""
    W, law = layers.letters.encoder, Balanced(layers.model, "encoder")
    upper, lower, under = above(W, law, j), below(W, law, j), W.segment(l - 1, 0)
    by = (
        Use(upper, at=l, right=pull @ under.T @ under),
        Use(lower, at=l - 1, left=top(W, L - l) @ pull),
    )
    summand = top(W, L - l) @ pull @ bottom(W, l - 1) - eta * W.product()
    return ProductMoves(layers, (Share(W, l, summand, by),), roots(W, upper, lower), (law,))


def predictor_moves(layers: Layers, pull: WordSum) -> ProductMoves:
    """D P = α Σ_k (P_K P_Kᵀ)^{K-k} G (P_1ᵀ P_1)^{k-1} - η K P."""
    P, law = layers.letters.predictor, Balanced(layers.model, "predictor")
    upper, lower, under = above(P, law, j), below(P, law, j), P.segment(k - 1, 0)
    by = (
        Use(upper, at=k, right=pull @ under.T @ under, scale=alpha),
        Use(lower, at=k - 1, left=top(P, K - k) @ pull, scale=alpha),
    )
    summand = alpha * (top(P, K - k) @ pull @ bottom(P, k - 1)) - eta * P.product()
    return ProductMoves(layers, (Share(P, k, summand, by),), roots(P, upper, lower), (law,))


def roots(stack: Stack, upper: ByInduction, lower: ByInduction) -> tuple[GramRoot, GramRoot]:
    """(W_L W_Lᵀ)^L = W Wᵀ and (W_1ᵀ W_1)^L = Wᵀ W."""
    depth, first, last = stack.depth, stack.layer(1), stack.layer(stack.depth)
    return (
        GramRoot(last, depth, True, (Use(upper, at=ZERO, scale=MINUS),)),
        GramRoot(first.T, depth, False, (Use(lower, at=depth, scale=MINUS),)),
    )


def both_residuals(layers: Layers) -> WordSum:
    """G as the encoder of a shared teacher feels it: through the prediction, and through the target."""
    named = layers.letters
    W, P, Syx, Syy = named.encoder.product(), named.predictor.product(), named.Syx.word(), named.Syy.word()
    return P.T @ correlation(layers, W) + P @ W @ Syx.T - W @ Syy


learners = [Layers(model) for model in stopped]
branches = [None if layers.model.teacher is None else branch_of(layers.model) for layers in learners]
G = [correlation(layers, branch) for layers, branch in zip(learners, branches, strict=True)]
encoders = [
    encoder_moves(layers, layers.letters.predictor.product().T @ g) for layers, g in zip(learners, G, strict=True)
]
predictors = [
    predictor_moves(layers, g @ layers.letters.encoder.product().T) for layers, g in zip(learners, G, strict=True)
]
joined = Layers(shared)
unstopped = encoder_moves(joined, both_residuals(joined))


def prediction_moves(layers: Layers, G: WordSum) -> ProductMoves:
    """D (P W) is a sum over all K + L layers, if the joint is balanced too and the target does not move."""
    W, P = layers.letters.encoder, layers.letters.predictor
    laws = tuple(Balanced(layers.model, joint) for joint in ("encoder", "predictor", "joint"))
    whole = P.product() @ W.product()
    over_W, under_W = above(W, laws[0], j), below(W, laws[0], j)
    over_P, under_P = above(P, laws[1], j), below(P, laws[1], j)
    carried, lifted = carries(P, W, laws), lifts(P, W, laws)
    beneath, within = W.segment(l - 1, 0), P.segment(k - 1, 0)
    through_encoder = Share(
        W,
        l,
        alpha ** (l - L) * (top(P, K + L - l) @ G @ bottom(W, l - 1)) - eta * whole,
        (
            Use(over_W, at=l, left=P.product(), right=P.product().T @ G @ beneath.T @ beneath),
            Use(carried, at=L - l, right=P.product().T @ G @ beneath.T @ beneath),
            Use(over_P, at=ZERO, left=top(P, L - l), right=G @ beneath.T @ beneath, scale=alpha ** (l - L)),
            Use(under_W, at=l - 1, left=top(P, K + L - l) @ G, scale=alpha ** (l - L)),
        ),
    )
    before = top(P, K - k) @ G @ W.product().T
    through_predictor = Share(
        P,
        k,
        alpha**k * (top(P, K - k) @ G @ bottom(W, L + k - 1)) - eta * whole,
        (
            Use(over_P, at=k, right=G @ (within @ W.product()).T @ within @ W.product(), scale=alpha),
            Use(under_P, at=k - 1, left=before, right=W.product(), scale=alpha),
            Use(lifted, at=k - 1, left=before, scale=alpha),
            Use(under_W, at=L, left=top(P, K - k) @ G, right=bottom(W, k - 1), scale=alpha**k),
        ),
    )
    ends = (
        GramRoot(
            P.layer(K),
            K + L,
            True,
            (
                Use(over_W, at=ZERO, left=P.product(), right=P.product().T, scale=-(alpha**L)),
                Use(carried, at=L, right=P.product().T, scale=-(alpha**L)),
                Use(over_P, at=ZERO, left=top(P, L), scale=MINUS),
            ),
            alpha**L,
        ),
        GramRoot(
            W.layer(1).T,
            K + L,
            False,
            (
                Use(under_P, at=K, left=W.product().T, right=W.product(), scale=-(alpha ** (-K))),
                Use(lifted, at=K, left=W.product().T, scale=-(alpha ** (-K))),
                Use(under_W, at=L, right=bottom(W, K), scale=MINUS),
            ),
            alpha ** (-K),
        ),
    )
    return ProductMoves(layers, (through_predictor, through_encoder), ends, laws)


def carries(P: Stack, W: Stack, laws: tuple[Balanced, ...]) -> ByInduction:
    """P (W_L W_Lᵀ)^n = α^{-n} (P_K P_Kᵀ)^n P."""
    last, first = W.layer(L), P.layer(1)
    so_far = top(P, n)
    return ByInduction(
        P.product() @ top(W, n),
        alpha ** (-n) * (so_far @ P.product()),
        n,
        ZERO,
        None,
        base=(),
        step=(
            Use(None, right=top(W)),
            Use(Unfolded(last), left=so_far @ P.product(), scale=alpha ** (-n)),
            Use(laws[2], left=so_far @ P.product(), scale=-(alpha ** (-n))),
            Use(through_above(P, laws[1], j), at=ONE, left=so_far, right=first, scale=alpha ** (-n - 1)),
        ),
        on=laws,
    )


def lifts(P: Stack, W: Stack, laws: tuple[Balanced, ...]) -> ByInduction:
    """(P_1ᵀ P_1)^n W = α^n W (W_1ᵀ W_1)^n."""
    last, first, so_far = W.layer(L), P.layer(1), bottom(W, n)
    return ByInduction(
        bottom(P, n) @ W.product(),
        alpha**n * (W.product() @ so_far),
        n,
        ZERO,
        None,
        base=(),
        step=(
            Use(None, left=bottom(P)),
            Use(Unfolded(first.T), right=W.product() @ so_far, scale=alpha**n),
            Use(laws[2], right=W.product() @ so_far, scale=alpha ** (n + 1)),
            Use(through_below(W, laws[0], j), at=L - 1, left=last, right=so_far, scale=alpha ** (n + 1)),
        ),
        on=laws,
    )


reconstructing, frozen = learners[-1], learners[3]
predictions = [prediction_moves(reconstructing, G[-1]), prediction_moves(frozen, G[3])]

# Where it does not close: two sets of layers with the same products, and different motions of what they make.


def small(encoder: int, teacher: Teacher) -> Layers:
    """A model of numeric depth, one predictor layer, for an exhibit."""
    return Layers(Model(Encoder(encoder), Predictor(1), LatentPrediction(), teacher))


def scalars(**letters):
    """Letters of size one; views of unit variance with covariance one half."""
    data = {"Sxx": 1, "Syx": "1/2", "Syy": 1}
    return exhibit({name: ((Fraction(x),),) for name, x in {**data, **letters}.items()}, {tau: 1})


def balanced_in(layers: Layers, *joints: str) -> tuple[Balanced, ...]:
    return tuple(Balanced(layers.model, joint) for joint in joints)


one_layer, following, stepwise, two_layers = (
    small(1, Live()),
    small(1, EMA(tau)),
    small(2, LayerEMA(tau)),
    small(2, Live()),
)
whole = one_layer.letters.predictor.product() @ one_layer.letters.encoder.product()
turned = scalars(W_1=1, P_1=1, Wbar=1), scalars(W_1=-1, P_1=-1, Wbar=1)
mirrored = (
    scalars(W_1=1, W_2=1, P_1=1, Wbar_1=1, Wbar_2=1),
    scalars(W_1=-1, W_2=-1, P_1=1, Wbar_1=1, Wbar_2=1),
)
skewed = scalars(W_1=1, W_2=1, P_1=1), scalars(W_1=2, W_2="1/2", P_1=1)
teacher_layers = stepwise.letters.teacher_layers.product()
two = two_layers.letters.encoder.product()
open_ones = [
    NotClosed(one_layer, (whole,), whole, turned, balanced_in(one_layer, "joint")),
    NotClosed(
        following,
        (whole, following.letters.teacher_product.word()),
        following.letters.teacher_product.word(),
        turned,
        balanced_in(following, "joint"),
    ),
    NotClosed(
        stepwise,
        (stepwise.letters.encoder.product(), stepwise.letters.predictor.product(), teacher_layers),
        teacher_layers,
        mirrored,
        balanced_in(stepwise, "encoder"),
    ),
    NotClosed(two_layers, (two, two_layers.letters.predictor.product()), two, skewed),
]

first = encoders[0]
live = learners[0]
pull = live.letters.predictor.product().T @ G[0]
W = live.letters.encoder


def variant(summand: WordSum) -> ProductMoves:
    """Another motion of the encoder's product."""
    return ProductMoves(live, (Share(W, l, summand),), (), first.on)


end_to_end = Statement(
    title="In balance the encoder's product and the predictor's product each move by themselves",
    claim=All((*encoders, unstopped, *predictors, *predictions, *open_ones)),
    hypotheses=(Less(0, K),),
    witness={K: 2, L: 2, alpha: 1, eta: 0, tau: 1, l: 1, k: 1, j: 1, n: 1},
    near_misses=(
        NearMiss(
            variant(top(W, L - l + 1) @ pull @ bottom(W, l - 1) - eta * W.product()), why="one power too many above"
        ),
        NearMiss(variant(top(W, L - l) @ pull @ bottom(W, l) - eta * W.product()), why="one power too many below"),
        NearMiss(
            variant(top(W, L - l) @ pull @ bottom(W, l - 1) - eta / L * W.product()),
            why="every layer decays, so that the product decays L times as fast",
        ),
        NearMiss(
            ProductMoves(live, (Share(W, l, first.shares[0].summand),), ()),
            why="without balance",
        ),
        NearMiss(
            NotClosed(two_layers, (two,), two, (skewed[0], skewed[0])),
            why="one set of layers differs from itself nowhere",
        ),
        NearMiss(
            NotClosed(
                following,
                (following.letters.encoder.product(), following.letters.teacher_product.word()),
                following.letters.teacher_product.word(),
                (turned[0], turned[0]),
            ),
            why="a teacher that follows the product moves by the two products alone",
        ),
    ),
    source="arora2018optimization, Thm 1",
)


@proves(end_to_end)
def theorem():
    yield (
        "The product moves by what each layer adds.  A layer of the encoder moves by the residual, carried back through"
        " the layers above and below it.  Put between these layers again, the residual has"
        f" ${tex(W.segment(L, l) @ W.segment(L, l).T)}$ on its left and"
        f" ${tex(W.segment(l - 1, 0).T @ W.segment(l - 1, 0))}$ on its right.  In balance both are powers:"
    )
    yield from [use.of for use in first.shares[0].by]
    yield (
        f"At the ends, ${tex(top(W, L))} = {tex(W.product() @ W.product().T)}$ and"
        f" ${tex(bottom(W, L))} = {tex(W.product().T @ W.product())}$: the two bases are the positive semidefinite"
    )
    yield "roots of order $L$ of the Gram matrices of the product, one each.  So under the live teacher"
    yield first
    yield "and nothing of the layers is left but their product.  The predictor likewise:"
    yield predictors[0]
    yield (
        "The teacher enters through the residual alone.  If the target does not move and the joint is balanced too, the"
        " powers pass from the encoder into the predictor, each with a factor of $\\alpha$, and $P\\,W$ closes as a"
        " whole:"
    )
    yield predictions[0]
    yield (
        "With a target that the encoder makes it does not: turning the representation, $W \\to -W$ and $P \\to -P$,"
        " leaves $P\\,W$ as it is and turns the target.  A teacher that follows layer by layer compares single layers,"
    )
    yield "and without balance not even the encoder's product closes:"
    yield from open_ones
    yield end_to_end.claim
