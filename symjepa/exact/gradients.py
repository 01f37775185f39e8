r"""Expectations and derivatives of words: the average over data, the gradient by a layer, the speed along a flow.

Soundness.  An expectation replaces x yᵀ, adjacent in a trace that is quadratic in data vectors, by its moment matrix.
The gradient by layer l opens each segment that holds l at that layer, W[hi:lo] = W[hi:l] W_l W[l-1:lo], and is what
stands in the place of W_l, transposed; letters under a stop-gradient are constants.  `along` is the product rule.
What a power is a power of is hidden in it: to differentiate it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import sympy as sp

from symjepa.errors import BadSegment, ShapeMismatch
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import SAMPLE, Factor, Matrix, Power, Segment, Stack, Word, WordSum


def expectation(traces: TraceSum, moments: Mapping[tuple[str, str], WordSum]) -> TraceSum:
    """E of traces quadratic in data vectors: each adjacent pair `x yᵀ` becomes its moment matrix."""
    averaged = ((_averaged(word, moments), coefficient) for word, coefficient in traces.terms)
    return TraceSum.collect(
        (word, sp.Mul(outer, coefficient)) for words, outer in averaged for word, coefficient in words.terms
    )


def _averaged(word: Word, moments: Mapping[tuple[str, str], WordSum]) -> WordSum:
    """Rotate the column vector to the front, so that the row vector comes next, and replace the pair by its moment."""
    vectors = [i for i, f in enumerate(word.factors) if isinstance(f, Matrix) and SAMPLE in (f.rows, f.cols)]
    column = next((i for i in vectors if word.factors[i].cols == SAMPLE), None)
    if len(vectors) != 2 or column is None:
        raise ShapeMismatch(f"an expectation needs traces quadratic in the data, but got tr({word})", word=word)
    rotated = word.factors[column:] + word.factors[:column]
    left, right = rotated[0], rotated[1]
    assert isinstance(left, Matrix) and isinstance(right, Matrix)
    moment = moments[left.name, right.name]
    return moment @ WordSum.of(Word(rotated[2:], moment.cols, moment.rows))


def gradient(traces: TraceSum, stack: Stack, index: sp.Expr) -> WordSum:
    """The matrix of partial derivatives of a trace sum by the entries of layer `index`; stopped letters are constants.

    Each occurrence of the stack is opened at the layer: tr(A W_l B) has gradient (B A)ᵀ, and tr(A W_lᵀ B) has gradient
    B A.
    """
    total = WordSum.zero(stack.space(index), stack.space(index - 1))
    for word, coefficient in traces.terms:
        _no_powers(word)
        for position, factor in enumerate(word.factors):
            if isinstance(factor, Segment) and factor.stack == stack and not factor.stopped:
                rest = word.factors[position + 1 :] + word.factors[:position]
                total = total + coefficient * _opened(factor, rest, index)
    return total


def _no_powers(word: Word) -> None:
    if any(isinstance(factor, Power) for factor in word.factors):
        raise BadSegment(f"the power in {word} cannot be differentiated: speak of single layers", segment=word)


def _opened(segment: Segment, rest: tuple[Factor, ...], index: sp.Expr) -> WordSum:
    if not holds_layer(segment, index):
        raise BadSegment(
            f"cannot tell whether {segment} holds layer {index}: differentiate whole stacks", segment=segment
        )
    above = Segment(segment.stack, segment.hi, index)
    below = Segment(segment.stack, index - 1, segment.lo)
    space_below, space_layer = segment.stack.space(index - 1), segment.stack.space(index)
    if segment.transposed:
        return WordSum.of(Word((above.T, *rest, below.T), space_layer, space_below))
    return WordSum.of(Word((below, *rest, above), space_below, space_layer).T)


def holds_layer(segment: Segment, index: sp.Expr) -> bool:
    """Whether lo < index ≤ hi: known for whole stacks (an index ranges over its stack) and for numbers."""
    if segment.lo == 0 and segment.hi == segment.stack.depth and not (index.is_Integer and segment.hi.is_Integer):
        return True
    above, below = segment.hi - index, index - 1 - segment.lo
    return bool(above.is_Integer and below.is_Integer and above >= 0 and below >= 0)


def _unmarked(factor: Factor) -> Factor:
    return factor if isinstance(factor, Power) else replace(factor, stopped=False)


def released(words: WordSum) -> WordSum:
    """The stop-gradient marks taken off, once the gradient has been taken."""
    return words.replaced(
        lambda factor: WordSum.of(Word((_unmarked(factor),), factor.rows, factor.cols)) if factor.stopped else None
    )


def released_traces(traces: TraceSum) -> TraceSum:
    """The same for traces."""
    return traces.replaced(
        lambda factor: WordSum.of(Word((_unmarked(factor),), factor.rows, factor.cols)) if factor.stopped else None
    )


def along(words: WordSum, rate: Callable[[Factor], WordSum | None]) -> WordSum:
    """The time derivative of words whose letters move at `rate` (None: a constant), by the product rule."""
    total = WordSum.zero(words.rows, words.cols)
    for word, coefficient in words.terms:
        _no_powers(word)
        for position, factor in enumerate(word.factors):
            speed = rate(factor.T if factor.transposed else factor)
            if speed is None:
                continue
            before = WordSum.of(Word(word.factors[:position], words.rows, factor.rows))
            after = WordSum.of(Word(word.factors[position + 1 :], factor.cols, words.cols))
            total = total + coefficient * (before @ (speed.T if factor.transposed else speed) @ after)
    return total
