r"""Without stop-gradient, for perfectly correlated views and every depth of both nets: who survives.

The quotient of the rates of w^{2/L} and v is 2 (v - c) v^{2/K-2}/(αK), a function of v alone that changes sign at c.
Its integral H is least at v = c.  A start with w^{2/L} = S + H(v) - H(c) survives if S > 0: the predictor arrives, from
either side, and the encoder keeps w^{2/L} = S.  If not, the encoder is used up when the predictor is still at the
point e where H(e) - H(c) makes up for it, or just when it arrives.  For two predictor layers H holds a logarithm.

Here K ≥ 2 (for one layer see `no-stop-gradient-survival`), v > 0 and ρ = c > 0.
"""

from dataclasses import replace

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Attracts, Chain, Less
from symjepa.statements.descriptions import restricted
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, sigma2, v, w

from .no_stop_gradient_survival import c, double, general, kept, single

above_end, below_end = sp.Symbol("e", positive=True), sp.Symbol("f", positive=True)
ahead = sp.Symbol("d", nonnegative=True)
POWERS = (
    general,
    v ** (2 / K) / alpha + 2 * c * v ** (2 / K - 1) / (alpha * (K - 2)),
    2 * (v - c) * v ** (2 / K - 2) / (alpha * K),
)
LOGARITHM = (double, (v - c * sp.log(v)) / alpha, (v - c) / (alpha * v))


def on_curve(family, level, end):
    """The flow of v on the curve w^{2/L} = level + H(v) - H(end)."""
    flow, height, _ = family
    square = level + height - height.subs(v, end)
    return restricted(flow, {w: square ** (L / 2)}, (Fact(square, "positive"),)), square


def moves(family, level, end, side):
    """On one side of `end` the predictor moves there; the square of the layer amplitude stays positive on the way."""
    flow, square = on_curve(family, level, end)
    slope = side * family[2]
    shown = Less(0, square, by=Chain(v, end, slope, falling=side < 0))
    depth = flow.whole.model.predictor.depth
    speed = alpha**2 * depth**2 * sigma2 / 2 * v ** (4 - 4 / depth) * square**L * slope
    signs = {"above": speed} if side > 0 else {"below": speed}
    return Attracts(flow, end, (end, sp.oo) if side > 0 else (sp.S.Zero, end), using=(shown,), **signs)


def at(family, value):
    """The same family for another c."""
    flow, *exprs = family
    values = tuple((x, amount.subs(c, value)) for x, amount in flow.values)
    return (replace(flow, values=values), *(expr.subs(c, value) for expr in exprs))


survive = [moves(family, kept, c, side) for family in (POWERS, LOGARITHM) for side in (1, -1)]
collapse = [
    part
    for family in (POWERS, LOGARITHM)
    for part in (
        moves(family, sp.S.Zero, above_end, 1),
        moves(at(family, below_end + ahead), sp.S.Zero, below_end, -1),
    )
]

claim = survive[0]
for part in (*survive[1:], *collapse):
    claim = claim & part

no_stop_gradient_threshold = Statement(
    title="Without stop-gradient the encoder survives exactly if the predictor arrives first, at every depth",
    hypotheses=(Less(2, K), AtMost(c, above_end)),
    claim=claim,
    witness={K: 3, L: 2, c: 1, sigma2: 1, alpha: 1, kept: 1, above_end: 2, below_end: 2, ahead: 1, v: 3, w: 1},
    near_misses=(
        NearMiss(
            Attracts(on_curve(LOGARITHM, kept, c)[0], above_end, (c, sp.oo)),
            why="the predictor does not stop before it arrives, as long as there is an encoder",
        ),
        NearMiss(
            moves((single, v**2 / alpha, 2 * v / alpha), kept, c, 1),
            why="another function of v than the quotient gives",
        ),
        NearMiss(
            moves((double, (v + c * sp.log(v)) / alpha, (v + c) / (alpha * v)), kept, c, 1),
            why="the sign of the logarithm",
        ),
    ),
)


@proves(no_stop_gradient_threshold)
def theorem():
    yield (
        f"The rates are $\\dot w = {tex(general.rates[w])}$ and $\\dot v = {tex(general.rates[v])}$.  Their quotient"
        f" gives $H(v) = {tex(POWERS[1])}$, with the slope ${tex(POWERS[2])}$.  On the curve $w^{{2/L}} = S + H(v) -"
        " H(c)$ with $S > 0$ the right side is at least $S$, for its slope has the sign of $v - c$; so $v$ reaches $c$"
        " from above and from below, and $w^{2/L}$ the value $S$:"
    )
    yield survive[0]
    yield survive[1]
    yield f"For two layers $H(v) = {tex(LOGARITHM[1])}$, and the same holds:"
    yield survive[2]
    yield survive[3]
    yield (
        "Otherwise the curve is $w^{2/L} = H(v) - H(e)$ with $e \\geq c$ for starts above, and likewise with $f \\leq"
        " c$, written $c = d + f$, for starts below; the encoder vanishes as the predictor tends to $e$, or $f$:"
    )
    yield from collapse
    yield no_stop_gradient_threshold.claim
