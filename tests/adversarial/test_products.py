"""Powers, inductions over layers, motions of whole products: wrong exponents, wrong ends, borrowed hypotheses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derivations.matrices import end_to_end as moving
from derivations.matrices.gram_powers import MINUS, ONE, ZERO, above, below, bottom, through_above, through_below, top
from derivations.models import latent, shared
from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.gradients import along, gradient
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Matrix, Power, Segment, Stack, WordSum, gram_power, identity
from symjepa.model import EMA, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Balanced,
    ByInduction,
    Claim,
    Decays,
    Drift,
    Less,
    NotClosed,
    ProductMoves,
    Share,
    Unfolded,
    Use,
    WordIdentity,
    exhibit,
)
from symjepa.statements.descriptions import Layers
from symjepa.symbols import K, L, alpha, eta, j, k, l, n, t, tau, u
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.kernel.instances import Letters, obeys
from symjepa.verify.obligations import compiled
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, live, outcome

model = replace(live, weight_decay=eta, predictor_rate=alpha)
layers = Layers(model)
W, P = layers.letters.encoder, layers.letters.predictor
law, other = Balanced(model, "encoder"), Balanced(model, "predictor")
point = {K: 2, L: 3, j: 1, n: 1, l: 1, k: 1, alpha: 1, eta: 0, tau: 1}
some = (Less(0, K),)
upper, under = W.segment(L, j), W.segment(j, 0)
g = W.layer(L)
honest = moving.encoders[0]
own = honest.flow.letters.encoder
pull = moving.pull


def said(claim: Any) -> str:
    return outcome(lambda: claim, given=some, at=point)


# Powers.


def test_powers_of_one_gram_matrix_add_their_exponents() -> None:
    assert said(WordIdentity(top(W, n) @ top(W, L), top(W, n + L))) == PROVED
    assert said(WordIdentity(top(W, n) @ top(W, L), top(W, n + L + 1))) == REFUTED


def test_powers_of_two_gram_matrices_do_not_merge() -> None:
    square = Matrix("A", "context", "context").word()
    both = gram_power(square, n) @ gram_power(square.T, n)
    assert said(WordIdentity(both, gram_power(square, 2 * n))) == REFUTED


def test_a_power_that_may_be_negative_cancels_nothing() -> None:
    there_and_back = top(W, n - 2) @ top(W, 2 - n)
    assert said(WordIdentity(there_and_back, identity("latent"))) != PROVED


@pytest.mark.parametrize("exponent", [-1, sp.Rational(1, 2)])
def test_a_power_with_a_bad_exponent_is_refused(exponent: Any) -> None:
    with pytest.raises(SymjepaError, match="exponent ≥ 0"):
        gram_power(g, exponent)


def test_a_power_of_a_stopped_letter_is_refused() -> None:
    with pytest.raises(SymjepaError, match="without stop-gradient"):
        Power(Segment(W, L, L - 1, stopped=True), n)


def test_a_power_of_a_power_is_refused() -> None:
    with pytest.raises(SymjepaError, match="add the exponents"):
        gram_power(top(W, n), n)


def test_a_power_does_not_rest_and_is_not_differentiated() -> None:
    power = top(W, n)
    assert said(Drift(layers, power, WordSum.zero("latent", "latent"))) == REFUSED
    with pytest.raises(SymjepaError, match="cannot be differentiated"):
        along(power, lambda factor: None)
    with pytest.raises(SymjepaError, match="cannot be differentiated"):
        gradient(TraceSum.of(power), W, l)


def test_a_letter_inside_a_power_is_not_replaced() -> None:
    A = Matrix("A", "latent", "latent").word()
    with pytest.raises(SymjepaError, match="cannot be replaced"):
        gram_power(A, n).replaced(lambda factor: identity("latent") if factor.name == "A" else None)


def test_a_power_is_the_word_that_it_abbreviates_for_the_first_exponent_only() -> None:
    assert said(ByInduction(top(W, 1), g @ g.T, j, ONE, L, (Use(Unfolded(g)),), (Use(Unfolded(g)),))) == PROVED
    assert said(ByInduction(top(W, 2), g @ g.T, j, ONE, L, (Use(Unfolded(g)),), (Use(Unfolded(g)),))) == REFUTED


# Inductions.

FALSE = {
    "one power too many above": (upper @ upper.T, top(W, L - j + 1)),
    "one power too few above": (upper @ upper.T, top(W, L - j - 1)),
    "the exponent of below": (upper @ upper.T, top(W, j)),
    "below with the exponent of above": (under.T @ under, bottom(W, L - j)),
    "one power too many below": (under.T @ under, bottom(W, j + 1)),
    "twice": (under.T @ under, 2 * bottom(W, j)),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_power_is_refuted_whatever_is_used(name: str) -> None:
    lhs, rhs = FALSE[name]
    for honest in (above(W, law, j), below(W, law, j)):
        claim = replace(honest, lhs=lhs, rhs=rhs, first=ONE, last=L - 1)
        try:
            assert said(claim) == REFUTED
        except AssertionError:
            assert said(replace(claim, base=(), step=())) == REFUTED and said(claim) == REFUSED


def test_layers_that_are_not_balanced_have_no_powers() -> None:
    assert said(replace(above(W, law, j), on=(), base=(), step=())) == REFUTED


def test_balance_that_is_not_a_hypothesis_is_not_used() -> None:
    assert said(replace(above(W, law, j), on=())) == REFUSED
    assert said(replace(through_above(W, law, j), on=())) == REFUSED
    assert said(replace(through_above(W, law, j), on=(other,))) == REFUSED


def test_the_balance_of_the_predictor_is_not_that_of_the_encoder() -> None:
    assert said(replace(above(W, law, j), on=(other,), base=(), step=())) == REFUTED


@pytest.mark.parametrize("level", [j, j - 2, L])
def test_balance_is_used_at_its_own_level(level: Any) -> None:
    honest = through_above(W, law, j)
    assert said(replace(honest, step=(replace(honest.step[0], at=level), honest.step[1]))) != PROVED


def test_there_is_no_balance_above_the_last_layer() -> None:
    """Below, the law is used at the level j + 1, which must stay below L: an identity that reaches to L needs more."""
    assert said(replace(through_below(W, law, j), last=L)) != PROVED


def test_an_identity_is_used_in_its_range_only() -> None:
    lemma = replace(through_above(W, law, j), first=sp.Integer(2))
    honest = above(W, law, j)
    assert said(replace(honest, step=(replace(honest.step[0], of=lemma), honest.step[1]))) != PROVED


def test_an_induction_needs_its_base() -> None:
    """The step alone would also prove that every Gram matrix is twice a power."""
    honest = above(W, law, j)
    doubled = replace(honest, rhs=2 * honest.rhs, step=(replace(honest.step[0]), honest.step[1]))
    assert said(doubled) == REFUTED


def test_an_induction_does_not_rest_on_itself() -> None:
    assert said(replace(above(W, law, j), base=(Use(None),))) == REFUSED
    assert said(replace(above(W, law, j), step=())) != PROVED


def test_an_induction_goes_the_way_that_its_base_allows() -> None:
    assert said(replace(above(W, law, j), downward=False)) != PROVED
    assert said(replace(below(W, law, j), downward=True)) != PROVED


def test_an_endless_induction_does_not_go_down() -> None:
    assert said(replace(below(W, law, j), last=None, downward=True)) == REFUSED


def test_an_identity_for_some_layers_is_not_one_for_all() -> None:
    """For ever, also where there is no layer."""
    assert said(replace(below(W, law, j), last=None)) != PROVED


@pytest.mark.parametrize("index", [L, K])
def test_a_depth_is_no_index(index: sp.Symbol) -> None:
    honest = below(W, law, index)
    assert said(replace(honest, last=sp.Integer(3))) == REFUSED


def test_an_end_of_the_range_does_not_know_the_index() -> None:
    assert said(replace(below(W, law, j), last=j)) == REFUSED


def test_a_hypothesis_about_the_index_narrows_no_induction() -> None:
    """The claim speaks of every j in its range, whatever the statement assumes of its own j."""
    false = ByInduction(under.T @ under, bottom(W, j), j, ZERO, L, (), (), on=())
    assert outcome(lambda: false, given=(*some, AtMost(j, 1)), at={**point, j: 1}) != PROVED


def test_a_factor_that_is_not_defined_cancels_nothing() -> None:
    """(n - 2) W = 0 is true at n = 2 alone; divided by n - 2 it would say that W is zero."""
    product, two = own.product(), sp.Integer(2)
    grown = (Use(None, scale=(n - 1) / (n - 2)),)
    vanishing = ByInduction((n - 2) * product, 0 * product, n, two, two, (), grown)
    divided = Use(vanishing, at=l + 1, scale=-1 / (l - 1))
    share = replace(honest.shares[0], summand=honest.shares[0].summand + product, by=(*honest.shares[0].by, divided))
    claim = replace(honest, shares=(share,))
    assert outcome(lambda: claim, given=(*some, AtMost(L, 1)), at={**point, L: 1}) != PROVED
    shallow = Context((Fact(K, "positive"), Fact(1 - L, "nonnegative")))
    left = [found for line in compiled(claim).obligations if not (found := decide(line, shallow)).proved]
    assert [found.residual for found in left] == ["not shown: _l - 1 != 0"]


def test_a_balance_law_needs_a_level_that_it_has() -> None:
    with pytest.raises(SymjepaError, match="levels go from 1"):
        law.gap(None)
    with pytest.raises(SymjepaError, match="levels go from 1"):
        Balanced(model, "joint").gap(ONE)
    single = Balanced(replace(model, encoder=Encoder(1)), "encoder")
    with pytest.raises(SymjepaError, match="levels go from 1"):
        single.gap(ONE)


# Products.


def variant(summand: WordSum, **parts: Any) -> ProductMoves:
    return replace(honest, shares=(replace(honest.shares[0], summand=summand, by=()),), **parts)


WRONG = {
    "transposed below": top(own, L - l) @ pull @ own.segment(l - 1, 0).T @ own.segment(l - 1, 0) @ bottom(own),
    "all above": top(own, L - 1) @ pull,
    "all below": pull @ bottom(own, L - 1),
    "one too many": top(own, L - l) @ pull @ bottom(own, l),
    "half": sp.Rational(1, 2) * honest.shares[0].summand,
    "no decay": top(own, L - l) @ pull @ bottom(own, l - 1),
    "decay of one layer": top(own, L - l) @ pull @ bottom(own, l - 1) - eta / L * own.product(),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_false_motion_of_the_product_is_refuted(name: str) -> None:
    assert said(variant(WRONG[name])) == REFUTED


def test_a_sum_over_the_layers_in_the_other_order_is_the_same_sum() -> None:
    """Not refuted, for the sum is right; not proved either, for its summands belong to other layers."""
    turned = top(own, l - 1) @ pull @ bottom(own, L - l) - eta * own.product()
    assert said(variant(turned)) not in (PROVED, REFUTED)


def test_without_balance_the_product_does_not_close() -> None:
    assert said(variant(honest.shares[0].summand, on=(), roots=())) == REFUTED


def test_single_layers_are_no_function_of_the_product() -> None:
    raw = own.segment(L, l) @ own.segment(L, l).T @ pull @ own.segment(l - 1, 0).T @ own.segment(l - 1, 0)
    assert said(variant(raw - eta * own.product())) not in (PROVED, REFUTED)


def test_a_power_without_its_root_is_no_function_of_the_product() -> None:
    assert said(replace(honest, roots=honest.roots[:1])) not in (PROVED, REFUTED)
    assert said(replace(honest, roots=())) not in (PROVED, REFUTED)


@pytest.mark.parametrize(
    "change",
    [{"exponent": L - 1}, {"exponent": L + 1}, {"scale": 2 * ONE}, {"scale": MINUS}, {"left": False}, {"by": ()}],
)
def test_a_root_is_of_the_right_order(change: dict[str, Any]) -> None:
    assert said(replace(honest, roots=(replace(honest.roots[0], **change), honest.roots[1]))) != PROVED


def test_the_balance_of_another_model_is_no_hypothesis_here() -> None:
    stranger = Balanced(latent(EMA(tau)), "encoder")
    assert said(replace(honest, on=(stranger,))) == REFUSED


def test_balance_that_does_not_last_is_no_hypothesis_of_a_motion() -> None:
    """Without stop-gradient the joint drifts."""
    joined = replace(moving.unstopped, on=(*moving.unstopped.on, Balanced(shared, "joint")))
    assert said(joined) != PROVED


def test_a_product_is_of_whole_stacks_of_the_flow() -> None:
    stranger = Stack("W", L, "latent", "context", "other")
    for stacks in ((stranger,), (own, own), ()):
        shares = tuple(replace(honest.shares[0], stack=stack) for stack in stacks)
        assert said(replace(honest, shares=shares)) == REFUSED


def test_a_product_multiplies_in_its_own_order() -> None:
    both = moving.predictions[0]
    assert said(replace(both, shares=both.shares[::-1])) == REFUSED


def test_a_summand_has_no_letter_that_passes_for_one_of_the_model() -> None:
    fake = Matrix("W", "latent", "context").word()
    assert said(variant(honest.shares[0].summand + fake)) == REFUSED


def test_a_flow_is_that_of_its_model() -> None:
    class Retold(Layers):
        pass

    assert said(replace(honest, flow=Retold(honest.flow.model))) == REFUSED


def test_the_prediction_closes_for_a_still_target_alone() -> None:
    """With the words of the data target a live teacher's prediction is refuted."""
    still, moved = moving.predictions[1], moving.learners[0]
    laws = tuple(Balanced(moved.model, joint) for joint in ("encoder", "predictor", "joint"))
    named = {"Wbar": moved.letters.encoder.product()}
    shares = tuple(
        replace(share, by=(), summand=share.summand.replaced(lambda f: named.get(getattr(f, "name", ""))))
        for share in still.shares
    )
    assert said(ProductMoves(moved, shares, still.roots, laws)) not in (PROVED,)


