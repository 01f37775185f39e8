r"""Statements, theorems and conjectures: what a file in `derivations/` declares.

A `Statement` is its hypotheses and its claim, with a witness (a point where the hypotheses hold, so that it is not
vacuous) and near misses (false variants, each of which must be REFUTED).  A proof is a generator of sentences and
checkable lines that ends in the claim.

Soundness.  Data only.  An abbreviation (`Let`) is replaced by its value before anything is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp

from symjepa.statements.claims import Claim
from symjepa.symbols import latex_names

Number: TypeAlias = "int | Fraction | sp.Rational"
Proof = Callable[[], Iterator["str | Claim | Cite"]]


@dataclass(frozen=True)
class Let:
    """An abbreviation: `symbol` stands for `value` throughout the statement and its proof."""

    symbol: sp.Symbol
    value: sp.Expr


@dataclass(frozen=True)
class Instance:
    """Exact matrices for the letters of a statement, by name (`W_1`, `P_1`, `Sxx`, …); rows of exact numbers."""

    matrices: Mapping[str, tuple[tuple[Number, ...], ...]]
    numbers: Mapping[sp.Symbol, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class NearMiss:
    """A false variant: another claim, or the same claim without some hypotheses; `at` may exhibit the point."""

    claim: Claim
    without: tuple[Claim, ...] = ()
    at: Mapping[sp.Symbol, Number] | Instance | None = None
    why: str = ""


@dataclass(frozen=True)
class Printed:
    """A formula or sentence of a paper, as printed; `seen` says how we know it (read, second-hand, recalled)."""

    source: str
    words: str
    seen: str
    conversion: str = ""


@dataclass(frozen=True)
class Statement:
    """Hypotheses and claim.  `title` is a sentence a reader would say; `source` cites the literature by key and
    equation.
    """

    title: str
    claim: Claim
    hypotheses: tuple[Claim, ...]
    witness: Mapping[sp.Symbol, Number] | Instance | tuple[Mapping[sp.Symbol, Number], ...]
    near_misses: tuple[NearMiss | Claim, ...]
    let: tuple[Let, ...] = ()
    source: str = ""
    printed: tuple[Printed, ...] = ()


@dataclass(frozen=True)
class Theorem:
    """A statement with its proof."""

    statement: Statement
    proof: Proof
    kind = "theorem"


@dataclass(frozen=True)
class Conjecture:
    """A statement that is believed and not proved; `missing` says what a proof would need."""

    statement: Statement
    missing: str
    kind = "conjecture"


@dataclass(frozen=True)
class Cite:
    """Another theorem used at particular values of its symbols: its hypotheses are shown, its claim is then known."""

    theorem: Theorem
    at: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    why: str = ""


def proves(statement: Statement) -> Callable[[Proof], Theorem]:
    """Turns a generator of sentences and lines into the proof of a statement."""
    return lambda proof: Theorem(statement, proof)


def conjecture(statement: Statement, missing: str) -> Conjecture:
    """A statement that ships unproved."""
    return Conjecture(statement, missing)


def tex(thing: Any) -> str:
    """LaTeX of an expression or a word sum, for interpolation into sentences, so that text and mathematics cannot
    drift apart.
    """
    return thing.latex() if hasattr(thing, "latex") else str(sp.latex(thing, symbol_names=latex_names()))
