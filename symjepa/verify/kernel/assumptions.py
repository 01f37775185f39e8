r"""The assumptions on symbols, as facts.

Soundness.  SymPy simplifies by assumptions before anyone looks, so each assumption is a hypothesis of every statement
in which its symbol occurs.  Only those that can be restated as facts are admitted: real, positive, nonnegative,
integer.  A symbol that assumes more (even, negative, prime, …) is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from symjepa.errors import OutsideFragment
from symjepa.exact.facts import Fact

_ADMITTED = tuple(
    {"real": True, **integer, **sign} if integer or sign or real else {}
    for real in (False, True)
    for integer in ({}, {"integer": True})
    for sign in ({}, {"nonnegative": True}, {"positive": True})
)
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
