"""Small changes of expressions, words and models, each with the name of its operator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.sequences import INDEX
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Factor, Matrix, Segment, Word, WordSum
from symjepa.model import EMA, Frozen, LayerEMA, Live, Model, Shared
from symjepa.statements.descriptions import Foreign, Layers, Modes, Restricted
from symjepa.symbols import K, L, lam, rho, sigma2, tau

Change = tuple[str, Any]

SWAPS = {
    "λ ↔ σ²": {lam: sigma2, sigma2: lam},
    "ρ ↔ 1/ρ": {rho: 1 / rho},
    "K ↔ L": {K: L, L: K},
}


def of_expression(expr: sp.Expr) -> Iterator[Change]:
    """The whole expression changed, and every node of its tree."""
    yield "factor 2", 2 * expr
    yield "factor L", L * expr
    yield "sign", -expr
    for operator, values in SWAPS.items():
        if expr.free_symbols & set(values):
            yield operator, expr.subs(values, simultaneous=True)
    yield from _of_node(expr)


def _of_node(expr: sp.Expr) -> Iterator[Change]:
    yield from _here(expr)
    if isinstance(expr, sp.Sum):
        yield from ((operator, sp.Sum(inner, *expr.limits)) for operator, inner in _of_node(expr.function))
        return
    for i, arg in enumerate(expr.args):
        if isinstance(arg, sp.Expr):
            yield from (
                (operator, expr.func(*expr.args[:i], inner, *expr.args[i + 1 :])) for operator, inner in _of_node(arg)
            )


def _here(expr: sp.Expr) -> Iterator[Change]:
    match expr:
        case sp.Add():
            for i, arg in enumerate(expr.args):
                rest = expr.args[:i] + expr.args[i + 1 :]
                yield "sign", sp.Add(*rest, -arg)
                yield "dropped term", sp.Add(*rest)
        case sp.Pow(exp=exponent):
            yield "exponent + 1", expr.base ** (exponent + 1)
            yield "exponent - 1", expr.base ** (exponent - 1)
            if exponent.is_Rational and exponent.q == 2:
                yield "branch", -expr
        case sp.log():
            yield "branch", sp.log(-expr.args[0])
        case sp.Sum():
            ((index, low, high),) = expr.limits
            yield "index shift", sp.Sum(expr.function, (index, low, high + 1))
            yield "index shift", sp.Sum(expr.function, (index, low, high - 1))
            yield "index shift", sp.Sum(expr.function, (index, low + 1, high))


def of_words(words: WordSum) -> Iterator[Change]:
    """Coefficients, single letters and ends of segments changed; shapes that no longer meet are no words."""
    yield "factor 2", 2 * words
    yield "factor L", L * words
    yield "sign", -words
    latent = not any("target" in (factor.rows, factor.cols) for factor in words.letters())
    for i, (word, coefficient) in enumerate(words.terms):
        rest = WordSum.collect(words.rows, words.cols, words.terms[:i] + words.terms[i + 1 :])
        yield "dropped term", rest
        yield "sign", rest + WordSum.of(word, -coefficient)
        for operator, changed in of_expression(coefficient) if coefficient.free_symbols else ():
            yield operator, rest + WordSum.of(word, changed)
        for operator, turned in _of_word(word, latent):
            yield operator, rest + WordSum.of(turned, coefficient)


def _of_word(word: Word, latent: bool) -> Iterator[tuple[str, Word]]:
    """One letter changed; covariances stand for each other only where context and target share a space."""
    for i, factor in enumerate(word.factors):
        for operator, other in _of_letter(factor, latent):
            if (other.rows, other.cols) == (factor.rows, factor.cols):
                yield operator, Word(word.factors[:i] + (other,) + word.factors[i + 1 :], word.rows, word.cols)
        if factor.rows == factor.cols:
            yield "dropped letter", Word(word.factors[:i] + word.factors[i + 1 :], word.rows, word.cols)


def _of_letter(factor: Factor, latent: bool) -> Iterator[tuple[str, Factor]]:
    if isinstance(factor, Matrix):
        yield "transpose", factor.T
        for name, symmetric in (("Sxx", True), ("Syx", False), ("Syy", True)):
            if latent and factor.name[0] == "S" and factor.name != name:
                yield "letter", replace(factor, name=name, symmetric=symmetric, transposed=False)
    elif isinstance(factor, Segment):
        yield "transpose", factor.T


def of_traces(traces: TraceSum) -> Iterator[Change]:
    """The same changes of words under a trace."""
    yield "factor 2", 2 * traces
    yield "sign", -traces
    for i, (word, coefficient) in enumerate(traces.terms):
        rest = TraceSum.collect(traces.terms[:i] + traces.terms[i + 1 :])
        yield "dropped term", rest
        yield "sign", rest + TraceSum.collect([(word, -coefficient)])
        for operator, turned in _of_word(word, latent=False):
            yield operator, rest + TraceSum.collect([(turned, coefficient)])


def of_model(model: Model) -> Iterator[Change]:
    """The stop-gradient removed, another teacher, another rate."""
    if model.latent:
        yield (
            "stop-gradient removed" if not isinstance(model.teacher, Shared) else "teacher",
            replace(model, teacher=_other(model)),
        )
        for teacher in (Live(), EMA(tau), LayerEMA(tau), Frozen()):
            if teacher != model.teacher:
                yield "teacher", replace(model, teacher=teacher)
    if model.predictor_rate != 1:
        yield "predictor rate", replace(model, predictor_rate=sp.S.One)
    if model.weight_decay != 0:
        yield "weight decay", replace(model, weight_decay=2 * sp.S.One)
    yield from _of_depths(model)


def _other(model: Model) -> Any:
    return Live() if isinstance(model.teacher, Shared) else Shared()


def _of_depths(model: Model) -> Iterator[Change]:
    encoder, predictor = model.encoder, model.predictor
    if encoder.depth.is_Integer:
        yield "depth", replace(model, encoder=replace(encoder, depth=encoder.depth + 1))
    if predictor.depth.is_Integer:
        yield "depth", replace(model, predictor=replace(predictor, depth=predictor.depth + 1))


def of_flow(flow: Layers | Modes | Restricted | Foreign) -> Iterator[Change]:
    """The flow of another model, or in other coordinates, or on another manifold."""
    if isinstance(flow, Foreign):
        return
    if isinstance(flow, Restricted):
        for operator, whole in of_flow(flow.whole):
            if derivable(whole) and set(flow.whole.rates) == set(whole.rates):
                yield operator, replace(flow, whole=whole)
        for i, (x, value) in enumerate(flow.eliminated):
            rest = flow.eliminated[:i], flow.eliminated[i + 1 :]
            for operator, changed in of_expression(value):
                yield f"manifold: {operator}", replace(flow, eliminated=(*rest[0], (x, changed), *rest[1]))
        return
    for operator, model in of_model(flow.model):
        yield operator, replace(flow, model=model)
    if isinstance(flow, Modes):
        for coordinates in ("product", "balanced"):
            if coordinates != flow.coordinates:
                yield "coordinates", replace(flow, coordinates=coordinates, sizes=())
        if flow.coordinates == "clock":
            encoder, predictor = flow.sizes
            for operator, net in _of_offsets(encoder):
                yield f"encoder {operator}", replace(flow, sizes=(net, predictor))
            for operator, net in _of_offsets(predictor):
                yield f"predictor {operator}", replace(flow, sizes=(encoder, net))


def _of_offsets(net: tuple[sp.Expr, ...]) -> Iterator[tuple[str, tuple[sp.Expr, ...]]]:
    """The first layer like the others, these one layer on, and one offset larger."""
    *first, generic = net
    yield from [("offset", (generic,))] if first else []
    yield "offset", (*first, generic.xreplace({INDEX: INDEX + 1}))
    for place in range(len(net)):
        yield "offset + 1", tuple(offset + int(i == place) for i, offset in enumerate(net))


def derivable(flow: Layers | Modes | Restricted) -> bool:
    """Whether the model has such a flow at all."""
    try:
        if isinstance(flow, Restricted):
            return bool(flow.rates)
        return flow.flow is not None
    except SymjepaError:
        return False
