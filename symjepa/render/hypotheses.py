"""The letters of a statement with what is assumed of them, grouped as a reader introduces them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import WordSum
from symjepa.render.styles import Style
from symjepa.statements.claims import AtMost, ByInduction, Claim, Less, Share, parts
from symjepa.statements.statement import Statement
from symjepa.symbols import K, L, alpha, b, chi, eta, j, k, l, lam, n, nu, rho, s, sigma2, sigma2_y, t, tau, u, v, w
from symjepa.verify.certificates import assumptions
from symjepa.verify.check import Report
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.scope import flows_in

ORDER = (K, L, k, l, j, n, lam, sigma2, sigma2_y, rho, nu, alpha, tau, eta, w, v, b, u, s, chi, t)
"""Symbols as a statement introduces them."""


def introduced(
    statement: Statement, report: Report, style: Style, shown: Callable[[sp.Expr], bool] = lambda symbol: True
) -> list[str]:
    """`K, L ≥ 1 be integers`, `σ², u > 0`: the symbols of a statement, those that it abbreviates or binds left out.

    `shown`: whether a letter, but for the depths, is to be seen in the statement.
    """
    known = (*assumptions(report), *assumed(symbols_in(statement.claim)), *_domains(statement.claim))
    lets = {let.symbol for let in statement.let}
    left_out = lets | (_indices(statement.claim) - _loose(statement.claim))
    seen = [fact for fact in dict.fromkeys(known) if fact.expr not in left_out]
    own = [fact for fact in seen if fact.expr in (K, L) or shown(fact.expr)]
    given = relations(statement)
    return [*_integers(own, given, style), *_signs(own, given, style)]


def relations(statement: Statement) -> list[Claim]:
    """The hypotheses one by one."""
    return [part for claim in statement.hypotheses for part in parts(claim)]


def supposed(statement: Statement) -> list[Claim]:
    """The hypotheses that say more than the sign of one symbol."""
    return [claim for claim in relations(statement) if _bound(claim) is None]


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"


def _domains(claim: Claim) -> Iterator[Fact]:
    """Where the flows of a claim live: the signs of their amplitudes."""
    for flow in flows_in(claim):
        domain: tuple[Fact, ...] = getattr(flow, "domain", ())
        yield from (fact for fact in domain if fact.expr.is_Symbol and fact.kind in ("positive", "nonnegative"))


def symbols_in(thing: Any) -> set[sp.Symbol]:
    """Every scalar symbol inside a claim, rates of models and coefficients of words included."""
    if isinstance(thing, sp.Expr):
        return {x for x in thing.free_symbols if isinstance(x, sp.Symbol) and not isinstance(x, sp.Dummy)}
    if isinstance(thing, WordSum | TraceSum):
        return {symbol for _, coefficient in thing.terms for symbol in symbols_in(coefficient)}
    if isinstance(thing, tuple):
        return {symbol for part in thing for symbol in symbols_in(part)}
    if is_dataclass(thing) and not isinstance(thing, type):
        return {symbol for field in fields(thing) for symbol in symbols_in(getattr(thing, field.name))}
    return set()


def _indices(thing: Any) -> set[sp.Symbol]:
    """Letters that run inside of a claim: indices of inductions, and of sums over layers."""
    if isinstance(thing, tuple):
        return {symbol for part in thing for symbol in _indices(part)}
    if not is_dataclass(thing) or isinstance(thing, type):
        return set()
    own = {thing.index} if isinstance(thing, ByInduction | Share) else set()
    return own | {symbol for field in fields(thing) for symbol in _indices(getattr(thing, field.name))}


def _loose(claim: Claim) -> set[sp.Symbol]:
    """The symbols of those parts of a claim in which no index runs."""
    return symbols_in(tuple(part for part in parts(claim) if not _indices(part)))


def _bound(claim: Claim) -> sp.Symbol | None:
    """The symbol of a hypothesis `0 < symbol` or `0 ≤ symbol`."""
    alone = isinstance(claim, Less | AtMost) and claim.lhs == 0 and claim.rhs.is_Symbol
    return claim.rhs if alone else None  # type: ignore[attr-defined]


def _integers(facts: Sequence[Fact], given: Sequence[Claim], style: Style) -> Iterator[str]:
    whole = _ordered(_of_kind("integer", facts))
    positive = {*_of_kind("positive", facts), *(_bound(claim) for claim in given if isinstance(claim, Less))}
    told = []
    for least, members in ((0, [x for x in whole if x not in positive]), (1, [x for x in whole if x in positive])):
        if members:
            told.append(style.inline(f"{', '.join(map(style.expr, members))} {style.sign('>=')} {least}"))
    if told:
        yield f"{listed(told)} be {'integers' if len(whole) > 1 else 'an integer'}"


def _ordered(symbols: Iterable[sp.Expr]) -> list[sp.Expr]:
    """In the order of the table of symbols, strangers after them by name."""
    places = {symbol: place for place, symbol in enumerate(ORDER)}
    return sorted(dict.fromkeys(symbols), key=lambda x: (places.get(x, len(places)), str(x)))


def _of_kind(kind: str, facts: Sequence[Fact]) -> list[sp.Expr]:
    return [fact.expr for fact in facts if fact.kind == kind]


def _signs(facts: Sequence[Fact], given: Sequence[Claim], style: Style) -> Iterator[str]:
    whole = set(_of_kind("integer", facts))
    bounds = [(type(claim), _bound(claim)) for claim in given]
    positive = [*_of_kind("positive", facts), *(x for kind, x in bounds if x and kind is Less)]
    nonnegative = [*_of_kind("nonnegative", facts), *(x for kind, x in bounds if x and kind is AtMost)]
    for sign, members in ((">", positive), (">=", [x for x in nonnegative if x not in positive])):
        names = [style.expr(x) for x in _ordered(members) if x not in whole]
        if names:
            yield style.inline(f"{', '.join(names)} {style.sign(sign)} 0")
