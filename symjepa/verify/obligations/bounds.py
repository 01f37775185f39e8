r"""Obligations of claims about the matrix flow as a whole: that its solutions last, and what noise on the target does.

Soundness.  Covariances that are positive semidefinite together are the moments of some views x and y, so an identity in
x and y holds for all of them.  A form that is a sum of squares with positive weights and grows at most exponentially
bounds each of its letters on bounded times; every moving letter, for every index, must be in one.  The loss with noise
on the target is made of the model's own residual, with y + n in the place of y, and differentiated by the one rule of
`words.gradient`; the motion of a teacher holds no data.
"""

from __future__ import annotations

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact
from symjepa.exact.gradients import along, expectation, gradient, released, released_traces
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Factor, Matrix, WordSum, instantiated, ranges
from symjepa.flow import LayerRate, expected_loss, letters, sample_loss
from symjepa.model import Model
from symjepa.statements.claims import AtMost, Below, Growth, Lasts, TargetNoise
from symjepa.statements.descriptions import Layers
from symjepa.verify.obligations.induction import fresh_index, remembered
from symjepa.verify.obligations.kinds import (
    Decidable,
    HasSign,
    Plan,
    Shown,
    Smooth,
    TracesAtMostZero,
    TracesVanish,
    WordsVanish,
    plan,
)
from symjepa.verify.obligations.local import fact_of
from symjepa.verify.obligations.matrices import check_letters, moving_letters, still_constants
from symjepa.verify.obligations.scalars import facts_of

Weighted = tuple[tuple[sp.Expr, WordSum], ...]


@remembered
def of_lasting(claim: Lasts) -> Plan:
    """Each form grows as certified, and together they hold every letter that moves."""
    top = _ceiling(claim)
    lines: list[Decidable] = []
    tests = []
    for growth in claim.growths:
        lines += _grown(claim.flow, growth, top)
        tests.append(TracesAtMostZero(_surplus(claim.flow, growth), facts_of(_relations(growth)), claim.on))
    if top is not None:
        lines.append(HasSign("nonnegative", top, "nonnegative", necessary=False))
    return plan(claim, "continuation", (*lines, *_covers(claim)), tests=tuple(tests))


def _ceiling(claim: Lasts) -> sp.Expr | None:
    """The bound of Σyy, if one is assumed."""
    if not all(type(rule) is Below and rule.letter == claim.flow.letters.Syy for rule in claim.on) or len(claim.on) > 1:
        raise BadDerivation("solutions are bounded under at most one hypothesis, a ceiling for Syy")
    return claim.on[0].bound if claim.on else None


def _relations(growth: Growth) -> tuple[AtMost, ...]:
    """The ranges of running indices: nothing else may narrow a bound."""
    if not all(isinstance(relation, AtMost) for relation in growth.on):
        raise BadDerivation("a bound holds for every layer; its conditions are the ranges of indices, AtMost(l, L)")
    return tuple(relation for relation in growth.on if isinstance(relation, AtMost))


def _fresh(layers: Layers, growth: Growth) -> Growth:
    """The bound for an index of which its range alone is known, whatever a hypothesis says of the symbol."""
    indices = {entry.index for entry in layers.flow.rates if entry.index is not None}
    names: dict[sp.Symbol, sp.Expr] = {index: fresh_index(index) for index in indices}

    def renamed(parts: Weighted) -> Weighted:
        return tuple((weight.xreplace(names), instantiated(words, names)) for weight, words in parts)

    return Growth(
        renamed(growth.form),
        growth.rate.xreplace(names),
        renamed(growth.squares),
        renamed(growth.below),
        None if growth.source is None else instantiated(growth.source, names),
        tuple(AtMost(one.lhs.xreplace(names), one.rhs.xreplace(names)) for one in _relations(growth)),
    )


