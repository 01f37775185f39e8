"""Checks the mutants of the book, conjunct by conjunct, and counts."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import sympy as sp

from symjepa.catalogue import entries, find, load
from symjepa.errors import SymjepaError
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Instance, NearMiss, Statement, Theorem
from symjepa.verify.check import _proof, context_of, unfolded, unfolding
from symjepa.verify.kernel.decide import Context, Verdict, decide
from symjepa.verify.kernel.points import Point
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled
from tests.mutation.listed import reason
from tests.mutation.mutants import differs, mutants

SECONDS = 4
"""Of this process, not of the clock on the wall: a busy machine changes no verdict."""
EQUAL, UNDEFINED, NO_CLAIM, LISTED, EXCUSED = "equal", "undefined", "no claim", "also true", "excused"
"""Not counted as false: equal to the original, defined nowhere, refused by the compiler; PROVED, listed with a reason;
UNDECIDED and listed with a reason (true without a proof, or without a meaning where a condition is dropped)."""

CRASHED = "CRASHED"


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant."""

    label: str
    conjunct: int
    operator: str
    field: str
    verdict: str
    said: str

    @property
    def column(self) -> str:
        return CRASHED if self.verdict.startswith(CRASHED) else self.verdict

    def __str__(self) -> str:
        return f"{self.verdict:10} {self.label}[{self.conjunct}] {self.operator} in {self.field}: {self.said}"


AGAIN = 0.25


