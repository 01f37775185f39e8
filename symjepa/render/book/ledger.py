r"""The ledger as LaTeX: each printed claim, its readings, and the verdict that each deserves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symjepa.render.book.findings import claimed, place
from symjepa.render.book.hypotheses import put, suppose
from symjepa.render.book.printed import print_parts, verdict
from symjepa.render.book.prose import sentence
from symjepa.render.latex import rendered
from symjepa.render.ledger import summary
from symjepa.statements.claims import parts
from symjepa.statements.statement import Printed
from symjepa.verify.ledger import Judged, LedgerRow
from symjepa.verify.readings import Finding


def fragment(rows: Sequence[LedgerRow], version: str) -> str:
    """The rows, for `\\input`."""
    return rendered("ledger.tex.j2", version=version, rows=list(map(_row, rows)), summary=summary(rows))


def _row(row: LedgerRow) -> dict[str, Any]:
    told = print_parts(row.printed)
    return {
        **told,
        "source": _capital(told["source"]),
        "readings": [_reading(row.printed, one) for one in row.judged],
    }


def _reading(printed: Printed, one: Judged) -> dict[str, Any]:
    found, own = one.finding, one.finding.reading
    return {
        "verdict": verdict(printed, found),
        "by": rf"\sjtheorem{{{one.label}}}",
        "words": sentence(own.words),
        "claim": "" if own.claim is None else claimed(own.claim, "").strip(),
        "supposing": _supposing(found),
        "refuted": place(found.refuted.counterexample) if found.refuted else "",
        "conditional": bool(own.when),
        "missing": sentence(own.missing),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _supposing(found: Finding) -> str:
    given = [part for claim in found.reading.hypotheses or () for part in parts(claim)]
    told = [put("Here", found.let)] if found.let else []
    return "\n".join([*told, *([suppose("Supposed:", given)] if given else [])])
