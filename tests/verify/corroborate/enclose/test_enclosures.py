"""Enclosures of random models contain what an independent integration finds, and are as narrow as was asked."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, arb_poly, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.exact.balls import precision
from symjepa.verify.corroborate.enclose import drive, enclose
from symjepa.verify.corroborate.enclose.field import field
from symjepa.verify.corroborate.enclose.frame import Box, around, carried
from symjepa.verify.corroborate.enclose.integrals import BrokenEnclosure, check_integrals, held_integrals
from symjepa.verify.corroborate.enclose.jet import Jet, jet
from symjepa.verify.corroborate.enclose.result import proved
from symjepa.verify.corroborate.enclose.step import proved_step
from symjepa.verify.corroborate.enclose.taylor import rest
from tests.verify.corroborate.enclose.reference import integrated
from tests.verify.corroborate.enclose.trajectories import (
    DATA,
    TENTH,
    checked,
    contains,
    ema,
    everywhere,
    flow,
    parameters,
    spread_out,
)

R = sp.Rational
numbers = st.fractions(R(1, 5), 2, max_denominator=9).map(R)
teachers = st.sampled_from([sj.Live(), sj.EMA(sj.tau), sj.LayerEMA(sj.tau), sj.Frozen(), sj.Shared(), None])


@st.composite
def problems(draw: Any) -> tuple[sj.ModeFlow, dict[str, Any], dict[str, Any]]:
    """A polynomial flow, exact parameters of either sign where both are admitted, and a start."""
    teacher, encoder, predictor = draw(teachers), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    alpha, eta = draw(st.sampled_from([1, sj.alpha])), draw(st.sampled_from([0, sj.eta]))
    modes = flow("layers", encoder, predictor, teacher, eta, alpha, data=teacher is None)
    values = {name: draw(numbers) for name in parameters(modes)}
    values["lam"] *= draw(st.sampled_from([1, 1, -1]))
    return modes, values, {str(x): draw(numbers) / 2 for x in modes.state}


@settings(max_examples=12)
@given(problems(), st.sampled_from([15, 22]), numbers)
def test_an_enclosure_contains_the_trajectory_and_is_as_narrow_as_asked(
    problem: Any, digits: int, time: sp.Rational
) -> None:
    checked(*problem, time, digits)


@settings(max_examples=3)
@given(problems())
def test_a_trajectory_of_any_model_shifted_by_a_hair_is_rejected(problem: Any) -> None:
    """10⁻³⁵, where the amplitudes are of order one and 40 digits were asked for."""
    modes, values, start = problem
    found = enclose(modes, values, start, 1, 40)
    exact = integrated(modes, values, start, 1, 52)
    hair = arb(fmpq(1, 10**35))
    assert found.complete and all(contains(found.value, exact))
    assert not any(contains(found.value, exact, hair)) and not any(contains(found.value, exact, -hair))


def test_a_trajectory_shifted_by_a_hair_is_rejected() -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), spread_out(modes), 3, 40)
    exact = integrated(modes, parameters(modes), spread_out(modes), 3, 55)
    hair = arb(fmpq(1, 10**35))
    assert all(contains(found.value, exact))
    assert not any(contains(found.value, exact, hair)) and not any(contains(found.value, exact, -hair))


@settings(max_examples=5)
@given(st.fractions(0, 6, max_denominator=50))
def test_it_can_be_evaluated_at_any_time_of_its_range(time: Fraction) -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), spread_out(modes), 6, 20)
    assert all(contains(found.at(time), integrated(modes, parameters(modes), spread_out(modes), time, 32)))


def test_nodes_read_back_bit_for_bit() -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), spread_out(modes), 4, 20)
    assert all(
        isinstance(n, int) for node in found.nodes for part in (node.center, node.radii) for x in part for n in x
    )
    assert {str(v) for v in found.at(found.reached).values()} == {str(v) for v in found.value.values()}


def test_a_box_of_starts_holds_the_trajectories_of_its_corners() -> None:
    modes = ema()
    radius = R(1, 10**6)
    start = {"w": arb(fmpq(1, 10)) + arb(0, 1e-6), "v": TENTH, "b": arb(fmpq(1, 10)) + arb(0, 1e-6)}
    found = enclose(modes, parameters(modes), start, 4, 20)
    assert not found.complete and 3 <= found.digits_proved < 7
    for one in (-1, 1):
        for other in (-1, 1):
            corner = {"w": TENTH + one * radius * R(99, 100), "v": TENTH, "b": TENTH + other * radius * R(99, 100)}
            assert all(contains(found.value, integrated(modes, parameters(modes), corner, 4, 20)))


def test_a_box_of_parameters_holds_the_trajectories_of_its_ends() -> None:
    modes = ema()
    values = {**parameters(modes), "lam": arb(fmpq(7, 10)) + arb(0, 1e-6)}
    found = enclose(modes, values, spread_out(modes), 4, 20)
    assert 3 <= found.digits_proved < 7
    for end in (-1, 0, 1):
        exact = parameters(modes, lam=DATA["lam"] + end * R(99, 10**8))
        assert all(contains(found.value, integrated(modes, exact, spread_out(modes), 4, 20)))


# Nothing of what is proposed is believed.


def one_step(spoiled: Any) -> tuple[Box | None, Box | None, dict[sp.Expr, arb]]:
    """The box after a step with its own jet and with a spoiled one, and where the trajectory is."""
    modes = ema()
    values, start = parameters(modes), spread_out(modes)
    own = field(modes, tuple((x, values[x.name]) for x in modes.parameters), ())
    with drive.working(160, 60):
        box = around([_number(x) for x in start.values()])
        proposed = jet(own, own.bound(160), box.center, arb(1), 60, 20)
        good, bad = (proved_step(own, own.bound(160), box, j) for j in (proposed, spoiled(proposed)))
    assert good is not None
    return good.box, None if bad is None else bad.box, integrated(modes, values, start, 1, 40)


def _hull(box: Box, exact: dict[sp.Expr, arb]) -> dict[sp.Expr, arb]:
    with precision(300):
        return dict(zip(exact, box.hull(), strict=True))


@pytest.mark.parametrize("power", [0, 1, 7, 40])
def test_a_wrong_coefficient_widens_the_box_and_stays_inside_it(power: int) -> None:
    def spoiled(j: Jet) -> Jet:
        wrong = j.path[0] + arb_poly([0] * power + [arb(2) ** -60])
        return Jet(j.h, [wrong, *j.path[1:]], j.fundamental)

    good, bad, exact = one_step(spoiled)
    assert bad is not None and all(contains(_hull(bad, exact), exact)) and all(contains(_hull(good, exact), exact))
    assert max(float(s) for s in bad.spread()) > 2**10 * max(float(s) for s in good.spread())


def test_a_wrong_fundamental_matrix_widens_the_box() -> None:
    def spoiled(j: Jet) -> Jet:
        return Jet(j.h, j.path, [[y + arb_poly([0, arb(fmpq(1, 3))]) for y in row] for row in j.fundamental])

    _, bad, exact = one_step(spoiled)
    assert bad is not None and all(contains(_hull(bad, exact), exact))


def test_a_wrong_fundamental_matrix_still_carries_the_corners_of_a_box() -> None:
    modes = ema()
    values, start, radius = parameters(modes), spread_out(modes), R(1, 10**4)
    own = field(modes, tuple((x, values[x.name]) for x in modes.parameters), ())
    with drive.working(160, 60):
        box = around([_number(x) + arb(0, 1e-4) for x in start.values()])
        j = jet(own, own.bound(160), box.center, arb(1), 60, 20)
        wrong = [[arb_poly([int(i == k)]) for k in range(3)] for i in range(3)]
        taken = proved_step(own, own.bound(160), box, Jet(j.h, j.path, wrong))
    assert taken is not None
    for signs in ((1, 1, 1), (1, -1, 1), (-1, -1, -1), (-1, 1, 1)):
        corner = {x: value + sign * radius * R(99, 100) for (x, value), sign in zip(start.items(), signs, strict=True)}
        exact = integrated(modes, values, corner, 1, 30)
        assert all(contains(_hull(taken.box, exact), exact))


polynomials = st.lists(st.fractions(-3, 3, max_denominator=9), min_size=5, max_size=8)


@given(polynomials, polynomials, st.fractions(0, 1, max_denominator=20))
def test_what_a_product_of_polynomials_leaves_out_is_in_its_remainder(a: Any, b: Any, s: Fraction) -> None:
    with precision(200):
        one, other = (rest(arb_poly([_number(c) for c in p]), 4) for p in (a, b))
        product, at = one * other, _number(s)
        exact = sum(_number(c) * at**k for k, c in enumerate(a)) * sum(_number(c) * at**k for k, c in enumerate(b))
        assert abs(exact - product.polynomial(at)) <= product.rest + arb(2) ** -150
        assert abs(product.polynomial(at)) <= product.size + arb(2) ** -150


def test_a_rounding_error_is_in_the_remainder() -> None:
    with precision(64):
        third = rest(arb_poly([(arb(1) / 3).mid(), 1]), 4)
        assert (third * third).rest > 0


def test_a_step_far_too_long_is_refused() -> None:
    modes = flow("balanced", 2, 0)
    own = field(modes, ((sj.lam, R(2)), (sj.sigma2, R(1))), ())
    with drive.working(160, 60):
        box = around([arb(1)])
        assert proved_step(own, own.bound(160), box, jet(own, own.bound(160), box.center, arb(0.6), 60, 20)) is None


def test_a_rotating_frame_loses_nothing_for_a_rotation() -> None:
    """Ten turns in steps of a hundredth: boxes along the axes would have grown by e^60."""
    from flint import arb_mat

    with precision(64):
        box = around([arb(0, 1e-9), arb(0, 1e-20)])
        turn = arb_mat([[arb(0.06).cos(), -arb(0.06).sin()], [arb(0.06).sin(), arb(0.06).cos()]])
        for _ in range(1000):
            box = carried([arb(0), arb(0)], turn * box.frame, box.radii, [arb(0), arb(0)])
        assert max(box.spread(), key=float) < 2e-9


@settings(max_examples=6)
@given(problems())
def test_compiled_derivatives_are_those_of_the_rates(problem: Any) -> None:
    modes, values, start = problem
    own = field(modes, tuple((x, values[x.name]) for x in modes.parameters), ())
    at = {**{p: values[p.name] for p in modes.parameters}, **{y: start[str(y)] for y in modes.state}}
    with precision(200):
        slopes = own.slopes(own.bound(200), arb(1), [_number(start[str(x)]) for x in modes.state])
        for i, rate in enumerate(modes.rates.values()):
            for j, x in enumerate(modes.state):
                assert slopes.get((i, j), arb(0)).overlaps(_number(sp.diff(rate, x).xreplace(at)))


def _number(x: Any) -> arb:
    return arb(fmpq(int(R(x).p), int(R(x).q)))


# First integrals.


def test_first_integrals_hold_along_an_enclosure() -> None:
    modes = flow("layers", 2, 1, sj.EMA(sj.tau), eta=sj.eta, alpha=sj.alpha)
    found = enclose(modes, parameters(modes), spread_out(modes), 3, 25)
    held = held_integrals(found)
    assert len(held) >= 2 and all(law.contains_start for law in held)


def test_an_enclosure_that_has_left_a_first_integral_is_our_own_error() -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), spread_out(modes), 3, 25)
    mantissa, exponent = found.nodes[-1].center[0]
    moved = (mantissa + (1 << max(0, mantissa.bit_length() - 80)), exponent)
    last = dataclasses.replace(found.nodes[-1], center=(moved, *found.nodes[-1].center[1:]))
    with pytest.raises(BrokenEnclosure, match="leaves its start value"):
        check_integrals(dataclasses.replace(found, nodes=(*found.nodes[:-1], last)))


# Digits.


@given(st.fractions(-3, 3, max_denominator=10**6), st.integers(3, 60), st.integers(-30, 30))
def test_printed_digits_hold_for_the_whole_ball(middle: Fraction, bits: int, scale: int) -> None:
    with precision(200):
        ball = (arb(fmpq(middle.numerator, middle.denominator)) + arb(0, arb(2) ** -bits)) * arb(2) ** scale
        low, high = (fmpq(int(m), 1) * fmpq(2) ** int(e) for m, e in (ball.lower().man_exp(), ball.upper().man_exp()))
    text = proved(ball, 12)
    if "±" in text:
        said, error = (R(part.strip()) for part in text.split("±"))
        assert said - error <= R(int(low.p), int(low.q)) and R(int(high.p), int(high.q)) <= said + error
        return
    digits, _, power = text.replace("...", "").partition("e")
    unit = R(10) ** (int(power or 0) - len(digits.partition(".")[2]))
    size = sorted(abs(R(int(x.p), int(x.q))) for x in (low, high))
    assert (
        abs(R(digits)) * R(10) ** int(power or 0) <= size[0]
        and size[1] <= abs(R(digits)) * R(10) ** int(power or 0) + unit
    )


def test_more_digits_are_never_printed_than_proved() -> None:
    modes = ema()
    start = {"w": arb(fmpq(1, 10)) + arb(0, 1e-9), "v": TENTH, "b": TENTH}
    found = enclose(modes, parameters(modes), start, 2, 30)
    assert "30 digits at t = 2 were asked for" in str(found)
    assert all(len(line.partition("±")[0]) < 20 for line in str(found).splitlines()[1:4])


def test_a_box_too_wide_to_survive_says_how_far_it_came() -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), {**everywhere(modes, TENTH), "w": arb(0, 1)}, 50, 20)
    assert found.reached < 50 and "too wide" in str(found) and not found.complete
