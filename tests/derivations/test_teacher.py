"""What the chapter on teachers says, met in numbers along independent integrations of the derived flows."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import exp

import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from symjepa.book.teacher.slow_teacher import reduced
from symjepa.book.teacher.teacher_rates import fast, slow

from symjepa.exact.balls import ball
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor, Teacher
from symjepa.statements.descriptions import Modes, modes
from symjepa.symbols import K, L, b, lam, s, sigma2, tau, u, v, w

Numbers = Mapping[sp.Symbol, sp.Rational]
positive = st.fractions(Fraction(1, 4), Fraction(2), max_denominator=8).map(
    lambda x: sp.Rational(x.numerator, x.denominator)
)
depths = st.integers(1, 3)


def flow_of(teacher: Teacher, depth: int, predictors: int, coordinates: str = "balanced") -> Modes:
    return modes(Model(Encoder(depth), Predictor(predictors), LatentPrediction(), teacher), coordinates)


def after(
    flow: Modes, at: Numbers, start: Mapping[sp.Symbol, float], time: float, step: float = 0.01
) -> dict[sp.Symbol, float]:
    """The state at a time, by the classical Runge-Kutta method in floats, on the derived right-hand sides."""
    state = tuple(flow.rates)
    rate = sp.lambdify(state, [expr.xreplace(dict(at)) for expr in flow.rates.values()], "math")
    x, steps = [float(start[y]) for y in state], max(1, round(float(time) / step))
    h = float(time) / steps
    for _ in range(steps):
        k1 = rate(*x)
        k2 = rate(*(a + h / 2 * k for a, k in zip(x, k1, strict=True)))
        k3 = rate(*(a + h / 2 * k for a, k in zip(x, k2, strict=True)))
        k4 = rate(*(a + h * k for a, k in zip(x, k3, strict=True)))
        x = [a + h / 6 * (p + 2 * q + 2 * r + t) for a, p, q, r, t in zip(x, k1, k2, k3, k4, strict=True)]
    return dict(zip(state, x, strict=True))


def students(at: Numbers, depth: int, predictors: int, start: sp.Rational, time: float) -> list[float]:
    """The student under a live teacher, an average of the product, and averages of the layers."""
    teachers: tuple[tuple[Teacher, dict[sp.Symbol, sp.Rational]], ...] = (
        (Live(), {}),
        (EMA(tau), {b: start**depth}),
        (LayerEMA(tau), {s: start}),
    )
    return [after(flow_of(teacher, depth, predictors), at, {u: start, **more}, time)[u] for teacher, more in teachers]


@settings(max_examples=6, deadline=None)
@given(numbers=st.tuples(positive, positive, positive), depth=st.integers(2, 3), predictors=depths, start=positive)
def test_live_and_averages_are_ordered_below_and_above(
    numbers: tuple[sp.Rational, ...], depth: int, predictors: int, start: sp.Rational
) -> None:
    at = dict(zip((lam, sigma2, tau), numbers, strict=True))
    below = start**predictors < at[lam] / at[sigma2]
    live, product, layers = students(at, depth, predictors, start, 0.2)
    small = 1e-9
    if below:
        assert live + small > product and product + small > layers
    else:
        assert live - small < layers and layers - small < product


@settings(max_examples=4, deadline=None)
@given(numbers=st.tuples(positive, positive, positive), start=st.tuples(positive, positive, positive))
def test_the_imbalance_selects_the_amplitude_that_is_reached(
    numbers: tuple[sp.Rational, ...], start: tuple[sp.Rational, ...]
) -> None:
    at = dict(zip((lam, sigma2, tau), numbers, strict=True))
    encoder, more, teacher = start
    predictor = encoder + more
    delta, rho = predictor**2 - encoder**2, at[lam] / at[sigma2]
    if not delta < rho**2 * sp.Rational(3, 4):
        return
    end = after(flow_of(EMA(tau), 1, 1, "product"), at, {w: encoder, v: predictor, b: teacher}, 400)
    assert abs(end[w] ** 2 - float(rho**2 - delta)) < 1e-5


@settings(max_examples=20, deadline=None)
@given(numbers=st.tuples(positive, positive, positive))
def test_the_two_rates_are_the_roots_of_their_equation(numbers: tuple[sp.Rational, ...]) -> None:
    encoder, predictor, rate = numbers
    for decay in (slow, fast):
        x = -decay(encoder, predictor, rate)
        value = ball(x**2 + (rate + encoder + predictor) * x + rate * predictor, {}, 256)
        assert abs(value) < arb(10) ** -60


@pytest.mark.parametrize("teacher", [EMA(tau), LayerEMA(tau)], ids=["product", "layers"])
def test_the_error_of_the_slow_teachers_equation_is_of_order_tau(teacher: Teacher) -> None:
    """At τ = 10⁻¹ … 10⁻⁴, and the same slow time, the student is late by a factor that falls like τ."""
    depth, predictors, start = 2, 1, 0.5
    power = predictors if isinstance(teacher, EMA) else predictors / depth
    rest = (
        {b: start ** (depth + predictors)} if isinstance(teacher, EMA) else {s: start ** ((depth + predictors) / depth)}
    )
    late = []
    for n in range(1, 5):
        at = {lam: sp.Integer(1), sigma2: sp.Integer(1), tau: sp.Rational(1, 10**n)}
        true = after(flow_of(teacher, depth, predictors), at, {u: start, **rest}, 10**n, 0.1)[u]
        fading = exp(-predictors / (depth + predictors))
        late.append((1 - true / (1 - fading + start**power * fading) ** (1 / power)) * 10**n)
    assert all(0 < x < 20 for x in late)
    assert abs(late[3] / late[2] - 1) < 0.02


def test_the_reduced_equation_is_the_teachers_rate_at_the_students_rest() -> None:
    ema, rho = flow_of(EMA(tau), 3, 2), lam / sigma2
    numbers = {lam: sp.Integer(2), sigma2: sp.Integer(3), tau: sp.Rational(1, 7), u: sp.Rational(4, 5)}
    teacher = ema.rates[b].xreplace({b: u**5 / rho}).xreplace(numbers)
    own = reduced(K, rho).rates[u].xreplace({K: sp.Integer(2), L: sp.Integer(3)})
    assert sp.Rational(teacher) == sp.Rational((5 * u**4 / rho * own).xreplace(numbers))
