"""Cooperative flows: boxes with two fixed points, hindering variables, corners from which the flow leaves, starts on
the edge; and orders of trajectories with a reversed side, a wrong trend, or a domain with holes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact
from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Chain,
    Cofactors,
    ConvergesBetween,
    Follows,
    Less,
    Monotone,
    Ordered,
    Zeros,
    component,
)
from symjepa.statements.descriptions import Foreign, modes, pairs
from symjepa.symbols import K, L, b, lam, s, sigma2, tau, u, u0
from symjepa.verify.obligations import compiled
from tests.adversarial.verdicts import PROVED, REFUTED, a, equation, outcome, p, x, x0, y

ONE, ZERO, TWO = sp.S.One, sp.S.Zero, sp.Integer(2)
y0 = sp.Symbol("y0", positive=True)
at = {x: 1, y: 1, x0: 1, y0: 1, a: 1, p: 1}


def single(flow: Foreign, to: Mapping[sp.Expr, Any], unit: sp.Expr = -ONE, **more: Any) -> Zeros:
    """One fixed point, each equation by its own rate."""
    equations = tuple(z - value for z, value in to.items())
    return Zeros(flow, (component(to, equations),), tuple(Cofactors(pairs({z: 1}), unit) for z in to), **more)


def between(flow: Any, start: Any, to: Any, lower: Any, upper: Any, rest: Zeros, **more: Any) -> ConvergesBetween:
    return ConvergesBetween(flow, *map(pairs, (start, to, lower, upper)), rest, **more)


# --- convergence

sink = equation((x, y - x), (y, 1 - y))
follows_y = (Follows(x, y, ONE),)
rest_of_sink = Zeros(sink, (component({x: 1, y: 1}, (y - 1,)),), (Cofactors(pairs({y: 1}), -ONE),), follows=follows_y)
low, high = 1 / (1 / x0 + 1 / y0 + 1), x0 + y0 + 1


def sinking(**changed: Any) -> ConvergesBetween:
    parts = {"start": {x: x0, y: y0}, "to": {x: ONE, y: ONE}, "lower": {x: low, y: low}, "upper": {x: high, y: high}}
    return between(sink, **{**parts, "rest": rest_of_sink, **changed})


def test_a_cooperative_sink_attracts_what_lies_between() -> None:
    assert outcome(sinking, at=at) == PROVED


def test_another_limit_is_refuted() -> None:
    wrong = {x: ONE, y: TWO}
    rest = Zeros(sink, (component(wrong, (y - 2,)),), rest_of_sink.cofactors, follows=follows_y)
    assert outcome(lambda: sinking(to=wrong, rest=rest), at=at) == REFUTED


def test_a_start_outside_the_box_is_not_shown_to_converge() -> None:
    assert outcome(lambda: sinking(lower={x: x0 + 1, y: low}), at=at) != PROVED
    assert outcome(lambda: sinking(upper={x: x0, y: y0}), at=at) != PROVED


def test_a_corner_from_which_the_flow_leaves_the_box_shows_nothing() -> None:
    assert outcome(lambda: sinking(lower={x: x0, y: low}), at=at) != PROVED


def test_corners_in_the_wrong_order_show_nothing() -> None:
    swapped = {"lower": {x: high, y: high}, "upper": {x: low, y: low}}
    assert outcome(lambda: sinking(**swapped), at=at) != PROVED


def test_a_second_fixed_point_in_the_box_is_seen() -> None:
    flow = equation((x, y - x), (y, (y - 1) * (2 - y) * (3 - y)))
    rest = Zeros(
        flow, (component({x: 1, y: 1}, (y - 1,)),), (Cofactors(pairs({y: 1}), (2 - y) * (3 - y)),), follows=follows_y
    )
    claim = between(flow, {x: x0, y: y0}, {x: 1, y: 1}, {x: 0, y: 0}, {x: x0 + y0 + 3, y: x0 + y0 + 3}, rest)
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_fixed_point_on_the_corner_counts() -> None:
    flow = Foreign(((x, x * (1 - x)),), (Fact(x, "nonnegative"),))
    rest = Zeros(flow, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), -x),))
    assert outcome(lambda: between(flow, {x: x0}, {x: 1}, {x: 0}, {x: x0 + 1}, rest), at=at) != PROVED


def test_a_collapsed_line_in_the_domain_leaves_no_single_rest() -> None:
    ema = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), EMA(tau)), "product")
    w, v, teacher = ema.rates
    rho = lam / sigma2
    both = Zeros(
        ema,
        (component({w: 0, teacher: 0}, (w,)), component({v: rho, teacher: w}, (v - rho,))),
        (Cofactors(pairs({v: 1}), -sigma2, (2, 1)),),
        follows=(Follows(teacher, w, tau),),
    )
    end = {w: x0, v: rho, teacher: x0}
    claim = between(ema, {w: x0, v: x0, teacher: x0}, end, dict.fromkeys(end, low), dict.fromkeys(end, high), both)
    with pytest.raises(BadDerivation, match="one component"):
        compiled(claim)


def test_a_variable_that_hinders_another_is_not_cooperative() -> None:
    flow = equation((x, 1 - x - y), (y, x - y))
    half = sp.Rational(1, 2)
    rest = Zeros(
        flow,
        (component({x: half, y: half}, (y - half,)),),
        (Cofactors(pairs({x: 1}), -TWO),),
        follows=(Follows(y, x, ONE),),
    )
    assert (
        outcome(lambda: between(flow, {x: half, y: half}, {x: half, y: half}, {x: 0, y: 0}, {x: 1, y: 1}, rest))
        != PROVED
    )


def test_a_cycle_that_stays_in_a_box_does_not_converge() -> None:
    flow = equation((x, -(y - 2)), (y, x - 2))
    rest = Zeros(
        flow,
        (component({x: 2, y: 2}, (x - 2, y - 2)),),
        (Cofactors(pairs({y: 1}), ONE), Cofactors(pairs({x: 1}), -ONE)),
    )
    corners = ({x: 1, y: 1}, {x: 3, y: 3})
    assert outcome(lambda: between(flow, {x: 2, y: sp.Rational(5, 2)}, {x: 2, y: 2}, *corners, rest), at=at) != PROVED


def test_a_box_that_leaves_the_domain_shows_nothing() -> None:
    flow = Foreign(((u, 1 - u),))
    rest = Zeros(flow, (component({u: 1}, (u - 1,)),), (Cofactors(pairs({u: 1}), -ONE),))
    assert outcome(lambda: between(flow, {u: x0}, {u: 1}, {u: -ONE}, {u: x0 + 1}, rest), at=at) != PROVED
    assert outcome(lambda: between(flow, {u: x0}, {u: 1}, {u: 1 / (1 + 1 / x0)}, {u: x0 + 1}, rest), at=at) == PROVED


def test_a_start_on_the_edge_of_the_domain_is_not_in_the_basin() -> None:
    flow = Foreign(((x, x * (1 - x)),), (Fact(x, "positive"),))
    rest = Zeros(flow, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), -x),))
    begin = sp.Symbol("c", nonnegative=True)
    assert outcome(lambda: between(flow, {x: begin}, {x: 1}, {x: begin}, {x: begin + 1}, rest), at={begin: 1}) != PROVED
    assert (
        outcome(
            lambda: between(flow, {x: begin}, {x: 1}, {x: begin / (1 + begin)}, {x: begin + 1}, rest), at={begin: 1}
        )
        != PROVED
    )


def test_a_pole_inside_the_box_is_seen() -> None:
    flow = equation((x, (1 - x) / (x - 2) ** 2))
    rest = Zeros(flow, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), -1 / (x - 2) ** 2),))
    assert outcome(lambda: between(flow, {x: 3}, {x: 1}, {x: 0}, {x: 4}, rest)) != PROVED


def test_the_rest_of_another_flow_shows_nothing() -> None:
    other = equation((x, y - x), (y, 2 - 2 * y))
    rest = Zeros(other, rest_of_sink.components, (Cofactors(pairs({y: 1}), -TWO),), follows=follows_y)
    with pytest.raises(BadDerivation, match="its own flow"):
        compiled(sinking(rest=rest))


def test_fixed_points_under_a_condition_are_not_all_of_them() -> None:
    flow = equation((x, (1 - x) * (x - 3) ** 2))
    rest = Zeros(flow, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), -((x - 3) ** 2)),), on=(Less(x, 2),))
    with pytest.raises(BadDerivation, match="without conditions"):
        compiled(between(flow, {x: 5}, {x: 1}, {x: 0}, {x: 6}, rest))


def test_a_hypothesis_about_the_state_does_not_narrow_the_box() -> None:
    flow = equation((x, (1 - x) * (2 - x)))
    rest = Zeros(flow, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), x - 2),))
    claim = between(flow, {x: sp.Rational(5, 2)}, {x: 1}, {x: 0}, {x: 3}, rest)
    assert outcome(lambda: claim, given=(Less(x, 2),), at={x: 1}) != PROVED


def test_a_lemma_is_shown_before_it_is_used() -> None:
    assert outcome(lambda: sinking(using=(Less(x, 0),)), at=at) != PROVED


def test_a_corner_may_not_hold_the_state() -> None:
    with pytest.raises(BadDerivation, match="are constants"):
        compiled(sinking(lower={x: x - 1, y: low}))


# --- order

ema, layer, live = (
    modes(Model(Encoder(L), Predictor(K), LatentPrediction(), teacher), "balanced")
    for teacher in (EMA(tau), LayerEMA(tau), Live())
)
below = (Less(0, K), Less(0, lam), AtMost(u0**K, lam / sigma2))
above = (Less(0, K), Less(0, lam), AtMost(lam / sigma2, u0**K))
point = {K: 1, L: 2, lam: 4, sigma2: 1, tau: 1, u: 1, b: 1, s: 1, u0: sp.Rational(1, 2)}
high_point = {**point, lam: 1, u0: 4, u: 2, s: sp.Rational(5, 2), x: sp.Rational(5, 2)}


def delayed(**changed: Any) -> Ordered:
    parts = {"above": False, "trend": 1, "begin": {u: u0}, "image": {u: u, b: u**L}, **changed}
    begin, image = pairs(parts.pop("begin")), pairs(parts.pop("image"))
    return Ordered(ema, pairs({u: u0, b: u0**L}), live, begin, image, **parts)


def test_a_live_teacher_is_ahead_below_the_fixed_point() -> None:
    assert outcome(delayed, given=below, at=point) == PROVED


def test_a_reversed_order_is_refuted() -> None:
    assert outcome(lambda: delayed(above=True), given=below[:2], at=point) == REFUTED


def test_an_order_is_not_shown_without_the_side_of_the_fixed_point() -> None:
    assert outcome(delayed, given=below[:2], at=point) != PROVED
    assert outcome(delayed, given=above, at=high_point) != PROVED


def test_a_wrong_trend_shows_nothing() -> None:
    assert outcome(lambda: delayed(trend=-1), given=below, at=point) != PROVED
    assert outcome(lambda: delayed(trend=0), given=below, at=point) != PROVED


def test_a_second_start_ahead_of_the_first_is_refuted() -> None:
    assert outcome(lambda: delayed(begin={u: u0 / 2}), given=below, at=point) == REFUTED


def test_an_image_of_another_power_is_no_bound() -> None:
    assert outcome(lambda: delayed(image={u: u, b: u ** (L + 1)}), given=below, at=point) != PROVED


def test_averages_by_layer_lag_behind_averages_of_the_product_on_both_sides() -> None:
    def lag(trend: int, way: Chain) -> Ordered:
        bernoulli = AtMost(L * s ** (L - 1) * (u - s), u**L - s**L, by=way)
        return Ordered(
            ema,
            pairs({u: u0, b: u0**L}),
            layer,
            pairs({u: u0, s: u0}),
            pairs({u: u, b: s**L}),
            True,
            trend,
            (bernoulli,),
        )

    rising = lag(1, Chain(u, s))
    falling = lag(-1, Chain(s, u, L * (L - 1) * s ** (L - 2) * (s - u)))
    assert outcome(lambda: rising, given=below, at=point) == PROVED
    assert outcome(lambda: falling, given=above, at=high_point) == PROVED
    reversed_ = Ordered(*(getattr(falling, name) for name in ("flow", "start", "beside", "begin", "image")), False, -1)
    assert outcome(lambda: reversed_, given=above, at=high_point) != PROVED


def test_flows_that_hinder_are_not_ordered() -> None:
    flow, other = equation((x, -y), (y, ZERO)), equation((x, ZERO), (y, ZERO))
    claim = Ordered(flow, pairs({x: 0, y: -1}), other, pairs({x: 0, y: 0}), pairs({x: x, y: y}))
    assert outcome(lambda: claim, at=at) == REFUTED


def test_an_order_that_fails_later_is_not_shown() -> None:
    flow, other = equation((x, y), (y, -x)), equation((x, ZERO), (y, ZERO))
    claim = Ordered(flow, pairs({x: 0, y: 0}), other, pairs({x: 1, y: 1}), pairs({x: x, y: y}))
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_domain_with_a_hole_orders_nothing() -> None:
    flow = Foreign(((x, ONE),), (Fact(x, "nonzero"),))
    claim = Ordered(flow, pairs({x: 1}), flow, pairs({x: 1}), pairs({x: x}))
    with pytest.raises(BadDerivation, match="product of lines and half-lines"):
        compiled(claim)


def test_an_image_outside_the_domain_bounds_nothing() -> None:
    flow, other = Foreign(((u, ONE),)), equation((x, ONE))
    claim = Ordered(flow, pairs({u: 1}), other, pairs({x: 1}), pairs({u: x}))
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_trend_of_a_flow_that_hinders_is_not_known() -> None:
    flow = equation((x, TWO - x))
    other = equation((x, 1 - y), (y, 2 * x))
    claim = Ordered(flow, pairs({x: 0}), other, pairs({x: 0, y: 0}), pairs({x: x}), trend=1)
    assert outcome(lambda: claim, at=at) != PROVED


def test_a_trend_that_is_no_sign_is_refused() -> None:
    with pytest.raises(BadDerivation, match="a trend is 1"):
        compiled(delayed(trend=2))


def test_an_image_of_only_some_variables_is_refused() -> None:
    with pytest.raises(BadDerivation, match="an image needs a value for each"):
        compiled(delayed(image={u: u}))


def test_a_start_for_only_some_variables_is_refused() -> None:
    with pytest.raises(BadDerivation, match="a point needs a value for each"):
        compiled(sinking(start={x: x0}))


def test_a_false_lemma_orders_nothing() -> None:
    false = AtMost(u**L - s**L, L * s ** (L - 1) * (u - s), by=Chain(u, s))
    claim = Ordered(
        ema, pairs({u: u0, b: u0**L}), layer, pairs({u: u0, s: u0}), pairs({u: u, b: s**L}), False, 1, (false,)
    )
    assert outcome(lambda: claim, given=below, at=point) != PROVED


def test_a_lemma_by_monotone_powers_is_known_along_the_way() -> None:
    flow = equation((x, 1 - x))
    other = Foreign(((p, (1 - p) / 2),), (Fact(p, "positive"),))
    half = sp.Rational(1, 2)
    powers = AtMost(half**K, p**K, by=Monotone(half, p, K))
    claim = Ordered(flow, pairs({x: half}), other, pairs({p: half}), pairs({x: p}), True, 1, (powers,))
    assert outcome(lambda: claim, given=(Less(0, K),), at={K: 1}) == PROVED


def test_a_limit_that_is_not_the_fixed_point_is_refused() -> None:
    with pytest.raises(BadDerivation, match="the one fixed point is the limit"):
        compiled(sinking(to={x: ONE, y: TWO}))


# --- what is true, and yet no certificate shows it, is not refuted


def test_an_image_that_leaves_the_domain_where_nobody_comes_refutes_no_order() -> None:
    """x' = -x stays below the constant z, which never meets the z < 0 that are no x."""
    still = equation((a, ZERO))
    claim = Ordered(Foreign(((p, -p),)), pairs({p: x0}), still, pairs({a: x0 + y0}), pairs({p: a}))
    assert outcome(lambda: claim, at=at) not in (PROVED, REFUTED)


def test_a_start_outside_of_the_domain_refutes_no_order() -> None:
    """Of a solution that does not exist nothing false is said."""
    claim = Ordered(Foreign(((p, -p),)), pairs({p: -x0}), equation((a, ZERO)), pairs({a: x0}), pairs({p: a}))
    assert outcome(lambda: claim, at=at) not in (PROVED, REFUTED)


def test_who_leaves_the_domain_at_once_breaks_no_order() -> None:
    """Both are at 0 for one moment only, and there they are equal."""
    fast, slow = (sp.Symbol(name, nonnegative=True) for name in ("m", "n"))
    claim = Ordered(
        Foreign(((slow, -ONE),)), pairs({slow: 0}), Foreign(((fast, -TWO),)), pairs({fast: 0}), pairs({slow: fast})
    )
    assert outcome(lambda: claim, at={fast: 0, slow: 0}) not in (PROVED, REFUTED)
    inside = Ordered(claim.flow, pairs({slow: x0}), claim.beside, pairs({fast: x0}), claim.image)
    assert outcome(lambda: inside, at={fast: 1, slow: 1, x0: 1}) == REFUTED
