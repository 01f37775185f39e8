"""Trajectories of corroborations are balls: roots are taken off, disjoint balls disagree, wide ones say nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, fmpq

import symjepa as sj
from symjepa.errors import OutsideFragment
from symjepa.exact.balls import precision
from symjepa.statements.claims import Conserved, Converges, Identity, Moves, parts, solves
from symjepa.statements.descriptions import Foreign, modes
from symjepa.symbols import K, L, lam, sigma2, t, tau, u, v, w
from symjepa.verify.corroborate import corroborated
from symjepa.verify.corroborate.enclose import System, enclose
from symjepa.verify.corroborate.enclose.roots import unrooted
from symjepa.verify.corroborate.enclosures import overlapping
from symjepa.verify.kernel.decide import Context

R = sp.Rational
tiny = R(1, 10**35)


def said(claim: object) -> dict[str, bool | None]:
    return {found.by: found.agrees for part in parts(claim) for found in corroborated(part, Context())}


def test_disjoint_balls_disagree_and_overlapping_ones_agree_to_their_radii() -> None:
    with precision(200):
        one, near = arb(1, arb(10) ** -45), arb(1, arb(10) ** -45) + arb(10) ** -46
        (same,) = overlapping(one, near, "")
        (apart,) = overlapping(one, one + arb(10) ** -44, "")
        assert same.holds and 44 <= (same.digits or 0) <= 45
        assert not apart.holds and (apart.digits or 0) >= 40


def test_balls_too_wide_to_tell_say_nothing() -> None:
    with precision(200):
        assert not list(overlapping(arb(1, arb(10) ** -20), arb(1), ""))
        assert [x.holds for x in overlapping(arb(1, arb(10) ** -20), arb(2), "")] == [False]


def test_a_root_is_taken_off_and_put_back() -> None:
    """x' = -√x from 1 is (1 - t/2)²."""
    x = sp.Symbol("x", positive=True)
    plain = unrooted(((x, -sp.sqrt(x)),))
    found = enclose(plain.system, {}, plain.start({x: R(1)}, (x,)), Fraction(1, 2), 40)
    with precision(300):
        assert plain.powers == (2,)
        assert plain.back(found.value, (x,))[x].contains(arb(fmpq(9, 16)))


def test_a_power_without_a_root_of_it_is_refused() -> None:
    x = sp.Symbol("x", positive=True)
    with pytest.raises(OutsideFragment):
        unrooted(((x, x ** sp.sqrt(2)),))


def test_products_of_several_layers_are_enclosed() -> None:
    """ẇ of a balanced stack of layers has roots of w; they are no reason to fall back to integration."""
    pair = modes(sj.Model(sj.Encoder(3), sj.Predictor(2), sj.LatentPrediction(), sj.EMA(tau)), "product")
    balance = v - w ** R(2, 3)
    assert said(Conserved(pair, balance))["Conserved: mode flow enclosed"] is True
    assert said(Conserved(pair, balance + tiny * w))["Conserved: mode flow enclosed"] is False


def test_the_integral_of_a_rate_is_enclosed_beside_the_flow() -> None:
    pair = modes(sj.Model(sj.Encoder(L), sj.Predictor(K), sj.LatentPrediction(), sj.Live()), "balanced")
    assert said(Moves(pair, u**2, 2 * u * pair.rates[u]))["Moves: mode flow enclosed"] is True
    assert said(Moves(pair, u**2, 2 * u * pair.rates[u] + tiny))["Moves: mode flow enclosed"] is False


def test_a_flow_that_is_no_polynomial_is_integrated_and_says_so() -> None:
    x, x0 = sp.symbols("x x0", positive=True)
    drain = Foreign(((x, -x / (1 + x**2)),))
    start = solves(drain, {x: x0}, {x: x0}, t)
    assert set(said(start)) == {"Solves: mode flow integrated"}
    assert set(said(Identity(lam, lam * sigma2 / sigma2))) == {"Identity: evaluation by balls"}


def test_a_bare_system_holds_its_equations_and_no_laws() -> None:
    x = sp.Symbol("x")
    found = enclose(System(((x, -x),)), {}, {x: R(1)}, 1, 30)
    with precision(200):
        assert found.value[x].contains(arb(-1).exp()) and found.complete


def test_a_limit_that_is_reached_to_all_digits_is_a_limit() -> None:
    """At rate 10³ nothing of the distance is left after the first times looked at: that is no reason to doubt it."""
    x = sp.Symbol("x", positive=True)
    fast = Foreign(((x, 1000 * x * (1 - x)),))
    claim = Converges(fast, R(1), R(0), sp.oo, 1000 * x, R(1))
    assert set(said(claim).values()) == {True}
    assert set(said(replace(claim, to=R(1) + tiny)).values()) == {True}  # a thousandth of the way is all that is asked
    assert set(said(replace(claim, to=R(101, 100))).values()) == {False}
