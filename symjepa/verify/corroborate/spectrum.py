"""All linear rates of all layers of a mode, from the variational equation at drawn depths and amplitudes.

The flow is derived afresh at numeric depths, layer by layer; products and sums are formed from drawn amplitudes, and
the Jacobian is that of the right-hand side in exact numbers or balls (`rates`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import sympy as sp
from flint import acb

from symjepa.exact.balls import ball
from symjepa.statements.claims import Quadratic, Spectrum
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement
from symjepa.verify.corroborate.dynamics import POINTS
from symjepa.verify.corroborate.integrate import BITS
from symjepa.verify.corroborate.modes import Start, readings, starts
from symjepa.verify.corroborate.rates import DIGITS, certified_at, linearized, paired, roots
from symjepa.verify.kernel.decide import Context

Values = Mapping[sp.Expr, sp.Expr]


def of_spectrum(claim: Spectrum, context: Context, seed: int) -> Iterator[Agreement]:
    """The claimed rates, each as often as is claimed, against certified eigenvalues; and their signs."""
    flow = replace(claim.flow, coordinates="layers")
    found = starts(flow, [times for _, times in claim.rates], context.facts, POINTS, seed)
    yield agreement("Spectrum: variational equation", readings(_spectrum(claim, start) for start in found))


def _spectrum(claim: Spectrum, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        layers = _at(claim, start)
        rates = tuple(zip(start.flow.state, start.flow.rates, strict=True))
        at = [layers[x] for x in start.flow.state]
        if any(not x.value.contains(0) for x in linearized(rates, [ball(x, {}, BITS) for x in at])):
            yield Reading(False, None, str(start))
            return
        own = certified_at(rates, at, DIGITS)
        known = {**start.point, **_products(layers), **_sums(claim, layers)}
        claimed = [z for rate, times in claim.rates for z in _several(rate, times, known)]
        yield from paired(list(own), claimed, str(start))
        yield Reading(all(x.real < 0 for x in own if not x.contains(0)), None, str(start))

    return found


def _several(rate: sp.Expr | Quadratic, times: sp.Expr, known: Values) -> list[acb]:
    """A rate, or both roots of an equation, as often as is claimed."""
    return list(roots(rate, lambda e: ball(e.xreplace(dict(known)), {}, BITS))) * int(times.xreplace(dict(known)))


def _at(claim: Spectrum, start: Start) -> dict[sp.Expr, sp.Expr]:
    """Every layer at the fixed point: those of the start, but for layers that equal others, and the last layer of a
    product that is fixed.
    """
    layers: dict[sp.Expr, sp.Expr] = dict(start.state)
    for x, value in claim.at:
        if isinstance(x, sp.Indexed):
            same = zip(_stack(layers, str(x.base)), _stack(layers, str(value.base)), strict=True)
            layers |= {one: layers[other] for one, other in same}
    for x, value in claim.at:
        if isinstance(x, sp.Symbol):
            *others, last = _stack(layers, x.name)
            whole = value.xreplace({**start.point, **_products(layers)})
            layers[last] = whole / sp.Mul(*(layers[one] for one in others))
    return layers


def _stack(layers: Values, letter: str) -> list[sp.Symbol]:
    """The layers of a stack in their order, or a letter that is its own product."""
    own = [x for x in layers if str(x).partition("_")[0] == letter]
    return sorted(own, key=lambda x: int(str(x).partition("_")[2] or 0))


def _products(layers: Values) -> dict[sp.Expr, sp.Expr]:
    """The products of the stacks, by their letters."""
    letters = {str(x).partition("_")[0] for x in layers}
    return {sp.Symbol(one, real=True): sp.Mul(*(layers[x] for x in _stack(layers, one))) for one in letters}


def _sums(claim: Spectrum, layers: Values) -> dict[sp.Expr, sp.Expr]:
    """The sums of the claim, layer by layer."""
    return {symbol: sp.Add(*_summands(summand, layers)) for symbol, summand in claim.sums}


def _summands(summand: sp.Expr, layers: Values) -> Sequence[sp.Expr]:
    (generic,) = summand.atoms(sp.Indexed)
    return [summand.xreplace({generic: layers[x]}) for x in _stack(layers, str(generic.base))]
