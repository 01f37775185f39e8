"""An independent integration: Taylor series by plain recursion on the expression trees, at any precision, unproved.

It shares nothing with the enclosures but SymPy's trees: no compiled program, no Newton step, no Jacobian, no frame.
Coefficients come one at a time (the k-th of the rates gives the (k+1)-st of the state), steps are short, radii are
dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import flint
import sympy as sp
from flint import arb, arb_series, fmpq

from symjepa.modes.reduction import ModeFlow

Numbers = dict[sp.Expr, arb]


def integrated(
    modes: ModeFlow, values: Mapping[str, sp.Expr], start: Mapping[str, sp.Expr], time: Fraction | int, digits: int
) -> Numbers:
    """The state at a time, with errors of about 10^-digits relative to the largest amplitude."""
    bits, order = int(3.33 * digits) + 60, int(1.3 * digits) + 20
    before = flint.ctx.prec, flint.ctx.cap
    flint.ctx.prec, flint.ctx.cap = bits, order + 2
    try:
        constants = {x: _number(values[str(x)]) for x in modes.parameters}
        state = {x: _number(start[str(x)]).mid() for x in modes.state}
        left = arb(fmpq(*Fraction(time).as_integer_ratio()))
        while left > 0:
            series = _series(modes, constants, state, order)
            h = min(_radius(series, digits), left, key=lambda x: float(x.mid()))
            state = {x: _value(c, h) for x, c in series.items()}
            left = (left - h).mid()
        return state
    finally:
        flint.ctx.prec, flint.ctx.cap = before


def _number(x: sp.Expr | Fraction | int) -> arb:
    exact = sp.Rational(x)
    return arb(fmpq(int(exact.p), int(exact.q)))


def _series(modes: ModeFlow, constants: Numbers, state: Numbers, order: int) -> dict[sp.Expr, list[arb]]:
    found = {x: [value] for x, value in state.items()}
    for k in range(order - 1):
        known = {x: arb_series(c, k + 1) for x, c in found.items()}
        known |= {x: arb_series([c], k + 1) for x, c in constants.items()}
        for x, rate in modes.rates.items():
            coefficients = _tree(rate, known, k + 1).coeffs()
            found[x].append((coefficients[k] / (k + 1)).mid() if len(coefficients) > k else arb(0))
    return found


def _tree(expr: sp.Expr, known: Mapping[sp.Expr, arb_series], length: int) -> arb_series:
    if expr in known:
        return known[expr]
    if expr.is_Rational:
        return arb_series([_number(expr)], length)
    if expr.is_Pow and not expr.exp.is_Integer:  # a root of a constant
        constant = _tree(expr.base, known, length).coeffs()[0]
        return arb_series([(constant.log() * _number(expr.exp)).exp()], length)
    if expr.is_Pow:
        base, result = _tree(expr.base, known, length), arb_series([1], length)
        for _ in range(int(expr.exp)):
            result = result * base
        return result
    parts = [_tree(part, known, length) for part in expr.args]
    total = parts[0]
    for part in parts[1:]:
        total = total + part if expr.is_Add else total * part
    return total


def _radius(series: Mapping[sp.Expr, list[arb]], digits: int) -> arb:
    """A step after which the last terms are below 10^-digits of the first."""
    steps = [1.0]
    for coefficients in series.values():
        for k in range(len(coefficients) - 3, len(coefficients)):
            last, top = (
                abs(coefficients[k]),
                max((abs(c) for c in coefficients[:2]), key=lambda c: float(c.log()) if c > 0 else -1e9),
            )
            if last > 0 and top > 0:
                steps.append(float(((top / last).log() / k - (digits + 8) * arb(10).log() / k).exp()))
    return arb(min(steps))


def _value(coefficients: list[arb], h: arb) -> arb:
    total = arb(0)
    for c in reversed(coefficients):
        total = total * h + c
    return total.mid()
