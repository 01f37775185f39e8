"""The book: every theorem file under `derivations/`, importable as `symjepa.book.<chapter>.<label>`.

A wheel carries the files inside the package, as `symjepa/_derivations`; in a checkout and in an editable installation
they lie beside it.  Either way this module becomes the package that holds them, so that the relative imports between
theorems mean the same everywhere.  The folder is the catalogue: there is no list to keep in step.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules


def _home() -> Path:
    package = Path(__file__).resolve().parent
    shipped = package / "_derivations"
    return shipped if shipped.is_dir() else package.parent / "derivations"


__path__ = [str(_home())]


def chapters() -> tuple[str, ...]:
    """Names of the chapters, in alphabetical order."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if module.ispkg))


def theorems() -> Iterator[str]:
    """Dotted names `symjepa.book.<chapter>.<label>` of every theorem file, chapter by chapter; imports none of them."""
    for chapter in chapters():
        files = iter_modules([str(Path(__path__[0]) / chapter)])
        yield from sorted(f"{__name__}.{chapter}.{file.name}" for file in files if not file.ispkg)
