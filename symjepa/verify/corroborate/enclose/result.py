r"""What is known of a trajectory: a frozen `Enclosure`, its balls kept as integers, evaluable at any time of its range.

Between two nodes nothing is stored: the state at a time is one more proved step from the node before it, so it is as
rigorous as the nodes are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import floor, log10
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, arb_mat, fmpq, fmpz

from symjepa.errors import InvalidNumber, SymjepaError
from symjepa.exact.balls import precision
from symjepa.symbols import latex_names
from symjepa.verify.corroborate.enclose.field import Flow
from symjepa.verify.corroborate.enclose.frame import Box

Dyadic: TypeAlias = tuple[int, int]
"""m · 2^e."""
BREAK = r" \\ "


class Stop(Enum):
    """Why an enclosure ends where it does; the value is the sentence that a reader gets."""

    REACHED = "the time asked for is reached"
    BLOW_UP = "it seems to blow up; that it exists until then is proved: a lower bound for the time of blow-up"
    TOO_WIDE = "the box is too wide to be carried on: narrow the start and the parameters, or shorten the time"
    TOO_MANY_STEPS = "all steps allowed are used up (a stiff flow): shorten the time"


@dataclass(frozen=True, slots=True)
class Node:
    """A box at a time: center, frame (by rows) and radii, as integers."""

    time: Fraction
    center: tuple[Dyadic, ...]
    frame: tuple[Dyadic, ...]
    radii: tuple[Dyadic, ...]


def node(time: fmpq, box: Box) -> Node:
    """A box as integers; its numbers are exact, so nothing is rounded."""
    exactly = Fraction(int(time.p), int(time.q))
    return Node(exactly, _dyadics(box.center), _dyadics(box.frame.entries()), _dyadics(box.radii))


def _dyadics(numbers: list[arb]) -> tuple[Dyadic, ...]:
    if not all(x.is_exact() for x in numbers):
        raise AssertionError("a box is stored by exact numbers")
    return tuple((int(m), int(e)) for m, e in (x.man_exp() for x in numbers))


def opened(stored: Node) -> Box:
    """The box again, bit for bit."""
    n = len(stored.center)
    center, frame, radii = ([_number(x) for x in part] for part in (stored.center, stored.frame, stored.radii))
    return Box(center, arb_mat(n, n, frame), radii)


def _number(x: Dyadic) -> arb:
    return arb((fmpz(x[0]), fmpz(x[1])))


@dataclass(frozen=True, repr=False)
class Enclosure:
    """Balls around one trajectory on [0, reached]; what `at`, `value` and `str` say is proved.

    time, digits: what was asked for; reached, digits_proved: what came out; stop: why no more.  near: where a
    trajectory that blows up seems to do so (a guess; that it exists until `reached` is proved).
    """

    modes: Flow
    parameters: tuple[tuple[sp.Symbol, sp.Expr], ...]
    variables: tuple[sp.Expr, ...]
    nodes: tuple[Node, ...]
    time: Fraction
    digits: int
    bits: int
    stop: Stop
    near: Fraction | None = None

    @property
    def reached(self) -> Fraction:
        return self.nodes[-1].time

    @property
    def steps(self) -> int:
        return len(self.nodes) - 1

    @property
    def complete(self) -> bool:
        """Whether the time was reached with the digits asked for."""
        return self.stop is Stop.REACHED and self.digits_proved >= self.digits

    @property
    def value(self) -> dict[sp.Expr, arb]:
        """The state at the time reached."""
        return self._named(opened(self.nodes[-1]))

    @property
    def digits_proved(self) -> int:
        """Significant digits of the worst amplitude at the time reached (decimals, where a ball contains 0)."""
        return max(0, min(self.digits, accuracy([self.value[x] for x in self.modes.state])))

    def at(self, time: Any) -> dict[sp.Expr, arb]:
        """The state at any time from 0 to `reached`, by one proved step from the node before it."""
        return self._named(self.box_at(time))

    def box_at(self, time: Any) -> Box:
        """The same with its frame."""
        from symjepa.verify.corroborate.enclose.drive import box_from

        exactly = _time(time, self.reached)
        before = max((n for n in self.nodes if n.time <= exactly), key=lambda n: n.time)
        box = opened(before)
        return box if before.time == exactly else box_from(self, box, fmpq(*(exactly - before.time).as_integer_ratio()))

    def _named(self, box: Box) -> dict[sp.Expr, arb]:
        with precision(self.bits + 64):
            return dict(zip(self.variables, box.hull(), strict=True))

    def __repr__(self) -> str:
        range_ = f"[0, {shown_time(self.reached)}]"
        return f"<Enclosure on {range_}, {self.steps} steps, {self.digits_proved} digits proved\n{self}>"

    def _repr_latex_(self) -> str:
        names = latex_names()
        values = [f"t &= {shown_time(self.reached)}"]
        values += [
            f"{sp.latex(x, symbol_names=names)} &= {proved(self.value[x], self.digits)}" for x in self.modes.state
        ]
        return rf"$\begin{{aligned}}{_tex(BREAK.join(values))}\end{{aligned}}$"

    def __str__(self) -> str:
        rows = [f"{x} = {proved(self.value[x], self.digits)}" for x in self.modes.state]
        return "\n".join([f"at t = {shown_time(self.reached)}:", *rows, *self._short()])

    def _short(self) -> list[str]:
        if self.complete:
            return []
        near = f" (near t = {float(self.near):.9g}, not proved)" if self.near is not None else ""
        asked = f"{self.digits} digits at t = {shown_time(self.time)} were asked for, {self.digits_proved} are proved"
        return [f"{asked} at t = {shown_time(self.reached)}: {self.stop.value}{near}"]


def _tex(said: str) -> str:
    """10^n, error bounds and dots as LaTeX has them."""
    powers = re.sub(r"e(-?[0-9]+)", r" \\cdot 10^{\1}", said)
    return powers.replace("±", r"\pm").replace("...", r"\dots")


def _time(time: Any, reached: Fraction) -> Fraction:
    exact = Fraction(int(time.p), int(time.q)) if isinstance(time, sp.Rational | fmpq) else time
    if isinstance(exact, bool) or not isinstance(exact, int | Fraction):
        raise InvalidNumber(f"a time needs an exact number such as 7/2; got {time!r}")
    if not 0 <= exact <= reached:
        raise SymjepaError(f"a time from 0 to {shown_time(reached)} is needed, where the enclosure ends; got {time}")
    return Fraction(exact)


def shown_time(time: Fraction) -> str:
    """A time exactly if it is short, else cut off, so that it stays a lower bound."""
    exact = str(time)
    if len(exact) <= 20:
        return exact
    return f"{_cut(time, 12)}..."


def _cut(x: Fraction, places: int) -> str:
    whole = str(x.numerator * 10**places // x.denominator).rjust(places + 1, "0")
    return f"{whole[:-places]}.{whole[-places:]}"


# Digits.


def _ends(x: arb) -> tuple[Fraction, Fraction]:
    (m, e), (rm, re) = x.mid().man_exp(), x.rad().man_exp()
    middle, radius = int(m) * Fraction(2) ** int(e), int(rm) * Fraction(2) ** int(re)
    return middle - radius, middle + radius


def _log10(x: Fraction) -> float:
    """Of numbers that a float may not hold; good to 1e-9, and used with a margin."""
    shift = x.numerator.bit_length() - x.denominator.bit_length()
    return log10(float(x / Fraction(2) ** shift)) + shift * log10(2)


def accuracy(balls: list[arb]) -> int:
    """Significant digits of the worst ball: the largest d with radius ≤ 10^-d |x|, or ≤ 10^-d where it contains 0."""
    return min((_accuracy(x) for x in balls), default=10**6)


def _accuracy(x: arb) -> int:
    low, high = _ends(x)
    if low == high:
        return 10**6
    least = Fraction(1) if low <= 0 <= high else min(abs(low), abs(high))
    return floor(-_log10((high - low) / 2 / least) - 1e-6)


def proved(x: arb, digits: int) -> str:
    """At most `digits` significant digits on which the whole ball agrees, cut off; else a middle and an error bound."""
    low, high = _ends(x)
    if low == high == 0:
        return "0"
    if low <= 0 <= high:
        return f"0 ± {_above(max(-low, high))}"
    sign, small, large = ("-", -high, -low) if high < 0 else ("", low, high)
    first = floor(_log10(small) + 1e-6)
    for count in range(digits, max(0, digits - 3), -1):
        unit = Fraction(10) ** (first - count + 1)
        if small // unit == large // unit:
            return (
                sign
                + _decimal(int(small // unit), first - count + 1)
                + ("" if small == large == small // unit * unit else "...")
            )
    return _with_error(sign, small, large, digits)


def _with_error(sign: str, small: Fraction, large: Fraction, digits: int) -> str:
    """The digits of the middle that the radius leaves, and a bound on the error that includes rounding."""
    middle, radius = (small + large) / 2, (large - small) / 2
    places = min(digits - 1 - floor(_log10(middle)), floor(-_log10(radius)) + 1)
    kept = round(middle * Fraction(10) ** places)
    error = radius + abs(middle - kept * Fraction(10) ** -places)
    return f"{sign}{_decimal(kept, -places)} ± {_above(error)}"


def _decimal(whole: int, power: int) -> str:
    """whole · 10^power, positional unless that would be long."""
    text = str(whole)
    lead = len(text) - 1 + power
    if not -6 <= lead <= 20 or power > 0:
        return f"{text[0]}.{text[1:]}e{lead}" if len(text) > 1 else f"{text}e{lead}"
    if power == 0:
        return text
    padded = text.rjust(1 - power, "0")
    return f"{padded[:power]}.{padded[power:]}"


def _above(x: Fraction) -> str:
    """An upper bound of two digits."""
    power = floor(_log10(x)) - 1
    scaled = x / Fraction(10) ** power
    up = -(-scaled.numerator // scaled.denominator)
    return f"{up // 10}.{up % 10}e{power + 1}" if up < 100 else f"{up / 10:.1f}e{power + 1}"
