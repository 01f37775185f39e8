"""Branch cuts: real logarithms, roots and Lambert's W; 0⁰; integrals over a pole."""

from __future__ import annotations

import sympy as sp

from symjepa.statements.claims import AtMost, Identity, Less
from symjepa.symbols import K, L, t
from tests.adversarial.verdicts import PROVED, REFUTED, decided, outcome, p, x, y


def test_a_logarithm_does_not_split_over_two_negative_factors() -> None:
    claim = Identity(sp.log(x * y), sp.log(x) + sp.log(y))
    assert outcome(lambda: claim, given=(Less(0, x * y),), at={x: 1, y: 1}) != PROVED


def test_the_logarithm_of_a_square_is_not_twice_the_logarithm() -> None:
    assert outcome(lambda: Identity(sp.log(x**2), 2 * sp.log(x)), at={x: 1}) != PROVED


def test_the_logarithm_of_a_negative_is_not_real() -> None:
    assert outcome(lambda: Identity(sp.log(-p), sp.log(-p)), at={p: 1}) != PROVED


def test_the_logarithm_of_a_difference_needs_its_order() -> None:
    assert outcome(lambda: Identity(sp.exp(sp.log(x - 1), evaluate=False), x - 1), at={x: 2}) != PROVED


def test_the_two_branches_of_a_logarithm_do_not_meet() -> None:
    assert outcome(lambda: Identity(sp.log(1 - x), sp.log(x - 1)), given=(Less(1, x),), at={x: 2}) != PROVED


def test_the_root_of_a_square_is_not_the_base() -> None:
    assert outcome(lambda: Identity(sp.sqrt(x**2 + 2 * x * y + y**2), x + y), at={x: 1, y: 1}) == REFUTED


def test_the_root_of_a_power_is_not_the_base_for_even_powers() -> None:
    assert outcome(lambda: Identity((x**K) ** (1 / K), x), given=(Less(0, K),), at={x: 1, K: 1}) == REFUTED


def test_a_product_of_roots_is_not_the_root_of_a_product_of_negatives() -> None:
    assert (
        outcome(lambda: Identity(sp.sqrt(x) * sp.sqrt(y), sp.sqrt(x * y)), given=(Less(0, x * y),), at={x: 1, y: 1})
        != PROVED
    )


def test_the_cube_root_of_a_negative_is_not_real_here() -> None:
    root = sp.Pow(-8, sp.Rational(1, 3), evaluate=False)
    assert outcome(lambda: Identity(root, -2)) != PROVED


def test_minus_one_to_a_depth_is_not_one() -> None:
    assert outcome(lambda: Identity((-1) ** K, 1), at={K: 2}) != PROVED


def test_zero_to_a_depth_is_one_at_depth_zero() -> None:
    assert outcome(lambda: Identity(sp.S.Zero**K, 0), at={K: 1}) == REFUTED


def test_zero_to_a_positive_depth_is_zero() -> None:
    assert outcome(lambda: Identity(sp.S.Zero**L, 0), at={L: 1}) == PROVED


def test_zero_to_a_negative_power_is_not_defined() -> None:
    assert outcome(lambda: Identity(sp.S.Zero ** (K - 2), 0), given=(Less(0, K),), at={K: 3}) != PROVED


def test_a_power_with_a_real_exponent_needs_a_positive_base() -> None:
    assert outcome(lambda: Identity(x**y * x, x ** (y + 1)), at={x: 1, y: 1}) != PROVED


def test_lambert_does_not_invert_below_minus_one() -> None:
    assert outcome(lambda: Identity(sp.LambertW(x * sp.exp(x)), x), at={x: 1}) == REFUTED


def test_lambert_of_a_positive_argument_solves_its_equation() -> None:
    assert outcome(lambda: Identity(sp.LambertW(p) * sp.exp(sp.LambertW(p)), p), at={p: 1}) == PROVED


def test_the_lower_branch_of_lambert_is_refused() -> None:
    assert outcome(lambda: Identity(sp.LambertW(-p * sp.exp(-p), -1), -p), at={p: 1}) != PROVED


def test_an_integral_over_a_pole_is_not_itself() -> None:
    singular = sp.Integral(1 / t, (t, -1, x))
    assert not decided(Identity(singular, singular))


def test_an_integral_of_a_positive_function_over_a_pole_is_not_positive() -> None:
    assert not decided(Less(0, sp.Integral(t**-2, (t, -1, 1))))


def test_an_integral_with_swapped_ends_changes_its_sign() -> None:
    assert outcome(lambda: AtMost(0, sp.Integral(t**2, (t, x, 0))), at={x: 1}) != PROVED


def test_a_logarithm_to_another_base_is_not_the_natural_one() -> None:
    decadic = sp.log(p, 10, evaluate=False)
    assert outcome(lambda: Identity(decadic, sp.log(p)), at={p: 1}) != PROVED
