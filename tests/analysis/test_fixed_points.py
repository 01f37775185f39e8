"""Proposed fixed points annihilate every rate; proposed rates are the eigenvalues of the Jacobian."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.analysis.fixed_points import fixed_points
from symjepa.analysis.proposals import FixedPoint

from .models import flows, modes, substituted

VALUES = st.lists(st.fractions("1/5", 3, max_denominator=9), min_size=14, max_size=14)


def parameters_at(flow: sj.ModeFlow, point: FixedPoint, values) -> dict[sp.Symbol, sp.Expr]:
    """Positive rationals for every symbol left; special parameters where the point asks for them."""
    free = {x for f in (*flow.rates.values(), *point.at.values()) for x in f.free_symbols}
    chosen = dict(zip(sorted(free, key=str), map(sp.Rational, values), strict=False))
    for fact in point.exists_if:
        if fact.kind == "zero":
            ((symbol, value),) = [(x, y) for x in (sj.lam,) for y in sp.solve(fact.expr, x)][:1]
            chosen[symbol] = substituted(value, chosen)
    return chosen


def holds(fact, chosen) -> bool:
    value = sp.N(substituted(fact.expr, chosen), 30)
    near = abs(value) < sp.Float("1e-20")
    return {"positive": value > 0, "nonnegative": value >= 0, "zero": near, "nonzero": not near}[fact.kind]


def jacobian_at(flow: sj.ModeFlow, here, chosen) -> sp.Matrix:
    """Independent differentiation; limits at zeros of the state are taken by approaching them."""
    fixed = {x: value for x, value in chosen.items() if x not in flow.rates}
    table = [[rate.subs(fixed).diff(x) for x in flow.state] for rate in flow.rates.values()]
    tiny = {x: value if value != 0 else sp.Rational(1, 10**90) for x, value in here.items()}
    return sp.Matrix(table).applyfunc(lambda f: sp.N(f.subs(list(tiny.items()), simultaneous=True), 60))


def elementary(rates) -> list[sp.Expr]:
    """Coefficients of Π (x - rate)."""
    x = sp.Symbol("x")
    polynomial = sp.Poly(sp.S.One, x)
    for rate in rates:
        polynomial *= sp.Poly([sp.S.One, -rate], x)
    return [sp.N(c, 40) for c in polynomial.all_coeffs()]


@settings(max_examples=60)
@given(flows(), VALUES)
def test_every_proposed_point_annihilates_every_rate(flow, values) -> None:
    for point in fixed_points(flow):
        if point.conditions:
            continue
        chosen = parameters_at(flow, point, values)
        if all(holds(fact, chosen) for fact in point.exists_if):
            here = {x: substituted(value, chosen) for x, value in point.at.items()}
            for rate in flow.rates.values():
                assert abs(sp.N(substituted(rate, {**chosen, **here}), 40)) < sp.Float("1e-30")


@settings(max_examples=60)
@given(flows(decay=False), VALUES)
def test_proposed_rates_are_the_eigenvalues_of_the_jacobian(flow, values) -> None:
    for point in fixed_points(flow):
        chosen = parameters_at(flow, point, values)
        if not point.rates or not all(holds(fact, chosen) for fact in point.exists_if):
            continue
        here = {x: substituted(value, chosen) for x, value in point.at.items()}
        expected = jacobian_at(flow, here, chosen).charpoly().all_coeffs()
        found = elementary(substituted(rate, {**chosen, **here}) for rate in point.rates)
        assert len(found) == len(expected)
        assert all(abs(sp.N(e - f, 30)) < sp.Float("1e-20") for e, f in zip(expected, found, strict=True))


@pytest.mark.parametrize(("encoder", "predictor"), [(2, 1), (2, 2), (sj.L, sj.K)])
def test_a_condition_times_the_state_is_the_rate(encoder, predictor) -> None:
    flow = modes("balanced", encoder, predictor, sj.Live(), alpha=sj.alpha, eta=sj.eta)
    (point,) = [p for p in fixed_points(flow) if p.conditions]
    assert sp.simplify(point.conditions[0] * sj.u - flow.rates[sj.u]) == 0


@settings(max_examples=30)
@given(flows(coordinates=("balanced",), decay=False), VALUES)
def test_balanced_lists_are_complete_on_the_positive_axis(flow, values) -> None:
    """The positive zeros of the rate, with the teacher at rest, are counted by Sturm's theorem."""
    assume(flow.coordinates == "balanced")
    listed, root = fixed_points(flow), sp.Dummy("root", positive=True)
    chosen = dict(zip(flow.parameters, (sp.Rational(value) ** 2 for value in values), strict=False))
    resting = {x: y for x, y in {sj.b: sj.u**flow.source.model.encoder.depth, sj.s: sj.u}.items() if x in flow.rates}
    rate = sp.Poly(sp.expand(flow.rates[sj.u].xreplace(resting).xreplace(chosen)), sj.u)
    assume(not rate.is_zero)
    counted = sp.Poly(rate.as_expr().xreplace({sj.u: root}), root).count_roots(sp.Rational(1, 10**9), 10**9)
    proposed = [p for p in listed if p.at[sj.u] != 0 and all(holds(f, chosen) for f in p.exists_if)]
    assert listed.complete_on is not None and counted == len(proposed)


