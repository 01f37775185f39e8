"""Flows as printed in the literature, compared after the stated conversion, for every depth where the print has one."""

from __future__ import annotations

import pytest
import sympy as sp

import symjepa as sj
from symjepa.symbols import L, alpha, b, eta, lam, s, sigma2, tau, u, v, w
from tests.reference.denotation import amplitude
from tests.strategies import model_with


def same(first: sp.Expr, second: sp.Expr) -> bool:
    return sp.simplify(sp.expand(first - second)) == 0


def balanced_speed(kind: str, depth_K: sp.Expr = sp.S.One) -> sp.Expr:
    return sj.balanced(sj.aligned_modes(sj.gradient_flow(model_with(kind, L, depth_K)))).rates[u]


def as_encoder_amplitude(speed: sp.Expr) -> sp.Expr:
    """w = u^L moves by L u^(L-1) u̇; written in u."""
    return L * u ** (L - 1) * speed


# Littwin et al. 2024, Eqs. 7 and 8: time runs L times as fast as ours, and 1/ρ λ is σ².

JEPA_PRINTED = lam * w ** (3 - 1 / L) - lam / sj.rho * w**3
MAE_PRINTED = lam * w ** (2 - 1 / L) - lam / sj.rho * w**3


@pytest.mark.parametrize(("kind", "printed"), [("live", JEPA_PRINTED), ("data", MAE_PRINTED)])
def test_the_flows_of_littwin_come_out_for_every_depth(kind, printed) -> None:
    printed_in_u = printed.subs(sj.rho, lam / sigma2).subs(w, u**L)
    assert same(as_encoder_amplitude(balanced_speed(kind)), L * printed_in_u)


@pytest.mark.parametrize(("kind", "printed"), [("live", JEPA_PRINTED), ("data", MAE_PRINTED)])
def test_the_factor_of_time_is_needed_for_every_depth_but_one(kind, printed) -> None:
    printed_in_u = printed.subs(sj.rho, lam / sigma2).subs(w, u**L)
    excess = as_encoder_amplitude(balanced_speed(kind)) - printed_in_u
    assert not same(excess, sp.S.Zero)
    assert same(excess.subs(L, 1), sp.S.Zero)


@pytest.mark.parametrize(("kind", "printed"), [("live", JEPA_PRINTED), ("data", MAE_PRINTED)])
def test_the_product_coordinates_agree_with_littwin_where_the_predictor_is_balanced(kind, printed) -> None:
    product = sj.product_modes(sj.aligned_modes(sj.gradient_flow(model_with(kind, L, 1)))).rates[w]
    positive = sp.Symbol("positive", positive=True)
    on_balance = product.subs(v, w ** (1 / L)).subs(w, positive)
    assert same(on_balance, L * printed.subs(sj.rho, lam / sigma2).subs(w, positive))


# Tian et al. 2021, with s_j = w², p_j = v, their τ(t) = b/w, 1+σ² for our σ², λ = 1, their β for our τ.

p_j, s_j, ratio, beta = sp.symbols("p_j s_j ratio beta", positive=True)
one_plus = sp.Symbol("one_plus_sigma2", positive=True)


def tian() -> dict[sp.Expr, sp.Expr]:
    """Our rates of (w, v, b) for K = L = 1 with α, η and a moving average, in his variables."""
    flow = sj.gradient_flow(model_with("ema", 1, 1, tau, alpha, eta))
    modes = sj.product_modes(sj.aligned_modes(flow))
    assert modes.state == (w, v, b)
    named = {lam: sp.S.One, sigma2: one_plus, w: sp.sqrt(s_j), v: p_j, b: ratio * sp.sqrt(s_j), tau: beta}
    return {x: rate.subs(named, simultaneous=True) for x, rate in modes.rates.items()}


def test_equation_11_of_tian_is_the_predictor() -> None:
    assert same(tian()[v], alpha * s_j * (ratio - one_plus * p_j) - eta * p_j)


def test_equation_12_of_tian_is_the_square_of_the_encoder() -> None:
    assert same(2 * sp.sqrt(s_j) * tian()[w], 2 * p_j * s_j * (ratio - one_plus * p_j) - 2 * eta * s_j)


def test_equation_13_of_tian_is_the_ratio_of_teacher_and_student() -> None:
    """s_j τ̇ = β (1 - τ) s_j - τ ṡ_j / 2."""
    w_dot, b_dot = tian()[w], tian()[b]
    ratio_dot = b_dot / sp.sqrt(s_j) - ratio * w_dot / sp.sqrt(s_j)
    assert same(s_j * ratio_dot, beta * (1 - ratio) * s_j - ratio * (2 * sp.sqrt(s_j) * w_dot) / 2)


def test_appendix_d4_of_tian_is_the_smallest_learner_with_a_moving_average() -> None:
    w_p, w_a, w_1 = amplitude("v", 1), b, amplitude("w", 1)
    rates = sj.aligned_modes(sj.gradient_flow(model_with("ema", 1, 1, tau, alpha))).rates
    assert same(rates[w_p], alpha * (w_a * lam - w_p * w_1 * sigma2) * w_1)
    assert same(rates[w_1], w_p * (w_a * lam - w_p * w_1 * sigma2))
    assert same(rates[w_a], tau * (w_1 - w_a))


# Saxe et al. 2014: N = K + L layers, white input, s the singular value; the whole product a = u^N.


def test_the_flow_of_saxe_comes_out_for_every_depth() -> None:
    N = sj.K + L
    speed = balanced_speed("data", sj.K).subs({sigma2: 1, lam: s})
    printed = N * u ** (N * (2 - 2 / N)) * (s - u**N)
    assert same(N * u ** (N - 1) * speed, sp.expand(printed))
