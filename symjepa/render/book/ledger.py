r"""The ledger as LaTeX: each printed claim, its readings, and the verdict that each deserves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symjepa.render.book.findings import claimed, place
from symjepa.render.book.hypotheses import occurs, put, suppose
from symjepa.render.book.printed import print_parts, verdict
from symjepa.render.book.prose import sentence
from symjepa.render.latex import rendered
from symjepa.render.ledger import summary
from symjepa.statements.claims import parts
from symjepa.statements.statement import Let, Printed
from symjepa.verify.ledger import Judged, LedgerRow
from symjepa.verify.readings import TRUE_WHEN, Finding


def fragment(rows: Sequence[LedgerRow], version: str) -> str:
    """The rows, for `\\input`."""
    counted = summary(rows).replace(TRUE_WHEN, "true under a condition")
    return rendered("ledger.tex.j2", version=version, rows=list(map(_row, rows)), summary=counted)


def _row(row: LedgerRow) -> dict[str, Any]:
    told = print_parts(row.printed)
    return {
        **told,
        "source": _capital(told["source"]),
        "readings": [_reading(row.printed, one) for one in row.judged],
    }


def _reading(printed: Printed, one: Judged) -> dict[str, Any]:
    found, own = one.finding, one.finding.reading
    claim = "" if own.claim is None else claimed(own.claim, "").strip()
    return {
        "verdict": verdict(printed, found),
        "by": rf"\sjtheorem{{{one.label}}}",
        "words": sentence(own.words),
        "claim": claim,
        "supposing": _supposing(found, claim),
        "refuted": place(found.refuted.counterexample) if found.refuted else "",
        "conditional": bool(own.when),
        "missing": sentence(own.missing),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _supposing(found: Finding, claim: str) -> str:
    given = [part for hypothesis in found.reading.hypotheses or () for part in parts(hypothesis)]
    nothing = "" if found.reading.hypotheses is None else "Supposed: nothing."
    supposed = suppose("Supposed:", given) if given else nothing
    lets = _needed(found.let, f"{claim}\n{supposed}")
    return "\n".join(filter(None, (put("Here", lets) if lets else "", supposed)))


def _needed(lets: Sequence[Let], text: str) -> list[Let]:
    """The abbreviations that a text shows, and those that these need."""
    kept: list[Let] = []
    for let in reversed(lets):
        if occurs(let.symbol, text) or any(let.symbol in one.value.free_symbols for one in kept):
            kept.insert(0, let)
    return kept
