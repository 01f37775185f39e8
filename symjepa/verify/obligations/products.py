r"""Obligations of claims about products of balanced layers.

An identity between words that holds only where layers are balanced is shown by what it uses: the difference of its two
sides is exhibited as a sum of words, each of which holds something that vanishes as a factor.  That is one identity of
words, decided without any hypothesis.

Soundness.  A `Use` multiplies what vanishes by words, so it vanishes.  What vanishes: the gap of a hypothesis that the
claim lists, at a level that the hypothesis covers; both sides of an identity that is shown beside it (`lemmas`), in its
range; g gᵀ - (g gᵀ)^1; and in a step, the induction hypothesis.  Running indices are fresh integers, of which only the
range is known.  The motion of a product is the sum of what each layer adds (Leibniz), with the derived rate of that
layer; no rate of a power is ever asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import Any, TypeVar

import numpy as np
import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact
from symjepa.exact.words import (
    Factor,
    Matrix,
    Power,
    Segment,
    Stack,
    Word,
    WordSum,
    along,
    gram_power,
    instantiated,
    noted,
    ranges,
)
from symjepa.flow import MatrixFlow
from symjepa.model import Frozen
from symjepa.modes.balance import drift
from symjepa.statements.claims import (
    Balanced,
    ByInduction,
    Claim,
    Exhibit,
    GramRoot,
    NotClosed,
    ProductMoves,
    Share,
    Unfolded,
    Use,
)
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import Instance
from symjepa.verify.kernel.instances import Letters, exhibited, obeys
from symjepa.verify.obligations.kinds import (
    Decidable,
    Equal,
    HasSign,
    Plan,
    Shown,
    Smooth,
    SumsVanish,
    WordsVanish,
    plan,
)
from symjepa.verify.obligations.matrices import check_letters, moving_letters

Numbers = dict[sp.Symbol, sp.Expr]
AClaim = TypeVar("AClaim", bound=Claim)


def _once(*lines: Decidable) -> tuple[Decidable, ...]:
    """Each obligation once."""
    return tuple(dict.fromkeys(lines))


def remembered(compiler: Callable[[AClaim], Plan]) -> Callable[[AClaim], Plan]:
    """The same plan for the same claim: one that is equal but needs more for its words to have a meaning is another."""

    @cache
    def known(claim: AClaim, _: object) -> Plan:
        return compiler(claim)

    return lambda claim: known(claim, noted(claim))


@cache
def fresh_index(symbol: sp.Symbol) -> sp.Symbol:
    """An integer of which nothing else is known, one for each symbol: no claim and no hypothesis can speak of it."""
    return sp.Dummy(symbol.name, integer=True)


def _nonnegative(*gaps: sp.Expr) -> tuple[Fact, ...]:
    return tuple(Fact(gap, "nonnegative") for gap in gaps)


@dataclass(frozen=True)
class _Used:
    """The sum of what a certificate uses, with what must hold for it, and the identities that it stands on."""

    total: WordSum
    ranged: tuple[Decidable, ...]
    lemmas: tuple[ByInduction, ...]


def _used(uses: Iterable[Use], here: Numbers, given: tuple[Fact, ...], zero: WordSum, own: WordSum | None) -> _Used:
    """The uses in the symbols of an obligation; `own` is the gap of the induction hypothesis there."""
    total, ranged, lemmas = zero, tuple[Decidable, ...](), tuple[ByInduction, ...]()
    for use in uses:
        at = None if use.at is None else use.at.xreplace(here)
        if at is not None and not at.is_integer:
            raise BadDerivation(f"an identity holds at integers; {use.at} is not known to be one")
        gap = own if use.of is None else _gap(use.of, at)
        if gap is None:
            raise BadDerivation("only the step of an induction may use the induction hypothesis")
        parts = (_here(use.left, here), gap, _here(use.right, here))
        term = reduce(lambda left, right: left @ right, (part for part in parts if part is not None))
        total = total + use.scale.xreplace(here) * term
        ranged += tuple(HasSign("range", low, "nonnegative", given, necessary=False) for low in _levels(use.of, at))
        ranged += _meant(given, *(part for part in parts if part is not None))
        ranged += _defined(given, use.scale.xreplace(here), *_coefficients(parts))
        lemmas += (use.of,) if isinstance(use.of, ByInduction) else ()
    return _Used(total, ranged, lemmas)


def _here(words: WordSum | None, here: Numbers) -> WordSum | None:
    return words if words is None or not here else instantiated(words, here)


def _gap(of: Balanced | ByInduction | Unfolded, at: sp.Expr | None) -> WordSum:
    match of:
        case Balanced():
            return of.gap(at)
        case Unfolded():
            return of.gap
    if at is None:
        raise BadDerivation("an identity with an index is used at one value of it; say at=…")
    return instantiated(of.lhs, {of.index: at}) - instantiated(of.rhs, {of.index: at})


def _levels(of: Balanced | ByInduction | Unfolded | None, at: sp.Expr | None) -> tuple[sp.Expr, ...]:
    """What must be nonnegative for a gap to vanish at an index."""
    if isinstance(of, Balanced):
        return (of.model.predictor.depth - 1,) if at is None else (at - 1, of.depth - 1 - at)
    if isinstance(of, ByInduction):
        return (at - of.first,) if of.last is None else (at - of.first, of.last - at)
    return ()


def _meant(given: tuple[Fact, ...], *sums: WordSum) -> tuple[Decidable, ...]:
    """Every segment lies in its stack, every power has an exponent ≥ 0."""
    gaps = sorted({gap for words in sums for gap in ranges(words)}, key=str)
    return tuple(HasSign("range", gap, "nonnegative", given, necessary=False) for gap in gaps)


def _defined(given: tuple[Fact, ...], *numbers: sp.Expr) -> tuple[Decidable, ...]:
    """Factors are defined: one that is not might cancel what it is multiplied by."""
    return tuple(Smooth("range", number, given) for number in dict.fromkeys(numbers) if not number.is_Rational)


def _coefficients(sums: Iterable[WordSum | None]) -> tuple[sp.Expr, ...]:
    return tuple(coefficient for words in sums if words is not None for _, coefficient in words.terms)


def _lemmas(lemmas: Iterable[ByInduction], on: tuple[Balanced, ...]) -> tuple[Decidable, ...]:
    """Every obligation of the identities that are used, under no more than the hypotheses of the claim."""
    shown: list[Decidable] = []
    for lemma in dict.fromkeys(lemmas):
        if not set(lemma.on) <= set(on):
            raise BadDerivation("an identity is used that needs more hypotheses than the claim has; list them in `on`")
        shown += [replace(line, premise="lemmas") for line in of_induction(lemma).obligations]
    return tuple(shown) or (Shown("lemmas", "no earlier identity is used"),)


def _listed(uses: Iterable[Use], on: tuple[Balanced, ...]) -> None:
    for use in uses:
        if isinstance(use.of, Balanced) and use.of not in on:
            raise BadDerivation(f"the balance of the {use.of.joint} is used, but it is no hypothesis; list it in `on`")


@remembered
def of_induction(claim: ByInduction) -> Plan:
    """Base and step as identities of words; refuted where the sides differ on layers that obey the hypotheses."""
    _listed((*claim.base, *claim.step), claim.on)
    _check_range(claim)
    here = fresh_index(claim.index)
    last = () if claim.last is None else (claim.last,)
    inside = _nonnegative(here - claim.first, *(end - here for end in last))
    begin = claim.last if claim.downward and claim.last is not None else claim.first
    nonempty = _nonnegative(*(end - claim.first for end in last))
    base = _induced("base", claim, begin, claim.base, {claim.index: begin}, nonempty, None)
    own = _gap(claim, here)
    to = here - 1 if claim.downward else here + 1
    moved = _nonnegative(to - claim.first, *(end - to for end in last))
    step = _induced("step", claim, to, claim.step, {claim.index: here}, (*inside, *moved), own)
    sides = [instantiated(side, {claim.index: here}) for side in (claim.lhs, claim.rhs)]
    lines = (*base[0], *step[0], *_meant(inside, *sides), *_defined(inside, *_coefficients(sides)))
    ranged = any(line.premise == "range" for line in lines)
    spoken = _nonnegative(claim.index - claim.first, *(end - claim.index for end in last))
    return plan(
        claim,
        "word-induction",
        _once(
            *lines,
            *_lemmas((*base[1], *step[1]), claim.on),
            *(() if ranged else (Shown("range", "all words have a meaning at every index"),)),
        ),
        tests=(WordsVanish("equal", claim.lhs, claim.rhs, spoken, claim.on),),
    )


def _check_range(claim: ByInduction) -> None:
    if claim.downward and claim.last is None:
        raise BadDerivation("an induction that goes down needs a last index")
    whole = tuple(end for end in (claim.first, claim.last) if end is not None)
    if not all(end.is_integer for end in whole):
        raise BadDerivation(f"an induction goes from an integer to an integer; got {', '.join(map(str, whole))}")
    ends = {s for end in whole for s in end.free_symbols}
    depths = {
        s for law in claim.on for s in law.model.encoder.depth.free_symbols | law.model.predictor.depth.free_symbols
    }
    if claim.index in ends | depths or not claim.index.is_integer:
        raise BadDerivation(f"{claim.index} runs over integers between ends that do not know it, and is no depth")


def _induced(
    premise: str,
    claim: ByInduction,
    at: sp.Expr,
    uses: tuple[Use, ...],
    here: Numbers,
    given: tuple[Fact, ...],
    own: WordSum | None,
) -> tuple[tuple[Decidable, ...], tuple[ByInduction, ...]]:
    """The gap of the claim at an index is what is used."""
    gap = _gap(claim, at)
    used = _used(uses, here, given, WordSum.zero(gap.rows, gap.cols), own)
    same = WordsVanish(premise, gap, used.total, given, necessary=False)
    return (same, *used.ranged, *_meant(given, gap, used.total)), used.lemmas


# The motion of a product.


@remembered
def of_product(claim: ProductMoves) -> Plan:
    """What each layer adds, by Leibniz; the roots; that balance lasts; that nothing else of the layers is left."""
    check_letters(claim.flow, *(share.summand for share in claim.shares))
    uses = (*(use for share in claim.shares for use in share.by), *(use for root in claim.roots for use in root.by))
    _listed(uses, claim.on)
    _check_laws(claim.flow, claim.on)
    stacks = _stacks(claim)
    lines: list[Decidable] = []
    lemmas: list[ByInduction] = []
    for place, share in enumerate(claim.shares):
        found, more = _added(claim.flow, stacks, place, share)
        lines += found
        lemmas += more
    for root in claim.roots:
        found, more = _rooted(root, stacks)
        lines += found
        lemmas += more
    if not claim.roots:
        lines.append(Shown("root", "there is no power"))
    summands = tuple(
        (share.index, share.stack.depth, _leibniz(claim.flow, stacks, place, share.index) - share.summand)
        for place, share in enumerate(claim.shares)
    )
    products = tuple(stack.product() for stack in (*stacks, *_other_stacks(claim.flow, stacks)))
    return plan(
        claim,
        "end-to-end",
        _once(*lines, *_lemmas(lemmas, claim.on), *_lasting(claim), *_closed(claim, stacks)),
        tests=(
            SumsVanish(summands, products, (), claim.on),
            *(_root_test(root, stacks, claim.on) for root in claim.roots),
        ),
    )


def _check_laws(layers: Layers, on: tuple[Balanced, ...]) -> None:
    for hypothesis in on:
        if type(hypothesis) is not Balanced or hypothesis.model != layers.model:
            raise BadDerivation("the balance that is assumed must be that of the layers of this flow")


def _stacks(claim: ProductMoves) -> tuple[Stack, ...]:
    """The stacks whose product moves: of this flow, each once, in an order in which they multiply."""
    named = claim.flow.letters
    stacks = tuple(share.stack for share in claim.shares)
    own = (named.encoder, named.predictor)
    if not stacks or len(set(stacks)) < len(stacks) or not all(stack in own for stack in stacks):
        raise BadDerivation("the product is one of whole stacks of this flow (encoder, predictor), each once")
    reduce(lambda left, right: left @ right, (stack.product() for stack in stacks))
    return stacks


def _other_stacks(layers: Layers, stacks: tuple[Stack, ...]) -> tuple[Stack, ...]:
    """The other products that the rates hold, teachers included."""
    letters = {f for moving in layers.flow.rates for f in moving.rate.letters() if isinstance(f, Segment)}
    return tuple(stack for stack in dict.fromkeys(f.stack for f in letters) if stack not in stacks)


def _product(stacks: tuple[Stack, ...], place: int, layer: WordSum, index: sp.Expr) -> WordSum:
    """The whole product with a word in the place of one layer."""
    stack = stacks[place]
    parts = [
        *(before.product() for before in stacks[:place]),
        stack.segment(stack.depth, index),
        layer,
        stack.segment(index - 1, 0),
        *(after.product() for after in stacks[place + 1 :]),
    ]
    return reduce(lambda left, right: left @ right, parts)


def _leibniz(layers: Layers, stacks: tuple[Stack, ...], place: int, index: sp.Expr) -> WordSum:
    """What the motion of one layer adds to that of the product."""
    ((word, _),) = stacks[place].layer(index).terms
    rate = layers.flow.of(word.factors[0])
    assert rate is not None
    return _product(stacks, place, rate, index)


def _added(
    layers: Layers, stacks: tuple[Stack, ...], place: int, share: Share
) -> tuple[list[Decidable], tuple[ByInduction, ...]]:
    here = fresh_index(share.index)
    given = _nonnegative(here - 1, share.stack.depth - here)
    exact = _leibniz(layers, stacks, place, here)
    gap = exact - instantiated(share.summand, {share.index: here})
    used = _used(share.by, {share.index: here}, given, WordSum.zero(gap.rows, gap.cols), None)
    same = WordsVanish("product", gap, used.total, given, necessary=False)
    defined = _defined(given, *_coefficients((gap, exact)))
    return [same, *used.ranged, *defined, *_meant(given, exact, gap, used.total)], used.lemmas


def _rooted(root: GramRoot, stacks: tuple[Stack, ...]) -> tuple[list[Decidable], tuple[ByInduction, ...]]:
    """(g gᵀ)^exponent is a positive multiple of the Gram matrix of the product, with exponent ≥ 1."""
    gap = gram_power(root.letter, root.exponent) - root.scale * _gram(root, stacks)
    used = _used(root.by, {}, (), WordSum.zero(gap.rows, gap.cols), None)
    same = WordsVanish("root", gap, used.total, (), necessary=False)
    signs = [
        HasSign("root", root.scale, "positive", necessary=False),
        HasSign("root", root.exponent - 1, "nonnegative", necessary=False),
    ]
    return [same, *signs, *used.ranged, *_meant((), gap, used.total)], used.lemmas


def _root_test(root: GramRoot, stacks: tuple[Stack, ...], on: tuple[Balanced, ...]) -> WordsVanish:
    """Balanced layers at which a root is none refute the claim."""
    return WordsVanish("root", gram_power(root.letter, root.exponent), root.scale * _gram(root, stacks), (), on)


def _gram(root: GramRoot, stacks: tuple[Stack, ...]) -> WordSum:
    whole = reduce(lambda left, right: left @ right, (stack.product() for stack in stacks))
    return whole @ whole.T if root.left else whole.T @ whole


def _lasting(claim: ProductMoves) -> tuple[Decidable, ...]:
    """A law that is zero stays zero: its derivative is a multiple of itself."""
    lines = [_lasts(claim.flow.flow, hypothesis) for hypothesis in claim.on]
    return tuple(lines) or (Shown("stays", "no balance is assumed"),)


def _lasts(flow: MatrixFlow, hypothesis: Balanced) -> Decidable:
    excess = drift(flow, hypothesis.joint)
    if excess is None:
        raise BadDerivation(f"this model has no balance at the {hypothesis.joint}; leave it out")
    still = WordSum.zero(excess.rows, excess.cols)
    return WordsVanish("stays", excess, still, necessary=False, moving=moving_letters(flow))


def _closed(claim: ProductMoves, stacks: tuple[Stack, ...]) -> tuple[Decidable, ...]:
    """What stays of the layers, once the whole product and the named roots are taken out."""
    whole = tuple(segment for stack in stacks for segment in _letters(stack.product()))
    named = {_letters(root.letter)[0] for root in claim.roots}
    words = [word for share in claim.shares for word, _ in share.summand.terms]
    left = sorted({str(letter) for word in words for letter in _without(word, whole) if _open(letter, named, stacks)})
    told = "the layers enter through their product and its roots alone"
    return (Shown("closed", f"{', '.join(left)} is no function of the product" if left else told, holds=not left),)


def _letters(words: WordSum) -> tuple[Factor, ...]:
    return tuple(factor for word, _ in words.terms for factor in word.factors)


def _without(word: Word, whole: tuple[Factor, ...]) -> list[Factor]:
    """The letters of a word outside of the whole product and its transpose."""
    turned = tuple(factor.T for factor in reversed(whole))
    letters, left = list(word.factors), []
    while letters:
        size = len(whole)
        if tuple(letters[:size]) in (whole, turned):
            del letters[:size]
        else:
            left.append(letters.pop(0))
    return left


def _open(letter: Factor, named: set[Factor], stacks: tuple[Stack, ...]) -> bool:
    """Whether a letter is neither a constant, nor another whole product, nor a power of a named root."""
    if isinstance(letter, Power):
        return letter.root not in named
    if isinstance(letter, Matrix):
        return False
    return letter.stack in stacks or not (letter.lo == 0 and letter.hi == letter.stack.depth)


# Motions that are no function of the products.


def of_not_closed(claim: NotClosed) -> Plan:
    """Everything is computed on the two exhibits, exactly."""
    _check_own(claim)
    _check_laws(claim.flow, claim.on)
    model = claim.flow.model
    if not (model.encoder.depth.is_Integer and model.predictor.depth.is_Integer):
        raise BadDerivation("two sets of layers are exhibited for one choice of depths; give the model numbers")
    try:
        one, other = (_on_exhibit(exhibit) for exhibit in claim.at)
        return _compared(claim, one, other)
    except KeyError as missing:
        raise BadDerivation(f"an exhibit needs a matrix for every letter; {missing} is missing") from missing


def _check_own(claim: NotClosed) -> None:
    """What is said to move or to agree is made of the model's own letters: others could differ unseen."""
    check_letters(claim.flow, claim.of, *claim.same)
    named = claim.flow.letters
    data = {named.Sxx, named.Syx, named.Syx.T, named.Syy, named.teacher_product, named.teacher_product.T}
    for letter in {f for words in (claim.of, *claim.same) for f in words.letters()}:
        if isinstance(letter, Matrix) and letter not in data:
            raise BadDerivation(f"{letter} is no letter of this model")


