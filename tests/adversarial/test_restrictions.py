"""Manifolds that are not invariant, or not what they seem: no claim about them is PROVED."""

import pytest
import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact, Range
from symjepa.model import EMA, Encoder, LatentPrediction, Live, Model, Predictor, Shared
from symjepa.statements.claims import Cofactors, Conserved, Hits, Less, Linearized, Moves, Zeros, component
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.symbols import b, lam, rho, sigma2, t, tau, v, w
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, equation, outcome, x, y

c = sp.Symbol("c", real=True)
delta = sp.Symbol("delta", real=True)
live = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "product")
ema = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau)), "product")
shared = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Shared()), "product")
AT = {lam: 2, sigma2: 1, delta: 1, v: 2, w: 2, tau: 1, b: 1, sp.Symbol("sigma2_y", positive=True): 5}


def encoder(radicand, scale=1):
    return {w: scale * sp.sqrt(radicand)}, (Fact(radicand, "positive"),)


def moves(whole, eliminated, where=()):
    flow = restricted(whole, eliminated, where)
    return Moves(flow, v, flow.rates[v])


def test_the_conserved_imbalance_is_an_invariant_manifold():
    assert outcome(lambda: moves(live, *encoder(v**2 - delta)), at=AT) == PROVED


def test_either_sign_of_the_eliminated_amplitude_is_one():
    assert outcome(lambda: moves(live, *encoder(v**2 - delta, -1)), at=AT) == PROVED


@pytest.mark.parametrize("radicand", [v**2 + v - delta, v**3 - delta, 2 * v**2 - delta, v**2 - delta * v])
def test_another_curve_is_refuted(radicand):
    assert outcome(lambda: moves(live, *encoder(radicand)), at=AT) == REFUTED


def test_a_scaled_branch_is_refuted():
    assert outcome(lambda: moves(live, *encoder(v**2 - delta, 2)), at=AT) == REFUTED


def test_the_imbalance_is_no_manifold_without_stop_gradient():
    assert outcome(lambda: moves(shared, *encoder(v**2 - delta)), at=AT) == REFUTED


def test_two_amplitudes_may_be_eliminated_only_together():
    assert outcome(lambda: moves(ema, {w: sp.sqrt(v**2 - delta), b: sp.sqrt(v**2 - delta)}), at=AT) == REFUTED


def test_a_teacher_beside_the_manifold_is_left_as_it_is():
    assert outcome(lambda: moves(ema, *encoder(v**2 - delta)), at=AT) == PROVED


def test_without_its_domain_a_root_is_not_smooth():
    assert outcome(lambda: moves(live, {w: sp.sqrt(v**2 - delta)}), at=AT) != PROVED


def test_a_manifold_on_which_solutions_are_not_unique_is_none():
    # y' = y^(1/2) has y = 0 and y = t^2/4 from the same start
    flow = restricted(equation((x, 1 + y), (y, sp.sqrt(y))), {y: sp.S.Zero})
    assert outcome(lambda: Moves(flow, x, sp.S.One), at={x: 1}) != PROVED


def test_a_manifold_outside_the_domain_is_none():
    from symjepa.statements.descriptions import Foreign

    whole = Foreign(((x, y), (y, sp.S.Zero)), (Fact(y, "positive"),))
    assert outcome(lambda: Moves(restricted(whole, {y: -sp.S.One}), x, -sp.S.One), at={x: 1}) != PROVED


def test_facts_about_parameters_are_demanded_and_not_granted():
    flow = restricted(live, {w: sp.sqrt(v**2 + delta)}, (Fact(delta, "positive"),))
    claim = Linearized(flow, pairs({v: rho}), (-sigma2 * (rho**2 + delta),), stable=True)
    assert outcome(lambda: claim, at={**AT, rho: 1}) != PROVED


