r"""From files to theorems: the book's own, and a user's derivation by path.

A derivation file declares `theorem` or `conjecture`; its label is its file name with hyphens.  What is wrong with a
file is said with the line in it that raised.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from symjepa import book
from symjepa.errors import BadDerivation, UnknownTheorem
from symjepa.statements.statement import Conjecture, Theorem


@dataclass(frozen=True)
class Entry:
    """One derivation: its label, chapter, file, and where to import it from."""

    label: str
    chapter: str
    file: Path
    module: str

    @property
    def source_hash(self) -> str:
        return sha256(self.file.read_bytes()).hexdigest()


def entries() -> tuple[Entry, ...]:
    """The book: every theorem file, chapter by chapter."""
    return tuple(_entry(name) for name in book.theorems())


def _entry(module: str) -> Entry:
    _, _, chapter, stem = module.split(".")
    return Entry(stem.replace("_", "-"), chapter, Path(book.__path__[0]) / chapter / f"{stem}.py", module)


def find(name: str) -> Entry:
    """The entry of a label, or of a file by its path; UnknownTheorem suggests near labels."""
    path = Path(name)
    if path.suffix == ".py":
        if not path.is_file():
            raise UnknownTheorem(f"there is no file {name}")
        return _of_path(path.resolve())
    known = {entry.label: entry for entry in entries()}
    label = name.replace("_", "-")
    if label not in known and path.exists():
        what = "a folder: name its files" if path.is_dir() else "no Python file: a derivation ends in .py"
        raise UnknownTheorem(f"{name} is {what}, as in `symjepa check {path if path.is_dir() else path.parent}/*.py`")
    if label not in known:
        near = difflib.get_close_matches(label, known, n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(near)}?" if near else "`symjepa list` shows all"
        raise UnknownTheorem(f"no theorem is called {name!r}; {hint}", near=near)
    return known[label]


def _of_path(path: Path) -> Entry:
    """A file inside the book is imported as part of it, so that its relative imports mean the same."""
    own = next((entry for entry in entries() if entry.file.resolve() == path), None)
    return own or Entry(path.stem.replace("_", "-"), "", path, "")


def uses(entry: Entry) -> tuple[str, ...]:
    """Labels of the theorems that a file imports, read off its text without importing anything."""
    known = {other.module: other.label for other in entries()}
    return tuple(dict.fromkeys(known[name] for name in _imports(entry) if name in known))


def _imports(entry: Entry) -> Iterator[str]:
    """Dotted names of what a file imports, relative ones made absolute."""
    try:
        tree = ast.parse(entry.file.read_text("utf-8"))
    except (SyntaxError, UnicodeDecodeError):  # said better when it is imported
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = entry.module.split(".")[: -node.level] if node.level else []
            stem = ".".join([*parent, *([node.module] if node.module else [])])
            yield from (stem, *(f"{stem}.{alias.name}" for alias in node.names))


def _refuse_circles(entry: Entry, way: tuple[str, ...] = ()) -> None:
    """BadDerivation if a theorem uses itself, directly or through others."""
    if entry.label in way:
        circle = " uses ".join((*way[way.index(entry.label) :], entry.label))
        raise BadDerivation(
            f"{entry.file.name}: a theorem may not rest on itself, but {circle}: break the circle of imports"
        )
    for label in uses(entry):
        _refuse_circles(find(label), (*way, entry.label))


def load(entry: Entry) -> Theorem | Conjecture:
    """What a file declares; BadDerivation says what is wrong, and in which line."""
    _refuse_circles(entry)
    try:
        module = importlib.import_module(entry.module) if entry.module else _imported(entry.file)
    except (Exception, SystemExit) as error:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        told = f"{entry.file.name}{_line_in(error, entry.file)}: {type(error).__name__}: {said}"
        raise BadDerivation(told + _advice(error)) from error
    declared = [getattr(module, name) for name in ("theorem", "conjecture") if hasattr(module, name)]
    if len(declared) != 1 or not isinstance(declared[0], Theorem | Conjecture):
        raise BadDerivation(
            f"{entry.file.name} is not a derivation: it must declare one `theorem` (a generator under"
            f" @proves(statement)) or one `conjecture`; got {', '.join(map(repr, declared)) or 'neither'}"
        )
    return declared[0]


def _advice(error: BaseException) -> str:
    if isinstance(error, ImportError) and "relative import" in str(error):
        return (
            "; outside the book imports are absolute: `from symjepa.book.models import …` for `from ..models import …`"
        )
    return ""


def _imported(path: Path) -> ModuleType:
    name = f"symjepa_derivation_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadDerivation(f"{path.name} cannot be imported as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _line_in(error: BaseException, path: Path) -> str:
    """`:12` if the error passed through line 12 of the file (or is a syntax error there)."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f":{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    return f":{lines[-1]}" if lines else ""
