"""`make bench`: every row of the design's table of speed, as ratios measured side by side in one run, into RESULTS.md.

make bench                      the project's own environment
make bench PEERS=path/python    with the peers of another interpreter: heyoka, gmpy2 (with mpmath)
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
from pathlib import Path

import flint
import mpmath
import numpy as np
import sympy as sp

import symjepa as sj
from benchmarks import enclosures, explicit, flows, simulate, startup
from benchmarks.rows import Bar, Row, folded, table
from benchmarks.timing import Asked, version

RESULTS = Path(__file__).parent / "RESULTS.md"
PEERS = ("heyoka", "gmpy2", "mpmath")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON", help="interpreter with heyoka, gmpy2")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (default 3)")
    given = parser.parse_args()
    text = results(Asked(max(1, given.rounds), given.peers))
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def results(asked: Asked) -> str:
    """The whole page."""
    taken = startup.imports(asked)
    unit = statistics.median(taken["import sympy"])
    few, many = flows.rows(unit)
    parts = (
        ("In units of `import sympy`", table([*startup.import_rows(taken), *few, flows.flat(many)])),
        ("", folded("every teacher and depth", many)),
        ("", table(startup.check_rows(asked, unit))),
        ("Proved digits", table(enclosures.peer_rows(asked))),
        ("How their cost grows", table(enclosures.growth_rows(asked))),
        ("Closed forms in floats", table(explicit.rows(asked))),
        ("Layers in floats", table(_simulated())),
    )
    sections = [f"## {title}\n\n{body}" if title else body for title, body in parts]
    return "\n\n".join([_head(asked, unit), *sections]) + "\n"


def _simulated() -> list[Row]:
    return [Row(what, tuple(ratios), Bar(bar)) for what, ratios, bar in simulate.rows()]


def _head(asked: Asked, unit: float) -> str:
    own = f"symjepa {sj.__version__}, Python {platform.python_version()}, SymPy {sp.__version__}"
    own += f", mpmath {mpmath.__version__}, NumPy {np.__version__}, python-flint {flint.__version__}"
    peers = [f"{name} {found}" for name in PEERS if (found := version(asked.peers, name))]
    return (
        "# Benchmarks\n\n`make bench`, one run: every bar is a ratio of times measured side by side, in turn; medians\n"
        f"of {asked.rounds} rounds or more, and their spread.\n\n"
        f"{own}; {os.cpu_count()} cores; `import sympy` takes {unit:.2f} s here. "
        f"Peers: {', '.join(peers) or 'none'}."
    )


if __name__ == "__main__":
    main()
