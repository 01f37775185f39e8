"""Powers of Gram matrices as letters: what merges, what is reported, and what they mean."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from symjepa.errors import BadSegment
from symjepa.exact.denotation import value
from symjepa.exact.gradients import released
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Matrix, Power, Stack, WordSum, gram_power, instantiated, length, ranges
from symjepa.symbols import L, l, n
from tests.strategies import matrices

W = Stack("W", L, "latent", "context", "W")
A = Matrix("A", "latent", "context").word()
first = W.layer(1)


def letter(words: WordSum) -> object:
    ((word, _),) = words.terms
    (factor,) = word.factors
    return factor


def test_neighbouring_powers_of_one_letter_merge() -> None:
    assert gram_power(A, n) @ gram_power(A, L) == gram_power(A, n + L)
    square = Matrix("B", "latent", "latent").word()
    assert gram_power(square, n) @ gram_power(square.T, n) != gram_power(square, 2 * n)


def test_a_power_is_symmetric_and_square() -> None:
    power = letter(gram_power(A, n))
    assert isinstance(power, Power)
    assert power.T is power and (power.rows, power.cols) == ("latent", "latent")
    assert gram_power(A.T, n).rows == "context"


def test_the_zeroth_power_is_the_identity() -> None:
    assert gram_power(A, 0) @ A == A
    assert str(gram_power(A, 0)) == "1"


def test_what_merging_powers_needs_is_reported() -> None:
    assert ranges(gram_power(A, n - 2) @ gram_power(A, 2 - n)) == {n - 2, 2 - n}
    assert ranges(gram_power(first, n)) == {n, L - 1}
    assert length(letter(A)) is None and length(letter(gram_power(A, n))) == n  # type: ignore[arg-type]


def test_what_merging_needs_survives_numbers() -> None:
    there_and_back = gram_power(A, n - 2) @ gram_power(A, 3 - n)
    assert ranges(instantiated(there_and_back, {n: sp.Integer(1)})) == {sp.Integer(-1)}
    assert ranges(instantiated(there_and_back - there_and_back, {n: sp.Integer(4)})) == {sp.Integer(-1)}
    assert ranges(instantiated(there_and_back, {n: sp.Integer(2)})) == frozenset()


def test_a_power_at_a_negative_number_is_refused() -> None:
    with pytest.raises(BadSegment, match="exponent ≥ 0"):
        instantiated(gram_power(A, n - 2), {n: sp.Integer(1)})


def test_depths_inside_a_power_are_instantiated() -> None:
    last = gram_power(W.layer(L), L - l)
    assert str(instantiated(last, {L: sp.Integer(3), l: sp.Integer(1)})) == "(W_3 W_3ᵀ)^(2)"


def test_a_power_under_a_trace_turns_with_its_word() -> None:
    assert TraceSum.of(gram_power(A, n) @ A @ A.T) == TraceSum.of(A @ A.T @ gram_power(A, n))
    assert TraceSum.of(gram_power(A, 1) @ A @ A.T @ gram_power(A, n)) == TraceSum.of(gram_power(A, n + 1) @ A @ A.T)


def test_a_power_carries_no_mark() -> None:
    assert released(gram_power(A, n)) == gram_power(A, n)


def test_powers_print_as_they_are_read() -> None:
    assert str(gram_power(A, n)) == "(A Aᵀ)^(n)"
    assert gram_power(first.T, n - 1).latex() == r"\left(W_{1}^{\top}\,W_{1}\right)^{n - 1}"


@given(data=st.data(), exponent=st.integers(0, 4), more=st.integers(0, 3))
@settings(max_examples=25)
def test_a_power_means_a_product_of_gram_matrices(data, exponent, more) -> None:
    matrix = data.draw(matrices(2, 3))
    plain = np.array([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]], dtype=object)
    for _ in range(exponent + more):
        plain = plain @ matrix @ matrix.T
    merged = gram_power(A, n) @ gram_power(A, l)
    numbers = {n: sp.Integer(exponent), l: sp.Integer(more)}
    identity = np.array([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]], dtype=object)
    found = value(instantiated(merged, numbers), lambda f: matrix, lambda c: fmpq(int(c)), lambda space: identity)
    assert np.all(found == plain)
