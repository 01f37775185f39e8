"""What a run of LaTeX says about boxes that are too wide, and about what it did not find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOLERATED = 5.0
"""Points by which a box may stick out."""


@dataclass(frozen=True)
class Overfull:
    """A box that sticks out by `points`, and where."""

    points: float
    where: str


def overfull(log: str, tolerated: float = TOLERATED) -> list[Overfull]:
    """The boxes that stick out by more than what is tolerated."""
    return [box for box in _boxes(log) if box.points > tolerated]


def _boxes(log: str) -> Iterator[Overfull]:
    for found in re.finditer(r"Overfull \\hbox \(([0-9.]+)pt too wide\) ([^\n]*)", log):
        yield Overfull(float(found[1]), found[2])


def unresolved(log: str) -> list[str]:
    """References and citations that lead nowhere."""
    found = re.findall(r"(?:Reference|Citation) `([^']+)' (?:on page \d+ )?undefined", log.replace("\n", ""))
    return sorted(set(found))
