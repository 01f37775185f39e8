"""Reasons that are checked anew for each mutant: it follows from the claim, says the same, or says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.balls import ball
from symjepa.exact.facts import Fact
from symjepa.exact.words import WordSum, instantiated, ranges, symbols_of
from symjepa.statements.claims import AtMost, Claim, Dominated, Less, Relation, Within, parts
from symjepa.symbols import K, L
from symjepa.verify.corroborate.draw import around, drawn
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.kernel.points import Point
from symjepa.verify.obligations.kinds import HasSign
from symjepa.verify.obligations.local import fact_of
from tests.mutation.mutants import expressions

FACTORS = (sp.S.One, sp.Integer(2), sp.S.Half, L, 1 / L, K)
ENOUGH, COUNT = 12, 24
OTHERWISE = {"positive": "nonnegative", "nonnegative": "positive", "zero": "nonzero", "nonzero": "zero"}


@dataclass(frozen=True)
class Setting:
    """What is known where a claim is mutated: the hypotheses, what the proof showed before its claim, the claim too;
    and points to start from.
    """

    hypotheses: Context
    known: Context
    claimed: Context
    near: tuple[Point, ...] = ()


def gaps(claim: Any) -> tuple[sp.Expr, ...]:
    """What an inequality says is not negative (or positive); nothing for other claims."""
    if isinstance(claim, Less | AtMost):
        return (claim.rhs - claim.lhs,)
    if isinstance(claim, Within):
        return claim.of + claim.by - claim.expr, claim.expr - claim.of + claim.by
    return ()


def weaker(claim: Claim, mutant: Claim, setting: Setting) -> str:
    """Each gap of the changed inequality is one of the claim's, times a positive factor, and what is not negative."""
    if isinstance(claim, Dominated) and isinstance(mutant, Dominated):
        return _weaker_bound(claim, mutant, setting)
    if type(claim) is not type(mutant) or not gaps(mutant):
        return ""
    if isinstance(mutant, AtMost) and mutant.lhs == mutant.rhs:
        return "both sides are the same, and nothing is said"
    if all(gap.is_positive or (gap.is_nonnegative and not isinstance(mutant, Less)) for gap in gaps(mutant)):
        return "every term is positive"
    told = [_exceeds(gap, gaps(claim), setting.claimed) for gap in gaps(mutant)]
    return f"weaker: the gap is {told[0]} times that of the claim, and more" if all(told) else ""


def _weaker_bound(claim: Dominated, mutant: Dominated, setting: Setting) -> str:
    """Only the bound is another, and is on the far side of the claim's all the time."""
    if claim.bound == mutant.bound or replace(mutant, bound=claim.bound) != claim:
        return ""
    more = (claim.bound - mutant.bound) if claim.from_below else (mutant.bound - claim.bound)
    until = tuple(fact_of(part) for part in claim.until)
    told = decide(HasSign("more", more, "nonnegative", until), setting.claimed).proved
    factored = told or decide(HasSign("more", more, "nonnegative", until, sp.factor(more)), setting.claimed).proved
    return "a weaker bound" if factored else ""


def _exceeds(gap: sp.Expr, known: tuple[sp.Expr, ...], context: Context) -> str:
    """The factor; a factored form is offered to the kernel as the certificate of a sign."""
    for factored in (False, True):
        for own in known:
            for factor in FACTORS:
                more = gap - factor * own
                by = sp.factor(more) if factored else None
                if decide(HasSign("more", more, "nonnegative", by=by), context).proved:
                    return str(factor)
    return ""


def said_twice(claim: Any, mutant: Any, setting: Setting) -> str:
    """The condition that was dropped is a hypothesis of the theorem as well."""
    dropped = {fact_of(part) for part in set(claim.on) - set(mutant.on) if isinstance(part, Relation)}
    return "the condition is a hypothesis too" if dropped and dropped <= set(setting.hypotheses.facts) else ""


def meaningless(claim: Any, mutant: Any, setting: Setting) -> str:
    """Wherever the condition that was dropped fails, and the others hold, something that is stated is not defined."""
    dropped = [part for part in set(claim.on) - set(mutant.on) if isinstance(part, Relation)]
    if not dropped or not all(isinstance(part, Relation) for part in mutant.on):
        return ""
    facts = (*setting.hypotheses.facts, *(fact_of(part) for part in mutant.on))
    silent = all(_silent(mutant, facts, fact_of(part), setting.near) for part in dropped)
    return "where the condition fails what is stated is not defined" if silent else ""


def without(claim: Claim, hypotheses: Context, dropped: Claim, near: tuple[Point, ...]) -> bool:
    """Whether a claim says nothing where the hypothesis that was dropped fails."""
    facts = [fact_of(part) for part in parts(dropped) if isinstance(part, Relation)]
    return bool(facts) and all(_silent(claim, hypotheses.facts, fact, near) for fact in facts)


def _silent(claim: Claim, facts: Iterable[Fact], failing: Fact, near: tuple[Point, ...]) -> bool:
    points = list(_opposed(claim, tuple(facts), failing, near))
    return len(points) >= ENOUGH and not any(_defined(claim, failing, point) for point in points)


def _opposed(claim: Claim, facts: tuple[Fact, ...], failing: Fact, near: tuple[Point, ...]) -> Iterator[Point]:
    """Points at which a fact fails and the others hold."""
    if failing.kind not in OTHERWISE:
        return
    expr = failing.expr if failing.kind in ("zero", "nonzero") else -failing.expr
    symbols = {s for e in _stated(claim, failing) for s in e.free_symbols} | {
        s for w in _said(claim) for s in symbols_of(w)
    }
    with around(near):
        yield from drawn(symbols, (*facts, Fact(expr, OTHERWISE[failing.kind])), COUNT, 5)


def _stated(claim: Claim, failing: Fact) -> list[sp.Expr]:
    """What is stated of constants, and of the part of the state of which the condition speaks."""
    state = set(getattr(getattr(claim, "flow", None), "rates", {})) if not _said(claim) else set()
    state -= failing.free_symbols
    return [e for e in expressions(claim) if isinstance(e, sp.Expr) and not e.free_symbols & state]


def _said(claim: Claim) -> list[WordSum]:
    return [words for words in expressions(claim) if isinstance(words, WordSum)]


def _defined(claim: Claim, failing: Fact, point: Point) -> bool:
    numbers = tuple(sorted(point.items(), key=str))
    return all(_has_value(expr, numbers) for expr in _stated(claim, failing)) and all(
        _has_letters(words, point) for words in _said(claim)
    )


def _has_letters(words: WordSum, point: Point) -> bool:
    """Whether no segment runs backwards at these depths."""
    try:
        return not ranges(instantiated(words, point))
    except SymjepaError:
        return False


@lru_cache(maxsize=20_000)
def _has_value(expr: sp.Expr, point: tuple[tuple[sp.Symbol, Any], ...]) -> bool:
    try:
        ball(expr, {s: x for s, x in point if s in expr.free_symbols})
    except SymjepaError:
        return False
    return True
