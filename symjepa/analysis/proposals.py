"""What the analysis proposes: frozen data, each marked as a proposal, so that nobody takes it for a theorem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.symbols import latex_names


def _tex(expr: sp.Expr) -> str:
    return str(sp.latex(expr, symbol_names=latex_names()))


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

    def _repr_latex_(self) -> str:
        factor = "" if self.rate == 0 else rf"\left({_tex(self.quantity)}\right)"
        return rf"$\frac{{d}}{{dt}}\left({_tex(self.quantity)}\right) = {_tex(self.rate)}{factor}$"


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

    def _repr_latex_(self) -> str:
        place = r",\; ".join(f"{_tex(x)} = {_tex(value)}" for x, value in self.at.items())
        given = "".join(rf",\; {_tex(condition)} = 0" for condition in self.conditions)
        needs = r",\; ".join(fact.latex() for fact in self.exists_if)
        existence = rf"\quad \text{{if }} {needs}" if needs else ""
        return f"${place}{given}{existence}" + rf"\quad \text{{({self.kind})}}$"


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

    def __str__(self) -> str:
        return "\n".join(map(str, self.points))

    def _repr_latex_(self) -> str:
        return r"$\begin{gathered}" + r"\\".join(p._repr_latex_().strip("$") for p in self.points) + r"\end{gathered}$"


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

    def __str__(self) -> str:
        needs = " and ".join(map(str, self.valid_if))
        return f"{self.equation[0]} = {self.equation[1]}" + (f" if {needs}" if needs else "")

    def _repr_latex_(self) -> str:
        return f"${_tex(self.equation[0])} = {_tex(self.equation[1])}$"
