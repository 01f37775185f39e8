"""Every refusal of the command line is one line that says what was needed, what came and what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from symjepa import cli
from symjepa.cli import main

REFUSALS = {
    ("derive", "--teachr", "ema"): "unknown option '--teachr'; did you mean '--teacher'? (see symjepa derive --help)",
    ("dervie",): (
        "unknown command 'dervie'; did you mean 'derive'?; "
        "there are derive, enclose, check, list, show, ledger, latex, new, reproduce"
    ),
    (): "a command is needed: derive, enclose, check, list, show, ledger, latex, new, reproduce (see symjepa --help)",
    ("derive", "--teacher", "shared", "--coordinates", "balanced"): (
        "balanced coordinates need the balance of the encoder–predictor joint to be conserved, but it drifts by "
        "2 W Syy Wᵀ - P_1 W Syxᵀ Wᵀ - W Syx Wᵀ P_1ᵀ: use product coordinates"
    ),
    ("derive", "--objective", "data", "--teacher", "live"): (
        "--objective data predicts the view itself, so there is no teacher, but got --teacher live: "
        "leave it out, or use --objective latent"
    ),
    ("derive", "--objective", "data", "--predictor-depth", "0"): (
        "a data target needs a predictor of depth at least 1, for P W must map context to target; got depth 0"
    ),
    ("derive", "--predictor-depth", "0", "--predictor-rate"): (
        "a predictor rate needs a predictor, but its depth is 0 and alpha=alpha: leave it at 1"
    ),
    ("derive", "--encoder-depth", "1.5"): (
        "--encoder-depth: an integer from 1 to 1000 is needed as a depth, but got '1.5'; "
        "or write 'symbolic' for every depth at once"
    ),
    ("derive", "--encoder-depth=-2"): (
        "--encoder-depth: an integer from 1 to 1000 is needed as a depth, but got '-2'; "
        "or write 'symbolic' for every depth at once"
    ),
    ("derive", "--weight-decay", "1e99999999"): (
        "--weight-decay: an exponent of size at most 4000 is needed, but got '1e99999999'; "
        "without a number the symbol eta is used"
    ),
    ("derive", "--weight-decay", "-1/10"): (
        "a value cannot start with a minus unless it is joined to its option, as in --weight-decay=1/10; got '-1/10'"
    ),
    ("derive", "--weight-decay=-1/10"): (
        "weight decay eta must be nonnegative: an exact number or a symbol assumed so; got -1/10"
    ),
    ("derive", "--encoder-depth", "1000"): (
        "an account writes out every layer of a numeric depth, so at most 100 of them are possible, but got 1001: "
        "use a symbolic depth, which holds for all"
    ),
}


@pytest.mark.parametrize("arguments", REFUSALS, ids=" ".join)
def test_bad_input_gets_one_line_and_exit_64(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 64
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"symjepa: {REFUSALS[arguments]}\n"


def test_code_in_place_of_a_number_is_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mark = tmp_path / "run"
    assert main(["derive", "--weight-decay", f"__import__('pathlib').Path('{mark}').touch()"]) == 64
    assert not mark.exists()


def test_an_unknown_choice_names_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--teacher", "emma"]) == 64
    assert "'ema'" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_exit_74(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["reproduce", "-o", str(tmp_path / "file" / "below")]) == 74
    assert capsys.readouterr().err.startswith(f"symjepa: cannot write {tmp_path / 'file'}")


def test_our_own_error_is_one_line_to_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_run", lambda arguments: 1 // 0)
    assert main(["derive"]) == 70
    said = capsys.readouterr().err
    assert said.startswith(
        "symjepa: internal error, please report it with your command: ZeroDivisionError at test_command_line.py:"
    )
    assert said.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--help",), ("derive", "--help"), ("reproduce", "--help")])
def test_help_shows_examples(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert "examples:\n  symjepa derive" in (out := capsys.readouterr().out) or "examples:\n  symjepa reproduce" in out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"symjepa {cli.version()}\n"


def test_a_reader_who_leaves_early_causes_no_complaint() -> None:
    program = [sys.executable, "-m", "symjepa", "derive"]
    writer = subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(cli.__file__).parents[2]
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    assert (writer.stderr.read(), writer.wait()) == (b"", 0)
