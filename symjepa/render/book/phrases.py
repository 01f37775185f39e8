"""Phrases of which claims are made on a page: rows, rates, conditions, whose flow it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from symjepa.exact.words import WordSum
from symjepa.model import Model
from symjepa.render.book.displays import Row, display
from symjepa.render.formulas import with_dot
from symjepa.render.hypotheses import listed
from symjepa.render.notation import MACROS
from symjepa.render.sentences import sentence
from symjepa.render.sentences.parts import Formula, clock_words, model_words
from symjepa.render.styles import LINE_STYLE
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.render.widths import LINE, width
from symjepa.statements import claims
from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Flow, Modes, Restricted


def matrix(name: str, rows: Iterable[Iterable[Any]]) -> str:
    """An exact matrix, row by row."""
    inside = r";\ \allowbreak ".join(r",\,\allowbreak ".join(str(x) for x in row) for row in rows)
    return math(rf"{STYLE.name(name)} = [{inside}]")


def math(formula: str) -> str:
    """A formula in the line; it may be broken after its commas."""
    return f"${formula}$"


def row(left: str, right: sp.Expr, relation: str = "=", note: str = "") -> Row:
    """`left = right`, broken between the summands of the right side."""
    return Row(left, relation, tuple(STYLE.terms(right)), note)


def as_row(formula: Formula) -> Row:
    """A formula as a row; its left side may be broken too."""
    relation = STYLE.sign(formula.relation) if formula.relation else ""
    return Row(formula.left, relation, formula.right, lead=formula.lead)


def words_row(left: str, right: WordSum, note: str = "") -> Row:
    """`left = sum of words`."""
    return Row(left, "=", tuple(STYLE.words(right)), note)


def condition(claim: Claim) -> str:
    """A relation, or a hypothesis on letters, in the line; of a depth that is more than a number, its least value."""
    if isinstance(claim, claims.Less) and claim.lhs.is_Integer and claim.rhs.is_Symbol and claim.rhs.is_integer:
        return f"{STYLE.expr(claim.rhs)} {STYLE.sign('>=')} {claim.lhs + 1}"
    piece = sentence(claim, LINE_STYLE)[0]
    assert isinstance(piece, Formula)
    return piece.line(LINE_STYLE)


def conditions(on: Iterable[Claim]) -> tuple[str, str]:
    """Conditions on indices go beside the formula, those on letters and states before it."""
    beside = [claim for claim in on if isinstance(claim, claims.AtMost)]
    before = [claim for claim in on if claim not in beside]
    note = f"({', '.join(map(condition, beside))})" if beside else ""
    return note, listed([math(condition(claim)) for claim in before]) if before else ""


def if_words(text: str) -> str:
    """A condition after its word; nothing if there is none."""
    return f"if {text}" if text else ""


def rate(terms: list[tuple[str, str]], letter: bool) -> str:
    """The time derivative: a dot on a single letter, d/dt before anything longer."""
    if letter and terms[0][0] == "+":
        return with_dot(terms[0][1])
    fraction = rf"\frac{{d}}{{d{MACROS['t']}}}"
    return f"{fraction} {STYLE.joined(terms)}" if len(terms) == 1 else rf"{fraction} \left({STYLE.joined(terms)}\right)"


def word_rate(words: WordSum) -> str:
    """The time derivative of a sum of words."""
    single = len(words.terms) == 1 and len(words.terms[0][0].factors) == 1 and words.terms[0][1] == 1
    return rate(STYLE.words(words), single and not words.terms[0][0].factors[0].transposed)


def scalar_rate(quantity: sp.Expr) -> str:
    """The time derivative of an amplitude, or of what is made of amplitudes."""
    return rate(STYLE.terms(quantity), bool(quantity.is_Symbol))


def whose(model: Model, values: claims.Pairs = ()) -> str:
    """The learner in words, with the depths that are numbers or stand for others."""
    return model_words(model, LINE_STYLE, values)


def of_whom(flow: Flow) -> str:
    """Whose flow it is, and on which manifold."""
    if isinstance(flow, Restricted):
        return f"{of_whom(flow.whole)} on {equal((STYLE.expr(x), value) for x, value in flow.eliminated)}"
    return f" of {whose(flow.model, flow.values)}{clock_words(flow, STYLE)}" if isinstance(flow, Modes) else ""


def equations(flow: Flow) -> str:
    """The rates in the line, or in a display if one of them leaves little of a line: its products cannot be broken."""
    told = [f"{STYLE.dot(x)} = {LINE_STYLE.expr(value)}" for x, value in flow.rates.items()]
    if all(width(formula) <= 0.7 * LINE for formula in told):
        return listed(list(map(math, told)))
    return "\n" + display(row(STYLE.dot(x), value) for x, value in flow.rates.items()) + "\n"


def domain(flow: Flow) -> str:
    """The domain of the amplitudes; what it says about depths alone is a hypothesis already."""
    own = [fact for fact in flow.domain if fact.free_symbols & set(flow.rates)]
    return f" on {listed([math(STYLE.fact(fact)) for fact in own])}" if own else ""


def places(pairs: claims.Pairs) -> list[Row]:
    """Where a point is, as rows; coordinates that stay free are left out."""
    return [row(STYLE.expr(x), value) for x, value in pairs if x != value]


def equal(pairs: Iterable[tuple[str, sp.Expr]]) -> str:
    """Values in the line."""
    return listed([math(f"{name} = {LINE_STYLE.expr(value)}") for name, value in pairs])


def at(pairs: claims.Pairs) -> str:
    """Where a point is, in the line."""
    return equal((STYLE.expr(x), value) for x, value in pairs if x != value) or "every point"
