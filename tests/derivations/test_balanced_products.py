"""Powers of Gram matrices and motions of whole products, on exact balanced layers of depth 1 to 5.

Balanced layers are orthogonal · diagonal · orthogonalᵀ with rational reflections.  What is compared is evaluated here
letter by letter, and layers move as in `tests.reference.learner`, by differences of the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.matrices import boundedness as lasting
from derivations.matrices import end_to_end as moving
from derivations.matrices import target_noise as noisy
from derivations.matrices.gram_powers import passed, powers
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Power, Segment, WordSum, instantiated
from symjepa.statements.claims import Below, ByInduction, Growth, Lasts, ProductMoves, TargetNoise
from symjepa.symbols import K, L, alpha, eta, j, k, l, tau
from tests.reference.denotation import fraction, rational
from tests.reference.learner import Array, Learner, Views, identity, loss, product, velocity
from tests.strategies import matrices, nonnegatives, positives

depths = st.integers(1, 5)
Numbers = Mapping[sp.Symbol, sp.Expr]


@st.composite
def orthogonal(draw: Any, size: int) -> Array:
    """A product of two reflections."""
    result = identity(size)
    for _ in range(2):
        v = draw(matrices(size, 1))
        assume(any(v.flat))
        result = result - 2 * (result @ v) @ v.T / (v.T @ v)[0, 0]
    return result


@st.composite
def balanced(draw: Any, widths: list[int], values: Array | None = None, first: Array | None = None) -> Any:
    """(layers, last frame): W_l = Q_l D Q_{l-1}ᵀ with one diagonal D of the smallest width."""
    rank = min(widths) if values is None else len(values)
    own = np.diag(draw(st.lists(positives, min_size=rank, max_size=rank))) if values is None else values
    own = own * fmpq(1)
    frames = [draw(orthogonal(width)) for width in widths]
    frames[0] = frames[0] if first is None else first
    layers = tuple(above[:, :rank] @ own @ below[:, :rank].T for below, above in pairwise(frames))
    return layers, frames[-1], own


def valued(words: WordSum, letters: Mapping[str, Any], numbers: Numbers, size: int) -> Array:
    """A word sum, letter by letter; identities have the given size."""
    total: Any = 0
    for word, coefficient in words.terms:
        matrix = identity(size) if not word.factors else reduce(np.matmul, (_letter(f, letters) for f in word.factors))
        total = total + fraction(coefficient.xreplace(dict(numbers))) * matrix
    return total


def _letter(factor: Any, letters: Mapping[str, Any]) -> Array:
    if isinstance(factor, Power):
        root = _letter(factor.root, letters)
        return reduce(np.matmul, [root @ root.T] * int(factor.exponent))
    if isinstance(factor, Segment):
        layers = letters[factor.stack.name][int(factor.lo) : int(factor.hi)]
        matrix = reduce(lambda below, layer: layer @ below, layers)
    else:
        matrix = letters[factor.name]
    return matrix.T if factor.transposed else matrix


def at(words: WordSum, numbers: Numbers) -> WordSum:
    return instantiated(words, numbers) if words.terms else words


def same(one: Any, other: Any) -> bool:
    return not np.any(np.asarray(one - other) != 0)


@pytest.mark.parametrize("claim", [*powers, *passed], ids=lambda claim: f"{claim.lhs}")
@given(data=st.data(), depth=depths)
@settings(max_examples=15, deadline=None)
def test_balanced_gram_matrices_are_powers(claim: ByInduction, data: st.DataObject, depth: int) -> None:
    widths = data.draw(st.lists(st.integers(1, 3), min_size=depth + 1, max_size=depth + 1))
    layers, _, _ = data.draw(balanced(widths))
    numbers: dict[sp.Symbol, sp.Expr] = {K: sp.Integer(depth), L: sp.Integer(depth)}
    assert claim.last is not None
    first, last = (int(end.xreplace(numbers)) for end in (claim.first, claim.last))
    for index in range(first, last + 1):
        here, size = {**numbers, j: sp.Integer(index)}, widths[-1] if claim.downward else widths[0]
        letters = {"W": layers, "P": layers}
        sides = [valued(at(words, here), letters, here, size) for words in (claim.lhs, claim.rhs)]
        assert same(*sides), (depth, index)


@given(data=st.data(), depth=st.integers(2, 5))
@settings(max_examples=15, deadline=None)
def test_layers_that_are_not_balanced_have_no_powers(data: st.DataObject, depth: int) -> None:
    """The fact above could fail: scaling one layer and unscaling another breaks it."""
    layers, _, _ = data.draw(balanced([2] * (depth + 1)))
    broken = (layers[0] / 2, *layers[1:-1], layers[-1] * 2)
    numbers = {K: sp.Integer(depth), L: sp.Integer(depth), j: sp.Integer(0)}
    sides = [valued(at(words, numbers), {"W": broken}, numbers, 2) for words in (powers[0].lhs, powers[0].rhs)]
    assert not same(*sides)


# Motions, against differences of the loss.

KINDS = ("live", "ema", "ema-layers", "frozen", "data")


@st.composite
def balanced_learners(draw: Any, kind: str) -> tuple[Learner, Views]:
    """Encoder, predictor and joint balanced, α a square; a sample that fits."""
    depth, deep = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    widths = draw(st.lists(st.integers(1, 2), min_size=depth + 1, max_size=depth + 1))
    end = draw(st.integers(1, 2)) if kind == "data" else widths[-1]
    above = [*draw(st.lists(st.integers(1, 2), min_size=deep - 1, max_size=deep - 1)), end]
    root = draw(st.sampled_from((fmpq(1), fmpq(2), fmpq(1, 2), fmpq(3, 2))))
    rank = min(*widths, *above)
    values = np.diag(draw(st.lists(positives, min_size=rank, max_size=rank)))
    encoder, frame, own = draw(balanced(widths, values))
    predictor, _, _ = draw(balanced([widths[-1], *above], root * own, frame))
    teacher: Any = None
    if kind in ("ema", "frozen"):
        teacher = draw(matrices(widths[-1], widths[0]))
    if kind == "ema-layers":
        teacher = tuple(draw(matrices(b, a)) for a, b in pairwise(widths))
    learner = Learner(kind, encoder, predictor, teacher, root * root, draw(positives), draw(nonnegatives))
    target = end if kind == "data" else widths[0]
    return learner, Views(draw(matrices(widths[0], 2)), draw(matrices(target, 2)))


@cache
def moves() -> dict[tuple[str, str], ProductMoves]:
    named = dict(zip(KINDS, moving.encoders, strict=True))
    found = {("W", kind): claim for kind, claim in named.items()}
    found |= {("P", kind): claim for kind, claim in zip(KINDS, moving.predictors, strict=True)}
    found |= {("PW", "data"): moving.predictions[0], ("PW", "frozen"): moving.predictions[1]}
    return found


def speeds(learner: Learner, views: Views, family: str) -> Array:
    """The motion of a whole stack: each layer by differences of the loss, its neighbours as they are."""
    layers = getattr(learner, family)
    parts = []
    for number in range(1, len(layers) + 1):
        moved = (*layers[: number - 1], velocity(learner, views, family, number), *layers[number:])
        parts.append(product(moved))
    return reduce(np.add, parts)


@pytest.mark.parametrize("key", [*(("W", kind) for kind in KINDS), *(("P", kind) for kind in KINDS),
                                 ("PW", "data"), ("PW", "frozen")], ids=str)  # fmt: skip
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_the_motion_of_a_product_is_the_sum_of_powers(key: tuple[str, str], data: st.DataObject) -> None:
    family, kind = key
    learner, views = data.draw(balanced_learners(kind))
    W, P = product(learner.W), product(learner.P)
    exact = {
        "W": lambda: speeds(learner, views, "W"),
        "P": lambda: speeds(learner, views, "P"),
        "PW": lambda: speeds(learner, views, "P") @ W + P @ speeds(learner, views, "W"),
    }[family]()
    claimed: Any = 0
    letters = letters_of(learner, views)
    for share in moves()[key].shares:
        depth = len(learner.W) if share.stack.name == "W" else len(learner.P)
        for index in range(1, depth + 1):
            numbers = {**numbers_of(learner), share.index: sp.Integer(index)}
            claimed = claimed + valued(at(share.summand, numbers), letters, numbers, 1)
    assert same(exact, claimed)


def letters_of(learner: Learner, views: Views) -> dict[str, Any]:
    return {"W": learner.W, "P": learner.P, "Wbar": learner.teacher, **views.moments}


def numbers_of(learner: Learner) -> dict[sp.Symbol, sp.Expr]:
    rates = {alpha: learner.alpha, eta: learner.eta, tau: learner.tau}
    depths_ = {K: sp.Integer(len(learner.P)), L: sp.Integer(len(learner.W))}
    return {**depths_, **{symbol: rational(value) for symbol, value in rates.items()}}


@pytest.mark.parametrize(
    "claim", [*moving.encoders, *moving.predictors, *moving.predictions], ids=lambda c: str(len(c.on))
)
@given(data=st.data())
@settings(max_examples=6, deadline=None)
def test_the_powers_are_roots_of_the_gram_matrix_of_the_product(claim: ProductMoves, data: st.DataObject) -> None:
    kind = "data" if claim.flow.model.teacher is None else claim.flow.model.teacher.name
    learner, views = data.draw(balanced_learners(kind))
    whole = {"W": product(learner.W), "P": product(learner.P)}
    total = reduce(np.matmul, (whole[share.stack.name] for share in claim.shares))
    for root in claim.roots:
        numbers = numbers_of(learner)
        g = valued(at(root.letter, numbers), letters_of(learner, views), numbers, 1)
        power = reduce(np.matmul, [g @ g.T] * int(root.exponent.xreplace(numbers)))
        gram = total @ total.T if root.left else total.T @ total
        assert same(power, fraction(root.scale.xreplace(numbers)) * gram)


# Bounds, against differences of the loss: layers that nothing balances.


@st.composite
def one_layer_learners(draw: Any, kind: str) -> tuple[Learner, Views]:
    d, m, deep = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 3))
    layers = 1 if kind in ("live", "ema", "ema-layers") else draw(st.integers(1, 3))
    widths = [d, *[m] * layers]
    end = draw(st.integers(1, 2)) if kind == "data" else m
    encoder = tuple(draw(matrices(b, a)) for a, b in pairwise(widths))
    predictor = tuple(draw(matrices(end if i == deep - 1 else m, m)) for i in range(deep))
    teacher: Any = draw(matrices(m, d)) if kind in ("ema", "frozen") else None
    teacher = (draw(matrices(m, d)),) if kind == "ema-layers" else teacher
    learner = Learner(kind, encoder, predictor, teacher, draw(positives), draw(positives), draw(nonnegatives))
    return learner, Views(draw(matrices(d, 2)), draw(matrices(end if kind == "data" else d, 2)))


BOUNDS = dict(zip(("data", "frozen", "live", "ema", "ema-layers"),
                  (*lasting.linearly, *lasting.exponentially), strict=True))  # fmt: skip


@pytest.mark.parametrize("kind", BOUNDS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_no_form_grows_faster_than_its_bound(kind: str, data: st.DataObject) -> None:
    learner, views = data.draw(one_layer_learners(kind))
    claim = BOUNDS[kind]
    top = sum((views.moments["Syy"][i, i] for i in range(len(views.y))), fmpq(0))  # the trace bounds the matrix
    for growth in claim.growths:
        for index in range(1, len(learner.P if "P" in str(growth.form) else learner.W) + 1):
            assert grown(growth, claim, learner, views, index, top) >= 0


def grown(growth: Growth, claim: Lasts, learner: Learner, views: Views, index: int, top: fmpq) -> fmpq:
    """rate · V + tr(source) - D V."""
    here = sp.Integer(index)
    numbers = {**numbers_of(learner), k: here, l: here, lasting.c: rational(top)}
    letters = letters_of(learner, views)
    assert not claim.on or isinstance(claim.on[0], Below)
    size, speed = fmpq(0), fmpq(0)
    for weight, words in growth.form:
        held, moved = state(at(words, numbers), learner, views)
        size += fraction(weight.xreplace(numbers)) * np.sum(held * held)
        speed += fraction(weight.xreplace(numbers)) * 2 * np.sum(held * moved)
    fed = fmpq(0) if growth.source is None else np.trace(valued(at(growth.source, numbers), letters, numbers, 1))
    return fraction(growth.rate.xreplace(numbers)) * size + fed - speed


def state(words: WordSum, learner: Learner, views: Views) -> tuple[Array, Array]:
    """A single letter, and how it moves."""
    ((word, _),) = words.terms
    (factor,) = word.factors
    if not isinstance(factor, Segment):
        assert isinstance(learner.teacher, np.ndarray)
        return learner.teacher, velocity(learner, views, "Wbar", 0)
    number = int(factor.hi)
    if factor.stack.name == "Wbar":
        assert isinstance(learner.teacher, tuple)
        return learner.teacher[number - 1], velocity(learner, views, "Wbar", number)
    return getattr(learner, factor.stack.name)[number - 1], velocity(learner, views, factor.stack.name, number)


# Noise, against differences of the loss.


@st.composite
def noisy_views(draw: Any, views: Views) -> tuple[Views, Array]:
    """The sample with noise on the target that is exactly uncorrelated with the context: every pair twice, ±n."""
    rows, cols = views.y.shape
    n, bend = draw(matrices(rows, cols)), draw(matrices(rows, cols))
    twice = Views(np.hstack([views.x, views.x]), np.hstack([views.y + bend, views.y - bend]))
    return twice, np.hstack([n, -n])


SILENT = {**dict(zip(KINDS, noisy.silent, strict=True)), "shared": noisy.unstopped}


@pytest.mark.parametrize("kind", SILENT)
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_noise_on_the_target_does_what_is_said_and_no_more(kind: str, data: st.DataObject) -> None:
    learner, views = data.draw(one_layer_learners("frozen" if kind == "shared" else kind))
    learner = Learner(kind, learner.W, learner.P, None if kind == "shared" else learner.teacher,
                      learner.alpha, learner.tau, learner.eta)  # fmt: skip
    clean, n = data.draw(noisy_views(views))
    loud = Views(clean.x, clean.y + n)
    claim, N = SILENT[kind], fmpq(n.shape[1])
    letters = {**letters_of(learner, clean), "Snn": n @ n.T / N, "Syn": clean.y @ n.T / N, "Snx": n @ clean.x.T / N}
    assert loss(learner, loud) - loss(learner, clean) == traced(claim.loss, letters, numbers_of(learner))
    for family in ("W", "P"):
        for number in range(1, len(getattr(learner, family)) + 1):
            gain = velocity(learner, loud, family, number) - velocity(learner, clean, family, number)
            assert same(gain, said(claim, family, number, letters, numbers_of(learner)))


def traced(traces: TraceSum, letters: Mapping[str, Any], numbers: Numbers) -> fmpq:
    words = ((at(WordSum.of(word), numbers), coefficient) for word, coefficient in traces.terms)
    return sum((fraction(c) * np.trace(valued(one, letters, numbers, 1)) for one, c in words), fmpq(0))


def said(claim: TargetNoise, family: str, number: int, letters: Mapping[str, Any], numbers: Numbers) -> Any:
    index = {"W": l, "P": k}[family]
    for letter, gain in claim.gains:
        if str(letter).startswith(family):
            here = {**numbers, index: sp.Integer(number)}
            return valued(at(gain, here), letters, here, 1)
    return 0
