"""`python -m tests.mutation [LABEL …]`: mutates every claim of the book and counts the verdicts."""

from __future__ import annotations

import argparse
import sys
import time
from itertools import chain
from pathlib import Path

from tests.mutation.campaign import campaign, judged_before, kept, summary, table, told

ENOUGH = 0.95


def main(labels: list[str], processes: int, every: int, file: Path | None) -> int:
    """1 if a false mutant is PROVED, or if fewer than 95 % of the false ones are REFUTED."""
    started = time.monotonic()
    before = judged_before(file, every)
    judged = chain(before.items(), kept(campaign(labels, processes, every, before), file, every))
    found = summary(told(judged, labels, lambda line: print(f"{_minutes(started)}  {line}", flush=True)))
    for outcome in (*found.open, *found.proved):
        print(outcome)
    print(table(found.chapters, of="chapter", in_order=True), table(found.counts), sep="\n\n")
    print(f"\n{len(found.proved)} false mutants PROVED; {found.refuted:.1%} REFUTED; {_minutes(started)} min")
    return int(bool(found.proved) or found.refuted < ENOUGH)


def _minutes(started: float) -> str:
    return f"{(time.monotonic() - started) / 60:5.1f}"


def asked() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("labels", metavar="LABEL", nargs="*", help="theorems to mutate; all of them if none is named")
    parser.add_argument("-j", "--processes", type=int, default=2, help="how many work at once (2)")
    parser.add_argument("--every", type=int, default=1, help="judge every second, third, … mutant only (1: all)")
    parser.add_argument("--to", type=Path, metavar="FILE", help="write down what is judged, and do not judge it again")
    return parser.parse_args()


if __name__ == "__main__":
    given = asked()
    sys.exit(main(given.labels, given.processes, given.every, given.to))
