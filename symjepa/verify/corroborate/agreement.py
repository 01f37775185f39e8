"""What independent numerics say about a claim: they agree, disagree, or had nothing to say.  Never "proved"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sympy as sp
from flint import arb, arb_mat

from symjepa.verify.kernel.points import Point

MOST = 50
NEEDED = 40


@dataclass(frozen=True, slots=True)
class Agreement:
    """One independent computation against one kind of claim.

    agrees: None if no point could be computed; digits: the fewest decimals shared at any of the points (at most 50, so
    that the last
    roundings of a machine never show), None where a sign or an exact equality was compared; against: the point of a
    disagreement.
    """

    by: str
    agrees: bool | None
    digits: int | None
    points: int
    against: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One comparison at one point; without digits it was a comparison of signs or of exact values."""

    holds: bool
    digits: int | None
    at: str


def agreement(by: str, readings: Iterable[Reading]) -> Agreement:
    """The worst of several readings."""
    found = list(readings)
    if not found:
        return Agreement(by, None, None, 0, "no point could be computed")
    failed = next((reading.at for reading in found if not reading.holds), "")
    measured = [reading.digits for reading in found if reading.digits is not None]
    return Agreement(by, not failed, min(measured, default=None), len({reading.at for reading in found}), failed)


def merged(agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """One line for each kind of computation, as good as its worst: a silent one is lost only beside one that spoke."""
    together: dict[str, Agreement] = {}
    for new in agreements:
        old = together.get(new.by)
        together[new.by] = new if old is None else _worse(old, new)
    return tuple(together.values())


def _worse(old: Agreement, new: Agreement) -> Agreement:
    measured = [x.digits for x in (old, new) if x.digits is not None]
    verdicts = {old.agrees, new.agrees}
    agrees = False if False in verdicts else None if None in verdicts else True
    against = next((x.against for x in (old, new) if x.agrees is agrees and x.against), "")
    return Agreement(old.by, agrees, min(measured, default=None), old.points + new.points, against)


def measured(first: arb | arb_mat, second: arb | arb_mat, at: str) -> Reading:
    """A reading of two numbers, or of two matrices relative to their largest entry."""
    digits = shared_digits(first, second)
    return Reading(digits >= NEEDED, digits, at)


def shared_digits(first: arb | arb_mat, second: arb | arb_mat) -> int:
    """Decimals that two numbers share, relative to the larger one; numbers below 10^-20 are compared absolutely."""
    pairs = tuple(zip(_entries(first), _entries(second), strict=True))
    gap = max((abs(x - y).abs_upper() for x, y in pairs), default=arb(0))
    if not gap.is_finite():
        return 0
    scale = max((abs(x).abs_upper() for pair in pairs for x in pair), default=arb(0))
    scale = max(scale, arb(10) ** -20)
    return next((n for n in range(MOST, 0, -1) if gap * arb(10) ** n <= scale), 0)


def _entries(value: arb | arb_mat) -> list[arb]:
    return [value] if isinstance(value, arb) else list(value.entries())


def said(point: Mapping[sp.Expr, object] | Point) -> str:
    """A point in words, in alphabetical order."""
    return ", ".join(f"{symbol} = {point[symbol]}" for symbol in sorted(point, key=str))