def _grown(layers: Layers, growth: Growth, top: sp.Expr | None) -> list[Decidable]:
    indices = {entry.index for entry in layers.flow.rates}
    if not all(one.lhs in indices for one in _relations(growth)):  # an index is at least 1; of others nothing is known
        raise BadDerivation("the conditions of a bound are the ranges of running indices of layers, AtMost(l, L)")
    growth = _fresh(layers, growth)
    given = tuple(fact for one in _relations(growth) for fact in (fact_of(one), Fact(one.lhs - 1, "nonnegative")))
    words = [part for _, part in (*growth.form, *growth.squares, *growth.below)]
    source = () if growth.source is None else (growth.source,)
    check_letters(layers, *words, *source)
    still_constants(number for number, _ in (*growth.form, *growth.squares, *growth.below, (growth.rate, None)))
    if growth.below and top is None:
        raise BadDerivation("a bound uses a ceiling for Syy; list Below(Syy, c) in `on`")
    speeds = [along(part.T @ part, layers.flow.of) for _, part in growth.form]
    still, moving = [along(part, layers.flow.of) for part in source], moving_letters(layers.flow)
    gaps = sorted({gap for one in (*words, *source, *speeds) for gap in ranges(one)}, key=str)
    squares = (*growth.squares, *growth.below)
    return [
        _certified(layers, growth, top, given),
        Smooth("growth", growth.rate, given),
        *(HasSign("growth", gap, "nonnegative", given, necessary=False) for gap in gaps),
        *(HasSign("nonnegative", weight, "nonnegative", given, necessary=False) for weight, _ in squares),
        Shown("nonnegative", "squares, and the ceiling less the covariance of the target"),
        *(HasSign("covers", weight, "positive", given, necessary=False) for weight, _ in growth.form),
        *(
            WordsVanish("constant", speed, WordSum.zero(speed.rows, speed.cols), (), (), False, moving)
            for speed in still
        ),
        Shown("constant", "what feeds the growth does not move"),
    ]


def _sum(traces: list[TraceSum]) -> TraceSum:
    return TraceSum.collect(term for one in traces for term in one.terms)


def _size(parts: Weighted) -> TraceSum:
    return _sum([weight * TraceSum.of(part.T @ part) for weight, part in parts])


def _gap(layers: Layers, growth: Growth) -> TraceSum:
    """rate · V + tr(source) - D V."""
    speed = _sum([weight * TraceSum.of(along(part.T @ part, layers.flow.of)) for weight, part in growth.form])
    fed = _sum([] if growth.source is None else [TraceSum.of(growth.source)])
    return _sum([growth.rate * _size(growth.form), fed, -speed])


def _surplus(layers: Layers, growth: Growth) -> TraceSum:
    return -_gap(layers, growth)


def _certified(layers: Layers, growth: Growth, top: sp.Expr | None, given: tuple[Fact, ...]) -> Decidable:
    """The certificate as an identity of traces; that it fails refutes nothing."""
    left, right = _in_views(layers, _gap(layers, growth)), _certificate(layers, growth, top)
    return TracesVanish("growth", left, right, given, necessary=False)


def _certificate(layers: Layers, growth: Growth, top: sp.Expr | None) -> TraceSum:
    """Σ a_i ‖A_i‖² + Σ b_i (c tr(B_i B_iᵀ) - tr(B_i Σyy B_iᵀ)), in the views."""
    Syy = layers.letters.Syy.word()
    ceilings = [
        sp.Mul(weight, top) * TraceSum.of(part @ part.T) - weight * TraceSum.of(part @ Syy @ part.T)
        for weight, part in growth.below
    ]
    return _in_views(layers, _size(growth.squares) + _sum(ceilings))


def _in_views(layers: Layers, traces: TraceSum) -> TraceSum:
    """Covariances as moments of views x and y with one column for each of as many pairs as are needed."""
    x, y = layers.letters.context.word(), layers.letters.target.word()
    moments: dict[str, WordSum] = {"Sxx": x @ x.T, "Syx": y @ x.T, "Syy": y @ y.T}
    return traces.replaced(lambda letter: _moment(letter, moments))


def _moment(letter: Factor, moments: dict[str, WordSum]) -> WordSum | None:
    if not isinstance(letter, Matrix) or letter.name not in moments:
        return None
    return moments[letter.name].T if letter.transposed else moments[letter.name]


def _covers(claim: Lasts) -> tuple[Decidable, ...]:
    """Every letter that moves is a summand of some form, for every index that it has."""
    moving = [family for family in claim.flow.flow.rates if not family.rate.is_zero]
    return tuple(line for family in moving for letter in _instances(family) for line in _held(claim, letter, moving))


def _instances(family: LayerRate) -> tuple[WordSum, ...]:
    """The letters of a family: generic for a symbolic depth, one by one for a number."""
    if family.last is None or not family.last.is_Integer:
        return (family.letter,)
    return tuple(family.at(sp.Integer(number)).letter for number in range(1, int(family.last) + 1))


