"""A description says where a flow comes from, and no claim can be about a right-hand side of unknown origin."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact, Range
from symjepa.exact.scalars import equal
from symjepa.flow import letters
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.descriptions import Foreign, along, modes
from symjepa.statements.statement import tex
from symjepa.symbols import K, L, sigma2, u

live = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())


def test_a_mode_has_one_of_the_named_coordinates() -> None:
    known = "layers, product, balanced, groups, families, clock"
    with pytest.raises(SymjepaError, match=f"coordinates are one of {known}; got 'polar'"):
        modes(live, "polar")


def test_a_quantity_moves_along_the_derived_rates() -> None:
    flow = modes(live, "balanced")
    assert equal(along(flow, u**2), 2 * u * flow.rates[u]).holds
    assert along(flow, sigma2) == 0


def test_an_equation_of_ones_own_lives_where_plain_facts_hold() -> None:
    x, n = sp.Symbol("x", real=True), sp.Symbol("n", integer=True)
    bounded = Fact(n - x, "positive", (Range(n, sp.S.One, sp.Integer(2), True),))
    with pytest.raises(SymjepaError, match="without ranges"):
        Foreign(((x, -x),), (bounded,))


def test_formulas_in_sentences_have_the_declared_names() -> None:
    assert tex(sigma2 * u) == r"\sigma^{2} u"
    assert tex(letters(live).encoder.product()) == "W"
