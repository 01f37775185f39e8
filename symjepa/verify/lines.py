r"""One line: a claim decided from what is known, or refuted under the hypotheses alone.

Soundness.  A line is PROVED only if the kernel met every obligation of its claim from the hypotheses, the assumptions
on symbols, and what earlier lines proved; a line that is not proved adds nothing to what is known.  It is REFUTED only
at a point that `refute` certified under the hypotheses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy as sp

from symjepa.statements.claims import Claim
from symjepa.statements.statement import Instance, Number
from symjepa.verify.kernel.decide import Context, Decision, Verdict, decide
from symjepa.verify.kernel.points import Point
from symjepa.verify.kernel.refute import Counterexample, refute
from symjepa.verify.obligations import compiled


@dataclass(frozen=True)
class Line:
    """One checkable line of a proof (or one conjunct of a claim) with what came out."""

    claim: Claim
    verdict: Verdict
    rule: str
    decisions: tuple[Decision, ...]
    counterexample: Counterexample | None = None
    stated: Claim | None = None  # as the author wrote it, abbreviations kept
    at: int = 0  # the line of the file that said it, 0 if unknown

    @property
    def residual(self) -> str:
        return next((d.residual for d in self.decisions if not d.proved), "")


def decided(claim: Claim, known: Context, hypotheses: Context, at: Point | Instance | None = None) -> Line:
    """Decide a claim from what is known; if it is not proved, look for a point that refutes it under the hypotheses
    alone, or try the one that is exhibited.
    """
    plan = compiled(claim)
    decisions = tuple(decide(obligation, known) for obligation in plan.obligations)
    if all(decision.proved for decision in decisions):
        return Line(claim, Verdict.PROVED, plan.rule.name, decisions)
    found = refute(plan, hypotheses, at)
    return Line(claim, Verdict.REFUTED if found else Verdict.UNDECIDED, plan.rule.name, decisions, found)


def exhibited_at(at: Mapping[sp.Symbol, Number] | Instance | None) -> Point | Instance | None:
    """What an author exhibits against a claim, its numbers exact."""
    return at if at is None or isinstance(at, Instance) else {s: sp.Rational(x) for s, x in at.items()}


def learned(line: Line, context: Context) -> Context:
    """What a proved line adds for the later ones."""
    if line.verdict is not Verdict.PROVED:
        return context
    plan = compiled(line.claim)
    return replace(context, facts=(*context.facts, *plan.learned), lemmas=(*context.lemmas, *plan.lemmas))
