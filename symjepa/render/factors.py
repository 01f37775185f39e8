r"""How a reader takes a product apart: its sign, what stands above and below the line, in which order.

Nothing is simplified: a minus is taken out of a sum that holds nothing else, roots stand under one sign, and that is
all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from symjepa.render.notation import SQUARES, split_name
from symjepa.symbols import meaning

_LAST_IN_SUM = {"sigma2": 2, "sigma2_y": 3, "tau": 4, "eta": 5}
_DEPTHS, _RATES = ["K", "L", "l", "k", "j", "n"], ["alpha", "tau", "eta"]
_DATA, _AMPLITUDES = ["lam", "sigma2", "sigma2_y", "rho"], ["b", "s", "v", "w", "u"]


def is_negative(expr: sp.Expr) -> bool:
    """Whether a minus stands before an expression."""
    return signed(expr)[0]


def signed(expr: sp.Expr) -> tuple[bool, sp.Expr]:
    """Whether a minus stands before an expression, and what stands behind it: a(-b - c) is -a(b + c)."""
    if expr.is_Number:
        return bool(expr.is_negative), abs(expr)
    turned = [factor for factor in sp.Mul.make_args(expr) if _turns(factor)] if expr.is_Mul else []
    if not turned:
        return False, expr
    kept = [-factor if factor in turned else factor for factor in expr.args]
    return len(turned) % 2 == 1, sp.Mul(*kept)


def _turns(factor: sp.Expr) -> bool:
    """A negative number, or a sum of nothing but negative terms."""
    if factor.is_Add:
        return all(map(is_negative, factor.args))
    return bool(factor.is_Number and factor.is_negative)


def _gathered(expr: sp.Expr) -> list[sp.Expr]:
    """The factors of a product, powers of one letter as one: SymPy keeps `c` and `c**(m - 1)` apart."""
    exponents: dict[sp.Expr, sp.Expr] = {}
    others: list[sp.Expr] = []
    for factor in sp.Mul.make_args(expr):
        base, exponent = factor.as_base_exp()
        if base.is_Symbol:
            exponents[base] = exponents.get(base, sp.S.Zero) + exponent
        else:
            others.append(factor)
    return [*others, *(sp.Pow(base, exponent) for base, exponent in exponents.items() if exponent != 0)]


def split_factors(expr: sp.Expr) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """Factors above and below the line of a fraction."""
    above, below = [], []
    for factor in _gathered(expr):
        base, exponent = factor.as_base_exp()
        if factor.is_Rational and not factor.is_Integer:
            above += [sp.Integer(factor.p)] if factor.p != 1 else []
            below.append(sp.Integer(factor.q))
        elif not factor.is_Number and base != sp.E and is_inverse(factor):
            below.append(sp.Pow(base, -exponent))
        else:
            above.append(factor)
    return above, below


def is_tall(factor: sp.Expr) -> bool:
    """Whether a factor would be set small in a fraction: a finite sum, an integral, or a sum that holds one."""
    inside = factor.args if factor.is_Add else (factor,)
    return any(isinstance(part, sp.Sum | sp.Integral) for one in inside for part in sp.Mul.make_args(one))


def one_root(above: Sequence[sp.Expr], below: Sequence[sp.Expr]) -> tuple[list[sp.Expr], list[sp.Expr]]:
    r"""Square roots under one sign where one of them is of an inverse: $\sqrt a \sqrt{1/b}$ is $\sqrt{a/b}$.

    Each radicand of a formula that is defined is nonnegative, and the root of a product is then that of its factors.
    """
    roots = [factor for factor in above if _is_root(factor)]
    if len(roots) < 2 or not any(is_inverse(factor.base) for factor in roots):
        return list(above), list(below)
    inside = sp.Mul(*(factor.base for factor in roots), evaluate=False)
    kept = [factor for factor in above if factor not in roots]
    return [*kept, sp.Pow(inside, sp.S.Half, evaluate=False)], list(below)


def _is_root(factor: sp.Expr) -> bool:
    return bool(factor.is_Pow and factor.exp == sp.S.Half and getattr(factor.base, "name", "") not in SQUARES)


def is_inverse(expr: sp.Expr) -> bool:
    """A power whose exponent has a minus before it, or nothing but terms that have."""
    exponent = expr.as_base_exp()[1]
    return is_negative(exponent) or (exponent.is_Add and _turns(exponent))


def as_products(factor: sp.Expr) -> list[sp.Expr]:
    """An exponential of sums of logarithms as the products that it is; any other factor by itself."""
    if not isinstance(factor, sp.exp):
        return [factor]
    rest, products = [], []
    for term in sp.Add.make_args(factor.exp):
        weight, total = term.as_coeff_Mul()
        if isinstance(total, sp.Sum) and isinstance(total.function, sp.log):
            products.append(sp.Product(sp.Pow(total.function.args[0], weight), *total.limits))
        else:
            rest.append(term)
    return [*([sp.exp(sp.Add(*rest))] if rest else []), *products] if products else [factor]


def _names(expr: sp.Expr) -> set[str]:
    return {str(symbol.base) if isinstance(symbol, sp.Indexed) else str(symbol) for symbol in expr.free_symbols}


def term_key(term: sp.Expr) -> tuple[bool, bool, int, Any]:
    """The place of a summand: drive before damping, numbers last."""
    rank = max((_LAST_IN_SUM.get(name, 0) for name in _names(term)), default=0)
    return is_negative(term), bool(term.is_number), rank, term.sort_key()


def factor_key(factor: sp.Expr) -> tuple[int, int, str]:
    """The place of a factor: numbers, depths, parameters, other letters, amplitudes, time, brackets."""
    base, exponent = factor.as_base_exp()
    if base.is_Number:
        return 0, 0, str(base)
    name = split_name(base)[0] if base.is_Symbol or isinstance(base, sp.Indexed) else ""
    name = base.name if base.is_Symbol and base.name in SQUARES else name
    for rank, group in ((1, _DEPTHS), (2, _RATES), (3, _DATA), (5, _AMPLITUDES), (10, ["t"])):
        if name in group:
            return rank, group.index(name), str(base)
    if isinstance(base, (sp.Product, sp.Sum)):
        return 8, _AMPLITUDES.index(split_name(base.function)[0]) if meaning(base.function) else 9, str(base)
    return (4 if name and exponent != sp.S.Half else 7), 0, str(base)


def neighbours(first: sp.Expr, second: sp.Expr) -> bool:
    """Whether two products of one family run below and above one layer, and so over all others."""
    if not (isinstance(first, sp.Product) and isinstance(second, sp.Product)) or first.function != second.function:
        return False
    (_, low, high), (_, start, _) = sorted((first.limits[0], second.limits[0]), key=lambda limit: limit[1] != 1)
    return bool(low == 1 and start - high == 2)
