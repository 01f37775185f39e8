"""The usual reasons why a right derivation disagrees: another clock, another convention, two letters exchanged.

A conversion is tried only after a claim has failed, and only to say what would make it hold; it never makes anything
pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.exact.sums import substitute
from symjepa.symbols import K, L, alpha, lam, sigma2, u
from symjepa.testing.formulas import AnyFlow, model_of

Formulas = Mapping[sp.Expr, sp.Expr]


@dataclass(frozen=True)
class Conversion:
    """A change of the user's formulas, and what it means in words."""

    words: str
    change: Callable[[Formulas], Formulas]


def everywhere(values: Mapping[sp.Symbol, sp.Expr]) -> Callable[[Formulas], Formulas]:
    """The same replacement in every formula."""
    return lambda formulas: {name: substitute(formula, values) for name, formula in formulas.items()}


def each(change: Callable[[sp.Expr], sp.Expr]) -> Callable[[Formulas], Formulas]:
    """The same operation on every formula."""
    return lambda formulas: {name: change(formula) for name, formula in formulas.items()}


def letters() -> Iterator[Conversion]:
    """Two letters exchanged, or one read in another convention."""
    yield Conversion("λ and ρ = λ/σ² were exchanged: write rho where lam stands", everywhere({lam: lam / sigma2}))
    yield Conversion("λ and ρ = λ/σ² were exchanged: write lam where rho stands", everywhere({lam: lam * sigma2}))
    yield Conversion("K (predictor) and L (encoder) were exchanged", everywhere({K: L, L: K}))
    yield Conversion("α stood in the denominator", everywhere({alpha: 1 / alpha}))
    yield Conversion("ρ were ρ^(1/K): the learned solution is u^K = ρ", _root_of_influence)
    for symbol, stack in ((L, "encoder"), (K, "predictor")):
        for shift in (1, -1):
            layers = f"one layer {'more' if shift > 0 else 'less'} than your formula says"
            yield Conversion(
                f"the {stack} had {layers}: write {symbol + shift} for {symbol}", everywhere({symbol: symbol + shift})
            )


def _root_of_influence(formulas: Formulas) -> Formulas:
    fresh = sp.Dummy("influence", positive=True)
    hidden = {name: substitute(formula, {lam: fresh * sigma2}) for name, formula in formulas.items()}
    return {name: substitute(formula, {fresh: (lam / sigma2) ** (1 / K)}) for name, formula in hidden.items()}


def speeds(flow: AnyFlow) -> Iterator[tuple[sp.Expr, str]]:
    """By how much a clock may differ, and why."""
    model = model_of(flow)
    if model is not None:
        depths = (
            (model.encoder.depth, "L", "the depth of the encoder"),
            (model.predictor.depth, "K", "the depth of the predictor"),
        )
        for depth, name, words in ((d, n, w) for d, n, w in depths if d not in (0, 1)):
            yield (
                depth,
                f"{name} times as fast ({_named(depth, name)}{words}: products of layers run faster than one layer)",
            )
            yield (
                1 / depth,
                f"{name} times as slowly ({_named(depth, name)}{words}: one layer runs slower than their product)",
            )
    yield sp.Integer(2), "twice as fast (is there a ½ too many? our loss is ½E‖·‖²)"
    yield sp.Rational(1, 2), "half as fast (is a ½ missing? our loss is ½E‖·‖²)"
    yield sp.Integer(-1), "backwards (a sign: descent moves by minus the gradient)"


def _named(depth: sp.Expr, name: str) -> str:
    return "" if depth.is_Symbol else f"{name} = {depth}, "


def clocks(flow: AnyFlow, time: sp.Symbol) -> Iterator[Conversion]:
    """Formulas of time, run on another clock."""
    for factor, words in speeds(flow):
        yield Conversion(f"time ran {words}: write {factor * time} for {time}", everywhere({time: factor * time}))


def scales(flow: AnyFlow) -> Iterator[Conversion]:
    """Rates, measured on another clock."""
    for factor, words in speeds(flow):
        yield Conversion(f"your time ran {words}: multiply by {factor}", each(lambda rate, c=factor: c * rate))  # type: ignore[misc]


def products(flow: AnyFlow) -> Iterator[Conversion]:
    """The amplitude of one layer taken for the product over L layers, or the other way round."""
    model = model_of(flow)
    depth = sp.S.One if model is None else model.encoder.depth
    if depth == 1:
        return
    if u in flow.rates:
        yield Conversion(
            "your value were that of the encoder, w = u^L: take its L-th root for u", each(lambda x: x ** (1 / depth))
        )
    else:
        yield Conversion(
            "your value were that of one layer: take its L-th power for the product", each(lambda x: x**depth)
        )
