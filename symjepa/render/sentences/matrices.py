"""Sentences for claims about the matrix flow: words, drifts, losses, growth."""

from __future__ import annotations

import sympy as sp

from symjepa.exact.traces import TraceSum
from symjepa.exact.words import WordSum
from symjepa.render.sentences.parts import (
    Formula,
    Sentence,
    Sentences,
    Words,
    given,
    model_words,
    with_commas,
)
from symjepa.render.styles import Style
from symjepa.render.words import Terms
from symjepa.statements import claims
from symjepa.symbols import t


def words_formula(left: str, right: WordSum, style: Style) -> Formula:
    """An equation whose right side is a sum of words."""
    return Formula(left, "=", tuple(style.words(right)))


def _of_word_identity(claim: claims.WordIdentity, style: Style) -> Sentence:
    return (words_formula(style.joined(style.words(claim.lhs)), claim.rhs, style), *given(claim.on, style))


def _of_drift(claim: claims.Drift, style: Style) -> Sentence:
    left = style.rate_of(style.words(claim.of))
    return (
        words_formula(left, claim.equals, style),
        Words(f"for {model_words(claim.flow.model, style)}"),
        *given(claim.on, style),
    )


def _of_decay(claim: claims.Decays, style: Style) -> Sentence:
    who = Words(f"for {model_words(claim.flow.model, style)}")
    return (decay_formula(claim, style), who, *given(claim.on, style))


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
    return (loss, Words("and so"), zero, who, *given(claim.on, style))


def _of_decoupling(claim: claims.Decouples, style: Style) -> Sentence:
    from symjepa.modes.frames import alignment

    frames = alignment(claim.flow.flow)
    for end in claim.apart:
        frames = frames.without(end)
    ends = [[style.end(end) for end in members] for members in frames.shown]
    classes = [Formula(first, "=", (("+", f" {style.sign('=')} ".join(rest)),)) for first, *rest in ends if rest]
    told = f"for {model_words(claim.flow.model, style)} diagonal layers stay diagonal, whatever their amplitudes,"
    return (Words(told), Words("exactly when the covariances are diagonal in the frames"), *with_commas(classes))


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
    grown = with_commas(growth_formula(growth, style) for growth in claim.growths)
    who = Words(f"for {model_words(claim.flow.model, style)}, so that every solution exists for all times")
    return (*grown, who, *given(claim.on, style))


def gain_formulas(claim: claims.TargetNoise, style: Style) -> list[Formula]:
    """What the loss and the rates gain."""
    added = {style.rate_of(style.words(letter)): gain for letter, gain in claim.gains}
    loss = Formula(f"{style.sign('gain')} {style.letter('loss')}", "=", tuple(style.words(claim.loss)))
    return [loss, *(words_formula(f"{style.sign('gain')} {left}", gain, style) for left, gain in added.items())]


def noise_words(claim: claims.TargetNoise) -> str:
    """Which noise."""
    return " that may be correlated with the context" if claim.correlated else ", uncorrelated with the context,"


def _of_target_noise(claim: claims.TargetNoise, style: Style) -> Sentence:
    noise = Words(f"with noise on the target{noise_words(claim)} the loss and the layers gain")
    rest = Words(f"and nothing else, for {model_words(claim.model, style)}")
    return (noise, *with_commas(gain_formulas(claim, style)), rest)


def _of_loss(claim: claims.LossIs, style: Style) -> Sentence:
    loss = Formula(style.letter("loss"), "=", tuple(style.words(claim.traces)))
    whose = f"for {model_words(claim.model, style)}, and likewise for the mean over any finite sample"
    return (loss, Words(whose))


SENTENCES: Sentences = {
    claims.WordIdentity: _of_word_identity,
    claims.Drift: _of_drift,
    claims.Decays: _of_decay,
    claims.Dissipates: _of_dissipation,
    claims.Decouples: _of_decoupling,
    claims.Lasts: _of_lasting,
    claims.TargetNoise: _of_target_noise,
    claims.LossIs: _of_loss,
}
