r"""The assumptions on symbols, as facts.

Soundness.  SymPy simplifies by assumptions before anyone looks, so each assumption is a hypothesis of every statement
in which its symbol occurs.  Only those that can be restated as facts are admitted: real, positive, nonnegative,
integer.  A symbol that assumes more (even, negative, prime, …) is refused.  What the name of a sequence assumes is said
of all its terms; these are real numbers, with a sign or without.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp
from sympy.core.function import UndefinedFunction

from symjepa.errors import OutsideFragment
from symjepa.exact.facts import Fact
from symjepa.exact.sequences import INDEX, every_term

_ADMITTED = tuple(
    {"real": True, **integer, **sign} if integer or sign or real else {}
    for real in (False, True)
    for integer in ({}, {"integer": True})
    for sign in ({}, {"nonnegative": True}, {"positive": True})
)
_NAMES = tuple(sp.Dummy(integer=True, positive=True, even=True, prime=False).assumptions0)
_KNOWN = frozenset(frozenset(sp.Dummy(**assumptions).assumptions0.items()) for assumptions in _ADMITTED)


def assumed(symbols: Iterable[sp.Basic]) -> tuple[Fact, ...]:
    """What the assumptions on the symbols say; OutsideFragment for a symbol that assumes more than can be said."""
    facts = []
    for symbol in sorted((x for x in symbols if isinstance(x, sp.Symbol)), key=str):
        if frozenset(symbol.assumptions0.items()) not in _KNOWN:
            more = ", ".join(sorted(name for name, value in symbol.assumptions0.items() if value))
            raise OutsideFragment(
                f"symbols may assume real, positive, nonnegative and integer; {symbol} assumes {more}", node=symbol
            )
        if symbol.is_integer:
            facts.append(Fact(symbol, "integer"))
        if symbol.is_positive:
            facts.append(Fact(symbol, "positive"))
        elif symbol.is_nonnegative:
            facts.append(Fact(symbol, "nonnegative"))
    return tuple(facts)


_SIGNED: tuple[dict[str, bool], ...] = ({"positive": True}, {"nonnegative": True}, {})
"""Assumptions on a sequence, beside that it is real."""


def assumed_of_terms(sequences: Iterable[UndefinedFunction]) -> tuple[Fact, ...]:
    """What the assumptions on the names of sequences say of every term; OutsideFragment for one that assumes more."""
    facts = []
    for sequence in sorted(sequences, key=str):
        term = sequence(INDEX)
        if not any(_assumes(term) == _assumes(sp.Dummy(real=True, **sign)) for sign in _SIGNED):
            told = f"sequences may assume real, positive and nonnegative; {sequence} assumes more"
            raise OutsideFragment(told, node=term)
        facts += [every_term(sequence, kind) for kind in ("positive", "nonnegative") if getattr(term, f"is_{kind}")][:1]
    return tuple(facts)


def _assumes(expr: sp.Expr) -> dict[str, bool | None]:
    return {name: getattr(expr, f"is_{name}") for name in _NAMES}
