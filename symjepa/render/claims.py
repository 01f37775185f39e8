r"""Claims, hypotheses and abbreviations as sentences of mathematics: Unicode for a terminal, LaTeX, objects for JSON.

One function for each claim builds its sentence once, out of words and `Formula`s in the letters of a `Style`.  A
formula keeps its left side, its relation and its signed summands apart, so that whoever sets it may break it at the
relation or between the summands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.words import TraceSum, WordSum, gram_power, symbols_of
from symjepa.model import Model
from symjepa.render.styles import LATEX, MACHINE, TERMINAL, Style
from symjepa.render.words import Terms
from symjepa.statements import claims
from symjepa.statements.claims import Claim, Pairs
from symjepa.statements.descriptions import Flow, Modes, Restricted
from symjepa.statements.statement import Instance, Let
from symjepa.symbols import t


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


def sentence(claim: Claim, style: Style) -> Sentence:
    """A claim as words and formulas, in reading order."""
    if type(claim) not in _SENTENCES:
        known = ", ".join(kind.__name__ for kind in _SENTENCES)
        raise SymjepaError(f"no sentence says what {type(claim).__name__} claims; there are {known}")
    return tuple(_SENTENCES[type(claim)](claim, style))


def terminal_claim(claim: Claim) -> str:
    """A claim as one line of Unicode mathematics."""
    return _on_a_line(sentence(claim, TERMINAL), TERMINAL)


def latex_claim(claim: Claim, style: Style = LATEX) -> str:
    """A claim as prose with formulas in the line; for displays take `sentence` apart."""
    return _on_a_line(sentence(claim, style), style)


def claim_object(claim: Claim) -> dict[str, Any]:
    """A claim in JSON: its kind, LaTeX, SymPy's notation, and the formulas of its sentence one by one."""
    if isinstance(claim, claims.All):
        return {"kind": "All", "claims": [claim_object(part) for part in claims.parts(claim)]}
    shown, told = sentence(claim, LATEX), sentence(claim, MACHINE)
    formulas = [
        {"latex": tex.line(LATEX), "sympy": text.line(MACHINE)}
        for tex, text in zip(shown, told, strict=True)
        if isinstance(tex, Formula) and isinstance(text, Formula)
    ]
    said = {"latex": _on_a_line(shown, LATEX), "sympy": _on_a_line(told, MACHINE)}
    return {"kind": type(claim).__name__, **said, "text": terminal_claim(claim), "formulas": formulas}


def let_formula(let: Let, style: Style) -> Formula:
    """An abbreviation."""
    return _equation(style.expr(let.symbol), let.value, style)


def model_words(model: Model, style: Style) -> str:
    """Which learner, in words: target, teacher, and the depths that are numbers."""
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
    return told + (f" ({', '.join(fixed)})" if fixed else "")


def point_words(point: Mapping[sp.Symbol, Any], style: Style = TERMINAL) -> str:
    """An exact point: `K = 1, L = 2, λ = 1/3`."""
    return ", ".join(
        f"{style.expr(symbol)} = {number}" for symbol, number in sorted(point.items(), key=lambda entry: str(entry[0]))
    )


def instance_words(instance: Instance, style: Style = TERMINAL) -> str:
    """Exact matrices by name, and the numbers beside them."""
    matrices = [f"{style.name(name)} = {rows_text(rows)}" for name, rows in sorted(instance.matrices.items())]
    return ", ".join([*matrices, *filter(None, [point_words(instance.numbers, style)])])


def rows_text(rows: Iterable[Iterable[Any]]) -> str:
    """A matrix of exact numbers, row by row: `[[1, 1/2], [0, 3]]`."""
    return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in rows) + "]"


# --- parts of sentences


def _on_a_line(pieces: Sentence, style: Style) -> str:
    spelled = [style.inline(piece.line(style)) if isinstance(piece, Formula) else piece.text for piece in pieces]
    text = " ".join(spelled)
    for mark in (",", ";", ":", "."):
        text = text.replace(f" {mark} ", f"{mark} ")
    return text


def _equation(left: str, right: sp.Expr, style: Style, relation: str = "=") -> Formula:
    return Formula(left, relation, tuple(style.terms(right)))


def _value(text: str) -> Formula:
    return Formula("", "", (("+", text),))


def _listed(formulas: Iterable[Formula]) -> list[Formula | Words]:
    """Formulas with commas between them."""
    pieces: list[Formula | Words] = []
    for formula in formulas:
        pieces += [Words(","), formula] if pieces else [formula]
    return pieces


