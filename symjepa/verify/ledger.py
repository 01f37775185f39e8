"""The ledger: every printed claim of the book with its readings and their verdicts, rows of one `id` joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symjepa.errors import BadDerivation
from symjepa.statements.statement import EXPECTED, Printed
from symjepa.verify.certificates import Object, Spelled, printed_object, reading_object
from symjepa.verify.check import Report
from symjepa.verify.readings import UNDECIDED, Finding

KINDS = (*EXPECTED, UNDECIDED)


@dataclass(frozen=True)
class Judged:
    """A reading with what became of it, and the theorem that it stands with."""

    label: str
    finding: Finding


@dataclass(frozen=True)
class LedgerRow:
    """A printed claim with the readings that all theorems give it."""

    printed: Printed
    judged: tuple[Judged, ...]

    @property
    def settled(self) -> bool:
        """Whether a reading has a verdict."""
        return any(one.finding.settled for one in self.judged)

    @property
    def status(self) -> int:
        """0 as expected, 1 a reading that deserves another verdict than it expects, 2 no verdict."""
        misread = [one.finding.kind for one in self.judged if not one.finding.as_expected]
        if any(kind != UNDECIDED for kind in misread):
            return 1
        return 2 if misread or not self.settled else 0


def ledger(reports: Iterable[tuple[str, Report]]) -> tuple[LedgerRow, ...]:
    """The rows of checked theorems, (label, report), in the order of their ids; readings in the order of the book."""
    rows: dict[str, LedgerRow] = {}
    for label, report in reports:
        for own in report.printed:
            row = rows.setdefault(own.printed.id, LedgerRow(own.printed.read(), ()))
            if row.printed != own.printed.read():
                raise BadDerivation(_clash(row, own.printed, label))
            judged = (*row.judged, *(Judged(label, finding) for finding in own.findings))
            rows[own.printed.id] = LedgerRow(row.printed, judged)
    return tuple(rows[name] for name in sorted(rows, key=natural))


def _clash(row: LedgerRow, printed: Printed, label: str) -> str:
    first = row.judged[0].label if row.judged else "another theorem"
    told = f"the row {printed.id} of the ledger is printed in {first} and, in other words, in {label}"
    return f"{told}; share one Printed (derivations/printed.py), or give one of them an `id` of its own"


def natural(name: str) -> list[tuple[int, str]]:
    """Numbers in names by their size: eq-7 before eq-10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def counts(rows: Sequence[LedgerRow]) -> dict[str, int]:
    """How many rows, and how many readings of each kind."""
    found = Counter(one.finding.kind for row in rows for one in row.judged)
    kinds = {kind.replace(" ", "_"): found[kind] for kind in KINDS}
    without = sum(not row.settled for row in rows)
    return {"rows": len(rows), "without_verdict": without, "readings": sum(found.values()), **kinds}


def row_object(row: LedgerRow, spelled: Spelled) -> Object:
    """A row as scripts read it."""
    readings = [{"theorem": one.label, **reading_object(row.printed, one.finding, spelled)} for one in row.judged]
    return {**printed_object(row.printed), "settled": row.settled, "readings": readings}