def _compared(claim: NotClosed, one: Letters, other: Letters) -> Plan:
    speed = along(claim.of, _whole_rates(claim.flow.flow))

    def differ(words: WordSum) -> sp.Expr:
        return _distance(one.value(words), other.value(words)) if words.terms else sp.S.Zero

    still = [claim.flow.letters.teacher_product.name] if isinstance(claim.flow.model.teacher, Frozen) else []
    data = [_distance(one.matrices[name], other.matrices[name]) for name in ("Sxx", "Syx", "Syy", *still)]
    numbers = all(one.numbers.get(x) == other.numbers.get(x) for x in {*one.numbers, *other.numbers})
    lawful = all(obeys(letters, claim.on, (claim.of, *claim.same, speed)) for letters in (one, other))
    return plan(
        claim,
        "not-a-function",
        (
            *(Equal("data", distance) for distance in data),
            Shown("data", "the rates are the same", holds=numbers),
            Shown("obeys", "covariances are those of data, and the layers obey the hypotheses", holds=lawful),
            *(Equal("same", differ(words)) for words in claim.same),
            HasSign("differs", differ(speed), "positive"),
        ),
    )


def _on_exhibit(exhibit: Exhibit) -> Letters:
    return exhibited(Instance(dict(exhibit.matrices), dict(exhibit.numbers)), {})


def _distance(one: Any, other: Any) -> sp.Expr:
    """The squared distance of two exact matrices; of different shapes they are no nearer than 1."""
    if one.shape != other.shape:
        return sp.S.One
    return sp.Rational(sum((x**2 for x in np.asarray(one - other).flat), start=0))


def _whole_rates(flow: MatrixFlow) -> Callable[[Factor], WordSum | None]:
    """The motion of a product of numbered layers: the sum of what each adds."""

    def rate(factor: Factor) -> WordSum | None:
        if not isinstance(factor, Segment):
            return flow.of(factor)
        total = WordSum.zero(factor.rows, factor.cols)
        for number in range(int(factor.lo) + 1, int(factor.hi) + 1):
            stack, layer = factor.stack, sp.Integer(number)
            own = flow.of(Segment(stack, layer, layer - 1))
            assert own is not None  # its letters are the model's own
            above, under = stack.segment(factor.hi, layer), stack.segment(layer - 1, factor.lo)
            total = total + above @ own @ under
        return total

    return rate
