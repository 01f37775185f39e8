r"""Hitting times as rigorous integrals: from start to stop a one-dimensional flow takes $\int du/f(u)$, a ball that
holds the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp
from flint import arb, fmpq

from symjepa.errors import OutsideFragment
from symjepa.exact.balls import Point, ball
from symjepa.statements.claims import Hits
from symjepa.statements.descriptions import Flow
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.dynamics import POINTS, readings
from symjepa.verify.corroborate.integrate import BITS, trajectory
from symjepa.verify.corroborate.modes import MODE, numeric, parameters
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point as ExactPoint
from symjepa.verify.obligations.scalars import facts_of


def hitting_integral(flow: Flow, start: sp.Expr, stop: sp.Expr, point: Point, bits: int = BITS) -> arb:
    """A ball around the time from start to stop; Undefined unless the rate is certified free of zeros between them."""
    rates = numeric(flow, {s: x for s, x in point.items() if isinstance(x, sp.Rational)})
    if len(rates.state) != 1:
        raise OutsideFragment(f"a hitting time needs a flow in one variable; got {', '.join(map(str, rates.state))}")
    (rate,), u = rates.rates, sp.Dummy("u", real=True)
    return ball(sp.Integral(1 / rate.xreplace({rates.state[0]: u}), (u, start, stop)), point, bits)


def of_hitting_time(claim: Hits, context: Context, seed: int) -> Iterator[Agreement]:
    """The claimed time against the integral, and against the place where the integrated flow is at that time."""
    state = set(claim.flow.rates) - {claim.stop}
    symbols = (parameters(claim.flow, [claim.start, claim.time]) - state) | {claim.stop}
    points = drawn(symbols, (*context.facts, *facts_of(claim.on)), 2 * POINTS, seed)
    yield agreement("Hits: rigorous integral", readings(_integral(claim, point) for point in points))
    yield agreement(f"Hits: {MODE}", readings(_arrives(claim, point) for point in points[:POINTS]))


def _integral(claim: Hits, point: ExactPoint) -> Callable[[], Iterable[Reading]]:
    """Two rigorous balls: they must overlap, and their digits are proved ones."""

    def found() -> Iterator[Reading]:
        claimed = ball(claim.time, point, BITS)
        exact = hitting_integral(claim.flow, claim.start, claim.stop, point)
        yield Reading(bool(claimed.overlaps(exact)), None, said(point))
        yield measured(claimed, exact, said(point))

    return found


def _arrives(claim: Hits, point: ExactPoint) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        time = ball(claim.time, point, BITS)
        begin, end = ball(claim.start, point, BITS).mid(), ball(claim.stop, point, BITS)
        whole = fmpq(int(time.mid().man_exp()[0]), 1) * fmpq(2) ** int(time.mid().man_exp()[1])
        ((there,),) = trajectory(numeric(claim.flow, point).rate, (begin,), [whole]) if whole > 0 else ((begin,),)
        yield measured(there, end, said(point))

    return found
