"""`assert_gradient` with the automatic differentiation that people train with: PyTorch and JAX, not a stand-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

import symjepa as sj
from symjepa.errors import SymjepaError
from symjepa.symbols import K, L, tau
from symjepa.testing import assert_gradient

latent = sj.LatentPrediction()
fixed = sj.Model(sj.Encoder(2), sj.Predictor(1), latent, sj.Live())
STOPPED = (sj.Live(), sj.EMA(tau), sj.LayerEMA(tau), sj.Frozen())


def product(weights: dict[str, Any], name: str, size: int, eye: Callable[[int], Any]) -> Any:
    layers = [weights[key] for key in sorted(weights) if key.startswith(f"{name}_")]
    return reduce(lambda below, layer: layer @ below, layers, eye(size))


def loss(weights: dict[str, Any], x: Any, y: Any, eye: Any, stop: Any, latent_target: bool) -> Any:
    """½ E‖P W x - sg[W̄ y]‖², as in a training loop."""
    W = product(weights, "W", x.shape[0], eye)
    teacher = weights["Wbar"] if "Wbar" in weights else product(weights, "Wbar", x.shape[0], eye)
    own = any(name.startswith("Wbar") for name in weights)
    target = stop((teacher if own else W) @ y) if latent_target else y
    residual = product(weights, "P", W.shape[0], eye) @ W @ x - target
    return 0.5 * (residual**2).sum() / x.shape[1]


def by_torch(stop: bool = True, dtype: str = "float64", latent_target: bool = True) -> Callable[..., dict[str, Any]]:
    """A backward pass through torch's graph."""
    import torch

    kind = getattr(torch, dtype)

    def backward(weights: dict[str, Any], x: Any, y: Any) -> dict[str, Any]:
        held = {name: torch.tensor(w, dtype=kind, requires_grad=True) for name, w in weights.items()}
        views = (torch.tensor(view, dtype=kind) for view in (x, y))
        cut: Callable[[Any], Any] = (lambda target: target.detach()) if stop else (lambda target: target)
        loss(held, *views, lambda n: torch.eye(n, dtype=kind), cut, latent_target).backward()
        return {name: w.grad for name, w in held.items()}

    return backward


@pytest.mark.needs("torch")
@pytest.mark.parametrize("teacher", STOPPED, ids=lambda t: t.name)
def test_detach_gives_the_semi_gradient_for_every_teacher_and_depth(teacher: Any) -> None:
    assert_gradient(sj.Model(sj.Encoder(L), sj.Predictor(K), latent, teacher), by_torch())


@pytest.mark.needs("torch")
def test_without_detach_torch_gives_the_gradient_of_the_shared_teacher() -> None:
    assert_gradient(sj.Model(sj.Encoder(L), sj.Predictor(K), latent, sj.Shared()), by_torch(stop=False))


@pytest.mark.needs("torch")
def test_the_data_target_has_nothing_to_detach() -> None:
    model = sj.Model(sj.Encoder(2), sj.Predictor(2), sj.DataReconstruction())
    assert_gradient(model, by_torch(latent_target=False))


@pytest.mark.needs("torch")
def test_a_forgotten_detach_is_named() -> None:
    with pytest.raises(AssertionError, match="through the target branch too: stop it there"):
        assert_gradient(fixed, by_torch(stop=False))


@pytest.mark.needs("torch")
def test_single_precision_tensors_are_compared_in_single_precision() -> None:
    assert "0.00035" in str(assert_gradient(fixed, by_torch(dtype="float32")))


@pytest.mark.needs("torch")
def test_tensors_that_are_still_on_the_graph_are_read() -> None:
    def doubled_and_halved(weights: dict[str, Any], x: Any, y: Any) -> dict[str, Any]:
        found = by_torch()(weights, x, y)
        return {name: (2 * g.requires_grad_()) / 2 for name, g in found.items()}

    assert_gradient(fixed, doubled_and_halved)


@pytest.mark.needs("torch")
def test_a_precision_that_numpy_lacks_is_named() -> None:
    with pytest.raises(
        SymjepaError, match=r"gradient of W_1 came back as torch\.bfloat16, which NumPy cannot read: .* float32"
    ):
        assert_gradient(fixed, by_torch(dtype="bfloat16"))


def by_jax(stop: bool = True) -> Callable[..., dict[str, Any]]:
    """JAX's gradient of the same loss, in its single precision."""
    import jax
    import jax.numpy as jnp

    def backward(weights: dict[str, Any], x: Any, y: Any) -> dict[str, Any]:
        cut: Callable[[Any], Any] = jax.lax.stop_gradient if stop else (lambda target: target)
        held = {name: jnp.asarray(w) for name, w in weights.items()}
        found: dict[str, Any] = jax.grad(lambda w: loss(w, jnp.asarray(x), jnp.asarray(y), jnp.eye, cut, True))(held)
        return found

    return backward


@pytest.mark.needs("jax")
def test_stop_gradient_of_jax_gives_the_semi_gradient() -> None:
    assert "0.00035" in str(assert_gradient(fixed, by_jax()))


@pytest.mark.needs("jax")
def test_a_forgotten_stop_gradient_of_jax_is_named() -> None:
    with pytest.raises(AssertionError, match=r"through the target branch too: stop it there"):
        assert_gradient(fixed, by_jax(stop=False))
