r"""The loss sees the data through three covariances only, in expectation and on every finite sample alike.

The residual P W x - W̄ y is linear in the views, so its squared length is a trace of words quadratic in them;
averaging replaces each pair of views by its moment.  On a finite sample the same words hold with the sample's own
moments, so that everything that follows is exact for every data set.
"""

import sympy as sp

from symjepa.exact.traces import TraceSum
from symjepa.exact.words import WordSum
from symjepa.model import Model
from symjepa.statements.claims import All, Claim, LossIs
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import NearMiss, Statement, proves
from symjepa.symbols import K, L, alpha, eta, tau

from ..models import STOPPED, data, latent, shared

half = sp.Rational(1, 2)


def traces(model: Model, branch: WordSum, cross: int = -1) -> TraceSum:
    """½ tr(P W Σxx WᵀPᵀ) - tr(P W Σyxᵀ W̄ᵀ) + ½ tr(W̄ Σyy W̄ᵀ), with the target branch W̄ in its place."""
    named = Layers(model).letters
    prediction = named.predictor.product() @ named.encoder.product()
    Sxx, Syx, Syy = named.Sxx.word(), named.Syx.word(), named.Syy.word()
    squared, target = TraceSum.of(prediction @ Sxx @ prediction.T), TraceSum.of(branch @ Syy @ branch.T)
    return half * squared + half * target + cross * TraceSum.of(prediction @ Syx.T @ branch.T)


def branch_of(model: Model) -> WordSum:
    """The target branch as a matrix: the encoder itself, a teacher of its own, or nothing."""
    named = Layers(model).letters
    name = model.teacher.name if model.teacher is not None else "data"
    return {
        "live": named.encoder.product(),
        "shared": named.encoder.product(),
        "ema": named.teacher_product.word(),
        "frozen": named.teacher_product.word(),
        "ema-layers": named.teacher_layers.product(),
    }[name]


jepa = [latent(teacher) for teacher in STOPPED.values()]
claims: list[Claim] = [LossIs(model, traces(model, branch_of(model))) for model in (*jepa, shared)]
named = Layers(data).letters
prediction = named.predictor.product() @ named.encoder.product()
reconstruction = LossIs(
    data,
    half * TraceSum.of(prediction @ named.Sxx.word() @ prediction.T)
    - TraceSum.of(prediction @ named.Syx.word().T)
    + half * TraceSum.of(named.Syy.word()),
)

expected_loss = Statement(
    title="The loss depends on the data through three covariances",
    claim=All((*claims, reconstruction)),
    hypotheses=(),
    witness={K: 1, L: 2, alpha: 1, eta: 0, tau: 1},
    near_misses=(
        NearMiss(LossIs(jepa[0], traces(jepa[0], branch_of(jepa[0]), cross=1)), why="the sign of the cross term"),
        NearMiss(LossIs(jepa[1], 2 * traces(jepa[1], branch_of(jepa[1]))), why="the loss without the ½"),
        NearMiss(
            LossIs(data, reconstruction.traces - half * TraceSum.of(named.Syy.word())),
            why="the constant that no prediction removes",
        ),
    ),
)


@proves(expected_loss)
def theorem():
    yield (
        "Write the squared length of the residual as the trace of its outer square.  The views enter each word as one"
        " pair, whose average is a"
    )
    yield (
        "covariance; the sum over a sample of $N$ pairs is the same word in the data matrices, divided by $N$.  For the"
        " latent target, whatever"
    )
    yield "the teacher,"
    yield from claims
    yield "and for the data target, where the target branch is the identity,"
    yield reconstruction
    yield expected_loss.claim
