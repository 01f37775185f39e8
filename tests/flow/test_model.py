"""What a model refuses, and what it says then."""

from __future__ import annotations

import pytest
import sympy as sp

import symjepa as sj
from symjepa.errors import InvalidDepth, InvalidModel, InvalidNumber

latent, data = sj.LatentPrediction(), sj.DataReconstruction()


@pytest.mark.parametrize(
    "depth", [0, -1, 1001, 1.5, True, "3", sp.Rational(1, 2), sp.oo, sp.Float(2), sp.pi, sj.L + 1, sj.tau, None]
)
def test_an_encoder_depth_is_a_positive_whole_number_or_a_symbol(depth) -> None:
    with pytest.raises(
        InvalidDepth, match="encoder depth must be a whole number from 1 to 1000, or an integer symbol; "
    ):
        sj.Encoder(depth)


@pytest.mark.parametrize("depth", [-1, 1001, 0.0, False, sp.Rational(3, 2), sp.nan])
def test_a_predictor_depth_is_a_nonnegative_whole_number_or_a_symbol(depth) -> None:
    with pytest.raises(
        InvalidDepth, match="predictor depth must be a whole number from 0 to 1000, or an integer symbol"
    ):
        sj.Predictor(depth)


def test_depths_are_kept_exactly() -> None:
    assert sj.Encoder(1000).depth == sp.Integer(1000) and sj.Predictor(0).depth == sp.S.Zero
    assert sj.Encoder(sj.L).depth == sj.L and sj.Predictor(sj.K).depth == sj.K


@pytest.mark.parametrize("rate", [0, -1, 0.5, True, sp.Float("0.5"), sj.lam, sp.Symbol("q"), sp.pi, sp.oo])
def test_a_teacher_rate_is_an_exact_positive_number_or_symbol(rate) -> None:
    with pytest.raises(InvalidNumber, match="tau must be positive: an exact number or a symbol assumed so; got "):
        sj.EMA(rate)
    with pytest.raises(InvalidNumber, match="teacher rate tau must be positive"):
        sj.LayerEMA(rate)


def test_a_float_rate_is_told_how_to_be_written() -> None:
    with pytest.raises(InvalidNumber, match=r"got 0.7 \(write 7/10 as sympy.Rational\(7, 10\)\)"):
        sj.EMA(0.7)


def test_predictor_rate_and_weight_decay_have_their_signs() -> None:
    build = lambda **rates: sj.Model(sj.Encoder(1), sj.Predictor(1), latent, sj.Live(), **rates)
    with pytest.raises(InvalidNumber, match="predictor rate alpha must be positive"):
        build(predictor_rate=0)
    with pytest.raises(InvalidNumber, match="weight decay eta must be nonnegative"):
        build(weight_decay=-1)
    assert build(weight_decay=0).weight_decay == sp.S.Zero


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((sj.Predictor(1), latent, None), "a latent target needs a teacher .* got none"),
        ((sj.Predictor(1), data, sj.Live()), r"a data target has no teacher, but got teacher=Live\(\): leave it out"),
        ((sj.Predictor(0), data, None), "a data target needs a predictor of depth at least 1, .* got depth 0"),
        ((sj.Predictor(0), latent, sj.Live(), sj.alpha), "a predictor rate needs a predictor, .* leave it at 1"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(parts, message) -> None:
    with pytest.raises(InvalidModel, match=message):
        sj.Model(sj.Encoder(2), *parts)


def test_models_are_values() -> None:
    build = lambda: sj.Model(sj.Encoder(2), sj.Predictor(1), latent, sj.EMA(sj.tau))
    assert build() == build() and hash(build()) == hash(build())
    with pytest.raises(AttributeError):
        build().encoder = sj.Encoder(3)


@pytest.mark.parametrize("depth", [sj.symbols.l, sj.symbols.k, sj.symbols.j], ids=str)
def test_an_index_of_layers_is_no_depth(depth) -> None:
    with pytest.raises(InvalidDepth):
        sj.Encoder(depth)


def test_a_depth_that_may_be_zero_is_no_encoder_depth() -> None:
    with pytest.raises(InvalidDepth):
        sj.Encoder(sj.K)


@pytest.mark.parametrize("rate", [sj.u, sj.s, sj.sigma2], ids=str)
def test_an_amplitude_or_a_variance_is_no_rate(rate) -> None:
    with pytest.raises(InvalidModel):
        sj.EMA(rate)


def test_parts_of_a_wrong_type_are_refused() -> None:
    with pytest.raises(InvalidModel):
        sj.Model(sj.Encoder(1), sj.Predictor(1), latent, sj.Live)