def _relation(relation: Claim, style: Style) -> Formula:
    signs = {claims.Identity: "=", claims.Less: "<", claims.AtMost: "<=", claims.Unequal: "!="}
    assert isinstance(relation, claims.Relation)
    told = _equation(style.expr(relation.lhs), relation.rhs, style, signs[type(relation)])
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


def _condition(claim: Claim, style: Style) -> Formula:
    return _CONDITIONS.get(type(claim), _relation)(claim, style)


def _where(on: tuple[Claim, ...], style: Style, word: str = "where") -> list[Formula | Words]:
    return [Words(word), *_listed(_condition(claim, style) for claim in on)] if on else []


def _dynamics(flow: Flow, style: Style) -> list[Formula]:
    return [_equation(style.dot(x), rate, style) for x, rate in flow.rates.items()]


def _along(flow: Flow, style: Style) -> list[Formula | Words]:
    return [Words("along"), *_listed(_dynamics(flow, style)), *_origin(flow, style)]


def _origin(flow: Flow, style: Style) -> list[Formula | Words]:
    """Whose flow it is, and on which manifold."""
    if isinstance(flow, Restricted):
        manifold = _listed(_equation(style.expr(x), value, style) for x, value in flow.eliminated)
        return [*_origin(flow.whole, style), Words("on"), *manifold]
    return [Words(f"of {model_words(flow.model, style)}" if isinstance(flow, Modes) else "as given")]


def _domain(flow: Flow, style: Style) -> list[Formula | Words]:
    return [Words("on"), *_listed(_value(style.fact(fact)) for fact in flow.domain)] if flow.domain else []


def _at(values: Pairs, style: Style) -> list[Formula | Words]:
    moving = [(x, value) for x, value in values if x != value]
    return _listed(_equation(style.expr(x), value, style) for x, value in moving) or [Words("every point")]


# --- one sentence for each claim


def _of_relation(claim: Claim, style: Style) -> Sentence:
    return (_relation(claim, style),)


def _of_annihilation(claim: claims.Annihilates, style: Style) -> Sentence:
    return (_annihilates(claim, style),)


def _of_all(claim: claims.All, style: Style) -> Sentence:
    pieces: list[Formula | Words] = []
    for part in claims.parts(claim):
        pieces += [Words(";"), *sentence(part, style)] if pieces else sentence(part, style)
    return tuple(pieces)


def _of_equivalence(claim: claims.Iff, style: Style) -> Sentence:
    return (_relation(claim.left, style), Words("if and only if"), _relation(claim.right, style))


def _of_sum(claim: claims.SumCloses, style: Style) -> Sentence:
    total = style.total(claim.term, claim.index, claim.lo, claim.upper)
    every = Formula(style.expr(claim.upper), ">=", tuple(style.terms(claim.lo - 1)))
    return (_equation(total, claim.closed, style), Words("for every integer"), every, *_where(claim.on, style))


def _words_formula(left: str, right: WordSum, style: Style) -> Formula:
    return Formula(left, "=", tuple(style.words(right)))


def _of_word_identity(claim: claims.WordIdentity, style: Style) -> Sentence:
    return (_words_formula(style.joined(style.words(claim.lhs)), claim.rhs, style), *_where(claim.on, style))


def _of_drift(claim: claims.Drift, style: Style) -> Sentence:
    left = style.rate_of(style.words(claim.of))
    return (
        _words_formula(left, claim.equals, style),
        Words(f"for {model_words(claim.flow.model, style)}"),
        *_where(claim.on, style),
    )


def _of_decay(claim: claims.Decays, style: Style) -> Sentence:
    who = Words(f"for {model_words(claim.flow.model, style)}")
    return (decay_formula(claim, style), who, *_where(claim.on, style))


def decay_formula(claim: claims.Decays, style: Style) -> Formula:
    """A law that shrinks like an exponential, with what it was at time 0."""
    law = style.spelling.bracket(style.joined(style.words(claim.of)))
    factor = "" if claim.rate == 0 else f"{style.expr(sp.exp(claim.rate * t))}{style.spelling.times}"
    return Formula(f"{law}({style.expr(t)})", "=", (("+", f"{factor}{law}(0)"),))


