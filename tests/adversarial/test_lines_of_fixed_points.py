"""Lines of fixed points, variables that follow others, rates under a root: what must not pass for them."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact
from symjepa.model import EMA, Encoder, LatentPrediction, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Claim,
    Cofactors,
    Follows,
    Identity,
    Less,
    Linearized,
    Quadratic,
    Unequal,
    Zeros,
    component,
)
from symjepa.statements.descriptions import Foreign, modes, pairs
from symjepa.symbols import K, L, b, lam, sigma2, tau, u, v, w
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled
from tests.adversarial.verdicts import PROVED, REFUTED, a, equation, outcome, p, x, y

ONE, ZERO, TWO = sp.S.One, sp.S.Zero, sp.Integer(2)
z = sp.Symbol("z", real=True)
at = {x: 1, y: 1, z: 1, a: 1, p: 1}
triple = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau)), "product")
mode = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), EMA(tau)), "balanced")
rho = lam / sigma2
numbers = {K: 1, L: 2, lam: 1, sigma2: 2, tau: 1, w: 1, v: 1, b: 1, u: 1}


def by(coefficients: dict[sp.Expr, Any], unit: Any = ONE, *multiplicities: int) -> Cofactors:
    return Cofactors(pairs(coefficients), sp.sympify(unit), multiplicities)


# --- sets of fixed points


def lines(*listed: Any, cofactors: tuple[Cofactors, ...] | None = None, value: sp.Expr = w) -> Zeros:
    told = cofactors or (by({v: 1}, -sigma2, 2, 1),)
    return Zeros(triple, listed, told, follows=(Follows(b, value, tau),))


collapse, survival = component({w: 0, b: 0}, (w,)), component({v: rho, b: w}, (v - rho,))


def test_both_lines_are_all() -> None:
    assert outcome(lambda: lines(collapse, survival), at=numbers) == PROVED


def test_one_line_is_not_all() -> None:
    assert outcome(lambda: lines(survival, cofactors=(by({v: 1}, -sigma2 * w**2),)), at=numbers) != PROVED
    assert outcome(lambda: lines(survival, cofactors=(by({v: 1 / w**2}, -sigma2),)), at=numbers) != PROVED


def test_a_line_where_the_teacher_does_not_follow_is_refuted() -> None:
    assert outcome(lambda: lines(collapse, component({v: rho, b: 2 * w}, (v - rho,))), at=numbers) == REFUTED


def test_a_follower_has_a_value_in_every_component() -> None:
    assert outcome(lambda: lines(collapse, component({v: rho}, (v - rho,))), at=numbers) != PROVED


def test_a_variable_that_follows_something_else_is_not_replaced() -> None:
    assert outcome(lambda: lines(collapse, survival, value=2 * w), at=numbers) != PROVED


def test_a_unit_that_vanishes_makes_no_follower() -> None:
    flow = equation((x, (1 - y) * (y - x)), (y, (1 - y) * (2 - y)))
    claim = Zeros(flow, (component({x: 2, y: 2}, (y - 2,)),), (by({y: 1}, y - 1),), follows=(Follows(x, y, 1 - y),))
    assert outcome(lambda: claim, at=at) != PROVED


def test_two_that_follow_each_other_are_refused() -> None:
    flow = equation((x, y - x), (y, x - y))
    claim = Zeros(flow, (component({x: 0, y: 0}, ()),), (), follows=(Follows(x, y, ONE), Follows(y, x, ONE)))
    with pytest.raises(BadDerivation, match="hold none of those that follow"):
        compiled(claim)


def test_the_rate_of_a_follower_is_no_help_to_the_cofactors() -> None:
    told = (by({v: 1, b: 1}, -sigma2, 2, 1),)
    with pytest.raises(BadDerivation, match="takes no part"):
        compiled(lines(collapse, survival, cofactors=told))


@pytest.mark.parametrize("multiplicities", [(0, 1), (-1, 1), (1,), (True, 1)])
def test_a_multiplicity_is_a_whole_number_from_one(multiplicities: tuple[int, ...]) -> None:
    with pytest.raises(BadDerivation, match="multiplicities"):
        compiled(lines(collapse, survival, cofactors=(by({v: 1}, -sigma2, *multiplicities),)))


def test_equations_determine_one_variable_after_another() -> None:
    flow = equation((x, 1 - x), (y, x**2 - y))
    told = (by({x: 1}, -1), by({y: 1}, -1))
    assert outcome(lambda: Zeros(flow, (component({x: 1, y: 1}, (x - 1, y - x**2)),), told), at=at) == PROVED


def test_a_later_equation_determines_no_earlier_variable() -> None:
    flow = equation((x, y - x**2), (y, y - x**2))
    told = (by({x: 1}, -1), by({y: 1}, 1))
    claim = Zeros(flow, (component({x: 1, y: 1}, (y - x**2, x**2 - y)),), told)
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_value_in_terms_of_a_determined_variable_is_refused() -> None:
    claim = Zeros(equation((x, y - x), (y, x - y)), (component({x: y, y: x}, (x - y, y - x)),), (by({x: 1}),) * 2)
    with pytest.raises(BadDerivation, match="free state variables"):
        compiled(claim)


def test_a_power_of_a_variable_that_may_be_negative_does_not_determine_it() -> None:
    flow = equation((x, 1 - x**2), (y, x - y))
    claim = Zeros(
        flow,
        (component({x: 1, y: 1}, (x**2 - 1,), {x: TWO}),),
        (by({x: 1}, -1),),
        follows=(Follows(y, x, ONE),),
    )
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_free_variable_is_free_only_where_the_flow_is_defined() -> None:
    flow = Foreign(((x, ZERO), (y, (x - 1) * y)), (Fact(x - 2, "positive"),))
    assert outcome(lambda: Zeros(flow, (component({y: 0}, (y,)),), (by({y: 1}, x - 1),)), at={x: 3, y: 1}) == PROVED
    wider = Foreign(((x, ZERO), (y, (x - 1) * y)))
    assert outcome(lambda: Zeros(wider, (component({y: 0}, (y,)),), (by({y: 1}, x - 1),)), at={x: 3, y: 1}) != PROVED


def test_no_component_means_no_fixed_point() -> None:
    assert outcome(lambda: Zeros(equation((x, 1 + x**2)), (), (by({x: 1}, 1 + x**2),)), at=at) == PROVED
    assert outcome(lambda: Zeros(equation((x, x)), (), (by({x: 1}, x),)), at=at) != PROVED


# --- rates

total, product = tau + sigma2 * (rho**2 + w**2), tau * sigma2 * w**2
discriminant = (tau + sigma2 * (rho**2 - w**2)) ** 2 + 4 * sigma2**2 * rho**2 * w**2
root = sp.sqrt(discriminant)
slow, fast = -(total - root) / 2, -(total + root) / 2
seen = pairs({slow: 2 * product / (total + root), fast: (total + root) / 2})
squares = (Less(0, 4 * sigma2**2 * rho**2 * w**2), Less(0, discriminant))


def survived(*rates: Any, stable: bool = True, **changed: Any) -> Linearized:
    parts: dict[str, Any] = {"family": (w,), "on": (Unequal(w, 0),), "visible": seen, "using": squares, **changed}
    return Linearized(triple, pairs({w: w, v: rho, b: w}), (ZERO, *rates), stable, **parts)


def shown(claim: Claim) -> str:
    return outcome(lambda: claim, given=(Unequal(lam, 0),), at=numbers)


def test_rates_under_a_root_are_negative_by_their_rational_form() -> None:
    assert shown(survived(slow, fast)) == PROVED


def test_rates_are_the_roots_of_an_equation() -> None:
    assert shown(survived(Quadratic(total, product))) == PROVED


def test_a_wrong_form_of_a_root_shows_nothing() -> None:
    wrong = pairs({slow: product / (total + root), fast: (total + root) / 2})
    assert shown(survived(slow, fast, visible=wrong)) != PROVED


def test_one_root_twice_is_refuted() -> None:
    assert shown(survived(fast, fast)) == REFUTED


def test_the_other_sign_of_a_root_is_refuted() -> None:
    assert shown(survived(-slow, fast)) == REFUTED


def test_a_reversed_sign_of_an_equation_is_refuted() -> None:
    assert shown(survived(Quadratic(-total, product))) == REFUTED
    assert shown(survived(Quadratic(total, 2 * product))) == REFUTED
    assert shown(survived(Quadratic(total, product), stable=False)) != PROVED


def test_the_end_of_a_line_where_a_second_rate_vanishes_is_not_stable() -> None:
    assert shown(survived(Quadratic(total, product), on=())) != PROVED


def test_a_family_is_not_pinned_by_a_condition() -> None:
    flow = equation((x, x * (x - 1)), (y, -y))
    pinned = Linearized(flow, pairs({x: x, y: 0}), (ZERO, -ONE), True, (x,), on=(Identity(x, 1),))
    with pytest.raises(BadDerivation, match="Less and Unequal"):
        compiled(pinned)
    closed = Linearized(flow, pairs({x: x, y: 0}), (ZERO, -ONE), True, (x,), on=(AtMost(x, 0), AtMost(0, x)))
    with pytest.raises(BadDerivation, match="Less and Unequal"):
        compiled(closed)


def test_a_family_is_not_pinned_by_a_domain() -> None:
    flow = Foreign(((x, x * (x - 1)), (y, -y)), (Fact(x - 1, "zero"),))
    with pytest.raises(BadDerivation, match="Less and Unequal"):
        compiled(Linearized(flow, pairs({x: x, y: 0}), (2 * x - 1, -ONE), True, (x,)))


def test_a_condition_of_a_family_holds_nothing_else_of_the_state() -> None:
    with pytest.raises(BadDerivation, match="hold its family alone"):
        compiled(survived(Quadratic(total, product), on=(Less(0, v),)))


def test_a_family_with_too_many_zero_rates_is_not_stable() -> None:
    flow = equation((x, ZERO), (y, -y), (z, y * z))
    claim = Linearized(flow, pairs({x: x, y: 0, z: 0}), (ZERO, ZERO, -ONE), True, (x,))
    assert outcome(lambda: claim, at=at) != PROVED


def test_an_equation_with_a_root_at_zero_is_not_stable() -> None:
    flow = equation((x, x**3), (y, -y))
    assert outcome(lambda: Linearized(flow, pairs({x: 0, y: 0}), (Quadratic(ONE, ZERO),), True), at=at) == REFUTED


def test_a_centre_is_not_stable() -> None:
    flow = equation((x, y), (y, -x))
    assert outcome(lambda: Linearized(flow, pairs({x: 0, y: 0}), (Quadratic(ZERO, ONE),), True), at=at) == REFUTED


def test_a_spiral_is_stable_or_not_by_its_trace() -> None:
    flow = equation((x, -x + y), (y, -x - y))
    assert outcome(lambda: Linearized(flow, pairs({x: 0, y: 0}), (Quadratic(TWO, TWO),), True), at=at) == PROVED
    back = equation((x, x + y), (y, -x + y))
    assert outcome(lambda: Linearized(back, pairs({x: 0, y: 0}), (Quadratic(-TWO, TWO),), False), at=at) == PROVED
    assert outcome(lambda: Linearized(back, pairs({x: 0, y: 0}), (Quadratic(-TWO, TWO),), True), at=at) == REFUTED


def test_a_false_lemma_about_a_family_shows_nothing() -> None:
    assert shown(survived(slow, fast, using=(*squares, Less(discriminant, 0)))) != PROVED


def test_an_unstable_rate_is_seen_in_another_form() -> None:
    flow, rate = equation((x, (p - 1) ** 2 * x + p * x), (y, -y)), (p - 1) ** 2 + p
    claim = Linearized(flow, pairs({x: 0, y: 0}), (rate, -ONE), False, visible=pairs({rate: (p - 1) ** 2 + p}))
    assert outcome(lambda: claim, at=at) == PROVED
    sink = equation((x, -x), (y, -y))
    wrong = Linearized(sink, pairs({x: 0, y: 0}), (-ONE, -ONE), False, visible=pairs({-ONE: ONE}))
    assert outcome(lambda: wrong, at=at) != PROVED


def test_rates_of_a_mode_without_predictor_are_not_those_of_one_with() -> None:
    c = sigma2 * rho ** ((2 * K + 2 * L - 2) / K)
    claim = Linearized(
        mode, pairs({u: rho ** (1 / K), b: rho ** (L / K)}), (Quadratic((K + L) * c + tau, K * tau * c),), True
    )
    assert outcome(lambda: claim, given=(Less(0, K), Less(0, lam)), at=numbers) == PROVED
    assert outcome(lambda: claim, given=(Less(0, lam),), at=numbers) != PROVED


def test_a_fixed_point_that_is_not_listed_refutes() -> None:
    flow = equation((x, (x - 1) * (x - 2)))
    missed = Zeros(flow, (component({x: 1}, (x - 1,)),), (by({x: 1}, x - 2),))
    assert outcome(lambda: missed, at=at) == REFUTED
    one_line = compiled(lines(survival, cofactors=(by({v: 1}, -sigma2 * w**2),)))
    at_collapse = {w: ZERO, v: sp.Integer(3), b: ZERO, lam: ONE, sigma2: ONE, tau: ONE}
    assert refute(one_line, Context(), at_collapse) is not None


def test_a_listed_fixed_point_refutes_nothing() -> None:
    flow = equation((x, (x - 1) * (x - 2)))
    badly_shown = Zeros(flow, (component({x: 1}, (x - 1,)), component({x: 2}, (x - 2,))), (by({x: 1}, 2),))
    assert outcome(lambda: badly_shown, at=at) == "UNDECIDED"
