"""Gradient descent with step h: the definitions, the drift of the balance, and the flow as its limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

import symjepa as sj
from symjepa.verify.corroborate.simulate import Moments, descend, gaussian_start, simulate, velocity
from tests.verify.corroborate.simulate.test_flow import commuting, half
from tests.verify.corroborate.simulate.test_motion import TEACHERS, model


def generic(learner: sj.Model, seed: int = 1) -> dict[str, Any]:
    L, K = int(learner.encoder.depth), int(learner.predictor.depth)
    batch = gaussian_start(learner, (3,) * (L + 1), (3,) * (K + 1), scale=0.6, seeds=[seed])
    return {name: held[0] for name, held in batch.items()}


def apart(learner: sj.Model) -> dict[str, Any]:
    """A start whose teacher is no copy of the student."""
    student, other = generic(learner, 1), generic(learner, 2)
    return {name: other[name] if name.startswith("Wbar") else held for name, held in student.items()}


@pytest.mark.parametrize("teacher", [sj.EMA(half), sj.LayerEMA(half)], ids=lambda t: t.name)
@pytest.mark.parametrize("order", ["before", "after"])
def test_steps_are_those_of_the_definition(teacher: Any, order: Any) -> None:
    """Student by X + h dX/dt, teacher by (1 - hτ) W̄ + hτ W, one before the other, written out over three steps."""
    learner, h, momentum = model(2, 1, teacher, sp.Integer(2), sp.Rational(1, 7)), 0.1, 1 - 0.1 * 0.5
    held = apart(learner)
    run = descend(learner, held, commuting(), [3], step=h, teacher=order)

    def teach() -> None:
        student = {"Wbar": held["W_2"] @ held["W_1"], "Wbar_1": held["W_1"], "Wbar_2": held["W_2"]}
        held.update({n: momentum * held[n] + (1 - momentum) * student[n] for n in held if n.startswith("Wbar")})

    def learn() -> None:
        moving = velocity(learner, held, commuting())
        held.update({n: held[n] + h * moving[n] for n in held if not n.startswith("Wbar")})

    for _ in range(3):
        for move in (teach, learn) if order == "before" else (learn, teach):
            move()
    assert all(np.allclose(run.layers[name][0], held[name], atol=1e-13) for name in held)


def test_the_order_of_teacher_and_student_matters() -> None:
    learner = model(2, 1, sj.EMA(half))
    runs = [descend(learner, apart(learner), commuting(), [3], step=0.1, teacher=o) for o in ("before", "after")]
    assert np.max(np.abs(runs[0].encoder - runs[1].encoder)) > 1e-4


def test_from_a_copy_both_orders_teach_the_student_the_same() -> None:
    """Following oneself is to stand still, so "before" is "after" with the teacher one move behind."""
    learner = model(2, 1, sj.EMA(half))
    start = generic(learner)
    before, after = (descend(learner, start, commuting(), [7], step=0.1, teacher=o) for o in ("before", "after"))
    assert np.array_equal(before.encoder, after.encoder)
    assert not np.allclose(before.layers["Wbar"], after.layers["Wbar"])


@pytest.mark.parametrize("teacher", TEACHERS, ids=lambda t: t.name if t else "data")
def test_descent_tends_to_the_flow_at_the_first_order_in_h(teacher: Any) -> None:
    learner = model(2, 1, teacher, sp.Rational(3, 2), sp.Rational(1, 10))
    start = generic(learner)
    exact = simulate(learner, start, commuting(), [2], rtol=1e-12)
    errors = []
    for n in (400, 800):
        run = descend(learner, start, commuting(), [n], step=2 / n, teacher="after")
        errors.append(max(np.max(np.abs(run.layers[name] - exact.layers[name])) for name in run.layers))
    assert errors[0] < 0.05 and errors[0] / errors[1] == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("teacher", [sj.Live(), sj.EMA(half), sj.LayerEMA(half), sj.Frozen(), None])
def test_one_step_changes_the_balance_by_the_exact_increment(teacher: Any) -> None:
    """D moves by -2ηh D + h² (V₂ᵀV₂ - V₁V₁ᵀ), V the velocities; α⁻¹V₂ᵀV₂ at the joint."""
    alpha, eta, h = sp.Rational(3, 2), sp.Rational(1, 5), 0.1
    learner = model(2, 2, teacher, alpha, eta)
    start = apart(learner)
    run = descend(learner, start, commuting(), [0, 1], step=h, teacher="after")
    V = velocity(learner, start, commuting())
    for joint, (first, then) in run.balance().items():
        below, above = joint.split("|")
        scale = float(alpha) if joint == "W_2|P_1" else 1
        increment = h**2 * (V[above].T @ V[above] / scale - V[below] @ V[below].T) - 2 * float(eta) * h * first
        assert np.allclose(then - first, increment, atol=1e-14) and np.max(np.abs(increment)) > 1e-4


def test_the_balance_drifts_in_proportion_to_h() -> None:
    learner = model(2, 1, sj.Live())
    drifts = []
    for n in (500, 1000):
        run = descend(learner, generic(learner), commuting(), [0, n], step=5 / n)
        drifts.append(np.max(np.abs([held[1] - held[0] for held in run.balance().values()])))
    assert drifts[0] / drifts[1] == pytest.approx(2, rel=0.05) and drifts[1] > 1e-6


def test_every_member_may_have_a_step_of_its_own() -> None:
    learner, h = model(1, 1, sj.Live()), np.array([0.1, 0.05])
    start = generic(learner)
    run = descend(learner, start, commuting(), [0, 4, 8], step=h)
    assert np.array_equal(run.times, np.multiply.outer([0, 4, 8], h))
    for i in range(2):
        alone = descend(learner, start, commuting(), [0, 4, 8], step=h[i])
        assert np.array_equal(run.encoder[:, i], alone.encoder) and np.array_equal(alone.times, [0, 4 * h[i], 8 * h[i]])


def test_the_largest_stable_step_of_noise_is_two_over_its_curvature() -> None:
    """K = 0, L = 1: W moves by h W (Syx - Sxx), so a step is stable up to 2/(σ² - λ) and not beyond."""
    learner, data = model(1, 0, sj.Live()), Moments([[2.0]], [[1.0]])
    run = descend(learner, {"W_1": np.ones((1, 1))}, data, [100], step=np.array([1.9, 2.1]))
    assert abs(run.encoder[0, 0, 0, 0]) < 1e-4 and abs(run.encoder[0, 1, 0, 0]) > 1e3
