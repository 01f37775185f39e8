"""Printed claims and their readings: what may be said of words that were not read, and what a reading needs."""

from __future__ import annotations

import pytest

from symjepa.errors import BadDerivation
from symjepa.statements.claims import Less
from symjepa.statements.statement import EXPECTED, SEEN, Printed, Reading
from symjepa.symbols import lam

claim = Less(0, lam)


@pytest.mark.parametrize("words", ["it “learns”", 'it "learns"', "it ``learns''", "«it» learns", "so „it“ learns"])
def test_quotation_marks_stand_around_words_that_were_read_only(words: str) -> None:
    assert Printed("a2000b, Thm 1", words, "read").words == words
    for seen in ("second-hand", "recalled"):
        with pytest.raises(BadDerivation, match="quotation marks stand around words that were read, but this is"):
            Printed("a2000b, Thm 1", words, seen)


def test_readings_and_conversions_of_what_was_not_read_quote_nothing_either() -> None:
    for bad in (Reading("it “learns”", "confirmed", claim), Reading("it", "confirmed", claim, conversion="“t”")):
        with pytest.raises(BadDerivation, match="say it without them"):
            Printed("a2000b, Thm 1", "it learns", "recalled", readings=(bad,))
    with pytest.raises(BadDerivation, match="“their” time"):
        Printed("a2000b, Thm 1", "it learns", "second-hand", "“their” time is ours")


def test_attaching_readings_asks_again() -> None:
    row = Printed("a2000b, Thm 1", "it learns", "second-hand")
    with pytest.raises(BadDerivation, match="quotation marks"):
        row.read(Reading("it “learns”", "confirmed", claim))


def test_how_it_was_seen_is_one_of_three() -> None:
    with pytest.raises(BadDerivation, match="`seen` is one of read, second-hand, recalled; got 'heard'"):
        Printed("a2000b, Thm 1", "it learns", "heard")
    assert SEEN == ("read", "second-hand", "recalled")


def test_what_was_read_is_not_relayed() -> None:
    assert Printed("a2000b, Thm 1", "it learns", "recalled", relayed="a talk").relayed == "a talk"
    with pytest.raises(BadDerivation, match="what was read is not relayed by a talk"):
        Printed("a2000b, Thm 1", "it learns", "read", relayed="a talk")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("littwin2024jepa, Thm 4.4", "littwin2024jepa-thm-4.4"),
        ("littwin2024jepa, Cor. 4.3", "littwin2024jepa-cor-4.3"),
        ("tian2021directpred, App. D.4", "tian2021directpred-app-d-4"),
        ("tian2021directpred, Eqs. 11-17", "tian2021directpred-eqs-11-17"),
    ],
)
def test_the_id_of_a_row_comes_from_its_source(source: str, name: str) -> None:
    assert Printed(source, "it learns", "recalled").id == name


def test_an_id_of_its_own_is_kept_by_the_readings() -> None:
    row = Printed("a2000b, Thm 1", "it learns", "read", id="learns").read(Reading("so", "confirmed", claim))
    assert (row.id, len(row.readings)) == ("learns", 1)


def test_a_reading_expects_one_of_the_kinds() -> None:
    with pytest.raises(BadDerivation, match=r"a reading is expected to be confirmed, .*, open; got 'proved'"):
        Reading("so", "proved", claim)
    assert EXPECTED[-1] == "open"


def test_an_open_reading_and_no_other_says_what_is_missing() -> None:
    assert Reading("so", "open", missing="a rule").claim is None
    for bad in ({"expected": "open"}, {"expected": "confirmed", "claim": claim, "missing": "a rule"}):
        with pytest.raises(BadDerivation, match="an open reading, and no other, says what is missing"):
            Reading("so", **bad)  # type: ignore[arg-type]


def test_a_reading_that_expects_a_verdict_has_a_claim() -> None:
    with pytest.raises(BadDerivation, match="only an open reading may be without a claim; give “so” one"):
        Reading("so", "refuted")
