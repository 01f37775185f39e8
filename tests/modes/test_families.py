"""Single layers at symbolic depth: one formula for each stack, and what is no such flow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from symjepa.errors import NotBalanced, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.flow import LayerRate, gradient_flow
from symjepa.model import (
    EMA,
    DataReconstruction,
    Encoder,
    Frozen,
    LatentPrediction,
    LayerEMA,
    Live,
    Model,
    Predictor,
    Shared,
)
from symjepa.modes.families import family_modes
from symjepa.modes.reduction import aligned_modes, product_modes
from symjepa.statements.descriptions import Layers, modes
from symjepa.symbols import K, L, alpha, b, eta, j, k, l, layer_amplitude, tau, v, w

TEACHERS = (Live(), EMA(tau), LayerEMA(tau), Frozen(), Shared())


def learner(encoder: Any, predictor: Any, teacher: Any = None, **parts: Any) -> Model:
    """A learner; without a teacher it reconstructs."""
    if teacher is None:
        return Model(Encoder(encoder), Predictor(predictor), DataReconstruction(), **parts)
    return Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), teacher, **parts)


def single(model: Model, rates: Any, depths: dict[str, int]) -> dict[sp.Expr, sp.Expr]:
    """The rates of families at numeric depths, layer by layer, with the products multiplied out."""
    stacks = {name: [layer_amplitude(name, sp.Integer(i + 1)) for i in range(depth)] for name, depth in depths.items()}
    whole = {x: sp.Mul(*stacks[x.name]) for x in (w, v, b) if x.name in stacks}
    found = {}
    for own, rate in rates.items():
        if own == b:
            found[b] = rate.xreplace(whole)
            continue
        name = str(own.base) if isinstance(own, sp.Indexed) else own.name
        for i, one in enumerate(stacks[name]):
            index = own.indices[0] if isinstance(own, sp.Indexed) else l
            here = {layer_amplitude(other, index): stacks[other][i] for other in stacks if i < len(stacks[other])}
            found[one] = rate.xreplace(here).xreplace(whole)
    return found


@pytest.mark.parametrize("teacher", [*TEACHERS, None], ids=lambda teacher: getattr(teacher, "name", "data"))
@pytest.mark.parametrize(("encoder", "predictor"), [(3, 2), (2, 3), (1, 2), (2, 1), (1, 1)])
def test_one_formula_is_the_rate_of_every_layer(teacher: Any, encoder: int, predictor: int) -> None:
    """Two routes to one flow: by the products of all layers at symbolic depth, and layer by layer."""
    depths = {"w": encoder, "v": predictor, **({"b": encoder} if isinstance(teacher, LayerEMA) else {})}
    parts = {"predictor_rate": alpha, "weight_decay": eta}
    symbolic = learner(L, K, teacher, **parts)
    told = single(symbolic, modes(symbolic, "families").rates, depths)
    exact = modes(learner(encoder, predictor, teacher, **parts), "layers").rates
    assert set(told) == set(exact)
    assert all(sp.expand(told[x] - exact[x]) == 0 for x in exact)


def test_without_a_predictor_the_encoder_is_all() -> None:
    (rate,) = modes(learner(L, 0, Live()), "families").rates.values()
    own = layer_amplitude("w", l)
    exact = modes(learner(2, 0, Live()), "layers").rates
    first, second = exact
    assert sp.expand(rate.xreplace({own: first, w: first * second}) - exact[first]) == 0


def test_a_stack_of_one_layer_is_its_own_product() -> None:
    assert set(modes(learner(1, 1, LayerEMA(tau)), "families").rates) == {w, v, b}
    assert set(modes(learner(1, K, LayerEMA(tau)), "families").rates) == {w, layer_amplitude("v", k), b}


def test_layers_are_not_zero_and_there_is_one_in_a_predictor_of_symbolic_depth() -> None:
    layer, head = layer_amplitude("w", l), layer_amplitude("v", k)
    assert set(modes(learner(L, K, Live()), "families").domain) == {
        *(Fact(layer, "nonzero"), Fact(head, "nonzero"), Fact(K, "positive"))
    }


def test_families_are_made_of_single_layers() -> None:
    with pytest.raises(SymjepaError, match="in layers coordinates"):
        family_modes(product_modes(aligned_modes(gradient_flow(learner(L, K, Live())))))


@pytest.mark.parametrize(
    ("high", "told"),
    [(L, "depends on more than its layer"), (l + 1, "neither an end of its stack nor the layer that moves")],
    ids=str,
)
def test_layers_that_feel_others_one_by_one_are_no_family(high: sp.Expr, told: str) -> None:
    """No model has such a flow: one layer feels those above it alone, or its neighbour."""
    model = learner(L, K, Live())
    stack = Layers(model).letters.encoder
    above = stack.segment(high, l)
    odd = LayerRate(stack.layer(l), above.T @ above @ stack.layer(l), l, L)
    with pytest.raises(NotBalanced, match=told):
        family_modes(aligned_modes(replace(gradient_flow(model), rates=(odd, gradient_flow(model).rates[1]))))


def test_layers_of_another_index_are_refused() -> None:
    model = learner(L, K, LayerEMA(tau))
    named = Layers(model).letters
    encoder, teacher = named.encoder.layer(j), named.teacher_layers.layer(j)
    odd = LayerRate(teacher, tau * encoder + -tau * teacher, j, L)
    rates = tuple(odd if one.letter == named.teacher_layers.layer(l) else one for one in gradient_flow(model).rates)
    with pytest.raises(NotBalanced, match=r"the rate of b\[j\] holds w\[j\] of another index"):
        family_modes(aligned_modes(replace(gradient_flow(model), rates=rates)))
