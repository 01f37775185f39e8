r"""Obligations of claims about cooperative flows: convergence from a box, and the order of two flows' trajectories.

Soundness.  Each function returns the premises of its rule.  A box is described by symbols of its own that assume
nothing: that they lie in the domain of the flow, its assumptions on the state included, is shown from the corners
alone.  An order of trajectories is shown on the whole domain, which must be a product of half-lines and lines, so that
the segment between two of its points lies in it; that the compared curve stays in the domain is shown all along it.
Whatever is learned along the way holds for a fresh point of the box, or of the second flow's trajectory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.calculus import along, derivative
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.claims import Component, ConvergesBetween, Ordered, Relation, Zeros
from symjepa.statements.claims.sentences import Pairs
from symjepa.statements.descriptions import Flow
from symjepa.verify.obligations.equilibria import of_zeros
from symjepa.verify.obligations.kinds import (
    Crosses,
    Decidable,
    Equal,
    HasSign,
    Plan,
    Shown,
    Signed,
    Smooth,
    plan,
)
from symjepa.verify.obligations.local import Local, interior, local, named_in
from symjepa.verify.obligations.scalars import facts_of, renamed_relations, shown_first

Values = Mapping[sp.Expr, sp.Expr]


def of_convergence_between(claim: ConvergesBetween) -> Plan:
    """The box lies in the domain and holds the start; the rates point into it at its corners, and are cooperative
    inside; it holds one fixed point.
    """
    ends = (claim.start, claim.to, claim.lower, claim.upper)
    here = local(claim.flow, [value for pairs in ends for _, value in pairs])
    start, to, lower, upper = (_constants(claim.flow, here, pairs) for pairs in ends)
    inside = {x: sp.Dummy(x.name, real=True) for x in here.rates}
    box = (
        *(Fact(y - lower[x], "nonnegative") for x, y in inside.items()),
        *(Fact(upper[x] - y, "nonnegative") for x, y in inside.items()),
    )
    domain = tuple(Fact(substitute(fact.expr, inside), fact.kind) for fact in here.domain)
    lemmas, known = _learned(claim.using, {x: inside[y] for x, y in here.names.items()}, (*domain, *box))
    given = (*domain, *box, *known)
    return plan(
        claim,
        "cooperative",
        (
            *_within(here, inside, lower, box),
            *(HasSign("order", start[x] - lower[x], "nonnegative", necessary=False) for x in here.rates),
            *(HasSign("order", upper[x] - start[x], "nonnegative", necessary=False) for x in here.rates),
            *(HasSign("ends", substitute(f, lower), "nonnegative", necessary=False) for f in here.rates.values()),
            *(HasSign("ends", -substitute(f, upper), "nonnegative", necessary=False) for f in here.rates.values()),
            *lemmas,
            *_cooperative("cooperative", here.rates, inside, given),
            *_one_equilibrium(claim),
            *(Equal("limit", substitute(f, to)) for f in here.rates.values()),
            *here.demanded("smooth"),
            *(Smooth("smooth", substitute(f, inside), (*domain, *box)) for f in here.rates.values()),
            *(Smooth("smooth", value) for point in (start, to) for value in point.values()),
        ),
        tests=tuple(Signed(Fact(substitute(f.expr, to), "nonnegative")) for f in here.domain if f.kind == "positive"),
    )


def _constants(flow: Flow, here: Local, pairs: Pairs) -> dict[sp.Expr, sp.Expr]:
    """A point of the state space in terms of parameters."""
    values = here.pairs(pairs)
    if len(pairs) != len(here.rates) or set(values) != set(here.rates):
        raise BadDerivation(f"a point needs a value for each of {', '.join(map(str, flow.rates))}, once")
    if any(value.free_symbols & set(here.rates) for value in values.values()):
        raise BadDerivation("a start, a limit and a corner are constants; they may not hold the state")
    return values


def _within(here: Local, inside: Values, lower: Values, box: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """Every point of the box lies in the domain: a variable that must be positive is so at the lower corner."""
    lines = (
        HasSign("box", lower[fact.expr], fact.kind, necessary=False)
        if fact.expr in lower and fact.kind in ("positive", "nonnegative")
        else HasSign("box", substitute(fact.expr, inside), fact.kind, box, necessary=False)
        for fact in here.domain
    )
    return tuple(lines) or (Shown("box", "the flow is defined on the whole space"),)


def _learned(
    using: Iterable[Relation], names: Values, given: tuple[Fact, ...]
) -> tuple[tuple[Decidable, ...], tuple[Fact, ...]]:
    """Relations shown first, in the fresh symbols, and the facts that they are from then on."""
    own = renamed_relations(using, lambda expr: substitute(expr, names))
    lines = tuple(replace(line, premise="lemmas") for line in shown_first(own, given))
    return lines or (Shown("lemmas", "none is needed"),), facts_of(own)


def _cooperative(premise: str, rates: Values, at: Values, given: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """No rate falls as another variable grows."""
    pairs = [(x, y) for x in rates for y in rates if x != y]
    lines = (
        HasSign(premise, substitute(derivative(rates[x], y), at), "nonnegative", given, necessary=False)
        for x, y in pairs
    )
    return tuple(lines) or (Shown(premise, "there is one variable only"),)


def _one_equilibrium(claim: ConvergesBetween) -> tuple[Decidable, ...]:
    """The fixed points of the whole flow are one point, the limit."""
    rest = claim.rest
    if type(rest) is not Zeros or rest.flow != claim.flow or rest.on or len(rest.components) != 1:
        raise BadDerivation("the fixed points of a convergence are one component of its own flow, without conditions")
    (part,) = rest.components
    if type(part) is not Component or dict(part.at) != dict(claim.to):
        raise BadDerivation(f"the one fixed point is the limit; got {dict(part.at)} and {dict(claim.to)}")
    lines = of_zeros(rest).obligations  # not necessary: that a list of fixed points is wrong refutes no convergence
    return tuple(replace(line, premise="one equilibrium", necessary=False) for line in lines)


def of_order(claim: Ordered) -> Plan:
    """The image of the second trajectory is a supersolution of the first flow (`above`: a subsolution), which is
    cooperative.
    """
    if claim.trend not in (-1, 0, 1):
        raise BadDerivation(f"a trend is 1 (rising), -1 (falling) or 0 (not known); got {claim.trend}")
    here = local(claim.flow, [value for _, value in claim.start])
    there = local(claim.beside, [value for pairs in (claim.begin, claim.image) for _, value in pairs])
    start, begin = _constants(claim.flow, here, claim.start), _constants(claim.beside, there, claim.begin)
    image = _image(claim, here, there)
    trend, moving = _trend(claim, there, begin)
    lemmas, known = _learned(claim.using, there.names, (*there.domain, *moving))
    given, sign = (*there.domain, *moving, *known), -1 if claim.above else 1
    ahead = {x: sign * (along(e, there.rates) - substitute(here.rates[x], image)) for x, e in image.items()}
    gaps = {x: sign * (substitute(e, begin) - start[x]) for x, e in image.items()}
    begun = (*interior(here.domain, here.rates, start), *interior(there.domain, there.rates, begin))
    return plan(
        claim,
        "ordered-trajectories",
        (
            *_boxed(here),
            *_cooperative("cooperative", here.rates, {}, here.domain),
            *here.inside("start", start, (), necessary=False),
            *there.inside("start", begin, (), necessary=False),
            *(HasSign("start", gap, "nonnegative") for gap in gaps.values()),
            *lemmas,
            *trend,
            *here.inside("image", image, given, necessary=False),
            *(HasSign("one side", gap, "nonnegative", given, necessary=False) for gap in ahead.values()),
            *here.smooth("smooth", here.domain),
            *there.smooth("smooth", there.domain),
            *(Smooth("smooth", e, given) for e in image.values()),
            *(Smooth("smooth", value) for point in (start, begin) for value in point.values()),
        ),
        tests=tuple(Crosses(gaps[x], _at_start(claim, x, here, there, start, begin), begun) for x in image),
    )


def _image(claim: Ordered, here: Local, there: Local) -> dict[sp.Expr, sp.Expr]:
    """Each variable of the first flow as an expression in the state of the second."""
    if {x for x, _ in claim.image} != set(claim.flow.rates) or len(claim.image) != len(here.rates):
        raise BadDerivation(f"an image needs a value for each of {', '.join(map(str, claim.flow.rates))}, once")
    alone = {x for _, value in claim.image for x in value.free_symbols} & (
        set(claim.flow.rates) - set(claim.beside.rates)
    )
    if alone - named_in(claim.beside):
        raise BadDerivation(f"an image is one of the state of the flow beside; got {', '.join(map(str, alone))} in it")
    return {here.names[x]: there.renamed(value) for x, value in claim.image}


def _boxed(flow: Local) -> tuple[Decidable, ...]:
    """The domain is a product of lines and half-lines from 0: each condition is about one variable, and that alone."""
    strange = [
        fact for fact in flow.domain if fact.expr not in flow.rates or fact.kind not in ("positive", "nonnegative")
    ]
    if strange:
        raise BadDerivation(f"trajectories are ordered on a product of lines and half-lines; got {strange[0]}")
    return (Shown("cooperative", "the domain is a product of lines and half-lines"),)


def _trend(claim: Ordered, there: Local, begin: Values) -> tuple[tuple[Decidable, ...], tuple[Fact, ...]]:
    """What is known of a monotone solution: its rates keep the sign that they have at its start, and so it stays
    beyond it.
    """
    if claim.trend == 0:
        return (Shown("trend", "none is used"),), ()
    sign = claim.trend
    lines = (
        *_boxed(there),
        *_cooperative("trend", there.rates, {}, there.domain),
        *(HasSign("trend", sign * substitute(f, begin), "nonnegative", necessary=False) for f in there.rates.values()),
    )
    facts = (
        *(Fact(sign * f, "nonnegative") for f in there.rates.values()),
        *(Fact(sign * (y - begin[y]), "nonnegative") for y in there.rates),
    )
    return tuple(replace(line, premise="trend") for line in lines), facts


def _at_start(claim: Ordered, x: sp.Expr, here: Local, there: Local, start: Values, begin: Values) -> sp.Expr:
    """How fast the gap opens at time 0: where it is 0 and this negative, the order fails at once."""
    image, sign = dict(claim.image), -1 if claim.above else 1
    name = next(own for own, fresh in here.names.items() if fresh == x)
    speed = substitute(along(there.renamed(image[name]), there.rates), begin)
    return sign * (speed - substitute(here.rates[x], start))
