r"""Decides obligations.  No heuristics, no search: equality of normal forms, signs from facts, words after rewriting.

Soundness.  `decide` answers PROVED only if (i) both sides have one normal form, or the sign is shown from the facts,
or the words cancel, and (ii) every condition met on the way is itself shown from the facts.  The facts are the
hypotheses, those that the obligation lists, proved earlier lines, and the assumptions on the symbols that occur: all
of them hold wherever the claim is asserted.  Hypotheses on letters replace two neighbours by an equal word; where all
times are spoken of, only those on letters that do not move.  Whatever goes wrong (an expression outside the fragment,
too large) is UNDECIDED.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import sympy as sp

from symjepa.errors import InvalidLemma, OutsideFragment, SymjepaError, TooLarge, Undefined
from symjepa.exact.facts import Fact
from symjepa.exact.scalars import equal, normal
from symjepa.exact.sequences import sequences_in
from symjepa.exact.signs import Signs, known_from
from symjepa.exact.sums import SumLemma, apply, prove, substitute
from symjepa.exact.words import Factor, Matrix, Word, WordSum
from symjepa.statements.claims import Annihilates
from symjepa.verify.kernel.assumptions import assumed, assumed_of_terms
from symjepa.verify.obligations.kinds import (
    Closes,
    Decidable,
    Equal,
    HasSign,
    Shown,
    Smooth,
    SomeSign,
    TracesVanish,
    WordsVanish,
)

MAX_REWRITES = 200


class Verdict(Enum):
    """What was shown, and never more."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class Context:
    """What is known where the claim is asserted: facts, closed sums, and hypotheses on letters."""

    facts: tuple[Fact, ...] = ()
    lemmas: tuple[SumLemma, ...] = ()
    rewrites: tuple[Annihilates, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Whether an obligation is met, the conditions that were shown with their reasons, and otherwise what is left."""

    obligation: Decidable
    proved: bool
    conditions: tuple[tuple[Fact, str], ...] = ()
    residual: str = ""


@lru_cache(maxsize=20_000)
def decide(obligation: Decidable, context: Context) -> Decision:
    """PROVED or not; anything raised within the exact layer means "not shown", with its message as the residual.

    Remembered: the answer depends on the obligation and the context alone.
    """
    try:
        return _decide(obligation, context)
    except (OutsideFragment, TooLarge, Undefined, InvalidLemma, RecursionError) as refusal:
        return Decision(obligation, False, residual=f"{type(refusal).__name__}: {refusal}")


def _decide(obligation: Decidable, context: Context) -> Decision:
    match obligation:
        case Equal():
            return _equal(obligation, context)
        case HasSign():
            return _sign(obligation, context)
        case SomeSign(exprs=exprs, kind=kind, given=given):
            facts = [Fact(expr, kind) for expr in exprs]
            signs = _signs(given, context, *exprs)
            shown = [fact for fact in facts if signs.shows(fact)][:1]
            return _shown(obligation, bool(shown), shown, signs, f"none of {', '.join(map(str, facts))} is shown")
        case WordsVanish(words=words):
            rules = (*context.rewrites, *(rule for rule in obligation.granted if isinstance(rule, Annihilates)))
            lasting = tuple(rule for rule in rules if _lasts(rule, obligation.moving))
            return _words(obligation, rewritten(words, lasting).terms, context)
        case TracesVanish(traces=traces):
            return _words(obligation, traces.terms, context)
        case Closes(lemma=lemma, given=given):
            proof = prove(lemma)
            return _shown(obligation, proof.holds, proof.conditions, _signs(given, context), str(proof.residual))
        case Smooth(expr=expr, given=given):
            return _shown(obligation, True, normal(expr).conditions, _signs(given, context, expr), "")
        case Shown(holds=holds, reason=reason):
            return Decision(obligation, holds, residual="" if holds else reason)
    raise SymjepaError(f"the kernel does not know {type(obligation).__name__}")


def _signs(given: tuple[Fact, ...], context: Context, *exprs: sp.Expr) -> Signs:
    """What the facts imply, the assumptions on all symbols in sight included."""
    facts = (*context.facts, *given)
    symbols = {s for e in exprs for s in e.atoms(sp.Symbol)} | {s for fact in facts for s in fact.free_symbols}
    bound = symbols - {s for e in exprs for s in e.free_symbols} - {s for fact in facts for s in fact.free_symbols}
    assumed(bound)  # refuses strange assumptions; a bound symbol is no hypothesis
    held = frozenset().union(*map(sequences_in, (*exprs, *(fact.expr for fact in facts))))
    return known_from(frozenset((*facts, *assumed(symbols - bound), *assumed_of_terms(held))))


def _shown(obligation: Decidable, holds: bool, conditions: Iterable[Fact], signs: Signs, residual: str) -> Decision:
    """PROVED if it holds and every condition is shown; the first that is not becomes the residual."""
    several = tuple(conditions)
    ordered = sorted(several, key=str) if len(several) > 1 else several
    reasons = {condition: signs.reason(condition) for condition in ordered}
    open_ones = [condition for condition, reason in reasons.items() if reason is None]
    if not holds or open_ones:
        return Decision(obligation, False, residual=residual if not holds else f"not shown: {open_ones[0]}")
    return Decision(obligation, True, tuple((c, r) for c, r in reasons.items() if r is not None))


def _equal(obligation: Equal, context: Context) -> Decision:
    lhs, rhs, conditions = obligation.lhs, obligation.rhs, frozenset[Fact]()
    for lemma in (_about(lemma, obligation) for lemma in context.lemmas):
        left, right = apply(lemma, lhs), apply(lemma, rhs)
        lhs, rhs, conditions = left.expr, right.expr, conditions | left.conditions | right.conditions
    equality = equal(lhs, rhs)
    signs = _signs(obligation.given, context, obligation.lhs, obligation.rhs)
    return _shown(obligation, equality.holds, conditions | equality.conditions, signs, f"{equality.residual} ≠ 0")


def _about(lemma: SumLemma, obligation: Equal) -> SumLemma:
    """The lemma in the fresh symbols of an obligation, by their names; `apply` proves it anew and demands its
    conditions there.
    """
    fresh = {s for s in obligation.lhs.free_symbols | obligation.rhs.free_symbols if isinstance(s, sp.Dummy)}
    names = {s: d for d in fresh for s in lemma.free_symbols if s.name == d.name}
    parts = (substitute(part, names) for part in (lemma.term, lemma.lo, lemma.closed))
    term, lo, closed = parts
    return SumLemma(term, lemma.index, lo, lemma.upper, closed)


def _sign(obligation: HasSign, context: Context) -> Decision:
    fact = Fact(obligation.expr, obligation.kind)
    signs = _signs(obligation.given, context, obligation.expr)
    if obligation.by is None:
        return _shown(obligation, True, (fact,), signs, "")
    equality = equal(obligation.expr, obligation.by)
    conditions = equality.conditions | {Fact(obligation.by, obligation.kind)}
    return _shown(obligation, equality.holds, conditions, signs, f"the certificate differs by {equality.residual}")


def _words(
    obligation: WordsVanish | TracesVanish, left: tuple[tuple[Word, sp.Expr], ...], context: Context
) -> Decision:
    """No word is left with a coefficient that is not zero."""
    conditions = frozenset[Fact]()
    for word, coefficient in left:
        equality = equal(coefficient, sp.S.Zero)
        if not equality.holds:
            return Decision(obligation, False, residual=f"{coefficient} {word} ≠ 0")
        conditions |= equality.conditions
    signs = _signs(obligation.given, context, *(coefficient for _, coefficient in left))
    return _shown(obligation, True, conditions, signs, "")


def _lasts(rule: Annihilates, moving: tuple[Factor, ...]) -> bool:
    """Whether a hypothesis on letters is about none that moves: one that holds now need not hold later."""
    letters = (rule.left, rule.right, *rule.value.letters())
    return not moving or all(isinstance(f, Matrix) and not {f, f.T} & {*moving} for f in letters)


def rewritten(words: WordSum, hypotheses: tuple[Annihilates, ...]) -> WordSum:
    """Two neighbours replaced by the word that a hypothesis gives for their product, until none is left."""
    for _ in range(MAX_REWRITES):
        reduced = WordSum.zero(words.rows, words.cols)
        for word, coefficient in words.terms:
            reduced = reduced + coefficient * _rewritten_once(word, hypotheses)
        if reduced == words:
            return words
        words = reduced
    raise TooLarge(f"the hypotheses on letters rewrite {words} without end")


def _rewritten_once(word: Word, hypotheses: tuple[Annihilates, ...]) -> WordSum:
    for place, pair in enumerate(zip(word.factors, word.factors[1:], strict=False)):
        value = _product_of(pair, hypotheses)
        if value is not None:
            before = WordSum.of(Word(word.factors[:place], word.rows, pair[0].rows))
            after = WordSum.of(Word(word.factors[place + 2 :], pair[1].cols, word.cols))
            return before @ value @ after
    return WordSum.of(word)


def _product_of(pair: tuple[Factor, Factor], hypotheses: tuple[Annihilates, ...]) -> WordSum | None:
    for hypothesis in hypotheses:
        if pair == (hypothesis.left, hypothesis.right):
            return hypothesis.value
        if pair == (hypothesis.right.T, hypothesis.left.T):
            return hypothesis.value.T
    return None
