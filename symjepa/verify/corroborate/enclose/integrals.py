r"""First integrals along an enclosure: what the analysis found must contain its start value, at every node.

q(x(t)) = q(x(0)) e^{rate·t}.  Both sides are balls, so they must overlap; if they do not, either the enclosure or the
law is false, and nobody should see either: `BrokenEnclosure` is our own error, not the user's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy as sp
from flint import arb, fmpq

from symjepa.analysis.invariants import invariants
from symjepa.analysis.proposals import Invariant
from symjepa.errors import OutsideFragment, SymjepaError, Undefined
from symjepa.exact.balls import ball, precision
from symjepa.modes.reduction import ModeFlow
from symjepa.verify.corroborate.enclose.field import Flow, Program, compiled, terms
from symjepa.verify.corroborate.enclose.result import Enclosure, Node, opened


class BrokenEnclosure(Exception):
    """A first integral that does not hold along an enclosure: an internal error."""


@dataclass(frozen=True, slots=True)
class Held:
    """A conserved (or decaying) quantity, and whether the enclosure contains its start value at the end."""

    law: Invariant
    contains_start: bool


@lru_cache(maxsize=64)
def laws(modes: Flow) -> tuple[Invariant, ...]:
    """What the analysis finds, once per flow; nothing for bare equations, whose origin it does not know."""
    if not isinstance(modes, ModeFlow):
        return ()
    try:
        return invariants(modes)
    except SymjepaError:
        return ()


def check_integrals(enclosure: Enclosure) -> None:
    """Every law at every node.  Raises BrokenEnclosure."""
    for held in held_integrals(enclosure, enclosure.nodes[1:]):
        if not held.contains_start:
            raise BrokenEnclosure(
                f"{held.law.quantity} leaves its start value along an enclosure of\n{enclosure.modes}"
            )


def held_integrals(enclosure: Enclosure, nodes: tuple[Node, ...] | None = None) -> tuple[Held, ...]:
    """The laws at the last node, or at all of the given ones."""
    nodes = enclosure.nodes[-1:] if nodes is None else nodes
    with precision(enclosure.bits + 64):
        return tuple(Held(law, all(_holds(enclosure, law, n) for n in nodes)) for law in laws(enclosure.modes))


def _holds(enclosure: Enclosure, law: Invariant, at: Node) -> bool:
    """Whether the two balls overlap; a box so wide that the quantity is undefined on it violates nothing."""
    values, bits = dict(enclosure.parameters), enclosure.bits + 64
    first, here = (dict(zip(enclosure.variables, opened(n).hull(), strict=True)) for n in (enclosure.nodes[0], at))
    quantity, rate = law.quantity.xreplace(values), sp.sympify(law.rate).xreplace(values)
    try:
        factor = (ball(rate, first, bits) * arb(fmpq(*at.time.as_integer_ratio()))).exp()
        return bool((_value(quantity, first, bits) * factor).overlaps(_value(quantity, here, bits)))
    except Undefined:
        return True


def _value(quantity: sp.Expr, point: dict[sp.Expr, arb], bits: int) -> arb:
    """A polynomial by products only, for FLINT's power of a ball around 0 is not a number; others node by node."""
    try:
        coefficients, program = _compiled(quantity, tuple(point))
    except OutsideFragment:
        return ball(quantity, point, bits)
    found = program([ball(c, {}, bits) for c in coefficients], arb(1), point.values())
    value: arb = found.get((0,), arb(0))
    return value


@lru_cache(maxsize=256)
def _compiled(quantity: sp.Expr, variables: tuple[sp.Expr, ...]) -> tuple[tuple[sp.Expr, ...], Program]:
    coefficients: dict[sp.Expr, int] = {}
    program = compiled({(0,): terms(quantity, quantity, variables, coefficients)})
    return tuple(coefficients), program


__all__ = ["BrokenEnclosure", "Held", "check_integrals", "held_integrals", "laws"]
