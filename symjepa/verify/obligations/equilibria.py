r"""Obligations of claims about where a mode comes to rest: the only place in `verify`, with `matrices`, where flows are
derived.

Soundness.  Each function returns the premises of its rule.  State and time are fresh symbols (`local`), universally
quantified over the domain of the flow and what the claim says of them; a claim about particular values substitutes
them without capture and shows that they lie in the domain.  That rates, values and certificates are smooth is an
obligation of its own, for a product may have cancelled what is not defined.
"""

from __future__ import annotations

from itertools import permutations, product

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.calculus import along, derivative
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.claims import (
    Component,
    Converges,
    Invariant,
    Linearized,
    Zeros,
)
from symjepa.verify.obligations.kinds import Crosses, Decidable, Equal, HasSign, Plan, Shown, Smooth, SomeSign, plan
from symjepa.verify.obligations.local import Local, local, one_dimensional


def of_zeros(claim: Zeros) -> Plan:
    """Each component annihilates the rates, and the cofactors show that nothing else does."""
    here = local(
        claim.flow, [e for part in claim.components for e in (*part.equations, *(value for _, value in part.at))]
    )
    given = (*here.domain, *here.facts(claim.on))
    choices = list(product(*(part.equations for part in claim.components)))
    if len(choices) != len(claim.cofactors):
        raise BadDerivation(f"{len(choices)} choices of equations need as many Cofactors; got {len(claim.cofactors)}")
    obligations = [line for part in claim.components for line in _component(part, here, given)]
    for choice, cofactors in zip(choices, claim.cofactors, strict=True):
        coefficients, unit = here.pairs(cofactors.coefficients), here.renamed(cofactors.unit)
        combined = sp.Add(*(sp.Mul(c, here.rates[x]) for x, c in coefficients.items()))
        aims = sp.Mul(unit, *map(here.renamed, choice))
        obligations.append(Equal("cofactors", combined, aims, given, necessary=False))
        obligations.append(HasSign("unit", unit, "nonzero", given, necessary=False))
        obligations += [Smooth("cofactors", c, given) for c in (*coefficients.values(), *map(here.renamed, choice))]
    return plan(claim, "zeros", (*obligations, *here.smooth("smooth", given)))


def _component(part: Component, here: Local, given: tuple[Fact, ...]) -> list[Decidable]:
    """The component lies in the domain and annihilates the rates; each equation determines one variable, and every one
    is determined.
    """
    values = here.pairs(part.at)
    obligations: list[Decidable] = [Equal("annihilates", substitute(rate, values)) for rate in here.rates.values()]
    obligations += [HasSign("annihilates", substitute(fact.expr, values), fact.kind) for fact in given]
    determined = set()
    for equation in map(here.renamed, part.equations):
        x, lines = _solved(equation, values, part.power, given)
        determined.add(x)
        obligations += lines
    free = {x for x in here.rates if values.get(x, x) == x}
    if determined | free != set(here.rates) or determined & free:
        raise BadDerivation(
            "every state variable of a component is either free (it stands for itself) or has an equation of its own"
        )
    return obligations


def _solved(
    equation: sp.Expr, values: dict[sp.Expr, sp.Expr], power: sp.Expr, given: tuple[Fact, ...]
) -> tuple[sp.Expr, list[Decidable]]:
    """The equation is x^p - value^p for one state variable, so that on x > 0 (for p = 1: anywhere) it holds at the
    value alone.
    """
    moving = [x for x, value in values.items() if x in equation.free_symbols and value != x]
    if len(moving) != 1:
        raise BadDerivation(f"the equation {equation} = 0 must determine one state variable; it holds {moving}")
    (x,) = moving
    lines: list[Decidable] = [Equal("solved", equation, x**power - values[x] ** power, given, necessary=False)]
    if power != 1:
        lines.append(HasSign("solved", x, "positive", given, necessary=False))
        lines.append(HasSign("solved", values[x], "positive", given, necessary=False))
        lines.append(HasSign("solved", power, "nonzero", given, necessary=False))
    return x, lines


