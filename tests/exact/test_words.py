"""The word calculus: unit facts, and meanings against exact matrices."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from symjepa.errors import BadSegment, ShapeMismatch
from symjepa.exact.denotation import value
from symjepa.exact.gradients import along, expectation, gradient, holds_layer, released, released_traces
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import SAMPLE, Matrix, Segment, Stack, Word, WordSum, identity, instantiated, ranges
from symjepa.symbols import K, L, alpha, l
from tests.reference.denotation import denoted, denoted_trace
from tests.strategies import matrices

W = Stack("W", L, "latent", "context", "W")
deep = Stack("W", sp.Integer(4), "latent", "context", "W")
S = Matrix("Sxx", "context", "context", symmetric=True)
C = Matrix("Syx", "target", "context")
A = Matrix("A", "latent", "latent")
x, y = Matrix("x", "context", SAMPLE), Matrix("y", "target", SAMPLE)


def segment(hi: sp.Expr | int, lo: sp.Expr | int, stack: Stack = W, **marks: bool) -> Segment:
    return Segment(stack, sp.sympify(hi), sp.sympify(lo), **marks)


def traced(*factors: Segment | Matrix) -> TraceSum:
    return TraceSum.of(WordSum.of(Word(factors, factors[0].rows, factors[-1].cols)))


# Segments


def test_neighbouring_segments_merge() -> None:
    assert W.segment(L, l) @ W.segment(l, 0) == W.product()
    assert (W.segment(L, l) @ W.segment(l, 0)).T == W.segment(l, 0).T @ W.segment(L, l).T == W.product().T


def test_an_empty_segment_is_the_identity() -> None:
    assert W.segment(l, l) == identity("W@l")
    assert W.segment(l, l) @ W.segment(l, 0) == W.segment(l, 0)
    assert W.segment(L, L) == identity("latent")


def test_a_layer_is_the_segment_of_length_one() -> None:
    assert W.layer(l) == W.segment(l, l - 1)
    assert segment(l, l - 1).is_layer and not segment(l, l - 2).is_layer
    assert W.segment(l, l - 1) @ W.segment(l - 1, 0) == W.segment(l, 0)


def test_segments_do_not_merge_in_the_wrong_order_or_across_a_gap() -> None:
    assert segment(l, 0).merge(segment(L, l)) is None
    assert segment(L, l).merge(segment(l - 1, 0)) is None
    assert segment(L, l).T.merge(segment(l, 0).T) is None
    assert segment(l, 0).T.merge(segment(L, l).T) == segment(L, 0).T


def test_a_stopped_segment_merges_with_stopped_ones_only() -> None:
    assert segment(L, l, stopped=True).merge(segment(l, 0)) is None
    assert segment(L, l, stopped=True).merge(segment(l, 0, stopped=True)) == segment(L, 0, stopped=True)


def test_a_segment_and_a_transpose_do_not_merge() -> None:
    assert segment(L, l).merge(segment(l, 0).T) is None
    square = Stack("W", sp.Integer(2), "W", "W", "W")
    assert segment(2, 1, square).merge(segment(1, 0, Stack("P", sp.Integer(2), "W", "W", "W"))) is None


@pytest.mark.parametrize(("hi", "lo"), [(1, 2), (0, 4), (l, l + 1), (L - 2, L)])
def test_a_segment_that_ends_below_its_start_is_refused(hi, lo) -> None:
    with pytest.raises(BadSegment, match="a segment needs hi ≥ lo, but got W"):
        segment(hi, lo)


def test_whatever_must_be_nonnegative_and_is_no_number_is_reported() -> None:
    assert ranges(W.segment(L, l)) == {L - l, l}
    assert ranges(W.layer(l)) == {L - l, l - 1}
    assert ranges(deep.segment(3, 1)) == frozenset()


def test_a_layer_out_of_its_stack_is_not_held() -> None:
    assert holds_layer(segment(4, 0, deep), sp.Integer(4)) and holds_layer(segment(L, 0), l)
    assert holds_layer(segment(3, 1, deep), sp.Integer(2)) and holds_layer(segment(3, 1, deep), sp.Integer(3))
    assert not holds_layer(segment(3, 1, deep), sp.Integer(1))
    assert not holds_layer(segment(3, 1, deep), sp.Integer(4))
    assert not holds_layer(segment(L, 1), l)


def test_a_part_of_a_stack_is_not_opened_at_a_layer_it_may_not_hold() -> None:
    tail = Matrix("B", "W@1", "latent")
    with pytest.raises(BadSegment, match=r"cannot tell whether W.L:1. holds layer l: differentiate whole stacks"):
        gradient(traced(segment(L, 1), tail), W, l)


# Sums and shapes


def test_products_that_do_not_conform_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="has columns in context, but W has rows in latent"):
        W.product() @ W.product()
    with pytest.raises(ShapeMismatch, match="has columns in latent"):
        Word((A,), "latent", "latent") @ Word((S,), "context", "context")


def test_sums_of_different_shapes_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="cannot add"):
        W.product() + S.word()
    with pytest.raises(ShapeMismatch, match="the sum maps"):
        WordSum.collect("latent", "latent", S.word().terms)


def test_the_trace_of_a_word_that_is_not_square_is_refused() -> None:
    with pytest.raises(ShapeMismatch, match="a trace needs a square word"):
        TraceSum.of(C.word())


def test_equal_words_collect_and_cancel() -> None:
    assert S.word() + S.word() == 2 * S.word()
    assert (S.word() - S.word()).is_zero
    assert (alpha * S.word() - S.word()).terms[0][1] == alpha - 1


def test_a_symmetric_letter_is_its_own_transpose_and_another_is_not() -> None:
    assert S.T == S
    assert C.T != C and C.T.T == C and (C.T.rows, C.T.cols) == ("context", "target")


def test_a_transpose_reverses_the_order() -> None:
    product = C.word() @ S.word() @ W.product().T
    assert str(product) == "Syx Sxx Wᵀ" and str(product.T) == "W Sxx Syxᵀ"
    assert product.T.T == product


def test_letters_are_replaced_where_they_stand() -> None:
    rule = lambda factor: S.word() @ S.word() if factor == S else None
    assert str((C.word() @ S.word()).replaced(rule)) == "Syx Sxx Sxx"


def test_stop_gradient_marks_come_off() -> None:
    stopped = WordSum.of(Word((segment(L, 0, stopped=True),), "latent", "context"))
    assert stopped != W.product() and released(stopped) == W.product()
    assert released(stopped.T) == W.product().T


# Traces


def test_traces_are_equal_up_to_rotation_and_transposition() -> None:
    word = (C, S, segment(L, 0).T, A, segment(L, 0), C.T)
    expected = traced(*word)
    assert all(traced(*word[i:], *word[:i]) == expected for i in range(1, len(word)))
    assert traced(*(factor.T for factor in reversed(word))) == expected


def test_traces_of_different_order_are_different() -> None:
    D = Matrix("D", "latent", "latent")
    assert traced(A, A, D, D) != traced(A, D, A, D)
    assert traced(A, A.T) != traced(A, A)


def test_a_trace_merges_across_its_seam() -> None:
    back = Matrix("B", "context", "latent")
    assert traced(segment(l, 0), back, segment(L, l)) == traced(segment(L, 0), back)


@given(data=st.data(), cut=st.integers(0, 5), turn=st.booleans())
@settings(max_examples=25)
def test_the_canonical_trace_has_the_value_of_the_word(data, cut, turn) -> None:
    word = (C, S, segment(4, 0, deep).T, segment(4, 1, deep), segment(1, 0, deep), C.T)
    word = word[cut:] + word[:cut]
    word = tuple(factor.T for factor in reversed(word)) if turn else word
    letters = drawn_letters(data)
    plain = word_value(word, letters)
    assert denoted_trace(traced(*word), letters, {}) == np.trace(plain)


ends = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted)
marks = st.tuples(st.booleans(), st.booleans())
free_segments = st.builds(
    lambda pair, mark: segment(pair[1], pair[0], deep, transposed=mark[0], stopped=mark[1]), ends, marks
)


@given(factors=st.lists(free_segments, min_size=1, max_size=6), data=st.data())
@settings(max_examples=80)
def test_merging_never_changes_what_a_word_means(factors, data) -> None:
    """All widths two, so that every order conforms; layers under stop-gradient are matrices of their own."""
    layers, held = (tuple(data.draw(matrices(2, 2)) for _ in range(4)) for _ in range(2))
    plain = product_of_segments(tuple(factors), layers, held)
    ((merged, _),) = WordSum.of(Word(tuple(factors), "a", "a")).terms
    assert np.all(product_of_segments(merged.factors, layers, held) == plain)
    ((turned, _),) = TraceSum.of(WordSum.of(Word(tuple(factors), "a", "a"))).terms
    assert np.trace(product_of_segments(turned.factors, layers, held)) == np.trace(plain)


def product_of_segments(factors: tuple, layers: tuple, held: tuple) -> np.ndarray:
    total = np.array([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]], dtype=object)
    for factor in factors:
        if factor.hi != factor.lo:
            matrix = chain(held if factor.stopped else layers, int(factor.lo), int(factor.hi))
            total = total @ (matrix.T if factor.transposed else matrix)
    return total


def drawn_letters(data: st.DataObject) -> dict:
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=5, max_size=5))
    layers = tuple(data.draw(matrices(sizes[i + 1], sizes[i])) for i in range(4))
    root = data.draw(matrices(sizes[0], sizes[0]))
    return {
        "W": layers,
        "Sxx": root + root.T,
        "Syx": data.draw(matrices(2, sizes[0])),
        "A": data.draw(matrices(sizes[-1], sizes[-1])),
    }


def word_value(factors: tuple, letters: dict) -> np.ndarray:
    total = None
    for factor in factors:
        matrix = (
            letters[factor.name] if isinstance(factor, Matrix) else chain(letters["W"], int(factor.lo), int(factor.hi))
        )
        matrix = matrix.T if factor.transposed else matrix
        total = matrix if total is None else total @ matrix
    return total


def chain(layers: tuple, lo: int, hi: int) -> np.ndarray:
    total = layers[lo]
    for layer in layers[lo + 1 : hi]:
        total = layer @ total
    return total


# Expectations


MOMENTS = {("x", "x"): S.word(), ("y", "x"): C.word(), ("x", "y"): C.word().T}


def test_an_expectation_puts_the_left_vector_first() -> None:
    B = Matrix("B", "target", "context")
    assert expectation(traced(y, x.T, B.T), MOMENTS) == traced(C, B.T)
    assert expectation(traced(x.T, S, x), MOMENTS) == traced(S, S)
    assert expectation(traced(x, y.T, B), MOMENTS) == traced(C.T, B)


def test_the_factor_of_a_moment_is_kept() -> None:
    assert expectation(traced(x.T, S, x), {("x", "x"): 3 * S.word()}) == 3 * traced(S, S)


def test_an_expectation_of_anything_but_a_quadratic_form_is_refused() -> None:
    with pytest.raises(ShapeMismatch, match="an expectation needs traces quadratic in the data"):
        expectation(traced(S, S), MOMENTS)
    with pytest.raises(ShapeMismatch, match="quadratic in the data"):
        expectation(traced(x, x.T, x, x.T), MOMENTS)


# Gradients


def test_the_gradient_of_a_linear_trace_is_the_transpose_of_the_rest() -> None:
    back = Matrix("B", "context", "latent")
    assert str(gradient(traced(segment(L, 0), back), W, l)) == "W[L:l]ᵀ Bᵀ W[l-1:0]ᵀ"
    assert gradient(traced(segment(L, 0).T, back.T), W, l) == gradient(traced(segment(L, 0), back), W, l)


def test_a_stopped_letter_is_a_constant() -> None:
    loss = traced(segment(L, 0, stopped=True), S, segment(L, 0).T)
    assert str(gradient(loss, W, l)) == "W[L:l]ᵀ sg[W] Sxx W[l-1:0]ᵀ"
    assert gradient(traced(segment(L, 0, stopped=True), S, segment(L, 0, stopped=True).T), W, l).is_zero


def test_the_edges_of_a_stack_come_out_by_themselves() -> None:
    general = gradient(traced(segment(L, 0), S, segment(L, 0).T), W, l)
    assert str(instantiated(general, {l: sp.S.One})) == "2 W[L:1]ᵀ W Sxx"
    assert str(instantiated(general, {l: L})) == "2 W Sxx W[L-1:0]ᵀ"
    assert str(instantiated(general, {l: sp.S.One, L: sp.S.One})) == "2 W_1 Sxx"


@given(data=st.data(), number=st.integers(1, 4))
@settings(max_examples=25)
def test_a_gradient_is_the_entrywise_derivative_of_a_trace(data, number) -> None:
    """Linear in each entry of a layer, so that the central difference is exact; both as it stands and transposed."""
    letters, stack = drawn_letters(data), segment(4, 0, deep)
    back = Matrix("B", "context", "latent")
    letters["B"] = data.draw(matrices(letters["W"][0].shape[1], letters["W"][-1].shape[0]))
    for trace in (traced(stack, back), traced(stack.T, back.T), traced(stack, S, back)):
        derived = denoted(gradient(trace, deep, sp.Integer(number)), letters, {})
        assert np.all(derived == differences(trace, letters, number))


def differences(trace: TraceSum, letters: dict, number: int) -> np.ndarray:
    result = np.empty_like(letters["W"][number - 1])
    for place in np.ndindex(result.shape):
        values = []
        for step in (1, -1):
            layers = [layer.copy() for layer in letters["W"]]
            layers[number - 1][place] += fmpq(step)
            values.append(denoted_trace(trace, {**letters, "W": tuple(layers)}, {}))
        result[place] = (values[0] - values[1]) / 2
    return result


# Motion, instances, values


def test_the_product_rule_moves_every_letter_once() -> None:
    rate = lambda factor: A.word() @ W.layer(L) if factor == W.layer(L).terms[0][0].factors[0] else None
    gram = W.layer(L) @ W.layer(L).T
    assert along(gram, rate) == A.word() @ gram + gram @ A.word().T
    assert along(S.word(), rate).is_zero


def test_an_identity_word_has_no_shape_to_be_instantiated_or_valued() -> None:
    with pytest.raises(ShapeMismatch, match="an identity word has no letter"):
        instantiated(identity("latent"), {L: sp.S.One})
    with pytest.raises(ShapeMismatch, match="say it with identity_of"):
        value(identity("latent"), lambda f: None, lambda c: 1)
    assert np.all(value(identity("latent"), lambda f: None, int, lambda space: np.eye(2)) == np.eye(2))


def test_symbolic_spaces_follow_their_depth() -> None:
    opened = W.segment(L, l)
    assert (opened.rows, opened.cols) == ("latent", "W@l")
    shut = instantiated(opened, {L: sp.Integer(3), l: sp.Integer(2)})
    assert (shut.rows, shut.cols) == ("latent", "W@2")
    assert instantiated(W.segment(l, 0), {L: sp.Integer(3), l: sp.Integer(3)}).rows == "latent"


# Print


def test_words_print_as_they_are_read() -> None:
    words = S.word() - 2 * (S.word() @ S.word())
    assert str(words) == "Sxx - 2 Sxx Sxx"
    assert str(WordSum.zero("a", "b")) == "0" and str(identity("a")) == "1"
    assert str(sp.Rational(1, 2) * S.word()) == "1/2 Sxx"
    assert str((K + 1) * S.word()) == "(K + 1) Sxx"


def test_latex_names_come_from_the_symbols() -> None:
    assert (C.word().T @ C.word()).latex() == r"{\Sigma^{yx}}^{\top}\,\Sigma^{yx}"
    assert W.layer(l).latex() == r"W_{\ell}"
    assert W.segment(L, l).T.latex() == r"W_{L:\ell}^{\top}"
    assert traced(S).latex() == r"\operatorname{tr}\left(\Sigma^{xx}\right)"


def test_the_copy_under_a_stop_gradient_is_marked_in_print() -> None:
    stopped = WordSum.of(Word((segment(L, l, stopped=True),), "latent", "W@l"))
    assert stopped.latex() == r"\mathrm{sg}[W_{L:\ell}]"
    assert str(stopped) == "sg[W[L:l]]"


def test_words_and_traces_show_as_formulas_in_notebooks() -> None:
    assert S.word()._repr_latex_() == r"$\displaystyle \Sigma^{xx}$"
    assert traced(S)._repr_latex_() == r"$\displaystyle \operatorname{tr}\left(\Sigma^{xx}\right)$"


def test_letters_are_replaced_and_marks_taken_off_inside_a_trace() -> None:
    twice = traced(S).replaced(lambda factor: 2 * S.word() if factor == S else None)
    assert twice == 2 * traced(S)
    marked = traced(segment(L, 0, stopped=True), Matrix("B", "context", "latent"))
    assert released_traces(marked) == traced(segment(L, 0), Matrix("B", "context", "latent")) != marked


def test_nothing_stays_nothing_at_every_depth() -> None:
    nothing = WordSum.zero("latent", "context")
    assert instantiated(nothing, {L: sp.S.One}) == nothing
