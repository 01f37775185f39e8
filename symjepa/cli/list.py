"""List the book chapter by chapter: every theorem and conjecture with its verdict, its scope and
its title. The verdicts are computed, which takes some seconds; --no-verdicts leaves them out."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import Any

from symjepa.cli.arguments import add_format
from symjepa.cli.check import SECONDS, exit_status, time_limit, whole_number

HELP = "the catalogue of theorems, with verdicts"
EXAMPLES = """\
examples:
  symjepa list
  symjepa list --no-verdicts --json"""


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--no-verdicts", action="store_true", help="labels and titles only")
    parser.add_argument("--jobs", metavar="N", default="1", help="theorems checked at once (default 1)")
    parser.add_argument(
        "--time-limit", metavar="SECONDS", default=f"{SECONDS:g}", help="for each theorem (default 600)"
    )
    add_format(parser, "text", "json")


def run(request: Namespace) -> int:
    """Lists, and checks unless told not to."""
    jobs, seconds = whole_number("--jobs", request.jobs), time_limit(request.time_limit)
    rows, status = _stated() if request.no_verdicts else _checked(jobs, seconds)
    if request.format == "json":
        print(json.dumps(_object(request, rows, jobs, seconds, status), ensure_ascii=False, indent=2))
    else:
        from symjepa.cli.tables import catalogue

        print("\n".join(catalogue(_by_chapter(rows))))
    return status


def _stated() -> tuple[list[dict[str, Any]], int]:
    from symjepa.catalogue import entries, load
    from symjepa.cli.checking import file_name

    rows = []
    for entry in entries():
        theorem = load(entry)
        place = {"chapter": entry.chapter, "label": entry.label, "file": file_name(entry), "kind": theorem.kind}
        rows.append({**place, "title": theorem.statement.title, "verdict": None, "scope": None})
    return rows, 0


def _checked(jobs: int, seconds: float | None) -> tuple[list[dict[str, Any]], int]:
    from symjepa.cli.checking import outcomes, progress, whole_book

    found = outcomes(whole_book(), jobs, seconds, progress)
    rows = []
    for one in found:
        scope = one.scope["text"] if one.scope and one.verdict == "PROVED" else None
        place = {"chapter": one.file.split("/")[-2], "label": one.label, "file": one.file, "kind": one.kind}
        rows.append({**place, "title": one.problem or one.title, "verdict": one.verdict, "scope": scope})
    return rows, exit_status(found)


def _by_chapter(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    chapters: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        chapters.setdefault(row["chapter"], []).append(row)
    return chapters


def _object(
    request: Namespace, rows: list[dict[str, Any]], jobs: int, seconds: float | None, status: int
) -> dict[str, Any]:
    from symjepa.cli import version

    asked = {"verdicts": not request.no_verdicts, "jobs": jobs, "time_limit": seconds, "format": "json"}
    return {"schema": 1, "symjepa": version(), "command": "list", "request": asked, "theorems": rows, "exit": status}
