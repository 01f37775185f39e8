r"""Refutes claims, and only at certified points.

Soundness.  A claim is refuted by one point at which all its hypotheses are certified and one *necessary* condition
certainly fails: two sides that differ or a sign that is reversed, by exact rationals or balls bounded away from zero;
a word sum whose exact value on exact matrices is not zero; a trace that is positive.  That a certificate, a search, or
a sufficient condition failed refutes nothing.  A claim about every sequence is refuted at a particular one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

import numpy as np
import sympy as sp

from symjepa.errors import BadSegment, OutsideFragment, SymjepaError, TooLarge, Undefined
from symjepa.exact.balls import Ternary, same, sign_at
from symjepa.exact.facts import Fact
from symjepa.exact.words import WordSum, instantiated, ranges, symbols_of
from symjepa.statements.claims import Balanced, Below
from symjepa.statements.statement import Instance
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.instances import Letters, exhibited, framed, obeys, turned_depths
from symjepa.verify.kernel.points import Point, holds_at, satisfies
from symjepa.verify.kernel.sequences import particular
from symjepa.verify.obligations.kinds import (
    Crosses,
    Decidable,
    Equal,
    HasSign,
    Plan,
    SameTruth,
    Signed,
    StaysDiagonal,
    SumsVanish,
    Test,
    TraceAtMostZero,
    TracesAtMostZero,
    TracesVanish,
    WordsVanish,
)
from symjepa.verify.search.extremes import Height, regular, relative, walk
from symjepa.verify.search.letters import instances, scalars
from symjepa.verify.search.points import points
from symjepa.verify.search.rough import doubtful

OnLetters = WordsVanish | TracesVanish | TraceAtMostZero | TracesAtMostZero | SumsVanish
Scalar = Equal | HasSign | Signed | SameTruth | Crosses
Known = tuple[set[sp.Symbol], tuple[Fact, ...]]
"""The symbols of a test, and all that holds of them."""
SEARCH_BITS = 256
FEW = 12
SEEDS = 6
REVERSED = {"positive": (-1, 0), "nonnegative": (-1,), "nonzero": (0,), "zero": (-1, 1)}


@dataclass(frozen=True)
class Counterexample:
    """A point (numbers, formulas for the terms of sequences, matrices) and what certainly fails there."""

    point: Point
    fails: str
    matrices: tuple[tuple[str, str], ...] = ()


def refute(
    plan: Plan, context: Context, at: Point | Instance | None = None, near: tuple[Point, ...] = ()
) -> Counterexample | None:
    """A certified counterexample to the claim of a plan, at the exhibited point or by search; None if none is found.

    Where the search finds nothing, and there are points `near` which to look, it goes on from them to extreme ones.
    """
    every = tuple(sorted((*plan.tests, *(o for o in plan.obligations if o.necessary)), key=_integrates))
    for (tests, known), told in _instances(every, context):
        found = _searched(tests, known, at) or (_further(tests, known, near) if near and at is None else None)
        if found is not None:
            return replace(found, point={**found.point, **told}) if told else found
    return None


def _instances(tests: tuple[Test | Decidable, ...], context: Context) -> list[Any]:
    """Tests and facts for particular sequences; none if a sequence assumes more than can be checked."""
    try:
        return list(particular((tests, context)))
    except OutsideFragment:
        return []


def _searched(
    tests: tuple[Test | Decidable, ...], context: Context, at: Point | Instance | None
) -> Counterexample | None:
    for test in tests:
        found = None
        if isinstance(test, Scalar) and not isinstance(at, Instance):
            found = _at_points(test, context, at)
        if isinstance(test, OnLetters) and (at is None or isinstance(at, Instance)):
            found = _on_letters(test, context, at)
        if isinstance(test, StaysDiagonal):
            found = _off_diagonal(test)
        if found is not None:
            return found
    return None


def _further(tests: tuple[Test | Decidable, ...], context: Context, near: tuple[Point, ...]) -> Counterexample | None:
    """Walks from the points that are near, and from those of the search, to extreme ones: one a test, in turn."""
    scalar = [(test, _known(test, context)) for test in tests if isinstance(test, Scalar)]
    walks = [_tried(test, known, _steered(test, _walked(test, known, near))) for test, known in scalar if known]
    while walks:
        for walk_of_one in tuple(walks):
            try:
                found = next(walk_of_one)
            except StopIteration:
                walks.remove(walk_of_one)
                continue
            if found is not None:
                return found
    return None


def _walked(test: Scalar, known: Known, near: tuple[Point, ...]) -> Iterator[Point]:
    symbols, facts = known
    given = (point for at in near for point in islice(_candidates(known, at), 1))
    seeds = tuple(point for point in (*given, *islice(_candidates(known, None), SEEDS)) if _certified(facts, point))
    yield from seeds
    yield from walk(seeds, symbols, facts, _height(test))


def _steered(test: Scalar, candidates: Iterable[Point]) -> Iterable[Point]:
    """Points at which a sign seems to be in doubt, where it takes long to tell."""
    match test:
        case (
            HasSign(expr=expr, kind="positive" | "nonnegative")
            | Signed(fact=Fact(expr=expr, kind="positive" | "nonnegative"))
        ) if expr.has(sp.Integral):
            return doubtful(expr, candidates)
    return candidates


def _height(test: Scalar) -> Height | None:
    """What is to become negative, where the walk is to go downhill."""
    match test:
        case HasSign(expr=expr, kind="positive" | "nonnegative"):
            return relative(expr)
        case Signed(fact=Fact(expr=expr, kind="positive" | "nonnegative")):
            return relative(expr)
    return None


def _at_points(test: Scalar, context: Context, at: Point | None) -> Counterexample | None:
    known = _known(test, context)
    if known is None:
        return None
    candidates = _candidates(known, at)
    found = _tried(test, known, candidates if at is not None else _steered(test, candidates))
    return next((one for one in found if one is not None), None)


def _known(test: Scalar, context: Context) -> Known | None:
    """The symbols of a test and all that holds of them; None if a symbol assumes more than can be checked at a
    point.
    """
    given = test.given if isinstance(test, Equal | HasSign | Crosses) else ()
    given = (*given, Fact(test.boundary, "zero")) if isinstance(test, Crosses) else given
    facts = (*context.facts, *given)
    symbols = _symbols(test) | {s for fact in facts for s in fact.free_symbols}
    try:
        return symbols, (*facts, *assumed(symbols))
    except OutsideFragment:
        return None


def _tried(test: Scalar, known: Known, candidates: Iterable[Point]) -> Iterator[Counterexample | None]:
    """The counterexample at each point, if the test certainly fails there and all that is known certainly holds."""
    _, facts = known
    if _integrates(test):  # each of them takes long, and over a pole longer; an equation mostly fails at once
        candidates = (point for point in candidates if _certified(facts, point) and regular(_sides(test), point))
        candidates = islice(candidates, FEW) if isinstance(test, Equal) else candidates
    for point in candidates:
        fails = _failure(test, point)
        refuted = fails is not None and _certified(facts, point)
        yield Counterexample({_spoken(s): x for s, x in point.items()}, str(fails)) if refuted else None


def _certified(facts: Iterable[Fact], point: Point) -> bool:
    return satisfies((f for f in facts if not f.over), point)


def _integrates(test: Test | Decidable) -> bool:
    """Whether an integral must be enclosed at every point."""
    return any(side.has(sp.Integral) for side in _sides(test))


def _sides(test: Test | Decidable) -> tuple[sp.Expr, ...]:
    """What is evaluated at a point to see whether an equation or a sign fails."""
    match test:
        case Equal(lhs=lhs, rhs=rhs):
            return lhs, rhs
        case HasSign(expr=expr) | Signed(fact=Fact(expr=expr)):
            return (expr,)
    return ()


def _symbols(test: Scalar) -> set[sp.Symbol]:
    match test:
        case Equal(lhs=lhs, rhs=rhs):
            return {*lhs.free_symbols, *rhs.free_symbols}
        case HasSign(expr=expr):
            return set(expr.free_symbols)
        case Signed(fact=fact):
            return set(fact.free_symbols)
        case Crosses(boundary=boundary, speed=speed):
            return {*boundary.free_symbols, *speed.free_symbols}
    return {*test.left.free_symbols, *test.right.free_symbols}


def _candidates(known: Known, at: Point | None) -> Iterator[Point]:
    """The exhibited point, completed where it leaves symbols open; or a search.  None of them is certified."""
    symbols, facts = known
    fixed = {} if at is None else {s: x for s in symbols for name, x in at.items() if _stands_for(s, name)}
    open_symbols = symbols - set(fixed)
    pinned = tuple(Fact(fact.expr.xreplace(fixed), fact.kind, fact.over) for fact in facts)
    found = points(open_symbols, tuple(f for f in pinned if f.free_symbols or f.over))
    for rest in found if open_symbols else islice(found, 1):  # nothing is open: there is one point
        yield {**fixed, **rest}


def _spoken(expr: sp.Expr) -> sp.Expr:
    """Fresh symbols under the plain names that a reader knows."""
    return expr.xreplace({s: sp.Symbol(s.name) for s in expr.free_symbols if isinstance(s, sp.Dummy)})


def _stands_for(symbol: sp.Symbol, name: sp.Symbol) -> bool:
    """A fresh symbol of an obligation stands for the symbol of its name in the claim."""
    return symbol == name or (isinstance(symbol, sp.Dummy) and symbol.name == name.name)


def _failure(test: Scalar, point: Point) -> str | None:
    try:
        match test:
            case Equal(lhs=lhs, rhs=rhs):
                return (
                    f"{_spoken(lhs)} ≠ {_spoken(rhs)}"
                    if same(lhs, rhs, point, max_bits=SEARCH_BITS) is Ternary.NO
                    else None
                )
            case HasSign(expr=expr, kind=kind):
                return _reversed(Fact(expr, kind), point)
            case Signed(fact=fact):
                return _reversed(fact, point)
            case Crosses(boundary=boundary, speed=speed):
                crossed = sign_at(boundary, point) == 0 and sign_at(speed, point, max_bits=SEARCH_BITS) == -1
                return f"{_spoken(speed)} < 0 on the boundary" if crossed else None
        truths = holds_at(test.left, point), holds_at(test.right, point)
        return f"{test.left} is {truths[0]}, {test.right} is {truths[1]}" if set(truths) == {True, False} else None
    except (Undefined, OutsideFragment, TooLarge):
        return None


def _reversed(fact: Fact, point: Point) -> str | None:
    if fact.kind == "integer":
        return None
    return (
        f"not {Fact(_spoken(fact.expr), fact.kind)}"
        if sign_at(fact.expr, point, max_bits=SEARCH_BITS) in REVERSED[fact.kind]
        else None
    )


def _on_letters(test: OnLetters, context: Context, at: Instance | None) -> Counterexample | None:
    for letters in _letters(test, context, at):
        fails = _failure_on(test, letters)
        if fails is not None:
            named = tuple((name, str(value.tolist())) for name, value in sorted(letters.matrices.items()))
            return Counterexample(letters.numbers, fails, named)
    return None


def _failure_on(test: OnLetters, letters: Letters) -> str | None:
    """What certainly fails on exact matrices; words whose coefficients all vanish at these numbers fail nothing."""
    if isinstance(test, SumsVanish):
        return _sums_failure(test, letters)
    if isinstance(test, TracesVanish):
        total = letters.trace(test.traces)
        return f"{test.traces} = {total} ≠ 0" if total else None
    if isinstance(test, TracesAtMostZero):
        total = letters.trace(test.traces)
        return f"{test.traces} = {total} > 0" if total is not None and total > 0 else None
    matrix = letters.value(test.words) if test.words.terms else None
    if matrix is None:
        return None
    if isinstance(test, WordsVanish):
        return f"{test.words} ≠ 0" if np.any(matrix != 0) else None
    return f"tr({test.words}) = {np.trace(matrix)} > 0" if np.trace(matrix) > 0 else None


def _sums_failure(test: SumsVanish, letters: Letters) -> str | None:
    """The sums, term by term in numbers; a term that has no meaning at these depths fails nothing."""
    total: Any = None
    for index, last, words in test.summands:
        for number in range(1, int(last.xreplace(dict(letters.numbers))) + 1):
            term = _placed(words, {**letters.numbers, index: sp.Integer(number)})
            if term is None or ranges(term):
                return None
            if term.terms:
                total = letters.value(term) + (0 if total is None else total)
    told = " + ".join(f"Σ[{index} = 1 … {last}] ({words})" for index, last, words in test.summands)
    return f"{told} ≠ 0" if total is not None and np.any(total != 0) else None


def _placed(words: WordSum, numbers: Point) -> WordSum | None:
    """Words at numbers; None if a segment would run backwards there, or an exponent be negative."""
    try:
        return instantiated(words, numbers)
    except BadSegment:
        return None


def _off_diagonal(test: StaysDiagonal) -> Counterexample | None:
    for letter, drift in framed(test.flow, test.frames):
        if drift[0, 1] != 0 or drift[1, 0] != 0:
            return Counterexample(
                turned_depths(test.flow), f"d{letter}/dt has the off-diagonal entries {drift[0, 1]} and {drift[1, 0]}"
            )
    return None


def _letters(test: OnLetters, context: Context, at: Instance | None) -> Iterator[Letters]:
    sums = _spoken_of(test)
    facts = (*context.facts, *test.given, *(Fact(gap, "nonnegative") for words in sums for gap in ranges(words)))
    hypotheses = (*context.rewrites, *test.granted)
    symbols = (
        {s for words in sums for s in symbols_of(words)}
        | _weights(test)
        | {s for fact in facts for s in fact.free_symbols}
    )
    facts = (*facts, *assumed(symbols))
    if at is None:
        drawn = instances(sums, points(symbols, facts), hypotheses)
        if isinstance(test, TracesAtMostZero):
            drawn = chain(drawn, scalars(sums, points(symbols, facts), hypotheses))
    else:
        drawn = iter((exhibited(at, {}),))
    for letters in drawn:
        missing = symbols - set(letters.numbers)
        if missing:
            raise SymjepaError(f"an instance needs numbers for {', '.join(sorted(map(str, missing)))}")
        if satisfies((f for f in facts if not f.over), letters.numbers) and obeys(letters, hypotheses, sums):
            yield letters


def _spoken_of(test: OnLetters) -> tuple[WordSum, ...]:
    """Words that hold every letter of a test."""
    if isinstance(test, TracesVanish | TracesAtMostZero):
        return tuple(WordSum.of(word) for word, _ in test.traces.terms)
    if isinstance(test, SumsVanish):
        first = (_placed(words, {index: sp.S.One}) for index, _, words in test.summands)
        return (*test.letters, *(words for words in first if words is not None))
    return (test.words,)


def _weights(test: OnLetters) -> set[sp.Symbol]:
    """Scalars in the coefficients of traces, in the bounds of hypotheses, and in the laws that are assumed."""
    traces = test.traces.terms if isinstance(test, TracesVanish | TracesAtMostZero) else ()
    bounds = [rule.bound for rule in test.granted if isinstance(rule, Below)]
    models = [rule.model for rule in test.granted if isinstance(rule, Balanced)]
    told = [expr for m in models for expr in (m.encoder.depth, m.predictor.depth, m.predictor_rate)]
    return {s for expr in (*bounds, *told, *(c for _, c in traces)) for s in expr.free_symbols}
