r"""Descriptions of flows: what a claim is about.  A claim never holds a right-hand side; a description says where it
comes from.

`Modes` and `Layers` are derived from their model whenever somebody asks; `Foreign` is an equation of the user's own,
and a certificate about it says so.

Soundness.  A description holds a model, the name of its coordinates and the values put in for parameters, and nothing
else; its rates come from `gradient_flow` and the reductions alone, so that no right-hand side can be smuggled in but
as `Foreign`.  Values are frozen and hashed as a whole: what is remembered for one description is never handed to
another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.calculus import along as derivative_along
from symjepa.exact.facts import Fact
from symjepa.flow import Letters, MatrixFlow, gradient_flow, letters
from symjepa.model import Model
from symjepa.modes.reduction import ModeFlow, aligned_modes, balanced, product_modes

Values = tuple[tuple[sp.Symbol, sp.Expr], ...]
COORDINATES = ("layers", "product", "balanced")


def pairs(values: Mapping[sp.Expr, sp.Expr | int]) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """A mapping as hashable pairs, numbers exact."""
    return tuple((name, sp.Integer(value) if isinstance(value, int) else value) for name, value in values.items())


@dataclass(frozen=True, slots=True)
class Layers:
    """The matrix flow of a model."""

    model: Model

    @property
    def flow(self) -> MatrixFlow:
        return _matrix_flow(self.model)

    @property
    def letters(self) -> Letters:
        return letters(self.model)


@dataclass(frozen=True, slots=True)
class Modes:
    """The flow of one mode of a model, in named coordinates, at particular parameters."""

    model: Model
    coordinates: str
    values: Values = ()

    def __post_init__(self) -> None:
        if self.coordinates not in COORDINATES:
            raise SymjepaError(f"coordinates are one of {', '.join(COORDINATES)}; got {self.coordinates!r}")

    @property
    def flow(self) -> ModeFlow:
        return _mode_flow(self.model, self.coordinates, self.values)

    @property
    def rates(self) -> Mapping[sp.Expr, sp.Expr]:
        return self.flow.rates

    @property
    def domain(self) -> tuple[Fact, ...]:
        return self.flow.domain


def modes(model: Model, coordinates: str, values: Mapping[sp.Symbol, sp.Expr | int] | None = None) -> Modes:
    """Describe the mode flow of a model; nothing is derived until its rates are asked for."""
    return Modes(model, coordinates, pairs(values or {}))


@dataclass(frozen=True, slots=True)
class Foreign:
    """An equation of the user's own, not derived from a loss."""

    equations: tuple[tuple[sp.Expr, sp.Expr], ...]
    domain: tuple[Fact, ...] = field(default=())

    def __post_init__(self) -> None:
        if any(fact.over for fact in self.domain):
            raise SymjepaError(
                "the domain of an equation is given by facts about its state and parameters, without ranges"
            )

    @property
    def rates(self) -> Mapping[sp.Expr, sp.Expr]:
        return dict(self.equations)


Flow = Modes | Foreign


@cache
def _matrix_flow(model: Model) -> MatrixFlow:
    return gradient_flow(model)


@cache
def _mode_flow(model: Model, coordinates: str, values: Values) -> ModeFlow:
    layers = aligned_modes(_matrix_flow(model))
    reduced = {"layers": lambda flow: flow, "product": product_modes, "balanced": balanced}[coordinates](layers)
    chosen: ModeFlow = reduced.at(dict(values)) if values else reduced
    return chosen


def along(flow: Flow, quantity: sp.Expr, time: sp.Symbol | None = None) -> sp.Expr:
    """The time derivative of a quantity along a mode flow, as derived."""
    return derivative_along(quantity, flow.rates, time)
