r"""One checked theorem as LaTeX: its statement, and its proof with a verdict on every line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from symjepa.exact.facts import TEX, Fact
from symjepa.render.book.displays import Row, display
from symjepa.render.book.hypotheses import hypotheses
from symjepa.render.book.paragraphs import Said, joined, merged, row_width
from symjepa.render.book.phrases import equations, math, of_whom
from symjepa.render.book.printed import print_parts
from symjepa.render.book.printed import verdict as verdict_on
from symjepa.render.book.prose import cited, sentence
from symjepa.render.book.said import said
from symjepa.render.factors import is_negative
from symjepa.render.hypotheses import listed, symbols_in
from symjepa.render.latex import rendered
from symjepa.render.notation import MACROS
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.render.widths import LINE
from symjepa.statements.claims import AtMost, Claim, Less, Ordered, parts
from symjepa.statements.descriptions import Foreign, Modes, Restricted
from symjepa.statements.statement import Conjecture, Statement, Theorem
from symjepa.symbols import K, L
from symjepa.verify.certificates import scopes_of
from symjepa.verify.check import Line, Report
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.readings import Adjudged
from symjepa.verify.scope import Scope

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
    statement, claim = checked.theorem.statement, list(_claim(checked))
    return rendered(
        "theorem.tex.j2",
        version=version,
        label=checked.label,
        file=checked.file,
        environment="theorem" if checked.proved else "conjecture",
        title=sentence(statement.title),
        source=cited(statement.source),
        setting=list(hypotheses(statement, checked.report, "\n".join(claim), lambda own: _where(own, checked))),
        claim=claim,
        printed=[_printed(row) for row in checked.report.printed],
        proof=list(_proof(checked)),
        missing=sentence(checked.theorem.missing) if isinstance(checked.theorem, Conjecture) else "",
    )


def verdict(checked: Checked) -> str:
    """`proved for every $K, L \\geq 1$`, in words."""
    return f"proved for {scope(checked)}" if checked.proved else MARKS[checked.report.verdict]


def scope(checked: Checked) -> str:
    """For which depths, part by part where they differ."""
    numbers = _numbered(checked.theorem.statement)
    told: dict[str, list[str]] = {}
    for line, own in zip(checked.report.claim, scopes_of(checked.report), strict=True):
        told.setdefault(_depths(own), []).append(_number(line, numbers))
    told = {depths: where for depths, where in told.items() if depths} or {"every depth": []}
    if len(told) == 1:
        return next(iter(told))
    order = [part.number for part in numbers]
    return "; ".join(f"{depths} in {_span(listed_once(where), order)}" for depths, where in told.items())


def _depths(own: Scope) -> str:
    bounds: dict[int, list[str]] = {}
    for symbol, least in own.free:
        bounds.setdefault(least, []).append(STYLE.expr(symbol))
    free = listed([math(", ".join(names) + rf" \geq {least}") for least, names in bounds.items()])
    but = [math(_against_number(fact)) for fact in own.but]
    fixed = [math(f"{MACROS[name]} = {number}") for name, number in own.fixed]
    return " with ".join(filter(None, (f"every {free}" if free else "", listed([*but, *fixed]))))


def _against_number(fact: Fact) -> str:
    """A condition on depths, with the number on the right: `K + L > 2`, `K \\neq 2`."""
    number, rest = fact.expr.as_coeff_Add()
    turned = all(map(is_negative, sp.Add.make_args(rest)))
    sign = {"positive": r"<" if turned else ">", "nonnegative": r"\leq" if turned else r"\geq", "nonzero": r"\neq"}
    if rest == 0 or fact.kind not in sign:
        return f"{STYLE.expr(fact.expr)} {TEX[fact.kind]}"
    return f"{STYLE.expr(-rest if turned else rest)} {sign[fact.kind]} {STYLE.expr(number if turned else -number)}"


def _where(condition: Claim, checked: Checked) -> str:
    """In which parts a condition on depths is one: in the others these depths are numbers, or do not occur."""
    depths = symbols_in(condition)
    if not depths or not depths <= {K, L}:
        return ""
    numbers, scopes = _numbered(checked.theorem.statement), scopes_of(checked.report)
    pairs = list(zip(checked.report.claim, scopes, strict=True))
    told = listed_once(_number(line, numbers) for line, own in pairs if depths <= {symbol for symbol, _ in own.free})
    order = [part.number for part in numbers]
    return f"in {_span(told, order)}" if told and set(told) < set(order) else ""


# --- the claim


@dataclass(frozen=True)
class Part:
    """A paragraph of a claim, as it is shown, and the claims that it shows."""

    number: str
    shown: Said
    claims: frozenset[Claim]


def _numbered(statement: Statement) -> list[Part]:
    """The paragraphs of the claim; a single one has no number."""
    own = [(part, said(part)) for part in parts(statement.claim)]
    groups = merged([one for _, one in own])
    shown = joined(groups, alike=True)
    places = _places(groups, shown)
    return [
        Part(
            _roman(n) if len(shown) > 1 else "",
            one,
            frozenset(bare(claim) for claim, told in own if places[_group(told, groups)] == n),
        )
        for n, one in enumerate(shown, start=1)
    ]


def _places(groups: Sequence[Said], shown: Sequence[Said]) -> list[int]:
    """For each group the number of the paragraph that shows it."""
    return [
        next(n for n, one in enumerate(shown, start=1) if group == one or set(group.noted) <= set(one.rows))
        for group in groups
    ]


def _group(one: Said, groups: Sequence[Said]) -> int:
    """The group that says what one claim says."""
    return next(
        place
        for place, group in enumerate(groups)
        if (group.before, group.after, group.preface) == (one.before, one.after, one.preface)
        and set(one.who) <= set(group.who)
        and set(one.rows) <= set(group.rows)
    )


def bare(claim: Claim) -> Claim:
    """A claim without the reason, or the certificate, that one of its occurrences gives."""
    plain = replace(claim, why="") if getattr(claim, "why", "") else claim  # type: ignore[call-arg]
    return replace(plain, by=None) if isinstance(plain, Less | AtMost) else plain


def _roman(number: int) -> str:
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return "x" * (number // 10) + ones[number % 10]


def _claim(checked: Checked) -> Iterator[str]:
    preface = told = ""
    for part in _numbered(checked.theorem.statement):
        if part.shown.preface != preface:
            yield part.shown.preface
            preface = part.shown.preface
        flow, shown = _flow(part), part.shown
        if flow and flow == told:
            shown = replace(shown, before=shown.before.replace(flow, "the same flow"))
        told = flow or told
        yield "\n".join(filter(None, (rf"\sjpart{{{part.number}}}" if part.number else "", *_paragraph(shown))))


def _flow(part: Part) -> str:
    """The equations of the one flow that a paragraph is about, with their learner; empty if there is none."""
    flows = {claim.flow for claim in part.claims if not isinstance(claim, Ordered) and hasattr(claim, "flow")}
    told = {f"{equations(flow)}{of_whom(flow)}" for flow in flows if isinstance(flow, Modes | Foreign | Restricted)}
    return told.pop() if len(told) == 1 else ""


def _paragraph(one: Said) -> Iterator[str]:
    lead = one.lead
    yield lead[:1].upper() + lead[1:] if lead else "We have"
    yield display(one.rows, "" if one.after else ".")
    if one.after:
        yield f"{one.after}."


def _printed(row: Adjudged) -> str:
    """A printed claim with the verdict on each reading."""
    told = print_parts(row.printed)
    conversion = f"; conversion: {told['conversion']}" if told["conversion"] else ""
    readings = "; ".join(
        f"{sentence(f.reading.words)}: \\sjverdict{{{verdict_on(row.printed, f)}}}" for f in row.findings
    )
    return f"{_capital(told['source'])}, {told['seen']}: {told['words']}{conversion}." + (
        f" {_capital(readings)}." if readings else ""
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
            yield from _run(run, numbers, "" if item[:1].islower() else ".")
            run = []
        if item:
            yield sentence(item)


def _run(lines: Sequence[Line], numbers: Sequence[Part], end: str) -> Iterator[str]:
    """Lines that follow each other without a word between them; `end` closes words behind the last display."""
    found = [(line, _number(line, numbers)) for line in lines]
    shown = merged([_shown(line, number) for line, number in found])
    if sum(len(one.rows) for one in shown) > MOST_REPEATED and all(number not in ("", ".") for _, number in found):
        yield from _by_number(found, numbers)
        return
    several = len(shown) > 1
    shown = joined(packed(shown, [number for _, number in found]) if len(shown) == len(found) else shown)
    for one in shown:
        if one.lead and (several or one.before):
            yield one.lead
        yield display(one.rows)
        closing = end if one is shown[-1] else "."
        yield from filter(None, (one.after and one.after + closing, _long_reasons(one.rows)))


def packed(shown: Sequence[Said], numbers: Sequence[str]) -> list[Said]:
    """Short relations of no number and with one mark stand beside each other."""
    found: list[Said] = []
    beside = ""
    for one, number in zip(shown, numbers, strict=True):
        last = found[-1] if found else None
        mark = "" if number or not _is_short(one) else one.rows[0].mark
        if last and mark and mark == beside and row_width(last.rows[0]) + row_width(one.rows[0]) < LINE:
            text = rf"{_text(last.rows[0])}, \quad {_text(one.rows[0])}"
            found[-1] = replace(last, rows=(Row("", "", (("+", text),), mark=mark),))
        else:
            found.append(one)
        beside = mark
    return found


def _is_short(one: Said) -> bool:
    (first, *more) = one.rows
    return not (more or one.lead or one.after or first.note or first.why)


def _text(row: Row) -> str:
    return " ".join(filter(None, (row.left, row.relation, STYLE.joined(list(row.right)))))


def _shown(line: Line, number: str) -> Said:
    """A line as a proof displays it: what is new in it, with its number, its reason and its mark."""
    one = said(line.stated or line.claim)
    rows = list(one.short or one.rows)
    rows[-1] = replace(rows[-1], why=sentence(getattr(line.claim, "why", "")), mark=_mark(line, number))
    if not one.short:
        return replace(one, rows=tuple(rows))
    before = one.before if one.before.startswith("if ") and not number else ""
    return Said(tuple(rows), before, who=one.who, short=tuple(rows))


def _mark(line: Line, number: str = "") -> str:
    rule = rule_words(line.rule)
    return rf"\sj{MARKS[line.verdict]}{{{rule if number in ('', '.') else f'({number}) {rule}'}}}"


def rule_words(rule: str) -> str:
    """The name of a rule as a reader says it."""
    names = {"picard-lindelof": r"Picard--Lindel\"of", "nagumo": "Nagumo"}
    return names.get(rule, rule.replace("-", " "))


def _long_reasons(rows: Iterable[Row]) -> str:
    """Reasons that are too long to stand beside a formula."""
    long = [row.why for row in rows if row.why and len(row.why) >= 66]
    return f"({'; '.join(dict.fromkeys(long))})." if long else ""


def _number(line: Line, numbers: Sequence[Part]) -> str:
    """The number of the paragraph that states a line; "." if there is one paragraph only, empty if none states it."""
    claim = bare(line.stated or line.claim)
    return next((part.number or "." for part in numbers if claim in part.claims), "")


def _by_number(found: Sequence[tuple[Line, str]], numbers: Sequence[Part]) -> Iterator[str]:
    """Many lines that the statement displays already: their numbers by their marks, and the reasons once."""
    marks: dict[str, list[str]] = {}
    for line, number in found:
        marks.setdefault(_mark(line), []).append(number)
    order = [part.number for part in numbers]
    rows = [rf"  \text{{{_span(listed_once(own), order)}}}{mark}" for mark, own in marks.items()]
    yield "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
    whys = listed_once(sentence(getattr(line.claim, "why", "")) for line, _ in found)
    if whys:
        yield f"({'; '.join(whys)})."


def listed_once(texts: Iterable[str]) -> list[str]:
    """Different texts in order, none of them empty."""
    return list(dict.fromkeys(filter(None, texts)))


def _span(numbers: Sequence[str], order: Sequence[str]) -> str:
    """`(i), (iv)--(vi) and (ix)`: some numbers in their order, three and more neighbours by the first and the last."""
    runs: list[list[str]] = []
    for place, number in enumerate(order):
        if number in numbers:
            if not runs or runs[-1][-1] != order[place - 1]:
                runs.append([])
            runs[-1].append(number)
    told: list[str] = []
    for run in runs:
        told += [f"({run[0]})--({run[-1]})"] if len(run) > 2 else [f"({number})" for number in run]
    return listed(told)
