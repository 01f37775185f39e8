r"""Scope: for which depths a claim was proved.  Computed from its obligations, never declared.

A depth symbol is *free* in a claim if it occurs in what was decided or in the flows, as derived, that it was decided
about (a law from which the predictor's depth cancels holds for every one); a number in its place is a *fixed* depth.
Hypotheses and the conditions of the claim itself bound free depths from below, or keep some of them out otherwise.

Soundness.  Symbols are read off the obligations and the derived right-hand sides, after every substitution that a claim
makes: a depth that was replaced by a number is not in them.  A hypothesis about depths alone is part of the scope
unless the kernel shows that the bounds from below imply it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.exact.signs import Signs
from symjepa.exact.words import WordSum, symbols_of
from symjepa.flow import expected_loss
from symjepa.model import Model
from symjepa.statements.claims import Claim, Relation
from symjepa.statements.descriptions import Foreign, Layers, Modes
from symjepa.symbols import K, L
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.obligations.kinds import Closes, Equal, HasSign, Plan, Smooth, TracesVanish, WordsVanish
from symjepa.verify.obligations.local import fact_of

DEPTHS = (K, L)


@dataclass(frozen=True)
class Scope:
    """Free depths with their least values, fixed depths, and what else keeps some of the free ones out."""

    free: tuple[tuple[sp.Symbol, int], ...]
    fixed: tuple[tuple[str, int], ...]
    but: tuple[Fact, ...] = ()

    def __str__(self) -> str:
        bounds: dict[int, list[str]] = {}
        for symbol, least in self.free:
            bounds.setdefault(least, []).append(symbol.name)
        bounded = [f"{', '.join(names)} ≥ {least}" for least, names in bounds.items()]
        only = f" with {', '.join(map(str, self.but))}" if self.but else ""
        said = ["every " + " and ".join(bounded) + only] if bounded else []
        said += [" and ".join(f"{name} = {number}" for name, number in self.fixed)] if self.fixed else []
        return "; ".join(said) or "no depth"


def scope(claim: Claim, plan: Plan, facts: tuple[Fact, ...]) -> Scope:
    """The depths for which a claim speaks."""
    used = symbols_in(plan) | {symbol for flow in flows_in(claim) for symbol in _symbols_of_flow(flow)}
    facts = (*facts, *_conditions(claim))
    free = tuple((symbol, _least(symbol, facts)) for symbol in DEPTHS if symbol in used)
    return Scope(free, tuple(sorted(_fixed(claim))), _exceptions(dict(free), facts))


def _exceptions(free: dict[sp.Symbol, int], facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts about free depths alone that the bounds from below do not imply."""
    about = (fact for fact in facts if fact.free_symbols and fact.free_symbols <= set(free))
    bounds = [Fact(symbol - least, "nonnegative") for symbol, least in free.items()]
    known = Signs((*bounds, *assumed(free)))
    return tuple(dict.fromkeys(fact for fact in about if not known.shows(fact)))


def _conditions(claim: Claim) -> tuple[Fact, ...]:
    """The relations on which a claim is conditional."""
    return tuple(fact_of(relation) for relation in getattr(claim, "on", ()) if isinstance(relation, Relation))


Described = Layers | Modes | Foreign | Model


def flows_in(thing: Any) -> Iterator[Described]:
    """Every description of a flow, or model by itself, inside a claim."""
    if isinstance(thing, Described):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from flows_in(part)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from flows_in(getattr(thing, field.name))


@lru_cache(maxsize=500)
def _symbols_of_flow(flow: Described) -> frozenset[sp.Symbol]:
    """Symbols of the right-hand side, or of the loss of a model, as derived."""
    if isinstance(flow, Model):
        words = (WordSum.of(word) for word, _ in expected_loss(flow).terms)
        return frozenset(symbol for one in words for symbol in symbols_of(one))
    if isinstance(flow, Layers):
        return frozenset(symbol for moving in flow.flow.rates for symbol in symbols_of(moving.rate))
    return frozenset(symbol for rate in flow.rates.values() for symbol in rate.free_symbols)


def symbols_in(plan: Plan) -> set[sp.Symbol]:
    """Every symbol that occurs in the obligations of a plan."""
    found: set[sp.Symbol] = set()
    for obligation in plan.obligations:
        match obligation:
            case Equal(lhs=lhs, rhs=rhs):
                found |= lhs.free_symbols | rhs.free_symbols
            case HasSign(expr=expr) | Smooth(expr=expr):
                found |= expr.free_symbols
            case WordsVanish(lhs=lhs, rhs=rhs):
                found |= symbols_of(lhs) | symbols_of(rhs)
            case TracesVanish(lhs=lhs, rhs=rhs):
                found |= {s for traces in (lhs, rhs) for word, _ in traces.terms for s in symbols_of(WordSum.of(word))}
            case Closes(lemma=lemma):
                found |= set(lemma.free_symbols)
    return found


def _least(symbol: sp.Symbol, facts: tuple[Fact, ...]) -> int:
    """The least value that assumptions and hypotheses on whole numbers allow."""
    least, facts = 1 if symbol.is_positive else 0, tuple(_alone(fact, symbol) for fact in facts)
    while least < 10 and any(_excludes(fact, symbol, least) for fact in facts):
        least += 1
    return least


def _alone(fact: Fact, symbol: sp.Symbol) -> Fact:
    """What a fact says of one depth: whole numbers from 1 that it must exceed stand at 1, where they ask for least."""
    others, parts = fact.expr.free_symbols - {symbol}, fact.expr.as_coefficients_dict()
    whole = all(other.is_integer and other.is_positive and parts.get(other, 0) < 0 for other in others)
    affine = all(part in others or not part.free_symbols & others for part in parts)
    if not (whole and affine and fact.kind in ("positive", "nonnegative")):
        return fact
    return Fact(fact.expr.xreplace(dict.fromkeys(others, sp.S.One)), fact.kind, fact.over)


def _excludes(fact: Fact, symbol: sp.Symbol, number: int) -> bool:
    if fact.over or fact.expr.free_symbols != {symbol}:
        return False
    value = fact.expr.xreplace({symbol: sp.Integer(number)})
    if not value.is_Rational:
        return False
    excluded = {"positive": value <= 0, "nonnegative": value < 0, "nonzero": value == 0, "zero": value != 0}
    return bool(excluded.get(fact.kind, False))


def _fixed(claim: Claim) -> set[tuple[str, int]]:
    """Numeric depths of the models that a claim describes."""
    models = list(models_in(claim))
    depths = [("K", model.predictor.depth) for model in models] + [("L", model.encoder.depth) for model in models]
    return {(name, int(depth)) for name, depth in depths if depth.is_Integer}


def models_in(thing: Any) -> Iterator[Model]:
    """Every model inside a claim."""
    if isinstance(thing, Model):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from models_in(part)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from models_in(getattr(thing, field.name))
