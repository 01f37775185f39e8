"""Scope is computed: what is said for every depth is decided with K and L free, and no depth is put in their place."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import sympy as sp

from symjepa.catalogue import find, load
from symjepa.exact.facts import Fact
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor, Shared
from symjepa.statements.claims import Claim, Conserved, Drift, Identity, Within, parts
from symjepa.statements.descriptions import Layers, modes
from symjepa.symbols import K, L, u, v, w
from symjepa.verify.certificates import scope_object, scopes_of
from symjepa.verify.check import Report, check, context_of, unfolded
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.obligations import compiled
from symjepa.verify.scope import Scope, flows_in, models_in, scope, symbols_in

EVERY_DEPTH = ["balance-law", "null-gradient", "jepa-fixed-point", "noise-decay", "mode-decoupling", "semi-gradient"]


@cache
def report(label: str) -> Report:
    return check(load(find(label)))


@cache
def conjuncts(label: str) -> tuple[Claim, ...]:
    """The conjuncts that speak of every depth: all but the unbalanced decay of noise, which says K = L = 1."""
    claims = parts(unfolded(load(find(label)).statement).claim)
    return claims[:2] if label == "noise-decay" else claims


def scopes(label: str) -> list[Scope]:
    """The scope of every conjunct, without deciding anything."""
    statement = unfolded(load(find(label)).statement)
    facts = context_of(statement.hypotheses).facts
    return [scope(claim, compiled(claim), facts) for claim in parts(statement.claim)]


def symbols_of_flows(claim: Claim) -> set[sp.Symbol]:
    """Symbols of the right-hand sides as derived, read here by another way than in the scope."""
    found: set[sp.Symbol] = set()
    for flow in flows_in(claim):
        if isinstance(flow, Layers):
            factors = [factor for moving in flow.flow.rates for word, _ in moving.rate.terms for factor in word.factors]
            ends = [getattr(factor, name) for factor in factors for name in ("hi", "lo") if hasattr(factor, name)]
            found |= {symbol for end in ends for symbol in end.free_symbols}
        elif not isinstance(flow, Model):
            found |= {symbol for rate in flow.rates.values() for symbol in rate.free_symbols}
    return found


@pytest.mark.parametrize("label", EVERY_DEPTH)
def test_both_depths_are_free_in_every_conjunct_that_speaks_of_every_depth(label: str) -> None:
    for claim in conjuncts(label):
        assert {K, L} <= symbols_in(compiled(claim)) | symbols_of_flows(claim), claim


@pytest.mark.parametrize("label", ["jepa-fixed-point", "noise-decay", "null-gradient"])
def test_both_depths_occur_in_the_obligations_themselves(label: str) -> None:
    """The laws of a joint are the exception: there the other branch cancels before anything is left to decide."""
    for claim in conjuncts(label):
        assert {K, L} <= symbols_in(compiled(claim)), claim


@pytest.mark.parametrize("label", EVERY_DEPTH)
def test_no_model_in_those_conjuncts_has_a_number_for_a_depth(label: str) -> None:
    for claim in conjuncts(label):
        models = list(models_in(claim))
        assert models or isinstance(claim, Identity | Within)
        assert all((model.encoder.depth, model.predictor.depth) == (L, K) for model in models)


@pytest.mark.parametrize("label", EVERY_DEPTH)
def test_the_stated_scope_is_every_depth(label: str) -> None:
    facts = context_of(unfolded(load(find(label)).statement).hypotheses).facts
    for claim in conjuncts(label):
        found = scope(claim, compiled(claim), facts)
        assert [symbol for symbol, _ in found.free] == [K, L]
        assert found.fixed == ()


def test_the_implicit_solution_is_for_every_encoder_and_one_predictor_layer() -> None:
    for line in report("jepa-implicit-solution").claim:
        assert L in symbols_in(compiled(line.claim))
        assert K not in symbols_in(compiled(line.claim))
        found = scope(line.claim, compiled(line.claim), ())
        assert (found.free, found.fixed) == (((L, 1),), (("K", 1),))
        assert str(found) == "every L ≥ 1; K = 1"


def test_a_numeric_depth_is_not_free() -> None:
    single = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "product")
    claim = Conserved(single, v**2 - w**2)
    assert str(scope(claim, compiled(claim), ())) == "K = 1 and L = 1"


def test_a_depth_substituted_into_a_flow_is_not_free() -> None:
    flow = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced", {K: 1})
    claim = Identity(flow.rates[u], flow.rates[u])
    assert [symbol for symbol, _ in scope(claim, compiled(claim), ()).free] == [L]


def test_hypotheses_bound_a_free_depth_from_below() -> None:
    report_of = report("jepa-fixed-point")
    assert scope_object(scopes_of(report_of))["where"] == ["K >= 1", "L >= 1"]


def test_conditions_of_a_claim_bound_a_free_depth_from_below() -> None:
    joint = next(claim for claim in conjuncts("balance-law") if isinstance(claim, Drift) and K in _conditions(claim))
    assert scope(joint, compiled(joint), ()).free == ((K, 1), (L, 1))


def _conditions(claim: Any) -> set[sp.Symbol]:
    (only,) = claim.on
    return set(only.rhs.free_symbols) if only.lhs == 0 else set()


def test_a_theorem_is_as_weak_as_its_weakest_part() -> None:
    found = scope_object(scopes("noise-decay"))
    assert found["free"] == []
    assert found["text"] == "every K, L ≥ 1; K = 1 and L = 1"
    assert [group["parts"] for group in found["by_part"]][:2] == [[1, 2], [3]]


def test_balance_holds_under_stop_gradient_for_every_depth() -> None:
    stopped = [line for line in report("balance-law").claim if not isinstance(_model(line.claim).teacher, Shared)]
    assert len(stopped) == 15
    assert all(line.verdict is Verdict.PROVED for line in stopped)


def _model(claim: Any) -> Model:
    model: Model = claim.flow.model
    return model


def test_a_group_of_layers_beside_another_makes_two_layers_at_least() -> None:
    claim = conjuncts("ema-layer-groups")[0]
    M, N = (sp.Symbol(name, integer=True, positive=True) for name in "MN")
    at_least = lambda *facts: dict(scope(claim, compiled(claim), facts).free)[L]
    assert at_least(Fact(L - M, "positive")) == 2
    assert at_least(Fact(L - M - 2 * N, "positive")) == 4
    assert at_least(Fact(L + M - 3, "positive")) == at_least(Fact(L - M**2 - 3, "positive")) == 1
    assert at_least(Fact(L - M, "nonzero")) == at_least(Fact(L - M * N, "positive")) == 1
