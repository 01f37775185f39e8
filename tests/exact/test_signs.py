"""Signs follow from facts alone, strictness from a strict term."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symjepa.errors import SymjepaError
from symjepa.exact.balls import sign_at
from symjepa.exact.facts import Fact, Range
from symjepa.exact.signs import Signs

x, y, p, u, rho, z = sp.symbols("x y p u rho z")
K, L = sp.symbols("K L")
n = sp.Symbol("n", integer=True)
assumed = sp.Symbol("s", positive=True)


def pos(e):
    return Fact(e, "positive")


FACTS = (
    pos(u),
    pos(p),
    pos(1 - p),
    pos(rho - u),
    Fact(K, "integer"),
    Fact(L, "integer"),
    Fact(K, "nonnegative"),
    pos(L),
    Fact(z, "nonzero"),
)
SIGNS = Signs(FACTS)

SHOWN = [
    pos(1 - p**L),
    pos(rho**L - u**L),
    Fact(1 - p**K, "nonnegative"),
    pos(p ** (-L) - 1),
    pos(sp.sqrt(rho) - sp.sqrt(u)),
    pos(u),
    pos(rho),
    pos(p * (1 - p)),
    pos(u**K),
    pos(K * L + L),
    Fact(L - 1, "nonnegative"),
    pos(2 * L + K - 1),
    Fact(x**2, "nonnegative"),
    pos(z**2),
    pos(1 / z**2),
    Fact(z**3, "nonzero"),
    pos(sp.exp(x)),
    pos(sp.log(rho / u)),
    pos(1 - u / rho),
    pos(1 - u**2 / rho**2),
    pos(sp.log(1 + u)),
    pos(-sp.log(p)),
    pos(sp.LambertW(u)),
    pos(2 - 2 * p),
    Fact(sp.Sum(u**n, (n, 1, K)), "nonnegative"),
    pos(sp.Sum(u**n, (n, 0, K))),
    pos(sp.Sum(u**n / n, (n, 1, 2 * L - 1))),
    Fact(K * L - 3, "integer"),
    pos(sp.Integral(1 / y, (y, u, rho))),
    pos(sp.log(2)),
    pos(3 - sp.E),
    pos(u - 2 * u + rho),
    Fact(K - n, "nonnegative", (Range(n, sp.Integer(0), K, True),)),
    Fact(x - x + 0, "zero"),
    Fact(n + 1, "nonzero", (Range(n, sp.Integer(0), sp.oo, True),)),
    Fact((x + 1) ** 2 - x**2 - 2 * x - 1, "zero"),
]
NOT_SHOWN = [
    pos(x**2 + y**2),
    pos(K + K * L),
    pos(x**2 + K),
    pos(sp.Add(u, sp.Mul(0, sp.log(y), evaluate=False), evaluate=False)),
    pos(1 - rho**K),
    pos(u**K - p**K),
    pos(x),
    pos(assumed),
    pos(K),
    Fact(K - 1, "nonnegative"),
    pos(L - 1),
    Fact(x, "nonzero"),
    pos(x**2),
    pos(1 / x**2),
    pos(z),
    pos(sp.log(u)),
    pos(u - 1),
    pos(u - rho),
    pos(p - sp.Rational(1, 2)),
    pos(sp.Sum(u**n, (n, 1, K))),
    pos(sp.Sum(x**n, (n, 0, K))),
    Fact(K / 2, "integer"),
    Fact(u, "integer"),
    Fact(x, "zero"),
    pos(sp.exp(1 / x)),
    pos(sp.sqrt(x)),
    Fact(sp.log(x) ** 2, "nonnegative"),
    Fact((1 / x) ** 2, "nonnegative"),
    pos(sp.LambertW(x)),
    Fact(n - 1, "nonnegative", (Range(n, sp.Integer(0), K, True),)),
    pos(u * x),
    Fact(sp.Integral(y, (y, rho, u)), "positive"),
    Fact(u - n, "nonzero", (Range(n, sp.Integer(0), sp.oo, True),)),
    pos(sp.Pow(-u, K)),
    pos(sp.E - 3),
    Fact(n, "nonnegative", (Range(n, sp.Integer(0), K, True), Range(n, sp.Integer(-5), K, True))),
]


@pytest.mark.parametrize("fact", SHOWN, ids=str)
def test_facts_are_shown(fact):
    assert SIGNS.shows(fact)


@pytest.mark.parametrize("fact", NOT_SHOWN, ids=str)
def test_what_does_not_follow_is_not_shown(fact):
    assert not SIGNS.shows(fact)


def test_sympy_assumptions_are_not_read():
    assert not Signs([]).positive(assumed)
    assert not Signs([]).integer(n)


def test_an_integer_above_zero_is_at_least_one():
    assert Signs([pos(K), Fact(K, "integer")]).nonnegative(K - 1)


def test_a_real_above_zero_need_not_be_at_least_one():
    assert not Signs([pos(K)]).nonnegative(K - 1)


def test_a_cone_certificate_is_an_identity_with_a_plain_sign():
    assert SIGNS.positive(x**2 - 2 * x * y + y**2 + u, by=(x - y) ** 2 + u)
    assert not SIGNS.positive(x**2 - 2 * x * y + y**2, by=(x - y) ** 2)
    assert not SIGNS.positive(x**2 - 3 * x * y + y**2 + u, by=(x - y) ** 2 + u)


def test_a_sign_includes_being_defined():
    assert not SIGNS.nonnegative(sp.Mul(x, sp.Pow(x, -1, evaluate=False), evaluate=False))
    assert SIGNS.positive(sp.Mul(z, sp.Pow(z, -1, evaluate=False), evaluate=False))


def test_a_bound_index_is_not_the_free_symbol_of_its_name():
    assert not Signs([pos(n - 5)]).shows(Fact(n - 5, "positive", (Range(n, sp.Integer(0), K, True),)))


def test_opposite_facts_are_recognised_up_to_a_factor():
    assert Signs([pos(x - y)]).nonzero(3 * y - 3 * x)
    assert not Signs([pos(x - y)]).nonnegative(3 * y - 3 * x)


def test_a_reason_names_the_slack():
    assert "u" in str(SIGNS.reason(pos(rho**2 - u**2)))


LEAVES = st.sampled_from([x, u, p, rho, K, L, z, sp.Integer(1), sp.Integer(-1), sp.Integer(2), sp.Rational(-1, 2)])


def grown(inner):
    return st.one_of(
        st.tuples(inner, inner).map(lambda t: t[0] + t[1]),
        st.tuples(inner, inner).map(lambda t: t[0] - t[1]),
        st.tuples(inner, inner).map(lambda t: t[0] * t[1]),
        st.tuples(inner, inner).map(lambda t: sp.Mul(t[0], t[1], evaluate=False)),
        st.tuples(inner, st.sampled_from([2, -1, 3, -2, K, sp.Rational(1, 2)])).map(lambda t: sp.Pow(*t)),
        inner.map(sp.log),
        inner.map(sp.exp),
        st.tuples(inner, inner).map(lambda t: sp.Sum(t[0] * u**n + t[1] * n, (n, 0, K))),
    )


UNIT = st.fractions(Fraction(1, 9), Fraction(8, 9), max_denominator=9)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(LEAVES, grown, max_leaves=5),
    UNIT,
    UNIT,
    UNIT,
    st.integers(0, 3),
    st.integers(1, 3),
    st.integers(-3, 3),
)
def test_shown_signs_agree_with_certified_signs(expr, small, share, more, k, depth, anything):
    point = {u: 2 * small, p: share, rho: 2 * small + more, K: k, L: depth, x: anything, z: anything or 1}
    shown = [kind for kind in ("positive", "nonnegative", "nonzero") if SIGNS.shows(Fact(expr, kind))]
    try:
        sign = sign_at(expr, point, max_bits=512)
    except SymjepaError:
        assert not shown, "a sign was shown where nothing is defined"
        return
    assume(sign is not None)
    assert not shown or all(
        {"positive": sign > 0, "nonnegative": sign >= 0, "nonzero": sign != 0}[kind] for kind in shown
    )


def test_a_fact_outside_the_fragment_shows_itself_and_nothing_else():
    signs = Signs([pos(sp.floor(x))])
    assert signs.shows(pos(sp.floor(x)))
    assert not signs.positive(2 * sp.floor(x))
    assert not signs.integer(sp.floor(x))


def test_a_root_of_what_may_be_zero_is_not_negative_and_not_positive():
    signs = Signs([Fact(x, "nonnegative")])
    assert signs.nonnegative(sp.sqrt(x))
    assert not signs.positive(sp.sqrt(x))


def test_a_power_too_high_to_be_multiplied_out_has_no_sign_by_expansion():
    assert not Signs([pos(x)]).nonnegative(1 - 2 / (x + 1) ** 2001)


def test_what_vanishes_identically_is_zero():
    vanishing = sp.Add((x + 1) ** 2, -(x**2), -2 * x, -1)
    assert Signs([]).shows(Fact(vanishing, "zero"))
    assert not Signs([]).shows(Fact(vanishing / x, "zero"))
    assert Signs([Fact(x, "nonzero")]).shows(Fact(vanishing / x, "zero"))


def test_a_fact_about_nothing_teaches_nothing():
    nothing = Fact(sp.Add((x + 1) ** 2, -(x**2), -2 * x, -1), "nonnegative")
    assert not Signs([nothing]).nonnegative(x)


def test_a_bound_by_distant_symbols_does_not_take_the_place_of_a_near_one() -> None:
    v, d, r = sp.symbols("v d r")
    far = Signs((pos(v - d), pos(d), Fact(d - r, "nonnegative")))
    assert far.positive(v**2 - d**2)
    assert far.positive(v)
    assert not far.positive(v**2 - r**2)
    assert not far.nonnegative(r)
