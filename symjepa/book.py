"""The book: every theorem file under `derivations/`, importable as `symjepa.book.<chapter>.<label>`.

A wheel carries the files inside the package, as `symjepa/_derivations`; in a checkout and in an editable installation
they lie beside it.  Either way this module becomes the package that holds them, so that the relative imports between
theorems mean the same everywhere.  The folder is the catalogue: there is no list to keep in step.  The order of reading
within a chapter is that in which its docstring mentions the theorems.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules

READING_ORDER = ("flow", "matrices", "jepa", "times", "order", "noise", "teacher", "ablation")
"""Chapters that build on each other; others follow in alphabetical order."""


def _home() -> Path:
    package = Path(__file__).resolve().parent
    shipped = package / "_derivations"
    return shipped if shipped.is_dir() else package.parent / "derivations"


__path__ = [str(_home())]


def chapters() -> tuple[str, ...]:
    """Names of the chapters, in the order of reading."""
    return tuple(sorted((module.name for module in iter_modules(__path__) if module.ispkg), key=_rank))


def _rank(chapter: str) -> tuple[int, str]:
    return READING_ORDER.index(chapter) if chapter in READING_ORDER else len(READING_ORDER), chapter


def theorems() -> Iterator[str]:
    """Dotted names `symjepa.book.<chapter>.<label>` of every theorem file, in the order of reading; imports none."""
    for chapter in chapters():
        folder = Path(__path__[0]) / chapter
        intro = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
        stems = (file.name for file in iter_modules([str(folder)]) if not file.ispkg)
        yield from (f"{__name__}.{chapter}.{stem}" for stem in sorted(stems, key=lambda s: (_mention(s, intro), s)))


def _mention(stem: str, intro: str) -> int:
    """Where a docstring first mentions a theorem by its label in backticks; its end if nowhere."""
    place = intro.find(f"`{stem.replace('_', '-')}`")
    return len(intro) if place < 0 else place
