"""The curve that separates a quadrant, against enclosed trajectories from both sides of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

import sympy as sp
from flint import arb, fmpq

from symjepa.statements.claims import Separates
from symjepa.verify.corroborate.agreement import Agreement, Reading
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.dynamics import POINTS
from symjepa.verify.corroborate.enclosures import by_way, followed
from symjepa.verify.corroborate.equilibria import NEAR
from symjepa.verify.corroborate.modes import Start, brief
from symjepa.verify.corroborate.monotone import _begun, _constants, _everywhere, _whole
from symjepa.verify.kernel.decide import Context

PLACES = tuple(sp.Rational(n, 8) for n in range(9))
"""Starts on one line across the quadrant, from the near bound of the curve (0) to the far one (1)."""
LONGEST = 4


def of_separation(claim: Separates, context: Context, seed: int) -> Iterator[Agreement]:
    """On a line across the quadrant: across y = 0 from the near bound, across x = 0 from the far one, and one change
    between.
    """
    flow, (x, _) = _whole(claim.flow), claim.state
    symbols = _constants(flow, list(claim.between)) | {x}
    points = drawn(symbols, context.facts, 3 * POINTS, seed)
    lines = [_line(claim, {**point, x: abs(point[x])}) for point in points if point[x] != 0]
    full = [line for line in lines if len(line) == len(PLACES)][:POINTS]
    yield from by_way(
        "Separates", "until it leaves the quadrant", [(line[0], _changes_once(claim, line)) for line in full]
    )


def _line(claim: Separates, point: Mapping[sp.Symbol, sp.Rational]) -> list[Start]:
    """Starts with one x, at several places between the bounds."""
    (x, y), (near, far) = claim.state, claim.between
    fixed = {symbol: value for symbol, value in point.items() if symbol != x}
    starts: list[Start] = []
    for place in PLACES:
        begin = ((x, point[x]), (y, (-near - place * (far - near)).xreplace({x: point[x]})))
        starts += _begun(_whole(claim.flow), _everywhere(claim.flow, begin), fixed)
    return starts


def _changes_once(claim: Separates, line: list[Start]) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        sides = [_side(claim, start) for start in line]
        yield Reading(sides[0] == 1 and sides[-1] == -1, None, str(line[0]))
        known = [side for side in sides if side]
        yield Reading(all(b <= a for a, b in pairwise(known)), None, str(line[0]))

    return found


def _side(claim: Separates, start: Start) -> int:
    """1 if y has passed zero, -1 if x has; 0 if neither is seen for a long time."""
    (x, y), time = claim.state, 4 * brief(start)
    for _ in range(LONGEST):
        for state in followed(start, [time * fmpq(n, 4) for n in range(1, 5)], NEAR):
            if state[y] > 0 or state[x] < 0:
                return 1 if state[y] > arb(0) else -1
        time = 4 * time
    return 0
