"""Claims about cooperative flows against enclosed trajectories: where they go, and in which order they run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import sympy as sp
from flint import arb, fmpq

from symjepa.statements.claims import ConvergesBetween, Ordered, Pairs
from symjepa.statements.descriptions import Flow, Restricted
from symjepa.verify.corroborate.agreement import Agreement, Reading
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.dynamics import POINTS, Begun, shallow
from symjepa.verify.corroborate.enclosures import by_way, followed
from symjepa.verify.corroborate.equilibria import NEAR, approach
from symjepa.verify.corroborate.modes import QUIET, Start, brief, numeric, parameters, spelled_out, value_at
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point


def of_convergence_between(claim: ConvergesBetween, context: Context, seed: int) -> Iterator[Agreement]:
    """Long trajectories from the start that the claim names, at random points."""
    flow, begin, to = _whole(claim.flow), _everywhere(claim.flow, claim.start), _everywhere(claim.flow, claim.to)
    facts = (*context.facts, *shallow(flow))  # deep modes are stiff, and long to follow
    points = drawn(_constants(flow, [value for _, value in (*begin, *to)]), facts, 2 * POINTS, seed)
    found = [start for point in points for start in _begun(flow, begin, point)][:POINTS]
    checks = [(start, partial(approach, start, dict(to))) for start in found]
    yield from by_way("ConvergesBetween", "for a long time", checks)


def _whole(flow: Flow) -> Flow:
    """The flow of which this is a restriction: it is simpler to follow, and knows nothing of the manifold."""
    return flow.whole if isinstance(flow, Restricted) else flow


def _everywhere(flow: Flow, values: Pairs) -> Pairs:
    """A point of a restricted flow as one of the whole flow."""
    gone = flow.eliminated if isinstance(flow, Restricted) else ()
    return (*values, *((x, value.xreplace(dict(values))) for x, value in gone))


def _constants(flow: Flow, exprs: list[sp.Expr]) -> set[sp.Symbol]:
    return parameters(flow, exprs) - set(flow.rates)


def _begun(flow: Flow, start: Pairs, point: Point) -> Iterator[Start]:
    """A start that a claim names, in the numbers of a point; nothing where it has none."""
    try:
        numbers, began = numeric(flow, point), dict(start)
        yield Begun(point, {x: spelled_out(began[x], point) for x in numbers.state}, numbers)
    except QUIET:
        return


def of_order(claim: Ordered, context: Context, seed: int) -> Iterator[Agreement]:
    """Both trajectories at a few times, from the starts that the claim names."""
    flows = _whole(claim.flow), _whole(claim.beside)
    start, begin = _everywhere(claim.flow, claim.start), _everywhere(claim.beside, claim.begin)
    named = [value for _, value in (*start, *begin)]
    symbols = {symbol for flow in flows for symbol in _constants(flow, named)}
    points = drawn(symbols, context.facts, 2 * POINTS, seed)
    pairs = [
        (first, second)
        for point in points
        for first in _begun(flows[0], start, point)
        for second in _begun(flows[1], begin, point)
    ]
    checks = [(first, partial(_in_order, claim, first, second)) for first, second in pairs[:POINTS]]
    yield from by_way("Ordered", "", checks)


def _in_order(claim: Ordered, first: Start, second: Start) -> Iterator[Reading]:
    """No variable is certainly on the wrong side of its image."""
    times, image = [brief(first) * n for n in (fmpq(1, 4), fmpq(1), fmpq(5))], dict(claim.image)
    states = zip(times, followed(first, times, NEAR), followed(second, times, NEAR), strict=True)
    for time, state, beside in states:
        for x, reached in image.items():
            gap = value_at(reached, second.point, beside) - state[x]
            wrong = -gap if claim.above else gap
            yield Reading(not wrong < -(arb(10) ** -35), None, f"{first}, t = {time}")
