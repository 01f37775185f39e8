r"""Obligations of the claim that one curve separates the starts of a quadrant.

Soundness.  The flow must live on the whole plane; state variables are fresh symbols.  Let f and g be the rates of x and
y, with f < 0 < g where x ≥ 0 ≥ y, the origin apart, where both vanish.  A solution in the open quadrant is monotone, so
that it leaves across an edge, in finite time and transversally, or tends to the origin, the one fixed point there; and
it is a graph of y over x, y' = S(x, y) = g/f, so that two of them do not cross.  On every line x = const those that
leave across y = 0 lie above those that tend to the origin, and these above those that leave across x = 0; the first and
the last set are open.  The first holds all points near y = 0.  The points at and below y = -far, where far > 0 is a
face crossed downward only, are in the others.  Two graphs Y₁ < Y₂ that both tend to the origin are impossible: where
∂S/∂y ≤ 0, that is f ∂g/∂y - g ∂f/∂y ≤ 0, their distance does not fall as x does, and it must tend to 0.  So two points
below y = -far are not both of the middle set, the last is not empty, and the middle one, which is what two open sets
leave of an interval, is one point.  Where near vanishes at x = 0, nobody above y = -near leaves across x = 0.
A bound of which SymPy drops a part as soon as its letters are others is refused.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.calculus import along, derivative
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.claims import Separates
from symjepa.verify.obligations.kinds import Crosses, Decidable, Equal, HasSign, Plan, Shown, Smooth, plan
from symjepa.verify.obligations.local import Local, local
from symjepa.verify.obligations.scalars import facts_of, renamed_relations, shown_first


def of_separation(claim: Separates) -> Plan:
    """Both rates have their signs on the quadrant, its bounds are crossed one way only, and graphs do not part."""
    here = _plane(claim)
    x, y = (here.names[variable] for variable in claim.state)
    ahead, behind, right = Fact(x, "positive"), Fact(-y, "positive"), Fact(x, "nonnegative")
    near, far = (here.renamed(bound) for bound in claim.between)
    lemmas, known = _learned(claim, here, right)
    edges = ((ahead, Fact(-y, "nonnegative")), (right, behind))
    signed = {"falls": -here.rates[x], "rises": here.rates[y]}
    kept = {"near": _speed(here, y, near), "far": -_speed(here, y, far)}
    shown = {name: by and here.renamed(by) for name, by in zip(kept, claim.inward, strict=True)}
    return plan(
        claim,
        "separatrix",
        (
            *lemmas,
            *(
                HasSign(name, speed, "positive", (*edge, *known), necessary=False)
                for name, speed in signed.items()
                for edge in edges
            ),
            *(Equal("origin", substitute(rate, {x: sp.S.Zero, y: sp.S.Zero})) for rate in here.rates.values()),
            *_apart(claim, here, (ahead, behind, *known)),
            Equal("near", substitute(near, {x: sp.S.Zero}), necessary=False),
            HasSign("near", near, "nonnegative", (ahead, *known)),
            HasSign("far", far, "positive", (ahead, *known), necessary=False),
            *(
                HasSign(name, speed, "nonnegative", (ahead, *known), shown[name], necessary=False)
                for name, speed in kept.items()
            ),
            *here.smooth("smooth", ()),
            Smooth("smooth", near, (right,)),
            Smooth("smooth", far, (ahead,)),
            Smooth("smooth", claim.strip),
        ),
        tests=(
            *(HasSign(name, speed, "nonnegative", (ahead, behind)) for name, speed in signed.items()),
            HasSign("far", far - near, "nonnegative", (ahead,)),
            Crosses(sp.S.Zero, kept["near"], (ahead, Fact(near, "positive"))),
            Crosses(sp.S.Zero, kept["far"], (ahead, Fact(far, "positive"))),
        ),
    )


def _plane(claim: Separates) -> Local:
    """The flow in fresh symbols; it has two state variables, the ones named, and the whole plane as its domain."""
    here = local(claim.flow, (*claim.between, claim.strip))
    x, y = claim.state
    if len(here.rates) != 2 or {x, y} != set(claim.flow.rates):
        raise BadDerivation(
            f"a curve separates a plane; its two coordinates are asked for, but got {x}, {y} of the state"
            f" {', '.join(map(str, claim.flow.rates))}"
        )
    if here.domain:
        raise BadDerivation(
            f"a quadrant and its edges are needed in the domain, which is the plane; got {here.domain[0]}"
        )
    if any(y in bound.free_symbols for bound in claim.between) or claim.strip.free_symbols & {x, y}:
        raise BadDerivation(f"the bounds of the curve are functions of {x}, and the strip ends at a constant")
    return here


def _learned(claim: Separates, here: Local, right: Fact) -> tuple[tuple[Decidable, ...], tuple[Fact, ...]]:
    """Relations shown first where x ≥ 0, and the facts that they are from then on."""
    own = renamed_relations(claim.using, here.renamed)
    lines = tuple(replace(line, premise="lemmas") for line in shown_first(own, (right,)))
    return lines or (Shown("lemmas", "none is needed"),), facts_of(own)


def _speed(here: Local, y: sp.Expr, bound: sp.Expr) -> sp.Expr:
    """How fast y + bound grows where it is 0."""
    return substitute(along(y + bound, here.rates), {y: -bound})


def _apart(claim: Separates, here: Local, given: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """For small x, the slope of y over x does not rise with y."""
    x, y = (here.names[variable] for variable in claim.state)
    f, g = here.rates[x], here.rates[y]
    gap = g * derivative(f, y) - f * derivative(g, y)
    by = None if claim.contracts is None else here.renamed(claim.contracts)
    inside = (Fact(claim.strip - x, "positive"), *given)
    return (
        HasSign("apart", claim.strip, "positive", necessary=False),
        HasSign("apart", gap, "nonnegative", inside, by, necessary=False),
    )