# What does not close.

one_layer = Layers(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()))
guess = one_layer.letters.predictor.product() @ one_layer.letters.encoder.product()


def two(first: dict[str, Any], second: dict[str, Any]) -> tuple[Any, Any]:
    data = {"P_1": 1, "Sxx": 1, "Syx": sp.Rational(1, 2), "Syy": 1}
    return tuple(exhibit({name: ((x,),) for name, x in {**data, **own}.items()}, {}) for own in (first, second))  # type: ignore[return-value]


turned = two({"W_1": 1, "P_1": 1}, {"W_1": -1, "P_1": -1})


def test_two_sets_of_layers_that_differ_in_the_product_show_nothing() -> None:
    apart = two({"W_1": 1}, {"W_1": 2})
    assert said(NotClosed(one_layer, (guess,), guess, apart)) == REFUTED


def test_two_sets_of_data_show_nothing() -> None:
    apart = two({"W_1": 1}, {"W_1": 1, "Syx": 0})
    assert said(NotClosed(one_layer, (guess,), guess, apart)) == REFUTED


def test_data_that_no_sample_has_show_nothing() -> None:
    apart = two({"W_1": 1, "P_1": 1, "Syx": 2}, {"W_1": -1, "P_1": -1, "Syx": 2})
    assert said(NotClosed(one_layer, (guess,), guess, apart)) != PROVED


