"""What a simulation cannot do is refused by name: shapes, rates, steps, covariances, blow-ups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import symjepa as sj
from symjepa.errors import (
    BlowUp,
    InvalidCovariance,
    InvalidModel,
    InvalidNumber,
    NeedsDepth,
    ShapeMismatch,
    SymjepaError,
    TooLarge,
)
from symjepa.verify.corroborate.simulate import (
    Moments,
    aligned_start,
    balanced_start,
    descend,
    gaussian_start,
    mode_frames,
    simulate,
)
from tests.verify.corroborate.simulate.test_motion import model

I2, ONES = np.eye(2), {"W_1": np.eye(2), "P_1": np.eye(2)}
live, ema = model(1, 1, sj.Live()), model(1, 1, sj.EMA(sj.tau))
data = Moments(I2, I2 / 2)
growing, one = model(2, 0, sj.Live()), Moments([[1.0]], [[2.0]])
"""K = 0, L = 2, live: u' = u³ (λ - σ²) from 1 leaves every bound at t = 1/2."""
units = {"W_1": np.ones((1, 1)), "W_2": np.ones((1, 1))}

REFUSED: list[tuple[type[SymjepaError], str, Callable[[], Any]]] = [
    (NeedsDepth, "needs numeric depths, but got the symbol L", lambda: simulate(
        sj.Model(sj.Encoder(sj.L), sj.Predictor(1), sj.LatentPrediction(), sj.Live()), ONES, data, [1])),
    (ShapeMismatch, "the layers W_1, P_1 are needed; got W_1", lambda: simulate(live, {"W_1": I2}, data, [1])),
    (ShapeMismatch, "P_1 must have 2 columns, the width of W_1; got 3", lambda: simulate(
        live, {"W_1": I2, "P_1": np.ones((2, 3))}, data, [1])),
    (ShapeMismatch, "P_1 must have 2 rows, the width of the latent space; got 3", lambda: simulate(
        live, {"W_1": I2, "P_1": np.ones((3, 2))}, data, [1])),
    (ShapeMismatch, "W_1 must have 2 columns, the width of the context; got 3", lambda: simulate(
        live, {"W_1": np.ones((2, 3)), "P_1": I2}, data, [1])),
    (ShapeMismatch, "P_1 must have 3 rows, the width of the target; got 2", lambda: simulate(
        model(1, 1, None), ONES, Moments(I2, np.ones((3, 2)) / 9), [1])),
    (ShapeMismatch, "Wbar must be 2 × 2, as the student is; got", lambda: simulate(
        ema, {**ONES, "Wbar": np.ones((3, 2))}, data, [1], rates={"tau": 1})),
    (ShapeMismatch, "W_1 must be a matrix, or a batch of them along leading axes; got shape (2,)", lambda: simulate(
        live, {**ONES, "W_1": np.ones(2)}, data, [1])),
    (ShapeMismatch, "must broadcast to one batch; got W_1: (3,), P_1: (2,)", lambda: simulate(
        live, {"W_1": np.ones((3, 2, 2)), "P_1": np.ones((2, 2, 2))}, data, [1])),
    (ShapeMismatch, "Syy is needed, and got none", lambda: simulate(model(1, 1, sj.Shared()), ONES, data, [1])),
    (ShapeMismatch, "Syx must have 2 rows, the width of the context", lambda: simulate(
        live, ONES, Moments(I2, np.ones((3, 2)) / 9), [1])),
    (ShapeMismatch, "Syx must be 2 × 2, for Sxx is 2 × 2 and Syx 2 × 3 (target first); got 2 × 3",
     lambda: Moments(I2, np.ones((2, 3)))),
    (InvalidCovariance, "Sxx must be symmetric; got entries that differ from their mirror images by 1",
     lambda: Moments([[1.0, 1.0], [0.0, 1.0]], I2)),
    (InvalidCovariance, "Sxx must be positive semidefinite; got the eigenvalue -1", lambda: Moments(-I2, I2)),
    (InvalidCovariance, "the joint covariance [[Sxx, Syxᵀ], [Syx, Syy]] must be positive semidefinite; got the eigen",
     lambda: Moments(I2, 2 * I2, I2)),
    (InvalidCovariance, "Syx holds entries that are not finite", lambda: Moments(I2, np.full((2, 2), np.inf))),
    (InvalidCovariance, "frames in which Sxx and Syx are both diagonal, but", lambda: mode_frames(
        Moments(np.diag([1.0, 2.0]), np.ones((2, 2)) / 2), latent=True)),
    (InvalidNumber, "the model has the symbol tau for tau: give it a number in `rates`; got none", lambda: simulate(
        ema, {**ONES, "Wbar": I2}, data, [1])),
    (InvalidNumber, "rates are given for the model's own symbols (tau); got eta", lambda: simulate(
        ema, {**ONES, "Wbar": I2}, data, [1], rates={"tau": 1, "eta": 2})),
    (InvalidNumber, "the rate tau (tau) must be positive and finite; got 0", lambda: simulate(
        ema, {**ONES, "Wbar": I2}, data, [1], rates={"tau": [1, 0]})),
    (InvalidNumber, "tau (tau) must be positive, a number or an array of numbers; got 'fast'", lambda: simulate(
        ema, {**ONES, "Wbar": I2}, data, [1], rates={"tau": "fast"})),
    (InvalidNumber, "must be positive and finite; got inf", lambda: simulate(
        ema, {**ONES, "Wbar": I2}, data, [1], rates={"tau": np.inf})),
    (InvalidNumber, "W_1 must hold real numbers; got entries of type complex128", lambda: simulate(
        live, {**ONES, "W_1": 1j * I2}, data, [1])),
    (InvalidCovariance, "data are Moments(Sxx, Syx, Syy), or what has these; got dict", lambda: simulate(
        live, ONES, {"Sxx": I2, "Syx": I2}, [1])),
    (InvalidModel, "on_blow_up must be 'raise' or 'mark'; got 'ignore'", lambda: simulate(
        live, ONES, data, [1], on_blow_up="ignore")),  # type: ignore[arg-type]
    (InvalidModel, "teacher must be None or 'before' or 'after'; got 'first'", lambda: descend(
        live, ONES, data, [1], step=0.1, teacher="first")),  # type: ignore[arg-type]
    (BlowUp, "blew up at t = 0: steps shrank to nothing", lambda: simulate(
        live, {"W_1": 1e200 * I2, "P_1": I2}, data, [1])),
    (InvalidNumber, "a start has finite entries; got nan or an infinity", lambda: simulate(
        live, {**ONES, "W_1": np.full((2, 2), np.inf)}, data, [1])),
    (InvalidNumber, "increasing finite times from 0 on are needed; got 1.0, 1.0", lambda: simulate(
        live, ONES, data, [1, 1])),
    (InvalidNumber, "increasing finite times from 0 on are needed; got none", lambda: simulate(live, ONES, data, [])),
    (InvalidNumber, "increasing finite times from 0 on are needed; got -1.0", lambda: simulate(live, ONES, data, [-1])),
    (InvalidNumber, "rtol must be at least 1e-14", lambda: simulate(live, ONES, data, [1], rtol=0)),
    (InvalidNumber, "the step size h must be positive; got 0.0", lambda: descend(live, ONES, data, [1], step=0)),
    (InvalidNumber, "the step size h must be positive; got -0.1", lambda: descend(
        live, ONES, data, [1], step=[0.1, -0.1])),
    (InvalidNumber, "increasing whole numbers of steps, from 0 on, are needed; got 0.5", lambda: descend(
        live, ONES, data, [0.5], step=0.1)),  # type: ignore[list-item]
    (InvalidModel, 'say teacher="before" or teacher="after"; got neither', lambda: descend(
        ema, {**ONES, "Wbar": I2}, data, [1], step=0.1, rates={"tau": 1})),
    (InvalidNumber, "the momentum 1 - hτ must not be negative; got hτ = 2", lambda: descend(
        ema, {**ONES, "Wbar": I2}, data, [1], step=0.1, teacher="after", rates={"tau": 20})),
    (BlowUp, "blew up at t = 0.5: steps shrank to nothing, and the largest entry of W_1 is", lambda: simulate(
        growing, units, one, [1])),
    (BlowUp, "blew up at t = 0.5 (member 1 of the batch)", lambda: simulate(
        growing, {**units, "W_1": np.array([[[0.1]], [[1.0]]]), "W_2": np.array([[[0.1]], [[1.0]]])}, one, [1])),
    (BlowUp, "the next step leaves what floats hold, and W_1 is not finite; ask for earlier times or a smaller step",
     lambda: descend(growing, units, one, [1000], step=0.1)),
    (TooLarge, "may take 20 steps, and is at t = ", lambda: simulate(live, ONES, data, [1e4], most_steps=20)),
    (ShapeMismatch, "2 widths of the encoder and 2 of the predictor are needed, from the input on; got (2,) and ()",
     lambda: gaussian_start(live, (2,), scale=1.0, seeds=[0])),
    (ShapeMismatch, "the predictor begins where the encoder ends, at width 3; got 2",
     lambda: gaussian_start(live, (2, 3), (2, 2), scale=1.0, seeds=[0])),
    (ShapeMismatch, "balanced layers have at least m = 3 rows and columns",
     lambda: balanced_start(live, (2, 3), (3, 3), scale=1.0, seeds=[0])),
    (ShapeMismatch, "amplitudes are needed for W_1, P_1, Sxx, Syx; got W_1",
     lambda: aligned_start(live, {"W_1": [1.0]}, (2, 2), (2, 2), seed=0)),
    (ShapeMismatch, "W_1 is 2 × 2 and has at most 2 modes; got 3", lambda: aligned_start(
        live, {"W_1": [1.0] * 3, "P_1": [1.0], "Sxx": [1.0], "Syx": [1.0]}, (2, 2), (2, 2), seed=0)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "work"), REFUSED, ids=[text[:40] for _, text, _ in REFUSED])
