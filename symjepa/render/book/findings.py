"""What checking a theorem found besides its proof: verdict, scope, rules, witness and near misses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sympy as sp

from symjepa.render.book.displays import display
from symjepa.render.book.paragraphs import Said, joined, merged, row_width
from symjepa.render.book.phrases import condition, math, matrix
from symjepa.render.book.prose import sentence
from symjepa.render.book.said import said
from symjepa.render.book.theorem import Checked, rule_words, verdict
from symjepa.render.hypotheses import listed, symbols_in
from symjepa.render.latex import rendered
from symjepa.render.sentences.parts import exact
from symjepa.render.styles import LINE_STYLE
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Instance, NearMiss, Statement
from symjepa.symbols import K, L
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
        uses=[sentence(title) for title in dict.fromkeys(report.uses)],
        witness=_witness(statement),
        witnessed=report.witnessed,
        near_misses=[
            _near_miss(o, f, statement) for o, f in zip(statement.near_misses, report.near_misses, strict=True)
        ],
    )


def _witness(statement: Statement) -> list[str]:
    own = statement.witness
    several = own if isinstance(own, tuple) else (own,)
    return [_instance(point) if isinstance(point, Instance) else _point(point) for point in several]


def _point(point: Any) -> str:
    """An exact point; the variable of a characteristic polynomial is none of it, nor a time that a claim binds anew."""
    named = dict(sorted(((str(x), _bound(x)), x) for x in point))  # a bound letter after its namesake
    kept = {name: x for (name, bound), x in named.items() if not (bound and name in ("x", "_x"))}
    return ", ".join(math(f"{STYLE.expr(x)} = {LINE_STYLE.expr(exact(point[x]))}") for x in kept.values())


def _bound(symbol: sp.Expr) -> bool:
    """Whether a claim bound the letter: nothing is assumed of it here."""
    return isinstance(symbol, sp.Dummy) or (symbol.is_Symbol and symbol.is_real is None)


def _instance(instance: Instance) -> str:
    matrices = [matrix(name, rows) for name, rows in sorted(instance.matrices.items())]
    return ", ".join(filter(None, [_point(instance.numbers), *matrices]))


def _near_miss(own: NearMiss | Claim, found: Missed, statement: Statement) -> dict[str, str]:
    miss = own if isinstance(own, NearMiss) else NearMiss(own)
    without = f"without {listed([math(condition(claim)) for claim in miss.without])}" if miss.without else ""
    at = place(found.counterexample, {K, L} - _spoken_of(miss, statement))
    refuted = f"Refuted at {at or 'every point'}." if found.verdict is Verdict.REFUTED else "Not refuted."
    return {"why": sentence(miss.why), "claim": claimed(miss.claim, without), "refuted": refuted}


def _spoken_of(miss: NearMiss, statement: Statement) -> set[sp.Symbol]:
    """The symbols of a near miss, with those of the abbreviations that it uses."""
    told, before = symbols_in((miss.claim, miss.without)), set[sp.Symbol]()
    while told != before:
        before = told
        told = told.union(*(symbols_in(let.value) for let in statement.let if let.symbol in told))
    return told


def claimed(claim: Claim, without: str) -> str:
    """A claim: in the line if it is short, with displays if not."""
    several = joined(merged([said(part) for part in parts(claim)]))
    told = "".join(_claimed(one, without, ";" if one is not several[-1] else ".") for one in several)
    return told.replace("\n\n", "\n")  # an empty line would end the paragraph


def _claimed(one: Said, without: str, end: str) -> str:
    """A paragraph of a claim, closed by `end`."""
    formulas = [" ".join(filter(None, (r.left, r.relation, STYLE.joined(list(r.right)), r.note))) for r in one.rows]
    low = r"\frac{" not in formulas[0].replace(r"\frac{d}", "")
    short = len(formulas) == 1 and low and row_width(one.rows[0]) < SHORT
    last = " ".join(filter(None, (one.after, without)))
    middle = math(formulas[0]) if short else "\n" + display(one.rows, "" if last else end) + "\n"
    text = " ".join(filter(None, (one.lead, middle, last)))
    return text if text.endswith("\n") else f"{text}{end}{'' if end == '.' else ' '}"


def place(found: Counterexample | None, left_out: Collection[sp.Symbol] = ()) -> str:
    """Where something fails: numbers and matrices; empty if it is everywhere.

    `left_out`: depths that it does not speak of, for a point needs them only for the hypotheses.
    """
    if found is None:
        return ""
    matrices = [matrix(name, exact_rows(text)) for name, text in sorted(found.matrices)]
    numbers = {symbol: number for symbol, number in found.point.items() if symbol not in left_out}
    return ", ".join(filter(None, [_point(numbers), *matrices]))
