"""Figures show what the theorems say, in the same bytes from run to run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symjepa.analysis.duels import Order
from symjepa.catalogue import find, load
from symjepa.model import Model
from symjepa.render import plots
from symjepa.render.plots import look, noise, order, phases, trajectories
from symjepa.render.plots.drawing import Book, Feature, data, environment, latent
from symjepa.render.plots.paths import NoCurve, function, trajectory
from symjepa.render.plots.trajectories import DEPTHS, SPREADS, Panel
from symjepa.statements.claims import All, Claim, Solves, parts
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Theorem
from symjepa.symbols import lam, sigma2, u

LABELS = ("jepa-implicit-solution", "jepa-explicit-solution", "jepa-fixed-point", "mae-fixed-point", "noise-decay")


@pytest.fixture(scope="module")
def book() -> Book:
    return {label: load(find(label)) for label in LABELS}


def drawing(name: str) -> plots.Drawing:
    return next(one for one in plots.drawings() if one.name == name)


def on_the_line(book: Book, panel: Panel, feature: Feature, objective: str) -> float:
    """How far the closed form lies from the integrated flow, at its own times."""
    model = {"latent": latent, "data": data}[objective](panel.depth)
    marked = trajectories.closed(book, model, feature, trajectories.layer(panel))
    assert marked is not None
    times, amplitudes = marked
    path = trajectories.integrated(model, replace(panel, features=(feature,)), times)[:, 0]
    return float(np.max(np.abs(path - amplitudes)))


@pytest.mark.parametrize("panel", [*DEPTHS, *SPREADS], ids=lambda panel: panel.title)
def test_the_clock_of_the_theorem_lies_on_the_derived_jepa_trajectory(book: Book, panel: Panel) -> None:
    assert max(on_the_line(book, panel, feature, "latent") for feature in panel.features) < 1e-8


def test_the_explicit_solution_lies_on_the_derived_reconstruction_trajectory(book: Book) -> None:
    assert max(on_the_line(book, DEPTHS[0], feature, "data") for feature in DEPTHS[0].features) < 1e-8


@pytest.mark.parametrize(("predictor", "encoder"), noise.DEPTHS)
def test_balanced_noise_decays_as_the_theorem_says(book: Book, predictor: int, encoder: int) -> None:
    closed, envelope, _ = noise.balanced_forms(book, predictor, encoder)
    times, amplitudes = noise.integrated(latent(encoder, predictor))
    assert np.allclose(closed(times), amplitudes, rtol=1e-8)
    assert np.all(amplitudes <= envelope(times))


@pytest.mark.parametrize("imbalance", noise.IMBALANCES, ids=str)
def test_unbalanced_noise_decays_as_the_theorem_says(book: Book, imbalance: sp.Rational) -> None:
    closed, envelope = noise.unbalanced_forms(book, imbalance)
    times, amplitudes = noise.off_balance(imbalance)
    assert np.allclose(closed(times), amplitudes, rtol=1e-8)
    assert np.all(amplitudes <= envelope(times))


@pytest.mark.parametrize("build", [latent, data])
@pytest.mark.parametrize("depth", phases.DEPTHS)
def test_full_circles_stand_where_the_derived_rate_changes_sign(
    book: Book, build: Callable[[int], Model], depth: int
) -> None:
    rest = trajectories.final(book, build(depth), phases.FEATURE)
    before, after = phases.speed(build(depth), np.array([rest - 1e-6, rest + 1e-6]))
    assert before > 0 > after


def order_of_half(build: Callable[[int], Model], panel: Panel, until: float, book: Book) -> list[int]:
    """The features of a panel as they reach half of what they will learn."""
    times = np.linspace(0, until, 600)
    paths = trajectories.integrated(build(panel.depth), panel, times) ** panel.depth
    limits = [trajectories.final(book, build(panel.depth), feature) ** panel.depth for feature in panel.features]
    return list(np.argsort([np.argmax(path > limit / 2) for path, limit in zip(paths.T, limits, strict=True)]))


def test_the_last_column_inverts_the_order_as_its_caption_says(book: Book) -> None:
    panel = SPREADS[2]
    assert order_of_half(latent, panel, panel.until[0], book) == [0, 1, 2]
    assert order_of_half(data, panel, panel.until[1], book) == [2, 1, 0]


def test_the_integrator_follows_the_exponential_to_ten_digits() -> None:
    reconstruction = modes(data(1), "balanced").flow  # u' = λu - σ²u³, nearly linear for a tiny start
    times = np.array([1.0, 5.0])
    path = trajectory(reconstruction, [1e-9], {lam: 1, sigma2: 1}, times)[:, 0]
    assert np.allclose(path, 1e-9 * np.exp(times), rtol=1e-10)


def test_a_flow_that_runs_away_is_refused() -> None:
    with pytest.raises(NoCurve, match="shorten the time"):
        trajectory(modes(latent(2), "balanced").flow, [1.0], {lam: 1, sigma2: -1}, np.array([50.0]))


def test_a_curve_without_a_number_names_the_symbol() -> None:
    with pytest.raises(NoCurve, match="sigma2"):
        function(sigma2 * u, u, {lam: 1})


@pytest.mark.needs("matplotlib")
def test_a_figure_follows_its_theorem(book: Book) -> None:
    theorem = book["noise-decay"]
    assert isinstance(theorem, Theorem)
    claims = [wrong(part) for part in parts(theorem.statement.claim)]
    changed = replace(theorem, statement=replace(theorem.statement, claim=All(tuple(claims))))
    pictures = [dict(plots.files(own, drawing("noise-decay"))) for own in (book, {**book, "noise-decay": changed})]
    assert pictures[0]["noise-decay.pdf"] != pictures[1]["noise-decay.pdf"]


def wrong(claim: Claim) -> Claim:
    """The balanced solution, twice as large."""
    if not isinstance(claim, Solves) or not claim.flow.rates.keys() <= {u}:
        return claim
    return replace(claim, values=tuple((name, 2 * value) for name, value in claim.values))


DRAW = """
from symjepa.catalogue import find, load
from symjepa.render import plots
import hashlib
book = {label: load(find(label)) for label in ("jepa-fixed-point", "mae-fixed-point")}
(lines,) = (one for one in plots.drawings() if one.name == "phase-lines")
for name, content in plots.files(book, lines):
    print(name, hashlib.sha256(content).hexdigest())
