"""Sequences: what is known of all their terms, and what is never assumed of one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from symjepa.errors import OutsideFragment
from symjepa.exact.calculus import derivative
from symjepa.exact.facts import Fact, Range
from symjepa.exact.scalars import equal, normal
from symjepa.exact.sequences import EVERYWHERE, INDEX, every_term, instance, is_of_every_term, sequences_in
from symjepa.exact.signs import Signs
from symjepa.exact.sums import substitute
from symjepa.symbols import K, L, k, l, n, sequence

x, y, r = sequence("x", nonnegative=True), sequence("y", positive=True), sequence("r")
a = sp.Symbol("a", positive=True)
known = Signs(
    (
        every_term(x, "nonnegative"),
        every_term(y, "positive"),
        Fact(n, "integer"),
        Fact(K, "integer"),
        Fact(a, "positive"),
    )
)


@pytest.mark.parametrize("index", [n, K - 7, sp.Integer(0), 2 * n * K], ids=str)
def test_every_term_has_the_sign_of_the_sequence(index):
    assert known.positive(y(index))
    assert known.nonnegative(x(index)) and not known.positive(x(index))


def test_a_sequence_without_a_sign_has_none():
    assert not known.nonnegative(r(n)) and known.nonnegative(r(n) ** 2)


@pytest.mark.parametrize("index", [a, K / 2, 1 / n, y(1), sp.Rational(1, 3)], ids=str)
def test_an_index_that_is_no_integer_has_no_term(index):
    assert not known.positive(y(index))


def test_a_function_of_two_indices_is_no_sequence():
    with pytest.raises(OutsideFragment, match="one index"):
        normal(y(1, 2))


def test_sequences_of_one_name_and_other_signs_are_others():
    other = sequence("y", nonnegative=True)
    assert other != y and not equal(other(n), y(n)).holds
    assert not known.positive(other(n))


def test_terms_are_equal_at_equal_indices_only():
    assert equal(y((n + 1) ** 2), y(n**2 + 2 * n + 1)).holds
    assert not any(equal(y(n), term).holds for term in (y(n + 1), y(k), x(n), sp.Symbol("y", positive=True)))


def test_a_sum_of_terms_knows_no_name_of_its_index_and_every_end_of_its_range():
    terms = sp.Sum(y(l), (l, 1, L))
    assert equal(terms, sp.Sum(y(k), (k, 1, L))).holds
    assert not equal(terms, sp.Sum(y(l), (l, 1, K))).holds
    assert not equal(terms, sp.Sum(y(l + 1), (l, 1, L))).holds
    assert not equal(terms, L * y(1)).holds


def test_terms_of_an_outer_and_an_inner_sum_stay_apart():
    nested = sp.Sum(y(l) * sp.Sum(y(k), (k, 1, K)), (l, 1, L))
    assert equal(nested, sp.Sum(y(n) * sp.Sum(y(l), (l, 1, K)), (n, 1, L))).holds
    assert not equal(nested, sp.Sum(sp.Sum(y(l) ** 2, (k, 1, K)), (l, 1, L))).holds


def test_a_sum_over_an_empty_range_is_not_positive():
    facts = (every_term(y, "positive"), Fact(K, "integer"), Fact(K, "nonnegative"))
    terms = sp.Sum(y(k), (k, 1, K))
    assert Signs(facts).nonnegative(terms) and not Signs(facts).positive(terms)
    assert Signs((*facts, Fact(K, "positive"))).positive(terms)


def test_a_term_does_not_move_unless_its_index_does():
    assert derivative(a * y(n), a) == y(n)
    with pytest.raises(OutsideFragment):
        derivative(y(a), a)


def test_substitution_of_an_index_captures_nothing():
    terms = sp.Sum(y(k) * a, (k, 1, K))
    put = substitute(terms, {a: y(k)})
    assert equal(put, y(k) * sp.Sum(y(n), (n, 1, K))).holds


def test_sequences_are_found_under_binders_and_inside_indices():
    assert sequences_in(sp.Sum(sp.log(a + y(k)), (k, 1, K)) + r(x(2))) == {x, y, r}
    assert not sequences_in(a + K)


def test_an_instance_puts_a_formula_for_every_term():
    terms = sp.Sum(y(k) + x(y(1)), (k, 1, K))
    assert instance(terms, {y: INDEX**2, x: INDEX + 1}) == sp.Sum(k**2 + 2, (k, 1, K))
    assert instance(a + K, {}) == a + K


@pytest.mark.parametrize("formulas", [{}, {y: k * INDEX}, {y: a}], ids=str)
def test_a_formula_is_needed_and_holds_nothing_but_its_index(formulas):
    with pytest.raises(OutsideFragment, match="a formula in"):
        instance(sp.Sum(y(k), (k, 1, K)), formulas)


def test_a_fact_about_all_terms_is_known_as_such():
    whole = every_term(y, "positive")
    assert is_of_every_term(whole)
    ranged = replace(whole, over=(Range(INDEX, sp.Integer(1), K, integer=True),))
    strange = (ranged, replace(whole, expr=y(INDEX + 1)), replace(whole, kind="integer"), Fact(y(1), "positive"))
    assert not any(map(is_of_every_term, strange))
    assert not any(is_of_every_term(Fact(a, kind, (EVERYWHERE,))) for kind in ("positive", "zero"))


def test_facts_about_some_terms_say_nothing_of_the_others():
    ranged = Fact(r(INDEX), "positive", (Range(INDEX, sp.Integer(1), K, integer=True),))
    assert not Signs((ranged, Fact(n, "integer"))).positive(r(n))
    assert not Signs((Fact(r(1), "positive"), Fact(n, "integer"))).positive(r(n))
    assert Signs((Fact(r(1), "positive"),)).positive(r(1))
