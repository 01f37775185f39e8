"""`symjepa ledger`: every printed claim with its verdicts, and what its exit status tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from symjepa.catalogue import entries, find, load
from symjepa.cli import main
from symjepa.cli.ledger import text
from symjepa.statements.statement import Printed, Reading
from symjepa.verify.certificates import spoken
from symjepa.verify.check import check
from symjepa.verify.ledger import LedgerRow, ledger, natural
from tests.messages.derivation_files import derivation

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "symjepa" / "schemas" / "ledger.json").read_text("utf-8"))
ROW = """
    printed=(
        Printed(
            "somebody2000paper, Thm 1", "a square is a square", "second-hand", readings=(Reading("so", "KIND", CLAIM),)
        ),
    ),
)
"""


def filed(folder: Path, kind: str = "confirmed", claim: str = "square", row: str = ROW, name: str = "tiny") -> Path:
    """A small theorem with one printed claim."""
    row = row.replace("KIND", kind).replace("CLAIM", claim)
    return derivation(
        folder,
        ("import NearMiss, Statement", "import NearMiss, Printed, Reading, Statement"),
        ("u**L * u)),),\n)", f"u**L * u)),),{row.rstrip()[:-1]})"),
        name=name,
    )


def answered(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit status and the object on stdout, which the shipped schema describes."""
    status = main(["ledger", *map(str, arguments), "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert found["exit"] == status
    return status, found


def test_a_row_with_a_verdict_is_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = answered(capsys, filed(tmp_path))
    ((reading,),) = [row["readings"] for row in found["rows"]]
    assert (status, reading["kind"], reading["verdict"]) == (0, "confirmed", "confirmed, as relayed")
    assert found["summary"]["confirmed"] == found["summary"]["rows"] == 1


def test_a_refuted_print_is_a_result_and_never_a_bare_refutation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = answered(capsys, filed(tmp_path, "refuted", "Less(u, 1)"))
    (reading,) = found["rows"][0]["readings"]
    assert (status, reading["verdict"]) == (0, "refuted, as relayed")
    assert reading["counterexample"]["point"] == {"u": "2"}


def test_a_mutated_reading_is_exit_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = answered(capsys, filed(tmp_path, "confirmed", "Identity(u ** (2 * L), u**L * u ** (L + 1))"))
    (reading,) = found["rows"][0]["readings"]
    assert (status, reading["kind"], reading["as_expected"]) == (1, "refuted", False)


def test_a_reading_that_deserves_better_than_it_expects_is_exit_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(capsys, filed(tmp_path, "refuted", "square"))[0] == 1


def test_an_undecided_reading_is_exit_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = answered(capsys, filed(tmp_path, "confirmed", "Less(0, u**4 - u**3 + u**2 - u + 1)"))
    assert (status, found["rows"][0]["readings"][0]["kind"], found["summary"]["undecided"]) == (2, "undecided", 1)
    assert found["rows"][0]["readings"][0]["why"].startswith("not shown")


def test_a_row_without_a_reading_is_exit_status_2_and_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = ROW.replace(', readings=(Reading("so", "KIND", CLAIM),)', "")
    status, found = answered(capsys, filed(tmp_path, row=bare))
    assert (status, found["rows"][0]["settled"], found["summary"]["without_verdict"]) == (2, False, 1)
    assert main(["ledger", str(tmp_path / "tiny.py")]) == 2
    assert "no reading" in capsys.readouterr().out


def test_a_row_of_open_readings_only_has_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = answered(capsys, filed(tmp_path, "open", 'missing="a rule"'))
    assert (status, found["rows"][0]["readings"][0]["verdict"]) == (2, "open")
    assert found["rows"][0]["readings"][0]["missing"] == "a rule"


def test_check_sees_a_misread_claim_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = filed(tmp_path, "refuted", "square")
    assert main(["check", str(wrong)]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "tiny: an unexpected reading of a printed claim at tiny.py:" in told
    assert "the reading “so” is confirmed, but refuted was expected" in told
    assert main(["show", str(wrong)]) == 1
    assert main(["check", str(filed(tmp_path, "confirmed", "Less(0, u**4 - u**3 + u**2 - u + 1)"))]) == 2


def test_a_mistake_in_a_reading_is_placed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", str(filed(tmp_path, "confirmed", "square, when=(square,)")), "--json"]) == 64
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["message"].startswith("tiny.py:13: somebody2000paper-thm-1, reading “so”: a conjunct of the claim")


def test_a_file_that_is_no_derivation_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = derivation(tmp_path, ("def theorem", "def lemma"), name="broken")
    status, found = answered(capsys, filed(tmp_path), broken)
    assert (status, len(found["rows"]), found["problems"][0]["label"]) == (64, 1, "broken")


def test_rows_of_one_id_are_one_row_and_must_say_the_same() -> None:
    theorem = load(next(entry for entry in entries() if entry.label == "jepa-mode-ode"))
    report = check(theorem)
    (row,) = ledger([("one", report), ("two", report)])
    assert [one.label for one in row.judged] == ["one", "one", "two", "two"]
    (other,) = ledger([("one", report)])
    assert (row.printed, row.status) == (other.printed, 0)


def test_rows_of_one_id_in_other_words_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = filed(tmp_path), filed(tmp_path, row=ROW.replace("a square is", "no square is"), name="other")
    assert main(["ledger", str(first), str(second)]) == 64
    told = capsys.readouterr().err
    assert "the row somebody2000paper-thm-1 of the ledger is printed in tiny and, in other words, in other" in told


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("littwin2024jepa, Eq. 7", ["littwin2024jepa-eq-7"]),
        ("littwin2024jepa-eq-8", ["littwin2024jepa-eq-8"]),
        ("mae-mode-ode", ["littwin2024jepa-eq-8"]),
        ("mae_mode_ode", ["littwin2024jepa-eq-8"]),
        ("expected-loss", []),
    ],
)
def test_rows_are_found_by_source_id_and_theorem(
    name: str, rows: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = answered(capsys, name)
    assert [row["id"] for row in found["rows"]] == rows


def test_a_name_that_nothing_has_is_met_with_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "littwin2024jepa-eq-77"]) == 64
    told = capsys.readouterr().err
    assert "no theorem, source or row called 'littwin2024jepa-eq-77'; did you mean littwin2024jepa-eq-7" in told


