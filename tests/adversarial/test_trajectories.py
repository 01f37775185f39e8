"""Trajectories: solutions, clocks, hitting times, roots and conserved quantities that are none."""

from __future__ import annotations

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Conserved, Hits, Identity, Implicit, Less, Root, Unequal, solves
from symjepa.statements.descriptions import modes
from symjepa.symbols import ENCODER_LAYERS, K, L, k, l, lam, sigma2, t, u, v, w
from tests.adversarial.verdicts import PROVED, REFUTED, balanced, equation, live, outcome, p, x, x0, y

growth = equation((x, x))
z = sp.Symbol("z", real=True)
step = sp.sqrt(z**2 - 4 * z + 4) / (z - 2)
layers = modes(live, "layers")
numbers = {L: 2, K: 1, k: 1, l: 1, sigma2: 1, lam: 1, u: 1, w: 1, t: 1}


def test_a_solution_solves() -> None:
    assert outcome(lambda: solves(growth, {x: x0 * sp.exp(t)}, {x: x0}, t), at={t: 1, x0: 1, x: 1}) == PROVED


def test_a_solution_from_another_start_is_none() -> None:
    assert outcome(lambda: solves(growth, {x: x0 * sp.exp(t)}, {x: 2 * x0}, t), at={t: 1, x0: 1, x: 1}) == REFUTED


def test_a_solution_at_another_speed_is_none() -> None:
    assert outcome(lambda: solves(growth, {x: x0 * sp.exp(2 * t)}, {x: x0}, t), at={t: 1, x0: 1, x: 1}) == REFUTED


def test_a_solution_is_not_followed_through_its_blow_up() -> None:
    blown = solves(equation((x, x**2)), {x: x0 / (1 - x0 * t)}, {x: x0}, t)
    assert outcome(lambda: blown, at={t: 0, x0: 1, x: 1}) != PROVED


def test_a_solution_is_followed_up_to_its_blow_up() -> None:
    until = solves(equation((x, x**2)), {x: x0 / (1 - x0 * t)}, {x: x0}, t, on=(AtMost(0, t), Less(t, 1 / x0)))
    assert outcome(lambda: until, at={t: 0, x0: 1, x: 1}) == PROVED


def test_a_solution_does_not_jump_over_the_moment_of_its_blow_up() -> None:
    jumped = solves(equation((x, x**2)), {x: x0 / (1 - x0 * t)}, {x: x0}, t, on=(Unequal(t, 1 / x0),))
    assert outcome(lambda: jumped, at={t: 2, x0: 1, x: 1}) != PROVED


def test_a_solution_at_one_moment_is_no_solution() -> None:
    moment = solves(
        equation((x, x**2)), {x: x0 / (1 - x0 * t)}, {x: x0}, t, on=(Unequal(t, 1 / x0), Identity(t, 2 / x0))
    )
    assert outcome(lambda: moment, at={t: 2, x0: 1, x: 1}) != PROVED


def test_times_that_do_not_begin_at_zero_are_refused() -> None:
    late = solves(equation((x, x**2)), {x: x0 / (1 - x0 * t)}, {x: x0}, t, on=(Less(1 / x0, t),))
    assert outcome(lambda: late, at={t: 2, x0: 1, x: 1}) != PROVED


def test_times_that_bend_are_refused() -> None:
    ring = solves(equation((x, x**2)), {x: x0 / (1 - x0 * t)}, {x: x0}, t, on=(Less(0, (t - 1 / x0) ** 2),))
    assert outcome(lambda: ring, at={t: 2, x0: 1, x: 1}) != PROVED


def test_a_solution_up_to_any_time_is_not_refuted() -> None:
    until = solves(growth, {x: x0 * sp.exp(t)}, {x: x0}, t, on=(Less(t, z),))
    assert outcome(lambda: until, at={t: 0, z: 1, x0: 1, x: 1}) != REFUTED


def test_a_start_outside_the_domain_is_no_start() -> None:
    flow = modes(Model(Encoder(1), Predictor(0), LatentPrediction(), Live()), "balanced")
    decaying = solves(flow, {u: -sp.exp((lam - sigma2) * t)}, {u: -1}, t)
    assert outcome(lambda: decaying, at={t: 1, lam: 1, sigma2: 1, u: 1}) != PROVED


def test_a_solution_that_leaves_the_domain_is_none() -> None:
    from symjepa.exact.facts import Fact
    from symjepa.statements.descriptions import Foreign

    falling = Foreign(((x, -sp.S.One),), (Fact(x, "positive"),))
    assert outcome(lambda: solves(falling, {x: 1 - t}, {x: 1}, t), at={t: 0, x: 1}) == REFUTED


def test_a_value_for_another_state_is_refused() -> None:
    assert outcome(lambda: solves(growth, {y: sp.exp(t)}, {y: 1}, t), at={t: 1, x: 1, y: 1}) != PROVED


def test_what_moves_is_not_conserved() -> None:
    assert outcome(lambda: Conserved(balanced, u), at=numbers) == REFUTED


def test_an_imbalance_weighted_wrongly_is_not_conserved() -> None:
    flow = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live(), sp.Integer(2)), "product")
    assert outcome(lambda: Conserved(flow, v**2 - w**2), at={v: 1, w: 1, lam: 1, sigma2: 1}) == REFUTED
    assert outcome(lambda: Conserved(flow, v**2 / 2 - w**2), at={v: 1, w: 1, lam: 1, sigma2: 1}) == PROVED


