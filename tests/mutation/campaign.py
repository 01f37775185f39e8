"""Checks the mutants of the book, conjunct by conjunct, and counts."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from functools import lru_cache, partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import sympy as sp

from symjepa.catalogue import entries, find, load
from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact
from symjepa.statements.claims import Claim, Hits, parts
from symjepa.statements.statement import Instance, NearMiss, Statement, Theorem
from symjepa.verify.check import _proof, context_of, unfolded, unfolding
from symjepa.verify.kernel.decide import Context, Verdict, decide
from symjepa.verify.kernel.points import Point
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Plan
from symjepa.verify.obligations.local import fact_of
from tests.mutation.implied import Setting, without
from tests.mutation.listed import follows, reason
from tests.mutation.mutants import abbreviated, differs, mutants

TO_DECIDE, TO_REFUTE, TO_EXCUSE = 2.0, 4.0, 5.0
"""Seconds of this process, not of the clock on the wall: a busy machine changes no verdict."""
EQUAL, UNDEFINED, NO_CLAIM, LISTED, EXCUSED = "equal", "undefined", "no claim", "also true", "excused"
"""Not counted as false: equal to the original, defined nowhere, refused by the compiler; PROVED, listed with a reason;
UNDECIDED and listed with a reason (implied by the claim, or without a meaning where a condition is dropped)."""

CRASHED = "CRASHED"


Job = tuple[str, int]
"""A theorem and the number of a conjunct of its claim; -1 stands for its hypotheses."""


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


Judged = tuple[Job, list[Outcome]]

AGAIN = 0.25
"""What is called back from C may swallow the first alarm."""


class OutOfTime(Exception):
    """A mutant took too long."""


@contextmanager
def at_most(seconds: float) -> Iterator[list[bool]]:
    """Work that is interrupted when its time is over; yields a list that is not empty from then on."""
    rung: list[bool] = []

    def stop(*_: Any) -> None:
        rung.append(True)
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        yield rung
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def jobs(labels: Iterable[str] = ()) -> list[Job]:
    """One job for each conjunct of each theorem, and one (-1) for its hypotheses."""
    chosen = [entry.label for entry in entries() if not labels or entry.label in set(labels)]
    counted = {label: load(find(label)) for label in chosen}
    return [(label, i) for label, theorem in counted.items() for i in range(-1, len(parts(theorem.statement.claim)))]


def run(job: Job, every: int = 1) -> list[Outcome]:
    """The outcomes of all mutants of one conjunct, or of every second, third, … of them (and of no hypotheses)."""
    label, number = job
    theorem = load(find(label))
    if not isinstance(theorem, Theorem):
        return []
    if number < 0:
        return list(_without_hypotheses(label, theorem)) if every == 1 else []
    setting, rule = _setting(label), unfolding(theorem.statement)
    claim = parts(theorem.statement.claim)[number]
    found = []
    changed = chain(mutants(claim), abbreviated(claim, theorem.statement.let))
    for mutant in islice(changed, number % every, None, every):
        verdict = _judged(rule(claim), rule, mutant.claim, setting)
        outcome = Outcome(label, number, mutant.operator, mutant.field, verdict, "")
        found.append(_listed(outcome, claim, mutant.claim, setting))
    return found


@lru_cache(maxsize=2)
def _setting(label: str) -> Setting:
    """What is known before the claim is mutated, and (to see what follows from it) the claim itself."""
    theorem = load(find(label))
    assert isinstance(theorem, Theorem)
    statement = unfolded(theorem.statement)
    hypotheses = context_of(statement.hypotheses)
    known = _proof(theorem, statement, hypotheses)[1]
    claims = parts(statement.claim)
    learned = tuple(fact for part in claims for fact in compiled(part).learned)
    supposed = {*hypotheses.facts}
    hits = (one for one in claims if isinstance(one, Hits) and {*map(fact_of, one.on)} <= supposed)
    times = tuple(Fact(one.time, "nonnegative") for one in hits)
    return Setting(hypotheses, known, replace(known, facts=(*known.facts, *learned, *times)), witnesses(statement))


def _listed(outcome: Outcome, claim: Claim, mutant: Claim, setting: Setting) -> Outcome:
    """The outcome with what was changed, or with the reason why it does not count as a false mutant."""
    proved = outcome.verdict == "PROVED"
    why = ""
    if proved or outcome.verdict == "UNDECIDED":
        asked = partial(reason, outcome.label, outcome.operator, outcome.field, claim, mutant, proved, setting)
        why = _in_time(TO_EXCUSE, asked) or ""
    verdict = (LISTED if proved else EXCUSED) if why else outcome.verdict
    return replace(outcome, verdict=verdict, said=why or _said(claim, mutant))


def witnesses(statement: Statement) -> tuple[Point, ...]:
    """Points at which the hypotheses hold, and those of near misses: where to look for points against a mutant."""
    own = statement.witness if isinstance(statement.witness, tuple) else (statement.witness,)
    missed = (miss.at for miss in statement.near_misses if isinstance(miss, NearMiss) and miss.at is not None)
    return tuple({s: sp.Rational(x) for s, x in at.items()} for at in (*own, *missed) if not isinstance(at, Instance))


def _judged(claim: Claim, rule: Any, mutant: Claim, setting: Setting) -> str:
    """Decided, then refuted, each in its own time: a claim that takes long to decide may still have a point.

    What has a point is false; only of the others it is asked whether they say anything else, or anything at all; and
    for a point against what does not follow from the claim it is looked long.
    """
    try:
        changed = rule(mutant)
        plan = compiled(changed)
    except SymjepaError:
        return NO_CLAIM
    proved = _in_time(TO_DECIDE, partial(_shown, plan, setting.known))
    try:
        looked = (None,) if proved else _looked(plan, setting, TO_REFUTE / 4)
        if looked is None or looked == (None,):
            different = _in_time(TO_DECIDE, partial(_apart, claim, changed, setting)) or (True,)
            if different[0] is not True:
                return EQUAL if different[0] is False else UNDEFINED
        if looked is None and not _in_time(TO_DECIDE, partial(follows, claim, changed, setting)):
            looked = _looked(plan, setting, TO_REFUTE)
    except Exception as error:  # a defect of the checker, and no reason to lose the campaign
        return f"{CRASHED} {type(error).__name__}"
    if looked and looked[0]:
        return str(Verdict.REFUTED.value)
    return str((Verdict.PROVED if proved else Verdict.UNDECIDED).value)


def _looked(plan: Plan, setting: Setting, seconds: float) -> tuple[Any] | None:
    """A point against a mutant, or None in its place; None alone if there was no time to look everywhere."""
    return _in_time(seconds, lambda: (refute(plan, setting.hypotheses, near=setting.near),))


def _apart(claim: Claim, changed: Claim, setting: Setting) -> tuple[bool | None]:
    return (differs(claim, changed, setting.hypotheses, setting.near),)


def _shown(plan: Plan, context: Context) -> bool:
    return all(decide(obligation, context).proved for obligation in plan.obligations)


def _in_time(seconds: float, question: Callable[[], Any]) -> Any:
    """The answer, or None if it takes too long, whatever an interrupted callback makes of that."""
    with suppress(OutOfTime), at_most(seconds) as rung:
        try:
            return question()
        except Exception:
            if not rung:
                raise
    return None


def _said(claim: Claim, mutant: Claim) -> str:
    """The first field that differs."""
    for name in claim.__dataclass_fields__:
        ours, theirs = getattr(claim, name), getattr(mutant, name)
        if ours != theirs:
            return f"{ours}  →  {theirs}"[:300]
    return ""


def _without_hypotheses(label: str, theorem: Theorem) -> Iterator[Outcome]:
    """Each hypothesis dropped: some conjunct must be refuted without it, or say nothing."""
    statement = unfolded(theorem.statement)
    near = witnesses(statement)
    for i, dropped in enumerate(statement.hypotheses):
        context = context_of(statement.hypotheses[:i] + statement.hypotheses[i + 1 :])
        verdict = _judged_without(parts(statement.claim), context, dropped, near)
        setting = Setting(context, context, context, near)
        yield _listed(Outcome(label, -1, "hypothesis dropped", str(i), verdict, ""), dropped, dropped, setting)


def _judged_without(conjuncts: tuple[Claim, ...], context: Context, dropped: Claim, near: tuple[Point, ...]) -> str:
    """Of all conjuncts: a point against one is looked for shortly in each, then long in those that are left open."""
    plans = [compiled(part) for part in conjuncts]
    for seconds in (TO_REFUTE / 4, TO_REFUTE):
        if any(_in_time(seconds, partial(refute, plan, context, near=near)) for plan in plans):
            return str(Verdict.REFUTED.value)
        kept = {plan.claim: _in_time(TO_DECIDE, partial(_shown, plan, context)) for plan in plans}
        plans = [plan for plan in plans if not kept[plan.claim]]
    if not plans:
        return str(Verdict.PROVED.value)
    silent = all(_in_time(TO_REFUTE, partial(without, plan.claim, context, dropped, near)) for plan in plans)
    return UNDEFINED if silent else str(Verdict.UNDECIDED.value)


def campaign(
    labels: Iterable[str] = (), processes: int = 1, every: int = 1, done: Container[Job] = ()
) -> Iterator[Judged]:
    """Every conjunct of the book (or of some theorems of it) with its mutants (or a sample), as they are judged."""
    left = [job for job in jobs(labels) if job not in done]
    with get_context("fork").Pool(processes) as pool:
        yield from pool.imap_unordered(partial(_with_job, every=every), left, chunksize=1)


def _with_job(job: Job, every: int) -> Judged:
    return job, run(job, every)


def told(judged: Iterable[Judged], labels: Iterable[str], say: Callable[[str], None]) -> list[Outcome]:
    """All outcomes, in the order of the book; as each theorem is done, one line says what was found."""
    left = Counter(label for label, _ in jobs(labels))
    found: dict[str, dict[int, list[Outcome]]] = {label: {} for label in left}
    for (label, number), outcomes in (one for one in judged if one[0][0] in found):
        found[label][number] = outcomes
        left[label] -= 1
        if not left[label]:
            own = list(chain.from_iterable(found[label].values()))
            one = summary(own)
            say(f"{label}: {len(own)} mutants, {one.refuted:.1%} of the false ones REFUTED, {len(one.open)} open")
    return [outcome for of_one in found.values() for number in sorted(of_one) for outcome in of_one[number]]


def kept(judged: Iterable[Judged], file: Path | None, every: int) -> Iterator[Judged]:
    """The same; each conjunct is written down as it is judged, in a line of its own."""
    for job, outcomes in judged:
        if file is not None:
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([job, every, [astuple(outcome) for outcome in outcomes]]) + "\n")
        yield job, outcomes


def judged_before(file: Path | None, every: int) -> dict[Job, list[Outcome]]:
    """What was written down of the same sample; a line that was not finished is left out."""
    found: dict[Job, list[Outcome]] = {}
    lines = file.read_text("utf-8").splitlines() if file is not None and file.exists() else []
    for line in lines:
        with suppress(json.JSONDecodeError):
            (label, number), of, outcomes = json.loads(line)
            if of == every:
                found[label, number] = [Outcome(*one) for one in outcomes]
    return found


@dataclass(frozen=True)
class Summary:
    """Counts by operator and by chapter, and what speaks against the kernel."""

    counts: dict[str, Counter[str]]
    chapters: dict[str, Counter[str]]
    proved: tuple[Outcome, ...]
    open: tuple[Outcome, ...]

    @property
    def refuted(self) -> float:
        """The share of false mutants that are REFUTED."""
        return _share(sum(self.counts.values(), Counter()))


def summary(outcomes: Iterable[Outcome]) -> Summary:
    outcomes = list(outcomes)
    chapter = {entry.label: entry.chapter for entry in entries()}
    proved = tuple(outcome for outcome in outcomes if outcome.verdict == "PROVED")
    return Summary(
        _counted(outcomes, lambda outcome: outcome.operator),
        _counted(outcomes, lambda outcome: chapter.get(outcome.label, "")),
        proved,
        tuple(outcome for outcome in outcomes if outcome.verdict.startswith(("UNDECIDED", CRASHED))),
    )


def _counted(outcomes: list[Outcome], of: Callable[[Outcome], str]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        counts.setdefault(of(outcome), Counter())[outcome.column] += 1
    return counts


COLUMNS = ("REFUTED", "UNDECIDED", CRASHED, "PROVED", LISTED, EXCUSED, EQUAL, UNDEFINED, NO_CLAIM)


def table(counts: dict[str, Counter[str]], of: str = "operator", in_order: bool = False) -> str:
    """Operators (or chapters) down, verdicts across; the last column is the share of the false ones that is REFUTED."""
    rows = [(name, counts[name]) for name in (counts if in_order else sorted(counts))]
    rows.append(("all", sum(counts.values(), Counter())))
    lines = [f"{of:24}" + "".join(f"{column:>11}" for column in COLUMNS) + f"{'share':>8}"]
    for name, count in rows:
        lines.append(f"{name:24}" + "".join(f"{count[c]:>11}" for c in COLUMNS) + f"{_share(count):>8.1%}")
    return "\n".join(lines)


def _share(count: Counter[str]) -> float:
    false = sum(count[column] for column in ("REFUTED", "UNDECIDED", CRASHED, "PROVED"))
    return count["REFUTED"] / false if false else 1.0
