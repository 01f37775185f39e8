r"""Obligations of claims about the flow of a mode: the only place in `verify`, with `matrices`, where flows are derived.

Soundness.  The state symbols of a flow are universally quantified over its domain, which is added to the facts of each obligation; a
claim about particular values substitutes them (without capture) and must show that they lie in the domain.  Right-hand sides are
continuously differentiable wherever the conditions of their normal form hold, which the kernel shows together with the obligation.
"""

from __future__ import annotations

from itertools import permutations, product

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.calculus import along, derivative
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.claims import (
    Conserved,
    Converges,
    Hits,
    Implicit,
    Invariant,
    Linearized,
    Solves,
    Zeros,
)
from symjepa.statements.descriptions import Flow
from symjepa.verify.obligations.kinds import Decidable, Equal, HasSign, Plan, Shown, Smooth, plan
from symjepa.verify.obligations.scalars import facts_of


def of_conserved(claim: Conserved) -> Plan:
    speed = along(claim.quantity, claim.flow.rates)
    return plan(claim, "conservation", (Equal("derivative", speed, claim.rate * claim.quantity, claim.flow.domain),))


def of_solution(claim: Solves) -> Plan:
    values, start, rates = dict(claim.values), dict(claim.start), claim.flow.rates
    if set(values) != set(rates) or set(start) != set(rates):
        raise BadDerivation(f"a solution needs values and a start for each of {', '.join(map(str, rates))}")
    on = facts_of(claim.on)
    equations = tuple(
        Equal("equation", derivative(values[x], claim.time), substitute(rate, values), on) for x, rate in rates.items()
    )
    begins = tuple(Equal("start", substitute(values[x], {claim.time: sp.S.Zero}), start[x]) for x in rates)
    smooth = tuple(Smooth("smooth", rate, claim.flow.domain) for rate in rates.values())
    return plan(claim, "picard-lindelof", (*equations, *begins, *_inside(claim.flow, values, on), *smooth, *_from_zero(claim)))


