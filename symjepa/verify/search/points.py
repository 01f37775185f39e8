"""Exact points at which facts may hold: small numbers first, then mixtures, the same ones every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.verify.kernel.points import Point, satisfies
from symjepa.verify.search.equations import completed, solved

_SMALL = [
    sp.Rational(p, q)
    for p, q in ((1, 1), (2, 1), (1, 2), (3, 2), (2, 3), (3, 1), (1, 3), (5, 2), (7, 10), (4, 1), (1, 10), (10, 1))
]
_WHOLE = [sp.Integer(number) for number in (1, 2, 3, 0, 4, 5)]
TRIES = 120


def points(symbols: Iterable[sp.Symbol], facts: tuple[Fact, ...], tries: int = TRIES) -> Iterator[Point]:
    """Points over the symbols at which all facts hold: small numbers first, then mixtures."""
    names = sorted(symbols, key=str)
    own = {s: [f for f in facts if f.free_symbols == {s}] for s in names}
    pools = {s: [x for x in _pool(s) if satisfies(own[s], {s: x})] for s in names}
    mixed = [f for f in facts if len(f.free_symbols) > 1]
    if not all(pools.values()):
        return
    random, equations = Random(0), solved(mixed, names)
    determined = [f for s, _ in equations for f in own[s]]
    for number in range(tries):
        reach = 1 + number // 10
        point = completed({s: random.choice(pools[s][: reach + 1]) for s in names}, equations)
        if point is not None and satisfies((*determined, *mixed), point):
            yield point


def _pool(symbol: sp.Symbol) -> list[sp.Rational]:
    """Numbers to try for a symbol: whole ones if it is integer, both signs if it may be negative."""
    numbers = _WHOLE if symbol.is_integer else _SMALL
    if symbol.is_positive:
        return [x for x in numbers if x > 0]
    if symbol.is_nonnegative:
        return [*numbers, sp.S.Zero] if not symbol.is_integer else numbers
    both = [y for x in numbers for y in (x, -x)]
    return [*both[:4], sp.S.Zero, *both[4:]]
