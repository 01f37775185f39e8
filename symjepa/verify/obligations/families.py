r"""The flow of all layers of a mode, and a family of its fixed points, in symbols of their own.

Soundness.  Fresh symbols stand for every product, every layer and every sum of the claim, so that no hypothesis about a
symbol of the same name narrows them; what is known of them is that layers and products of layers are not 0 and that a
sum is positive (which its claim has to show).  Whatever else moves, an amplitude of other coordinates, time, a numbered
layer, or a layer outside the sums, is no constant: a claim that holds one is refused, as is one whose fixed points are
not given product by product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.modes.families import LETTERS, PRODUCTS
from symjepa.statements.claims import Quadratic, Spectrum
from symjepa.statements.descriptions import Modes
from symjepa.symbols import AMPLITUDES, t
from symjepa.verify.obligations.local import is_layer

Values: TypeAlias = Mapping[sp.Expr, sp.Expr]
Rate: TypeAlias = sp.Expr | Quadratic
PRODUCT = {LETTERS[name]: product for name, product in PRODUCTS.items()}


@dataclass(frozen=True)
class Stack:
    """A stack in fresh symbols: its product, its layer (None if it is its own product), their rate, depth and index."""

    product: sp.Symbol
    layer: sp.Symbol | None
    rate: sp.Expr
    depth: sp.Expr = sp.S.One
    index: sp.Expr | None = None


@dataclass(frozen=True)
class Total:
    """The sum of `summand` over all layers, by a symbol of its own."""

    symbol: sp.Symbol
    summand: sp.Expr


@dataclass(frozen=True)
class Rest:
    """A family of fixed points.

    put: products that are fixed, and layers (and products) that equal others; totals: the sum of each stack that has
    layers of its own, by its layer; demands: what the flow asks of its parameters.
    """

    stacks: tuple[Stack, ...]
    put: Values
    totals: Mapping[sp.Expr, Total]
    rates: tuple[tuple[Rate, sp.Expr], ...]
    demands: tuple[Fact, ...]

    @property
    def leading(self) -> tuple[Stack, ...]:
        """Stacks with layers of their own."""
        return tuple(one for one in self.stacks if one.layer in self.totals)

    @property
    def given(self) -> tuple[Fact, ...]:
        """Layers are not 0, nor are products of them that are free."""
        own = [x for one in self.leading for x in (one.layer, one.product) if x not in self.put]
        return tuple(Fact(x, "nonzero") for x in own)

    @property
    def blocks(self) -> tuple[tuple[Stack, ...], ...]:
        """Stacks whose layers have one index."""
        indices = dict.fromkeys(one.index for one in self.stacks)
        return tuple(tuple(one for one in self.stacks if one.index == index) for index in indices)

    @property
    def dimension(self) -> sp.Expr:
        """Amplitudes less equations."""
        free = (one for one in self.stacks if one.layer is None and one.product not in self.put)
        own = (one.depth - int(one.product in self.put) for one in self.leading)
        return sp.Add(*own, *(one.depth for one in free))

    @property
    def moving(self) -> tuple[tuple[Rate, sp.Expr], ...]:
        """The rates that are not 0."""
        return tuple((rate, times) for rate, times in self.rates if rate != 0)

    def at_rest(self, expr: sp.Expr) -> sp.Expr:
        """An expression at the fixed points."""
        return substitute(expr, self.put)


def rest_of(claim: Spectrum) -> Rest:
    """The fixed points of a claim in fresh symbols."""
    if not (isinstance(claim.flow, Modes) and claim.flow.coordinates == "families"):
        raise BadDerivation("a spectrum is one of all layers of a mode: describe them by modes(model, 'families')")
    reader = _Reader(claim.flow)
    stacks, put = reader.stacks(), reader.put(claim)
    _check_symbols(claim)
    own = {one.layer for one in stacks if one.layer is not None} - set(put)
    sums = [reader.total(symbol, summand, put) for symbol, summand in claim.sums]
    names = {symbol: total.symbol for (symbol, _), (_, total) in zip(claim.sums, sums, strict=True)}
    if {layer for layer, _ in sums} != own or not len(names) == len(sums) == len(own):
        raise BadDerivation(
            "every stack of more than one layer needs one sum over its layers, with a symbol of its own, unless they"
            f" equal those of another; got {', '.join(f'{s} for {x}' for s, x in claim.sums) or 'none'}"
        )
    rates = tuple((reader.rate(rate, names, put), reader.constant(times)) for rate, times in claim.rates)
    return Rest(stacks, put, dict(sums), rates, reader.demands)


def _check_symbols(claim: Spectrum) -> None:
    """Sums stand in rates alone."""
    elsewhere = (*(e for pair in claim.at for e in pair), *(e for _, e in (*claim.rates, *claim.sums)))
    strange = {x for e in elsewhere for x in e.free_symbols} & {symbol for symbol, _ in claim.sums}
    if strange:
        raise BadDerivation(
            f"sums stand in the rates of a spectrum alone; got {', '.join(map(str, strange))} elsewhere"
        )


class _Reader:
    """What a flow in families says, and what a claim says of it, in fresh symbols."""

    def __init__(self, flow: Modes) -> None:
        self.flow = flow.flow
        self.products = {x: sp.Dummy(x.name, real=True) for x in map(_product, self.flow.state)}
        self.layers = {x: sp.Dummy(str(x.base), real=True) for x in self.flow.families}
        held = {x for rate in self.flow.rates.values() for x in rate.free_symbols}
        self.parameters = held - set(self.products)
        self.demands = tuple(fact for fact in self.flow.domain if fact.expr not in self.layers)
        for name, value in flow.values:
            if name in self.products:
                raise BadDerivation(f"{name} moves along this flow: it cannot be set to {value}")
            self.constant(value)

    def stacks(self) -> tuple[Stack, ...]:
        """Every stack of the flow."""
        return tuple(self._stack(x, rate) for x, rate in self.flow.rates.items())

    def _stack(self, x: sp.Expr, rate: sp.Expr) -> Stack:
        product, own = self.products[_product(x)], substitute(rate.xreplace(self.layers), self.products)
        if x not in self.layers:
            return Stack(product, None, own)
        family = self.flow.families[x]
        return Stack(product, self.layers[x], own, family.last, family.index)

    def put(self, claim: Spectrum) -> Values:
        """Products with their values, and layers that equal others, with their products."""
        fixed, same = [], []
        for x, value in claim.at:
            if x in self.products:
                fixed.append((self.products[x], self.constant(value, self.products)))
            elif x in self.layers and value in self.layers and self._together(x, value):
                same.append((self.layers[x], self.layers[value]))
                same.append((self.products[_product(x)], self.products[_product(value)]))
            else:
                raise BadDerivation(
                    f"at a fixed point products have values, or each layer of a stack equals one of another stack of"
                    f" the same depth; got {x} = {value}"
                )
        values = dict(fixed)
        put = values | {x: values.get(value, value) for x, value in same}
        if len(put) != len(fixed) + len(same) or any(set(put) & value.free_symbols for value in put.values()):
            raise BadDerivation("each product has one value at a fixed point, which holds products that are free")
        return put

    def _together(self, x: sp.Expr, other: sp.Expr) -> bool:
        return x != other and self.flow.families[x] == self.flow.families[other]

    def total(self, symbol: sp.Expr, summand: sp.Expr, put: Values) -> tuple[sp.Symbol, Total]:
        """The layer and the sum of its stack."""
        known = self.parameters.union(self.flow.state, self.products)
        if not isinstance(symbol, sp.Symbol) or symbol in known or symbol.assumptions0 not in _PLAIN:
            raise BadDerivation(f"a sum needs a symbol of its own, real or positive; got {symbol}")
        held = summand.atoms(sp.Indexed)
        if len(held) != 1 or not held <= set(self.layers):
            raise BadDerivation(f"a sum over all layers of one stack holds its generic layer alone; got {summand}")
        layer = put.get(*[self.layers[x] for x in held] * 2)
        own = self.constant(summand.xreplace(dict.fromkeys(held, layer)))
        return layer, Total(sp.Dummy(symbol.name, positive=True), own)

    def rate(self, rate: Rate, sums: Values, put: Values) -> Rate:
        """A claimed rate at the fixed points, with its products and sums."""
        if isinstance(rate, Quadratic):
            linear, constant = (self.rate(e, sums, put) for e in (rate.linear, rate.constant))
            return Quadratic(linear, constant)
        return substitute(self.constant(rate, {**self.products, **sums}), put)

    def constant(self, expr: sp.Expr, names: Values | None = None) -> sp.Expr:
        """An expression in which nothing moves but what has a name."""
        told = substitute(expr, names or {})
        moving = (AMPLITUDES | {t}) - self.parameters
        strange = {x for x in told.free_symbols if x in moving or is_layer(x) or isinstance(x, sp.Indexed)}
        if strange:
            said = ", ".join(sorted(map(str, strange)))
            raise BadDerivation(f"{said} in {expr} is no constant of this flow, nor a product of its layers")
        return told


_PLAIN = tuple(sp.Dummy(**{kind: True}).assumptions0 for kind in ("real", "positive"))


def _product(x: sp.Expr) -> sp.Symbol:
    """The product of the stack of a layer; a stack of one layer is its own."""
    return PRODUCT[str(x.base)] if isinstance(x, sp.Indexed) else x
