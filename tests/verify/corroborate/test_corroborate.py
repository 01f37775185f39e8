"""Independent numerics agree with what is true, and see what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from symjepa.catalogue import find, load
from symjepa.exact.facts import Fact
from symjepa.model import EMA, DataReconstruction, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.statements.claims import (
    Attracts,
    Claim,
    Conserved,
    Converges,
    Decouples,
    Hits,
    Identity,
    Implicit,
    Invariant,
    Less,
    Linearized,
    Moves,
    Quadratic,
    Root,
    Solves,
    Spectrum,
    SumCloses,
    Unequal,
    Within,
    Zeros,
    component,
    parts,
    solves,
)
from symjepa.statements.descriptions import Foreign, Layers, modes, pairs, restricted
from symjepa.statements.statement import NearMiss
from symjepa.symbols import K, L, alpha, b, eta, k, l, lam, layer_amplitude, n, rho, sigma2, t, tau, u, v, w
from symjepa.verify import obligations
from symjepa.verify.corroborate import CORROBORATORS, corroborate, corroborated
from symjepa.verify.hypotheses import context_of
from symjepa.verify.kernel.decide import Context
from symjepa.verify.unfolding import unfolded

u0 = sp.Symbol("u0", positive=True)
tiny = sp.Rational(1, 10**35)
q = 2 * K + 2 * L - 2
noise = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced", {lam: 0})
shallow = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced")
single = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "balanced")
learning = (Less(0, lam),)
deep = context_of((Less(0, K),))


def forgetting(power: sp.Expr, speed: sp.Expr = sp.S.One, shift: sp.Expr = sp.S.Zero) -> Solves:
    amplitude = (u0 ** (-power) + speed * power * sigma2 * t) ** (-1 / power)
    return solves(noise, {u: amplitude + shift * t}, {u: u0}, t)


def verdicts(claim: Claim, context: Context = Context()) -> set[bool | None]:  # noqa: B008
    return {found.agrees for part in parts(claim) for found in corroborated(part, context)}


def test_every_claim_that_the_kernel_compiles_has_a_corroboration():
    assert set(CORROBORATORS) == set(obligations._COMPILERS)


def test_a_true_closed_form_agrees_along_modes_and_layers():
    found = corroborated(forgetting(q), deep)
    assert [(one.agrees, one.digits) for one in found] == [(True, 50), (True, 50)]


@pytest.mark.parametrize(
    "wrong",
    [forgetting(q + 1), forgetting(q, speed=L + 1), forgetting(q, shift=tiny)],
    ids=["one layer too many", "a factor L + 1 in time", "a shift of 1e-35 t"],
)
def test_a_corrupted_closed_form_disagrees_along_modes_and_layers(wrong: Solves):
    assert [one.agrees for one in corroborated(wrong, deep)] == [False, False]


def test_a_disagreement_reports_its_point():
    assert "u0 = " in corroborated(forgetting(q + 1), deep)[0].against


def test_a_shift_of_the_order_of_the_last_digits_is_counted():
    assert 34 <= (corroborated(forgetting(q, shift=tiny), deep)[0].digits or 0) <= 37


psi = u * sigma2 / lam
clock = sp.log(psi) - sp.log(1 - psi) - sp.Sum(1 / (n * psi**n), (n, 1, 2 * L - 1))
speed = sigma2 * (lam / sigma2) ** (2 * L)
below = (Less(u * sigma2, lam),)


def test_an_implicit_solution_agrees():
    assert verdicts(Implicit(shallow, clock, speed, below), context_of(learning)) == {True}


@pytest.mark.parametrize("wrong", [speed / L, speed * lam, speed * (1 + tiny)], ids=str)
def test_a_wrong_speed_of_the_clock_disagrees(wrong: sp.Expr):
    two = context_of((*learning, Less(1, L)))
    assert verdicts(Implicit(shallow, clock, wrong, below), two) == {False}


pair = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau), alpha), "product")


def test_the_imbalance_is_conserved_with_its_alpha():
    assert verdicts(Conserved(pair, v**2 / alpha - w**2)) == {True}
    assert verdicts(Conserved(pair, v**2 - w**2)) == {False}


def test_the_rate_of_a_quantity_is_measured():
    rate = lam * b * w + lam * v * b / alpha
    assert verdicts(Moves(pair, b, tau * (w - b))) == {True}
    assert verdicts(Moves(pair, b, tau * (w - b) + tiny)) == {False}
    assert verdicts(Moves(pair, b, rate)) == {False}


learned = lam / sigma2
unit = sigma2 * u**2


def test_a_complete_list_of_fixed_points_agrees_and_an_incomplete_one_does_not():
    line = Foreign(((w, w * (1 - w)),))
    both = (component({w: sp.S.Zero}, (w,)), component({w: sp.S.One}, (w - 1,)))
    assert verdicts(Zeros(line, both, ())) == {True}
    assert False in verdicts(Zeros(line, both[:1], ()))


def test_a_rest_point_off_the_list_is_seen_in_the_plane():
    plane = Foreign(((v, v * (1 - v)), (w, v - w)))
    origin = component({v: sp.S.Zero, w: sp.S.Zero}, (v, w))
    one = component({v: sp.S.One, w: sp.S.One}, (v - 1, w - 1))
    positive = (Less(0, v),)
    assert False not in verdicts(Zeros(plane, (origin, one), (), positive))
    assert False in verdicts(Zeros(plane, (origin,), (), positive))


def test_linear_rates_are_those_of_the_numerical_jacobian():
    claim = Linearized(single, pairs({u: learned}), (-sigma2 * learned**2,), stable=True)
    assert verdicts(claim, context_of(learning)) == {True}
    assert False in verdicts(replace(claim, rates=(-sigma2 * learned**2 * (1 + tiny),)), context_of(learning))
    assert False in verdicts(replace(claim, stable=False), context_of(learning))


def test_two_rates_with_a_family_agree():
    plane = Foreign(((v, lam * (w - v)), (w, sp.S.Zero * w)))
    claim = Linearized(plane, pairs({v: w, w: w}), (-lam, sp.S.Zero), stable=True, family=(w,))
    assert verdicts(claim, context_of(learning)) == {True}


def test_rates_of_layers_with_their_multiplicities_are_those_of_the_numerical_jacobian():
    flow = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), LayerEMA(tau)), "families")
    S, T = sp.symbols("S T", positive=True)
    layer, head, average = (layer_amplitude(name, index) for name, index in (("w", l), ("v", k), ("b", l)))
    scale = lam**2 / sigma2 * w**2
    rates = (sp.S.Zero, K + L - 1), (-tau, L - 1), (Quadratic(tau + scale * (S + T), tau * scale * T), sp.S.One)
    claim = Spectrum(flow, pairs({v: learned, average: layer}), rates, pairs({S: layer**-2, T: head**-2}))
    known = context_of((Less(0, K), Unequal(lam, 0)))
    assert verdicts(claim, known) == {True}
    assert verdicts(replace(claim, rates=(*rates[:1], (-tau, L), *rates[2:])), known) == {False}
    assert verdicts(replace(claim, rates=(*rates[:1], (-tau * (1 + tiny), L - 1), *rates[2:])), known) == {False}
    assert verdicts(replace(claim, sums=pairs({S: layer**-2, T: head**-4})), known) == {False}
    assert verdicts(replace(claim, at=pairs({v: 2 * learned, average: layer})), known) == {False}


def test_a_spectrum_with_products_that_depend_on_others_agrees():
    flow = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), EMA(tau)), "families")
    S, layer = sp.Symbol("S", positive=True), layer_amplitude("w", l)
    pair = Quadratic(tau + lam**2 / sigma2 * w**2 * S + sigma2 * w**2, tau * sigma2 * w**2)
    claim = Spectrum(flow, pairs({b: w, v: learned}), ((sp.S.Zero, L), (pair, sp.S.One)), pairs({S: layer**-2}))
    assert verdicts(claim, context_of((Unequal(lam, 0),))) == {True}


def test_convergence_is_seen_and_a_wrong_limit_too():
    claim = Converges(single, learned, sp.S.Zero, sp.oo, unit, sp.S.One)
    assert verdicts(claim, context_of(learning)) == {True}
    assert verdicts(replace(claim, to=learned + sp.Rational(1, 100)), context_of(learning)) == {False}


line = Foreign(((w, w * (1 - w)),), (Fact(w, "positive"),))
first = sp.Rational(1, 7)
logistic = sp.log(w * 6 / (1 - w))
inside = (Less(first, w), Less(w, 1))


def test_a_hitting_time_agrees_with_the_rigorous_integral():
    assert [(x.agrees, x.digits) for x in corroborated(Hits(line, first, w, logistic, inside), Context())] == [
        (True, 50)
    ] * 2


def test_a_stop_in_symbols_of_its_own_is_drawn_by_them():
    clock = sp.log(w * 6 / (1 - w))
    half = (Less(2 * first, u), Less(u, 1))
    claim = Hits(line, first, u / 2, clock.subs(w, u / 2), half, clock=clock)
    assert [(x.agrees, x.digits) for x in corroborated(claim, Context())] == [(True, 50)] * 2
    assert verdicts(replace(claim, time=2 * claim.time)) == {False}


def test_a_depth_that_is_put_in_is_a_depth_of_the_model():
    model = Model(Encoder(L), Predictor(1), LatentPrediction(), Live())
    c, x, u1 = (sp.Symbol(name, positive=True) for name in ("c", "x", "u1"))
    flow = modes(model, "balanced", {lam: sigma2 * c, L: 1 + K})
    time = sp.Integral(1 / (sigma2 * x ** (2 + 2 * K) * (c - x)), (x, u0, u))
    claim = Hits(flow, u0, u1, time.subs(u, u1), (Less(u0, u1), Less(u1, c)), clock=time)
    assert verdicts(claim) == {True}
    assert verdicts(replace(claim, time=time.subs({u: u1, K: K + 1}))) == {False}


@pytest.mark.parametrize("wrong", [logistic + tiny, logistic * 2, sp.log(w * 6)], ids=str)
def test_a_wrong_hitting_time_disagrees(wrong: sp.Expr):
    assert verdicts(Hits(line, first, w, wrong, inside)) == {False}


def test_an_invariant_set_is_not_left():
    claim = Invariant(line, 1 - w, pairs({w: 1}), -sp.S.One)
    assert verdicts(claim) == {True}
    assert False in verdicts(replace(claim, quantity=sp.Rational(3, 5) - w, face=pairs({w: sp.Rational(3, 5)})))


N = sp.Symbol("N", integer=True)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (Identity(sp.sqrt(u) * sp.sqrt(u), u), Identity(sp.sqrt(u), u)),
        (Identity(sp.log(u * u0), sp.log(u) + sp.log(u0)), Identity(sp.log(u * u0), sp.log(u) + sp.log(u0) + tiny)),
        (Less(u, u + 1), Less(u, sp.S.One)),
        (Within(sp.exp(-u), 0, 1), Within(sp.exp(-u), 0, sp.exp(-2 * u))),
        (SumCloses(n, n, sp.S.One, N, N * (N + 1) / 2), SumCloses(n, n, sp.S.One, N, N * (N - 1) / 2)),
        (Root(w**2 - u, w, (sp.S.Zero, u + 1), True), Root(w**2 - u, w, (sp.S.Zero, u + 1), False)),
    ],
    ids=str,
)
def test_scalar_claims_agree_when_true_and_disagree_when_false(true: Claim, false: Claim):
    assert verdicts(true) == {True}
    assert verdicts(false) == {False}


def test_layers_leave_their_frames_when_an_end_is_turned():
    model = Layers(Model(Encoder(2), Predictor(1), DataReconstruction(), None, alpha, eta))
    assert verdicts(Decouples(model, ())) == {True}
    assert verdicts(Decouples(model, (), apart=("W.right",))) == {False}


FAST = ["jepa-fixed-point", "expected-loss", "balance-law", "jepa-mode-ode"]


@pytest.mark.parametrize("label", FAST)
def test_near_misses_are_seen_without_the_kernel(label: str):
    theorem = load(find(label))
    statement = unfolded(theorem.statement)
    context = context_of(statement.hypotheses)
    misses = [miss.claim for miss in statement.near_misses if isinstance(miss, NearMiss) and not miss.without]
    assert misses
    assert [False in verdicts(miss, context) for miss in misses] == [True] * len(misses)


def test_the_same_seed_gives_the_same_agreements():
    theorem = load(find("jepa-mode-ode"))
    assert corroborate(theorem) == corroborate(theorem)


def test_unused_symbols_do_not_hide_a_claim_without_points():
    impossible = context_of((Less(u, u0), Less(u0, u)))
    (found,) = corroborated(Identity(u, u0), impossible)
    assert found.agrees is None and found.points == 0
    assert rho not in impossible.facts


def test_a_flow_with_a_logarithm_is_integrated() -> None:
    decay = Foreign(((u, -sp.log(u)),))
    assert verdicts(Attracts(decay, sp.S.One, (sp.S.Zero, sp.oo))) == {True}
    assert False in verdicts(Attracts(decay, sp.Integer(2), (sp.S.Zero, sp.oo)))


def test_a_manifold_with_roots_is_followed_on_the_whole_flow() -> None:
    """w and b on v² = w² + 1 rest at v = ρ: not enclosed by themselves, but with v."""
    whole = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau)), "product", {lam: 2 * sigma2})
    level = restricted(whole, {v: sp.sqrt(w**2 + 1)}, (Fact(w, "positive"), Fact(b, "positive")))

    claim = Zeros(level, (component({w: sp.sqrt(3), b: sp.sqrt(3)}, (w - sp.sqrt(3),)),), ())
    found = {one.by: one.agrees for one in corroborated(claim, Context())}
    assert found["Zeros: mode flow enclosed until it rests"] is True
