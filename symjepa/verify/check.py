r"""Checks a theorem: hypotheses, witness, every line of the proof, the claim, the near misses.

Soundness.  The facts for every line are the hypotheses, the assumptions on the symbols in sight, and what earlier
lines proved; the claim is decided at the end from its own obligations.  A theorem is PROVED only if its proof ends in
its claim, every line and every obligation of the claim is PROVED, and the witness certifies that hypotheses and
domains are not empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import sympy as sp

from symjepa.errors import BadDerivation, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.exact.words import WordSum
from symjepa.statements.claims import Annihilates, Claim, Relation, parts
from symjepa.statements.statement import Cite, Conjecture, Instance, NearMiss, Statement, Theorem
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Context, Decision, Verdict, decide
from symjepa.verify.kernel.refute import Counterexample, refute
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Decidable, HasSign, Smooth
from symjepa.verify.obligations.local import fact_of
from symjepa.verify.proofs import items, placed
from symjepa.verify.witness import empty_hypotheses


@dataclass(frozen=True)
class Line:
    """One checkable line of a proof (or one conjunct of a claim) with what came out."""

    claim: Claim
    verdict: Verdict
    rule: str
    decisions: tuple[Decision, ...]
    counterexample: Counterexample | None = None
    stated: Claim | None = None  # as the author wrote it, abbreviations kept
    at: int = 0  # the line of the file that said it, 0 if unknown

    @property
    def residual(self) -> str:
        return next((d.residual for d in self.decisions if not d.proved), "")


@dataclass(frozen=True)
class Missed:
    """What became of a near miss: it must be REFUTED."""

    claim: Claim
    verdict: Verdict
    counterexample: Counterexample | None
    why: str


@dataclass(frozen=True)
class Report:
    """Everything that checking a statement found."""

    kind: str
    statement: Statement
    verdict: Verdict
    lines: tuple[str | Line, ...]
    claim: tuple[Line, ...]
    witness: str
    near_misses: tuple[Missed, ...]
    uses: tuple[str, ...] = ()

    @property
    def first_failure(self) -> Line | None:
        checked = [line for line in (*self.lines, *self.claim) if isinstance(line, Line)]
        return next((line for line in checked if line.verdict is not Verdict.PROVED), None)

    @property
    def witnessed(self) -> bool:
        return self.witness == ""

    @property
    def as_expected(self) -> bool:
        """A theorem PROVED and witnessed, or a conjecture still open; every near miss REFUTED."""
        missed = all(miss.verdict is Verdict.REFUTED for miss in self.near_misses)
        if self.kind == "conjecture":
            return missed and self.witnessed and self.verdict is Verdict.UNDECIDED
        return missed and self.witnessed and self.verdict is Verdict.PROVED


_UNDER_WAY: list[Theorem | Conjecture] = []
"""Theorems whose proofs are being checked, to see a circle of citations."""


def check(theorem: Theorem | Conjecture) -> Report:
    """Every verdict about one theorem or conjecture."""
    _UNDER_WAY.append(theorem)
    try:
        return _checked(theorem)
    finally:
        _UNDER_WAY.pop()


def _checked(theorem: Theorem | Conjecture) -> Report:
    statement = unfolded(theorem.statement)
    if not parts(statement.claim):
        raise BadDerivation("a statement needs at least one claim; All(()) claims nothing")
    repeated = [part for part in parts(statement.claim) if part in [p for h in statement.hypotheses for p in parts(h)]]
    if repeated:
        raise BadDerivation(f"a conjunct of the claim is one of its own hypotheses: {repeated[0]}")
    with _within("hypotheses"):
        context = context_of(statement.hypotheses)
        _admitted(theorem.statement, context)
    lines: tuple[str | Line, ...] = ()
    uses: tuple[str, ...] = ()
    proof, end = context, 0
    if isinstance(theorem, Theorem):
        lines, proof, uses, end = _proof(theorem, statement, context)
    stated = zip(parts(theorem.statement.claim), parts(statement.claim), strict=True)
    with _within("claim"):
        claim = tuple(replace(_line(part, proof, context), stated=own, at=end) for own, part in stated)
    with _within("witness"):
        witness = empty_hypotheses(statement, context)
    with _within("near_misses"):
        near_misses = tuple(_missed(statement, miss) for miss in statement.near_misses)
    verdict = _verdict([line for line in lines if isinstance(line, Line)], claim, witness)
    return Report(theorem.kind, statement, verdict, lines, claim, witness, near_misses, uses)


def _admitted(statement: Statement, context: Context) -> None:
    """SymPy has simplified by the assumptions on abbreviations, so the values must have them too."""
    rule = unfolding(statement)
    for let in statement.let:
        for fact in assumed([let.symbol]):
            decision = decide(HasSign("sign", rule(let.value), fact.kind), context)
            if not decision.proved:
                raise BadDerivation(
                    f"{let.symbol} assumes {fact}, but its value {let.value} is not shown to be: {decision.residual}"
                )


@contextmanager
def _within(part: str) -> Iterator[None]:
    """An error that knows in which part of the statement it arose."""
    try:
        yield
    except SymjepaError as error:
        error.parts.setdefault("part", part)
        raise
    except Exception as error:
        raise _unforeseen(error, part=part) from error


def _unforeseen(error: Exception, **where: object) -> BadDerivation:
    told = f"this cannot be checked: {type(error).__name__}: {error}"
    return BadDerivation(f"{told}; claims hold SymPy expressions and words; if yours do, please report this", **where)


def _verdict(lines: list[Line], claim: tuple[Line, ...], witness: str) -> Verdict:
    """REFUTED if a conjunct of the claim is; PROVED if everything is and the witness holds; a theorem is as weak as
    its weakest step.
    """
    if any(line.verdict is Verdict.REFUTED for line in claim):
        return Verdict.REFUTED
    everything = all(line.verdict is Verdict.PROVED for line in (*lines, *claim))
    return Verdict.PROVED if everything and not witness else Verdict.UNDECIDED


def unfolded(statement: Statement) -> Statement:
    """The statement with its abbreviations replaced by what they stand for; the witness loses them too."""
    rule = unfolding(statement)
    near = tuple(
        replace(miss, claim=rule(miss.claim), without=rule(miss.without)) if isinstance(miss, NearMiss) else rule(miss)
        for miss in statement.near_misses
    )
    return replace(statement, claim=rule(statement.claim), hypotheses=rule(statement.hypotheses), near_misses=near)


def unfolding(statement: Statement) -> Callable[[Any], Any]:
    """Replaces abbreviations in claims; a later abbreviation may use an earlier one."""
    values: dict[sp.Symbol, sp.Expr] = {}
    for let in statement.let:
        values[let.symbol] = substitute(let.value, values)
    return lambda thing: replaced(thing, values)


def replaced(thing: Any, values: Mapping[sp.Symbol, sp.Expr]) -> Any:
    """A claim (or anything inside one) with symbols replaced in all its expressions; descriptions of flows included."""
    if not values:
        return thing
    if isinstance(thing, sp.Expr):
        return substitute(thing, values)
    if isinstance(thing, tuple):
        return tuple(replaced(part, values) for part in thing)
    if isinstance(thing, Claim) or (is_dataclass(thing) and not isinstance(thing, (type, WordSum))):
        inside = {f.name: replaced(getattr(thing, f.name), values) for f in fields(thing) if f.init}
        return replace(thing, **inside) if any(inside[name] is not getattr(thing, name) for name in inside) else thing
    return thing


def context_of(hypotheses: Iterable[Claim]) -> Context:
    """Hypotheses as facts and as rewriting of letters."""
    facts: list[Fact] = []
    rewrites: list[Annihilates] = []
    for hypothesis in (part for claim in hypotheses for part in parts(claim)):
        if isinstance(hypothesis, Relation):
            facts.append(fact_of(hypothesis))
        elif isinstance(hypothesis, Annihilates):
            rewrites.append(hypothesis)
        else:
            raise BadDerivation(
                f"{type(hypothesis).__name__} cannot be a hypothesis: use a relation of scalars, or Annihilates"
            )
    return Context(tuple(facts), (), tuple(rewrites))


def _proof(
    theorem: Theorem, statement: Statement, context: Context
) -> tuple[tuple[str | Line, ...], Context, tuple[str, ...], int]:
    """The lines of the proof in order, what is known after it, the theorems cited, and the line of the file that ends
    it.
    """
    rule = unfolding(theorem.statement)
    lines: list[str | Line] = []
    uses: list[str] = []
    at, last = 0, None
    for at, last in items(theorem):
        try:
            context = _said(last, at, rule, theorem, context, lines, uses)
        except SymjepaError as error:
            placed(error, at)
            raise
        except Exception as error:
            raise _unforeseen(error, line=at) from error
    if last != theorem.statement.claim:
        told = "the proof does not end in its claim: let its last line be `yield <statement>.claim`"
        raise BadDerivation(told, line=at or theorem.proof.__code__.co_firstlineno)
    return tuple(lines), context, tuple(uses), at


def _said(
    item: str | Claim | Cite,
    at: int,
    rule: Callable[[Any], Any],
    theorem: Theorem,
    context: Context,
    lines: list[str | Line],
    uses: list[str],
) -> Context:
    """Checks one item of a proof; each proved relation and closed sum is known to the later ones."""
    if isinstance(item, str):
        lines.append(item)
    elif isinstance(item, Cite):
        context, found = _cited(item, context)
        uses.append(item.theorem.statement.title)
        lines.extend(replace(line, at=at) for line in found)
    elif item != theorem.statement.claim:
        for stated, part in zip(parts(item), parts(rule(item)), strict=True):
            line = replace(_line(part, context, context), stated=stated, at=at)
            lines.append(line)
            context = _learned(line, context)
    return context


def _learned(line: Line, context: Context) -> Context:
    """What a proved line adds for the later ones."""
    if line.verdict is not Verdict.PROVED:
        return context
    plan = compiled(line.claim)
    return replace(context, facts=(*context.facts, *plan.learned), lemmas=(*context.lemmas, *plan.lemmas))


def _cited(cite: Cite, context: Context) -> tuple[Context, list[Line]]:
    """A cited theorem: itself PROVED, its hypotheses and assumptions shown at the given values; then its relations are
    facts.
    """
    cited = unfolded(cite.theorem.statement)
    if any(cite.theorem is open_one for open_one in _UNDER_WAY):
        raise BadDerivation(f"“{cited.title}” is cited, directly or not, in its own proof")
    if check(cite.theorem).verdict is not Verdict.PROVED:
        raise BadDerivation(f"the cited theorem “{cited.title}” is not PROVED")
    values = dict(cite.at)
    for symbol, value in values.items():
        needed: list[Decidable] = [
            Smooth("defined", value),
            *(HasSign("sign", value, fact.kind) for fact in assumed([symbol])),
        ]
        for obligation in needed:
            decision = decide(obligation, context)
            if not decision.proved:
                raise BadDerivation(
                    f"“{cited.title}” is cited at {symbol} = {value}, which {symbol} does not admit:"
                    f" {decision.residual}"
                )
    lines = [_line(part, context, context) for claim in replaced(cited.hypotheses, values) for part in parts(claim)]
    if all(line.verdict is Verdict.PROVED for line in lines):
        learned = tuple(fact for part in parts(replaced(cited.claim, values)) for fact in compiled(part).learned)
        context = replace(context, facts=(*context.facts, *learned))
    return context, lines


def _line(claim: Claim, known: Context, hypotheses: Context) -> Line:
    """Decide a claim from what is known; if it is not proved, look for a point that refutes it under the hypotheses
    alone.
    """
    plan = compiled(claim)
    decisions = tuple(decide(obligation, known) for obligation in plan.obligations)
    if all(decision.proved for decision in decisions):
        return Line(claim, Verdict.PROVED, plan.rule.name, decisions)
    found = refute(plan, hypotheses)
    return Line(claim, Verdict.REFUTED if found else Verdict.UNDECIDED, plan.rule.name, decisions, found)


def _missed(statement: Statement, miss: NearMiss | Claim) -> Missed:
    """A near miss is refuted at a certified point, under the hypotheses that it keeps; it differs from the claim."""
    miss = miss if isinstance(miss, NearMiss) else NearMiss(miss)
    kept = tuple(hypothesis for hypothesis in statement.hypotheses if hypothesis not in miss.without)
    if miss.claim == statement.claim and len(kept) == len(statement.hypotheses):
        return Missed(miss.claim, Verdict.PROVED, None, "the near miss is the claim itself")
    context = context_of(kept)
    at = (
        miss.at if miss.at is None or isinstance(miss.at, Instance) else {s: sp.Rational(x) for s, x in miss.at.items()}
    )
    for part in parts(miss.claim):
        found = refute(compiled(part), context, at)
        if found is not None:
            return Missed(miss.claim, Verdict.REFUTED, found, miss.why)
    proved = all(decide(o, context).proved for part in parts(miss.claim) for o in compiled(part).obligations)
    return Missed(miss.claim, Verdict.PROVED if proved else Verdict.UNDECIDED, None, miss.why)
