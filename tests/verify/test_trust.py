"""What every verdict rests on is listed, argued, and free of SymPy's heuristics."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path
from typing import TypeGuard

import pytest

from symjepa.cli import main
from symjepa.statements import claims
from symjepa.verify import trust
from symjepa.verify.obligations import _COMPILERS
from symjepa.verify.trust import (
    TIERS,
    TRUSTED,
    TrustedFile,
    argument,
    code_lines,
    heuristic_calls,
    rests_on,
    trusted_files,
)

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


def test_every_trusted_file_has_one_tier_and_the_tiers_say_what_a_mistake_could_do() -> None:
    assert {file.tier for file in FILES} == set(TIERS)
    assert [file.tier for file in FILES if file.name.endswith("obligations/kinds.py")] == ["deciding"]
    assert "call any falsehood PROVED" in TIERS["deciding"][0] and "proves nothing" in TIERS["refuting"][0]


def test_what_proves_needs_nothing_that_only_refutes() -> None:
    """The deciding tier imports the refuting one only where a line that is not proved is to be refuted."""
    refuting = {file.name.removesuffix(".py").replace("/", ".") for file in FILES if file.tier == "refuting"}
    ends = {"symjepa/verify/check.py", "symjepa/verify/lines.py"}
    for file in FILES:
        if file.tier == "deciding" and file.name not in ends:
            named = {node.module for node in ast.walk(ast.parse(file.path.read_text("utf-8"))) if _from(node)}
            assert not named & refuting, file.name


def test_what_is_trusted_imports_nothing_else_but_the_search_that_only_proposes() -> None:
    """A new file that a trusted one rests on is trusted too, and listed."""
    trusted = {_module(file.name) for file in FILES}
    package = Path(trust.__file__).parents[2]
    for file in FILES:
        named = {node.module for node in ast.walk(ast.parse(file.path.read_text("utf-8"))) if _from(node)}
        own = {name for name in named if name and name.startswith("symjepa.") and name != "symjepa.errors"}
        code = {name for name in own if not _is_silent(package / name.replace(".", "/"))}
        strange = {name for name in code - trusted if not name.startswith("symjepa.verify.search.")}
        assert not strange, f"{file.name} rests on {strange}"


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_silent(folder: Path) -> bool:
    """Whether a name is that of a package without code of its own."""
    return folder.is_dir() and code_lines((folder / "__init__.py").read_text("utf-8")) == 0


def _from(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom)


def test_the_search_and_what_writes_balls_down_are_not_trusted() -> None:
    names = {file.name for file in FILES}
    assert not any("/search/" in name for name in names)
    assert names.isdisjoint({f"symjepa/exact/{name}.py" for name in ("decimals", "numbers", "roots")})


def test_a_theorem_rests_on_the_compilers_of_its_own_claims_and_what_they_import() -> None:
    names = {file.name for file in rests_on({claims.Moves})}
    assert "symjepa/verify/obligations/motion.py" in names
    assert "symjepa/verify/obligations/products.py" not in names
    assert {file.name for file in FILES if file.tier != "meaning"} <= names
    products = {file.name for file in rests_on({claims.ProductMoves})}
    assert {f"symjepa/verify/obligations/{name}.py" for name in ("products", "induction")} <= products
    assert "symjepa/verify/obligations/bounds.py" not in products
    everything = {file.name for file in rests_on(_COMPILERS)}
    assert everything == {file.name for file in FILES}


def test_check_trust_of_a_theorem_lists_less(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--trust", "jepa-mode-ode", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["request"]["theorems"] == ["jepa-mode-ode"]
    assert {entry["file"] for entry in said["trusted"]} == {file.name for file in rests_on({claims.Moves})}
    assert said["summary"]["lines"] == sum(said["summary"][f"{tier}_lines"] for tier in TIERS)


def test_check_trust_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--trust", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [entry["file"] for entry in said["trusted"]] == [file.name for file in FILES]
    assert said["theorems"] == []
