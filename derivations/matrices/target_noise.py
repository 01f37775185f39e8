r"""Noise on the target view alone changes nothing but the loss, as long as the target is under stop-gradient.

Write y + n for the target, with n of mean zero and uncorrelated with the context; it may be correlated with y.  Its
moments are $\Sigma^{nn}$, $\Sigma^{yn}$ with the target and $\Sigma^{nx}$ with the context.  The loss gains a trace
that holds no letter which the gradient sees, so no layer moves differently: the expected flow does not contain Σyy.
Without stop-gradient the encoder feels the noise, and noise that is correlated with the context is not noise: it drives
every layer like a part of the target.
"""

import sympy as sp

from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Matrix, WordSum
from symjepa.model import Model
from symjepa.statements.claims import All, TargetNoise
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, k, l, tau

from ..flow.expected_loss import branch_of
from ..models import STOPPED, data, latent, shared, stopped


def moments(model: Model) -> tuple[WordSum, WordSum, WordSum]:
    """E n nᵀ, E y nᵀ and E n xᵀ."""
    named = Layers(model).letters
    space = named.Syx.rows
    return (
        Matrix("Snn", space, space, symmetric=True).word(),
        Matrix("Syn", space, space).word(),
        Matrix("Snx", space, "context").word(),
    )


def branch(model: Model, target: WordSum) -> WordSum:
    """W̄ times what the target branch sees; nothing stands before it for the data target."""
    return target if model.teacher is None else branch_of(model) @ target


def added_loss(model: Model, correlated: bool = False) -> TraceSum:
    """½ tr(W̄ N W̄ᵀ), N = E nnᵀ + E ynᵀ + E nyᵀ, less tr(P W E xnᵀ W̄ᵀ) if the noise is correlated with the context."""
    Snn, Syn, Snx = moments(model)
    named = Layers(model).letters
    inside = Snn + Syn + Syn.T
    own = inside if model.teacher is None else branch_of(model) @ inside @ branch_of(model).T
    loss = sp.Rational(1, 2) * TraceSum.of(own)
    guess = named.predictor.product() @ named.encoder.product()
    return loss - TraceSum.of(guess @ branch(model, Snx).T) if correlated else loss


def driven(model: Model) -> TargetNoise:
    """Noise that is correlated with the context drives every layer by W̄ E nxᵀ, as a part of the target would."""
    named, Snx = Layers(model).letters, moments(model)[2]
    W, P, drive = named.encoder, named.predictor, branch(model, Snx)
    gains = (
        (W.layer(l), W.segment(L, l).T @ P.product().T @ drive @ W.segment(l - 1, 0).T),
        (P.layer(k), alpha * (P.segment(K, k).T @ drive @ W.product().T @ P.segment(k - 1, 0).T)),
    )
    return TargetNoise(model, added_loss(model, correlated=True), gains, correlated=True)


def pulled(model: Model) -> TargetNoise:
    """Without stop-gradient every layer of the encoder loses W_{L:l}ᵀ W N W_{l-1:0}ᵀ."""
    W = Layers(model).letters.encoder
    Snn, Syn, _ = moments(model)
    loss = W.segment(L, l).T @ W.product() @ (Snn + Syn + Syn.T) @ W.segment(l - 1, 0).T
    return TargetNoise(model, added_loss(model), ((W.layer(l), -loss),))


silent = [TargetNoise(model, added_loss(model)) for model in stopped]
loud = [driven(model) for model in stopped]
unstopped = pulled(shared)
live = latent(STOPPED["live"])

target_noise = Statement(
    title="Noise on the target view alone changes the loss and nothing else",
    claim=All((*silent, unstopped, *loud)),
    hypotheses=(),
    witness={K: 1, L: 2, alpha: 1, eta: 0, tau: 1, l: 1, k: 1},
    near_misses=(
        NearMiss(TargetNoise(shared, added_loss(shared)), why="without stop-gradient the encoder feels it"),
        NearMiss(
            TargetNoise(live, added_loss(live, correlated=True), correlated=True),
            why="noise that is correlated with the context drives the layers",
        ),
        NearMiss(TargetNoise(live, 0 * added_loss(live)), why="the loss does change"),
        NearMiss(
            TargetNoise(data, sp.Rational(1, 2) * TraceSum.of(moments(data)[0])),
            why="what the noise shares with the target counts twice",
        ),
        NearMiss(
            TargetNoise(shared, added_loss(shared), tuple((letter, 2 * gain) for letter, gain in unstopped.gains)),
            why="the ½ of the loss",
        ),
    ),
)


@proves(target_noise)
def theorem():
    yield (
        "The residual with the target $y + n$ is the residual less $\\overline{W} n$.  Its squared length gains one"
        " trace in the noise alone and one in"
    )
    yield (
        "the noise and the target; the trace in the noise and the context vanishes, for they are uncorrelated.  In what"
        " is left only the target branch occurs, which is under stop-gradient,"
    )
    yield "so that no layer of encoder or predictor feels it, and a teacher moves by the layers alone:"
    yield from silent
    yield (
        "Without stop-gradient the same traces are differentiated through the target branch, and the encoder moves to"
        " make them smaller:"
    )
    yield unstopped
    yield (
        "Nothing else has been used of the noise: if it is correlated with the context,"
        f" ${tex(moments(live)[2])} \\neq 0$, it drives every layer as a part of the target does:"
    )
    yield from loud
    yield target_noise.claim
