"""Sequences in prose, and in the description of a clock."""

from __future__ import annotations

import sympy as sp

from symjepa.exact.sequences import INDEX
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.descriptions import clock
from symjepa.statements.statement import tex
from symjepa.symbols import K, L, alpha, k, l, sequence

x, y = sequence("x", nonnegative=True), sequence("y", positive=True)


def test_the_index_of_a_term_stands_below() -> None:
    assert tex(x(l + 1) / y(2)) == r"\frac{x_{\ell + 1}}{y_{2}}"


def test_a_product_over_terms_is_written_as_one() -> None:
    assert tex(sp.Product(alpha * y(k), (k, 1, K))) == r"\prod_{k=1}^{K} \alpha y_{k}"


def test_offsets_are_sequences_numbers_or_formulas() -> None:
    model = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())
    assert clock(model, (0, x), (INDEX**2 + y(1),)).sizes == ((sp.S.Zero, x(INDEX)), (INDEX**2 + y(1),))
