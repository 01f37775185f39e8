"""Scaling weights: every derived equation is homogeneous, and a lost power is noticed."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings

import symjepa as sj
from symjepa.analysis.scaling import homogeneous, weight_of, weights
from symjepa.errors import OutsideFragment

from .models import flows, model, modes

a, p, z = sp.symbols("a p z")


@settings(max_examples=60)
@given(flows(symbolic=True))
def test_every_derived_flow_is_homogeneous(flow) -> None:
    assert homogeneous(flow)


def test_a_lost_power_is_noticed() -> None:
    """An equal value with another unit: λ set to σ² loses one power of y over x."""
    assert not homogeneous(modes("balanced", sj.L, sj.K, sj.Live()).at({sj.lam: sj.sigma2}))


def test_the_latent_target_ties_the_predictor_to_both_views() -> None:
    known = weights(model(sj.L, sj.K, sj.Live(), alpha=sj.alpha))
    assert known[sj.rho] == sj.K * z


def test_the_data_target_ties_the_whole_network_to_both_views() -> None:
    known = weights(model(sj.L, sj.K, None, alpha=sj.alpha))
    assert sp.expand(known[sj.rho] - sj.K * z - sj.L * p) == 0


def test_equal_rates_make_encoder_and_predictor_layers_scale_alike() -> None:
    known = weights(model(sj.L, 2, sj.Live()))
    assert known[sj.v] == 2 * p and known[sj.alpha] == 0


def test_without_a_predictor_both_views_scale_alike() -> None:
    assert weights(model(sj.L, 0, sj.Live()))[sj.rho] == 0


def test_a_numeric_rate_fixes_the_unit_of_time() -> None:
    assert weights(model(2, 1, sj.EMA(sp.Rational(1, 2))))[sj.t] == 0


def test_a_sum_has_no_weight() -> None:
    with pytest.raises(OutsideFragment, match="that of a monomial"):
        weight_of(sj.u + 1, weights(model(1, 1, sj.Live())))
