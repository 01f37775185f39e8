"""What the chapter on teachers says, met in numbers along independent integrations of the derived flows."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
import sympy as sp
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from symjepa.book.teacher.slow_teacher import reduced
from symjepa.book.teacher.teacher_rates import fast, slow

from symjepa.exact.balls import ball
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor, Teacher
from symjepa.statements.descriptions import Modes, modes
from symjepa.symbols import K, L, b, lam, layer_amplitude, s, sigma2, tau, u, v, w
from symjepa.verify.corroborate.enclose import enclose
from symjepa.verify.corroborate.rates import certified_rates

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
def test_the_error_of_the_slow_teachers_equation_is_enclosed_and_of_order_tau(teacher: Teacher) -> None:
    """At τ = 10⁻¹ … 10⁻⁴ and one slow time τt = 1, the student is late by a factor that falls like τ: in balls."""
    depth, predictors, start = 2, 1, sp.Rational(4, 9)
    power = sp.Integer(predictors) if isinstance(teacher, EMA) else sp.Rational(predictors, depth)
    rest = {b: start ** (predictors + depth)} if isinstance(teacher, EMA) else {s: sp.Rational(8, 27)}
    fading = sp.exp(sp.Rational(-predictors, depth + predictors))
    own = ball((1 - fading + start**power * fading) ** (1 / power), {}, 128)
    flow, late = flow_of(teacher, depth, predictors).flow, []
    for n in range(1, 5):
        found = enclose(flow, {lam: 1, sigma2: 1, tau: sp.Rational(1, 10**n)}, {u: start, **rest}, 10**n, 12)
        assert found.complete
        late.append((1 - found.value[u] / own) * 10**n)
    assert all(bool(x > 0) and bool(x < 4) for x in late)
    assert bool(abs(late[3] / late[2] - 1) < arb("0.01"))


def test_the_reduced_equation_is_the_teachers_rate_at_the_students_rest() -> None:
    ema, rho = flow_of(EMA(tau), 3, 2), lam / sigma2
    numbers = {lam: sp.Integer(2), sigma2: sp.Integer(3), tau: sp.Rational(1, 7), u: sp.Rational(4, 5)}
    teacher = ema.rates[b].xreplace({b: u**5 / rho}).xreplace(numbers)
    own = reduced(K, rho).rates[u].xreplace({K: sp.Integer(2), L: sp.Integer(3)})
    assert sp.Rational(teacher) == sp.Rational((5 * u**4 / rho * own).xreplace(numbers))


@settings(max_examples=6, deadline=None)
@given(depth=st.integers(2, 4), predictors=st.integers(1, 2), first=positive, second=positive, rate=positive)
def test_layers_of_two_amplitudes_have_the_rates_of_their_groups(
    depth: int, predictors: int, first: sp.Rational, second: sp.Rational, rate: sp.Rational
) -> None:
    """The variational equation of every layer: -τ for each layer more, whatever the sizes of the groups."""
    sizes = 1, depth - 1
    encoder = [first] * sizes[0] + [second] * sizes[1]
    at = {tau: rate, lam: sp.Integer(2) ** predictors, sigma2: sp.Integer(1)}
    named = {f"w_{i + 1}": x for i, x in enumerate(encoder)} | {f"v_{k + 1}": 2 for k in range(predictors)}
    resting = {sp.Symbol(name, real=True): sp.sympify(x) for name, x in named.items()}
    resting |= {sp.Symbol(f"b_{i + 1}", real=True): x for i, x in enumerate(encoder)}
    flow = flow_of(LayerEMA(tau), depth, predictors, "layers").flow
    scale = 4**predictors * sp.Mul(*(x**2 for x in encoder))
    answer = scale * sum(size / x**2 for size, x in zip(sizes, (first, second), strict=True))
    theirs = scale * sp.Rational(predictors, 4)
    claimed = [0] * (depth + predictors - 1) + [-rate] * (depth - 1)
    claimed += [-slow(answer, theirs, rate), -fast(answer, theirs, rate)]
    own = certified_rates(flow, at, resting)
    assert len(own) == len(claimed)
    numbers = sorted((ball(sp.sympify(one), {}, 256) for one in claimed), key=lambda x: x.mid())
    assert all(abs(value - acb(one)) < arb(10) ** -15 for value, one in zip(own, numbers, strict=True))


signed = st.builds(lambda x, sign: sign * x, positive, st.sampled_from((1, -1)))


@settings(max_examples=10, deadline=None)
@given(st.lists(signed, min_size=1, max_size=4), st.lists(signed, max_size=3), positive, positive, positive)
def test_averages_of_layers_add_a_rate_for_each_layer_more(
    layers: list[sp.Rational], heads: list[sp.Rational], rho: sp.Rational, variance: sp.Rational, rate: sp.Rational
) -> None:
    """`ema-layers-spectrum` at drawn depths and amplitudes of either sign: all eigenvalues, to 20 digits."""
    product = sp.Mul(*layers)
    predictors = [*heads, rho / sp.Mul(*heads)]
    answers = [variance * rho**2 * product**2 * sum(1 / x**2 for x in stack) for stack in (layers, predictors)]
    at = {
        **{layer_amplitude(name, sp.Integer(i + 1)): x for name in "wb" for i, x in enumerate(layers)},
        **{layer_amplitude("v", sp.Integer(i + 1)): x for i, x in enumerate(predictors)},
    }
    flow = flow_of(LayerEMA(tau), len(layers), len(predictors), "layers").flow
    found = certified_rates(flow, {lam: rho * variance, sigma2: variance, tau: rate}, at)
    zeros, lags = len(layers) + len(predictors) - 1, len(layers) - 1
    pair = [ball(-one(*answers, rate), {}, 256) for one in (slow, fast)]
    expected = sorted([arb(0)] * zeros + [ball(-rate, {}, 256)] * lags + pair, key=lambda x: x.mid())
    assert len(found) == len(expected)
    assert all(abs(x - y) < arb(10) ** -20 for x, y in zip(found, expected, strict=True))
