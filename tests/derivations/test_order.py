"""Orders and ratios of learning against rigorous integrals of the flows derived afresh at numeric depths."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from symjepa.book.order import (
    critical_time_ratio,
    critical_time_ratio_expansion,
    critical_time_ratio_logarithm,
    learning_order,
    order_at_small_starts,
    order_crossing,
    order_inverted,
)
from symjepa.book.speeds import Duel, Learner, c1, c2, h, jepa, mae, mu, start, theta
from symjepa.book.times import relative_critical_time
from symjepa.book.times.critical_time import c, q, u0

from symjepa.exact.balls import Ternary, ball, less, precision, same, sign_at
from symjepa.model import Encoder, Model, Predictor
from symjepa.statements.claims import AtMost, Less, Within, parts
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Statement
from symjepa.symbols import K, L, lam, sigma2
from symjepa.verify.corroborate.agreement import shared_digits
from symjepa.verify.corroborate.hitting import hitting_integral
from symjepa.verify.corroborate.integrate import BITS
from symjepa.verify.unfolding import unfolded, unfolding

Point = dict[sp.Symbol, Any]
depths = st.integers(1, 4)
sizes = st.fractions(Fraction(1, 4), Fraction(4), max_denominator=12)
parts_of_one = st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20)
twenty = settings(max_examples=20, deadline=None)


def exact(x: Any) -> sp.Rational:
    return sp.Rational(x.numerator, x.denominator)


COARSE = 128
"""Bits where a sign is asked for, not digits."""


def direct(
    learner: Learner,
    at: Point,
    covariance: sp.Expr,
    learned: sp.Expr,
    begin: sp.Expr,
    stop: sp.Expr,
    bits: int = COARSE,
) -> arb:
    """The time by the flow of the model with numbers for depths, not by the book's formula."""
    teacher = filter(None, [learner.model.teacher])
    model = Model(Encoder(int(at[L])), Predictor(int(at[K])), learner.model.objective, *teacher)
    degree = learner.degree.subs({K: at[K], L: at[L]})
    numbers = {lam: covariance, sigma2: covariance / learned**degree}
    return hitting_integral(modes(model, "balanced"), begin, stop, numbers, bits)


@st.composite
def rivals(draw: Any, least: int = 1) -> Point:
    """Depths, u₀ < θ < c₂ < c₁, and covariances λ₂ ≤ λ₁."""
    low, high, closer = sorted((draw(parts_of_one), draw(parts_of_one))), draw(sizes), draw(parts_of_one)
    assert low[0] <= low[1]
    first = exact(high)
    second = first * exact(closer)
    numbers = {K: sp.Integer(draw(depths)), L: sp.Integer(draw(st.integers(least, 4))), c1: first, c2: second}
    numbers |= {theta: second * exact(low[1]), start: second * exact(low[1]) * exact(low[0]) / 2}
    lesser, more = sorted((exact(draw(sizes)), exact(draw(sizes))))
    return numbers | {learning_order.lambda1: more, learning_order.lambda2: lesser}


@twenty
@given(rivals())
def test_the_larger_influence_is_learned_first(at: Point) -> None:
    for learner in (jepa, mae):
        one, two = (
            direct(learner, at, at[covariance], at[learned], at[start], at[theta])
            for covariance, learned in ((learning_order.lambda1, c1), (learning_order.lambda2, c2))
        )
        assert one < two


@twenty
@given(rivals())
def test_the_times_of_the_statement_are_those_of_the_flows(at: Point) -> None:
    rule = unfolding(learning_order.learning_order)
    for learner in (jepa, mae):
        for i, (covariance, learned) in enumerate(((learning_order.lambda1, c1), (learning_order.lambda2, c2)), 1):
            claimed = ball(rule(learner.named(f"t_{i}")), at, BITS)
            other = direct(learner, at, at[covariance], at[learned], at[start], at[theta], BITS)
            assert claimed.overlaps(other) and shared_digits(claimed, other) >= 40


def holds(claim: Any, at: Point) -> bool:
    """A relation of numbers, by balls."""
    if isinstance(claim, Within):
        with precision(BITS):
            return bool(abs(ball(claim.expr - claim.of, at, BITS)) <= ball(claim.by, at, BITS))
    assert isinstance(claim, AtMost | Less)
    return less(claim.lhs, claim.rhs, at) is Ternary.YES or same(claim.lhs, claim.rhs, at) is not Ternary.NO


def conjuncts(statement: Statement) -> list[Any]:
    return list(parts(unfolded(statement).claim))


@twenty
@given(rivals(least=2))
def test_the_ratio_lies_between_its_bounds_and_within_its_remainder(at: Point) -> None:
    at = at | {critical_time_ratio.lambda0: at[learning_order.lambda1]}
    statements = (critical_time_ratio.critical_time_ratio, critical_time_ratio_expansion.critical_time_ratio_expansion)
    assert all(holds(claim, at) for statement in statements for claim in conjuncts(statement))


@twenty
@given(rivals(least=2), st.integers(2, 4))
def test_the_ratio_has_its_leading_coefficient(at: Point, power: int) -> None:
    """(t₂/t₁ - 1) ε^{-K/L} by the flows tends to g: at u₀ = 10^-power θ it is off by C u₀ at most."""
    rule = unfolding(critical_time_ratio_expansion.critical_time_ratio_expansion)
    at = at | {start: at[theta] / 10**power, critical_time_ratio.lambda0: at[learning_order.lambda1]}
    cov = at[learning_order.lambda1]
    one, two = (direct(jepa, at, cov, at[learned], at[start], at[theta]) for learned in (c1, c2))
    g, most = (ball(rule(symbol), at, COARSE) for symbol in (critical_time_ratio_expansion.g, jepa.named("C_")))
    with precision(COARSE):
        scaled = (two / one - 1) / ball(start ** at[K], at, COARSE)
        assert abs(scaled - g) < most * ball(start, at, COARSE)


