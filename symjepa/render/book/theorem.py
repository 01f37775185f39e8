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
from symjepa.render.book.said import LINE_STYLE, STYLE, Said, condition, joined, listed, math, merged, row_width, said
from symjepa.render.claims import let_formula, rows_text
from symjepa.render.latex import rendered
from symjepa.render.notation import MACROS
from symjepa.statements.claims import AtMost, Claim, Less, parts
from symjepa.statements.statement import Conjecture, Instance, NearMiss, Printed, Statement, Theorem
from symjepa.symbols import K, L, alpha, b, eta, j, k, l, lam, n, nu, rho, s, sigma2, sigma2_y, t, tau, u, v, w
from symjepa.verify.certificates import assumptions, exact_rows, rules_used, scopes_of
from symjepa.verify.check import Line, Missed, Report
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.kernel.refute import Counterexample
from symjepa.verify.scope import Scope, flows_in

MARKS = {Verdict.PROVED: "proved", Verdict.REFUTED: "refuted", Verdict.UNDECIDED: "undecided"}
ORDER = (K, L, k, l, j, n, lam, sigma2, sigma2_y, rho, nu, alpha, tau, eta, w, v, b, u, s, t)
"""Symbols as a statement introduces them."""
SHORT = 180.0
"""Points that a formula of a near miss may fill in the line."""
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
        rules=[rule_words(rule["name"]) for rule in rules_used(report)],
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
    fixed = listed([math(f"{MACROS[name]} = {number}") for name, number in own.fixed])
    return " with ".join(filter(None, (f"every {free}" if free else "", fixed)))


# --- hypotheses


def _setting(checked: Checked) -> Iterator[str]:
    """The sentences before the claim: symbols with their assumptions, abbreviations, hypotheses."""
    statement = checked.theorem.statement
    known = (*assumptions(checked.report), *assumed(_symbols(statement.claim)), *_domains(statement.claim))
    given = [part for claim in statement.hypotheses for part in parts(claim)]
    lets = {let.symbol for let in statement.let}
    own = [fact for fact in dict.fromkeys(known) if fact.expr not in lets]
    told = [*_integers(own, given), *_signs(own, given)]
    if told:
        yield f"Let {listed(told)}."
    if statement.let:
        yield f"Put {listed([math(let_formula(let, LINE_STYLE).line(LINE_STYLE)) for let in statement.let])}."
    rest = [math(condition(claim)) for claim in given if _bound(claim) is None]
    if rest:
        yield f"Suppose that {listed(rest)}."


def _domains(claim: Claim) -> Iterator[Fact]:
    """Where the flows of a claim live: the signs of their amplitudes."""
    for flow in flows_in(claim):
        yield from (fact for fact in getattr(flow, "domain", ()) if fact.expr.is_Symbol and fact.kind in ("positive", "nonnegative"))


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
    whole = _ordered([fact.expr for fact in facts if fact.kind == "integer"])
    positive = {fact.expr for fact in facts if fact.kind == "positive"} | {_bound(c) for c in given if isinstance(c, Less)}
    told = []
    for least, members in ((0, [x for x in whole if x not in positive]), (1, [x for x in whole if x in positive])):
        if members:
            told.append(math(", ".join(STYLE.expr(x) for x in members) + rf" \geq {least}"))
    if told:
        yield f"{listed(told)} be {'integers' if len(whole) > 1 else 'an integer'}"


def _ordered(symbols: Iterable[sp.Expr]) -> list[sp.Expr]:
    """In the order of the table of symbols, strangers after them by name."""
    places = {symbol: place for place, symbol in enumerate(ORDER)}
    return sorted(dict.fromkeys(symbols), key=lambda x: (places.get(x, len(places)), str(x)))


def _signs(facts: Sequence[Fact], given: Sequence[Claim]) -> Iterator[str]:
    whole = {fact.expr for fact in facts if fact.kind == "integer"}
    bounds = [(type(c), _bound(c)) for c in given]
    positive = [fact.expr for fact in facts if fact.kind == "positive"] + [x for kind, x in bounds if x and kind is Less]
    nonnegative = [fact.expr for fact in facts if fact.kind == "nonnegative"] + [x for kind, x in bounds if x and kind is AtMost]
    for sign, members in (("> 0", positive), (r"\geq 0", [x for x in nonnegative if x not in positive])):
        names = [STYLE.expr(x) for x in _ordered(members) if x not in whole]
        if names:
            yield math(f"{', '.join(names)} {sign}")


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
    """A line as a proof displays it: what is new in it, with its number if the claim has it, its reason and its mark."""
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
    """The number of the paragraph that states a line; "." where the claim has one paragraph only, empty where none does."""
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


# --- what else was checked


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
    inside = r";\ \allowbreak ".join(r",\,".join(str(x) for x in row) for row in rows)
    return math(rf"{STYLE.name(name)} = [{inside}]")


def _near_miss(own: NearMiss | Claim, found: Missed) -> dict[str, str]:
    miss = own if isinstance(own, NearMiss) else NearMiss(own)
    without = f"without {listed([math(condition(claim)) for claim in miss.without])}" if miss.without else ""
    at = _at(found.counterexample)
    refuted = f"Refuted at {at or 'every point'}." if found.verdict is Verdict.REFUTED else "Not refuted."
    return {"why": sentence(miss.why), "claim": _claimed(miss.claim, without), "refuted": refuted}


def _claimed(claim: Claim, without: str) -> str:
    """A false claim: in the line if it is short, with displays if not."""
    shown = []
    for one in joined(merged([said(part) for part in parts(claim)])):
        formulas = [" ".join(filter(None, (r.left, r.relation, STYLE.joined(list(r.right)), r.note))) for r in one.rows]
        short = len(formulas) == 1 and row_width(one.rows[0]) < SHORT and r"\frac{" not in formulas[0].replace(r"\frac{d}", "")
        last = " ".join(filter(None, (one.after, without)))
        middle = math(formulas[0]) if short else "\n" + display(one.rows, "" if last else ".") + "\n"
        text = " ".join(filter(None, (one.lead, middle, last)))
        shown.append(text if text.endswith(("\n", ".")) else f"{text}.")
    return "; ".join(shown)


def _at(found: Counterexample | None) -> str:
    if found is None:
        return ""
    matrices = [_matrix(name, exact_rows(text)) for name, text in sorted(found.matrices)]
    return ", ".join(filter(None, [_point(found.point), *matrices]))
