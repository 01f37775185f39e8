"""Sentences for claims about how amplitudes move: rates, solutions, times, order, bounds."""

from __future__ import annotations

import sympy as sp

from symjepa.render.sentences.parts import (
    Formula,
    Sentence,
    Sentences,
    Words,
    alone,
    along,
    dynamics,
    equation,
    given,
    with_commas,
)
from symjepa.render.styles import Style
from symjepa.statements import claims
from symjepa.symbols import t


def _of_conserved(claim: claims.Conserved, style: Style) -> Sentence:
    kept = equation(style.rate_of(style.terms(claim.quantity)), claim.rate * claim.quantity, style)
    return (kept, *along(claim.flow, style))


def _of_solution(claim: claims.Solves, style: Style) -> Sentence:
    values = [equation(style.function(x, style.expr(claim.time)), value, style) for x, value in claim.values]
    starts = [equation(style.function(x, "0"), value, style) for x, value in claim.start]
    problem = [*dynamics(claim.flow, style), *starts]
    return (
        *with_commas(values),
        Words("solves" if len(values) == 1 else "solve"),
        *with_commas(problem),
        *given(claim.on, style, "for"),
    )


def _of_clock(claim: claims.Implicit, style: Style) -> Sentence:
    speed = equation(style.rate_of(style.terms(claim.clock)), claim.speed, style)
    return (speed, *along(claim.flow, style), *given(claim.on, style))


def _of_hitting(claim: claims.Hits, style: Style) -> Sentence:
    begin, end = Formula("", "", tuple(style.terms(claim.start))), alone(style.expr(claim.stop))
    time = equation(style.expr(t), claim.time, style)
    way = (Words("from"), begin, Words("the solution of"), *with_commas(dynamics(claim.flow, style)))
    return (*way, Words("first reaches"), end, Words("at"), time, *given(claim.on, style))


def _of_invariance(claim: claims.Invariant, style: Style) -> Sentence:
    kept = Formula(style.joined(style.terms(claim.quantity)), ">=", (("+", "0"),))
    return (kept, Words("stays true"), *along(claim.flow, style), *given(claim.on, style, "while"))


def _of_order(claim: claims.Ordered, style: Style) -> Sentence:
    names = {x: sp.Symbol(f"{x.name}'", real=True) for x in claim.beside.rates}
    sign = ">=" if claim.above else "<="
    order = [equation(style.expr(x), value.xreplace(names), style, sign) for x, value in claim.image]
    first = [equation(style.function(x, "0"), value, style) for x, value in claim.start]
    second = [equation(style.function(names[x], "0"), value, style) for x, value in claim.begin]
    return (
        *with_commas(order),
        Words("at all times,"),
        *along(claim.flow, style),
        Words("from"),
        *with_commas(first),
        Words(", and, with primes,"),
        *along(claim.beside, style),
        Words("from"),
        *with_commas(second),
    )


def _of_domination(claim: claims.Dominated, style: Style) -> Sentence:
    bound = equation(style.joined(style.terms(claim.quantity)), claim.bound, style, ">=" if claim.from_below else "<=")
    begins = equation(style.expr(claim.start), claim.quantity, style)
    times = given(claim.until, style, "for")
    while_ = given(claim.on, style, "as long as")
    return (bound, *times, *along(claim.flow, style), Words("from"), begins, Words("at time 0"), *while_)


def _of_motion(claim: claims.Moves, style: Style) -> Sentence:
    moved = equation(style.rate_of(style.terms(claim.quantity)), claim.rate, style)
    return (moved, *along(claim.flow, style))


SENTENCES: Sentences = {
    claims.Conserved: _of_conserved,
    claims.Solves: _of_solution,
    claims.Implicit: _of_clock,
    claims.Hits: _of_hitting,
    claims.Invariant: _of_invariance,
    claims.Dominated: _of_domination,
    claims.Ordered: _of_order,
    claims.Moves: _of_motion,
}
