"""Conserved quantities are found by computation, and are the balance laws where a stop-gradient protects them."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings

import symjepa as sj
from symjepa.analysis import invariants as module
from symjepa.analysis.invariants import invariants, representatives
from symjepa.errors import OutsideFragment
from symjepa.symbols import ENCODER_LAYERS as w
from symjepa.symbols import PREDICTOR_LAYERS as v
from symjepa.symbols import k, l, n

from .models import flows, modes

PROTECTED = [sj.Live(), sj.EMA(sj.tau), sj.LayerEMA(sj.tau), sj.Frozen(), None]


def quantities(flow: sj.ModeFlow) -> set[sp.Expr]:
    return {law.quantity for law in invariants(flow)}


@pytest.mark.parametrize("teacher", PROTECTED)
def test_balance_laws_of_every_depth_are_found_with_the_predictor_rate(teacher) -> None:
    flow = modes("layers", sj.L, sj.K, teacher, alpha=sj.alpha)
    assert quantities(flow) == {w[n] ** 2 - w[l] ** 2, v[k] ** 2 - sj.alpha * w[l] ** 2}


def test_nothing_is_conserved_across_the_joint_of_the_shared_teacher() -> None:
    flow = modes("layers", sj.L, sj.K, sj.Shared(), alpha=sj.alpha)
    assert quantities(flow) == {w[n] ** 2 - w[l] ** 2, v[n] ** 2 - v[k] ** 2}


def test_weight_decay_forgets_balance_at_twice_its_rate() -> None:
    laws = invariants(modes("layers", 2, 1, sj.EMA(sj.tau), alpha=sj.alpha, eta=sj.eta))
    assert {law.rate for law in laws} == {-2 * sj.eta} and len(laws) == 2


def test_product_coordinates_keep_one_law_in_the_roots() -> None:
    flow = modes("product", sj.L, sj.K, sj.Live(), alpha=sj.alpha)
    assert quantities(flow) == {sj.v ** (2 / sj.K) - sj.alpha * sj.w ** (2 / sj.L)}


def test_balanced_coordinates_keep_nothing() -> None:
    assert invariants(modes("balanced", sj.L, sj.K, sj.Live())) == ()


def test_a_stationary_mode_is_conserved_itself() -> None:
    still = modes("balanced", sj.L, 0, sj.Live()).at({sj.lam: sj.sigma2})
    assert sj.u in quantities(still)


def test_deep_networks_answer_with_two_layers_of_each_stack() -> None:
    assert len(invariants(modes("layers", 30, 1, sj.Live()))) == 2


@settings(max_examples=25)
@given(flows())
def test_every_quantity_found_has_its_rate_by_independent_differentiation(flow) -> None:
    for law in invariants(flow):
        drift = sum(law.quantity.diff(x) * rate for x, rate in flow.rates.items())
        assert sp.simplify(sp.expand(drift - law.rate * law.quantity)) == 0


def test_two_generic_layers_move_as_in_a_numeric_network() -> None:
    symbolic = representatives(modes("layers", sj.L, 1, sj.Live()))
    numeric = modes("layers", 3, 1, sj.Live()).rates
    w_1, w_2, w_3 = list(numeric)[:3]
    others = next(x for x in symbolic[w[l]].free_symbols if x.name == "others_w")
    named = symbolic[w[l]].subs({w[l]: w_1, w[n]: w_2, others: w_3}, simultaneous=True)
    assert sp.expand(named - numeric[w_1]) == 0


def test_a_product_over_part_of_a_stack_is_refused() -> None:
    flow = modes("layers", sj.L, 1, sj.Live())
    with pytest.raises(OutsideFragment, match="none of: all, below or above"):
        module._place(sp.Product(w[sj.symbols.j], (sj.symbols.j, 2, sj.L)), flow.families[w[l]])
