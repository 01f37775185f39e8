"""What the analysis proposes: frozen data, each marked as a proposal, so that nobody takes it for a theorem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from symjepa.exact.facts import Fact

Status = Literal["proposal"]
Kind = Literal["stable", "unstable", "degenerate", "undetermined"]


@dataclass(frozen=True)
class Invariant:
    """A quantity q with D q = rate · q along the flow; rate is 0 (conserved) or -2η (forgotten)."""

    quantity: sp.Expr
    rate: sp.Expr
    status: Status = "proposal"

    def __str__(self) -> str:
        return f"D({self.quantity}) = {self.rate}" + ("" if self.rate == 0 else f"*({self.quantity})")


@dataclass(frozen=True)
class FixedPoint:
    """A fixed point, or a family of them: `at` gives every state symbol, the `family` symbols stay free.

    exists_if: what the parameters (and the free symbols) must satisfy.  conditions: expressions that must vanish,
    where there is no closed form; the unknowns then stand for themselves in `at`.  rates: eigenvalues of the
    linearisation, zeros included; empty where no closed form was found.  kind: stable means that all rates but those
    along the family have negative real part.
    """

    at: Mapping[sp.Expr, sp.Expr]
    exists_if: tuple[Fact, ...]
    family: tuple[sp.Symbol, ...]
    rates: tuple[sp.Expr, ...]
    kind: Kind
    conditions: tuple[sp.Expr, ...] = ()
    status: Status = "proposal"

    @property
    def family_dim(self) -> int:
        return len(self.family)

    def __hash__(self) -> int:
        return hash((tuple(self.at.items()), self.exists_if, self.conditions))

    def __str__(self) -> str:
        place = ", ".join(f"{x} = {value}" for x, value in self.at.items() if x != value) or "every point"
        given = "".join(f", {condition} = 0" for condition in self.conditions)
        needs = " and ".join(map(str, self.exists_if))
        return f"{place}{given}" + (f" if {needs}" if needs else "") + f": {self.kind}"


@dataclass(frozen=True)
class FixedPoints:
    """All that the search found, where it believes to have found everything (`complete_on`, or None), and why."""

    points: tuple[FixedPoint, ...]
    complete_on: str | None
    why: str
    status: Status = "proposal"

    def __iter__(self) -> Iterator[FixedPoint]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True)
class Trajectory:
    """A solution of a flow in one variable.

    explicit: equation is (state, value) with value a function of t and the start.  implicit: value is T(state) with D
    T = 1 along the flow, and equation is (T(state) - T(start), t).  A hitting time has value = the time, and equation
    (t, value).
    """

    form: Literal["explicit", "implicit"]
    equation: tuple[sp.Expr, sp.Expr]
    value: sp.Expr
    why: str
    valid_if: tuple[Fact, ...] = ()
    status: Status = "proposal"
