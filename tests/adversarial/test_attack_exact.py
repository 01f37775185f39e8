"""Times that do not hold 0, remembered plans of words that merged, and stops of which the flow speaks."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.statements.claims import AtMost, ByInduction, Hits, Less, Solves, WordIdentity, solves
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import Printed, Reading, Statement, proves
from symjepa.symbols import K, L
from symjepa.verify.check import check
from tests.adversarial.verdicts import PROVED, REFUSED, equation, live, outcome, theorem, x

s, later = sp.Symbol("s"), sp.Symbol("s", positive=True)
q, r = sp.Symbol("q", positive=True), sp.Symbol("r", positive=True)
W = Layers(live).letters.encoder
i = sp.Symbol("i", integer=True)
whole, split = W.segment(L, 0), W.segment(L, i) @ W.segment(i, 0)
depths = {K: 2, L: 3, i: 1}


# Times.


@pytest.mark.parametrize("multiple", [5, 7])
def test_a_flow_that_is_singular_at_time_0_has_no_solution_from_there(multiple: int) -> None:
    claim = solves(equation((x, x / later)), {x: multiple * later}, {x: 0}, later)
    assert outcome(lambda: claim, at={later: 1}) != PROVED


def test_a_start_outside_the_domain_has_no_solution() -> None:
    flow = equation((q, 2 * sp.sqrt(q)))
    claim = solves(flow, {q: s**2}, {q: 0}, s, on=(Less(0, s),))
    assert outcome(lambda: claim, at={s: 1}) != PROVED


@pytest.mark.parametrize("on", [(), (AtMost(0, later),), (Less(0, later),)])
def test_a_time_that_is_assumed_positive_holds_no_start(on: tuple[Less | AtMost, ...]) -> None:
    flow = equation((q, 2 * sp.sqrt(q)))
    claim = Solves(flow, ((q, later**2),), ((q, sp.S.Zero),), later, on)
    assert outcome(lambda: claim, at={later: 1}) != PROVED


def test_a_curve_that_jumps_at_time_0_is_no_solution() -> None:
    zero = x * (x + 1) - x**2 - x  # by arithmetic, which SymPy does not do: 0·(s + zero)⁻¹ is 0 to it at s = 0
    flow = equation((r, sp.S.Zero))
    claim = solves(flow, {r: 1 + s / (zero + s)}, {r: 1}, s, on=(Less(0, s),))
    assert outcome(lambda: claim, at={s: 1, x: 1}) != PROVED


def test_a_curve_from_time_0_on_is_the_solution() -> None:
    claim = solves(equation((x, x)), {x: 2 * sp.exp(s)}, {x: 2}, s)
    assert outcome(lambda: claim, at={s: 1}) == PROVED


# Words that merged.


def induction(words: object) -> ByInduction:
    return ByInduction(words, whole, i, sp.S.One, None, (), ())  # type: ignore[arg-type]


def test_words_that_merged_are_not_shown_by_the_plan_of_others() -> None:
    assert outcome(lambda: induction(whole), at=depths) == PROVED
    assert outcome(lambda: induction(split), at=depths) != PROVED  # means nothing for i > L


def test_words_that_merged_do_not_spoil_the_plan_of_others() -> None:
    assert outcome(lambda: induction(split), at=depths) != PROVED
    assert outcome(lambda: induction(whole), at=depths) == PROVED


def test_a_reading_in_words_that_merged_is_not_the_claim() -> None:
    own = WordIdentity(whole, whole)
    reading = Reading("a reading", "open", WordIdentity(split, whole), missing="a range for i")
    printed = Printed("a paper", "as printed", "recalled", readings=(reading,))
    statement = Statement("attack", own, (), depths, (), printed=(printed,))
    found = check(proves(statement)(theorem(own, at=depths).proof)).printed[0].findings[0]
    assert found.kind == "open"


# Stops.


def test_a_stop_of_which_the_flow_speaks_is_none_of_its_own() -> None:
    claim = Hits(equation((r, q)), sp.S.One, q, (q - 1) / q, on=(Less(1, q),))
    assert outcome(lambda: claim, at={q: 2, r: 1}) == REFUSED  # true at this stop, and not of every stop: no verdict


def test_a_clock_reaches_a_stop_of_which_the_flow_speaks() -> None:
    claim = Hits(equation((r, q)), sp.S.One, q, (q - 1) / q, on=(Less(1, q),), clock=(r - 1) / q)
    assert outcome(lambda: claim, at={q: 2, r: 1}) == PROVED
