r"""From claims to obligations.  The dispatch is closed: a claim without a compiler is refused, never assumed.

Soundness: see `scalars`, `motion`, `equilibria`, `comparison` and `matrices`; this file only chooses among them.  A
claim about a restricted flow takes on the premises of the rule `invariant-manifold`, as obligations like its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.words import noted
from symjepa.statements import claims
from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Restricted
from symjepa.verify.obligations import (
    bounds,
    comparison,
    equilibria,
    induction,
    matrices,
    monotone,
    motion,
    not_closed,
    plane,
    products,
    scalars,
    spectrum,
)
from symjepa.verify.obligations.kinds import Plan
from symjepa.verify.obligations.restriction import of_restriction
from symjepa.verify.rules import applied

_COMPILERS: dict[type[Claim], Callable[[Any], Plan]] = {
    claims.Identity: scalars.of_identity,
    claims.Less: scalars.of_sign,
    claims.AtMost: scalars.of_sign,
    claims.Unequal: scalars.of_unequal,
    claims.Iff: scalars.of_equivalence,
    claims.SumCloses: scalars.of_closed_sum,
    claims.Root: scalars.of_root,
    claims.Within: scalars.of_bound,
    claims.LossIs: matrices.of_loss,
    claims.Moves: motion.of_motion,
    claims.Conserved: motion.of_conserved,
    claims.Solves: motion.of_solution,
    claims.Implicit: motion.of_implicit,
    claims.Hits: motion.of_hitting_time,
    claims.Zeros: equilibria.of_zeros,
    claims.Linearized: equilibria.of_linearized,
    claims.Spectrum: spectrum.of_spectrum,
    claims.Invariant: equilibria.of_invariant,
    claims.Converges: equilibria.of_convergence,
    claims.Attracts: comparison.of_attraction,
    claims.Dominated: comparison.of_domination,
    claims.ConvergesBetween: monotone.of_convergence_between,
    claims.Ordered: monotone.of_order,
    claims.Separates: plane.of_separation,
    claims.WordIdentity: matrices.of_word_identity,
    claims.Drift: matrices.of_drift,
    claims.Decays: matrices.of_decay,
    claims.Dissipates: matrices.of_dissipation,
    claims.Decouples: matrices.of_decoupling,
    claims.TargetNoise: bounds.of_target_noise,
    claims.Lasts: bounds.of_lasting,
    claims.ByInduction: induction.of_induction,
    claims.ProductMoves: products.of_product,
    claims.NotClosed: not_closed.of_not_closed,
}


def compiled(claim: Claim) -> Plan:
    """The plan of one claim (not of a conjunction); a claim that was compiled keeps its plan, fresh symbols and all.

    A plan is a function of its claim but for the names of fresh symbols, which each obligation quantifies by itself:
    what is learned from a claim speaks of the claim's own symbols alone.
    """
    return _remembered(claim, noted(claim)) if _hashable(claim) else _compiled(claim)


def _hashable(claim: Claim) -> bool:
    """Whether a claim holds what it should; one with a list inside is for its compiler to refuse."""
    try:
        hash(claim)
    except TypeError:
        return False
    return True


@lru_cache(maxsize=2_000)
def _remembered(claim: Claim, needs: tuple[frozenset[sp.Expr], ...]) -> Plan:
    """Claims about equal words that need more for a meaning are told apart (`noted`)."""
    return _compiled(claim)


def _compiled(claim: Claim) -> Plan:
    if type(claim) not in _COMPILERS:
        raise BadDerivation(
            f"{type(claim).__name__} cannot stand as a claim; the claims are"
            f" {', '.join(c.__name__ for c in _COMPILERS)}"
        )
    return _grounded(_COMPILERS[type(claim)](claim), claim)


def _grounded(plan: Plan, claim: Claim) -> Plan:
    """The plan, and that every manifold on which it stands is invariant."""
    for flow in dict.fromkeys(_restrictions(claim)):
        manifold = of_restriction(flow)
        applied("invariant-manifold", tuple(line.premise for line in manifold))
        plan = replace(plan, obligations=(*plan.obligations, *manifold))
    return plan


def _restrictions(thing: Any) -> Iterator[Restricted]:
    """Every restricted flow inside a claim, however deep."""
    if isinstance(thing, Restricted):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _restrictions(part)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from _restrictions(getattr(thing, field.name))
