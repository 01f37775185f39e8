"""Finite sums: captured indices, lemmas about other sums, and ranges below the empty sum."""

from __future__ import annotations

import sympy as sp

from symjepa.statements.claims import Identity, Less, SumCloses
from symjepa.symbols import K, L
from tests.adversarial.verdicts import PROVED, REFUTED, outcome, p, x

n, m = sp.symbols("n m", integer=True)
N = sp.Symbol("N", integer=True)
depths = {K: 1, L: 1}
triangular = SumCloses(n, n, sp.S.One, N, N * (N + 1) / 2)


def closed(r: sp.Expr) -> SumCloses:
    return SumCloses(r**n, n, sp.S.One, N, (r ** (N + 1) - r) / (r - 1), (Less(1, r),))


def test_a_geometric_sum_closes() -> None:
    r = 1 + p
    claim = Identity(sp.Sum(r**n, (n, 1, K)), (r ** (K + 1) - r) / p)
    assert outcome(lambda: claim, at={p: 1, **depths}, lines=[closed(r)]) == PROVED


def test_a_factor_that_holds_the_index_does_not_enter_the_sum() -> None:
    inner = sp.Sum(p**n, (n, 1, K))
    assert (
        outcome(lambda: Identity(p**n * inner, sp.Sum(p ** (2 * n), (n, 1, K))), at={p: 1, n: 1, **depths}) == REFUTED
    )


def test_an_inner_index_is_not_captured_by_an_outer_one() -> None:
    nested = sp.Sum(n * sp.Sum(p ** (m * n), (m, 1, L)), (n, 1, K))
    captured = sp.Sum(n * sp.Sum(p ** (m * m), (m, 1, L)), (n, 1, K))
    assert outcome(lambda: Identity(nested, captured), at={p: 1, **depths}) == REFUTED


def test_nested_sums_over_one_name_keep_their_own_indices() -> None:
    shadowed = sp.Sum(n * sp.Sum(n, (n, 1, L)), (n, 1, K))
    confused = sp.Sum(sp.Sum(n * n, (n, 1, L)), (n, 1, K))
    assert outcome(lambda: Identity(shadowed, confused), at=depths) == REFUTED


def test_limits_of_a_nested_sum_do_not_swap_when_one_depends_on_the_other() -> None:
    upper = sp.Sum(sp.Sum(m, (m, 1, n)), (n, 1, K))
    lower = sp.Sum(sp.Sum(m, (n, 1, m)), (m, 1, K))
    assert outcome(lambda: Identity(upper, lower), at=depths) == REFUTED


def test_the_index_is_not_a_free_symbol_of_its_sum() -> None:
    assert outcome(lambda: Identity(sp.Sum(n, (n, 1, K)), n * K), at={n: 1, **depths}) == REFUTED


def test_a_lemma_does_not_close_a_sum_with_another_term() -> None:
    claim = Identity(sp.Sum(n**2, (n, 1, K)), K * (K + 1) / 2)
    assert outcome(lambda: claim, at=depths, lines=[triangular]) == REFUTED


def test_a_lemma_does_not_close_a_sum_with_another_lower_end() -> None:
    claim = Identity(sp.Sum(p**n, (n, 0, K)), (p ** (K + 1) - p) / (p - 1))
    assert outcome(lambda: claim, given=(Less(1, p),), at={p: 2, **depths}, lines=[closed(p)]) == REFUTED


def test_a_lemma_does_not_close_a_sum_with_another_ratio() -> None:
    claim = Identity(sp.Sum(p ** (2 * n), (n, 1, K)), (p ** (K + 1) - p) / (p - 1))
    assert outcome(lambda: claim, given=(Less(1, p),), at={p: 2, **depths}, lines=[closed(p)]) == REFUTED


def test_a_lemma_is_not_used_below_the_empty_sum() -> None:
    claim = Identity(sp.Sum(n, (n, 1, K - 5)), (K - 5) * (K - 4) / 2)
    assert outcome(lambda: claim, at=depths, lines=[triangular]) != PROVED


def test_a_lemma_is_used_down_to_the_empty_sum() -> None:
    claim = Identity(sp.Sum(n, (n, 1, K)), K * (K + 1) / 2)
    assert outcome(lambda: claim, at={K: 0}, lines=[triangular]) == PROVED


def test_a_numeric_range_that_ends_two_below_its_start_is_refused() -> None:
    backwards = sp.Sum(p**n, (n, 3, 1))
    assert outcome(lambda: Identity(backwards, 0), at={p: 1}) != PROVED


def test_a_closed_form_that_starts_wrong_is_no_lemma() -> None:
    assert outcome(lambda: SumCloses(n, n, sp.S.One, N, N * (N + 1) / 2 + 1)) != PROVED


def test_a_closed_form_that_grows_wrong_is_no_lemma() -> None:
    assert outcome(lambda: SumCloses(n, n, sp.S.One, N, N**2)) != PROVED


def test_a_closed_form_needs_its_denominator() -> None:
    unguarded = SumCloses(p**n, n, sp.S.One, N, (p ** (N + 1) - p) / (p - 1))
    assert outcome(lambda: unguarded, at={p: 2}) != PROVED


def test_the_upper_end_does_not_occur_in_the_term_of_a_lemma() -> None:
    assert outcome(lambda: SumCloses(N, n, sp.S.One, N, N**2)) != PROVED


def test_the_index_does_not_occur_in_a_closed_form() -> None:
    assert outcome(lambda: SumCloses(n, n, sp.S.One, N, n * (N + 1) / 2)) != PROVED


def test_a_sum_of_positive_terms_may_be_empty() -> None:
    assert outcome(lambda: Less(0, sp.Sum(p**n, (n, 1, K))), at={p: 1, K: 1}) == REFUTED


def test_terms_that_are_positive_at_the_ends_need_not_be_so_between() -> None:
    assert outcome(lambda: Less(-1, sp.Sum((n - 1) * (n - K), (n, 1, K))), at={K: 1}) == REFUTED


def test_a_shifted_index_shifts_the_bounds() -> None:
    assert (
        outcome(lambda: Identity(sp.Sum(x**2 * n, (n, 1, K)), sp.Sum(x**2 * (n + 1), (n, 1, K))), at={x: 1, K: 1})
        == REFUTED
    )
