"""Certificates: everything that checking a theorem found, as plain data that is the same from run to run.

A certificate says what was claimed under which hypotheses, by which rules, how their premises were discharged
and under which side conditions, what was trusted, and from which file.  It holds no times, hosts, dates or paths.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from typing import Any

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import WordSum
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Conjecture, Instance, Let, NearMiss, Printed, Statement, Theorem
from symjepa.verify.check import Line, Missed, Report, context_of
from symjepa.verify.kernel.assumptions import assumed, assumed_of_terms
from symjepa.verify.kernel.decide import Decision, Verdict
from symjepa.verify.kernel.refute import Counterexample
from symjepa.verify.kernel.sequences import spoken_of
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import (
    Closes,
    Decidable,
    Equal,
    HasSign,
    Shown,
    Smooth,
    SomeSign,
    TracesVanish,
    WordsVanish,
)
from symjepa.verify.readings import Finding
from symjepa.verify.rules import RULES, Rule
from symjepa.verify.scope import Scope, scope, symbols_in
from symjepa.verify.trust import trusted_files

Object = dict[str, Any]
SCHEMA = 1


@dataclass(frozen=True)
class Spelled:
    """How formulas become data; `verify` does not know how anything is printed."""

    claim: Callable[[Claim], Object]
    fact: Callable[[Fact], Object]
    expr: Callable[[sp.Expr], Object]
    words: Callable[[WordSum | TraceSum], Object]


@dataclass(frozen=True)
class Source:
    """The file of a theorem: its label, its name relative to the book, its hash, the labels it imports."""

    label: str
    file: str
    sha256: str
    uses: tuple[str, ...] = ()


def certificate(
    source: Source, theorem: Theorem | Conjecture, report: Report, spelled: Spelled, symjepa: str
) -> Object:
    """The certificate of one theorem or conjecture."""
    own = theorem.statement
    scopes = scopes_of(report)
    return {
        "schema": SCHEMA,
        "label": source.label,
        "title": own.title,
        "file": source.file,
        "kind": report.kind,
        "verdict": report.verdict.value,
        "as_expected": report.as_expected,
        "scope": scope_object(scopes),
        "hypotheses": [spelled.claim(part) for claim in own.hypotheses for part in parts(claim)],
        "assumptions": [spelled.fact(fact) for fact in assumptions(report)],
        "let": [_let(let, spelled) for let in own.let],
        "claim": [_line(line, spelled, one) for line, one in zip(report.claim, scopes, strict=True)],
        "proof": [line if isinstance(line, str) else _line(line, spelled) for line in report.lines],
        "witness": witness_object(own, report),
        "near_misses": [_near_miss(m, f, spelled) for m, f in zip(own.near_misses, report.near_misses, strict=True)],
        "uses": sorted(source.uses),
        "source": own.source,
        "printed": [
            printed_object(row.printed) | {"readings": [_evidence(row.printed, f, spelled) for f in row.findings]}
            for row in report.printed
        ],
        "missing": theorem.missing if isinstance(theorem, Conjecture) else None,
        "trusted": [{"file": file.name, "lines": file.lines, "sha256": file.sha256} for file in trusted_files()],
        "sha256": source.sha256,
        "versions": versions(symjepa),
    }


def versions(symjepa: str) -> dict[str, str]:
    """What computed: this package and the two libraries that it trusts with arithmetic."""
    return {"python-flint": metadata.version("python-flint"), "symjepa": symjepa, "sympy": metadata.version("sympy")}


def scopes_of(report: Report) -> tuple[Scope, ...]:
    """The scope of each conjunct of the claim."""
    facts = context_of(report.statement.hypotheses).facts
    return tuple(scope(line.claim, compiled(line.claim), facts) for line in report.claim)


def scope_object(scopes: Iterable[Scope]) -> Object:
    """The scope of a conjunction: free is what is free in every part that speaks of depths; equal scopes said once."""
    several = list(scopes)
    speaking = [one for one in several if one.free or one.fixed]
    free = [[symbol.name for symbol, _ in one.free] for one in speaking]
    groups: dict[str, list[int]] = {}
    for number, one in enumerate(several, start=1):
        groups.setdefault(str(one), []).append(number)
    texts = [text for text in groups if text != "no depth"] or ["no depth"]
    return {
        "free": [name for name in ("K", "L") if free and all(name in names for names in free)],
        "where": list(dict.fromkeys(text for one in speaking for text in _bounds(one))),
        "text": "; ".join(texts),
        "by_part": [{"text": text, "parts": numbers} for text, numbers in groups.items()],
    }


def _bounds(one: Scope) -> list[str]:
    bounds = [f"{symbol.name} >= {least}" for symbol, least in one.free]
    return [*bounds, *map(str, one.but), *(f"{name} = {number}" for name, number in one.fixed)]


def assumptions(report: Report) -> tuple[Fact, ...]:
    """The assumptions on all symbols of the statement: they are hypotheses like the others."""
    symbols = {symbol for line in report.claim for symbol in symbols_in(compiled(line.claim))}
    facts = context_of(report.statement.hypotheses).facts
    symbols |= {symbol for fact in facts for symbol in fact.free_symbols}
    sequences = spoken_of((facts, tuple(compiled(line.claim).obligations for line in report.claim)))
    return (*assumed(symbol for symbol in symbols if not isinstance(symbol, sp.Dummy)), *assumed_of_terms(sequences))


def _let(let: Let, spelled: Spelled) -> Object:
    return {"symbol": spelled.expr(let.symbol), "value": spelled.expr(let.value)}


def _line(line: Line, spelled: Spelled, own: Scope | None = None) -> Object:
    depths = {} if own is None else {"scope": scope_object([own])}
    return {
        "line": line.at,
        "claim": spelled.claim(line.stated or line.claim),
        "verdict": line.verdict.value,
        **depths,
        "rule": rule_object(line, spelled),
        "residual": line.residual,
        "counterexample": counterexample_object(line.counterexample),
        "why": getattr(line.claim, "why", ""),
    }


def rule_object(line: Line, spelled: Spelled) -> Object:
    """The rule of a line with its premises, and for each the obligations that discharge it."""
    own, *beside = (_applied(rule, line, spelled) for rule in _rules_of(line))
    return {**own, "beside": beside}


def _rules_of(line: Line) -> list[Rule]:
    """The rule of a line, and that of the manifold if its flow is a restricted one."""
    manifold = RULES["invariant-manifold"]
    restricted = any(decision.obligation.premise in manifold.premises for decision in line.decisions)
    return [RULES[line.rule], *([manifold] if restricted else [])]


def _applied(rule: Rule, line: Line, spelled: Spelled) -> Object:
    return {
        "name": rule.name,
        "statement": rule.statement,
        "source": rule.source,
        "premises": [_premise(name, line.decisions, spelled) for name in rule.premises],
    }


def _premise(name: str, decisions: Iterable[Decision], spelled: Spelled) -> Object:
    own = [decision for decision in decisions if decision.obligation.premise == name]
    return {
        "name": name,
        "discharged": bool(own) and all(decision.proved for decision in own),
        "obligations": [_obligation(decision, spelled) for decision in own],
    }


def _obligation(decision: Decision, spelled: Spelled) -> Object:
    obligation = decision.obligation
    given: tuple[Fact, ...] = getattr(obligation, "given", ())
    return {
        "kind": type(obligation).__name__,
        **_content(obligation, spelled),
        "given": [spelled.fact(fact) for fact in given],
        "granted": [spelled.claim(claim) for claim in getattr(obligation, "granted", ())],
        "shown": decision.proved,
        "conditions": [{"fact": spelled.fact(fact), "shown_by": reason} for fact, reason in decision.conditions],
        "residual": decision.residual,
    }


def _content(obligation: Decidable, spelled: Spelled) -> Object:
    match obligation:
        case Equal(lhs=lhs, rhs=rhs):
            return {"lhs": spelled.expr(lhs), "rhs": spelled.expr(rhs)}
        case HasSign(expr=expr, kind=kind, by=by):
            return {"fact": spelled.fact(Fact(expr, kind)), "by": None if by is None else spelled.expr(by)}
        case Smooth(expr=expr):
            return {"expr": spelled.expr(expr)}
        case SomeSign(exprs=exprs, kind=kind):
            return {"some": [spelled.fact(Fact(expr, kind)) for expr in exprs]}
        case WordsVanish(lhs=lhs, rhs=rhs) | TracesVanish(lhs=lhs, rhs=rhs):
            return {"lhs": spelled.words(lhs), "rhs": spelled.words(rhs)}
        case Closes(lemma=lemma):
            total = sp.Sum(lemma.term, (lemma.index, lemma.lo, lemma.upper))
            return {"sum": spelled.expr(total), "closed": spelled.expr(lemma.closed)}
        case Shown(reason=reason):
            return {"reason": reason}


def witness_object(statement: Statement, report: Report) -> Object:
    """The witness: its points or matrices, and what is wrong with it."""
    own = statement.witness
    said: Object = {"ok": report.witnessed, "why": report.witness}
    if isinstance(own, Instance):
        matrices = {name: [[str(x) for x in row] for row in rows] for name, rows in sorted(own.matrices.items())}
        return {**said, "point": numbers(own.numbers), "points": [numbers(own.numbers)], "matrices": matrices}
    points = [numbers(point) for point in (own if isinstance(own, tuple) else (own,))]
    return {**said, "point": points[0], "points": points, "matrices": {}}


def numbers(point: Mapping[sp.Symbol, Any]) -> dict[str, str]:
    """An exact point, in the order of the names."""
    return {str(symbol): str(number) for symbol, number in sorted(point.items(), key=lambda entry: str(entry[0]))}


def counterexample_object(found: Counterexample | None) -> Object | None:
    """A certified point and what fails there."""
    if found is None:
        return None
    matrices = {name: exact_rows(text) for name, text in sorted(found.matrices)}
    return {"point": numbers(found.point), "matrices": matrices, "fails": found.fails}


def exact_rows(text: str) -> list[list[str]]:
    """`[[Fraction(1, 2), 3]]`, as a counterexample keeps it, as rows of exact numbers."""
    rows = ast.literal_eval(text.replace("Fraction(", "("))
    return [[str(Fraction(*entry) if isinstance(entry, tuple) else Fraction(entry)) for entry in row] for row in rows]


def _near_miss(own: NearMiss | Claim, found: Missed, spelled: Spelled) -> Object:
    miss = own if isinstance(own, NearMiss) else NearMiss(own)
    at = counterexample_object(found.counterexample)
    return {
        "claim": spelled.claim(miss.claim),
        "without": [spelled.claim(claim) for claim in miss.without],
        "verdict": found.verdict.value,
        "point": at and at["point"],
        "matrices": at["matrices"] if at else {},
        "fails": at and at["fails"],
        "why": found.why,
    }


def printed_object(printed: Printed) -> Object:
    """A printed claim: a row of the ledger without its readings."""
    return {
        "id": printed.id,
        "source": printed.source,
        "words": printed.words,
        "seen": printed.seen,
        "relayed": printed.relayed,
        "conversion": printed.conversion,
    }


def spoken(printed: Printed, kind: str) -> str:
    """A verdict as it is said: of a print that was not read it is said as relayed, and so is what is settled of it."""
    if printed.seen == "read" or kind in ("open", "undecided"):
        return kind
    by = f" by {printed.relayed}" if printed.relayed else ""
    memory = ", from memory" if printed.seen == "recalled" else ""
    return f"{kind}, as relayed{by}{memory}"


def reading_object(printed: Printed, finding: Finding, spelled: Spelled) -> Object:
    """A reading of a printed claim with its verdict."""
    own = finding.reading
    refuted = finding.refuted
    scopes = [scope(line.claim, compiled(line.claim), finding.given) for line in finding.claim]
    return {
        "words": own.words,
        "kind": finding.kind,
        "verdict": spoken(printed, finding.kind),
        "expected": own.expected,
        "as_expected": finding.as_expected,
        "conversion": printed.conversion if own.conversion is None else own.conversion,
        "claim": _spelled([own.claim] if own.claim is not None else [], spelled),
        "hypotheses": None if own.hypotheses is None else _spelled(own.hypotheses, spelled),
        "when": _spelled(own.when, spelled),
        "let": [_let(let, spelled) for let in finding.let],
        "sharper": _spelled([own.sharper] if own.sharper is not None else [], spelled),
        "scope": scope_object(scopes)["text"] if finding.settled and finding.kind != "refuted" else "",
        "counterexample": counterexample_object(refuted.counterexample if refuted else None),
        "missing": own.missing,
        "why": finding.why,
    }


def _spelled(claims: Iterable[Claim], spelled: Spelled) -> list[Object]:
    return [spelled.claim(part) for claim in claims for part in parts(claim)]


def _evidence(printed: Printed, finding: Finding, spelled: Spelled) -> Object:
    lines = {"lines": finding.lines, "evidence": finding.claim, "without": finding.without}
    shown = {name: [_line(line, spelled) for line in own] for name, own in lines.items()}
    return reading_object(printed, finding, spelled) | shown


def rules_used(report: Report) -> list[Object]:
    """Every rule that the proof and the claim applied with success, and its premises."""
    checked = [line for line in (*report.lines, *report.claim) if isinstance(line, Line)]
    names = {rule.name for line in checked if line.verdict is Verdict.PROVED for rule in _rules_of(line)}
    return [{"name": name, "premises": list(RULES[name].premises)} for name in RULES if name in names]
