"""What the strategies draw is exact and genuine, and shrinks to what a reader can follow."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import find, given, settings
from hypothesis import strategies as st
from symjepa.book.jepa import jepa_fixed_point, jepa_implicit_solution
from symjepa.book.noise import noise_decay

import symjepa as sj
from symjepa.errors import SymjepaError
from symjepa.statements.descriptions import modes
from symjepa.symbols import K, L, lam, rho, sigma2, sigma2_y, tau
from symjepa.testing import Covariances, cases, covariances, mode_parameters, models, points, starts
from symjepa.verify.check import context_of, unfolded
from symjepa.verify.kernel.instances import is_covariance
from symjepa.verify.kernel.points import satisfies

steady = settings(derandomize=True, database=None, deadline=None, max_examples=100)
ema = modes(sj.Model(sj.Encoder(L), sj.Predictor(K), sj.LatentPrediction(), sj.EMA(tau)), "product")
THEOREMS = [jepa_fixed_point.theorem, jepa_implicit_solution.theorem, noise_decay.theorem]


def is_zero(matrix: Any) -> bool:
    return not matrix.any()


def is_diagonal(matrix: Any) -> bool:
    return is_zero(matrix - np.diag(np.diag(matrix)))


@given(models(encoder_depth=2, teacher=("ema", "ema-layers"), objective="latent", weight_decay=0))
def test_options_fix_parts_of_a_model(model: sj.Model) -> None:
    assert model.encoder.depth == 2 and model.weight_decay == 0
    assert isinstance(model.teacher, sj.EMA | sj.LayerEMA)


@given(models(encoder_depth=L, predictor_depth=K, predictor_rate=1))
def test_depths_may_be_symbols(model: sj.Model) -> None:
    assert (model.encoder.depth, model.predictor.depth) == (L, K)


@pytest.mark.parametrize("teacher", ["live", "ema", "ema-layers", "frozen", "shared"])
def test_every_teacher_is_drawn(teacher: str) -> None:
    assert find(models(), lambda m: m.teacher is not None and m.teacher.name == teacher, settings=steady)


def test_an_unknown_teacher_is_named() -> None:
    with pytest.raises(SymjepaError, match="'studen'"):
        find(models(objective="latent", teacher="studen"), lambda m: True, settings=steady)


@given(covariances())
def test_covariances_are_those_of_data(drawn: Covariances) -> None:
    assert is_covariance({"Sxx": drawn.Sxx, "Syx": drawn.Syx, "Syy": drawn.Syy})


@given(covariances())
def test_every_entry_is_an_exact_rational(drawn: Covariances) -> None:
    assert all(isinstance(entry, sp.Rational) for entry in (*drawn.Sxx.flat, *drawn.Syx.flat, *drawn.x.flat))


@given(covariances(frames="commuting"))
def test_commuting_covariances_commute(drawn: Covariances) -> None:
    assert is_zero(drawn.Sxx @ drawn.Syx - drawn.Syx @ drawn.Sxx)
    assert is_zero(drawn.Syx - drawn.Syx.T)


@given(covariances(frames="aligned"))
def test_aligned_covariances_share_singular_frames(drawn: Covariances) -> None:
    square = drawn.Syx.T @ drawn.Syx
    assert is_zero(drawn.Sxx @ square - square @ drawn.Sxx)


@given(covariances(frames="commuting"))
def test_aligned_covariances_know_their_modes(drawn: Covariances) -> None:
    assert sum(mode[sigma2] for mode in drawn.modes) == np.trace(drawn.Sxx)
    assert sum(mode[lam] for mode in drawn.modes) == np.trace(drawn.Syx)


@pytest.mark.parametrize("frames", ["any", "aligned", "commuting"])
def test_noise_is_unseen_by_the_target_and_apart_in_the_context(frames: Any) -> None:
    @given(covariances(frames=frames, noise=True))
    def holds(drawn: Covariances) -> None:
        n = drawn.noise
        assert n is not None and is_zero(drawn.Syx @ n)
        spread = drawn.Sxx @ n @ n.T
        assert is_zero(spread - spread.T) and (n.T @ n)[0, 0] == 1

    holds()


@given(covariances(dimension=2, definite=True))
def test_definite_covariances_have_no_zero_direction(drawn: Covariances) -> None:
    assert sp.Matrix(drawn.Sxx).det() > 0


def test_covariances_shrink_to_one_number() -> None:
    smallest = find(covariances(), lambda drawn: drawn.Syx.any(), settings=steady)
    assert repr(smallest) == "Covariances(x=[[1]], y=[[1]])"


@given(mode_parameters())
def test_correlations_obey_cauchy_and_schwarz(drawn: Any) -> None:
    assert drawn[lam] ** 2 <= drawn[sigma2] * drawn[sigma2_y]


@given(mode_parameters(ema, given=[lam > 0, K >= 1]))
def test_parameters_of_a_flow_are_all_drawn_under_the_hypotheses(drawn: Any) -> None:
    assert set(drawn) == {K, L, lam, sigma2, tau}
    assert drawn[lam] > 0 and drawn[K] >= 1


@given(starts(ema))
def test_starts_lie_in_the_domain(drawn: Any) -> None:
    assert list(map(str, drawn)) and all(value > 0 for symbol, value in drawn.items() if symbol in ema.rates)


def test_starts_may_be_negative_where_the_domain_allows() -> None:
    single = modes(sj.Model(sj.Encoder(1), sj.Predictor(1), sj.LatentPrediction(), sj.Live()), "product")
    assert find(starts(single, signs="any"), lambda start: min(start.values()) < 0, settings=steady)


@pytest.mark.parametrize("theorem", THEOREMS)
def test_points_satisfy_every_hypothesis(theorem: Any) -> None:
    facts = context_of(unfolded(theorem.statement).hypotheses).facts

    @settings(max_examples=30)
    @given(points(theorem))
    def holds(point: Any) -> None:
        assert satisfies(facts, point)

    holds()


def test_points_give_abbreviations_too() -> None:
    point = find(points(jepa_fixed_point.theorem), lambda p: p[sigma2] == 2, settings=steady)
    assert point[rho] == point[lam] / 2


def test_points_shrink_to_ones() -> None:
    assert set(find(points(jepa_fixed_point.theorem), lambda p: True, settings=steady).values()) == {sp.S.One}


@settings(max_examples=20)
@given(st.data())
def test_cases_fit_their_model(data: Any) -> None:
    model = data.draw(models())
    case = data.draw(cases(model))
    layers = [case.weights[f"W_{i}"] for i in range(1, int(model.encoder.depth) + 1)]
    assert all(below.shape[0] == above.shape[1] for below, above in pairwise(layers))
    assert layers[0].shape[1] == len(case.data.x)
