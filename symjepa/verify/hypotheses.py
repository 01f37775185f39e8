r"""Hypotheses as what is known: facts about numbers and rewritings of letters.

Soundness.  A hypothesis enters as exactly the fact that it says; only relations and products of letters can.  SymPy has
simplified by the assumptions on abbreviations, so each value is shown to have them.  A claim that is among its own
hypotheses, or that claims nothing, is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact
from symjepa.statements.claims import Annihilates, Claim, Relation, parts
from symjepa.statements.statement import Statement
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.obligations.kinds import HasSign
from symjepa.verify.obligations.local import fact_of
from symjepa.verify.unfolding import unfolded, unfolding


def setting(statement: Statement) -> Context:
    """What the hypotheses of a statement say; BadDerivation if they beg the question or an abbreviation assumes too
    much.
    """
    plain = unfolded(statement)
    _refuse_begging(plain)
    context = context_of(plain.hypotheses)
    _admitted(statement, context)
    return context


def context_of(hypotheses: Iterable[Claim]) -> Context:
    """Hypotheses as facts and as rewriting of letters."""
    facts: list[Fact] = []
    rewrites: list[Annihilates] = []
    for hypothesis in (part for claim in hypotheses for part in parts(claim)):
        if isinstance(hypothesis, Relation):
            facts.append(fact_of(hypothesis))
        elif isinstance(hypothesis, Annihilates):
            rewrites.append(hypothesis)
        else:
            raise BadDerivation(
                f"{type(hypothesis).__name__} cannot be a hypothesis: use a relation of scalars, or Annihilates"
            )
    return Context(tuple(facts), (), tuple(rewrites))


def _refuse_begging(statement: Statement) -> None:
    if not parts(statement.claim):
        raise BadDerivation("a statement needs at least one claim; All(()) claims nothing")
    known = [part for hypothesis in statement.hypotheses for part in parts(hypothesis)]
    repeated = [part for part in parts(statement.claim) if part in known]
    if repeated:
        raise BadDerivation(f"a conjunct of the claim is one of its own hypotheses: {repeated[0]}")


def _admitted(statement: Statement, context: Context) -> None:
    """SymPy has simplified by the assumptions on abbreviations, so the values must have them too."""
    rule = unfolding(statement)
    for let in statement.let:
        for fact in assumed([let.symbol]):
            decision = decide(HasSign("sign", rule(let.value), fact.kind), context)
            if not decision.proved:
                raise BadDerivation(
                    f"{let.symbol} assumes {fact}, but its value {let.value} is not shown to be: {decision.residual}"
                )
