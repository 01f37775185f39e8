"""Whether a manifold is invariant, measured: the whole flow integrated from it, and how far it has left.

Layers that one clock moves are such a manifold of the flow of all layers, which knows nothing of the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import sympy as sp
from flint import arb

from symjepa.exact.sequences import INDEX
from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Modes, Restricted
from symjepa.symbols import chi, layer_amplitude
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured
from symjepa.verify.corroborate.integrate import trajectory
from symjepa.verify.corroborate.modes import Start, brief, numeric, readings, starts, value_at
from symjepa.verify.kernel.decide import Context

POINTS = 3


def of_manifold(claim: Claim, context: Context, seed: int) -> Iterator[Agreement]:
    """The eliminated amplitudes along the whole flow, which knows nothing of the manifold."""
    flow = getattr(claim, "flow", None)
    if isinstance(flow, Restricted):
        exprs = [value for _, value in flow.eliminated]
        found = starts(flow, exprs, context.facts, POINTS, seed)
        yield agreement("Restricted: whole mode flow integrated", readings(_stays(flow, start) for start in found))


def _stays(flow: Restricted, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        whole, kept = numeric(flow.whole, start.point), dict(zip(start.flow.state, start.numbers, strict=True))
        begun = tuple(kept[x] if x in kept else _on(flow, start, x, kept) for x in whole.state)
        (ended,) = trajectory(whole.rate, begun, [brief(start) / 2])
        state = dict(zip(whole.state, ended, strict=True))
        for x, _ in flow.eliminated:
            yield measured(state[x], _on(flow, start, x, state), str(start))

    return found


def _on(flow: Restricted, start: Start, x: sp.Expr, state: dict[sp.Symbol, arb]) -> arb:
    """The value that an eliminated amplitude has on the manifold."""
    left = {y: value for y, value in state.items() if y in start.flow.state}
    return value_at(dict(flow.eliminated)[x], start.point, left).mid()


def of_clock(claim: Claim, context: Context, seed: int) -> Iterator[Agreement]:
    """The squares of all layers along the flow of layers, against the clock."""
    flow = getattr(claim, "flow", None)
    if isinstance(flow, Modes) and flow.coordinates == "clock":
        found = starts(flow, (), context.facts, POINTS, seed)
        yield agreement("Clock: flow of all layers integrated", readings(_keeps_time(flow, start) for start in found))


def _keeps_time(flow: Modes, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        layers, squares = numeric(Modes(flow.model, "layers", flow.values), start.point), _squares(flow, start)
        begun = tuple(value_at(squares[x], start.point, {chi: start.numbers[0]}).sqrt().mid() for x in layers.state)
        time = [brief(start) / 2]
        ((shown,),), (ended,) = trajectory(start.flow.rate, start.numbers, time), trajectory(layers.rate, begun, time)
        for x, amplitude in zip(layers.state, ended, strict=True):
            yield measured(amplitude**2, value_at(squares[x], start.point, {chi: shown}).mid(), str(start))

    return found


def _squares(flow: Modes, start: Start) -> Mapping[sp.Expr, sp.Expr]:
    """The square of every layer as the clock has it."""
    model, squares = flow.model, {}
    depths = (model.encoder.depth, model.predictor.depth)
    for family, depth, rate, offsets in zip("wv", depths, (sp.S.One, model.predictor_rate), flow.sizes, strict=True):
        for number in map(sp.Integer, range(1, int(depth.xreplace(dict(start.point))) + 1)):
            offset = offsets[0 if number == 1 else -1].xreplace({INDEX: number})
            squares[layer_amplitude(family, number)] = rate * (chi + offset)
    return squares
