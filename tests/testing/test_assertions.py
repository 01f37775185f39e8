"""The assertions accept what is right, and show a counterexample to what is not."""

from __future__ import annotations

import math
from typing import Any

import pytest
import sympy as sp

import symjepa as sj
from symjepa.errors import NeedsDepth, SymjepaError
from symjepa.statements.descriptions import Foreign, modes
from symjepa.symbols import K, L, alpha, b, eta, lam, rho, sigma2, t, u, v, w
from symjepa.testing import (
    assert_conserved,
    assert_fixed_point,
    assert_noise_vanishes,
    assert_rate,
    assert_same_flow,
    assert_solves,
)

u0 = sp.Symbol("u0", positive=True)
q = 2 * K + 2 * L - 2


def jepa(encoder: Any = L, predictor: Any = K, teacher: Any = None, **rates: Any) -> sj.Model:
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), sj.LatentPrediction(), teacher or sj.Live(), **rates)


balanced = modes(jepa(), "balanced")
single = modes(jepa(1, 1), "product")
noise = modes(jepa(), "balanced", {lam: 0})
decay = (u0 ** (-q) + q * sigma2 * t) ** (-1 / q)
deep = [K > 0, lam > 0]


def refused(assertion: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(AssertionError) as raised:
        assertion(*arguments, **options)
    return str(raised.value)


def test_a_right_trajectory_is_proved_for_every_depth() -> None:
    assert assert_solves(noise, decay, u0, given=[K > 0]).proved


def test_a_trajectory_on_another_clock_is_told_the_clock() -> None:
    told = refused(assert_solves, noise, decay.subs(t, 2 * t), given=[K > 0])
    assert "write t/2 for t" in told and "½" in told


def test_a_trajectory_in_the_time_of_the_product_is_told_the_factor_L() -> None:
    told = refused(assert_solves, noise, decay.subs(t, t / L), given=[K > 0])
    assert "time ran L times as fast" in told


def test_a_trajectory_of_one_layer_too_many_is_told_so() -> None:
    told = refused(assert_solves, noise, decay.subs(L, L + 1), given=[K > 0])
    assert "write L - 1 for L" in told


def test_a_trajectory_that_starts_elsewhere_is_refused() -> None:
    assert "start" in refused(assert_solves, noise, decay, 2 * u0, given=[K > 0])


def test_a_counterexample_shows_point_values_and_difference() -> None:
    told = refused(assert_same_flow, single, {w: 2 * lam * w * v, v: lam * w**2 - sigma2 * v * w**2})
    assert "lam = 1, sigma2 = 1, v = 1, w = 1" in told
    assert "your rate     2" in told and "derived rate  0" in told and "difference    2" in told


def test_right_rates_are_proved() -> None:
    assert assert_same_flow(balanced, lam * u ** (K + 2 * L - 1) - sigma2 * u ** (2 * K + 2 * L - 1)).proved


def test_influence_may_be_written_for_covariance_over_variance() -> None:
    assert assert_same_flow(balanced, sigma2 * u ** (K + 2 * L - 1) * (rho - u**K)).proved


def test_covariance_and_influence_exchanged_are_told_apart() -> None:
    told = refused(assert_same_flow, balanced, sigma2 * u ** (K + 2 * L - 1) * (lam - u**K))
    assert "write rho where lam stands" in told


def test_depths_exchanged_are_told_apart() -> None:
    told = refused(assert_same_flow, balanced, lam * u ** (L + 2 * K - 1) - sigma2 * u ** (2 * K + 2 * L - 1))
    assert "K (predictor) and L (encoder) were exchanged" in told


def test_a_numeric_depth_is_named_in_the_clock() -> None:
    flow = modes(jepa(3, 1), "product")
    told = refused(assert_same_flow, flow, {x: rate / 3 for x, rate in flow.rates.items()})
    assert "L times as fast (L = 3" in told


def test_a_symbol_is_meant_by_its_name() -> None:
    stranger = sp.Symbol("u")
    assert assert_same_flow(
        balanced, lam * stranger ** (K + 2 * L - 1) - sigma2 * stranger ** (2 * K + 2 * L - 1)
    ).proved


def test_a_decimal_is_meant_as_written() -> None:
    flow = modes(jepa(1, 1), "balanced", {lam: sp.Rational(1, 10)})
    assert assert_same_flow(flow, 0.1 * u**2 - sigma2 * u**3).proved


def test_a_scipy_right_hand_side_of_plain_arithmetic_is_proved() -> None:
    rhs = lambda t, y, lam, sigma2: [y[1] * y[0] * (lam - sigma2 * y[1]), y[0] ** 2 * (lam - sigma2 * y[1])]
    assert assert_same_flow(single, rhs).proved


def test_a_function_that_only_knows_numbers_is_compared_and_not_called_proved() -> None:
    outcome = assert_same_flow(
        balanced, lambda u, lam, sigma2, K, L: math.pow(u, K + 2 * L - 1) * (lam - sigma2 * u**K)
    )
    assert not outcome.proved and "NOT proved" in str(outcome)


def test_a_wrong_function_of_numbers_is_refused() -> None:
    told = refused(
        assert_same_flow, balanced, lambda u, lam, sigma2, K, L: math.pow(u, K + 2 * L) * (lam - sigma2 * u**K)
    )
    assert "difference" in told


def test_a_function_that_looks_at_its_symbols_is_not_believed() -> None:
    def rate(u: Any, lam: Any, sigma2: Any) -> Any:
        return lam * u**2 - sigma2 * u**3 if isinstance(u, sp.Symbol) else 0.0

    assert "derived rate" in refused(assert_same_flow, modes(jepa(1, 1), "balanced"), rate)


def test_a_numeric_trajectory_is_integrated_against() -> None:
    flow = modes(jepa(1, 1), "balanced", {lam: 0})
    right = lambda t, u0, sigma2: u0 / math.sqrt(1 + 2 * sigma2 * u0**2 * t)
    assert not assert_solves(flow, right, {u: u0}).proved
    assert "integrated" in refused(assert_solves, flow, lambda t, u0, sigma2: u0 / math.sqrt(1 + sigma2 * t), {u: u0})


def test_a_proof_can_be_required() -> None:
    flow = modes(jepa(1, 1), "balanced")
    rate = lambda u, lam, sigma2: math.pow(u, 2) * (lam - sigma2 * u)
    assert "a proof is required" in refused(assert_same_flow, flow, rate, require_proof=True)


def test_the_imbalance_is_conserved() -> None:
    assert assert_conserved(modes(jepa(1, 1, predictor_rate=alpha), "product"), v**2 / alpha - w**2).proved


def test_alpha_in_the_wrong_place_is_told_so() -> None:
    told = refused(assert_conserved, modes(jepa(1, 1, predictor_rate=alpha), "product"), alpha * v**2 - w**2)
    assert "α stood in the denominator" in told


def test_weight_decay_halves_nothing() -> None:
    flow = modes(jepa(1, 1, weight_decay=eta), "product")
    assert assert_conserved(flow, v**2 - w**2, -2 * eta).proved
    assert "multiply by 2" in refused(assert_conserved, flow, v**2 - w**2, -eta)


def test_the_learned_solution_is_a_fixed_point() -> None:
    assert assert_fixed_point(balanced, rho ** (1 / K), given=deep).proved


def test_the_amplitude_of_the_encoder_is_not_that_of_a_layer() -> None:
    assert "L-th root" in refused(assert_fixed_point, balanced, rho ** (L / K), given=deep)


def test_a_fixed_point_off_the_domain_is_refused() -> None:
    assert "needed by the domain  > 0" in refused(assert_fixed_point, balanced, rho ** (1 / K), given=[K > 0])


def test_the_rate_of_the_learned_solution_is_proved() -> None:
    rate = -K * sigma2 * rho ** ((2 * K + 2 * L - 2) / K)
    assert assert_rate(balanced, rho ** (1 / K), rate, stable=True, given=deep).proved


def test_a_rate_without_its_factor_is_told_the_factor() -> None:
    told = refused(assert_rate, balanced, rho ** (1 / K), -sigma2 * rho ** ((2 * K + 2 * L - 2) / K), given=deep)
    assert "multiply by K" in told


def test_rates_on_a_line_of_fixed_points_are_decided_together() -> None:
    rates = (sp.S.Zero, -sigma2 * w**2)
    assert assert_rate(single, {v: rho}, rates, stable=True, family=(w,), given=[w > 0])


def test_noise_vanishes_with_its_envelope() -> None:
    assert assert_noise_vanishes(balanced, decay, (q * sigma2 * t) ** (-1 / q), given=[K > 0]).proved


def test_an_envelope_that_is_too_small_is_refused() -> None:
    told = refused(assert_noise_vanishes, balanced, decay, (q * sigma2 * t) ** (-1 / q) / 2, given=[K > 0])
    assert "by - |of|" in told


def test_an_envelope_that_stays_is_refused() -> None:
    refused(assert_noise_vanishes, balanced, decay, u0, given=[K > 0])


def test_an_equation_of_ones_own_is_checked_as_it_is() -> None:
    logistic = Foreign(((b, b * (1 - b)),))
    assert assert_solves(logistic, sp.exp(t) / (1 + sp.exp(t))).proved


def test_a_layer_of_a_symbolic_stack_asks_for_a_number() -> None:
    with pytest.raises(NeedsDepth, match="numeric depths"):
        assert_same_flow(modes(jepa(), "layers"), {})


def test_an_unknown_argument_is_named() -> None:
    with pytest.raises(SymjepaError, match="nothing here is called 'gamma'"):
        assert_same_flow(balanced, lambda u, gamma: gamma * u)


def test_a_formula_for_something_else_is_named() -> None:
    with pytest.raises(SymjepaError, match="b is no part of the state"):
        assert_same_flow(single, {b: w})


def test_a_missing_formula_is_named() -> None:
    with pytest.raises(SymjepaError, match="none came for v"):
        assert_same_flow(single, {w: w})


def test_an_envelope_seen_at_two_times_only_is_not_called_proved() -> None:
    flow = Foreign(((b, -b),))
    outcome = assert_noise_vanishes(flow, sp.exp(-t), sp.exp(-t) + sp.Rational(1, 10**6))
    assert not outcome.proved and "two times only" in str(outcome)
