"""Everything that is derived about one model, gathered once for every way of printing it.

What the derivation refuses (balanced coordinates where no balance is kept) is part of the account, with the reason.
Invariants, fixed points and trajectories are *proposals* of the analysis; nothing here says that they are proved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError, TooLarge
from symjepa.flow import MatrixFlow, gradient_flow
from symjepa.model import Model
from symjepa.modes.frames import Alignment, alignment
from symjepa.modes.reduction import ModeFlow, aligned_modes, balanced, product_modes
from symjepa.symbols import b, s, u, v, w

COORDINATES = ("layers", "product", "balanced")
_REDUCTIONS: dict[str, Callable[[ModeFlow], ModeFlow]] = {
    "layers": lambda modes: modes,
    "product": product_modes,
    "balanced": balanced,
}
STATUS = "proposed, not yet proved"
MOST_LAYERS = (
    100  # every layer of a numeric stack gets its own equation, so the work grows with the square of the depth
)
MOST_ANALYSED = 12  # the search for invariants looks at all pairs of amplitudes


@dataclass(frozen=True, slots=True)
class Found:
    """What one stage of the analysis proposes, or why it proposes nothing."""

    value: Any = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A mode flow with what the analysis proposes about it."""

    modes: ModeFlow
    invariants: Found
    fixed_points: Found
    trajectory: Found


@dataclass(frozen=True, slots=True)
class Refused:
    """Coordinates that do not exist for a model, and the refusal that says why."""

    coordinates: str
    error: SymjepaError


@dataclass(frozen=True, slots=True)
class Account:
    """A model, its matrix flow, the alignment it needs, and every reduction to modes that was asked for."""

    model: Model
    flow: MatrixFlow
    alignment: Alignment
    reductions: tuple[Reduced | Refused, ...]

    @property
    def reduced(self) -> tuple[Reduced, ...]:
        return tuple(entry for entry in self.reductions if isinstance(entry, Reduced))

    @property
    def refused(self) -> tuple[Refused, ...]:
        return tuple(entry for entry in self.reductions if isinstance(entry, Refused))


@dataclass(frozen=True, slots=True)
class Analysis:
    """The three stages of the analysis as functions of a mode flow."""

    invariants: Callable[[ModeFlow], Any]
    fixed_points: Callable[[ModeFlow], Any]
    trajectory: Callable[[ModeFlow], Any]


def analysis() -> Analysis:
    """The analysis of this package, imported only when a report needs it."""
    from symjepa.analysis.fixed_points import fixed_points
    from symjepa.analysis.invariants import invariants
    from symjepa.analysis.trajectories import trajectory

    return Analysis(invariants, fixed_points, trajectory)


def account(model: Model, coordinates: tuple[str, ...] = COORDINATES, stages: Analysis | None = None) -> Account:
    """The whole line for one model: loss, matrix flow, alignment, mode flows, proposals."""
    _check_size(model)
    flow = gradient_flow(model)
    modes = aligned_modes(flow)
    wanted = [name for name in COORDINATES if name in coordinates]
    return Account(model, flow, alignment(flow), tuple(_reduced(modes, name, stages or analysis()) for name in wanted))


def _check_size(model: Model) -> None:
    numbers = [depth for depth in (model.encoder.depth, model.predictor.depth) if depth.is_Integer]
    if sum(numbers) > MOST_LAYERS:
        raise TooLarge(
            f"an account writes out every layer of a numeric depth, so at most {MOST_LAYERS} of them are possible, "
            f"but got {sum(numbers)}: use a symbolic depth, which holds for all"
        )


def substitution(modes: ModeFlow) -> dict[sp.Symbol, sp.Expr]:
    """What balance lets one write for w, v and b in balanced coordinates; empty in the others."""
    if modes.coordinates != "balanced":
        return {}
    model = modes.source.model
    depth, scale = model.predictor.depth, sp.sqrt(model.predictor_rate)
    products = {w: u**model.encoder.depth} | ({v: sp.Mul(scale**depth, u**depth)} if depth != 0 else {})
    return products | ({b: s**model.encoder.depth} if s in modes.rates else {})


def _reduced(modes: ModeFlow, coordinates: str, stages: Analysis) -> Reduced | Refused:
    try:
        flow = _REDUCTIONS[coordinates](modes)
    except SymjepaError as error:
        return Refused(coordinates, error)
    return Reduced(
        flow, *(_found(stage, flow) for stage in (stages.invariants, stages.fixed_points, stages.trajectory))
    )


def _found(stage: Callable[[ModeFlow], Any], flow: ModeFlow) -> Found:
    if len(flow.state) > MOST_ANALYSED:
        return Found(why=f"more than {MOST_ANALYSED} amplitudes; ask for a symbolic depth")
    try:
        found = stage(flow)
    except SymjepaError as error:
        return Found(why=str(error))
    return Found(found, "" if found else "none was found")
