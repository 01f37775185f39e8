"""A line of RESULTS.md: a ratio measured several times in one run, and what it should be."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEAD = "| work | median | spread | bar | goal | |\n| --- | ---: | --- | --- | --- | --- |"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a ratio may be at most, or must be at least; and the goal beyond it."""

    limit: float
    goal: float | None = None
    at_least: bool = False

    def met(self, ratio: float, limit: float | None) -> bool:
        """Whether a ratio is on the right side."""
        if limit is None:
            return False
        return ratio >= limit if self.at_least else ratio <= limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, and its ratios in all rounds; or why it was not (`missing`: what to install)."""

    what: str
    ratios: tuple[float, ...] = ()
    bar: Bar | None = None
    missing: str = ""
    unit: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    def __str__(self) -> str:
        if not self.ratios:
            return f"| {self.what} | not run: {self.missing} | | {self.bar or ''} | | |"
        least, most = min(self.ratios), max(self.ratios)
        spread = f"{short(least)} … {short(most)}"
        return f"| {self.what} | {short(self.median)}{self.unit} | {spread} | {self._judged()} |"

    def _judged(self) -> str:
        if self.bar is None:
            return "| |"
        met = "met" if self.bar.met(self.median, self.bar.limit) else "**missed**"
        goal = "" if self.bar.goal is None else f"{self.bar.goal:g}"
        reached = ", goal reached" if self.bar.met(self.median, self.bar.goal) else ""
        return f"{self.bar} | {goal} | {met}{reached}"


def short(x: float) -> str:
    """Three figures."""
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}" if x >= 0.01 or x == 0 else f"{x:.2e}"


def table(rows: Iterable[Row]) -> str:
    """Rows under their head."""
    return "\n".join([HEAD, *map(str, rows)])


def folded(summary: str, rows: Sequence[Row]) -> str:
    """A table that opens when asked for."""
    return f"<details><summary>{summary}</summary>\n\n{table(rows)}\n\n</details>"


def worst(what: str, rows: Sequence[Row], bar: Bar) -> Row:
    """The row with the worst median, under another name."""
    chosen = (min if bar.at_least else max)(rows, key=lambda row: row.median)
    return Row(what, chosen.ratios, bar)
