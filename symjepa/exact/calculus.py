r"""Derivatives by structure.

Soundness: each rule is the textbook rule of its node, for real arguments.  `derivative(e, x)` is the derivative of e
wherever the conditions of `normal(e)` and of `normal(derivative(e, x))` hold: these are open conditions (bases and
arguments positive, divisors non-zero, on compact ranges), so e is defined and smooth around such a point.  Bounds of
sums must be free of x; under an integral sign the derivative of the integrand is continuous where its own conditions
hold (Leibniz).  Integer symbols are refused: nothing is differentiated along the integers.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from symjepa.errors import OutsideFragment
from symjepa.exact.sums import fresh, peeled, substitute

ZERO, ONE = sp.Integer(0), sp.Integer(1)


def derivative(expr: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """The derivative of expr by the free symbol x."""
    if not isinstance(x, sp.Symbol) or x.is_integer:
        raise OutsideFragment(f"a real symbol to differentiate by is needed, but got {x}", node=x)
    return _derivative(expr, x)


def along(expr: sp.Expr, rates: Mapping[sp.Symbol, sp.Expr], time: sp.Symbol | None = None) -> sp.Expr:
    """The derivative of expr along the flow ds/dt = rates[s], with explicit time if expr has any."""
    terms = [derivative(expr, s) * rate for s, rate in rates.items() if s in expr.free_symbols]
    return sp.Add(*terms, derivative(expr, time) if time is not None else ZERO)


def _derivative(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    if e == x:
        return ONE
    if x not in e.free_symbols:
        return ZERO
    for kind, rule in _RULES:
        if isinstance(e, kind):
            return rule(e, x)
    raise OutsideFragment(f"a node with a known derivative is needed, but got {type(e).__name__} in {e}", node=e)


def _of_sum(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    return sp.Add(*(_derivative(a, x) for a in e.args))


def _of_product(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    args = e.args
    return sp.Add(*(sp.Mul(*args[:i], _derivative(a, x), *args[i + 1 :]) for i, a in enumerate(args)))


def _of_power(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    b, p = e.base, e.exp
    by_base = sp.Mul(p, sp.Pow(b, p - 1), _derivative(b, x))
    if x not in p.free_symbols:
        return by_base
    return by_base + sp.Mul(e, sp.log(b), _derivative(p, x))


def _of_exp(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    return e * _derivative(e.exp, x)  # not e.args[0]: an unevaluated Pow(E, x) counts as exp


def _of_log(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    if len(e.args) != 1:
        raise OutsideFragment(f"a natural logarithm is needed, but got {e}", node=e)
    return _derivative(e.args[0], x) / e.args[0]


def _of_lambertw(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    if any(a != 0 for a in e.args[1:]):
        raise OutsideFragment(f"the principal branch of LambertW is needed, but got {e}", node=e)
    return e * _derivative(e.args[0], x) / (e.args[0] * (1 + e))


def _of_finite_sum(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    body, limit = _opened(e, x)
    if any(x in b.free_symbols for b in limit[1:]):
        raise OutsideFragment(f"bounds free of {x} are needed, but got {e}", node=e)
    return sp.Sum(_derivative(body, x), limit)


def _of_integral(e: sp.Expr, x: sp.Symbol) -> sp.Expr:
    body, (s, lo, hi) = _opened(e, x)
    inner = _derivative(body, x)
    ends = [sign * substitute(body, {s: end}) * _derivative(end, x) for sign, end in ((1, hi), (-1, lo))]
    return sp.Add(*ends, sp.Integral(inner, (s, lo, hi)) if inner != 0 else ZERO)


def _opened(e: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Tuple]:
    """Body and outermost limit, the bound symbol renamed if it is x itself."""
    body, limit = peeled(e)
    if len(limit) != 3:
        raise OutsideFragment(f"both bounds are needed, but got {e}", node=e)
    if limit[0] != x:
        return body, limit
    new = fresh(x)
    return substitute(body, {x: new}), sp.Tuple(new, *limit[1:])


_RULES = (
    (sp.Add, _of_sum),
    (sp.Mul, _of_product),
    (sp.exp, _of_exp),
    (sp.Pow, _of_power),
    (sp.log, _of_log),
    (sp.LambertW, _of_lambertw),
    (sp.Sum, _of_finite_sum),
    (sp.Integral, _of_integral),
)
