"""Check theorems: the whole book, or those that are named by label or file. A theorem is PROVED,
REFUTED (at a certified point) or UNDECIDED; its scope says for which depths. Its near misses,
false variants of the claim, must all be REFUTED, and its witness shows that its hypotheses can
hold. Exit status: 0 all as expected, 1 something is refuted (or a near miss is not), 2 something
is undecided, 64 a file is no derivation."""

from __future__ import annotations

import gc
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symjepa.cli.arguments import Usage, add_format

if TYPE_CHECKING:
    from symjepa.cli.checking import Outcome

HELP = "prove or refute theorems, with certificates"
EXAMPLES = """\
examples:
  symjepa check                            the whole book
  symjepa check noise-decay balance-law -o certificates
  symjepa check my_theorem.py              a file of your own
  symjepa check --trust                    what the verdicts rest on
  symjepa check --trust jepa-mode-ode      what this one rests on"""
SECONDS = 600.0


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "theorems", nargs="*", metavar="LABEL|FILE", help="theorems of the book, or files; none: the whole book"
    )
    parser.add_argument(
        "--effort", choices=("fast", "full"), default="fast", help="full adds corroboration by other means"
    )
    parser.add_argument("--jobs", metavar="N", default="1", help="theorems checked at once (default 1)")
    parser.add_argument(
        "--time-limit", metavar="SECONDS", default=f"{SECONDS:g}", help="for each theorem (default 600)"
    )
    parser.add_argument(
        "--trust",
        action="store_true",
        help="list the trusted files with their lengths; of named theorems only what these rest on",
    )
    parser.add_argument("-o", "--output", metavar="DIR", help="write a certificate for each theorem to DIR/LABEL.json")
    add_format(parser, "text", "json")


def run(request: Namespace) -> int:
    """Checks and reports."""
    from symjepa.cli.checking import outcomes, progress

    jobs, seconds = whole_number("--jobs", request.jobs), time_limit(request.time_limit)
    if request.trust:
        return _trust(request)
    with _rarely_collecting():
        certify = request.format == "json" or request.output is not None
        found = outcomes(_named(request.theorems), jobs, seconds, progress, request.effort == "full", certify)
    written = _write(found, request.output)
    status = exit_status(found)
    for problem in (one.problem for one in found if one.problem):
        print("symjepa: " + " ".join(problem.split()), file=sys.stderr)
    if request.format == "json":
        print(json.dumps(as_object(request, found, jobs, seconds, status), ensure_ascii=False, indent=2))
    elif any(not one.problem for one in found):
        from symjepa.cli.tables import report

        print(
            report([one for one in found if not one.problem]) + "".join(f"wrote {path}\n" for path in written), end=""
        )
    return status


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Trees share their parts and form hardly any circles: looking for these at the usual pace takes a tenth of the
    time.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _named(names: list[str]) -> list[str]:
    """The theorems asked for, each of which exists; UnknownTheorem otherwise."""
    from symjepa.catalogue import find
    from symjepa.cli.checking import whole_book

    for name in names:
        find(name)
    return list(dict.fromkeys(names)) or whole_book()


def whole_number(option: str, text: str) -> int:
    """A positive whole number of a reasonable size."""
    if text.isascii() and text.isdigit() and 1 <= len(text) <= 4 and int(text) > 0:
        return int(text)
    raise Usage(f"{option} needs a whole number from 1 to 9999; got {text!r}")


def time_limit(text: str) -> float | None:
    """Seconds; without a limit where the system has no alarms, which is said."""
    from symjepa.cli.checking import can_limit
    from symjepa.errors import InvalidNumber
    from symjepa.exact.numbers import exact_number

    try:
        seconds = exact_number(text)
    except InvalidNumber as error:
        raise Usage(f"--time-limit: {error}") from error
    if not 0 < seconds <= 10**6:
        raise Usage(f"--time-limit needs more than 0 and at most 1000000 seconds; got {text}")
    if not can_limit():
        print("symjepa: this system has no alarms, so there is no time limit", file=sys.stderr)
        return None
    return float(seconds)


def exit_status(found: list[Outcome]) -> int:
    """What is at fault before what is refuted before what is undecided."""
    statuses = {one.status for one in found}
    return next((status for status in (64, 1, 2) if status in statuses), 0)