@twenty
@given(rivals(), st.integers(1, 4))
def test_with_one_encoder_layer_the_ratio_has_a_logarithm_to_within_its_remainder(at: Point, power: int) -> None:
    rule = unfolding(critical_time_ratio_logarithm.critical_time_ratio_logarithm)
    cov = at[learning_order.lambda1]
    at = at | {L: sp.Integer(1), start: at[theta] / 10**power, critical_time_ratio.lambda0: cov}
    one, two = (direct(jepa, at, cov, at[learned], at[start], at[theta], BITS) for learned in (c1, c2))
    own = critical_time_ratio_logarithm
    g, log, most, small = (ball(rule(x), at, BITS) for x in (own.g, own.logarithm, own.C, start ** at[K]))
    with precision(BITS):
        assert abs(two / one - 1 - ball(at[K], {}, BITS) * g * log * small) <= most * small


@st.composite
def duels(draw: Any) -> Point:
    """Depths, and h < θ < c₁ < c₂."""
    low, high = sorted((draw(parts_of_one), draw(parts_of_one)))
    second, first = exact(draw(sizes)), exact(draw(parts_of_one))
    numbers = {K: sp.Integer(draw(depths)), L: sp.Integer(draw(depths)), mu: exact(draw(sizes))}
    numbers |= {c2: second, c1: second * first, theta: second * first * exact(high)}
    return numbers | {h: numbers[theta] * exact(low) * sp.Rational(19, 20)}


def lead(learner: Learner, at: Point, begin: sp.Expr) -> arb:
    """t₂ - t₁ by the derived flows."""
    duel = Duel(learner)
    covariances = [let.value.subs(at) for let in duel.let]
    one, two = (
        direct(learner, at, covariance, at[learned], begin, at[theta])
        for covariance, learned in zip(covariances, (c1, c2), strict=True)
    )
    return two - one


@twenty
@given(duels(), st.integers(1, 7))
def test_the_lead_is_at_least_its_bound_and_negative_from_where_speeds_agree(at: Point, steps: int) -> None:
    begin = at[h] / 2**steps
    rule = unfolding(order_at_small_starts.order_at_small_starts)
    for learner in (jepa, mae):
        bound = ball(rule(order_at_small_starts.at_least(Duel(learner))), at | {start: begin}, COARSE)
        assert lead(learner, at, begin) > bound
        assert lead(learner, at, at[h]) < 0


def test_the_order_turns_between_the_ends_of_the_statement() -> None:
    at = {x: sp.Rational(value) for x, value in order_crossing.order_crossing.witness.items()}
    for learner in (jepa, mae):
        assert lead(learner, at, at[start]) > 0
        assert lead(learner, at, at[h] * sp.Rational(99, 100)) < 0


def test_the_two_objectives_disagree_at_the_numbers_of_the_statement() -> None:
    """ε = 1/50, half of what is learned, (λ, ρ) = (1, 1) and (6/5, 1/2), three encoder layers: by the flows."""
    rule = unfolding(order_inverted.order_inverted)
    begin, part = sp.Rational(1, 50) ** sp.Rational(1, 3), sp.Rational(1, 2) ** sp.Rational(1, 3)
    found = {}
    for learner, depth in ((jepa, 1), (mae, 4)):
        for i, (covariance, influence) in enumerate(((1, 1), (sp.Rational(6, 5), sp.Rational(1, 2))), 1):
            learned = sp.sympify(influence) ** sp.Rational(1, depth)
            numbers = {lam: sp.sympify(covariance), sigma2: sp.sympify(covariance) / influence}
            teacher = filter(None, [learner.model.teacher])
            flow = modes(Model(Encoder(3), Predictor(1), learner.model.objective, *teacher), "balanced")
            found[learner.mark, i] = hitting_integral(flow, begin, part * learned, numbers)
            claimed = ball(rule(learner.named(f"t_{i}")), {}, BITS)
            assert claimed.overlaps(found[learner.mark, i]) and shared_digits(claimed, found[learner.mark, i]) >= 40
    assert found["J", 1] < found["J", 2] and found["R", 2] < found["R", 1]


@twenty
@given(depths, depths, sizes, sizes, parts_of_one, parts_of_one)
def test_the_time_to_a_fraction_is_the_powers_and_a_bounded_rest(
    encoder: int, predictor: int, final: Fraction, variance: Fraction, one: Fraction, two: Fraction
) -> None:
    low, high = sorted((exact(one), exact(two)))
    terms = -(-(predictor + 2 * encoder - 2) // predictor)
    at = {K: sp.Integer(predictor), L: sp.Integer(encoder), c: exact(final), sigma2: exact(variance)}
    at |= {q: high, u0: low * high * exact(final), relative_critical_time.J: sp.Integer(terms)}
    rule = unfolding(relative_critical_time.relative_critical_time)
    for learner, symbol in ((jepa, relative_critical_time.t_J), (mae, relative_critical_time.t_R)):
        degree = learner.degree.subs({K: at[K], L: at[L]})
        if learner is mae and encoder + predictor == 2:
            continue
        other = direct(learner, at, at[sigma2] * at[c] ** degree, at[c], at[u0], at[q] * at[c], BITS)
        claimed = ball(rule(symbol), at, BITS)
        assert claimed.overlaps(other) and shared_digits(claimed, other) >= 40
    if sign_at(sp.Integer(predictor * terms - predictor - 2 * encoder + 2), {}) == 1:
        assert holds(rule(relative_critical_time.orders), at)
