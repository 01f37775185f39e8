"""`assert_gradient` accepts the gradient of the loss, and names what else came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings

import symjepa as sj
from symjepa.errors import InvalidModel, SymjepaError
from symjepa.symbols import K, L, alpha, eta, tau
from symjepa.testing import Case, assert_gradient, cases, covariances

latent = sj.LatentPrediction()
live = sj.Model(sj.Encoder(L), sj.Predictor(K), latent, sj.Live())
fixed = sj.Model(sj.Encoder(2), sj.Predictor(1), latent, sj.Live())


def product(layers: list[Any], size: int) -> Any:
    """The last layer on the left; the identity of that size for no layers."""
    out = np.eye(size, dtype=int)
    for layer in layers:
        out = layer @ out
    return out


def backward(layers: list[Any], residual: Any, x: Any) -> list[Any]:
    """The gradient of <residual, product(layers) x> by each layer."""
    top, bottom = layers[-1].shape[0], x.shape[0]
    sizes = [bottom, *(layer.shape[0] for layer in layers)]
    above = [product(layers[i + 1 :], sizes[i + 1]) for i in range(len(layers))]
    below = [product(layers[:i], bottom) @ x for i in range(len(layers))]
    assert all(a.shape[0] == top for a in above)
    return [a.T @ residual @ b.T for a, b in zip(above, below, strict=True)]


def stack(weights: dict[str, Any], name: str) -> list[Any]:
    return [weights[key] for key in sorted(weights) if key.startswith(f"{name}_")]


@dataclass(frozen=True)
class Loop:
    """A training loop's backward pass by hand, and the mistakes it may make."""

    scale: Callable[[Any], Any] = lambda x: 1
    through_target: bool = False
    own_target: bool = False

    def __call__(self, weights: dict[str, Any], x: Any, y: Any) -> dict[str, Any]:
        W, P = stack(weights, "W"), stack(weights, "P")
        teacher = stack(weights, "Wbar") or ([weights["Wbar"]] if "Wbar" in weights else W)
        target = product(W if self.own_target else teacher, x.shape[0]) @ y
        residual = (product([*W, *P], x.shape[0]) @ x - target) * self.scale(x) / x.shape[1]
        grads = backward([*W, *P], residual, x)
        if self.through_target:
            grads = [g - h for g, h in zip(grads, backward(W, residual, y), strict=False)] + grads[len(W) :]
        names = [f"W_{i + 1}" for i in range(len(W))] + [f"P_{i + 1}" for i in range(len(P))]
        return dict(zip(names, grads, strict=True))


def refused(model: sj.Model, loop: Any, **options: Any) -> str:
    with pytest.raises(AssertionError) as raised:
        assert_gradient(model, loop, **options)
    return str(raised.value)


@pytest.mark.parametrize("teacher", [sj.Live(), sj.EMA(tau), sj.LayerEMA(tau), sj.Frozen()])
def test_the_right_gradient_passes_for_every_teacher_under_stop_gradient(teacher: sj.model.Teacher) -> None:
    assert_gradient(sj.Model(sj.Encoder(L), sj.Predictor(K), latent, teacher), Loop())


def test_the_right_gradient_passes_without_stop_gradient() -> None:
    assert_gradient(sj.Model(sj.Encoder(2), sj.Predictor(1), latent, sj.Shared()), Loop(through_target=True))


def test_it_passes_exactly_in_exact_numbers() -> None:
    loop = Loop()
    exactly = lambda weights, x, y: loop(weights, x, y)
    assert "compared exactly" in str(assert_gradient(fixed, exactly, exact=True))


@settings(max_examples=15)
@given(cases(live))
def test_it_passes_at_drawn_cases(case: Case) -> None:
    assert_gradient(live, Loop(), case=case)


@settings(max_examples=15)
@given(cases(fixed, data=covariances(dimension=2, noise=True)))
def test_data_decide_the_outer_shapes(case: Case) -> None:
    assert_gradient(fixed, Loop(), case=case)


@pytest.mark.parametrize(
    ("loop", "cause"),
    [
        (Loop(through_target=True), "through the target branch"),
        (Loop(scale=lambda x: 2), "lacks the ½"),
        (Loop(scale=lambda x: 0.5), "one ½ too many"),
        (Loop(scale=lambda x: -1), "minus the gradient"),
        (Loop(scale=lambda x: x.shape[1]), "sum over the sample"),
    ],
)
def test_a_usual_mistake_is_named(loop: Loop, cause: str) -> None:
    assert cause in refused(fixed, loop)


