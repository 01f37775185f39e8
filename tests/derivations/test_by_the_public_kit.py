"""The book's formulas and the literature's, guarded as a user would guard them: with `symjepa.testing`."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from symjepa.book.jepa import jepa_fixed_point as jepa
from symjepa.book.jepa import mae_fixed_point as mae
from symjepa.book.noise import noise_decay as noise

from symjepa.catalogue import entries, load
from symjepa.exact.balls import Ternary, same
from symjepa.flow import gradient_flow
from symjepa.model import EMA, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.modes.reduction import aligned_modes, product_modes
from symjepa.statements.claims import parts
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Instance
from symjepa.symbols import K, L, alpha, b, eta, lam, rho, sigma2, t, tau, v, w
from symjepa.testing import (
    assert_conserved,
    assert_fixed_point,
    assert_gradient,
    assert_noise_vanishes,
    assert_rate,
    assert_same_flow,
    assert_solves,
    cases,
    models,
    points,
)
from symjepa.verify.check import context_of, unfolded
from symjepa.verify.kernel.points import satisfies
from symjepa.verify.kernel.sequences import particular
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Equal

THEOREMS = {entry.label: load(entry) for entry in entries()}
SCALAR = [label for label, one in THEOREMS.items() if not isinstance(one.statement.witness, Instance)]


@pytest.mark.parametrize("label", SCALAR)
@settings(max_examples=4, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_drawn_points_satisfy_the_hypotheses_and_no_equation_of_the_claim_fails_there(label: str, data) -> None:
    statement = THEOREMS[label].statement
    point = data.draw(points(statement))
    plain = unfolded(statement)
    assert satisfies(context_of(plain.hypotheses).facts, point)
    for part in parts(plain.claim):
        for o in compiled(part).obligations:
            known = isinstance(o, Equal) and not o.given and {*o.lhs.free_symbols, *o.rhs.free_symbols} <= set(point)
            for told, _ in particular(o) if known else ():
                assert same(told.lhs, told.rhs, point) is not Ternary.NO


def test_the_learned_solutions_and_their_rates_hold_by_the_kit() -> None:
    learned = [lam > 0, K > 0]
    assert assert_fixed_point(jepa.jepa, rho ** (1 / K), given=learned, require_proof=True).proved
    assert assert_rate(jepa.jepa, rho ** (1 / K), jepa.rate, stable=True, given=learned, require_proof=True).proved
    assert assert_fixed_point(mae.mae, rho ** (1 / (K + L)), given=learned, require_proof=True).proved


def test_a_wrong_fixed_point_is_refused_with_its_point() -> None:
    with pytest.raises(AssertionError, match="at K = "):
        assert_fixed_point(jepa.jepa, rho, given=[lam > 0, K > 0])


def test_noise_decays_by_the_kit() -> None:
    q = 2 * K + 2 * L - 2
    amplitude = (noise.u0 ** (-q) + q * sigma2 * t) ** (-1 / q)
    assert assert_solves(noise.balanced, amplitude, noise.u0, given=[K > 0], require_proof=True).proved
    assert_noise_vanishes(noise.balanced, amplitude, by=(q * sigma2 * t) ** (-1 / q), given=[K > 0])


def test_the_flow_of_tian_app_D4_is_the_derived_one() -> None:
    """One layer each with EMA, as printed: α w (b λ - v w σ²), v (b λ - v w σ²), τ (w - b)."""
    model = Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau), alpha)
    residual = b * lam - v * w * sigma2
    printed = {v: alpha * residual * w, w: v * residual, b: tau * (w - b)}
    assert assert_same_flow(modes(model, "product"), printed, require_proof=True).proved


@given(depth_L=st.integers(1, 4), depth_K=st.integers(1, 3))
@settings(max_examples=8)
def test_the_balance_of_products_is_conserved_at_drawn_depths(depth_L: int, depth_K: int) -> None:
    model = Model(Encoder(depth_L), Predictor(depth_K), LatentPrediction(), Live(), alpha, eta)
    flow = product_modes(aligned_modes(gradient_flow(model)))
    quantity = v ** sp.Rational(2, depth_K) - alpha * w ** sp.Rational(2, depth_L)
    assert assert_conserved(flow, quantity, rate=-2 * eta, require_proof=True).proved


@given(st.data())
@settings(max_examples=6)
def test_a_hand_written_gradient_of_one_layer_each_is_the_derived_one(data) -> None:
    model = data.draw(models(encoder_depth=1, predictor_depth=1, objective="latent", teacher="live"))

    def gradient(weights, Sxx, Syx):
        W, P = weights["W_1"], weights["P_1"]
        residual = P @ W @ Sxx - W @ Syx
        return {"W_1": P.T @ residual, "P_1": residual @ W.T}

    assert_gradient(model, gradient, gives="gradient", case=data.draw(cases(model)), exact=True)
