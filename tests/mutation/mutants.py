"""Mutants of a claim: what it states is changed, never the certificate that an author offers for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from numbers import Number
from random import Random
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.balls import Ternary, same
from symjepa.exact.facts import Fact
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import WordSum
from symjepa.model import Model
from symjepa.statements.claims import Claim, Component, ConvergesBetween, GramRoot, Growth, Quadratic, Relation, Share
from symjepa.statements.descriptions import Layers, Modes, Restricted
from symjepa.statements.statement import Let
from symjepa.verify.corroborate.draw import around, drawn
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point
from symjepa.verify.obligations.local import fact_of
from symjepa.verify.unfolding import replaced
from tests.mutation.operators import Change, of_expression, of_flow, of_model, of_traces, of_words

STATED = {
    *("lhs", "rhs", "left", "right", "term", "closed", "equals", "form", "traces", "model", "flow", "rate", "quantity"),
    *("values", "start", "clock", "speed", "stop", "time", "of", "at", "rates", "components", "to", "expr", "by"),
    *("begin", "image", "beside", "sums"),
    *("between", "bound"),
    *("shares", "summand", "roots", "exponent", "scale", "loss", "gains", "growths"),
}
ENOUGH = 6
"""Points that tell."""
CERTIFICATES = {
    ("Less", "by"),
    ("AtMost", "by"),
    ("Iff", "by"),
    ("Dissipates", "by"),
    ("Drift", "of"),
    ("Decays", "of"),
    ("NotClosed", "at"),
    ("NotClosed", "of"),
    ("Lasts", "flow"),
    ("Solves", "time"),
    ("Hits", "clock"),
    ("Attracts", "by"),
    ("Dominated", "by"),
    ("Dominated", "rate"),
    ("Dominated", "time"),
}


@dataclass(frozen=True)
class Mutant:
    """A changed claim; `field` says where."""

    operator: str
    field: str
    claim: Claim


def mutants(claim: Claim) -> Iterator[Mutant]:
    """Every small change of what a claim states, and every condition of its own dropped; each once."""
    seen: set[Claim] = {claim}
    for field in fields(claim):
        for operator, changed in _of_field(claim, field.name):
            try:
                mutant = _whole(replace(claim, **{field.name: changed}))
            except SymjepaError:
                continue
            if mutant not in seen:
                seen.add(mutant)
                yield Mutant(operator, field.name, mutant)


def abbreviated(claim: Claim, let: Iterable[Let]) -> Iterator[Mutant]:
    """Every small change of what an abbreviation in a claim stands for, put in its place; certificates keep theirs."""
    stated = {f.name: getattr(claim, f.name) for f in fields(claim) if _is_stated(claim, f.name)}
    for one in let:
        for operator, changed in of_expression(one.value):
            try:
                mutant = replace(
                    claim, **{name: replaced(value, {one.symbol: changed}) for name, value in stated.items()}
                )
            except SymjepaError:
                continue  # a parameter of the model that must be positive
            if mutant == claim:
                break  # the claim does not hold the abbreviation
            yield Mutant(operator, f"the value of {one.symbol}", _whole(mutant))


def _is_stated(claim: Claim, name: str) -> bool:
    return name in STATED and (type(claim).__name__, name) not in CERTIFICATES


def _whole(mutant: Claim) -> Claim:
    """The same change in the certificate that repeats what is stated."""
    if not isinstance(mutant, ConvergesBetween):
        return mutant
    (part,) = mutant.rest.components
    rest = replace(mutant.rest, flow=mutant.flow, components=(replace(part, at=mutant.to),))
    return replace(mutant, rest=rest)


def _of_field(claim: Claim, name: str) -> Iterator[Change]:
    value = getattr(claim, name)
    if name == "on":
        yield from (("condition dropped", value[:i] + value[i + 1 :]) for i in range(len(value)))
    elif _is_stated(claim, name):
        sides = name in ("lhs", "rhs") and isinstance(value, sp.Symbol)  # an abbreviation, or a number of its own
        yield from of_expression(value) if sides else _of_value(value)


def _of_value(value: Any) -> Iterator[Change]:
    match value:
        case sp.Symbol() | None:
            return
        case sp.Expr():
            yield from of_expression(value)
        case WordSum():
            yield from of_words(value)
        case TraceSum():
            yield from of_traces(value)
        case Layers() | Modes() | Restricted():
            yield from of_flow(value)
        case Model():
            yield from of_model(value)
        case tuple():
            for i, part in enumerate(value):
                yield from ((operator, value[:i] + (changed,) + value[i + 1 :]) for operator, changed in _of_part(part))
        case Growth():
            yield from ((operator, replace(value, **changed)) for operator, changed in _smaller(value))
        case Share() | GramRoot():
            for name in ("summand", "exponent", "scale"):
                if hasattr(value, name):
                    inside = _of_value(getattr(value, name))
                    yield from ((operator, replace(value, **{name: changed})) for operator, changed in inside)
        case Quadratic():
            yield from ((operator, replace(value, linear=changed)) for operator, changed in _of_value(value.linear))
            yield from ((operator, replace(value, constant=changed)) for operator, changed in _of_value(value.constant))
        case Component():
            yield from ((operator, replace(value, at=changed)) for operator, changed in _of_value(value.at))
        case Claim():
            yield from ((mutant.operator, mutant.claim) for mutant in mutants(value))


def _smaller(growth: Growth) -> Iterator[tuple[str, dict[str, Any]]]:
    """Bounds that are too small; a larger one is true as well."""
    if growth.rate != 0:
        yield "half the bound", {"rate": growth.rate / 2}
        yield "dropped term", {"rate": sp.S.Zero}
        yield "sign", {"rate": -growth.rate}
    if growth.source is not None:
        yield "half the bound", {"source": sp.Rational(1, 2) * growth.source}
        yield "dropped term", {"source": None}


def _of_part(part: Any) -> Iterator[Change]:
    """A pair (state, value) is changed in its value; so is what a layer gains."""
    if isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], sp.Symbol | WordSum):
        yield from ((operator, (part[0], changed)) for operator, changed in _of_value(part[1]))
    else:
        yield from _of_value(part)


def expressions(thing: Any) -> Iterator[Any]:
    """What a claim states, in a fixed order: expressions, words, models."""
    if isinstance(
        thing, sp.Expr | WordSum | TraceSum | Layers | Modes | Restricted | Model | str | Number | type(None)
    ):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from expressions(part)
    else:
        for field in fields(thing):
            yield from expressions(getattr(thing, field.name))


def differs(
    claim: Claim, mutant: Claim, known: Context | None = None, near: tuple[Point, ...] = (), tries: int = 12
) -> bool | None:
    """Whether they state different things at some exact point; None if the mutant is defined nowhere tried.

    Points at which the hypotheses hold come first, for an integral may be defined at no others.
    """
    ours, theirs = list(expressions(claim)), list(expressions(mutant))
    if len(ours) != len(theirs):
        return True
    changed = [pair for a, b in zip(ours, theirs, strict=True) if a != b for pair in _sides(a, b)]
    if not all(isinstance(a, sp.Expr) and isinstance(b, sp.Expr) for a, b in changed):
        return bool(changed)
    supposed = None if known is None else (*known.facts, *_own(claim))
    verdicts = {_compared(a, b, supposed, near, tries) for a, b in changed}
    return True if True in verdicts else None if None in verdicts else False


def _sides(a: Any, b: Any) -> list[tuple[Any, Any]]:
    """What is to be compared: of two manifolds of one flow, the values that they give."""
    if not isinstance(a, Restricted) or not isinstance(b, Restricted) or replace(b, eliminated=a.eliminated) != a:
        return [(a, b)]
    return [(one, dict(b.eliminated)[x]) for x, one in a.eliminated if one != dict(b.eliminated)[x]]


def _own(claim: Claim) -> tuple[Fact, ...]:
    """What a claim supposes by itself: its conditions, and that the state is in the domain."""
    conditions = (part for part in getattr(claim, "on", ()) if isinstance(part, Relation))
    flow = getattr(claim, "flow", None)
    domain = flow.domain if isinstance(flow, Modes | Restricted) else ()
    return (*map(fact_of, conditions), *(fact for fact in domain if not fact.over))


def _compared(
    a: sp.Expr, b: sp.Expr, facts: tuple[Fact, ...] | None, near: tuple[Point, ...], tries: int
) -> bool | None:
    """None if one of them is defined nowhere: at no point where the facts hold, or at no point at all."""
    random, symbols = Random(7), sorted(a.free_symbols | b.free_symbols, key=str)
    there = _supposed(symbols, facts, near, tries)
    answers = _answers(a, b, there)
    if len(there) >= ENOUGH and not answers:
        return None
    anywhere = [{symbol: drawn_number(symbol, random) for symbol in symbols} for _ in range(tries)]
    answers |= set() if Ternary.NO in answers else _answers(a, b, anywhere)
    return True if Ternary.NO in answers else False if answers else None


def _answers(a: sp.Expr, b: sp.Expr, points: Iterable[Point]) -> set[Ternary]:
    """Whether both are the same, at the points where both are defined; one difference is enough."""
    answers = set()
    for point in points:
        try:
            answers.add(same(a, b, point, max_bits=512))
        except SymjepaError:
            continue
        if Ternary.NO in answers:
            break
    return answers


def _supposed(
    symbols: list[sp.Symbol], facts: tuple[Fact, ...] | None, near: tuple[Point, ...], tries: int
) -> list[Point]:
    """Points at which the facts hold."""
    if facts is None:
        return []
    with around(near):
        return drawn(symbols, facts, tries, 7)


def drawn_number(symbol: sp.Symbol, random: Random) -> sp.Rational:
    if symbol.is_integer:
        return sp.Integer(random.randint(1 if symbol.is_positive else 0, 4))
    number = sp.Rational(random.randint(1, 40), random.randint(1, 40))
    return number if symbol.is_nonnegative else number * random.choice((1, 1, 1, -1))
