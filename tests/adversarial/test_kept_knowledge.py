"""What is kept from one question to the next never answers another one."""

import sympy as sp

from symjepa.exact.facts import Fact, Range
from symjepa.exact.signs import Signs, known_from

K, n = sp.Symbol("K", integer=True), sp.Symbol("n", integer=True)
p, s, x, y, z = sp.symbols("p s x y z", real=True)


def test_what_holds_inside_a_range_does_not_hold_outside() -> None:
    signs = Signs([Fact(K, "integer"), Fact(K - 1, "nonnegative")])
    for _ in range(2):
        assert signs.shows(Fact(n, "positive", (Range(n, sp.S.One, K, True),)))
        assert not signs.shows(Fact(n, "positive"))


def test_ranges_with_one_symbol_and_other_ends_are_told_apart() -> None:
    signs = Signs([Fact(p, "positive")])
    for _ in range(2):
        assert signs.shows(Fact(s, "positive", (Range(s, p, 2 * p, False),)))
        assert not signs.shows(Fact(s, "positive", (Range(s, -p, p, False),)))
        assert not signs.shows(Fact(s, "positive", (Range(s, p - 1, 2 * p, False),)))


def test_signs_of_fewer_facts_know_no_more() -> None:
    assert Signs([Fact(x - y, "positive"), Fact(y, "nonnegative")]).positive(x)
    assert not Signs([Fact(x - y, "positive")]).positive(x)
    assert not Signs([Fact(x - y, "nonnegative"), Fact(y, "nonnegative")]).positive(x)


def test_a_multiple_agrees_in_every_term() -> None:
    signs = Signs([Fact(x**3 - y**5 * z + 1, "positive"), Fact(p, "positive")])
    assert signs.positive(3 * p * x**3 - 3 * p * y**5 * z + 3 * p)
    assert signs.positive(sp.sqrt(2) * p * x**3 - sp.sqrt(2) * p * y**5 * z + sp.sqrt(2) * p)
    assert not signs.positive(3 * p * x**3 - 3 * p * y**5 * z + 2 * p)
    assert not signs.positive(sp.sqrt(2) * p * x**3 - 2 * p * y**5 * z + sp.sqrt(2) * p)
    assert not signs.positive(3 * p**2 * x**3 - 3 * p * y**5 * z + 3 * p)
    assert not signs.positive(-3 * p * x**3 + 3 * p * y**5 * z - 3 * p)


def test_an_integral_of_no_sign_has_none_when_it_is_asked_again() -> None:
    """Between its ends the integrand is known to lie there; what that shows is kept for the ends alone."""
    signs = Signs([Fact(p, "positive")])
    both, above = sp.Integral(s - p, (s, 0, 3 * p)), sp.Integral(s, (s, 0, 3 * p))
    for _ in range(2):
        assert not signs.positive(both) and not signs.nonnegative(-both)
        assert signs.positive(above) and not signs.nonnegative(sp.Integral(s, (s, -p, p)))


def test_a_slack_of_one_bound_says_nothing_under_another() -> None:
    """The slack of a symbol is one symbol under all facts; what it stands for, and its sign, are not."""
    square = x**2 - 2 * x + sp.Rational(1, 2)  # positive from x = 2 on, and negative at x = 1
    far, near, above = (frozenset({Fact(f, "nonnegative")}) for f in (x - 2, x - 1, 3 - x))
    for _ in range(2):
        assert known_from(far).positive(square)
        assert not known_from(near).positive(square)
        assert not known_from(above).positive(square)


def test_a_slack_of_whole_numbers_is_none_of_others() -> None:
    whole = frozenset({Fact(K, "integer"), Fact(K, "positive")})
    for _ in range(2):
        assert known_from(whole).nonnegative(K - 1)
        assert not known_from(whole - {Fact(K, "integer")}).nonnegative(K - 1)
        assert known_from(whole).nonnegative(K**2 - K) and not Signs(whole - {Fact(K, "integer")}).nonnegative(K**2 - K)


def test_who_knows_the_same_facts_has_shown_the_same_and_who_knows_fewer_has_not() -> None:
    facts = frozenset({Fact(x - y, "positive"), Fact(y, "positive")})
    assert known_from(facts) is known_from(frozenset(facts))
    assert known_from(facts).positive(x * y)
    assert not known_from(facts - {Fact(y, "positive")}).positive(x * y)
    assert not known_from(facts).positive(y - x)