class OutOfTime(Exception):
    """A mutant took too long."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)  # what is called back from C may swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def jobs(labels: Iterable[str] = ()) -> list[tuple[str, int]]:
    """One job for each conjunct of each theorem, and one (-1) for its hypotheses."""
    chosen = [entry.label for entry in entries() if not labels or entry.label in set(labels)]
    counted = {label: load(find(label)) for label in chosen}
    return [(label, i) for label, theorem in counted.items() for i in range(-1, len(parts(theorem.statement.claim)))]


def run(job: tuple[str, int]) -> list[Outcome]:
    """The outcomes of all mutants of one conjunct."""
    label, number = job
    theorem = load(find(label))
    if not isinstance(theorem, Theorem):
        return []
    if number < 0:
        return list(_without_hypotheses(label, theorem))
    statement = unfolded(theorem.statement)
    hypotheses = context_of(statement.hypotheses)
    known, rule = _proof(theorem, statement, hypotheses)[1], unfolding(theorem.statement)
    claim, near = parts(theorem.statement.claim)[number], witnesses(statement)
    found = []
    for mutant in mutants(claim):
        verdict = _judged(rule(claim), rule, mutant.claim, known, hypotheses, near)
        found.append(_listed(Outcome(label, number, mutant.operator, mutant.field, verdict, ""), claim, mutant.claim))
    return found


def _listed(outcome: Outcome, claim: Claim, mutant: Claim) -> Outcome:
    """The outcome with what was changed, or with the reason why it does not count as a false mutant."""
    proved = outcome.verdict == "PROVED"
    why = ""
    if proved or outcome.verdict == "UNDECIDED":
        why = reason(outcome.label, outcome.operator, outcome.field, claim, mutant, proved)
    verdict = (LISTED if proved else EXCUSED) if why else outcome.verdict
    return replace(outcome, verdict=verdict, said=why or _said(claim, mutant))


def witnesses(statement: Statement) -> tuple[Point, ...]:
    """Points at which the hypotheses hold, and those of near misses: where to look for points against a mutant."""
    own = statement.witness if isinstance(statement.witness, tuple) else (statement.witness,)
    missed = (miss.at for miss in statement.near_misses if isinstance(miss, NearMiss) and miss.at is not None)
    return tuple({s: sp.Rational(x) for s, x in at.items()} for at in (*own, *missed) if not isinstance(at, Instance))


def _judged(
    claim: Claim, rule: Any, mutant: Claim, known: Context, hypotheses: Context, near: tuple[Point, ...]
) -> str:
    """Decided, then refuted, each in its own time: a claim that takes long to decide may still have a point.

    What has a point is false; only of the others it is asked whether they say anything else, or anything at all.
    """
    try:
        changed = rule(mutant)
        plan = compiled(changed)
    except SymjepaError:
        return NO_CLAIM
    proved = _in_time(lambda: all(decide(obligation, known).proved for obligation in plan.obligations))
    try:
        found = None if proved else _in_time(lambda: refute(plan, hypotheses, near=near))
    except Exception as error:  # a defect of the checker, and no reason to lose the campaign
        return f"{CRASHED} {type(error).__name__}"
    if found:
        return str(Verdict.REFUTED.value)
    different = _in_time(lambda: (differs(claim, changed, hypotheses, near),)) or (True,)
    if different[0] is not True:
        return EQUAL if different[0] is False else UNDEFINED
    return str((Verdict.PROVED if proved else Verdict.UNDECIDED).value)


def _in_time(question: Callable[[], Any]) -> Any:
    """The answer, or None if it takes too long."""
    try:
        with at_most(SECONDS):
            return question()
    except OutOfTime:
        return None


def _said(claim: Claim, mutant: Claim) -> str:
    """The first field that differs."""
    for name in claim.__dataclass_fields__:
        ours, theirs = getattr(claim, name), getattr(mutant, name)
        if ours != theirs:
            return f"{ours}  →  {theirs}"[:300]
    return ""


def _without_hypotheses(label: str, theorem: Theorem) -> Iterator[Outcome]:
    """Each hypothesis dropped: some conjunct must be refuted without it."""
    statement = unfolded(theorem.statement)
    for i, dropped in enumerate(statement.hypotheses):
        context = context_of(statement.hypotheses[:i] + statement.hypotheses[i + 1 :])
        near = witnesses(statement)
        verdicts = [_judged_without(part, context, near) for part in parts(statement.claim)]
        verdict = next((v for v in ("REFUTED", "UNDECIDED") if v in verdicts), "PROVED")
        yield _listed(Outcome(label, -1, "hypothesis dropped", str(i), verdict, ""), dropped, dropped)


def _judged_without(part: Claim, context: Context, near: tuple[Point, ...]) -> str:
    plan = compiled(part)
    if _in_time(lambda: all(decide(obligation, context).proved for obligation in plan.obligations)):
        return str(Verdict.PROVED.value)
    return str((Verdict.REFUTED if _in_time(lambda: refute(plan, context, near=near)) else Verdict.UNDECIDED).value)


def campaign(labels: Iterable[str] = (), processes: int = 2) -> list[Outcome]:
    """Every mutant of every conjunct of the book (or of some theorems of it)."""
    with get_context("fork").Pool(processes) as pool:
        return [outcome for found in pool.imap(run, jobs(labels), chunksize=1) for outcome in found]


@dataclass(frozen=True)
class Summary:
    """Counts by operator, and what speaks against the kernel."""

    counts: dict[str, Counter[str]]
    proved: tuple[Outcome, ...]
    open: tuple[Outcome, ...]

    @property
    def refuted(self) -> float:
        """The share of false mutants that are REFUTED."""
        refuted = sum(count["REFUTED"] for count in self.counts.values())
        false = refuted + len(self.proved) + len(self.open)
        return refuted / false if false else 1.0


def summary(outcomes: Iterable[Outcome]) -> Summary:
    outcomes = list(outcomes)
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        counts.setdefault(outcome.operator, Counter())[outcome.column] += 1
    proved = tuple(outcome for outcome in outcomes if outcome.verdict == "PROVED")
    return Summary(
        counts, proved, tuple(outcome for outcome in outcomes if outcome.verdict.startswith(("UNDECIDED", CRASHED)))
    )


def table(counts: dict[str, Counter[str]]) -> str:
    """Operators down, verdicts across."""
    columns = ("REFUTED", "UNDECIDED", CRASHED, "PROVED", LISTED, EXCUSED, EQUAL, UNDEFINED, NO_CLAIM)
    total: Counter[str] = sum(counts.values(), Counter())
    rows = [(name, counts[name]) for name in sorted(counts)] + [("all", total)]
    lines = [f"{'operator':24}" + "".join(f"{column:>11}" for column in columns)]
    return "\n".join(
        lines + [f"{name:24}" + "".join(f"{count[column]:>11}" for column in columns) for name, count in rows]
    )
