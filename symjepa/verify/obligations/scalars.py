r"""Obligations of claims about scalars.

Soundness.  Each function returns a rule with its premises; the argument is the rule's.  A relation that has been
proved may be used as a fact by later lines, since facts and claims range over the same domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.calculus import derivative
from symjepa.exact.facts import Fact, Kind
from symjepa.exact.sums import SumLemma, substitute
from symjepa.statements.claims import (
    AtMost,
    Chain,
    Identity,
    Iff,
    Less,
    Monotone,
    Relation,
    Root,
    SumCloses,
    Unequal,
    Within,
)
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.obligations.kinds import Closes, Decidable, Equal, HasSign, Plan, SameTruth, Signed, Smooth, plan
from symjepa.verify.obligations.local import fact_of


def facts_of(relations: tuple[Relation, ...]) -> tuple[Fact, ...]:
    """Relations as facts."""
    return tuple(fact_of(relation) for relation in relations)


def of_identity(claim: Identity) -> Plan:
    """Both sides have one normal form."""
    return plan(claim, "identity", (Equal("equal", claim.lhs, claim.rhs),), (fact_of(claim),))


def of_sign(claim: Less | AtMost) -> Plan:
    """The gap has the sign claimed, by itself or by the certificate."""
    fact = fact_of(claim)
    defined = _defined(claim.lhs, claim.rhs)
    if isinstance(claim.by, Monotone):
        return plan(
            claim, "monotone-power", (*_powers(fact.expr, fact.kind, claim.by), *defined), (fact,), (Signed(fact),)
        )
    if isinstance(claim.by, Chain):
        return plan(
            claim, "mean-value", (*_chained(fact.expr, fact.kind, claim.by), *defined), (fact,), (Signed(fact),)
        )
    return plan(claim, "sign", (HasSign("sign", fact.expr, fact.kind, (), claim.by), *defined), (fact,))


def _defined(*exprs: sp.Expr) -> tuple[Decidable, ...]:
    """Each side has a value: their difference may have cancelled what has none."""
    return tuple(Smooth("defined", expr) for expr in exprs)


def _chained(gap: sp.Expr, kind: Kind, chain: Chain) -> tuple[Decidable, ...]:
    """f(a) ≥ 0, and f' of one sign between a and the variable, which lies beyond its start (premise `start`)."""
    if chain.variable in chain.start.free_symbols:
        raise BadDerivation(f"the start of a chain is a constant; {chain.start} holds {chain.variable}")
    low, sign = (chain.variable, -1) if chain.falling else (chain.start, 1)
    x = sp.Dummy("x", positive=True) if low.is_positive else sp.Dummy("x", real=True)
    begun, moved = (Fact(sign * (x - chain.start), how) for how in ("nonnegative", "positive"))
    on_the_way = Fact(sign * (chain.variable - x), "nonnegative")
    using = renamed_relations(chain.using, lambda expr: substitute(expr, {chain.variable: x}))
    known = (moved, on_the_way, *facts_of(using))
    slope = sign * substitute(derivative(gap, chain.variable), {chain.variable: x})
    by = None if chain.slope is None else substitute(chain.slope, {chain.variable: x})
    return (
        HasSign("start", substitute(gap, {chain.variable: chain.start}), "nonnegative", necessary=False),
        HasSign("start", sign * (chain.variable - chain.start), kind, necessary=False),
        *(HasSign("start", low, fact.kind, necessary=False) for fact in assumed([x])),
        *(replace(line, premise="slope") for line in shown_first(using, (moved, on_the_way))),
        HasSign("slope", slope, kind, known, by, necessary=False),
        Smooth("slope", substitute(gap, {chain.variable: x}), (begun, on_the_way)),
    )


def _powers(gap: sp.Expr, kind: Kind, by: Monotone) -> tuple[Decidable, ...]:
    """The gap is high^p - low^p with p > 0, or low^p - high^p with p < 0; strict if low < high."""
    falling = by.power.could_extract_minus_sign()
    powers = by.low**by.power - by.high**by.power if falling else by.high**by.power - by.low**by.power
    return (
        Equal("powers", gap, powers, necessary=False),
        HasSign("order", by.high - by.low, kind, necessary=False),
        HasSign("base", by.low, "positive", necessary=False),
        HasSign("power", -by.power if falling else by.power, "positive", necessary=False),
    )