def _of_dissipation(claim: claims.Dissipates, style: Style) -> Sentence:
    lost: Terms = [
        ("-", style.scaled(weight, style.gram(style.joined(style.words(words))))) for weight, words in claim.by
    ]
    left = style.rate_of([("+", style.trace(style.joined(style.words(claim.form))))])
    loss = Formula(left, "=", tuple(lost or [("+", "0")]))
    zero = Formula(left, "<=", (("+", "0"),))
    who = Words(f"for {model_words(claim.flow.model, style)}")
    return (loss, Words("and so"), zero, who, *_where(claim.on, style))


def _of_decoupling(claim: claims.Decouples, style: Style) -> Sentence:
    from symjepa.modes.frames import alignment

    frames = alignment(claim.flow.flow)
    for end in claim.apart:
        frames = frames.without(end)
    ends = [[style.end(end) for end in members] for members in frames.shown]
    classes = [Formula(first, "=", (("+", f" {style.sign('=')} ".join(rest)),)) for first, *rest in ends if rest]
    told = f"for {model_words(claim.flow.model, style)} diagonal layers stay diagonal, whatever their amplitudes,"
    return (Words(told), Words("exactly when the covariances are diagonal in the frames"), *_listed(classes))


def _of_induction(claim: claims.ByInduction, style: Style) -> Sentence:
    same = _words_formula(style.joined(style.words(claim.lhs)), claim.rhs, style)
    return (same, Words("for every integer"), index_range(claim, style), *_where(claim.on, style))


def index_range(claim: claims.ByInduction, style: Style) -> Formula:
    """Where the index of an identity runs."""
    if claim.last is None:
        return _equation(style.expr(claim.index), claim.first, style, ">=")
    low = f"{style.expr(claim.first)} {style.sign('<=')} {style.expr(claim.index)}"
    return _equation(low, claim.last, style, "<=")


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
    return _words_formula(style.joined(style.words(gram_power(root.letter, root.exponent))), gram, style)


def _of_product(claim: claims.ProductMoves, style: Style) -> Sentence:
    roots = _listed(root_formula(claim, root, style) for root in claim.roots)
    with_roots = [Words("with the positive semidefinite roots"), *roots] if roots else []
    who = Words(f"for {model_words(claim.flow.model, style)}")
    return (product_formula(claim, style), who, *_where(claim.on, style), *with_roots)


def open_formula(claim: claims.NotClosed, style: Style) -> Formula:
    """A motion that is no function f of what is named."""
    known = ", ".join(style.joined(style.words(words)) for words in claim.same)
    return Formula(style.rate_of(style.words(claim.of)), "!=", (("+", f"f({known})"),))


def _of_not_closed(claim: claims.NotClosed, style: Style) -> Sentence:
    where = _where(claim.on, style)
    who = (Words("for any function"), _value("f"), Words(f", for {model_words(claim.flow.model, style)}"))
    return (open_formula(claim, style), *who, *where, Words(": compare"), *_exhibits(claim, style))


def _exhibits(claim: claims.NotClosed, style: Style) -> list[Formula | Words]:
    """The letters in which the two sets of layers differ."""
    one, other = (dict(exhibit.matrices) for exhibit in claim.at)
    names = [name for name in sorted(one) if one[name] != other.get(name)]
    told = [
        [_value(f"{style.name(name)} {style.sign('=')} {rows_text(side[name])}") for name in names]
        for side in (one, other)
    ]
    return [*_listed(told[0]), Words("and"), *_listed(told[1])]


def form_text(growth: claims.Growth, style: Style) -> Terms:
    """A weighted sum of squared lengths."""
    return [("+", style.scaled(c, style.gram(style.joined(style.words(words))))) for c, words in growth.form]


def growth_formula(growth: claims.Growth, style: Style) -> Formula:
    """How fast a form may grow."""
    form = form_text(growth, style)
    size = style.spelling.bracket(style.joined(form)) if len(form) > 1 else style.joined(form)
    right = [] if growth.rate == 0 else [("+", style.scaled(growth.rate, size))]
    fed = [] if growth.source is None else style.words(TraceSum.of(growth.source))
    return Formula(style.rate_of(form), "<=", tuple([*right, *fed] or [("+", "0")]))


def _of_lasting(claim: claims.Lasts, style: Style) -> Sentence:
    grown = _listed(growth_formula(growth, style) for growth in claim.growths)
    who = Words(f"for {model_words(claim.flow.model, style)}, so that every solution exists for all times")
    return (*grown, who, *_where(claim.on, style))


