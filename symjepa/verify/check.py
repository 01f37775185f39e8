r"""Checks a theorem: hypotheses, witness, every line of the proof, the claim, the near misses.

Soundness.  The facts for every line are the hypotheses, the assumptions on the symbols in sight, and what earlier
lines proved; the claim is decided at the end from its own obligations, but a conjunct that a line has proved is not
decided twice.  A theorem is PROVED only if its proof ends in its claim, every line and every obligation of the claim is
PROVED, and the witness certifies that hypotheses and domains are not empty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from symjepa.errors import BadDerivation, SymjepaError
from symjepa.exact.words import noted
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Cite, Conjecture, NearMiss, Statement, Theorem
from symjepa.verify.hypotheses import context_of as context_of
from symjepa.verify.hypotheses import setting
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Context, Verdict, decide
from symjepa.verify.kernel.refute import Counterexample, refute
from symjepa.verify.lines import Line as Line
from symjepa.verify.lines import decided, exhibited_at, learned
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Decidable, HasSign, Smooth
from symjepa.verify.proofs import items, placed
from symjepa.verify.readings import Adjudged, Finding, Settled, adjudicated
from symjepa.verify.unfolding import replaced, unfolding
from symjepa.verify.unfolding import unfolded as unfolded
from symjepa.verify.witness import empty_hypotheses


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
    printed: tuple[Adjudged, ...] = ()

    @property
    def first_failure(self) -> Line | None:
        checked = [line for line in (*self.lines, *self.claim) if isinstance(line, Line)]
        return next((line for line in checked if line.verdict is not Verdict.PROVED), None)

    @property
    def misread(self) -> Finding | None:
        """The first reading of a printed claim whose verdict is not the one that was expected."""
        return next((finding for row in self.printed for finding in row.findings if not finding.as_expected), None)

    @property
    def witnessed(self) -> bool:
        return self.witness == ""

    @property
    def as_expected(self) -> bool:
        """A theorem PROVED and witnessed, or a conjecture still open; near misses REFUTED, readings as expected."""
        missed = all(miss.verdict is Verdict.REFUTED for miss in self.near_misses) and self.misread is None
        if self.kind == "conjecture":
            return missed and self.witnessed and self.verdict is Verdict.UNDECIDED
        return missed and self.witnessed and self.verdict is Verdict.PROVED


_UNDER_WAY: list[Theorem | Conjecture] = []
"""Theorems whose proofs are being checked, to see a circle of citations."""


_PROVED: deque[Theorem | Conjecture] = deque(maxlen=200)
"""Theorems lately found PROVED, by identity: to cite one is no reason to check it again."""


def check(theorem: Theorem | Conjecture) -> Report:
    """Every verdict about one theorem or conjecture."""
    _UNDER_WAY.append(theorem)
    try:
        report = _checked(theorem)
    finally:
        _UNDER_WAY.pop()
    if report.verdict is Verdict.PROVED:
        _PROVED.append(theorem)
    return report


def _checked(theorem: Theorem | Conjecture) -> Report:
    statement = unfolded(theorem.statement)
    with _within("hypotheses"):
        context = setting(theorem.statement)
    lines: tuple[str | Line, ...] = ()
    uses: tuple[str, ...] = ()
    proof, end = context, 0
    if isinstance(theorem, Theorem):
        lines, proof, uses, end = _proof(theorem, statement, context)
    stated = tuple(zip(parts(theorem.statement.claim), parts(statement.claim), strict=True))
    with _within("claim"):
        ready = {(line.claim, noted(line.claim)): line for line in lines if isinstance(line, Line) and _holds(line)}
        found = (ready.get((part, noted(part))) or decided(part, proof, context) for _, part in stated)
        claim = tuple(replace(line, stated=own, at=end) for line, (own, _) in zip(found, stated, strict=True))
    with _within("witness"):
        witness = empty_hypotheses(statement, context)
    with _within("near_misses"):
        near_misses = tuple(_missed(statement, miss) for miss in statement.near_misses)
    with _within("printed"):
        for line in claim:
            proof = learned(line, proof)
        printed = adjudicated(Settled(theorem, proof, claim), _followed)
    verdict = _verdict([line for line in lines if isinstance(line, Line)], claim, witness)
    return Report(theorem.kind, statement, verdict, lines, claim, witness, near_misses, uses, printed)


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


def _holds(line: Line) -> bool:
    return line.verdict is Verdict.PROVED


def _verdict(lines: list[Line], claim: tuple[Line, ...], witness: str) -> Verdict:
    """REFUTED if a conjunct of the claim is; PROVED if everything is and the witness holds; a theorem is as weak as
    its weakest step.
    """
    if any(line.verdict is Verdict.REFUTED for line in claim):
        return Verdict.REFUTED
    everything = all(line.verdict is Verdict.PROVED for line in (*lines, *claim))
    return Verdict.PROVED if everything and not witness else Verdict.UNDECIDED


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
            context = _said(last, at, rule, theorem.statement.claim, context, lines, uses)
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
    end: Claim,
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
    elif item != end:
        for stated, part in zip(parts(item), parts(rule(item)), strict=True):
            line = replace(decided(part, context, context), stated=stated, at=at)
            lines.append(line)
            context = learned(line, context)
    return context


def _followed(items: Sequence[Claim | Cite], own: Statement, context: Context) -> tuple[Context, tuple[Line, ...]]:
    """Lines that a reading shows first, and what is known after them."""
    lines: list[str | Line] = []
    for item in items:
        context = _said(item, 0, unfolding(own), own.claim, context, lines, [])
    return context, tuple(line for line in lines if isinstance(line, Line))


def _cited(cite: Cite, context: Context) -> tuple[Context, list[Line]]:
    """A cited theorem: itself PROVED, its hypotheses and assumptions shown at the given values; then its relations are
    facts.
    """
    cited = unfolded(cite.theorem.statement)
    if any(cite.theorem is open_one for open_one in _UNDER_WAY):
        raise BadDerivation(f"“{cited.title}” is cited, directly or not, in its own proof")
    known = any(cite.theorem is one for one in _PROVED)
    if not known and check(cite.theorem).verdict is not Verdict.PROVED:
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
    lines = [decided(part, context, context) for claim in replaced(cited.hypotheses, values) for part in parts(claim)]
    if all(line.verdict is Verdict.PROVED for line in lines):
        facts = tuple(fact for part in parts(replaced(cited.claim, values)) for fact in compiled(part).learned)
        context = replace(context, facts=(*context.facts, *facts))
    return context, lines


def _missed(statement: Statement, miss: NearMiss | Claim) -> Missed:
    """A near miss is refuted at a certified point, under the hypotheses that it keeps; it differs from the claim."""
    miss = miss if isinstance(miss, NearMiss) else NearMiss(miss)
    kept = tuple(hypothesis for hypothesis in statement.hypotheses if hypothesis not in miss.without)
    if miss.claim == statement.claim and len(kept) == len(statement.hypotheses):
        return Missed(miss.claim, Verdict.PROVED, None, "the near miss is the claim itself")
    context = context_of(kept)
    at = exhibited_at(miss.at)
    for part in parts(miss.claim):
        found = refute(compiled(part), context, at)
        if found is not None:
            return Missed(miss.claim, Verdict.REFUTED, found, miss.why)
    proved = all(decide(o, context).proved for part in parts(miss.claim) for o in compiled(part).obligations)
    return Missed(miss.claim, Verdict.PROVED if proved else Verdict.UNDECIDED, None, miss.why)
