"""Values are certified, or refused."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symjepa.errors import OutsideFragment, TooLarge, Undefined, UnknownTruth
from symjepa.exact.balls import Ternary, ball, exactly, less, same, sign_at
from symjepa.exact.decimals import ball_to_exact, digits, exact_to_ball

x, y, n = sp.symbols("x y n")
W = sp.LambertW
KNOWN = [
    (sp.sqrt(2), "1.41421356237309504880"),
    (sp.E, "2.71828182845904523536"),
    (sp.log(2), "0.69314718055994530941"),
    (W(1), "0.56714329040978387299"),
    (sp.Integral(1 / x, (x, 1, 2)), "0.69314718055994530941"),
    (sp.Integral(sp.sqrt(x), (x, 1, 4)), "4.66666666666666666666"),
    (sp.Sum(1 / n**2, (n, 1, 3)), "1.36111111111111111111"),
    (-sp.Integral(sp.log(x), (x, 2, 1)), "0.38629436111989061883"),
    (sp.Pow(sp.E, x, evaluate=False).subs(x, 2), "7.38905609893065022723"),
]
UNDEFINED = [
    sp.log(x),
    sp.sqrt(x),
    x ** (x / 2),
    W(x),
    sp.Integral(sp.sqrt(y), (y, -1, 1)),
    sp.Integral(1 / y, (y, x, 1)),
    sp.Integral(sp.Pow(sp.sqrt(y), 2, evaluate=False), (y, -2, -1)),
    sp.Sum(n, (n, 1, -1)),
    sp.Sum(n, (n, 1, sp.Rational(1, 2))),
    sp.Integral(sp.log(y) * sp.log(y - 1), (y, -2, -1)),
    sp.Integral(sp.sqrt(y - 3) * sp.sqrt(y - 2), (y, 0, 1)),
    1 / (x + 1),
    sp.Pow(-1, sp.Rational(1, 3), evaluate=False),
    sp.Mul(0, sp.log(x), evaluate=False),
]


@pytest.mark.parametrize(("expr", "expected"), KNOWN, ids=str)
def test_known_digits(expr, expected):
    assert digits(ball(expr, {}, 128)).startswith(expected)


@pytest.mark.parametrize("expr", UNDEFINED, ids=str)
def test_undefined_values_are_refused(expr):
    with pytest.raises(Undefined):
        sign_at(expr, {x: -1}, max_bits=256)


@pytest.mark.parametrize(
    "expr", [sp.I, sp.Float(0.5), sp.oo, sp.nan, W(x, -1), sp.Abs(x), y, sp.Function("f")(x)], ids=str
)
def test_other_nodes_are_refused(expr):
    with pytest.raises(OutsideFragment):
        ball(expr, {x: 1})


def test_floats_are_refused_as_values():
    with pytest.raises(OutsideFragment):
        ball(x, {x: 0.5})


def test_exact_cancellation_has_sign_zero():
    assert sign_at((x**2 - 1) - (x - 1) * (x + 1), {x: Fraction(7, 3)}) == 0


def test_inexact_cancellation_stays_undecided():
    assert sign_at(sp.log(x * y) - sp.log(x) - sp.log(y), {x: 2, y: 3}, max_bits=256) is None


def test_precision_is_raised_until_the_sign_is_certain_and_then_restored():
    before = flint.ctx.prec
    assert sign_at(sp.exp(x) - 1, {x: sp.Rational(1, 10**300)}) == 1
    assert flint.ctx.prec == before


def test_powers_of_zero():
    assert exactly(sp.Pow(x, n), {x: 0, n: 0}) == 1
    assert exactly(sp.Pow(x, n), {x: 0, n: 3}) == 0
    with pytest.raises(Undefined):
        exactly(sp.Pow(x, n), {x: 0, n: -1})


def test_negative_bases_need_exactly_integer_exponents():
    assert sign_at(x**n, {x: -2, n: 3}) == -1
    with pytest.raises(Undefined):
        sign_at(x**n, {x: -2, n: Fraction(1, 3)}, max_bits=128)


def test_huge_exponents_stay_small():
    assert sign_at(x**n - 1, {x: 2, n: 10**9}) == 1
    assert exactly(x**n, {x: 2, n: 10**9}) is None
    assert sign_at(x**n, {x: -1, n: 10**30 + 1}) == -1


def test_huge_sums_are_refused():
    with pytest.raises(TooLarge):
        ball(sp.Sum(n, (n, 1, 10**12)), {})


def test_comparisons_need_both_sides_defined():
    with pytest.raises(Undefined):
        less(sp.log(x), sp.log(x) + 1, {x: -1}, max_bits=128)


def test_comparisons_are_three_valued():
    assert less(x, y, {x: 1, y: 2}) is Ternary.YES
    assert less(x, y, {x: 2, y: 2}) is Ternary.NO
    assert same(x, y, {x: 2, y: 2}) is Ternary.YES
    assert same(sp.exp(x), sp.Integer(1), {x: 1}) is Ternary.NO
    assert less(sp.log(x**2), 2 * sp.log(x), {x: 3}, max_bits=128) is Ternary.UNKNOWN
    with pytest.raises(UnknownTruth):
        bool(Ternary.UNKNOWN)


def test_values_over_a_box_enclose_values_at_its_points():
    box = arb("0.5").union(arb("1.5"))
    assert ball(sp.exp(x) * x**3, {x: box}).contains(ball(sp.exp(x) * x**3, {x: Fraction(3, 4)}))


@given(st.fractions(), st.integers(2, 200))
def test_balls_survive_the_journey_through_integers(value, bits):
    q = ball(sp.Rational(value.numerator, value.denominator), {}, bits)
    exact = ball_to_exact(q)["exact"]
    assert ball_to_exact(exact_to_ball(exact))["exact"] == exact
    m, e, rm, re = exact
    assert abs(m * Fraction(2) ** e - value) <= rm * Fraction(2) ** re


@given(st.fractions(), st.integers(4, 200))
def test_printed_digits_are_digits_of_the_number(value, bits):
    text = digits(ball(sp.Rational(value.numerator, value.denominator), {}, bits))
    if "?" not in text:
        shown = Fraction(text.removesuffix("..."))
        places = len(text.removesuffix("...").partition(".")[2])
        assert 0 <= (abs(value) - abs(shown)) * 10**places < 1


def test_an_unevaluated_power_of_e_is_an_exponential():
    assert ball(sp.Pow(sp.E, x, evaluate=False), {x: 0}).contains(1)


@pytest.mark.parametrize("bits", [30, 53, 64])
def test_an_integral_near_a_branch_cut_encloses_its_value(bits):
    value = ball(sp.Integral(sp.sqrt(x), (x, 1, 4)), {}, bits)
    assert value.overlaps(ball(sp.Rational(14, 3), {}, 200))


@pytest.mark.parametrize(
    "expr",
    [
        sp.Integral(x, y),
        sp.Integral(x * y, (x, 0, 1), (y, 0, 1)),
        sp.Integral(sp.betainc(2, 2, 0, x), (x, sp.Rational(1, 4), sp.Rational(1, 2))),
        sp.log(x, 3, evaluate=False),
    ],
    ids=str,
)
def test_what_has_no_rule_is_refused_and_not_guessed(expr):
    with pytest.raises(OutsideFragment):
        ball(expr, {x: 2})


@pytest.mark.parametrize("start", [sp.Integer(1), -sp.Rational(1, 4)], ids=str)
def test_an_integral_of_lambert_w_is_that_of_its_primitive(start):
    """To the left of zero too, where complex balls may not be used."""
    primitive = lambda z: z * W(z) - z + sp.exp(W(z))
    assert ball(sp.Integral(W(x), (x, start, 2)), {}).overlaps(ball(primitive(2) - primitive(start), {}, 128))


def test_an_exponent_known_to_a_ball_only_needs_a_positive_base():
    near_two = arb(2, 1e-20)
    assert ball(x**n, {x: 3, n: near_two}).overlaps(arb(9))
    with pytest.raises(Undefined):
        ball(x**n, {x: -3, n: near_two})


def test_a_ball_without_end_is_neither_stored_nor_printed():
    with pytest.raises(Undefined):
        ball_to_exact(arb("inf"))
    with pytest.raises(TooLarge):
        digits(arb(2) ** 10**6)


def test_a_ball_that_meets_an_integer_shows_no_digit():
    assert digits(arb(2, 1e-9)) == digits(arb(0, 1e-9)) == "?"


def test_a_pole_is_none_the_less_a_pole_beside_a_logarithm() -> None:
    """Arithmetic is not tried where it cannot give the value; the ball finds the pole."""
    beside = sp.log(x) + 1 / (x - 1)
    assert exactly(beside, {x: 1}) is None
    with pytest.raises(Undefined):
        sign_at(beside, {x: 1})
    assert sign_at(beside, {x: 2}) == 1


def test_a_tree_has_another_value_at_another_point() -> None:
    tree = x**2 / (y - 1) + sp.Sum(n * y, (n, 1, 3))
    assert [exactly(tree, {x: a, y: b}) for a, b in ((1, 2), (2, 2), (1, 3))] == [13, 16, flint.fmpq(37, 2)]
    with pytest.raises(Undefined):
        exactly(tree, {x: 1, y: 1})
