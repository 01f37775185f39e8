"""Sentences for relations between expressions."""

from __future__ import annotations

from symjepa.render.sentences.parts import (
    Formula,
    Sentence,
    Sentences,
    Words,
    condition_formula,
    equation,
    given,
    relation_formula,
)
from symjepa.render.styles import Style
from symjepa.statements import claims
from symjepa.statements.claims import Claim


def _of_relation(claim: Claim, style: Style) -> Sentence:
    return (relation_formula(claim, style),)


def _of_equivalence(claim: claims.Iff, style: Style) -> Sentence:
    return (relation_formula(claim.left, style), Words("if and only if"), relation_formula(claim.right, style))


def _of_sum(claim: claims.SumCloses, style: Style) -> Sentence:
    total = style.total(claim.term, claim.index, claim.lo, claim.upper)
    every = Formula(style.expr(claim.upper), ">=", tuple(style.terms(claim.lo - 1)))
    return (equation(total, claim.closed, style), Words("for every integer"), every, *given(claim.on, style))


def _of_root(claim: claims.Root, style: Style) -> Sentence:
    low, high = (style.expr(end) for end in claim.between)
    summands = style.terms(claim.of)
    zero = Formula(style.joined(summands), "=", (("+", "0"),), tuple(summands))
    inside = Formula(f"{low} {style.sign('<')} {style.expr(claim.variable)}", "<", (("+", high),))
    turn = "negative to positive" if claim.rising else "positive to negative"
    return (
        Words("the equation"),
        zero,
        Words("has exactly one solution with"),
        inside,
        Words(f", where its left side turns from {turn}"),
    )


def _of_bound(claim: claims.Within, style: Style) -> Sentence:
    return (equation(style.absolute(style.joined(style.terms(claim.expr - claim.of))), claim.by, style, "<="),)


def _of_condition(claim: Claim, style: Style) -> Sentence:
    return (condition_formula(claim, style),)


SENTENCES: Sentences = {
    claims.Identity: _of_relation,
    claims.Less: _of_relation,
    claims.AtMost: _of_relation,
    claims.Unequal: _of_relation,
    claims.Annihilates: _of_condition,
    claims.Iff: _of_equivalence,
    claims.SumCloses: _of_sum,
    claims.Balanced: _of_condition,
    claims.Below: _of_condition,
    claims.Root: _of_root,
    claims.Within: _of_bound,
}
