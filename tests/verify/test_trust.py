"""What every verdict rests on is listed, argued, and free of SymPy's heuristics."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from symjepa.cli import main
from symjepa.verify.trust import TRUSTED, TrustedFile, argument, code_lines, heuristic_calls, trusted_files

FILES = trusted_files()
by_name = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


@by_name
def test_a_trusted_file_calls_no_heuristic_of_sympy(file: TrustedFile) -> None:
    assert heuristic_calls(file.path.read_text("utf-8")) == []


@by_name
def test_a_trusted_file_opens_with_its_soundness_argument(file: TrustedFile) -> None:
    assert len(file.argument) > 60


@pytest.mark.parametrize(
    "source",
    [
        "import sympy as sp\nsp.simplify(x)",
        "y = x.diff(t)",
        "import sympy\ndecide = sympy.series",
        "from sympy import solve as find",
        "from sympy.core.function import expand",
        "flag = (a - b).equals(0)",
    ],
)
def test_a_heuristic_is_seen(source: str) -> None:
    assert len(heuristic_calls(source)) == 1


def test_methods_of_our_own_are_no_heuristics() -> None:
    assert heuristic_calls("class Frames:\n    def together(self, a, b): ...\nframes.together(a, b)") == []
    assert heuristic_calls("flint.fmpz(12).factor()") == []


def test_everything_that_decides_is_trusted() -> None:
    names = {file.name for file in FILES}
    needed = (
        "exact/scalars",
        "exact/signs",
        "exact/words",
        "flow",
        "modes/frames",
        "modes/reduction",
        "verify/rules",
        "verify/check",
    )
    assert {f"symjepa/{name}.py" for name in (*needed, "verify/kernel/decide", "verify/kernel/refute")} <= names
    assert "symjepa/verify/obligations/motion.py" in names


def test_nothing_that_proposes_or_prints_is_trusted() -> None:
    rooms = {file.name.split("/")[1] for file in FILES}
    assert rooms <= {"exact", "flow.py", "model.py", "modes", "statements", "symbols.py", "verify"}


def test_lines_are_counted_without_blanks_comments_and_docstrings() -> None:
    source = '"""What.\n\nWhy."""\n\n# a comment\nx = 1\n\n\ndef f():\n    """Doc."""\n    return (\n        x\n    )\n'
    assert code_lines(source) == 5


def test_the_argument_is_the_paragraph_that_starts_with_soundness() -> None:
    assert argument('"""What.\n\nSoundness.  Because\nit is.\n\nMore."""') == "Soundness. Because it is."
    assert argument('"""What."""') == ""


def test_coverage_is_demanded_of_the_trusted_files_whole_and_without_excuses() -> None:
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]
    assert settings["run"] == {"branch": True, "include": [f"symjepa/{pattern}" for pattern in TRUSTED]}
    assert (settings["report"]["fail_under"], settings["report"]["exclude_lines"]) == (100, ["if TYPE_CHECKING:"])


def test_check_trust_lists_every_file_with_its_length(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--trust"]) == 0
    said = capsys.readouterr().out
    assert all(f"{file.lines:5}  {file.name}" in said for file in FILES)
    assert said.splitlines()[-1] == f"{sum(file.lines for file in FILES):5}  in {len(FILES)} files"


def test_check_trust_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--trust", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [entry["file"] for entry in said["trusted"]] == [file.name for file in FILES]
    assert said["theorems"] == []
