"""Fixed points missed, or listed and none; hidden zero rates; basins with two fixed points; sets that are left."""

from __future__ import annotations

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    Converges,
    Identity,
    Invariant,
    Less,
    Linearized,
    Zeros,
    component,
)
from symjepa.statements.descriptions import Foreign, pairs
from symjepa.symbols import K, L, lam, rho, sigma2, u
from tests.adversarial.verdicts import PROVED, REFUTED, a, balanced, equation, outcome, p, x, y

ONE, ZERO, TWO = sp.S.One, sp.S.Zero, sp.Integer(2)
z = sp.Symbol("z", real=True)
at = {x: 1, y: 1, z: 1}
modes_at = {K: 1, L: 1, lam: 1, sigma2: 1, u: 1, rho: 1}


def zeros(
    flow: Foreign, *listed: tuple[dict[sp.Symbol, sp.Expr], tuple[sp.Expr, ...]], by: tuple[Cofactors, ...]
) -> Zeros:
    return Zeros(flow, tuple(component(values, equations) for values, equations in listed), by)


def by(coefficients: dict[sp.Symbol, sp.Expr | int], unit: sp.Expr = ONE) -> Cofactors:
    return Cofactors(pairs(coefficients), unit)


def test_all_zeros_are_all() -> None:
    flow = equation((x, (x - 1) * (x - 2)))
    assert outcome(lambda: zeros(flow, ({x: ONE}, (x - 1,)), ({x: TWO}, (x - 2,)), by=(by({x: 1}),)), at=at) == PROVED


def test_a_zero_is_not_missed() -> None:
    flow = equation((x, (x - 1) * (x - 2)))
    assert outcome(lambda: zeros(flow, ({x: ONE}, (x - 1,)), by=(by({x: 1}, x - 2),)), at=at) != PROVED


def test_a_listed_point_is_a_zero() -> None:
    flow = equation((x, x - 1))
    assert outcome(lambda: zeros(flow, ({x: TWO}, (x - 2,)), by=(by({x: 1}),)), at=at) == REFUTED


def test_a_component_outside_the_domain_is_none() -> None:
    flow = Foreign(((x, (x - 1) * (x + 1)),), (Fact(x, "positive"),))
    assert outcome(lambda: zeros(flow, ({x: ONE}, (x - 1,)), ({x: -ONE}, (x + 1,)), by=(by({x: 1}),)), at=at) == REFUTED


def test_every_state_of_a_component_has_its_equation() -> None:
    flow = equation((x, x - 1), (y, (y - 1) * (y - 2)))
    assert outcome(lambda: zeros(flow, ({x: ONE, y: ONE}, (x - 1,)), by=(by({x: 1}),)), at=at) != PROVED


def test_every_choice_of_equations_has_its_cofactors() -> None:
    flow = equation((x, x - 1), (y, (y - 1) * (y - 2)))
    assert outcome(lambda: zeros(flow, ({x: ONE, y: ONE}, (x - 1, y - 1)), by=(by({x: 1}),)), at=at) != PROVED


def test_an_equation_with_two_roots_does_not_determine_its_state() -> None:
    flow = equation((x, x**2 - 1))
    claim = Zeros(flow, (component({x: 1}, (x**2 - 1,), TWO),), (by({x: 1}),))
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_mode_has_no_fixed_point_below_the_threshold() -> None:
    learned = (lam / sigma2) ** (1 / K)
    listed = (component({u: learned}, (u**K - lam / sigma2,), K),)
    claim = Zeros(balanced, listed, (by({u: 1}, -sigma2 * u ** (K + 2 * L - 1)),))
    assert outcome(lambda: claim, given=(Less(0, K),), at=modes_at) != PROVED
    assert outcome(lambda: claim, given=(Less(0, K), Less(0, lam)), at=modes_at) == PROVED


def test_a_sink_is_stable() -> None:
    assert outcome(lambda: Linearized(equation((x, -x)), pairs({x: 0}), (-ONE,), True), at=at) == PROVED


def test_a_source_is_not_stable() -> None:
    assert outcome(lambda: Linearized(equation((x, x)), pairs({x: 0}), (ONE,), True), at=at) == REFUTED


def test_a_point_that_moves_has_no_linearization() -> None:
    assert outcome(lambda: Linearized(equation((x, 1 - x)), pairs({x: 0}), (-ONE,), True), at=at) == REFUTED


def test_a_rate_counts_as_often_as_it_occurs() -> None:
    flow = equation((x, -x), (y, -2 * y))
    assert outcome(lambda: Linearized(flow, pairs({x: 0, y: 0}), (-ONE, -ONE), True), at=at) == REFUTED


def test_a_zero_rate_is_not_hidden_among_stable_ones() -> None:
    flow = equation((x, x**3), (y, -y))
    assert outcome(lambda: Linearized(flow, pairs({x: 0, y: 0}), (ZERO, -ONE), True), at=at) != PROVED


def test_a_zero_rate_in_disguise_is_not_negative() -> None:
    flow = equation((x, x**3), (y, -y))
    disguised = (a - 1) ** 2 - a**2 + 2 * a - 1
    assert outcome(lambda: Linearized(flow, pairs({x: 0, y: 0}), (disguised, -ONE), True), at={**at, a: 1}) != PROVED