def as_object(
    request: Namespace, found: list[Outcome], jobs: int, seconds: float | None, status: int
) -> dict[str, Any]:
    """The one object on stdout."""
    return {
        **_head(request, jobs, seconds),
        "theorems": [row(one) for one in found if not one.problem],
        "problems": [{"label": one.label, "file": one.file, "message": one.problem} for one in found if one.problem],
        "summary": summary(found),
        "exit": status,
    }


def _head(request: Namespace, jobs: int, seconds: float | None) -> dict[str, Any]:
    from symjepa.cli import version

    asked = {
        "theorems": list(request.theorems),
        "effort": request.effort,
        "jobs": jobs,
        "time_limit": seconds,
        "trust": request.trust,
        "output": request.output,
        "format": "json",
    }
    return {"schema": 1, "symjepa": version(), "command": "check", "request": asked}


def row(one: Outcome) -> dict[str, Any]:
    """One theorem, as scripts read it."""
    certificate = one.certificate or {}
    witness = certificate.get("witness", {"ok": False, "point": {}})
    misses = certificate.get("near_misses", [])
    return {
        "label": one.label,
        "title": one.title,
        "file": one.file,
        "kind": one.kind,
        "verdict": one.verdict,
        "scope": certificate.get("scope", {"free": [], "where": [], "text": "", "by_part": []}),
        "rules": list(one.rules),
        "uses": certificate.get("uses", []),
        "witness": {"ok": witness["ok"], "point": witness["point"]},
        "near_misses": [{key: miss[key] for key in ("claim", "verdict", "point")} for miss in misses],
        "corroboration": list(one.corroboration),
        "first_failure": one.first_failure,
        "seconds": round(one.seconds, 3),
    }


def summary(found: list[Outcome]) -> dict[str, Any]:
    """Counts over all theorems."""
    checked = [one for one in found if not one.problem]
    missed = [verdict for one in checked for verdict in one.near_misses]
    verdicts = {
        name.lower(): sum(one.verdict == name for one in checked) for name in ("PROVED", "REFUTED", "UNDECIDED")
    }
    return {
        "theorems": len(checked),
        **verdicts,
        "near_misses": len(missed),
        "near_misses_refuted": missed.count("REFUTED"),
        "problems": len(found) - len(checked),
        "as_expected": all(one.status == 0 for one in found),
    }


def _write(found: list[Outcome], folder: str | None) -> list[Path]:
    from symjepa.render.files import write

    paths = []
    for one in found if folder else []:
        if one.certificate is not None:
            paths.append(Path(str(folder)) / f"{one.label}.json")
            write(paths[-1], json.dumps(one.certificate, ensure_ascii=False, indent=1) + "\n")
    return paths


def _claims(names: list[str]) -> set[type]:
    """The types of the claims that theorems, and those that they use, state and prove."""
    from symjepa.catalogue import find, uses
    from symjepa.cli.checking import report_of
    from symjepa.verify.check import Line

    found: set[type] = set()
    for entry in map(find, names):
        _, report = report_of(entry, None)
        found |= {type(line.claim) for line in (*report.lines, *report.claim) if isinstance(line, Line)}
        found |= _claims(list(uses(entry)))
    return found


def _trust(request: Namespace) -> int:
    """The trusted files, their lengths and their arguments: all of them, or those of the theorems that are named."""
    from symjepa.cli.tables import trusted
    from symjepa.verify.trust import TIERS, rests_on, trusted_files

    files = rests_on(_claims(request.theorems)) if request.theorems else trusted_files()
    if request.format == "json":
        listed = [
            {"file": f.name, "tier": f.tier, "lines": f.lines, "sha256": f.sha256, "argument": f.argument}
            for f in files
        ]
        tiers = {f"{tier}_lines": sum(f.lines for f in files if f.tier == tier) for tier in TIERS}
        head = _head(request, whole_number("--jobs", request.jobs), time_limit(request.time_limit))
        rest = {
            "theorems": [],
            "problems": [],
            "trusted": listed,
            "summary": {"files": len(files), "lines": sum(f.lines for f in files), **tiers},
        }
        print(json.dumps({**head, **rest, "exit": 0}, ensure_ascii=False, indent=2))
    else:
        print(trusted(files), end="")
    return 0
