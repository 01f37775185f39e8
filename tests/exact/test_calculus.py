"""Structural derivatives agree with difference quotients and with SymPy's, and refuse what they do not know."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from symjepa.errors import OutsideFragment
from symjepa.exact.balls import ball
from symjepa.exact.calculus import along, derivative
from symjepa.exact.scalars import equal

x, y, a = sp.symbols("x y a")
K, n = sp.symbols("K n", integer=True)
W = sp.LambertW

CASES = [
    (x**K, K * x ** (K - 1)),
    (x**x, x**x * (sp.log(x) + 1)),
    (sp.exp(x**2), 2 * x * sp.exp(x**2)),
    (sp.Pow(sp.E, x**2, evaluate=False), 2 * x * sp.exp(x**2)),
    (sp.log(x / y), 1 / x),
    (W(x), 1 / (sp.exp(W(x)) * (1 + W(x)))),
    (sp.Sum(x**n / n, (n, 1, K)), sp.Sum(x ** (n - 1), (n, 1, K))),
    (sp.Sum(x, (x, 1, K)) * y, sp.Integer(0)),
    (sp.Integral(1 / y**K, (y, a, x)), x ** (-K)),
    (sp.Integral(1 / y**K, (y, x, a)), -(x ** (-K))),
    (sp.Integral(x * y, (y, 0, x)), x**2 + sp.Integral(y, (y, 0, x))),
    (sp.Integral(x**2, (x, 0, x)), x**2),
    (sp.Integral(sp.Sum(y**n, (n, 1, K)), (y, 0, x)), sp.Sum(x**n, (n, 1, K))),
    (sp.Mul(sp.exp(x), y, sp.log(x)), y * sp.exp(x) * (sp.log(x) + 1 / x)),
]


@pytest.mark.parametrize(("expr", "expected"), CASES, ids=str)
def test_derivatives_are_right(expr, expected):
    assert equal(derivative(expr, x), expected).holds


@pytest.mark.parametrize(
    ("expr", "by"),
    [
        (sp.Sum(n, (n, 1, x)), x),
        (sp.Function("f")(x), x),
        (sp.Abs(x), x),
        (x**K, K),
        (sp.sin(x), x),
        (W(x, -1), x),
        (x**2, x**2),
        (sp.log(x, 3, evaluate=False), x),
        (sp.Integral(x * y, y), x),
        (sp.IndexedBase("w")[1] * x, sp.IndexedBase("w")[1]),
    ],
    ids=str,
)
def test_unknown_derivatives_are_refused(expr, by):
    with pytest.raises(OutsideFragment):
        derivative(expr, by)


def test_along_adds_the_explicit_time():
    t = sp.Symbol("t")
    assert equal(along(t * x * y, {x: y, y: -x}, t), x * y + t * (y**2 - x**2)).holds


LEAVES = st.sampled_from([x, y, sp.Integer(2), sp.Rational(1, 3)])


def grown(inner):
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, st.integers(-2, 3)).map(lambda p: (p[0] ** 2 + 1) ** p[1]),
        st.tuples(inner, inner).map(lambda p: (1 + p[0] ** 2) ** p[1]),
        inner.map(lambda e: sp.log(1 + e**2)),
        inner.map(lambda e: W(1 + e**2)),
        inner.map(lambda e: sp.exp(-(e**2))),
        inner.map(lambda e: sp.Sum(e**n, (n, 0, K))),
    )


@settings(max_examples=60, deadline=None)
@given(st.recursive(LEAVES, grown, max_leaves=4), st.fractions(-2, 2, max_denominator=5).filter(bool))
def test_structural_derivatives_agree_with_sympy(expr, value):
    point = {x: value, y: Fraction(2, 3), K: 2}
    assert ball(derivative(expr, x), point, 200).overlaps(ball(sp.diff(expr, x), point, 200))
