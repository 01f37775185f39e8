r"""Claims about where a mode comes to rest: fixed points, linear rates, invariant sets, and basins.

Soundness.  Data only: a claim means what the docstring of its class says; `obligations.equilibria` asks for no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.statements.claims.relations import Relation
from symjepa.statements.claims.sentences import Claim, Pairs
from symjepa.statements.descriptions import Flow, pairs


@dataclass(frozen=True)
class Component:
    """A set of fixed points: `equations` (each zero), solved by `at`; each equation is x^power - value^power for one
    state variable.
    """

    at: Pairs
    equations: tuple[sp.Expr, ...]
    power: sp.Expr = sp.S.One


def component(at: Mapping[sp.Expr, sp.Expr], equations: tuple[sp.Expr, ...], power: sp.Expr = sp.S.One) -> Component:
    """`Component` from a mapping."""
    return Component(pairs(at), equations, power)


@dataclass(frozen=True)
class Cofactors:
    """Σ coefficient · rate = unit · Π (one equation of each component), with unit ≠ 0 on the domain."""

    coefficients: Pairs
    unit: sp.Expr


@dataclass(frozen=True)
class Zeros(Claim):
    """The fixed points of the flow on its domain (and `on`) are exactly the listed components.

    One `Cofactors` for each way to choose one equation from every component, in the order of `itertools.product`.
    """

    flow: Flow
    components: tuple[Component, ...]
    cofactors: tuple[Cofactors, ...]
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Linearized(Claim):
    """The flow linearised at a fixed point has the listed `rates`; those not among the `family`'s zeros have the
    stated sign.

    `family`: state variables that parametrise a manifold of fixed points through the point, one zero rate for each.
    """

    flow: Flow
    at: Pairs
    rates: tuple[sp.Expr, ...]
    stable: bool
    family: tuple[sp.Expr, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Invariant(Claim):
    """The set where `quantity` ≥ 0 is not left while `on` holds: on its face x = value, quantity = unit·(x - value),
    it does not decrease.
    """

    flow: Flow
    quantity: sp.Expr
    face: Pairs
    unit: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Converges(Claim):
    """Every start of the one-dimensional flow in the basin (lower, upper) converges to `to`; `upper` may be oo.

    The rate is unit·(to^power - x^power) with unit and power positive: positive below `to`, negative above.
    """

    flow: Flow
    to: sp.Expr
    lower: sp.Expr
    upper: sp.Expr
    unit: sp.Expr
    power: sp.Expr
    why: str = ""
