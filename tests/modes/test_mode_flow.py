"""What a mode flow is, what it assumes, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

import symjepa as sj
from symjepa.errors import NotBalanced, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.modes.reduction import _same_for_every_layer
from symjepa.symbols import b, l, layer_amplitude, s, u, v, w
from tests.reference.denotation import amplitude
from tests.reference.learner import KINDS
from tests.strategies import model_with, symbolic_model


def layers(kind: str = "live", depth_L: sp.Expr = sj.L, depth_K: sp.Expr = sj.K, **rates: sp.Expr) -> sj.ModeFlow:
    return sj.aligned_modes(sj.gradient_flow(model_with(kind, depth_L, depth_K, **rates)))


def test_a_mode_flow_cannot_be_typed() -> None:
    source = sj.gradient_flow(symbolic_model("live"))
    with pytest.raises(SymjepaError, match="a ModeFlow is derived, never typed"):
        sj.ModeFlow(source, "balanced", {u: u}, ())


def test_a_mode_flow_cannot_be_typed_by_replacement() -> None:
    with pytest.raises((SymjepaError, TypeError, ValueError)):
        replace(sj.balanced(layers()), rates={u: u})


def test_the_rates_of_a_mode_flow_cannot_be_overwritten() -> None:
    with pytest.raises(TypeError):
        sj.balanced(layers()).rates[u] = u


def test_a_root_of_symbolic_depth_needs_a_layer() -> None:
    assert any(sj.K in fact.expr.free_symbols for fact in sj.product_modes(layers()).domain)


def test_the_state_is_named_by_its_coordinates() -> None:
    assert layers(depth_L=2, depth_K=1).state == (amplitude("w", 1), amplitude("w", 2), amplitude("v", 1))
    assert layers().state == (layer_amplitude("w", sj.symbols.l), layer_amplitude("v", sj.symbols.k))
    assert sj.product_modes(layers("ema")).state == (w, v, b)
    assert sj.balanced(layers("ema")).state == (u, b) and sj.balanced(layers("ema-layers")).state == (u, s)


def test_a_frozen_teacher_is_a_parameter() -> None:
    modes = sj.balanced(layers("frozen"))
    assert modes.state == (u,) and b in modes.parameters


def test_a_generic_layer_stands_for_all_of_its_stack() -> None:
    families = layers().families
    assert {(str(x), str(f.index), str(f.last)) for x, f in families.items()} == {
        ("w[l]", "l", "L"),
        ("v[k]", "k", "K"),
    }
    assert layers(depth_L=2, depth_K=2).families == {}


def test_the_layers_of_a_symbolic_stack_keep_their_product() -> None:
    rate = layers(depth_K=1).rates[layer_amplitude("w", sj.symbols.l)]
    assert rate.has(sp.Product)
    assert rate.subs({sj.L: 2, sj.symbols.l: 1}).doit().has(layer_amplitude("w", sp.Symbol("q"))) is False


@pytest.mark.parametrize("kind", KINDS)
def test_every_reduction_says_what_it_assumed(kind) -> None:
    product = sj.product_modes(layers(kind))
    assert [a.name for a in layers(kind).assumes] == ["Aligned"]
    stacks = ["BalancedEncoder", "BalancedPredictor"] + (["BalancedTeacher"] if kind == "ema-layers" else [])
    assert [a.name for a in product.assumes] == ["Aligned", *stacks]
    if kind != "shared":
        assert [a.name for a in sj.balanced(layers(kind)).assumes] == ["Aligned", "Balanced"]


def test_roots_are_taken_of_positive_products_only() -> None:
    assert set(sj.product_modes(layers("ema-layers", 2, 2)).domain) == {Fact(x, "positive") for x in (w, v, b)}
    assert set(sj.product_modes(layers("ema", 2, 1)).domain) == {Fact(w, "positive")}
    assert sj.product_modes(layers("live", 1, 1)).domain == ()
    assert set(sj.balanced(layers("ema-layers")).domain) == {
        Fact(u, "positive"),
        Fact(s, "positive"),
        Fact(sj.K, "positive"),
    }


@pytest.mark.parametrize("depth_K", [1, 3, sj.K], ids=str)
@pytest.mark.parametrize("depth_L", [1, 3, sj.L], ids=str)
def test_a_shared_teacher_with_a_predictor_has_no_balanced_coordinates(depth_L, depth_K) -> None:
    with pytest.raises(
        NotBalanced, match="balance of the encoder–predictor joint to be conserved, but it drifts by"
    ) as refused:
        sj.balanced(layers("shared", depth_L, depth_K))
    assert refused.value.parts["joint"] == "joint"


def test_rates_that_differ_are_refused_even_if_no_law_is_asked(monkeypatch) -> None:
    """The second guard by itself: encoder and predictor must have one reduced rate."""
    monkeypatch.setattr("symjepa.modes.reduction.check_conserved", lambda *_: None)
    with pytest.raises(NotBalanced, match="layers move apart: du/dt is"):
        sj.balanced(layers("shared"))


def test_a_shared_teacher_without_predictor_is_balanced() -> None:
    assert sj.balanced(layers("shared", sj.L, 0)).state == (u,)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth_L", [1, 2, sj.L], ids=str)
def test_shallow_and_odd_depths_reduce(kind, depth_L) -> None:
    for depth_K in [0, 1, 2, sj.K]:
        if kind == "data" and depth_K == 0:
            continue
        modes = layers(kind, depth_L, depth_K)
        assert sj.product_modes(modes).state
        assert (kind == "shared" and depth_K != 0) or sj.balanced(modes).state


def test_a_reduction_is_not_applied_twice() -> None:
    for reduction in (sj.product_modes, sj.balanced):
        with pytest.raises(
            SymjepaError, match=r"a reduction starts from aligned_modes.flow., in layers coordinates; got product"
        ):
            reduction(sj.product_modes(layers()))


def test_parameters_are_set_and_become_hypotheses() -> None:
    noise = sj.balanced(layers()).at({sj.lam: 0})
    assert noise.rates[u] == -sj.sigma2 * u ** (2 * sj.K + 2 * sj.L - 1)
    assert str(noise.assumes[-1]) == "At: lam = 0" and sj.lam not in noise.parameters


def test_what_moves_cannot_be_set() -> None:
    with pytest.raises(SymjepaError, match="only parameters can be set"):
        sj.balanced(layers()).at({u: 1})


def test_parameters_do_not_contain_the_state() -> None:
    assert {x.name for x in sj.balanced(layers()).parameters} == {"K", "L", "lam", "sigma2"}


@pytest.mark.parametrize("rate", [2, 4, 6, sp.Rational(6, 5)], ids=str)
@pytest.mark.parametrize("depth_K", [1, 3, pytest.param(sj.K)], ids=str)
def test_a_predictor_rate_in_numbers_is_balanced_like_the_symbol(depth_K, rate) -> None:
    """√α u on every predictor layer: at K = 3, α = 4 the drive is 8 λ."""
    model = lambda speed: model_with("live", sj.L, depth_K, alpha=speed)
    numeric = sj.balanced(sj.aligned_modes(sj.gradient_flow(model(rate)))).rates[u]
    symbolic = sj.balanced(sj.aligned_modes(sj.gradient_flow(model(sj.alpha)))).rates[u]
    assert sp.simplify((numeric - symbolic.subs(sj.alpha, rate)).subs({sj.K: 3})) == 0


def test_mode_flows_print_line_by_line() -> None:
    assert str(sj.balanced(layers(depth_K=0))) == "du/dt = lam*u**(2*L - 1) - sigma2*u**(2*L - 1)"
    assert str(layers("ema-layers", sj.L, 0)).splitlines()[-1] == "db[l]/dt = -tau*b[l] + tau*w[l]   (1 ≤ l ≤ L)"
    assert layers(depth_K=0)._repr_latex_().startswith(r"$\begin{aligned}\dot{")


def test_a_rate_that_depends_on_its_layer_is_no_rate_of_all() -> None:
    moving = sj.gradient_flow(symbolic_model("live")).rates[0]
    _same_for_every_layer(moving, w)
    with pytest.raises(NotBalanced, match="depends on the layer"):
        _same_for_every_layer(moving, l * w)


def test_equal_flows_are_one_key_and_tell_their_rates() -> None:
    first, second = sj.balanced(layers()), sj.balanced(layers())
    assert len({first, second}) == 1
    assert repr(first).startswith("<ModeFlow in balanced coordinates: du/dt = ")
