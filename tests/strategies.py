"""What Hypothesis draws: exact rationals, matrices, learners with a sample, and the model that describes them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq
from hypothesis import strategies as st

import symjepa as sj
from tests.reference.denotation import rational
from tests.reference.learner import KINDS, Array, Learner, Views

rationals = st.builds(fmpq, st.integers(-4, 4), st.integers(1, 3))
positives = st.builds(fmpq, st.integers(1, 5), st.integers(1, 3))
nonnegatives = st.builds(fmpq, st.integers(0, 4), st.integers(1, 3))
kinds = st.sampled_from(KINDS)
encoder_depths = st.integers(1, 4)
predictor_depths = st.integers(0, 4)
widths = st.integers(1, 3)


@st.composite
def matrices(draw: Any, rows: int, columns: int) -> Array:
    entries = draw(st.lists(rationals, min_size=rows * columns, max_size=rows * columns))
    return np.array(entries, dtype=object).reshape(rows, columns)


@st.composite
def stacks(draw: Any, sizes: list[int]) -> tuple[Array, ...]:
    """Layer l maps width sizes[l-1] to width sizes[l]."""
    return tuple(draw(matrices(above, below)) for below, above in pairwise(sizes))


@st.composite
def learners(draw: Any, kind: st.SearchStrategy[str] = kinds) -> Learner:
    """Every width is its own, so that no wrong order conforms unseen; the data target has a dimension of its own."""
    chosen = draw(kind)
    L, K = draw(encoder_depths), draw(predictor_depths.filter(lambda depth: chosen != "data" or depth > 0))
    encoder = draw(st.lists(widths, min_size=L + 1, max_size=L + 1))
    inner = draw(st.lists(widths, min_size=max(K - 1, 0), max_size=max(K - 1, 0)))
    end = [draw(widths) if chosen == "data" else encoder[-1]] if K else []
    return Learner(
        kind=chosen,
        W=draw(stacks(encoder)),
        P=draw(stacks([encoder[-1], *inner, *end])),
        teacher=draw(teachers(chosen, encoder)),
        alpha=draw(positives) if K else fmpq(1),
        tau=draw(positives),
        eta=draw(nonnegatives),
    )


@st.composite
def teachers(draw: Any, kind: str, sizes: list[int]) -> Array | tuple[Array, ...] | None:
    if kind in ("ema", "frozen"):
        return draw(matrices(sizes[-1], sizes[0]))
    return draw(stacks(sizes)) if kind == "ema-layers" else None


@st.composite
def situations(draw: Any, kind: st.SearchStrategy[str] = kinds) -> tuple[Learner, Views]:
    """A learner and a sample that fits it."""
    learner = draw(learners(kind))
    d, N = learner.W[0].shape[1], draw(st.integers(1, 3))
    target = learner.P[-1].shape[0] if learner.kind == "data" else d
    return learner, Views(draw(matrices(d, N)), draw(matrices(target, N)))


def teacher_of(kind: str, tau: sp.Expr) -> sj.Live | sj.EMA | sj.LayerEMA | sj.Frozen | sj.Shared | None:
    table = {"live": sj.Live, "frozen": sj.Frozen, "shared": sj.Shared, "data": lambda: None}
    return {"ema": sj.EMA, "ema-layers": sj.LayerEMA}[kind](tau) if kind.startswith("ema") else table[kind]()


def model_with(kind: str, encoder: Any, predictor: Any, tau: Any = sj.tau, alpha: Any = 1, eta: Any = 0) -> sj.Model:
    objective = sj.DataReconstruction() if kind == "data" else sj.LatentPrediction()
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective, teacher_of(kind, tau), alpha, eta)


def model_of(learner: Learner) -> sj.Model:
    """The model of a learner, everything in numbers."""
    rates = [rational(x) for x in (learner.tau, learner.alpha, learner.eta)]
    return model_with(learner.kind, len(learner.W), len(learner.P), *rates)


def symbolic_model(kind: str, predictor: Any = sj.K) -> sj.Model:
    """Every depth, every rate: K = 0 has no predictor rate."""
    return model_with(kind, sj.L, predictor, sj.tau, sj.alpha if predictor != 0 else 1, sj.eta)
