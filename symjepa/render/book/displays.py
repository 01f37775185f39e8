r"""Displays: rows `left relation summands (condition) mark`, aligned at the relation and broken before a sign.

Widths are estimates in points at 11 pt; they only decide where a display is broken, and the log of a run of LaTeX
tells whether that was enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symjepa.render.notation import MACROS, PLAIN

LINE = 360.0
"""Points that a display may fill: the width of an 11 pt article in LaTeX's own layout, so that fragments fit there."""
_INDENT = 22.0
_PLAIN = {macro: PLAIN[name] for name, macro in MACROS.items()}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.")
_RELATIONS = {"=", "<", ">", r"\leq", r"\geq", r"\neq", r"\to", r"\in", r"\mapsto"}
_UNPRINTED = {
    *(r"\left", r"\right", r"\biggl", r"\biggr", r"\dot", r"\overline"),
    *(r"\operatorname", r"\mathrm", r"\mathcal", r"\text"),
}
_WIDE = {
    **{r"\sum": 17.0, r"\prod": 16.0, r"\int": 12.0, r"\log": 19.0, r"\Sigma": 8.5, "W": 10.8, "(": 6.0, ")": 6.0},
    **{r"\qquad": 22.0, r"\quad": 11.0, r"\,": 2.0},
}


@dataclass(frozen=True)
class Row:
    """One formula of a display; `note` is a condition, `why` a reason, `mark` the verdict of what ends here."""

    left: str
    relation: str
    right: tuple[tuple[str, str], ...]
    note: str = ""
    why: str = ""
    mark: str = ""


def width(formula: str) -> float:
    """About how wide a formula is, in points."""
    tokens = [token for token in _TOKEN.findall(_plain(formula)) if token.strip()]
    return _sum(tokens, 0, len(tokens))


def _plain(formula: str) -> str:
    return re.sub(r"\\sj[A-Za-z]+", lambda found: _PLAIN.get(found[0], found[0]) + " ", formula)


def _sum(tokens: Sequence[str], start: int, end: int) -> float:
    """Widths one after the other; scripts above each other count once, fractions by their wider half."""
    total, place, scripts = 0.0, start, 0.0
    while place < end:
        token = tokens[place]
        if token in "^_":
            place, wide = _argument(tokens, place + 1, end)
            scripts, total = max(scripts, 0.72 * wide), total + max(0.0, 0.72 * wide - scripts)
            continue
        scripts = 0.0
        if token in (r"\frac", r"\tfrac"):
            place, above = _argument(tokens, place + 1, end)
            place, below = _argument(tokens, place, end)
            total += max(above, below) * (0.75 if token == r"\tfrac" else 1.0) + 4
        elif token == "{":
            place, wide = _argument(tokens, place, end)
            total += wide
        else:
            place, total = place + 1, total + _letter(token)
    return total


def _argument(tokens: Sequence[str], start: int, end: int) -> tuple[int, float]:
    """Where an argument ends, and its width."""
    if start >= end:
        return end, 0.0
    if tokens[start] != "{":
        return start + 1, _letter(tokens[start])
    depth, place = 1, start + 1
    while place < end and depth:
        depth += {"{": 1, "}": -1}.get(tokens[place], 0)
        place += 1
    return place, _sum(tokens, start + 1, place - 1)


def _letter(token: str) -> float:
    if token in _RELATIONS:
        return 15.0
    if token in _UNPRINTED or token in "}&":
        return 0.0
    if token in _WIDE:
        return _WIDE[token]
    if token in "+-":
        return 13.0
    return 5.0 if token in "()[]|,.:!/" else 8.5 if token.isupper() else 5.8


def display(rows: Iterable[Row], end: str = "") -> str:
    r"""An `align*`; `end` is the punctuation after the last row."""
    given = list(rows)
    shared = max((width(row.left) for row in given if width(row.left) < LINE / 3), default=0.0)
    lines: list[str] = []
    for place, row in enumerate(given):
        goes_on = place + 1 < len(given) and not given[place + 1].left and bool(given[place + 1].relation)
        closing = end if place == len(given) - 1 else "," if end and not goes_on else ""
        lines += _lines(row, shared, closing)
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {line}" for line in lines) + "\n\\end{align*}"


def _lines(row: Row, shared: float, closing: str) -> list[str]:
    formula = list(_broken(row, shared))
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


def _broken(row: Row, shared: float) -> Iterator[tuple[str, float]]:
    """Lines of one formula with their widths."""
    wide = width(row.left)
    if wide >= LINE / 3 and wide + sum(width(size) + 13 for _, size in row.right) > LINE:
        yield rf"&{row.left}", wide
        line, used, step = rf"&\qquad {row.relation}", _INDENT + 13, _INDENT + 13
    else:
        used = max(wide, shared) + 15
        line, step = f"{row.left} &{row.relation}", max(wide, shared) + _INDENT
    for place, (sign, size) in enumerate(row.right):
        lead = "" if place == 0 and sign == "+" else f"{sign} " if place or row.relation else "{-}"
        if place and used + width(size) + 13 > LINE:
            yield line, used
            line, used = r"&\qquad {}", step
        line, used = f"{line} {lead}{size}", used + width(size) + (13 if lead else 0)
    yield line, used
