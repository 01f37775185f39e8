r"""One checked theorem as LaTeX: its statement, and its proof with a verdict on every line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from symjepa.exact.facts import TEX
from symjepa.render.book.displays import Row, display
from symjepa.render.book.hypotheses import hypotheses
from symjepa.render.book.paragraphs import Said, joined, merged
from symjepa.render.book.phrases import math
from symjepa.render.book.printed import print_parts
from symjepa.render.book.printed import verdict as verdict_on
from symjepa.render.book.prose import cited, sentence
from symjepa.render.book.said import said
from symjepa.render.hypotheses import listed
from symjepa.render.latex import rendered
from symjepa.render.notation import MACROS
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Conjecture, Statement, Theorem
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
    statement = checked.theorem.statement
    return rendered(
        "theorem.tex.j2",
        version=version,
        label=checked.label,
        file=checked.file,
        environment="theorem" if checked.proved else "conjecture",
        title=sentence(statement.title),
        source=cited(statement.source),
        setting=list(hypotheses(statement, checked.report)),
        claim=list(_claim(checked)),
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
    return "; ".join(f"{depths} in {_span(listed_once(where))}" for depths, where in told.items())


def _depths(own: Scope) -> str:
    bounds: dict[int, list[str]] = {}
    for symbol, least in own.free:
        bounds.setdefault(least, []).append(STYLE.expr(symbol))
    free = listed([math(", ".join(names) + rf" \geq {least}") for least, names in bounds.items()])
    but = [math(f"{STYLE.expr(fact.expr)} {TEX[fact.kind]}") for fact in own.but]
    fixed = [math(f"{MACROS[name]} = {number}") for name, number in own.fixed]
    return " with ".join(filter(None, (f"every {free}" if free else "", listed([*but, *fixed]))))


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
    """A claim without the reason that one of its occurrences gives."""
    return replace(claim, why="") if getattr(claim, "why", "") else claim  # type: ignore[call-arg]


def _roman(number: int) -> str:
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return "x" * (number // 10) + ones[number % 10]


def _claim(checked: Checked) -> Iterator[str]:
    preface = ""
    for part in _numbered(checked.theorem.statement):
        if part.shown.preface != preface:
            yield part.shown.preface
            preface = part.shown.preface
        yield "\n".join(filter(None, (rf"\sjpart{{{part.number}}}" if part.number else "", *_paragraph(part.shown))))


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
            yield from _run(run, numbers)
            run = []
        if item:
            yield sentence(item)


def _run(lines: Sequence[Line], numbers: Sequence[Part]) -> Iterator[str]:
    """Lines that follow each other without a word between them."""
    found = [(line, _number(line, numbers)) for line in lines]
    cited_ = list(dict.fromkeys(number for _, number in found if number))
    shown = merged([_shown(line, number) for line, number in found])
    if sum(len(one.rows) for one in shown) > MOST_REPEATED and all(number for _, number in found):
        yield from _by_number(lines, cited_)
        return
    several = len(shown) > 1
    for one in joined(shown):
        if one.lead and (several or one.before):
            yield one.lead
        yield display(one.rows)
        yield from filter(None, (one.after, _long_reasons(one.rows)))


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


def _by_number(lines: Sequence[Line], numbers: Sequence[str]) -> Iterator[str]:
    """Many lines that the statement displays already: their numbers, the reasons once, one mark if all agree."""
    whys = listed_once(sentence(getattr(line.claim, "why", "")) for line in lines)
    marks = listed_once(_mark(line) for line in lines)
    told = rf"\text{{{_span(numbers)}}}"
    yield f"\\begin{{align*}}\n  {told}{marks[0]}\n\\end{{align*}}" if len(marks) == 1 else "".join(marks)
    if whys:
        yield f"({'; '.join(whys)})."


def listed_once(texts: Iterable[str]) -> list[str]:
    """Different texts in order, none of them empty."""
    return list(dict.fromkeys(filter(None, texts)))


def _span(numbers: Sequence[str]) -> str:
    spelled = [f"({number})" for number in numbers]
    return listed(spelled) if len(spelled) < 3 else f"{spelled[0]}--{spelled[-1]}"
