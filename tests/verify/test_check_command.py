"""`symjepa check`: verdicts, the line that fails, exit status, limits, and the one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from symjepa.catalogue import find
from symjepa.cli import main
from symjepa.cli.check import exit_status
from symjepa.cli.checking import Outcome
from symjepa.cli.tables import failures
from tests.messages.derivation_files import derivation

SCHEMA = Path(__file__).resolve().parents[2] / "symjepa" / "schemas" / "check.json"
Run = tuple[int, dict[str, Any]]


def checked(capsys: pytest.CaptureFixture[str], *arguments: object) -> Run:
    """Exit status and the object on stdout, which the shipped schema describes."""
    status = main(["check", *map(str, arguments), "--json"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    assert found["exit"] == status
    return status, found


def copied(folder: Path, old: str, new: str) -> Path:
    """The theorem on the fixed point with one text replaced."""
    source = find("jepa-fixed-point").file.read_text("utf-8").replace("from ..printed", "from symjepa.book.printed")
    assert source.count(old) == 1, old
    path = folder / "copy_of_it.py"
    path.write_text(source.replace(old, new), "utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    (number,) = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1) if text in line]
    return number


def failure(found: dict[str, Any]) -> dict[str, Any]:
    (row,) = found["theorems"]
    failed: dict[str, Any] = row["first_failure"]
    return failed


def test_a_theorem_as_it_is_in_the_book_is_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = checked(capsys, "jepa-fixed-point")
    (row,) = found["theorems"]
    assert (status, row["verdict"], row["first_failure"]) == (0, "PROVED", None)
    assert row["scope"]["text"] == "every K, L ≥ 1"
    assert [rule["name"] for rule in row["rules"]] == ["identity", "chain-rule", "zeros", "linearization", "line"]
    assert row["witness"] == {"ok": True, "point": {"K": "1", "L": "2", "lam": "1", "sigma2": "2", "u": "1"}}
    assert found["summary"]["near_misses"] == found["summary"]["near_misses_refuted"] == len(row["near_misses"])


def test_an_unchanged_copy_outside_the_book_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(capsys, copied(tmp_path, "take out the positive factor", "take it out"))[0] == 0


def test_a_broken_line_is_found_with_its_residual_and_its_point(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied(tmp_path, "unit * (rho - u**K), why", "unit * (rho - u**L), why")
    status, found = checked(capsys, path)
    failed = failure(found)
    assert (status, failed["where"], failed["line"]) == (2, "proof", line_of(path, "take out the positive factor"))
    assert failed["source"].startswith("yield Identity(jepa.rates[u], unit * (rho - u**L)")
    assert failed["verdict"] == "REFUTED"
    assert failed["residual"].endswith("≠ 0")
    assert failed["counterexample"]["point"]["K"] != failed["counterexample"]["point"]["L"]


@pytest.mark.parametrize("wrong", ["Less(0, K), Less(lam, 0)", "Less(0, K),"])
def test_a_wrong_hypothesis_refutes_the_first_line_that_needs_it(
    wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied(tmp_path, "hypotheses=(Less(0, K), Less(0, lam))", f"hypotheses=({wrong})")
    status, found = checked(capsys, path)
    failed = failure(found)
    assert (status, failed["line"]) == (1, line_of(path, "    yield complete"))
    assert failed["counterexample"]["point"]["lam"].startswith("-")


def test_a_wrong_witness_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied(tmp_path, "witness={K: 1, L: 2, lam: 1,", "witness={K: 1, L: 2, lam: -1,")
    status, found = checked(capsys, path)
    failed = failure(found)
    assert (status, failed["where"], failed["line"]) == (2, "witness", line_of(path, "witness="))
    assert failed["residual"] == "the witness does not satisfy lam > 0"


def test_a_near_miss_that_is_true_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = derivation(tmp_path, ("Identity(u ** (2 * L), u**L * u))", "Identity(u ** (2 * L) + 1, u**L * u**L + 1))"))
    status, found = checked(capsys, path)
    failed = failure(found)
    assert (status, failed["where"], failed["line"]) == (1, "near_misses", line_of(path, "near_misses="))
    assert failed["residual"] == "near miss 1 is PROVED, but must be REFUTED"


def test_a_near_miss_that_is_the_claim_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = checked(capsys, derivation(tmp_path, ("Identity(u ** (2 * L), u**L * u))", "square)")))
    assert (status, failure(found)["where"]) == (1, "near_misses")


def test_full_effort_corroborates(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = checked(capsys, "jepa-fixed-point", "--effort", "full")
    computed = found["theorems"][0]["corroboration"]
    assert status == 0
    assert computed
    assert all(entry["agrees"] for entry in computed)


def test_the_table_shows_the_failing_line_as_mathematics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied(tmp_path, "unit * (rho - u**K), why", "unit * (rho - u**L), why")
    assert main(["check", str(path)]) == 2
    said = capsys.readouterr().out
    assert f"copy-of-it: REFUTED in the proof at copy_of_it.py:{line_of(path, 'take out the positive factor')}" in said
    assert "says        λ uᴷ⁺²ᴸ⁻¹ − σ² u²ᴷ⁺²ᴸ⁻¹ = σ² uᴷ⁺²ᴸ⁻¹ (ρ − uᴸ)" in said
    assert "0 of 1 theorem proved" in said


def test_nothing_but_the_object_is_printed_and_no_bar_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "jepa-fixed-point", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["command"] == "check"
    assert said.err == ""


def test_the_request_is_resolved(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = checked(capsys, "jepa-fixed-point")
    assert found["request"] == {
        "theorems": ["jepa-fixed-point"],
        "effort": "fast",
        "jobs": 1,
        "time_limit": 600.0,
        "trust": False,
        "output": None,
        "format": "json",
    }


def test_a_proof_that_takes_for_ever_is_stopped_and_undecided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = derivation(tmp_path, ("    yield square\n", "    while True:\n        pass\n"))
    status, found = checked(capsys, path, "--time-limit", "1/5")
    (row,) = found["theorems"]
    assert (status, row["verdict"], failure(found)["where"]) == (2, "UNDECIDED", "limit")
    assert failure(found)["residual"] == "stopped after 0.2 s; --time-limit allows more"


def test_a_file_that_swallows_exceptions_is_stopped_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swallow = "    while True:\n        try:\n            pass\n        except Exception:\n            pass\n"
    assert checked(capsys, derivation(tmp_path, ("    yield square\n", swallow)), "--time-limit", "1/5")[0] == 2


def test_what_is_too_large_is_undecided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = "square = Identity((1 + u + L) ** 100000, u**L * u**L)"
    status, found = checked(capsys, derivation(tmp_path, ("square = Identity(u ** (2 * L), u**L * u**L)", large)))
    assert status in (1, 2)
    assert found["theorems"][0]["verdict"] != "PROVED"


def test_bad_files_do_not_hide_the_good_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = derivation(tmp_path, name="good")
    bad = derivation(tmp_path, ("    yield tiny.claim\n", '    yield "done"\n'), name="bad")
    status = main(["check", str(bad), str(good), "--json"])
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert status == found["exit"] == 64
    assert [row["label"] for row in found["theorems"]] == ["good"]
    assert [problem["file"] for problem in found["problems"]] == ["bad.py"]
    assert said.err.startswith("symjepa: bad.py:20: the proof does not end in its claim")


def test_several_at_once_come_in_the_order_in_which_they_were_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [derivation(tmp_path, name=name) for name in ("b", "a", "c")]
    status, found = checked(capsys, *files, "--jobs", "2")
    assert (status, [row["label"] for row in found["theorems"]]) == (0, ["b", "a", "c"])


def test_certificates_are_written_where_they_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(derivation(tmp_path)), "-o", str(tmp_path / "out")]) == 0
    assert json.loads((tmp_path / "out" / "tiny.json").read_text("utf-8"))["verdict"] == "PROVED"


def test_a_folder_that_cannot_be_written_is_74(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("a file")
    assert main(["check", str(derivation(tmp_path)), "-o", str(tmp_path / "out")]) == 74


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome("a", "a.py", verdict="PROVED", as_expected=True, scope={}), 0),
        (Outcome("a", "a.py", verdict="REFUTED", scope={}), 1),
        (Outcome("a", "a.py", verdict="PROVED", scope={}, near_misses=("UNDECIDED",)), 1),
        (Outcome("a", "a.py", verdict="UNDECIDED", scope={}, near_misses=("PROVED",)), 1),
        (Outcome("a", "a.py", verdict="UNDECIDED", scope={}), 2),
        (Outcome("a", "a.py", verdict="UNDECIDED"), 2),
        (
            Outcome("a", "a.py", kind="conjecture", verdict="UNDECIDED", as_expected=True, scope={}),
            0,
        ),
        (Outcome("a", "a.py", kind="conjecture", verdict="PROVED", scope={}), 1),
        (Outcome("a", "a.py", kind="conjecture", verdict="REFUTED", scope={}), 1),
        (Outcome("a", "a.py", verdict="PROVED", as_expected=True, corroboration=({"agrees": False},)), 1),
        (Outcome("a", "a.py", verdict="PROVED", as_expected=True, corroboration=({"agrees": None},)), 0),
        (Outcome("a", "a.py", problem="no derivation"), 64),
    ],
)
def test_exit_status_is_about_expectations(outcome: Outcome, status: int) -> None:
    assert outcome.status == status


def test_the_worst_outcome_decides() -> None:
    proved = Outcome("a", "a.py", verdict="PROVED", as_expected=True, scope={})
    open_, false = Outcome("b", "b.py"), Outcome("c", "c.py", verdict="REFUTED", scope={})
    assert [
        exit_status(found)
        for found in ([proved], [proved, open_], [open_, false], [false, Outcome("d", "", problem="x")])
    ] == [0, 2, 1, 64]


def test_a_disagreement_is_shown_with_its_point() -> None:
    said = {"by": "Solves: mode flow integrated", "agrees": False, "digits": 3, "against": "L = 2, u0 = 1/2"}
    told = "\n".join(failures([Outcome("noise-decay", "noise_decay.py", verdict="PROVED", corroboration=(said,))]))
    assert "noise-decay: Solves: mode flow integrated disagrees" in told and "L = 2, u0 = 1/2" in told
