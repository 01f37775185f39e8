r"""Obligations of a spectrum: all linear rates of all layers of a mode, at symbolic depth and for any amplitudes.

Soundness.  Let x_l be layer l of a stack and X the product of its layers.  The flow in families says that the rate of
x_l is F(layers of index l, all products), one F for every l.  By the chain rule the Jacobian is D + R S: D has a block
∂F/∂(layers of index l) for each l, R the columns ∂F/∂X, S the rows ∂X/∂x_l = X/x_l.  For all but finitely many x then
    det(x - D - R S) = Π det(x - D_l) · det(1 - S (x - D)⁻¹ R).
Both sides, and the product of the claimed factors, are polynomials in x: they agree if they do at all but finitely many
x, which may avoid the zeros of some monic polynomials.  `blocks` shows that det(x - D_l) is the same for all layers, so
that their product is a power; an entry of S (x - D)⁻¹ R is a sum over the layers of a stack, and `summands` shows that
each summand is the summand of the claim's own sum times a factor without the layer.  A layer and the product of its
stack are symbols that are not 0, and the sum is a positive one: what holds for all of them holds for those that belong
together.  A stack of one layer, and a letter, is its own product: its block is 0, and its row of S is 1.  Where the
layers of one stack equal those of another, so do their products and sums.

The points `at` fix the products of some stacks, as functions of the others: for layers other than 0 the gradient of a
product is not 0, so these are as many independent equations, beside one for each layer that equals another.

A claim is refuted at amplitudes that may occur: the first layer of a stack has one (what is left of a product that is
fixed), all others have a second one.  There determinants and sums are formed layer by layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import sympy as sp

from symjepa.exact.calculus import derivative
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.claims import Quadratic, Spectrum
from symjepa.verify.obligations.equilibria import coefficients, determinant, factor
from symjepa.verify.obligations.families import Rate, Rest, Stack, Values, rest_of
from symjepa.verify.obligations.kinds import Decidable, Equal, HasSign, Plan, Shown, Smooth, plan

Entries: TypeAlias = Mapping[tuple[Stack, Stack], sp.Expr]
Blocks: TypeAlias = Mapping[tuple[Stack, ...], sp.Expr]


def of_spectrum(claim: Spectrum) -> Plan:
    """The determinant of the linearised flow, the signs of its roots, and the dimension of the fixed points."""
    rest, x = rest_of(claim), sp.Dummy("x", real=True)
    blocks = {block: _block(rest, block, x) for block in rest.blocks}
    entries = {(y, z): _summand(rest, y, z, x, blocks) for y in rest.stacks for z in rest.stacks}
    alike = {block: _alone(rest, det) for block, det in blocks.items()}
    away = tuple(Fact(e, "nonzero") for e in (*alike.values(), *_factors(rest, x)))
    summed = {(y, z): _over_layers(rest, y, entry) for (y, z), entry in entries.items()}
    whole = sp.Mul(*(det ** block[0].depth for block, det in alike.items()), _coupled(rest, summed))
    return plan(
        claim,
        "equal-blocks",
        (
            *_fixed(rest),
            *(Equal("blocks", det, alike[block], rest.given, necessary=False) for block, det in blocks.items()),
            *_summands(rest, entries, (*rest.given, *away)),
            Equal("rates", whole, _claimed(rest, x), (*rest.given, *away), necessary=False),
            *_counted(rest, ()),
            *(
                HasSign("signs", e, "positive", rest.given, necessary=False)
                for rate, _ in rest.moving
                for e in _decay(rate)
            ),
            *_smooth(rest),
        ),
        tests=tuple(_tests(rest, blocks, entries, x)),
    )


# The determinant.


def _block(
    rest: Rest, block: tuple[Stack, ...], x: sp.Symbol, by: Stack | None = None, z: Stack | None = None
) -> sp.Expr:
    """det(x - D_l) at rest; with the column of one stack replaced by that of R for the product z."""
    rows = []
    for i in block:
        own = [x * int(i == j) - (derivative(i.rate, j.layer) if j.layer is not None else 0) for j in block]
        if by is not None and z is not None:
            own[block.index(by)] = derivative(i.rate, z.product)
        rows.append([rest.at_rest(entry) for entry in own])
    return determinant(rows)


def _summand(rest: Rest, y: Stack, z: Stack, x: sp.Symbol, blocks: Blocks) -> sp.Expr:
    """What one layer of y adds to the entry of S (x - D)⁻¹ R for the products y and z, by Cramer's rule."""
    ((block, whole),) = ((block, det) for block, det in blocks.items() if y in block)
    row = sp.S.One if y.layer is None else y.product / y.layer
    return rest.at_rest(row) * _block(rest, block, x, y, z) / whole


