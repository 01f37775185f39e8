r"""From a matrix flow to the flow of every single layer of a mode, at symbolic depth and whatever its amplitude.

The rate of layer l is written with its own amplitude w[l] and the products $w = w_1\cdots w_L$, v and b of all layers
of encoder, predictor and teacher: $\dot w_l = (w/w_l)\,(\dots)$.  A stack that is one layer deep, or a teacher without
layers, is its product.  Assumes only the alignment.

Soundness.  A mode multiplies numbers, so that the product of the layers lo < l ≤ hi is F(hi)/F(lo), F(m) the product
of the first m amplitudes; amplitudes other than 0 may be divided by.  In the rate of layer l stand F(0) = 1, F(depth),
which is the product of its stack, F(l), and F(l-1) = F(l) over the amplitude of layer l; any other level is refused.
F(l) and l are symbols of their own and must cancel: then one formula holds for every layer of the stack.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.errors import NotBalanced, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.words import Segment
from symjepa.flow import LayerRate
from symjepa.modes.frames import alignment, entry, representative
from symjepa.modes.reduction import Family, ModeFlow, aligned_in, scalars, sealed, without_constants
from symjepa.symbols import b, layer_amplitude, v, w

PRODUCTS = {"W": w, "P": v, "Wbar": b}
LETTERS = {"W": "w", "P": "v", "Wbar": "b"}


def family_modes(modes: ModeFlow) -> ModeFlow:
    """The flow of the amplitudes w[l], v[k], b[l] of single layers, beside their products w, v, b.

    Domain: the amplitudes of stacks of more than one layer are not 0.
    """
    if modes.coordinates != "layers":
        raise SymjepaError(f"families are made of aligned_modes(flow), in layers coordinates; got {modes.coordinates}")
    flow = modes.source
    frames, rates, families = alignment(flow), {}, {}
    for moving in map(representative, flow.rates):
        values = scalars(_Single(moving).product)
        rate, own = entry(moving.rate, moving.factor, frames, values), values(moving.factor)
        if moving.index is not None and moving.last is not None:
            _check_cancelled(moving, rate)
            names = {_OWN[name]: layer_amplitude(LETTERS[name], moving.index) for name in PRODUCTS}
            rate, own = rate.xreplace(names), own.xreplace(names)
            families[own] = Family(moving.index, moving.last)
        rates[own] = rate
    _check_own(rates, families)
    domain = tuple(Fact(amplitude, "nonzero") for amplitude in families)
    return sealed(flow, "families", without_constants(flow, rates), (aligned_in(frames),), domain, families)


_LEVEL = {name: sp.Dummy(f"F_{name}", real=True) for name in PRODUCTS}
"""F(l) of the layer that moves, one for each stack."""
_OWN = {name: sp.Dummy(name, real=True) for name in PRODUCTS}
"""The amplitude of the layer that moves."""


def _check_cancelled(moving: LayerRate, rate: sp.Expr) -> None:
    if rate.free_symbols & {*_LEVEL.values(), moving.index}:
        told = f"the rate of {moving.letter} depends on more than its layer and the products of all layers"
        raise NotBalanced(told, letter=moving.letter)


def _check_own(rates: dict[sp.Expr, sp.Expr], families: dict[sp.Expr, Family]) -> None:
    """No rate holds a layer but those of its own index."""
    for own, rate in rates.items():
        strange = {x for x in rate.atoms(sp.Indexed) if families.get(x) != families.get(own)}
        if strange:
            raise NotBalanced(f"the rate of {own} holds {', '.join(map(str, strange))} of another index")


@dataclass(frozen=True)
class _Single:
    """Products of layers for a layer that moves."""

    moving: LayerRate

    def product(self, segment: Segment) -> sp.Expr:
        """F(hi)/F(lo)."""
        return self._to(segment, segment.hi) / self._to(segment, segment.lo)

    def _to(self, segment: Segment, level: sp.Expr) -> sp.Expr:
        """F(level)."""
        name = segment.stack.name
        if level == 0:
            return sp.S.One
        if level == segment.stack.depth:
            return PRODUCTS[name]
        if self.moving.index is not None and level == self.moving.index:
            return _LEVEL[name]
        if self.moving.index is not None and level + 1 == self.moving.index:
            return _LEVEL[name] / _OWN[name]
        raise NotBalanced(f"level {level} of {segment} is neither an end of its stack nor the layer that moves")
