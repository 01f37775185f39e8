"""Checks theorems one after the other or several at once, each within a time limit, and hands back plain data."""

from __future__ import annotations

import ast
import linecache
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import TypeVar

from symjepa import book
from symjepa.catalogue import Entry, find, load, uses
from symjepa.errors import BadDerivation, SymjepaError, TooLarge
from symjepa.statements.statement import Conjecture, Theorem
from symjepa.verify.certificates import (
    Object,
    Source,
    Spelled,
    certificate,
    counterexample_object,
    rules_used,
    scope_object,
    scopes_of,
)
from symjepa.verify.check import Line, Report, check
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.readings import Finding

_T = TypeVar("_T")


@dataclass(frozen=True)
class Outcome:
    """What came of one file: plain data, so that another process can hand it over.

    `scope` is None if the check did not end, `near_misses` are verdicts, `misread` tells of a reading of a print
    that deserves another verdict than it expects, and `certificate` is made if it was asked for: it is long.
    """

    label: str
    file: str
    title: str = ""
    kind: str = "theorem"
    verdict: str = "UNDECIDED"
    as_expected: bool = False
    scope: Object | None = None
    near_misses: tuple[str, ...] = ()
    misread: bool = False
    certificate: Object | None = None
    rules: tuple[Object, ...] = ()
    corroboration: tuple[Object, ...] = ()
    first_failure: Object | None = None
    seconds: float = 0.0
    problem: str = ""

    @property
    def status(self) -> int:
        """0 as expected, 1 refuted (or a near miss not refuted), 2 undecided, 64 the file is at fault."""
        if self.problem:
            return 64
        if any(found["agrees"] is False for found in self.corroboration):
            return 1
        if self.as_expected:
            return 0
        missed = any(verdict != "REFUTED" for verdict in self.near_misses) or self.misread
        return 2 if (self.verdict == "UNDECIDED" and not missed) or self.scope is None else self._refuted(missed)

    def _refuted(self, missed: bool) -> int:
        return 1 if missed or self.verdict == "REFUTED" or self.kind == "conjecture" else 2


