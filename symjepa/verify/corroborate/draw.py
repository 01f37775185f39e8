"""Random exact points of the domain that hypotheses describe; the same for the same seed, everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.points import Point, satisfies
from symjepa.verify.search.points import points

TRIES = 600
DEEPEST = 3
NEARBY = 60
_NEAR: ContextVar[tuple[Point, ...]] = ContextVar("near", default=())


@contextmanager
def around(points: Iterable[Point]) -> Iterator[None]:
    """Within this block, where random numbers do not meet the facts, numbers near these points are tried."""
    token = _NEAR.set(tuple(points))
    try:
        yield
    finally:
        _NEAR.reset(token)


def drawn(
    symbols: Iterable[sp.Symbol], facts: Iterable[Fact], count: int, seed: int, fixed: Point | None = None
) -> list[Point]:
    """Up to `count` points at which every fact is certified; 0, 1 and 2 are avoided, for they hide exponents and
    factors.

    `fixed` values are kept.  Where random numbers do not meet the facts (an equation among them) the kernel's small
    numbers are tried, then numbers near the points that `around` gives.
    """
    kept = dict(fixed or {})
    wanted = [fact for fact in facts if not fact.over]
    names = sorted({*symbols, *(s for fact in wanted for s in fact.free_symbols)} - set(kept), key=str)
    wanted += assumed(names)
    random = Random(f"{seed} {' '.join(map(str, names))}")
    found: list[Point] = []
    for _ in range(TRIES):
        point = {**kept, **{symbol: _number(symbol, random) for symbol in names}}
        if point not in found and satisfies(wanted, point):
            found.append(point)
        if len(found) == count:
            return found
    return found or _small(names, wanted, kept, count) or _nearby(names, wanted, kept, count, random)


def _number(symbol: sp.Symbol, random: Random) -> sp.Rational:
    if symbol.is_integer:
        return sp.Integer(random.randint(1 if symbol.is_positive else 0, DEEPEST))
    number = sp.Rational(random.choice([n for n in range(5, 23) if n not in (11, 22)]), 11)
    return number if symbol.is_nonnegative or random.random() < 0.7 else -number


def _small(names: list[sp.Symbol], facts: list[Fact], kept: Point, count: int) -> list[Point]:
    pinned = tuple(Fact(fact.expr.xreplace(dict(kept)), fact.kind) for fact in facts)
    search = points(names, tuple(fact for fact in pinned if fact.free_symbols))
    found: list[Point] = []
    for rest in search:
        point = {**kept, **rest}
        if point not in found and satisfies(facts, point):
            found.append(point)
        if len(found) == count:
            break
    return found


def _nearby(names: list[sp.Symbol], facts: list[Fact], kept: Point, count: int, random: Random) -> list[Point]:
    """Moved a little from a given point, symbol by symbol; the points themselves if no move is left."""
    given = [{**known, **kept} for known in _NEAR.get()]
    moved = [{s: _moved(s, point.get(s), random) for s in names} for point in given for _ in range(NEARBY)]
    stays = [{s: sp.sympify(point[s]) for s in names} for point in given if set(names) <= set(point)]
    found: list[Point] = []
    for rest in (*moved, *stays):
        point = {**rest, **kept}
        if point not in found and satisfies(facts, point):
            found.append(point)
        if len(found) == count:
            break
    return found


def _moved(symbol: sp.Symbol, value: object, random: Random) -> sp.Rational:
    """A number near a value; a depth, and any second one, stays."""
    if value is None:
        return _number(symbol, random)
    number = sp.sympify(value)
    return (
        number if symbol.is_integer or random.random() < 0.5 else number * (1 + sp.Rational(random.randint(-3, 3), 97))
    )
