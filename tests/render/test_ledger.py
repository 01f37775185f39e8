"""The ledger on paper: every print with its verdicts, references only to theorems that are there, nothing too wide."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import sympy as sp

from symjepa.catalogue import find, load
from symjepa.cli.typeset import typeset
from symjepa.render.book.ledger import fragment
from symjepa.render.book.theorem import Checked
from symjepa.render.book.theorem import fragment as theorem_fragment
from symjepa.render.latex import macros
from symjepa.render.widths import LINE, width
from symjepa.statements.claims import Less
from symjepa.statements.statement import Printed, Reading
from symjepa.verify.check import Report, check
from symjepa.verify.ledger import Judged, LedgerRow, ledger
from symjepa.verify.readings import Finding

LABELS = ("jepa-mode-ode", "effective-gradient", "null-gradient")


@cache
def report(label: str) -> Report:
    return check(load(find(label)))


def rows() -> tuple[LedgerRow, ...]:
    return ledger((label, report(label)) for label in LABELS)


def test_a_verdict_says_what_it_depends_on_and_that_it_is_relayed() -> None:
    told = fragment(rows(), "1.0")
    assert r"\sjverdict{true when $\sjL = 1$, as relayed}" in told
    assert r"Otherwise it fails at $\sjK = 1$, $\sjL = 2$" in told
    assert r"\sjrow{\cite[Eq.~7]{littwin2024jepa}} as relayed:" in told
    assert r"conversion: $\sjt_{\mathrm{paper}} = \sjL \sjt$" in told


def test_words_that_were_read_are_quoted_as_printed() -> None:
    assert "as printed: ``a vanishing gradient filters the noise out of the encoder''" in fragment(rows(), "1.0")


def test_an_open_reading_says_what_is_missing() -> None:
    assert r"\sjverdict{open}" in fragment(rows(), "1.0")
    assert "A verdict would need: all rank-$m$ fixed points" in fragment(rows(), "1.0")


def test_theorems_are_named_by_a_macro_that_the_book_turns_into_a_reference() -> None:
    assert r"\sjtheorem{jepa-mode-ode}" in fragment(rows(), "1.0")


def test_a_row_without_a_reading_is_not_left_out() -> None:
    bare = LedgerRow(Printed("somebody2000paper, Thm 1", "it learns", "second-hand"), ())
    assert "No reading has been given yet." in fragment([bare], "1.0")


def test_a_formal_claim_that_no_line_can_hold_is_broken_between_its_factors() -> None:
    wide = sp.Mul(*(sp.Symbol(f"x{n}", positive=True) + 1 for n in range(40)), evaluate=False)
    finding = Finding(Reading("so", "refuted", Less(wide, 0)), "refuted")
    row = LedgerRow(Printed("somebody2000paper, Thm 1", "it learns", "read"), (Judged("tiny", finding),))
    told = fragment([row], "1.0")
    assert r"\cdot" in told
    shown = [line for line in told.splitlines() if r"\left(" in line]
    assert len(shown) > 3
    assert max(map(width, shown)) < LINE + 30


def test_a_theorem_is_followed_by_what_was_printed_and_its_verdicts() -> None:
    label = "jepa-mode-ode"
    told = theorem_fragment(Checked(label, "jepa/jepa_mode_ode.py", load(find(label)), report(label)), "1.0")
    assert r"in the time $\sjL \sjt$: \sjverdict{confirmed after conversion, as relayed};" in told


def test_who_relayed_it_is_said() -> None:
    (row, *_) = rows()
    relayed = replace(row, printed=replace(row.printed, relayed="a talk", seen="recalled"))
    assert "as recalled by a talk" in fragment([relayed], "1.0")


@pytest.mark.needs("pdflatex")
def test_the_ledger_is_set_without_a_box_too_wide(tmp_path: Path) -> None:
    head = (r"\documentclass[11pt]{article}", r"\usepackage{amsmath,amssymb}", r"\input{symjepa-macros}")
    lines = (*head, r"\begin{document}", r"\input{ledger}", r"\end{document}")
    texts = {"page": "\n".join(lines), "ledger": fragment(rows(), "1.0"), "symjepa-macros": macros()}
    texts["ledger"] = texts["ledger"].replace(r"\cite[Eq.~7]{littwin2024jepa}", "a paper")
    for name, text in texts.items():
        (tmp_path / f"{name}.tex").write_text(text, "utf-8")
    made = typeset(tmp_path, "page")
    assert not made.failed, made.told
