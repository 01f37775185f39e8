"""Readings of printed claims get the verdict that they deserve, and no trick gets them a better one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.words import Matrix, WordSum
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import All, Annihilates, Claim, Drift, Identity, Less, Moves, Unequal
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Cite, Let, Printed, Reading, Theorem, conjecture
from symjepa.symbols import K, L, lam, sigma2, u
from symjepa.verify.check import check
from symjepa.verify.readings import Finding
from tests.adversarial.verdicts import a, matrices, p, theorem, x, x0, y

half = sp.Rational(1, 2)
c = sp.Symbol("c", real=True)
given = (Less(1, x),)
own = Less(1, x**2)


def around(*readings: Reading, conversion: str = "", seen: str = "read", **parts: Any) -> Theorem:
    """The theorem "x > 1 gives x² > 1", whose proof shows x² > x first, with readings of one printed claim."""
    parts = {"given": given, "at": {x: 2}, "lines": (Less(x, x**2, by=x * (x - 1)),)} | parts
    made = theorem(parts.pop("claim", own), **parts)
    row = Printed("somebody2000paper, Thm 1", "a claim", seen, conversion, readings)
    return replace(made, statement=replace(made.statement, printed=(row,)))


def finding(claim: Claim, expected: str = "confirmed", inside: dict[str, Any] | None = None, **parts: Any) -> Finding:
    """What becomes of one reading."""
    (row,) = check(around(Reading("so", expected, claim, **parts), **(inside or {}))).printed
    return row.findings[0]


def kind(claim: Claim, **parts: Any) -> str:
    return finding(claim, **parts).kind


# --- the kinds


def test_a_part_of_the_claim_is_confirmed() -> None:
    assert kind(own) == "confirmed"


def test_with_a_conversion_it_is_confirmed_after_conversion_and_a_reading_may_do_without() -> None:
    assert kind(own, inside={"conversion": "c = 1"}) == "confirmed after conversion"
    assert kind(own, conversion="x in feet") == "confirmed after conversion"
    assert kind(own, conversion="", inside={"conversion": "c = 1"}) == "confirmed"


def test_what_the_proof_has_shown_is_known_in_the_setting_of_the_theorem() -> None:
    assert kind(Less(0, x**2 - x)) == "confirmed"


def test_the_claim_itself_is_known_in_the_setting_of_the_theorem() -> None:
    assert kind(Less(0, x**2 - 1)) == "confirmed"


def test_it_is_true_when_further_hypotheses_make_it_so_and_it_fails_without_them() -> None:
    found = finding(Less(4, 2 * x), when=(Less(2, x),), witness={x: 3})
    assert (found.kind, found.refuted is not None) == ("true when", True)
    assert found.claim[0].verdict.value == "PROVED" and found.without[0].verdict.value == "REFUTED"


def test_hypotheses_that_nobody_needs_make_it_confirmed() -> None:
    assert kind(own, when=(Less(2, x),), witness={x: 3}) == "confirmed"


def test_true_when_a_depth_is_a_number_reaches_into_the_models() -> None:
    flow = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced")
    rate = lam * u**2 - sigma2 * u**3
    witness = {lam: 1, sigma2: 1, u: 1, L: 1}
    assert kind(Moves(flow, u, rate), hypotheses=(), when=(Identity(L, 1),), witness=witness) == "true when"
    assert kind(Moves(flow, u, rate), hypotheses=(), when=(Identity(L, 2),), witness=witness) == "refuted"


def test_it_is_refuted_at_a_point_even_if_something_is_supposed() -> None:
    assert kind(Less(x, 0)) == "refuted"
    assert kind(Less(x, 0), when=(Less(2, x),)) == "refuted"


def test_sharpened_needs_a_proved_conjunct_that_says_more() -> None:
    both = {"claim": own & Less(0, x)}
    assert kind(Less(0, x), sharper=own, inside=both) == "sharpened"
    assert kind(Less(0, x), sharper=Less(0, x), inside=both) == "undecided"
    assert kind(Less(0, x), sharper=own, inside=both | {"conversion": "c = 1"}) == "sharpened"


def test_what_is_called_sharper_is_a_conjunct_of_the_theorem() -> None:
    with pytest.raises(BadDerivation, match="conjuncts of the theorem's claim"):
        finding(Less(0, x), sharper=Less(3, x**2))


def test_what_is_called_sharper_must_be_proved() -> None:
    unproved = Less(0, y**4 - y**3 + y**2 - y + 1)
    inside = {"claim": own & unproved, "at": {x: 2, y: 0}}
    assert kind(Less(0, x), sharper=unproved, inside=inside) == "undecided"


def test_an_open_reading_is_open_while_it_is_undecided_and_no_longer() -> None:
    hard = Less(0, x**4 - x**3 + x**2 - x + 1)
    assert finding(hard, "open", missing="squares", hypotheses=(), witness={x: 0}).as_expected
    assert finding(own, "open", missing="nothing").kind == "confirmed"
    assert finding(Less(x, 0), "open", missing="nothing").kind == "refuted"
    (row,) = check(around(Reading("so", "open", missing="all of it"))).printed
    assert (row.findings[0].kind, row.findings[0].settled) == ("open", False)


def test_a_reading_of_another_kind_than_expected_is_not_as_expected_and_nor_is_its_theorem() -> None:
    report = check(around(Reading("so", "refuted", own)))
    assert report.misread is not None and not report.as_expected
    assert report.verdict.value == "PROVED"


def test_a_conjecture_may_have_readings_too() -> None:
    statement = around(Reading("so", "confirmed", Less(0, x))).statement
    hard = replace(statement, claim=Less(0, x**4 - x**3 + x**2 - x + 1))
    (row,) = check(conjecture(hard, "squares")).printed
    assert row.findings[0].kind == "confirmed"


# --- the attack


def test_under_hypotheses_of_its_own_nothing_of_the_proof_is_known() -> None:
    assert kind(Less(0, x**2 - x), hypotheses=(), witness={x: 2}) == "refuted"


def test_hypotheses_that_nobody_can_meet_confirm_nothing() -> None:
    assert kind(Less(x, -1), hypotheses=(Less(0, x), Less(x, 0)), witness={x: 1}) == "undecided"


def test_further_hypotheses_that_contradict_the_others_make_nothing_true() -> None:
    assert kind(Less(3, x), when=(Less(x, 0),), witness={x: 2}) == "undecided"
    assert kind(Less(3, x), when=(Identity(x, 0),), witness={x: 2}) == "undecided"


def test_two_numbers_for_one_symbol_contradict_each_other() -> None:
    two = (Identity(c, 1), Identity(c, 2))
    assert kind(Less(1, c), hypotheses=(), when=two, witness={}) == "undecided"


def test_a_number_is_put_in_only_if_the_symbol_admits_it() -> None:
    with pytest.raises(BadDerivation, match="L assumes"):
        finding(Less(0, L - half), hypotheses=(), when=(Identity(L, half),), witness={})


def test_an_abbreviation_has_its_value_and_no_other() -> None:
    inside = {"claim": Less(1, y), "let": (Let(y, x**2),), "lines": ()}
    assert kind(Less(y, 2), when=(Identity(y, 1),), witness={x: 2}, inside=inside) != "true when"


def test_no_value_stands_for_what_moves() -> None:
    flow = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "balanced")
    moved = Moves(flow, u**2, sp.S.Zero)
    for extra in ({"when": (Identity(u, 1),)}, {"let": (Let(u, sp.S.One),)}):
        with pytest.raises(BadDerivation, match="u is a state variable"):
            finding(moved, **extra)


def test_an_abbreviation_may_not_change_a_hypothesis() -> None:
    with pytest.raises(BadDerivation, match="x means something in the statement already"):
        finding(Less(3, y), let=(Let(x, y),))
    inside = {"claim": Less(1, y), "let": (Let(y, x**2),), "lines": ()}
    with pytest.raises(BadDerivation, match="y means something in the statement already"):
        finding(Less(0, y), let=(Let(y, x),), inside=inside)


def test_an_abbreviation_must_have_what_its_symbol_assumes() -> None:
    with pytest.raises(BadDerivation, match="p assumes"):
        finding(Less(0, p), let=(Let(p, -x),))


def test_a_further_abbreviation_is_replaced_by_its_value() -> None:
    assert kind(Less(1, y), let=(Let(y, x**2),)) == "confirmed"
    assert kind(Less(y, 1), let=(Let(y, x**2),)) == "refuted"


def test_abbreviations_of_the_theorem_are_kept_where_they_are_used() -> None:
    inside = {"claim": Less(1, y), "let": (Let(c, x**2), Let(y, c), Let(x0, x)), "lines": ()}
    assert kind(Less(1, y), hypotheses=given, inside=inside) == "confirmed"
    assert kind(Less(y, 1), hypotheses=(), witness={x: 2}, inside=inside) == "refuted"


def test_a_reading_that_is_its_own_hypothesis_is_refused() -> None:
    with pytest.raises(BadDerivation, match="one of its own hypotheses"):
        finding(Less(2, x), when=(Less(2, x),))


def test_a_reading_that_claims_nothing_is_refused() -> None:
    with pytest.raises(BadDerivation, match="claims nothing"):
        finding(All(()))


def test_a_point_outside_the_hypotheses_refutes_nothing() -> None:
    assert kind(Less(2, x), at={x: 0}) == "undecided"
    assert kind(Less(2, x), at={x: 2}) == "refuted"


def test_a_line_that_is_not_proved_leaves_a_reading_undecided() -> None:
    assert kind(own, lines=(Less(5, x**2),), hypotheses=given) == "undecided"


def test_lines_shown_first_are_known() -> None:
    square = Less(0, x**2 - x, by=x * (x - 1))
    assert kind(Less(x, x**2), hypotheses=given, lines=(square,)) == "confirmed"


def test_another_theorem_may_be_cited_and_must_be_proved() -> None:
    other = theorem(Less(0, x - 1), given=given, at={x: 2})
    false = theorem(Less(3, x), given=given, at={x: 2})
    assert kind(own, lines=(Cite(other),)) == "confirmed"
    with pytest.raises(BadDerivation, match="is not PROVED"):
        finding(own, lines=(Cite(false),))


def test_what_is_not_refuted_without_its_hypotheses_is_not_true_only_when_they_hold() -> None:
    hard = x**4 - x**3 + x**2 - x + 1
    by = x**3 * (x - 1) + x * (x - 1) + 1
    assert kind(Less(0, hard, by=by), hypotheses=(), when=(Less(1, x),), witness={x: 2}) == "undecided"


def test_letters_obey_what_a_reading_supposes() -> None:
    n = Matrix("n", "context", "one")
    unshared = Annihilates(matrices.letters.Syx, n, WordSum.zero(matrices.letters.Syx.rows, "one"))
    seen = matrices.letters.encoder.layer(1) @ n.word()
    still = Drift(matrices, seen, WordSum.zero(seen.rows, seen.cols), (unshared,))
    assert kind(still, hypotheses=(), witness={}) == "refuted"


def test_a_mistake_in_a_reading_is_said_with_the_reading() -> None:
    with pytest.raises(BadDerivation, match="somebody2000paper-thm-1, reading “so”: "):
        finding(Less(2, x), when=(Less(2, x),))


def test_the_order_of_two_unequal_things_is_not_supposed() -> None:
    assert kind(Less(x, a), hypotheses=(Unequal(x, a),), witness={x: 1, a: 2}) == "refuted"
    assert kind(Less(0, K), hypotheses=(), witness={K: 1}) == "refuted"
