"""Where the views are uncorrelated there is no drive: on words, in exact rationals, and along trajectories."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.exact.words import SAMPLE, Matrix, Segment, WordSum
from symjepa.flow import letters
from tests.reference.integration import path
from tests.reference.learner import KINDS, Views, identity, product, velocity
from tests.reference.packing import packed_flow, scaled_down
from tests.strategies import model_of, situations, symbolic_model

STOPPED = [kind for kind in KINDS if kind != "shared"]
noise = Matrix("n", "context", SAMPLE)


def without_drive(words: WordSum, Syx: Matrix) -> WordSum:
    """Σyx n = 0: every word that ends so is dropped."""
    kept = [(word, c) for word, c in words.terms if word.factors[-2:] != (Syx, noise)]
    return WordSum.collect(words.rows, words.cols, kept)


def first_layer_along_noise(kind: str, predictor: sp.Expr) -> tuple[WordSum, WordSum]:
    """The rate of W_1 n, whole and with Σyx n = 0."""
    model = symbolic_model(kind, predictor)
    rate = sj.gradient_flow(model).rates[0].at(sp.S.One).rate @ noise.word()
    return rate, without_drive(rate, letters(model).Syx)


@pytest.mark.parametrize("predictor", [sj.K, sp.S.Zero])
@pytest.mark.parametrize("kind", STOPPED)
def test_noise_leaves_only_contraction_and_decay_for_every_depth_and_teacher(kind, predictor) -> None:
    if kind == "data" and predictor == 0:
        return
    model = symbolic_model(kind, predictor)
    named = letters(model)
    W, P, rest = named.encoder.product(), named.predictor.product(), named.encoder.segment(sj.L, 1)
    contraction = (P @ rest).T @ P @ W @ named.Sxx.word() @ noise.word() + sj.eta * (
        named.encoder.layer(1) @ noise.word()
    )
    whole, left = first_layer_along_noise(kind, predictor)
    assert left == -contraction
    assert whole != left


@pytest.mark.parametrize("kind", STOPPED)
def test_without_covariance_no_teacher_can_be_told_from_another(kind) -> None:
    """Nothing of the target branch is left: neither the teacher nor the target's covariances."""
    _, left = first_layer_along_noise(kind, sj.K)
    names = {factor.stack.name if isinstance(factor, Segment) else factor.name for factor in left.letters()}
    assert names == {"W", "P", "Sxx", "n"}


def test_a_shared_teacher_is_driven_by_noise_of_the_target_view() -> None:
    _, left = first_layer_along_noise("shared", sj.K)
    assert {"Syx", "Syy"} <= {factor.name for factor in left.letters() if isinstance(factor, Matrix)}


def uncorrelated(views: Views) -> tuple[Views, np.ndarray]:
    """The same, with the first context coordinate uncorrelated with the target and with the rest of the context.

    Every pair comes twice, once with the sign of that coordinate turned.
    """
    noisy, mirrored = views.x.copy(), views.x.copy()
    mirrored[0] = -mirrored[0]
    n = identity(len(noisy))[:, :1]
    return Views(np.hstack([noisy, mirrored]), np.hstack([views.y, views.y])), n


@pytest.mark.parametrize("kind", STOPPED)
@settings(max_examples=12)
@given(data=st.data())
def test_the_drive_along_uncorrelated_noise_is_exactly_zero(kind, data) -> None:
    """The first layer moves along n as if there were nothing to predict, by the entrywise derivative."""
    learner, views = data.draw(situations(st.just(kind)))
    views, n = uncorrelated(views)
    assert np.all(views.moments["Syx"] @ n == 0)
    above, P, W = product(learner.W[1:], len(learner.W[0])), product(learner.P, len(learner.W[-1])), product(learner.W)
    contraction = (P @ above).T @ P @ W @ views.moments["Sxx"] @ n
    assert np.all(velocity(learner, views, "W", 1) @ n == -contraction - learner.eta * learner.W[0] @ n)


@pytest.mark.parametrize("kind", STOPPED)
@settings(max_examples=4)
@given(data=st.data())
def test_the_first_layer_forgets_uncorrelated_noise_along_every_trajectory(kind, data) -> None:
    """½ d‖W₁n‖²/dt = -σ²‖P W n‖² - η‖W₁n‖² for a noise coordinate n apart; the path is that of the *derived* flow."""
    learner, views = data.draw(situations(st.just(kind)))
    views, _ = uncorrelated(views)
    motion, start = packed_flow(model_of(learner), scaled_down(learner), views)
    rows, columns = learner.W[0].shape
    lengths = [
        np.linalg.norm(state[: rows * columns].reshape(rows, columns)[:, 0])
        for state in path(motion, start, 0.5, 10, 5)
    ]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(lengths))
