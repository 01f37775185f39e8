"""The search for points and matrices is not trusted: whatever it makes up refutes nothing and witnesses nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from symjepa.exact.words import Matrix, WordSum
from symjepa.statements.claims import Annihilates, Balanced, Drift, Identity, Less
from symjepa.symbols import K, L, alpha, eta, nu, tau
from symjepa.verify import witness as witnesses
from symjepa.verify.check import Verdict, context_of
from symjepa.verify.kernel import refute
from symjepa.verify.kernel.instances import exhibited, obeys
from symjepa.verify.obligations import compiled
from symjepa.verify.search.letters import instances
from tests.adversarial.test_hypotheses import clean, direction, half
from tests.adversarial.verdicts import PROVED, REFUTED, equation, live, matrices, outcome, report, x, y

unshared = Annihilates(matrices.letters.Syx, direction, WordSum.zero(matrices.letters.Syx.rows, "one"))
alone = Annihilates(matrices.letters.Sxx, direction, nu * direction.word())
seen = matrices.letters.encoder.layer(1) @ direction.word()
still = Drift(matrices, seen, WordSum.zero(seen.rows, seen.cols), (unshared, alone))


def test_a_made_up_point_outside_the_hypotheses_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = Less(0, x**4 - x**3 + x**2 - x)  # true for x > 1, and not shown
    given, at = (Less(1, x),), {x: 2}
    monkeypatch.setattr(refute, "points", lambda *_: iter([{x: half}]))
    assert outcome(lambda: hard, given=given, at=at) not in (REFUTED,)


def test_a_point_that_leaves_symbols_open_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refute, "points", lambda *_: iter([{}]))
    assert outcome(lambda: Less(x, y), at={x: 0, y: 1}) != REFUTED


def test_a_made_up_walk_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, above_one = compiled(Less(0, x**4 - x**3 + x**2 - x)), context_of((Less(1, x),))
    monkeypatch.setattr(refute, "walk", lambda *_: iter([{x: half}, {}]))
    assert refute.refute(plan, above_one, near=({x: sp.Integer(2)},)) is None
    assert refute.refute(plan, context_of(()), near=({x: sp.Integer(2)},)) is not None


def test_a_made_up_point_witnesses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim is about states with x² < 0, of which there are none."""
    monkeypatch.setattr(witnesses, "points", lambda own, facts: iter([dict.fromkeys(own, sp.S.One)]))
    from symjepa.statements.claims import Implicit

    empty = Implicit(equation((x, sp.S.One)), x, sp.S.One, (Less(x**2, 0),))
    assert report(empty, at={}).verdict is not Verdict.PROVED


def _lying(monkeypatch: pytest.MonkeyPatch, letters: object) -> str:
    monkeypatch.setattr(refute, "instances", lambda *_: iter([letters]))
    return outcome(lambda: still, at=clean)


def test_made_up_letters_refute_only_if_they_obey_the_hypotheses(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = exhibited(clean, {})
    shared = replace(letters, matrices={**letters.matrices, "Syx": letters.matrices["Sxx"]})
    assert _lying(monkeypatch, letters) == REFUTED
    assert _lying(monkeypatch, shared) not in (REFUTED, PROVED)


def test_made_up_letters_in_floats_refute_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = exhibited(clean, {})
    floating = replace(letters, matrices={**letters.matrices, "W_1": letters.matrices["W_1"].astype(float)})
    assert not obeys(floating, ())
    assert _lying(monkeypatch, floating) not in (REFUTED, PROVED)


def test_made_up_covariances_that_no_data_have_refute_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = exhibited(clean, {})
    wrong = replace(letters, matrices={**letters.matrices, "Syy": -letters.matrices["Syy"]})
    assert _lying(monkeypatch, wrong) not in (REFUTED, PROVED)


def test_made_up_numbers_outside_the_hypotheses_refute_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = exhibited(clean, {})
    wrong = replace(letters, numbers={**letters.numbers, K: sp.S.NegativeOne})
    assert _lying(monkeypatch, wrong) not in (REFUTED, PROVED)


def test_letters_for_a_witness_must_obey_too(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = exhibited(clean, {})
    shared = replace(letters, matrices={**letters.matrices, "Syx": letters.matrices["Sxx"]})
    monkeypatch.setattr(witnesses, "instances", lambda *_: iter([shared]))
    drift = Drift(matrices, seen, WordSum.zero(seen.rows, seen.cols), (unshared,))
    found = report(drift, at={K: 1, L: 1, alpha: 1, eta: 0, nu: 1, tau: 1})
    assert "no letters that obey" in found.witness


def test_the_honest_search_still_finds_what_is_false() -> None:
    assert outcome(lambda: still, at=clean) == REFUTED
    assert outcome(lambda: Identity(x, y), at={x: 0, y: 0}) == REFUTED
    drawn = next(instances((seen,), [{K: sp.S.One, L: sp.S.One}], (unshared,)))
    assert obeys(drawn, (unshared,)) and np.all(drawn.matrices["Syx"] @ drawn.matrices["n"] == 0)
    assert isinstance(direction, Matrix)


def test_letters_that_leave_something_out_obey_nothing() -> None:
    letters = exhibited(clean, {})
    half_noise = replace(letters, matrices={**letters.matrices, "Snn": letters.matrices["Syy"]})
    no_layers = replace(letters, numbers={**letters.numbers, L: sp.Integer(2)})
    assert not obeys(half_noise, ())
    assert not obeys(no_layers, (Balanced(live, "encoder"),))
