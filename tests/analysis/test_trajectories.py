"""Closed forms solve the flow they were proposed for; numbers come from an independent integration."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, given, settings

import symjepa as sj
from symjepa.analysis.hitting_times import hitting_time
from symjepa.analysis.trajectories import agrees, separable, trajectory
from symjepa.errors import OutsideFragment

from .models import flows, modes

POINT = {sj.lam: sp.Rational(3, 2), sj.sigma2: sp.Rational(4, 3), sj.alpha: sp.Rational(5, 4), sj.b: sp.Rational(7, 5)}
u0 = sp.Symbol("u0", positive=True)


def integrated(flow: sj.ModeFlow, start, stop):
    """Time from u = start to u = stop by quadrature of the derived rate."""
    rate = sp.lambdify(sj.u, flow.rates[sj.u].subs(POINT), "mpmath")
    with mpmath.workdps(40):
        return mpmath.quad(lambda x: 1 / rate(x), mpmath.linspace(start, stop, 6))


@settings(max_examples=25)
@given(flows(deepest=3, coordinates=("balanced",), decay=False))
def test_proposed_times_agree_with_quadrature(flow) -> None:
    assume(len(flow.rates) == 1 and flow.source.model.predictor.depth != 0)
    first, last = sp.Rational(1, 5), sp.Rational(1, 2)
    depth = flow.source.model.encoder.depth
    time = hitting_time(flow, first**depth, last**depth).value.subs(POINT)
    assert not time.has(sp.Integral)
    assert abs(sp.N(time, 30) - sp.Float(integrated(flow, first, last), 30)) < sp.Float("1e-18")


def test_depth_one_is_solved_by_lambert_with_its_start() -> None:
    found = trajectory(modes("balanced", 1, 1, sj.Live(), alpha=sj.alpha))
    assert found.form == "explicit" and found.value.has(sp.LambertW)
    assert abs(sp.N(found.value.subs({**POINT, sj.t: 0, u0: sp.Rational(1, 7)}) - sp.Rational(1, 7), 30)) < 1e-25


def test_every_depth_of_the_encoder_has_a_finite_sum_and_one_logarithm() -> None:
    found = trajectory(modes("balanced", sj.L, 1, sj.Live()))
    assert found.form == "implicit" and sj.L in found.value.free_symbols
    (powers,) = found.value.atoms(sp.Sum)
    assert powers.limits[0][2] == 2 * sj.L - 1


def test_the_finite_sum_agrees_with_the_numeric_depth() -> None:
    symbolic = hitting_time(modes("balanced", sj.L, 1, sj.Live()), sp.Rational(1, 8), sp.Rational(1, 3))
    numeric = hitting_time(modes("balanced", 3, 1, sj.Live()), sp.Rational(1, 8), sp.Rational(1, 3))
    gap = symbolic.value.subs(sj.L, 3).doit().subs(POINT) - numeric.value.subs(POINT)
    assert abs(sp.N(gap, 30)) < 1e-25


def test_noise_decays_as_a_power_of_time_for_every_depth() -> None:
    noise = trajectory(modes("balanced", sj.L, sj.K, sj.Live()).at({sj.lam: 0}))
    assert noise.form == "explicit" and {sj.K, sj.L} <= noise.value.free_symbols


def test_noise_decays_exponentially_without_predictor_and_depth() -> None:
    noise = trajectory(modes("balanced", 1, 0, sj.Live()).at({sj.lam: 0}))
    assert noise.value == u0 * sp.exp(-sj.sigma2 * sj.t)


def test_the_data_target_of_depth_one_is_logistic() -> None:
    found = trajectory(modes("balanced", 1, 1, None))
    assert found.form == "explicit" and "logistic" in found.why


@pytest.mark.parametrize("teacher", [sj.EMA(sj.tau), sj.LayerEMA(sj.tau)])
def test_a_system_has_no_separable_trajectory(teacher) -> None:
    flow = modes("balanced", 2, 1, teacher)
    assert trajectory(flow) is None
    with pytest.raises(OutsideFragment, match="needs a flow in one variable"):
        hitting_time(flow, sj.eps, sp.Rational(1, 2))


def test_times_without_elementary_form_stay_an_integral_in_the_layer_amplitude() -> None:
    time = hitting_time(modes("balanced", sj.L, sj.K, sj.Live()), sj.eps, 1).value
    assert isinstance(time, sp.Integral) and time.limits[0][1] == sj.eps ** (1 / sj.L)


def test_a_candidate_with_a_lost_factor_is_not_proposed() -> None:
    flow = modes("balanced", 2, 1, sj.Live())
    right = trajectory(flow)
    wrong = type(right)(right.form, right.equation, right.value * 2, right.why, right.valid_if)
    assert agrees(separable(flow), right) and not agrees(separable(flow), wrong)
