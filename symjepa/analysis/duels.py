r"""Two features before one model: balls around their times, and the starts from which both arrive together.

Everything is a function of s = log u, u the common amplitude of the layers.  Rates are Σ c e^{es} with exact c and e,
the thresholds logarithms of exact numbers, and times rigorous integrals: FLINT's ball of ∫ e^s/u'(s) ds is finite only
if the rate is certified free of zeros on the way.  For a rate c u^e (1 - y), y = u^d/q, the geometric series is
integrated term by term, and its rest lies between 0 and its first term over 1 - y at the stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import ceil
from typing import Any

import flint
from flint import acb, arb, fmpq

from symjepa.errors import NotReached
from symjepa.exact.balls import precision
from symjepa.exact.decimals import digits

BITS_PER_DIGIT = 3.33
COARSE = 12
"""Halvings before Newton takes over."""
NEAR = 0.95
"""Above this ratio to what is learned (of u^d) the geometric series is too slow."""


class Order(Enum):
    """Who is learned first; UNDECIDED says that the times agree within the tolerance."""

    FIRST = "first"
    SECOND = "second"
    UNDECIDED = "undecided"


def verdict(lead: arb) -> Order:
    """Who is first by a lead of the first feature over the second."""
    return Order.FIRST if lead > 0 else Order.SECOND if lead < 0 else Order.UNDECIDED


@dataclass(frozen=True)
class Crossing:
    """A start ε at which both features arrive together, in a ball that holds no other one; who is first on either
    side.
    """

    eps: arb
    below: Order
    above: Order

    def __str__(self) -> str:
        return f"at ε = {digits(self.eps, 40)} the order turns: below {self.below.value}, above {self.above.value}"


@dataclass(frozen=True)
class Speed:
    """The rate u' = Σ c u^e of one feature, as pairs (c, e) of increasing e."""

    terms: tuple[tuple[fmpq, fmpq], ...]

    def rate(self, s: Any) -> Any:
        """u' at u = e^s, on the line or off it."""
        kind = type(s)
        return sum(((kind(e) * s).exp() * kind(c) for c, e in self.terms), kind(0))

    def time(self, start: arb, stop: arb) -> arb:
        """A ball around the time from e^start to e^stop; not finite if the rate may vanish on the way."""
        if len(self.terms) != 2:
            return self._integral(start, stop)
        (c, e), _ = self.terms
        q, d = self.learned()
        ratio = (arb(d) * stop).exp() / arb(q)
        if not (ratio > 0 and ratio < NEAR):
            return self._integral(start, stop)
        count = ceil(flint.ctx.prec * float(arb(2).log()) / -float(ratio.log()))
        total, weight = arb(0), 1 / arb(c)
        for j in range(count):
            total, weight = total + weight * _power(j * d - e, start, stop), weight / arb(q)
        rest = weight * _power(count * d - e, start, stop) / (1 - ratio)
        return total + rest.union(arb(0))

    def _integral(self, start: arb, stop: arb) -> arb:
        """The integral of 1/u', by rigorous quadrature in s."""
        value = acb.integral(lambda s, analytic: s.exp() / self.rate(s), acb(start), acb(stop))
        found: arb = value.real
        return found

    def learned(self) -> tuple[fmpq, fmpq]:
        """(q, d): what a layer learns is q^(1/d), where the rate is c u^e (1 - u^d/q)."""
        if len(self.terms) != 2:
            raise NotReached(
                "a fraction of what is learned needs a rate of two terms (no weight decay); give amplitude=… instead"
            )
        (c, e), (minus, f) = self.terms
        return -c / minus, f - e


def _power(exponent: fmpq, start: arb, stop: arb) -> arb:
    """The integral of u^exponent."""
    if exponent == -1:
        return stop - start
    n = arb(exponent + 1)
    found: arb = ((n * stop).exp() - (n * start).exp()) / n
    return found


@dataclass(frozen=True)
class Stop:
    """A threshold of the encoder's amplitude, w = factor · base^power."""

    factor: fmpq
    base: fmpq
    power: fmpq

    def log(self, depth: int | fmpq) -> arb:
        """log u there."""
        found: arb = (arb(self.factor).log() + arb(self.power) * arb(self.base).log()) / arb(depth)
        return found


