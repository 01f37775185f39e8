r"""A proof, item by item, with the line of the file where each was said.

Soundness.  Items are handed over as they come and in their order; nothing here is taken for true.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import TypeAlias

from symjepa.errors import BadDerivation, SymjepaError
from symjepa.statements.claims import Claim
from symjepa.statements.statement import Cite, Theorem

Item: TypeAlias = "str | Claim | Cite"
LONGEST = 10_000


def items(theorem: Theorem) -> Iterator[tuple[int, Item]]:
    """(line, item) for everything that the proof yields; BadDerivation, with its line, for what is no proof."""
    proof = _begun(theorem)
    number = 0
    while True:
        try:
            item = next(proof)
        except StopIteration:
            return
        except SymjepaError as error:
            placed(error, _raised_at(error, theorem))
            raise
        except Exception as error:
            told = f"the proof raises {type(error).__name__}: {error}; mend this line"
            raise BadDerivation(told, line=_raised_at(error, theorem)) from error
        line = proof.gi_frame.f_lineno  # type: ignore[attr-defined]
        number += 1
        if number > LONGEST:
            told = f"the proof never ends: it has yielded {LONGEST} items; let it stop after its claim"
            raise BadDerivation(told, line=line)
        if not isinstance(item, str | Claim | Cite):
            told = f"a proof yields sentences, claims and Cite(theorem), but this line yields {_short(item)}"
            advice = "interpolate results into a sentence with tex(…), or state them as claims"
            raise BadDerivation(f"{told}; {advice}", line=line)
        yield line, item


def _begun(theorem: Theorem) -> Iterator[object]:
    """The generator that the function under `@proves` makes."""
    line = getattr(getattr(theorem.proof, "__code__", None), "co_firstlineno", None)
    try:
        proof: object = theorem.proof()
    except TypeError as error:
        told = f"a proof is a generator without arguments, but calling it raises TypeError: {error}"
        raise BadDerivation(told, line=line) from error
    if not isinstance(proof, Iterator) or not hasattr(proof, "gi_frame"):
        told = f"a proof is a generator: it yields sentences and claims, but got {_short(proof)}; use `yield`"
        raise BadDerivation(told, line=line)
    return proof


def _short(thing: object) -> str:
    text = repr(thing)
    return text if len(text) <= 60 else f"{text[:57]}… (type {type(thing).__name__})"


def _raised_at(error: BaseException, theorem: Theorem) -> int | None:
    """The line of the proof's own file through which an error came."""
    file = theorem.proof.__code__.co_filename
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


def placed(error: SymjepaError, line: int | None) -> None:
    """Lets an error know its line; one that knows it already keeps it."""
    error.parts.setdefault("line", line)
