"""What is kept from one question to the next never answers another one."""

import sympy as sp

from symjepa.exact.facts import Fact, Range
from symjepa.exact.signs import Signs

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
