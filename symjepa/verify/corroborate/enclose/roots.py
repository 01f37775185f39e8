r"""Flows with roots of positive amplitudes, as polynomial flows: with x = y^q every x^(p/q) is a whole power of y.

Coordinates that are products of many equal layers have such rates, $\dot w = L\,w^{2-2/L}(\dots)$, and an enclosure
needs polynomials.  Soundness: on x > 0, y = x^(1/q) is a smooth change of variable, with $\dot y = \dot x\,y^{1-q}/q$;
where that is no polynomial, `field` refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm

import sympy as sp
from flint import arb

from symjepa.errors import OutsideFragment
from symjepa.verify.corroborate.enclose.field import System


@dataclass(frozen=True, slots=True)
class Unrooted:
    """A polynomial system in y, and the powers q for which x = y^q."""

    system: System
    powers: tuple[int, ...]

    def start(self, values: Mapping[sp.Expr, sp.Expr], state: tuple[sp.Expr, ...]) -> dict[sp.Expr, sp.Expr]:
        """The start in y."""
        roots = (sp.Pow(values[x], sp.Rational(1, q)) for x, q in zip(state, self.powers, strict=True))
        return dict(zip(self.system.state, roots, strict=True))

    def back(self, balls: Mapping[sp.Expr, arb], state: tuple[sp.Expr, ...]) -> dict[sp.Expr, arb]:
        """Balls around x from balls around y."""
        return {x: balls[y] ** q for x, y, q in zip(state, self.system.state, self.powers, strict=True)}


def unrooted(equations: tuple[tuple[sp.Expr, sp.Expr], ...]) -> Unrooted:
    """The equations in y; those without roots stay what they are.  Raises OutsideFragment for an irrational power."""
    powers = tuple(_power(x, [rate for _, rate in equations]) for x, _ in equations)
    fresh = [x if q == 1 else sp.Dummy(f"{x}", positive=True) for (x, _), q in zip(equations, powers, strict=True)]
    into = {x: y**q for (x, _), y, q in zip(equations, fresh, powers, strict=True) if q != 1}
    own = tuple(
        (y, rate if not into else sp.expand(rate.xreplace(into) * y ** (1 - q) / q))
        for (_, rate), y, q in zip(equations, fresh, powers, strict=True)
    )
    return Unrooted(System(own), powers)


def _power(x: sp.Expr, rates: list[sp.Expr]) -> int:
    """The least q for which all exponents of x in the rates are whole multiples of 1/q."""
    q = 1
    for power in {p for rate in rates for p in rate.atoms(sp.Pow) if p.base == x}:
        if not power.exp.is_Rational:
            raise OutsideFragment(f"a rational power of {x} is needed, but got {power}", node=power)
        q = lcm(q, int(power.exp.q))
    return q
