r"""Displays: rows `left relation summands (condition) mark`, aligned at the relation and broken before a sign."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symjepa.render.widths import LINE, width

_INDENT = 22.0


@dataclass(frozen=True)
class Row:
    """One formula of a display; `note` is a condition, `why` a reason, `mark` the verdict of what ends here.

    `lead` is the left side in pieces, between which it is broken where it is wider than a line.
    """

    left: str
    relation: str
    right: tuple[tuple[str, str], ...]
    note: str = ""
    why: str = ""
    mark: str = ""
    lead: tuple[tuple[str, str], ...] = ()


def display(rows: Iterable[Row], end: str = "") -> str:
    r"""An `align*`; `end` is the punctuation after the last row."""
    given = list(rows)
    shared = max((width(row.left) for row in given if width(row.left) < LINE / 3), default=0.0)
    lines: list[str] = []
    room = LINE - max((min(_right(row), LINE) for row in given), default=0.0)
    for place, row in enumerate(given):
        goes_on = place + 1 < len(given) and not given[place + 1].left and bool(given[place + 1].relation)
        closing = end if place == len(given) - 1 else "," if end and not goes_on else ""
        lines += _lines(row, shared, closing, room)
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {line}" for line in lines) + "\n\\end{align*}"


def _right(row: Row) -> float:
    return sum(width(size) + 13 for _, size in row.right)


def _lines(row: Row, shared: float, closing: str, room: float) -> list[str]:
    formula = list(_broken(row, shared, room))
    line, used = formula[-1]
    for extra in filter(None, (row.note, _reason(row.why))):
        wide = width(re.sub(r"\\text\{|\$|\\textup\{", "", extra)) + 24
        if used + wide > LINE:
            formula[-1] = (line, used)
            formula.append(("&", _INDENT + shared))
            line, used = formula[-1]
        line, used = f"{line} \\qquad {extra}", used + wide
        formula[-1] = (line, used)
    lines = [line for line, _ in formula]
    return [*lines[:-1], lines[-1] + closing + row.mark]


def _reason(why: str) -> str:
    return rf"\text{{({why})}}" if why and len(why) < 66 else ""


def _broken(row: Row, shared: float, room: float) -> Iterator[tuple[str, float]]:
    """Lines of one formula with their widths; `room` is what the rows of the display leave for a left side."""
    wide = width(row.left)
    beside = max(wide, shared) + 15 + max(width(size) for _, size in row.right[:1] or [("", "")])
    if (wide >= LINE / 3 and wide > min(room, LINE - _right(row))) or (wide and beside > LINE):
        pieces = row.lead if wide > LINE and row.lead else (("+", row.left),)
        yield from _flowed("&", 0.0, pieces, _INDENT)
        yield from _flowed(rf"&\qquad {row.relation}", _INDENT + 13, row.right, _INDENT + 13)
    else:
        used = max(wide, shared)
        yield from _flowed(f"{row.left} &{row.relation}", used + 15, row.right, used + _INDENT)


def _flowed(line: str, used: float, pieces: Sequence[tuple[str, str]], step: float) -> Iterator[tuple[str, float]]:
    """Pieces behind each other, on a new line where one is full; `step` is the indent of the lines after the first."""
    begun = line not in ("&", " &")
    for place, (sign, size) in enumerate(pieces):
        lead = "" if place == 0 and sign == "+" else f"{sign} " if place or begun else f"{{{sign}}}"
        if place and used + width(size) + 13 > LINE:
            yield line, used
            line, used = r"&\qquad {}", step
        line, used = f"{line} {lead}{size}", used + width(size) + (13 if lead else 0)
    yield line, used