"""


@pytest.mark.needs("matplotlib")
def test_two_processes_draw_the_same_bytes() -> None:
    said = []
    for seed in ("1", "2"):
        run = [sys.executable, "-c", DRAW]
        seeded = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(run, env=seeded, capture_output=True, text=True, check=True)
        said.append((done.stdout, done.stderr))
    assert said[0] == said[1]
    assert said[0][0].count("\n") == 3
    assert said[0][1] == ""


@pytest.mark.needs("matplotlib")
def test_a_picture_holds_no_date_and_no_version(book: Book) -> None:
    import matplotlib as mpl

    pictures = dict(plots.files(book, drawing("phase-lines")))
    for content in pictures.values():
        assert b"Date" not in content
        assert mpl.__version__.encode() not in content


@pytest.mark.needs("matplotlib")
def test_a_users_own_settings_change_nothing(book: Book) -> None:
    import matplotlib as mpl

    plain = dict(plots.files(book, drawing("phase-lines")))
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30}):
        assert dict(plots.files(book, drawing("phase-lines"))) == plain


def test_without_matplotlib_the_remedy_is_named(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "find_spec", lambda name: None)
    with pytest.raises(plots.MissingExtra, match=r"pip install 'symjepa\[plot\]'"):
        list(plots.files(book, drawing("phase-lines")))


def test_lines_differ_in_more_than_colour() -> None:
    assert len({pen.dashes for pen in look.PENS}) == len({pen.marker for pen in look.PENS}) == len(look.PENS)


@pytest.mark.parametrize("name", [one.name for one in plots.drawings()])
def test_a_caption_is_latex_with_parameters_and_command(name: str) -> None:
    said = environment(drawing(name))
    assert r"\sjlambda{}" in said
    assert r"\texttt{symjepa reproduce -o build}" in said
    assert not set("<>@") & set(said)


def test_every_figure_stands_beside_one_of_its_theorems() -> None:
    assert all(one.beside in one.shows for one in plots.drawings())


def test_closed_forms_are_read_at_the_depths_of_the_panel(book: Book) -> None:
    closed, _, exponent = noise.balanced_forms(book, 1, 1)
    assert exponent == sp.Rational(-1, 2)
    assert np.allclose(closed(np.array([4.0])), 1 / 3)  # (1 + 2t)^(-1/2)


def test_in_the_order_figure_one_threshold_turns_the_order_once() -> None:
    (absolute, _), _ = order.ROWS
    for model, _ in order.COLUMNS:
        for depth in (2, 4, 6):
            found = order.row(model, absolute, Fraction(depth))
            assert [turn.above for turn in found.crossings] == [Order.SECOND]


def test_the_order_figure_closes_its_curve_where_two_crossings_meet() -> None:
    (_, (relative, _)), (jepa, _) = order.ROWS, order.COLUMNS[0]
    shallow, deep = (order.row(jepa, relative, Fraction(depth)) for depth in ("5/4", "3/2"))
    assert (len(shallow.crossings), len(deep.crossings)) == (0, 2)
    nearest = list(order._appearing(jepa, relative, shallow, deep))[-1]
    assert abs(nearest.depth - Fraction(13, 10)) < Fraction(1, 20)
