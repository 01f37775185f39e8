r"""Checks a theorem: hypotheses, witness, every line of the proof, the claim, the near misses.

Soundness.  The facts for every line are the hypotheses, the assumptions on the symbols in sight, and what earlier lines proved; the
claim is decided at the end from its own obligations.  A theorem is PROVED only if its proof ends in its claim, every line and every
obligation of the claim is PROVED, and the witness certifies that hypotheses and domains are not empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import sympy as sp

from symjepa.errors import BadDerivation, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.exact.words import WordSum
from symjepa.statements.claims import Annihilates, Claim, Relation, parts
from symjepa.statements.statement import Cite, Conjecture, Instance, NearMiss, Statement, Theorem
from symjepa.verify.kernel.decide import Context, Decision, Verdict, assumed, decide
from symjepa.verify.kernel.instances import exhibited, obeys
from symjepa.verify.kernel.points import Point, holds_at
from symjepa.verify.kernel.refute import Counterexample, refute, symbols_of
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Equal, HasSign, Plan, Smooth
from symjepa.verify.obligations.scalars import fact_of


@dataclass(frozen=True)
class Line:
    """One checkable line of a proof (or one conjunct of a claim) with what came out."""

    claim: Claim
    verdict: Verdict
    rule: str
    decisions: tuple[Decision, ...]
    counterexample: Counterexample | None = None

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


def check(theorem: Theorem | Conjecture) -> Report:
    """Every verdict about one theorem or conjecture."""
    statement = unfolded(theorem.statement)
    context = context_of(statement.hypotheses)
    lines: tuple[str | Line, ...] = ()
    uses: tuple[str, ...] = ()
    proof = context
    if isinstance(theorem, Theorem):
        lines, proof, uses = _proof(theorem, statement, context)
    claim = tuple(_line(part, proof, context) for part in parts(statement.claim))
    witness = _witness(statement, context)
    near_misses = tuple(_missed(statement, miss) for miss in statement.near_misses)
    verdict = _verdict([line for line in lines if isinstance(line, Line)], claim, witness)
    return Report(theorem.kind, statement, verdict, lines, claim, witness, near_misses, uses)


def _verdict(lines: list[Line], claim: tuple[Line, ...], witness: str) -> Verdict:
    """REFUTED if a conjunct of the claim is; PROVED if everything is and the witness holds; a theorem is as weak as its weakest step."""
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
            raise BadDerivation(f"{type(hypothesis).__name__} cannot be a hypothesis: use a relation of scalars, or Annihilates")
    return Context(tuple(facts), (), tuple(rewrites))


def _proof(theorem: Theorem, statement: Statement, context: Context) -> tuple[tuple[str | Line, ...], Context, tuple[str, ...]]:
    """The lines of the proof in order; each proved relation and closed sum is known to the later ones."""
    rule = unfolding(theorem.statement)
    lines: list[str | Line] = []
    uses: list[str] = []
    last: object = None
    for item in theorem.proof():
        last = item
        if isinstance(item, str):
            lines.append(item)
        elif isinstance(item, Cite):
            context, found = _cited(item, context)
            uses.append(item.theorem.statement.title)
            lines.extend(found)
        elif isinstance(item, Claim):
            if item == theorem.statement.claim:
                continue
            for part in parts(rule(item)):
                line = _line(part, context, context)
                lines.append(line)
                context = _learned(line, context)
        else:
            raise BadDerivation(f"a proof yields sentences and claims; got {item!r}")
    if last != theorem.statement.claim:
        raise BadDerivation("the proof does not end in its claim: let its last line be `yield <statement>.claim`")
    return tuple(lines), context, tuple(uses)


def _learned(line: Line, context: Context) -> Context:
    """What a proved line adds for the later ones."""
    if line.verdict is not Verdict.PROVED:
        return context
    plan = compiled(line.claim)
    return replace(context, facts=(*context.facts, *plan.learned), lemmas=(*context.lemmas, *plan.lemmas))


def _cited(cite: Cite, context: Context) -> tuple[Context, list[Line]]:
    """A cited theorem: itself PROVED, its hypotheses and assumptions shown at the given values; then its relations are facts."""
    cited = unfolded(cite.theorem.statement)
    if check(cite.theorem).verdict is not Verdict.PROVED:
        raise BadDerivation(f"the cited theorem “{cited.title}” is not PROVED")
    values = dict(cite.at)
    lines = [_line(part, context, context) for claim in replaced(cited.hypotheses, values) for part in parts(claim)]
    moved = (Fact(values[f.expr], f.kind) for f in assumed(set(values)))
    admitted = [decide(HasSign("sign", fact.expr, fact.kind), context) for fact in moved]
    for decision in (d for d in admitted if not d.proved):
        raise BadDerivation(f"“{cited.title}” is cited at values that its symbols do not admit: {decision.residual}")
    if all(line.verdict is Verdict.PROVED for line in lines):
        learned = tuple(fact for part in parts(replaced(cited.claim, values)) for fact in compiled(part).learned)
        context = replace(context, facts=(*context.facts, *learned))
    return context, lines


def _line(claim: Claim, known: Context, hypotheses: Context) -> Line:
    """Decide a claim from what is known; if it is not proved, look for a point that refutes it under the hypotheses alone."""
    plan = compiled(claim)
    decisions = tuple(decide(obligation, known) for obligation in plan.obligations)
    if all(decision.proved for decision in decisions):
        return Line(claim, Verdict.PROVED, plan.rule.name, decisions)
    found = refute(plan, hypotheses)
    return Line(claim, Verdict.REFUTED if found else Verdict.UNDECIDED, plan.rule.name, decisions, found)


def _missed(statement: Statement, miss: NearMiss | Claim) -> Missed:
    """A near miss is refuted at a certified point, under the hypotheses that it keeps; it must differ from the claim."""
    miss = miss if isinstance(miss, NearMiss) else NearMiss(miss)
    kept = tuple(hypothesis for hypothesis in statement.hypotheses if hypothesis not in miss.without)
    if miss.claim == statement.claim and len(kept) == len(statement.hypotheses):
        return Missed(miss.claim, Verdict.PROVED, None, "the near miss is the claim itself")
    context = context_of(kept)
    at = miss.at if miss.at is None or isinstance(miss.at, Instance) else {s: sp.Rational(x) for s, x in miss.at.items()}
    for part in parts(miss.claim):
        found = refute(compiled(part), context, at)
        if found is not None:
            return Missed(miss.claim, Verdict.REFUTED, found, miss.why)
    proved = all(decide(o, context).proved for part in parts(miss.claim) for o in compiled(part).obligations)
    return Missed(miss.claim, Verdict.PROVED if proved else Verdict.UNDECIDED, None, miss.why)


def _witness(statement: Statement, context: Context) -> str:
    """Empty if the witness certifies hypotheses and domains; otherwise what is wrong with it.

    Several points may share the work: each satisfies the hypotheses, and each conjunct of the claim has one in its domain.
    """
    try:
        if isinstance(statement.witness, Instance):
            return _witness_of_letters(statement.witness, context)
        several = statement.witness if isinstance(statement.witness, tuple) else (statement.witness,)
        return _witness_points([{s: sp.Rational(x) for s, x in point.items()} for point in several], statement, context)
    except SymjepaError as error:
        return str(error)


def _witness_points(several: list[Point], statement: Statement, context: Context) -> str:
    if context.rewrites:
        return "hypotheses on letters need an Instance as witness"
    failures = [_unsatisfied(context.facts, point) for point in several]
    for part in parts(statement.claim):
        plan = compiled(part)
        given = [fact for fact in _given(plan) if not _inner(fact.free_symbols)]
        symbols = {s for s in _free(plan) if not isinstance(s, sp.Dummy)}
        tried = [_unsatisfied((*given, *assumed(symbols)), point, symbols) for point in several]
        failures.append("" if "" in tried else tried[0])
    return next((failure for failure in failures if failure), "")


def _inner(symbols: Iterable[sp.Symbol]) -> bool:
    """Symbols that an obligation quantifies by itself."""
    return any(isinstance(s, sp.Dummy) for s in symbols)


def _unsatisfied(facts: Iterable[Fact], point: Point, symbols: Iterable[sp.Symbol] = ()) -> str:
    facts = [fact for fact in facts if not fact.over]
    missing = {*symbols, *(s for fact in facts for s in fact.free_symbols)} - set(point)
    if missing:
        return f"the witness gives no value to {', '.join(sorted(map(str, missing)))}"
    failed = next((fact for fact in facts if holds_at(fact, point) is not True), None)
    return f"the witness does not satisfy {failed}" if failed is not None else ""


def _given(plan: Plan) -> tuple[Fact, ...]:
    return tuple(fact for o in plan.obligations if isinstance(o, Equal | HasSign | Smooth) for fact in o.given)


def _free(plan: Plan) -> set[sp.Symbol]:
    """Symbols of a plan that stand for numbers: of scalar obligations and of words."""
    found: set[sp.Symbol] = set()
    for obligation in plan.obligations:
        match obligation:
            case Equal(lhs=lhs, rhs=rhs):
                found |= lhs.free_symbols | rhs.free_symbols
            case HasSign(expr=expr) | Smooth(expr=expr):
                found |= expr.free_symbols
            case _:
                found |= symbols_of(obligation.words) if hasattr(obligation, "words") else set()
    return found


def _witness_of_letters(instance: Instance, context: Context) -> str:
    letters = exhibited(instance, {})
    if not obeys(letters, context.rewrites):
        return "the witness does not obey the hypotheses on its letters, or its covariances are not those of data"
    return _unsatisfied(context.facts, letters.numbers)
