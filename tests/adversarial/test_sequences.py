"""Attacks through sequences: indices, names, signs, empty ranges, and formulas that stand for all of them."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from symjepa.errors import OutsideFragment
from symjepa.exact.facts import Fact
from symjepa.exact.sequences import INDEX
from symjepa.exact.signs import Signs
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Attracts, Conserved, Identity, Less, Linearized, parts, solves
from symjepa.statements.descriptions import Foreign, clock, pairs
from symjepa.statements.statement import Let, Statement, proves
from symjepa.symbols import K, L, chi, k, l, lam, n, sequence, sigma2, t
from symjepa.verify.check import check
from symjepa.verify.corroborate import corroborated
from symjepa.verify.kernel.assumptions import assumed_of_terms
from symjepa.verify.kernel.decide import Context, Verdict
from symjepa.verify.kernel.refute import refute
from symjepa.verify.kernel.sequences import FORMULAS, particular, put_in
from symjepa.verify.lines import decided
from symjepa.verify.obligations import compiled
from symjepa.verify.unfolding import unfolded

x, y, r = sequence("x", nonnegative=True), sequence("y", positive=True), sequence("r")
g = sp.Symbol("g", positive=True)
a, z = sp.Symbol("a", real=True), sp.Symbol("z", real=True)
live = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())
has_predictor = Context((Fact(K, "positive"),))


NOTHING = Context()


def verdict(claim: Any, context: Context = NOTHING) -> Verdict:
    return decided(claim, context, context).verdict


@pytest.mark.parametrize(
    "claim",
    [
        Less(0, x(n)),
        AtMost(0, r(n)),
        Less(0, y(K / 2)),
        Less(0, y(a)),
        Less(0, y(1, 2)),
        Identity(sp.log(r(n) ** 2), 2 * sp.log(r(n))),
        Identity(sp.Sum(sp.log(x(k)), (k, 1, K)), sp.Sum(sp.log(x(k)), (k, 1, K))),
    ],
    ids=str,
)
def test_what_no_term_promises_is_not_proved(claim: Any) -> None:
    assert verdict(claim) is not Verdict.PROVED


@pytest.mark.parametrize(
    "claim",
    [
        Identity(x(l), x(k)),
        Identity(x(l), x(l + 1)),
        Identity(x(l), y(l)),
        Identity(x(1), sp.Symbol("x", nonnegative=True)),
        AtMost(y(1), y(2)),
        AtMost(y(2), y(1)),
        Less(0, sp.Sum(y(k), (k, 1, K))),
        Less(0, sp.Sum(y(l), (l, 2, L))),
        Identity(sp.Sum(y(l), (l, 1, L)), sp.Sum(y(l + 1), (l, 1, L))),
        Identity(sp.Sum(y(l), (l, 1, L)), L * y(1)),
        Identity(sp.Sum(y(l) * sp.Sum(y(k), (k, 1, K)), (l, 1, L)), sp.Sum(K * y(l) ** 2, (l, 1, L))),
    ],
    ids=str,
)
def test_falsehoods_are_refuted_at_a_particular_sequence(claim: Any) -> None:
    found = decided(claim, Context(), Context())
    assert found.verdict is Verdict.REFUTED and found.counterexample is not None
    assert any(term.func in (x, y) for term in found.counterexample.point if term.is_Function)


@pytest.mark.parametrize(
    "sequence_of_more",
    [
        sp.Function("e", negative=True),
        sp.Function("e", integer=True, positive=True),
        sp.Function("e", even=True),
        sp.Function("e"),
        sp.Function("e", real=True, nonzero=True),
    ],
    ids=lambda f: str(f._kwargs),
)
def test_a_sequence_that_assumes_more_is_neither_proved_nor_refuted(sequence_of_more: Any) -> None:
    """Positive formulas may not stand for one that is negative, nor fractions for integers."""
    with pytest.raises(OutsideFragment, match="assumes more"):
        assumed_of_terms([sequence_of_more])
    for claim in (Less(sequence_of_more(n), 0), AtMost(1, sequence_of_more(n)), Less(0, sequence_of_more(n))):
        assert verdict(claim) is Verdict.UNDECIDED


def test_a_positive_sequence_is_real() -> None:
    assert verdict(Less(0, sp.Function("c", positive=True)(n))) is Verdict.PROVED


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_formulas_are_positive_at_every_integer(formula: sp.Expr) -> None:
    assert Signs((Fact(INDEX, "integer"),)).positive(formula)


def test_every_sequence_has_its_own_formula() -> None:
    told = [tuple(values.values()) for _, values in particular(Less(x(1), y(1) * r(1)))]
    assert len(told) == len(set(told)) == 3 and all(len(set(values)) == 3 for values in told)


def test_what_speaks_of_no_sequence_is_left_as_it_is() -> None:
    claim = Less(0, g)
    assert list(particular(claim)) == [(claim, {})]
    assert put_in(claim, {y: sp.S.One}) is claim


def test_particular_sequences_stand_in_the_flow_too() -> None:
    claim = Conserved(clock(live, (0, x), (y,)), chi)
    (one, _), *_ = particular(claim)
    assert one.flow.sizes != claim.flow.sizes and not one.flow.rates[chi].has(x, y)


def test_hypotheses_hold_where_a_claim_is_refuted() -> None:
    """Among the formulas only 1/(1 + i²) falls."""
    falls = Context((Fact(y(1) - y(2), "positive"),))
    found = refute(compiled(Less(y(1), y(2))), falls)
    assert found is not None and found.point[y(sp.Symbol("i", integer=True))].subs({"i": 1}) > 0
    assert found.point[y(sp.Symbol("i", integer=True))].has(sp.Symbol("i", integer=True))
    assert refute(compiled(Less(y(1), y(2))), Context((Fact(-y(1), "positive"),))) is None


# Flows.


@pytest.mark.parametrize("state", [z, sp.Symbol("m", integer=True)], ids=str)
def test_a_term_at_the_state_is_no_smooth_rate(state: sp.Symbol) -> None:
    """Nothing is known of a sequence between integers: a rate that holds y(z) need not be continuous."""
    flow = Foreign(((state, (1 + y(state) ** 2) * (1 - state)),))
    assert verdict(Attracts(flow, sp.S.One, (sp.S.Zero, sp.Integer(2)))) is not Verdict.PROVED


def test_a_term_at_a_time_is_no_solution() -> None:
    with pytest.raises(OutsideFragment, match="a known derivative"):
        verdict(solves(Foreign(((z, sp.S.Zero),)), {z: y(t)}, {z: y(0)}, t))


def test_a_term_is_a_constant_of_a_flow() -> None:
    assert verdict(Conserved(Foreign(((z, y(1) * z),)), y(2))) is Verdict.PROVED
    assert verdict(Conserved(Foreign(((z, y(1) * z),)), y(2) * z)) is Verdict.REFUTED


def product(at: sp.Expr, first: int = 1, power: sp.Expr = sp.S.Half, shift: int = 0) -> sp.Expr:
    """∏ (at + y_k)^power over k = first … K."""
    return sp.exp(power * sp.Sum(sp.log(at + y(k + shift)), (k, first, K)))


def others(at: sp.Expr, first: int = 2, shift: int = 0) -> sp.Expr:
    return sp.exp(sp.Sum(sp.log(at + x(l + shift)), (l, first, L)))


def inverse(at: sp.Expr, first: int = 1) -> sp.Expr:
    return sp.Sum(1 / (at + y(k)), (k, first, K))


end = clock(live, (0, x), (y,), {lam: sigma2 * product(g)})


def rate(*factors: sp.Expr) -> Linearized:
    return Linearized(end, pairs({chi: g}), (-sigma2 * sp.Mul(*factors),), stable=True)


def test_the_rate_at_the_end_is_proved() -> None:
    assert verdict(rate(g, others(g), product(g, power=sp.S.One), inverse(g)), has_predictor) is Verdict.PROVED


@pytest.mark.parametrize(
    "wrong",
    [
        rate(g, others(g), product(g), inverse(g)),
        rate(g, others(g, first=1), product(g, power=sp.S.One), inverse(g)),
        rate(g, others(g, shift=1), product(g, power=sp.S.One), inverse(g)),
        rate(g, others(g, shift=-1), product(g, power=sp.S.One), inverse(g)),
        rate(g, others(g), product(g, power=sp.S.One), inverse(g, first=2)),
        rate(g, others(g), product(g, power=sp.S.One, shift=1), inverse(g)),
        rate(others(g), product(g, power=sp.S.One), inverse(g)),
        rate(2 * g, others(g), product(g, power=sp.S.One), inverse(g)),
    ],
    ids=range(8),
)
def test_shifted_indices_and_exponents_are_refuted(wrong: Linearized) -> None:
    assert verdict(wrong, has_predictor) is Verdict.REFUTED


def test_a_predictor_without_layers_is_not_spoken_of() -> None:
    """At K = 0 the product is empty and nothing rises: K ≥ 1 is a hypothesis or the claim is not proved."""
    assert verdict(rate(g, others(g), product(g, power=sp.S.One), inverse(g))) is not Verdict.PROVED


def test_squares_that_may_be_negative_have_no_clock() -> None:
    flow = clock(live, (0, r), (y,), {lam: sigma2})
    assert verdict(Conserved(flow, chi - chi), has_predictor) is not Verdict.PROVED


# Statements.


def stated(claim: Any, hypotheses: tuple[Any, ...] = (), **more: Any) -> Any:
    statement = Statement("attack", claim, hypotheses, near_misses=(), **{"witness": {}, **more})

    @proves(statement)
    def theorem() -> Any:
        yield statement.claim

    return check(theorem)


def test_a_witness_needs_no_terms_and_all_its_numbers() -> None:
    assert stated(Less(0, y(n)), witness={n: 3}).verdict is Verdict.PROVED
    report = stated(Less(0, y(n) + g), witness={n: 3})
    assert report.verdict is Verdict.UNDECIDED and "no value to g" in report.witness


def test_hypotheses_that_no_sequence_meets_are_empty() -> None:
    report = stated(Less(0, g), (Less(y(1), 0),), witness={g: 1})
    assert report.verdict is Verdict.UNDECIDED and "does not satisfy" in report.witness


def test_hypotheses_that_one_of_the_sequences_meets_are_not_empty() -> None:
    assert stated(Less(y(2), 2 * y(1)), (Less(y(2), y(1)),)).witnessed


def test_a_hypothesis_about_some_terms_holds_for_no_others() -> None:
    report = stated(Less(y(2), y(3)), (Less(y(1), y(2)),))
    assert report.verdict is not Verdict.PROVED


def test_an_abbreviation_that_holds_an_index_is_not_captured_by_offsets() -> None:
    d = sp.Symbol("d", positive=True)
    claim = Conserved(clock(live, (0, x), (d,)), sp.S.One)
    statement = Statement("attack", claim, (), {}, (), let=(Let(d, y(k)),))
    with pytest.raises(Exception, match="offsets are"):
        compiled(parts(unfolded(statement).claim)[0])


def test_numerics_speak_of_particular_sequences() -> None:
    found = corroborated(Less(0, y(n)), Context())
    assert [one.agrees for one in found] == [True]
    assert [one.agrees for one in corroborated(Less(y(n), sp.Rational(1, 2)), Context())] == [False]
