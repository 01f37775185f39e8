"""What becomes of features in simulated matrices: survived or collapsed, or undecided by the end.

Nothing is reduced to modes: whole layers move, each matrix holding several features in random frames.  The predictor
starts as c·I and every layer of the encoder as a multiple of a rotation; the amplitudes are read off at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from symjepa.model import EMA, Model
from symjepa.render.plots.paths import Array
from symjepa.verify.corroborate.simulate import aligned_start, simulate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Curve = Callable[[Array], Array]
WIDTH = 6
"""Features in one matrix; the layers are square."""
UNTIL = 1000
GONE = Fraction(1, 50)
STEADY = Fraction(1, 1000)
CARE: dict[str, Any] = {"rtol": 1e-7, "atol": 1e-10}


MATRICES = rf"""matrices of width {WIDTH}, with {WIDTH} features each, $<sigma>^2 = 1$ and $<lam> = <rho>$, in
random frames, integrated as whole matrices up to $<t> = {UNTIL}$"""
CRITERION = rf"""A feature counts as collapsed if the amplitude of its encoder is then below ${GONE}$, as surviving
if it is above and moved by less than one part in {STEADY.denominator} since half that time; crosses are neither."""


class Outcome(IntEnum):
    """Of one feature at the time `UNTIL`."""

    COLLAPSED = 0
    UNDECIDED = 1
    SURVIVED = 2


@dataclass(frozen=True)
class Starts:
    """One row of a raster for each: the encoder's amplitude, and c of the predictor c·I."""

    encoder: Array
    predictor: Array


def centres(low: Fraction, high: Fraction, cells: int) -> tuple[Fraction, ...]:
    """The middles of equal cells between two ends."""
    return tuple(low + (high - low) * Fraction(2 * k + 1, 2 * cells) for k in range(cells))


def floats(numbers: tuple[Fraction, ...]) -> Array:
    """Exact numbers for a simulation or an axis."""
    return np.array([float(x) for x in numbers])


def encoders(model: Model, rho: Array, starts: Starts, rates: dict[sp.Symbol, Any] | None = None) -> Array:
    """|w| of every feature halfway and at the end, (2, rows, columns): σ² = 1, λ = ρ, `WIDTH` columns in a matrix."""
    features = rho.reshape(-1, 1, WIDTH)
    begun = aligned_start(model, _amplitudes(model, features, starts), *_widths(model), seed=0)
    path = simulate(model, begun.start, begun.data, (UNTIL / 2, UNTIL), rates=rates, **CARE)
    turned = begun.frames[f"W_{model.encoder.depth}.left"].T @ path.encoder @ begun.frames["W_1.right"]
    found = np.abs(np.diagonal(turned, axis1=-2, axis2=-1))  # times, matrices, rows, features
    return np.asarray(np.moveaxis(found, 1, 2).reshape(2, found.shape[2], -1))


def _widths(model: Model) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (WIDTH,) * (int(model.encoder.depth) + 1), (WIDTH,) * (int(model.predictor.depth) + 1)


def _amplitudes(model: Model, features: Array, starts: Starts) -> dict[str, Array]:
    """Every layer a multiple of a frame."""
    depths = {"W": int(model.encoder.depth), "P": int(model.predictor.depth)}
    products = {"W": starts.encoder, "P": starts.predictor}
    layers = {f"{x}_{i + 1}": products[x] ** (1 / depths[x]) for x in depths for i in range(depths[x])}
    teacher = {"Wbar": starts.encoder} if isinstance(model.teacher, EMA) else {}
    chosen = {name: rows[:, None] * np.ones(WIDTH) for name, rows in {**layers, **teacher}.items()}
    return {**chosen, "Sxx": np.ones(WIDTH), "Syx": features}


def judged(halfway: Array, end: Array) -> Array:
    """The outcome of every feature, from nothing but what was simulated."""
    steady = np.abs(end - halfway) <= float(STEADY) * halfway
    kept = np.where(steady, Outcome.SURVIVED, Outcome.UNDECIDED)
    return np.where(end < float(GONE), Outcome.COLLAPSED, kept)


@dataclass(frozen=True)
class Mark:
    """How an outcome is drawn: told apart by shape and by weight, without colour too."""

    marker: str
    size: float
    color: str
    filled: bool = True

    @property
    def style(self) -> dict[str, Any]:
        face = {"markeredgewidth": 0.0} if self.filled else {"markeredgewidth": 0.6, "markerfacecolor": "none"}
        return {"linestyle": "none", "marker": self.marker, "markersize": self.size, "color": self.color, **face}


KEPT = Mark("s", 2.7, "#56B4E9")
HALF = Mark("s", 2.2, "#56B4E9", filled=False)
LOST = Mark(".", 2.4, "#D55E00")
OPEN = Mark("x", 3.0, "#000000", filled=False)


def scattered(axes: Axes, rho: Array, rows: Array, chosen: Array, mark: Mark, **settings: Any) -> None:
    """A marker at each chosen cell (rows, columns)."""
    across, up = np.meshgrid(rho, rows)
    axes.plot(across[chosen], up[chosen], **mark.style, **settings)


def named(axes: Axes, place: tuple[float, float], text: str) -> None:
    """A word on the markers of a region."""
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": "none"}
    axes.text(*place, text, ha="center", va="center", fontsize=7.5, bbox=box)