def test_a_student_for_its_own_teacher_is_named() -> None:
    model = sj.Model(sj.Encoder(2), sj.Predictor(1), latent, sj.EMA(tau))
    assert "the student itself" in refused(model, Loop(own_target=True))


def test_an_optimizer_inside_the_gradient_is_named() -> None:
    model = sj.Model(sj.Encoder(1), sj.Predictor(1), latent, sj.Live(), sp.Integer(3), sp.Rational(1, 2))
    decayed = lambda weights, x, y: {name: g + weights[name] / 2 for name, g in Loop()(weights, x, y).items()}
    scaled = lambda weights, x, y: {n: 3 * g if n == "P_1" else g for n, g in Loop()(weights, x, y).items()}
    assert "weight decay" in refused(model, decayed)
    assert "rate α" in refused(model, scaled)


def test_the_counterexample_shows_weights_data_and_both_gradients() -> None:
    told = refused(fixed, Loop(scale=lambda x: 2))
    assert all(part in told for part in ("at W_1 = ", "at P_1 = ", "and Sxx = ", "yours", "derived", "difference"))


def test_a_small_relative_error_is_seen_in_double_and_forgiven_in_single_precision() -> None:
    off = lambda kind: (
        lambda weights, x, y: {n: (g * (1 + 1e-5)).astype(kind) for n, g in Loop()(weights, x, y).items()}
    )
    assert "not the derived one" in refused(fixed, off(np.float64))
    assert "0.00035" in str(assert_gradient(fixed, off(np.float32)))


def test_a_missing_layer_is_named() -> None:
    assert "nothing came back for P_1" in refused(
        fixed,
        lambda weights, x, y: {
            "W_1": weights["W_1"],
            **{"W_2": Loop()(weights, x, y)["W_2"], "W_1": Loop()(weights, x, y)["W_1"]},
        },
    )


def test_a_wrong_shape_is_named() -> None:
    assert "the shape of" in refused(
        fixed, lambda weights, x, y: {n: g[None] for n, g in Loop()(weights, x, y).items()}
    )


class Tensor:
    """An array of another library: on a graph, and readable only off it."""

    def __init__(self, held: Any, attached: bool = True) -> None:
        self.held, self.attached = held, attached

    def detach(self) -> Tensor:
        return Tensor(self.held, attached=False)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        assert not self.attached, "call detach first"
        return self.held


def test_tensors_of_other_libraries_are_read_off_their_graph() -> None:
    assert_gradient(fixed, lambda weights, x, y: {n: Tensor(g) for n, g in Loop()(weights, x, y).items()})


def test_velocities_hold_rates_decay_and_teacher() -> None:
    model = sj.Model(sj.Encoder(1), sj.Predictor(1), latent, sj.EMA(sp.Integer(2)), sp.Integer(3), sp.Rational(1, 2))

    def velocity(weights: dict[str, Any], x: Any, y: Any) -> dict[str, Any]:
        g = Loop()(weights, x, y)
        moved = {name: -speed * g[name] - weights[name] / 2 for name, speed in (("W_1", 1), ("P_1", 3))}
        return {**moved, "Wbar": 2 * (weights["W_1"] - weights["Wbar"])}

    assert_gradient(model, velocity, gives="velocity")


def test_a_velocity_needs_numbers() -> None:
    model = sj.Model(sj.Encoder(1), sj.Predictor(1), latent, sj.Live(), alpha, eta)
    with pytest.raises(InvalidModel, match="has the symbol alpha"):
        assert_gradient(model, Loop(), gives="velocity")


def test_data_that_do_not_exist_are_refused_by_name() -> None:
    with pytest.raises(SymjepaError, match="got 'labels'"):
        assert_gradient(fixed, lambda weights, labels: {})


def test_what_the_function_raises_says_where() -> None:
    def broken(weights: dict[str, Any], x: Any, y: Any) -> dict[str, Any]:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError) as raised:
        assert_gradient(fixed, broken)
    assert "raised by your function at Case(W_1=" in raised.value.__notes__[0]


def test_what_is_no_array_of_numbers_is_named() -> None:
    with pytest.raises(SymjepaError, match="the gradient of W_1 came back as complex128, which NumPy cannot read"):
        assert_gradient(fixed, lambda weights, x, y: {n: g * 1j for n, g in Loop()(weights, x, y).items()})
