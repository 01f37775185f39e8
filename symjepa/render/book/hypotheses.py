"""What a statement supposes: symbols with their assumptions, abbreviations, and relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symjepa.render.book.displays import Row, display
from symjepa.render.book.phrases import as_row, condition, math, row
from symjepa.render.hypotheses import introduced, listed, supposed
from symjepa.render.sentences.parts import condition_formula, let_formula
from symjepa.render.styles import LINE_STYLE
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.render.widths import LINE, width
from symjepa.statements.claims import Claim
from symjepa.statements.statement import Let, Statement
from symjepa.verify.check import Report


def hypotheses(statement: Statement, report: Report) -> Iterator[str]:
    """The sentences before the claim."""
    symbols = introduced(statement, report, STYLE)
    if symbols:
        yield f"Let {listed(symbols)}."
    if statement.let:
        yield put("Put", statement.let)
    rest = supposed(statement)
    if rest:
        yield suppose("Suppose that", rest)


def put(lead: str, lets: Sequence[Let]) -> str:
    """Abbreviations, those that are easily read in the line first."""
    formulas = [let_formula(let, LINE_STYLE).line(LINE_STYLE) for let in lets]
    return _told(lead, formulas, [row(STYLE.expr(let.symbol), let.value) for let in lets])


def suppose(lead: str, claims: Sequence[Claim]) -> str:
    """Conditions, likewise."""
    return _told(lead, list(map(condition, claims)), [as_row(condition_formula(claim, STYLE)) for claim in claims])


def _told(lead: str, formulas: Sequence[str], rows: Sequence[Row]) -> str:
    short = [math(formula) for formula in formulas if _in_line(formula)]
    wide = [shown for formula, shown in zip(formulas, rows, strict=True) if not _in_line(formula)]
    if not wide:
        return f"{lead} {listed(short)}."
    return f"{lead} {', '.join([*short, ''])}\n{display(wide, '.')}"


def _in_line(formula: str) -> bool:
    return width(formula) <= LINE / 2 and r"\int" not in formula and r"\sum" not in formula