def test_a_time_of_passage_demands_them_too():
    whole = equation((x, 1 + 0 * y), (y, 0))
    flow = restricted(whole, {y: c}, (Fact(c, "positive"),))
    hits = Hits(flow, sp.S.Zero, sp.Symbol("stop", positive=True), sp.Symbol("stop", positive=True))
    assert outcome(lambda: hits, at={c: 1, sp.Symbol("stop", positive=True): 1}) != PROVED
    assert outcome(lambda: hits, given=[Less(0, c)], at={c: 1, sp.Symbol("stop", positive=True): 1}) == PROVED


def test_a_time_of_passage_stays_in_the_domain():
    whole = equation((x, 1), (y, 2 * x))
    flow = restricted(whole, {y: x**2}, (Fact(1 - x, "positive"),))
    stop = sp.Symbol("stop", positive=True)
    assert outcome(lambda: Hits(flow, sp.S.Zero, stop, stop), at={stop: sp.Rational(1, 2)}) != PROVED
    assert outcome(lambda: Hits(flow, sp.S.Zero, stop, stop, (Less(stop, 1),)), at={stop: sp.Rational(1, 2)}) == PROVED


def test_what_is_eliminated_is_no_constant_of_the_restricted_flow():
    flow = restricted(equation((x, 0), (y, x)), {y: c})
    assert outcome(lambda: Conserved(flow, y), at={x: 1, c: 1, y: 1}) == REFUSED


def test_an_eliminated_public_amplitude_is_refused_too():
    flow = restricted(live, *encoder(v**2 - delta))
    assert outcome(lambda: Conserved(flow, w), at=AT) == REFUSED


def test_a_zero_outside_the_domain_is_not_listed():
    flow = restricted(live, *encoder(v**2 - delta))
    unit = -sigma2 * (v**2 - delta)
    zeros = Zeros(flow, (component({v: lam / sigma2}, (v - lam / sigma2,)),), (Cofactors(pairs({v: 1}), unit),))
    assert outcome(lambda: zeros, at=AT) != PROVED
    assert outcome(lambda: zeros, given=[Less(delta, lam**2 / sigma2**2)], at=AT) == PROVED


def test_hypotheses_about_a_symbol_of_the_state_do_not_narrow_the_manifold():
    # w = |v| is the manifold of delta = 0 only where v > 0
    flow = restricted(live, {w: v})
    zeros = Zeros(flow, (component({v: rho}, (v - rho,)),), (Cofactors(pairs({v: 1}), -sigma2 * v**2),))
    assert outcome(lambda: zeros, given=[Less(0, v)], at={**AT, rho: 2}) != PROVED


@pytest.mark.parametrize(
    ("eliminated", "where"),
    [
        ({}, ()),
        ({w: v, v: w}, ()),
        ({w: w}, ()),
        ({b: v}, ()),
        ({w: v}, (Fact(w, "positive"),)),
        ({w: v}, (Fact(v - 1, "zero"),)),
        ({w: v}, (Fact(v, "positive", (Range(v, sp.S.Zero, sp.S.One, False),)),)),
    ],
)
def test_a_manifold_gives_some_of_the_state_by_the_rest(eliminated, where):
    with pytest.raises(SymjepaError, match=r"eliminated|functions of what is left|given by signs"):
        restricted(live, eliminated, where)


def test_a_manifold_does_not_move():
    assert outcome(lambda: moves(live, {w: t}), at={**AT, t: 1}) == REFUSED


def test_only_descriptions_are_restricted():
    with pytest.raises(SymjepaError, match="what is restricted is"):
        restricted(live.flow, {w: v})


def test_a_restriction_of_its_own_making_is_no_description():
    from symjepa.statements.descriptions import Restricted

    class Spoofed(Restricted):
        @property
        def rates(self):
            return {v: sp.S.Zero}

    flow = Spoofed(live, ((w, v),))
    assert outcome(lambda: Conserved(flow, v), at=AT) == REFUSED
