r"""From a flow, parameters and a start to an `Enclosure`: steps while they stay proved, precision from digits asked.

What is chosen here (lengths of steps, orders, precisions, when to give up) decides how soon and how far, never whether
an answer is right: every step is proved by `step`, and a step that cannot be proved is not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

import flint
import sympy as sp
from flint import arb, arb_poly, fmpq, fmpz

from symjepa.errors import InvalidNumber, SymjepaError
from symjepa.exact.balls import ball, precision, rational
from symjepa.modes.reduction import ModeFlow
from symjepa.verify.corroborate.enclose.field import Field, Flow, field
from symjepa.verify.corroborate.enclose.frame import Box, around
from symjepa.verify.corroborate.enclose.integrals import check_integrals
from symjepa.verify.corroborate.enclose.jet import Jet, jet
from symjepa.verify.corroborate.enclose.result import Enclosure, Node, Stop, accuracy, node
from symjepa.verify.corroborate.enclose.step import proved_step

MOST_DIGITS = 2000
MOST_STEPS = 4000
GUARD = 22
SPARE = 2
"""Digits aimed at beyond those asked for, so that one is left for cutting off."""
BLOCK = 24
ENDS = 4
VARIATION = 26
"""Bits to which the fundamental matrix is wanted: it only moves the box, which is small already."""
ATTEMPTS = 5
SHORTEST = 40
"""A step below 2^-SHORTEST of the time asked for is not worth taking: a pole, or a stiffness beyond reach."""


def enclose(modes: Flow, values: Mapping[Any, Any], start: Mapping[Any, Any], time: Any, digits: int) -> Enclosure:
    r"""Balls around the trajectory of a polynomial mode flow on [0, time], to `digits` significant digits at its end.

    values: every parameter (symbol or name) → exact number or ball; start: every amplitude → exact number or ball.
    Where the accuracy or the time is out of reach, the answer says so: `reached`, `digits_proved` and `stop`.
    Raises OutsideFragment for a flow that is not polynomial, and InvalidNumber, InvalidModel or SymjepaError naming the
    quantity at fault.
    """
    horizon, problem = _time(time), _problem(modes, values, start)
    if not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= MOST_DIGITS:
        raise InvalidNumber(f"digits must be a whole number from 1 to {MOST_DIGITS}; got {_brief(digits)}")
    found = _sharpened(modes, problem, horizon, digits)
    check_integrals(found)
    return found


# What was asked.


@dataclass(frozen=True, slots=True)
class Problem:
    """A field with its exact parameters in, its start, and the parameters and starts that are boxes."""

    field: Field
    exact: tuple[tuple[sp.Symbol, sp.Expr], ...]
    start: tuple[sp.Expr | arb, ...]

    @property
    def thin(self) -> bool:
        return not any(isinstance(x, arb) and not x.is_exact() for x in self.start)

    def at(self, bits: int) -> Box:
        """The box of starts at a precision."""
        return around([x if isinstance(x, arb) else ball(x, {}, bits) for x in self.start])


def _time(time: Any) -> fmpq:
    found = rational(_exact("the time", time))
    if found <= 0:
        raise InvalidNumber(f"the time must be > 0; got {_brief(time)}: the flow is enclosed forward from its start")
    return found


def _problem(modes: Flow, values: Mapping[Any, Any], start: Mapping[Any, Any]) -> Problem:
    named = _matched("parameter", values, modes.parameters)
    began = _matched("start", start, modes.state)
    exact = tuple((symbol, x) for symbol, x in named.items() if not isinstance(x, arb))
    boxes = {symbol: x for symbol, x in named.items() if isinstance(x, arb)}
    _within_hypotheses(modes, named, began)
    return Problem(field(modes, exact, tuple(boxes)), exact, (*began.values(), *boxes.values()))


def _matched(what: str, given: Mapping[Any, Any], wanted: tuple[sp.Expr, ...]) -> dict[sp.Expr, Any]:
    """The values of `wanted`, in its order, given by symbol or by name."""
    names = {str(key): value for key, value in given.items()}
    missing = [str(x) for x in wanted if str(x) not in names]
    strange = sorted(set(names) - {str(x) for x in wanted})
    if missing or strange:
        fault = f"{missing[0]} is missing" if missing else f"{strange[0]} is none of them"
        raise SymjepaError(
            f"every {what} needs a value, which here are {', '.join(map(str, wanted)) or 'none'}; {fault}",
            missing=missing,
            strange=strange,
        )
    return {x: _exact(f"{what} {x}", names[str(x)]) for x in wanted}


def _exact(what: str, value: Any) -> sp.Expr | arb:
    """An exact closed number, or a finite ball."""
    if isinstance(value, arb):
        if not value.is_finite():
            raise InvalidNumber(f"{what} needs a finite ball; got {value}")
        return value
    if isinstance(value, fmpq | fmpz):
        return sp.Rational(int(fmpq(value).p), int(fmpq(value).q))
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return sp.Rational(value.numerator, value.denominator)
    if (
        isinstance(value, sp.Expr)
        and not value.free_symbols
        and not value.has(sp.Float)
        and value.is_finite is not False
    ):
        return value
    raise InvalidNumber(f"{what} needs an exact number such as 7/10, or a ball; got {_brief(value)}")


def _brief(value: object) -> str:
    text = f"an integer of {value.bit_length()} bits" if isinstance(value, int) and abs(value) > 10**40 else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _within_hypotheses(modes: Flow, named: dict[sp.Expr, Any], began: dict[sp.Expr, Any]) -> None:
    """The assumptions on the symbols, and the domain of the coordinates, hold for every value."""
    domain = modes.domain if isinstance(modes, ModeFlow) else ()
    positive = {fact.expr for fact in domain if fact.kind == "positive"}
    for symbol, value in {**named, **began}.items():
        point = value if isinstance(value, arb) else ball(value, {}, 128)
        if (symbol.is_positive or symbol in positive) and not point > 0:
            raise InvalidNumber(f"{symbol} must be > 0 under the hypotheses of this flow; got {_brief(value)}")
        if symbol.is_nonnegative and not point >= 0:
            raise InvalidNumber(f"{symbol} must be >= 0 under the hypotheses of this flow; got {_brief(value)}")


# Running.


@contextmanager
def working(bits: int, length: int) -> Iterator[None]:
    """Balls of a precision, and series of a length."""
    cap, flint.ctx.cap = flint.ctx.cap, length + 2
    try:
        with precision(bits):
            yield
    finally:
        flint.ctx.cap = cap


def _sharpened(modes: Flow, problem: Problem, horizon: fmpq, digits: int) -> Enclosure:
    """Runs at rising precision until the digits are proved, or more precision would not help."""
    bits, best, most = int((digits + SPARE) * 3.33) + GUARD, None, (Fraction(-1), 0)
    for attempt in range(ATTEMPTS):
        run = _run(problem, horizon, bits)
        found = Enclosure(
            modes, problem.exact, problem.field.state, run.nodes, horizon_of(horizon), digits, bits, run.stop, run.near
        )
        proved = accuracy(list(found.value.values()))
        if best is not None and (found.reached, proved) <= most:
            break
        best, most = found, (found.reached, proved)
        lacking = digits + 1 - proved if run.stop is Stop.REACHED else max(digits, 10)
        if lacking <= 0 or not problem.thin or run.stop in (Stop.BLOW_UP, Stop.TOO_MANY_STEPS):
            break
        bits += int(3.33 * (lacking + SPARE) * 2**attempt) + 8
    assert best is not None
    return best


def horizon_of(time: fmpq) -> Fraction:
    """An exact time as Python has it."""
    return Fraction(int(time.p), int(time.q))


@dataclass(slots=True)
class Run:
    """The nodes passed, and why there are no more."""

    nodes: tuple[Node, ...]
    stop: Stop
    near: Fraction | None = None


def orders(bits: int) -> int:
    """Coefficients per jet: a product of n terms costs about n^1.2, so that steps of a quarter of a radius are best."""
    return max(12, int(bits * 0.6))


@dataclass(frozen=True, slots=True)
class Pace:
    """What the next step is tried with: its length, and the coefficients of its fundamental matrix."""

    h: fmpq
    block: int = BLOCK


def _run(problem: Problem, horizon: fmpq, bits: int) -> Run:
    length = orders(bits)
    with working(bits, length):
        coefficients = problem.field.bound(bits)
        box, now = problem.at(bits), fmpq(0)
        pace = Pace(first_length(problem.field, coefficients, box, horizon))
        nodes = [node(now, box)]
        scale = _largest(box)
        for _ in range(MOST_STEPS):
            if now == horizon:
                return Run(tuple(nodes), Stop.REACHED)
            tried = Pace(min(pace.h, horizon - now), pace.block)
            taken = advance(problem.field, coefficients, box, tried, bits, horizon)
            if taken is None:
                return _stopped(nodes, box, now, pace.h, scale, horizon)
            box, used, pace = taken
            now = now + used
            nodes.append(node(now, box))
    return Run(tuple(nodes), Stop.TOO_MANY_STEPS)


def _stopped(nodes: list[Node], box: Box, now: fmpq, h: fmpq, scale: arb, horizon: fmpq) -> Run:
    """Too wide, or at a pole: the steps have shrunk to nothing while the amplitudes have grown."""
    shrunk = h * 2 ** (SHORTEST // 2) < horizon
    if shrunk and _largest(box) > 16 * scale:
        return Run(tuple(nodes), Stop.BLOW_UP, horizon_of(now + 2 * h))
    return Run(tuple(nodes), Stop.TOO_WIDE)


def _largest(box: Box) -> arb:
    return max((c.abs_upper() for c in box.center), default=arb(0))


def first_length(field: Field, coefficients: list[arb], box: Box, horizon: fmpq) -> fmpq:
    """A guess: the time in which the fastest slope moves its amplitude by a part of itself."""
    slopes = field.slopes(coefficients, arb(1), box.center)
    fastest = max((s.abs_upper() for s in slopes.values()), default=arb(0))
    if fastest == 0:
        return horizon
    return min(horizon, _dyadic((1 / fastest).mid()))


def _dyadic(x: arb) -> fmpq:
    """A number of 8 bits just below."""
    mantissa, exponent = (int(k) for k in x.mid().man_exp())
    surplus = mantissa.bit_length() - 8
    kept = mantissa >> surplus if surplus > 0 else mantissa
    power = exponent + max(surplus, 0)
    return fmpq(kept) * fmpq(2) ** power if power >= 0 else fmpq(kept, 2**-power)


def advance(
    field: Field, coefficients: list[arb], box: Box, pace: Pace, bits: int, horizon: fmpq
) -> tuple[Box, fmpq, Pace] | None:
    """One step of about the length tried: the box after it, its length, and what to try next; None if none closes."""
    least, h, length = horizon / 2**SHORTEST, pace.h, orders(bits)
    block = min(pace.block, length)
    for _ in range(12):
        proposed = jet(field, coefficients, box.center, arb(h), length, block)
        ratio = min(_fitting(proposed, bits))
        if ratio < fmpq(3, 4) and h * ratio > least:  # its later coefficients have lost too many bits
            h = h * ratio
            continue
        while h > least:
            if ratio < 1:
                proposed, h = proposed.shortened(arb(ratio)), h * ratio
            taken = proved_step(field, coefficients, box, proposed)
            if taken is not None:
                return taken.box, h, _next(h, block, length, *_fitting(proposed, bits))
            ratio = fmpq(1, 2)
        return None
    return None


def _next(h: fmpq, block: int, length: int, path: fmpq, fundamental: fmpq) -> Pace:
    """Where the fundamental matrix holds back the path, as in a stiff flow, it gets more coefficients; else fewer."""
    grown = block
    if 4 * fundamental < path:
        grown = min(2 * block, length)
    elif path < fundamental:
        grown = min(max(block // 2, BLOCK), length)
    return Pace(h * max(fmpq(1, 2), min(fmpq(4), path, fundamental * max(1, grown // block))), grown)


def box_from(enclosure: Enclosure, box: Box, duration: fmpq) -> Box:
    """The box a duration after a node; within a step that was proved once, one step or a few."""
    own = field(enclosure.modes, enclosure.parameters, enclosure.variables[len(enclosure.modes.state) :])
    with working(enclosure.bits, orders(enclosure.bits)):
        coefficients, left = own.bound(enclosure.bits), duration
        while left > 0:
            taken = advance(own, coefficients, box, Pace(left), enclosure.bits, left)
            if taken is None:
                raise AssertionError("a part of a proved step could not be proved")
            box, left = taken[0], left - taken[1]
    return box


def _fitting(proposed: Jet, bits: int) -> tuple[fmpq, fmpq]:
    """By how much a step may grow until the last coefficients just reach what is thrown away anyway: those of the
    path, and those of the fundamental matrix.
    """
    return min(_room([p], bits) for p in proposed.path), min(_room(row, VARIATION) for row in proposed.fundamental)


def _room(polynomials: list[arb_poly], bits: int) -> fmpq:
    """The factor that brings the last coefficients to 2^-bits of the largest, 8 at most, rounded down to 8 bits."""
    first = [c for p in polynomials for c in p.coeffs()[:ENDS]]
    last = [(k, c) for p in polynomials for k, c in list(enumerate(p.coeffs()))[ENDS:][-ENDS:]]
    top = max((_order(c) for c in (*first, *(c for _, c in last))), default=0)
    found = min([3.0, *((top - bits - _order(c)) / k for k, c in last)])
    return fmpq(int(2.0 ** (8 + max(-30.0, found) % 1)), 256) * fmpq(2) ** floor(max(-30.0, found))


def _order(x: arb) -> int:
    mantissa, exponent = x.mid().man_exp()
    return int(exponent) + int(mantissa).bit_length() if mantissa else -(10**9)
