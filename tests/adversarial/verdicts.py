"""Falsehoods and what becomes of them: a theorem around a claim, and the one word that the checker has for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Claim
from symjepa.statements.descriptions import Foreign, Layers, modes
from symjepa.statements.statement import Cite, Instance, Let, NearMiss, Statement, Theorem, proves
from symjepa.symbols import K, L
from symjepa.verify.check import Report, check
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.obligations import compiled

PROVED, REFUTED, UNDECIDED, REFUSED = "PROVED", "REFUTED", "UNDECIDED", "REFUSED"

x, y, a = (sp.Symbol(name, real=True) for name in "xya")
p, x0 = (sp.Symbol(name, positive=True) for name in ("p", "x0"))

live = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())
balanced, matrices = modes(live, "balanced"), Layers(live)


def equation(*rates: tuple[sp.Symbol, Any]) -> Foreign:
    """A flow of one's own."""
    return Foreign(tuple((state, sp.sympify(rate)) for state, rate in rates))


def theorem(
    claim: Claim,
    given: Sequence[Claim] = (),
    at: Mapping[sp.Symbol, Any] | Instance | None = None,
    lines: Sequence[Claim | Cite] = (),
    let: Sequence[Let] = (),
    near_misses: Sequence[NearMiss | Claim] = (),
) -> Theorem:
    """A theorem whose proof is the lines and then its claim."""
    statement = Statement("attack", claim, tuple(given), {} if at is None else at, tuple(near_misses), let=tuple(let))

    def proof() -> Iterator[str | Claim | Cite]:
        yield from lines
        yield statement.claim

    return proves(statement)(proof)


def outcome(make: Callable[[], Claim], **parts: Any) -> str:
    """PROVED, REFUTED or UNDECIDED; REFUSED if the claim or its theorem is not even taken."""
    try:
        return str(check(theorem(make(), **parts)).verdict.value)
    except SymjepaError:
        return REFUSED


def report(claim: Claim, **parts: Any) -> Report:
    """Everything that was found about one claim."""
    return check(theorem(claim, **parts))


def decided(claim: Claim) -> bool:
    """Whether a claim is shown without hypotheses; no point is looked for (near a pole that takes long)."""
    return all(decide(obligation, Context()).proved for obligation in compiled(claim).obligations)
