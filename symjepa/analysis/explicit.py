r"""The explicit solution of an encoder of one layer in floats, a million modes at once, without integration.

$\dot x = c_1 x^{e} + c_2 x^{e+d}$ with (e - 1)/d = 1 (Lambert's case of `trajectories`; K = L = 1 among them) becomes
for $\delta = x_*^d/x^d$, in time $s = d c_1 x_*^d t$, $\dot\delta = (1 - \delta)/\delta$.  So κ(δ) = -log|1 - δ| - δ
advances by s, and what is to be inverted is

* below the fixed point, z = δ - 1 > 0: z + log z = c = -1 - κ.  Newton for log z, so that nothing overflows.  Where c
  is the small difference of large numbers (a small start, about to escape) it is formed to twice the digits;
* above it, 0 < δ < 1: κ is a sum of positive terms, κ = δ²/2 + δ³/3 + ….  Newton for δ.

Relative errors stay near 10⁻¹⁵, whatever the size of start and time; the tests compare with 50 digits.  Whether the
formula solves the flow is for the theorem `jepa-explicit-solution` (below the fixed point) and for enclosures to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import sympy as sp

from symjepa.analysis.trajectories import separable, two_terms
from symjepa.errors import InvalidNumber, OutsideFragment
from symjepa.modes.reduction import ModeFlow

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

BLOCK = 8192
"""Modes at a time: what is worked on stays in the cache."""
SMALL, TERMS = 0.05, 13
NEWTON = 8
HIGH = -(2**27)
"""A mask for the leading bits of a float: products of halves are exact, but for the last bit of the smallest."""

Evaluator: TypeAlias = "Callable[[Any, Any, Mapping[Any, Any]], Array]"


def evaluator(modes: ModeFlow) -> Evaluator:
    """x(t, start, params) as an array: times, starts and parameters (by symbol or name) broadcast; all positive.

    Raises OutsideFragment for a flow that is not Lambert's case, InvalidNumber for a start, a time or a parameter
    outside it.
    """
    import numpy as np

    flow = separable(modes)
    two = two_terms(flow) if flow is not None else None
    if flow is None or two is None or two.N != 1 or not two.d.is_Integer:
        raise OutsideFragment(
            "an explicit solution in floats needs one amplitude and rates c1 x^(d+1) + c2 x^(2d+1): an encoder of one "
            "layer in balanced coordinates, live teacher, no weight decay; others have `trajectory` or `enclose`"
        )
    own = modes.parameters
    first, second = (sp.lambdify([own], c, modules="numpy") for c in (two.c1, -two.c2))
    power = int(two.d)

    def evaluated(time: Any, start: Any, params: Mapping[Any, Any]) -> Array:
        named = {str(key): np.asarray(value, dtype=float) for key, value in params.items()}
        given = [named[str(symbol)] for symbol in own]
        arrays = [np.asarray(x, dtype=float) for x in (first(given), second(given), start, time)]
        _check(arrays)
        return _in_blocks(power, *np.broadcast_arrays(*arrays))

    return evaluated


def _check(arrays: list[Array]) -> None:
    """Positive coefficients and starts, times from 0."""
    import numpy as np

    for name, x in zip(("the drive", "the decay", "the start", "the time"), arrays, strict=True):
        good = np.isfinite(x) & ((x >= 0) if name == "the time" else (x > 0))
        if not good.all():
            needed = ">= 0" if name == "the time" else "> 0"
            raise InvalidNumber(f"{name} must be finite and {needed} everywhere; got {x[~good].flat[0]}")


def _in_blocks(power: int, c1: Array, c2: Array, start: Array, time: Array) -> Array:
    import numpy as np

    shape, flat = start.shape, [np.ascontiguousarray(x).reshape(-1) for x in (c1, c2, start, time)]
    out = np.empty(flat[2].size)
    for at in range(0, out.size, BLOCK):
        out[at : at + BLOCK] = _evaluated(power, *(x[at : at + BLOCK] for x in flat))
    return out.reshape(shape)


def _evaluated(power: int, c1: Array, c2: Array, start: Array, time: Array) -> Array:
    """x(t) = x_* δ^(-1/d)."""
    import numpy as np

    ratio = _quotient((c1, np.zeros_like(c1)), c2)  # x_*^d
    delta = ratio
    for _ in range(power):
        delta = _quotient(delta, start)
    s = _times(_times(_times(ratio, c1), time), np.full_like(c1, float(power)))
    below = delta[0] + delta[1] >= 1
    then = np.empty_like(start)
    then[below] = _below(*(x[below] for x in (*delta, *s)))
    above = ~below
    then[above] = _above(delta[0][above], s[0][above])
    value: Array = ratio[0] / then if power == 1 else (ratio[0] / then) ** (1 / power)
    return value


def _below(delta: Array, rest: Array, s: Array, s_rest: Array) -> Array:
    """δ at time s from δ ≥ 1: z + log z = z₀ + log z₀ - s."""
    import numpy as np

    z, z_rest = _sum(delta, np.full_like(delta, -1.0))
    z_rest = z_rest + rest
    with np.errstate(divide="ignore"):
        log = np.log(z) + np.divide(z_rest, z, out=np.zeros_like(z), where=z > 0)
    high, low = _sum(z, -s)
    high, more = _sum(high, np.where(np.isfinite(log), log, -800.0))
    c, low = _sum(high, low + more + z_rest - s_rest)
    return 1 + np.exp(_log_omega(c, low))


def _log_omega(c: Array, low: Array) -> Array:
    """x with e^x + x = c + low: convex, so that Newton comes down from the right and stays there."""
    import numpy as np

    x = np.where(c > 1, np.log(np.maximum(c, 1.0)), np.minimum(c, 0.0))
    for _ in range(NEWTON):
        e = np.exp(x)
        step = ((x - c) + (e - low)) / (1 + e)
        x -= step
        if not (np.abs(step) > 1e-9 * (1 + np.abs(x))).any():  # the next error is of the order of its square
            break
    return x


def _above(delta: Array, s: Array) -> Array:
    """δ at time s from 0 < δ < 1: κ(δ) = κ(δ₀) + s."""
    import numpy as np

    goal = _kappa(delta) + s
    near = np.minimum(goal, 0.5)
    root = np.sqrt(2 * near)
    x = np.where(goal < 0.5, root - 2 * near / 3 + root * near / 18, -np.expm1(-1 - goal))
    x = np.clip(x, np.finfo(float).tiny, 1.0)
    for _ in range(NEWTON):
        step = np.where(x < 1, (_kappa(np.minimum(x, 1 - 2.0**-53)) - goal) * (1 - x) / x, 0.0)
        x = np.clip(x - step, x / 2, (1 + x) / 2)
        if not (np.abs(step) > 1e-9 * x).any():
            break
    return x


def _kappa(delta: Array) -> Array:
    """-log(1 - δ) - δ, by its series where the two cancel."""
    import numpy as np

    series = np.zeros_like(delta)
    small = np.minimum(delta, SMALL)
    for n in range(TERMS, 1, -1):
        series = (series + 1 / n) * small
    return np.where(delta < SMALL, series * delta, -np.log1p(-delta) - delta)


# Twice the digits: a number as a sum of two floats (Dekker 1971).


def _sum(a: Array, b: Array) -> tuple[Array, Array]:
    whole = a + b
    part = whole - a
    return whole, (a - (whole - part)) + (b - part)


def _product(a: Array, b: Array) -> tuple[Array, Array]:
    whole = a * b
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    return whole, ((a1 * b1 - whole) + a1 * b2 + a2 * b1) + a2 * b2


def _halves(a: Array) -> tuple[Array, Array]:
    """Its leading 26 bits and the rest, by cutting: nothing overflows."""
    high = (a.view("int64") & HIGH).view("float64")
    return high, a - high


def _times(a: tuple[Array, Array], b: Array) -> tuple[Array, Array]:
    whole, rest = _product(a[0], b)
    return _sum(whole, rest + a[1] * b)


def _quotient(a: tuple[Array, Array], b: Array) -> tuple[Array, Array]:
    first = a[0] / b
    whole, rest = _product(first, b)
    return _sum(first, ((a[0] - whole) - rest + a[1]) / b)
