"""Cancelled zeros: what SymPy drops at construction, or in a derivative, has to be defined before it is dropped."""

from __future__ import annotations

import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    Conserved,
    Identity,
    Implicit,
    Less,
    Root,
    Unequal,
    Within,
    Zeros,
    component,
    solves,
)
from symjepa.statements.descriptions import modes, pairs
from symjepa.symbols import K, b, lam, sigma2, t, tau, v, w
from tests.adversarial.verdicts import PROVED, equation, outcome, p, x, y


def vanishing(g: sp.Expr) -> sp.Expr:
    """log(p g) - log(g) - log(p): zero where g > 0, undefined elsewhere, and its derivative cancels at construction."""
    return sp.log(p * g) - sp.log(g) - sp.log(p)


def test_a_removable_pole_is_not_removed() -> None:
    assert outcome(lambda: Identity((x**2 - 1) / (x - 1), x + 1), at={x: 2}) != PROVED


def test_a_pole_that_the_hypotheses_exclude_cancels() -> None:
    assert outcome(lambda: Identity((x**2 - 1) / (x - 1), x + 1), given=(Unequal(x, 1),), at={x: 2}) == PROVED


def test_x_over_x_is_not_one_at_zero() -> None:
    quotient = sp.Mul(x, sp.Pow(x, -1), evaluate=False)
    assert outcome(lambda: Identity(quotient, 1), at={x: 1}) != PROVED


def test_zero_times_an_undefined_logarithm_is_not_zero() -> None:
    assert outcome(lambda: Identity(sp.Mul(0, sp.log(x), evaluate=False), 0), at={x: 1}) != PROVED


def test_an_unevaluated_difference_of_logarithms_is_not_zero() -> None:
    assert outcome(lambda: Identity(sp.Add(sp.log(x), -sp.log(x), evaluate=False), 0), at={x: 1}) != PROVED


def test_a_power_of_an_undefined_base_to_zero_is_not_one() -> None:
    assert outcome(lambda: Identity(sp.Pow(sp.log(x), 0, evaluate=False), 1), at={x: 2}) != PROVED


def test_a_nested_denominator_may_vanish() -> None:
    assert outcome(lambda: Identity(1 / (1 + 1 / x), x / (x + 1)), given=(Unequal(x, 0),), at={x: 1}) != PROVED


def test_a_cancelled_power_needs_its_base() -> None:
    cancelled = sp.Mul(sp.Pow(x - 1, K), sp.Pow(x - 1, -K), evaluate=False)
    assert outcome(lambda: Identity(cancelled, 1), at={x: 2, K: 1}) != PROVED


def test_an_undefined_side_is_not_less_than_another() -> None:
    assert outcome(lambda: Less(sp.log(x), sp.log(x) + 1), at={x: 1}) != PROVED


def test_an_undefined_side_is_not_at_most_itself() -> None:
    assert outcome(lambda: AtMost(1 / x, 1 / x), at={x: 1}) != PROVED


def test_an_undefined_side_is_not_unequal_to_another() -> None:
    assert outcome(lambda: Unequal(1 / x, 1 / x + 1), at={x: 1}) != PROVED


def test_an_undefined_expression_is_not_within_a_bound_of_itself() -> None:
    assert outcome(lambda: Within(1 / x, 1 / x, 1), at={x: 1}) != PROVED


def test_a_function_has_no_root_where_it_is_undefined() -> None:
    claim = Root(x + vanishing(x**2 - 4), x, (sp.Integer(-3), sp.Integer(3)), True)
    assert outcome(lambda: claim, at={p: 1, x: 1}) != PROVED


def test_values_that_are_undefined_for_a_while_solve_nothing() -> None:
    flow = equation((x, 1))
    assert (
        outcome(lambda: solves(flow, {x: t + vanishing((t - 2) ** 2 - 1)}, {x: 0}, t), at={p: 1, x: 1, t: 0}) != PROVED
    )


def test_an_undefined_quantity_is_not_conserved() -> None:
    assert outcome(lambda: Conserved(equation((x, 1)), vanishing(x)), at={p: 1, x: 1}) != PROVED


def test_an_undefined_clock_does_not_run() -> None:
    assert outcome(lambda: Implicit(equation((x, 1)), x + vanishing(x), sp.S.One), at={p: 1, x: 1}) != PROVED


def test_a_rate_with_a_pole_at_the_zero_of_its_quantity_is_no_rate() -> None:
    assert outcome(lambda: Conserved(equation((x, 1)), x, 1 / x), at={x: 1}) != PROVED


def test_a_cofactor_may_not_have_a_pole_at_a_missed_zero() -> None:
    flow = equation((x, (x - 1) * (x - 2)))
    missed = Zeros(flow, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1 / (x - 2)}), sp.S.One),))
    assert outcome(lambda: missed, at={x: 1}) != PROVED


def test_a_cofactor_may_not_divide_by_the_rate() -> None:
    flow = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau)), "product")
    at = {w: sp.S.One, v: lam / sigma2, b: sp.S.One}
    equations = tuple(state - value for state, value in at.items())
    divided = tuple(
        Cofactors(pairs({state: own / flow.rates[state]}), sp.S.One) for state, own in zip(at, equations, strict=True)
    )
    claim = Zeros(flow, (component(at, equations),), divided)
    assert outcome(lambda: claim, at={w: 1, v: 1, b: 1, lam: 1, sigma2: 1, tau: 1}) != PROVED


def test_a_division_by_an_identical_zero_is_not_defined() -> None:
    nothing = (x + y) ** 2 - x**2 - 2 * x * y - y**2
    assert outcome(lambda: Identity(x / nothing, y / nothing), at={x: 1, y: 1}) != PROVED
