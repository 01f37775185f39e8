"""The derived loss, flow and balance laws against a finite sample: plain matrix arithmetic in exact rationals."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.exact.denotation import value
from symjepa.exact.words import Matrix, Segment, Word, WordSum
from symjepa.flow import LayerRate, MatrixFlow
from symjepa.modes.balance import JOINTS, drift, law
from symjepa.symbols import k, l
from tests.reference.denotation import denoted, denoted_trace, fraction, letters_of, numbers_of
from tests.reference.learner import KINDS, Learner, Views, loss, moving, rescaled, velocity
from tests.strategies import model_of, model_with, positives, situations, symbolic_model

every_kind = pytest.mark.parametrize("kind", KINDS)
stop_gradient_kinds = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "shared"])


def situation_of(data: st.DataObject, kind: str) -> tuple[Learner, Views]:
    return data.draw(situations(st.just(kind)))


def family_of(entry: LayerRate) -> str:
    return entry.factor.stack.name if isinstance(entry.factor, Segment) else entry.factor.name


def entry_of(flow: MatrixFlow, family: str) -> LayerRate:
    (entry,) = [entry for entry in flow.rates if family_of(entry) == family]
    return entry


def derived_velocity(flow: MatrixFlow, family: str, number: int, learner: Learner, views: Views):
    """The derived rate of one layer, by the meaning of its words."""
    numbers = numbers_of(learner) | {l: sp.Integer(number), k: sp.Integer(number)}
    return denoted(entry_of(flow, family).rate, letters_of(learner, views), numbers)


def assert_same_motion(flow: MatrixFlow, learner: Learner, views: Views) -> None:
    for family, number in moving(learner):
        expected = velocity(learner, views, family, number)
        assert np.all(derived_velocity(flow, family, number, learner, views) == expected), (family, number)


@every_kind
@settings(max_examples=10)
@given(data=st.data())
def test_the_expected_loss_is_the_mean_over_any_sample(kind, data) -> None:
    learner, views = situation_of(data, kind)
    for model in (model_of(learner), symbolic_model(kind, sj.K if learner.P else 0)):
        derived = denoted_trace(sj.expected_loss(model), letters_of(learner, views), numbers_of(learner))
        assert derived == loss(learner, views)


@every_kind
@settings(max_examples=8)
@given(data=st.data())
def test_every_layer_moves_against_the_entrywise_derivative_of_the_loss(kind, data) -> None:
    learner, views = situation_of(data, kind)
    assert_same_motion(sj.gradient_flow(model_of(learner)), learner, views)


@every_kind
@settings(max_examples=8)
@given(data=st.data())
def test_the_flow_of_symbolic_depth_holds_at_every_depth(kind, data) -> None:
    learner, views = situation_of(data, kind)
    assert_same_motion(sj.gradient_flow(symbolic_model(kind)), learner, views)


@every_kind
@settings(max_examples=6)
@given(data=st.data())
def test_setting_a_layer_number_and_evaluating_agree_with_the_meaning_of_words(kind, data) -> None:
    """`LayerRate.at`, `MatrixFlow.of` and `words.value` against the entrywise derivative."""
    learner, views = situation_of(data, kind)
    flow, letters = sj.gradient_flow(model_of(learner)), letters_of(learner, views)
    of_letter = lambda factor: (
        letters[factor.stack.name][int(factor.hi) - 1] if single(factor) else whole(factor, letters)
    )
    for family, number in moving(learner):
        entry = entry_of(flow, family)
        layer = entry.at(sp.Integer(number)) if number else entry
        assert layer.rate == flow.of(layer.factor)
        if not layer.rate.is_zero:
            assert np.all(value(layer.rate, of_letter, fraction) == velocity(learner, views, family, number))


def single(factor: Segment | Matrix) -> bool:
    return isinstance(factor, Segment) and factor.is_layer


def whole(factor: Segment | Matrix, letters: dict):
    return denoted(WordSum.of(word_of(factor)), letters, {})


def word_of(factor: Segment | Matrix):
    return Word((factor,), factor.rows, factor.cols)


@pytest.mark.parametrize("kind", ["live", "ema", "ema-layers", "frozen", "shared"])
def test_an_encoder_without_predictor_has_no_predictor_flow(kind) -> None:
    flow = sj.gradient_flow(model_with(kind, sj.L, 0))
    assert "P" not in map(family_of, flow.rates)
    assert not any("P" in str(word) for entry in flow.rates for word, _ in entry.rate.terms)


@stop_gradient_kinds
def test_target_noise_does_not_enter_the_flow_under_stop_gradient(kind) -> None:
    flow = sj.gradient_flow(symbolic_model(kind))
    assert all(
        letter.name != "Syy" for entry in flow.rates for letter in entry.rate.letters() if isinstance(letter, Matrix)
    )


def test_target_noise_enters_the_flow_of_a_shared_teacher() -> None:
    assert any("Syy" in str(letter) for letter in sj.gradient_flow(symbolic_model("shared")).rates[0].rate.letters())


# Balance: derived laws against their definition, and their drift against the product rule done by hand on matrices.


def gram_difference(learner: Learner, joint: str, number: int):
    """The two sides of a joint: stack, number of the layer, and the weight of its Gram matrix."""
    W = learner.W
    if joint == "joint":
        return ("P", 1, 1 / learner.alpha), ("W", len(W), fmpq(1))
    family = "W" if joint == "encoder" else "P"
    return (family, number + 1, fmpq(1)), (family, number, fmpq(1))


def joints_of(learner: Learner):
    yield from (("encoder", number) for number in range(1, len(learner.W)))
    yield from (("predictor", number) for number in range(1, len(learner.P)))
    yield from [("joint", 0)] if learner.P else []


@every_kind
@settings(max_examples=5)
@given(data=st.data())
def test_the_derived_drift_of_every_balance_law_is_the_motion_of_the_matrices(kind, data) -> None:
    learner, views = situation_of(data, kind)
    flow, letters = sj.gradient_flow(model_of(learner)), letters_of(learner, views)
    for joint, number in joints_of(learner):
        (upper_family, upper, weight), (lower_family, lower, _) = gram_difference(learner, joint, number)
        A, B = getattr(learner, upper_family)[upper - 1], getattr(learner, lower_family)[lower - 1]
        dA, dB = velocity(learner, views, upper_family, upper), velocity(learner, views, lower_family, lower)
        balance = weight * (A.T @ A) - B @ B.T
        gained = weight * (dA.T @ A + A.T @ dA) - (dB @ B.T + B @ dB.T) + 2 * learner.eta * balance
        numbers = {l: sp.Integer(number), k: sp.Integer(number)}
        assert np.all(denoted(law(flow.model, joint), letters, numbers) == balance)
        assert np.all(denoted(drift(flow, joint), letters, numbers) == gained)


@stop_gradient_kinds
def test_every_balance_is_conserved_at_every_depth_under_stop_gradient(kind) -> None:
    flow = sj.gradient_flow(symbolic_model(kind))
    assert [drift(flow, joint).is_zero for joint in JOINTS] == [True, True, True]


def test_a_shared_teacher_keeps_the_balance_inside_stacks_and_breaks_it_at_the_joint() -> None:
    flow = sj.gradient_flow(symbolic_model("shared"))
    assert [drift(flow, joint).is_zero for joint in JOINTS] == [True, True, False]


def test_no_balance_law_stands_where_there_is_no_joint() -> None:
    flow = sj.gradient_flow(model_with("live", 1, 0))
    assert [law(flow.model, joint) for joint in JOINTS] == [None, None, None]


# Scaling weights, at matrix level: a change of units changes nothing but units.


@every_kind
@settings(max_examples=8)
@given(data=st.data(), x=positives, encoder=positives, predictor=positives)
def test_the_matrix_flow_is_homogeneous(kind, data, x, encoder, predictor) -> None:
    learner, views = situation_of(data, kind)
    L, K = len(learner.W), len(learner.P)
    y = predictor**K * x * (encoder**L if kind == "data" else 1)
    prediction = predictor**K * encoder**L * x
    time = (prediction / encoder) ** 2
    other, other_views = rescaled(learner, views, x, y, encoder, predictor, time)
    flow = sj.gradient_flow(symbolic_model(kind))
    unit = {"W": encoder, "P": predictor, "Wbar": encoder}
    for family, number in moving(learner):
        scale = encoder**L if (family, number) == ("Wbar", 0) else unit[family]
        before = derived_velocity(flow, family, number, learner, views)
        after = derived_velocity(flow, family, number, other, other_views)
        assert np.all(after == scale * time * before), (family, number)


def test_a_flow_is_told_in_text_and_as_a_formula() -> None:
    flow = sj.gradient_flow(symbolic_model("ema"))
    first, _, last = str(flow).splitlines()
    assert first.startswith("d/dt W_l = ") and first.endswith("- eta W_l   (1 ≤ l ≤ L)")
    assert last == "d/dt Wbar = tau W - tau Wbar"
    assert repr(flow).startswith("<MatrixFlow: dW_l/dt = ") and repr(flow).endswith("; dWbar/dt = tau W - tau Wbar>")
    assert r"\dot{\overline{W}} &= \tau\,W" in flow._repr_latex_()