def _over_layers(rest: Rest, y: Stack, entry: sp.Expr) -> sp.Expr:
    """The sum over all layers of y, each of which adds a multiple of the claim's summand."""
    if y.layer is None:
        return entry
    total = rest.totals[rest.at_rest(y.layer)]
    return _alone(rest, entry) / _alone(rest, total.summand) * total.symbol


def _alone(rest: Rest, expr: sp.Expr) -> sp.Expr:
    """An expression where every layer is 1: what is left of it if it does not depend on layers."""
    return substitute(expr, dict.fromkeys(rest.totals, sp.S.One))


def _coupled(rest: Rest, entries: Entries) -> sp.Expr:
    """det(1 - S (x - D)⁻¹ R)."""
    return determinant([[int(y == z) - entries[y, z] for z in rest.stacks] for y in rest.stacks])


def _claimed(rest: Rest, x: sp.Symbol) -> sp.Expr:
    """The product of the factors of all rates."""
    return sp.Mul(*(sp.Pow(own, times) for own, (_, times) in zip(_factors(rest, x), rest.rates, strict=True)))


def _factors(rest: Rest, x: sp.Symbol) -> list[sp.Expr]:
    """The factors that belong to the claimed rates."""
    return [factor(x, rate) for rate, _ in rest.rates]


# The premises.


def _fixed(rest: Rest) -> Iterator[Decidable]:
    """Every layer rests, and none is 0."""
    yield from (Equal("fixed", rest.at_rest(one.rate), given=rest.given, necessary=False) for one in rest.stacks)
    for one in rest.leading:
        if one.product in rest.put:
            yield HasSign("fixed", rest.put[one.product], "nonzero", rest.given, necessary=False)


def _summands(rest: Rest, entries: Entries, given: tuple[Fact, ...]) -> Iterator[Decidable]:
    """Each summand is a factor without the layer times the claim's, and the claim's sum is positive."""
    yield Shown("summands", "a stack of one layer is its own product")
    for one in rest.leading:
        yield HasSign("summands", rest.totals[one.layer].summand, "positive", rest.given, necessary=False)
        yield HasSign("summands", one.depth, "positive", necessary=False)
    for (y, _), entry in entries.items():
        if y.layer is not None:
            summand = rest.totals[rest.at_rest(y.layer)].summand
            multiple = _alone(rest, entry) / _alone(rest, summand) * summand
            yield Equal("summands", entry, multiple, given, necessary=False)


def _counted(rest: Rest, given: tuple[Fact, ...]) -> Iterator[Equal | HasSign]:
    """Multiplicities are whole numbers from 0 and as many as there are amplitudes; of 0, as many as dimensions."""
    for _, times in rest.rates:
        yield HasSign("rates", times, "nonnegative", given, necessary=False)
        yield HasSign("rates", times, "integer", given, necessary=False)
    size = sp.Add(*(times * len(coefficients(rate)) for rate, times in rest.rates))
    yield Equal("rates", size, sp.Add(*(one.depth for one in rest.stacks)), given, necessary=False)
    zeros = sp.Add(*(times for rate, times in rest.rates if rate == 0))
    yield Equal("manifold", zeros, rest.dimension, given, necessary=False)


def _decay(rate: Rate) -> tuple[sp.Expr, ...]:
    """What is positive if and only if all real parts are negative (Routh and Hurwitz)."""
    return coefficients(rate) if isinstance(rate, Quadratic) else (-rate,)


def _smooth(rest: Rest) -> Iterator[Decidable]:
    """Rates of the flow, values at the fixed points, claimed rates; and what the flow demands of its parameters."""
    layers = tuple(Fact(one.layer, "nonzero") for one in rest.stacks if one.layer is not None)
    yield from (HasSign("smooth", fact.expr, fact.kind, necessary=False) for fact in rest.demands)
    yield from (Smooth("smooth", one.rate, layers) for one in rest.stacks)
    yield from (Smooth("smooth", value, rest.given) for value in rest.put.values())
    yield from (Smooth("smooth", e, rest.given) for rate, _ in rest.rates for e in coefficients(rate))
    yield from (Smooth("smooth", total.summand, rest.given) for total in rest.totals.values())


