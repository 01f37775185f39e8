"""Points at which facts hold turn questions down, and turn down nothing that follows."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from symjepa.exact import models as room
from symjepa.exact.balls import sign_at
from symjepa.exact.facts import Fact, Range
from symjepa.exact.models import models, signs_seen
from symjepa.exact.signs import Signs

a, b, c, x, y = sp.symbols("a b c x y")
n = sp.Symbol("n", integer=True)
k = sp.Symbol("k")
CHAIN = frozenset((Fact(a, "positive"), Fact(b - a, "positive"), Fact(c - b, "positive"), Fact(x - c, "nonnegative")))


def test_points_are_found_between_what_bounds_them() -> None:
    found = models(CHAIN)
    assert len(found) == room.ENOUGH
    assert all(0 < point[a] < point[b] < point[c] <= point[x] for point in found)


def test_a_narrow_gap_is_found_by_its_ends() -> None:
    narrow = frozenset((Fact(x - sp.Rational(7, 9), "positive"), Fact(sp.Rational(8, 9) - x, "positive")))
    assert all(sp.Rational(7, 9) < point[x] < sp.Rational(8, 9) for point in models(narrow))
    assert models(narrow)


def test_an_equation_that_is_linear_in_a_symbol_is_solved() -> None:
    given_ = frozenset((Fact(a, "positive"), Fact(b * a - 17 * a - 3, "zero")))
    assert all(point[b] * point[a] == 17 * point[a] + 3 for point in models(given_))
    assert models(given_)


def test_an_identity_that_no_ball_certifies_holds_everywhere() -> None:
    identity = Fact(sp.log(a * b) - sp.log(a) - sp.log(b), "zero", ())
    assert models(frozenset((Fact(a, "positive"), Fact(b, "positive"), identity)))


def test_whole_numbers_stay_whole() -> None:
    assert all(point[k].q == 1 for point in models(frozenset((Fact(k, "integer"), Fact(k - 2, "positive")))))


def test_where_facts_contradict_each_other_no_point_is_found() -> None:
    assert models(frozenset((Fact(x, "positive"), Fact(-x, "positive")))) == ()


def test_a_search_without_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE", 1)
    assert models.__wrapped__(CHAIN) == ()


def test_what_has_no_value_where_it_is_looked_at_suggests_nothing() -> None:
    given_ = frozenset((Fact(1 / (x - 1), "positive"), Fact(x - 1, "positive"), Fact(y - 1 / (x - 1), "positive")))
    assert all(point[x] > 1 and point[y] > 1 / (point[x] - 1) for point in models(given_))
    assert models(given_)


def test_what_is_undefined_suggests_no_value() -> None:
    assert list(room._root(x, 1 / (x - 1), {})) == []


def test_facts_over_ranges_and_about_integrals_are_left_out() -> None:
    over = Fact(x + n, "positive", (Range(n, sp.Integer(0), sp.Integer(3), integer=True),))
    integral = Fact(sp.Integral(-x, (x, 0, y)), "positive")
    assert signs_seen(y, frozenset((over, integral, Fact(y, "positive")))) == {1}


def test_nothing_is_seen_of_an_integral() -> None:
    assert signs_seen(sp.Integral(x, (x, 0, a)), CHAIN) == frozenset()


@pytest.mark.parametrize(("number", "sign"), [(sp.Integer(-1), -1), (sp.Integer(0), 0), (sp.Rational(1, 2), 1)])
def test_the_sign_of_a_number_needs_no_point(number: sp.Rational, sign: int) -> None:
    assert signs_seen(number, frozenset((Fact(-x, "positive"), Fact(x, "positive")))) == {sign}


@given(st.lists(st.sampled_from((a, b, c, b - a, c - b, c - a, a * b - c, 1 - a, a - 2)), min_size=1, max_size=5))
def test_every_fact_holds_at_every_point(exprs: list[sp.Expr]) -> None:
    facts = frozenset(Fact(expr, "positive") for expr in exprs)
    assert all(sign_at(fact.expr, point) == 1 for point in models(facts) for fact in facts)


def test_what_is_seen_to_fail_is_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the points the same answers come, later."""
    questions = [Fact(expr, kind) for expr in (a - 1, x - a, c * x - a**2, a - x) for kind in ("positive", "nonzero")]
    fast = [Signs(CHAIN).reason(question) for question in questions]
    monkeypatch.setattr("symjepa.exact.signs.signs_seen", lambda expr, facts: frozenset())
    assert [Signs(CHAIN).reason(question) for question in questions] == fast
    assert fast[2] is not None and fast[0] is None


def test_what_no_point_speaks_against_is_searched_for() -> None:
    """W > -1 on its principal branch; terms by themselves do not tell it."""
    known = Signs([Fact(x + sp.exp(-1), "positive")])
    assert known.positive(1 + sp.LambertW(x)) and not known.positive(1 + 2 * sp.LambertW(x))
