"""How long the encoder amplitude of a mode takes from one value to another: exact by separation, or an integral."""

from __future__ import annotations

import sympy as sp

from symjepa.analysis.proposals import Trajectory
from symjepa.analysis.trajectories import separable, time_of
from symjepa.errors import OutsideFragment
from symjepa.exact.facts import Fact
from symjepa.modes.reduction import ModeFlow
from symjepa.symbols import t


def hitting_time(modes: ModeFlow, start: sp.Expr, stop: sp.Expr) -> Trajectory:
    """The time from w = start to w = stop, for the encoder amplitude w (the product over its layers, never u).

    Exact where the flow separates into elementary functions, else an unevaluated integral over the flow's own variable.
    Raises OutsideFragment for a system of more than one variable, which no separation solves.
    """
    flow = separable(modes)
    if flow is None:
        raise OutsideFragment(
            f"a hitting time needs a flow in one variable; got {', '.join(map(str, modes.state))}: "
            "use balanced coordinates with a live or frozen teacher or the data target",
            state=modes.state,
        )
    depth = modes.source.model.encoder.depth if modes.coordinates == "balanced" else sp.S.One
    first, last = (sp.sympify(amplitude) ** (1 / depth) for amplitude in (start, stop))
    ends = tuple(Fact(sp.sympify(amplitude), "positive") for amplitude in (start, stop))
    known = time_of(modes)
    if known is None:
        time = sp.Integral(1 / flow.rate, (flow.x, first, last))
        return Trajectory("implicit", (t, time), time, "separation; the integral has no elementary form here", ends)
    time = _at(known.value, flow.x, last) - _at(known.value, flow.x, first)
    needs = tuple(Fact(_at(f.expr, flow.x, x), f.kind) for f in known.valid_if for x in (first, last))
    return Trajectory("implicit", (t, time), time, known.why, (*ends, *dict.fromkeys(needs)))


def _at(expr: sp.Expr, x: sp.Symbol, value: sp.Expr) -> sp.Expr:
    return expr.subs(x, value)
