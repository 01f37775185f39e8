r"""Hitting times as rigorous integrals: from start to stop a one-dimensional flow takes $\int du/f(u)$, a ball that
holds the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp
from flint import arb, fmpq

from symjepa.errors import OutsideFragment, Undefined
from symjepa.exact.balls import Point, ball
from symjepa.statements.claims import Hits
from symjepa.statements.descriptions import Flow
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.dynamics import POINTS
from symjepa.verify.corroborate.enclosures import SAME, by_way, followed, way
from symjepa.verify.corroborate.integrate import BITS
from symjepa.verify.corroborate.modes import QUIET, Start, numeric, parameters, readings, spelled_out
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
    symbols = parameters(claim.flow, [claim.start, claim.time]) - state | claim.stop.free_symbols
    points = drawn(symbols, (*context.facts, *facts_of(claim.on)), 2 * POINTS, seed)
    yield agreement("Hits: rigorous integral", readings(_integral(claim, point) for point in points))
    arrivals = [(start, _arrives(claim, start)) for start in filter(None, (_begun(claim, p) for p in points[:POINTS]))]
    yield from by_way("Hits", "", arrivals)


def _integral(claim: Hits, point: ExactPoint) -> Callable[[], Iterable[Reading]]:
    """Two rigorous balls: they must overlap, and their digits are proved ones."""

    def found() -> Iterator[Reading]:
        claimed = ball(claim.time, point, BITS)
        exact = hitting_integral(claim.flow, claim.start, claim.stop, point)
        yield Reading(bool(claimed.overlaps(exact)), None, said(point))
        yield measured(claimed, exact, said(point))

    return found


def _begun(claim: Hits, point: ExactPoint) -> Start | None:
    """The start of the claim at a point, if it takes any time; its other end is no part of the state any more."""
    try:
        if not ball(claim.time, point, BITS) > 0:
            return None
        flow = numeric(claim.flow, {s: x for s, x in point.items() if s not in claim.flow.rates})
        return Start(point, {flow.state[0]: spelled_out(claim.start, point)}, flow)
    except QUIET:
        return None


def _arrives(claim: Hits, start: Start) -> Callable[[], Iterable[Reading]]:
    """At the claimed time, known to 2^-370 or so, the flow is at the end."""

    def found() -> Iterator[Reading]:
        time, end = (ball(e, start.point, BITS) for e in (claim.time, claim.stop))
        mantissa, exponent = time.mid().man_exp()
        (state,) = followed(start, [fmpq(int(mantissa)) * fmpq(2) ** int(exponent)])
        (there,) = state.values()
        yield from SAME[way(start)](_moved(start, there, time.rad()), end, said(start.point))

    return found


def _moved(start: Start, there: arb, late: arb) -> arb:
    """Where the flow is within a short time of being there: it cannot leave a margin that it has no time to cross."""
    margin = arb(0, arb(2) ** -300)
    (speed,) = start.flow.rate((there + margin,))
    way_off = (speed.abs_upper() * late).abs_upper()
    if not way_off < margin.rad():
        raise Undefined(f"a hitting time known to many digits is needed, but its ball has a radius of {late}")
    return there + arb(0, way_off)
