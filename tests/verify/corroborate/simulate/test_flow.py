"""Simulated gradient flow: aligned layers follow the mode flow, balance stays, others find the fixed point."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
import pytest
import sympy as sp

import symjepa as sj
from symjepa.testing.gradients import ladder
from symjepa.verify.corroborate.simulate import (
    Moments,
    aligned_start,
    balanced_start,
    gaussian_start,
    mode_frames,
    simulate,
)
from symjepa.verify.corroborate.simulate.starts import rotation
from symjepa.verify.corroborate.simulate.tableau import FIFTH, STAGES, THIRD, WEIGHTS
from tests.verify.corroborate.simulate.test_motion import TEACHERS, model

LAM, SIGMA2, SIGMA2_Y = (np.array(x) for x in ([0.9, 0.7, 0.0], [1.0, 1.3, 0.8], [1.1, 0.9, 0.7]))
half = sp.Rational(1, 2)


def commuting(size: int = 3, seed: int = 5) -> Moments:
    """Data with the modes above, in a random frame."""
    V = rotation(np.random.default_rng(seed), size)
    Sxx, Syx, Syy = (V @ np.diag(x[:size]) @ V.T for x in (SIGMA2, LAM, SIGMA2_Y))
    return Moments(Sxx, Syx, Syy)


def mode_flow(learner: sj.Model, start: dict[str, float], values: dict[str, float], time: float) -> dict[str, float]:
    """The layers' amplitudes on one mode, by SymPy's derived rates and classical Runge-Kutta with many small steps."""
    flow = sj.aligned_modes(sj.gradient_flow(learner))
    rate, h = sj.to_numpy(flow), time / 1500
    y = np.array([start[x.name] for x in flow.state])
    for _ in range(1500):
        k1 = rate(0, y, values)
        k2 = rate(0, y + h / 2 * k1, values)
        k3 = rate(0, y + h / 2 * k2, values)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + rate(0, y + h * k3, values))
    return {x.name: value for x, value in zip(flow.state, y, strict=True)}


LETTERS = {"W": "w", "P": "v", "Wbar": "b"}


def coordinate(name: str) -> str:
    stack, _, number = name.partition("_")
    return f"{LETTERS[stack]}_{number}" if number else LETTERS[stack]


def aligned_case(learner: sj.Model) -> Any:
    """Three modes on the data, two on the layers, every amplitude its own."""
    depth = {"W": int(learner.encoder.depth), "P": int(learner.predictor.depth)}
    names = [f"{stack}_{i + 1}" for stack in depth for i in range(depth[stack])]
    names += {"ema": ["Wbar"], "frozen": ["Wbar"]}.get(getattr(learner.teacher, "name", ""), [])
    names += [f"Wbar_{i + 1}" for i in range(depth["W"])] if isinstance(learner.teacher, sj.LayerEMA) else []
    amplitudes: dict[str, Any] = {name: [0.5 + 0.1 * i, -0.4 - 0.07 * i] for i, name in enumerate(names)}
    data = {"Sxx": SIGMA2, "Syx": LAM, "Syy": SIGMA2_Y}
    ahead = (2,) * depth["P"] + (2 if learner.latent else 3,)
    return aligned_start(learner, {**amplitudes, **data}, (3,) + (2,) * depth["W"], ahead, seed=3)


@pytest.mark.parametrize("teacher", TEACHERS, ids=lambda t: t.name if t else "data")
def test_an_aligned_start_stays_aligned_and_follows_the_mode_flow(teacher: Any) -> None:
    learner = model(2, 1, teacher, sp.Rational(3, 2), sp.Rational(1, 10))
    case = aligned_case(learner)
    run = simulate(learner, case.start, case.data, [0, 3], rtol=1e-12)
    for mode in (0, 1):
        begin = {coordinate(name): case.amplitudes(name, held)[mode] for name, held in case.start.items()}
        values = {"lam": LAM[mode], "sigma2": SIGMA2[mode], "sigma2_y": SIGMA2_Y[mode], **begin}
        later = mode_flow(learner, begin, values, 3.0)
        for name, held in run.layers.items():
            assert case.stray(name, held[-1]) < 1e-11
            expected = later.get(coordinate(name), begin[coordinate(name)])
            assert case.amplitudes(name, held[-1])[mode] == pytest.approx(expected, abs=1e-9)


def test_amplitudes_without_frames_are_those_in_the_frames() -> None:
    learner = model(2, 1, sj.EMA(half))
    case = aligned_case(learner)
    read = simulate(learner, case.start, case.data, [0, 3]).modes()
    w, v, b = (
        case.amplitudes("W_2", case.start["W_2"]) * case.amplitudes("W_1", case.start["W_1"]),
        case.amplitudes("P_1", case.start["P_1"]),
        case.amplitudes("Wbar", case.start["Wbar"]),
    )
    assert np.allclose(read.w[0, :2], np.abs(w)) and np.allclose(read.v[0, :2], v) and read.b is not None
    assert np.allclose(read.b[0, :2], b * np.sign(w))
    assert all(np.max(stray) < 1e-10 for stray in read.stray.values())


def test_a_data_target_is_read_in_the_frame_of_the_target() -> None:
    learner = model(1, 1, None)
    case = aligned_case(learner)
    read = simulate(learner, case.start, case.data, [0]).modes()
    w, v = (case.amplitudes(name, case.start[name]) for name in ("W_1", "P_1"))
    assert read.b is None and np.allclose(read.w[0, :2], np.abs(w)) and np.allclose(read.v[0, :2], v * np.sign(w))
    assert np.max(read.stray["predictor"]) < 1e-12


def test_unaligned_layers_are_seen_to_be_so() -> None:
    learner = model(2, 1, sj.EMA(half))
    start = gaussian_start(learner, (3, 3, 3), (3, 3), scale=0.5, seeds=[0])
    read = simulate(learner, {**start, "Wbar": start["W_1"]}, commuting(), [0]).modes()
    assert min(stray.item() for stray in read.stray.values()) > 0.05


@pytest.mark.parametrize("teacher", [sj.Live(), sj.EMA(half), sj.LayerEMA(half)], ids=lambda t: t.name)
@pytest.mark.parametrize(("L", "K"), [(1, 1), (2, 1), (2, 2), (3, 1)])
def test_balanced_unaligned_layers_align_and_learn_rho_to_the_l_over_k(teacher: Any, L: int, K: int) -> None:
    learner = model(L, K, teacher)
    start = balanced_start(learner, (3,) * (L + 1), (3,) * (K + 1), scale=0.6, seeds=range(3))
    run = simulate(learner, start, commuting(), [0, 1000], rtol=1e-8)
    first, last = run.modes().stray["encoder"]
    assert first.min() > 0.1 and last.max() < 1e-4
    assert np.allclose(run.modes().w[-1, :, :2], (LAM / SIGMA2)[:2] ** (L / K), atol=1e-4)


def test_a_wrong_power_of_rho_is_not_reached() -> None:
    learner = model(2, 1, sj.Live())
    start = balanced_start(learner, (3, 3, 3), (3, 3), scale=0.6, seeds=range(3))
    w = simulate(learner, start, commuting(), [300], rtol=1e-8).modes().w[-1]
    assert not np.any(np.isclose(w[:, 1], LAM[1] / SIGMA2[1], atol=1e-2))


def test_removing_the_stop_gradient_makes_the_same_start_collapse() -> None:
    survivors = {}
    for teacher in (sj.Live(), sj.Shared()):
        learner = model(1, 1, teacher)
        start = balanced_start(learner, (3, 3), (3, 3), scale=0.6, seeds=range(4))
        survivors[teacher.name] = simulate(learner, start, commuting(), [400], rtol=1e-8).modes().w[-1, :, 0]
    assert survivors["live"].min() > 0.85 and survivors["shared"].max() < 0.01


@pytest.mark.parametrize("teacher", [sj.Live(), sj.EMA(half), sj.LayerEMA(half), sj.Frozen(), None])
def test_balance_is_conserved_and_shrinks_with_weight_decay(teacher: Any) -> None:
    eta, time = sp.Rational(1, 5), 4.0
    learner = model(2, 2, teacher, sp.Rational(3, 2), eta)
    start = gaussian_start(learner, (3, 4, 2), (2, 3, 2 if teacher else 3), scale=0.8, seeds=range(3))
    run = simulate(learner, start, commuting(), [0, time], rtol=1e-12)
    for first, last in run.balance().values():
        assert np.max(np.abs(first)) > 0.1
        assert np.allclose(last, np.exp(-2 * float(eta) * time) * first, atol=1e-10)


def test_without_stop_gradient_the_joint_is_not_balanced_but_the_layers_are() -> None:
    learner = model(2, 1, sj.Shared())
    start = gaussian_start(learner, (3, 3, 3), (3, 3), scale=0.8, seeds=[1])
    change = {key: np.max(np.abs(held[1] - held[0])) for key, held in
              simulate(learner, start, commuting(), [0, 2], rtol=1e-12).balance().items()}  # fmt: skip
    assert change["W_1|W_2"] < 1e-10 and change["W_2|P_1"] > 0.01


def test_many_seeds_are_bit_for_bit_what_each_seed_gives_alone() -> None:
    """Unequal rates too, so that members need unequal numbers of steps and the last ones go on without the rest."""
    learner = model(2, 1, sj.EMA(sj.tau))
    tau, times = np.array([0.1, 3.0, 20.0, 0.5, 90.0]), [0.5, 8]
    start = gaussian_start(learner, (3, 3, 3), (3, 3), scale=0.7, seeds=range(5))
    together = simulate(learner, start, commuting(), times, rates={"tau": tau})
    assert together.steps.max() > 4 * together.steps.min()
    for i in range(5):
        one = {name: held[i] for name, held in start.items()}
        alone = simulate(learner, one, commuting(), times, rates={"tau": tau[i]})
        assert all(np.array_equal(alone.layers[name], together.layers[name][:, i]) for name in alone.layers)


def test_a_seed_gives_the_same_start_in_every_company() -> None:
    learner = model(2, 1, sj.Live())
    for start in (gaussian_start, balanced_start):
        several, one = (start(learner, (4, 3, 2), (2, 2), scale=1.0, seeds=seeds) for seeds in ((3, 7), (7,)))
        assert all(np.array_equal(several[name][1], one[name][0]) for name in one)


def test_balanced_starts_are_balanced_for_every_alpha_and_width() -> None:
    learner = model(3, 2, sj.Live(), sp.Integer(4))
    start = balanced_start(learner, (5, 3, 4, 2), (2, 3, 2), scale=0.7, seeds=range(2), alpha=4)
    run = simulate(learner, start, Moments(np.eye(5), np.eye(5)), [0])
    assert max(np.max(np.abs(held)) for held in run.balance().values()) < 1e-13


def test_a_grid_of_parameters_is_one_batch() -> None:
    """K = 0, L = 1, live: w grows as exp((λ - σ²) t), for a grid of λ and three starts."""
    learner = model(1, 0, sj.Live())
    lam = np.array([[0.5], [1.0], [1.5], [2.0]])
    start = {"W_1": np.array([0.1, 0.2, 0.3]).reshape(3, 1, 1)}
    data = Moments(np.ones((4, 1, 1, 1)), lam[..., None, None])
    run = simulate(learner, start, data, [0, 1, 2])
    assert run.encoder.shape == (3, 4, 3, 1, 1)
    exact = np.array([0.1, 0.2, 0.3]) * np.exp((lam - 1) * 2)
    assert np.allclose(run.encoder[-1, ..., 0, 0], exact, rtol=1e-9)


def test_the_method_has_order_eight() -> None:
    """Quadrature to order 8, and the growth of y' = y to the term z⁸; error estimates vanish on constants."""
    nodes = [sum(weight for _, weight in row) for row in STAGES]
    for power in range(8):
        assert sum(weight * nodes[i] ** power for i, weight in WEIGHTS) == pytest.approx(1 / (power + 1), abs=1e-14)
    for row in (FIFTH, THIRD):
        assert sum(weight for _, weight in row) == pytest.approx(0, abs=1e-14)
    z, powers = np.polynomial.Polynomial([0, 1]), {0: np.polynomial.Polynomial([1.0])}
    for number, row in enumerate(STAGES[1:], 1):
        powers[number] = 1 + z * sum(weight * powers[i] for i, weight in row)
    growth = 1 + z * sum(weight * powers[i] for i, weight in WEIGHTS)
    assert np.allclose(growth.coef[:9], [1 / factorial(n) for n in range(9)], rtol=1e-9)


def test_errors_fall_with_the_tolerance() -> None:
    learner = model(2, 1, sj.EMA(half))
    start = gaussian_start(learner, (3, 3, 3), (3, 3), scale=0.7, seeds=[2])
    exact, fine, coarse = (
        simulate(learner, start, commuting(), [5], rtol=rtol).encoder for rtol in (1e-13, 1e-9, 1e-5)
    )
    assert np.max(np.abs(fine - exact)) < 1e-8
    assert 1e-9 < np.max(np.abs(coarse - exact)) < 1e-3


def test_exact_data_are_simulated_in_floats() -> None:
    case = next(iter(ladder(model(2, 1, sj.Live()), count=1)))
    run = simulate(case.model, case.weights, case.data, [0.01])
    assert run.encoder.dtype == float and run.modes().w.dtype == float


def test_common_frames_hold_signs_and_order() -> None:
    V = rotation(np.random.default_rng(0), 3)
    found = mode_frames(Moments(np.eye(3), V @ np.diag([0.2, -0.9, 0.5]) @ V.T), latent=True)
    assert np.allclose(found.lam, [-0.9, 0.5, 0.2])
