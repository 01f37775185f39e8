"""Claims about matrices along layers that move by backpropagation: true ones hold, each false one is seen both ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symjepa.catalogue import find, load
from symjepa.exact.words import WordSum
from symjepa.statements.claims import Dissipates, Drift, parts
from symjepa.verify.corroborate import corroborated
from symjepa.verify.corroborate.layers import BACKWARD, SIMULATED
from symjepa.verify.hypotheses import context_of
from symjepa.verify.kernel.decide import Context
from symjepa.verify.unfolding import unfolded


def claims_of(label: str, kind: type) -> tuple[list, Context]:
    statement = unfolded(load(find(label)).statement)
    return [part for part in parts(statement.claim) if isinstance(part, kind)], context_of(statement.hypotheses)


def said(claim: object, context: Context) -> dict[str, bool | None]:
    return {found.by: found.agrees for found in corroborated(claim, context)}


@pytest.mark.parametrize("label", ["semi-gradient", "balance-law", "effective-gradient", "null-gradient"])
def test_drifts_hold_exactly_and_along_simulations(label: str) -> None:
    drifts, context = claims_of(label, Drift)
    assert said(drifts[0], context) == {f"Drift: {BACKWARD}": True, f"Drift: {SIMULATED}": True}


def doubled(words: WordSum) -> WordSum:
    return words + words


@pytest.mark.parametrize("label", ["semi-gradient", "effective-gradient"])
def test_a_drift_with_a_wrong_factor_is_seen_both_ways(label: str) -> None:
    drifts, context = claims_of(label, Drift)
    wrong = replace(drifts[0], equals=doubled(drifts[0].equals))
    assert said(wrong, context) == {f"Drift: {BACKWARD}": False, f"Drift: {SIMULATED}": False}


def test_a_quantity_that_moves_is_not_conserved() -> None:
    (drift, *_), context = claims_of("semi-gradient", Drift)
    still = replace(drift, equals=drift.equals - drift.equals)
    assert False in said(still, context).values()


def test_dissipation_by_half_the_squares_is_seen() -> None:
    (dissipates, *_), context = claims_of("null-gradient", Dissipates)
    half = replace(dissipates, by=tuple((weight / 2, words) for weight, words in dissipates.by))
    assert set(said(dissipates, context).values()) == {True}
    assert set(said(half, context).values()) == {False}
