r"""Obligations of claims that compare.

Soundness.  State, time and start are fresh symbols, universally quantified over the domain of the flow, the times
claimed, and the assumptions on the start.  On a line, signs are shown at every point strictly between the ends, all of
which lie in the domain; a solution is monotone there, and a monotone solution that does not come near its aim has a
limit between, where the rate would vanish.  A strictly concave function that is nowhere negative at two points is
positive between them; negative beyond one of them, if it is not positive there; with a double zero, negative
elsewhere.  In a comparison the quantity and its envelope lie in one interval, that of the start, on which the rate of
the envelope is smooth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sympy as sp

from symjepa.errors import BadDerivation, OutsideFragment, TooLarge, Undefined
from symjepa.exact.calculus import along, derivative
from symjepa.exact.facts import Fact
from symjepa.exact.scalars import equal
from symjepa.exact.sums import substitute
from symjepa.statements.claims import Attracts, Concave, Dominated, Relation
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.obligations.kinds import Decidable, Equal, HasSign, Plan, Shown, Smooth, plan
from symjepa.verify.obligations.local import Local, fact_of, interval_from_zero, local, named_in, one_dimensional
from symjepa.verify.obligations.scalars import facts_of, renamed_relations, shown_first

INFINITE = (sp.oo, -sp.oo)


def of_attraction(claim: Attracts) -> Plan:
    """The rate is positive below the aim and negative above, on the whole interval, and zero at the aim between."""
    line = _line(claim)
    (low, high), to = claim.between, claim.to
    inner = to not in (low, high)
    ends = [(to, low), (high, to)] if inner else [(high, low)]
    (state,), inside = claim.flow.rates, line.inside(line.anywhere)
    lemmas, known = _learned("sign", claim.using, {state: line.anywhere}, inside)
    line = replace(line, known=tuple(Fact(substitute(f.expr, {line.anywhere: line.x}), f.kind) for f in known))
    domain = (
        HasSign("domain", substitute(f.expr, {line.x: line.anywhere}), f.kind, (*inside, *known))
        for f in line.here.domain
    )
    return plan(
        claim,
        "phase-line",
        (
            *lemmas,
            *_signs(claim, line),
            Equal("zero", substitute(line.rate, {line.x: to}))
            if inner
            else Shown("zero", "the aim is an end of the interval"),
            *(HasSign("ordered", a - b, "positive", necessary=False) for a, b in ends if not {a, b} & set(INFINITE)),
            Shown("ordered", "an infinite end lies beyond every number"),
            *domain,
            Shown("domain", "every point of the interval lies in the domain"),
            *line.here.smooth("smooth", (*line.inside(line.x), *line.known, *line.here.domain)),
            *(Smooth("smooth", end) for end in (to, low, high) if end not in INFINITE),
        ),
        tests=(
            *(
                HasSign("sign", sign * line.rate, "positive", (*part, *line.here.domain))
                for sign, part in line.sides(claim)
            ),
            # Every number between the ends is a start, whatever else would be learned of it.
            *(HasSign("domain", substitute(f.expr, {line.x: line.anywhere}), f.kind, inside) for f in line.here.domain),
        ),
    )


@dataclass(frozen=True)
class _Line:
    """A one-dimensional flow between two ends; `anywhere` is any real number in the place of the state."""

    here: Local
    x: sp.Expr
    rate: sp.Expr
    anywhere: sp.Symbol
    ends: tuple[sp.Expr, sp.Expr]
    known: tuple[Fact, ...] = ()

    def inside(self, x: sp.Expr) -> tuple[Fact, ...]:
        return strictly(x, *self.ends)

    def sides(self, claim: Attracts) -> tuple[tuple[int, tuple[Fact, ...]], ...]:
        """The sign of the rate on each side of the aim, and where."""
        (low, high), to = self.ends, claim.to
        below = ((1, strictly(self.x, low, to)),) if to != low else ()
        return (*below, *(((-1, strictly(self.x, to, high)),) if to != high else ()))


def _learned(
    premise: str, using: Iterable[Relation], names: Mapping[sp.Expr, sp.Expr], given: tuple[Fact, ...]
) -> tuple[tuple[Decidable, ...], tuple[Fact, ...]]:
    """Relations shown first, in the fresh symbols, and the facts that they are from then on."""
    own = renamed_relations(using, lambda expr: substitute(expr, names))
    return tuple(replace(line, premise=premise) for line in shown_first(own, given)), facts_of(own)


def strictly(x: sp.Expr, low: sp.Expr, high: sp.Expr) -> tuple[Fact, ...]:
    """low < x < high, as far as the ends are finite."""
    above = () if low == -sp.oo else (Fact(x - low, "positive"),)
    return (*above, *(() if high == sp.oo else (Fact(high - x, "positive"),)))


def _line(claim: Attracts) -> _Line:
    low, high = claim.between
    by = () if claim.by is None else (*claim.by.zeros, *claim.by.between)
    fixed = (claim.to, low, high, *by)
    finite = [end for end in fixed if end not in INFINITE]
    here = local(claim.flow, finite)
    ((x, rate),) = one_dimensional(here)
    if any(s in end.free_symbols for end in finite for s in claim.flow.rates):
        raise BadDerivation("where starts tend, and between which ends, are constants; they may not hold the state")
    if low == high or low == sp.oo or high == -sp.oo or (claim.to in INFINITE and claim.to not in (low, high)):
        raise BadDerivation(f"an interval and an aim in it are needed; got {claim.to} between {low} and {high}")
    if claim.by is not None and set(claim.by.zeros) & set(INFINITE):
        raise BadDerivation("the zeros of a concave shape are numbers")
    return _Line(here, x, rate, _anywhere(x, low), (low, high))


def _anywhere(x: sp.Expr, low: sp.Expr) -> sp.Symbol:
    """Any number above the lower end; a positive one if that end is 0 or a symbol that assumes to be nonnegative."""
    return sp.Dummy(str(x), real=True, positive=True if low.is_Atom and low.is_nonnegative else None)


def _signs(claim: Attracts, line: _Line) -> Iterable[Decidable]:
    """By expressions that are visibly positive, or by concavity."""
    if claim.by is not None:
        yield from _by_concavity(claim, claim.by, line)
        return
    for sign, part in line.sides(claim):
        by = claim.below if sign > 0 else claim.above
        shown = None if by is None else line.here.renamed(by)
        yield HasSign(
            "sign", sign * line.rate, "positive", (*part, *line.known, *line.here.domain), shown, necessary=False
        )


def _by_concavity(claim: Attracts, by: Concave, line: _Line) -> Iterable[Decidable]:
    """Below the aim lies between the zeros; above it lies beyond them."""
    (low, high), to, (first, last) = line.ends, claim.to, by.zeros
    signs: tuple[tuple[sp.Expr, int], ...] = ()
    if to != low:
        yield from _at_least("sign", (low, first), (last, to))
        signs += ((first, 1), (last, 1))
    if to != high:
        before = high == first
        yield from _at_least("sign", (first, high) if before else (to, last))
        signs += ((first, -1), (last, 1)) if before else ((last, -1), (first, 1))
    yield from _at_least("sign", (low, by.between[0]), (by.between[1], high))
    given = (*line.inside(line.x), *line.known, *line.here.domain)
    unit, shape = line.here.renamed(by.unit), line.here.renamed(by.shape)
    yield Equal("sign", line.rate, unit * shape, given, necessary=False)
    yield HasSign("sign", unit, "positive", given, necessary=False)
    yield from concave("sign", by, line.here, line.x, tuple(dict.fromkeys(signs)))


def _at_least(premise: str, *pairs: tuple[sp.Expr, sp.Expr]) -> Iterable[Decidable]:
    """high ≥ low for each (high, low); equal ends, and infinite ones on their own side, need no showing."""
    for high, low in pairs:
        if high == low or high == sp.oo or low == -sp.oo:
            continue
        if {high, low} & set(INFINITE):
            yield Shown(premise, f"{high} is not at least {low}", holds=False)
        else:
            yield HasSign(premise, high - low, "nonnegative", necessary=False)


def concave(
    premise: str, by: Concave, here: Local, x: sp.Expr, signs: tuple[tuple[sp.Expr, int], ...]
) -> Iterable[Decidable]:
    """The shape is strictly concave between its ends; at its zeros there it has the signs that are needed."""
    low, high = by.between
    z, (first, last) = _anywhere(x, low), by.zeros
    own, inside = substitute(here.renamed(by.shape), {x: z}), strictly(z, low, high)
    curvature = None if by.curvature is None else substitute(here.renamed(by.curvature), {x: z})
    slope = derivative(own, z)
    if first == last:
        for zero in (substitute(own, {z: first}), substitute(slope, {z: first})):
            yield HasSign(premise, zero, "zero", necessary=False)
    else:
        yield HasSign(premise, last - first, "positive", necessary=False)
        for zero, sign in signs:
            yield HasSign(premise, sign * substitute(own, {z: zero}), "nonnegative", necessary=False)
    for zero in dict.fromkeys(by.zeros):
        for fact in strictly(zero, low, high):
            yield HasSign(premise, fact.expr, fact.kind, necessary=False)
    yield HasSign(premise, -derivative(slope, z), "positive", inside, curvature, necessary=False)
    yield Smooth(premise, own, inside)


def of_domination(claim: Dominated) -> Plan:
    """The quantity moves no faster than its envelope, and both start together."""
    here, names = _compared(claim)
    start, time = names[claim.start], names[claim.time]
    bound, rate, sign = substitute(claim.bound, names), substitute(claim.rate, names), -1 if claim.from_below else 1
    quantity = here.renamed(claim.quantity)
    speed = along(quantity, here.rates)
    region = (*here.domain, *here.facts(claim.on))
    lemmas, known = _learned("inequality", claim.using, here.names, region)
    given = (*region, *known)
    times = tuple(Fact(substitute(fact.expr, names), fact.kind) for fact in map(fact_of, claim.until))
    gap = sign * (substitute(rate, {start: quantity}) - speed)
    begun = substitute(bound, {time: sp.S.Zero})
    return plan(
        claim,
        "comparison",
        (
            *lemmas,
            *_slower(claim, here, gap, given),
            Equal("envelope", derivative(bound, time), substitute(rate, {start: bound}), times, necessary=False),
            Equal("start", begun, start, necessary=False),
            *_from_zero(claim, time, times),
            *_in_range(start, quantity, given),
            *_in_range(start, bound, times),
            Shown("range", "what the start is assumed to be is an interval"),
            *here.smooth("smooth", here.domain),
            Smooth("smooth", quantity, given),
            Smooth("smooth", rate),
            Smooth("smooth", bound, times),
        ),
        tests=_at_once(_Begun(sign, bound, time, start), quantity, speed, (*region, *_open_at_zero(times, time))),
    )


def _compared(claim: Dominated) -> tuple[Local, Mapping[sp.Expr, sp.Expr]]:
    """The flow in fresh symbols, and fresh symbols for the start and the time."""
    state = set(claim.flow.rates)
    own = [claim.quantity, *(side for r in claim.on for side in (r.lhs, r.rhs))]
    outer = [claim.bound, claim.rate, *(side for r in claim.until for side in (r.lhs, r.rhs))]
    known = named_in(claim.flow)
    if claim.start in known or claim.time in known or claim.start == claim.time:
        raise BadDerivation("the start of a quantity and the time are symbols of their own")
    if any(x in e.free_symbols for e in own for x in (claim.start, claim.time)):
        raise BadDerivation("a quantity, and where it is compared, hold the state and constants alone")
    if any(x in e.free_symbols for e in outer for x in state) or claim.time in claim.rate.free_symbols:
        raise BadDerivation("an envelope is a function of time and of the start, its rate one of the start alone")
    if not all(fact.kind in ("positive", "nonnegative") for fact in map(fact_of, claim.on)):
        raise BadDerivation("where a quantity is compared is said by Less and AtMost")
    here = local(claim.flow, (*own, *outer), claim.time)
    if claim.start.is_integer:
        raise BadDerivation(f"a quantity that moves starts from a real number; {claim.start} is an integer")
    return here, {**here.names, claim.start: sp.Dummy(claim.start.name, **claim.start.assumptions0)}


def _slower(claim: Dominated, here: Local, gap: sp.Expr, given: tuple[Fact, ...]) -> Iterable[Decidable]:
    """The gap is nonnegative: visibly, or as minus a positive unit times a concave shape with a double zero."""
    if not isinstance(claim.by, Concave):
        shown = None if claim.by is None else here.renamed(claim.by)
        yield HasSign("inequality", gap, "nonnegative", given, shown, necessary=False)
        return
    ((x, _),) = one_dimensional(here)
    low, high = claim.by.between
    ends = [end for end in (*claim.by.zeros, low, high) if end not in INFINITE]
    if claim.by.zeros[0] != claim.by.zeros[1] or any(y in end.free_symbols for end in ends for y in claim.flow.rates):
        raise BadDerivation("a gap of one sign needs a double zero, and ends that are constants")
    unit, shape = here.renamed(claim.by.unit), here.renamed(claim.by.shape)
    yield Equal("inequality", gap, -unit * shape, given, necessary=False)
    yield HasSign("inequality", unit, "positive", given, necessary=False)
    for fact in strictly(x, low, high):
        yield HasSign("inequality", fact.expr, fact.kind, given, necessary=False)
    yield from concave("inequality", claim.by, here, x, ())


def _in_range(start: sp.Symbol, value: sp.Expr, given: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """A value obeys the assumptions on the start."""
    return tuple(
        HasSign("range", substitute(fact.expr, {start: value}), fact.kind, given, necessary=False)
        for fact in assumed([start])
    )


def _from_zero(claim: Dominated, time: sp.Expr, times: tuple[Fact, ...]) -> tuple[Decidable, ...]:
    """The times are an interval from 0 on, for a slower quantity lies above before it: each relation is `time` ≥ 0,
    or affine in time and strict at 0.
    """
    lines: list[Decidable] = [HasSign("start", time, "nonnegative", times, necessary=False)]
    for fact in interval_from_zero(claim.until, time, times):
        at_zero = substitute(fact.expr, {time: sp.S.Zero})
        lines.append(HasSign("start", at_zero, "positive", necessary=False))
        lines.append(Equal("start", derivative(derivative(fact.expr, time), time), necessary=False))
    return tuple(lines)


@dataclass(frozen=True)
class _Begun:
    """An envelope in fresh symbols; sign = 1 from above, -1 from below."""

    sign: int
    bound: sp.Expr
    time: sp.Expr
    start: sp.Expr

    def at_zero(self, expr: sp.Expr) -> sp.Expr:
        return substitute(expr, {self.time: sp.S.Zero})


def _open_at_zero(times: tuple[Fact, ...], time: sp.Expr) -> tuple[Fact, ...]:
    """That the times claimed go beyond 0."""
    return tuple(Fact(substitute(f.expr, {time: sp.S.Zero}), f.kind) for f in times if f.expr != time)


def _at_once(own: _Begun, quantity: sp.Expr, speed: sp.Expr, given: tuple[Fact, ...]) -> tuple[HasSign, ...]:
    """What cannot fail: the envelope does not start on the wrong side, and where both start together it moves first.

    A start must lie inside an open region, so that the solution stays there for a while.
    """
    at_start, slope = {own.start: quantity}, own.at_zero(derivative(own.bound, own.time))
    together = _together(own)
    inside = tuple(
        Fact(substitute(f.expr, at_start), "positive" if f.kind == "nonnegative" else f.kind)
        for f in (*given, *(together or ()))
    )
    if any(fact.kind == "zero" for fact in inside):
        return ()
    begun = substitute(own.at_zero(own.bound), at_start)
    wrong_side = HasSign("start", own.sign * (begun - quantity), "nonnegative", inside)
    if together is None:
        return (wrong_side,)
    faster = substitute(slope, at_start) - speed
    return wrong_side, HasSign("inequality", own.sign * faster, "nonnegative", inside)


def _together(own: _Begun) -> tuple[Fact, ...] | None:
    """The conditions under which the envelope starts with the quantity; None if that is not seen."""
    try:
        equality = equal(own.at_zero(own.bound), own.start)
    except (OutsideFragment, TooLarge, Undefined):
        return None
    ranged = any(fact.over for fact in equality.conditions)
    return tuple(sorted(equality.conditions, key=str)) if equality.holds and not ranged else None
