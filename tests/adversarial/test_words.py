"""Words: shapes, transposes, ranges of segments, drifts, what decouples, what dissipates."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.matrices.balance_law import balance, learners
from symjepa.errors import SymjepaError
from symjepa.exact import words
from symjepa.exact.words import Matrix, WordSum
from symjepa.statements.claims import Annihilates, AtMost, Decouples, Dissipates, Drift, Less, WordIdentity
from symjepa.statements.descriptions import Layers, pairs
from symjepa.symbols import K, L, alpha, b, eta, k, l, nu, tau, v, w
from tests.adversarial.verdicts import PROVED, REFUTED, matrices, outcome

named = matrices.letters
W, P, Sxx, Syx = named.encoder, named.predictor, named.Sxx.word(), named.Syx.word()
direction = Matrix("n", "context", "one")
everywhere = {K: 2, L: 3, k: 1, l: 1, alpha: 2, eta: 0, tau: 1}
ones, doubled = pairs({w: 1, v: 1, b: 1}), pairs({w: 1, v: sp.Integer(2) ** (1 / K), b: 1})


def test_a_cross_covariance_is_not_symmetric() -> None:
    assert outcome(lambda: WordIdentity(Syx, Syx.T), at={}) == REFUTED


def test_a_covariance_is_symmetric() -> None:
    assert outcome(lambda: WordIdentity(Sxx, Sxx.T), at={}) == PROVED


def test_letters_do_not_commute() -> None:
    assert outcome(lambda: WordIdentity(Sxx @ Syx, Syx @ Sxx), at={}) == REFUTED


def test_a_transpose_reverses_a_product() -> None:
    assert outcome(lambda: WordIdentity((Sxx @ Syx).T, Sxx.T @ Syx.T), at={}) == REFUTED


def test_gram_matrices_of_two_sides_live_in_two_spaces() -> None:
    with pytest.raises(SymjepaError):
        W.layer(l) @ W.layer(l).T - W.layer(l).T @ W.layer(l)


@pytest.mark.parametrize(
    "product", [lambda: Sxx @ W.product(), lambda: W.product() @ W.product(), lambda: P.product() @ Sxx]
)
def test_shapes_that_do_not_meet_are_refused(product) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SymjepaError):
        product()


def test_a_word_of_letters_that_do_not_meet_is_not_proved() -> None:
    crooked = words.Word((named.Sxx, direction.T), "context", "context")
    assert outcome(lambda: WordIdentity(WordSum.of(crooked), WordSum.zero("context", "context")), at={}) != PROVED


def test_a_numeric_segment_does_not_run_backwards() -> None:
    with pytest.raises(SymjepaError):
        W.segment(1, 2)


def test_a_symbolic_segment_that_may_run_backwards_is_not_proved() -> None:
    between = W.segment(l, 2)
    assert outcome(lambda: WordIdentity(between, between), at=everywhere) != PROVED
    assert (
        outcome(lambda: WordIdentity(between, between, (AtMost(2, l), AtMost(l, L))), at={**everywhere, l: 2}) == PROVED
    )


def test_segments_that_run_there_and_back_are_not_the_identity() -> None:
    there_and_back = lambda: WordIdentity(W.segment(K, L) @ W.segment(L, K), words.identity(W.space(K)))
    assert outcome(there_and_back, at=everywhere) != PROVED


def test_there_is_no_joint_above_the_last_layer() -> None:
    decaying = learners[0]
    own = balance(decaying, "encoder")
    assert outcome(lambda: Drift(decaying, own, -2 * eta * own, (AtMost(l, L),)), at={**everywhere, l: 3}) != PROVED
    assert outcome(lambda: Drift(decaying, own, -2 * eta * own), at=everywhere) != PROVED
    assert outcome(lambda: Drift(decaying, own, -2 * eta * own, (AtMost(l, L - 1),)), at=everywhere) == PROVED


def test_there_is_no_joint_without_a_predictor() -> None:
    own = balance(learners[0], "joint")
    assert outcome(lambda: Drift(learners[0], own, -2 * eta * own), at=everywhere) != PROVED


@pytest.mark.parametrize("learner", learners, ids=lambda layers: str(layers.model.teacher))
def test_balance_does_not_decay_at_the_rate_of_a_layer(learner: Layers) -> None:
    own = balance(learner, "joint")
    assert outcome(lambda: Drift(learner, own, -eta * own, (Less(0, K),)), at=everywhere) == REFUTED


def test_a_layer_does_not_rest() -> None:
    first = W.layer(1)
    assert outcome(lambda: Drift(matrices, first, -eta * first), at=everywhere) == REFUTED


def test_a_covariance_rests() -> None:
    assert outcome(lambda: Drift(matrices, Sxx, WordSum.zero("context", "context")), at={}) == PROVED


def test_the_drift_of_a_whole_stack_is_refused_with_a_message() -> None:
    assert outcome(lambda: Drift(matrices, W.product(), -eta * W.product()), at=everywhere) != PROVED


def test_the_norm_of_the_first_layer_may_grow() -> None:
    first = W.layer(1)
    assert outcome(lambda: Dissipates(matrices, first.T @ first, ((2 * eta, first),)), at=everywhere) != PROVED


def test_a_negative_weight_dissipates_nothing() -> None:
    seen = W.layer(1) @ direction.word()
    silent = Annihilates(named.Syx, direction, WordSum.zero("context", "one"))
    alone = Annihilates(named.Sxx, direction, -nu * direction.word())
    rest = P.product() @ W.segment(L, 1)
    gain = Dissipates(matrices, seen.T @ seen, ((-2 * nu, rest @ seen), (2 * eta, seen)), (silent, alone))
    assert outcome(lambda: gain, at=everywhere) != PROVED


def test_a_covariance_in_another_frame_does_not_decouple() -> None:
    apart = Decouples(matrices, (ones, doubled), apart=("Sxx.left",))
    assert outcome(lambda: apart, given=(Less(0, K),), at=everywhere) == REFUTED


@pytest.mark.parametrize("end", ["W@5", "Syx.lefft", "", "W@l-7"])
def test_only_ends_of_the_flow_are_said_to_be_apart(end: str) -> None:
    apart = Decouples(matrices, (ones, doubled), apart=(end,))
    assert outcome(lambda: apart, given=(Less(0, K),), at=everywhere) != PROVED


def test_probes_that_do_not_tell_the_covariances_apart_show_nothing() -> None:
    assert outcome(lambda: Decouples(matrices, (ones, ones)), given=(Less(0, K),), at=everywhere) != PROVED


def test_one_probe_for_two_covariances_shows_nothing() -> None:
    assert outcome(lambda: Decouples(matrices, (ones,)), given=(Less(0, K),), at=everywhere) != PROVED


def test_without_a_predictor_two_probes_do_not_tell_the_covariances_apart() -> None:
    assert outcome(lambda: Decouples(matrices, (ones, doubled)), at={**everywhere, K: 0}) != PROVED


def test_a_hypothesis_on_letters_is_used_in_its_own_order_only() -> None:
    A, B = Matrix("A", "context", "context"), Matrix("B", "context", "context")
    nothing = WordSum.zero("context", "context")
    assert outcome(lambda: WordIdentity(B.word() @ A.word(), nothing, (Annihilates(A, B, nothing),)), at={}) != PROVED
    assert (
        outcome(lambda: WordIdentity(A.T.word() @ B.T.word(), nothing, (Annihilates(A, B, nothing),)), at={}) != PROVED
    )


def test_a_hypothesis_on_letters_annihilates_no_single_letter() -> None:
    A, B = Matrix("A", "context", "context"), Matrix("B", "context", "context")
    nothing = WordSum.zero("context", "context")
    assert outcome(lambda: WordIdentity(A.word(), nothing, (Annihilates(A, B, nothing),)), at={}) != PROVED
