"""Solutions that last, and noise that changes nothing: bounds that are too small, letters left out, other noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from derivations.matrices import boundedness as lasting
from derivations.matrices import target_noise as noisy
from derivations.models import data, latent, shared
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Matrix, WordSum
from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Below, Growth, Lasts, Less, TargetNoise
from symjepa.statements.descriptions import Layers
from symjepa.symbols import K, L, alpha, eta, k, l, t, tau, u
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.obligations import compiled
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, outcome

c = lasting.c
point = {K: 2, L: 2, k: 1, l: 1, alpha: 1, eta: 0, tau: 1, c: 1}
some = (Less(0, K),)
live, ema, frozen, still = (claim for claim in (*lasting.exponentially[:2], lasting.linearly[1], lasting.linearly[0]))
W, P = live.flow.letters.encoder, live.flow.letters.predictor


def said(claim: Any, **changes: Any) -> str:
    return outcome(lambda: replace(claim, **changes) if changes else claim, given=some, at=point)


def bound(claim: Lasts, number: int = 0, **changes: Any) -> Lasts:
    """A claim with one of its bounds changed."""
    growths = list(claim.growths)
    growths[number] = replace(growths[number], **changes)
    return replace(claim, growths=tuple(growths))


# What lasts.


def test_the_honest_claims_are_proved() -> None:
    assert {said(claim) for claim in (live, ema, frozen, still)} == {PROVED}


@pytest.mark.parametrize("rate", [0, c / 4, (1 + alpha) * c / 4, -eta])
def test_a_rate_that_is_too_small_is_not_proved(rate: Any) -> None:
    assert said(bound(live, rate=sp.sympify(rate))) != PROVED


def test_a_wrong_certificate_refutes_no_bound() -> None:
    assert said(bound(live, squares=())) not in (PROVED, REFUTED)
    assert said(bound(live, rate=100 * c * (1 + alpha))) not in (PROVED, REFUTED)


def test_a_weight_of_a_square_is_not_negative() -> None:
    """A negative square closes any identity: D ‖W_l‖² ≤ 0 for the data target, say."""
    own = still.growths[0]
    y = still.flow.letters.target.word()
    fed = bound(still, source=None, squares=(*own.squares, (-sp.Rational(1, 2), y)))
    assert said(fed) != PROVED


def test_a_form_is_a_sum_of_squares_with_positive_weights() -> None:
    (own,) = live.growths
    assert said(bound(live, form=((-1, own.form[0][1]), own.form[1]))) != PROVED
    assert said(bound(live, form=((0, own.form[0][1]), own.form[1]))) != PROVED


def test_every_letter_that_moves_is_bounded() -> None:
    assert said(replace(still, growths=still.growths[:1])) != PROVED
    assert said(replace(still, growths=())) != PROVED
    without_teacher = Growth(((1, W.product()),), c / 2, ())
    assert said(replace(ema, growths=(without_teacher,))) != PROVED


def test_some_layers_of_a_stack_are_not_all() -> None:
    first = bound(still, form=((1, still.flow.letters.encoder.layer(1)),), on=())
    assert said(first) != PROVED
    fewer = bound(still, on=(AtMost(l, L - 1),))
    assert said(fewer) != PROVED


def test_a_hypothesis_about_the_index_narrows_no_bound() -> None:
    """With l = 1 among the hypotheses, the bound is still needed for every layer; 2 - l is not positive for all."""
    own = still.growths[0]
    weighted = ((2 - l, own.form[0][1]),)
    squares = tuple(((2 - l) * weight, words) for weight, words in own.squares)
    assert own.source is not None
    claim = bound(still, form=weighted, squares=squares, source=(2 - l) * own.source)
    assert outcome(lambda: claim, given=(*some, AtMost(l, 1)), at=point) != PROVED
    assert said(bound(still, on=(AtMost(l, L), AtMost(l, 1)))) != PROVED
    assert said(bound(still, on=(Less(l, L),))) == REFUSED


def test_without_a_layer_there_is_no_bound_on_the_encoder() -> None:
    """The form holds W and P_k: for K = 0 it says nothing."""
    claim = compiled(live)
    left = [found for line in claim.obligations if not (found := decide(line, Context())).proved]
    assert any(found.obligation.premise == "covers" for found in left)


def test_what_feeds_the_growth_does_not_move() -> None:
    W_ = still.flow.letters.encoder.product()
    assert said(bound(still, source=W_ @ still.flow.letters.Sxx.word() @ W_.T)) != PROVED


@pytest.mark.parametrize("factor", [t, u, sp.exp(t)])
def test_a_bound_has_constant_weights(factor: sp.Expr) -> None:
    own = still.growths[0]
    assert said(bound(still, form=((factor, own.form[0][1]),))) == REFUSED
    assert said(bound(still, rate=factor)) == REFUSED


def test_the_ceiling_is_a_hypothesis_about_the_target_alone() -> None:
    Sxx, Syy = live.flow.letters.Sxx, live.flow.letters.Syy
    assert said(live, on=()) == REFUSED
    assert said(live, on=(Below(Sxx, c),)) == REFUSED
    assert said(live, on=(Below(Syy, c), Below(Syy, c / 2))) == REFUSED
    assert said(live, on=(Below(Syy, c / 2),)) != PROVED


def test_a_ceiling_below_zero_is_empty() -> None:
    low = bound(replace(live, on=(Below(live.flow.letters.Syy, -1 - c),)), below=())
    assert said(low) != PROVED


def test_deeper_encoders_are_not_bounded_by_this() -> None:
    """For two layers the target may grow like the square of what feeds it."""
    deep = Layers(Model(Encoder(2), Predictor(K), LatentPrediction(), Live(), alpha, eta))
    named = deep.letters
    own = Growth(((1, named.encoder.layer(1)), (1, named.encoder.layer(2))), c, (), ())
    assert said(Lasts(deep, (own,), (Below(named.Syy, c),))) != PROVED


def test_without_stop_gradient_the_certificate_is_another() -> None:
    assert said(replace(frozen, flow=Layers(shared))) != PROVED


def test_a_letter_that_is_named_like_one_of_the_model_bounds_nothing() -> None:
    fake = Matrix("P_1", "latent", "latent").word()
    assert said(bound(live, form=(*live.growths[0].form, (1, fake)))) == REFUSED


# Noise.

quiet, pulled, driven = noisy.silent[0], noisy.unstopped, noisy.loud[0]
own = Layers(latent(Live())).letters.encoder


def test_noise_that_is_correlated_with_the_context_is_felt() -> None:
    assert said(quiet, correlated=True) == REFUTED
    assert said(driven, correlated=False) == REFUTED


def test_without_stop_gradient_noise_is_felt() -> None:
    assert said(pulled, gains=()) == REFUTED
    assert said(quiet, model=shared) == REFUTED


@pytest.mark.parametrize("factor", [2, -1, sp.Rational(1, 2)])
def test_the_size_of_what_noise_does_is_exact(factor: Any) -> None:
    assert said(pulled, gains=tuple((letter, factor * gain) for letter, gain in pulled.gains)) == REFUTED
    assert said(driven, gains=tuple((letter, factor * gain) for letter, gain in driven.gains)) == REFUTED
    assert said(quiet, loss=factor * quiet.loss) == REFUTED


def test_what_noise_shares_with_the_target_is_in_the_loss() -> None:
    Snn, Syn, _ = noisy.moments(data)
    half = sp.Rational(1, 2)
    assert said(noisy.silent[-1], loss=half * TraceSum.of(Snn)) == REFUTED
    assert said(noisy.silent[-1], loss=half * TraceSum.of(Snn) + half * TraceSum.of(Syn)) == REFUTED


def test_a_gain_belongs_to_a_generic_layer_and_is_said_once() -> None:
    letter, gain = pulled.gains[0]
    assert said(pulled, gains=((own.layer(1), gain),)) == REFUSED
    assert said(pulled, gains=((letter, 0 * gain), (letter, gain))) == REFUSED


def test_a_transposed_covariance_of_noise_is_another() -> None:
    Snn, Syn, _ = noisy.moments(shared)
    one_way = own.segment(L, l).T @ own.product() @ (Snn + 2 * Syn) @ own.segment(l - 1, 0).T
    assert said(pulled, gains=((own.layer(l), -one_way),)) == REFUTED


def test_a_target_of_another_dimension_has_noise_of_that_dimension() -> None:
    assert noisy.moments(data)[0].rows == "target"
    assert said(TargetNoise(Model(Encoder(1), Predictor(1), DataReconstruction()), noisy.silent[-1].loss)) == PROVED
    zero = TraceSum.of(WordSum.zero("target", "target"))
    assert said(TargetNoise(Model(Encoder(1), Predictor(1), DataReconstruction()), zero)) == REFUTED
