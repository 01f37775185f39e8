"""Fifty-digit integration: the derived matrix flow at width two against the derived mode flow, each by itself."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import fmpq

import symjepa as sj
from symjepa.symbols import b, s, u, v, w
from tests.reference.aligned import Aligned, frames_of, learner_in, views_in
from tests.reference.denotation import rational
from tests.reference.integration import integrated
from tests.reference.learner import KINDS, moving
from tests.reference.packing import packed_flow
from tests.strategies import model_with

DIGITS, TIME = 40, fmpq(1, 8)
COLUMNS, STEPS = 18, 1


def real(number: fmpq) -> mpmath.mpf:
    return mpmath.mpf(int(number.p)) / int(number.q)


def exact(number: sp.Expr | int) -> mpmath.mpf:
    number = sp.sympify(number)
    return mpmath.mpf(int(number.p)) / int(number.q)


def balanced_learner(kind: str, depth_L: int, depth_K: int) -> Aligned:
    """Small equal layers u, predictor layers 2u since α = 4; the teacher starts elsewhere."""
    encoder, teacher = (fmpq(1, 2), fmpq(2, 3)), (fmpq(3, 4), fmpq(1, 3))
    number = {"ema": 1, "frozen": 1, "ema-layers": depth_L}.get(kind, 0)
    predictor = tuple(2 * x for x in encoder) if kind != "shared" else (fmpq(1, 3), fmpq(1, 4))
    data = (fmpq(1), fmpq(1, 2)), (fmpq(1, 2), fmpq(1, 3)), (fmpq(1, 2), fmpq(1, 3)), (fmpq(1, 4), fmpq(1))
    return Aligned(
        kind, (encoder,) * depth_L, (predictor,) * depth_K, (teacher,) * number, *data, fmpq(4), fmpq(1, 2), fmpq(1, 5)
    )


def integrated_matrices(aligned: Aligned, model: sj.Model) -> dict[tuple[str, int], np.ndarray]:
    frames = frames_of(sj.alignment(sj.gradient_flow(model)).classes)
    learner = learner_in(aligned, frames)
    motion, start = packed_flow(model, learner, views_in(aligned, frames), real, exact)
    end = integrated(motion, start, real(TIME), STEPS, COLUMNS)
    return dict(zip(moving(learner), end.reshape(-1, 2, 2), strict=True))


def integrated_mode(
    modes: sj.ModeFlow, aligned: Aligned, mode: int, start: dict[sp.Expr, sp.Expr]
) -> dict[sp.Expr, mpmath.mpf]:
    values = {x: y for x, y in aligned.numbers(mode).items() if x not in modes.state}
    rates = [sp.lambdify(modes.state, rate.xreplace(values), "mpmath") for rate in modes.rates.values()]
    flow = lambda state: np.array([rate(*state) for rate in rates], dtype=object)
    end = integrated(flow, np.array([exact(start[x]) for x in modes.state], dtype=object), real(TIME), STEPS, COLUMNS)
    return dict(zip(modes.state, end, strict=True))


def singular_value(matrices: list[np.ndarray], mode: int, frames: tuple[np.ndarray, np.ndarray]) -> mpmath.mpf:
    left, right = frames
    total = matrices[0]
    for matrix in matrices[1:]:
        total = matrix @ total
    seen = (
        np.array([[real(x) for x in row] for row in left.T])
        @ total
        @ np.array([[real(x) for x in row] for row in right])
    )
    assert abs(seen[0, 1]) + abs(seen[1, 0]) < mpmath.mpf(10) ** -DIGITS
    return seen[mode, mode]


@pytest.mark.parametrize("kind", KINDS)
def test_the_matrix_flow_stays_on_the_derived_modes_to_forty_digits(kind) -> None:
    with mpmath.workdps(60):
        aligned = balanced_learner(kind, 2, 1)
        model = model_with(kind, 2, 1, sp.Rational(1, 2), 4, sp.Rational(1, 5))
        frames = frames_of(sj.alignment(sj.gradient_flow(model)).classes)
        end = integrated_matrices(aligned, model)
        at_encoder, at_predictor = (frames("W.left"), frames("W.right")), (frames("P.left"), frames("P.right"))
        for mode in range(2):
            found = {w: singular_value([end["W", 1], end["W", 2]], mode, at_encoder)}
            found[v] = singular_value([end["P", 1]], mode, at_predictor)
            teacher = [matrix for (family, _), matrix in end.items() if family == "Wbar"]
            if teacher:
                found[b] = singular_value(teacher, mode, (frames("Wbar.left"), frames("Wbar.right")))
            for modes, start in reductions(kind, aligned, mode):
                assert_agree(integrated_mode(modes, aligned, mode, start), found)


def reductions(kind: str, aligned: Aligned, mode: int):
    """Symbolic flows at numeric depth, with their starts: product coordinates, and balanced ones where they exist."""
    symbolic = sj.aligned_modes(sj.gradient_flow(model_with(kind, sj.L, sj.K, sj.tau, sj.alpha, sj.eta)))
    pair = lambda pairs: rational(pairs[0][mode]) if pairs else sp.S.Zero
    layer, teacher = pair(aligned.W), pair(aligned.teacher)
    start_of_teacher = teacher**2 if kind == "ema-layers" else teacher
    yield sj.product_modes(symbolic), {w: layer**2, v: pair(aligned.P), b: start_of_teacher}
    if kind != "shared":
        yield sj.balanced(symbolic), {u: layer, s: teacher, b: teacher}


def assert_agree(modes: dict[sp.Expr, mpmath.mpf], matrices: dict[sp.Expr, mpmath.mpf]) -> None:
    as_products = {u: (w, lambda x: x**2), s: (b, lambda x: x**2)}
    for name, value in modes.items():
        product, power = as_products.get(name, (name, lambda x: x))
        assert abs(power(value) - matrices[product]) < mpmath.mpf(10) ** -DIGITS, (name, value)
