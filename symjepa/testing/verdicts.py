r"""What becomes of a claim: proved, contradicted at a certified point, or only in agreement with numbers.

Nothing here decides by itself.  Equality and signs are the kernel's; a counterexample is a point at which two sides
certainly differ or a sign is certainly reversed.  What is neither proved nor contradicted is compared at exact points
in balls, and the outcome says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

import sympy as sp

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact.balls import Ternary, ball, exactly, same
from symjepa.exact.decimals import digits
from symjepa.exact.facts import Fact
from symjepa.statements.claims import Claim, parts
from symjepa.verify.check import context_of
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.kernel.points import Point, holds_at, satisfies
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Decidable, Equal, HasSign, Shown
from symjepa.verify.search.points import points

DIGITS, BITS, SEARCHED = 50, 256, 40
Labels = Mapping[str, tuple[str, str]]
_REFUSALS = (Undefined, OutsideFragment, TooLarge)
_SIMPLER = tuple(map(sp.Rational, ("1", "2", "1/2", "3")))


@dataclass(frozen=True)
class Outcome:
    """What an assertion established.  `proved`: by the kernel, for every point; otherwise agreement in numbers only."""

    said: str
    proved: bool
    how: str

    def __str__(self) -> str:
        return f"{'proved' if self.proved else 'NOT proved, agrees in numbers'}: {self.said} ({self.how})"


@dataclass(frozen=True)
class Sides:
    """Two numbers at one exact point, and what they are."""

    point: Point
    labels: tuple[str, str]
    values: tuple[str, str]
    difference: str = ""
    formulas: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        width = max(map(len, (*self.labels, "difference")))
        lines = [f"  at {spelled(self.point)}:"]
        for label, value, formula in zip(self.labels, self.values, self.formulas, strict=True):
            lines.append(f"    {label.ljust(width)}  {value}{f'   from {formula}' if formula else ''}")
        return "\n".join(
            [*lines, *([f"    {'difference'.ljust(width)}  {self.difference}"] if self.difference else [])]
        )


@dataclass(frozen=True)
class Failure:
    """Why a claim does not stand: a counterexample, or a reason in words (then nothing was contradicted)."""

    sides: Sides | None = None
    reason: str = ""
    hint: str = field(default="")

    def message(self, said: str) -> str:
        told = str(self.sides) if self.sides else f"  {self.reason}"
        return f"{said}: {'this does not hold' if self.sides else 'this could not be decided'}.\n\n{told}" + (
            f"\n\n  {self.hint}" if self.hint else ""
        )


def spelled(point: Point) -> str:
    """A point as a reader would write it."""
    return (
        ", ".join(f"{s.name} = {x}" for s, x in sorted(point.items(), key=lambda item: str(item[0].name)))
        or "every point"
    )


def judge(claim: Claim, said: str, given: Iterable[Claim], labels: Labels) -> Outcome | Failure:
    """Decide every obligation of a claim; look for a counterexample to what is open; compare the rest in numbers.

    What one conjunct has proved is known to the next ones.
    """
    context = context_of(given)
    notes: list[str] = []
    compared = 0
    for plan in map(compiled, parts(claim)):
        found = [_judged(obligation, context, labels) for obligation in plan.obligations]
        failure = next((one for one in found if isinstance(one, Failure)), None)
        if failure is not None:
            return failure
        lacking = [one for one in found if isinstance(one, _Compared)]
        notes += [one.lacks for one in lacking]
        compared = max([compared, *(one.points for one in lacking)])
        if not lacking:
            context = replace(context, facts=(*context.facts, *plan.learned))
    if not notes:
        return Outcome(said, True, "exact, for every point of the hypotheses")
    numbers = f"at {compared} exact points, to {DIGITS} digits; " if compared else ""
    return Outcome(said, False, f"{numbers}what a proof lacks: {_short(notes[0])}")


@dataclass(frozen=True)
class _Compared:
    """An obligation that is not proved: at how many points it holds in numbers, and what a proof lacks."""

    points: int
    lacks: str


def _judged(obligation: Decidable, context: Context, labels: Labels) -> Failure | _Compared | None:
    """None if proved."""
    decision = decide(obligation, context)
    if decision.proved:
        return None
    if isinstance(obligation, Shown):
        return Failure(reason=obligation.reason)
    if not isinstance(obligation, Equal | HasSign):
        return _Compared(0, decision.residual)
    found = counterexample(obligation, context, labels)
    if found is not None:
        return Failure(found)
    agreeing = _agreement(obligation, context)
    if not agreeing:
        return Failure(reason=f"not proved ({decision.residual}), and nowhere found to be comparable in numbers")
    return _Compared(agreeing, decision.residual)


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def counterexample(test: Equal | HasSign, context: Context, labels: Labels) -> Sides | None:
    """A certified point at which the obligation fails, made as simple as it gets; None if none was found."""
    facts = _facts(test, context)
    for point in islice(_points(test, facts), SEARCHED):
        if _fails(test, point):
            return _sides(test, _simplest(test, point, facts), labels)
    return None


def _facts(test: Equal | HasSign, context: Context) -> tuple[Fact, ...]:
    facts = (*context.facts, *test.given)
    symbols = _symbols(test) | {s for fact in facts for s in fact.free_symbols}
    return (*facts, *assumed(symbols))


def _symbols(test: Equal | HasSign) -> set[sp.Symbol]:
    return (
        set(test.expr.free_symbols) if isinstance(test, HasSign) else {*test.lhs.free_symbols, *test.rhs.free_symbols}
    )


def _points(test: Equal | HasSign, facts: tuple[Fact, ...]) -> Iterator[Point]:
    """Exact points of the hypotheses, distinct, small ones first; a plain fact needs no search."""
    symbols = _symbols(test) | {s for fact in facts for s in fact.free_symbols}
    seen: set[tuple[tuple[str, sp.Rational], ...]] = set()
    for point in points(symbols, facts) if symbols else ({},):
        key = tuple(sorted((str(s), x) for s, x in point.items()))
        if key not in seen:
            seen.add(key)
            yield point


def _fails(test: Equal | HasSign, point: Point) -> bool:
    try:
        if isinstance(test, HasSign):
            return holds_at(Fact(test.expr, test.kind), point) is False
        return same(test.lhs, test.rhs, point, max_bits=BITS) is Ternary.NO
    except _REFUSALS:
        return False


def _simplest(test: Equal | HasSign, point: Point, facts: tuple[Fact, ...]) -> Point:
    """Each coordinate as simple as the failure allows; coordinates that nothing depends on are left out."""
    for symbol in sorted(point, key=str):
        for value in _SIMPLER:
            if value == point[symbol] or (symbol.is_integer and not value.is_Integer):
                if value == point[symbol]:
                    break
                continue
            simpler = {**point, symbol: value}
            if satisfies((f for f in facts if not f.over), simpler) and _fails(test, simpler):
                point = simpler
                break
    seen = _symbols(test)
    return {s: x for s, x in point.items() if s in seen}


def _sides(test: Equal | HasSign, point: Point, labels: Labels) -> Sides:
    if isinstance(test, HasSign):
        left, needed = labels.get(test.premise, (test.premise, "needed"))
        signs = {"positive": "> 0", "nonnegative": "≥ 0", "nonzero": "≠ 0", "zero": "= 0"}
        return Sides(
            point, (left, needed), (number(test.expr, point), signs[test.kind]), formulas=(_formula(test.expr), "")
        )
    values = (number(test.lhs, point), number(test.rhs, point))
    formulas = (_formula(test.lhs), _formula(test.rhs))
    return Sides(
        point, labels.get(test.premise, ("left", "right")), values, number(test.lhs - test.rhs, point), formulas
    )


def _formula(expr: sp.Expr, most: int = 90) -> str:
    text = str(expr.xreplace({s: sp.Symbol(s.name) for s in expr.atoms(sp.Dummy)}))
    return text if not expr.is_Number and len(text) <= most else ""


def number(expr: sp.Expr, point: Point) -> str:
    """The value at a point: exact where it is rational and short, else its certified decimals."""
    try:
        value = exactly(expr, point)
        if value is not None and len(str(value)) <= 24:
            return str(value)
        return digits(ball(expr, point, BITS), 15)
    except _REFUSALS:
        return "undefined"


def _agreement(test: Equal | HasSign, context: Context) -> int:
    """At how many exact points the obligation holds in balls of more than DIGITS digits."""
    held = 0
    for point in islice(_points(test, _facts(test, context)), SEARCHED):
        held += _holds(test, point)
    return held


def _holds(test: Equal | HasSign, point: Point) -> bool:
    try:
        if isinstance(test, HasSign):
            return holds_at(Fact(test.expr, test.kind), point) is True
        left, right = ball(test.lhs, point, BITS), ball(test.rhs, point, BITS)
        return bool(abs(left - right) < (abs(left) + 1) / 10**DIGITS)
    except _REFUSALS:
        return False
