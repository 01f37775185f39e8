r"""Corroboration: independent numerics that agree or disagree with a theorem, and never prove it.

`corroborate(theorem)` takes each conjunct of the claim by its kind and computes it another way.  Trajectories of modes
are enclosed from their right-hand sides alone (`enclosures`: a claim agrees where its balls overlap, to the digits that
the radii leave), and integrated as layers of width > 1; hitting times are rigorous integrals, fixed points certified
roots, rates certified eigenvalues of the variational equation.  Words are evaluated on random exact matrices, and along
layers that move by backpropagation from starts that nothing aligns (`layers`).  Nothing that decides a claim in the
kernel (normal forms, symbolic derivatives, certificates) is used, save to decide which points lie in the domain.  The
same seed gives the same agreements, on every machine.

A new claim needs one line below: a function of the claim, the context of its hypotheses and a seed that yields
agreements.  `modes.starts` draws points and starts, `enclosures.along_modes` and `by_way` follow them,
`equilibria.approach` sees whether they arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.balls import precision
from symjepa.statements import claims
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Conjecture, Instance, Statement, Theorem
from symjepa.verify.corroborate import (
    comparison,
    dynamics,
    equilibria,
    hitting,
    manifolds,
    monotone,
    motion,
    plane,
    products,
    rates,
    scalars,
    spectrum,
    words,
)
from symjepa.verify.corroborate.agreement import MOST, NEEDED, Agreement, agreement, merged
from symjepa.verify.corroborate.draw import around
from symjepa.verify.corroborate.integrate import BITS
from symjepa.verify.hypotheses import context_of
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import Point
from symjepa.verify.kernel.sequences import particular
from symjepa.verify.unfolding import unfolded

__all__ = ["MOST", "NEEDED", "Agreement", "corroborate", "corroborated"]

Corroborator = Callable[[Any, Context, int], Iterator[Agreement]]

CORROBORATORS: dict[type[Claim], Corroborator] = {
    claims.Identity: scalars.of_identity,
    claims.Less: scalars.of_sign,
    claims.AtMost: scalars.of_sign,
    claims.Unequal: scalars.of_sign,
    claims.Iff: scalars.of_equivalence,
    claims.SumCloses: scalars.of_closed_sum,
    claims.Root: scalars.of_root,
    claims.Within: scalars.of_bound,
    claims.Conserved: dynamics.of_conserved,
    claims.Moves: motion.of_motion,
    claims.LossIs: motion.of_loss,
    claims.Solves: dynamics.of_solution,
    claims.Implicit: dynamics.of_implicit,
    claims.Hits: hitting.of_hitting_time,
    claims.Zeros: equilibria.of_zeros,
    claims.Linearized: rates.of_linearized,
    claims.Spectrum: spectrum.of_spectrum,
    claims.Invariant: dynamics.of_invariant,
    claims.Converges: equilibria.of_convergence,
    claims.Attracts: comparison.of_attraction,
    claims.Dominated: comparison.of_domination,
    claims.ConvergesBetween: monotone.of_convergence_between,
    claims.Ordered: monotone.of_order,
    claims.Separates: plane.of_separation,
    claims.WordIdentity: words.of_word_identity,
    claims.Drift: words.of_drift,
    claims.Decays: products.of_decay,
    claims.Dissipates: words.of_dissipation,
    claims.Decouples: words.of_decoupling,
    claims.ByInduction: products.of_induction,
    claims.ProductMoves: products.of_product,
    claims.NotClosed: products.of_not_closed,
    claims.Lasts: products.of_lasting,
    claims.TargetNoise: products.of_target_noise,
}


def corroborate(theorem: Theorem | Conjecture, seed: int = 0) -> tuple[Agreement, ...]:
    """One agreement for each kind of computation that the conjuncts of the claim allow, each the worst of its kind."""
    statement = unfolded(theorem.statement)
    context = context_of(statement.hypotheses)
    with around(_witnesses(statement)):
        return merged(found for part in parts(statement.claim) for found in corroborated(part, context, seed))


def _witnesses(statement: Statement) -> list[Point]:
    """The exact points of the witness, as far as it is one of numbers."""
    several = statement.witness if isinstance(statement.witness, tuple) else (statement.witness,)
    points = (one.numbers if isinstance(one, Instance) else one for one in several)
    return [{symbol: sp.Rational(value) for symbol, value in point.items()} for point in points]


def corroborated(claim: Claim, context: Context, seed: int = 0) -> tuple[Agreement, ...]:
    """The agreements of one claim (not of a conjunction) under the hypotheses of a context."""
    (claim, context), _ = next(particular((claim, context)))
    kind = type(claim).__name__
    if type(claim) not in CORROBORATORS:
        return (agreement(f"{kind}: no independent numerics", ()),)
    with precision(BITS):
        try:
            beside = (*manifolds.of_manifold(claim, context, seed), *manifolds.of_clock(claim, context, seed))
            return (*CORROBORATORS[type(claim)](claim, context, seed), *beside)
        except SymjepaError as refusal:
            return (Agreement(f"{kind}: not computed", None, None, 0, str(refusal)),)
