"""Phase diagrams: simulated matrices do what the theorems say, and the lines drawn are those of the theorems."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symjepa.catalogue import find, load
from symjepa.render import plots
from symjepa.render.plots import outcomes, survival, weight_decay
from symjepa.render.plots.drawing import Book, flow
from symjepa.render.plots.outcomes import Outcome, Starts, encoders, judged
from symjepa.render.plots.paths import Array, trajectory
from symjepa.statements.claims import All, Attracts, parts
from symjepa.statements.statement import Theorem
from symjepa.symbols import eta, lam, sigma2, tau, v, w

LABELS = (*survival.IMBALANCE, weight_decay.LABEL)


@pytest.fixture(scope="module")
def book() -> Book:
    return {label: load(find(label)) for label in LABELS}


# Outcomes.


def test_an_outcome_is_read_off_two_times_and_nothing_else() -> None:
    halfway, end = np.array([1.0, 1.0, 1.0, 0.03]), np.array([0.9995, 0.998, 0.019, 0.0195])
    assert list(judged(halfway, end)) == [
        Outcome.SURVIVED,
        Outcome.UNDECIDED,
        Outcome.COLLAPSED,
        Outcome.COLLAPSED,
    ]


def test_cells_have_exact_middles() -> None:
    assert outcomes.centres(Fraction(0), Fraction(1), 2) == (Fraction(1, 4), Fraction(3, 4))


def test_what_the_columns_of_whole_matrices_do_is_what_the_derived_mode_flow_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outcomes, "UNTIL", 6)
    rho = np.linspace(-0.5, 1.2, 2 * outcomes.WIDTH)
    starts = Starts(np.array([0.5, 0.8]), np.array([0.7, 0.3]))
    halfway, end = encoders(survival._single(survival.AVERAGE), rho, starts)
    modes = flow(survival._single(survival.AVERAGE), "product")
    for row, (encoder, predictor) in enumerate(zip(starts.encoder, starts.predictor, strict=True)):
        begin = [{w: encoder, v: predictor}.get(x, encoder) * np.ones(len(rho)) for x in modes.state]
        values = {lam: rho, sigma2: 1, tau: float(survival.TAU)}
        path = trajectory(modes, begin, values, np.array([3.0, 6.0]))[:, list(modes.state).index(w)]
        assert np.allclose(halfway[row], np.abs(path[0]), atol=1e-6)
        assert np.allclose(end[row], np.abs(path[1]), atol=1e-6)


def test_marks_differ_without_colour() -> None:
    marks = (outcomes.KEPT, outcomes.HALF, outcomes.LOST, outcomes.OPEN)
    assert len({(mark.marker, mark.filled) for mark in marks}) == len(marks)


# Imbalance.


@pytest.fixture(scope="module")
def off_balance() -> tuple[Array, Array, Array]:
    return survival.diagram()


def survives(rho: Array, delta: Array) -> Array:
    """The theorem in words."""
    return (delta < 0) | ((rho > 0) & (rho**2 > delta))


def test_every_decided_feature_is_on_the_side_of_the_imbalance_that_the_theorem_says(
    off_balance: tuple[Array, Array, Array],
) -> None:
    rho, delta, found = off_balance
    expected = survives(*np.meshgrid(rho, delta))
    decided = found != Outcome.UNDECIDED
    assert np.array_equal(found[decided] == Outcome.SURVIVED, expected[decided])
    assert set(np.unique(found)) >= {Outcome.SURVIVED, Outcome.COLLAPSED}


def test_only_features_next_to_the_boundary_are_undecided(off_balance: tuple[Array, Array, Array]) -> None:
    rho, delta, found = off_balance
    assert np.mean(found == Outcome.UNDECIDED) < 0.01
    for row, column in np.argwhere(found == Outcome.UNDECIDED):
        assert abs(rho[column] - delta[row] ** 0.5) < rho[1] - rho[0]


def test_the_boundary_is_where_rho_is_the_root_of_the_imbalance(book: Book) -> None:
    rho, delta = survival.threshold(book)
    ends = np.linspace(0, 2, 9)
    assert np.allclose(rho(ends) ** 2, delta(ends))
    assert np.allclose(delta(ends), ends**2)


@pytest.mark.parametrize("delta", survival.SHOWN, ids=str)
def test_the_encoder_that_survives_is_read_from_the_theorem(book: Book, delta: Fraction) -> None:
    rho, kept = survival.learned(book, delta)
    assert np.allclose(kept**2, rho**2 - float(delta), atol=1e-12)
    assert rho[0] == pytest.approx(float(delta) ** 0.5 if delta >= 0 else float(survival.RHO[0]))


def test_matrices_under_a_moving_average_keep_what_the_theorem_says() -> None:
    rho, deltas = np.array([0.3, 0.55, 0.7, 0.9, 1.1, 1.4]), outcomes.floats(survival.SHOWN)
    ends = encoders(survival._single(survival.AVERAGE), rho, survival.unbalanced(deltas))[1]
    for delta, reached in zip(deltas, ends, strict=True):
        assert np.allclose(reached, np.sqrt(np.maximum(rho**2 - delta, 0)), atol=1e-4)


def test_the_boundary_that_is_drawn_follows_its_theorem(book: Book) -> None:
    theorem = book["imbalance-threshold"]
    assert isinstance(theorem, Theorem)
    claims = tuple(_twice(part) for part in parts(theorem.statement.claim))
    changed = replace(theorem, statement=replace(theorem.statement, claim=All(claims)))
    rho, _ = survival.threshold({**book, "imbalance-threshold": changed})
    assert rho(np.array(1.0)) == 2


def _twice(claim: object) -> object:
    """A claim about a restricted flow at twice the covariance."""
    if not isinstance(claim, Attracts):
        return claim
    values = tuple((name, 2 * value if name == lam else value) for name, value in claim.flow.whole.values)
    return replace(claim, flow=replace(claim.flow, whole=replace(claim.flow.whole, values=values)))


# Weight decay.


@pytest.mark.parametrize("depth", weight_decay.DEPTHS)
def test_every_decided_feature_under_weight_decay_is_where_the_growth_rate_of_a_layer_says(depth: int) -> None:
    rho, decay, small, large = weight_decay.diagram(depth)
    across, up = np.meshgrid(rho, decay)
    power = 2 * depth - 1  # h(u) = u^m (ρ - u) is greatest at c = ρ m/(m + 1)
    growth = lambda x: x**power * (across - x)
    top, u0 = across * power / (power + 1), float(weight_decay.layer(depth))
    below_threshold = up < growth(top)
    in_basin = below_threshold & ((u0 >= top) | (growth(u0) > up))
    for found, expected in ((large, below_threshold), (small, in_basin)):
        decided = found != Outcome.UNDECIDED
        assert np.array_equal(found[decided] == Outcome.SURVIVED, expected[decided])
        assert np.mean(~decided) < 0.01
    assert np.any((small == Outcome.COLLAPSED) & (large == Outcome.SURVIVED))


@pytest.mark.parametrize(("depth", "factor", "power"), [(1, Fraction(1, 4), 2), (2, Fraction(27, 256), 4)])
def test_the_threshold_of_weight_decay_is_the_one_in_the_caption(
    book: Book, depth: int, factor: Fraction, power: int
) -> None:
    rho, decay = weight_decay.fold(book, depth)
    amplitudes = np.linspace(0.1, 1.5, 8)
    assert np.allclose(decay(amplitudes), float(factor) * rho(amplitudes) ** power)


@pytest.mark.parametrize("depth", weight_decay.DEPTHS)
def test_the_line_of_the_small_start_touches_the_threshold_where_it_begins(book: Book, depth: int) -> None:
    rho, decay = weight_decay.fold(book, depth)
    u0 = np.array(float(weight_decay.layer(depth)))
    line, step = weight_decay.basin(book, depth), 1e-5
    begins = decay(u0)
    assert line(begins) == pytest.approx(float(rho(u0)))
    slopes = (rho(u0 + step) - rho(u0 - step)) / (decay(u0 + step) - decay(u0 - step))
    assert (line(begins + step) - line(begins)) / step == pytest.approx(float(slopes), rel=1e-6)


@pytest.mark.parametrize("depth", weight_decay.DEPTHS)
def test_on_the_line_of_the_small_start_the_derived_layer_rests(book: Book, depth: int) -> None:
    modes = flow(weight_decay.model(depth))
    (u,) = modes.state
    decay = sp.Rational(1, 5)
    rho = weight_decay.basin(book, depth)(np.array(float(decay)))
    at = {u: weight_decay.layer(depth), lam: sp.Float(float(rho)), sigma2: 1, eta: decay}
    assert abs(float(modes.rates[u].subs(at))) < 1e-12


# Files.

DRAW = """
from symjepa.catalogue import find, load
from symjepa.render import plots
import hashlib
book = {label: load(find(label)) for label in ("imbalance-threshold", "imbalance-threshold-ema")}
(one,) = (one for one in plots.drawings() if one.name == "survival-imbalance")
for name, content in plots.files(book, one):
    print(name, hashlib.sha256(content).hexdigest())
"""


@pytest.mark.needs("matplotlib")
def test_simulated_figures_are_the_same_bytes_in_every_process(book: Book) -> None:
    (one,) = (one for one in plots.drawings() if one.name == "survival-imbalance")
    here = [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in plots.files(book, one)]
    seeded = {**os.environ, "PYTHONHASHSEED": "7"}
    there = subprocess.run([sys.executable, "-c", DRAW], env=seeded, capture_output=True, text=True, check=True)
    assert there.stdout.splitlines() == here
    assert there.stderr == ""
