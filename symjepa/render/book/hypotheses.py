"""What a statement supposes: symbols with their assumptions, abbreviations, and relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symjepa.render.book.displays import Row, display
from symjepa.render.book.phrases import condition, math, row
from symjepa.render.book.said import said
from symjepa.render.hypotheses import introduced, listed, supposed
from symjepa.render.sentences.parts import let_formula
from symjepa.render.styles import LINE_STYLE
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.render.widths import LINE, width
from symjepa.statements.statement import Statement
from symjepa.verify.check import Report


def hypotheses(statement: Statement, report: Report) -> Iterator[str]:
    """The sentences before the claim."""
    symbols = introduced(statement, report, STYLE)
    if symbols:
        yield f"Let {listed(symbols)}."
    if statement.let:
        lines = [let_formula(let, LINE_STYLE).line(LINE_STYLE) for let in statement.let]
        yield _told("Put", lines, [row(STYLE.expr(let.symbol), let.value) for let in statement.let])
    rest = supposed(statement)
    if rest:
        yield _told("Suppose that", list(map(condition, rest)), [one for claim in rest for one in said(claim).rows])


def _told(lead: str, formulas: Sequence[str], rows: Sequence[Row]) -> str:
    """Formulas in the line where a line holds them, then those that need a display."""
    short = [math(formula) for formula in formulas if width(formula) <= LINE]
    wide = [shown for formula, shown in zip(formulas, rows, strict=True) if width(formula) > LINE]
    if not wide:
        return f"{lead} {listed(short)}."
    return f"{lead} {', '.join([*short, ''])}\n{display(wide, '.')}"