# Points against it.


def _some_layers(rest: Rest) -> tuple[Fact, ...]:
    """Where the flow is one at all: every stack has a layer, and the parameters are what it demands."""
    return (*(Fact(one.depth - 1, "nonnegative") for one in rest.leading), *rest.demands)


def _tests(rest: Rest, blocks: Blocks, entries: Entries, x: sp.Symbol) -> Iterator[Equal | HasSign]:
    yield from filter(_may_fail, _counted(rest, _some_layers(rest)))
    yield from filter(_may_fail, _Instance(rest).tests(blocks, entries, x))


def _may_fail(test: Equal | HasSign) -> bool:
    """Whether it is worth looking for a point: no two equal trees, no number that is positive, no whole number."""
    if isinstance(test, Equal):
        return bool(test.lhs != test.rhs)
    return test.kind != "integer" and not (test.expr.is_Number and test.expr > 0)


class _Instance:
    """The fixed points at which all layers of a stack but the first have one amplitude."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest
        self.first: dict[sp.Expr, sp.Expr] = {}
        self.others: dict[sp.Expr, sp.Expr] = {}
        self.products: dict[sp.Expr, sp.Expr] = {}
        for one in sorted(rest.leading, key=lambda stack: stack.product in rest.put):  # those that are free come first
            first, second = (sp.Dummy(f"{one.product.name}_{i}", real=True) for i in (1, 2))
            rests = second ** (one.depth - 1)
            if one.product in rest.put:
                first = substitute(rest.put[one.product], self.products) / rests
            else:
                self.products[one.product] = first * rests
            self.first[one.layer], self.others[one.layer] = first, second
        self.layers = {one.layer: one.depth for one in rest.leading}
        totals = {total.symbol: self._over(layer, total.summand) for layer, total in rest.totals.items()}
        self.named: Values = {**self.products, **totals}

    @property
    def given(self) -> tuple[Fact, ...]:
        """No layer is 0, and there is one in every stack."""
        layers = (*self.first.values(), *self.others.values())
        return (*_some_layers(self.rest), *(Fact(x, "nonzero") for x in layers))

    def _with(self, expr: sp.Expr, layers: Values) -> sp.Expr:
        return substitute(expr, {**self.products, **layers})

    def _over(self, layer: sp.Expr, summand: sp.Expr) -> sp.Expr:
        """The sum over the layers of a stack."""
        return self._with(summand, self.first) + (self.layers[layer] - 1) * self._with(summand, self.others)

    def tests(self, blocks: Blocks, entries: Entries, x: sp.Symbol) -> Iterator[Equal | HasSign]:
        """That all layers rest, that the determinant is the claimed one, and that it decays."""
        rest, given = self.rest, self.given
        for one in rest.stacks:
            rate, several = rest.at_rest(one.rate), Fact(one.depth - 1, "positive")
            yield Equal("fixed", self._with(rate, self.first), given=given)
            if one.layer is not None:
                yield Equal("fixed", self._with(rate, self.others), given=(*given, several))
        products = [self._product(block, det) for block, det in blocks.items()]
        away = tuple(Fact(self._with(det, layers), "nonzero") for det in blocks.values() for layers in self._both)
        summed = {(y, z): self._entry(y, entry) for (y, z), entry in entries.items()}
        claimed = substitute(_claimed(rest, x), self.named)
        yield Equal("rates", sp.Mul(*products, _coupled(rest, summed)), claimed, (*given, *away))
        for rate, times in rest.moving:
            some = Fact(times, "positive")
            yield from (HasSign("signs", substitute(e, self.named), "positive", (*given, some)) for e in _decay(rate))

    @property
    def _both(self) -> tuple[Values, Values]:
        return self.first, self.others

    def _product(self, block: tuple[Stack, ...], det: sp.Expr) -> sp.Expr:
        """The determinants of the blocks of all layers."""
        return self._with(det, self.first) * self._with(det, self.others) ** (block[0].depth - 1)

    def _entry(self, y: Stack, entry: sp.Expr) -> sp.Expr:
        return entry if y.layer is None else self._over(self.rest.at_rest(y.layer), entry)
