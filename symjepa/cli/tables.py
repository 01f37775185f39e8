"""Outcomes of checks as text: tables, and what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from symjepa.cli.checking import Outcome
from symjepa.verify.trust import TIERS, TrustedFile

WIDTH = 110
LONGEST = 600
"""Signs of a residual that are printed."""


def report(found: Sequence[Outcome]) -> str:
    """One line for each theorem, what failed, and a summary."""
    heads = ("theorem", "verdict", "scope", "rules", "near misses", "seconds")
    rows = [heads, *(_row(one) for one in found)]
    return "\n".join([*table(rows), *failures(found), "", summary(found)]) + "\n"


def failures(found: Sequence[Outcome]) -> list[str]:
    """What failed first in each theorem, and where."""
    failed = [line for one in found if one.first_failure for line in _failure(one)]
    return failed + [line for one in found for line in _disagreements(one)]


def _disagreements(one: Outcome) -> Iterator[str]:
    """Independent numerics that contradict a theorem, with the point at which they do."""
    for said in one.corroboration:
        if said["agrees"] is False:
            yield f"{one.label}: {said['by']} disagrees"
            yield f"  at          {said.get('against') or 'every point that was tried'}"


def _row(one: Outcome) -> tuple[str, ...]:
    scope = one.scope["text"] if one.scope and one.verdict == "PROVED" else "–"
    refuted = one.near_misses.count("REFUTED")
    corroborated = [found for found in one.corroboration if found["agrees"]]
    misses = f"{refuted} of {len(one.near_misses)} refuted" if one.near_misses else "–"
    rules = ", ".join(rule["name"] for rule in one.rules) or "–"
    if one.corroboration:
        misses += f"; {len(corroborated)} of {len(one.corroboration)} computations agree"
    return one.label, verdict(one), scope, rules, misses, f"{one.seconds:.1f}"


def verdict(one: Outcome) -> str:
    """The verdict in a table."""
    return f"{one.verdict} (conjecture)" if one.kind == "conjecture" else one.verdict


def table(rows: Sequence[tuple[str, ...]], widest: int = 44) -> Iterator[str]:
    """Columns set side by side; long cells run over several lines."""
    cells = [[wrap(cell, widest) or [""] for cell in row] for row in rows]
    widths = [max(len(line) for row in cells for line in row[column]) for column in range(len(rows[0]))]
    for row in cells:
        for number in range(max(len(cell) for cell in row)):
            pieces = [cell[number] if number < len(cell) else "" for cell in row]
            yield "  ".join(piece.ljust(width) for piece, width in zip(pieces, widths, strict=True)).rstrip()


def _failure(one: Outcome) -> Iterator[str]:
    failed = one.first_failure or {}
    place = f" at {one.file.rpartition('/')[2]}:{failed['line']}" if failed.get("line") else ""
    where = {"proof": "in the proof", "claim": "in the claim", "witness": "in the witness", "limit": "at a limit"}
    where["printed"] = "of a printed claim"
    yield ""
    part = where.get(failed["where"], "among the near misses")
    yield f"{one.label}: {_fault(one, failed)} {part}{place}"
    yield from _detail("source", failed.get("source", ""))
    yield from _detail("says", failed["claim"]["text"] if failed.get("claim") and "text" in failed["claim"] else "")
    yield from _detail("left over" if failed["where"] in ("proof", "claim") else "because", failed["residual"])
    found = failed.get("counterexample")
    if found:
        yield from _detail("false at", ", ".join(f"{name} = {number}" for name, number in found["point"].items()))
        yield from _detail("there", found["fails"])


def _fault(one: Outcome, failed: dict[str, Any]) -> str:
    return "an unexpected reading" if failed["where"] == "printed" else str(failed.get("verdict", one.verdict))


def _detail(name: str, text: str) -> Iterator[str]:
    shown = text if len(text) <= LONGEST else text[:LONGEST] + " …"
    for number, line in enumerate(wrap(shown, WIDTH - 14)):
        yield f"  {name if number == 0 else '':10}  {line}"


def summary(found: Sequence[Outcome]) -> str:
    """Counts over all theorems, in one line."""
    missed = [verdict for one in found for verdict in one.near_misses]
    theorems = [one for one in found if one.kind == "theorem"]
    proved = sum(one.verdict == "PROVED" for one in theorems)
    said = f"{proved} of {len(theorems)} theorem{'s' if len(theorems) != 1 else ''} proved, "
    return (
        said
        + f"{missed.count('REFUTED')} of {len(missed)} near misses refuted, {sum(one.seconds for one in found):.1f} s"
    )


def trusted(files: Sequence[TrustedFile]) -> str:
    """The trusted files, their lengths and their arguments."""
    lines = [f"{'lines':>5}  trusted file (without blanks, comments and docstrings)"]
    for tier, (role, _) in TIERS.items():
        own = [file for file in files if file.tier == tier]
        lines += ["", *wrap(f"{tier}: {role}", WIDTH)]
        for file in own:
            lines.append(f"{file.lines:5}  {file.name}")
            lines += [f"         {line}" for line in wrap(file.argument or "NO SOUNDNESS ARGUMENT", WIDTH - 9)]
        lines.append(f"{sum(file.lines for file in own):5}  {tier}, in {len(own)} files")
    lines += ["", f"{sum(file.lines for file in files):5}  in {len(files)} files"]
    return "\n".join(lines) + "\n"


def catalogue(chapters: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """The book by chapters."""
    for chapter, rows in chapters.items():
        yield chapter
        cells = [(row["label"], row["verdict"] or "", row["scope"] or "", row["title"]) for row in rows]
        yield from (f"  {line}" for line in table(cells, widest=60))
        yield ""
