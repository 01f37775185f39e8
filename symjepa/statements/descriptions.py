r"""Descriptions of flows: what a claim is about.  A claim never holds a right-hand side; a description says where it
comes from.

`Modes` and `Layers` are derived from their model whenever somebody asks; `Foreign` is an equation of the user's own,
and a certificate about it says so; `Restricted` is one of these on an invariant manifold.

Soundness.  A description holds a model, the name of its coordinates and the values put in for parameters, and nothing
else; its rates come from `gradient_flow` and the reductions alone, so that no right-hand side can be smuggled in but
as `Foreign`.  Values are frozen and hashed as a whole: what is remembered for one description is never handed to
another.  A restriction holds state variables as functions of the others and no rate: its rates are those of the whole
flow with these functions put in, and that the manifold is invariant is an obligation of every claim about it
(`obligations.restriction`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import sympy as sp
from sympy.core.function import UndefinedFunction

from symjepa.errors import SymjepaError
from symjepa.exact.calculus import along as derivative_along
from symjepa.exact.facts import Fact
from symjepa.exact.sequences import INDEX
from symjepa.exact.sums import substitute
from symjepa.flow import Letters, MatrixFlow, gradient_flow, letters
from symjepa.model import Model
from symjepa.modes.clock import clocked_modes
from symjepa.modes.families import family_modes
from symjepa.modes.groups import Sizes, grouped_modes
from symjepa.modes.reduction import ModeFlow, aligned_modes, balanced, product_modes

Values = tuple[tuple[sp.Symbol, sp.Expr], ...]
COORDINATES = ("layers", "product", "balanced", "groups", "families", "clock")


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
    """The flow of one mode of a model, in named coordinates, at particular parameters.

    `sizes`: for the coordinates "groups" the sizes of the groups of layers of encoder and predictor, for "clock" the
    offsets of their squares; for no others.
    """

    model: Model
    coordinates: str
    values: Values = ()
    sizes: tuple[Sizes, ...] = ()

    def __post_init__(self) -> None:
        if self.coordinates not in COORDINATES:
            raise SymjepaError(f"coordinates are one of {', '.join(COORDINATES)}; got {self.coordinates!r}")
        if len(self.sizes) != (2 if self.coordinates in ("groups", "clock") else 0):
            raise SymjepaError(
                "sizes of the groups of encoder and predictor belong to groups(…), offsets to clock(…), and to nothing"
                " else"
            )

    @property
    def flow(self) -> ModeFlow:
        return _mode_flow(self.model, self.coordinates, self.values, self.sizes)

    @property
    def rates(self) -> Mapping[sp.Expr, sp.Expr]:
        return self.flow.rates

    @property
    def domain(self) -> tuple[Fact, ...]:
        return self.flow.domain


def modes(model: Model, coordinates: str, values: Mapping[sp.Symbol, sp.Expr | int] | None = None) -> Modes:
    """Describe the mode flow of a model; nothing is derived until its rates are asked for."""
    return Modes(model, coordinates, pairs(values or {}))


def groups(
    model: Model,
    encoder: tuple[sp.Expr | int, ...],
    predictor: tuple[sp.Expr | int, ...],
    values: Mapping[sp.Symbol, sp.Expr | int] | None = None,
) -> Modes:
    """Describe the mode flow of groups of layers that share an amplitude, of these sizes: `grouped_modes`."""
    sizes = tuple(tuple(sp.sympify(size) for size in one) for one in (encoder, predictor))
    return Modes(model, "groups", pairs(values or {}), sizes)


Offset: TypeAlias = sp.Expr | int | UndefinedFunction


def clock(
    model: Model,
    encoder: tuple[Offset, ...],
    predictor: tuple[Offset, ...],
    values: Mapping[sp.Symbol, sp.Expr | int] | None = None,
) -> Modes:
    """Describe the flow of the clock of layers whose squares are it and these offsets: `clocked_modes`.

    Each net has one for the generic layer, a sequence or the same for all, or one for the first layer before it.
    """
    nets = tuple(
        tuple(one(INDEX) if isinstance(one, UndefinedFunction) else sp.sympify(one) for one in net)
        for net in (encoder, predictor)
    )
    return Modes(model, "clock", pairs(values or {}), nets)


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


@dataclass(frozen=True, slots=True)
class Restricted:
    """A mode flow on an invariant manifold, in the state variables that are left: each pair (x, f) of `eliminated`
    says x = f there.

    `where`: facts about what is left and parameters; they are the domain, beside what the whole flow demands of what
    is left.  A claim about it claims too that the manifold is invariant.
    """

    whole: Modes | Foreign
    eliminated: tuple[tuple[sp.Expr, sp.Expr], ...]
    where: tuple[Fact, ...] = ()

    def __post_init__(self) -> None:
        if type(self.whole) not in (Modes, Foreign):
            raise SymjepaError(f"what is restricted is modes(…) or Foreign(…); got {type(self.whole).__name__}")
        state, gone = set(self.whole.rates), [x for x, _ in self.eliminated]
        if not gone or len(set(gone)) != len(gone) or not set(gone) < state:
            raise SymjepaError(
                f"some but not all of the state {', '.join(map(str, self.whole.rates))} are eliminated, each once; got"
                f" {', '.join(map(str, gone)) or 'none'}"
            )
        held = [value for _, value in self.eliminated] + [fact.expr for fact in self.where]
        strange = {x for expr in held for x in expr.free_symbols} & set(gone)
        if strange:
            raise SymjepaError(
                f"a manifold is given by functions of what is left; got {', '.join(sorted(map(str, strange)))} in them"
            )
        odd = [fact for fact in self.where if fact.over or fact.kind not in ("positive", "nonnegative", "nonzero")]
        if odd:
            raise SymjepaError(f"a domain is given by signs, without ranges; got {odd[0]}")

    @property
    def rates(self) -> Mapping[sp.Expr, sp.Expr]:
        gone = dict(self.eliminated)
        return {x: substitute(rate, gone) for x, rate in self.whole.rates.items() if x not in gone}

    @property
    def domain(self) -> tuple[Fact, ...]:
        gone = {x for x, _ in self.eliminated}
        kept = tuple(fact for fact in self.whole.domain if not set(fact.free_symbols) & gone)
        return tuple(dict.fromkeys((*kept, *self.where)))


def restricted(
    whole: Modes | Foreign, eliminated: Mapping[sp.Expr, sp.Expr | int], where: tuple[Fact, ...] = ()
) -> Restricted:
    """`Restricted` from a mapping."""
    return Restricted(whole, pairs(eliminated), where)


Flow = Modes | Foreign | Restricted


@cache
def _matrix_flow(model: Model) -> MatrixFlow:
    return gradient_flow(model)


@cache
def _mode_flow(model: Model, coordinates: str, values: Values, sizes: tuple[Sizes, ...]) -> ModeFlow:
    layers = aligned_modes(_matrix_flow(model))
    made: dict[str, Callable[..., ModeFlow]] = {
        **{"product": product_modes, "balanced": balanced},
        **{"groups": grouped_modes, "families": family_modes, "clock": clocked_modes},
    }
    reduced = layers if coordinates == "layers" else made[coordinates](layers, *sizes)
    chosen: ModeFlow = reduced.at(dict(values)) if values else reduced
    return chosen


def along(flow: Flow, quantity: sp.Expr, time: sp.Symbol | None = None) -> sp.Expr:
    """The time derivative of a quantity along a mode flow, as derived."""
    return derivative_along(quantity, flow.rates, time)
