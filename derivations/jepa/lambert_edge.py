r"""For 0 < y < 1 the product $y e^{-y}$ stays below $1/e$, which keeps Lambert's W on its principal branch.

A lemma for trajectories that start above the fixed point.

Source: corless1996lambertw, Sec. 2.
"""

import sympy as sp

from symjepa.statements.claims import Chain, Less
from symjepa.statements.statement import NearMiss, Statement, proves

y = sp.Symbol("y", positive=True)
bump = y * sp.exp(-y)

lambert_edge = Statement(
    title="For 0 < y < 1 the product y exp(-y) is less than 1/e",
    hypotheses=(Less(y, 1),),
    claim=Less(bump, sp.exp(-1)),
    witness={y: sp.Rational(1, 2)},
    near_misses=(
        NearMiss(Less(y, sp.exp(-1)), why="the exponential dropped"),
        NearMiss(Less(bump, sp.exp(-1) / 2), why="half of it"),
    ),
    source="corless1996lambertw, Sec. 2",
)


@proves(lambert_edge)
def theorem():
    yield "At $y = 1$ both sides are equal, and on the way down the gap grows, its derivative being $-(1 - y)e^{-y}$:"
    yield Less(bump, sp.exp(-1), by=Chain(y, sp.S.One, (1 - y) * sp.exp(-y), falling=True))
    yield lambert_edge.claim
