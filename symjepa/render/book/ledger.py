r"""The ledger as LaTeX: each printed claim, its readings, and the verdict that each deserves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from symjepa.render.book.findings import claimed, place
from symjepa.render.book.printed import condition_in_line, print_parts, verdict
from symjepa.render.book.prose import sentence
from symjepa.render.book.said import LINE_STYLE, listed, math, said
from symjepa.render.claims import let_formula
from symjepa.render.latex import rendered
from symjepa.render.ledger import summary
from symjepa.render.widths import LINE, width
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Printed
from symjepa.verify.ledger import Judged, LedgerRow
from symjepa.verify.readings import Finding

MARGIN = 35.0
"""Points for a relation and an indent beside the widest piece of a display."""


def fragment(rows: Sequence[LedgerRow], version: str, labels: Collection[str] = ()) -> str:
    """The rows, for `\\input`; theorems among `labels` are referred to, others named."""
    shown = [_row(row, labels) for row in rows]
    return rendered("ledger.tex.j2", version=version, rows=shown, summary=summary(rows))


def _row(row: LedgerRow, labels: Collection[str]) -> dict[str, Any]:
    told = print_parts(row.printed)
    return {
        **told,
        "source": _capital(told["source"]),
        "readings": [_reading(row.printed, one, labels) for one in row.judged],
    }


def _reading(printed: Printed, one: Judged, labels: Collection[str]) -> dict[str, Any]:
    found, own = one.finding, one.finding.reading
    return {
        "verdict": verdict(printed, found),
        "by": rf"\cref{{{one.label}}}" if one.label in labels else rf"\textsf{{{one.label}}}",
        "words": sentence(own.words),
        "claim": "" if own.claim is None else _formally(own.claim),
        "supposing": _supposing(found),
        "refuted": place(found.refuted.counterexample) if found.refuted else "",
        "conditional": bool(own.when),
        "missing": sentence(own.missing),
    }


def _formally(claim: Claim) -> str:
    """The formal claim; of one that no line can hold, where it is to be found."""
    rows = [row for part in parts(claim) for row in said(part).rows]
    widest = max(width(piece) for row in rows for piece in (row.left, *(size for _, size in row.right)))
    if widest + MARGIN > LINE:
        return "wider than this page; it is in the certificate of the theorem, and in the ledger as data."
    return claimed(claim, "").strip()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _supposing(found: Finding) -> str:
    own = found.reading
    put = [math(let_formula(let, LINE_STYLE).line(LINE_STYLE)) for let in found.let]
    given = [condition_in_line(part) for claim in own.hypotheses or () for part in parts(claim)]
    return ". ".join([*([f"Here {listed(put)}"] if put else []), *([f"Supposed: {listed(given)}"] if given else [])])
