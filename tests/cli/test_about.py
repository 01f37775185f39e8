"""`symjepa derive` names the theorems of the book that speak of the model."""

from __future__ import annotations

import sympy as sp

import symjepa as sj
from symjepa.cli.about import about


def labels(model: sj.Model) -> dict[str, dict[sp.Symbol, sp.Expr]]:
    return {one.label: dict(one.at) for one in about(model)}


def latent(encoder: object, predictor: object, teacher: object, **rates: object) -> sj.Model:
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), sj.LatentPrediction(), teacher, **rates)


def test_a_theorem_for_every_depth_speaks_of_each_depth() -> None:
    found = labels(latent(2, 3, sj.EMA(sj.tau)))
    assert found["ema-decay-rates"] == {sj.K: 3, sj.L: 2}


def test_a_theorem_about_one_layer_does_not_speak_of_two() -> None:
    assert "imbalance-threshold-ema" in labels(latent(1, 1, sj.EMA(sj.tau)))
    assert "imbalance-threshold-ema" not in labels(latent(2, 1, sj.EMA(sj.tau)))


def test_another_teacher_or_objective_is_another_model() -> None:
    assert "jepa-fixed-point" not in labels(latent(2, 1, sj.Shared()))
    assert "jepa-fixed-point" not in labels(sj.Model(sj.Encoder(2), sj.Predictor(1), sj.DataReconstruction()))


def test_what_needs_a_predictor_is_not_said_of_a_model_without_one() -> None:
    found = labels(latent(2, 0, sj.Live()))
    assert "no-predictor-collapse" in found
    assert "mode-flow" not in found


def test_weight_decay_is_a_threshold_where_there_is_some_and_none_where_there_is_not() -> None:
    assert "weight-decay-threshold" in labels(latent(1, 1, sj.Live(), weight_decay=sj.eta))
    assert "weight-decay-threshold" not in labels(latent(1, 1, sj.Live()))


def test_two_groups_of_layers_need_two_layers() -> None:
    assert "ema-layer-groups" in labels(latent(2, 2, sj.LayerEMA(sj.tau)))
    assert "ema-layer-groups" not in labels(latent(1, 2, sj.LayerEMA(sj.tau)))


def test_a_theorem_at_the_threshold_of_weight_decay_does_not_speak_of_a_model_without_decay() -> None:
    assert "weight-decay-landing" not in labels(latent(2, 1, sj.Live()))
