"""Sentences for claims about products of layers and identities by induction."""

from __future__ import annotations

from functools import reduce
from typing import Any

from symjepa.exact.words import Matrix, Power, WordSum, gram_power, symbols_of
from symjepa.model import Model
from symjepa.render.notation import MACROS
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
    moved = tuple(term for share in claim.shares for term in share_terms(share, style))
    return Formula(style.rate_of(style.words(whole_product(claim))), "=", moved)


def whole_product(claim: claims.ProductMoves) -> WordSum:
    """The product of whole stacks that moves."""
    return reduce(lambda left, right: left @ right, (share.stack.product() for share in claim.shares))


def root_formula(claim: claims.ProductMoves, root: claims.GramRoot, style: Style) -> Formula:
    """Which root of the product's Gram matrix a power stands for."""
    whole = whole_product(claim)
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
    learner = f"{model_words(claim.flow.model, style)}{rates_words(claim.flow.model, style)}"
    who = (Words("for any function"), alone("f"), Words(f", for {learner}"))
    return (open_formula(claim, style), *who, *where, Words(": compare"), *_exhibits(claim, style))


def rates_words(model: Model, style: Style) -> str:
    """The rate of the predictor and the weight decay, where they are numbers: no equation beside them shows it."""
    rates = (("alpha", model.predictor_rate), ("eta", model.weight_decay))
    told = [style.inline(f"{style.letter(name)} = {rate}") for name, rate in rates if rate.is_number]
    return f" with {' and '.join(told)}" if told else ""


def _exhibits(claim: claims.NotClosed, style: Style) -> list[Formula | Words]:
    """What the two sets of layers differ in, and the data."""
    data, sides = exhibited(claim)
    told = [with_commas(alone(_equal(*letter, style)) for letter in letters) for letters in (*sides, data)]
    return [*told[0], Words("with"), *told[1], Words("at"), *told[2]]


def _equal(name: str, rows: Rows, style: Style) -> str:
    return f"{style.name(name)} {style.sign('=')} {rows_text(rows)}"


Rows = tuple[tuple[Any, ...], ...]
Named = list[tuple[str, Rows]]


def exhibited(claim: claims.NotClosed) -> tuple[Named, tuple[Named, Named]]:
    """The covariances, and the layers of both exhibits: those that differ, or all if none does."""
    one, other = (dict(exhibit.matrices) for exhibit in claim.at)
    layers = [name for name in sorted(one) if name not in ("Sxx", "Syx", "Syy")]
    differ = [name for name in layers if one[name] != other.get(name)] or layers
    seen = [(name, one[name]) for name in ("Sxx", "Syx")]  # no rate under stop-gradient holds the third
    return seen, ([(name, one[name]) for name in differ], [(name, other[name]) for name in differ])


def single_letters(words: WordSum) -> list[str]:
    """The letters that are no layers and no data of a model: any matrix may stand for them."""
    factors = (factor for word, _ in words.terms for factor in word.factors)
    roots = (factor.root if isinstance(factor, Power) else factor for factor in factors)
    return sorted({factor.name for factor in roots if isinstance(factor, Matrix) and factor.name not in MACROS})


SENTENCES: Sentences = {
    claims.ByInduction: _of_induction,
    claims.ProductMoves: _of_product,
    claims.NotClosed: _of_not_closed,
}
