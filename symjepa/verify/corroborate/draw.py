"""Random exact points of the domain that hypotheses describe; the same for the same seed, everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.points import Point, satisfies
from symjepa.verify.search.points import points

TRIES = 600
DEEPEST = 3


def drawn(
    symbols: Iterable[sp.Symbol], facts: Iterable[Fact], count: int, seed: int, fixed: Point | None = None
) -> list[Point]:
    """Up to `count` points at which every fact is certified; 0, 1 and 2 are avoided, for they hide exponents and
    factors.

    `fixed` values are kept.  Where random numbers do not meet the facts (an equation among them) the kernel's small
    numbers are tried.
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
    return found or _small(names, wanted, kept, count)


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
