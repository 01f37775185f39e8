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
from symjepa.errors import SymjepaError
from symjepa.exact.balls import ball, precision
from symjepa.modes.reduction import ModeFlow
from symjepa.verify.corroborate.enclose.result import Enclosure, Node, opened


class BrokenEnclosure(Exception):
    """A first integral that does not hold along an enclosure: an internal error."""


@dataclass(frozen=True, slots=True)
class Held:
    """A conserved (or decaying) quantity, and whether the enclosure contains its start value at the end."""

    law: Invariant
    contains_start: bool


@lru_cache(maxsize=64)
def laws(modes: ModeFlow) -> tuple[Invariant, ...]:
    """What the analysis finds, once per flow."""
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
    bits, values = enclosure.bits + 64, dict(enclosure.parameters)
    quantity, rate = law.quantity.xreplace(values), sp.sympify(law.rate).xreplace(values)
    first, here = (_point(enclosure, n) for n in (enclosure.nodes[0], at))
    factor = (ball(rate, first, bits) * arb(fmpq(*at.time.as_integer_ratio()))).exp()
    return bool((ball(quantity, first, bits) * factor).overlaps(ball(quantity, here, bits)))


def _point(enclosure: Enclosure, at: Node) -> dict[sp.Expr, arb]:
    return dict(zip(enclosure.variables, opened(at).hull(), strict=True))


__all__ = ["BrokenEnclosure", "Held", "check_integrals", "held_integrals", "laws"]
