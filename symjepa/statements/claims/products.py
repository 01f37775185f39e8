r"""Claims about products of balanced layers: powers of Gram matrices by induction, and how a whole product moves.

Soundness.  Data only: a claim means what the docstring of its class says, and `obligations.products` asks for no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.words import Stack, WordSum, gram_power, instantiated
from symjepa.model import Model
from symjepa.modes.balance import law
from symjepa.statements.claims.sentences import Claim, Pairs
from symjepa.statements.descriptions import Layers, pairs
from symjepa.symbols import k, l


@dataclass(frozen=True)
class Balanced(Claim):
    """A hypothesis on layers: the balance law of a joint ("encoder", "predictor", "joint") is zero, at every level."""

    model: Model
    joint: str
    why: str = ""

    @property
    def depth(self) -> sp.Expr:
        """The depth of the stack inside which the law speaks of levels 1 … depth - 1; at the joint there is none."""
        return self.model.predictor.depth if self.joint == "predictor" else self.model.encoder.depth

    @property
    def index(self) -> sp.Symbol | None:
        """The running level of the law; none at the joint."""
        return {"encoder": l, "predictor": k}.get(self.joint)

    def gap(self, level: sp.Expr | None) -> WordSum:
        """What vanishes, at a level."""
        own = law(self.model, self.joint)
        if own is None or (level is None) != (self.index is None):
            raise BadDerivation(f"the {self.joint} has no balance at level {level}: levels go from 1 to depth - 1")
        return own if self.index is None else instantiated(own, {self.index: level})


@dataclass(frozen=True)
class Unfolded(Claim):
    """What every first power satisfies, for one letter g: (g gᵀ)^1 = g gᵀ."""

    letter: WordSum

    @property
    def gap(self) -> WordSum:
        """What vanishes."""
        return gram_power(self.letter, 1) - self.letter @ self.letter.T


@dataclass(frozen=True)
class Use:
    """scale · left · (what vanishes) · right: the gap of a hypothesis or identity at `at`, or of the induction
    hypothesis (`of` = None).
    """

    of: Balanced | ByInduction | Unfolded | None
    at: sp.Expr | None = None
    left: WordSum | None = None
    right: WordSum | None = None
    scale: sp.Expr = sp.S.One


@dataclass(frozen=True)
class ByInduction(Claim):
    """lhs = rhs for every integer `index` from `first` to `last` (`None`: without end), where the layers obey `on`.

    Certificate: at the first index (`downward`: at the last) lhs - rhs is the sum of what `base` uses, and at the next
    index (`downward`: the one before) it is the sum of what `step` uses, the induction hypothesis among it.
    """

    lhs: WordSum
    rhs: WordSum
    index: sp.Symbol
    first: sp.Expr
    last: sp.Expr | None
    base: tuple[Use, ...]
    step: tuple[Use, ...]
    downward: bool = False
    on: tuple[Balanced, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Share:
    """What the layers 1 … depth of one stack add to the motion of a product: the sum over `index` of `summand`."""

    stack: Stack
    index: sp.Symbol
    summand: WordSum
    by: tuple[Use, ...] = ()


@dataclass(frozen=True)
class GramRoot:
    """(g gᵀ)^exponent = scale · Π Πᵀ (`left`) or scale · Πᵀ Π, for one letter g."""

    letter: WordSum
    exponent: sp.Expr
    left: bool
    by: tuple[Use, ...]
    scale: sp.Expr = sp.S.One


@dataclass(frozen=True)
class ProductMoves(Claim):
    """Where `on` holds, the product Π of whole stacks (from the left) moves by the sum of its `shares`, and of its
    layers this holds Π alone.

    Every power in a summand is a power of the positive semidefinite root of Π Πᵀ or Πᵀ Π that `roots` names; beside
    them the summands hold Π, constants, the teacher's product, and whole products of other stacks.
    """

    flow: Layers
    shares: tuple[Share, ...]
    roots: tuple[GramRoot, ...]
    on: tuple[Balanced, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Exhibit:
    """Exact matrices by name, and numbers for the rates: one set of layers with its data."""

    matrices: tuple[tuple[str, tuple[tuple[Any, ...], ...]], ...]
    numbers: Pairs


def exhibit(matrices: Mapping[str, tuple[tuple[Any, ...], ...]], numbers: Mapping[sp.Expr, sp.Expr]) -> Exhibit:
    """`Exhibit` from mappings."""
    return Exhibit(tuple(matrices.items()), pairs(numbers))


@dataclass(frozen=True)
class NotClosed(Claim):
    """The two exhibited sets of layers obey `on` and agree in the data and in every word of `same`, but `of` moves
    differently.

    So the motion of `of` is no function of `same`.  For numeric depths.
    """

    flow: Layers
    same: tuple[WordSum, ...]
    of: WordSum
    at: tuple[Exhibit, Exhibit]
    on: tuple[Balanced, ...] = ()
    why: str = ""
