"""Irrational numbers among the terms: balls settle them together, and thresholds k^(-1/x) are real numbers."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from symjepa.exact.balls import sign_at
from symjepa.exact.facts import Fact
from symjepa.exact.signs import Signs

u, v, x = sp.symbols("u v x")
K = sp.Symbol("K")
third, fourth = sp.Rational(1, 3), sp.Rational(1, 4)


def pos(e):
    return Fact(e, "positive")


def nonneg(e):
    return Fact(e, "nonnegative")


BELOW = Signs((pos(u), nonneg(2**-third - u)))
"""0 < u ≤ 2^(-1/3)."""

SHOWN = [
    pos(1 - u),
    pos(u**3 - u**7),
    pos(sp.Rational(6, 5) * u**6 - u**7),
    pos(sp.Rational(5, 6) * u**6 - u**7),
    pos(1 / u**4 - 2),
    pos(sp.Rational(5, 2) * u**-4 - 2**third),
    pos(2 * u ** (-third) - 2),
]
NOT_SHOWN = [
    pos(sp.Rational(3, 4) - u),
    pos(u**6 - sp.Rational(4, 3) * u**7),
    pos(u**3 - 3 * u**7),
    pos(u - third),
    pos(u**7 - u**3),
    pos(2 * u**7 - u**3),
    pos(2 - u ** (-third) * 2),
    pos(3 * u**7 + u**3 * x),
]


@pytest.mark.parametrize("fact", SHOWN)
def test_a_power_is_compared_with_an_irrational_threshold(fact) -> None:
    assert BELOW.shows(fact)


@pytest.mark.parametrize("fact", NOT_SHOWN)
def test_nothing_is_shown_on_the_wrong_side_of_a_threshold(fact) -> None:
    assert not BELOW.shows(fact)


def test_a_threshold_that_is_reached_is_not_passed() -> None:
    touching = Signs((pos(u), nonneg(2**-third - u)))
    assert touching.shows(nonneg(1 - 2 * u**3))
    assert not touching.shows(pos(1 - 2 * u**3))


def test_a_scaled_power_of_a_base_that_may_be_negative_has_no_sign() -> None:
    free = Signs((nonneg(2**-third - u),))
    assert not free.shows(pos(3 * u**2 - 4 * u**6))


def test_scaled_powers_of_two_bases_or_of_symbolic_exponents_have_no_sign_by_this_rule() -> None:
    both = Signs((pos(u), pos(v), pos(1 - u), pos(1 - v), Fact(K, "integer"), pos(K)))
    assert not both.shows(pos(3 - 4 * u * v))
    assert not both.shows(pos(3 - 4 * u**K))


def test_numbers_of_a_sum_are_not_settled_beside_a_rest_that_has_no_value() -> None:
    assert not BELOW.shows(pos(1 - 2**-third + sp.log(u - 5) ** 2))


def test_numbers_that_balls_cannot_tell_from_zero_settle_nothing() -> None:
    same = sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6) + sp.log(6) - sp.log(2) - sp.log(3)
    assert not BELOW.shows(pos(same + u - u**2 * 2))


@settings(max_examples=100, deadline=None)
@given(
    st.fractions("1/8", 8, max_denominator=8),
    st.fractions("1/8", 8, max_denominator=8),
    st.fractions(-3, 3, max_denominator=3).filter(bool),
    st.fractions("1/8", 2, max_denominator=8),
    st.integers(1, 9),
)
def test_whatever_is_shown_of_a_scaled_power_holds_at_every_point(a, b, power, end, part) -> None:
    """c u^m - d u^n with 0 < u ≤ e^(1/3): a sign shown is the certified sign at u = part/9 of the end."""
    a, b, power, end = (sp.Rational(f.numerator, f.denominator) for f in (a, b, power, end))
    bound = end**third
    signs = Signs((pos(u), nonneg(bound - u)))
    expr = a * u**2 - b * u ** (2 + power)
    for sign, shown in ((1, signs.positive(expr)), (-1, signs.positive(-expr))):
        assert not shown or sign_at(expr.subs(u, bound * part / 9), {}) == sign
