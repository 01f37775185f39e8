"""The ledger on a terminal: a table of readings with their verdicts, and a row with everything that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from symjepa.render.prose import plain
from symjepa.render.sentences import terminal_claim
from symjepa.render.sentences.parts import let_formula, point_words, rows_text
from symjepa.render.styles import TERMINAL
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Printed
from symjepa.verify.certificates import exact_rows, spoken
from symjepa.verify.ledger import Judged, LedgerRow, counts
from symjepa.verify.readings import TRUE_WHEN, Finding

WIDTH = 100
COLUMNS = (26, 32, 20, 16)
HEADS = ("printed claim", "reading", "verdict", "theorem")
SEEN = {"read": "read", "second-hand": "known second-hand", "recalled": "recalled"}


def table(rows: Sequence[LedgerRow]) -> Iterator[str]:
    """One line or more for each reading; a row without readings says so."""
    yield from _set(HEADS)
    for row in rows:
        yield "─" * WIDTH
        said = [(plain(one.finding.reading.words), verdict(row.printed, one.finding), one.label) for one in row.judged]
        for number, cells in enumerate(said or [("", "no reading", "")]):
            yield from _set(("" if number else row.printed.id, *cells))
    yield "─" * WIDTH


def _set(cells: Sequence[str]) -> Iterator[str]:
    wrapped = [wrap(cell, width) or [""] for cell, width in zip(cells, COLUMNS, strict=True)]
    for number in range(max(map(len, wrapped))):
        lines = (cell[number] if number < len(cell) else "" for cell in wrapped)
        yield "  ".join(line.ljust(width) for line, width in zip(lines, COLUMNS, strict=True)).rstrip()


def verdict(printed: Printed, finding: Finding) -> str:
    """The verdict with what it depends on."""
    said = spoken(printed, finding.kind)
    if finding.kind != TRUE_WHEN:
        return said
    when = " and ".join(terminal_claim(part) for claim in finding.reading.when for part in parts(claim))
    return said.replace(TRUE_WHEN, f"{TRUE_WHEN} {when}", 1)


def summary(rows: Sequence[LedgerRow]) -> str:
    """Counts in one line."""
    found = counts(rows)
    kinds = [
        f"{number} {name.replace('_', ' ')}"
        for name, number in found.items()
        if number and name not in ("rows", "readings", "without_verdict")
    ]
    without = f"; {found['without_verdict']} without a verdict" if found["without_verdict"] else ""
    heads = (_several(found["rows"], "printed claim"), _several(found["readings"], "reading"))
    return f"{', '.join(heads)}: {', '.join(kinds) or 'none'}{without}"


def _several(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def details(row: LedgerRow) -> Iterator[str]:
    """Everything about one row."""
    printed = row.printed
    seen = SEEN[printed.seen] + (f", relayed by {printed.relayed}" if printed.relayed else "")
    yield from _wrapped("", f"{printed.id}: {printed.source} ({seen})")
    yield from _wrapped("  print       ", plain(printed.words))
    yield from _wrapped("  conversion  ", plain(printed.conversion)) if printed.conversion else ()
    if not row.judged:
        yield "  no reading"
    for number, one in enumerate(row.judged, start=1):
        yield ""
        yield from _reading(row.printed, one, number)


def _reading(printed: Printed, one: Judged, number: int) -> Iterator[str]:
    found, own = one.finding, one.finding.reading
    expected = "" if found.as_expected else f"  BUT EXPECTED: {own.expected}"
    yield from _wrapped(f"  {number}. ", f"{verdict(printed, found)}  [{one.label}]{expected}")
    yield from _wrapped("     reading     ", plain(own.words))
    if own.conversion is not None and own.conversion != printed.conversion:
        yield from _wrapped("     conversion  ", plain(own.conversion) or "none")
    yield from _claims("     formally    ", [own.claim] if own.claim is not None else [])
    yield from _claims("     supposing   ", own.hypotheses or ())
    yield from _claims("     when        ", own.when)
    for let in found.let:
        yield from _wrapped("     where       ", let_formula(let, TERMINAL).line(TERMINAL))
    yield from _claims("     sharper     ", [own.sharper] if own.sharper is not None and found.settled else [])
    yield from _wrapped("     false at    ", _point(found)) if found.refuted else ()
    yield from _wrapped("     missing     ", plain(own.missing)) if own.missing else ()
    yield from _wrapped("     undecided   ", found.why[:600]) if found.why and not own.missing else ()


def _claims(lead: str, claims: Iterable[Claim]) -> Iterator[str]:
    """Each conjunct on lines of its own."""
    for part in (part for claim in claims for part in parts(claim)):
        yield from _wrapped(lead, terminal_claim(part))
        lead = " " * len(lead)


def _point(found: Finding) -> str:
    at = found.refuted and found.refuted.counterexample
    if not at:
        return ""
    matrices = [f"{TERMINAL.name(name)} = {rows_text(exact_rows(text))}" for name, text in sorted(at.matrices)]
    return ", ".join([*filter(None, [point_words(at.point)]), *matrices]) or "every point"


def _wrapped(lead: str, text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False)
