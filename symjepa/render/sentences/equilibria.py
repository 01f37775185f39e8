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
    origin,
    place_words,
    with_commas,
)
from symjepa.render.styles import Style
from symjepa.statements import claims
from symjepa.symbols import b, t, v, w


def _of_zeros(claim: claims.Zeros, style: Style) -> Sentence:
    places: list[Formula | Words] = []
    for part in claim.components:
        places += [Words(", or"), *place_words(part.at, style)] if places else place_words(part.at, style)
    flow = (*with_commas(dynamics(claim.flow, style)), *domain_words(claim.flow, style), *given(claim.on, style))
    if not places:
        return (Words("there is no fixed point of"), *flow)
    return (Words("the fixed points of"), *flow, Words("are exactly"), *places)


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


def _of_spectrum(claim: claims.Spectrum, style: Style) -> Sentence:
    """The place, whose flow it is, the rates with how many there are of each, and what the sums are."""
    flow = (Words("is a fixed point of"), *with_commas(dynamics(claim.flow, style)), *origin(claim.flow, style))
    products = with_commas(alone(style.expr(x)) for x in products_in(claim))
    rates: list[Formula | Words] = []
    for rate, times in claim.rates:
        rates += [Words(",")] if rates else []
        rates += _listed_rates([rate_formula(rate, style)])
        rates += [] if times == 1 else [Words("with multiplicity"), alone(style.expr(times))]
    sums = with_commas(sum_formula(claim, symbol, summand, style) for symbol, summand in claim.sums)
    named = (Words(", with"), *products, Words("the product of all layers of a stack"))
    stable = (Words(", and stable, with the linear rates"), *rates, Words(", where"), *sums)
    place = (Words("every point with"), *place_words(claim.at, style))
    return (*place, *flow, *domain_words(claim.flow, style), *named, *stable)


def products_in(claim: claims.Spectrum) -> tuple[sp.Symbol, ...]:
    """The products of layers that stand in the flow."""
    held = {x for rate in claim.flow.rates.values() for x in rate.free_symbols}
    letters = {str(x.base) for x in claim.flow.flow.families}
    return tuple(x for x in (w, v, b) if x in held and x.name in letters)


def sum_formula(claim: claims.Spectrum, symbol: sp.Symbol, summand: sp.Expr, style: Style) -> Formula:
    """What a sum over all layers of a stack stands for."""
    (generic,) = summand.atoms(sp.Indexed)
    family = claim.flow.flow.families[generic]
    return equation(style.expr(symbol), sp.Sum(summand, (family.index, 1, family.last)), style)


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


def _of_separation(claim: claims.Separates, style: Style) -> Sentence:
    x, y = map(style.expr, claim.state)
    where, curve, *bounds = separation_formulas(claim, style)
    start = (
        Words("the starts in the quadrant"),
        where,
        Words("from which no solution leaves"),
        *along(claim.flow, style),
    )
    sides = f"from above it {style.inline(y)} passes zero in finite time, from below it {style.inline(x)} does;"
    told = Words(f", continuous and increasing from the origin, to which they tend; {sides}")
    last = Words(", neither of which is crossed towards it")
    return (*start, Words(", are one curve"), curve, told, *with_commas(bounds), last)


def separation_formulas(claim: claims.Separates, style: Style) -> tuple[Formula, ...]:
    """The quadrant, the curve, and its bounds from below and from above."""
    (x, y), (near, far) = claim.state, claim.between
    phi = style.function(sp.Symbol("phi"), style.expr(x))
    quadrant = Formula(f"{style.expr(x)} {style.sign('>')} 0", ">", (("+", style.expr(y)),))
    curve = Formula(style.joined([("-", style.expr(y))]), "=", (("+", phi),))
    return (
        quadrant,
        curve,
        Formula(phi, ">=", tuple(style.terms(near))),
        Formula(phi, "<=", tuple(style.terms(far))),
    )


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
    claims.Spectrum: _of_spectrum,
    claims.Converges: _of_convergence,
    claims.Attracts: _of_attraction,
    claims.ConvergesBetween: _of_convergence_between,
    claims.Separates: _of_separation,
}
