"""Points against a claim that only extreme numbers refute: found by a walk, certified by the kernel."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Hits, Identity, Less, WordIdentity
from symjepa.statements.descriptions import Foreign
from symjepa.verify.hypotheses import context_of
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.points import satisfies
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled
from symjepa.verify.search.extremes import regular, relative, walk

x, y, q, c = (sp.Symbol(name, positive=True) for name in ("x", "y", "q", "c"))
n = sp.Symbol("n", integer=True, positive=True)
ONE = ({x: sp.S.One, y: sp.S.One, q: sp.S.Half, n: sp.S.One},)


@pytest.mark.parametrize(
    "claim",
    [
        AtMost(x, 5000),
        Less(sp.Rational(1, 5000), x),
        AtMost(1 / (1 - q), 500),
        Less(x * y, 5000 + x),
        Less(n, 8),
        AtMost(sp.log(x), sp.log(y) + 8),
    ],
    ids=str,
)
def test_what_fails_only_far_out_is_refuted_from_a_witness(claim) -> None:
    under = context_of((Less(q, 1),))
    assert refute(compiled(claim), under) is None
    found = refute(compiled(claim), under, near=ONE)
    assert found is not None
    assert satisfies(under.facts, {q: sp.S.Half, **found.point})


def test_what_is_true_is_not_refuted_far_out_either() -> None:
    under = context_of((Less(x, y),))
    assert refute(compiled(Less(x / y, 1)), under, near=ONE) is None


def test_an_exhibited_point_is_the_only_one_that_is_tried() -> None:
    assert refute(compiled(AtMost(x, 5000)), Context(), {x: sp.S.One}, near=ONE) is None


def test_symbols_that_assume_more_than_can_be_said_are_left_alone() -> None:
    even = sp.Symbol("m", even=True)
    assert refute(compiled(Less(even, 10)), Context(), near=ONE) is None


def test_words_are_refuted_by_the_search_alone() -> None:
    from symjepa.exact.words import Matrix, Word, WordSum

    A, B = Matrix("A", "context", "context"), Matrix("B", "context", "context")
    ab, ba = (WordSum.of(Word(pair, "context", "context")) for pair in ((A, B), (B, A)))
    assert refute(compiled(WordIdentity(ab, ab)), Context(), near=ONE) is None
    assert refute(compiled(WordIdentity(ab, ba)), Context(), near=ONE) is not None


def test_an_equation_between_integrals_is_refuted_where_they_have_no_pole() -> None:
    claim = Identity(sp.Integral(1 / (c - x), (x, 0, y)), sp.Integral(1 / (c + x), (x, 0, y)))
    under = context_of((Less(y, c),))
    assert refute(compiled(claim), under, near=({y: sp.S.One, c: sp.Integer(2)},)) is not None


def test_a_way_over_a_pole_is_not_taken() -> None:
    over = sp.Integral(1 / (c - x), (x, 0, y))
    assert regular((over,), {c: sp.Integer(2), y: sp.S.One})
    assert not regular((over,), {c: sp.S.Half, y: sp.S.One})
    assert not regular((sp.Integral(sp.log(-x), (x, 1, y)),), {y: sp.Integer(2)})
    assert regular((sp.Integral(x * q, (x, 0, y), (q, 0, 1)),), {y: sp.Integer(2)})


def test_a_walk_stays_where_the_facts_hold() -> None:
    facts = (Fact(y - x, "positive"), Fact(x, "positive"), Fact(y, "positive"))
    points = list(walk([{x: sp.S.One, y: sp.Integer(2)}], [x, y], facts, relative(y - 3 * x)))
    assert len(points) > 100
    assert all(satisfies(facts, point) for point in points)
    assert any(point[y] < 3 * point[x] for point in points)


def test_there_is_no_walk_without_a_start_or_without_a_symbol() -> None:
    assert not list(walk([], [x], ()))
    assert not list(walk([{}], [], ()))


def test_a_height_is_infinite_where_nothing_is_defined() -> None:
    assert relative(sp.log(x - 2))({x: sp.S.One}) == sp.oo
    assert relative(x - 1)({x: sp.Integer(3)}) == pytest.approx(0.5)


CLOCK = sp.log(x)
GROWTH = Foreign(((x, x),))


@pytest.mark.parametrize(
    ("stop", "time"), [(sp.S.Half, sp.log(sp.S.Half)), (-sp.S.One, sp.S.One)], ids=["behind", "outside"]
)
def test_a_rising_flow_does_not_come_to_what_lies_behind_its_start(stop, time) -> None:
    claim = Hits(GROWTH, sp.S.One, stop, time, clock=CLOCK)
    found = refute(compiled(claim), Context())
    assert found is not None


def test_a_flow_does_not_come_to_a_stop_where_it_moves_back() -> None:
    logistic = Foreign(((x, x * (1 - x)),))
    claim = Hits(logistic, sp.S.Half, c, sp.log(c), (Less(1, c),))
    found = refute(compiled(claim), Context())
    assert found is not None
    assert found.point[c] > 1
