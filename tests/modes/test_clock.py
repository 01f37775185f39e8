"""One clock for layers out of balance: what it is, and whom it does not move."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.errors import InvalidModel, NotBalanced, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.sequences import INDEX
from symjepa.flow import gradient_flow
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
from symjepa.modes.clock import clocked_modes
from symjepa.modes.reduction import aligned_modes, product_modes
from symjepa.statements.descriptions import Modes, clock, modes
from symjepa.symbols import K, L, alpha, b, chi, eta, j, k, l, lam, layer_amplitude, sequence, sigma2, t, tau, w

x, y = sequence("x", nonnegative=True), sequence("y", positive=True)
d = sp.Symbol("d", positive=True)
live = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())


def numbered(objective, teacher, rate):
    return Model(Encoder(3), Predictor(2), objective, teacher, predictor_rate=rate)


@pytest.mark.parametrize(
    "model",
    [
        numbered(LatentPrediction(), Live(), sp.S.One),
        numbered(LatentPrediction(), Live(), alpha),
        numbered(LatentPrediction(), Frozen(), alpha),
        numbered(DataReconstruction(), None, alpha),
    ],
    ids=str,
)
def test_the_clock_is_the_square_of_every_layer_of_the_flow_of_layers(model):
    """Two routes: the reduction at a generic layer, and the layers one by one at exact squares."""
    offsets = {"w": (0, 5, 12), "v": (3, 8)}
    encoder = (sp.Integer(0), sp.Integer(5) + 7 * (INDEX - 2))
    predictor = (sp.Integer(3) + 5 * (INDEX - 1),)
    speed = Modes(model, "clock", (), (encoder, predictor)).rates[chi]
    point = {chi: sp.Integer(4), lam: sp.Rational(7, 3), sigma2: sp.Rational(1, 2), alpha: sp.Rational(9, 4), b: 5}
    rate = {"w": sp.S.One, "v": model.predictor_rate}
    squares = {
        layer_amplitude(name, sp.Integer(i + 1)): rate[name] * (chi + offset)
        for name, net in offsets.items()
        for i, offset in enumerate(net)
    }
    layers = modes(model, "layers").rates
    assert set(layers) == set(squares)
    at = {layer: sp.sqrt(square.subs(point)) for layer, square in squares.items()}
    for layer, moved in layers.items():
        own = 2 * at[layer] * moved.subs(at).subs(point) / rate[layer.name[0]].subs(point)
        assert sp.simplify(speed.doit().subs(point) - own) == 0


def test_a_stack_of_one_layer_is_its_only_layer():
    single = Model(Encoder(1), Predictor(1), LatentPrediction(), Live())
    rate = clock(single, (0,), (d,)).rates[chi].doit()
    expected = 2 * chi * sp.sqrt(chi + d) * (lam - sigma2 * sp.sqrt(chi + d))
    assert sp.expand(rate - expected) == 0


def test_depths_stay_symbols_and_the_squares_of_layers_that_stand_apart_are_positive():
    flow = clock(live, (0, x), (d, y))
    assert {K, L} <= flow.rates[chi].free_symbols
    assert {Fact(chi, "positive"), Fact(chi + d, "positive"), Fact(K, "positive")} == set(flow.domain)


def test_without_a_predictor_the_encoder_has_a_clock_of_its_own():
    alone = Model(Encoder(L), Predictor(0), LatentPrediction(), Live())
    assert not clock(alone, (0, x), (y,)).rates[chi].has(y(k))


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (Model(Encoder(L), Predictor(K), LatentPrediction(), Shared()), "squares move apart"),
        (Model(Encoder(L), Predictor(K), LatentPrediction(), EMA(tau)), "encoder and predictor alone; got b"),
        (Model(Encoder(L), Predictor(K), LatentPrediction(), LayerEMA(tau)), "encoder and predictor alone; got b"),
        (Model(Encoder(L), Predictor(K), LatentPrediction(), Live(), weight_decay=eta), "depends on its layer"),
        (Model(Encoder(1), Predictor(1), LatentPrediction(), Live(), weight_decay=eta), "squares move apart"),
    ],
    ids=str,
)
def test_layers_that_do_not_keep_their_differences_have_no_clock(model, told):
    with pytest.raises(NotBalanced, match=told):
        _ = clock(model, (0, x), (y,)).rates


@pytest.mark.parametrize(
    "offsets",
    [(), (x, x), (0, x, x), (l,), (k,), (j,), (t,), (chi,), (w,), (lam,), (K,), (layer_amplitude("w", sp.S.One),)]
    + [(layer_amplitude("v", l),), (x(l),), (0, x(INDEX + l)), (x(INDEX), x)],
    ids=str,
)
def test_offsets_are_constants_in_letters_of_their_own(offsets):
    """What is bound in the flow, moves along it, or is set by its values, would be captured."""
    for nets in ((offsets, (y,)), ((0, x), offsets)):
        with pytest.raises(InvalidModel, match="offsets are"):
            _ = clock(live, *nets).rates


def test_a_value_that_holds_a_bound_index_is_refused():
    with pytest.raises(InvalidModel, match="without the index of a sum or product"):
        _ = clock(live, (0, x), (d, y), {d: k}).rates


def test_a_value_may_bind_the_same_index():
    value = sigma2 * sp.exp(sp.Sum(sp.log(d + y(k)), (k, 1, K)) / 2)
    assert clock(live, (0, x), (y,), {lam: value}).rates[chi].has(d)


def test_a_clock_is_made_of_single_layers():
    with pytest.raises(SymjepaError, match="in layers coordinates"):
        clocked_modes(product_modes(aligned_modes(gradient_flow(live))), (sp.S.Zero,), (sp.S.Zero,))


def test_offsets_belong_to_a_clock():
    for strange in (lambda: Modes(live, "balanced", (), ((x(INDEX),), (d,))), lambda: Modes(live, "clock")):
        with pytest.raises(SymjepaError, match="offsets to clock"):
            strange()
