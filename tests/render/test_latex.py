"""Fragments compile in a foreign document; macros can be redefined; long displays are broken."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from symjepa.cli.reproduce import TITLE, heading, models
from symjepa.render.account import account
from symjepa.render.files import write
from symjepa.render.latex import LONGEST, document, fragment, glyphs, macros

PAGE = r"""\documentclass[11pt]{article}\usepackage{amsmath}\usepackage[margin=25mm]{geometry}%s
\begin{document}\input{it}\end{document}"""


def run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, errors="replace").stdout


def compiled(folder: Path, name: str, engine: str) -> str:
    """The log of two runs."""
    for _ in range(2):
        run([engine, "-interaction=nonstopmode", "-halt-on-error", name], folder)
    return (folder / f"{name}.log").read_text("utf-8", errors="replace")


def too_wide(log: str) -> list[float]:
    return [width for width in map(float, re.findall(r"Overfull \\hbox \(([0-9.]+)pt", log)) if width > 5]


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("label", ["latent-live-one-layer", "latent-shared-any-depth", "latent-ema-layers-any-depth"])
def test_a_fragment_compiles_where_amsmath_is_loaded(label: str, tmp_path: Path) -> None:
    (tmp_path / "it.tex").write_text(fragment(account(models()[label]), "0"), "utf-8")
    (tmp_path / "page.tex").write_text(PAGE % "", "utf-8")
    assert too_wide(compiled(tmp_path, "page", "pdflatex")) == []


@pytest.mark.needs("pdflatex", "lualatex")
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_a_document_compiles(engine: str, tmp_path: Path) -> None:
    write(tmp_path / "models" / "one.tex", fragment(account(models()["data-one-layer"]), "0"))
    write(tmp_path / "symjepa-macros.tex", macros())
    write(tmp_path / "book.tex", document(TITLE, [{"title": "one", "label": "sec:one", "file": "models/one"}]))
    assert too_wide(compiled(tmp_path, "book", engine)) == []


@pytest.mark.needs("pdflatex", "pdftotext")
def test_an_authors_own_letter_wins(tmp_path: Path) -> None:
    (tmp_path / "it.tex").write_text(fragment(account(models()["latent-live-one-layer"], ("balanced",)), "0"), "utf-8")
    (tmp_path / "page.tex").write_text(PAGE % r"\newcommand{\sju}{\mathrm{QQ}}", "utf-8")
    compiled(tmp_path, "page", "pdflatex")
    assert "QQ" in run(["pdftotext", "page.pdf", "-"], tmp_path)


def test_a_fragment_provides_every_macro_that_it_uses() -> None:
    text = fragment(account(models()["latent-ema-any-depth"]), "0")
    head, _, body = text.partition(r"\paragraph")
    assert set(re.findall(r"\\sj[A-Za-z]+", body)) == set(re.findall(r"\\sj[A-Za-z]+", head))


def test_long_displays_are_broken() -> None:
    text = fragment(account(models()["latent-shared-any-depth"]), "0")
    equations = re.findall(r"^  .*&.*$", text, re.MULTILINE)
    assert max(map(glyphs, equations)) < LONGEST + 45
    assert any(line.startswith(r"  &\qquad") for line in equations)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    write(tmp_path / "file", "old")
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path / "file", "new \ud800")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_every_model_of_the_document_has_a_heading_of_its_own() -> None:
    headings = [heading(label) for label in models()]
    assert len(set(headings)) == len(headings)
    assert heading("latent-ema-layers-any-depth") == "Latent target, layer-wise EMA teacher, predictor of any depth"
