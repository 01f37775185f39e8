"""Mode flows against the motion of aligned matrices, entry by entry, for the learner's own entrywise derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.modes.reduction import ModeFlow
from symjepa.symbols import alpha, b, layer_amplitude, s, u, v, w
from tests.reference.aligned import Aligned, diagonal, frames_of, learner_in, outer_frames, views_in
from tests.reference.denotation import amplitude, evaluated, fraction, rational
from tests.reference.learner import KINDS, moving, velocity
from tests.strategies import (
    encoder_depths,
    model_with,
    nonnegatives,
    positives,
    predictor_depths,
    rationals,
    symbolic_model,
)

every_kind = pytest.mark.parametrize("kind", KINDS)
signed = st.tuples(rationals, rationals)
positive_pairs = st.tuples(positives, positives)


def drawn(data: Any, kind: str, equal_layers: bool = False, root_of_alpha: bool = False) -> Aligned:
    """Amplitudes, covariances and rates; with `equal_layers` positive, and one pair per stack."""
    depth_L, depth_K = data.draw(encoder_depths), data.draw(predictor_depths.filter(lambda K: K > 0 or kind != "data"))
    teacher = {"ema": 1, "frozen": 1, "ema-layers": depth_L}.get(kind, 0)

    def stack(depth: int) -> tuple:
        if equal_layers:
            return (data.draw(positive_pairs),) * depth
        return tuple(data.draw(signed) for _ in range(depth))

    speed = data.draw(positives)
    return Aligned(
        kind,
        *(stack(depth) for depth in (depth_L, depth_K, teacher)),
        *(data.draw(positive_pairs) for _ in range(4)),
        alpha=fmpq(1) if depth_K == 0 else speed * speed if root_of_alpha else speed,
        tau=data.draw(positives),
        eta=data.draw(nonnegatives),
    )


def model_for(aligned: Aligned, symbolic: bool) -> sj.Model:
    if symbolic:
        return symbolic_model(aligned.kind, sj.K if aligned.P else 0)
    rates = [rational(x) for x in (aligned.tau, aligned.alpha, aligned.eta)]
    return model_with(aligned.kind, len(aligned.W), len(aligned.P), *rates)


def matrix_motion(aligned: Aligned) -> dict[tuple[str, int], np.ndarray]:
    """The velocity of every matrix, in the frames of its two ends: each class of the alignment has its own rotation."""
    model = model_for(aligned, symbolic=False)
    frames = frames_of(sj.alignment(sj.gradient_flow(model)).classes)
    learner, views = learner_in(aligned, frames), views_in(aligned, frames)
    depth = {"W": len(aligned.W), "P": len(aligned.P), "Wbar": len(aligned.teacher)}
    motion = {}
    for family, number in moving(learner):
        left, right = outer_frames(family, number, depth[family], frames)
        motion[family, number] = left.T @ velocity(learner, views, family, number) @ right
    return motion


def rate_of(modes: ModeFlow, family: str, number: int) -> tuple[sp.Expr, int | None]:
    """The rate in layers coordinates of one letter, and the generic index to set; a frozen teacher has rate 0."""
    name = {"W": "w", "P": "v", "Wbar": "b"}[family]
    if number == 0:
        return modes.rates.get(b, sp.S.Zero), None
    if amplitude(name, number) in modes.rates:
        return modes.rates[amplitude(name, number)], None
    return modes.rates[
        layer_amplitude(name, {"W": sj.symbols.l, "P": sj.symbols.k, "Wbar": sj.symbols.l}[family])
    ], number


@every_kind
@pytest.mark.parametrize("symbolic", [False, True], ids=["numeric", "symbolic"])
@settings(max_examples=4)
@given(data=st.data())
def test_layers_move_on_every_mode_as_aligned_matrices_do(kind, symbolic, data) -> None:
    aligned = drawn(data, kind)
    modes = sj.aligned_modes(sj.gradient_flow(model_for(aligned, symbolic)))
    for (family, number), motion in matrix_motion(aligned).items():
        rate, layer = rate_of(modes, family, number)
        expected = tuple(evaluated(rate, aligned.numbers(mode), layer) for mode in range(2))
        assert np.all(motion == diagonal(expected)), (family, number)


def product_of(pairs: tuple, mode: int) -> fmpq:
    total = fmpq(1)
    for pair in pairs:
        total *= pair[mode]
    return total


def motion_of_product(pairs: tuple, motion: dict, family: str, mode: int) -> fmpq:
    """The product rule over the layers of one stack, on one mode."""
    rest = lambda number: product_of(pairs[: number - 1] + pairs[number:], mode)
    return sum((rest(i) * motion[family, i][mode, mode] for i in range(1, len(pairs) + 1)), fmpq(0))


@every_kind
@pytest.mark.parametrize("symbolic", [False, True], ids=["numeric", "symbolic"])
@settings(max_examples=4)
@given(data=st.data())
def test_products_move_on_every_mode_as_products_of_aligned_matrices_do(kind, symbolic, data) -> None:
    aligned = drawn(data, kind, equal_layers=True)
    modes = sj.product_modes(sj.aligned_modes(sj.gradient_flow(model_for(aligned, symbolic))))
    motion = matrix_motion(aligned)
    for mode in range(2):
        values = aligned.numbers(mode) | {
            w: rational(product_of(aligned.W, mode)),
            v: rational(product_of(aligned.P, mode)),
        }
        values |= {b: rational(product_of(aligned.teacher, mode))}
        expected = {w: motion_of_product(aligned.W, motion, "W", mode)}
        expected |= {v: motion_of_product(aligned.P, motion, "P", mode)} if aligned.P else {}
        expected |= {b: motion_of_product(aligned.teacher, motion, "Wbar", mode)} if kind == "ema-layers" else {}
        expected |= {b: motion["Wbar", 0][mode, mode]} if kind == "ema" else {}
        assert {x: evaluated(rate, values) for x, rate in modes.rates.items()} == expected


@every_kind
@pytest.mark.parametrize("symbolic", [False, True], ids=["numeric", "symbolic"])
@settings(max_examples=4)
@given(data=st.data())
def test_all_layers_of_a_balanced_mode_move_as_its_amplitude_does(kind, symbolic, data) -> None:
    """Encoder layers u, predictor layers √α u; their velocities are u̇ and √α u̇, teacher's layers s and ṡ."""
    aligned = drawn(data, kind, equal_layers=True, root_of_alpha=True)
    if kind == "shared" and aligned.P:
        aligned = Aligned(
            kind, aligned.W, (), (), aligned.p, aligned.q, aligned.r, aligned.s, fmpq(1), aligned.tau, aligned.eta
        )
    scale = fraction(sp.sqrt(rational(aligned.alpha)))
    common = aligned.W[0]
    predictor = ((scale * common[0], scale * common[1]),) * len(aligned.P)
    aligned = Aligned(**{**vars(aligned), "P": predictor})
    modes = sj.balanced(sj.aligned_modes(sj.gradient_flow(model_for(aligned, symbolic))))
    motion = matrix_motion(aligned)
    for mode in range(2):
        values = aligned.numbers(mode) | {u: rational(common[mode])}
        values |= {s: rational(aligned.teacher[0][mode])} if kind == "ema-layers" else {}
        derived = {x: evaluated(rate, values) for x, rate in modes.rates.items()}
        assert set(derived) == {u} | ({b} if kind == "ema" else {s} if kind == "ema-layers" else set())
        for (family, _), matrix in motion.items():
            if kind != "frozen" or family != "Wbar":
                expected = {"W": derived[u], "P": scale * derived[u], "Wbar": derived.get(b, derived.get(s))}[family]
                assert matrix[mode, mode] == expected, family


