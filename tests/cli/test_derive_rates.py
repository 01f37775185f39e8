"""The linear rates that `symjepa derive` prints are those of the variational equation, to 20 digits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import acb, arb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symjepa import symbols
from symjepa.cli import main
from symjepa.exact.balls import ball, precision
from symjepa.flow import gradient_flow
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor, Teacher
from symjepa.modes.reduction import ModeFlow, aligned_modes, balanced, product_modes
from symjepa.symbols import lam, sigma2, tau, w
from symjepa.verify.corroborate.rates import certified_rates

NAMES = {name: value for name, value in vars(symbols).items() if isinstance(value, sp.Symbol)}
TEACHERS: dict[str, Teacher] = {"ema": EMA(tau), "ema-layers": LayerEMA(tau), "live": Live()}
REDUCED = {"balanced": balanced, "product": product_modes}
BITS = 256
Point = Mapping[sp.Symbol, sp.Expr]


def flow_of(teacher: str, depth: int, predictors: int, coordinates: str) -> ModeFlow:
    model = Model(Encoder(depth), Predictor(predictors), LatentPrediction(), TEACHERS[teacher])
    return REDUCED[coordinates](aligned_modes(gradient_flow(model)))


def learned(capsys: pytest.CaptureFixture[str], teacher: str, depth: int, predictors: int, coordinates: str) -> Any:
    """What the command says of the fixed point that it calls stable."""
    options = ["--encoder-depth", str(depth), "--predictor-depth", str(predictors), "--teacher", teacher, "--json"]
    capsys.readouterr()
    assert main(["derive", "--coordinates", coordinates, *options]) == 0
    (flow,) = json.loads(capsys.readouterr().out)["mode_flows"]
    (point,) = [point for point in flow["fixed_points"] if point["type"] == "stable"]
    return point


def read(formula: Mapping[str, str]) -> sp.Expr:
    return sp.sympify(formula["sympy"], locals=NAMES)


def overlapping(own: list[acb], printed: list[sp.Expr], point: Point) -> bool:
    """Every printed rate is the certified one next to it, in increasing order, to 20 digits."""
    numbers = sorted((ball(rate, point, BITS) for rate in printed), key=lambda x: x.mid())
    real = sorted((z.real for z in own), key=lambda x: x.mid())
    near = (bool(abs(a - b) <= arb(10) ** -20 * (1 + abs(b))) for a, b in zip(numbers, real, strict=True))
    return all(near) and all(z.imag.contains(0) for z in own)


def agrees(point: Any, flow: ModeFlow, at: Point) -> bool:
    listed = {sp.sympify(x, locals=NAMES): read(value) for x, value in point["at"].items()}
    with precision(BITS):
        own = certified_rates(flow, at, listed)
        return overlapping(list(own), [read(rate) for rate in point["rates"]], at)


def test_the_rates_of_two_and_three_layers_with_an_average_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    at = {tau: sp.Rational(2, 5), lam: sp.Rational(7, 10), sigma2: sp.Rational(13, 10)}
    point = learned(capsys, "ema", 2, 3, "balanced")
    assert len(point["rates"]) == 2
    assert agrees(point, flow_of("ema", 2, 3, "balanced"), at)


def test_a_rate_that_is_off_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    at = {tau: sp.Rational(2, 5), lam: sp.Rational(7, 10), sigma2: sp.Rational(13, 10)}
    point = learned(capsys, "ema", 2, 3, "balanced")
    off = {**point, "rates": [{"sympy": f"{rate['sympy']} + 1/10**19"} for rate in point["rates"]]}
    assert not agrees(off, flow_of("ema", 2, 3, "balanced"), at)


fractions = st.fractions(Fraction(1, 8), Fraction(8), max_denominator=9).map(
    lambda x: sp.Rational(x.numerator, x.denominator)
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    teacher=st.sampled_from(["ema", "ema-layers", "live"]),
    depth=st.integers(1, 4),
    predictors=st.integers(1, 4),
    numbers=st.tuples(fractions, fractions, fractions),
)
def test_the_rates_of_a_balanced_mode_are_those_of_the_variational_equation(
    capsys: pytest.CaptureFixture[str], teacher: str, depth: int, predictors: int, numbers: tuple[sp.Rational, ...]
) -> None:
    at = dict(zip((lam, sigma2, tau), numbers, strict=True))
    point = learned(capsys, teacher, depth, predictors, "balanced")
    assert agrees(point, flow_of(teacher, depth, predictors, "balanced"), at)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    depth=st.integers(1, 3),
    predictors=st.integers(1, 3),
    numbers=st.tuples(fractions, fractions, fractions, fractions),
)
def test_the_rates_along_the_line_of_survival_are_those_of_the_variational_equation(
    capsys: pytest.CaptureFixture[str], depth: int, predictors: int, numbers: tuple[sp.Rational, ...]
) -> None:
    at = dict(zip((lam, sigma2, tau, w), numbers, strict=True))
    point = learned(capsys, "ema", depth, predictors, "product")
    assert agrees(point, flow_of("ema", depth, predictors, "product"), at)
