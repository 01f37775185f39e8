r"""Witnesses: points that show that the hypotheses of a statement, and the domains of its conjuncts, are not empty.

Soundness.  A witness is accepted only if every hypothesis and every assumption on a symbol is certified at it, and
each obligation of each conjunct has a point in its domain there: its own symbols take the witness's values by name, or
values that a search certifies; sequences are particular ones.  Hypotheses on letters need exact matrices that obey
them.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.exact.words import symbols_of
from symjepa.statements.claims import Annihilates, parts
from symjepa.statements.statement import Instance, Statement
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.instances import Letters, exhibited, obeys
from symjepa.verify.kernel.points import Point, holds_at, satisfies
from symjepa.verify.kernel.sequences import particular
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Decidable, Equal, HasSign, Smooth, WordsVanish
from symjepa.verify.search.letters import instances
from symjepa.verify.search.points import points


def empty_hypotheses(statement: Statement, context: Context) -> str:
    """Empty if the witness certifies hypotheses and domains; otherwise what is wrong with it.

    Several points may share the work: each satisfies the hypotheses, and each conjunct of the claim has one in its
    domain.
    """
    try:
        if isinstance(statement.witness, Instance):
            return _witness_of_letters(statement.witness, statement, context)
        several = statement.witness if isinstance(statement.witness, tuple) else (statement.witness,)
        return _witness_points([{s: sp.Rational(x) for s, x in point.items()} for point in several], statement, context)
    except SymjepaError as error:
        return str(error)


def _witness_points(several: list[Point], statement: Statement, context: Context) -> str:
    if context.rewrites:
        return "hypotheses on letters need an Instance as witness"
    asked = (context.facts, tuple(compiled(part).obligations for part in parts(statement.claim)))
    failures = (_missing(several, *one) for one, _ in particular(asked))
    first = next(failures)
    return "" if not first or "" in failures else first


def _missing(several: list[Point], facts: tuple[Fact, ...], conjuncts: tuple[tuple[Decidable, ...], ...]) -> str:
    """What is wrong with the points, for particular sequences."""
    failures = [_unsatisfied(facts, point) for point in several]
    for obligations in conjuncts:
        tried = [_empty_domain(obligations, point) for point in several]
        failures.append("" if "" in tried else tried[0])
    return next((failure for failure in failures if failure), "")


def _empty_domain(obligations: tuple[Decidable, ...], point: Point, letters: Letters | None = None) -> str:
    """Empty if every obligation of a conjunct has a domain at the witness; symbols of its own are looked for, by their
    names first.
    """
    for obligation in obligations:
        given, symbols = tuple(getattr(obligation, "given", ())), _free(obligation)
        own = {s for s in {*symbols, *(s for fact in given for s in fact.free_symbols)} if isinstance(s, sp.Dummy)}
        outer = symbols - own
        failure = _unsatisfied([f for f in given if not set(f.free_symbols) & own] + list(assumed(outer)), point, outer)
        if failure:
            return failure
        named = {s: x for s in own for name, x in point.items() if name.name == s.name}
        local = [Fact(substitute(f.expr, dict(point)), f.kind) for f in given if set(f.free_symbols) & own]
        if not _satisfiable([*local, *assumed(own)], own, named):
            return (
                f"at the witness no {', '.join(sorted({s.name for s in own}))} satisfies {'; '.join(map(str, local))}"
            )
        granted = tuple(getattr(obligation, "granted", ()))
        if (
            granted
            and not (letters is not None and obeys(letters, granted))
            and not _lettered(obligation, point, granted)
        ):
            return "no letters that obey the hypotheses of a conjunct were found; give an Instance as witness"
    return ""


def _lettered(obligation: Decidable, point: Point, granted: tuple[Annihilates, ...]) -> bool:
    """Whether a search finds exact letters that obey the hypotheses of an obligation about words."""
    words = (obligation.words,) if isinstance(obligation, WordsVanish) else ()
    return any(obeys(letters, granted) for letters in instances(words, [point], granted))


def _satisfiable(facts: list[Fact], own: set[sp.Symbol], named: Point) -> bool:
    """Whether some values of an obligation's own symbols satisfy the facts."""
    facts = [fact for fact in facts if not fact.over]
    if any(holds_at(fact, {}) is not True for fact in facts if not fact.free_symbols):
        return False
    facts = [fact for fact in facts if fact.free_symbols]
    if set(named) == own and all(holds_at(fact, named) is True for fact in facts):
        return True
    return any(satisfies(facts, found) for found in points(own, tuple(facts))) if own else not facts


def _unsatisfied(facts: Iterable[Fact], point: Point, symbols: Iterable[sp.Symbol] = ()) -> str:
    facts = [fact for fact in facts if not fact.over]
    missing = {*symbols, *(s for fact in facts for s in fact.free_symbols)} - set(point)
    if missing:
        return f"the witness gives no value to {', '.join(sorted(map(str, missing)))}"
    failed = next((fact for fact in facts if holds_at(fact, point) is not True), None)
    return f"the witness does not satisfy {failed}" if failed is not None else ""


def _free(obligation: Decidable) -> set[sp.Symbol]:
    """Symbols of an obligation that stand for numbers: in scalars and in words."""
    match obligation:
        case Equal(lhs=lhs, rhs=rhs):
            return {*lhs.free_symbols, *rhs.free_symbols}
        case HasSign(expr=expr) | Smooth(expr=expr):
            return set(expr.free_symbols)
        case WordsVanish(words=words):
            return symbols_of(words)
    return set()


def _witness_of_letters(instance: Instance, statement: Statement, context: Context) -> str:
    letters = exhibited(instance, {})
    if not obeys(letters, context.rewrites):
        return "the witness does not obey the hypotheses on its letters, or its covariances are not those of data"
    failures = (_empty_domain(compiled(part).obligations, letters.numbers, letters) for part in parts(statement.claim))
    return next((f for f in (_unsatisfied(context.facts, letters.numbers), *failures) if f), "")
