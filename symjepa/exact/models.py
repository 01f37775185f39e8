r"""Points at which facts hold, by which a question is turned down before anybody searches for its answer.

Soundness.  A sentence that fails at a point where all facts hold does not follow from them, so turning it down loses no
proof that there is; and whatever is turned down is only "not shown".  A mistake here loses proofs and gains none.
Left out are facts over a range, which tell of definedness alone, and facts about integrals: no rule takes the sign of
an expression without integrals from one that has them.  Where terms of sequences stand, no points are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from random import Random

import sympy as sp
from flint import fmpq

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact.balls import exactly, sign_at
from symjepa.exact.facts import Fact, free_in
from symjepa.exact.sequences import sequences_in

Point = Mapping[sp.Symbol, fmpq]
BITS = 64
ENOUGH, TRIES = 4, 5
"""Points that are looked for, and fresh beginnings that may fail."""
PATIENCE, SLOW = 150, 15
"""Facts that one beginning looks at; one about a sum counts for several."""
CHOICE = 4
"""Values of a symbol from which one goes on before it is given up."""
_NUMBERS = tuple(
    fmpq(p, q)
    for p, q in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (10, 1), (1, 10), (3, 2), (0, 1), (-1, 1), (-2, 1), (-1, 2))
)
REFUSALS = (Undefined, OutsideFragment, TooLarge)
_HOLDS: dict[str, tuple[int | None, ...]] = {
    "positive": (1,),
    "nonnegative": (0, 1),
    "nonzero": (-1, 1),
    "zero": (0, None),
}
"""Signs that a fact allows; an equation with logarithms may hold and never be certified."""


def signs_seen(expr: sp.Expr, facts: frozenset[Fact]) -> frozenset[int]:
    """Signs (-1, 0, 1) that an expression takes at points where the facts hold; none if no point is found."""
    if isinstance(expr, sp.Rational):
        return frozenset({(expr.p > 0) - (expr.p < 0)})
    if expr.has(sp.Integral) or sequences_in(expr) or _speak_of_sequences(facts):
        return frozenset()
    signs = (_sign(expr, point) for point in models(_plain(facts)))
    return frozenset(sign for sign in signs if sign is not None)


@lru_cache(maxsize=5_000)
def _plain(facts: frozenset[Fact]) -> frozenset[Fact]:
    return frozenset(f for f in facts if not f.over and not f.expr.has(sp.Integral))


@lru_cache(maxsize=5_000)
def _speak_of_sequences(facts: frozenset[Fact]) -> bool:
    return any(sequences_in(f.expr) for f in _plain(facts))


@lru_cache(maxsize=5_000)
def models(facts: frozenset[Fact]) -> tuple[Point, ...]:
    """A few points at which the facts hold; the same ones every time, none if they are not found soon."""
    steps, random, found, tried = _steps(facts), Random(0), list[Point](), 0
    while len(found) < ENOUGH and tried < TRIES + len(found):
        tried += 1
        shuffled = [(symbol, settled, random.sample(_NUMBERS, len(_NUMBERS))) for symbol, settled in steps]
        point = _extended({}, shuffled, [PATIENCE])
        found += [point] if point is not None else []
    return tuple(found)


def _steps(facts: frozenset[Fact]) -> list[tuple[sp.Symbol, list[Fact]]]:
    """Symbols, each after those that it is compared with where possible; and the facts that each one settles."""
    open_facts = sorted(facts, key=lambda f: (f.expr.has(sp.Sum), len(free_in(f.expr)), f.kind))
    left = sorted({s for f in facts for s in free_in(f.expr)}, key=lambda s: s.name)
    met: set[sp.Symbol] = set()
    steps = []
    while left:
        symbol = max(left, key=lambda s: sum(len(free_in(f.expr) & met) for f in open_facts if s in free_in(f.expr)))
        left.remove(symbol)
        met.add(symbol)
        steps.append((symbol, [f for f in open_facts if free_in(f.expr) <= met]))
        open_facts = [f for f in open_facts if not free_in(f.expr) <= met]
    return steps


def _extended(point: Point, steps: list[tuple[sp.Symbol, list[Fact], list[fmpq]]], patience: list[int]) -> Point | None:
    """The point with values for the further symbols, by trial and error while there is patience."""
    if not steps:
        return point
    (symbol, settled, numbers), *rest = steps
    tried = 0
    for x in _candidates(symbol, settled, numbers, point):
        further = {**point, symbol: x}
        if patience[0] > 0 and _all_hold(settled, further, patience):
            whole = _extended(further, rest, patience)
            tried += 1
            if whole is not None or tried == CHOICE:
                return whole
    return None


def _candidates(symbol: sp.Symbol, settled: list[Fact], numbers: list[fmpq], point: Point) -> Iterator[fmpq]:
    """Two numbers at random, those that the facts suggest, then the others."""
    yield from numbers[:2]
    yield from _between(symbol, settled, point)
    yield from numbers[2:]


def _all_hold(facts: list[Fact], point: Point, patience: list[int]) -> bool:
    for f in facts:
        patience[0] -= SLOW if f.expr.has(sp.Sum) else 1
        if patience[0] < 0 or not _holds(f, point):
            return False
    return True


def _between(symbol: sp.Symbol, facts: list[Fact], point: Point) -> list[fmpq]:
    """Numbers where, between and beyond where the facts would change sign if they were linear in the symbol."""
    roots = sorted({x for f in facts if f.kind != "integer" for x in _root(symbol, f.expr, point)})
    middles = [(x + y) / 2 for x, y in pairwise(roots)]
    return [*middles, *roots, *(roots[-1:] and (roots[-1] + 1, roots[0] - 1))]


def _root(symbol: sp.Symbol, expr: sp.Expr, point: Point) -> Iterator[fmpq]:
    low, high = (_exact(expr, {**point, symbol: fmpq(n)}) for n in (1, 2))
    if low is not None and high is not None and low != high:
        yield 1 - low / (high - low)


def _exact(expr: sp.Expr, point: Point) -> fmpq | None:
    try:
        return exactly(expr, point)
    except REFUSALS:
        return None


def _holds(fact: Fact, point: Point) -> bool:
    if fact.kind == "integer":
        value = _exact(fact.expr, point)
        return value is not None and value.q == 1
    return _sign(fact.expr, point) in _HOLDS[fact.kind]


def _sign(expr: sp.Expr, point: Point) -> int | None:
    try:
        return sign_at(expr, point, BITS, BITS)
    except REFUSALS:
        return None