def gain_formulas(claim: claims.TargetNoise, style: Style) -> list[Formula]:
    """What the loss and the rates gain."""
    added = {style.rate_of(style.words(letter)): gain for letter, gain in claim.gains}
    loss = Formula(f"{style.sign('gain')} {style.letter('loss')}", "=", tuple(style.words(claim.loss)))
    return [loss, *(_words_formula(f"{style.sign('gain')} {left}", gain, style) for left, gain in added.items())]


def noise_words(claim: claims.TargetNoise) -> str:
    """Which noise."""
    return "" if claim.correlated else ", uncorrelated with the context,"


def _of_target_noise(claim: claims.TargetNoise, style: Style) -> Sentence:
    noise = Words(f"with noise on the target{noise_words(claim)} the loss and the layers gain")
    rest = Words(f"and nothing else, for {model_words(claim.model, style)}")
    return (noise, *_listed(gain_formulas(claim, style)), rest)


def _of_conserved(claim: claims.Conserved, style: Style) -> Sentence:
    kept = _equation(style.rate_of(style.terms(claim.quantity)), claim.rate * claim.quantity, style)
    return (kept, *_along(claim.flow, style))


def _of_solution(claim: claims.Solves, style: Style) -> Sentence:
    values = [_equation(style.function(x, style.expr(claim.time)), value, style) for x, value in claim.values]
    starts = [_equation(style.function(x, "0"), value, style) for x, value in claim.start]
    problem = [*_dynamics(claim.flow, style), *starts]
    return (
        *_listed(values),
        Words("solves" if len(values) == 1 else "solve"),
        *_listed(problem),
        *_where(claim.on, style, "for"),
    )


def _of_clock(claim: claims.Implicit, style: Style) -> Sentence:
    speed = _equation(style.rate_of(style.terms(claim.clock)), claim.speed, style)
    return (speed, *_along(claim.flow, style), *_where(claim.on, style))


def _of_hitting(claim: claims.Hits, style: Style) -> Sentence:
    begin, end = Formula("", "", tuple(style.terms(claim.start))), _value(style.expr(claim.stop))
    time = _equation(style.expr(t), claim.time, style)
    way = (Words("from"), begin, Words("the solution of"), *_listed(_dynamics(claim.flow, style)))
    return (*way, Words("first reaches"), end, Words("at"), time, *_where(claim.on, style))


def _of_root(claim: claims.Root, style: Style) -> Sentence:
    low, high = (style.expr(end) for end in claim.between)
    summands = style.terms(claim.of)
    zero = Formula(style.joined(summands), "=", (("+", "0"),), tuple(summands))
    inside = Formula(f"{low} {style.sign('<')} {style.expr(claim.variable)}", "<", (("+", high),))
    return (
        zero,
        Words("has exactly one solution with"),
        inside,
        Words(f"crossed {'upward' if claim.rising else 'downward'}"),
    )


def _of_zeros(claim: claims.Zeros, style: Style) -> Sentence:
    places: list[Formula | Words] = []
    for part in claim.components:
        places += [Words("and"), *_at(part.at, style)] if places else _at(part.at, style)
    flow = (Words("the fixed points of"), *_listed(_dynamics(claim.flow, style)), *_domain(claim.flow, style))
    return (*flow, *_where(claim.on, style), Words("are exactly"), *places)


def _of_linearization(claim: claims.Linearized, style: Style) -> Sentence:
    rates = [rate_formula(rate, style) for rate in claim.rates]
    singular = len(rates) == 1 and not isinstance(claim.rates[0], claims.Quadratic)
    kind = f"{'stable' if claim.stable else 'unstable'}, with the linear rate{'' if singular else 's'}"
    family = [Words("along a family in"), *_listed(_value(style.expr(x)) for x in claim.family)] if claim.family else []
    flow = (Words("is a fixed point of"), *_listed(_dynamics(claim.flow, style)), Words(", " + kind))
    return (*_at(claim.at, style), *flow, *_listed_rates(rates), *family, *_where(claim.on, style))


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


def _of_invariance(claim: claims.Invariant, style: Style) -> Sentence:
    kept = Formula(style.joined(style.terms(claim.quantity)), ">=", (("+", "0"),))
    return (kept, Words("stays true"), *_along(claim.flow, style), *_where(claim.on, style, "while"))


