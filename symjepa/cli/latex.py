"""Write theorems as LaTeX: a fragment for each (statement and proof) to \\input into a paper of
one's own, one macro file that rules the notation, and a standalone book with verdicts, witnesses
and near misses. Exit status as for check; 74 if the folder cannot be written."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from symjepa.cli.arguments import add_format
from symjepa.cli.check import SECONDS, time_limit

if TYPE_CHECKING:
    from symjepa.catalogue import Entry
    from symjepa.render.book.theorem import Checked

HELP = "theorems and proofs as LaTeX"
EXAMPLES = """\
examples:
  symjepa latex -o build/book              the whole book
  symjepa latex noise-decay -o paper       one theorem, and the macro file that it needs
  symjepa latex my_theorem.py -o paper     a file of your own"""


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "theorems", nargs="*", metavar="LABEL|FILE", help="theorems of the book, or files; none: the whole book"
    )
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--time-limit", metavar="SECONDS", default=f"{SECONDS:g}", help="for each theorem (default 600)"
    )
    add_format(parser, "text", "json")


def run(request: Namespace) -> int:
    """Checks, and writes what was found."""
    from symjepa.catalogue import find
    from symjepa.cli.checking import progress, status_of, whole_book

    seconds = time_limit(request.time_limit)
    names = list(dict.fromkeys(request.theorems)) or whole_book()
    entries = [find(name) for name in names]
    checked = []
    for done, entry in enumerate(entries):
        progress(done, len(entries), entry.label)
        checked.append(checked_one(entry, seconds))
    progress(len(entries), len(entries), "")
    written = write_book(checked, request.output)
    status = max(status_of(one.report) for one in checked)
    _tell(request, seconds, checked, written, status)
    return status


def checked_one(entry: Entry, seconds: float | None) -> Checked:
    """One theorem with its report."""
    from symjepa.cli.checking import file_name, report_of
    from symjepa.render.book.theorem import Checked

    theorem, report = report_of(entry, seconds)
    place = file_name(entry) if entry.chapter else str(entry.file)
    return Checked(entry.label, place, theorem, report)


def write_book(checked: list[Checked], folder: Path) -> list[Path]:
    """Writes every file of the book whole; the document that reads the others comes last."""
    from symjepa import book
    from symjepa.cli import version
    from symjepa.render.book.document import files
    from symjepa.render.files import write

    texts = files(checked, Path(book.__path__[0]), bibliography(), version())
    paths = sorted((folder / name for name in texts), key=lambda path: (path.name == "symjepa-book.tex", str(path)))
    for path in paths:
        write(path, texts[str(path.relative_to(folder))])
    return paths


def bibliography() -> str:
    """The text of references.bib: inside a wheel, or at the root of a checkout; empty if there is none."""
    package = Path(__file__).resolve().parent.parent
    found = (file for file in (package / "references.bib", package.parent / "references.bib") if file.is_file())
    return next((file.read_text("utf-8") for file in found), "")


def _tell(request: Namespace, seconds: float | None, checked: list[Checked], written: list[Path], status: int) -> None:
    if request.format == "json":
        from symjepa.cli import version

        asked = {"theorems": request.theorems, "output": str(request.output), "time_limit": seconds, "format": "json"}
        rows = [{"label": one.label, "verdict": one.report.verdict.value} for one in checked]
        head = {"schema": 1, "symjepa": version(), "command": "latex", "request": asked}
        print(
            json.dumps({**head, "theorems": rows, "files": [str(path) for path in written], "exit": status}, indent=2)
        )
        return
    for one in checked:
        print(f"{one.label:<28} {one.report.verdict.value}")
    named = "symjepa-book.tex, symjepa-macros.tex, theorems/, findings/"
    print(f"\nwrote {len(written)} files to {request.output}/: {named}")
