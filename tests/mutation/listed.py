"""Mutants that are true as well, each with its reason: the only ones that may be PROVED; none of them counts as false."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symjepa.statements.claims import Claim, Implicit, Solves, Within
from symjepa.statements.descriptions import Modes
from symjepa.symbols import K, L, lam, rho


def reason(label: str, operator: str, field: str, claim: Any, mutant: Any) -> str:
    """Why the mutant is true too, or says nothing; empty if it is false."""
    if operator == "condition dropped":
        return "without its condition the claim also speaks of points where it is not defined; there it says nothing"
    if operator == "hypothesis dropped" and label in NEEDED_TO_BE_DEFINED:
        return "without K > 0 the statement is not defined at K = 0 (1/K, or 1/q with q = 2K + 2L - 2)"
    return next((why for rule in RULES if (why := rule(claim, mutant))), "") if isinstance(mutant, Claim) else ""


NEEDED_TO_BE_DEFINED = ("jepa-fixed-point", "mae-fixed-point", "noise-decay", "jepa-explicit-solution")


def _shifted_clock(claim: Claim, mutant: Claim) -> str:
    """log(u/rho) against log(u) or log(u/rho^2): the clocks differ by a constant of the motion."""
    if not isinstance(claim, Implicit) or not isinstance(mutant, Implicit) or claim.speed != mutant.speed:
        return ""
    gap = sp.expand_log(claim.clock - mutant.clock, force=True)
    return "the clock is shifted by a constant" if not sp.expand(gap).free_symbols - {rho, lam, L, K} else ""


def _same_size(claim: Claim, mutant: Claim) -> str:
    """|f| for |-f|, where the limit is zero."""
    flipped = isinstance(claim, Within) and isinstance(mutant, Within) and claim.of == 0 and mutant.expr == -claim.expr
    return "the bound is on the size alone" if flipped else ""


def _weaker(claim: Claim, mutant: Claim) -> str:
    """A bound multiplied by a number of at least one."""
    if not isinstance(claim, Within) or not isinstance(mutant, Within) or claim.expr != mutant.expr:
        return ""
    return "a weaker bound" if sp.simplify(mutant.by / claim.by) in (2, L) else ""


def _own_bound(claim: Claim, mutant: Claim) -> str:
    """What remains after a positive summand under a negative power is dropped is the bound itself, or stays below it."""
    if not isinstance(claim, Within) or not isinstance(mutant, Within):
        return ""
    return "what is left is the bound itself" if mutant.expr == claim.by else ""


def _target_unseen(claim: Claim, mutant: Claim) -> str:
    """Where the covariance is zero no flow sees its target, whichever teacher makes it."""
    flows = getattr(claim, "flow", None), getattr(mutant, "flow", None)
    if not all(isinstance(flow, Modes) and dict(flow.values).get(lam) == 0 for flow in flows) or flows[0] == flows[1]:
        return ""
    return (
        "without covariance the target does not enter the rates" if dict(flows[0].rates) == dict(flows[1].rates) else ""
    )


def _undefined_start(claim: Claim, mutant: Claim) -> str:
    """A value that is not defined at time zero starts nowhere; no point refutes what is not defined."""
    if not isinstance(claim, Solves) or not isinstance(mutant, Solves):
        return ""
    starts = [value.subs(mutant.time, 0) for _, value in mutant.values]
    return (
        "undefined at the start, so no point refutes it" if any(value.has(sp.zoo, sp.nan) for value in starts) else ""
    )


RULES = (_shifted_clock, _same_size, _weaker, _own_bound, _target_unseen, _undefined_start)
