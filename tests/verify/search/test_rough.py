"""Rough values agree with enclosures, and only what they show to be positive is passed over."""

from __future__ import annotations

from math import inf, isnan

import pytest
import sympy as sp

from symjepa.exact.balls import ball
from symjepa.statements.claims import AtMost, Less
from symjepa.verify.hypotheses import context_of
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled
from symjepa.verify.search.extremes import relative
from symjepa.verify.search.rough import UNCLEAR, doubtful, rough, steep

a, b, x, y = (sp.Symbol(name, positive=True) for name in ("a", "b", "x", "y"))
r = sp.Symbol("r", real=True)
n, k = (sp.Symbol(name, integer=True, positive=True) for name in ("n", "k"))
AT = {a: sp.Rational(1, 3), b: sp.Integer(2), n: sp.Integer(3), r: sp.Rational(-1, 2)}


@pytest.mark.parametrize(
    "expr",
    [
        sp.Integral(x**-n, (x, a, b)),
        sp.Integral(x**n / (5 - x), (x, r, b)) - a,
        sp.Integral(a, (x, a, b)) / sp.Integral(sp.log(1 + x), (x, a, b)),
        sp.Sum(b**k / k, (k, 1, n)) + sp.Integral(sp.exp(-x), (x, a, b)),
    ],
    ids=str,
)
def test_a_rough_value_is_close_to_the_enclosed_one(expr) -> None:
    value, size, _ = rough(expr)(AT)
    assert abs(value - float(ball(expr, {s: AT[s] for s in expr.free_symbols}).mid())) < 1e-9 * size


def test_what_is_not_defined_has_no_rough_value() -> None:
    assert all(isnan(value) for value in rough(sp.log(r) + 1 / (a - a * n / 3))(AT))


@pytest.mark.parametrize(
    "expr",
    [
        sp.Integral(sp.Integral(x * y, (x, 0, y)), (y, 0, b)),
        sp.Integral(x * y, (x, 0, 1), (y, 0, b)),
        sp.Integral(x, x),
    ],
    ids=str,
)
def test_integrals_in_each_other_are_left_to_enclosures(expr) -> None:
    assert rough(expr) is None
    assert list(doubtful(expr, [AT])) == [AT]


def test_points_at_which_a_sign_is_plain_are_passed_over() -> None:
    gap = sp.Integral(x, (x, a, b)) - 1
    low, high = {a: sp.S.Half, b: sp.S.One}, {a: sp.S.One, b: sp.Integer(9)}
    assert list(doubtful(gap, [low, high])) == [low]


def test_what_is_not_known_is_not_passed_over() -> None:
    gap = sp.Integral(sp.log(x - 2), (x, a, b))
    assert list(doubtful(gap, [{a: sp.S.Half, b: sp.S.One}])) == [{a: sp.S.Half, b: sp.S.One}]


def test_the_height_of_a_sum_with_an_integral_is_measured_in_its_smallest_term() -> None:
    height = relative(sp.Integral(1 / x, (x, a, b)) - b)
    assert abs(height({a: sp.S.One, b: sp.Integer(4)}) - (1.3862943611 - 4) / 1.3862943611) < 1e-9
    assert height({a: sp.S.One, b: sp.S.One}) == inf


def test_a_sum_that_cancels_to_noise_has_no_height() -> None:
    assert steep(1e-20, 1.0, 1e-20) == inf
    assert steep(1e-10, 1.0, 1e-10) == 1.0


def test_an_integral_is_refuted_where_only_extreme_ends_show_it() -> None:
    under = context_of((Less(a, b), Less(b, 1)))
    near = ({a: sp.Rational(1, 3), b: sp.S.Half},)
    found = refute(compiled(AtMost(sp.Integral(x**-2, (x, a, b)), 10**6)), under, near=near)
    assert found is not None and 1 / found.point[a] - 1 / found.point[b] > 10**6


def test_a_true_bound_on_an_integral_is_not_refuted() -> None:
    claim = AtMost(sp.Integral(1 / x, (x, a, b)), (b - a) / a)
    near = ({a: sp.Integer(1), b: sp.Integer(2)},)
    assert refute(compiled(claim), context_of((Less(a, b),)), near=near) is None


def test_of_points_where_the_sign_is_noise_some_are_looked_at() -> None:
    gap = sp.Integral(1, (x, a, b)) - b + a + sp.Rational(1, 10**30)
    at = [{a: sp.Integer(1), b: sp.Integer(number)} for number in range(20, 60)]
    assert len(list(doubtful(gap, at))) == UNCLEAR
