"""What checking a theorem found besides its proof: verdict, scope, rules, witness and near misses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from symjepa.render.book.displays import display
from symjepa.render.book.paragraphs import joined, merged, row_width
from symjepa.render.book.phrases import condition, math
from symjepa.render.book.prose import sentence
from symjepa.render.book.said import said
from symjepa.render.book.theorem import Checked, rule_words, verdict
from symjepa.render.hypotheses import listed
from symjepa.render.latex import rendered
from symjepa.render.styles import LINE_STYLE
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Instance, NearMiss, Statement
from symjepa.verify.certificates import exact_rows, rules_used
from symjepa.verify.check import Missed
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.kernel.refute import Counterexample

SHORT = 180.0
"""Points that a formula of a near miss may fill in the line."""


def findings(checked: Checked) -> str:
    """Verdict, scope, rules, witness and near misses."""
    report, statement = checked.report, checked.theorem.statement
    return rendered(
        "findings.tex.j2",
        verdict=verdict(checked),
        rules=[rule_words(rule["name"]) for rule in rules_used(report)],
        uses=[sentence(title) for title in report.uses],
        witness=_witness(statement),
        witnessed=report.witnessed,
        near_misses=[_near_miss(o, f) for o, f in zip(statement.near_misses, report.near_misses, strict=True)],
    )


def _witness(statement: Statement) -> list[str]:
    own = statement.witness
    several = own if isinstance(own, tuple) else (own,)
    return [_instance(point) if isinstance(point, Instance) else _point(point) for point in several]


def _point(point: Any) -> str:
    """An exact point; the variable of a characteristic polynomial is none of it."""
    entries = sorted(point.items(), key=lambda entry: str(entry[0]))
    kept = [(symbol, number) for symbol, number in entries if str(symbol) != "_x"]
    return ", ".join(math(f"{STYLE.expr(symbol)} = {LINE_STYLE.expr(sp.Rational(number))}") for symbol, number in kept)


def _instance(instance: Instance) -> str:
    matrices = [_matrix(name, rows) for name, rows in sorted(instance.matrices.items())]
    return ", ".join(filter(None, [_point(instance.numbers), *matrices]))


def _matrix(name: str, rows: Iterable[Iterable[Any]]) -> str:
    inside = r";\ \allowbreak ".join(r",\,\allowbreak ".join(str(x) for x in row) for row in rows)
    return math(rf"{STYLE.name(name)} = [{inside}]")


def _near_miss(own: NearMiss | Claim, found: Missed) -> dict[str, str]:
    miss = own if isinstance(own, NearMiss) else NearMiss(own)
    without = f"without {listed([math(condition(claim)) for claim in miss.without])}" if miss.without else ""
    at = place(found.counterexample)
    refuted = f"Refuted at {at or 'every point'}." if found.verdict is Verdict.REFUTED else "Not refuted."
    return {"why": sentence(miss.why), "claim": claimed(miss.claim, without), "refuted": refuted}


def claimed(claim: Claim, without: str) -> str:
    """A claim: in the line if it is short, with displays if not."""
    shown = []
    for one in joined(merged([said(part) for part in parts(claim)])):
        formulas = [" ".join(filter(None, (r.left, r.relation, STYLE.joined(list(r.right)), r.note))) for r in one.rows]
        low = r"\frac{" not in formulas[0].replace(r"\frac{d}", "")
        short = len(formulas) == 1 and low and row_width(one.rows[0]) < SHORT
        last = " ".join(filter(None, (one.after, without)))
        middle = math(formulas[0]) if short else "\n" + display(one.rows, "" if last else ".") + "\n"
        text = " ".join(filter(None, (one.lead, middle, last)))
        shown.append(text if text.endswith(("\n", ".")) else f"{text}.")
    return "; ".join(shown)


def place(found: Counterexample | None) -> str:
    """Where something fails: numbers and matrices; empty if it is everywhere."""
    if found is None:
        return ""
    matrices = [_matrix(name, exact_rows(text)) for name, text in sorted(found.matrices)]
    return ", ".join(filter(None, [_point(found.point), *matrices]))
