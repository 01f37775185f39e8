r"""Abbreviations replaced by what they stand for, in claims and in the flows that they describe.

Soundness.  The values are put in at once, by simultaneous substitution, into every expression of a claim; a later
abbreviation may use an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.sums import substitute
from symjepa.exact.words import WordSum, instantiated, symbols_of
from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Foreign, Modes
from symjepa.statements.statement import NearMiss, Statement
from symjepa.verify.scope import flows_in


def unfolded(statement: Statement) -> Statement:
    """The statement with its abbreviations replaced by what they stand for; the witness loses them too."""
    rule = unfolding(statement)
    near = tuple(
        replace(miss, claim=rule(miss.claim), without=rule(miss.without)) if isinstance(miss, NearMiss) else rule(miss)
        for miss in statement.near_misses
    )
    return replace(statement, claim=rule(statement.claim), hypotheses=rule(statement.hypotheses), near_misses=near)


def unfolding(statement: Statement) -> Callable[[Any], Any]:
    """Replaces abbreviations in claims; a later abbreviation may use an earlier one."""
    values: dict[sp.Symbol, sp.Expr] = {}
    moving = {x for flow in flows_in((statement.claim, statement.near_misses)) for x in _state(flow)}
    for let in statement.let:
        if let.symbol in moving:
            raise BadDerivation(f"{let.symbol} moves along a flow of this statement; it abbreviates nothing")
        values[let.symbol] = substitute(let.value, values)
    return lambda thing: replaced(thing, values)


def _state(flow: Any) -> Mapping[sp.Expr, sp.Expr]:
    """What moves along a mode flow: an abbreviation of it would replace the state in a claim and not in its flow."""
    return flow.rates if isinstance(flow, Modes | Foreign) else {}


def replaced(thing: Any, values: Mapping[sp.Symbol, sp.Expr]) -> Any:
    """A claim (or anything inside one) with symbols replaced in all its expressions; descriptions of flows included."""
    if not values:
        return thing
    if isinstance(thing, sp.Expr):
        return substitute(thing, values)
    if isinstance(thing, tuple):
        return tuple(replaced(part, values) for part in thing)
    if isinstance(thing, WordSum):  # shapes stay; words that hold none of the symbols are left as they are
        return instantiated(thing, values) if symbols_of(thing) & set(values) else thing
    if isinstance(thing, Modes):  # what is put in for a parameter is an expression; the parameter itself is a name
        put_in = tuple((name, replaced(value, values)) for name, value in thing.values)
        return replace(thing, model=replaced(thing.model, values), values=put_in, sizes=replaced(thing.sizes, values))
    if isinstance(thing, Claim) or (is_dataclass(thing) and not isinstance(thing, type)):
        inside = {f.name: replaced(getattr(thing, f.name), values) for f in fields(thing) if f.init}
        return replace(thing, **inside) if any(inside[name] is not getattr(thing, name) for name in inside) else thing
    return thing