@every_kind
@settings(max_examples=3)
@given(data=st.data())
def test_numeric_depths_set_in_the_symbolic_flow_give_the_numeric_flow(kind, data) -> None:
    depth_L, depth_K = data.draw(encoder_depths), data.draw(st.integers(1, 4))
    symbolic = sj.aligned_modes(sj.gradient_flow(symbolic_model(kind)))
    numeric = sj.aligned_modes(sj.gradient_flow(model_with(kind, depth_L, depth_K, sj.tau, sj.alpha, sj.eta)))
    depths = {sj.L: sp.Integer(depth_L), sj.K: sp.Integer(depth_K)}
    reductions = [sj.product_modes] + ([] if kind == "shared" else [sj.balanced])
    for reduction in reductions:
        set_late = reduction(symbolic).at(depths).rates
        assert {x: sp.powsimp(rate) for x, rate in set_late.items()} == {
            x: sp.powsimp(rate) for x, rate in reduction(numeric).rates.items()
        }


# Scaling weights, at mode level.


@every_kind
@settings(max_examples=4)
@given(data=st.data(), x=positives, encoder=positives, predictor=positives)
def test_the_mode_flows_in_layers_and_products_are_homogeneous(kind, data, x, encoder, predictor) -> None:
    aligned = drawn(data, kind, equal_layers=True)
    depth_L, depth_K = len(aligned.W), len(aligned.P)
    y = predictor**depth_K * x * (encoder**depth_L if kind == "data" else 1)
    time = (predictor**depth_K * encoder ** (depth_L - 1) * x) ** 2
    values = aligned.numbers(0) | {w: rational(product_of(aligned.W, 0)), v: rational(product_of(aligned.P, 0))}
    values |= {b: rational(product_of(aligned.teacher, 0))}
    unit = {
        sj.lam: x * y,
        sj.sigma2: x * x,
        sj.sigma2_y: y * y,
        sj.tau: time,
        sj.eta: time,
        w: encoder**depth_L,
        b: encoder**depth_L,
    }
    unit |= {v: predictor**depth_K, alpha: (predictor / encoder) ** 2, sj.L: fmpq(1), sj.K: fmpq(1)}
    scales = {name: rational(unit.get(name) or (predictor if name.name[0] == "v" else encoder)) for name in values}
    other = {name: scales[name] * value for name, value in values.items()}
    layers = sj.aligned_modes(
        sj.gradient_flow(model_with(kind, depth_L, depth_K, sj.tau, sj.alpha if depth_K else 1, sj.eta))
    )
    for modes in (layers, sj.product_modes(layers)):
        for name, rate in modes.rates.items():
            scale = fraction(scales[name]) * time
            assert evaluated(rate, other) == scale * evaluated(rate, values), (modes.coordinates, name)


