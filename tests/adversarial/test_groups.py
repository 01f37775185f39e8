"""Groups of layers: sizes that do not add up, groups without layers, and values that leave none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from symjepa.errors import InvalidModel, NotBalanced, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.flow import LayerRate, gradient_flow
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.modes.groups import grouped_modes
from symjepa.modes.reduction import aligned_modes, product_modes
from symjepa.statements.claims import Conserved, Identity
from symjepa.statements.descriptions import Layers, Modes, groups, modes
from symjepa.statements.statement import Let, Statement
from symjepa.symbols import K, L, b, l, layer_amplitude, tau
from symjepa.verify.unfolding import unfolded

M, J = (sp.Symbol(name, integer=True, positive=True) for name in "MJ")
model = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())
w1, w2, v1 = layer_amplitude("w", sp.S.One), layer_amplitude("w", sp.Integer(2)), layer_amplitude("v", sp.S.One)


def test_single_layers_are_groups_of_one() -> None:
    """Two routes to one flow: layer by layer, and by groups."""
    two = Model(Encoder(2), Predictor(1), LatentPrediction(), LayerEMA(tau))
    single = modes(two, "layers").rates
    grouped = groups(two, (1, 1), (1,)).rates
    assert set(single) == set(grouped)
    assert all(sp.expand(single[x] - grouped[x]) == 0 for x in single)


def test_layers_of_a_group_move_as_single_layers_that_start_alike() -> None:
    """Three layers with the amplitudes x, x, y: the flow of the groups (2, 1)."""
    three = Model(Encoder(3), Predictor(1), LatentPrediction(), EMA(tau))
    alike = {layer_amplitude("w", sp.Integer(2)): w1, layer_amplitude("w", sp.Integer(3)): w2}
    single = {x: rate.xreplace(alike) for x, rate in modes(three, "layers").rates.items()}
    grouped = groups(three, (2, 1), (1,)).rates
    assert sp.expand(single[w1] - grouped[w1]) == 0 == sp.expand(single[w2] - grouped[w1])
    assert sp.expand(single[layer_amplitude("w", sp.Integer(3))] - grouped[w2]) == 0
    assert sp.expand(single[b] - grouped[b]) == 0


@pytest.mark.parametrize(
    ("encoder", "predictor"),
    [((M, M), (K,)), ((M, L - M), (K - 1,)), ((L, 0), (K,)), ((L + 1, -1), (K,)), ((L / 2, L / 2), (K,)), ((), (K,))],
    ids=str,
)
def test_sizes_are_whole_from_one_and_add_up(encoder: tuple[Any, ...], predictor: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidModel):
        _ = groups(model, encoder, predictor).rates


def test_a_group_that_might_be_empty_is_demanded_not_to_be() -> None:
    assert {Fact(L - M, "positive"), Fact(M, "positive")} <= set(groups(model, (M, L - M), (K,)).domain)


@pytest.mark.parametrize("values", [{M: 5, L: 3}, {M: 3, L: 3}], ids=str)
def test_values_that_leave_a_group_without_layers_are_refused(values: dict[sp.Symbol, int]) -> None:
    """w_1^5 w_2^-2 is no product of three layers."""
    with pytest.raises(InvalidModel, match="the domain of the flow is empty"):
        _ = groups(model, (M, L - M), (K,), values).rates
    assert groups(model, (M, L - M), (K,), {M: 2, L: 3}).rates[w2].has(w1**4)


def test_sizes_belong_to_groups_alone() -> None:
    for strange in (lambda: Modes(model, "balanced", (), ((L,), (K,))), lambda: Modes(model, "groups")):
        with pytest.raises(SymjepaError, match="sizes of the groups"):
            strange()


def test_groups_are_made_of_single_layers() -> None:
    with pytest.raises(SymjepaError, match="in layers coordinates"):
        grouped_modes(product_modes(aligned_modes(gradient_flow(model))), (L,), (K,))


@pytest.mark.parametrize(
    ("high", "told"),
    [(L, "depends on which layer of its group it is"), (l + 1, "neither an end of its stack nor the layer that moves")],
    ids=str,
)
def test_layers_of_a_group_that_do_not_move_alike_are_none(high: sp.Expr, told: str) -> None:
    """No model has such a flow: one layer feels those above it alone, or its neighbour."""
    stack = Layers(model).letters.encoder
    above = stack.segment(high, l)
    own = LayerRate(stack.layer(l), above.T @ above @ stack.layer(l), l, L)
    odd = replace(gradient_flow(model), rates=(own, gradient_flow(model).rates[1]))
    with pytest.raises(NotBalanced, match=told):
        grouped_modes(aligned_modes(odd), (M, L - M), (K,))


def test_an_abbreviation_stands_in_the_sizes_too() -> None:
    claim = Conserved(groups(model, (M, L - M), (K,)), w1)
    statement = Statement("attack", claim & Identity(M, J), (), {}, (), let=(Let(M, J),))
    plain = unfolded(statement).claim.claims[0]  # type: ignore[attr-defined]
    assert plain.flow.sizes == ((J, L - J), (K,))
