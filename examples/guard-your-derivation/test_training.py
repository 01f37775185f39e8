"""The gradient of our training loop is that of the loss we say we train."""

import pytest
import training
from hypothesis import given, settings

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.testing import assert_gradient, cases

model = Model(Encoder(2), Predictor(1), LatentPrediction(), Live())


def test_the_gradient_is_that_of_the_loss() -> None:
    assert_gradient(model, training.gradient)


@settings(max_examples=10, deadline=None)
@given(cases(model))
def test_the_gradient_is_that_of_the_loss_at_drawn_cases(case) -> None:
    assert_gradient(model, training.gradient, case=case)


def test_a_forgotten_stop_gradient_is_found() -> None:
    with pytest.raises(AssertionError, match="through the target branch too: stop it there"):
        assert_gradient(model, training.gradient_that_forgot_to_stop)
