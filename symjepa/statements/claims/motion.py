r"""Claims about how a mode moves: rates, conserved quantities, solutions, clocks, and times.

Soundness.  Data only: a claim means what the docstring of its class says, and `obligations.motion` asks for no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.statements.claims.relations import AtMost, Relation
from symjepa.statements.claims.sentences import Claim, Pairs
from symjepa.statements.descriptions import Flow, pairs


@dataclass(frozen=True)
class Moves(Claim):
    """The time derivative of a quantity along a mode flow is `rate`."""

    flow: Flow
    quantity: sp.Expr
    rate: sp.Expr
    why: str = ""


@dataclass(frozen=True)
class Conserved(Claim):
    """D quantity = rate · quantity along a mode flow."""

    flow: Flow
    quantity: sp.Expr
    rate: sp.Expr = sp.S.Zero
    why: str = ""


@dataclass(frozen=True)
class Solves(Claim):
    """`values` (functions of `time`) are the solution of the flow from `start`, for all times on which `on` holds.

    `using`: relations that are shown first, on the same times, and then known.
    """

    flow: Flow
    values: Pairs
    start: Pairs
    time: sp.Symbol
    on: tuple[Relation, ...] = ()
    using: tuple[Relation, ...] = ()
    why: str = ""


def solves(
    flow: Flow,
    values: Mapping[sp.Expr, sp.Expr],
    start: Mapping[sp.Expr, sp.Expr],
    time: sp.Symbol,
    on: tuple[Relation, ...] | None = None,
    using: tuple[Relation, ...] = (),
    why: str = "",
) -> Solves:
    """`Solves` from mappings; by default for all times ≥ 0."""
    return Solves(flow, pairs(values), pairs(start), time, (AtMost(0, time),) if on is None else on, using, why)


@dataclass(frozen=True)
class Implicit(Claim):
    """`clock`, a function of the state, advances at constant `speed` along the flow and is strictly monotone where
    `on` holds.

    So the trajectory is clock(state) = clock(start) + speed · t.
    """

    flow: Flow
    clock: sp.Expr
    speed: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Hits(Claim):
    """From `start` the one-dimensional flow reaches `stop` for the first time at `time`, rising or `falling`.

    If `stop` is a symbol of its own, `time` is the time of passage at every value of it between start and stop.  Else
    `clock`, a function of the state, is the time of passage: 0 at the start and `time` at the stop.
    """

    flow: Flow
    start: sp.Expr
    stop: sp.Expr
    time: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""
    clock: sp.Expr | None = None
    falling: bool = False