def test_it_is_refused_by_name(kind: type[SymjepaError], text: str, work: Callable[[], Any]) -> None:
    with pytest.raises(kind) as raised:
        work()
    assert text in str(raised.value)


def test_a_blow_up_can_be_marked_and_leaves_the_others_alone() -> None:
    start = {name: np.array([[[1.0]], [[0.1]]]) for name in units}
    run = simulate(growing, start, one, [0.25, 1], on_blow_up="mark")
    assert np.isfinite(run.encoder[0]).all() and np.isnan(run.encoder[1, 0]) and np.isfinite(run.encoder[1, 1])
    assert run.reached == pytest.approx([0.5, 1.0])
    assert np.isnan(run.modes().v[1, 0]) and np.isnan(run.modes().stray["encoder"][1, 0])
    alone = simulate(growing, {name: held[1] for name, held in start.items()}, one, [0.25, 1])
    assert np.array_equal(run.encoder[:, 1], alone.encoder)


def test_a_divergent_descent_can_be_marked_and_says_how_far_it_came() -> None:
    run = descend(growing, units, one, [3, 1000], step=np.array([0.1, 1e-4]), on_blow_up="mark")
    assert np.isnan(run.encoder[1, 0]).all() and np.isfinite(run.encoder[1, 1]).all()
    assert 0.3 < run.reached[0] < 3 and run.reached[1] == pytest.approx(0.1)


def test_a_blow_up_carries_its_parts() -> None:
    with pytest.raises(BlowUp) as raised:
        simulate(growing, units, one, [1])
    assert raised.value.parts["time"] == pytest.approx(0.5) and raised.value.parts["quantity"] == "W_1"
