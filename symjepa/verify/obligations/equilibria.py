r"""Obligations of claims about where a mode comes to rest: the only place in `verify`, with `matrices`, where flows are
derived.

Soundness.  Each function returns the premises of its rule.  State and time are fresh symbols (`local`), universally
quantified over the domain of the flow and what the claim says of them; a claim about particular values substitutes
them without capture and shows that they lie in the domain.  That rates, values and certificates are smooth is an
obligation of its own, for a product may have cancelled what is not defined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.calculus import along, derivative
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.claims import (
    Cofactors,
    Component,
    Converges,
    Follows,
    Invariant,
    Linearized,
    Quadratic,
    Relation,
    Zeros,
)
from symjepa.verify.obligations.kinds import Crosses, Decidable, Equal, HasSign, Plan, Shown, Smooth, SomeSign, plan
from symjepa.verify.obligations.local import Local, interior, local, one_dimensional
from symjepa.verify.obligations.scalars import facts_of, renamed_relations, shown_first


def of_zeros(claim: Zeros) -> Plan:
    """Each component annihilates the rates, and the cofactors show that nothing else does.

    A variable that follows others has its value wherever the flow rests; there, with the value put in, the cofactors
    are identities between the rates of the others.
    """
    here = local(claim.flow, _stated(claim))
    given = (*here.domain, *here.facts(claim.on))
    follows, rest = _followed(claim.follows, here, given)
    choices = list(product(*(part.equations for part in claim.components)))
    if len(choices) != len(claim.cofactors):
        raise BadDerivation(f"{len(choices)} choices of equations need as many Cofactors; got {len(claim.cofactors)}")
    resting = tuple(Fact(substitute(fact.expr, rest), fact.kind) for fact in given)
    listed: list[Decidable] = [line for part in claim.components for line in _component(part, here, given, rest)]
    none = [Shown(premise, "no fixed point is listed") for premise in ("annihilates", "solved")]
    obligations = [*follows, *(listed if claim.components else none)]
    for choice, cofactors in zip(choices, claim.cofactors, strict=True):
        obligations += _combined(choice, cofactors, here, rest, resting)
    return plan(claim, "zeros", (*obligations, *here.smooth("smooth", given)), tests=(_unlisted(claim, here, given),))


def _unlisted(claim: Zeros, here: Local, given: tuple[Fact, ...]) -> HasSign:
    """Where every rate is exactly 0, the state is that of some component: a certified zero in none of them refutes the
    claim, whatever the equations, which are certificates.
    """
    listed = (here.pairs(part.at) for part in claim.components)
    gaps = [sp.Add(*(sp.Pow(x - values.get(x, x), 2) for x in here.rates)) for values in listed]
    resting = tuple(Fact(rate, "zero") for rate in here.rates.values())
    return HasSign("unlisted", sp.Mul(*gaps), "zero", (*given, *resting))


def _stated(claim: Zeros) -> list[sp.Expr]:
    """What the claim says of the flow, certificates apart."""
    parts = [e for part in claim.components for e in (*part.equations, *(value for _, value in part.at))]
    return [*parts, *(one.value for one in claim.follows)]


def _followed(
    follows: tuple[Follows, ...], here: Local, given: tuple[Fact, ...]
) -> tuple[tuple[Decidable, ...], dict[sp.Expr, sp.Expr]]:
    """The rate of each follower is unit·(value - itself) with unit ≠ 0, and the value holds no follower."""
    rest = here.pairs((one.variable, one.value) for one in follows)
    if len(rest) != len(follows) or any(x in value.free_symbols for x in rest for value in rest.values()):
        raise BadDerivation("state variables follow, each once, values that hold none of those that follow")
    lines: list[Decidable] = []
    for one in follows:
        x, unit = here.names[one.variable], here.renamed(one.unit)
        lines.append(Equal("follows", here.rates[x], unit * (rest[x] - x), given, necessary=False))
        lines.append(HasSign("follows", unit, "nonzero", given, necessary=False))
        lines += (Smooth("follows", expr, given) for expr in (unit, rest[x]))
    return tuple(lines) or (Shown("follows", "no state variable is replaced by what it follows"),), rest


def _combined(
    choice: tuple[sp.Expr, ...],
    cofactors: Cofactors,
    here: Local,
    rest: dict[sp.Expr, sp.Expr],
    resting: tuple[Fact, ...],
) -> list[Decidable]:
    """Σ coefficient · rate = unit · Π equation^multiplicity, so that where the flow rests an equation holds."""
    coefficients = here.pairs(cofactors.coefficients)
    multiplicities = cofactors.multiplicities or (1,) * len(choice)
    if len(multiplicities) != len(choice) or not all(type(m) is int and m >= 1 for m in multiplicities):
        raise BadDerivation(
            f"{len(choice)} equations need as many multiplicities, whole numbers from 1; got {multiplicities}"
        )
    if set(coefficients) & set(rest):
        raise BadDerivation("the rate of a variable that follows is 0 already; it takes no part in the cofactors")
    put = {x: substitute(rate, rest) for x, rate in here.rates.items()}
    parts = [substitute(here.renamed(e), rest) for e in (*coefficients.values(), cofactors.unit, *choice)]
    weights, unit, aims = parts[: len(coefficients)], parts[len(coefficients)], parts[len(coefficients) + 1 :]
    combined = sp.Add(*(sp.Mul(c, put[x]) for c, x in zip(weights, coefficients, strict=True)))
    aim = sp.Mul(unit, *(sp.Pow(e, m) for e, m in zip(aims, multiplicities, strict=True)))
    return [
        Equal("cofactors", combined, aim, resting, necessary=False),
        HasSign("unit", unit, "nonzero", resting, necessary=False),
        *(Smooth("cofactors", expr, resting) for expr in (*weights, *aims)),
    ]


def _component(part: Component, here: Local, given: tuple[Fact, ...], rest: dict[sp.Expr, sp.Expr]) -> list[Decidable]:
    """The component lies in the domain and annihilates the rates; each equation determines one variable, and every one
    is determined, or follows, or is free.
    """
    values = here.pairs(part.at)
    free = {x for x in here.rates if x not in rest and values.get(x, x) == x}
    bound = set(here.rates) - free
    if any(value.free_symbols & bound for x, value in values.items() if x not in free):
        raise BadDerivation("the values of a component hold free state variables and parameters only")
    there = tuple(fact for fact in given if not set(fact.free_symbols) & bound)
    lines: list[Decidable] = [
        Equal("annihilates", substitute(rate, values), given=there) for rate in here.rates.values()
    ]
    lines += [HasSign("annihilates", substitute(fact.expr, values), fact.kind, there) for fact in given]
    lines += [Smooth("annihilates", value, there) for value in values.values()]
    lines += [  # not necessary: that a variable follows a wrong value refutes no list of fixed points
        Equal("solved", values.get(x, x), substitute(value, values), there, necessary=False)
        for x, value in rest.items()
    ]
    determined = _determined(part, here, values, given, lines)
    if determined | free | set(rest) != set(here.rates) or determined & (free | set(rest)):
        raise BadDerivation(
            "every state variable of a component is either free (it stands for itself), follows others, or has an"
            " equation of its own"
        )
    return lines


def _determined(
    part: Component,
    here: Local,
    values: dict[sp.Expr, sp.Expr],
    given: tuple[Fact, ...],
    lines: list[Decidable],
) -> set[sp.Expr]:
    """The variables that the equations determine, one after another; what that needs is added to the lines."""
    powers = here.pairs(part.power) if isinstance(part.power, tuple) else dict.fromkeys(here.rates, part.power)
    known: dict[sp.Expr, sp.Expr] = {}
    for equation in map(here.renamed, part.equations):
        lines.append(Smooth("solved", equation, given))
        then = substitute(equation, known)
        moving = [x for x, value in values.items() if x in then.free_symbols and value != x]
        if len(moving) != 1:
            raise BadDerivation(f"the equation {equation} = 0 must determine one state variable; it holds {moving}")
        (x,) = moving
        met = tuple(Fact(substitute(fact.expr, known), fact.kind) for fact in given)
        lines += _solved(then, x, values[x], powers.get(x, sp.S.One), met)
        known[x] = values[x]
    return set(known)


def _solved(
    equation: sp.Expr, x: sp.Expr, value: sp.Expr, power: sp.Expr, given: tuple[Fact, ...]
) -> tuple[Decidable, ...]:
    """The equation is x^p - value^p, so that on x > 0 (for p = 1: anywhere) it holds at the value alone."""
    line = Equal("solved", equation, x**power - value**power, given, necessary=False)
    if power == 1:
        return (line,)
    return (
        line,
        HasSign("solved", x, "positive", given, necessary=False),
        HasSign("solved", value, "positive", given, necessary=False),
        HasSign("solved", power, "nonzero", given, necessary=False),
    )


def of_linearized(claim: Linearized) -> Plan:
    """The characteristic polynomial at the point, the signs of its roots, and the manifold of fixed points."""
    own = [e for rate in claim.rates for e in coefficients(rate)]
    here = local(claim.flow, (*own, *(value for _, value in claim.at), *_sides(claim.on)))
    values, state = here.pairs(claim.at), tuple(here.rates)
    family = _family(claim, here, values)
    rates = [_renamed(rate, here) for rate in claim.rates]
    jacobian = [[substitute(derivative(here.rates[x], y), values) for y in state] for x in state]
    growth = sp.Dummy("x", real=True)
    there = _open(claim, here, family)
    using = renamed_relations(claim.using, here.renamed)
    lemmas = tuple(replace(line, premise="lemmas") for line in shown_first(using, there))
    given = (*there, *facts_of(using))
    size = sum(2 if isinstance(rate, Quadratic) else 1 for rate in rates)
    moving = [rate for rate in rates if rate != 0]
    zeros = len(rates) - len(moving)
    visible = {_renamed(rate, here): here.renamed(form) for rate, form in claim.visible}
    return plan(
        claim,
        "linearization",
        (
            *(Equal("fixed", substitute(rate, values), given=there) for rate in here.rates.values()),
            *here.inside("fixed", values, there),
            *(lemmas or (Shown("lemmas", "none is needed"),)),
            _characteristic(jacobian, growth, rates, given),
            *_signs(moving, claim.stable, given, visible),
            Shown("manifold", f"{zeros} zero rates, and a family of {len(family)} parameters", zeros == len(family)),
            Shown("rates", f"{size} rates of {len(state)} state variables", size == len(state)),
            *here.smooth("smooth", here.domain),
            *(Smooth("smooth", value, there) for value in values.values()),
            *(Smooth("smooth", part, given) for rate in rates for part in coefficients(rate)),
        ),
    )


def _family(claim: Linearized, here: Local, values: dict[sp.Expr, sp.Expr]) -> list[sp.Expr]:
    """The variables that parametrise a manifold of fixed points; every other state variable has a value in them."""
    family = [here.names.get(x, x) for x in claim.family]
    size = sum(2 if isinstance(rate, Quadratic) else 1 for rate in claim.rates)
    if set(values) != set(here.rates) or size != len(here.rates):
        raise BadDerivation(
            f"{len(here.rates)} state variables need as many values and rates; got {len(values)} and {size}"
        )
    if len(set(family)) != len(family) or not set(family) <= set(here.rates) or any(values[x] != x for x in family):
        raise BadDerivation(
            "a family of fixed points is parametrised by different state variables that stand for themselves in `at`"
        )
    if any(value == x for x, value in values.items() if x not in family):
        raise BadDerivation("a state variable that stands for itself in `at` belongs to the family")
    held = {*(e for r in claim.on for side in (r.lhs, r.rhs) for e in side.free_symbols)} & set(claim.flow.rates)
    if held - set(claim.family):
        raise BadDerivation(f"the conditions of a linearisation hold its family alone; got {', '.join(map(str, held))}")
    return family


def _open(claim: Linearized, here: Local, family: list[sp.Expr]) -> tuple[Fact, ...]:
    """What is known of the family: open conditions, so that around each of its points there are others."""
    there = (*(fact for fact in here.domain if set(fact.free_symbols) <= set(family)), *here.facts(claim.on))
    closed = [
        fact for fact in there if fact.kind not in ("positive", "nonzero") and set(fact.free_symbols) & set(family)
    ]
    if closed:
        raise BadDerivation(f"a family of fixed points is given by Less and Unequal; got {closed[0]}")
    return there


def _sides(relations: tuple[Relation, ...]) -> list[sp.Expr]:
    return [side for relation in relations for side in (relation.lhs, relation.rhs)]


def coefficients(rate: sp.Expr | Quadratic) -> tuple[sp.Expr, ...]:
    """The expressions in a rate, as many as it stands for."""
    return (rate.linear, rate.constant) if isinstance(rate, Quadratic) else (rate,)


def _renamed(rate: sp.Expr | Quadratic, here: Local) -> sp.Expr | Quadratic:
    if isinstance(rate, Quadratic):
        return Quadratic(here.renamed(rate.linear), here.renamed(rate.constant))
    return here.renamed(rate)


def factor(growth: sp.Expr, rate: sp.Expr | Quadratic) -> sp.Expr:
    """The factor of the characteristic polynomial that belongs to a rate, or to a pair."""
    return growth**2 + rate.linear * growth + rate.constant if isinstance(rate, Quadratic) else growth - rate


def _signs(
    moving: list[sp.Expr | Quadratic],
    stable: bool,
    given: tuple[Fact, ...],
    visible: dict[sp.Expr | Quadratic, sp.Expr],
) -> tuple[Decidable, ...]:
    """All negative for stability; one of them positive for instability.

    The real parts of the roots of x² + p x + q are negative exactly if p, q > 0 (Routh and Hurwitz); one is positive
    if p < 0 (their sum) or q < 0 (two real roots of either sign).
    """
    if not moving:
        raise BadDerivation("a linearisation without a non-zero rate says nothing about stability")
    pairs = [rate for rate in moving if isinstance(rate, Quadratic)]
    single = [rate for rate in moving if not isinstance(rate, Quadratic)]
    if stable:
        both = (HasSign("signs", part, "positive", given) for rate in pairs for part in coefficients(rate))
        return (*both, *(HasSign("signs", -rate, "positive", given, visible.get(rate)) for rate in single))
    shown = [visible.get(rate, rate) for rate in single] + [
        -part for rate in pairs for part in (rate.constant, rate.linear)
    ]
    forms = (Equal("signs", rate, visible[rate], given, necessary=False) for rate in single if rate in visible)
    return (*forms, SomeSign("signs", tuple(shown), "positive", given))


def _characteristic(
    jacobian: list[list[sp.Expr]], x: sp.Symbol, rates: list[sp.Expr | Quadratic], given: tuple[Fact, ...]
) -> Decidable:
    """The characteristic polynomial is the product of the factors of the rates; a long one is not expanded."""
    size = len(jacobian)
    rows = [[x * int(i == j) - jacobian[i][j] for j in range(size)] for i in range(size)]
    terms = list(islice(_leibniz(rows), LONGEST + 1))
    if len(terms) > LONGEST:
        told = f"the characteristic polynomial of these {size} state variables has more than {LONGEST} products"
        return Shown("rates", f"{told} and is not expanded", holds=False)
    return Equal("rates", sp.Add(*terms), sp.Mul(*(factor(x, rate) for rate in rates)), given)


LONGEST = 200


def determinant(rows: list[list[sp.Expr]]) -> sp.Expr:
    """Built, not simplified."""
    return sp.Add(*_leibniz(rows))


def _leibniz(rows: list[list[sp.Expr]]) -> Iterator[sp.Expr]:
    """The products of Leibniz' formula that hold no zero, row by row."""
    if not rows:
        yield sp.S.One
        return
    for j, entry in enumerate(rows[0]):
        if entry != 0:
            minor = [row[:j] + row[j + 1 :] for row in rows[1:]]
            yield from (sp.Mul((-1) ** j, entry, rest) for rest in _leibniz(minor))


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
            *_projected(quantity, x, on_face, given),
            HasSign("inward", inward, "nonnegative", on_it, necessary=False),
            *here.smooth("smooth", given, quantity, value),
        ),
        tests=(Crosses(substitute(quantity, on_face), inward, interior(given, here.rates, on_face)),),
    )


def _projected(
    quantity: sp.Expr, x: sp.Expr, on_face: dict[sp.Expr, sp.Expr], given: tuple[Fact, ...]
) -> tuple[Decidable, ...]:
    """What a solution that has just left obeys, the point of the face beside it obeys too: nothing is known at others.

    Open conditions, and those without x, hold around every point of the face by themselves; the others are shown.
    """
    left = (*given, Fact(-quantity, "positive"))
    closed = (fact for fact in given if fact.kind not in ("positive", "nonzero") and x in fact.free_symbols)
    return tuple(HasSign("face", substitute(fact.expr, on_face), fact.kind, left, necessary=False) for fact in closed)


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
            *(Smooth("smooth", end) for end in (claim.to, claim.lower, claim.upper) if end is not sp.oo),
        ),
    )
