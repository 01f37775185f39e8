"""The parts of sentences: formulas with their pieces apart, words between them, and phrases that claims share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from symjepa.exact.sequences import INDEX
from symjepa.exact.words import WordSum
from symjepa.model import Model
from symjepa.render.styles import TERMINAL, Style
from symjepa.statements import claims
from symjepa.statements.claims import Claim, Pairs
from symjepa.statements.descriptions import Flow, Modes, Restricted
from symjepa.statements.statement import Instance, Let
from symjepa.symbols import K, L, chi, k, l, layer_amplitude


@dataclass(frozen=True)
class Formula:
    """`left relation right`, the right side as signed summands; without a relation the summands stand alone.

    `lead` is the left side in pieces, for a display that must break it.
    """

    left: str
    relation: str
    right: tuple[tuple[str, str], ...]
    lead: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def line(self, style: Style) -> str:
        """The formula on one line."""
        right = style.joined(list(self.right))
        return f"{self.left} {style.sign(self.relation)} {right}" if self.relation else right


@dataclass(frozen=True)
class Words:
    """Prose between formulas."""

    text: str


Sentence = tuple[Formula | Words, ...]
Sentences = dict[type[Claim], Callable[[Any, Style], Iterable[Formula | Words]]]
"""Which function says what a claim says."""


def let_formula(let: Let, style: Style) -> Formula:
    """An abbreviation."""
    return equation(style.expr(let.symbol), let.value, style)


def model_words(model: Model, style: Style, values: Pairs = ()) -> str:
    """Which learner, in words: target, teacher, and the depths that are numbers or stand for others."""
    if model.teacher is None:
        told = "the data target"
    else:
        teachers = {
            "live": "the live teacher",
            "ema": "the EMA teacher",
            "ema-layers": "the layer-wise EMA teacher",
            "frozen": "the frozen teacher",
            "shared": "the shared teacher without stop-gradient",
        }
        told = teachers[model.teacher.name]
    depths = (("K", model.predictor.depth), ("L", model.encoder.depth))
    fixed = [style.inline(f"{style.letter(name)} = {depth}") for name, depth in depths if depth.is_Integer]
    fixed += [style.inline(f"{style.expr(x)} = {style.expr(value)}") for x, value in values if x in (K, L)]
    return told + (f" ({', '.join(fixed)})" if fixed else "")


def point_words(point: Mapping[sp.Symbol, Any], style: Style = TERMINAL) -> str:
    """An exact point: `K = 1, L = 2, λ = 1/3`."""
    return ", ".join(
        f"{style.expr(symbol)} = {number if exact(number).is_Number else style.expr(number)}"
        for symbol, number in sorted(point.items(), key=lambda entry: str(entry[0]))
    )


def exact(number: Any) -> sp.Expr:
    """An exact number, or the formula for the terms of a sequence."""
    return number if isinstance(number, sp.Expr) else sp.Rational(number)


def instance_words(instance: Instance, style: Style = TERMINAL) -> str:
    """Exact matrices by name, and the numbers beside them."""
    matrices = [f"{style.name(name)} = {rows_text(rows)}" for name, rows in sorted(instance.matrices.items())]
    return ", ".join([*matrices, *filter(None, [point_words(instance.numbers, style)])])


def rows_text(rows: Iterable[Iterable[Any]]) -> str:
    """A matrix of exact numbers, row by row: `[[1, 1/2], [0, 3]]`."""
    return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in rows) + "]"


def on_a_line(pieces: Sentence, style: Style) -> str:
    """A sentence as running text."""
    spelled = [style.inline(piece.line(style)) if isinstance(piece, Formula) else piece.text for piece in pieces]
    text = " ".join(spelled)
    for mark in (",", ";", ":", "."):
        text = text.replace(f" {mark} ", f"{mark} ")
    return text


def equation(left: str, right: sp.Expr, style: Style, relation: str = "=") -> Formula:
    """`left relation right`, the right side in summands."""
    return Formula(left, relation, tuple(style.terms(right)))


def alone(text: str) -> Formula:
    """Something without a relation."""
    return Formula("", "", (("+", text),))


def with_commas(formulas: Iterable[Formula]) -> list[Formula | Words]:
    """Formulas with commas between them."""
    pieces: list[Formula | Words] = []
    for formula in formulas:
        pieces += [Words(","), formula] if pieces else [formula]
    return pieces


def relation_formula(relation: Claim, style: Style) -> Formula:
    """A relation between two expressions."""
    signs = {claims.Identity: "=", claims.Less: "<", claims.AtMost: "<=", claims.Unequal: "!="}
    assert isinstance(relation, claims.Relation)
    told = equation(style.expr(relation.lhs), relation.rhs, style, signs[type(relation)])
    return replace(told, lead=tuple(style.terms(relation.lhs)))


def _annihilates(claim: claims.Annihilates, style: Style) -> Formula:
    product = claim.left.word() @ claim.right.word()
    return Formula(style.joined(style.words(product)), "=", tuple(style.words(claim.value)))


def _balanced(claim: claims.Balanced, style: Style) -> Formula:
    """The law of a joint as an equation between two Gram matrices."""
    law = claim.gap(claim.index)
    upper = WordSum.collect(law.rows, law.cols, [term for term in law.terms if not term[1].could_extract_minus_sign()])
    return Formula(style.joined(style.words(upper)), "=", tuple(style.words(upper - law)))


def _below(claim: claims.Below, style: Style) -> Formula:
    bound = (("+", style.scaled(claim.bound, "I")),)
    return Formula(style.joined(style.words(claim.letter.word())), "<=", bound)


_CONDITIONS: dict[type[Claim], Callable[[Any, Style], Formula]] = {
    claims.Annihilates: _annihilates,
    claims.Balanced: _balanced,
    claims.Below: _below,
}


def condition_formula(claim: Claim, style: Style) -> Formula:
    """A relation, or a hypothesis on letters."""
    return _CONDITIONS.get(type(claim), relation_formula)(claim, style)


def given(on: tuple[Claim, ...], style: Style, word: str = "where") -> list[Formula | Words]:
    """What is supposed, after `word`; nothing if nothing is."""
    return [Words(word), *with_commas(condition_formula(claim, style) for claim in on)] if on else []


def dynamics(flow: Flow, style: Style) -> list[Formula]:
    """The rates of a flow, equation by equation."""
    return [equation(style.dot(x), rate, style) for x, rate in flow.rates.items()]


def along(flow: Flow, style: Style) -> list[Formula | Words]:
    """Along which flow, and whose it is."""
    return [Words("along"), *with_commas(dynamics(flow, style)), *origin(flow, style)]


def origin(flow: Flow, style: Style) -> list[Formula | Words]:
    """Whose flow it is, and on which manifold."""
    if isinstance(flow, Restricted):
        manifold = with_commas(equation(style.expr(x), value, style) for x, value in flow.eliminated)
        return [*origin(flow.whole, style), Words("on"), *manifold]
    if not isinstance(flow, Modes):
        return [Words("as given")]
    return [Words(f"of {model_words(flow.model, style, flow.values)}{clock_words(flow, style)}")]


def clock_words(flow: Modes, style: Style) -> str:
    """Which squares of layers one clock moves, or which groups of layers share an amplitude."""
    if flow.coordinates == "groups":
        return _group_words(flow, style)
    if flow.coordinates != "clock":
        return ""
    nets = zip(("w", "v"), (l, k), (sp.S.One, flow.model.predictor_rate), flow.sizes, strict=True)
    told = [square for net in nets for square in _squares(*net, style)]
    return f" for positive layers with {', '.join(told[:-1])} and {told[-1]}"


def _group_words(flow: Modes, style: Style) -> str:
    """The sizes of the groups of a net that has several."""
    nets = [(name, sizes) for name, sizes in zip(("encoder", "predictor"), flow.sizes, strict=True) if len(sizes) > 1]
    spelled = [(name, [style.inline(style.expr(size)) for size in sizes]) for name, sizes in nets]
    told = [f"{name} layers in groups of {', '.join(sizes[:-1])} and {sizes[-1]}" for name, sizes in spelled]
    return f" with {' and '.join(told)}" if told else ""


def _squares(family: str, index: sp.Symbol, rate: sp.Expr, offsets: tuple[sp.Expr, ...], style: Style) -> list[str]:
    """The squares of the layers of a net: of the first if it stands apart, and of a generic one."""
    (*first, generic), least = offsets, style.sign(">=")
    layers = [*((sp.S.One, offset) for offset in first), (index, generic.xreplace({INDEX: index}))]
    squares = [(layer_amplitude(family, layer) ** 2, rate * (chi + offset)) for layer, offset in layers]
    told = [equation(style.expr(left), right, style).line(style) for left, right in squares]
    others = f" for {style.inline(f'{style.expr(index)} {least} 2')}" if first else ""
    return [*map(style.inline, told[:-1]), f"{style.inline(told[-1])}{others}"]


def domain_words(flow: Flow, style: Style) -> list[Formula | Words]:
    """Where a flow lives."""
    return [Words("on"), *with_commas(alone(style.fact(fact)) for fact in flow.domain)] if flow.domain else []


def place_words(values: Pairs, style: Style) -> list[Formula | Words]:
    """A point, by the coordinates in which it says something."""
    moving = [(x, value) for x, value in values if x != value]
    return with_commas(equation(style.expr(x), value, style) for x, value in moving) or [Words("every point")]
