r"""The closed set of claims.

Every claim is a universally quantified sentence over exact points: its free symbols range over the domain that the
hypotheses of the statement describe.  Limits and orders carry their bound and their constants explicitly.  So a false
claim has a point, and a true one is a few identities and signs (`symjepa.verify.obligations`).

A claim is data: it can be printed, compiled, and mutated; it knows nothing of how it is decided.

Soundness.  What a claim means is its docstring; `symjepa.verify.obligations` must ask for no less.
"""

from symjepa.statements.claims.equilibria import (
    Cofactors,
    Component,
    Converges,
    Invariant,
    Linearized,
    Zeros,
    component,
)
from symjepa.statements.claims.matrices import Annihilates, Decouples, Dissipates, Drift, LossIs, WordIdentity
from symjepa.statements.claims.motion import Conserved, Hits, Implicit, Moves, Solves, solves
from symjepa.statements.claims.relations import (
    AtMost,
    Chain,
    Identity,
    Iff,
    Less,
    Monotone,
    Relation,
    Root,
    SumCloses,
    Unequal,
    Within,
)
from symjepa.statements.claims.sentences import All, Claim, Pairs, parts

__all__ = [
    "Pairs",
    "Claim",
    "All",
    "parts",
    "Identity",
    "Less",
    "AtMost",
    "Unequal",
    "Monotone",
    "Chain",
    "Relation",
    "Iff",
    "SumCloses",
    "Root",
    "Within",
    "WordIdentity",
    "Drift",
    "Dissipates",
    "Decouples",
    "LossIs",
    "Annihilates",
    "Moves",
    "Conserved",
    "Solves",
    "solves",
    "Implicit",
    "Hits",
    "Component",
    "component",
    "Cofactors",
    "Zeros",
    "Linearized",
    "Invariant",
    "Converges",
]