def test_layers_that_do_not_obey_the_hypotheses_show_nothing() -> None:
    skewed = two({"W_1": 2, "P_1": 1}, {"W_1": -2, "P_1": -1})
    assert said(NotClosed(one_layer, (guess,), guess, skewed)) == PROVED
    assert said(NotClosed(one_layer, (guess,), guess, skewed, (Balanced(one_layer.model, "joint"),))) != PROVED


def test_rates_that_differ_show_nothing() -> None:
    first, second = turned
    changed = replace(second, numbers=((tau, sp.Integer(2)),))
    assert said(NotClosed(one_layer, (guess,), guess, (first, changed))) != PROVED


def test_a_letter_of_ones_own_does_not_make_the_difference() -> None:
    A = Matrix("A", "latent", "latent").word()
    apart = two({"W_1": 1, "A": 1}, {"W_1": 1, "A": 2})
    assert said(NotClosed(one_layer, (guess,), A @ guess, apart)) == REFUSED


def test_an_exhibit_has_all_letters_and_numeric_depths() -> None:
    bare = two({}, {})
    assert said(NotClosed(one_layer, (guess,), guess, bare)) == REFUSED
    whole = W.product()
    assert said(NotClosed(layers, (whole,), whole, turned)) == REFUSED


def test_exhibits_of_different_widths_do_not_agree() -> None:
    wide = exhibit(
        {"W_1": ((1,), (0,)), "P_1": ((1, 0), (0, 1)), "Sxx": ((1,),), "Syx": ((sp.Rational(1, 2),),), "Syy": ((1,),)},
        {},
    )
    assert said(NotClosed(one_layer, (guess,), guess, (turned[0], wide))) == REFUTED


