"""Vacuity and leaks: hypotheses nobody can meet, witnesses that do not witness, near misses that do not miss."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.exact import words
from symjepa.exact.words import Matrix, WordSum
from symjepa.statements.claims import (
    Annihilates,
    AtMost,
    Converges,
    Drift,
    Identity,
    Implicit,
    Less,
    SumCloses,
    Unequal,
    WordIdentity,
    solves,
)
from symjepa.statements.statement import Instance, NearMiss
from symjepa.symbols import K, L, alpha, eta, l, n, nu, t, tau
from symjepa.verify.check import Verdict
from tests.adversarial.verdicts import PROVED, REFUSED, equation, matrices, outcome, p, report, x, x0, y

half = sp.Rational(1, 2)
direction = Matrix("n", "context", "one")
clean = Instance(
    {"W_1": ((1, 1),), "P_1": ((1,),), "n": ((0,), (1,)),
     "Sxx": ((1, 0), (0, 1)), "Syx": ((1, 0), (0, 0)), "Syy": ((1, 0), (0, 1))},
    {K: 1, L: 1, alpha: 1, eta: 0, nu: 1, tau: 1},
)  # fmt: skip


def test_hypotheses_that_contradict_each_other_prove_nothing() -> None:
    assert outcome(lambda: Less(x, 0), given=(Less(0, x), Less(x, 0)), at={x: 1}) != PROVED


def test_a_hypothesis_that_no_integer_meets_proves_nothing() -> None:
    assert outcome(lambda: Less(1, 0), given=(Less(0, K), Less(K, 1)), at={K: half}) != PROVED


def test_a_hypothesis_that_no_real_meets_proves_nothing() -> None:
    assert outcome(lambda: Less(x**2, 0), given=(Less(x**2, 0),), at={x: 1}) != PROVED


def test_a_false_hypothesis_without_symbols_proves_nothing() -> None:
    assert outcome(lambda: Less(1, 0), given=(Less(1, 0),)) != PROVED


def test_a_witness_outside_the_hypotheses_is_none() -> None:
    found = report(Less(0, 2 * x), given=(Less(0, x),), at={x: -1})
    assert found.verdict is Verdict.UNDECIDED and "does not satisfy" in found.witness


def test_a_witness_outside_a_symbols_assumption_is_none() -> None:
    assert outcome(lambda: Less(0, p), at={p: -1}) != PROVED
    assert outcome(lambda: AtMost(0, K), at={K: half}) != PROVED


def test_a_witness_without_a_symbol_is_none() -> None:
    assert outcome(lambda: AtMost(0, x**2 + y**2), at={x: 1}) != PROVED


def test_a_witness_where_a_hypothesis_is_undefined_is_none() -> None:
    assert outcome(lambda: AtMost(0, x**2), given=(Less(-1, sp.log(x)),), at={x: -1}) != PROVED


def test_a_local_condition_that_contradicts_itself_is_seen() -> None:
    claim = Implicit(equation((x, 1)), sp.log(x), 1 / x, (Less(0, x), Less(x, 0)))
    assert outcome(lambda: claim, at={x: 1}) != PROVED


def test_a_local_condition_that_contradicts_a_hypothesis_is_seen() -> None:
    claim = Implicit(equation((x, 1)), x + y, sp.S.One, (Less(y, 0),))
    assert outcome(lambda: claim, given=(Less(0, y),), at={x: 1, y: 1}) != PROVED


def test_a_local_condition_on_an_anonymous_symbol_is_seen() -> None:
    hidden = sp.Dummy("x", real=True)
    claim = Implicit(equation((x, 1)), x, sp.S.One, (Less(hidden, 0), Less(0, hidden)))
    assert outcome(lambda: claim, at={x: 1}) != PROVED


def test_a_closed_sum_under_contradictory_conditions_is_seen() -> None:
    r, N = sp.Symbol("r", real=True), sp.Symbol("N", integer=True)
    claim = SumCloses(r**n, n, sp.S.One, N, (r ** (N + 1) - r) / (r - 1), (Less(r, 1), Less(1, r)))
    assert outcome(lambda: claim, at={r: 2}) != PROVED


def test_local_hypotheses_on_letters_that_contradict_each_other_are_seen() -> None:
    nothing = WordSum.zero("context", "context")
    both = (Annihilates(direction, direction.T, nothing), Annihilates(direction.T, direction, words.identity("one")))
    assert outcome(lambda: WordIdentity(direction.word() @ direction.T.word(), nothing, both), at=clean) != PROVED


def test_hypotheses_on_letters_need_letters_as_witness() -> None:
    silent = Annihilates(matrices.letters.Syx, direction, WordSum.zero("context", "one"))
    claim = WordIdentity(matrices.letters.Syx.word() @ direction.word(), WordSum.zero("context", "one"))
    assert outcome(lambda: claim, given=(silent,), at={K: 1}) != PROVED
    assert outcome(lambda: claim, given=(silent,), at=clean) == PROVED


def test_a_witness_of_letters_that_breaks_its_hypothesis_is_none() -> None:
    loud = Annihilates(matrices.letters.Sxx, direction, WordSum.zero("context", "one"))
    claim = WordIdentity(matrices.letters.Sxx.word() @ direction.word(), WordSum.zero("context", "one"))
    assert outcome(lambda: claim, given=(loud,), at=clean) != PROVED


def test_hypotheses_on_letters_that_rewrite_without_end_prove_nothing() -> None:
    A, B = Matrix("A", "context", "context"), Matrix("B", "context", "context")
    swap = (Annihilates(A, B, B.word() @ A.word()), Annihilates(B, A, A.word() @ B.word()))
    assert outcome(lambda: WordIdentity(A.word() @ B.word(), A.word(), swap), at=clean) != PROVED


def test_a_layer_index_that_its_condition_puts_out_of_range_is_seen() -> None:
    kept = matrices.letters.encoder.layer(l)
    claim = Drift(matrices, kept, matrices.flow.of(kept.terms[0][0].factors[0]) or kept, (Less(L, l),))
    assert outcome(lambda: claim, at={K: 1, L: 1, l: 2, alpha: 1, eta: 0}) != PROVED


def test_a_hypothesis_on_time_does_not_jump_over_a_blow_up() -> None:
    blown = solves(equation((x, x**2)), {x: x0 / (1 - x0 * t)}, {x: x0}, t)
    assert outcome(lambda: blown, given=(Less(1, t * x0),), at={t: 2, x0: 1, x: 1}) != PROVED


def test_a_hypothesis_on_the_state_does_not_shrink_a_basin() -> None:
    flow = equation((x, (2 - x) * (1 - x)))
    claim = Converges(flow, sp.S.One, sp.S.Zero, sp.oo, 2 - x, sp.S.One)
    assert outcome(lambda: claim, given=(Less(x, 2),), at={x: 1}) != PROVED


def test_a_basin_says_where_its_unit_is_positive() -> None:
    flow = equation((x, (2 - x) * (1 - x)))
    assert outcome(lambda: Converges(flow, sp.S.One, sp.S.Zero, sp.oo, 2 - x, sp.S.One), at={x: 1}) != PROVED
    assert outcome(lambda: Converges(flow, sp.S.One, sp.S.Zero, sp.Integer(2), 2 - x, sp.S.One), at={x: 1}) == PROVED


def test_a_near_miss_that_is_the_claim_does_not_miss() -> None:
    (missed,) = report(Less(0, p), at={p: 1}, near_misses=[Less(0, p)]).near_misses
    assert missed.verdict is not Verdict.REFUTED


def test_a_near_miss_that_is_true_does_not_miss() -> None:
    (missed,) = report(Less(0, p), at={p: 1}, near_misses=[Less(-1, p)]).near_misses
    assert missed.verdict is not Verdict.REFUTED


def test_a_near_miss_equivalent_to_the_claim_does_not_miss() -> None:
    (missed,) = report(Less(0, p), at={p: 1}, near_misses=[Less(0, 2 * p, why="twice")]).near_misses
    assert missed.verdict is not Verdict.REFUTED


def test_a_near_miss_is_not_refuted_outside_the_hypotheses() -> None:
    miss = NearMiss(Less(0, x + 1), at={x: -2})
    (missed,) = report(Less(0, 2 * x), given=(Less(0, x),), at={x: 1}, near_misses=[miss]).near_misses
    assert missed.verdict is not Verdict.REFUTED


def test_a_near_miss_is_not_refuted_by_letters_that_break_its_hypothesis() -> None:
    Sxx, Syx = matrices.letters.Sxx, matrices.letters.Syx
    nothing = WordSum.zero("context", "context")
    bent = Instance({"Sxx": ((1, 0), (0, 0)), "Syx": ((0, 0), (1, 0)), "Syy": ((0, 0), (0, 1))})
    true_miss = NearMiss(WordIdentity(Sxx.word() @ Syx.T.word(), nothing), at=bent)
    found = report(Less(0, 1), given=(Annihilates(Sxx, Syx.T, nothing),), at=bent, near_misses=[true_miss])
    assert found.near_misses[0].verdict is not Verdict.REFUTED
    assert found.witness


@pytest.mark.parametrize("claim", [Less(0, x), Identity(x, y), Unequal(x, 0)], ids=str)
def test_a_claim_that_is_its_own_hypothesis_is_refused(claim: Less) -> None:
    """True, and worthless."""
    assert outcome(lambda: claim, given=(claim,), at={x: 1, y: 1}) == REFUSED
