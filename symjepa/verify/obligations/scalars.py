r"""Obligations of claims about scalars.

Soundness.  Each function returns a rule with its premises; the argument is the rule's.  A relation that has been
proved may be used as a fact by later lines, since facts and claims range over the same domain.
"""

from __future__ import annotations

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
    """f(a) ≥ 0 and f' > 0 beyond; that the variable is beyond its start is shown with the premise `start`."""
    if chain.variable in chain.start.free_symbols:
        raise BadDerivation(f"the start of a chain is a constant; {chain.start} holds {chain.variable}")
    beyond = Fact(chain.variable - chain.start, "positive")
    slope = derivative(gap, chain.variable)
    at_start = substitute(gap, {chain.variable: chain.start})
    fresh = sp.Dummy("x", real=True)
    moved = Fact(substitute(beyond.expr, {chain.variable: fresh}), "positive")
    slope_there = substitute(slope, {chain.variable: fresh})
    by = None if chain.slope is None else substitute(chain.slope, {chain.variable: fresh})
    return (
        HasSign("start", at_start, "nonnegative", (), None, necessary=False),
        HasSign("start", beyond.expr, "positive" if kind == "positive" else "nonnegative", (), None, necessary=False),
        HasSign("slope", slope_there, "positive", (moved,), by, necessary=False),
        Smooth("slope", substitute(gap, {chain.variable: fresh}), (Fact(moved.expr, "nonnegative"),)),
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
    return plan(
        claim,
        "intermediate-value",
        (
            HasSign("order", high - low, "positive"),
            *ends,
            HasSign("lower end", -sign * at[low], "positive", necessary=False),
            HasSign("upper end", sign * at[high], "positive", necessary=False),
            HasSign("monotone", sign * derivative(at[x], x), "positive", inside, necessary=False),
            Smooth("smooth", at[x], (Fact(x - low, "nonnegative"), Fact(high - x, "nonnegative"))),
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
