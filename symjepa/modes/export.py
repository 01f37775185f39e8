"""A mode flow for other programs: NumPy, SymPy, heyoka.  Derived right-hand sides; floats appear on the other side.

NumPy and heyoka are imported when they are asked for.  All three need numeric depths: build the model with numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from symjepa.errors import MissingExtra, NeedsDepth, SymjepaError
from symjepa.modes.reduction import ModeFlow
from symjepa.symbols import t

RightHandSide = Callable[[Any, Any, Mapping[sp.Symbol, Any]], Any]


def needs_numeric_depth(modes: ModeFlow) -> None:
    """Raises NeedsDepth, naming the symbol, if a depth or an index is left open."""
    depths = [family.last for family in modes.families.values()] + [x for x in modes.parameters if x.is_integer]
    for symbol in depths:
        if not symbol.is_Integer:
            raise NeedsDepth(
                f"numbers need a numeric depth, but got the symbol {symbol}: build the model with a number there, "
                "as in Encoder(3) or Predictor(2)",
                symbol=symbol,
            )


def to_numpy(modes: ModeFlow) -> RightHandSide:
    """f(t, y, params): dy/dt as an array shaped like y, whose first axis is the state; further axes run along.

    params: parameter symbol (or its name) → number or array that broadcasts against y[0].  The order of the state is
    `modes.state`. Raises NeedsDepth for a symbolic depth, and SymjepaError naming the parameter if one is missing.
    """
    import numpy as np

    needs_numeric_depth(modes)
    parameters = modes.parameters
    state = [sp.Dummy(f"y{i}") for i in range(len(modes.state))]
    rates = [rate.xreplace(dict(zip(modes.state, state, strict=True))) for rate in modes.rates.values()]
    compiled = sp.lambdify([*state, *parameters], rates, modules="numpy")

    def right_hand_side(time: Any, y: Any, params: Mapping[sp.Symbol, Any]) -> Any:
        amplitudes = np.asarray(y, dtype=float)
        values = [np.asarray(_value(params, symbol), dtype=float) for symbol in parameters]
        shape = np.broadcast_shapes(amplitudes.shape[1:], *(value.shape for value in values))
        return np.stack([np.broadcast_to(rate, shape) for rate in compiled(*amplitudes, *values)])

    return right_hand_side


def _value(params: Mapping[sp.Symbol, Any], symbol: sp.Symbol) -> Any:
    for key in (symbol, symbol.name):
        if key in params:
            return params[key]
    got = ", ".join(sorted(map(str, params))) or "nothing"
    raise SymjepaError(f"the flow needs a number for {symbol}, but params has {got}: add it", symbol=symbol)


def to_sympy(modes: ModeFlow) -> list[sp.Eq]:
    """One `Eq(Derivative(x(t), t), …)` per state symbol, its amplitudes as functions of time."""
    needs_numeric_depth(modes)
    moving = {amplitude: sp.Function(amplitude.name, real=True)(t) for amplitude in modes.state}
    rates = {x: rate.xreplace(moving) for x, rate in modes.rates.items()}
    return [sp.Eq(sp.Derivative(moving[x], t), rate, evaluate=False) for x, rate in rates.items()]


def to_heyoka(modes: ModeFlow) -> tuple[list[tuple[Any, Any]], tuple[sp.Symbol, ...]]:
    """(sys, order): sys as heyoka takes it, [(variable, rate), …], with `par[i]` for the i-th parameter in `order`.

    heyoka's `from_sympy` refuses rationals whose denominator is not a power of two, so the expression is built node
    by node.
    """
    try:
        import heyoka
    except ImportError as missing:
        raise MissingExtra("to_heyoka needs heyoka, which is not installed: pip install 'symjepa[fast]'") from missing
    needs_numeric_depth(modes)
    variables = {x: heyoka.expression(x.name) for x in modes.state}
    known = {**variables, **{symbol: heyoka.par[i] for i, symbol in enumerate(modes.parameters)}}
    system = [(variables[x], in_heyoka(rate, known)) for x, rate in modes.rates.items()]
    return system, modes.parameters


def in_heyoka(expr: sp.Expr, known: Mapping[sp.Expr, Any]) -> Any:
    """The same tree in heyoka's nodes: sums, products, powers, rational numbers.

    heyoka folds numbers in doubles: a rational that must be sharper is `known` as a parameter.
    """
    from heyoka import expression

    if expr in known:
        return known[expr]
    if expr.is_Rational:
        return expression(float(expr.p)) / float(expr.q)
    parts = [in_heyoka(part, known) for part in expr.args]
    if expr.is_Add:
        return sum(parts[1:], parts[0])
    if expr.is_Pow:
        return parts[0] ** (float(expr.exp) if expr.exp.is_Rational and expr.exp not in known else parts[1])
    if not expr.is_Mul:
        raise SymjepaError(f"heyoka gets sums, products and powers; got {expr}", expression=expr)
    product = parts[0]
    for part in parts[1:]:
        product = product * part
    return product
