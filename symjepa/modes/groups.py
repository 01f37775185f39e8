r"""From a matrix flow to the flow of one mode whose layers come in groups: the layers of a group share an amplitude.

A stack of symbolic depth is split into groups of given sizes, $L = n_1 + n_2 + \dots$, with amplitudes $w_1, w_2,
\dots$ (and $v_1, \dots$, and $b_1, \dots$ for a teacher of layers, whose groups are those of the encoder).  So layers
that differ can be spoken of at every depth.  Assumes only the alignment, and layers of a group that start alike.

Soundness.  A mode multiplies numbers, so that the product of the layers lo < l ≤ hi is F(hi)/F(lo), F(m) the product
of the first m amplitudes; positive amplitudes may be divided by.  In the rate of layer l of a group stand F(0) = 1,
F(depth), the product of every amplitude to the size of its group, F(l), and F(l-1) = F(l) over the amplitude of that
layer; any other level is refused.  F(l) and l are symbols of their own, and must cancel: then layers of a group that
start alike move alike, and no order of the layers matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.errors import InvalidModel, NotBalanced, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.scalars import equal
from symjepa.exact.words import Segment
from symjepa.flow import LayerRate
from symjepa.modes.frames import alignment, entry, representative
from symjepa.modes.reduction import Assumption, ModeFlow, aligned_in, scalars, sealed, without_constants
from symjepa.symbols import layer_amplitude

Sizes = tuple[sp.Expr, ...]
FAMILY = {"W": "w", "P": "v", "Wbar": "b"}


def grouped_modes(modes: ModeFlow, encoder: Sizes, predictor: Sizes) -> ModeFlow:
    """The flow of the amplitudes of groups of layers, of these sizes from the input on.

    Domain: every amplitude positive, and every size.  Raises InvalidModel if the sizes do not add up to the depth.
    """
    if modes.coordinates != "layers":
        raise SymjepaError(f"groups are made of aligned_modes(flow), in layers coordinates; got {modes.coordinates}")
    flow = modes.source
    sizes = {"W": encoder, "Wbar": encoder, "P": predictor}
    _check(sizes["W"], flow.model.encoder.depth, "encoder")
    _check(sizes["P"], flow.model.predictor.depth, "predictor")
    frames, rates = alignment(flow), {}
    for moving in map(representative, flow.rates):
        for group in range(1, _count(moving, sizes) + 1):
            values = scalars(_Grouped(sizes, moving, group).product)
            rate = entry(moving.rate, moving.factor, frames, values)
            _check_cancelled(moving, rate)
            rates[values(moving.factor)] = rate
    told = "; ".join(f"{name} {', '.join(map(str, sizes[stack]))}" for stack, name in _NAMES.items() if sizes[stack])
    groups = Assumption("Groups", f"layers of a group have one amplitude; sizes of the groups: {told}")
    state = [x for x in rates if isinstance(x, sp.Symbol) and "_" in x.name]
    demanded = tuple(Fact(size, "positive") for size in (*encoder, *predictor) if not size.is_Integer)
    domain = (*(Fact(x, "positive") for x in state), *dict.fromkeys(demanded))
    return sealed(flow, "groups", without_constants(flow, rates), (aligned_in(frames), groups), domain)


_NAMES = {"W": "encoder", "P": "predictor"}
_LEVEL = {name: sp.Dummy(f"F_{name}", positive=True) for name in FAMILY}
"""F(l) of the layer that moves, one for each stack."""


def _check(sizes: Sizes, depth: sp.Expr, name: str) -> None:
    """Whole numbers, at least one each, that add up to the depth."""
    if not all(size.is_integer and size.is_positive is not False for size in sizes):
        raise InvalidModel(f"groups of the {name} have whole sizes from 1; got {', '.join(map(str, sizes))}")
    if not equal(sp.Add(*sizes), depth).holds:
        raise InvalidModel(f"the groups of the {name} add up to its depth {depth}; got {', '.join(map(str, sizes))}")


def _count(moving: LayerRate, sizes: Mapping[str, Sizes]) -> int:
    """How many amplitudes a stack has; the teacher of products has one."""
    return len(sizes[moving.factor.stack.name]) if isinstance(moving.factor, Segment) else 1


def _check_cancelled(moving: LayerRate, rate: sp.Expr) -> None:
    left = rate.free_symbols & {*_LEVEL.values(), moving.index}
    if left:
        told = f"the rate of {moving.letter} depends on which layer of its group it is"
        raise NotBalanced(told, letter=moving.letter)


@dataclass(frozen=True)
class _Grouped:
    """Products of layers for a layer of one group that moves; `group` counts from 1."""

    sizes: Mapping[str, Sizes]
    moving: LayerRate
    group: int

    def product(self, segment: Segment) -> sp.Expr:
        """F(hi)/F(lo)."""
        return self._to(segment, segment.hi) / self._to(segment, segment.lo)

    def _to(self, segment: Segment, level: sp.Expr) -> sp.Expr:
        """F(level)."""
        name, depth = segment.stack.name, segment.stack.depth
        if level == 0:
            return sp.S.One
        if level == depth:
            return sp.Mul(*(_amplitude(name, i + 1) ** size for i, size in enumerate(self.sizes[name])))
        if level == self.moving.index:
            return _LEVEL[name]
        if level + 1 == self.moving.index:
            return _LEVEL[name] / _amplitude(name, self.group)
        raise NotBalanced(f"level {level} of {segment} is neither an end of its stack nor the layer that moves")


def _amplitude(name: str, group: int) -> sp.Expr:
    return layer_amplitude(FAMILY[name], sp.Integer(group))