def _inside(flow: Flow, values: dict[sp.Expr, sp.Expr], on: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """The values lie in the domain of the flow; a flow without one has the whole space."""
    if not flow.domain:
        return (Shown("domain", "the flow is polynomial on the whole space"),)
    return tuple(HasSign("domain", substitute(fact.expr, values), fact.kind, on) for fact in flow.domain)


def _from_zero(claim: Solves) -> tuple[Decidable, ...]:
    """The times claimed are an interval from 0: each relation is `time` itself, or affine in time and strict at 0."""
    obligations: list[Decidable] = []
    for fact in (fact for fact in facts_of(claim.on) if fact.expr != claim.time):
        at_zero = substitute(fact.expr, {claim.time: sp.S.Zero})
        bend = derivative(derivative(fact.expr, claim.time), claim.time)
        obligations += [HasSign("start", at_zero, "positive"), Equal("start", bend, necessary=False)]
    return tuple(obligations)


def of_implicit(claim: Implicit) -> Plan:
    given = (*claim.flow.domain, *facts_of(claim.on))
    speed = Equal("speed", along(claim.clock, claim.flow.rates), claim.speed, given)
    return plan(claim, "separation", (speed, HasSign("moving", claim.speed, "nonzero", given)))


def of_hitting_time(claim: Hits) -> Plan:
    ((state, rate),) = _one_dimensional(claim.flow)
    on = facts_of(claim.on)
    speed = substitute(rate, {state: claim.stop})
    between = sp.Dummy(state.name, real=True)
    rising = Fact(claim.stop - between, "nonnegative"), Fact(between - claim.start, "nonnegative")
    order = sp.Mul(claim.stop - claim.start, speed)
    return plan(
        claim,
        "hitting-time",
        (
            Equal("speed", derivative(claim.time, claim.stop) * speed, sp.S.One, on),
            Equal("start", substitute(claim.time, {claim.stop: claim.start}), given=on),
            HasSign("direction", substitute(rate, {state: between}), "positive", (*on, *rising), necessary=False),
            HasSign("direction", order, "nonnegative", on, necessary=False),
        ),
    )


def _one_dimensional(flow: Flow) -> tuple[tuple[sp.Expr, sp.Expr]]:
    rates = tuple(flow.rates.items())
    if len(rates) != 1:
        raise BadDerivation(f"this claim is about one-dimensional flows; got the state {', '.join(map(str, flow.rates))}")
    return (rates[0],)


def of_zeros(claim: Zeros) -> Plan:
    rates, given = claim.flow.rates, (*claim.flow.domain, *facts_of(claim.on))
    choices = list(product(*(part.equations for part in claim.components)))
    if len(choices) != len(claim.cofactors):
        raise BadDerivation(f"{len(choices)} choices of equations need as many Cofactors; got {len(claim.cofactors)}")
    obligations: list[Decidable] = []
    for part in claim.components:
        values = dict(part.at)
        obligations += [Equal("annihilates", substitute(rate, values)) for rate in rates.values()]
        obligations += [HasSign("annihilates", substitute(fact.expr, values), fact.kind) for fact in given]
        obligations += [line for equation in part.equations for line in _solved(equation, values, part.power, given)]
    for choice, cofactors in zip(choices, claim.cofactors, strict=True):
        combined = sp.Add(*(sp.Mul(c, rates[x]) for x, c in cofactors.coefficients))
        obligations.append(Equal("cofactors", combined, sp.Mul(cofactors.unit, *choice), given, necessary=False))
        obligations.append(HasSign("unit", cofactors.unit, "nonzero", given, necessary=False))
    return plan(claim, "zeros", tuple(obligations))


def _solved(
    equation: sp.Expr, values: dict[sp.Expr, sp.Expr], power: sp.Expr, given: tuple[Fact, ...]
) -> tuple[Decidable, ...]:
    """The equation is x^p - value^p for one state variable, so that on x > 0 (for p = 1: anywhere) it holds at the value alone."""
    moving = [x for x, value in values.items() if x in equation.free_symbols and value != x]
    if len(moving) != 1:
        raise BadDerivation(f"the equation {equation} = 0 must determine one state variable; it holds {moving}")
    (x,) = moving
    same = Equal("solved", equation, x**power - values[x] ** power, given, necessary=False)
    if power == 1:
        return (same,)
    return (
        same,
        HasSign("solved", x, "positive", given, necessary=False),
        HasSign("solved", values[x], "positive", given, necessary=False),
        HasSign("solved", power, "nonzero", given, necessary=False),
    )


def of_linearized(claim: Linearized) -> Plan:
    rates, values = claim.flow.rates, dict(claim.at)
    state = tuple(rates)
    if len(claim.rates) != len(state):
        raise BadDerivation(f"{len(state)} state variables need as many rates; got {len(claim.rates)}")
    if any(values.get(x) != x for x in claim.family):
        raise BadDerivation("a family of fixed points is parametrised by state variables that stand for themselves in `at`")
    jacobian = [[substitute(derivative(rates[x], y), values) for y in state] for x in state]
    growth = sp.Dummy("x", real=True)
    characteristic = _determinant([[growth * int(i == j) - jacobian[i][j] for j in range(len(state))] for i in range(len(state))])
    factored = sp.Mul(*(growth - rate for rate in claim.rates))
    moving = [rate for rate in claim.rates if rate != 0]
    family = len(moving) == len(claim.rates) - len(claim.family)
    fixed = tuple(Equal("fixed", substitute(rate, values)) for rate in rates.values())
    inside = tuple(HasSign("fixed", substitute(fact.expr, values), fact.kind) for fact in claim.flow.domain)
    return plan(
        claim,
        "linearization",
        (
            *fixed,
            *inside,
            Equal("rates", characteristic, factored),
            *_signs(moving, claim.stable),
            Shown("manifold", f"{len(claim.family)} zero rates for a family of {len(claim.family)} parameters", family),
        ),
    )


def _signs(moving: list[sp.Expr], stable: bool) -> tuple[Decidable, ...]:
    """All negative for stability; the first positive for instability."""
    if not moving:
        raise BadDerivation("a linearisation without a non-zero rate says nothing about stability")
    if stable:
        return tuple(HasSign("signs", -rate, "positive") for rate in moving)
    return (HasSign("signs", moving[0], "positive"),)


def _determinant(rows: list[list[sp.Expr]]) -> sp.Expr:
    """Leibniz' formula: built, not simplified."""
    size = len(rows)
    if size > 5:
        raise BadDerivation(f"a linearisation of at most 5 state variables is supported; got {size}")
    terms = []
    for order in permutations(range(size)):
        swaps = sum(order[i] > order[j] for i in range(size) for j in range(i + 1, size))
        terms.append(sp.Mul((-1) ** swaps, *(rows[i][order[i]] for i in range(size))))
    return sp.Add(*terms)


def of_invariant(claim: Invariant) -> Plan:
    """The quantity is unit·(x - value) with unit ≠ 0, so it vanishes on the face x = value alone; there it does not decrease."""
    on_face, given = dict(claim.face), (*claim.flow.domain, *facts_of(claim.on))
    if len(on_face) != 1 or not set(on_face) <= set(claim.flow.rates):
        raise BadDerivation("the face of an invariant set is given by one state variable in terms of the others")
    ((x, value),) = on_face.items()
    inward = substitute(along(claim.quantity, claim.flow.rates), on_face)
    return plan(
        claim,
        "nagumo",
        (
            Equal("face", claim.quantity, claim.unit * (x - value), given),
            HasSign("face", claim.unit, "nonzero", given, necessary=False),
            HasSign("inward", inward, "nonnegative", _off(given, x, value)),
        ),
    )


def _off(given: tuple[Fact, ...], x: sp.Expr, value: sp.Expr) -> tuple[Fact, ...]:
    """The facts as they read on the face."""
    return tuple(Fact(substitute(fact.expr, {x: value}), fact.kind) for fact in given)


def of_convergence(claim: Converges) -> Plan:
    ((x, rate),) = _one_dimensional(claim.flow)
    inside = [Fact(x - claim.lower, "positive")] + ([] if claim.upper is sp.oo else [Fact(claim.upper - x, "positive")])
    ends = [HasSign("inside", claim.to - claim.lower, "positive", necessary=False)]
    if claim.upper is not sp.oo:
        ends.append(HasSign("inside", claim.upper - claim.to, "positive", necessary=False))
    factored = claim.unit * (claim.to**claim.power - x**claim.power)
    return plan(
        claim,
        "line",
        (
            Equal("factored", rate, factored, tuple(inside), necessary=False),
            HasSign("unit", claim.unit, "positive", tuple(inside), necessary=False),
            HasSign("power", claim.power, "positive", necessary=False),
            *ends,
            HasSign("positive domain", claim.lower, "nonnegative", necessary=False),
            Equal("inside", substitute(rate, {x: claim.to})),
        ),
    )
