r"""What a claim is, and several at once.

Soundness.  Data only: a claim means what the docstring of its class says.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

Pairs = tuple[tuple[sp.Expr, sp.Expr], ...]


@dataclass(frozen=True)
class Claim:
    """A sentence that can be PROVED, REFUTED, or stay UNDECIDED."""

    def __and__(self, other: Claim) -> All:
        return All((*parts(self), *parts(other)))


@dataclass(frozen=True)
class All(Claim):
    """Every one of several claims."""

    claims: tuple[Claim, ...]


def parts(claim: Claim) -> tuple[Claim, ...]:
    """The conjuncts of a claim, in order."""
    return tuple(part for inner in claim.claims for part in parts(inner)) if isinstance(claim, All) else (claim,)


def _exact(number: sp.Expr | int) -> sp.Expr:
    return sp.Integer(number) if isinstance(number, int) else number
