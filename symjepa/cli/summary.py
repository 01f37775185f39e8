"""The one table at the end of `symjepa reproduce`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symjepa.cli.checking import Outcome
from symjepa.cli.tables import failures, summary, table, verdict

HEADS = ("theorem", "verdict", "scope", "rules", "near misses", "corroboration", "seconds")


def lines(found: Sequence[Outcome], timed: bool) -> Iterator[str]:
    """A line for each theorem; with or without the times, which differ from run to run."""
    rows = [HEADS, *(_row(one) for one in found)]
    yield from table([entry if timed else entry[:-1] for entry in rows], widest=40)


def spoken(found: Sequence[Outcome]) -> Iterator[str]:
    """What failed, and the counts."""
    for one in found:
        if one.problem:
            yield from ("", one.problem)
    yield from failures(found)
    yield from ("", summary([one for one in found if not one.problem]))


def _row(one: Outcome) -> tuple[str, ...]:
    scope = one.scope["text"] if one.scope and one.verdict == "PROVED" else "–"
    refuted = one.near_misses.count("REFUTED")
    misses = f"{refuted} of {len(one.near_misses)} refuted" if one.near_misses else "–"
    rules = ", ".join(rule["name"] for rule in one.rules) or "–"
    told = "NO DERIVATION" if one.problem else verdict(one)
    return one.label, told, scope, rules, misses, corroborated(one), f"{one.seconds:.1f}"


def corroborated(one: Outcome) -> str:
    """The fewest digits on which independent numerics agree with a theorem, or who disagrees."""
    against = [found["by"] for found in one.corroboration if found["agrees"] is False]
    agreeing = [found for found in one.corroboration if found["agrees"]]
    if against:
        return f"DISAGREES: {'; '.join(against)}"
    if not agreeing:
        return "–"
    digits = [found["digits"] for found in agreeing if found["digits"] is not None]
    silent = len(one.corroboration) - len(agreeing)
    told = f"{min(digits)} digits" if digits else "exact"
    ways = f"{len(agreeing)} way{'s' if len(agreeing) != 1 else ''}"
    return f"{told}, {ways}" + (f"; {silent} silent" if silent else "")
