"""Write the skeleton of a theorem file. It holds a small true theorem in the shape of the house,
so that `symjepa check` proves it as it is: change it line by line into yours, and check again."""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser, Namespace
from pathlib import Path

from symjepa.cli.arguments import Usage, add_format

HELP = "a skeleton for a theorem of your own"
EXAMPLES = """\
examples:
  symjepa new my-theorem                        writes my_theorem.py here
  symjepa new slow-teacher --chapter jepa       in a checkout: into that chapter of the book
  symjepa new my-theorem -o theory"""


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("label", metavar="LABEL", help="what the theorem says, in small letters and hyphens")
    parser.add_argument("--chapter", metavar="C", help="a folder of the book (or of DIR); made if it is not there")
    parser.add_argument(
        "-o", "--output", metavar="DIR", help="where to write (default: here, or the book for --chapter)"
    )
    add_format(parser, "text", "json")


def run(request: Namespace) -> int:
    """Writes the file, never over another."""
    from symjepa.cli import version
    from symjepa.render.files import write
    from symjepa.render.latex import rendered

    label = _label(request.label)
    folder = _folder(request.output, request.chapter)
    path = folder / f"{label.replace('-', '_')}.py"
    _refuse_overwriting(label, path, request.chapter)
    if request.chapter and not (folder / "__init__.py").exists():
        write(folder / "__init__.py", f'"""{request.chapter.replace("_", " ").capitalize()}."""\n')
    write(path, rendered("theorem.py.j2", label=label, name=label.replace("-", "_")))
    if request.format == "json":
        asked = {"label": label, "chapter": request.chapter, "output": request.output, "format": "json"}
        print(
            json.dumps(
                {"schema": 1, "symjepa": version(), "command": "new", "request": asked, "file": str(path), "exit": 0},
                indent=2,
            )
        )
    else:
        print(f"wrote {path}; it is a theorem already: symjepa check {path}")
    return 0


def _label(text: str) -> str:
    label = text.replace("_", "-")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", label) or len(label) > 80:
        raise Usage(f"a label is small letters, digits and hyphens, as in slow-teacher; got {text!r}")
    return label


def _folder(output: str | None, chapter: str | None) -> Path:
    from symjepa import book

    if chapter is None:
        return Path(output or ".")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", chapter):
        raise Usage(f"a chapter is a folder named in small letters, digits and underscores; got {chapter!r}")
    home = Path(book.__path__[0])
    if output is None and home.name != "derivations":
        raise Usage(
            "--chapter without -o writes into the book of a checkout, but this is an installed package: "
            "say where with -o DIR"
        )
    return (Path(output) if output else home) / chapter


def _refuse_overwriting(label: str, path: Path, chapter: str | None) -> None:
    from symjepa.catalogue import entries

    if path.exists():
        raise Usage(f"{path} exists already and is left as it is: choose another label, or remove the file first")
    taken = next((entry for entry in entries() if entry.label == label), None) if chapter else None
    if taken is not None:
        raise Usage(f"the book has a theorem {label} already, in {taken.chapter}: choose another label")
