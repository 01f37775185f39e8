"""Points on a manifold: one symbol of an equation follows from the others, and what is found is certified."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Identity, Less
from symjepa.verify.hypotheses import context_of
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.kernel.points import satisfies
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled
from symjepa.verify.search.equations import completed, solved
from symjepa.verify.search.extremes import walk
from symjepa.verify.search.points import points

c, e, x = (sp.Symbol(name, positive=True) for name in ("c", "e", "x"))
n = sp.Symbol("n", integer=True, positive=True)
POWER = Fact(c**n - e * (n + 2), "zero")


def test_an_equation_is_solved_for_a_symbol_in_which_it_is_affine() -> None:
    ((symbol, value),) = solved((POWER,), (c, e, n))
    assert symbol == e and sp.simplify(value - c**n / (n + 2)) == 0


@pytest.mark.parametrize(
    "equation",
    [c**2 - e**2, n - 3, c**n - e**n, sp.log(c) + sp.log(e)],
    ids=str,
)
def test_an_equation_that_is_affine_in_no_real_symbol_is_left_alone(equation) -> None:
    assert solved((Fact(equation, "zero"),), (c, e, n)) == ()


def test_inequalities_are_no_equations() -> None:
    assert solved((Fact(c - e, "nonnegative"), Fact(c - e, "nonzero")), (c, e)) == ()


def test_two_equations_determine_two_symbols() -> None:
    facts = (Fact(c - 2 * e, "zero"), Fact(x - 3 * e, "zero"))
    found = completed({c: sp.Integer(7), e: sp.Integer(1), x: sp.Integer(9)}, solved(facts, (c, e, x)))
    assert found is not None and satisfies(facts, found)


@pytest.mark.parametrize("at", [{c: sp.Integer(2), x: sp.Integer(3)}, {c: sp.Integer(2), x: sp.Integer(0)}], ids=str)
def test_a_symbol_that_would_be_no_rational_number_completes_no_point(at) -> None:
    assert completed({**at, e: sp.S.One}, ((e, sp.sqrt(c) / x),)) is None


def test_small_numbers_are_found_on_a_manifold_that_random_ones_miss() -> None:
    facts = (POWER, *assumed((c, e, n)))
    found = list(points((c, e, n), facts))
    assert len({(point[c], point[n]) for point in found}) > 20
    assert all(satisfies(facts, point) for point in found)


def test_a_walk_stays_on_the_manifold_and_moves_the_depth() -> None:
    facts = (POWER, *assumed((c, e, n)))
    start = {c: sp.Integer(3), e: sp.Integer(1), n: sp.S.One}
    met = [point for _, point in zip(range(60), walk((start,), (c, e, n), facts), strict=False)]
    assert len({point[n] for point in met}) > 2
    assert all(satisfies(facts, point) for point in met)


def test_a_claim_on_a_manifold_is_refuted_at_another_depth_than_that_of_the_witness() -> None:
    under = context_of((Identity(c**n, e * (n + 2)), Less(c, 4)))
    found = refute(compiled(AtMost(n, 4)), under, near=({c: sp.Integer(3), e: sp.S.One, n: sp.S.One},))
    assert found is not None and found.point[n] > 4
    assert satisfies(under.facts, found.point)
