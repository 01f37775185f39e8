r"""How a page says a claim.

`symjepa.render.sentences` has a sentence for every claim.  The claims for which a page does better than a sentence in
one line have a setting of their own here; the others are set from their sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from symjepa.render.book.displays import Row
from symjepa.render.book.paragraphs import Said
from symjepa.render.book.phrases import (
    as_row,
    at,
    condition,
    conditions,
    domain,
    equal,
    equations,
    if_words,
    math,
    matrix,
    of_whom,
    places,
    rate,
    row,
    scalar_rate,
    whose,
    word_rate,
    words_row,
)
from symjepa.render.hypotheses import listed
from symjepa.render.notation import MACROS
from symjepa.render.sentences import sentence
from symjepa.render.sentences.equilibria import products_in, rate_formula, separation_formulas, sum_formula
from symjepa.render.sentences.matrices import decay_formula, gain_formulas, growth_formula, noise_words
from symjepa.render.sentences.parts import Formula, Words
from symjepa.render.sentences.products import (
    exhibited,
    index_range,
    open_formula,
    product_formula,
    rates_words,
    root_formula,
    single_letters,
    whole_product,
)
from symjepa.render.styles import LINE_STYLE
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.render.widths import LINE, width
from symjepa.statements import claims
from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Modes
from symjepa.symbols import K, L, t


def said(claim: Claim) -> Said:
    """One claim."""
    return _SETTINGS.get(type(claim), _from_sentence)(claim)


def _of_drift(claim: claims.Drift) -> Said:
    note, before = conditions(claim.on)
    shown = words_row(word_rate(claim.of), claim.equals, note)
    return Said((shown,), if_words(before), who=(whose(claim.flow.model),), short=(shown,))


def _of_decay(claim: claims.Decays) -> Said:
    note, before = conditions(claim.on)
    formula = decay_formula(claim, STYLE)
    shown = Row(formula.left, formula.relation, formula.right, note)
    return Said((shown,), if_words(before), who=(whose(claim.flow.model),), short=(shown,))


def _of_dissipation(claim: claims.Dissipates) -> Said:
    note, before = conditions(claim.on)
    lost = [("-", STYLE.scaled(c, STYLE.gram(STYLE.joined(STYLE.words(x))))) for c, x in claim.by]
    left = rate([("+", STYLE.trace(STYLE.joined(STYLE.words(claim.form))))], False)
    shown = (Row(left, "=", tuple(lost or [("+", "0")])), Row("", r"\leq", (("+", "0"),), note))
    return Said(shown, if_words(before), who=(whose(claim.flow.model),), short=shown)


def _of_decoupling(claim: claims.Decouples) -> Said:
    frames = [piece for piece in sentence(claim, STYLE) if isinstance(piece, Formula)]
    rows = tuple(Row(piece.left, piece.relation, _links(piece)) for piece in frames)
    preface = (
        "Layers that are diagonal stay diagonal, whatever their amplitudes, exactly when the covariances are diagonal "
        f"in the frames listed, where $A = U_{{A}} D_{{A}} V_{{A}}^{{{MACROS['T']}}}$ "
        "names the frames at the two ends of a letter:"
    )
    return Said(rows, who=(whose(claim.flow.model),), preface=preface, short=rows)


def _links(piece: Formula) -> tuple[tuple[str, str], ...]:
    """`A = B = C` as pieces between which a line may be broken."""
    first, *rest = piece.right[0][1].split(" = ")
    return (("+", first), *(("=", link) for link in rest))


def _of_word_induction(claim: claims.ByInduction) -> Said:
    span = index_range(claim, STYLE).line(STYLE)
    shown = words_row(STYLE.joined(STYLE.words(claim.lhs)), claim.rhs, f"({span})")
    where = listed([math(condition(law)) for law in claim.on])
    letters = [math(STYLE.name(name)) for name in single_letters(claim.lhs)]
    every = f"for every matrix {listed(letters)}," if letters else ""
    return Said((shown,), f"in balance, {where}," if where else every, short=(shown,))


def _of_product(claim: claims.ProductMoves) -> Said:
    shown = Row(word_rate(whole_product(claim)), "=", product_formula(claim, STYLE).right)
    bases = [math(LINE_STYLE.joined(LINE_STYLE.words(root.letter @ root.letter.T))) for root in claim.roots]
    roots = [math(root_formula(claim, root, LINE_STYLE).line(LINE_STYLE)) for root in claim.roots]
    where = listed([math(condition(law)) for law in claim.on])
    after = f"where the positive semidefinite {listed(bases)} are determined by {listed(roots)}" if roots else ""
    return Said((shown,), if_words(where), after, who=(whose(claim.flow.model),), short=(shown,))


def _of_not_closed(claim: claims.NotClosed) -> Said:
    shown = Row(word_rate(claim.of), "=", open_formula(claim, STYLE).right)
    where = listed([math(condition(law)) for law in claim.on])
    data, sides = exhibited(claim)
    told = [listed([matrix(name, rows) for name, rows in one]) for one in sides]
    whom = f"for {whose(claim.flow.model)}{rates_words(claim.flow.model, LINE_STYLE)}"
    beside = f", at {listed([matrix(name, rows) for name, rows in data])}"
    after = f"{whom}{' where ' if where else ''}{where}: compare {' with '.join(told)}{beside}"
    return Said((shown,), "there is no function $f$ with", after)


def _of_lasting(claim: claims.Lasts) -> Said:
    rows = tuple(as_row(growth_formula(growth, STYLE)) for growth in claim.growths)
    where = listed([math(condition(ceiling)) for ceiling in claim.on])
    preface = "Every solution of the matrix flow exists for all times, by the bounds that follow."
    return Said(rows, if_words(where), who=(whose(claim.flow.model),), preface=preface, short=rows)


def _of_target_noise(claim: claims.TargetNoise) -> Said:
    loss, *_ = gain_formulas(claim, STYLE)
    gain = STYLE.sign("gain")
    rates = (words_row(f"{gain} {word_rate(letter)}", added) for letter, added in claim.gains)
    rows = (as_row(loss), *rates)
    preface = f"Noise $n$ on the target{noise_words(claim)} adds to the loss and to the rates this, and no more:"
    return Said(rows, who=(whose(claim.model),), preface=preface, short=rows)


def _of_motion(claim: claims.Moves) -> Said:
    flow = claim.flow
    shown = row(scalar_rate(claim.quantity), claim.rate)
    if claim.quantity in flow.rates and isinstance(flow, Modes):
        told = {"product": "", "balanced": "in balance"}.get(flow.coordinates, "layer by layer")
        put = equal((STYLE.expr(x), value) for x, value in flow.values if x not in (K, L))
        told = ", ".join(filter(None, (told, put and f"at {put}")))
        return Said((shown,), told, who=(whose(flow.model, flow.values),), short=(shown,))
    return Said((shown,), f"along {equations(flow)}{of_whom(flow)}", short=(shown,))


def _of_conserved(claim: claims.Conserved) -> Said:
    shown = row(scalar_rate(claim.quantity), claim.rate * claim.quantity)
    return Said((shown,), f"along {equations(claim.flow)}{of_whom(claim.flow)}", short=(shown,))


def _of_solution(claim: claims.Solves) -> Said:
    rows = tuple(row(STYLE.function(x, STYLE.expr(claim.time)), value) for x, value in claim.values)
    start = equal((STYLE.function(x, "0"), value) for x, value in claim.start)
    when = f", for {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    return Said(
        rows, f"the solution of {equations(claim.flow)}{of_whom(claim.flow)} with {start} is{when},", short=rows
    )


def _of_clock(claim: claims.Implicit) -> Said:
    shown = Row(scalar_rate(claim.clock), "=", tuple(STYLE.terms(claim.speed)))
    while_ = f", while {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    return Said((shown,), f"along {equations(claim.flow)}{of_whom(claim.flow)}{while_},", short=(shown,))


def _of_hitting(claim: claims.Hits) -> Said:
    shown = row(STYLE.expr(t), claim.time)
    way = f"from {math(LINE_STYLE.expr(claim.start))} the solution of {equations(claim.flow)}{of_whom(claim.flow)}"
    where = f"where {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    return Said((shown,), f"{way} first reaches {math(STYLE.expr(claim.stop))} at", where, short=(shown,))


def _of_zeros(claim: claims.Zeros) -> Said:
    flow = tuple(row(STYLE.dot(x), value) for x, value in claim.flow.rates.items())
    shown = [one for part in claim.components for one in places(part.at)]
    where = f" where {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    whom, exactly = of_whom(claim.flow).removeprefix(" of "), ", or ".join(at(part.at) for part in claim.components)
    lead, place = f"for {whom}, " if whom else "", f"{domain(claim.flow)}{where}".strip()
    if not claim.components:
        never = (Row(", ".join(map(STYLE.dot, claim.flow.rates)), r"\neq", (("+", "0"),)),)
        return Said(flow, f"{lead}there is no fixed point of", place, short=never)
    told = f"{place} are exactly {exactly}".strip()
    return Said(flow, f"{lead}the fixed points of", told, short=tuple(shown))


def _of_linearization(claim: claims.Linearized) -> Said:
    rates = tuple(as_row(rate_formula(one, STYLE)) for one in claim.rates)
    kind = "stable" if claim.stable else "unstable"
    family = f", along a family in {listed([math(STYLE.expr(x)) for x in claim.family])}" if claim.family else ""
    where = f" where {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    under = f"{at(claim.at)} is {kind} under {equations(claim.flow)}{of_whom(claim.flow)}{family}{where}"
    roots = any(isinstance(one, claims.Quadratic) for one in claim.rates)
    told = f"{under}, with the linear rate{'s' * (len(rates) > 1 or roots)}{' (of an equation: its roots)' * roots}"
    return Said(rates, told, short=rates)


def _of_spectrum(claim: claims.Spectrum) -> Said:
    rates = tuple(_so_often(as_row(rate_formula(rate, STYLE)), times) for rate, times in claim.rates)
    whole = f"{listed([math(STYLE.expr(x)) for x in products_in(claim)])} the products of all layers"
    sums = [math(sum_formula(claim, symbol, summand, LINE_STYLE).line(LINE_STYLE)) for symbol, summand in claim.sums]
    under = f"every point with {at(claim.at)} is stable under {equations(claim.flow)}{of_whom(claim.flow)}"
    roots = any(isinstance(one, claims.Quadratic) for one, _ in claim.rates)
    named = listed([whole, *sums]) if products_in(claim) else listed(sums)
    told = f"{under}{domain(claim.flow)}.  With {named} its linear rates{' (roots of the equation)' * roots} are"
    return Said(rates, told, short=rates)


def _so_often(shown: Row, times: sp.Expr) -> Row:
    """A rate with how many there are of it."""
    return shown if times == 1 else replace(shown, note=rf"\text{{with multiplicity ${STYLE.expr(times)}$}}")


def _of_convergence(claim: claims.Converges) -> Said:
    ((state, _),) = claim.flow.rates.items()
    limit = row(STYLE.function(state, STYLE.expr(t)), claim.to, r"\to")
    begin = STYLE.function(state, "0")
    above = "" if claim.upper is sp.oo else f" < {STYLE.expr(claim.upper)}"
    start = f"{begin} > {STYLE.expr(claim.lower)}" if not above else f"{STYLE.expr(claim.lower)} < {begin}{above}"
    told = f"along {equations(claim.flow)}{of_whom(claim.flow)}, from every start with {math(start)},"
    return Said((limit,), told, short=(limit,))


def _of_attraction(claim: claims.Attracts) -> Said:
    ((state, _),) = claim.flow.rates.items()
    limit = row(STYLE.function(state, STYLE.expr(t)), claim.to, r"\to")
    (low, high), begin = claim.between, STYLE.function(state, "0")
    below = "" if low is -sp.oo else f"{STYLE.expr(low)} < "
    above = "" if high is sp.oo else f" < {STYLE.expr(high)}"
    start = f" with {math(f'{below}{begin}{above}')}" if below or above else ""
    told = f"along {equations(claim.flow)}{of_whom(claim.flow)}, from every start{start}, monotonically"
    return Said((limit,), told, short=(limit,))


def _of_domination(claim: claims.Dominated) -> Said:
    relation = r"\geq" if claim.from_below else r"\leq"
    shown = Row(STYLE.joined(STYLE.terms(claim.quantity)), relation, tuple(STYLE.terms(claim.bound)))
    begun = math(f"{STYLE.expr(claim.start)} = {LINE_STYLE.expr(claim.quantity)}")
    region = f", as long as {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    times = f", for {listed([math(condition(relation)) for relation in claim.until])}"
    told = f"along {equations(claim.flow)}{of_whom(claim.flow)}, with {begun} at time 0{times}{region},"
    return Said((shown,), told, short=(shown,))


def _of_convergence_between(claim: claims.ConvergesBetween) -> Said:
    rows = tuple(row(STYLE.function(x, STYLE.expr(t)), value, r"\to") for x, value in claim.to)
    begin = equal((STYLE.function(x, "0"), value) for x, value in claim.start)
    return Said(rows, f"along {equations(claim.flow)}{of_whom(claim.flow)}, from {begin},", short=rows)


def _of_separation(claim: claims.Separates) -> Said:
    where, curve, *bounds = separation_formulas(claim, STYLE)
    x, y = (math(STYLE.expr(variable)) for variable in claim.state)
    told = (
        f"in the quadrant {math(where.line(STYLE))}, along {equations(claim.flow)}{of_whom(claim.flow)}, the starts"
        f" from which no solution leaves are one curve {math(curve.line(STYLE))}, continuous and increasing from the"
        f" origin, to which they tend.  From above it {y} passes zero in finite time, from below it {x} does.  It lies"
        " between two bounds, neither of which is crossed towards it"
    )
    rows = tuple(map(as_row, bounds))
    return Said(rows, told, short=rows)


def _of_order(claim: claims.Ordered) -> Said:
    names = {x: sp.Symbol(f"{x.name}'", real=True) for x in claim.beside.rates}
    sign = r"\geq" if claim.above else r"\leq"
    rows = tuple(row(STYLE.expr(x), value.xreplace(names), sign) for x, value in claim.image)
    first = equal((STYLE.function(x, "0"), value) for x, value in claim.start)
    second = equal((STYLE.function(names[x], "0"), value) for x, value in claim.begin)
    told = (
        f"at all times the solution of {equations(claim.flow)}{of_whom(claim.flow)} from {first} and, primed,"
        f" that of {equations(claim.beside)}{of_whom(claim.beside)} from {second} obey"
    )
    return Said(rows, told, short=rows)


def _of_loss(claim: claims.LossIs) -> Said:
    shown = Row(MACROS["loss"], "=", tuple(STYLE.words(claim.traces)))
    preface = "The expected loss, and likewise its mean over any finite sample with its own covariances, is as follows."
    return Said((shown,), who=(whose(claim.model),), preface=preface, short=(shown,))


def _of_sum(claim: claims.SumCloses) -> Said:
    total = STYLE.total(claim.term, claim.index, claim.lo, claim.upper)
    every = f"{STYLE.expr(claim.upper)} \\geq {STYLE.expr(claim.lo - 1)}"
    where = "".join(f", {condition(relation)}" for relation in claim.on)
    return Said((row(total, claim.closed, note=f"({every}{where})"),))


def _of_root(claim: claims.Root) -> Said:
    article, zero, *rest = sentence(claim, STYLE)
    assert isinstance(article, Words) and isinstance(zero, Formula)
    shown = (as_row(zero),)
    return Said(shown, article.text, _line(rest), short=shown)


def _of_relation(claim: Claim) -> Said:
    (formula,) = sentence(claim, STYLE)
    assert isinstance(formula, Formula)
    return Said((as_row(formula),))


def _of_bound(claim: claims.Within) -> Said:
    """Where it is long, an expansion and its remainder."""
    (formula,) = sentence(claim, STYLE)
    assert isinstance(formula, Formula)
    if width(formula.left) <= LINE:
        return _of_relation(claim)
    whole = replace(row(STYLE.expr(claim.expr), claim.of), lead=tuple(STYLE.terms(claim.expr)))
    rest = row(r"\lvert R \rvert", claim.by, STYLE.sign("<="))
    shown = (replace(whole, right=(*whole.right, ("+", "R"))), rest)
    return Said(shown, "up to a remainder $R$,", short=shown)


_LONG = LINE / 2


def _from_sentence(claim: Claim) -> Said:
    """Any other claim: its first long formula with a relation is displayed, the rest is in the line."""
    pieces = sentence(claim, STYLE)
    formulas = [(n, piece) for n, piece in enumerate(pieces) if isinstance(piece, Formula) and piece.relation]
    long = [(n, piece) for n, piece in formulas if width(piece.line(STYLE)) > _LONG]
    place, formula = (long or formulas)[0]
    shown = as_row(formula)
    return Said((shown,), _line(pieces[:place]), _line(pieces[place + 1 :]))


def _line(pieces: Sequence[Formula | Words]) -> str:
    text = " ".join(math(piece.line(STYLE)) if isinstance(piece, Formula) else piece.text for piece in pieces)
    for sign in (",", ";", ":", "."):
        text = text.replace(f" {sign} ", f"{sign} ")
    return text


_SETTINGS: dict[type[Claim], Callable[[Any], Said]] = {
    **dict.fromkeys((claims.Identity, claims.Less, claims.AtMost, claims.Unequal), _of_relation),
    claims.Annihilates: _of_relation,
    claims.Within: _of_bound,
    claims.Drift: _of_drift,
    claims.Decays: _of_decay,
    claims.Dissipates: _of_dissipation,
    claims.Decouples: _of_decoupling,
    claims.ByInduction: _of_word_induction,
    claims.ProductMoves: _of_product,
    claims.NotClosed: _of_not_closed,
    claims.Lasts: _of_lasting,
    claims.TargetNoise: _of_target_noise,
    claims.Moves: _of_motion,
    claims.Conserved: _of_conserved,
    claims.Solves: _of_solution,
    claims.Implicit: _of_clock,
    claims.Hits: _of_hitting,
    claims.Zeros: _of_zeros,
    claims.Linearized: _of_linearization,
    claims.Spectrum: _of_spectrum,
    claims.Converges: _of_convergence,
    claims.ConvergesBetween: _of_convergence_between,
    claims.Ordered: _of_order,
    claims.Separates: _of_separation,
    claims.Attracts: _of_attraction,
    claims.Dominated: _of_domination,
    claims.LossIs: _of_loss,
    claims.SumCloses: _of_sum,
    claims.Root: _of_root,
}
