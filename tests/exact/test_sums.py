"""Lemmas on sums are proved by induction and used only about the sums they speak of."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.errors import InvalidLemma
from symjepa.exact.balls import exactly
from symjepa.exact.facts import Fact
from symjepa.exact.scalars import equal
from symjepa.exact.signs import Signs
from symjepa.exact.sums import SumLemma, apply, prove, substitute

r, x, w = sp.symbols("r x w")
K, L, N, n, m = sp.symbols("K L N n m", integer=True)
GEOMETRIC = SumLemma(r**n, n, sp.Integer(0), N, (1 - r ** (N + 1)) / (1 - r))


@pytest.mark.parametrize(
    "lemma",
    [
        GEOMETRIC,
        SumLemma(n, n, sp.Integer(1), N, N * (N + 1) / 2),
        SumLemma(w ** (-n / L), n, sp.Integer(1), N, w ** (-N / L) * (w ** (N / L) - 1) / (w ** (1 / L) - 1)),
        SumLemma(n * r**n, n, sp.Integer(1), N, (r - (N + 1) * r ** (N + 1) + N * r ** (N + 2)) / (1 - r) ** 2),
        SumLemma(r**n, n, K, N, (r**K - r ** (N + 1)) / (1 - r)),
    ],
    ids=str,
)
def test_true_lemmas_are_proved(lemma):
    assert prove(lemma).holds


@pytest.mark.parametrize(
    "lemma",
    [
        SumLemma(r**n, n, sp.Integer(0), N, (1 - r**N) / (1 - r)),
        SumLemma(r**n, n, sp.Integer(1), N, (1 - r ** (N + 1)) / (1 - r)),
        SumLemma(r**n, n, sp.Integer(0), N, (1 - r ** (N + 1)) / (1 - r) + 1),
        SumLemma(n**2, n, sp.Integer(1), N, N * (N + 1) / 2),
    ],
    ids=str,
)
def test_false_lemmas_are_not_proved_and_not_used(lemma):
    assert not prove(lemma).holds
    with pytest.raises(InvalidLemma):
        apply(lemma, sp.Sum(r**n, (n, 0, K)))


@pytest.mark.parametrize(
    "parts",
    [
        (r ** (n + N), n, sp.Integer(0), N, N),
        (r**n, n, N, N, N),
        (r**n, n, sp.Integer(0), n, r),
        (r**n, n, sp.Integer(0), N, n),
    ],
    ids=str,
)
def test_malformed_lemmas_are_refused(parts):
    with pytest.raises(InvalidLemma):
        SumLemma(*parts)


def test_a_lemma_closes_its_sum_whatever_the_index_is_called():
    closed = apply(GEOMETRIC, x * sp.Sum(r**m, (m, 0, K)))
    assert equal(closed.expr, x * (1 - r ** (K + 1)) / (1 - r)).holds


def test_the_range_is_a_condition_of_use():
    assert Fact(K - 4, "nonnegative") in apply(GEOMETRIC, sp.Sum(r**n, (n, 0, K - 5))).conditions


def test_the_closed_form_is_false_below_its_range_where_the_sum_is_empty():
    closed = apply(GEOMETRIC, sp.Sum(r**n, (n, 0, K - 5)))
    assert exactly(closed.expr, {r: 2, K: 1}) != 0
    assert not Signs([Fact(K - 1, "nonnegative"), Fact(K, "integer")]).shows(Fact(K - 4, "nonnegative"))


def test_a_pole_of_the_closed_form_is_a_condition():
    assert Fact(1 - r, "nonzero") in apply(GEOMETRIC, sp.Sum(r**n, (n, 0, K))).conditions


@pytest.mark.parametrize(
    "expr",
    [
        sp.Sum(r ** (2 * n), (n, 0, K)),
        sp.Sum(r**n, (n, 1, K)),
        sp.Sum(x**n, (n, 0, K)),
        sp.Sum(n * r**n, (n, 0, K)),
        sp.Integral(r**x, (x, 0, w)),
        sp.Sum(sp.Sum(r**n, (n, 0, K)), (r, 1, L)),
    ],
    ids=str,
)
def test_other_sums_are_left_alone(expr):
    closed = apply(GEOMETRIC, expr)
    assert (closed.expr, closed.count, closed.conditions) == (expr, 0, frozenset())


def test_conditions_inside_a_binder_hold_over_its_range():
    closed = apply(GEOMETRIC, sp.Sum(sp.Sum(r**n, (n, 0, m - 3)), (m, 1, K)))
    (fact,) = (c for c in closed.conditions if c.kind == "nonnegative")
    assert fact.over
    assert not Signs([Fact(K, "integer")]).shows(fact)


def test_substitution_renames_a_bound_symbol_that_would_capture():
    moved = substitute(sp.Sum(x * n, (n, 1, K)), {x: n})
    assert equal(moved, n * sp.Sum(m, (m, 1, K))).holds
    assert not equal(moved, sp.Sum(n**2, (n, 1, K))).holds


def test_substitution_leaves_bound_symbols_alone_and_reaches_bounds():
    assert substitute(sp.Sum(n, (n, 1, n)), {n: K}) == sp.Sum(n, (n, 1, K))


def test_substitution_is_simultaneous():
    assert substitute(x - w, {x: w, w: x}) == w - x


def test_substitution_reaches_the_index_of_a_family_and_not_its_name():
    family = sp.IndexedBase("w", real=True)
    assert substitute(family[n] + n, {n: K}) == family[K] + K
    assert substitute(family[n], {family.label: x}) == family[n]


def test_a_sum_inside_a_primitive_is_left_alone():
    primitive = sp.Integral(sp.Sum(r**n, (n, 0, K)), x)
    assert apply(GEOMETRIC, primitive).expr == primitive


def test_a_term_cancels_its_own_denominator_under_the_sum():
    whole = sp.Sum((2 * K - n) * r**n / (2 * K - n), (n, 1, K))
    turned = sp.Sum(sp.Mul(n - 2 * K, sp.Pow(2 * K - n, -1), r**n, evaluate=False), (n, 1, K))
    plain = sp.Sum(r**n, (n, 1, K))
    assert equal(whole, plain).holds
    assert equal(turned, -plain).holds
    assert not equal(turned, plain).holds
    assert any(c.over and c.kind == "nonzero" for c in equal(turned, -plain).conditions)


def test_a_denominator_that_is_not_the_numerator_stays():
    other = sp.Sum(sp.Mul(n - K, sp.Pow(2 * K - n, -1), r**n, evaluate=False), (n, 1, K))
    assert not equal(other, sp.Sum(r**n, (n, 1, K))).holds
    assert not equal(other, -sp.Sum(r**n, (n, 1, K))).holds


def test_a_square_in_the_denominator_is_cancelled_once():
    twice = sp.Sum(sp.Mul(2 * K - n, sp.Pow(2 * K - n, -2), r**n, evaluate=False), (n, 1, K))
    assert equal(twice, sp.Sum(r**n / (2 * K - n), (n, 1, K))).holds
