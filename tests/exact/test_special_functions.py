"""Gauss's hypergeometric function and the incomplete beta function: balls on the line, refused beyond their cuts."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.errors import OutsideFragment, Undefined
from symjepa.exact.balls import ball

x, z = sp.symbols("x z")
half, third = sp.Rational(1, 2), sp.Rational(1, 3)


def overlap(first: sp.Expr, second: sp.Expr) -> bool:
    a, b = ball(first, {}, 256), ball(second, {}, 256)
    return a.overlaps(b) and max(a.rad(), b.rad()) < 1e-60


def test_the_hypergeometric_function_of_one_one_two_is_a_logarithm():
    assert overlap(sp.hyper([1, 1], [2], -third), 3 * sp.log(sp.Rational(4, 3)))


def test_the_hypergeometric_function_agrees_with_its_integral():
    euler = sp.Integral(1 / (1 + z * half) ** third, (z, 0, 1))
    assert overlap(sp.hyper([third, 1], [2], -half), euler)


def test_the_incomplete_beta_function_agrees_with_its_integral():
    whole = sp.Integral(z * (1 - z) ** third, (z, third, half))
    assert overlap(sp.betainc(2, third + 1, third, half), whole)


def test_the_incomplete_beta_function_starts_from_zero():
    assert overlap(sp.betainc(2, 3, 0, half), sp.Rational(11, 192))


def test_a_hypergeometric_function_may_be_integrated():
    integrand = sp.hyper([1, 1], [2], -z)
    assert overlap(sp.Integral(integrand, (z, 1, 2)), sp.Integral(sp.log(1 + z) / z, (z, 1, 2)))


@pytest.mark.parametrize(
    "expr",
    [
        sp.hyper([1, third], [2], 1),
        sp.hyper([1, third], [2], 2),
        sp.hyper([1, third], [x], half),
        sp.betainc(x, 2, 0, half),
        sp.betainc(2, 2, 0, 1),
        sp.betainc(2, 2, -half, half),
        sp.Integral(sp.hyper([1, third], [2], z), (z, 0, 2)),
    ],
    ids=str,
)
def test_values_beyond_a_cut_or_a_pole_are_refused(expr: sp.Expr):
    with pytest.raises(Undefined):
        ball(expr, {x: -1}, 128)


def test_a_branch_cut_inside_a_complex_ball_is_no_value():
    around = sp.Integral(sp.hyper([1, third], [2], z) * (z - 2), (z, 0, 2))
    with pytest.raises(Undefined):
        ball(around, {}, 128)


@pytest.mark.parametrize("expr", [sp.hyper([1], [2], half), sp.hyper([1, 2, 3], [4, 5], half)], ids=str)
def test_other_series_are_refused(expr: sp.Expr):
    with pytest.raises(OutsideFragment):
        ball(expr, {}, 128)