@dataclass(frozen=True)
class Duel:
    """Two features with their thresholds, learned by an encoder of some depth."""

    depth: int | fmpq
    speeds: tuple[Speed, Speed]
    stops: tuple[Stop, Stop]

    def log_of(self, eps: arb) -> arb:
        """log u where w = eps."""
        found: arb = eps.log() / arb(self.depth)
        return found

    def stop(self) -> arb:
        """log u at the lower threshold."""
        found: arb = self.stops[0].log(self.depth).min(self.stops[1].log(self.depth))
        return found

    def times(self, s: arb) -> tuple[arb, arb]:
        """Balls around both times from the layer amplitude e^s."""
        one, two = (self.speeds[i].time(s, self.stops[i].log(self.depth)) for i in (0, 1))
        if not (one.is_finite() and two.is_finite()):
            raise NotReached(
                "thresholds are needed that both features pass, below what each of them learns; one is never passed"
            )
        return one, two

    def lead(self, s: arb) -> arb:
        """The time of the second less that of the first."""
        one, two = self.times(s)
        return two - one

    def slope(self, s: arb) -> arb:
        """The derivative of the lead by s: e^s (1/u₁' - 1/u₂')."""
        one, two = (speed.rate(s) for speed in self.speeds)
        found: arb = s.exp() * (1 / one - 1 / two)
        return found

    def check_start(self, eps: fmpq) -> None:
        """NotReached unless the start lies below both thresholds."""
        with precision(256):
            for stop, which in zip(self.stops, ("first", "second"), strict=True):
                if not self.log_of(arb(eps)) < stop.log(self.depth):
                    raise NotReached(
                        f"a start below both thresholds is needed; w(0) = {eps} is not below that of the {which}"
                        " feature, which would count as learned from the beginning: start lower",
                        start=eps,
                        feature=which,
                    )

    def turn(self, low: arb) -> Iterator[arb]:
        """log u where both layers move equally fast, if it lies between `low` and the thresholds."""
        ends = [(a[0] - b[0], a[1]) for a, b in zip(*(speed.terms for speed in self.speeds), strict=True)]
        moving = [(c, e) for c, e in ends if c != 0]
        if len(moving) == 2 and moving[0][0] * moving[1][0] < 0:
            (c, e), (d, f) = moving
            s = arb(-c / d).log() / arb(f - e)
            if s > low and s < self.stop():
                yield s

    def crossings(self, low: fmpq, count: int) -> tuple[Crossing, ...]:
        """Every crossing from w(0) = low up to the lower threshold, with so many digits."""
        with precision(int(count * BITS_PER_DIGIT) + 96):
            start = self.log_of(arb(low))
            marks = [start, *self.turn(start), self.stop()]
            found = [self.between(a, b, count) for a, b in pairwise(marks)]
        return tuple(crossing for crossing in found if crossing is not None)

    def between(self, low: arb, high: arb, count: int) -> Crossing | None:
        """The crossing between two amplitudes where the lead is monotone, if its signs at the ends differ."""
        below, above = verdict(self.lead(low)), verdict(self._before(high, low))
        if Order.UNDECIDED in (below, above):
            raise NotReached("the order at an end of the search cannot be told with so many digits; ask for more")
        if below is above:
            return None
        low, high = low.mid(), high.mid()
        for _ in range(COARSE):
            middle = ((low + high) / 2).mid()
            if verdict(self.lead(middle)) is below:
                low = middle
            else:
                high = middle
        root = self._newton(low.union(high), count)
        return Crossing((root * arb(self.depth)).exp(), below, above)

    def _before(self, end: arb, inside: arb) -> arb:
        """The lead at an end; just before it where that is a threshold, at which one time is 0."""
        return self.lead((end - (end - inside) * arb(2) ** -60).mid() if end.overlaps(self.stop()) else end)

    def _newton(self, s: arb, count: int) -> arb:
        """The root in s by interval Newton steps, halved where they do not contract; each keeps the root."""
        for _ in range(200):
            if s.rad() < arb(10) ** -(count + 2):
                return s
            middle, wide = s.mid(), s.rad()
            value, slope = self.lead(middle), self.slope(s)
            if slope > 0 or slope < 0:
                s = s.intersection(middle - value / slope)
            if s.rad() > wide / 2:
                s = self._halved(s)
        raise NotReached("the crossing cannot be enclosed to so many digits; ask for fewer")

    def _halved(self, s: arb) -> arb:
        """The half of s that holds the root, by the sign of the lead in the middle."""
        low, middle, high = s.lower(), s.mid(), s.upper()
        here = verdict(self.lead(middle))
        if here is Order.UNDECIDED:
            return s
        below = verdict(self.lead(low.mid()))
        found: arb = middle.union(high) if here is below else low.union(middle)
        return found
