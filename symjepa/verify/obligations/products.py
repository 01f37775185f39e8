r"""Obligations of claims about the motion of products of balanced layers.

Soundness.  The motion of a product is the sum of what each layer adds (Leibniz), with the derived rate of that layer;
no rate of a power is ever asked for.  Where what a layer adds is written otherwise, the difference is shown by what
vanishes on balanced layers (`induction`), and the balance that is assumed is shown to last.
"""

from __future__ import annotations

from functools import reduce

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.words import Factor, Matrix, Power, Segment, Stack, Word, WordSum, gram_power, instantiated
from symjepa.flow import MatrixFlow
from symjepa.modes.balance import drift
from symjepa.statements.claims import Balanced, ByInduction, GramRoot, ProductMoves, Share
from symjepa.statements.descriptions import Layers
from symjepa.verify.obligations.induction import (
    all_defined,
    check_laws,
    check_listed,
    coefficients_of,
    fresh_index,
    lemmas_shown,
    meaningful,
    nonnegative,
    once,
    remembered,
    uses_of,
)
from symjepa.verify.obligations.kinds import Decidable, HasSign, Plan, Shown, SumsVanish, WordsVanish, plan
from symjepa.verify.obligations.matrices import check_letters, moving_letters


@remembered
def of_product(claim: ProductMoves) -> Plan:
    """What each layer adds, by Leibniz; the roots; that balance lasts; that nothing else of the layers is left."""
    check_letters(claim.flow, *(share.summand for share in claim.shares))
    uses = (*(use for share in claim.shares for use in share.by), *(use for root in claim.roots for use in root.by))
    check_listed(uses, claim.on)
    check_laws(claim.flow, claim.on)
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
        once(*lines, *lemmas_shown(lemmas, claim.on), *_lasting(claim), *_closed(claim, stacks)),
        tests=(
            SumsVanish(summands, products, (), claim.on),
            *(_root_test(root, stacks, claim.on) for root in claim.roots),
        ),
    )


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
    given = nonnegative(here - 1, share.stack.depth - here)
    exact = _leibniz(layers, stacks, place, here)
    gap = exact - instantiated(share.summand, {share.index: here})
    used = uses_of(share.by, {share.index: here}, given, WordSum.zero(gap.rows, gap.cols), None)
    same = WordsVanish("product", gap, used.total, given, necessary=False)
    defined = all_defined(given, *coefficients_of((gap, exact)))
    return [same, *used.ranged, *defined, *meaningful(given, exact, gap, used.total)], used.lemmas


def _rooted(root: GramRoot, stacks: tuple[Stack, ...]) -> tuple[list[Decidable], tuple[ByInduction, ...]]:
    """(g gᵀ)^exponent is a positive multiple of the Gram matrix of the product, with exponent ≥ 1."""
    gap = gram_power(root.letter, root.exponent) - root.scale * _gram(root, stacks)
    used = uses_of(root.by, {}, (), WordSum.zero(gap.rows, gap.cols), None)
    same = WordsVanish("root", gap, used.total, (), necessary=False)
    signs = [
        HasSign("root", root.scale, "positive", necessary=False),
        HasSign("root", root.exponent - 1, "nonnegative", necessary=False),
    ]
    return [same, *signs, *used.ranged, *meaningful((), gap, used.total)], used.lemmas


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
