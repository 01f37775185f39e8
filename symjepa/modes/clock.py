r"""From a matrix flow to one clock $\chi$ of a mode whose layers are out of balance: their squares are $\chi$ and
constants.

Layer l of the encoder has $w_l^2 = \chi + x_l$, layer k of the predictor $v_k^2 = \alpha(\chi + y_k)$, with $w_l, v_k >
0$.  The offsets of a net are one formula for the generic layer, mostly a term of a sequence, before which one for the
first layer may stand: so every family of any length can be spoken of.  Assumes only the alignment.

Soundness.  Twice each layer times its own rate (over α in the predictor) is the speed of its square.  Derived for the
generic layer by `families`, it must hold no amplitude of a single layer, and be one and the same in both nets: then it
is the speed of every square, differences of squares are kept, and the clock moves by it.  The product of a net is
written as the exponential of half the sum of the logarithms of its squares: whoever speaks of the rate has to show them
all positive.  Offsets hold letters of their own alone: no amplitude, no time, no parameter, and no index but that of
their layer, which is bound here.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from symjepa.errors import InvalidModel, NotBalanced
from symjepa.exact.facts import Fact
from symjepa.exact.scalars import equal
from symjepa.exact.sequences import INDEX
from symjepa.modes.families import family_modes
from symjepa.modes.frames import monomial
from symjepa.modes.reduction import Assumption, ModeFlow, sealed
from symjepa.symbols import chi, k, l, meaning, v, w

Offsets = tuple[sp.Expr, ...]
OfNets = Mapping[sp.Symbol, sp.Expr]
_RUNS = {w: l, v: k}


def clocked_modes(modes: ModeFlow, encoder: Offsets, predictor: Offsets) -> ModeFlow:
    """The flow of the clock, for these offsets of the layers of encoder and predictor: (generic,) or (first, generic).

    Domain: the square of a first layer that stands apart is positive; the others are where the rate is defined.
    Raises NotBalanced if the squares of two layers do not move alike.
    """
    single, offsets = family_modes(modes), {w: encoder, v: predictor}
    _check(encoder, predictor)
    model = single.source.model
    scales, depths = {w: sp.S.One, v: model.predictor_rate}, {w: model.encoder.depth, v: model.predictor.depth}
    products = {x: _product(scales[x], offsets[x], depths[x], _RUNS[x]) for x in offsets}
    speeds = [_speed(own, rate, scales, products) for own, rate in single.rates.items()]
    for other in speeds[1:]:
        if not equal(speeds[0], other).holds:
            raise NotBalanced(f"squares move apart: by {speeds[0]} in the encoder and by {other} in the predictor")
    domain = dict.fromkeys(Fact(chi + net[0], "positive") for net in offsets.values() if len(net) == 2)
    return sealed(single.source, "clock", {chi: speeds[0]}, (*single.assumes, _told(encoder, predictor)), (*domain,))


def _check(encoder: Offsets, predictor: Offsets) -> None:
    """One formula for the generic layer, or one for the first before it; in letters of their own."""
    for offsets in (encoder, predictor):
        held = [offset.free_symbols for offset in offsets]
        strange = {x for one in held for x in one if x.is_Indexed or meaning(x)}
        if len(offsets) not in (1, 2) or strange or any(INDEX in one for one in held[:-1]):
            raise InvalidModel(
                "offsets are (generic,) or (first, generic), constants of which the generic one alone holds the index"
                f" of its layer, and no public symbol; got {', '.join(map(str, offsets)) or 'none'}"
            )


def _product(scale: sp.Expr, offsets: Offsets, depth: sp.Expr, index: sp.Symbol) -> sp.Expr:
    """The product of the amplitudes of a net: the root of that of their squares."""
    *first, generic = (chi + offset for offset in offsets)
    rest = sp.Sum(sp.log(generic.xreplace({INDEX: index})), (index, len(first) + 1, depth))
    return sp.Mul(scale ** (depth / 2), *map(sp.sqrt, first), sp.exp(rest / 2))


def _speed(own: sp.Expr, rate: sp.Expr, scales: OfNets, products: OfNets) -> sp.Expr:
    """The speed of the square of a layer, over the rate of its net; it may not depend on the layer."""
    net = next((x for x in scales if str(own).startswith(x.name)), None)
    if net is None:
        raise NotBalanced(f"one clock moves the layers of encoder and predictor alone; got {own}")
    terms = [monomial([sp.Integer(2), own, 1 / scales[net], term]) for term in sp.Add.make_args(rate)]
    if any(term.atoms(sp.Indexed) for term in terms):
        raise NotBalanced(f"the square of {own} moves by what depends on its layer: {sp.Add(*terms)}")
    return sp.Add(*(monomial([term.xreplace(products)]) for term in terms))


def _told(encoder: Offsets, predictor: Offsets) -> Assumption:
    nets = (f"{name} {', '.join(map(str, net))}" for name, net in (("encoder", encoder), ("predictor", predictor)))
    told = "squares of layers are the clock and offsets, of the first layer and of a generic one"
    return Assumption("Clock", f"{told}: {'; '.join(nets)}")
