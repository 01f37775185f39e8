r"""Frames: which singular frames must coincide for a matrix flow to split into scalar modes.

Every end of every letter carries a frame (an orthonormal basis).  In each word of the flow the right frame of a letter
must be the left frame of its neighbour, and the outer frames of the word must be those of the letter that it moves;
union-find over these equations leaves classes of ends: the *alignment* that the objective needs.  In aligned frames a
diagonal letter acts on mode i by its scalar, so a word is a typed homomorphism to scalars on pairs of modes (i, j).

Soundness.  `entry` multiplies scalars only across ends that the given alignment puts in one class; otherwise it raises
FrameMismatch. For one free letter X between diagonal ones, (A X B)_{ij} = A_i X_ij B_j exactly; two free letters would
need a sum over intermediate modes and are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from symjepa.errors import FrameMismatch
from symjepa.exact.words import Factor, Matrix, Segment, Word, WordSum
from symjepa.flow import LayerRate, MatrixFlow

End = str
"""`Sxx.left`, `W.right` (the end at layer 1), `W@l` (between two layers)."""


@lru_cache(maxsize=10_000)
def ends(factor: Factor) -> tuple[End, End]:
    """Left and right end of a letter as it stands in a word."""
    if isinstance(factor, Segment):
        levels = _level(factor, factor.hi), _level(factor, factor.lo)
    else:
        levels = f"{factor.name}.left", f"{factor.name}.right"
    return levels[::-1] if factor.transposed else levels


def _level(segment: Segment, level: sp.Expr) -> End:
    name = segment.stack.name
    if level == 0:
        return f"{name}.right"
    return f"{name}.left" if level == segment.stack.depth else f"{name}@{level}"


@dataclass(frozen=True, slots=True)
class Alignment:
    """Classes of ends that share a frame; frames of different classes are unrelated."""

    classes: tuple[frozenset[End], ...]

    def together(self, first: End, second: End) -> bool:
        return first == second or any(first in members and second in members for members in self.classes)

    def without(self, end: End) -> Alignment:
        """The weaker alignment in which one end has a frame of its own."""
        rest = tuple(members - {end} for members in self.classes)
        return Alignment((*rest, frozenset({end})))

    @property
    def shown(self) -> tuple[tuple[End, ...], ...]:
        """What is demanded: classes of at least two ends; of the frames between layers only the generic one."""
        demands = [tuple(sorted(members)) for members in self.classes if len(members) > 1]
        return tuple(
            demand for demand in demands if not any("@" in end and end[-2:] not in ("@l", "@k") for end in demand)
        )

    def __str__(self) -> str:
        return "; ".join(" = ".join(members) for members in self.shown)


def numbered(moving: LayerRate) -> tuple[LayerRate, ...]:
    """Every layer of a stack of numeric depth."""
    assert moving.last is not None
    return tuple(moving.at(sp.Integer(number)) for number in range(1, int(moving.last) + 1))


def instances(moving: LayerRate) -> tuple[LayerRate, ...]:
    """A generic layer, with every layer of a numeric stack, or the two at the ends of a symbolic one."""
    if moving.index is None or moving.last is None:
        return (moving,)
    if moving.last == 1:
        return numbered(moving)
    if moving.last.is_Integer:
        return (moving, *numbered(moving))
    return (moving, moving.at(sp.S.One), moving.at(moving.last))


def representative(moving: LayerRate) -> LayerRate:
    """A generic layer of a stack; the only one, if there is only one."""
    return moving.at(sp.S.One) if moving.last == 1 else moving


def equations(flow: MatrixFlow) -> Iterable[tuple[End, End]]:
    """Every equation between frames that the words of a flow ask for, neighbours first, then the ends of each word."""
    for moving in (layer for family in flow.rates for layer in instances(family)):
        for word, _ in moving.rate.terms:
            yield from _seams(word, ends(moving.factor))


def _seams(word: Word, outer: tuple[End, End]) -> Iterable[tuple[End, End]]:
    """The pairs of ends that meet in a word and at its two outer ends."""
    inner = [ends(factor) for factor in word.factors]
    lefts, rights = [left for left, _ in inner], [right for _, right in inner]
    return zip([outer[0], *rights], [*lefts, outer[1]], strict=True)


@lru_cache(maxsize=100)
def alignment(flow: MatrixFlow) -> Alignment:
    """The coarsest demand-free solution: union-find over the equations; what stays apart need not be aligned."""
    classes: dict[End, set[End]] = {}
    for first, second in equations(flow):
        a, b = classes.setdefault(first, {first}), classes.setdefault(second, {second})
        if a is not b:
            a |= b
            classes.update(dict.fromkeys(b, a))
    distinct = {id(members): frozenset(members) for members in classes.values()}.values()
    return Alignment(tuple(sorted(distinct, key=lambda members: sorted(members))))


Scalars = Callable[[Factor], sp.Expr]
"""The diagonal entry of an untransposed letter on one mode."""


def entry(
    words: WordSum,
    of: Factor,
    frames: Alignment,
    left: Scalars,
    right: Scalars | None = None,
    free: Matrix | None = None,
) -> sp.Expr:
    """The (i, j) entry, in the frames of the letter `of`, of words whose letters are diagonal but for one `free`
    letter.

    `left` gives the scalars on mode i and `right` on mode j; without `right` the entry is the diagonal one, and `free`
    is not allowed. With i ≠ j, words without the free letter vanish; the free letter contributes its symbol `name_ij`
    (or `_ji` if transposed).
    """
    if (right is None) != (free is None):
        raise FrameMismatch(
            "an off-diagonal entry needs the scalars of both modes and the one letter that is not diagonal"
        )
    terms = []
    for word, coefficient in words.terms:
        _check_typed(word, of, frames)
        if right is None:
            factors = [left(factor.T if factor.transposed else factor) for factor in word.factors]
        else:
            factors = _off_diagonal(word, left, right, free)
        terms.append(monomial([coefficient, *factors]))
    return sp.Add(*terms)


def monomial(factors: Iterable[sp.Expr]) -> sp.Expr:
    """A product whose equal bases are collected: u^(L-l) u^(l-1) is u^(L-1).  Bases are amplitudes, exponents whole
    numbers ≥ 0.
    """
    exponents: dict[sp.Expr, sp.Expr] = {}
    for factor in (part for product in factors for part in sp.Mul.make_args(product)):
        base, exponent = factor.as_base_exp()
        exponents[base] = sp.Add(exponents.get(base, sp.S.Zero), exponent)
    return sp.Mul(*(sp.Pow(base, exponent) for base, exponent in exponents.items()))


def free_entry(free: Matrix, transposed: bool = False) -> sp.Symbol:
    """The entry X_ij (or X_ji) of the letter that is not diagonal."""
    return sp.Symbol(f"{free.name}_ji" if transposed and not free.symmetric else f"{free.name}_ij", real=True)


def _off_diagonal(word: Word, left: Scalars, right: Scalars, free: Matrix | None) -> list[sp.Expr]:
    assert free is not None
    places = [i for i, factor in enumerate(word.factors) if factor in (free, free.T)]
    if not places:
        return [sp.S.Zero]
    if len(places) > 1:
        raise FrameMismatch(f"{word} holds {free} twice: its entry is a sum over intermediate modes", word=word)
    (place,) = places
    before = [left(f.T if f.transposed else f) for f in word.factors[:place]]
    after = [right(f.T if f.transposed else f) for f in word.factors[place + 1 :]]
    return [*before, free_entry(free, word.factors[place].transposed), *after]


def _check_typed(word: Word, of: Factor, frames: Alignment) -> None:
    for first, second in _seams(word, ends(of)):
        if not frames.together(first, second):
            raise FrameMismatch(
                f"in {word}, which moves {of}, two letters meet in different frames: align {first} with {second}",
                left=first,
                right=second,
            )
