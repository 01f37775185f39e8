"""Depth zero and one, equality at thresholds, signs that almost hold, numbers that are not exact or not small."""

from __future__ import annotations

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Identity, Iff, Less, Monotone, Unequal, Within
from symjepa.symbols import K, L, n, rho
from tests.adversarial.verdicts import PROVED, REFUTED, outcome, p, x, y


def test_a_predictor_may_have_no_layer() -> None:
    assert outcome(lambda: Less(0, K), at={K: 1}) == REFUTED


def test_an_encoder_may_have_one_layer() -> None:
    assert outcome(lambda: Less(1, L), at={L: 2}) == REFUTED


def test_both_depths_together_may_be_one() -> None:
    assert outcome(lambda: Less(1, K + L), at={K: 1, L: 1}) == REFUTED


def test_a_depth_is_whole() -> None:
    assert outcome(lambda: AtMost(1, K), given=(Less(0, K),), at={K: 1}) == PROVED


def test_rounding_a_bound_on_a_depth_stops_at_the_next_integer() -> None:
    assert outcome(lambda: AtMost(2, K), given=(Less(1, 2 * K),), at={K: 2}) == REFUTED


def test_a_real_is_not_rounded() -> None:
    assert outcome(lambda: AtMost(1, x), given=(Less(0, x),), at={x: 1}) == REFUTED


def test_a_square_may_vanish() -> None:
    assert outcome(lambda: Less(0, (x - 1) ** 2), at={x: 2}) == REFUTED


def test_a_positive_sum_does_not_make_a_positive_product() -> None:
    assert outcome(lambda: Less(0, x * y), given=(Less(0, x + y),), at={x: 1, y: 1}) == REFUTED


def test_a_bound_is_not_strict_at_its_threshold() -> None:
    assert outcome(lambda: Less(0, x - 1), given=(AtMost(1, x),), at={x: 2}) == REFUTED


def test_powers_of_a_number_above_one_do_not_grow_at_depth_zero() -> None:
    assert outcome(lambda: Less(1, (1 + p) ** K), at={p: 1, K: 1}) == REFUTED


def test_powers_of_a_number_above_one_grow_from_depth_one() -> None:
    assert outcome(lambda: Less(1, (1 + p) ** L), at={p: 1, L: 1}) == PROVED


def test_powers_order_only_above_one() -> None:
    assert outcome(lambda: AtMost(rho**L, rho ** (L + 1)), given=(Less(0, rho),), at={rho: 1, L: 1}) == REFUTED


def test_one_is_not_above_its_own_power() -> None:
    assert (
        outcome(
            lambda: Less(rho ** (L + 1), rho**L),
            given=(Less(0, rho), AtMost(rho, 1)),
            at={rho: sp.Rational(1, 2), L: 1},
        )
        == REFUTED
    )


def test_strict_powers_need_strict_bases() -> None:
    claim = Less(x**L, y**L, by=Monotone(x, y, L))
    assert outcome(lambda: claim, given=(Less(0, x), AtMost(x, y)), at={x: 1, y: 2, L: 1}) == REFUTED


def test_monotone_powers_need_a_positive_base() -> None:
    claim = AtMost(x**2, y**2, by=Monotone(x, y, sp.Integer(2)))
    assert outcome(lambda: claim, given=(AtMost(x, y),), at={x: 1, y: 2}) == REFUTED


def test_monotone_powers_fall_for_a_negative_exponent() -> None:
    claim = AtMost(x ** (-L), y ** (-L), by=Monotone(x, y, -L))
    assert outcome(lambda: claim, given=(Less(0, x), AtMost(x, y)), at={x: 1, y: 2, L: 1}) == REFUTED


def test_a_certificate_that_is_not_equal_shows_nothing() -> None:
    assert outcome(lambda: Less(0, x, by=x**2 + 1), at={x: 1}) == REFUTED


def test_a_certificate_of_squares_is_not_strict() -> None:
    assert outcome(lambda: Less(0, x**2 - 2 * x + 1, by=(x - 1) ** 2), at={x: 2}) == REFUTED


