r"""One checked theorem as LaTeX: its statement, its proof with a verdict on every line, and what else was checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.exact.words import TraceSum, WordSum
from symjepa.render.book.displays import Row, display, width
from symjepa.render.book.prose import cited, sentence
from symjepa.render.book.said import STYLE, Said, condition, in_line, listed, math, merged, said
from symjepa.render.claims import let_formula, rows_text
from symjepa.render.latex import rendered
from symjepa.statements.claims import AtMost, Claim, Less, parts
from symjepa.statements.statement import Conjecture, Instance, NearMiss, Printed, Statement, Theorem
from symjepa.verify.certificates import assumptions, exact_rows, rules_used, scope_object, scopes_of
from symjepa.verify.check import Line, Missed, Report
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.kernel.refute import Counterexample

MARKS = {Verdict.PROVED: "proved", Verdict.REFUTED: "refuted", Verdict.UNDECIDED: "undecided"}
MOST_REPEATED = 2
"""Rows of numbered claims that a proof shows again; of more it cites the numbers."""


@dataclass(frozen=True)
class Checked:
    """A theorem with its place in the book and everything that checking it found."""

    label: str
    file: str
    theorem: Theorem | Conjecture
    report: Report

    @property
    def proved(self) -> bool:
        return self.report.kind == "theorem" and self.report.verdict is Verdict.PROVED


def fragment(checked: Checked, version: str) -> str:
    """Statement and proof, for `\\input` where amsmath, amsthm and the macros are loaded."""
    statement = checked.theorem.statement
    return rendered(
        "theorem.tex.j2",
        version=version,
        label=checked.label,
        file=checked.file,
        environment="theorem" if checked.proved else "conjecture",
        title=sentence(statement.title),
        source=cited(statement.source),
        setting=list(_setting(checked)),
        claim=list(_claim(checked)),
        printed=[_printed(printed) for printed in statement.printed],
        proof=list(_proof(checked)),
        missing=sentence(checked.theorem.missing) if isinstance(checked.theorem, Conjecture) else "",
    )


def findings(checked: Checked) -> str:
    """Verdict, scope, rules, witness and near misses."""
    report, statement = checked.report, checked.theorem.statement
    return rendered(
        "findings.tex.j2",
        verdict=verdict(checked),
        rules=[rule["name"] for rule in rules_used(report)],
        uses=[sentence(title) for title in report.uses],
        witness=_witness(statement),
        witnessed=report.witnessed,
        near_misses=[_near_miss(o, f) for o, f in zip(statement.near_misses, report.near_misses, strict=True)],
    )


def verdict(checked: Checked) -> str:
    """`proved for every $K, L \\geq 1$`, in words."""
    told = {Verdict.PROVED: "proved", Verdict.REFUTED: "refuted", Verdict.UNDECIDED: "undecided"}[checked.report.verdict]
    return f"{told} for {scope(checked)}" if checked.proved else told


def scope(checked: Checked) -> str:
    """For which depths."""
    told = str(scope_object(scopes_of(checked.report))["text"]).replace("no depth", "what has no depth")
    return sentence(told)


# --- hypotheses


def _setting(checked: Checked) -> Iterator[str]:
    """The sentences before the claim: symbols with their assumptions, abbreviations, hypotheses."""
    statement = checked.theorem.statement
    known = (*assumptions(checked.report), *assumed(_symbols(statement.claim)))
    given = [part for claim in statement.hypotheses for part in parts(claim)]
    lets = {let.symbol for let in statement.let}
    own = [fact for fact in dict.fromkeys(known) if fact.expr not in lets]
    told = [*_integers(own, given), *_signs(own, given)]
    if told:
        yield f"Let {listed(told)}."
    if statement.let:
        yield f"Put {listed([math(let_formula(let, STYLE).line(STYLE)) for let in statement.let])}."
    rest = [math(condition(claim)) for claim in given if _bound(claim) is None]
    if rest:
        yield f"Suppose that {listed(rest)}."


def _symbols(thing: Any) -> set[sp.Symbol]:
    """Every scalar symbol inside a claim, rates of models and coefficients of words included."""
    if isinstance(thing, sp.Expr):
        return {symbol for symbol in thing.free_symbols if isinstance(symbol, sp.Symbol) and not isinstance(symbol, sp.Dummy)}
    if isinstance(thing, WordSum | TraceSum):
        return {symbol for _, coefficient in thing.terms for symbol in _symbols(coefficient)}
    if isinstance(thing, tuple):
        return {symbol for part in thing for symbol in _symbols(part)}
    if is_dataclass(thing) and not isinstance(thing, type):
        return {symbol for field in fields(thing) for symbol in _symbols(getattr(thing, field.name))}
    return set()


def _bound(claim: Claim) -> sp.Symbol | None:
    """The symbol of a hypothesis `0 < symbol` or `0 ≤ symbol`."""
    alone = isinstance(claim, Less | AtMost) and claim.lhs == 0 and claim.rhs.is_Symbol
    return claim.rhs if alone else None  # type: ignore[attr-defined,no-any-return]


def _integers(facts: Sequence[Fact], given: Sequence[Claim]) -> Iterator[str]:
    whole = [fact.expr for fact in facts if fact.kind == "integer"]
    positive = {fact.expr for fact in facts if fact.kind == "positive"} | {_bound(c) for c in given if isinstance(c, Less)}
    for least, members in ((0, [x for x in whole if x not in positive]), (1, [x for x in whole if x in positive])):
        if members:
            bounded = ", ".join(STYLE.expr(x) for x in members) + rf" \geq {least}"
            yield f"{math(bounded)} be {'integers' if len(members) > 1 else 'an integer'}"


def _signs(facts: Sequence[Fact], given: Sequence[Claim]) -> Iterator[str]:
    whole = {fact.expr for fact in facts if fact.kind == "integer"}
    positive = [fact.expr for fact in facts if fact.kind == "positive"] + [_bound(c) for c in given if isinstance(c, Less)]
    nonnegative = [fact.expr for fact in facts if fact.kind == "nonnegative"] + [_bound(c) for c in given if isinstance(c, AtMost)]
    for sign, members in (("> 0", positive), (r"\geq 0", [x for x in nonnegative if x not in positive])):
        names = [STYLE.expr(x) for x in dict.fromkeys(members) if x is not None and x not in whole]
        if names:
            yield math(f"{', '.join(names)} {sign}")


# --- the claim


def _numbered(statement: Statement) -> list[tuple[str, Said]]:
    """The paragraphs of the claim; a single one has no number."""
    groups = merged([said(part) for part in parts(statement.claim)])
    return [(_roman(n) if len(groups) > 1 else "", group) for n, group in enumerate(groups, start=1)]


def _roman(number: int) -> str:
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return "x" * (number // 10) + ones[number % 10]


def _claim(checked: Checked) -> Iterator[str]:
    preface = ""
    for number, one in _numbered(checked.theorem.statement):
        if one.preface != preface:
            yield one.preface
            preface = one.preface
        yield "\n".join(filter(None, (rf"\sjpart{{{number}}}" if number else "", *_paragraph(one))))


def _paragraph(one: Said) -> Iterator[str]:
    lead = one.lead
    yield lead[:1].upper() + lead[1:] if lead else "We have" if len(one.rows) == 1 else ""
    yield display(one.rows, "" if one.after else ".")
    if one.after:
        yield f"{one.after}."


def _printed(printed: Printed) -> str:
    told = {"read": "as printed", "second-hand": "as relayed", "recalled": "as recalled"}.get(printed.seen, printed.seen)
    conversion = f"; conversion: {sentence(printed.conversion)}" if printed.conversion else ""
    return f"{cited(printed.source)}, {told}: {sentence(printed.words)}{conversion}."


# --- the proof


def _proof(checked: Checked) -> Iterator[str]:
    """Sentences, and between them displays of what was checked."""
    numbers = _numbered(checked.theorem.statement)
    run: list[Line] = []
    for item in (*checked.report.lines, ""):
        if isinstance(item, Line):
            run.append(item)
            continue
        if run:
            yield from _run(run, numbers)
            run = []
        if item:
            yield sentence(item)


def _run(lines: Sequence[Line], numbers: Sequence[tuple[str, Said]]) -> Iterator[str]:
    """Lines that follow each other without a word between them."""
    found = [(line, _number(line, numbers)) for line in lines]
    cited_ = list(dict.fromkeys(number for _, number in found if number))
    shown = merged([_shown(line, number) for line, number in found])
    if sum(len(one.rows) for one in shown) > MOST_REPEATED and cited_ and all(number for _, number in found):
        yield from _by_number(lines, cited_)
        return
    for one in shown:
        if one.lead and (len(shown) > 1 or not one.short):
            yield one.lead
        yield display(one.rows)
        yield from filter(None, (one.after, _long_reasons(one.rows)))


def _shown(line: Line, number: str) -> Said:
    """A line as a proof displays it: of a numbered claim what is new in it, with its number, reason and mark."""
    one = said(line.stated or line.claim)
    rows = list(one.short if number and one.short else one.rows)
    rows[-1] = replace(rows[-1], why=sentence(getattr(line.claim, "why", "")), mark=_mark(line, number))
    if not number:
        return replace(one, rows=tuple(rows), short=())
    return Said(tuple(rows), who=one.who, short=tuple(rows))


def _mark(line: Line, number: str = "") -> str:
    told = f"({number}) {line.rule}" if number and number != "." else line.rule
    return rf"\sj{MARKS[line.verdict]}{{{told}}}"


def _long_reasons(rows: Iterable[Row]) -> str:
    """Reasons that are too long to stand beside a formula."""
    long = [row.why for row in rows if row.why and len(row.why) >= 66]
    return f"({'; '.join(dict.fromkeys(long))})" if long else ""


def _number(line: Line, numbers: Sequence[tuple[str, Said]]) -> str:
    """The number of the paragraph that states a line; "." where the claim has one paragraph only, empty where none does."""
    one = said(line.stated or line.claim)
    for number, group in numbers:
        same = (group.before, group.after, group.preface) == (one.before, one.after, one.preface)
        if same and set(one.who) <= set(group.who) and set(one.rows) <= set(group.rows):
            return number or "."
    return ""


def _by_number(lines: Sequence[Line], numbers: Sequence[str]) -> Iterator[str]:
    """Many lines that the statement displays already: their numbers, the reasons once, one mark if all agree."""
    whys = listed_once(sentence(getattr(line.claim, "why", "")) for line in lines)
    marks = listed_once(_mark(line) for line in lines)
    told = rf"\text{{{_span(numbers)}}}"
    yield f"\\begin{{align*}}\n  {told}{marks[0]}\n\\end{{align*}}" if len(marks) == 1 else "".join(marks)
    if whys:
        yield f"({'; '.join(whys)})"


def listed_once(texts: Iterable[str]) -> list[str]:
    """Different texts in order, none of them empty."""
    return list(dict.fromkeys(filter(None, texts)))


def _span(numbers: Sequence[str]) -> str:
    return f"({numbers[0]})" if len(numbers) == 1 else f"({numbers[0]})--({numbers[-1]})"


# --- what else was checked


def _witness(statement: Statement) -> list[str]:
    own = statement.witness
    several = own if isinstance(own, tuple) else (own,)
    return [_instance(point) if isinstance(point, Instance) else _point(point) for point in several]


def _point(point: Any) -> str:
    """An exact point; the variable of a characteristic polynomial is none of it."""
    entries = sorted(point.items(), key=lambda entry: str(entry[0]))
    kept = [(symbol, number) for symbol, number in entries if str(symbol) != "_x"]
    return ", ".join(math(f"{STYLE.expr(symbol)} = {STYLE.expr(sp.Rational(number))}") for symbol, number in kept)


def _instance(instance: Instance) -> str:
    matrices = [_matrix(name, rows) for name, rows in sorted(instance.matrices.items())]
    return ", ".join(filter(None, [_point(instance.numbers), *matrices]))


def _matrix(name: str, rows: Iterable[Iterable[Any]]) -> str:
    inside = r" \\ ".join(" & ".join(_entry(str(x)) for x in row) for row in rows)
    return math(rf"{STYLE.name(name)} = \bigl(\begin{{smallmatrix}} {inside} \end{{smallmatrix}}\bigr)")


def _entry(number: str) -> str:
    above, slash, below = number.partition("/")
    return f"{above}/{below}" if slash else above


def _near_miss(own: NearMiss | Claim, found: Missed) -> dict[str, str]:
    miss = own if isinstance(own, NearMiss) else NearMiss(own)
    without = f" without {listed([math(condition(claim)) for claim in miss.without])}" if miss.without else ""
    return {
        "why": sentence(miss.why),
        "claim": in_line(miss.claim) + without,
        "refuted": "yes" if found.verdict is Verdict.REFUTED else "",
        "at": _at(found.counterexample),
    }


def _at(found: Counterexample | None) -> str:
    if found is None:
        return ""
    matrices = [_matrix(name, exact_rows(text)) for name, text in sorted(found.matrices)]
    return ", ".join(filter(None, [_point(found.point), *matrices]))
