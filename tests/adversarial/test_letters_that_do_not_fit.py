"""Matrices that are none for their letters: NumPy stretches what does not fit, and then anything may be exhibited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sympy as sp

from symjepa.exact.words import Matrix, WordSum
from symjepa.statements.claims import Annihilates, Balanced, Less, WordIdentity
from symjepa.statements.statement import Instance, NearMiss
from symjepa.symbols import K, L, alpha
from symjepa.verify.check import Verdict
from symjepa.verify.kernel.instances import Letters, exhibited, fit_together, is_covariance, obeys
from tests.adversarial.verdicts import PROVED, UNDECIDED, live, matrices, outcome, report

one = ((1, 0), (0, 1))
data = {"Sxx": one, "Syx": one, "Syy": one}
Sxx, n, m = matrices.letters.Sxx, Matrix("n", "context", "one"), Matrix("m", "context", "one")
image = Annihilates(Sxx, n, m.word())
squared = WordIdentity((Sxx.word() @ n.word()).T @ Sxx.word() @ n.word(), m.word().T @ m.word())
"""True: Σxx n = m."""
fitting = Instance({**data, "n": ((1,), (1,)), "m": ((1,), (1,))})
stretched = Instance({**data, "n": ((1,), (1,)), "m": ((1,),)})


def missed(claim: WordIdentity, at: Instance, *given: Annihilates) -> Verdict:
    (found,) = report(Less(0, 1), given=given, at=fitting, near_misses=[NearMiss(claim, at=at)]).near_misses
    return found.verdict


def test_a_truth_is_not_refuted_at_a_vector_that_is_stretched() -> None:
    assert outcome(lambda: squared, given=(image,), at=fitting) == PROVED
    assert missed(squared, stretched, image) is not Verdict.REFUTED


def test_a_vector_that_is_stretched_witnesses_nothing() -> None:
    assert outcome(lambda: squared, given=(image,), at=stretched) == UNDECIDED


def test_what_is_false_is_refuted_at_vectors_that_fit() -> None:
    assert missed(WordIdentity(squared.lhs, 2 * squared.rhs), fitting, image) is Verdict.REFUTED


def test_a_symmetric_letter_is_not_exhibited_by_a_matrix_that_is_not() -> None:
    A = Matrix("A", "context", "context", symmetric=True)
    blind = Annihilates(A, n, WordSum.zero("context", "one"))
    truth = WordIdentity(n.word().T @ A.word(), WordSum.zero("one", "context"))
    skew = Instance({**data, "n": ((1,), (0,)), "A": ((0, 1), (0, 0))})
    assert outcome(lambda: truth, given=(blind,), at=skew) == UNDECIDED
    even = Instance({**data, "n": ((1,), (0,)), "A": ((0, 0), (0, 1))})
    assert outcome(lambda: truth, given=(blind,), at=even) == PROVED


@pytest.mark.parametrize(
    "wrong",
    [{"Syx": ((1,), (0,))}, {"Sxx": ((1, 0),)}, {"Syy": ((1,), (0,))}, {"Sxx": ((1, 0), (0,))}, {"n": ((1, 1),)}],
    ids=str,
)
def test_covariances_and_letters_have_their_shapes(wrong: Mapping[str, Any]) -> None:
    """No error that a reader cannot place, and no witness."""
    found = report(squared, given=(image,), at=Instance({**fitting.matrices, **wrong}))
    assert found.verdict is Verdict.UNDECIDED and "or its covariances are not those of data" in found.witness


@pytest.mark.parametrize("wrong", [{"Snx": ((1,), (1,))}, {"Snn": ((1, 0),)}, {"Syn": ((0, 0),)}], ids=str)
def test_covariances_of_noise_have_their_shapes(wrong: Mapping[str, Any]) -> None:
    none = ((0, 0), (0, 0))
    noisy = {**data, "Snn": one, "Syn": none, "Snx": none}
    assert is_covariance(exhibited(Instance(noisy), {}).matrices)
    assert not is_covariance(exhibited(Instance({**noisy, **wrong}), {}).matrices)


def test_layers_fit_each_other_at_their_depth() -> None:
    encoder, numbers = matrices.letters.encoder, {K: sp.Integer(1), L: sp.Integer(2), alpha: sp.S.One}
    wide, narrow = ((1, 0), (0, 1), (1, 1)), ((1, 1),)

    def fits(**layers: Any) -> bool:
        own = Letters(exhibited(Instance({**data, **layers}), {}).matrices, numbers)
        return fit_together(encoder.product().letters(), own)

    assert fits(W_1=wide, W_2=((1, 0, 1),)) and not fits(W_1=wide, W_2=((1, 1),))
    assert fits(W_1=narrow, W_2=((1,),)) and not fits(W_1=narrow, W_2=one)
    assert fits(W_1=wide)  # who needs the second layer says that it is missing
    assert fit_together(encoder.product().letters(), Letters(exhibited(Instance(data), {}).matrices, {}))


def test_layers_that_do_not_fit_obey_no_law() -> None:
    """W_2ᵀ W_2 = [[1]] would be stretched over W_1 W_1ᵀ, all ones."""
    numbers = {K: sp.Integer(1), L: sp.Integer(2), alpha: sp.S.One}
    ones = exhibited(Instance({**data, "W_1": ((1, 0), (1, 0)), "W_2": ((1,),)}), {}).matrices
    assert not obeys(Letters(ones, numbers), (Balanced(live, "encoder"),))
