r"""A claim about flows of the plane: the curve that separates the starts which end on one side from the others.

Soundness.  Data only: a claim means what the docstring of its class says; `obligations.plane` asks for no less.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.statements.claims.relations import Relation
from symjepa.statements.claims.sentences import Claim
from symjepa.statements.descriptions import Flow


@dataclass(frozen=True)
class Separates(Claim):
    """In the quadrant x > 0 > y of a flow of the plane x falls and y rises, and exactly one curve y = -φ(x), φ
    continuous and increasing from φ(0+) = 0, separates: a solution that starts on it tends to the origin, one from
    above it leaves the quadrant across y = 0, one from below it across x = 0, both in finite time.

    `state` = (x, y).  `between` = (near, far), functions of x: 0 ≤ near ≤ φ ≤ far, and a solution on or above
    y = -near, or on or below y = -far, stays so until it leaves.  The rest is certificate: on 0 < x < `strip` the slope
    of y over x does not rise with y.  `contracts`, `inward` (at near, at far): expressions equal to what must not be
    negative there, and visibly so.  `using`: relations about the state that are shown first, where x ≥ 0, and then
    known.
    """

    flow: Flow
    state: tuple[sp.Symbol, sp.Symbol]
    between: tuple[sp.Expr, sp.Expr]
    strip: sp.Expr
    contracts: sp.Expr | None = None
    inward: tuple[sp.Expr | None, sp.Expr | None] = (None, None)
    using: tuple[Relation, ...] = ()
    why: str = ""