def _held(claim: Lasts, letter: WordSum, moving: list[LayerRate]) -> tuple[Decidable, ...]:
    """Some form holds the letter.  If that form runs over the layers of another stack, there is such a layer."""
    ranges_of = {AtMost(family.index, family.last): family for family in moving if family.index is not None}
    for growth in claim.growths:
        if any(part == letter for _, part in growth.form) and set(growth.on) <= set(ranges_of):
            others = [relation for relation in _relations(growth) if ranges_of[relation].letter != letter]
            some = (HasSign("covers", relation.rhs - 1, "nonnegative", necessary=False) for relation in others)
            return (Shown("covers", f"{letter} is in a form"), *some)
    return (Shown("covers", f"{letter} is in no form that holds for all of its layers", holds=False),)


# Noise on the target.


@remembered
def of_target_noise(claim: TargetNoise) -> Plan:
    """The loss and every layer's rate, with y + n in the place of y."""
    model = claim.model
    noisy = noisy_loss(model, claim.correlated)
    layers = Layers(model)
    gains = dict(claim.gains)
    check_letters(layers, *gains)
    if len(gains) < len(claim.gains):
        raise BadDerivation("what a layer gains is said once for each stack")
    moving = {entry.letter: entry for entry in layers.flow.rates}
    strange = [letter for letter in gains if letter not in moving]
    if strange:
        raise BadDerivation(f"{strange[0]} is no generic layer of this model; those are {', '.join(map(str, moving))}")
    learned = (entry for entry in layers.flow.rates if entry.index is not None and _learns(layers, entry))
    return plan(
        claim,
        "target-noise",
        (
            TracesVanish("loss", released_traces(noisy) - released_traces(expected_loss(model)), claim.loss),
            *(line for entry in learned for line in _gained(layers, noisy, entry, gains)),
            Shown("teacher", "a teacher moves by the layers alone", holds=not _fed_by_data(layers)),
        ),
    )


def noisy_loss(model: Model, correlated: bool) -> TraceSum:
    """The expected loss with the target y + n; the noise has moments with the context only if it is `correlated`."""
    named = letters(model)
    x, y = named.context, named.target
    n = Matrix("n", y.rows, y.cols)
    Snn, Syn = Matrix("Snn", y.rows, y.rows, symmetric=True).word(), Matrix("Syn", y.rows, y.rows).word()
    Snx = Matrix("Snx", y.rows, x.rows).word() if correlated else WordSum.zero(y.rows, x.rows)
    moments = {
        (x.name, x.name): named.Sxx.word(),
        (y.name, x.name): named.Syx.word(),
        (x.name, y.name): named.Syx.word().T,
        (y.name, y.name): named.Syy.word(),
        (n.name, x.name): Snx,
        (x.name, n.name): Snx.T,
        (y.name, n.name): Syn,
        (n.name, y.name): Syn.T,
        (n.name, n.name): Snn,
    }
    seen = y.word() + n.word()
    noisy = sample_loss(model).replaced(lambda f: seen if f == y else seen.T if f == y.T else None)
    return expectation(noisy, moments)


def _learns(layers: Layers, entry: LayerRate) -> bool:
    """Whether a family of layers moves by the gradient: those of encoder and predictor do."""
    return any(entry.letter == stack.layer(entry.index) for stack in (layers.letters.encoder, layers.letters.predictor))


def _gained(layers: Layers, noisy: TraceSum, entry: LayerRate, gains: dict[WordSum, WordSum]) -> tuple[Decidable, ...]:
    """The rate with noise less the rate without is what is claimed."""
    model, named = layers.model, layers.letters
    assert entry.index is not None and entry.last is not None
    here = {entry.index: fresh_index(entry.index)}
    stack = named.encoder if entry.letter == named.encoder.layer(entry.index) else named.predictor
    speed = sp.S.One if stack == named.encoder else model.predictor_rate
    own = entry.at(here[entry.index])
    rate = -speed * released(gradient(noisy, stack, here[entry.index])) - model.weight_decay * own.letter
    gain = instantiated(gains.get(entry.letter, WordSum.zero(entry.rate.rows, entry.rate.cols)), here)
    gain = gain if gain.terms else WordSum.zero(rate.rows, rate.cols)
    given = (Fact(entry.last - here[entry.index], "nonnegative"), Fact(here[entry.index] - 1, "nonnegative"))
    gaps = sorted({gap for words in (rate, gain) for gap in ranges(words)}, key=str)
    ranged = (HasSign("rates", gap, "nonnegative", given, necessary=False) for gap in gaps)
    return (WordsVanish("rates", rate - own.rate, gain, given), *ranged)


def _fed_by_data(layers: Layers) -> bool:
    """Whether some teacher's motion holds a covariance."""
    own = [entry for entry in layers.flow.rates if entry.index is None or not _learns(layers, entry)]
    return any(isinstance(f, Matrix) and f.name.startswith("S") for entry in own for f in entry.rate.letters())