def test_a_parameter_is_no_family_of_fixed_points() -> None:
    flow = equation((x, x**3), (y, -y))
    claim = Linearized(flow, pairs({x: 0, y: 0, a: a}), (ZERO, -ONE), True, (a,))
    assert outcome(lambda: claim, at={**at, a: 1}) != PROVED


def test_a_family_named_twice_is_one_family() -> None:
    flow = equation((x, -x), (y, z), (z, 0))
    claim = Linearized(flow, pairs({x: 0, y: y, z: 0}), (-ONE, ZERO, ZERO), True, (y, y))
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_fixed_point_does_not_choose_the_parameters() -> None:
    assert (
        outcome(lambda: Linearized(equation((x, a - x)), pairs({x: 0, a: 0}), (-ONE,), True), at={x: 0, a: 5}) != PROVED
    )


def test_a_saddle_is_judged_alike_in_any_order() -> None:
    flow = equation((x, x), (y, -y))
    verdicts = {
        outcome(lambda r=r: Linearized(flow, pairs({x: 0, y: 0}), r, False), at=at) for r in ((ONE, -ONE), (-ONE, ONE))
    }
    assert len(verdicts) == 1


def test_a_basin_does_not_hold_two_fixed_points() -> None:
    flow = equation((x, x * (1 - x) * (2 - x)))
    assert outcome(lambda: Converges(flow, ONE, ZERO, sp.oo, x * (2 - x), ONE), at=at) != PROVED


def test_a_basin_holds_its_limit() -> None:
    flow = equation((x, 1 - x))
    assert outcome(lambda: Converges(flow, ONE, TWO, sp.oo, ONE, ONE), at=at) != PROVED


def test_a_repelling_point_attracts_nothing() -> None:
    assert outcome(lambda: Converges(equation((x, x - 1)), ONE, ZERO, sp.oo, -ONE, ONE), at=at) != PROVED


def test_a_basin_that_reaches_below_zero_is_not_on_the_line() -> None:
    flow = equation((x, 1 - x**2))
    assert outcome(lambda: Converges(flow, ONE, -TWO, sp.oo, ONE, TWO), at=at) != PROVED


def test_a_mode_without_predictor_need_not_converge() -> None:
    claim = Converges(balanced, (lam / sigma2) ** (1 / K), ZERO, sp.oo, sigma2 * u ** (K + 2 * L - 1), K)
    assert outcome(lambda: claim, given=(Less(0, lam),), at=modes_at) != PROVED


def test_a_set_with_an_outward_flow_is_left() -> None:
    assert outcome(lambda: Invariant(equation((x, -ONE)), x, pairs({x: 0}), ONE), at=at) == REFUTED


def test_a_set_with_an_inward_flow_is_kept() -> None:
    assert outcome(lambda: Invariant(equation((x, ONE)), x, pairs({x: 0}), ONE), at=at) == PROVED


def test_a_set_is_left_where_only_part_of_its_face_is_inward() -> None:
    assert outcome(lambda: Invariant(equation((x, y), (y, ZERO)), x, pairs({x: 0}), ONE), at=at) == REFUTED
    assert (
        outcome(lambda: Invariant(equation((x, y), (y, ZERO)), x, pairs({x: 0}), ONE, (AtMost(0, y),)), at=at) == PROVED
    )


def test_what_ceases_to_hold_at_once_refutes_no_invariant_set() -> None:
    """While y = 0 the set x ≥ 0 is not left: that is over before x < 0.  With room around y = 0 it is left."""
    flow = equation((x, -ONE), (y, ONE))
    assert outcome(lambda: Invariant(flow, x, pairs({x: 0}), ONE, (Identity(y, 0),)), at={x: 0, y: 0}) not in (
        PROVED,
        REFUTED,
    )
    assert outcome(lambda: Invariant(flow, x, pairs({x: 0}), ONE, (AtMost(0, y),)), at=at) == REFUTED


def test_a_face_that_is_not_the_boundary_shows_nothing() -> None:
    assert outcome(lambda: Invariant(equation((x, -ONE)), x**2 - 1, pairs({x: 1}), x + 1), at=at) != PROVED


def test_a_set_is_left_by_a_flow_that_is_not_lipschitz() -> None:
    slow = equation((x, -((x**2 - 2 * x * y + y**2) ** sp.Rational(1, 4))))
    assert outcome(lambda: Invariant(slow, x - y, pairs({x: y}), ONE), at={x: 2, y: 1}) != PROVED


def test_a_wrong_unit_refutes_no_invariant_set() -> None:
    assert outcome(lambda: Invariant(equation((x, ONE)), x, pairs({x: 0}), TWO), at=at) != REFUTED


def test_a_unit_that_may_vanish_bounds_nothing() -> None:
    assert (
        outcome(lambda: Invariant(equation((x, -ONE)), x * (x - p), pairs({x: ZERO}), x - p), at={**at, p: 1}) != PROVED
    )
