"""`symjepa reproduce`: everything in one run, the same bytes every time, and no failure goes unseen."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from symjepa import book
from symjepa.cli import main, reproduce, typeset
from symjepa.flow import gradient_flow
from symjepa.render.plots import look
from symjepa.verify.corroborate import entrywise

BOOK = Path(book.__path__[0])
THEOREM = "mae-mode-ode"


@pytest.mark.parametrize("label", sorted(reproduce.models()))
def test_every_flow_agrees_with_the_entrywise_derivative(label: str) -> None:
    assert entrywise.disagreements(gradient_flow(reproduce.models()[label])) == []


@pytest.mark.parametrize("label", ["latent-live-any-depth", "latent-shared-any-depth", "data-any-depth"])
def test_a_wrong_flow_is_noticed(label: str) -> None:
    flow = gradient_flow(reproduce.models()[label])
    first, *others = flow.rates
    wrong = replace(flow, rates=(replace(first, rate=2 * first.rate), *others))
    assert len(entrywise.disagreements(wrong)) == 3


def copied(folder: Path, chapter: str, edit: tuple[str, str] = ("", "")) -> Path:
    """A book of one theorem, changed in one place; a chapter of its own, so that nothing imported before is taken."""
    home = folder / "derivations"
    (home / chapter).mkdir(parents=True)
    shutil.copy(BOOK / "models.py", home)
    text = (BOOK / "jepa" / "mae_mode_ode.py").read_text("utf-8")
    assert edit[0] in text
    (home / chapter / "mae_mode_ode.py").write_text(text.replace(*edit, 1) if edit[0] else text, "utf-8")
    (home / chapter / "__init__.py").write_text('"""A copy."""\n', "utf-8")
    return home


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A book of one theorem, one model, and no PDF; the folder to write into."""
    edit = getattr(request, "param", ("", ""))
    monkeypatch.setattr(book, "__path__", [str(copied(tmp_path, f"chapter_{tmp_path.name}".replace("-", "_"), edit))])
    chosen = {"latent-live-one-layer": reproduce.models()["latent-live-one-layer"]}
    monkeypatch.setattr(reproduce, "models", lambda: chosen)
    monkeypatch.setattr(shutil, "which", lambda program: None)
    return tmp_path / "out"


def run(folder: Path, *options: str) -> int:
    return main(["reproduce", "-o", str(folder), "--jobs", "1", "--effort", "fast", *options])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_writes_certificates_the_book_and_the_models(small: Path) -> None:
    assert run(small) == 0
    files = set(contents(small))
    assert {f"certificates/{THEOREM}.json", f"theorems/{THEOREM}.tex", f"findings/{THEOREM}.tex"} <= files
    assert {"symjepa-book.tex", "symjepa-macros.tex", "symjepa-models.tex", "summary.txt"} <= files
    assert {"models/latent-live-one-layer.tex", "models/latent-live-one-layer.json"} <= files


def test_two_runs_write_the_same_bytes(small: Path) -> None:
    assert run(small) == run(small.with_name("again")) == 0
    assert contents(small) == contents(small.with_name("again"))