def test_a_chain_needs_its_start() -> None:
    claim = Less(0, x - 2, by=Chain(x, sp.Integer(1)))
    assert outcome(lambda: claim, given=(Less(1, x),), at={x: 3}) == REFUTED


def test_a_chain_needs_the_variable_beyond_its_start() -> None:
    assert outcome(lambda: Less(0, x - 1, by=Chain(x, sp.S.One)), at={x: 2}) == REFUTED


def test_a_chain_does_not_cross_a_pole() -> None:
    claim = Less(0, -1 / (x - 1), by=Chain(x, sp.S.Zero))
    assert outcome(lambda: claim, given=(Less(0, x), Unequal(x, 1)), at={x: sp.Rational(1, 2)}) == REFUTED


def test_a_chain_is_not_fed_by_hypotheses_on_its_own_variable() -> None:
    claim = Less(0, x * (3 - x) + 1 - sp.Rational(13, 4) + 1, by=Chain(x, sp.S.One))
    assert outcome(lambda: claim, given=(Less(1, x), Unequal(x, 2), Less(2, x)), at={x: sp.Rational(9, 4)}) != PROVED


def test_an_equivalence_needs_a_positive_factor() -> None:
    assert outcome(lambda: Iff(Less(0, x), Less(0, -x), sp.Integer(-1)), at={x: 1}) == REFUTED


def test_an_equivalence_by_a_factor_of_unknown_sign_is_open() -> None:
    assert outcome(lambda: Iff(Less(0, x * y), Less(0, y), x), at={x: 1, y: 1}) == REFUTED


def test_an_equivalence_by_a_factor_that_may_vanish_is_open() -> None:
    assert outcome(lambda: Iff(Less(0, x**2 * y), Less(0, y), x**2), at={x: 1, y: 1}) == REFUTED


def test_a_negative_bound_bounds_nothing() -> None:
    assert outcome(lambda: Within(x, x, -1), at={x: 1}) == REFUTED


def test_a_bound_that_only_holds_from_above_is_no_bound() -> None:
    assert outcome(lambda: Within(-x, 0, 1), given=(Less(0, x),), at={x: sp.Rational(1, 2)}) == REFUTED


def test_a_ball_that_touches_zero_decides_nothing() -> None:
    nothing = sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6) + sp.exp(-1000)
    assert outcome(lambda: AtMost(nothing, 0)) != PROVED


def test_roots_that_nest_to_zero_have_no_strict_sign() -> None:
    nested = sp.sqrt(5 + 2 * sp.sqrt(6)) - sp.sqrt(2) - sp.sqrt(3)
    assert outcome(lambda: Less(0, nested)) != PROVED
    assert outcome(lambda: Unequal(0, nested)) != PROVED


def test_a_float_is_not_a_number() -> None:
    assert outcome(lambda: Identity(sp.Float("0.1") + sp.Float("0.2"), sp.Rational(3, 10))) != PROVED


def test_infinity_is_not_a_number() -> None:
    assert outcome(lambda: Less(x, sp.oo), at={x: 1}) != PROVED
    assert outcome(lambda: Identity(sp.zoo, sp.zoo)) != PROVED
    assert outcome(lambda: Identity(sp.nan, sp.nan)) != PROVED


def test_the_imaginary_unit_is_not_a_number() -> None:
    assert outcome(lambda: Identity(sp.I * x, x * sp.I), at={x: 1}) != PROVED


def test_a_huge_power_is_not_decided_by_force() -> None:
    assert outcome(lambda: Less(sp.Pow(1 + p, 10**9, evaluate=False), 0), at={p: 1}) != PROVED


def test_two_huge_numbers_that_differ_by_one_differ() -> None:
    huge = sp.Integer(10) ** 400
    assert outcome(lambda: Identity(huge + x, huge + 1 + x), at={x: 1}) == REFUTED


def test_an_empty_claim_is_no_theorem() -> None:
    from symjepa.statements.claims import All

    assert outcome(lambda: All(())) != PROVED


def test_the_summation_symbol_of_the_house_is_positive_only_where_it_says_so() -> None:
    assert outcome(lambda: Less(1, n), at={n: 2}) == REFUTED
