r"""Walks from points that are known to points that are extreme: very small starts, thresholds near 1, great depth.

A step scales some numbers, moves one towards or away from 0, 1 or another of the point, or changes a depth; it is taken
if all facts still hold.  Where an inequality is to be refuted every other leg of the walk goes downhill: a step is kept
if the gap shrinks relative to the size of its terms.  Floating-point numbers only steer here; every point is exact, and
what is found at it is certified by the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import inf
from random import Random

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.balls import ball, sign_at
from symjepa.exact.facts import Fact
from symjepa.verify.kernel.points import Point, satisfies
from symjepa.verify.search.equations import Solved, completed, solved
from symjepa.verify.search.rough import rough, steep

STEPS = 800
LEG = 40
DEEPEST = 9
LONGEST = 56
"""Bits of a number; longer ones show nothing that these do not."""
ADVENTUROUS, JOINTLY = 0.15, 0.2
SAMPLES = 6
SCALES = tuple(sp.Rational(p, q) for p, q in ((1, 2), (2, 1), (1, 10), (10, 1), (1, 100), (100, 1), (1, 10_000)))
CLOSER = tuple(sp.Rational(p, q) for p, q in ((1, 2), (1, 10), (1, 1000), (2, 1), (5, 4), (9, 10), (-1, 1)))

Height = Callable[[Point], float]


def walk(
    seeds: Iterable[Point], movable: Iterable[sp.Symbol], facts: tuple[Fact, ...], height: Height | None = None
) -> Iterator[Point]:
    """Points at which all facts hold, each a few steps from a seed; lower and lower if there is a height."""
    starts, names = list(seeds), sorted(movable, key=str)
    if not starts or not names:
        return
    random, equations = Random(5), solved(facts, names)
    heights = [inf if height is None else height(point) for point in starts]
    downhill = sorted(range(len(starts)), key=lambda i: heights[i])
    at, low = starts[0], inf
    for step in range(STEPS):
        stroll, number = step // LEG % 2 == 1 or height is None, step // (2 * LEG)
        if step % LEG == 0:
            i = number % len(starts) if stroll else downhill[number % len(starts)]
            at, low = starts[i], heights[i]
        point = _moved(at, names, equations, random)
        if point is None or not satisfies(facts, point):
            continue
        yield point
        new = inf if height is None or stroll else height(point)
        if stroll or new <= low or random.random() < ADVENTUROUS:
            at, low = point, new


def _moved(at: Point, names: list[sp.Symbol], equations: Solved, random: Random) -> Point | None:
    """Some numbers scaled together, or one changed, or two, and then those that equations determine; None if a number
    is long, or not admitted by its symbol.
    """
    numbers = dict(at)
    if random.random() < JOINTLY:
        scale = random.choice(SCALES)
        numbers.update((s, numbers[s] * scale) for s in names if not s.is_integer and random.random() < 0.5)
    else:
        for symbol in random.sample(names, min(len(names), random.choice((1, 1, 2)))):
            numbers[symbol] = _changed(symbol, numbers, random)
    point = completed(numbers, equations)
    return point if point is not None and all(_admitted(symbol, point[symbol]) for symbol in names) else None


def _changed(symbol: sp.Symbol, point: Point, random: Random) -> sp.Rational:
    x = point[symbol]
    if symbol.is_integer:
        return x + random.choice((-1, 1, 1, 2))
    if random.random() < 0.5:
        return x * random.choice(SCALES)
    beside = random.choice([sp.S.Zero, sp.S.One, *(y for s, y in point.items() if s != symbol)])
    return beside + (x - beside) * random.choice(CLOSER)


def _admitted(symbol: sp.Symbol, x: sp.Rational) -> bool:
    if symbol.is_integer and x > DEEPEST:
        return False
    if (symbol.is_positive and x <= 0) or (symbol.is_nonnegative and x < 0):
        return False
    return max(int(x.p).bit_length(), int(x.q).bit_length()) <= LONGEST


def regular(exprs: Iterable[sp.Expr], point: Point) -> bool:
    """Whether no integrand of the expressions seems to have a pole on its way: over one, an integral is refused only
    after long work.
    """
    return all(_keeps_sign(integral, point) for expr in exprs for integral in expr.atoms(sp.Integral))


def _keeps_sign(integral: sp.Integral, point: Point) -> bool:
    if len(integral.limits) != 1 or len(integral.limits[0]) != 3:
        return True
    x, low, high = integral.limits[0]
    steps = (low + (high - low) * sp.Rational(i, SAMPLES) for i in range(SAMPLES + 1))
    try:
        signs = {sign_at(integral.function.xreplace({x: at}), point, max_bits=64) for at in steps}
    except SymjepaError:
        return False
    return len(signs) == 1


def relative(expr: sp.Expr) -> Height:
    """The value of an expression against the size of its terms: from 1 (all of one sign) to -1."""
    terms, quick = sp.Add.make_args(expr), rough(expr) if expr.has(sp.Integral) else None
    if quick is not None:
        return lambda point: steep(*quick(point))

    def height(point: Point) -> float:
        try:
            values = [ball(term, point, 96).mid() for term in terms]
            size, total = float(sum(map(abs, values))), float(sum(values))
        except (SymjepaError, OverflowError):
            return inf
        return total / size if 0 < size < inf else inf

    return height
