r"""Traces of words, and their sums: what a loss is made of.

Soundness.  A `TraceSum` denotes a linear combination of traces.  Beside the identities of words, it uses tr(AB) =
tr(BA) = tr((AB)ᵀ) alone: each word stands for the least of its rotations and of those of its transpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sympy as sp

from symjepa.errors import ShapeMismatch
from symjepa.exact.spelling import scalar, spelled_sum, tex
from symjepa.exact.words import Factor, Word, WordSum, merged


@dataclass(frozen=True, slots=True)
class TraceSum:
    """A linear combination of traces; words are equal up to rotation and transposition of the whole."""

    terms: tuple[tuple[Word, sp.Expr], ...]

    @staticmethod
    def of(words: WordSum) -> TraceSum:
        if words.rows != words.cols:
            raise ShapeMismatch(f"a trace needs a square word, but {words} maps {words.cols} to {words.rows}")
        return TraceSum.collect(words.terms)

    @staticmethod
    def collect(terms: Iterable[tuple[Word, sp.Expr]]) -> TraceSum:
        collected: dict[Word, sp.Expr] = {}
        for word, coefficient in terms:
            canonical = _cyclic(word)
            collected[canonical] = sp.Add(collected.get(canonical, sp.S.Zero), coefficient)
        kept = [(word, coefficient) for word, coefficient in collected.items() if coefficient != 0]
        return TraceSum(tuple(sorted(kept, key=lambda term: term[0].sort_key())))

    def __add__(self, other: TraceSum) -> TraceSum:
        return TraceSum.collect(self.terms + other.terms)

    def __rmul__(self, scalar: sp.Expr | int) -> TraceSum:
        return TraceSum.collect((word, sp.Mul(scalar, coefficient)) for word, coefficient in self.terms)

    def __neg__(self) -> TraceSum:
        return -1 * self

    def __sub__(self, other: TraceSum) -> TraceSum:
        return self + -other

    def replaced(self, rule: Callable[[Factor], WordSum | None]) -> TraceSum:
        """Every letter for which `rule` gives a word sum, replaced by it."""
        traces = ((WordSum.of(word).replaced(rule), coefficient) for word, coefficient in self.terms)
        return TraceSum.collect((word, sp.Mul(outer, c)) for words, outer in traces for word, c in words.terms)

    def __str__(self) -> str:
        return spelled_sum([(scalar(str, c), f"tr({word})") for word, c in self.terms], " ")

    def latex(self) -> str:
        traces = [(scalar(tex, c), rf"\operatorname{{tr}}\left({word.latex()}\right)") for word, c in self.terms]
        return spelled_sum(traces, r"\,")

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def _cyclic(word: Word) -> Word:
    """The least of all rotations of the word and of its transpose, merged across the seam."""
    closed = _merge_seam(merged(word.factors))
    if not closed:
        return Word((), word.rows, word.cols)
    turned = tuple(factor.T for factor in reversed(closed))
    rotations = [f[i:] + f[:i] for f in (closed, turned) for i in range(len(closed))]
    words = [Word(factors, factors[0].rows, factors[0].rows) for factors in rotations]
    return min(words, key=Word.sort_key)


def _merge_seam(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    while len(factors) > 1 and (joined := factors[-1].merge(factors[0])) is not None:
        factors = merged((joined, *factors[1:-1]))
    return factors
