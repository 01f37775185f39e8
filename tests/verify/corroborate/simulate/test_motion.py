"""Backpropagation by hand moves every layer as the flow that was derived from the loss, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.testing import Case, cases, models
from symjepa.testing.gradients import ladder
from symjepa.testing.situations import motion
from symjepa.verify.corroborate.simulate import Moments, velocity

TEACHERS = (sj.Live(), sj.EMA(sp.Rational(3, 5)), sj.LayerEMA(sp.Rational(3, 5)), sj.Frozen(), sj.Shared(), None)


def model(encoder: int, predictor: int, teacher: Any, alpha: Any = 1, eta: Any = 0) -> sj.Model:
    objective = sj.LatentPrediction() if teacher else sj.DataReconstruction()
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective, teacher, alpha, eta)


def differing(case: Case) -> list[str]:
    """The matrices that move otherwise than the derived flow says."""
    derived = motion(sj.gradient_flow(case.model), case)
    moved = velocity(case.model, case.weights, case.data)
    assert set(derived) == set(moved)
    return [name for name, (exact, _) in derived.items() if not np.all(moved[name] == exact)]


@settings(max_examples=60)
@given(st.data())
def test_every_layer_of_a_drawn_model_moves_as_derived_in_exact_rationals(data: st.DataObject) -> None:
    assert differing(data.draw(cases(data.draw(models())))) == []


LEARNERS = [(t, depths) for t in TEACHERS for depths in ((1, 1), (1, 0), (2, 0), (3, 2), (4, 1)) if t or depths[1]]


@pytest.mark.parametrize(("teacher", "depths"), LEARNERS, ids=lambda x: getattr(x, "name", None))
def test_every_teacher_and_depth_moves_as_derived_at_unequal_widths(teacher: Any, depths: tuple[int, int]) -> None:
    rates = (sp.Rational(4, 9) if depths[1] else 1, sp.Rational(1, 7))
    for case in ladder(model(*depths, teacher, *rates), count=6):
        assert differing(case) == []


def test_a_flow_of_another_teacher_differs() -> None:
    for case in list(ladder(model(2, 1, sj.Live()), count=6))[2:]:
        other = Case(model(2, 1, sj.Shared()), case.weights, case.data)
        derived = motion(sj.gradient_flow(other.model), other)
        moved = velocity(case.model, case.weights, case.data)
        assert not np.all(moved["W_1"] == derived["W_1"][0])


def test_a_batch_moves_member_by_member() -> None:
    """Weights, data and rates each along an axis of their own."""
    several = [np.random.default_rng(seed) for seed in range(4)]
    W, P = (np.stack([g.normal(size=shape) for g in several])[:, None] for shape in ((3, 3), (3, 3)))
    samples = [g.normal(size=(2, 3, 8)) for g in several[:2]]
    x, y = (np.stack([s[i] for s in samples]) for i in (0, 1))
    tau = np.array([0.25, 2.0])
    learner = model(1, 1, sj.EMA(sj.tau))
    moments = Moments.of_sample(x, y)
    together = velocity(learner, {"W_1": W, "P_1": P, "Wbar": W[:1]}, moments, {"tau": tau})
    assert together["W_1"].shape == (4, 2, 3, 3)
    for i in range(4):
        for j in range(2):
            one = {"W_1": W[i, 0], "P_1": P[i, 0], "Wbar": W[0, 0]}
            alone = velocity(learner, one, Moments.of_sample(x[j], y[j]), {sj.tau: tau[j]})
            assert all(np.array_equal(together[name][i, j], alone[name]) for name in alone)
