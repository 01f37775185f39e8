"""The kernel decides what it was given and nothing else; it refutes at certified points, exact matrices included."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact, Range
from symjepa.exact.gradients import released_traces
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Matrix, WordSum, identity
from symjepa.flow import expected_loss, gradient_flow, letters
from symjepa.model import (
    EMA,
    DataReconstruction,
    Encoder,
    Frozen,
    LatentPrediction,
    Live,
    Model,
    Objective,
    Predictor,
    Teacher,
)
from symjepa.modes.frames import alignment
from symjepa.statements.claims import (
    Annihilates,
    AtMost,
    Chain,
    Claim,
    Cofactors,
    Drift,
    Identity,
    LossIs,
    Monotone,
    Unequal,
    WordIdentity,
    Zeros,
    component,
)
from symjepa.statements.statement import Instance, NearMiss
from symjepa.symbols import K, L, alpha, eta, l, lam, n, nu, tau
from symjepa.verify.check import Verdict
from symjepa.verify.kernel import refute as refuting
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.kernel.instances import Turned, framed, is_covariance
from symjepa.verify.kernel.points import holds_at, satisfies
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import TraceAtMostZero
from tests.adversarial.verdicts import PROVED, REFUTED, UNDECIDED, equation, matrices, outcome, p, report, x

live = Model(Encoder(1), Predictor(1), LatentPrediction(), Live())
loss = released_traces(expected_loss(live))
W, P, named = matrices.letters.encoder, matrices.letters.predictor, matrices.letters
A = Matrix("A", "context", "context").word()
direction = Matrix("n", "context", "one")
clean = Instance(
    {"W_1": ((1, 1),), "P_1": ((1,),), "n": ((0,), (1,)),
     "Sxx": ((1, 0), (0, 1)), "Syx": ((1, 0), (0, 0)), "Syy": ((1, 0), (0, 1))},
    {K: 1, L: 1, alpha: 1, eta: 0, nu: 1, tau: 1},
)  # fmt: skip


# Facts at points.


def test_a_universal_fact_is_not_certified_at_a_point() -> None:
    always = Fact(x**2 + n, "positive", (Range(n, sp.S.One, sp.oo, True),))
    assert holds_at(always, {x: sp.S.One, n: sp.S.One}) is None


def test_a_fact_that_balls_do_not_decide_rejects_the_point() -> None:
    zero = Fact(sp.sqrt(x) * sp.sqrt(x + 1) - sp.sqrt(x * (x + 1)), "nonnegative")
    point = {x: sp.Integer(2)}
    assert holds_at(zero, point) is None
    assert not satisfies([zero], point)


def test_a_value_that_must_be_whole_and_is_not_seen_to_be_refutes_nothing() -> None:
    """The flow lives on the integers, and nobody knows whether p is one."""
    claim = Zeros(equation((K, K - p)), (component({K: p}, (K - p,)),), (Cofactors(((K, sp.S.One),), sp.S.One),))
    assert outcome(lambda: claim, at={p: 1}) == UNDECIDED


# Words and traces.


def test_a_test_is_no_obligation() -> None:
    with pytest.raises(SymjepaError, match="the kernel does not know TraceAtMostZero"):
        decide(TraceAtMostZero(A), Context())  # type: ignore[arg-type]


def test_a_coefficient_that_vanishes_where_it_is_defined_needs_to_be_defined() -> None:
    claim = WordIdentity(((x + 1) / x) * A, A + (1 / x) * A)
    assert outcome(lambda: claim, at={x: 1}) != PROVED
    assert outcome(lambda: claim, at={x: 1}, given=(Unequal(x, 0),)) == PROVED


def test_the_loss_of_a_model_is_its_expectation_and_its_mean() -> None:
    assert outcome(lambda: LossIs(live, loss), at={}) == PROVED


def test_another_loss_is_refuted_on_exact_matrices() -> None:
    found = report(LossIs(live, 2 * loss), at={}).claim[0]
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None and {"Sxx", "Syx", "Syy", "W_1"} <= {
        name for name, _ in found.counterexample.matrices
    }


@pytest.mark.parametrize(
    ("word", "depths"),
    [(W.segment(L, 1), (Identity(L, 1),)), (W.segment(l - 1, 0), (Identity(l, 1),))],
    ids=["latent", "context"],
)
def test_an_empty_product_of_layers_is_not_twice_itself(word: WordSum, depths: tuple[Claim, ...]) -> None:
    claim = WordIdentity(word, 2 * word, depths)
    assert report(claim, at={L: 1, l: 1}).claim[0].verdict is Verdict.REFUTED


def test_an_empty_product_has_the_size_of_what_it_is_compared_with() -> None:
    """At l = 1 there is no layer below, and 1 = W_1ᵀW_1 fails on matrices of any width."""
    below, layer = W.segment(l - 1, 0), W.layer(l)
    claim = WordIdentity(below @ below.T, layer.T @ layer, (Identity(l, 1),))
    assert report(claim, at={L: 1, l: 1}).claim[0].verdict is Verdict.REFUTED


def test_the_dimension_of_a_space_is_not_known_from_letters() -> None:
    claim = LossIs(live, loss + TraceSum.of(identity("latent")))
    assert report(claim, at={}).claim[0].verdict is Verdict.UNDECIDED


# Exhibited matrices.


def missed(at: Instance, claim: Claim | None = None, without: tuple[Claim, ...] = ()) -> Verdict:
    """What becomes of a near miss at exhibited matrices."""
    silent = Annihilates(named.Syx, direction, WordSum.zero("context", "one"))
    claim = WordIdentity(named.Sxx.word(), named.Syy.word()) if claim is None else claim
    given = (silent,) if silent not in without else ()
    return report(Identity(x, x), given=given, at=clean, near_misses=[NearMiss(claim, at=at)]).near_misses[0].verdict


def matrices_with(**changed: Any) -> Instance:
    """The clean matrices, some of them changed."""
    return Instance({**clean.matrices, **changed}, clean.numbers)


def test_a_near_miss_is_refuted_at_exhibited_matrices() -> None:
    assert missed(matrices_with(Syy=((2, 0), (0, 1)))) is Verdict.REFUTED


def test_exhibited_matrices_at_which_both_sides_agree_refute_nothing() -> None:
    assert missed(clean) is not Verdict.REFUTED


def test_exhibited_matrices_that_break_a_hypothesis_refute_nothing() -> None:
    assert missed(matrices_with(Syy=((2, 0), (0, 2)), n=((1,), (0,)))) is not Verdict.REFUTED


def test_exhibited_matrices_that_lack_a_letter_of_a_hypothesis_refute_nothing() -> None:
    lacking = {name: rows for name, rows in matrices_with(Syy=((2, 0), (0, 2))).matrices.items() if name != "n"}
    assert missed(Instance(lacking, clean.numbers)) is not Verdict.REFUTED


@pytest.mark.parametrize(
    "changed",
    [{"Sxx": ((-1, 0), (0, 1))}, {"Sxx": ((0, 1), (1, 0))}, {"Sxx": ((1, 1), (0, 1))}, {"Syy": ((0, 0), (0, 0))}],
    ids=["negative", "zero pivot", "not symmetric", "breaks Cauchy-Schwarz"],
)
def test_matrices_that_are_no_covariances_of_data_refute_nothing(changed: dict[str, Any]) -> None:
    assert missed(matrices_with(**changed)) is not Verdict.REFUTED


def test_covariances_of_data_are_given_together() -> None:
    one = sp.Matrix([[1]])
    assert not is_covariance({"Sxx": one, "Syy": one})


def test_exhibited_matrices_need_numbers_for_every_depth() -> None:
    still = Drift(matrices, W.layer(1), WordSum.zero(W.space(sp.S.One), "context"))
    with pytest.raises(SymjepaError, match="an instance needs numbers for K, L"):
        missed(Instance(clean.matrices, {}), still)


# Random matrices that obey hypotheses.

seen = W.layer(1) @ direction.word()
rest = P.product() @ W.segment(L, 1)
silent = Annihilates(named.Syx, direction, WordSum.zero("context", "one"))
alone = Annihilates(named.Sxx, direction, nu * direction.word())


@pytest.mark.parametrize(("times", "verdict"), [(1, PROVED), (2, REFUTED)])
def test_noise_alone_contracts_the_first_layer_once_and_not_twice(times: int, verdict: str) -> None:
    """To refute, matrices are drawn that obey both hypotheses, and ν is what they say."""
    contraction = -times * nu * (rest.T @ rest @ seen)
    claim = Drift(matrices, seen, contraction, (silent, alone))
    assert report(claim, at={K: 1, L: 1}).claim[0].verdict.value == verdict


@pytest.mark.parametrize(("times", "verdict"), [(1, PROVED), (2, REFUTED)])
def test_a_shared_direction_drives_the_first_layer_once_and_not_twice(times: int, verdict: str) -> None:
    """To refute, matrices are drawn and m is what Σyx n = λ m makes of them."""
    image = Matrix("m", "context", "one")
    shared = Annihilates(named.Syx, direction, lam * image.word())
    drive = times * lam * (rest.T @ W.product() @ image.word())
    moves = drive - rest.T @ P.product() @ W.product() @ named.Sxx.word() @ direction.word()
    claim = Drift(matrices, seen, moves, (shared,))
    assert report(claim, at={K: 1, L: 1, lam: 1}).claim[0].verdict.value == verdict


def test_a_frozen_teacher_has_no_drift_in_any_frame() -> None:
    """The other letters do: the alignment is that of another flow, whose teacher moves."""
    flows = [gradient_flow(Model(Encoder(2), Predictor(1), LatentPrediction(), kind)) for kind in (Frozen(), EMA(tau))]
    moving = [{letter for letter, _ in framed(flow, alignment(flow))} for flow in flows]
    assert moving[1] - moving[0] == {"Wbar"}


@pytest.mark.parametrize(
    "claim",
    [Identity(x**2, x), AtMost(x, 2, by=Chain(x, sp.S.One)), AtMost(x, 2, by=Monotone(x, sp.Integer(2), sp.S.One))],
    ids=["equation", "chain", "powers"],
)
def test_what_holds_at_a_point_that_is_near_is_refuted_beyond_it(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equations, and orders shown by a chain or by powers, when the search itself proposes nothing."""
    monkeypatch.setattr(refuting, "points", lambda symbols, facts: iter(() if symbols else ({},)))
    assert refuting.refute(compiled(claim), Context()) is None
    assert refuting.refute(compiled(claim), Context(), near=({x: sp.S.One},)) is not None


@pytest.mark.parametrize(("objective", "teacher"), [(LatentPrediction(), Live()), (DataReconstruction(), None)])
def test_there_are_data_with_the_covariances_that_are_drawn_in_turned_frames(
    objective: Objective, teacher: Teacher | None
) -> None:
    model = Model(Encoder(2), Predictor(1), objective, teacher)
    named, turned = letters(model), Turned(alignment(gradient_flow(model)))
    drawn = {of.name: turned.matrix(of) for of in (named.Sxx, named.Syx)}
    assert is_covariance({**drawn, "Syy": np.diag([Fraction(1)] * 2)})  # no flow speaks of the target's own covariance
