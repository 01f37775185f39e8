"""Symbols whose assumptions do the work: SymPy simplifies by them before anybody looks."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.statements.claims import AtMost, Cofactors, Conserved, Hits, Identity, Less, Root, Zeros, component, solves
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let
from symjepa.symbols import K, L, lam, sigma2, t, u
from tests.adversarial.verdicts import PROVED, REFUTED, equation, live, outcome, p, x, y

q = sp.Symbol("q", positive=True)


def test_a_positive_symbol_is_not_every_real() -> None:
    anyone = sp.Symbol("p", real=True)
    assert outcome(lambda: Less(0, anyone), at={anyone: 1}) == REFUTED


def test_two_symbols_of_one_name_are_two() -> None:
    anyone = sp.Symbol("p", real=True)
    assert outcome(lambda: Identity(p, anyone), at={p: 1, anyone: 1}) == REFUTED


def test_two_anonymous_symbols_of_one_name_are_two() -> None:
    first, second = sp.Dummy("x", real=True), sp.Dummy("x", real=True)
    assert outcome(lambda: Identity(first, second), at={first: 1, second: 1}) == REFUTED


def test_a_hypothesis_on_a_namesake_is_no_hypothesis() -> None:
    namesake = sp.Dummy("x", real=True)
    assert outcome(lambda: Less(0, x), given=(Less(0, namesake),), at={x: 1, namesake: 1}) == REFUTED


def test_an_abbreviation_has_the_sign_of_its_symbol() -> None:
    assert outcome(lambda: Identity(sp.sqrt(q**2), q), let=[Let(q, sp.Integer(-3))]) != PROVED


def test_an_abbreviation_is_as_whole_as_its_symbol() -> None:
    whole = sp.Symbol("N", integer=True)
    assert outcome(lambda: Identity((-1) ** (2 * whole), 1), let=[Let(whole, sp.Rational(1, 2))], at={}) != PROVED


def test_abbreviations_in_a_circle_stay_open() -> None:
    first, second = sp.Symbol("first", real=True), sp.Symbol("second", real=True)
    circle = [Let(first, second + 1), Let(second, first + 1)]
    assert outcome(lambda: Identity(first, second), let=circle, at={first: 1, second: 1}) != PROVED


def test_an_abbreviation_is_not_captured_by_a_sum() -> None:
    n, free = sp.Symbol("n", integer=True), sp.Symbol("m", integer=True)
    claim = Identity(sp.Sum(free, (n, 1, K)), sp.Sum(n, (n, 1, K)))
    assert outcome(lambda: claim, let=[Let(free, n)], at={n: 1, K: 1}) == REFUTED


def test_an_abbreviation_does_not_replace_a_bound_index() -> None:
    n = sp.Symbol("n", integer=True)
    claim = Identity(sp.Sum(n, (n, 1, K)), 7 * K)
    assert outcome(lambda: claim, let=[Let(n, sp.Integer(7))], at={K: 1}) == REFUTED


UNSAID = [
    ("negative", lambda s: (sp.sqrt(s**2), -s), 5),
    ("nonpositive", lambda s: (sp.sqrt(s**2), -s), 5),
    ("even", lambda s: ((-1) ** s * x + s, x + s), 1),
    ("odd", lambda s: ((-1) ** s * x + s, s - x), 2),
    ("prime", lambda s: (sp.S.Zero**s * x + s, s), 0),
]


@pytest.mark.parametrize(("assumption", "sides", "outside"), UNSAID, ids=[row[0] for row in UNSAID])
def test_no_assumption_goes_unsaid(assumption, sides, outside) -> None:  # type: ignore[no-untyped-def]
    symbol = sp.Symbol("s", **{assumption: True})
    assert outcome(lambda: Identity(*sides(symbol)), at={symbol: outside, x: 1, y: 1}) != PROVED


def test_nothing_is_refuted_outside_an_assumption() -> None:
    imaginary = sp.Symbol("s", imaginary=True)
    assert outcome(lambda: AtMost(imaginary**2, 0), at={imaginary: 1}) != REFUTED


def test_a_state_that_is_assumed_positive_does_not_rest_at_zero() -> None:
    assert outcome(lambda: solves(equation((u, sp.sqrt(u))), {u: 0}, {u: 0}, t), at={t: 1, u: 1}) != PROVED


def test_a_state_that_is_assumed_positive_does_not_run_below_zero() -> None:
    flow = equation((u, sp.sqrt(u**2)))
    assert outcome(lambda: solves(flow, {u: -sp.exp(t)}, {u: -1}, t), at={t: 1, u: 1}) != PROVED


def test_a_positive_state_has_no_negative_zero() -> None:
    two = (component({u: 1}, (u - 1,)), component({u: -1}, (u + 1,)))
    assert (
        outcome(lambda: Zeros(equation((u, 1 - u**2)), two, (Cofactors(pairs({u: 1}), -sp.S.One),)), at={u: 1})
        != PROVED
    )


def test_an_integer_has_no_root_between_integers() -> None:
    assert outcome(lambda: Root(K - sp.Rational(1, 2), K, (sp.S.Zero, sp.S.One), True), at={K: 1}) != PROVED


def test_a_positive_symbol_has_no_root_below_zero() -> None:
    assert outcome(lambda: Root(sp.sqrt(p**2) + 1, p, (sp.Integer(-2), sp.S.Zero), True), at={p: 1}) != PROVED


def test_a_positive_state_does_not_start_below_zero() -> None:
    flow = equation((u, sp.sqrt(u**2) + 2))
    assert outcome(lambda: Hits(flow, sp.Integer(-1), p, sp.log(p + 2)), at={p: 1, u: 1}) != PROVED


def test_a_variance_is_not_minus_one() -> None:
    assert (
        outcome(lambda: Less(0, modes(live, "balanced", {sigma2: -1, lam: 0}).rates[u]), at={u: 1, K: 1, L: 1})
        != PROVED
    )
    assert (
        outcome(lambda: Conserved(modes(live, "balanced", {sigma2: -1, lam: 0, K: 1, L: 1}), u, u**2), at={u: 1})
        != PROVED
    )


def test_a_depth_is_not_negative() -> None:
    flow = modes(live, "balanced", {K: -3, L: 1, lam: 0})
    assert outcome(lambda: Conserved(flow, u, -sigma2 * u**-6), at={u: 1, sigma2: 1}) != PROVED


def test_a_parameter_does_not_follow_the_state() -> None:
    assert (
        outcome(lambda: Conserved(modes(live, "balanced", {lam: sigma2 * u**K}), u), at={u: 1, sigma2: 1, K: 1, L: 1})
        != PROVED
    )
