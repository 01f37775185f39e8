r"""Balance laws in words: what each joint between neighbouring layers conserves, and what it does not.

The law of a joint is a difference of two symmetric words: $W_{l+1}^\top W_{l+1} - W_l W_l^\top$ inside the encoder (1
≤ l < L), the same inside the predictor, and $\alpha^{-1}P_1^\top P_1 - W_L W_L^\top$ across the joint.  Its drift
along the flow is derived, and its excess over $-2\eta$ times the law is the zero word where the law holds.  Source:
arora2018optimization, Thm 1; tian2021directpred, Thm 1.

Soundness.  A law is only a candidate: it holds where its excess, which the product rule (`words.along`) makes of the
derived rates, is the zero word, and `check_conserved` refuses everything else.
"""

from __future__ import annotations

from symjepa.errors import NotBalanced
from symjepa.exact.gradients import along
from symjepa.exact.words import WordSum
from symjepa.flow import MatrixFlow, letters
from symjepa.model import Model
from symjepa.symbols import k, l

JOINTS = ("encoder", "predictor", "joint")


def law(model: Model, joint: str) -> WordSum | None:
    """The balance of a joint as a word sum; None where the model has no such joint."""
    named = letters(model)
    if joint == "joint":
        if model.predictor.depth == 0:
            return None
        first, last = named.predictor.layer(1), named.encoder.layer(named.encoder.depth)
        scaled: WordSum = (1 / model.predictor_rate) * (first.T @ first)
        return scaled - last @ last.T
    stack, index = (named.encoder, l) if joint == "encoder" else (named.predictor, k)
    if stack.depth.is_Integer and stack.depth < 2:
        return None
    upper, lower = stack.layer(index + 1), stack.layer(index)
    return upper.T @ upper - lower @ lower.T


def drift(flow: MatrixFlow, joint: str) -> WordSum | None:
    """What the law of a joint gains per unit time beyond its decay: D(law) + 2η law; zero where it is conserved."""
    own = law(flow.model, joint)
    return None if own is None else along(own, flow.of) + 2 * flow.model.weight_decay * own


def check_conserved(flow: MatrixFlow, joint: str) -> None:
    """Raises NotBalanced, naming the joint and its drift, unless the joint keeps its balance."""
    excess = drift(flow, joint)
    if excess is not None and not excess.is_zero:
        place = "encoder–predictor joint" if joint == "joint" else f"joints inside the {joint}"
        raise NotBalanced(
            f"balanced coordinates need the balance of the {place} to be conserved, but it drifts by {excess}: "
            "use product coordinates",
            joint=joint,
            drift=excess,
        )