def test_the_table_has_verdict_scope_rules_near_misses_corroboration_and_time(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(small, "--effort", "full") == 0
    heads, line = capsys.readouterr().out.splitlines()[:2]
    assert " ".join(heads.split()) == "theorem verdict scope rules near misses corroboration seconds"
    said = " ".join(line.split())
    assert said.startswith(f"{THEOREM} PROVED every L ≥ 1; K = 1; every K, L ≥ 1 chain-rule 2 of 2 refuted 50 digits")


def test_without_corroboration_the_table_claims_none(small: Path) -> None:
    run(small)
    assert "–" in (small / "summary.txt").read_text("utf-8").splitlines()[1]


def test_nothing_but_the_table_is_printed_in_a_pipe(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(small)
    assert capsys.readouterr().err == ""


def test_json_is_one_object_with_every_option_resolved(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["request"] == {
        "output": str(small),
        "effort": "fast",
        "jobs": 1,
        "time_limit": 600.0,
        "format": "json",
    }
    assert [one["verdict"] for one in said["theorems"]] == ["PROVED"]
    assert said["exit"] == 0


# --- failures


@pytest.mark.parametrize("small", [("w ** (2 - 1 / L) -", "w ** (2 - 2 / L) -")], indirect=True)
def test_a_broken_theorem_is_exit_status_1_and_is_named(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small) == 1
    said = capsys.readouterr().out
    assert f"{THEOREM}: REFUTED in the proof at mae_mode_ode.py" in said
    assert "0 of 1 theorem proved" in said


@pytest.mark.parametrize("small", [("    yield conversion\n", "    yield Less(u, lam)\n")], indirect=True)
def test_a_proof_with_a_wrong_line_is_not_as_expected(small: Path) -> None:
    assert run(small) in (1, 2)


@pytest.mark.parametrize("small", [("theorem():", "lemma():")], indirect=True)
def test_a_file_without_a_theorem_is_exit_status_64(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small) == 64
    assert "mae_mode_ode.py is not a derivation" in capsys.readouterr().out


def test_a_model_that_disagrees_is_exit_status_1(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entrywise, "disagreements", lambda flow: ["W_l at 1"])
    assert run(small) == 1
    told = "FAILED: flows differ from their entrywise derivatives: latent-live-one-layer: W_l at 1"
    assert told in capsys.readouterr().out


def test_a_numerical_disagreement_is_exit_status_1(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symjepa.cli import checking

    against = ({"by": "Moves: another way", "agrees": False, "digits": 3},)
    monkeypatch.setattr(checking, "_corroborated", lambda theorem: against)
    assert run(small, "--effort", "full") == 1
    assert "DISAGREES: Moves: another way" in " ".join(capsys.readouterr().out.split())


@pytest.mark.needs("matplotlib")
def test_figures_of_theorems_that_are_not_proved_are_not_drawn(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(small)
    assert "not drawn, since their theorems are not proved: trajectories" in capsys.readouterr().out


def test_without_matplotlib_one_line_says_so(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(look, "find_spec", lambda name: None)
    assert run(small) == 0
    assert "not drawn: matplotlib is not installed (pip install 'symjepa[plot]')" in capsys.readouterr().out


# --- interruption

INTERRUPTED = """
import os, signal, sys
from symjepa import book, cli
from symjepa.cli import main, reproduce, typeset
book.__path__ = [sys.argv[1]]
one = reproduce.models()["latent-live-one-layer"]
reproduce.models = lambda: {"latent-live-one-layer": one}
typeset.shutil.which = lambda program: None
cli.version = lambda: sys.argv[3]
left = int(sys.argv[4])
move = os.replace
def counted(beside, path):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    move(beside, path)
os.replace = counted
sys.exit(main(["reproduce", "-o", sys.argv[2], "--jobs", "1", "--effort", "fast"]))
"""


def test_a_killed_run_leaves_every_file_whole(tmp_path: Path) -> None:
    home = copied(tmp_path, "own")

    def started(folder: str, version: str, moves: int) -> int:
        command = [sys.executable, "-c", INTERRUPTED, str(home), str(tmp_path / folder), version, str(moves)]
        return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode

    assert started("run", "1.0", 10**6) == 0
    before = contents(tmp_path / "run")
    assert started("new", "2.0", 10**6) == 0
    after = contents(tmp_path / "new")
    assert started("run", "2.0", 4) == -signal.SIGKILL
    found = contents(tmp_path / "run")
    left = {name: content for name, content in found.items() if not Path(name).name.startswith(".")}
    assert left.keys() == before.keys()
    assert all(content in (before[name], after[name]) for name, content in left.items())
    assert left != before
    assert left != after


# --- PDF


def document(folder: Path, body: str, head: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    lines = (r"\documentclass{article}", head, r"\begin{document}", body, r"\end{document}")
    (folder / "page.tex").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.mark.needs("pdflatex")
def test_a_box_that_sticks_out_is_a_failure(tmp_path: Path) -> None:
    made = typeset.typeset(document(tmp_path, r"\noindent\rule{\dimexpr\textwidth+7pt}{1pt}"), "page")
    assert made.failed
    assert "boxes too wide: 7 pt" in made.told


@pytest.mark.needs("pdflatex")
def test_a_page_in_order_is_a_pdf_that_is_the_same_twice(tmp_path: Path) -> None:
    first, second = (typeset.typeset(document(tmp_path, "A page."), "page") for _ in range(2))
    assert (first.told, first.failed) == ("1 page", False)
    assert first.pdf is not None
    assert first.pdf == second.pdf


@pytest.mark.needs("pdflatex")
def test_a_reference_to_nothing_is_a_failure(tmp_path: Path) -> None:
    made = typeset.typeset(document(tmp_path, r"See \ref{nothing}."), "page")
    assert made.failed
    assert "unresolved: nothing" in made.told


@pytest.mark.needs("pdflatex")
def test_a_package_that_tex_lacks_is_said_and_is_no_failure(tmp_path: Path) -> None:
    made = typeset.typeset(document(tmp_path, "", r"\usepackage{nosuchpackage}"), "page")
    assert (made.told, made.failed) == ("no PDF: this TeX installation lacks nosuchpackage.sty", False)


@pytest.mark.needs("pdflatex")
def test_an_error_of_latex_is_quoted(tmp_path: Path) -> None:
    made = typeset.typeset(document(tmp_path, r"\nosuchcommand"), "page")
    assert made.failed
    assert "Undefined control sequence" in made.told


@pytest.mark.needs("pdflatex")
def test_latex_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeset, "SECONDS", 1)
    made = typeset.typeset(document(tmp_path, r"\def\again{\again}\again"), "page")
    assert (made.told, made.failed) == ("no PDF: pdflatex was stopped after 1 s", True)


def test_without_pdflatex_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    assert typeset.typeset(tmp_path, "page") == typeset.Typeset("no PDF: pdflatex is not installed")