class Stopped(BaseException):
    """The time is up; no `except Exception` on the way may swallow it."""


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Raises Stopped inside the block when the time is up.  Needs the main thread of a system with alarms."""
    if seconds is None or not can_limit():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def can_limit() -> bool:
    """Whether this process can be interrupted by an alarm."""
    return hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()


def outcomes(
    names: Sequence[str],
    jobs: int,
    seconds: float | None,
    told: Callable[[int, int, str], None] = lambda *_: None,
    full: bool = False,
    certify: bool = False,
) -> list[Outcome]:
    """One outcome for each label or file, in their order; `told(done, all, label)` hears of progress."""
    return _each(partial(outcome, seconds=seconds, full=full, certify=certify), names, jobs, told)


def _each(
    work: Callable[[str], _T], names: Sequence[str], jobs: int, told: Callable[[int, int, str], None]
) -> list[_T]:
    """What comes of each name, in their order, in this process or in several."""
    if jobs == 1 or len(names) < 2:
        found = []
        for number, name in enumerate(names):
            told(number, len(names), name)
            found.append(work(name))
        told(len(names), len(names), "")
        return found
    with ProcessPoolExecutor(min(jobs, len(names)), mp_context=get_context("spawn")) as pool:
        try:
            futures = {pool.submit(work, name): name for name in names}
            for number, future in enumerate(as_completed(futures), start=1):
                told(number, len(names), futures[future])
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def outcome(name: str, seconds: float | None, full: bool = False, certify: bool = False) -> Outcome:
    """Checks one label or file (and corroborates it, if `full`); mistakes and limits are part of the outcome."""
    return examined(name, seconds, full, certify)[0]


def examined(
    name: str, seconds: float | None, full: bool = False, certify: bool = False
) -> tuple[Outcome, Report | None]:
    """The outcome, and the report that it was made from where there is one."""
    entry = find(name)
    begun = perf_counter()
    try:
        with limited(seconds):
            theorem = load(entry)
            report = check(theorem)
            agreements = _corroborated(theorem) if full else ()
            paper = certified(entry, theorem, report) if certify else None
            return _of_report(entry, theorem, report, paper, agreements, perf_counter() - begun), report
    except Stopped:
        told = f"stopped after {seconds:g} s; --time-limit allows more"
        return _stopped(entry, told, perf_counter() - begun), None
    except (TooLarge, RecursionError, MemoryError) as error:
        return _stopped(entry, f"{type(error).__name__}: {error}", perf_counter() - begun), None
    except SymjepaError as error:
        told = placed_message(entry, error)
        return Outcome(entry.label, file_name(entry), problem=told, seconds=perf_counter() - begun), None


def examined_all(
    names: Sequence[str], jobs: int, seconds: float | None, full: bool = False, certify: bool = False
) -> list[tuple[Outcome, Report | None]]:
    """Several theorems with their reports, in their order, with a bar for whoever watches."""
    return _each(partial(examined, seconds=seconds, full=full, certify=certify), names, jobs, progress)


def watched(names: Sequence[str]) -> Iterator[str]:
    """The names one by one, with a bar for whoever watches."""
    for number, name in enumerate(names):
        progress(number, len(names), name)
        yield name
    progress(len(names), len(names), "")


def status_of(report: Report) -> int:
    """Exit status of one checked theorem: 0 as expected, 1 refuted, 2 undecided."""
    if report.as_expected:
        return 0
    missed = any(miss.verdict is not Verdict.REFUTED for miss in report.near_misses)
    contrary = report.verdict is Verdict.REFUTED or (report.kind == "conjecture" and report.verdict is Verdict.PROVED)
    return 1 if missed or _contradicted(report) or contrary else 2


def _contradicted(report: Report) -> bool:
    """Whether a reading of a printed claim deserves another verdict than it expects; undecided ones have none."""
    return any(not f.as_expected and f.kind != "undecided" for row in report.printed for f in row.findings)


def report_of(entry: Entry, seconds: float | None) -> tuple[Theorem | Conjecture, Report]:
    """One theorem checked in this process; BadDerivation tells of its mistakes and of the time limit."""
    try:
        with limited(seconds):
            theorem = load(entry)
            return theorem, check(theorem)
    except Stopped as stopped:
        raise TooLarge(f"{entry.label}: stopped after {seconds:g} s; --time-limit allows more") from stopped
    except SymjepaError as error:
        raise BadDerivation(placed_message(entry, error)) from error


def _stopped(entry: Entry, told: str, seconds: float) -> Outcome:
    failure = {"where": "limit", "line": None, "source": "", "claim": None, "residual": told, "counterexample": None}
    return Outcome(entry.label, file_name(entry), title=told, first_failure=failure, seconds=seconds)


def file_name(entry: Entry) -> str:
    """A file of the book by its place in the book, another by its own name: certificates hold no paths of a machine."""
    return f"derivations/{entry.chapter}/{entry.file.name}" if entry.chapter else entry.file.name


def placed_message(entry: Entry, error: SymjepaError) -> str:
    """`file.py:12: what is wrong`, once."""
    text = str(error)
    if text.startswith(entry.file.name):
        return text
    line = error.parts.get("line") or keyword_line(entry.file, str(error.parts.get("part", "")))
    return f"{entry.file.name}{f':{line}' if line else ''}: {text}"


def keyword_line(file: Path, keyword: str) -> int | None:
    """The line where a keyword argument of `Statement(…)` stands."""
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "Statement":
            return next((argument.value.lineno for argument in call.keywords if argument.arg == keyword), call.lineno)
    return None


def source_of(entry: Entry) -> Source:
    """What a certificate says about its file."""
    return Source(entry.label, file_name(entry), entry.source_hash, uses(entry))


@cache
def spelled() -> Spelled:
    """Formulas as the other commands spell them in JSON; certificates repeat the same facts and sides of equations."""
    from symjepa.render.formulas import condition, formula
    from symjepa.render.sentences import claim_object
    from symjepa.render.words import word_formula

    spell = lru_cache(maxsize=20_000)
    return Spelled(claim_object, spell(condition), spell(formula), word_formula)


def certified(entry: Entry, theorem: Theorem | Conjecture, report: Report) -> Object:
    """The certificate of a checked file."""
    from symjepa.cli import version

    return certificate(source_of(entry), theorem, report, spelled(), version())


def _corroborated(theorem: Theorem | Conjecture) -> tuple[Object, ...]:
    """What independent numerics say of the claim."""
    from symjepa.verify.corroborate import corroborate

    found = corroborate(theorem)
    return tuple({"by": o.by, "agrees": o.agrees, "digits": o.digits, "against": o.against} for o in found)


def _of_report(
    entry: Entry,
    theorem: Theorem | Conjecture,
    report: Report,
    paper: Object | None,
    agreements: tuple[Object, ...],
    seconds: float,
) -> Outcome:
    return Outcome(
        label=entry.label,
        file=file_name(entry),
        title=theorem.statement.title,
        kind=report.kind,
        verdict=report.verdict.value,
        as_expected=report.as_expected,
        scope=scope_object(scopes_of(report)),
        near_misses=tuple(miss.verdict.value for miss in report.near_misses),
        misread=_contradicted(report),
        certificate=paper,
        rules=tuple(rules_used(report)),
        corroboration=agreements,
        first_failure=first_failure(entry, report),
        seconds=seconds,
    )


def first_failure(entry: Entry, report: Report) -> Object | None:
    """The first thing that is not as it should be: a line, else the witness, else a near miss; None if all is well."""
    line = report.first_failure
    if line is not None and not (report.kind == "conjecture" and line.verdict is Verdict.UNDECIDED):
        return _failing_line(entry, report, line)
    if not report.witnessed:
        return _failing_part(entry, "witness", report.witness)
    for number, miss in enumerate(report.near_misses, start=1):
        if miss.verdict is not Verdict.REFUTED:
            told = f"near miss {number} is {miss.verdict.value}, but must be REFUTED" + (
                f": {miss.why}" if miss.why else ""
            )
            return _failing_part(entry, "near_misses", told) | {"claim": spelled().claim(miss.claim)}
    return None if report.misread is None else _misread(entry, report.misread)


def _misread(entry: Entry, found: Finding) -> Object:
    """A reading of a printed claim whose verdict is not the one that was expected."""
    told = f"the reading “{found.reading.words}” is {found.kind}, but {found.reading.expected} was expected"
    refuted = found.refuted
    point = counterexample_object(refuted.counterexample) if refuted else None
    claim = found.reading.claim
    return _failing_part(entry, "printed", told + (f": {found.why}" if found.why else "")) | {
        "claim": None if claim is None else spelled().claim(claim),
        "counterexample": point,
    }


def _failing_line(entry: Entry, report: Report, line: Line) -> Object:
    where = "claim" if any(line is own for own in report.claim) else "proof"
    return {
        "where": where,
        "line": line.at or keyword_line(entry.file, "claim"),
        "source": linecache.getline(str(entry.file), line.at).strip() if line.at else "",
        "claim": spelled().claim(line.stated or line.claim),
        "verdict": line.verdict.value,
        "residual": line.residual,
        "counterexample": counterexample_object(line.counterexample),
    }


def _failing_part(entry: Entry, part: str, told: str) -> Object:
    line = keyword_line(entry.file, part)
    source = linecache.getline(str(entry.file), line).strip() if line else ""
    return {"where": part, "line": line, "source": source, "claim": None, "residual": told, "counterexample": None}


def progress(done: int, every: int, name: str) -> None:
    """A bar on stderr, if somebody watches."""
    if sys.stderr.isatty():
        filled = 24 * done // max(every, 1)
        line = f"\r[{'█' * filled}{' ' * (24 - filled)}] {done}/{every} {name[:40]:40}"
        print(line if done < every else "\r" + " " * len(line) + "\r", end="", file=sys.stderr, flush=True)


def whole_book() -> list[str]:
    """Every label of the book, chapter by chapter."""
    return [name.rpartition(".")[2].replace("_", "-") for name in book.theorems()]