def test_the_first_layer_of_a_symbolic_stack_is_not_conserved() -> None:
    first = sp.Symbol("w_1", real=True)
    assert outcome(lambda: Conserved(layers, first), at={**numbers, first: 1}) != PROVED


def test_the_next_layer_of_a_symbolic_stack_is_not_conserved() -> None:
    assert outcome(lambda: Conserved(layers, ENCODER_LAYERS[l + 1] ** 2), at=numbers) != PROVED


def test_the_product_of_the_layers_is_not_conserved_in_balance() -> None:
    assert outcome(lambda: Conserved(balanced, w), at=numbers) != PROVED


def test_time_is_not_conserved() -> None:
    assert outcome(lambda: Conserved(balanced, t), at=numbers) != PROVED


def test_a_clock_does_not_stand_still() -> None:
    assert outcome(lambda: Implicit(growth, y, sp.S.Zero), at={x: 1, y: 1}) == REFUTED


def test_a_clock_does_not_run_at_another_speed() -> None:
    assert outcome(lambda: Implicit(growth, sp.log(x), sp.Integer(2), (Less(0, x),)), at={x: 1}) == REFUTED


def test_a_clock_with_the_other_branch_does_not_run() -> None:
    rate = equation((x, x * (1 - x)))
    branch = Implicit(rate, sp.log(x) - sp.log(x - 1), sp.S.One, (Less(0, x), Less(x, 1)))
    assert outcome(lambda: branch, at={x: sp.Rational(1, 2)}) != PROVED


def test_a_hitting_time_hits() -> None:
    assert outcome(lambda: Hits(growth, sp.S.One, z, sp.log(z), (Less(1, z),)), at={z: 2, x: 1}) == PROVED


def test_a_flow_does_not_hit_what_lies_behind() -> None:
    assert (
        outcome(lambda: Hits(growth, sp.S.One, z, sp.log(z), (Less(z, 1), Less(0, z))), at={z: sp.Rational(1, 2), x: 1})
        != PROVED
    )


def test_a_flow_does_not_pass_a_fixed_point() -> None:
    rate = equation((x, (x - 2) ** 2))
    through = Hits(rate, sp.S.One, z, 1 / (2 - z) - 1, (Less(2, z),))
    assert outcome(lambda: through, at={z: 3, x: 1}) != PROVED


def test_a_hitting_time_begins_at_zero() -> None:
    assert outcome(lambda: Hits(growth, sp.S.One, z, sp.log(z) + 1, (Less(1, z),)), at={z: 2, x: 1}) != PROVED


def test_a_hitting_time_does_not_step_between() -> None:
    stepping = Hits(equation((x, 1)), sp.S.One, z, z + step, (Less(2, z),))
    assert outcome(lambda: stepping, at={z: 3, x: 1}) != PROVED


def test_a_hypothesis_on_the_stop_does_not_hide_a_step() -> None:
    stepping = Hits(equation((x, 1)), sp.S.One, z, z + step)
    assert outcome(lambda: stepping, given=(Less(2, z),), at={z: 3, x: 1}) != PROVED


def test_a_root_is_alone() -> None:
    cubic = Root((x - 1) * (x - 2) * (x - 3), x, (sp.S.Zero, sp.Integer(4)), True)
    assert outcome(lambda: cubic, at={x: 1}) != PROVED


def test_a_root_is_strictly_inside() -> None:
    assert outcome(lambda: Root(x, x, (sp.S.Zero, sp.S.One), True), at={x: 1}) != PROVED


def test_a_falling_root_does_not_rise() -> None:
    assert outcome(lambda: Root(1 - x, x, (sp.S.Zero, sp.Integer(2)), True), at={x: 1}) != PROVED
    assert outcome(lambda: Root(1 - x, x, (sp.S.Zero, sp.Integer(2)), False), at={x: 1}) == PROVED


def test_a_root_needs_its_ends_in_order() -> None:
    assert outcome(lambda: Root(x - 1, x, (sp.Integer(2), sp.S.Zero), True), at={x: 1}) == REFUTED


def test_a_pole_is_no_root() -> None:
    assert outcome(lambda: Root(-1 / (x - 1), x, (sp.S.Zero, sp.Integer(2)), True), at={x: 2}) != PROVED


def test_a_step_is_no_root() -> None:
    assert outcome(lambda: Root(step.subs(z, x), x, (sp.S.Zero, sp.Integer(4)), True), at={x: 3}) != PROVED


def test_a_foreign_flow_of_floats_solves_nothing() -> None:
    floating = equation((x, sp.Float("0.5") * x))
    assert outcome(lambda: solves(floating, {x: sp.exp(t / 2)}, {x: 1}, t), at={t: 1, x: 1}) != PROVED


def test_a_gap_that_is_positive_nowhere_is_no_interval() -> None:
    never = solves(growth, {x: x0 * sp.exp(2 * t)}, {x: x0}, t, on=(Less(p, -p * (1 + t)),))
    assert outcome(lambda: never, at={t: 0, x0: 1, x: 1, p: 1}) != PROVED
