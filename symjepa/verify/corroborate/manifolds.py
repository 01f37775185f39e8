"""Whether a manifold is invariant, measured: the whole flow integrated from it, and how far it has left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp
from flint import arb

from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Restricted
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
