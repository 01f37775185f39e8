"""Exact critical times against rigorous integrals of the flow derived afresh at numeric depths, to 40 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from symjepa.book.times import (
    critical_time,
    jepa_critical_time_expansion,
    jepa_critical_time_logarithm,
    jepa_critical_time_orders,
    jepa_time_integral,
    mae_critical_time_expansion,
)

from symjepa.exact.balls import ball, sign_at
from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.descriptions import Modes, modes
from symjepa.symbols import K, L, lam, rho, sigma2
from symjepa.verify.corroborate.agreement import shared_digits
from symjepa.verify.corroborate.hitting import hitting_integral
from symjepa.verify.corroborate.integrate import BITS

c, u0, u1, q = critical_time.c, critical_time.u0, critical_time.u1, critical_time.q
k, m, J = jepa_critical_time_logarithm.k, jepa_critical_time_logarithm.m, jepa_critical_time_orders.J
Point = dict[sp.Symbol, Any]
depths = st.integers(1, 4)
fractions = st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=30)
sizes = st.fractions(Fraction(1, 4), Fraction(4), max_denominator=12)
twenty = settings(max_examples=20, deadline=None)


def latent(encoder: int, predictor: int) -> Modes:
    """A JEPA with so many layers, its covariance free."""
    return modes(Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), Live()), "balanced")


def data(encoder: int, predictor: int) -> Modes:
    """A reconstruction with so many layers."""
    return modes(Model(Encoder(encoder), Predictor(predictor), DataReconstruction()), "balanced")


@st.composite
def points(draw: Any) -> Point:
    """c, σ² and two layer amplitudes below c."""
    low, high = sorted((draw(fractions), draw(fractions)))
    final, variance = draw(sizes), draw(sizes)
    numbers = {c: final, sigma2: variance, u0: low * final, u1: high * final, q: high}
    return {symbol: sp.Rational(x.numerator, x.denominator) for symbol, x in numbers.items()}


def agrees(claimed: sp.Expr, flow: Modes, drive: sp.Expr, at: Point, start: sp.Expr = u0, stop: sp.Expr = u1) -> bool:
    """Two balls, by two ways, that meet and share 40 digits."""
    at = {**at, lam: drive.xreplace(at)}
    exact, direct = ball(claimed, at, BITS), hitting_integral(flow, start.xreplace(at), stop.xreplace(at), at)
    return bool(exact.overlaps(direct)) and (exact.is_zero() or shared_digits(exact, direct) >= 40)


@twenty
@given(depths, depths, points())
def test_the_time_of_a_jepa_is_its_integral(encoder: int, predictor: int, at: Point) -> None:
    at = {**at, K: sp.Integer(predictor), L: sp.Integer(encoder)}
    flow, drive = latent(encoder, predictor), sigma2 * c**predictor
    assert agrees(critical_time.jepa_integral(u0, u1), flow, drive, at)
    assert agrees(critical_time.jepa_integral(u0, q * c), flow, drive, at, stop=q * c)


@twenty
@given(depths, depths, points())
def test_the_time_of_reconstruction_is_its_integral(encoder: int, predictor: int, at: Point) -> None:
    at = {**at, K: sp.Integer(predictor), L: sp.Integer(encoder)}
    flow, drive = data(encoder, predictor), sigma2 * c ** (encoder + predictor)
    assert agrees(critical_time.mae_integral(u0, u1), flow, drive, at)
    if encoder + predictor > 2:
        assert agrees(mae_critical_time_expansion.time(u0, u1), flow, drive, at)


@twenty
@given(depths, points())
def test_with_one_predictor_layer_the_time_is_the_sum(encoder: int, at: Point) -> None:
    at = {**at, L: sp.Integer(encoder)}
    assert agrees(critical_time.jepa_sum(u0, u1), latent(encoder, 1), sigma2 * c, at)


@twenty
@given(points())
def test_with_one_layer_each_reconstruction_takes_a_logarithm(at: Point) -> None:
    assert agrees(critical_time.mae_logarithm(u0, u1), data(1, 1), sigma2 * c**2, at)


@twenty
@given(depths, depths, points())
def test_the_powers_and_what_they_leave_are_the_time(encoder: int, predictor: int, at: Point) -> None:
    terms = -(-(predictor + 2 * encoder - 2) // predictor)
    at = {**at, K: sp.Integer(predictor), L: sp.Integer(encoder), J: sp.Integer(terms)}
    assert agrees(jepa_critical_time_orders.time(u0, u1), latent(encoder, predictor), sigma2 * c**predictor, at)


@twenty
@given(st.integers(1, 3), st.integers(0, 2), points())
def test_where_there_is_a_logarithm_the_time_is_a_finite_sum(predictor: int, multiple: int, at: Point) -> None:
    at = {**at, K: sp.Integer(predictor), k: sp.Integer(predictor), m: sp.Integer(multiple)}
    time = jepa_critical_time_logarithm.time
    encoder = 1 + predictor * multiple
    assert agrees(time(u0, u1, K, 2 * m + 1), latent(encoder, predictor), sigma2 * c**predictor, at)
    assert agrees(time(u0, u1, 2 * k, m + 1), latent(encoder, 2 * predictor), sigma2 * c ** (2 * predictor), at)


@twenty
@given(depths, depths, points())
def test_a_start_above_the_learned_amplitude_sinks_in_its_time(encoder: int, predictor: int, at: Point) -> None:
    final = at[c]
    at = {**at, u0: final**2 / at[u0], u1: final**2 / at[u1], K: sp.Integer(predictor), L: sp.Integer(encoder)}
    sinking = jepa_time_integral.from_above(u0, u1)
    assert agrees(sinking, latent(encoder, predictor), sigma2 * c**predictor, at)


@twenty
@given(depths, st.integers(2, 200), points())
def test_the_expansion_is_within_its_remainder_of_the_rigorous_integral(encoder: int, small: int, at: Point) -> None:
    """The remainder bound holds for the time of the flow itself, not only for its closed form."""
    start = at[c] * at[q] / small
    at = {**at, u0: start, L: sp.Integer(encoder), lam: at[sigma2] * at[c], rho: at[c]}
    at = {**at, jepa_critical_time_expansion.theta: sp.Rational(1, 2) + start / at[c] / 2}
    at = {**at, critical_time.eps: start**encoder}
    direct = hitting_integral(latent(encoder, 1), start, at[q] * at[c], at)
    gap = abs(direct - ball(jepa_critical_time_expansion.relative, at, BITS))
    assert gap < ball(jepa_critical_time_expansion.remainder, at, BITS)


@pytest.mark.parametrize("stop", [1, 2])
def test_a_fraction_of_all_or_more_is_never_reached(stop: int) -> None:
    at = {c: sp.Integer(1), sigma2: sp.Integer(1), lam: sp.Integer(1), u0: sp.Rational(1, 2)}
    with pytest.raises(Exception, match=r"needed|finite"):
        hitting_integral(latent(2, 1), at[u0], sp.Integer(stop), at)


@twenty
@given(depths, st.integers(2, 10**6))
def test_the_printed_term_with_n_equal_to_one_is_not_the_leading_one(encoder: int, small: int) -> None:
    """The time exceeds the last term of the sum, which outgrows the first for two encoder layers and more."""
    at = {c: sp.Integer(1), sigma2: sp.Integer(1), lam: sp.Integer(1), rho: sp.Integer(1), L: sp.Integer(encoder)}
    at = {**at, u0: sp.Rational(1, 4 * small), u1: sp.Rational(1, 2)}
    first = jepa_critical_time_expansion.first
    exceeds = sign_at(critical_time.jepa_sum(u0, u1) - 2 * first, at)
    assert exceeds == 1 if encoder > 1 else exceeds == -1
