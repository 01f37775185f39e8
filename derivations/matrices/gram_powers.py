r"""In balance the Gram matrix of a product of layers is a power of that of its outermost layer.

What one layer hands to the next, $W_\ell W_\ell^\top = W_{\ell+1}^\top W_{\ell+1}$, can be pulled through the layers
above it until it stands at the end, layer by layer; each step adds one power.  So $W_{L:j} W_{L:j}^\top = (W_L
W_L^\top)^{L-j}$ from above and $W_{j:0}^\top W_{j:0} = (W_1^\top W_1)^j$ from below, by induction over $j$, for every
depth.

Source: arora2018optimization, proof of Thm 1.
"""

import sympy as sp

from symjepa.exact.words import Matrix, Stack, WordSum, gram_power
from symjepa.statements.claims import All, Balanced, ByInduction, Less, Unfolded, Use
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, j, n

from ..models import STOPPED, latent

ZERO, ONE, MINUS = sp.S.Zero, sp.S.One, sp.S.NegativeOne


def top(stack: Stack, power=1) -> WordSum:
    """A power of W_L W_Lᵀ."""
    return gram_power(stack.layer(stack.depth), power)


def bottom(stack: Stack, power=1) -> WordSum:
    """A power of W_1ᵀ W_1."""
    return gram_power(stack.layer(1).T, power)


def through_above(stack: Stack, law: Balanced, index) -> ByInduction:
    """W_{L:l} W_l W_lᵀ = (W_L W_Lᵀ) W_{L:l}."""
    depth, above, layer = stack.depth, stack.segment(stack.depth, index), stack.layer(index)
    return ByInduction(
        above @ layer @ layer.T,
        top(stack) @ above,
        index,
        ONE,
        depth,
        base=(Use(Unfolded(stack.layer(depth)), scale=MINUS),),
        step=(
            Use(law, at=index - 1, left=stack.segment(depth, index - 1), scale=MINUS),
            Use(None, right=layer),
        ),
        downward=True,
        on=(law,),
    )


def above(stack: Stack, law: Balanced, index) -> ByInduction:
    """W_{L:l} W_{L:l}ᵀ = (W_L W_Lᵀ)^{L-l}."""
    depth, upper = stack.depth, stack.segment(stack.depth, index)
    return ByInduction(
        upper @ upper.T,
        top(stack, depth - index),
        index,
        ZERO,
        depth,
        base=(),
        step=(Use(through_above(stack, law, index), at=index, right=upper.T), Use(None, left=top(stack))),
        downward=True,
        on=(law,),
    )


def through_below(stack: Stack, law: Balanced, index) -> ByInduction:
    """W_{l+1}ᵀ W_{l+1} W_{l:0} = W_{l:0} (W_1ᵀ W_1), for 0 ≤ l < L."""
    layer, under = stack.layer(index + 1), stack.segment(index, 0)
    return ByInduction(
        layer.T @ layer @ under,
        under @ bottom(stack),
        index,
        ZERO,
        stack.depth - 1,
        base=(Use(Unfolded(stack.layer(1).T), scale=MINUS),),
        step=(Use(law, at=index + 1, right=stack.segment(index + 1, 0)), Use(None, left=layer)),
        on=(law,),
    )


def below(stack: Stack, law: Balanced, index) -> ByInduction:
    """W_{l:0}ᵀ W_{l:0} = (W_1ᵀ W_1)^l."""
    under = stack.segment(index, 0)
    return ByInduction(
        under.T @ under,
        bottom(stack, index),
        index,
        ZERO,
        stack.depth,
        base=(),
        step=(Use(through_below(stack, law, index), at=index, left=under.T), Use(None, right=bottom(stack))),
        on=(law,),
    )


A = Matrix("A", "latent", "context").word()
pulled = ByInduction(
    A @ gram_power(A.T, n) @ A.T,
    gram_power(A, n + 1),
    n,
    ZERO,
    None,
    base=(Use(Unfolded(A), scale=MINUS),),
    step=(
        Use(Unfolded(A.T), left=A @ gram_power(A.T, n), right=A.T),
        Use(None, right=A @ A.T),
        Use(Unfolded(A), left=gram_power(A, n + 1), scale=MINUS),
    ),
)
live = Layers(latent(STOPPED["live"]))
W, P = live.letters.encoder, live.letters.predictor
inside_W, inside_P = Balanced(live.model, "encoder"), Balanced(live.model, "predictor")
passed = [
    through_above(W, inside_W, j),
    through_below(W, inside_W, j),
    through_above(P, inside_P, j),
    through_below(P, inside_P, j),
]
powers = [above(W, inside_W, j), below(W, inside_W, j), above(P, inside_P, j), below(P, inside_P, j)]


def claimed(lhs: WordSum, rhs: WordSum, last, on=(inside_W,), first=ZERO) -> ByInduction:
    """The claim alone, for a variant that is false."""
    return ByInduction(lhs, rhs, j, first, last, (), (), on=on)


upper, under, top_layer = W.segment(L, j), W.segment(j, 0), W.layer(L)

gram_powers = Statement(
    title="In balance the Gram matrix of a product of layers is a power of that of its outermost layer",
    claim=All((*powers, *passed, pulled)),
    hypotheses=(Less(0, K),),
    witness={K: 2, L: 2, j: 1, n: 1, alpha: 1, eta: 0},
    near_misses=(
        NearMiss(claimed(upper @ upper.T, top(W, L - j), L, on=()), why="without balance"),
        NearMiss(claimed(upper @ upper.T, top(W, L - j + 1), L), why="one exponent too many"),
        NearMiss(claimed(under.T @ under, bottom(W, L - j), L), why="the layers above for those below"),
        NearMiss(claimed(under.T @ under, bottom(W, j - 1), L, first=ONE), why="one exponent too few"),
        NearMiss(claimed(A @ gram_power(A.T, j) @ A.T, gram_power(A, j), None), why="A and its transpose add a power"),
    ),
    source="arora2018optimization, Thm 1",
)


@proves(gram_powers)
def theorem():
    yield "For one matrix, the powers of its two Gram matrices turn into each other, one factor at a time:"
    yield pulled
    yield (
        f"Let the encoder be balanced.  The Gram matrix ${tex(W.layer(j) @ W.layer(j).T)}$ of a layer equals"
        f" ${tex(W.layer(j + 1).T @ W.layer(j + 1))}$; so it passes through the next layer and"
    )
    yield "becomes the Gram matrix of that one, and, step by step, that of the last.  From below likewise:"
    yield from passed[:2]
    yield "and the same holds of the predictor:"
    yield from passed[2:]
    yield (
        "Each layer that is taken into the product therefore adds one power, and at the end nothing is left of the"
        " layers but these powers:"
    )
    yield from powers
    yield gram_powers.claim
