"""Envelopes C·time^(-p) and C·exp(-c·time): that they vanish, as claims for the kernel."""

from __future__ import annotations

import sympy as sp

from symjepa.exact.calculus import derivative
from symjepa.exact.sums import substitute
from symjepa.statements.claims import Claim, Identity, Less


def tends_to_zero(bound: sp.Expr, time: sp.Symbol) -> tuple[tuple[Claim, ...], bool]:
    """Shown through the relative growth of the bound, -p/time or -c, with p or c positive; else two late values are
    compared.

    What does not depend on time is hidden behind letters (positive factors, real exponents), so that its shape does
    not matter: the identity then holds for all letters, and each factor is shown to be positive.
    """
    letters: dict[sp.Symbol, sp.Expr] = {}
    hidden = _hidden(bound, time, letters)
    growth = _relative_growth(hidden, time)
    for weight in (time, sp.S.One):
        speed = -sp.expand(weight * growth)  # found here, checked by the kernel
        if time not in speed.free_symbols and speed != 0:
            positive = (Less(0, value) for letter, value in letters.items() if letter.is_positive)
            same = Identity(weight * derivative(hidden, time), -speed * hidden)
            return (*positive, Less(0, substitute(speed, letters)), same), True
    late = {time: sp.Integer(10) ** 60}
    return (Less(substitute(bound, late), substitute(bound, {time: sp.S.One}) / 1000),), False


def _hidden(expr: sp.Expr, time: sp.Symbol, letters: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The expression with everything that does not depend on time behind a letter."""
    if time not in expr.free_symbols:
        return _letter(expr, letters, positive=True)
    if expr == time:
        return time
    if expr.is_Mul:
        fixed, moving = expr.as_independent(time)
        sign = -1 if fixed.could_extract_minus_sign() else 1
        inside = (_hidden(factor, time, letters) for factor in sp.Mul.make_args(moving))
        return sp.Mul(sign, _letter(sign * fixed, letters, positive=True), *inside)
    if expr.is_Pow and expr.base is not sp.E and time not in expr.exp.free_symbols:
        return _hidden(expr.base, time, letters) ** _letter(expr.exp, letters, positive=None)
    return expr.func(*(_hidden(part, time, letters) for part in expr.args))


def _letter(value: sp.Expr, letters: dict[sp.Symbol, sp.Expr], positive: bool | None) -> sp.Expr:
    """A letter for a value, the same one for the same value; numbers stay."""
    if value.is_Number:
        return value
    known = next((letter for letter, held in letters.items() if held == value and letter.is_positive == positive), None)
    letter = known or sp.Dummy("c" if positive else "e", real=True, **({"positive": True} if positive else {}))
    letters[letter] = value
    return letter


def _relative_growth(expr: sp.Expr, time: sp.Symbol) -> sp.Expr:
    """The derivative over the value, factor by factor, so that powers of whole expressions cancel."""
    if time not in expr.free_symbols:
        return sp.S.Zero
    if expr.is_Mul:
        return sp.Add(*(_relative_growth(factor, time) for factor in expr.args))
    if isinstance(expr, sp.exp):
        return derivative(expr.args[0], time)
    if expr.is_Pow and time not in expr.exp.free_symbols:
        return expr.exp * _relative_growth(expr.base, time)
    return derivative(expr, time) / expr
