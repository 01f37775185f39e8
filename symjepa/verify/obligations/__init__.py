r"""From claims to obligations.  The dispatch is closed: a claim without a compiler is refused, never assumed.

Soundness: see `scalars`, `motion`, `equilibria` and `matrices`; this file only chooses among them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symjepa.errors import BadDerivation
from symjepa.statements import claims
from symjepa.statements.claims import Claim
from symjepa.verify.obligations import equilibria, matrices, motion, scalars
from symjepa.verify.obligations.kinds import Plan

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
    claims.Invariant: equilibria.of_invariant,
    claims.Converges: equilibria.of_convergence,
    claims.WordIdentity: matrices.of_word_identity,
    claims.Drift: matrices.of_drift,
    claims.Dissipates: matrices.of_dissipation,
    claims.Decouples: matrices.of_decoupling,
}


def compiled(claim: Claim) -> Plan:
    """The plan of one claim (not of a conjunction)."""
    if type(claim) not in _COMPILERS:
        raise BadDerivation(
            f"{type(claim).__name__} cannot stand as a claim; the claims are"
            f" {', '.join(c.__name__ for c in _COMPILERS)}"
        )
    return _COMPILERS[type(claim)](claim)
