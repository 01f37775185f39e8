"""Roots are certified: none is missed, none is invented, multiplicities count."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact.balls import precision
from symjepa.exact.roots import polynomial, real_roots, roots_between

x, c = sp.symbols("x c")
rationals = st.fractions(min_value=-5, max_value=5, max_denominator=9).map(
    lambda f: sp.Rational(f.numerator, f.denominator)
)


@given(st.lists(rationals, min_size=1, max_size=5))
def test_a_product_of_linear_factors_has_exactly_its_roots(zeros):
    found = real_roots(sp.Mul(*(x - zero for zero in zeros), evaluate=False), x)
    assert [root.multiplicity for root in found] == [zeros.count(zero) for zero in sorted(set(zeros))]
    with precision(256):
        exact = [arb(int(zero.p)) / int(zero.q) for zero in sorted(set(zeros))]
        assert all(root.value.overlaps(zero) for root, zero in zip(found, exact, strict=True))


@given(rationals.filter(lambda r: r > 0))
def test_a_sum_of_squares_has_no_real_root(size):
    assert real_roots(x**2 + size, x) == ()


def test_a_fixed_point_to_sixty_digits():
    (root,) = (root for root in real_roots(x**3 * (c - x**2), x, {c: sp.Integer(2)}) if root.value > 0)
    with precision(256):
        assert abs(root.value**2 - 2) < arb(10) ** -60


def test_two_roots_that_nearly_meet_are_told_apart():
    gap = sp.Rational(1, 10**40)
    assert len(real_roots((x - 1) * (x - 1 - gap), x)) == 2


def test_a_root_at_an_end_is_not_between():
    third = sp.Rational(1, 3)
    (root,) = roots_between((x - third) * (x - 2), x, (third, sp.Integer(3)))
    assert root.value == 2


def test_what_is_no_polynomial_is_refused():
    for expr in (sp.sqrt(x), 1 / x, sp.log(x), x**c):
        with pytest.raises(OutsideFragment):
            polynomial(expr, x, {c: sp.Rational(1, 2)})


def test_the_zero_polynomial_is_refused():
    with pytest.raises(Undefined):
        real_roots(c * x, x, {c: sp.Integer(0)})


def test_an_absurd_degree_is_refused():
    with pytest.raises(TooLarge):
        real_roots(x**100_000 - 1, x)


def test_an_irrational_coefficient_is_refused():
    with pytest.raises(OutsideFragment):
        polynomial(sp.sqrt(2) * x, x, {})


def test_an_end_that_nearly_is_a_root_is_told_from_it():
    below = sp.Rational(141421356237309504880, 10**20)
    assert len(roots_between(x**2 - 2, x, (sp.Integer(0), below), bits=16)) == 0
    assert len(roots_between(x**2 - 2, x, (sp.Integer(0), below + sp.Rational(1, 10**20)), bits=16)) == 1
