"""One theorem as a page of text: statement, proof with a verdict per line, witness, near misses."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from symjepa.render.hypotheses import introduced, listed, supposed
from symjepa.render.ledger import details
from symjepa.render.prose import plain
from symjepa.render.sentences import terminal_claim
from symjepa.render.sentences.parts import instance_words, let_formula, point_words, rows_text
from symjepa.render.styles import TERMINAL
from symjepa.statements.statement import Conjecture, Instance, NearMiss, Statement, Theorem
from symjepa.verify.certificates import exact_rows, scope_object, scopes_of
from symjepa.verify.check import Line, Missed, Report
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.kernel.refute import Counterexample
from symjepa.verify.ledger import ledger

WIDTH = 110
MARKS = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗", Verdict.UNDECIDED: "?"}


def page(label: str, theorem: Theorem | Conjecture, report: Report) -> str:
    """Everything about one theorem."""
    sections = (
        _head(label, theorem, report),
        _hypotheses(theorem.statement, report),
        _claim(report),
        _proof(report),
        _missing(theorem),
        _witness(theorem.statement, report),
        _near_misses(theorem.statement, report),
        _printed(label, report),
    )
    return "\n".join("\n".join(section) + "\n" for section in map(list, sections) if section)


def _head(label: str, theorem: Theorem | Conjecture, report: Report) -> Iterator[str]:
    scope = scope_object(scopes_of(report))["text"]
    yield theorem.statement.title
    yield f"  {label}: {theorem.kind}, {report.verdict.value}" + (
        f", for {scope}" if report.verdict is Verdict.PROVED else ""
    )
    if theorem.statement.source:
        yield f"  source: {theorem.statement.source}"


def _hypotheses(statement: Statement, report: Report) -> Iterator[str]:
    symbols = introduced(statement, report, TERMINAL)
    if symbols:
        yield from _wrapped("Let ", f"{listed(symbols)}.")
    if statement.let:
        yield from _wrapped("Put ", f"{listed([let_formula(let, TERMINAL).line(TERMINAL) for let in statement.let])}.")
    rest = list(map(terminal_claim, supposed(statement)))
    if rest:
        yield from _wrapped("Suppose that ", f"{listed(rest)}.")


def _claim(report: Report) -> Iterator[str]:
    yield "Then"
    for line in report.claim:
        yield from _line(line)


def _proof(report: Report) -> Iterator[str]:
    if report.lines:
        yield "Proof"
    prose: list[str] = []
    for line in report.lines:
        if isinstance(line, str):
            prose.append(plain(line))
            continue
        yield from _wrapped("  ", " ".join(prose))
        prose = []
        yield from _line(line)
    yield from _wrapped("  ", " ".join(prose))


def _line(line: Line) -> Iterator[str]:
    why = getattr(line.claim, "why", "")
    said = terminal_claim(line.stated or line.claim) + (f"  ({plain(why)})" if why else "")
    yield from _wrapped(f"    {MARKS[line.verdict]} ", f"{said}  [{line.rule}]")
    if line.verdict is not Verdict.PROVED:
        yield from _wrapped("        left over: ", line.residual[:600])
        yield from _at(line.counterexample, "        ")


def _missing(theorem: Theorem | Conjecture) -> Iterator[str]:
    if isinstance(theorem, Conjecture):
        yield "Conjecture: a proof would need"
        yield from _wrapped("  ", plain(theorem.missing))


def _witness(statement: Statement, report: Report) -> Iterator[str]:
    yield f"Witness {MARKS[Verdict.PROVED] if report.witnessed else '✗'}"
    own = statement.witness
    for point in own if isinstance(own, tuple) else (own,):
        yield from _wrapped("  ", instance_words(point) if isinstance(point, Instance) else point_words(point))
    if not report.witnessed:
        yield from _wrapped("  ", report.witness)


def _near_misses(statement: Statement, report: Report) -> Iterator[str]:
    if report.near_misses:
        yield "Near misses, all false"
    for own, found in zip(statement.near_misses, report.near_misses, strict=True):
        yield from _near_miss(own if isinstance(own, NearMiss) else NearMiss(own), found)


def _near_miss(own: NearMiss, found: Missed) -> Iterator[str]:
    without = f"  without {', '.join(map(terminal_claim, own.without))}" if own.without else ""
    yield from _wrapped("    ✗ " if found.verdict is Verdict.REFUTED else "    ! ", terminal_claim(own.claim) + without)
    if own.why:
        yield from _wrapped("        ", plain(own.why))
    if found.verdict is not Verdict.REFUTED:
        yield f"        {found.verdict.value}, but a near miss must be REFUTED"
    yield from _at(found.counterexample, "        ")


def _printed(label: str, report: Report) -> Iterator[str]:
    rows = ledger([(label, report)])
    for number, row in enumerate(rows):
        yield "" if number else "Printed claims"
        yield from (f"  {line}".rstrip() for line in details(row))


def _at(found: Counterexample | None, indent: str) -> Iterator[str]:
    if found:
        matrices = [f"{TERMINAL.name(name)} = {rows_text(exact_rows(text))}" for name, text in sorted(found.matrices)]
        said = ", ".join([*filter(None, [point_words(found.point)]), *matrices])
        yield from _wrapped(f"{indent}false at ", said or "every point")


def _wrapped(lead: str, text: str) -> Iterator[str]:
    """Text set after a lead and hanging under its start."""
    yield from wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False)
