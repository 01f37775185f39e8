"""Imports, and the whole book checked cold, in units of `import sympy`."""

from __future__ import annotations

import statistics
import subprocess
import sys

from benchmarks.rows import Bar, Row
from benchmarks.timing import Asked, fresh_import, timed

IMPORTS = ("import sympy", "import symjepa")
LEAST = 9
"""Imports are short: they are taken at least so often, in turn, so that a slow minute hits both."""


def imports(asked: Asked) -> dict[str, list[float]]:
    """Seconds of each import in fresh interpreters."""
    taken: dict[str, list[float]] = {statement: [] for statement in IMPORTS}
    for _ in range(max(LEAST, asked.rounds)):
        for statement in IMPORTS:
            taken[statement].append(fresh_import(statement))
    return taken


def import_rows(taken: dict[str, list[float]]) -> list[Row]:
    """Both imports over the median of the first."""
    unit = statistics.median(taken[IMPORTS[0]])
    own, ours = (tuple(x / unit for x in taken[statement]) for statement in IMPORTS)
    return [Row("`import sympy`, the unit", own), Row("`import symjepa`", ours, Bar(1.5, 1.2))]


def check_rows(asked: Asked, unit: float) -> list[Row]:
    """`symjepa check` of the whole book, fast effort, one process, a new interpreter."""
    command = [sys.executable, "-m", "symjepa", "check", "--jobs", "1"]
    what = "`symjepa check`, the whole book, cold, one core"
    try:
        times = [timed(lambda: subprocess.run(command, capture_output=True, check=True)) for _ in range(asked.rounds)]
    except subprocess.CalledProcessError as failed:
        return [Row(what, (), Bar(200, 50), f"it exits with {failed.returncode}")]
    return [Row(what, tuple(x / unit for x in times), Bar(200, 50))]
