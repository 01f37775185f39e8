"""The mode equation that we derived by hand is the one that follows from the loss."""

import derivation
import pytest
from hypothesis import given, settings

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.descriptions import modes
from symjepa.symbols import lam, v, w
from symjepa.testing import assert_conserved, assert_fixed_point, assert_same_flow, mode_parameters, starts

model = Model(Encoder(2), Predictor(1), LatentPrediction(), Live())
mode = modes(model, "product")


def test_our_rates_are_those_of_the_loss() -> None:
    assert assert_same_flow(mode, derivation.RATES).proved


def test_the_paper_runs_on_another_clock() -> None:
    with pytest.raises(AssertionError, match=r"your time ran L times as fast \(L = 2"):
        assert_same_flow(mode, derivation.RATES_WITHOUT_THE_FACTOR)


def test_what_we_conserve_is_conserved() -> None:
    assert assert_conserved(mode, derivation.CONSERVED).proved


def test_what_we_call_learned_is_at_rest() -> None:
    assert assert_fixed_point(mode, {v: derivation.LEARNED}).proved


@settings(max_examples=25, deadline=None)
@given(mode_parameters(mode, given=[lam > 0]), starts(mode))
def test_the_encoder_grows_while_the_predictor_is_below_its_goal(parameters, start) -> None:
    point = {**parameters, **start}
    growing = derivation.RATES[w].xreplace(point) > 0
    assert growing == (start[v] < parameters[lam] / next(x for s, x in parameters.items() if s.name == "sigma2"))
