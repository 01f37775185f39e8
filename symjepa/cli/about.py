"""Which theorems of the book speak of a model: their flows are its own, for some values of their symbols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import sympy as sp

from symjepa.model import Model
from symjepa.statements.claims import AtMost, Claim, Less
from symjepa.statements.descriptions import Modes
from symjepa.statements.statement import Conjecture, Theorem


@dataclass(frozen=True)
class About:
    """A theorem that speaks of a model, and what its symbols are for that: empty if it is about the model as it is."""

    label: str
    title: str
    kind: str
    at: tuple[tuple[sp.Symbol, sp.Expr], ...]


def about(model: Model) -> tuple[About, ...]:
    """The theorems and conjectures of the book whose claims cover the model, in the order of the book."""
    from symjepa.catalogue import entries, load

    found = ((entry.label, load(entry)) for entry in entries())
    spoken = ((label, theorem, _covered(theorem, model)) for label, theorem in found)
    return tuple(
        About(label, theorem.statement.title, theorem.kind, tuple(at.items()))
        for label, theorem, at in spoken
        if at is not None
    )


def _covered(theorem: Theorem | Conjecture, model: Model) -> dict[sp.Symbol, sp.Expr] | None:
    """Values of the theorem's symbols that make one of its models this one, its hypotheses on them kept."""
    statement = theorem.statement
    for theirs in dict.fromkeys(_models(statement.claim)):
        at = _match(theirs, model)
        if at is not None and not any(_excludes(hypothesis, at) for hypothesis in statement.hypotheses):
            return at
    return None


def _models(thing: Any) -> Iterator[Model]:
    """Every model that a claim holds, but not at one particular weight decay: that is another learner."""
    if isinstance(thing, Modes) and thing.model.weight_decay in dict(thing.values):
        return
    if isinstance(thing, Model):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _models(part)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from _models(getattr(thing, field.name))


def _match(theirs: Model, model: Model) -> dict[sp.Symbol, sp.Expr] | None:
    """What turns their model into this one, or None."""
    if (type(theirs.teacher), theirs.objective) != (type(model.teacher), model.objective):
        return None
    at: dict[sp.Symbol, sp.Expr] = {}
    for one, other in zip(_numbers(theirs), _numbers(model), strict=True):
        if one == other:
            continue
        if not one.is_Symbol or at.get(one, other) != other:
            return None
        at[one] = other
    return at


def _numbers(model: Model) -> tuple[sp.Expr, ...]:
    rates = (model.predictor_rate, model.weight_decay, getattr(model.teacher, "tau", sp.S.Zero))
    return (model.encoder.depth, model.predictor.depth, *rates)


def _excludes(hypothesis: Claim, at: dict[sp.Symbol, sp.Expr]) -> bool:
    """Whether a hypothesis fails at these values, whatever whole numbers from 1 they must exceed."""
    if not isinstance(hypothesis, Less | AtMost):
        return False
    gap = (hypothesis.rhs - hypothesis.lhs).xreplace(at)
    parts = gap.as_coefficients_dict()
    gap = gap.xreplace({x: sp.S.One for x in parts if x.is_Symbol and x.is_integer and x.is_positive and parts[x] < 0})
    return bool(gap.is_Number and (gap < 0 or (gap == 0 and isinstance(hypothesis, Less))))