def of_linearized(claim: Linearized) -> Plan:
    """The characteristic polynomial at the point, the signs of its roots, and the manifold of fixed points."""
    here = local(claim.flow, (*claim.rates, *(value for _, value in claim.at)))
    values, state = here.pairs(claim.at), tuple(here.rates)
    family = [here.names.get(x, x) for x in claim.family]
    if set(values) != set(state) or len(claim.rates) != len(state):
        raise BadDerivation(
            f"{len(state)} state variables need as many values and rates; got {len(values)} and {len(claim.rates)}"
        )
    if len(set(family)) != len(family) or not set(family) <= set(state) or any(values[x] != x for x in family):
        raise BadDerivation(
            "a family of fixed points is parametrised by different state variables that stand for themselves in `at`"
        )
    if any(value == x for x, value in values.items() if x not in family):
        raise BadDerivation("a state variable that stands for itself in `at` belongs to the family")
    rates = [here.renamed(rate) for rate in claim.rates]
    jacobian = [[substitute(derivative(here.rates[x], y), values) for y in state] for x in state]
    growth = sp.Dummy("x", real=True)
    characteristic = _determinant(
        [[growth * int(i == j) - jacobian[i][j] for j in range(len(state))] for i in range(len(state))]
    )
    moving = [rate for rate in rates if rate != 0]
    here_given = tuple(fact for fact in here.domain if set(fact.free_symbols) <= set(family))
    return plan(
        claim,
        "linearization",
        (
            *(Equal("fixed", substitute(rate, values), given=here_given) for rate in here.rates.values()),
            *here.inside("fixed", values, here_given),
            Equal("rates", characteristic, sp.Mul(*(growth - rate for rate in rates)), here_given),
            *_signs(moving, claim.stable, here_given),
            Shown(
                "manifold",
                f"{len(rates) - len(moving)} zero rates, and a family of {len(family)} parameters",
                len(moving) == len(rates) - len(family),
            ),
            *here.smooth("smooth", here.domain),
        ),
    )


def _signs(moving: list[sp.Expr], stable: bool, given: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """All negative for stability; one of them positive for instability."""
    if not moving:
        raise BadDerivation("a linearisation without a non-zero rate says nothing about stability")
    if stable:
        return tuple(HasSign("signs", -rate, "positive", given) for rate in moving)
    return (SomeSign("signs", tuple(moving), "positive", given),)


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
    """The quantity is unit·(x - value) with unit ≠ 0, so it vanishes on the face x = value alone; there it does not
    decrease.
    """
    here = local(claim.flow, (claim.quantity, claim.unit, *(e for pair in claim.face for e in pair)))
    on_face, given = here.pairs(claim.face), (*here.domain, *here.facts(claim.on))
    if len(on_face) != 1:
        raise BadDerivation("the face of an invariant set is given by one state variable in terms of the others")
    ((x, value),) = on_face.items()
    if x in value.free_symbols:
        raise BadDerivation(f"the face gives {x} in terms of the other state variables; got {value}")
    quantity, unit = here.renamed(claim.quantity), here.renamed(claim.unit)
    inward = substitute(along(quantity, here.rates), on_face)
    on_it = tuple(Fact(substitute(fact.expr, on_face), fact.kind) for fact in given)
    return plan(
        claim,
        "nagumo",
        (
            Equal("face", quantity, unit * (x - value), given, necessary=False),
            HasSign("face", unit, "nonzero", given, necessary=False),
            HasSign("inward", inward, "nonnegative", on_it, necessary=False),
            *here.smooth("smooth", given, quantity, value),
        ),
        tests=(Crosses(substitute(quantity, on_face), inward, on_it),),
    )


def of_convergence(claim: Converges) -> Plan:
    """The rate is positive below the limit and negative above, on the whole basin."""
    here = local(claim.flow, (claim.to, claim.lower, claim.upper, claim.power))
    ((x, rate),) = one_dimensional(here)
    if any(y in e.free_symbols for y in claim.flow.rates for e in (claim.to, claim.lower, claim.upper, claim.power)):
        raise BadDerivation("the limit and the basin are constants; they may not hold the state")
    inside = [Fact(x - claim.lower, "positive")] + ([] if claim.upper is sp.oo else [Fact(claim.upper - x, "positive")])
    ends = [HasSign("inside", claim.to - claim.lower, "positive", necessary=False)]
    if claim.upper is not sp.oo:
        ends.append(HasSign("inside", claim.upper - claim.to, "positive", necessary=False))
    unit = here.renamed(claim.unit)
    return plan(
        claim,
        "line",
        (
            Equal("factored", rate, unit * (claim.to**claim.power - x**claim.power), tuple(inside), necessary=False),
            HasSign("unit", unit, "positive", tuple(inside), necessary=False),
            HasSign("power", claim.power, "positive", necessary=False),
            *ends,
            Equal("inside", substitute(rate, {x: claim.to})),
            HasSign("positive domain", claim.lower, "nonnegative", necessary=False),
            *(HasSign("positive domain", fact.expr, fact.kind, tuple(inside), necessary=False) for fact in here.domain),
            *here.smooth("smooth", tuple(inside)),
        ),
    )
