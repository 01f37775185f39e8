"""False claims about motion that once passed: times before the start, time among the constants, cusps, narrowed bounds;
and true ones that a wrong certificate or an abbreviation once refuted.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derivations.matrices import boundedness as lasting
from symjepa.exact.facts import Fact
from symjepa.exact.words import Matrix, WordSum
from symjepa.model import Encoder, Frozen, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Attracts,
    ByInduction,
    Claim,
    Cofactors,
    Conserved,
    Dominated,
    Follows,
    Invariant,
    Less,
    Moves,
    NotClosed,
    Ordered,
    Relation,
    Solves,
    Use,
    WordIdentity,
    Zeros,
    component,
    exhibit,
)
from symjepa.statements.descriptions import Foreign, Layers, modes, pairs, restricted
from symjepa.statements.statement import Let
from symjepa.symbols import K, L, alpha, eta, k, l, lam, sigma2, t, tau, u
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, equation, matrices, outcome, p, x, x0, y

ONE, ZERO, HALF = sp.S.One, sp.S.Zero, sp.Rational(1, 2)
time, c = sp.Symbol("T", real=True), sp.Symbol("c", real=True)
n = sp.Symbol("n", integer=True)
A = Matrix("A", "a", "a").word()


# Times.


@pytest.mark.parametrize("until", [(), (Less(-1, time),), (Less(time, 1),)])
def test_a_slower_quantity_lies_above_its_envelope_before_the_start(until: tuple[Relation, ...]) -> None:
    flow = Foreign(((x, -2 * x),), (Fact(x, "positive"),))
    at = {x: 1, x0: 1, time: 0}

    def below(times: tuple[Relation, ...]) -> Dominated:
        return Dominated(flow, x, x0, x0 * sp.exp(-time), -x0, time, times)

    assert outcome(lambda: below(until), at=at) != PROVED
    assert outcome(lambda: below((*until, AtMost(0, time))), at=at) == PROVED


fading, clocked = equation((x, -x * sp.exp(-t))), equation((x, t), (y, 1))


@pytest.mark.parametrize(
    "claim",
    [
        Attracts(fading, ZERO, (ZERO, sp.oo)),  # x(t) → x(0)/e
        Moves(clocked, t * x, t**2),
        Conserved(clocked, x - t * y),
        Moves(Foreign(((x, ONE),), (Fact(t - x, "positive"),)), x, ONE),
    ],
)
def test_time_is_no_constant_of_a_flow(claim: Claim) -> None:
    assert outcome(lambda: claim, at={x: 1, y: 1, t: 2}) == REFUSED


def test_an_equation_that_holds_time_has_its_solution() -> None:
    claim = Solves(equation((x, t)), pairs({x: x0 + t**2 / 2}), pairs({x: x0}), t, (AtMost(0, t),))
    assert outcome(lambda: claim, at={x0: 1, t: 0}) == PROVED


def test_a_parameter_of_a_manifold_is_not_the_time_of_its_solution() -> None:
    """On y = T, a constant, x moves along x0 + T t."""
    flow = restricted(equation((x, y), (y, 0)), {y: time})
    claim = Solves(flow, pairs({x: x0 + time**2 / 2}), pairs({x: x0}), time, (AtMost(0, time),))
    assert outcome(lambda: claim, at={x0: 1, time: 0}) == REFUSED


def test_a_rate_of_a_model_is_not_the_time_of_its_solution() -> None:
    flow = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "balanced")
    claim = Solves(flow, pairs({u: ZERO}), pairs({u: ZERO}), lam, (AtMost(0, lam),))
    assert outcome(lambda: claim, at={lam: 1, sigma2: 1}) == REFUSED


# Sets.


@pytest.mark.parametrize("inside", [False, True])
def test_a_set_is_left_along_a_cusp(inside: bool) -> None:
    """From (0, 0): y = t, x = -2 t², where y ≤ √-x; on the face x = 0 that says y ≤ 0."""
    cusp = sp.sqrt(-x) - y
    equations = ((x, -4 * y), (y, ONE))
    flow = Foreign(equations, (Fact(cusp, "nonnegative"),) if inside else ())
    claim = Invariant(flow, x, pairs({x: 0}), ONE, () if inside else (AtMost(y, sp.sqrt(-x)),))
    assert outcome(lambda: claim, at={x: -1, y: 0}) != PROVED


def test_a_half_line_beside_the_face_is_no_cusp() -> None:
    claim = Invariant(equation((x, p - x)), x, pairs({x: 0}), ONE, (AtMost(x, 2),))
    assert outcome(lambda: claim, at={x: 1, p: 1}) == PROVED


# Certificates that fail, and refute nothing.


def test_a_wrong_value_to_follow_refutes_no_list_of_fixed_points() -> None:
    flow = equation((x, -x), (y, -y))
    alone = Cofactors(pairs({x: 1}), -ONE)
    wrong = Zeros(flow, (component({x: 0, y: 0}, (x,)),), (alone,), follows=(Follows(y, ONE, ONE),))
    assert outcome(lambda: wrong, at={x: 0, y: 0}) not in (PROVED, REFUTED)


def test_a_wrong_equation_refutes_no_list_of_fixed_points() -> None:
    wrong = Zeros(equation((x, 1 - x)), (component({x: 1}, (x - 2,)),), (Cofactors(pairs({x: 1}), -ONE),))
    assert outcome(lambda: wrong, at={x: 1}) not in (PROVED, REFUTED)


def test_a_fixed_point_that_is_not_listed_refutes() -> None:
    wrong = Zeros(equation((x, x * (1 - x))), (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), -x),))
    assert outcome(lambda: wrong, at={x: 0}) == REFUTED


# Names.


def test_what_moves_is_no_abbreviation() -> None:
    flow = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "balanced")
    at = {lam: 1, sigma2: 1}
    assert outcome(lambda: Moves(flow, u, ZERO), let=[Let(u, ONE)], at=at) == REFUSED


def test_an_abbreviation_is_replaced_in_words_too() -> None:
    W = matrices.letters.encoder.layer(l)
    at = {L: 1, l: 1, p: 1}
    assert outcome(lambda: WordIdentity(c * W, 2 * p * W), let=[Let(c, 2 * p)], given=[AtMost(l, L)], at=at) == PROVED
    assert outcome(lambda: WordIdentity(c * W, 3 * p * W), let=[Let(c, 2 * p)], given=[AtMost(l, L)], at=at) == REFUTED


def test_an_image_does_not_hold_the_state_that_it_bounds() -> None:
    claim = Ordered(equation((x, -x)), pairs({x: x0}), equation((y, 0)), pairs({y: 0}), pairs({x: x}))
    assert outcome(lambda: claim, given=[Less(x0, x)], at={x0: 1, x: 2, y: 0}) == REFUSED


# Matrices.


@pytest.mark.parametrize(
    ("condition", "weight"), [(AtMost(alpha, alpha), alpha - 1), (AtMost(l - 5, L), l - 6), (AtMost(-L, 0), -L - 1)]
)
def test_the_condition_of_a_bound_is_the_range_of_an_index(condition: AtMost, weight: sp.Expr) -> None:
    """Of α ≤ α it once followed that 1 ≤ α, so that squares could have the weight α - 1."""
    still = lasting.linearly[0]
    own, named = still.growths[0], still.flow.letters
    assert own.source is not None
    lie = replace(
        own,
        on=(*own.on, condition),
        squares=(*own.squares, (weight, named.target.word())),
        source=own.source + weight * named.Syy.word(),
    )
    at = {K: 2, L: 2, k: 1, l: 1, alpha: 1, eta: 0, tau: 1}
    assert outcome(lambda: replace(still, growths=(*still.growths, lie)), given=[Less(0, K)], at=at) == REFUSED


def test_a_frozen_teacher_is_data() -> None:
    """W moves by W and the constant W̄ alone."""
    layers = Layers(Model(Encoder(1), Predictor(0), LatentPrediction(), Frozen()))
    W = layers.letters.encoder.product()
    shared = {"W_1": 1, "Sxx": 1, "Syx": HALF, "Syy": 1}
    apart = tuple(exhibit({a: ((b,),) for a, b in {**shared, "Wbar": bar}.items()}, {}) for bar in (1, 2))
    assert outcome(lambda: NotClosed(layers, (W,), W, (apart[0], apart[1]))) != PROVED


@pytest.mark.parametrize(("first", "last"), [(HALF, None), (sp.Integer(1), L / 2), (p, None)])
def test_an_induction_goes_from_integer_to_integer(first: sp.Expr, last: sp.Expr | None) -> None:
    """(n - first) A vanishes at a first index that no integer is."""
    step = (Use(None, scale=(n + 1 - first) / (n - first)),)
    claim = ByInduction((n - first) * A, WordSum.zero(A.rows, A.cols), n, first, last, (), step)
    assert outcome(lambda: claim) == REFUSED


def test_an_identity_by_induction_is_used_at_integers() -> None:
    lemma = ByInduction(n * A, n * A, n, ONE, None, (), ())
    used = (Use(lemma, sp.Rational(3, 2)),)
    assert outcome(lambda: ByInduction(A, A, n, ONE, None, used, used)) == REFUSED
    used = (Use(lemma, sp.Integer(2)),)
    assert outcome(lambda: ByInduction(A, A, n, ONE, None, used, used)) == PROVED
