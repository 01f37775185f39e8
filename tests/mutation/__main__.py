"""`python -m tests.mutation [LABEL …]`: mutates every claim of the book and counts the verdicts."""

from __future__ import annotations

import sys
import time

from tests.mutation.campaign import campaign, summary, table

ENOUGH = 0.95


def main(labels: list[str]) -> int:
    """1 if a false mutant is PROVED, or if fewer than 95 % of the false ones are REFUTED."""
    started = time.monotonic()
    found = summary(campaign(labels))
    for outcome in (*found.proved, *found.open):
        print(outcome)
    print(table(found.counts))
    print(f"{len(found.proved)} false mutants PROVED; {found.refuted:.1%} REFUTED; {time.monotonic() - started:.0f} s")
    return int(bool(found.proved) or found.refuted < ENOUGH)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
