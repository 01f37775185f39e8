r"""Statements, theorems and conjectures: what a file in `derivations/` declares.

A `Statement` is its hypotheses and its claim, with a witness (a point where the hypotheses hold, so that it is not
vacuous) and near misses (false variants, each of which must be REFUTED).  A proof is a generator of sentences and
checkable lines that ends in the claim.

Soundness.  Data only.  An abbreviation (`Let`) is replaced by its value before anything is decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp
from sympy.core.function import _coeff_isneg
from sympy.printing.latex import LatexPrinter

from symjepa.errors import BadDerivation
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
class Reading:
    """What a printed claim is taken to say, in `words` of ours and as a `claim`; the verdict is computed and must be
    the one that is `expected`.

    In the setting of the theorem, after its proof; or, given `hypotheses`, under these instead.  `when` adds what makes
    a reading true, `lines` are shown first, `at` may exhibit the point that refutes it, `sharper` are the conjuncts of
    the theorem that say more.  A reading that is "open" says what is `missing`.
    """

    words: str
    expected: str
    claim: Claim | None = None
    hypotheses: tuple[Claim, ...] | None = None
    let: tuple[Let, ...] = ()
    when: tuple[Claim, ...] = ()
    lines: tuple[Claim | Cite, ...] = ()
    at: Mapping[sp.Symbol, Number] | Instance | None = None
    witness: Mapping[sp.Symbol, Number] | Instance | tuple[Mapping[sp.Symbol, Number], ...] | None = None
    sharper: Claim | None = None
    conversion: str | None = None
    missing: str = ""

    def __post_init__(self) -> None:
        if self.expected not in EXPECTED:
            raise BadDerivation(f"a reading is expected to be {', '.join(EXPECTED)}; got {self.expected!r}")
        if (self.expected == "open") != bool(self.missing):
            raise BadDerivation(f"an open reading, and no other, says what is missing; see “{self.words}”")
        if self.claim is None and self.expected != "open":
            raise BadDerivation(f"only an open reading may be without a claim; give “{self.words}” one")


EXPECTED = ("confirmed", "confirmed after conversion", "sharpened", "true when", "refuted", "open")
SEEN = ("read", "second-hand", "recalled")
_QUOTED = re.compile("[“”„«»\"]|``|''")


@dataclass(frozen=True)
class Printed:
    """A formula or sentence of a paper, as printed; `seen` says how we know it (read, second-hand, recalled).

    It is a row of the ledger: rows of the same `id` in several theorems are one.  Quotation marks stand around words
    that were read, and around no others.
    """

    source: str
    words: str
    seen: str
    conversion: str = ""
    readings: tuple[Reading, ...] = ()
    id: str = ""
    relayed: str = ""

    def __post_init__(self) -> None:
        if self.seen not in SEEN:
            raise BadDerivation(f"{self.source}: `seen` is one of {', '.join(SEEN)}; got {self.seen!r}")
        if self.relayed and self.seen == "read":
            raise BadDerivation(f"{self.source}: what was read is not relayed by {self.relayed}; drop one of the two")
        said = (self.words, self.conversion, *(text for r in self.readings for text in (r.words, r.conversion or "")))
        quoted = next((text for text in said if _QUOTED.search(text)), None)
        if quoted is not None and self.seen != "read":
            told = f"{self.source}: quotation marks stand around words that were read, but this is {self.seen}"
            raise BadDerivation(f"{told}: {quoted}; say it without them")
        if not self.id:
            object.__setattr__(self, "id", "-".join(re.findall(r"[a-z]\w*|\d+(?:\.\d+)*", self.source.lower())))

    def read(self, *readings: Reading) -> Printed:
        """The same row with these readings."""
        return replace(self, readings=readings)


@dataclass(frozen=True)
class Statement:
    """Hypotheses and claim.  `title` is a sentence a reader would say; `source` cites the literature by key and
    equation.  The witness gives numbers to symbols; the terms of sequences are for the checker to choose.
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
    return thing.latex() if hasattr(thing, "latex") else str(_Prose({"symbol_names": latex_names()}).doprint(thing))


class _Prose(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX with a positive term first where there is one, `K - J`, not `-J + K`, and terms of sequences with
    their index below, $y_{k}$.
    """

    def _as_ordered_terms(self, expr: sp.Expr, order: str | None = None) -> list[sp.Expr]:
        return sorted(super()._as_ordered_terms(expr, order), key=_coeff_isneg)

    def _print_AppliedUndef(self, term: sp.Expr) -> str:
        return f"{term.func}_{{{self.doprint(*term.args)}}}"
