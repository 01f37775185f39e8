"""Rates from the variational equation: certified, in any dimension, zero rates and double ones included."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import sympy as sp
from flint import acb, arb, fmpq

import symjepa as sj
from symjepa.analysis.proposals import FixedPoint
from symjepa.errors import Undefined
from symjepa.exact.balls import ball, precision
from symjepa.verify.corroborate.rates import certified_rates
from tests.verify.corroborate.enclose.trajectories import flow

R = sp.Rational
VALUES = {"lam": R(7, 10), "sigma2": R(13, 10)}


def drawn(case: int) -> tuple[sj.ModeFlow, dict[str, Any]]:
    """Depths, teacher, coordinates and τ, the same on every machine."""
    random = Random(case)
    K, L = random.randint(1, 3), random.randint(1, 4)
    teacher = random.choice([sj.EMA(sj.tau), sj.LayerEMA(sj.tau)])
    modes = flow(random.choice(["product", "balanced"]), L, K, teacher)
    return modes, {**VALUES, "tau": R(random.randint(1, 40), 9), "w": R(random.randint(5, 12), 10)}


def learned(modes: sj.ModeFlow) -> FixedPoint:
    """The fixed point at which everything is learned."""
    return list(sj.fixed_points(modes))[-1]


@pytest.mark.parametrize("case", range(10))
def test_derived_rates_agree_with_the_variational_equation_to_20_digits(case: int) -> None:
    modes, values = drawn(case)
    point = learned(modes)
    certified = certified_rates(modes, values, point.at)
    numbers = {s: sp.sympify(values[s.name]) for rate in point.rates for s in rate.free_symbols}
    with precision(400):
        left = list(certified)
        for rate in point.rates:
            claimed = ball(rate, numbers, 400)
            nearest = min(left, key=lambda z: abs(z - claimed).mid())
            left.remove(nearest)
            assert nearest.overlaps(acb(claimed))
            assert nearest.real.rad() * fmpq(10) ** 20 <= max(abs(claimed).abs_lower(), arb(fmpq(1, 10**20)))
    assert not left


def test_a_line_of_fixed_points_has_a_zero_rate_and_two_negative_ones() -> None:
    modes = flow("product", 1, 1, sj.EMA(sj.tau))
    slow, fast, zero = (*certified_rates(modes, {**VALUES, "tau": R(2, 5), "w": R(3, 4)}, learned(modes).at),)
    assert slow.real < 0 and fast.real < 0 and zero.contains(0)


def test_double_rates_are_found_with_their_multiplicity() -> None:
    """Without covariance nothing holds the layers apart: the teacher's rate -τ is there, and the rest are zero."""
    modes = flow("layers", 2, 1, sj.LayerEMA(sj.tau))
    values = {"lam": R(0), "sigma2": R(1), "tau": R(2, 5)}
    found = certified_rates(modes, values, {x: R(0) for x in modes.state})
    assert [str(z.real) for z in found[:2]] == [str(found[0].real)] * 2
    assert sum(z == 0 for z in found) == 3


def test_irrational_fixed_points_of_any_dimension_have_rates() -> None:
    modes = flow("layers", 2, 2, sj.LayerEMA(sj.tau))
    rho = VALUES["lam"] / VALUES["sigma2"]
    at = {x: sp.sqrt(rho) if str(x).startswith("v") else R(3, 4) for x in modes.state}
    found = certified_rates(modes, {**VALUES, "tau": R(2, 5)}, at)
    assert sum(z.contains(0) for z in found) == 3 and sum(z.real < 0 for z in found) == 3


def test_a_point_that_is_not_fixed_is_refused() -> None:
    modes = flow("balanced", 1, 1)
    with pytest.raises(Undefined, match="certified to move"):
        certified_rates(modes, VALUES, {sj.u: R(1, 2)})