def _of_convergence(claim: claims.Converges, style: Style) -> Sentence:
    ((state, _),) = claim.flow.rates.items()
    begin = style.function(state, "0")
    if claim.upper is sp.oo:
        basin = Formula(begin, ">", tuple(style.terms(claim.lower)))
    else:
        basin = Formula(f"{style.expr(claim.lower)} {style.sign('<')} {begin}", "<", tuple(style.terms(claim.upper)))
    limit = Formula(style.function(state, style.expr(t)), "->", tuple(style.terms(claim.to)))
    return (limit, *_along(claim.flow, style), Words("from every start"), basin)


def _of_convergence_between(claim: claims.ConvergesBetween, style: Style) -> Sentence:
    begin = [_equation(style.function(x, "0"), value, style) for x, value in claim.start]
    limits = [Formula(style.function(x, style.expr(t)), "->", tuple(style.terms(value))) for x, value in claim.to]
    return (*_listed(limits), *_along(claim.flow, style), Words("from"), *_listed(begin))


def _of_order(claim: claims.Ordered, style: Style) -> Sentence:
    names = {x: sp.Symbol(f"{x.name}'", real=True) for x in claim.beside.rates}
    sign = ">=" if claim.above else "<="
    order = [_equation(style.expr(x), value.xreplace(names), style, sign) for x, value in claim.image]
    first = [_equation(style.function(x, "0"), value, style) for x, value in claim.start]
    second = [_equation(style.function(names[x], "0"), value, style) for x, value in claim.begin]
    return (
        *_listed(order),
        Words("at all times,"),
        *_along(claim.flow, style),
        Words("from"),
        *_listed(first),
        Words(", and, with primes,"),
        *_along(claim.beside, style),
        Words("from"),
        *_listed(second),
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
    return (limit, Words("monotonically"), *_along(claim.flow, style), Words("from every start"), *start)


def _of_domination(claim: claims.Dominated, style: Style) -> Sentence:
    bound = _equation(style.joined(style.terms(claim.quantity)), claim.bound, style, ">=" if claim.from_below else "<=")
    begins = _equation(style.expr(claim.start), claim.quantity, style)
    times = _where(claim.until, style, "for")
    while_ = _where(claim.on, style, "as long as")
    return (bound, *times, *_along(claim.flow, style), Words("from"), begins, Words("at time 0"), *while_)


def _of_motion(claim: claims.Moves, style: Style) -> Sentence:
    moved = _equation(style.rate_of(style.terms(claim.quantity)), claim.rate, style)
    return (moved, *_along(claim.flow, style))


def _of_loss(claim: claims.LossIs, style: Style) -> Sentence:
    loss = Formula(style.letter("loss"), "=", tuple(style.words(claim.traces)))
    whose = f"for {model_words(claim.model, style)}, and likewise for the mean over any finite sample"
    return (loss, Words(whose))


def _of_bound(claim: claims.Within, style: Style) -> Sentence:
    return (_equation(style.absolute(style.joined(style.terms(claim.expr - claim.of))), claim.by, style, "<="),)


_SENTENCES: dict[type[Claim], Callable[[Any, Style], Iterable[Formula | Words]]] = {
    claims.All: _of_all,
    claims.Identity: _of_relation,
    claims.Less: _of_relation,
    claims.AtMost: _of_relation,
    claims.Unequal: _of_relation,
    claims.Annihilates: _of_annihilation,
    claims.Iff: _of_equivalence,
    claims.SumCloses: _of_sum,
    claims.WordIdentity: _of_word_identity,
    claims.Drift: _of_drift,
    claims.Decays: _of_decay,
    claims.Dissipates: _of_dissipation,
    claims.Decouples: _of_decoupling,
    claims.ByInduction: _of_induction,
    claims.ProductMoves: _of_product,
    claims.NotClosed: _of_not_closed,
    claims.Lasts: _of_lasting,
    claims.TargetNoise: _of_target_noise,
    claims.Balanced: lambda claim, style: (_balanced(claim, style),),
    claims.Below: lambda claim, style: (_below(claim, style),),
    claims.Conserved: _of_conserved,
    claims.Solves: _of_solution,
    claims.Implicit: _of_clock,
    claims.Hits: _of_hitting,
    claims.Root: _of_root,
    claims.Zeros: _of_zeros,
    claims.Linearized: _of_linearization,
    claims.Invariant: _of_invariance,
    claims.Converges: _of_convergence,
    claims.Attracts: _of_attraction,
    claims.Dominated: _of_domination,
    claims.ConvergesBetween: _of_convergence_between,
    claims.Ordered: _of_order,
    claims.Within: _of_bound,
    claims.Moves: _of_motion,
    claims.LossIs: _of_loss,
}