# Laws that decay.


@pytest.mark.parametrize("factor", [t, u])
def test_what_moves_is_no_constant_in_front_of_a_word(factor: sp.Symbol) -> None:
    """d(t W)/dt is not t dW/dt."""
    first = W.layer(1)
    rate = layers.flow.of(first.terms[0][0].factors[0])
    assert rate is not None
    assert outcome(lambda: Drift(layers, factor * first, factor * rate), at={**point, factor: 1}) == REFUSED
    assert outcome(lambda: Decays(layers, first, -factor), at={**point, factor: 1}) == REFUSED


def test_a_law_decays_on_relations_alone() -> None:
    claim: Claim = Decays(layers, W.layer(1), -eta, (law,))  # type: ignore[arg-type]
    assert said(claim) == REFUSED


def test_a_layer_does_not_decay_like_its_weight_decay() -> None:
    assert said(Decays(layers, W.layer(1), -eta)) == REFUTED


def test_an_identity_is_used_at_some_index() -> None:
    lemma = through_above(W, law, j)
    assert said(replace(above(W, law, j), base=(Use(lemma),))) == REFUSED


def test_a_model_without_a_joint_has_no_balance_to_assume() -> None:
    single = Layers(Model(Encoder(1), Predictor(K), LatentPrediction(), Live(), alpha, eta))
    claim = replace(honest, flow=single, shares=(), on=(Balanced(single.model, "encoder"),), roots=())
    only = Share(single.letters.encoder, l, single.letters.encoder.product())
    assert said(replace(claim, shares=(only,))) == REFUSED


def test_a_summand_without_a_meaning_at_an_end_is_neither_proved_nor_refuted() -> None:
    negative = top(own, L - l) @ pull @ bottom(own, l - 2)
    assert said(variant(negative)) not in (PROVED, REFUTED)
    reaching = top(own, L - l) @ pull @ own.segment(l + 1, 0).T @ own.segment(l + 1, 0)
    assert said(variant(reaching)) not in (PROVED, REFUTED)


def test_letters_obey_no_law_about_layers_that_they_do_not_have() -> None:
    unit = np.array([[Fraction(1)]], dtype=object)
    data = {"Sxx": unit, "Syx": unit, "Syy": unit}
    assert not obeys(Letters(data, {K: sp.Integer(2), L: sp.Integer(2), alpha: ONE}), (law,))
    assert not obeys(Letters({**data, "Snn": unit}, {}), ())


def test_a_rate_does_not_decay_where_it_is_not_defined() -> None:
    claim = Decays(layers, 0 * W.layer(1), 1 / (alpha - 1))
    assert said(claim) != PROVED


@pytest.mark.parametrize("number", range(4))
def test_the_exhibits_of_the_book_show_what_they_should(number: int) -> None:
    assert said(moving.open_ones[number]) == PROVED
