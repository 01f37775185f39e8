r"""Claims about scalars: relations with their certificates, closed sums, roots, and bounds.

Soundness.  Data only: a claim means what the docstring of its class says, and `obligations.scalars` asks for no less.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.statements.claims.sentences import Claim, _exact


@dataclass(frozen=True)
class _Pair(Claim):
    """Two sides of a relation.  SymPy's own would evaluate to True before anyone could print or check them."""

    lhs: sp.Expr
    rhs: sp.Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", _exact(self.lhs))
        object.__setattr__(self, "rhs", _exact(self.rhs))


@dataclass(frozen=True)
class Identity(_Pair):
    """lhs = rhs on the whole domain."""

    why: str = ""


@dataclass(frozen=True)
class Less(_Pair):
    """lhs < rhs on the whole domain.  `by` is a certificate: an expression equal to rhs - lhs that is visibly
    positive, or a `Chain`.
    """

    by: sp.Expr | Chain | Monotone | None = None
    why: str = ""


@dataclass(frozen=True)
class AtMost(_Pair):
    """lhs ≤ rhs on the whole domain; `by` as for `Less`, visibly nonnegative."""

    by: sp.Expr | Chain | Monotone | None = None
    why: str = ""


@dataclass(frozen=True)
class Unequal(_Pair):
    """lhs ≠ rhs on the whole domain."""

    why: str = ""


@dataclass(frozen=True)
class Monotone:
    """Certificate of a gap between two powers: 0 < low ≤ high, so high^power - low^power has the sign of the power."""

    low: sp.Expr
    high: sp.Expr
    power: sp.Expr


@dataclass(frozen=True)
class Chain:
    """Certificate that f > 0 (f ≥ 0) at `variable`: f ≥ 0 at `start`, and on the way from there to the variable f' > 0
    (f' ≥ 0), visibly equal to `slope`.  `falling`: the variable lies below its start, and -f' takes the place of f'.

    `using`: relations about the variable that are shown first, everywhere on the way, and then known there.
    """

    variable: sp.Symbol
    start: sp.Expr
    slope: sp.Expr | None = None
    falling: bool = False
    using: tuple[Relation, ...] = ()


Relation = Identity | Less | AtMost | Unequal


@dataclass(frozen=True)
class Iff(Claim):
    """One relation holds exactly where the other does.  `by`: the positive factor that turns one gap into the other."""

    left: Relation
    right: Relation
    by: sp.Expr
    why: str = ""


@dataclass(frozen=True)
class SumCloses(Claim):
    """For every integer `upper` ≥ lo - 1: the sum of `term` over index = lo … upper is `closed`.  Later lines may use
    it.
    """

    term: sp.Expr
    index: sp.Symbol
    lo: sp.Expr
    upper: sp.Symbol
    closed: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Root(Claim):
    """`of` has exactly one zero in `variable` strictly between the two ends, where it crosses upward (`rising`) or
    downward.  `slope`: its derivative, in a form whose sign is visible.
    """

    of: sp.Expr
    variable: sp.Symbol
    between: tuple[sp.Expr, sp.Expr]
    rising: bool
    why: str = ""
    slope: sp.Expr | None = None


@dataclass(frozen=True)
class Within(Claim):
    """|expr - of| ≤ by: a limit, an order, or the error of a reduction, constants explicit.  `upper`/`lower`: visible
    forms of the gaps.
    """

    expr: sp.Expr
    of: sp.Expr
    by: sp.Expr
    above: sp.Expr | None = None
    below: sp.Expr | None = None
    why: str = ""

    def __post_init__(self) -> None:
        for name in ("expr", "of", "by"):
            object.__setattr__(self, name, _exact(getattr(self, name)))
