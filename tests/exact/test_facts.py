"""A fact is a sentence: of a known kind, about an expression, with its ranges bound."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.errors import InvalidFact
from symjepa.exact.facts import Fact, Range, lifted
from symjepa.symbols import K, L, n, sigma2

x = sp.Symbol("x")
steps = Range(n, sp.S.One, K, True)


@pytest.mark.parametrize(
    ("expr", "kind", "told"),
    [(x, "even", "kind among positive, .* got kind='even'"), (1, "positive", "a SymPy expression, but got 1")],
)
def test_what_is_no_sentence_is_refused(expr, kind, told):
    with pytest.raises(InvalidFact, match=told):
        Fact(expr, kind)


def test_a_bound_symbol_is_not_free_and_its_bounds_are():
    assert Fact(x + n, "positive", (steps,)).free_symbols == {x, K}
    assert Fact(x, "positive", (Range(n, n, K, True),)).free_symbols == {x, n, K}


def test_only_what_holds_the_bound_symbol_is_quantified():
    (plain, quantified, *more) = sorted(
        lifted({Fact(x, "positive"), Fact(n * x, "nonzero"), Fact(n, "integer")}, steps),
        key=lambda fact: len(fact.over),
    )
    assert (plain.over, quantified.over, more) == ((), (steps,), [])


def test_a_fact_is_printed_with_its_ranges():
    fact = Fact(sigma2 - n, "nonnegative", (steps, Range(x, sp.S.Zero, L, False)))
    assert str(fact) == "-n + sigma2 >= 0 for 1 <= n <= K for 0 <= x <= L"
    assert fact.latex() == r"- n + \sigma^{2} \geq 0\quad (1 \leq n \leq K)\quad (0 \leq x \leq L)"
