r"""Trajectories of modes with proved digits, from right-hand sides alone: every state is a ball that holds it.

A claim is compared with these balls as two balls are compared: disjoint, and it is wrong at that point; overlapping,
and it agrees to the digits that the radii leave.  Flows that are not polynomial, even after roots are taken off, have
no enclosure here; they are integrated (`modes`), and the agreement says which of the two it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeAlias

import sympy as sp
from flint import arb, fmpq

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.verify.corroborate.agreement import MOST, NEEDED, Agreement, Reading, agreement, measured, shared_digits
from symjepa.verify.corroborate.enclose import Enclosure, Stop, enclose
from symjepa.verify.corroborate.enclose.field import field
from symjepa.verify.corroborate.enclose.roots import Unrooted, unrooted
from symjepa.verify.corroborate.modes import MODE, Numeric, Start, along_mode, one_state, readings

ENCLOSED = "mode flow enclosed"
DIGITS = MOST + 4
"""Asked of an enclosure, so that the closed form's own arithmetic leaves what is counted."""

Balls: TypeAlias = dict[sp.Expr, arb]
Run: TypeAlias = tuple[Start, Sequence[fmpq]]
Same: TypeAlias = Callable[[arb, arb, str], Iterator[Reading]]
"""How two numbers are compared: as balls that hold them, or as mere approximations."""
Check: TypeAlias = Callable[[Start, fmpq, Mapping[sp.Expr, arb], Same], Iterator[Reading]]


def overlapping(first: arb, second: arb, at: str) -> Iterator[Reading]:
    """Two balls around what should be one number: disjoint, or equal to so many digits; nothing where too wide."""
    digits = shared_digits(first, second)
    if not first.overlaps(second) or digits >= NEEDED:
        yield Reading(first.overlaps(second), digits, at)


def close(first: arb, second: arb, at: str) -> Iterator[Reading]:
    """Two numbers of which one was integrated, so that its radius means nothing."""
    yield measured(first, second, at)


def along_modes(kind: str, runs: Iterable[Run], check: Check, digits: int = DIGITS) -> Iterator[Agreement]:
    """A check at some times along several starts: along enclosures (to so many digits) where the flow has one, else
    integrations.
    """
    split: dict[bool, list[Run]] = {True: [], False: []}
    for start, times in runs:
        split[enclosable(start.flow)].append((start, times))
    if split[True] or not split[False]:
        states = partial(enclosed_states, digits=digits)
        checks = [_on(states, overlapping, start, times, check) for start, times in split[True] if times]
        yield agreement(f"{kind}: {ENCLOSED}", readings(checks))
    if split[False]:
        checks = [_on(_integrated, close, start, times, check) for start, times in split[False] if times]
        yield agreement(f"{kind}: {MODE}", readings(checks))


def _on(
    states: Callable[[Start, Sequence[fmpq]], list[Balls]],
    same: Same,
    start: Start,
    times: Sequence[fmpq],
    check: Check,
) -> Callable[[], Iterator[Reading]]:
    def found() -> Iterator[Reading]:
        for time, state in zip(times, states(start, times), strict=True):
            yield from check(start, time, state, same)

    return found


def _integrated(start: Start, times: Sequence[fmpq]) -> list[Balls]:
    return [one_state(state) for state in along_mode(start, times)]


def enclosable(flow: Numeric, more: tuple[tuple[sp.Expr, sp.Expr], ...] = ()) -> bool:
    """Whether the flow (with further equations) is polynomial, after roots are taken off, and small enough."""
    try:
        field(_polynomial(flow, more).system, (), ())
    except (OutsideFragment, TooLarge):
        return False
    return True


def _polynomial(flow: Numeric, more: tuple[tuple[sp.Expr, sp.Expr], ...] = ()) -> Unrooted:
    return unrooted((*zip(flow.state, flow.rates, strict=True), *more))


def enclosed_states(start: Start, times: Sequence[fmpq], digits: int = DIGITS) -> list[Balls]:
    """Balls around the state at increasing times."""
    return enclosed(start, times[-1], digits).at(times)


def followed(start: Start, times: Sequence[fmpq], digits: int = DIGITS) -> list[Balls]:
    """The same to so many digits where the flow has an enclosure; else integrated."""
    return enclosed(start, times[-1], digits).at(times) if enclosable(start.flow) else _integrated(start, times)


def way(start: Start) -> str:
    """What `followed` does."""
    return ENCLOSED if enclosable(start.flow) else MODE


class Enclosed:
    """The enclosure of one start, in the coordinates of its flow."""

    def __init__(self, polynomial: Unrooted, state: tuple[sp.Expr, ...], enclosure: Enclosure) -> None:
        self._polynomial, self._state, self.enclosure = polynomial, state, enclosure

    def at(self, times: Sequence[fmpq]) -> list[Balls]:
        """Balls around the state at some times."""
        return [self._polynomial.back(self.enclosure.at(_time(time)), self._state) for time in times]


def enclosed(
    start: Start, time: fmpq, digits: int = DIGITS, more: Mapping[sp.Expr, tuple[sp.Expr, sp.Expr]] | None = None
) -> Enclosed:
    """An enclosure on [0, time]; `more`: further quantities by their rates and start values.  Undefined if it stops."""
    extra = more or {}
    polynomial = _polynomial(start.flow, tuple((x, rate) for x, (rate, _) in extra.items()))
    values = {**start.exact, **{x: value for x, (_, value) in extra.items()}}
    whole = (*start.flow.state, *extra)
    _positive(values, polynomial, whole)
    found = enclose(polynomial.system, {}, polynomial.start(values, whole), _time(time), digits)
    if found.stop is not Stop.REACHED:
        raise Undefined(f"an enclosure to t = {time} is needed, but {found.stop.value}")
    return Enclosed(polynomial, whole, found)


def _positive(values: Mapping[sp.Expr, sp.Expr], polynomial: Unrooted, state: tuple[sp.Expr, ...]) -> None:
    for x, q in zip(state, polynomial.powers, strict=True):
        if q != 1 and not values[x].is_positive:
            raise Undefined(f"a positive start is needed under a root, but {x} = {values[x]}")


def _time(time: fmpq) -> Fraction:
    return Fraction(int(time.p), int(time.q))


SAME: dict[str, Same] = {ENCLOSED: overlapping, MODE: close}


def by_way(kind: str, how: str, checks: Sequence[tuple[Start, Callable[[], Iterable[Reading]]]]) -> Iterator[Agreement]:
    """Checks of what is `followed`: one agreement for the enclosed starts and one for the integrated ones."""
    for one in sorted({way(start) for start, _ in checks}) or [ENCLOSED]:
        own = [check for start, check in checks if way(start) == one]
        yield agreement(f"{kind}: {one} {how}".rstrip(), readings(own))
