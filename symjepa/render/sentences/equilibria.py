"""Sentences for claims about fixed points: where they are, how stable, and what converges to them."""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from symjepa.render.sentences.parts import (
    Formula,
    Sentence,
    Sentences,
    Words,
    alone,
    along,
    domain_words,
    dynamics,
    equation,
    given,
    place_words,
    with_commas,
)
from symjepa.render.styles import Style
from symjepa.statements import claims
from symjepa.symbols import t


def _of_zeros(claim: claims.Zeros, style: Style) -> Sentence:
    places: list[Formula | Words] = []
    for part in claim.components:
        places += [Words("and"), *place_words(part.at, style)] if places else place_words(part.at, style)
    flow = (Words("the fixed points of"), *with_commas(dynamics(claim.flow, style)), *domain_words(claim.flow, style))
    return (*flow, *given(claim.on, style), Words("are exactly"), *places)


def _of_linearization(claim: claims.Linearized, style: Style) -> Sentence:
    rates = [rate_formula(rate, style) for rate in claim.rates]
    singular = len(rates) == 1 and not isinstance(claim.rates[0], claims.Quadratic)
    kind = f"{'stable' if claim.stable else 'unstable'}, with the linear rate{'' if singular else 's'}"
    family = (
        [Words("along a family in"), *with_commas(alone(style.expr(x)) for x in claim.family)] if claim.family else []
    )
    flow = (Words("is a fixed point of"), *with_commas(dynamics(claim.flow, style)), Words(", " + kind))
    return (*place_words(claim.at, style), *flow, *_listed_rates(rates), *family, *given(claim.on, style))


def rate_formula(rate: sp.Expr | claims.Quadratic, style: Style) -> Formula:
    """A linear rate, or the equation of two."""
    if not isinstance(rate, claims.Quadratic):
        return Formula("", "", tuple(style.terms(rate)))
    x = sp.Symbol("x", real=True)
    summands = [*style.terms(x**2), *style.terms(rate.linear * x), *style.terms(rate.constant)]
    return Formula(style.joined(summands), "=", (("+", "0"),), tuple(summands))


def _listed_rates(rates: Iterable[Formula]) -> list[Formula | Words]:
    """Rates with commas between them; of an equation, its roots."""
    pieces: list[Formula | Words] = []
    for rate in rates:
        named: list[Formula | Words] = [Words("the roots of"), rate] if rate.relation else [rate]
        pieces += [Words(","), *named] if pieces else named
    return pieces


def _of_convergence(claim: claims.Converges, style: Style) -> Sentence:
    ((state, _),) = claim.flow.rates.items()
    begin = style.function(state, "0")
    if claim.upper is sp.oo:
        basin = Formula(begin, ">", tuple(style.terms(claim.lower)))
    else:
        basin = Formula(f"{style.expr(claim.lower)} {style.sign('<')} {begin}", "<", tuple(style.terms(claim.upper)))
    limit = Formula(style.function(state, style.expr(t)), "->", tuple(style.terms(claim.to)))
    return (limit, *along(claim.flow, style), Words("from every start"), basin)


def _of_convergence_between(claim: claims.ConvergesBetween, style: Style) -> Sentence:
    begin = [equation(style.function(x, "0"), value, style) for x, value in claim.start]
    limits = [Formula(style.function(x, style.expr(t)), "->", tuple(style.terms(value))) for x, value in claim.to]
    return (*with_commas(limits), *along(claim.flow, style), Words("from"), *with_commas(begin))


def _of_attraction(claim: claims.Attracts, style: Style) -> Sentence:
    ((state, _),) = claim.flow.rates.items()
    (low, high), begin = claim.between, style.function(state, "0")
    if high is sp.oo:
        basin = Formula(begin, ">", tuple(style.terms(low)))
    elif low is -sp.oo:
        basin = Formula(begin, "<", tuple(style.terms(high)))
    else:
        basin = Formula(f"{style.expr(low)} {style.sign('<')} {begin}", "<", tuple(style.terms(high)))
    start: list[Formula | Words] = [] if (low, high) == (-sp.oo, sp.oo) else [Words("with"), basin]
    limit = Formula(style.function(state, style.expr(t)), "->", tuple(style.terms(claim.to)))
    return (limit, Words("monotonically"), *along(claim.flow, style), Words("from every start"), *start)


SENTENCES: Sentences = {
    claims.Zeros: _of_zeros,
    claims.Linearized: _of_linearization,
    claims.Converges: _of_convergence,
    claims.Attracts: _of_attraction,
    claims.ConvergesBetween: _of_convergence_between,
}
