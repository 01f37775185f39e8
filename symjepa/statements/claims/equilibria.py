r"""Claims about where a mode comes to rest: fixed points, linear rates, invariant sets, and basins.

Soundness.  Data only: a claim means what the docstring of its class says; `obligations.equilibria` asks for no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.statements.claims.relations import Relation
from symjepa.statements.claims.sentences import Claim, Pairs
from symjepa.statements.descriptions import Flow, Modes, pairs


@dataclass(frozen=True)
class Component:
    """A set of fixed points: `equations` (each zero), solved one after another by `at`; state variables that stand for
    themselves in `at`, or do not occur there, are free.

    With the values of the variables that the equations before it determine put in, each equation is x^p - value^p for
    one more state variable; p is `power`, for all or by variable (1 where it is not named).
    """

    at: Pairs
    equations: tuple[sp.Expr, ...]
    power: sp.Expr | Pairs = sp.S.One


def component(
    at: Mapping[sp.Expr, sp.Expr],
    equations: tuple[sp.Expr, ...],
    power: sp.Expr | Mapping[sp.Expr, sp.Expr] = sp.S.One,
) -> Component:
    """`Component` from a mapping."""
    return Component(pairs(at), equations, pairs(power) if isinstance(power, Mapping) else power)


@dataclass(frozen=True)
class Cofactors:
    """Σ coefficient · rate = unit · Π (one equation of each component)^multiplicity, with unit ≠ 0 on the domain.

    `multiplicities`: one whole number ≥ 1 for each component; all 1 if there are none.
    """

    coefficients: Pairs
    unit: sp.Expr
    multiplicities: tuple[int, ...] = ()


@dataclass(frozen=True)
class Follows:
    """Where the flow rests, `variable` = `value`: its rate is unit·(value - variable)."""

    variable: sp.Symbol
    value: sp.Expr
    unit: sp.Expr


@dataclass(frozen=True)
class Zeros(Claim):
    """The fixed points of the flow on its domain (and `on`) are exactly the listed components.

    One `Cofactors` for each way to choose one equation from every component, in the order of `itertools.product`; they
    are identities where each variable of `follows` has the value that it follows, and say nothing of its rate.
    """

    flow: Flow
    components: tuple[Component, ...]
    cofactors: tuple[Cofactors, ...]
    on: tuple[Relation, ...] = ()
    why: str = ""
    follows: tuple[Follows, ...] = ()


@dataclass(frozen=True)
class Quadratic:
    """Two rates: the roots of x² + linear·x + constant, real or not."""

    linear: sp.Expr
    constant: sp.Expr


@dataclass(frozen=True)
class Linearized(Claim):
    """The flow linearised at a fixed point has the listed `rates`; those not among the `family`'s zeros have the
    stated sign (their real parts, of a `Quadratic`).

    `family`: state variables that parametrise a manifold of fixed points through the point, one zero rate for each,
    where the relations `on` about them and parameters hold.  `visible`: pairs (rate, form) where -rate = form (rate =
    form, if unstable) and the sign of the form is plain.  `using`: relations that are shown first, and then known.
    """

    flow: Flow
    at: Pairs
    rates: tuple[sp.Expr | Quadratic, ...]
    stable: bool
    family: tuple[sp.Expr, ...] = ()
    why: str = ""
    on: tuple[Relation, ...] = ()
    visible: Pairs = ()
    using: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class Spectrum(Claim):
    """The flow of all layers of a mode, whatever their amplitudes (none of them 0), linearised at any fixed point `at`
    has the listed `rates`, each as many times as is said, and no others.  0 is among them as many times as these fixed
    points have dimensions; all others have negative real parts.

    flow: `modes(model, "families")`.  at: products of layers with their values, which hold parameters and products that
    are free; and pairs (b[l], w[l]) where each layer of a stack equals one of another.  sums: for each other stack of
    more than one layer a symbol and a summand, such as (S, 1/w[l]**2), for S = Σ 1/w[l]² over all its layers.
    """

    flow: Modes
    at: Pairs
    rates: tuple[tuple[sp.Expr | Quadratic, sp.Expr], ...]
    sums: Pairs
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
