r"""Particular sequences: at them claims about all sequences are refuted, and witnesses are checked.

Soundness.  What is claimed of every sequence is claimed of each of these, and a hypothesis that holds for one of them
is not empty.  The formulas are positive at every integer, so they obey whatever a name may assume of its terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias, TypeVar

import sympy as sp
from sympy.core.function import UndefinedFunction

from symjepa.exact.sequences import INDEX, Formulas, instance, sequences_in
from symjepa.verify.kernel.assumptions import assumed_of_terms

T = TypeVar("T")
Told: TypeAlias = Mapping[sp.Expr, sp.Expr]
_SAID = sp.Symbol("i", integer=True)
FORMULAS = (1 + INDEX**2, sp.S.One, 1 / (1 + INDEX**2))


def particular(thing: T) -> Iterator[tuple[T, Told]]:
    """The thing for particular sequences, each time with which; itself if it speaks of none.

    OutsideFragment for a sequence that assumes more than can be said: the formulas may not obey it.
    """
    names = sorted(spoken_of(thing), key=str)
    assumed_of_terms(names)  # refuses those that may not be positive, or not all of these fractions
    for turn in range(len(FORMULAS) if names else 1):
        values = {name: FORMULAS[(turn + place) % len(FORMULAS)] for place, name in enumerate(names)}
        yield put_in(thing, values), {name(_SAID): x.xreplace({INDEX: _SAID}) for name, x in values.items()}


def spoken_of(thing: Any) -> frozenset[UndefinedFunction]:
    """The sequences of which terms stand in any expression inside a claim, an obligation, facts."""
    if isinstance(thing, sp.Expr):
        return sequences_in(thing)
    return frozenset().union(*map(spoken_of, _inside(thing)))


def put_in(thing: Any, values: Formulas) -> Any:
    """The same with formulas in the place of the terms; what holds none is left as it is."""
    if isinstance(thing, sp.Expr):
        return instance(thing, values)
    if not values or not spoken_of(thing):
        return thing
    if isinstance(thing, tuple):
        return tuple(put_in(part, values) for part in thing)
    return replace(thing, **{f.name: put_in(getattr(thing, f.name), values) for f in fields(thing) if f.init})


def _inside(thing: Any) -> tuple[Any, ...]:
    if isinstance(thing, tuple):
        return thing
    if is_dataclass(thing) and not isinstance(thing, type):
        return tuple(getattr(thing, f.name) for f in fields(thing) if f.init)
    return ()
