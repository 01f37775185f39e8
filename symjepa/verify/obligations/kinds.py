r"""Kinds of obligation: what the kernel decides.

Soundness.  An obligation is *necessary* if the claim cannot hold without it: then, and only then, a certified point at
which it fails refutes the claim.  A claim is proved when all obligations of its plan are, under the facts that each
one lists.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.exact.facts import Fact, Kind
from symjepa.exact.sums import SumLemma
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Factor, WordSum
from symjepa.flow import MatrixFlow
from symjepa.modes.frames import Alignment
from symjepa.statements.claims import Annihilates, Balanced, Below, Claim
from symjepa.verify.rules import Rule, applied


@dataclass(frozen=True)
class Obligation:
    """One thing to decide; `premise` names its part in the rule of its plan."""

    premise: str


@dataclass(frozen=True)
class Equal(Obligation):
    """Both sides are defined and equal wherever `given` holds.  They stay apart: a difference might cancel what is not
    defined.
    """

    lhs: sp.Expr
    rhs: sp.Expr = sp.S.Zero
    given: tuple[Fact, ...] = ()
    necessary: bool = True


@dataclass(frozen=True)
class HasSign(Obligation):
    """An expression has a sign wherever `given` holds; `by` is an equal expression whose sign is visible."""

    expr: sp.Expr
    kind: Kind
    given: tuple[Fact, ...] = ()
    by: sp.Expr | None = None
    necessary: bool = True


@dataclass(frozen=True)
class SomeSign(Obligation):
    """At least one of several expressions has a sign wherever `given` holds, and always the same one."""

    exprs: tuple[sp.Expr, ...]
    kind: Kind
    given: tuple[Fact, ...] = ()
    necessary: bool = False


@dataclass(frozen=True)
class Closes(Obligation):
    """A closed form of a finite sum, by induction on its upper end."""

    lemma: SumLemma
    given: tuple[Fact, ...] = ()
    necessary: bool = True


@dataclass(frozen=True)
class WordsVanish(Obligation):
    """Two word sums are the same matrix, for letters that obey the hypotheses.  Both sides are kept for the scope.

    `moving`: the letters that move, where all times are spoken of; a hypothesis on one of them need not last, and is
    not used.
    """

    lhs: WordSum
    rhs: WordSum
    given: tuple[Fact, ...] = ()
    granted: tuple[Annihilates | Balanced, ...] = ()
    necessary: bool = True
    moving: tuple[Factor, ...] = ()

    @property
    def words(self) -> WordSum:
        return self.lhs - self.rhs


@dataclass(frozen=True)
class TracesVanish(Obligation):
    """Two sums of traces are equal, for all letters."""

    lhs: TraceSum
    rhs: TraceSum
    given: tuple[Fact, ...] = ()
    granted: tuple[Annihilates, ...] = ()
    necessary: bool = True

    @property
    def traces(self) -> TraceSum:
        return self.lhs - self.rhs


@dataclass(frozen=True)
class Smooth(Obligation):
    """An expression is defined and smooth wherever `given` holds: every condition of its normal form does."""

    expr: sp.Expr
    given: tuple[Fact, ...] = ()
    necessary: bool = False


@dataclass(frozen=True)
class Shown(Obligation):
    """What the compiler established while it derived the flow (a typed word, a family that parametrises itself)."""

    reason: str
    holds: bool = True
    necessary: bool = False


@dataclass(frozen=True)
class TraceAtMostZero:
    """A test, never decided: an instance of the letters with a positive trace refutes the claim."""

    words: WordSum
    given: tuple[Fact, ...] = ()
    granted: tuple[Annihilates, ...] = ()


@dataclass(frozen=True)
class TracesAtMostZero:
    """A test, never decided: an instance of the letters with a positive sum of traces refutes the claim."""

    traces: TraceSum
    given: tuple[Fact, ...] = ()
    granted: tuple[Below, ...] = ()


@dataclass(frozen=True)
class SumsVanish:
    """A test, never decided: exact letters at which the sums over index = 1 … last do not cancel refute the claim.

    `summands`: (index, last, words); `letters` are products that hold every layer in them.
    """

    summands: tuple[tuple[sp.Symbol, sp.Expr, WordSum], ...]
    letters: tuple[WordSum, ...]
    given: tuple[Fact, ...] = ()
    granted: tuple[Balanced, ...] = ()


@dataclass(frozen=True)
class StaysDiagonal:
    """A test, never decided: rational frames that satisfy an alignment, and an off-diagonal drift, refute the claim."""

    flow: MatrixFlow
    frames: Alignment


@dataclass(frozen=True)
class Signed:
    """A test, never decided: a point where the fact fails refutes the claim."""

    fact: Fact


@dataclass(frozen=True)
class Crosses:
    """A test, never decided: a point where `boundary` is exactly zero and `speed` negative refutes the claim."""

    boundary: sp.Expr
    speed: sp.Expr
    given: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class SameTruth:
    """A test, never decided: a point where one fact holds and the other fails refutes the claim."""

    left: Fact
    right: Fact


Decidable = Equal | HasSign | SomeSign | Closes | WordsVanish | TracesVanish | Smooth | Shown
Test = (
    TraceAtMostZero
    | TracesAtMostZero
    | SumsVanish
    | WordsVanish
    | Signed
    | Crosses
    | SameTruth
    | StaysDiagonal
    | Equal
    | HasSign
)


@dataclass(frozen=True)
class Plan:
    """How one claim is to be proved: a rule and its premises as obligations."""

    claim: Claim
    rule: Rule
    obligations: tuple[Decidable, ...]
    lemmas: tuple[SumLemma, ...] = ()
    learned: tuple[Fact, ...] = ()
    tests: tuple[Test, ...] = ()


def plan(
    claim: Claim,
    rule: str,
    obligations: tuple[Decidable, ...],
    learned: tuple[Fact, ...] = (),
    tests: tuple[Test, ...] = (),
) -> Plan:
    """A plan whose obligations cover exactly the premises of its rule; `tests` are further ways to refute the claim."""
    premises = tuple(dict.fromkeys(obligation.premise for obligation in obligations))
    lemmas = tuple(obligation.lemma for obligation in obligations if isinstance(obligation, Closes))
    return Plan(claim, applied(rule, premises), obligations, lemmas, learned, tests)
