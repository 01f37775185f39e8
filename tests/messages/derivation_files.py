"""Derivation files for tests: a theorem in the shape of the house, and what goes wrong with it."""

from __future__ import annotations

from pathlib import Path

SOUND = '''\
"""A tiny theorem."""
from symjepa.statements.claims import Identity, Less
from symjepa.statements.statement import NearMiss, Statement, proves
from symjepa.symbols import L, u

square = Identity(u ** (2 * L), u**L * u**L)
tiny = Statement(
    title="A square",
    claim=square,
    hypotheses=(),
    witness={L: 1, u: 2},
    near_misses=(NearMiss(Identity(u ** (2 * L), u**L * u)),),
)


@proves(tiny)
def theorem():
    yield "Twice the exponent is"
    yield square
    yield tiny.claim
'''


def derivation(folder: Path, *changes: tuple[str, str], name: str = "tiny") -> Path:
    """The sound file with each text replaced, which must occur."""
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / f"{name}.py"
    path.write_text(text, "utf-8")
    return path
