"""About how wide a formula is on paper, in points at 11 pt.

The estimates only decide where a formula is broken; the log of a run of LaTeX tells whether that was enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symjepa.render.notation import MACROS, PLAIN

LINE = 355.0
"""Points that a display may fill: the 360 of an 11 pt article in LaTeX's own layout, less what estimates may lack."""
_PLAIN = {macro: PLAIN[name] for name, macro in MACROS.items()}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.")
_RELATIONS = {"=", "<", ">", r"\leq", r"\geq", r"\neq", r"\to", r"\in", r"\mapsto"}
_UNPRINTED = {
    *(r"\biggl", r"\biggr", r"\dot", r"\overline"),
    *(r"\operatorname", r"\mathrm", r"\mathcal", r"\text"),
}
_WIDE = {
    **{r"\sum": 17.0, r"\prod": 16.0, r"\int": 12.0, r"\log": 16.0, r"\Sigma": 8.5, "W": 10.8, "w": 7.8},
    **{"(": 6.0, ")": 6.0, r"\left": 2.0, r"\right": 2.0, r"\sqrt": 9.0},
    **{r"\qquad": 22.0, r"\quad": 11.0, r"\,": 2.0},
}


def width(formula: str) -> float:
    """About how wide a formula is, in points."""
    tokens = [token for token in _TOKEN.findall(_plain(formula)) if token.strip()]
    return _sum(tokens, 0, len(tokens))


def _plain(formula: str) -> str:
    return re.sub(r"\\sj[A-Za-z]+", lambda found: _PLAIN.get(found[0], found[0]) + " ", formula)


def _sum(tokens: Sequence[str], start: int, end: int, inner: bool = False) -> float:
    """Widths one after the other; scripts above each other count once, fractions by their wider half.

    `inner`: inside of a fraction, where a further fraction is set small.
    """
    total, place, scripts = 0.0, start, 0.0
    while place < end:
        token = tokens[place]
        if token in "^_":
            place, wide = _argument(tokens, place + 1, end, inner)
            scripts, total = max(scripts, 0.72 * wide), total + max(0.0, 0.72 * wide - scripts)
            continue
        scripts = 0.0
        if token in (r"\frac", r"\tfrac"):
            place, above = _argument(tokens, place + 1, end, True)
            place, below = _argument(tokens, place, end, True)
            total += max(above, below) * (0.75 if inner or token == r"\tfrac" else 1.0) + 4
        elif token == "{":
            place, wide = _argument(tokens, place, end, inner)
            total += wide
        else:
            place, total = place + 1, total + _letter(token)
    return total


def _argument(tokens: Sequence[str], start: int, end: int, inner: bool) -> tuple[int, float]:
    """Where an argument ends, and its width."""
    if start >= end:
        return end, 0.0
    if tokens[start] != "{":
        return start + 1, _letter(tokens[start])
    depth, place = 1, start + 1
    while place < end and depth:
        depth += {"{": 1, "}": -1}.get(tokens[place], 0)
        place += 1
    return place, _sum(tokens, start + 1, place - 1, inner)


def _letter(token: str) -> float:
    if token in _RELATIONS:
        return 15.0
    if token in _UNPRINTED or token in "}&":
        return 0.0
    if token in _WIDE:
        return _WIDE[token]
    if token in "+-":
        return 13.0
    return 5.0 if token in "()[]|,.:!/" else 8.5 if token.isupper() else 5.5 if token.isdigit() else 6.1
