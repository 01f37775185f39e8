r"""Obligations of claims about how a mode moves: the only place in `verify`, with `matrices`, where flows are
derived.

Soundness.  Each function returns the premises of its rule.  State and time are fresh symbols (`local`), universally
quantified over the domain of the flow and what the claim says of them; a claim about particular values substitutes
them without capture and shows that they lie in the domain.  That rates, values and certificates are smooth is an
obligation of its own, for a product may have cancelled what is not defined.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.calculus import along, derivative
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.claims import (
    Conserved,
    Hits,
    Implicit,
    Moves,
    Solves,
)
from symjepa.statements.descriptions import Foreign
from symjepa.verify.obligations.kinds import Decidable, Equal, HasSign, Plan, Shown, Smooth, plan
from symjepa.verify.obligations.local import Local, interval_from_zero, local, named_in, one_dimensional
from symjepa.verify.obligations.scalars import facts_of, renamed_relations, shown_first


def of_conserved(claim: Conserved) -> Plan:
    """D quantity = rate · quantity."""
    here = local(claim.flow, (claim.quantity, claim.rate))
    quantity, rate = here.renamed(claim.quantity), here.renamed(claim.rate)
    return plan(
        claim,
        "conservation",
        (
            Equal("derivative", along(quantity, here.rates), rate * quantity, here.domain),
            *here.smooth("smooth", here.domain, quantity, rate),
        ),
    )


def of_motion(claim: Moves) -> Plan:
    """D quantity = rate, by the chain rule."""
    here = local(claim.flow, (claim.quantity, claim.rate))
    quantity = here.renamed(claim.quantity)
    return plan(
        claim,
        "chain-rule",
        (
            Equal("derivative", along(quantity, here.rates), here.renamed(claim.rate), here.domain),
            *here.smooth("smooth", here.domain, quantity),
        ),
    )


def of_solution(claim: Solves) -> Plan:
    """The equation, the start, the domain and smoothness, for all times claimed."""
    state = set(claim.flow.rates)
    if {x for x, _ in claim.values} != state or {x for x, _ in claim.start} != state or claim.time in state:
        raise BadDerivation(
            f"a solution needs values and a start for each of {', '.join(map(str, claim.flow.rates))}, and a time"
        )
    if any(x in value.free_symbols for _, value in (*claim.values, *claim.start) for x in state):
        raise BadDerivation("the values of a solution are functions of time and of the start, not of the state")
    if type(claim.flow) is not Foreign and claim.time in named_in(claim.flow):
        raise BadDerivation(f"{claim.time} is a parameter of this flow, a constant; it cannot be the time too")
    here = local(claim.flow, [value for _, value in (*claim.values, *claim.start)], claim.time)
    time, values, start = here.names[claim.time], here.pairs(claim.values), here.pairs(claim.start)
    on = here.facts(claim.on)
    using = renamed_relations(claim.using, here.renamed)
    lemmas = tuple(replace(line, premise="lemmas") for line in shown_first(using, on))
    given = (*on, *facts_of(using))
    equations = (
        Equal("equation", derivative(values[x], time), substitute(rate, values), given)
        for x, rate in here.rates.items()
    )
    begins = (Equal("start", substitute(values[x], {time: sp.S.Zero}), start[x]) for x in here.rates)
    return plan(
        claim,
        "picard-lindelof",
        (
            *equations,
            *begins,
            *_from_zero(claim, here, time),
            *here.inside("domain", values, given),
            *here.smooth("smooth", here.domain),
            *(Smooth("smooth", value, given) for value in values.values()),
            *(lemmas or (Shown("lemmas", "none is needed"),)),
        ),
    )


def _from_zero(claim: Solves, here: Local, time: sp.Symbol) -> tuple[Decidable, ...]:
    """The times claimed hold 0 and are an interval: each relation is `time` ≥ 0, or affine and strict at 0."""
    obligations: list[Decidable] = []
    for fact in interval_from_zero(claim.on, time, here.facts(claim.on)):
        at_zero = substitute(fact.expr, {time: sp.S.Zero})
        obligations.append(HasSign("start", at_zero, "positive", necessary=False))
        obligations.append(Equal("start", derivative(derivative(fact.expr, time), time), necessary=False))
    return tuple(obligations)


def of_implicit(claim: Implicit) -> Plan:
    """The clock's speed is the constant claimed."""
    here = local(claim.flow, (claim.clock, claim.speed, *(e for r in claim.on for e in (r.lhs, r.rhs))))
    clock, given = here.renamed(claim.clock), (*here.domain, *here.facts(claim.on))
    if any(x in claim.speed.free_symbols for x in claim.flow.rates):
        raise BadDerivation("the speed of a clock is a constant; it may not hold the state")
    return plan(
        claim,
        "separation",
        (
            Equal("speed", along(clock, here.rates), claim.speed, given),
            HasSign("moving", claim.speed, "nonzero"),
            *here.smooth("smooth", given, clock),
        ),
    )


