"""The book is found beside the package in a checkout and inside it in a wheel, and its folder is its catalogue."""

from __future__ import annotations

import ast
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from symjepa import book


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def write_chapters(home: Path) -> None:
    write(home / "README.md", "not a chapter")
    write(home / "noise" / "__init__.py", '"""Noise.\n\nFirst `null-gradient`, then `noise-decay`."""')
    write(home / "noise" / "null_gradient.py", "value = 7")
    write(home / "noise" / "noise_decay.py", "from .null_gradient import value\nfrom ..live.mode_flow import rate\n")
    write(home / "live" / "__init__.py", '"""The live teacher."""')
    write(home / "live" / "mode_flow.py", "rate = 3")


def mounted(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The book of a package copied to `root`, under a name of its own."""
    write(root / "copied" / "__init__.py", "")
    write(root / "copied" / "book.py", Path(book.__file__).read_text("utf-8"))
    monkeypatch.syspath_prepend(root)
    for name in [name for name in sys.modules if name.partition(".")[0] == "copied"]:
        monkeypatch.delitem(sys.modules, name)
    return import_module("copied.book")


def test_a_checkout_is_mounted_from_the_folder_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chapters(tmp_path / "derivations")
    assert mounted(tmp_path, monkeypatch).chapters() == ("noise", "live")


def test_a_wheel_is_mounted_from_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_chapters(tmp_path / "copied" / "_derivations")
    write(tmp_path / "derivations" / "stray" / "__init__.py", "")
    assert mounted(tmp_path, monkeypatch).chapters() == ("noise", "live")


def test_the_folder_is_the_catalogue_and_listing_it_imports_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chapters(tmp_path / "derivations")
    names = list(mounted(tmp_path, monkeypatch).theorems())
    assert set(names) == {
        *("copied.book.live.mode_flow", "copied.book.noise.noise_decay", "copied.book.noise.null_gradient"),
    }
    assert not [name for name in names if name in sys.modules]


def test_theorems_import_one_another_across_chapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_chapters(tmp_path / "derivations")
    mounted(tmp_path, monkeypatch)
    theorem = import_module("copied.book.noise.noise_decay")
    assert (theorem.value, theorem.rate) == (7, 3)


def test_every_file_in_a_chapter_of_this_book_is_listed() -> None:
    home = Path(__file__).resolve().parent.parent / "derivations"
    files = [path for path in home.glob("*/*.py") if path.name != "__init__.py"]
    assert sorted(book.theorems()) == sorted(f"symjepa.book.{path.parent.name}.{path.stem}" for path in files)


def test_chapters_follow_their_order_of_reading_and_theorems_their_chapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chapters(tmp_path / "derivations")
    names = [name.rpartition(".")[2] for name in mounted(tmp_path, monkeypatch).theorems()]
    assert names == ["null_gradient", "noise_decay", "mode_flow"]


def test_every_chapter_mentions_each_of_its_theorems() -> None:
    for chapter in book.chapters():
        folder = Path(book.__path__[0]) / chapter
        labels = {file.stem.replace("_", "-") for file in folder.glob("[a-z]*.py")}
        intro = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
        assert labels <= set(re.findall(r"`([a-z0-9-]+)`", intro)), chapter


def test_every_chapter_of_the_book_has_its_place_in_the_order_of_reading() -> None:
    assert set(book.chapters()) == set(book.READING_ORDER)
