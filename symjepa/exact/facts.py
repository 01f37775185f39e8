r"""Facts: what is known, and what must be shown.

Soundness: a `Fact` is a sentence and nothing else.  With `over` it is universally quantified: "for every integer (or
real) symbol between lo and hi"; a bound symbol never means the free symbol of the same name; `hi = oo`: no upper end,
`lo = -oo`: no lower one.
Every other file of this room either demands facts (side conditions) or derives them from facts (`signs`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import sympy as sp

from symjepa.errors import InvalidFact
from symjepa.symbols import latex_names

Kind = Literal["positive", "nonnegative", "nonzero", "zero", "integer"]
SAID = {"positive": "> 0", "nonnegative": ">= 0", "nonzero": "!= 0", "zero": "= 0", "integer": "is an integer"}
TEX = {"positive": "> 0", "nonnegative": r"\geq 0", "nonzero": r"\neq 0", "zero": "= 0", "integer": r"\in \mathbb{Z}"}


def _tex(expr: sp.Expr) -> str:
    return str(sp.latex(expr, symbol_names=latex_names()))


@lru_cache(maxsize=50_000)
def spelled(expr: sp.Expr) -> str:
    """An expression as it is printed: the same ones are named again and again."""
    return str(expr)


@lru_cache(maxsize=50_000)
def free_in(expr: sp.Expr) -> frozenset[sp.Symbol]:
    """The free symbols of an expression: a function of the tree alone, which SymPy walks at every question."""
    return frozenset(expr.free_symbols)


@dataclass(frozen=True)
class Range:
    """lo <= symbol <= hi, over the integers or over the reals; hi may be oo, lo may be -oo."""

    symbol: sp.Symbol
    lo: sp.Expr
    hi: sp.Expr
    integer: bool


@dataclass(frozen=True)
class Fact:
    """`expr` is positive, nonnegative, nonzero, zero or an integer, for every value of the bound symbols in `over`."""

    expr: sp.Expr
    kind: Kind
    over: tuple[Range, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in SAID:
            raise InvalidFact(f"a fact needs a kind among {', '.join(SAID)}, but got kind={self.kind!r}")
        if not isinstance(self.expr, sp.Expr):
            raise InvalidFact(f"a fact needs a SymPy expression, but got {self.expr!r}")

    @property
    def free_symbols(self) -> frozenset[sp.Symbol]:
        """Symbols that are not bound by `over`; a range may use the symbols bound before it."""
        free = free_in(self.expr)
        for r in reversed(self.over):
            free = (free - {r.symbol}) | free_in(r.lo) | free_in(r.hi)
        return free

    def under(self, r: Range) -> Fact:
        """The same fact for every value of r.symbol."""
        return replace(self, over=(r, *self.over)) if r.symbol in self.free_symbols else self

    def latex(self) -> str:
        """The sentence in LaTeX, ranges after it."""
        bounds = (rf"{_tex(r.lo)} \leq {_tex(r.symbol)} \leq {_tex(r.hi)}" for r in self.over)
        ranges = "".join(rf"\quad ({b})" for b in bounds)
        return f"{_tex(self.expr)} {TEX[self.kind]}{ranges}"

    def __str__(self) -> str:
        ranges = "".join(f" for {r.lo} <= {r.symbol} <= {r.hi}" for r in self.over)
        return f"{spelled(self.expr)} {SAID[self.kind]}{ranges}"


def lifted(conditions: frozenset[Fact] | set[Fact], r: Range) -> frozenset[Fact]:
    """Conditions met inside a binder, demanded for every value of the bound symbol.

    That a summation index is an integer needs no showing: the sum runs over integers.
    """
    known = Fact(r.symbol, "integer") if r.integer else None
    return frozenset(c.under(r) for c in conditions if c != known)
