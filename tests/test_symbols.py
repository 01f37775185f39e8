"""Every public symbol has one meaning; the amplitudes of single layers are known by their names."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.symbols import (
    K,
    L,
    by_name,
    eta,
    l,
    latex_names,
    layer_amplitude,
    meaning,
    public_symbols,
    sequence,
    t,
    w,
)


def test_a_layer_of_a_number_and_a_layer_of_a_symbol_print_alike() -> None:
    numbered, generic = meaning(layer_amplitude("w", sp.Integer(3))), meaning(layer_amplitude("v", l))
    assert numbered is not None and generic is not None
    assert (numbered.latex, numbered.words) == ("w_{3}", "amplitude of one layer (w)")
    assert generic.latex == r"v_{\ell}"
    assert numbered.weight != generic.weight


def test_strangers_have_no_meaning() -> None:
    strangers = (sp.Symbol("w_x"), sp.Symbol("q_1"), sp.Symbol("w", positive=True), sp.Integer(2))
    assert [meaning(stranger) for stranger in strangers] == [None] * 4


def test_a_name_leads_to_its_one_symbol() -> None:
    assert [by_name(symbol.name) for symbol in (K, L, eta, t, w)] == [K, L, eta, t, w]
    assert by_name("nobody") is None


def test_every_public_symbol_has_a_name_and_a_formula_of_its_own() -> None:
    symbols = public_symbols()
    assert {K, L, eta, t, w} <= set(symbols)
    assert len({symbol.name for symbol in symbols}) == len(symbols) == len(set(latex_names().values()))


def test_a_sequence_has_a_name_of_its_own() -> None:
    assert sequence("y", positive=True)(l).is_positive
    with pytest.raises(SymjepaError, match="a name of its own"):
        sequence("w")
