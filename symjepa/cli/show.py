"""Show one theorem: what it says under which hypotheses, its proof sentence by sentence with a
verdict and the rule for every line, its witness, and its near misses with the points that refute
them."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from symjepa.cli.arguments import add_format
from symjepa.cli.check import SECONDS, time_limit

HELP = "one theorem with its proof, a verdict per line"
EXAMPLES = """\
examples:
  symjepa show noise-decay
  symjepa show my_theorem.py --json"""


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("theorem", metavar="LABEL|FILE", help="a theorem of the book, or a file")
    parser.add_argument("--time-limit", metavar="SECONDS", default=f"{SECONDS:g}", help="default 600")
    add_format(parser, "text", "json")


def run(request: Namespace) -> int:
    """Checks one theorem and prints all of it."""
    from symjepa.catalogue import find
    from symjepa.cli.checking import certified, report_of, status_of

    seconds = time_limit(request.time_limit)
    entry = find(request.theorem)
    theorem, report = report_of(entry, seconds)
    status = status_of(report)
    if request.format == "json":
        from symjepa.cli import version

        asked = {"theorem": request.theorem, "time_limit": seconds, "format": "json"}
        head = {"schema": 1, "symjepa": version(), "command": "show", "request": asked}
        print(
            json.dumps(
                {**head, "theorem": certified(entry, theorem, report), "exit": status}, ensure_ascii=False, indent=2
            )
        )
    else:
        from symjepa.render.theorem import page

        print(page(entry.label, theorem, report), end="")
    return status