@every_kind
@settings(max_examples=3)
@given(
    depth_L=encoder_depths,
    depth_K=predictor_depths,
    x=positives,
    layer=positives,
    at=st.lists(positives, min_size=8, max_size=8),
)
def test_the_balanced_flow_is_homogeneous(kind, depth_L, depth_K, x, layer, at) -> None:
    """α = 1, so that encoder and predictor layers share one unit."""
    if (kind == "data" and depth_K == 0) or (kind == "shared" and depth_K > 0):
        return
    modes = sj.balanced(sj.aligned_modes(sj.gradient_flow(model_with(kind, depth_L, depth_K, sj.tau, 1, sj.eta))))
    y = layer**depth_K * x * (layer**depth_L if kind == "data" else 1)
    time = (layer ** (depth_K + depth_L - 1) * x) ** 2
    unit = {
        sj.lam: x * y,
        sj.sigma2: x * x,
        sj.sigma2_y: y * y,
        sj.tau: time,
        sj.eta: time,
        b: layer**depth_L,
        u: layer,
        s: layer,
    }
    values = dict(zip(unit, map(rational, at), strict=True))
    other = {name: rational(unit[name]) * value for name, value in values.items()}
    for name, rate in modes.rates.items():
        assert evaluated(rate, other) == unit[name] * time * evaluated(rate, values)