def shown_first(relations: Iterable[Relation], given: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """Relations shown one after another where `given` holds, each by its certificate; the earlier ones are known to
    the later ones, and to whoever lists them.
    """
    lines: list[Decidable] = []
    for relation in relations:
        lines += (_under(given, line) for line in _certified(relation))
        given = (*given, fact_of(relation))
    return tuple(lines)


def _certified(relation: Relation) -> tuple[Decidable, ...]:
    """What shows a relation inside another claim."""
    fact, by = fact_of(relation), getattr(relation, "by", None)
    if isinstance(by, Monotone):
        return (*_powers(fact.expr, fact.kind, by), *_defined(relation.lhs, relation.rhs))
    if isinstance(by, Chain):
        return (*_chained(fact.expr, fact.kind, by), *_defined(relation.lhs, relation.rhs))
    return (HasSign("sign", fact.expr, fact.kind, (), by, necessary=False), *_defined(relation.lhs, relation.rhs))


def _under(given: tuple[Fact, ...], line: Decidable) -> Decidable:
    """The same where further facts hold."""
    assert isinstance(line, Equal | HasSign | Smooth)
    return replace(line, given=(*line.given, *given))


def renamed_relations(relations: Iterable[Relation], renamed: Callable[[sp.Expr], sp.Expr]) -> tuple[Relation, ...]:
    """Relations with their certificates, in other symbols."""
    return tuple(_mapped(relation, renamed) for relation in relations)


def _mapped(thing: Any, renamed: Callable[[sp.Expr], sp.Expr]) -> Any:
    if isinstance(thing, sp.Expr):
        return renamed(thing)
    if isinstance(thing, tuple):
        return tuple(_mapped(part, renamed) for part in thing)
    if isinstance(thing, Relation | Monotone | Chain):
        return replace(thing, **{f.name: _mapped(getattr(thing, f.name), renamed) for f in fields(thing)})
    return thing


def of_unequal(claim: Unequal) -> Plan:
    """The gap is not zero."""
    fact = fact_of(claim)
    return plan(claim, "sign", (HasSign("sign", fact.expr, fact.kind), *_defined(claim.lhs, claim.rhs)), (fact,))


def of_equivalence(claim: Iff) -> Plan:
    """One gap is a positive factor times the other."""
    left, right = fact_of(claim.left), fact_of(claim.right)
    if left.kind != right.kind:
        raise BadDerivation(f"an Iff needs two relations of one kind; got {left} and {right}")
    return plan(
        claim,
        "equivalence",
        (
            Equal("factor", left.expr, claim.by * right.expr, necessary=False),
            HasSign("positive", claim.by, "positive", necessary=False),
            *_defined(claim.left.lhs, claim.left.rhs, claim.right.lhs, claim.right.rhs),
        ),
        tests=(SameTruth(left, right),),
    )


def of_closed_sum(claim: SumCloses) -> Plan:
    """By induction on the upper end."""
    lemma = SumLemma(claim.term, claim.index, claim.lo, claim.upper, claim.closed)
    return plan(claim, "induction", (Closes("induction", lemma, facts_of(claim.on)),))


def of_root(claim: Root) -> Plan:
    """Opposite signs at the ends, and a slope of one sign between."""
    low, high = claim.between
    sign = 1 if claim.rising else -1
    if claim.variable.is_integer:
        raise BadDerivation(f"a root needs a real variable; {claim.variable} is an integer")
    x = sp.Dummy(claim.variable.name, **claim.variable.assumptions0)
    ends = tuple(
        HasSign("order", end, fact.kind, necessary=False) for fact in assumed([claim.variable]) for end in (low, high)
    )
    inside = (Fact(x - low, "positive"), Fact(high - x, "positive"))
    at = {end: substitute(claim.of, {claim.variable: end}) for end in (low, high, x)}
    by = None if claim.slope is None else sign * substitute(claim.slope, {claim.variable: x})
    return plan(
        claim,
        "intermediate-value",
        (
            HasSign("order", high - low, "positive"),
            *ends,
            HasSign("lower end", -sign * at[low], "positive", necessary=False),
            HasSign("upper end", sign * at[high], "positive", necessary=False),
            HasSign("monotone", sign * derivative(at[x], x), "positive", inside, by, necessary=False),
            Smooth("smooth", at[x], (Fact(x - low, "nonnegative"), Fact(high - x, "nonnegative"))),
            *(Smooth("smooth", end) for end in (low, high)),
        ),
        # What is defined all the way is continuous: before its one zero, crossed upward, it is not positive.
        tests=(
            HasSign("lower end", -sign * at[low], "nonnegative"),
            HasSign("upper end", sign * at[high], "nonnegative"),
        ),
    )


def of_bound(claim: Within) -> Plan:
    """Both gaps are nonnegative."""
    above, below = claim.of + claim.by - claim.expr, claim.expr - claim.of + claim.by
    facts = (Fact(above, "nonnegative"), Fact(below, "nonnegative"))
    return plan(
        claim,
        "sandwich",
        (
            HasSign("above", above, "nonnegative", (), claim.above),
            HasSign("below", below, "nonnegative", (), claim.below),
            *_defined(claim.expr, claim.of, claim.by),
        ),
        facts,
    )
