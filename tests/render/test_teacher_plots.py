"""Figures of the teachers: rates and limits of the theorems, and trajectories whose digits are proved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flint import arb

from symjepa.catalogue import find, load
from symjepa.model import EMA, LayerEMA, Live
from symjepa.render.plots import teachers
from symjepa.render.plots.drawing import Book, flow
from symjepa.render.plots.paths import NoCurve, trajectory
from symjepa.statements.claims import All, Linearized, parts
from symjepa.statements.statement import Theorem
from symjepa.symbols import lam, sigma2, tau

LABELS = (teachers.RATES, teachers.LIMITS)
STARTS = (teachers.RISING, teachers.FALLING)


@pytest.fixture(scope="module")
def book() -> Book:
    return {label: load(find(label)) for label in LABELS}


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, list[Any]]]:
    return {start.title: teachers.balls(start) for start in STARTS}


@pytest.mark.parametrize("teacher", [EMA(tau), LayerEMA(tau)], ids=["product", "layers"])
@pytest.mark.parametrize("depths", teachers.DEPTHS)
def test_both_rates_are_eigenvalues_of_the_derived_flow(book: Book, depths: tuple[int, int], teacher: Any) -> None:
    curves = teachers.decay_rates(book, *depths)
    for rate in (0.02, 1.0, 70.0):
        assert np.allclose([curve(np.array(rate)) for curve in curves], teachers.eigenvalues(*depths, teacher, rate))


@pytest.mark.parametrize("depths", teachers.DEPTHS)
def test_the_limits_are_those_that_the_figure_writes_beside_them(book: Book, depths: tuple[int, int]) -> None:
    predictor, encoder = depths
    (slow, at_fast), (slow_too, at_fast_too) = teachers.limits(book, *depths)
    rho = float(teachers.MODE.rho)
    c = float(teachers.MODE.lam) / rho * rho ** (2 * (predictor + encoder - 1) / predictor)
    rate = np.array([0.3])
    assert slow(rate) == pytest.approx(rate * predictor / (predictor + encoder))
    assert at_fast(rate) == pytest.approx(predictor * c)
    assert slow_too(rate) == pytest.approx((predictor + encoder) * c)
    assert at_fast_too(rate) == pytest.approx(rate + encoder * c)


@pytest.mark.parametrize("depths", teachers.DEPTHS)
def test_far_out_the_rates_reach_their_limits(book: Book, depths: tuple[int, int]) -> None:
    for curve, limits in zip(teachers.decay_rates(book, *depths), teachers.limits(book, *depths), strict=True):
        for far, limit in zip((1e-5, 1e5), limits, strict=True):
            assert curve(np.array(far)) == pytest.approx(float(limit(np.array(far))), rel=1e-3)


@pytest.mark.parametrize("depths", teachers.DEPTHS)
def test_a_live_teacher_has_the_limit_of_a_fast_average(book: Book, depths: tuple[int, int]) -> None:
    (_, at_fast), _ = teachers.limits(book, *depths)
    assert teachers.eigenvalues(*depths, Live(), 1.0) == pytest.approx(at_fast(np.array([1.0])))


def test_the_rates_that_are_drawn_follow_their_theorem(book: Book) -> None:
    theorem = book[teachers.RATES]
    assert isinstance(theorem, Theorem)
    claims = tuple(
        replace(part, rates=tuple(2 * rate for rate in part.rates))
        if isinstance(part, Linearized) and len(part.rates) == 2 and not part.family
        else part
        for part in parts(theorem.statement.claim)
    )
    changed = {**book, teachers.RATES: replace(theorem, statement=replace(theorem.statement, claim=All(claims)))}
    at = np.array(1.0)
    for before, after in zip(teachers.decay_rates(book, 1, 2), teachers.decay_rates(changed, 1, 2), strict=True):
        assert after(at) == pytest.approx(2 * float(before(at)))


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.title)
@pytest.mark.parametrize("name", teachers.TEACHERS)
def test_the_enclosures_hold_the_integrated_flow(
    drawn: dict[str, dict[str, list[Any]]], start: teachers.Start, name: str
) -> None:
    modes = flow(teachers.model(1, teachers.DEPTH, teachers.TEACHERS[name]))
    u0 = float(start.layer)
    begin = [u0, u0**teachers.DEPTH if name == "product" else u0][: len(modes.state)]
    values = {lam: 1, sigma2: 1, **({tau: float(teachers.RATE)} if tau in modes.parameters else {})}
    times = np.array([float(time) for time in start.times])
    path = trajectory(modes, begin, values, times)[:, 0] ** teachers.DEPTH
    assert np.allclose(path, teachers.middles(drawn[start.title][name]), rtol=1e-7)


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.title)
def test_whole_balls_keep_the_order_of_the_theorem_at_all_times(
    drawn: dict[str, dict[str, list[Any]]], start: teachers.Start
) -> None:
    found = drawn[start.title]
    first, second, third = start.order
    assert np.all(teachers.gaps(start, found, first, second) > 0)
    assert np.all(teachers.gaps(start, found, second, third) > 0)


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.title)
def test_the_other_order_of_the_averages_is_refused(
    drawn: dict[str, dict[str, list[Any]]], start: teachers.Start
) -> None:
    _, second, third = start.order
    with pytest.raises(NoCurve, match=f"{second} is not shown to be behind {third}"):
        teachers.gaps(start, drawn[start.title], third, second)


def test_balls_that_overlap_show_no_order() -> None:
    found = {"live": [arb(1), arb(2)], "product": [arb(1), arb(1.9, 0.2)]}
    with pytest.raises(NoCurve, match="product is not shown to be behind live"):
        teachers.gaps(teachers.RISING, found, "live", "product")


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.title)
def test_balls_are_narrower_than_any_line(drawn: dict[str, dict[str, list[Any]]], start: teachers.Start) -> None:
    widest = max(float(ball.rad()) for path in drawn[start.title].values() for ball in path)
    assert widest < 10.0 ** (1 - teachers.DIGITS)


def test_fewer_digits_than_the_caption_promises_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teachers, "POINTS", 2)
    monkeypatch.setattr(teachers, "enclosed", lambda start, name: _Wide())
    with pytest.raises(NoCurve, match="needs 20 proved digits, and has 2"):
        teachers.balls(teachers.RISING)


class _Wide:
    """An enclosure of three digits."""

    bits = 64

    def at(self, time: Any) -> dict[Any, arb]:
        from symjepa.symbols import u

        return {u: arb(1, 0.0005)}
