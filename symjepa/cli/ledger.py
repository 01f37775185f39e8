"""The ledger: printed claims of others, one or more readings of each in formal words, and the verdict
that each reading deserves: confirmed, confirmed after conversion, sharpened, true when …, refuted (at
a certified point), or open, with what is missing. Rows live with the theorem that settles them.
Without a name the whole ledger; with names the rows of a theorem, a source or an id, in full. Exit
status: 0 every row has a verdict and every verdict is the expected one, 1 a reading deserves another
verdict than the one it was filed under, 2 a row has no verdict or a reading is undecided."""

from __future__ import annotations

import difflib
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from symjepa.cli.arguments import add_format
from symjepa.cli.check import SECONDS, time_limit, whole_number
from symjepa.errors import SymjepaError, UnknownTheorem

if TYPE_CHECKING:
    from symjepa.cli.checking import Outcome
    from symjepa.statements.statement import Printed
    from symjepa.verify.ledger import LedgerRow

HELP = "printed claims of others, with a verdict for each reading"
EXAMPLES = """\
examples:
  symjepa ledger                              the whole ledger, as a table
  symjepa ledger littwin2024jepa              the rows of one source, in full
  symjepa ledger jepa-mode-ode seed-pure-noise
  symjepa ledger -o ledger.tex                as LaTeX; .json and .txt as their names say"""


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "names", nargs="*", metavar="LABEL|SOURCE", help="theorems (or files), keys of sources, or ids of rows"
    )
    parser.add_argument("--jobs", metavar="N", default="1", help="theorems checked at once (default 1)")
    parser.add_argument(
        "--time-limit", metavar="SECONDS", default=f"{SECONDS:g}", help="for each theorem (default 600)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write it to FILE too: .tex, .json, or text")
    add_format(parser, "text", "json")


def run(request: Namespace) -> int:
    """Checks the theorems that hold the rows, and tells of the rows."""
    from symjepa.cli.checking import examined_all
    from symjepa.render.files import write
    from symjepa.verify.ledger import ledger

    jobs, seconds = whole_number("--jobs", request.jobs), time_limit(request.time_limit)
    labels, wanted = _chosen(request.names)
    done = examined_all(labels, jobs, seconds)
    rows = ledger((outcome.label, report) for outcome, report in done if report is not None)
    rows = rows if wanted is None else tuple(row for row in rows if row.printed.id in wanted)
    failed = [outcome for outcome, report in done if report is None]
    status = exit_status(rows, failed)
    answer = _object(request, jobs, seconds, rows, failed, status)
    if request.output is not None:
        write(request.output, _written(request.output, rows))
    _tell(request, rows, failed, answer)
    return status


def exit_status(rows: Sequence[LedgerRow], failed: Sequence[Outcome]) -> int:
    """What is at fault before what is unexpected before what has no verdict."""
    statuses = {row.status for row in rows} | {one.status for one in failed}
    return next((status for status in (64, 1, 2) if status in statuses), 0)


def _chosen(names: Sequence[str]) -> tuple[list[str], frozenset[str] | None]:
    """The theorems to check, and the ids of the rows asked for (None: all)."""
    from symjepa.cli.checking import whole_book

    files = [name for name in names if name.endswith(".py")]
    held = {name: _printed(name) for name in (*whole_book(), *dict.fromkeys(files))}
    broken = [name for name, printed in held.items() if printed is None]
    rows = {name: printed for name, printed in held.items() if printed is not None}
    if not names:
        return [*(name for name, printed in rows.items() if printed), *broken], None
    asked = [name if name in held else name.replace("_", "-") for name in names]
    named = [name for name in broken if name in asked]
    wanted = {one.id for name, own in zip(names, asked, strict=True) if own not in named for one in _named(name, rows)}
    holding = [name for name, printed in rows.items() if wanted & {one.id for one in printed}]
    return [*holding, *named], frozenset(wanted)


def _printed(name: str) -> tuple[Printed, ...] | None:
    """The printed claims of a theorem; None where its file is at fault, which its check will say."""
    from symjepa.catalogue import find, load

    entry = find(name)
    try:
        return load(entry).statement.printed
    except SymjepaError:
        return None


def _named(name: str, held: dict[str, tuple[Printed, ...]]) -> list[Printed]:
    """The printed claims of a theorem, of a source, or of an id; UnknownTheorem, with near names, if there is none."""
    every = [one for printed in held.values() for one in printed]
    label = name if name in held else name.replace("_", "-")
    found = held.get(label) or [one for one in every if name in (one.id, one.source, _key(one.source))]
    if found or label in held:
        return list(found)
    known = sorted({*held, *(one.id for one in every), *(_key(one.source) for one in every)})
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}?" if near else "`symjepa ledger` shows all rows"
    raise UnknownTheorem(f"the ledger knows no theorem, source or row called {name!r}; {hint}", near=near)


def _key(source: str) -> str:
    return source.partition(",")[0]


def text(rows: Sequence[LedgerRow], full: bool) -> str:
    """The table, the rows in full if they were asked for, and the counts."""
    from symjepa.render.ledger import details, summary, table

    told = "\n".join(table(rows))
    if full:
        told = "\n\n".join("\n".join(details(row)) for row in rows)
    return f"{told}\n\n{fill(summary(rows), 100)}\n"


def _written(path: Path, rows: Sequence[LedgerRow]) -> str:
    """The ledger in the format that a name asks for; the same from run to run."""
    if path.suffix == ".tex":
        from symjepa.cli import version
        from symjepa.render.book.ledger import fragment

        return fragment(rows, version())
    if path.suffix == ".json":
        return as_data(rows)
    return as_text(rows)


def as_text(rows: Sequence[LedgerRow]) -> str:
    """The table, and then every row in full."""
    return text(rows, full=False) + "\n\n" + text(rows, full=True)


def as_data(rows: Sequence[LedgerRow]) -> str:
    """The rows and their counts, as JSON."""
    from symjepa.cli import version
    from symjepa.cli.checking import spelled
    from symjepa.verify.ledger import counts, row_object

    told = {"rows": [row_object(row, spelled()) for row in rows], "summary": counts(rows)}
    return json.dumps({"schema": 1, "symjepa": version(), **told}, ensure_ascii=False, indent=1) + "\n"


def _tell(request: Namespace, rows: Sequence[LedgerRow], failed: Sequence[Outcome], answer: dict[str, Any]) -> None:
    if request.format == "json":
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    print(text(rows, full=bool(request.names)), end="")
    for problem in answer["problems"]:
        print(fill(f"{problem['label']}: {problem['message']}", 100, subsequent_indent="  "))
    if request.output is not None:
        print(f"wrote {request.output}")


def _object(
    request: Namespace,
    jobs: int,
    seconds: float | None,
    rows: Sequence[LedgerRow],
    failed: Sequence[Outcome],
    status: int,
) -> dict[str, Any]:
    """The one object on stdout."""
    from symjepa.cli import version
    from symjepa.cli.checking import spelled
    from symjepa.verify.ledger import counts, row_object

    output = None if request.output is None else str(request.output)
    asked = {"names": request.names, "jobs": jobs, "time_limit": seconds, "output": output, "format": "json"}
    return {
        "schema": 1,
        "symjepa": version(),
        "command": "ledger",
        "request": asked,
        "rows": [row_object(row, spelled()) for row in rows],
        "problems": [{"label": one.label, "file": one.file, "message": one.problem or one.title} for one in failed],
        "summary": counts(rows),
        "exit": status,
    }