def test_the_table_and_the_rows_fit_a_hundred_columns() -> None:
    reports = [(label, check(load(find(label)))) for label in ("jepa-mode-ode", "jepa-fixed-point", "null-gradient")]
    lines = [line for full in (False, True) for line in text(ledger(reports), full).splitlines()]
    assert max(map(len, lines)) <= 100
    assert lines[0].split() == ["printed", "claim", "reading", "verdict", "theorem"]


def test_every_row_of_the_book_has_a_reading_that_expects_a_verdict() -> None:
    """What the run of the whole ledger needs, read off the statements without checking them."""
    rows: dict[str, list[str]] = {}
    for entry in entries():
        for printed in load(entry).statement.printed:
            rows.setdefault(printed.id, []).extend(reading.expected for reading in printed.readings)
    assert {name for name, expected in rows.items() if not set(expected) - {"open"}} == set()


def test_every_word_of_a_row_is_in_the_full_text(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ledger", "jepa-mode-ode"])
    told = " ".join(capsys.readouterr().out.split())
    assert "littwin2024jepa-eq-7: littwin2024jepa, Eq. 7 (known second-hand)" in told
    assert "2. true when L = 1, as relayed [jepa-mode-ode]" in told
    assert "conversion none" in told
    assert "false at K = 1, L = 2, λ = 1, σ² = 2, u = 1" in told
    assert "1 printed claim, 2 readings: 1 confirmed after conversion, 1 true when" in told


def test_an_unexpected_verdict_is_shouted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", str(filed(tmp_path, "refuted", "square"))]) == 1
    assert "confirmed, as relayed  [tiny]  BUT EXPECTED: refuted" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["ledger.tex", "ledger.json", "ledger.txt"])
def test_files_are_the_same_from_run_to_run(tmp_path: Path, name: str) -> None:
    def written(seed: str, jobs: str) -> bytes:
        path = tmp_path / seed / name
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "symjepa", "ledger", "mae-mode-ode", "null-gradient", "--jobs", jobs]
        subprocess.run([*command, "-o", str(path)], env=environment, check=True, capture_output=True)
        return path.read_bytes()

    assert written("1", "1") == written("2", "2")


def test_a_file_that_cannot_be_written_is_74(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    assert main(["ledger", "mae-mode-ode", "-o", str(tmp_path / "taken" / "ledger.tex")]) == 74


@pytest.mark.parametrize(
    ("seen", "kind", "told"),
    [
        ("read", "refuted", "refuted"),
        ("second-hand", "refuted", "refuted, as relayed by a talk"),
        ("recalled", "confirmed", "confirmed, as relayed by a talk, from memory"),
        ("second-hand", "open", "open"),
    ],
)
def test_a_verdict_on_what_was_not_read_is_as_relayed(seen: str, kind: str, told: str) -> None:
    relayed = "" if seen == "read" else "a talk"
    assert spoken(Printed("a2000b, Thm 1", "it learns", seen, relayed=relayed), kind) == told


def test_numbers_in_ids_are_ordered_by_their_size() -> None:
    assert sorted(["eq-10", "eq-7", "cor-4.3"], key=natural) == ["cor-4.3", "eq-7", "eq-10"]


def test_a_row_is_settled_by_one_reading() -> None:
    assert not LedgerRow(Printed("a2000b, Thm 1", "it learns", "read"), ()).settled


def test_a_reading_is_frozen_data() -> None:
    with pytest.raises(AttributeError):
        Reading("so", "open", missing="all").words = "other"  # type: ignore[misc]
