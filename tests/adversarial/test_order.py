"""Falsehoods about integrals, chains and crossings: what the order of learning rests on."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.exact.facts import Fact, Range
from symjepa.exact.signs import Signs
from symjepa.statements.claims import AtMost, Chain, Less, Root
from tests.adversarial.verdicts import PROVED, outcome, p, x, x0

s, c = sp.Symbol("s", real=True), sp.Symbol("c", positive=True)


def shown(integrand: sp.Expr, low, high, *facts: Fact, kind: str = "positive") -> bool:
    """Whether the integral is shown to have the sign."""
    return Signs(facts).shows(Fact(sp.Integral(integrand, (s, low, high)), kind))


def test_an_integrand_that_vanishes_at_an_end_has_a_positive_integral() -> None:
    assert shown(s, 0, p, Fact(p, "positive"))


def test_over_an_empty_interval_it_has_not() -> None:
    assert not shown(s, 0, p, Fact(p, "nonnegative"))
    assert shown(s, 0, p, Fact(p, "nonnegative"), kind="nonnegative")


def test_an_integrand_that_vanishes_everywhere_has_not() -> None:
    zero = sp.Mul(sp.Symbol("k"), s)
    assert not shown(zero, 0, p, Fact(p, "positive"), Fact(sp.Symbol("k"), "nonnegative"))


def test_an_integrand_of_two_signs_has_not() -> None:
    assert not shown(s - 1, 0, p, Fact(p, "positive"), kind="nonnegative")
    assert not shown(1 - s, 0, p, Fact(p, "positive"), Fact(1 - p, "nonzero"), kind="nonnegative")


def test_an_integrand_with_a_pole_at_an_end_has_not() -> None:
    assert not shown(1 / s, 0, p, Fact(p, "positive"))


def test_what_is_bound_is_positive_only_above_a_positive_end() -> None:
    assert Signs([Fact(p, "positive")]).shows(Fact(s, "positive", (Range(s, p, 2 * p, False),)))
    assert not Signs([Fact(p, "nonnegative")]).shows(Fact(s, "positive", (Range(s, p, 2 * p, False),)))
    assert not Signs([Fact(p, "positive")]).shows(Fact(s, "positive", (Range(s, -p, p, False),)))


def test_a_fact_about_an_integral_is_still_a_hypothesis() -> None:
    area = sp.Integral(s, (s, 0, p))
    assert Signs((Fact(p, "positive"), Fact(x - area, "positive"))).shows(Fact(2 * x - 2 * area, "positive"))


CUBIC = (x - 1) * (x - 2) * (x - 3)


@pytest.mark.parametrize("slope", [1 + x**2, 3 * x**2 + 12 * x + 11, sp.S.One])
def test_a_root_is_not_unique_by_a_slope_that_is_not_the_derivative(slope: sp.Expr) -> None:
    claim = Root(CUBIC, x, (sp.S.Zero, sp.Integer(4)), True, slope=slope)
    assert outcome(lambda: claim, at={x: 1}) != PROVED


def test_a_falling_root_is_not_shown_by_a_slope_of_the_other_sign() -> None:
    claim = Root(1 - x, x, (sp.S.Zero, sp.Integer(2)), False, slope=sp.S.One)
    assert outcome(lambda: claim, at={x: 1}) != PROVED


def test_a_falling_root_is_shown_by_its_slope() -> None:
    claim = Root(1 - x, x, (sp.S.Zero, sp.Integer(2)), False, slope=-sp.S.One)
    assert outcome(lambda: claim, at={x: 1}) == PROVED


def test_a_chain_of_slope_zero_proves_no_strict_gap() -> None:
    assert outcome(lambda: Less(0, p - p, by=Chain(x, sp.S.Zero)), given=(Less(0, x),), at={x: 1, p: 1}) != PROVED


def test_a_chain_is_not_fed_by_what_holds_at_its_variable_only() -> None:
    """x (x - 3)² - 2 falls between 1 and 3, although it rises from 3 on; at 3 it is -2."""
    dips = x * (x - 3) ** 2 - 2
    claim = AtMost(0, dips, by=Chain(x, sp.S.One))
    assert outcome(lambda: claim, given=(Less(3, x), Less(x, 4)), at={x: sp.Rational(7, 2)}) != PROVED


def test_times_to_different_thresholds_are_not_compared_by_their_speeds() -> None:
    first, second = sp.Integral(1 / s, (s, x0, 2 * c)), sp.Integral(2 / s, (s, x0, c))
    given = (Less(x0, c),)
    assert outcome(lambda: Less(first, second), given=given, at={x0: sp.Rational(9, 10), c: 1}) != PROVED
