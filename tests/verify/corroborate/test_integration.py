"""The integrator, the frames and the word program, each against something known otherwise."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
import sympy as sp
from flint import arb, arb_mat, fmpq

from symjepa.errors import TooLarge
from symjepa.exact.balls import precision
from symjepa.exact.denotation import value
from symjepa.flow import gradient_flow
from symjepa.model import EMA, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.verify.corroborate.agreement import Agreement, merged, shared_digits
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.frames import between, diagonal, frame, identity, read_in, stray
from symjepa.verify.corroborate.integrate import BITS, slope, trajectory
from symjepa.verify.corroborate.matrices import Program, aligned_run, framed, letters_of, moving_letters, name_of


def test_the_exponential_to_sixty_digits():
    with precision(BITS):
        ((half,), (one,)) = trajectory(lambda x: x, (arb(1),), [fmpq(1, 2), fmpq(1)])
        assert abs(one - arb(1).exp()) < arb(10) ** -60
        assert abs(half - arb(fmpq(1, 2)).exp()) < arb(10) ** -60


def test_a_rotation_returns_to_its_start():
    with precision(BITS):
        ((x, y),) = trajectory(lambda s: (s[1], -s[0]), (arb(1), arb(0)), [fmpq(10)])
        assert abs(x - arb(10).cos()) < arb(10) ** -58 and abs(y + arb(10).sin()) < arb(10) ** -58


def test_a_blow_up_is_reported():
    with precision(BITS), pytest.raises(TooLarge):
        trajectory(lambda s: (s[0] * s[0],), (arb(1),), [fmpq(2)])


def test_the_slope_of_a_quintic():
    with precision(BITS):
        assert abs(slope(lambda h: (1 + h) ** 5 * arb(1)) - 5) < arb(10) ** -70


@pytest.mark.parametrize("size", [2, 3, 4])
def test_frames_are_exactly_orthogonal_and_have_no_zero(size: int):
    turned = frame(size, Random(size))
    assert turned * turned.transpose() == identity(size)
    assert all(entry != 0 for entry in turned.entries())


def test_what_is_put_into_frames_is_read_back():
    left, right = frame(3, Random(1)), frame(2, Random(2))
    with precision(BITS):
        back = read_in(left, between(left, [fmpq(2), fmpq(5)], right), right)
        assert [shared_digits(x, arb(y)) for x, y in zip(diagonal(back), (2, 5), strict=True)] == [50, 50]
        assert stray(back) < arb(10) ** -100


def test_the_program_gives_the_values_of_the_words():
    flow = gradient_flow(Model(Encoder(2), Predictor(2), LatentPrediction(), EMA(sp.Rational(1, 3)), sp.Rational(2, 3)))
    random, size = Random(0), 2
    exact = {
        name_of(f): np.array([[Fraction(random.randint(-4, 4), 3) for _ in range(size)] for _ in range(size)])
        for f in letters_of(flow)
    }
    exact["Sxx"] = exact["Sxx"] + exact["Sxx"].T
    with precision(BITS):
        balls = {n: arb_mat(size, size, [fmpq(x.numerator, x.denominator) for x in m.flat]) for n, m in exact.items()}
        moving = moving_letters(flow)
        for one, found in zip(moving, Program([m.rate for m in moving])(balls), strict=True):
            product = lambda factor: _product(factor, exact)
            known = value(one.rate, product, lambda c: Fraction(int(c.p), int(c.q)))
            assert shared_digits(found, arb_mat(2, 2, [fmpq(x.numerator, x.denominator) for x in known.flat])) == 50


def _product(factor, exact):
    if not hasattr(factor, "stack"):
        return exact[factor.name]
    result = np.array([[Fraction(int(i == j)) for j in range(2)] for i in range(2)])
    for layer in range(int(factor.lo) + 1, int(factor.hi) + 1):
        result = exact[f"{factor.stack.name}_{layer}"] @ result
    return result


def test_aligned_layers_of_unequal_widths_stay_aligned():
    flow = gradient_flow(Model(Encoder(2), Predictor(1), LatentPrediction(), Live()))
    values = {name_of(f): [fmpq(1, 2), fmpq(2, 3)] for f in letters_of(flow)}
    with precision(BITS):
        run = aligned_run(flow, framed(flow, 0), values, [fmpq(1, 2)])
        assert all(x < arb(10) ** -55 for x in run.strays)
        assert {min(m.nrows(), m.ncols()) for m in run.states[0]} >= {2}
        assert any(m.nrows() != m.ncols() for m in run.states[0])


def test_digits_are_relative_and_capped():
    with precision(BITS):
        assert shared_digits(arb(10**30), arb(10**30 + 1)) == 30
        assert shared_digits(arb(1), arb(1)) == 50
        assert shared_digits(arb(1), arb("nan")) == 0


def test_points_avoid_numbers_that_hide_exponents():
    x = sp.Symbol("x", positive=True)
    assert all(point[x] not in (0, 1, 2) for point in drawn([x], (), 10, 0))


def test_the_worst_of_two_agreements_is_kept():
    good, bad = Agreement("a", True, 50, 3), Agreement("a", False, 12, 3, "x = 1")
    assert merged([good, bad, good]) == (Agreement("a", False, 12, 9, "x = 1"),)
