r"""Claims that compare: a quantity with an envelope for all time, and the starts on a line with where they tend.

Soundness.  Data only: a claim means what the docstring of its class says; `obligations.comparison` asks for no less.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.statements.claims.relations import AtMost, Relation
from symjepa.statements.claims.sentences import Claim
from symjepa.statements.descriptions import Flow


@dataclass(frozen=True)
class Concave:
    """Certificate of the signs of unit · shape on a line, where unit > 0: `shape` is strictly concave `between` two
    ends, and of its two `zeros` there it is positive between them and negative beyond them.

    For that it need not vanish at both: to be positive between, it is not negative at either; to be negative beyond
    one of them, it is not positive there, and not negative at the other.  The same zero twice is a double one: the
    shape and its derivative vanish there, and it is negative everywhere else.  `curvature`: an expression equal to
    minus the second derivative and visibly positive.
    """

    unit: sp.Expr
    shape: sp.Expr
    zeros: tuple[sp.Expr, sp.Expr]
    between: tuple[sp.Expr, sp.Expr]
    curvature: sp.Expr | None = None


@dataclass(frozen=True)
class Attracts(Claim):
    """Every number strictly `between` two ends is a start of the one-dimensional flow, and moves monotonically to `to`,
    a point between them or one of them; the ends may be -oo and oo.

    An end is approached as closely as one likes, in finite time or as t → ∞, and to oo is growth beyond every bound.
    `below`: an expression equal to the rate below `to` and visibly positive; `above`: to minus the rate above it; or
    `by`, which shows both.  `using`: relations about the state that are shown first, all over the interval, and then
    known.
    """

    flow: Flow
    to: sp.Expr
    between: tuple[sp.Expr, sp.Expr]
    below: sp.Expr | None = None
    above: sp.Expr | None = None
    by: Concave | None = None
    using: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Dominated(Claim):
    """Along every solution, as long as it lasts and `on` holds, quantity ≤ bound; the other way round if `from_below`.

    `bound` is a function of `time`, on the times `until`, and of `start`, the value of the quantity at time 0; it
    solves y' = rate(y), y(0) = start, where `rate` is given as a function of `start`.  The quantity moves no faster:
    D quantity ≤ rate(quantity).  `by`: an expression equal to that gap and visibly nonnegative, or a shape that is
    concave with a double zero.  Both quantity and bound obey the assumptions on `start`.  `using`: relations about the
    state that are shown first, all over the domain, and then known.
    """

    flow: Flow
    quantity: sp.Expr
    start: sp.Symbol
    bound: sp.Expr
    rate: sp.Expr
    time: sp.Symbol
    until: tuple[Relation, ...]
    on: tuple[Relation, ...] = ()
    from_below: bool = False
    by: sp.Expr | Concave | None = None
    using: tuple[Relation, ...] = ()
    why: str = ""


def dominated(
    flow: Flow,
    quantity: sp.Expr,
    start: sp.Symbol,
    bound: sp.Expr,
    rate: sp.Expr,
    time: sp.Symbol,
    by: sp.Expr | Concave | None = None,
    on: tuple[Relation, ...] = (),
    from_below: bool = False,
    using: tuple[Relation, ...] = (),
    why: str = "",
) -> Dominated:
    """`Dominated` for all times ≥ 0."""
    return Dominated(flow, quantity, start, bound, rate, time, (AtMost(0, time),), on, from_below, by, using, why)
