r"""Claims about cooperative flows, in which no variable hinders another: convergence, and order in time.

Soundness.  Data only: a claim means what the docstring of its class says; `obligations.monotone` asks for no less.
"""

from __future__ import annotations

from dataclasses import dataclass

from symjepa.statements.claims.equilibria import Zeros
from symjepa.statements.claims.relations import Relation
from symjepa.statements.claims.sentences import Claim, Pairs
from symjepa.statements.descriptions import Flow


@dataclass(frozen=True)
class ConvergesBetween(Claim):
    """The solution from `start` exists for all times and converges to `to`; in any dimension.

    `lower` and `upper`, with the start between them, are corners of a box: the rates are nowhere negative at the lower
    one and nowhere positive at the upper one.  `rest` says which fixed points the flow has: one, `to`.  All values are
    expressions in parameters; the basin is described by the hypotheses on the symbols in `start`.  `using`: relations
    about the state that are shown first, all over the box, and then known.
    """

    flow: Flow
    start: Pairs
    to: Pairs
    lower: Pairs
    upper: Pairs
    rest: Zeros
    using: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Ordered(Claim):
    """At all times at which both solutions exist, the state of `flow` from `start` is at most (`above`: at least) the
    `image` of the state of `beside` from `begin`, variable by variable.

    `image`: each state variable of `flow` as an expression in the state of `beside`.  `trend`: +1 if the solution of
    `beside` rises (the rates at its start are not negative, and it is cooperative too), -1 if it falls, 0 if nothing
    is said.  `using`: relations about the state of `beside` that are shown first, along its solution, and then known.
    """

    flow: Flow
    start: Pairs
    beside: Flow
    begin: Pairs
    image: Pairs
    above: bool = False
    trend: int = 0
    using: tuple[Relation, ...] = ()
    why: str = ""
