"""Orthogonal and balanced is not enough: layers integrated entry by entry beside the mode equation."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import mpmath
import pytest
from symjepa.book.matrices.orthogonal_start import ROTATED, UNIT

LAM, TIME, DIGITS = (mpmath.mpf(1) / 2, mpmath.mpf(1) / 4), 1, 30
Rows = tuple[tuple[int | Fraction, ...], ...]


def matrix(rows: Rows) -> mpmath.matrix:
    return mpmath.matrix([[mpmath.mpf(x.numerator) / x.denominator for x in row] for row in rows])


@cache
def layers(predictor: Rows) -> tuple[mpmath.matrix, mpmath.matrix]:
    """(W, P) at the time, from W = 1: W' = Pᵀ(WS - PW), P' = (WS - PW)Wᵀ for a live teacher and white context."""
    drive = mpmath.diag(LAM)

    def rate(_, state):
        w, p = (mpmath.matrix(2, 2) for _ in range(2))
        for i in range(4):
            w[i // 2, i % 2], p[i // 2, i % 2] = state[i], state[4 + i]
        gap = w * drive - p * w
        return [*(p.T * gap), *(gap * w.T)]

    with mpmath.workdps(DIGITS + 10):
        end = mpmath.odefun(rate, 0, [*matrix(UNIT), *matrix(predictor)])(TIME)
        return (mpmath.matrix([end[0:2], end[2:4]]), mpmath.matrix([end[4:6], end[6:8]]))


@cache
def mode(lam: mpmath.mpf) -> mpmath.mpf:
    """u at the time, from 1: u' = λu² - u³."""
    with mpmath.workdps(DIGITS + 10):
        return mpmath.odefun(lambda _, u: [lam * u[0] ** 2 - u[0] ** 3], 0, [1])(TIME)[0]


def amplitude(w: mpmath.matrix, i: int) -> mpmath.mpf:
    """|W n| for the eigenvector n of number i."""
    with mpmath.workdps(DIGITS):
        return mpmath.sqrt(w[0, i] ** 2 + w[1, i] ** 2)


@pytest.mark.parametrize("i", [0, 1])
def test_aligned_layers_follow_the_mode_equation(i: int) -> None:
    w, _ = layers(UNIT)
    with mpmath.workdps(DIGITS):
        assert abs(amplitude(w, i) - mode(LAM[i])) < mpmath.mpf(10) ** (5 - DIGITS)


@pytest.mark.parametrize("i", [0, 1])
def test_orthogonal_and_balanced_layers_do_not_unless_they_are_aligned(i: int) -> None:
    w, _ = layers(ROTATED)
    assert abs(amplitude(w, i) - mode(LAM[i])) > 0.01


def test_an_orthogonal_start_that_is_not_aligned_mixes_its_features() -> None:
    """The images of two eigenvectors, orthogonal at the start, do not stay so: there are no modes in any frame."""
    w, _ = layers(ROTATED)
    assert abs(w[0, 0] * w[0, 1] + w[1, 0] * w[1, 1]) > 0.001


def test_balance_is_kept_all_the_same() -> None:
    w, p = layers(ROTATED)
    with mpmath.workdps(DIGITS):
        assert mpmath.norm(p.T * p - w * w.T, mpmath.inf) < mpmath.mpf(10) ** (5 - DIGITS)
