r"""What Hypothesis draws: models, covariances, parameters and starts of a mode, points of a statement.

Every number is a `sympy.Rational`: it goes into formulas as it is (`expr.xreplace(point)`), into NumPy by
`astype(float)`, and it is printed as it is written on paper.  Everything shrinks to few layers, small widths, and the
numbers 0, 1, 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import sympy as sp

from symjepa.errors import NeedsDepth, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.model import (
    EMA,
    DataReconstruction,
    Encoder,
    Frozen,
    LatentPrediction,
    LayerEMA,
    Live,
    Model,
    Objective,
    Predictor,
    Shared,
    Teacher,
)
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Conjecture, Statement, Theorem
from symjepa.symbols import lam, sigma2, sigma2_y
from symjepa.testing.formulas import AnyFlow, domain_claims, scope
from symjepa.testing.gradients import numbered, shapes_of
from symjepa.testing.situations import Array, Case, Covariances
from symjepa.verify.check import context_of, unfolded
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.points import Point, satisfies
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Equal, HasSign, Smooth

try:
    from hypothesis import assume
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError as missing:  # pragma: no cover
    raise ImportError(
        "the strategies of symjepa.testing need Hypothesis, which is not installed: pip install 'symjepa[test]'"
    ) from missing

Choice: TypeAlias = Any
"""One value, a collection of values, or a strategy."""
TEACHERS = ("live", "ema", "ema-layers", "frozen", "shared")
OBJECTIVES = ("latent", "data")
Frames = Literal["any", "aligned", "commuting"]


def among(choice: Any) -> SearchStrategy[Any]:
    """One value, several, or a strategy: all mean what to draw from.

    >>> among(3), among([1, 2])
    (just(3), sampled_from([1, 2]))
    """
    if isinstance(choice, SearchStrategy):
        return choice
    if isinstance(choice, Iterable) and not isinstance(choice, str):
        return st.sampled_from(list(choice))
    return st.just(choice)


def rationals(largest: int = 4, denominators: int = 3) -> SearchStrategy[sp.Rational]:
    """p/q with |p| ≤ largest and q ≤ denominators; shrinks to 0."""
    return st.builds(sp.Rational, st.integers(-largest, largest), st.integers(1, denominators))


def positives(largest: int = 5, denominators: int = 3) -> SearchStrategy[sp.Rational]:
    """p/q with 1 ≤ p ≤ largest and q ≤ denominators; shrinks to 1."""
    return st.builds(sp.Rational, st.integers(1, largest), st.integers(1, denominators))


def nonnegatives(largest: int = 4, denominators: int = 3) -> SearchStrategy[sp.Rational]:
    """p/q with 0 ≤ p ≤ largest and q ≤ denominators; shrinks to 0."""
    return st.builds(sp.Rational, st.integers(0, largest), st.integers(1, denominators))


@st.composite
def matrices(draw: st.DrawFn, rows: int, columns: int, entries: SearchStrategy[sp.Rational] | None = None) -> Array:
    """An exact matrix of dtype object; shrinks to zeros."""
    cell = rationals() if entries is None else entries
    held = draw(st.lists(cell, min_size=rows * columns, max_size=rows * columns))
    return np.array(held, dtype=object).reshape(rows, columns)


@st.composite
def models(
    draw: st.DrawFn,
    *,
    encoder_depth: Choice = (1, 2, 3),
    predictor_depth: Choice = (1, 0, 2, 3),
    objective: Choice = OBJECTIVES,
    teacher: Choice = TEACHERS,
    predictor_rate: Choice = None,
    weight_decay: Choice = None,
) -> Model:
    """A model; each option fixes a part (one value) or says what to draw it from (a collection or a strategy).

    Depths may be symbols (`encoder_depth=symjepa.L`).  Objectives are "latent" and "data", teachers "live", "ema",
    "ema-layers", "frozen" and "shared", or objects of one's own; τ, α and η are drawn as exact numbers.  Shrinks to
    one layer each, live, α = 1, η = 0.
    """
    aim = _objective(draw(among(objective)))
    latent = isinstance(aim, LatentPrediction)
    ahead = draw(among(predictor_depth).filter(lambda depth: latent or depth != 0))
    guide = _teacher(draw(among(teacher)), draw(positives())) if latent else None
    rate = draw(positives() if predictor_rate is None else among(predictor_rate)) if ahead != 0 else sp.S.One
    decay = draw(nonnegatives() if weight_decay is None else among(weight_decay))
    return Model(Encoder(draw(among(encoder_depth))), Predictor(ahead), aim, guide, rate, decay)


def _objective(name: str | Objective) -> Objective:
    if not isinstance(name, str):
        return name
    if name not in OBJECTIVES:
        raise SymjepaError(f"an objective is one of {', '.join(OBJECTIVES)}; got {name!r}")
    return LatentPrediction() if name == "latent" else DataReconstruction()


def _teacher(name: str | Teacher, speed: sp.Rational) -> Teacher:
    if not isinstance(name, str):
        return name
    known: dict[str, Teacher] = {
        "live": Live(),
        "ema": EMA(speed),
        "ema-layers": LayerEMA(speed),
        "frozen": Frozen(),
        "shared": Shared(),
    }
    if name not in known:
        raise SymjepaError(f"a teacher is one of {', '.join(TEACHERS)}; got {name!r}")
    return known[name]


@st.composite
def rotations(draw: st.DrawFn, size: int) -> Array:
    """An orthogonal matrix of rationals: plane rotations with tan(θ/2) rational; shrinks to the identity."""
    turned = np.array([[sp.Integer(int(i == j)) for j in range(size)] for i in range(size)], dtype=object)
    for i in range(size - 1):
        a = draw(rationals(3, 2))
        plane = np.array([[sp.Integer(int(p == q)) for q in range(size)] for p in range(size)], dtype=object)
        c, s = (1 - a * a) / (1 + a * a), 2 * a / (1 + a * a)
        plane[i, i], plane[i, i + 1], plane[i + 1, i], plane[i + 1, i + 1] = c, -s, s, c
        turned = turned @ plane
    return turned


@st.composite
def covariances(
    draw: st.DrawFn,
    *,
    dimension: Choice = (1, 2, 3),
    target_dimension: Choice = None,
    frames: Frames = "any",
    noise: bool = False,
    definite: bool = False,
) -> Covariances:
    """Joint covariances (Sxx, Syx, Syy) of a finite exact sample, so that they are those of actual data.

    target_dimension: that of y, by default that of x.  frames: "aligned" if Σxx, Σyy and the singular vectors of Σyx
    agree; "commuting" if Σxx, Σyy and Σyx are diagonal in one basis (what a latent target needs).  noise: there is a
    direction n with Σyx n = 0 and Σxx n ∝ n, returned as `.noise`.  definite: Σxx has no zero direction.
    """
    d = draw(among(dimension))
    dy = d if target_dimension is None else draw(among(target_dimension))
    if frames not in ("any", "aligned", "commuting"):
        raise SymjepaError(f'frames are "any", "aligned" or "commuting"; got {frames!r}')
    if frames == "any":
        return draw(_unaligned(d, dy, noise, definite))
    if d != dy:
        raise SymjepaError(
            f"aligned views have one dimension here, but got {d} for the context and {dy} for the target"
        )
    V = draw(rotations(d))
    return draw(_in_frames(V, V if frames == "commuting" else draw(rotations(d)), noise, definite))


@st.composite
def _unaligned(draw: st.DrawFn, d: int, dy: int, noise: bool, definite: bool) -> Covariances:
    """Any sample; with noise, the sample beside its mirror image along the noise, which the target does not see."""
    N = draw(st.integers(1, 3))
    x, y = draw(matrices(d, N)), draw(matrices(dy, N))
    if definite:
        x, y = np.hstack([x, _identity(d)]), np.hstack([y, draw(matrices(dy, d))])
    if not noise:
        return Covariances(x, y)
    mirror, V = _identity(d), draw(rotations(d))
    mirror[0, 0] = sp.Integer(-1)
    return Covariances(V @ np.hstack([x, mirror @ x]), np.hstack([y, y]), noise=V[:, :1])


def _identity(size: int) -> Array:
    return np.array([[sp.Integer(int(i == j)) for j in range(size)] for i in range(size)], dtype=object)


@st.composite
def _in_frames(draw: st.DrawFn, V: Array, A: Array, noise: bool, definite: bool) -> Covariances:
    """x = V (p, q) and y = A (r, s) with diagonal p, q, r, s: mode by mode σ² = (p² + q²)/2d, λ = (rp + sq)/2d."""
    d = len(V)
    p = draw(st.lists(positives() if definite else rationals(), min_size=d, max_size=d))
    q, r, s = (draw(st.lists(rationals(), min_size=d, max_size=d)) for _ in range(3))
    if noise:
        r[0], s[0] = -r[0] * q[0], r[0] * p[0]
    x, y = V @ np.hstack([_diagonal(p), _diagonal(q)]), A @ np.hstack([_diagonal(r), _diagonal(s)])
    N = sp.Integer(2 * d)
    numbers = zip(p, q, r, s, strict=True)
    found = tuple(
        {lam: (c * a + e * b) / N, sigma2: (a * a + b * b) / N, sigma2_y: (c * c + e * e) / N} for a, b, c, e in numbers
    )
    return Covariances(x, y, V[:, :1] if noise else None, found)


def _diagonal(entries: Sequence[sp.Rational]) -> Array:
    held = np.full((len(entries), len(entries)), sp.S.Zero, dtype=object)
    for i, entry in enumerate(entries):
        held[i, i] = entry
    return held


@st.composite
def cases(
    draw: st.DrawFn, model: Choice, *, width: Choice = (1, 2, 3), data: SearchStrategy[Covariances] | None = None
) -> Case:
    """A learner for `assert_gradient(model, fn, case=…)`: exact matrices of fitting shapes, and data.

    A symbolic depth is drawn.  data: a strategy of covariances, whose dimensions then decide the outer shapes.
    """
    chosen = draw(among(model).flatmap(lambda one: st.sampled_from(list(numbered(one)))))
    views = None if data is None else draw(data)
    shapes = _fitted(shapes_of(chosen, lambda: draw(among(width))), chosen, views)
    if views is None:
        last = shapes[f"P_{chosen.predictor.depth}"][0] if not chosen.latent else shapes["W_1"][1]
        views = draw(covariances(dimension=shapes["W_1"][1], target_dimension=last))
    return Case(chosen, {name: draw(matrices(*shape)) for name, shape in shapes.items()}, views)


def _fitted(shapes: dict[str, tuple[int, int]], model: Model, views: Covariances | None) -> dict[str, tuple[int, int]]:
    """The outer dimensions are those of the data."""
    if views is None:
        return shapes
    d, dy = len(views.x), len(views.y)
    inner = {
        name: (rows, d) if name in ("W_1", "Wbar_1", "Wbar") else (rows, cols) for name, (rows, cols) in shapes.items()
    }
    last = f"P_{model.predictor.depth}"
    return inner if model.latent else {**inner, last: (dy, inner[last][1])}


def mode_parameters(flow: AnyFlow | None = None, *, given: Iterable[Any] = ()) -> SearchStrategy[Point]:
    """Exact numbers for everything that a mode flow depends on and that does not move: {symbol: number}.

    Without a flow: λ, σ² and σy², with r² = λ²/(σ²σy²) ≤ 1 as Cauchy and Schwarz demand (also wherever σy² occurs).
    `given`: further hypotheses, such as `[lam > 0]`.  Shrinks to ones and zeros.
    """
    if flow is None:
        names = {lam, sigma2, sigma2_y}
        flow_given = tuple(_facts(given))
    else:
        known = scope(flow, given)
        names = {s for rate in flow.rates.values() for s in rate.free_symbols} - set(flow.rates)
        flow_given = context_of(known.given).facts
    bounded = (Fact(sigma2 * sigma2_y - lam**2, "nonnegative"),) if {lam, sigma2, sigma2_y} <= names else ()
    return exact_points(names, (*flow_given, *bounded))


def _facts(given: Iterable[Any]) -> tuple[Fact, ...]:
    from symjepa.statements.descriptions import Foreign

    return context_of(scope(Foreign(()), given).given).facts


def starts(
    flow: AnyFlow, *, given: Iterable[Any] = (), signs: Literal["positive", "any"] = "positive"
) -> SearchStrategy[Point]:
    """A start of a mode flow in its domain: {state variable: number}.

    signs: "any" also draws starts with negative or zero amplitudes where the domain allows them.  Shrinks to ones.
    """
    known = scope(flow, given)
    if any(not isinstance(x, sp.Symbol) for x in flow.rates):  # pragma: no cover
        raise NeedsDepth("a start needs one symbol for each state variable: build the model with numeric depths")
    facts = context_of((*known.given, *domain_claims(flow.domain))).facts
    positive = tuple(Fact(x, "positive") for x in flow.rates) if signs == "positive" else ()
    return exact_points(set(flow.rates), (*facts, *positive))


def points(statement: Statement | Theorem | Conjecture) -> SearchStrategy[Point]:
    """Exact points {symbol: number} at which every hypothesis of a statement holds, and its claim speaks of something.

    Abbreviations (`Let`) are unfolded; those whose value is rational at the point are given too.
    """
    whole = statement if isinstance(statement, Statement) else statement.statement
    plain = unfolded(whole)
    context = context_of(plain.hypotheses)
    if context.rewrites:
        raise SymjepaError(
            f"“{whole.title}” has hypotheses on matrices, and so no points: draw covariances(noise=True)"
        )
    names = {s for claim in parts(plain.claim) for s in _symbols_of(claim)} | {
        s for f in context.facts for s in f.free_symbols
    }
    return exact_points(names - {let.symbol for let in whole.let}, context.facts).map(
        lambda point: _with_lets(whole, point)
    )


def _symbols_of(claim: Claim) -> set[sp.Symbol]:
    found: set[sp.Symbol] = set()
    for obligation in compiled(claim).obligations:
        if isinstance(obligation, Equal):
            found |= obligation.lhs.free_symbols | obligation.rhs.free_symbols
        elif isinstance(obligation, HasSign | Smooth):
            found |= obligation.expr.free_symbols
    return {s for s in found if not isinstance(s, sp.Dummy)}


def _with_lets(statement: Statement, point: Point) -> Point:
    """The point with the abbreviations that are rational there."""
    full = dict(point)
    for let in statement.let:
        value = let.value.xreplace(full)
        if isinstance(value, sp.Rational):
            full[let.symbol] = value
    return full


@dataclass(frozen=True)
class Bounds:
    """Where a number must lie: strictly between two ends, each of which may be missing (or belong to it)."""

    low: sp.Rational | None
    high: sp.Rational | None
    closed: bool = False


@st.composite
def exact_points(draw: st.DrawFn, symbols: Iterable[sp.Symbol], facts: tuple[Fact, ...] = ()) -> Point:
    """Numbers for symbols, so that all facts and the assumptions on the symbols are certified.

    One symbol after the other: facts that are affine in it, the earlier ones known, bound it, so that little is drawn
    in vain.
    """
    names = sorted({*symbols, *(s for fact in facts for s in fact.free_symbols)}, key=_order)
    known = tuple(fact for fact in (*facts, *assumed(names)) if not fact.over)
    point: dict[sp.Symbol, sp.Rational] = {}
    for symbol in names:
        here = [fact for fact in known if symbol in fact.free_symbols and fact.free_symbols <= {*point, symbol}]
        bounds = _bounds(symbol, here, point)
        assume(bounds is not None)
        assert bounds is not None
        point[symbol] = draw(_between(symbol, bounds))
    assume(satisfies(known, point))
    return point


def _order(symbol: sp.Symbol) -> tuple[bool, str]:
    """Depths first: they occur in exponents."""
    return not symbol.is_integer, symbol.name


def _bounds(symbol: sp.Symbol, facts: Iterable[Fact], point: Mapping[sp.Symbol, sp.Rational]) -> Bounds | None:
    """What the facts that are affine in a symbol make of it; None if nothing is left."""
    low: sp.Rational | None = None
    high: sp.Rational | None = None
    for fact in facts:
        if fact.kind not in ("positive", "nonnegative", "zero"):
            continue
        gap = fact.expr.xreplace(dict(point))
        slope, rest = gap.coeff(symbol, 1), gap.coeff(symbol, 0)
        if not (slope.is_Rational and rest.is_Rational and slope != 0 and sp.expand(gap - slope * symbol - rest) == 0):
            continue
        end = -rest / slope
        if fact.kind == "zero":
            low, high = (end if low is None else max(low, end)), (end if high is None else min(high, end))
            continue
        low, high = (
            (end if low is None else max(low, end), high)
            if slope > 0
            else (low, end if high is None else min(high, end))
        )
    return None if low is not None and high is not None and low > high else Bounds(low, high)


def _between(symbol: sp.Symbol, bounds: Bounds) -> SearchStrategy[sp.Rational]:
    """Exact numbers between the ends; the ends themselves may be drawn, and are rejected where a fact is strict."""
    low, high = bounds.low, bounds.high
    if symbol.is_integer:
        first = None if low is None else int(sp.ceiling(low))
        last = None if high is None else int(sp.floor(high))
        first = (0 if last is None else last - 4) if first is None else first
        last = max(first, first + 4 if last is None else min(last, first + 4))
        return st.integers(first, last).map(sp.Integer)
    if low is not None and high is not None:
        return st.builds(
            lambda p, q: low + (high - low) * sp.Rational(min(p, q), q + 1), st.integers(1, 4), st.integers(1, 4)
        )
    if low is not None:
        return st.one_of(positives(), nonnegatives()).map(lambda x: low + x)
    return rationals() if high is None else nonnegatives().map(lambda x: high - x)


__all__ = [
    "among",
    "cases",
    "covariances",
    "exact_points",
    "matrices",
    "mode_parameters",
    "models",
    "nonnegatives",
    "points",
    "positives",
    "rationals",
    "rotations",
    "starts",
]
