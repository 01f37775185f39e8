"""PyTorch, whose `detach` is a real one, finds the semi-gradients that were derived."""

from __future__ import annotations

import sys
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

import symjepa as sj
from symjepa.errors import MissingExtra
from symjepa.verify.corroborate.autograd import disagreements, gradients
from symjepa.verify.corroborate.entrywise import drawn_point

TEACHERS = (sj.Live(), sj.EMA(sj.tau), sj.LayerEMA(sj.tau), sj.Frozen(), sj.Shared(), None)
named = {"ids": lambda t: t.name if t else "data"}


def flow(teacher: Any, encoder: Any = sj.L, predictor: Any = sj.K) -> sj.MatrixFlow:
    objective = sj.LatentPrediction() if teacher else sj.DataReconstruction()
    rates = (sj.alpha, sj.eta) if predictor != 0 else (1, sj.eta)
    return sj.gradient_flow(sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective, teacher, *rates))


@pytest.mark.needs("torch")
@pytest.mark.parametrize("teacher", TEACHERS, **named)
def test_autograd_moves_every_layer_as_derived_for_symbolic_depths(teacher: Any) -> None:
    assert disagreements(flow(teacher)) == []


@pytest.mark.needs("torch")
@pytest.mark.parametrize("teacher", TEACHERS[:-1], **named)
@pytest.mark.parametrize("encoder", [1, 2])
def test_autograd_moves_every_layer_as_derived_without_a_predictor(teacher: Any, encoder: int) -> None:
    assert disagreements(flow(teacher, encoder, 0)) == []


@pytest.mark.needs("torch")
def test_a_flow_without_its_stop_gradient_is_found_out() -> None:
    live, shared = flow(sj.Live()), flow(sj.Shared())
    assert disagreements(replace(shared, model=live.model)) == [f"W_l at {i}" for i in (1, 2, 3)]
    assert disagreements(replace(live, model=shared.model)) == [f"W_l at {i}" for i in (1, 2, 3)]


@pytest.mark.needs("torch")
@pytest.mark.parametrize("teacher", TEACHERS[1:4], **named)
def test_detach_keeps_every_gradient_from_the_teacher(teacher: Any) -> None:
    derived = flow(teacher)
    assert not gradients(derived.model, drawn_point(derived, Random(2))).teacher


@pytest.mark.needs("torch")
def test_a_shared_branch_changes_the_encoder_and_not_the_predictor() -> None:
    live, shared = (gradients(flow(t).model, drawn_point(flow(t), Random(2))).layers for t in (sj.Live(), sj.Shared()))
    assert not any(np.allclose(a, b) for a, b in zip(live["W"], shared["W"], strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(live["P"], shared["P"], strict=True))


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"need PyTorch, which is not installed: pip install 'symjepa\[autodiff\]'"):
        disagreements(flow(sj.Live()))
