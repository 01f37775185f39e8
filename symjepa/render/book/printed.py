"""What was printed, and the verdict that a reading of it deserves, as LaTeX."""

from __future__ import annotations

from symjepa.render.book.phrases import condition, math
from symjepa.render.book.prose import cited, sentence
from symjepa.render.hypotheses import listed
from symjepa.statements.claims import Claim, parts
from symjepa.statements.statement import Printed
from symjepa.verify.certificates import spoken
from symjepa.verify.readings import TRUE_WHEN, Finding

SEEN = {"read": "as printed", "second-hand": "as relayed", "recalled": "as recalled"}


def print_parts(printed: Printed) -> dict[str, str]:
    """What was printed: its source, how it is known, its words, and the conversion."""
    by = f" by {sentence(printed.relayed)}" if printed.relayed else ""
    return {
        "source": cited(printed.source),
        "seen": SEEN[printed.seen] + by,
        "words": sentence(printed.words),
        "conversion": sentence(printed.conversion),
    }


def verdict(printed: Printed, finding: Finding) -> str:
    """The verdict with what it depends on, as LaTeX."""
    said = spoken(printed, finding.kind)
    when = listed([condition_in_line(part) for claim in finding.reading.when for part in parts(claim)])
    head, found, tail = said.partition(TRUE_WHEN)
    return f"{found} {when}{sentence(tail)}" if found else sentence(head)


def condition_in_line(claim: Claim) -> str:
    """A relation, or a hypothesis on letters, as a formula in the line."""
    return math(condition(claim))
