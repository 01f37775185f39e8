r"""How a page says a claim: words before, rows of a display, words after; claims that say the same are said once.

`symjepa.render.claims` has a sentence for every claim.  The claims for which a page does better than a sentence in one
line have a setting of their own here; the others are set from their sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symjepa.exact.words import WordSum
from symjepa.model import Model
from symjepa.render import claims as sentences
from symjepa.render.book.displays import Row, display
from symjepa.render.claims import Formula, Words, rate_formula, sentence
from symjepa.render.formulas import Latex, with_dot
from symjepa.render.hypotheses import listed
from symjepa.render.notation import MACROS
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.render.styles import LatexStyle
from symjepa.render.widths import LINE, width
from symjepa.statements import claims
from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Flow, Modes, Restricted
from symjepa.symbols import t


class _InLine(Latex):
    """Fractions with a slash."""

    _inline = True


LINE_STYLE = LatexStyle(_InLine(STYLE.spelling.names), STYLE.signs)
"""How formulas in the line are set."""


_OPEN_ENDS = (",", "rate", "rates", " at", " of", " on", " from", " along", " is", " are")
"""Ends of a lead that no comma follows: the display goes on with the sentence."""


@dataclass(frozen=True)
class Said:
    """`preface` introduces a kind of claim, `who` names the learners, `short` is what a proof shows of the claim."""

    rows: tuple[Row, ...]
    before: str = ""
    after: str = ""
    who: tuple[str, ...] = ()
    preface: str = ""
    short: tuple[Row, ...] = ()

    @property
    def lead(self) -> str:
        """The words before the display, learners included."""
        whom = f"for {listed(self.who)}" if self.who else ""
        text = ", ".join(filter(None, (whom, self.before)))
        return text if not text or text.endswith(_OPEN_ENDS) else f"{text},"

    @property
    def noted(self) -> tuple[Row, ...]:
        """The rows, each with its learners beside it."""
        names = [name.removeprefix("the ").removesuffix(" teacher") for name in self.who]
        word = " teacher" if names and self.who[-1].endswith(" teacher") else ""
        return tuple(replace(one, note=_beside(one.note, f"({listed(names)}{word})")) for one in self.rows)


def _beside(note: str, words: str) -> str:
    text = rf"\text{{{words}}}"
    return rf"{note} \quad {text}" if note else text


def said(claim: Claim) -> Said:
    """One claim."""
    return _SETTINGS.get(type(claim), _from_sentence)(claim)


def merged(several: Sequence[Said]) -> list[Said]:
    """The same words about several learners are said once; neighbours about the same learners are joined."""
    groups: dict[Said, list[str]] = {}
    for one in several:
        bare = replace(one, who=())
        groups.setdefault(bare, []).extend(one.who)
    found: list[Said] = []
    for bare, names in groups.items():
        one = replace(bare, who=tuple(dict.fromkeys(names)))
        if found and one.who and _frame(found[-1]) == _frame(one):
            found[-1] = replace(found[-1], rows=(*found[-1].rows, *one.rows), short=(*found[-1].short, *one.short))
        else:
            found.append(one)
    return found


def joined(groups: Sequence[Said], alike: bool = False) -> list[Said]:
    """Neighbours share a display where they fit, each learner beside its row; `alike`: only if about one quantity."""
    found: list[list[Said]] = []
    for one in groups:
        fits = found and _fits(one) and _fits(found[-1][-1]) and _kind(found[-1][-1]) == _kind(one)
        if fits and (not alike or one.rows[0].left == found[-1][-1].rows[0].left):
            found[-1].append(one)
        else:
            found.append([one])
    return [_joined(several) for several in found]


def _kind(one: Said) -> tuple[str, ...]:
    return one.before, one.after, one.preface


def _fits(one: Said) -> bool:
    return bool(one.who) and len(one.rows) == 1 and all(row_width(row) <= LINE for row in one.noted)


def row_width(shown: Row) -> float:
    """About how wide a row is on one line."""
    parts = width(shown.left) + width(STYLE.joined(list(shown.right))) + 15
    return parts + (width(shown.note.replace(r"\text", "")) + 24 if shown.note else 0)


def _joined(several: Sequence[Said]) -> Said:
    if len(several) == 1:
        return several[0]
    rows = tuple(row for one in several for row in one.noted)
    return replace(several[0], rows=rows, who=(), short=rows)


def _frame(one: Said) -> tuple[Any, ...]:
    return one.who, one.before, one.after, one.preface


def math(formula: str) -> str:
    """A formula in the line; it may be broken after its commas."""
    return f"${formula}$"


# --- parts


def row(left: str, right: sp.Expr, relation: str = "=", note: str = "") -> Row:
    """`left = right`, broken between the summands of the right side."""
    return Row(left, relation, tuple(STYLE.terms(right)), note)


def _as_row(formula: Formula) -> Row:
    relation = STYLE.sign(formula.relation) if formula.relation else ""
    return Row(formula.left, relation, formula.right, lead=formula.lead)


def _words_row(left: str, right: WordSum, note: str = "") -> Row:
    return Row(left, "=", tuple(STYLE.words(right)), note)


def condition(claim: Claim) -> str:
    """A relation, or a hypothesis on letters, in the line."""
    piece = sentence(claim, LINE_STYLE)[0]
    assert isinstance(piece, Formula)
    return piece.line(LINE_STYLE)


def _conditions(on: Iterable[Claim]) -> tuple[str, str]:
    """Conditions on indices go beside the formula, those on letters and states before it."""
    beside = [claim for claim in on if isinstance(claim, claims.AtMost)]
    before = [claim for claim in on if claim not in beside]
    note = f"({', '.join(map(condition, beside))})" if beside else ""
    return note, listed([math(condition(claim)) for claim in before]) if before else ""


def _if(text: str) -> str:
    return f"if {text}" if text else ""


def rate(terms: list[tuple[str, str]], letter: bool) -> str:
    """The time derivative: a dot on a single letter, d/dt before anything longer."""
    if letter and terms[0][0] == "+":
        return with_dot(terms[0][1])
    fraction = rf"\frac{{d}}{{d{MACROS['t']}}}"
    return f"{fraction} {STYLE.joined(terms)}" if len(terms) == 1 else rf"{fraction} \left({STYLE.joined(terms)}\right)"


def _word_rate(words: WordSum) -> str:
    single = len(words.terms) == 1 and len(words.terms[0][0].factors) == 1 and words.terms[0][1] == 1
    return rate(STYLE.words(words), single and not words.terms[0][0].factors[0].transposed)


def _scalar_rate(quantity: sp.Expr) -> str:
    return rate(STYLE.terms(quantity), bool(quantity.is_Symbol))


def whose(model: Model) -> str:
    """The learner in words, depths that are numbers included."""
    return sentences.model_words(model, STYLE)


def _of(flow: Flow) -> str:
    if isinstance(flow, Restricted):
        return f"{_of(flow.whole)} on {_equal((STYLE.expr(x), value) for x, value in flow.eliminated)}"
    return f" of {whose(flow.model)}" if isinstance(flow, Modes) else ""


def _equations(flow: Flow) -> str:
    """The rates in the line, or in a display if one of them leaves little of a line: its products cannot be broken."""
    told = [f"{STYLE.dot(x)} = {LINE_STYLE.expr(value)}" for x, value in flow.rates.items()]
    if all(width(formula) <= 0.7 * LINE for formula in told):
        return listed(list(map(math, told)))
    return "\n" + display(row(STYLE.dot(x), value) for x, value in flow.rates.items()) + "\n"


def _domain(flow: Flow) -> str:
    """The domain of the amplitudes; what it says about depths alone is a hypothesis already."""
    own = [fact for fact in flow.domain if fact.free_symbols & set(flow.rates)]
    return f" on {listed([math(STYLE.fact(fact)) for fact in own])}" if own else ""


def _places(pairs: claims.Pairs) -> list[Row]:
    return [row(STYLE.expr(x), value) for x, value in pairs if x != value]


def _equal(pairs: Iterable[tuple[str, sp.Expr]]) -> str:
    """Values in the line."""
    return listed([math(f"{name} = {LINE_STYLE.expr(value)}") for name, value in pairs])


def _at(pairs: claims.Pairs) -> str:
    return _equal((STYLE.expr(x), value) for x, value in pairs if x != value) or "every point"


# --- settings


def _of_drift(claim: claims.Drift) -> Said:
    note, before = _conditions(claim.on)
    shown = _words_row(_word_rate(claim.of), claim.equals, note)
    return Said((shown,), _if(before), who=(whose(claim.flow.model),), short=(shown,))


def _of_decay(claim: claims.Decays) -> Said:
    note, before = _conditions(claim.on)
    formula = sentences.decay_formula(claim, STYLE)
    shown = Row(formula.left, formula.relation, formula.right, note)
    return Said((shown,), _if(before), who=(whose(claim.flow.model),), short=(shown,))


def _of_dissipation(claim: claims.Dissipates) -> Said:
    note, before = _conditions(claim.on)
    lost = [("-", STYLE.scaled(c, STYLE.gram(STYLE.joined(STYLE.words(x))))) for c, x in claim.by]
    left = rate([("+", STYLE.trace(STYLE.joined(STYLE.words(claim.form))))], False)
    shown = (Row(left, "=", tuple(lost or [("+", "0")])), Row("", r"\leq", (("+", "0"),), note))
    return Said(shown, _if(before), who=(whose(claim.flow.model),), short=shown)


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
    every = sentences.index_range(claim, STYLE).line(STYLE)
    shown = _words_row(STYLE.joined(STYLE.words(claim.lhs)), claim.rhs, f"({every})")
    where = listed([math(condition(law)) for law in claim.on])
    return Said((shown,), f"in balance, {where}," if where else "", short=(shown,))


def _of_product(claim: claims.ProductMoves) -> Said:
    moved = sentences.product_formula(claim, STYLE)
    shown = Row(moved.left, "=", moved.right)
    roots = [math(sentences.root_formula(claim, root, LINE_STYLE).line(LINE_STYLE)) for root in claim.roots]
    where = listed([math(condition(law)) for law in claim.on])
    after = f"with the positive semidefinite roots {listed(roots)}" if roots else ""
    return Said((shown,), _if(where), after, who=(whose(claim.flow.model),), short=(shown,))


def _of_not_closed(claim: claims.NotClosed) -> Said:
    formula = sentences.open_formula(claim, STYLE)
    rest = _line(sentence(claim, LINE_STYLE)[1:])
    return Said((_as_row(formula),), "", rest)


def _of_lasting(claim: claims.Lasts) -> Said:
    rows = tuple(_as_row(sentences.growth_formula(growth, STYLE)) for growth in claim.growths)
    where = listed([math(condition(ceiling)) for ceiling in claim.on])
    preface = "Every solution of the matrix flow exists for all times, for along it"
    return Said(rows, _if(where), who=(whose(claim.flow.model),), preface=preface, short=rows)


def _of_target_noise(claim: claims.TargetNoise) -> Said:
    rows = tuple(map(_as_row, sentences.gain_formulas(claim, STYLE)))
    preface = f"Noise on the target{sentences.noise_words(claim)} adds to the loss and to the rates this, and no more:"
    return Said(rows, who=(whose(claim.model),), preface=preface.replace(",  ", ", "), short=rows)


def _of_motion(claim: claims.Moves) -> Said:
    flow = claim.flow
    shown = row(_scalar_rate(claim.quantity), claim.rate)
    if claim.quantity in flow.rates and isinstance(flow, Modes):
        told = {"product": "", "balanced": "in balance", "layers": "layer by layer"}[flow.coordinates]
        return Said((shown,), told, who=(whose(flow.model),), short=(shown,))
    return Said((shown,), f"along {_equations(flow)}{_of(flow)}", short=(shown,))


def _of_conserved(claim: claims.Conserved) -> Said:
    shown = row(_scalar_rate(claim.quantity), claim.rate * claim.quantity)
    return Said((shown,), f"along {_equations(claim.flow)}{_of(claim.flow)}", short=(shown,))


def _of_solution(claim: claims.Solves) -> Said:
    rows = tuple(row(STYLE.function(x, STYLE.expr(claim.time)), value) for x, value in claim.values)
    start = _equal((STYLE.function(x, "0"), value) for x, value in claim.start)
    when = f", for {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    return Said(rows, f"the solution of {_equations(claim.flow)}{_of(claim.flow)} with {start} is{when},", short=rows)


def _of_clock(claim: claims.Implicit) -> Said:
    shown = Row(_scalar_rate(claim.clock), "=", tuple(STYLE.terms(claim.speed)))
    while_ = f", while {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    return Said((shown,), f"along {_equations(claim.flow)}{_of(claim.flow)}{while_},", short=(shown,))


def _of_hitting(claim: claims.Hits) -> Said:
    shown = row(STYLE.expr(t), claim.time)
    way = f"from {math(LINE_STYLE.expr(claim.start))} the solution of {_equations(claim.flow)}{_of(claim.flow)}"
    where = f"where {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    return Said((shown,), f"{way} first reaches {math(STYLE.expr(claim.stop))} at", where, short=(shown,))


def _of_zeros(claim: claims.Zeros) -> Said:
    flow = tuple(row(STYLE.dot(x), value) for x, value in claim.flow.rates.items())
    places = [one for part in claim.components for one in _places(part.at)]
    where = f" where {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    exactly = " and ".join(_at(part.at) for part in claim.components)
    told = f"{_domain(claim.flow)}{where} are exactly {exactly}".strip()
    return Said(flow, f"the fixed points{_of(claim.flow)},", told, short=tuple(places))


def _of_linearization(claim: claims.Linearized) -> Said:
    rates = tuple(_as_row(rate_formula(one, STYLE)) for one in claim.rates)
    kind = "stable" if claim.stable else "unstable"
    family = f", along a family in {listed([math(STYLE.expr(x)) for x in claim.family])}" if claim.family else ""
    where = f" where {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    under = f"{_at(claim.at)} is {kind} under {_equations(claim.flow)}{_of(claim.flow)}{family}{where}"
    roots = any(isinstance(one, claims.Quadratic) for one in claim.rates)
    told = f"{under}, with the linear rate{'s' * (len(rates) > 1 or roots)}{' (roots of the equation)' * roots}"
    return Said(rates, told, short=rates)


def _of_convergence(claim: claims.Converges) -> Said:
    ((state, _),) = claim.flow.rates.items()
    limit = row(STYLE.function(state, STYLE.expr(t)), claim.to, r"\to")
    begin = STYLE.function(state, "0")
    above = "" if claim.upper is sp.oo else f" < {STYLE.expr(claim.upper)}"
    start = f"{begin} > {STYLE.expr(claim.lower)}" if not above else f"{STYLE.expr(claim.lower)} < {begin}{above}"
    told = f"along {_equations(claim.flow)}{_of(claim.flow)}, from every start with {math(start)},"
    return Said((limit,), told, short=(limit,))


def _of_attraction(claim: claims.Attracts) -> Said:
    ((state, _),) = claim.flow.rates.items()
    limit = row(STYLE.function(state, STYLE.expr(t)), claim.to, r"\to")
    (low, high), begin = claim.between, STYLE.function(state, "0")
    below = "" if low is -sp.oo else f"{STYLE.expr(low)} < "
    above = "" if high is sp.oo else f" < {STYLE.expr(high)}"
    start = f" with {math(f'{below}{begin}{above}')}" if below or above else ""
    told = f"along {_equations(claim.flow)}{_of(claim.flow)}, from every start{start}, monotonically"
    return Said((limit,), told, short=(limit,))


def _of_domination(claim: claims.Dominated) -> Said:
    relation = r"\geq" if claim.from_below else r"\leq"
    shown = Row(STYLE.joined(STYLE.terms(claim.quantity)), relation, tuple(STYLE.terms(claim.bound)))
    begun = math(f"{STYLE.expr(claim.start)} = {LINE_STYLE.expr(claim.quantity)}")
    region = f", as long as {listed([math(condition(relation)) for relation in claim.on])}" if claim.on else ""
    times = f", for {listed([math(condition(relation)) for relation in claim.until])}"
    told = f"along {_equations(claim.flow)}{_of(claim.flow)}, with {begun} at time 0{times}{region},"
    return Said((shown,), told, short=(shown,))


def _of_convergence_between(claim: claims.ConvergesBetween) -> Said:
    rows = tuple(row(STYLE.function(x, STYLE.expr(t)), value, r"\to") for x, value in claim.to)
    begin = _equal((STYLE.function(x, "0"), value) for x, value in claim.start)
    return Said(rows, f"along {_equations(claim.flow)}{_of(claim.flow)}, from {begin},", short=rows)


def _of_order(claim: claims.Ordered) -> Said:
    names = {x: sp.Symbol(f"{x.name}'", real=True) for x in claim.beside.rates}
    sign = r"\geq" if claim.above else r"\leq"
    rows = tuple(row(STYLE.expr(x), value.xreplace(names), sign) for x, value in claim.image)
    first = _equal((STYLE.function(x, "0"), value) for x, value in claim.start)
    second = _equal((STYLE.function(names[x], "0"), value) for x, value in claim.begin)
    told = (
        f"for all times, between the solution of {_equations(claim.flow)}{_of(claim.flow)} from {first} and, primed,"
        f" that of {_equations(claim.beside)}{_of(claim.beside)} from {second},"
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


def _of_relation(claim: Claim) -> Said:
    (formula,) = sentence(claim, STYLE)
    assert isinstance(formula, Formula)
    return Said((_as_row(formula),))


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
    shown = _as_row(formula)
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
    claims.Converges: _of_convergence,
    claims.ConvergesBetween: _of_convergence_between,
    claims.Ordered: _of_order,
    claims.Attracts: _of_attraction,
    claims.Dominated: _of_domination,
    claims.LossIs: _of_loss,
    claims.SumCloses: _of_sum,
}
