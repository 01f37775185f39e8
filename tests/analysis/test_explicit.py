"""The explicit solution in floats against enclosures of 50 digits, at both sides of the fixed point and far out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.analysis.explicit import evaluator
from symjepa.errors import InvalidNumber, OutsideFragment
from symjepa.exact.balls import ball, precision
from symjepa.verify.corroborate.enclose import enclose


def shallow(predictor: int = 1) -> sj.ModeFlow:
    model = sj.Model(sj.Encoder(1), sj.Predictor(predictor), sj.LatentPrediction(), sj.Live())
    return sj.balanced(sj.aligned_modes(sj.gradient_flow(model)))


def error(value: float, exact: arb) -> float:
    with precision(300):
        return float((abs(arb(fmpq(*Fraction(float(value)).as_integer_ratio())) - exact) / exact).abs_upper())


numbers = st.fractions(Fraction(1, 4), 4, max_denominator=64).map(lambda x: Fraction(float(x)))


@settings(max_examples=12)
@given(numbers, numbers, st.fractions(Fraction(1, 9), 3).map(lambda x: Fraction(float(x))), numbers, st.integers(1, 3))
def test_it_is_right_to_fourteen_digits(lam: Fraction, sigma2: Fraction, start: Fraction, time: Fraction, K: int):
    modes = shallow(K)
    found = enclose(modes, {"lam": lam, "sigma2": sigma2}, {"u": start}, time, 50)
    value = evaluator(modes)(float(time), float(start), {"lam": float(lam), "sigma2": float(sigma2)})
    assert error(float(value), found.value[sj.u]) < 1e-14


@pytest.mark.parametrize("late", [-1e-3, 0.0, 1e-6, 1e-2, 1.0])
def test_no_digit_is_lost_where_a_tiny_start_escapes(late: float):
    """z + log z is the difference of numbers near 10⁹ there: floats alone would leave 7 digits."""
    start, lam, sigma2 = 2.0**-30, 0.75, 1.25
    time = (sigma2 / lam**2) * (lam / (sigma2 * start)) * (1 + late * 1e-8)
    exact = ball(_lambert(), {sj.lam: _q(lam), sj.sigma2: _q(sigma2), sj.u: _q(start), sj.t: _q(time)}, 300)
    assert error(float(evaluator(shallow())(time, start, {"lam": lam, "sigma2": sigma2})), exact) < 1e-14


def _q(x: float) -> sp.Rational:
    return sp.Rational(*Fraction(x).as_integer_ratio())


def _lambert() -> sp.Expr:
    """The theorem's formula, its argument in a form that balls of this precision can hold."""
    z0, s = sj.lam / (sj.sigma2 * sj.u) - 1, sj.lam**2 / sj.sigma2
    return sj.lam / sj.sigma2 / (1 + sp.LambertW(sp.exp(sp.log(z0) + z0 - s * sj.t)))


def test_nothing_overflows():
    u = evaluator(shallow())
    start, time = np.array([1e-250, 1e-250, 1e250, 1.0, 3.0]), np.array([1.0, 1e260, 1e-9, 1e300, 1e300])
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(u(time, start, {"lam": 2.0, "sigma2": 1.0}), [1e-250, 2, 5e8**0.5, 2, 2], rtol=1e-3)


def test_modes_times_and_starts_broadcast():
    value = evaluator(shallow())(np.linspace(0, 9, 7)[:, None], 0.1, {"lam": np.ones(4), sj.sigma2: 2.0})
    assert value.shape == (7, 4) and np.allclose(value[0], 0.1, rtol=1e-14, atol=0)


def test_what_has_no_explicit_solution_is_refused():
    deep = sj.Model(sj.Encoder(2), sj.Predictor(1), sj.LatentPrediction(), sj.Live())
    with pytest.raises(OutsideFragment, match="explicit solution"):
        evaluator(sj.balanced(sj.aligned_modes(sj.gradient_flow(deep))))


@pytest.mark.parametrize(
    ("start", "lam", "time"), [(0.0, 1.0, 1.0), (-1.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, -1.0)]
)
def test_numbers_outside_the_domain_are_refused(start: float, lam: float, time: float):
    with pytest.raises(InvalidNumber, match="must be finite and"):
        evaluator(shallow())(time, start, {"lam": lam, "sigma2": 1.0})
