r"""From a model to its matrix flow: the loss as words, differentiated layer by layer.  Nothing is assumed of the data.

Soundness.  The loss is built from the model's own residual $P W x - \overline{W} y$; one rule (`words.gradient`)
differentiates it, with the stop-gradient copy marked until the gradient has been taken.  The teacher's motion is its
definition.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.errors import BadSegment
from symjepa.exact.gradients import expectation, gradient, released
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import SAMPLE, Factor, Matrix, Segment, Stack, Word, WordSum, instantiated
from symjepa.model import EMA, Frozen, LayerEMA, Live, Model, Shared
from symjepa.symbols import k, l


@dataclass(frozen=True, slots=True)
class Letters:
    """The matrices of a model: stacks of layers, covariances of the views, data vectors, and the target branch."""

    encoder: Stack
    predictor: Stack
    context: Matrix
    target: Matrix
    Sxx: Matrix
    Syx: Matrix
    Syy: Matrix

    @property
    def teacher_product(self) -> Matrix:
        """W̄ as one letter (EMA of the product, frozen)."""
        return Matrix("Wbar", "latent", "context")

    @property
    def teacher_layers(self) -> Stack:
        """W̄ as a product of its own layers (EMA per layer)."""
        return Stack("Wbar", self.encoder.depth, self.encoder.top, self.encoder.bottom, "W")


def letters(model: Model) -> Letters:
    """The letters of a model; a latent target lives in the context's space, as the teacher copies the encoder."""
    target = "context" if model.latent else "target"
    return Letters(
        encoder=Stack("W", model.encoder.depth, "latent", "context", "W"),
        predictor=Stack("P", model.predictor.depth, "latent" if model.latent else "target", "latent", "P"),
        context=Matrix("x", "context", SAMPLE),
        target=Matrix("y", target, SAMPLE),
        Sxx=Matrix("Sxx", "context", "context", symmetric=True),
        Syx=Matrix("Syx", target, "context"),
        Syy=Matrix("Syy", target, target, symmetric=True),
    )


def target_branch(model: Model) -> WordSum:
    """What the prediction P W x is compared with, as a word in data letters; stopped where no gradient flows."""
    named = letters(model)
    y = named.target.word()
    match model.teacher:
        case None:
            return y
        case Shared():
            return named.encoder.product() @ y
        case Live():
            return _stopped(named.encoder.product()) @ y
        case LayerEMA():
            return named.teacher_layers.product() @ y
    return named.teacher_product.word() @ y


def _stopped(product: WordSum) -> WordSum:
    ((word, _),) = product.terms
    (segment,) = word.factors
    assert isinstance(segment, Segment)
    return WordSum.of(Word((Segment(segment.stack, segment.hi, segment.lo, stopped=True),), segment.rows, segment.cols))


def sample_loss(model: Model) -> TraceSum:
    r"""$\tfrac12\|P W x - \mathrm{sg}[\overline{W} y]\|^2$ for one pair of views, as a trace in the data letters x and
    y.
    """
    named = letters(model)
    residual = named.predictor.product() @ named.encoder.product() @ named.context.word() - target_branch(model)
    squared: TraceSum = sp.Rational(1, 2) * TraceSum.of(residual @ residual.T)
    return squared


def expected_loss(model: Model) -> TraceSum:
    """The loss averaged over zero-mean views: traces in Σxx, Σyx, Σyy."""
    named = letters(model)
    x, y = named.context.name, named.target.name
    cross = named.Syx.word()
    moments = {(x, x): named.Sxx.word(), (y, x): cross, (x, y): cross.T, (y, y): named.Syy.word()}
    return expectation(sample_loss(model), moments)


@dataclass(frozen=True, slots=True)
class LayerRate:
    """The motion of one letter, or of every layer `index` = 1 … `last` of a stack."""

    letter: WordSum
    rate: WordSum
    index: sp.Symbol | None = None
    last: sp.Expr | None = None

    @property
    def factor(self) -> Factor:
        ((word, _),) = self.letter.terms
        return word.factors[0]

    def at(self, layer: sp.Expr) -> LayerRate:
        """The motion of one particular layer."""
        assert self.index is not None
        number = {self.index: layer}
        return LayerRate(instantiated(self.letter, number), instantiated(self.rate, number))


@dataclass(frozen=True, slots=True, repr=False)
class MatrixFlow:
    """The gradient flow of a model: one right-hand side per layer, for symbolic or numeric depths."""

    model: Model
    loss: TraceSum
    rates: tuple[LayerRate, ...]

    def __repr__(self) -> str:
        return f"<MatrixFlow: {'; '.join(f'd{entry.letter}/dt = {entry.rate}' for entry in self.rates)}>"

    def of(self, factor: Factor) -> WordSum | None:
        """The time derivative of an untransposed letter: a layer of a stack, or the teacher; None for a constant."""
        for entry in self.rates:
            own = entry.factor
            if isinstance(own, Segment) and isinstance(factor, Segment) and own.stack == factor.stack:
                assert entry.index is not None
                return instantiated(entry.rate, {entry.index: _only_layer(factor)})
            if own == factor:
                return entry.rate
        return None

    def __str__(self) -> str:
        return "\n".join(f"d/dt {entry.letter} = {entry.rate}{_where(entry)}" for entry in self.rates)

    def _repr_latex_(self) -> str:
        rows = (rf"\dot{{{entry.letter.latex()}}} &= {entry.rate.latex()}" for entry in self.rates)
        return r"$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$"


def _where(entry: LayerRate) -> str:
    return "" if entry.index is None else f"   (1 ≤ {entry.index} ≤ {entry.last})"


def _only_layer(segment: Segment) -> sp.Expr:
    if not segment.is_layer:
        raise BadSegment(
            f"the motion of the product {segment} is a sum over its layers; speak of single layers, or of their balance"
        )
    return segment.hi


def gradient_flow(model: Model) -> MatrixFlow:
    r"""Every layer of encoder and predictor by its semi-gradient, and the teacher by its definition.

    Layers $W_l$ have shape (d_l, d_{l-1}).  Source: tian2021directpred, Eqs. 1-3; littwin2024jepa, Sec. 3, for the
    live teacher.
    """
    named, loss = letters(model), expected_loss(model)
    rates = [_layer_rate(model, loss, named.encoder, l, sp.S.One)]
    if model.predictor.depth != 0:
        rates.append(_layer_rate(model, loss, named.predictor, k, model.predictor_rate))
    return MatrixFlow(model, loss, (*rates, *_teacher_rates(model, named)))


def _layer_rate(model: Model, loss: TraceSum, stack: Stack, index: sp.Symbol, speed: sp.Expr) -> LayerRate:
    layer = stack.layer(index)
    rate = -speed * released(gradient(loss, stack, index)) - model.weight_decay * layer
    return LayerRate(layer, rate, index, stack.depth)


def _teacher_rates(model: Model, named: Letters) -> tuple[LayerRate, ...]:
    match model.teacher:
        case EMA(tau=rate):
            teacher = named.teacher_product.word()
            return (LayerRate(teacher, rate * (named.encoder.product() - teacher)),)
        case LayerEMA(tau=rate):
            student, own = named.encoder.layer(l), named.teacher_layers.layer(l)
            return (LayerRate(own, rate * (student - own), l, named.encoder.depth),)
        case Frozen():
            teacher = named.teacher_product.word()
            return (LayerRate(teacher, WordSum.zero(teacher.rows, teacher.cols)),)
        case _:
            return ()