LEARNED = [
    (sj.Live(), lambda rho, K, L: rho ** (1 / K) / sp.sqrt(sj.alpha)),
    (sj.EMA(sj.tau), lambda rho, K, L: rho ** (1 / K) / sp.sqrt(sj.alpha)),
    (sj.LayerEMA(sj.tau), lambda rho, K, L: rho ** (1 / K) / sp.sqrt(sj.alpha)),
    (None, lambda rho, K, L: rho ** (1 / (K + L)) * sj.alpha ** (-K / (2 * (K + L)))),
]


@pytest.mark.parametrize(("teacher", "closed_form"), LEARNED)
def test_the_learned_solution_of_every_depth_is_found_and_stable(teacher, closed_form) -> None:
    listed = fixed_points(modes("balanced", sj.L, sj.K, teacher, alpha=sj.alpha))
    (learned,) = [point for point in listed if point.at[sj.u] != 0]
    ours = closed_form(sj.lam / sj.sigma2, sj.K, sj.L)
    positive = sp.Symbol("lam", positive=True)
    ratio = (learned.at[sj.u] / ours).subs(sj.lam, positive)
    assert sp.simplify(sp.expand_log(sp.log(ratio), force=True)) == 0 and learned.kind == "stable"


def test_the_data_target_feels_the_depth_of_the_encoder_and_the_latent_target_does_not() -> None:
    latent, data = (fixed_points(modes("balanced", sj.L, 1, teacher)).points[-1] for teacher in (sj.Live(), None))
    assert sj.L not in latent.at[sj.u].free_symbols and sj.L in data.at[sj.u].free_symbols


def test_the_origin_of_the_live_flow_is_degenerate() -> None:
    origin = fixed_points(modes("balanced", sj.L, 1, sj.Live())).points[0]
    assert origin.at[sj.u] == 0 and origin.kind == "degenerate" and origin.rates == (0,)


def test_the_moving_average_has_a_line_of_survival_and_a_line_of_collapse() -> None:
    collapse, survival = fixed_points(modes("product", 1, 1, sj.EMA(sj.tau), alpha=sj.alpha)).points
    assert survival.at == {sj.w: sj.w, sj.v: sj.lam / sj.sigma2, sj.b: sj.w} and survival.family == (sj.w,)
    assert collapse.at == {sj.w: 0, sj.v: sj.v, sj.b: 0} and collapse.family == (sj.v,)


def test_off_balance_the_moving_average_has_two_rates_that_are_not_zero() -> None:
    survival = fixed_points(modes("product", 1, 1, sj.EMA(sj.tau))).points[-1]
    assert survival.rates[0] == 0 and survival.kind == "stable" and len(survival.rates) == 3
    fast, slow = survival.rates[1:]
    c, m = sj.lam**2 / sj.sigma2, sj.sigma2 * sj.w**2
    assert sp.simplify(fast + slow + sj.tau + c + m) == 0 and sp.simplify(fast * slow - sj.tau * m) == 0


def test_layerwise_averages_add_the_teachers_own_rate() -> None:
    survival = fixed_points(modes("layers", 2, 1, sj.LayerEMA(sj.tau))).points
    (learned,) = [point for point in survival if point.kind == "stable"]
    assert learned.rates.count(-sj.tau) == 1 and learned.family_dim == 2


def test_the_shared_teacher_survives_only_without_noise() -> None:
    listed = fixed_points(modes("product", sj.L, 1, sj.Shared()))
    (survival,) = [point for point in listed if point.at[sj.w] != 0]
    assert [str(fact) for fact in survival.exists_if] == ["lam**2 - sigma2*sigma2_y = 0"]


def test_without_a_predictor_a_mode_survives_at_one_influence_only() -> None:
    listed = fixed_points(modes("balanced", 2, 0, sj.Live()))
    assert any(point.family == (sj.u,) and str(point.exists_if[0]) == "lam - sigma2 = 0" for point in listed)


def test_weight_decay_has_two_branches_below_its_threshold() -> None:
    listed = fixed_points(modes("balanced", 1, 1, sj.Live(), eta=sj.eta))
    assert [point.kind for point in listed] == ["stable", "unstable", "stable"]
    assert "-4*eta*sigma2 + lam**2 >= 0" in map(str, listed.points[1].exists_if)


def test_weight_decay_of_a_deep_mode_leaves_a_condition_and_claims_no_completeness() -> None:
    listed = fixed_points(modes("balanced", sj.L, sj.K, sj.Live(), eta=sj.eta))
    assert listed.complete_on is None and any(point.conditions for point in listed)


def test_layers_of_symbolic_depth_say_what_to_do() -> None:
    listed = fixed_points(modes("layers", sj.L, 1, sj.Live()))
    assert listed.points == () and "use product or balanced" in listed.why
