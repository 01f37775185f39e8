"""What a statement supposes: symbols with their assumptions, abbreviations, and relations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import sympy as sp
from sympy.core.function import AppliedUndef

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


def hypotheses(
    statement: Statement, report: Report, claim: str = "", where: Callable[[Claim], str] = lambda claim: ""
) -> Iterator[str]:
    """The sentences before the claim as it is printed; `where`: in which of its parts a condition is needed, if not in
    all.
    """
    rest = supposed(statement)
    given = [put("Put", statement.let)] if statement.let else []
    given += [suppose("Suppose that", rest, where)] if rest else []
    printed = "\n".join([*given, claim])
    symbols = introduced(statement, report, STYLE, lambda symbol: not claim or occurs(symbol, printed))
    if symbols:
        yield f"Let {listed(symbols)}."
    yield from given


def occurs(symbol: sp.Expr, text: str) -> bool:
    """Whether the formulas of a text show a letter, or any term of a sequence."""
    spelled = STYLE.expr(symbol)
    shown = spelled.partition("_")[0] + "_" if isinstance(symbol, AppliedUndef) else spelled.partition("^")[0]
    letter = re.escape(shown)
    formulas = " ".join(re.findall(r"\$.+?\$|\\begin\{align\*\}.+?\\end\{align\*\}", text, re.DOTALL))
    return re.search(rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])", formulas) is not None


def put(lead: str, lets: Sequence[Let]) -> str:
    """Abbreviations, those that are easily read in the line first."""
    formulas = [let_formula(let, LINE_STYLE).line(LINE_STYLE) for let in lets]
    return _told(lead, formulas, [row(STYLE.expr(let.symbol), let.value) for let in lets])


def suppose(lead: str, claims: Sequence[Claim], where: Callable[[Claim], str] = lambda claim: "") -> str:
    """Conditions, likewise; those for some parts only come last."""
    every = [claim for claim in claims if not where(claim)]
    some = [f"{math(condition(claim))} {where(claim)}" for claim in claims if where(claim)]
    rows = [as_row(condition_formula(claim, STYLE)) for claim in every]
    return _told(lead, list(map(condition, every)), rows, some)


def _told(lead: str, formulas: Sequence[str], rows: Sequence[Row], more: Sequence[str] = ()) -> str:
    short = [*(math(formula) for formula in formulas if _in_line(formula)), *more]
    wide = [shown for formula, shown in zip(formulas, rows, strict=True) if not _in_line(formula)]
    if not wide:
        return f"{lead} {listed(short)}."
    return f"{lead} {', '.join([*short, ''])}\n{display(wide, '.')}"


def _in_line(formula: str) -> bool:
    return width(formula) <= LINE / 2 and r"\int" not in formula and r"\sum" not in formula