def of_hitting_time(claim: Hits) -> Plan:
    """Everything is shown for every point from start to stop, not only at the stop; all of them lie in the domain."""
    ends = (claim.start, claim.stop, claim.time, *(side for r in claim.on for side in (r.lhs, r.rhs)))
    here = local(claim.flow, ends if claim.clock is None else (*ends, claim.clock))
    ((x, rate),) = one_dimensional(here)
    clock, sign = _time_of_passage(claim, here, ends), -1 if claim.falling else 1
    on = here.facts(claim.on)
    between, anywhere = (*on, *_between(claim, x)), sp.Dummy(x.name, real=True)
    y = sp.Dummy(x.name, real=True)
    exact = sp.Integral(1 / substitute(rate, {x: y}), (y, claim.start, claim.stop))
    return plan(
        claim,
        "hitting-time",
        (
            Equal("speed", derivative(clock, x) * rate, sp.S.One, between, necessary=False),
            *_speed_at_the_stop(claim, rate, x, on),
            Equal("start", substitute(clock, {x: claim.start}), given=on, necessary=False),
            Equal("stop", substitute(clock, {x: claim.stop}), claim.time, on, necessary=False),
            HasSign("direction", sign * rate, "positive", between, necessary=False),
            HasSign("direction", sign * (claim.stop - claim.start), "nonnegative", on),
            *here.inside("domain", {x: anywhere}, (*on, *_between(claim, anywhere))),
            *here.smooth("smooth", between, clock),
        ),
        tests=(_arrives(claim, sign * substitute(rate, {x: claim.stop}), on), Equal("speed", claim.time, exact, on)),
    )


def _arrives(claim: Hits, speed: sp.Expr, on: tuple[Fact, ...]) -> HasSign:
    """Who first comes to a stop from one side does not move back there."""
    away = Fact(claim.start - claim.stop if claim.falling else claim.stop - claim.start, "positive")
    return HasSign("direction", speed, "nonnegative", (*on, away))


def _between(claim: Hits, x: sp.Symbol) -> tuple[Fact, ...]:
    """What is known of a point on the way."""
    low, high = (claim.stop, claim.start) if claim.falling else (claim.start, claim.stop)
    return Fact(high - x, "nonnegative"), Fact(x - low, "nonnegative")


def _time_of_passage(claim: Hits, here: Local, ends: tuple[sp.Expr, ...]) -> sp.Expr:
    """The clock in the fresh symbol of the state; without one, the time at a stop that is a symbol, and of which the
    flow does not speak: else the time at another stop is that of another flow.
    """
    own = isinstance(claim.stop, sp.Symbol) and claim.stop not in {*claim.start.free_symbols, *named_in(claim.flow)}
    if any(x in end.free_symbols for end in ends for x in claim.flow.rates) or (claim.clock is None and not own):
        raise BadDerivation(
            "the stop is a symbol of its own, or a constant that a clock reaches; no end holds the state"
        )
    if claim.clock is not None:
        return here.renamed(claim.clock)
    (x,) = here.rates
    return substitute(claim.time, {claim.stop: x})


def _speed_at_the_stop(claim: Hits, rate: sp.Expr, x: sp.Expr, on: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """A time that is a function of the stop moves with it: necessary, and quickly refuted."""
    if claim.clock is not None:
        return ()
    return (Equal("speed", derivative(claim.time, claim.stop) * substitute(rate, {x: claim.stop}), sp.S.One, on),)
