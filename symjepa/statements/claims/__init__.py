r"""The closed set of claims.

Every claim is a universally quantified sentence over exact points: its free symbols range over the domain that the
hypotheses of the statement describe.  Limits and orders carry their bound and their constants explicitly.  So a false
claim has a point, and a true one is a few identities and signs (`symjepa.verify.obligations`).

A claim is data: it can be printed, compiled, and mutated; it knows nothing of how it is decided.

Soundness.  What a claim means is its docstring; `symjepa.verify.obligations` must ask for no less.
"""

from symjepa.statements.claims.comparison import Attracts, Concave, Dominated, dominated
from symjepa.statements.claims.equilibria import (
    Cofactors,
    Component,
    Converges,
    Follows,
    Invariant,
    Linearized,
    Quadratic,
    Spectrum,
    Zeros,
    component,
)
from symjepa.statements.claims.matrices import (
    Annihilates,
    Below,
    Decays,
    Decouples,
    Dissipates,
    Drift,
    Growth,
    Lasts,
    LossIs,
    TargetNoise,
    WordIdentity,
)
from symjepa.statements.claims.monotone import ConvergesBetween, Ordered
from symjepa.statements.claims.motion import Conserved, Hits, Implicit, Moves, Solves, solves
from symjepa.statements.claims.plane import Separates
from symjepa.statements.claims.products import (
    Balanced,
    ByInduction,
    Exhibit,
    GramRoot,
    NotClosed,
    ProductMoves,
    Share,
    Unfolded,
    Use,
    exhibit,
)
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
    "Decays",
    "TargetNoise",
    "Growth",
    "Lasts",
    "Below",
    "Annihilates",
    "Balanced",
    "Unfolded",
    "Use",
    "ByInduction",
    "Share",
    "GramRoot",
    "ProductMoves",
    "Exhibit",
    "exhibit",
    "NotClosed",
    "Moves",
    "Conserved",
    "Solves",
    "solves",
    "Implicit",
    "Hits",
    "Component",
    "component",
    "Cofactors",
    "Follows",
    "Zeros",
    "Quadratic",
    "Linearized",
    "Spectrum",
    "Invariant",
    "Converges",
    "Attracts",
    "Concave",
    "Dominated",
    "dominated",
    "ConvergesBetween",
    "Ordered",
    "Separates",
]
