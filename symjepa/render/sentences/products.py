"""Sentences for claims about products of layers and identities by induction."""

from __future__ import annotations

from functools import reduce

from symjepa.exact.words import WordSum, gram_power, symbols_of
from symjepa.render.sentences.matrices import words_formula
from symjepa.render.sentences.parts import (
    Formula,
    Sentence,
    Sentences,
    Words,
    alone,
    equation,
    given,
    model_words,
    rows_text,
    with_commas,
)
from symjepa.render.styles import Style
from symjepa.render.words import Terms
from symjepa.statements import claims


def _of_induction(claim: claims.ByInduction, style: Style) -> Sentence:
    same = words_formula(style.joined(style.words(claim.lhs)), claim.rhs, style)
    return (same, Words("for every integer"), index_range(claim, style), *given(claim.on, style))


def index_range(claim: claims.ByInduction, style: Style) -> Formula:
    """Where the index of an identity runs."""
    if claim.last is None:
        return equation(style.expr(claim.index), claim.first, style, ">=")
    low = f"{style.expr(claim.first)} {style.sign('<=')} {style.expr(claim.index)}"
    return equation(low, claim.last, style, "<=")


def share_terms(share: claims.Share, style: Style) -> Terms:
    """The sum of what the layers of one stack add, word by word; what does not know its layer is counted."""
    ends = (style.expr(share.index), "1", style.expr(share.stack.depth))
    found: Terms = []
    for term in share.summand.terms:
        alone = WordSum.collect(share.summand.rows, share.summand.cols, [term])
        if share.index in symbols_of(alone):
            found += [(sign, style.spelling.big("sum", *ends, size)) for sign, size in style.words(alone)]
        else:
            found += style.words(share.stack.depth * alone)
    return sorted(found, key=lambda signed: signed[0] == "-")


def product_formula(claim: claims.ProductMoves, style: Style) -> Formula:
    """The motion of a product of whole stacks."""
    whole = reduce(lambda left, right: left @ right, (share.stack.product() for share in claim.shares))
    moved = tuple(term for share in claim.shares for term in share_terms(share, style))
    return Formula(style.rate_of(style.words(whole)), "=", moved)


def root_formula(claim: claims.ProductMoves, root: claims.GramRoot, style: Style) -> Formula:
    """Which root of the product's Gram matrix a power stands for."""
    whole = reduce(lambda left, right: left @ right, (share.stack.product() for share in claim.shares))
    gram = root.scale * (whole @ whole.T if root.left else whole.T @ whole)
    return words_formula(style.joined(style.words(gram_power(root.letter, root.exponent))), gram, style)


def _of_product(claim: claims.ProductMoves, style: Style) -> Sentence:
    roots = with_commas(root_formula(claim, root, style) for root in claim.roots)
    with_roots = [Words("with the positive semidefinite roots"), *roots] if roots else []
    who = Words(f"for {model_words(claim.flow.model, style)}")
    return (product_formula(claim, style), who, *given(claim.on, style), *with_roots)


def open_formula(claim: claims.NotClosed, style: Style) -> Formula:
    """A motion that is no function f of what is named."""
    known = ", ".join(style.joined(style.words(words)) for words in claim.same)
    return Formula(style.rate_of(style.words(claim.of)), "!=", (("+", f"f({known})"),))


def _of_not_closed(claim: claims.NotClosed, style: Style) -> Sentence:
    where = given(claim.on, style)
    who = (Words("for any function"), alone("f"), Words(f", for {model_words(claim.flow.model, style)}"))
    return (open_formula(claim, style), *who, *where, Words(": compare"), *_exhibits(claim, style))


def _exhibits(claim: claims.NotClosed, style: Style) -> list[Formula | Words]:
    """The letters in which the two sets of layers differ."""
    one, other = (dict(exhibit.matrices) for exhibit in claim.at)
    names = [name for name in sorted(one) if one[name] != other.get(name)]
    told = [
        [alone(f"{style.name(name)} {style.sign('=')} {rows_text(side[name])}") for name in names]
        for side in (one, other)
    ]
    return [*with_commas(told[0]), Words("and"), *with_commas(told[1])]


SENTENCES: Sentences = {
    claims.ByInduction: _of_induction,
    claims.ProductMoves: _of_product,
    claims.NotClosed: _of_not_closed,
}
