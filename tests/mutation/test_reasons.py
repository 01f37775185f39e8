"""A reason that excuses a mutant is checked: it is given where it holds, and not where it does not."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.statements.claims import AtMost, Conserved, Less, Root, Solves, Within
from symjepa.statements.descriptions import Foreign
from symjepa.verify.hypotheses import context_of
from tests.mutation.implied import Setting, meaningless, said_twice, weaker
from tests.mutation.independent import confirmed

x, y, s = (sp.Symbol(name, positive=True) for name in ("x", "y", "s"))
t = sp.Symbol("t", real=True)
ONE = ({x: sp.S.One, y: sp.Integer(2)},)


def setting(*hypotheses) -> Setting:
    known = context_of(hypotheses)
    return Setting(known, known, known, ONE)


@pytest.mark.parametrize(
    ("claim", "mutant", "follows"),
    [
        (AtMost(x, y), AtMost(x, 2 * y), True),
        (AtMost(x, y), AtMost(2 * x, y), False),
        (AtMost(x, y), AtMost(-x, y), True),
        (Within(x, 0, y), Within(x, 0, y + x), True),
        (Within(x, 0, y), Within(x, 0, y - x), False),
        (Less(x, y), AtMost(x, y), False),
        (AtMost(x, y), AtMost(y, y), True),
        (Less(x, y), Less(0, y + (x - y) ** 2), True),
    ],
    ids=str,
)
def test_a_weaker_inequality_is_told_from_another(claim, mutant, follows) -> None:
    assert bool(weaker(claim, mutant, setting(AtMost(x, y)))) is follows


def test_a_condition_that_is_a_hypothesis_too_can_be_dropped() -> None:
    claim, mutant = (
        under_condition(Less(x, y)),
        under_condition(),
    )
    assert said_twice(claim, mutant, setting(Less(x, y)))
    assert not said_twice(claim, mutant, setting(Less(x, 2 * y)))


def under_condition(*on):
    """A claim with conditions."""
    return Solves(Foreign(((x, sp.log(y - 1)),)), ((x, s + sp.log(y - 1) * t),), ((x, s),), t, on)


def test_a_condition_without_which_nothing_is_said_can_be_dropped() -> None:
    under = setting()
    assert meaningless(under_condition(Less(1, y)), under_condition(), under)
    assert not meaningless(under_condition(Less(3, y)), under_condition(), under)


@pytest.mark.parametrize(
    ("mutant", "true"),
    [
        (Less(x, y + 1), True),
        (Less(y, x + 1), False),
        (Root(s - x, s, (x / 2, 2 * x), rising=True), True),
        (Root(s - x, s, (2 * x, 3 * x), rising=True), False),
        (Conserved(Foreign(((x, x), (y, -y))), x * y), True),
        (Conserved(Foreign(((x, x), (y, y))), x * y), False),
        (Solves(Foreign(((x, x),)), ((x, s * sp.exp(t)),), ((x, s),), t), True),
        (Solves(Foreign(((x, x),)), ((x, s * sp.exp(2 * t)),), ((x, s),), t), False),
    ],
    ids=str,
)
def test_a_proved_mutant_is_confirmed_only_if_it_holds_at_points(mutant, true) -> None:
    assert bool(confirmed(mutant, setting(Less(x, y)))) is true


def test_numbers_are_compared_where_no_letter_is_left_to_draw() -> None:
    assert confirmed(Less(sp.log(2), 1), setting())
    assert not confirmed(Less(1, sp.log(2)), setting())
