r"""Readings of printed claims, and the verdict that each deserves.

Soundness.  A reading is decided as a line of a proof is, under hypotheses of its own, or under those of the theorem
with what the proof has shown; what `when` adds only narrows them, so that all of it still holds.  Its further
abbreviations are symbols that the statement does not know, so that they change no hypothesis.  It counts as true only
if a witness shows that its hypotheses can hold, and as false only at a certified point.  The author's expectation has
no part in the verdict, but that an undecided reading may have been announced as open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symjepa.errors import BadDerivation, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.words import noted
from symjepa.model import Model
from symjepa.statements.claims import All, Claim, Identity, parts
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import EXPECTED, Cite, Conjecture, Let, Printed, Reading, Statement, Theorem
from symjepa.verify.hypotheses import setting
from symjepa.verify.kernel.decide import Context, Verdict
from symjepa.verify.lines import Line, decided, exhibited_at
from symjepa.verify.scope import flows_in
from symjepa.verify.unfolding import replaced, unfolded
from symjepa.verify.witness import empty_hypotheses

CONFIRMED, CONVERTED, SHARPENED, TRUE_WHEN, REFUTED, OPEN = EXPECTED
UNDECIDED = "undecided"
Follow = Callable[[tuple[Claim | Cite, ...], Statement, Context], tuple[Context, tuple[Line, ...]]]
"""Checks lines in the setting of a statement, and says what is known after them."""


@dataclass(frozen=True)
class Finding:
    """What became of a reading: its kind of verdict, the lines that show it, what is given, why it is undecided."""

    reading: Reading
    kind: str
    lines: tuple[Line, ...] = ()
    claim: tuple[Line, ...] = ()
    without: tuple[Line, ...] = ()
    given: tuple[Fact, ...] = ()
    let: tuple[Let, ...] = ()
    why: str = ""

    @property
    def as_expected(self) -> bool:
        return self.kind == self.reading.expected

    @property
    def settled(self) -> bool:
        return self.kind not in (OPEN, UNDECIDED)

    @property
    def refuted(self) -> Line | None:
        """The line with the point at which the reading fails, with or without its further hypotheses."""
        return next((line for line in (*self.claim, *self.without) if line.verdict is Verdict.REFUTED), None)


@dataclass(frozen=True)
class Adjudged:
    """A printed claim with what became of its readings."""

    printed: Printed
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Settled:
    """A theorem as far as it is checked: what is known after its proof, and the lines of its claim."""

    theorem: Theorem | Conjecture
    known: Context
    claim: tuple[Line, ...]


def adjudicated(settled: Settled, follow: Follow) -> tuple[Adjudged, ...]:
    """The printed claims of a theorem with a verdict for each reading."""
    return tuple(
        Adjudged(printed, tuple(_placed(reading, printed, settled, follow) for reading in printed.readings))
        for printed in settled.theorem.statement.printed
    )


def _placed(reading: Reading, printed: Printed, settled: Settled, follow: Follow) -> Finding:
    """The finding; a mistake in a reading is said with the reading."""
    try:
        return _finding(reading, printed, settled, follow)
    except SymjepaError as error:
        raise BadDerivation(f"{printed.id}, reading “{reading.words}”: {error}") from error


def _finding(reading: Reading, printed: Printed, settled: Settled, follow: Follow) -> Finding:
    if reading.claim is None:
        return Finding(reading, OPEN)
    _refuse_capture(settled.theorem.statement, reading)
    shown = _under(reading, reading.when, settled, follow)
    plain = _under(replace(reading, lines=()), (), settled, follow) if reading.when else shown
    conversion = printed.conversion if reading.conversion is None else reading.conversion
    kind, why = _kind(shown, plain, CONVERTED if conversion else CONFIRMED)
    if reading.sharper is not None and kind in (CONFIRMED, CONVERTED):
        kind, why = _sharpened(parts(reading.sharper), parts(reading.claim), settled)
    if reading.expected == OPEN and kind == UNDECIDED:
        kind = OPEN
    without = plain.claim if reading.when else ()
    let = _needed((*settled.theorem.statement.let, *reading.let), (reading.claim, reading.hypotheses, reading.when))
    return Finding(reading, kind, shown.lines, shown.claim, without, shown.given, let, why)


@dataclass(frozen=True)
class _Tried:
    """A reading tried under its hypotheses: lines shown first, its conjuncts, and what is wrong with its witness."""

    lines: tuple[Line, ...]
    claim: tuple[Line, ...]
    given: tuple[Fact, ...]
    witness: str

    @property
    def verdict(self) -> Verdict:
        if any(line.verdict is Verdict.REFUTED for line in self.claim):
            return Verdict.REFUTED
        everything = all(line.verdict is Verdict.PROVED for line in (*self.lines, *self.claim))
        return Verdict.PROVED if everything and not self.witness else Verdict.UNDECIDED

    @property
    def why(self) -> str:
        residuals = (line.residual for line in (*self.lines, *self.claim) if line.verdict is not Verdict.PROVED)
        return next(residuals, self.witness)


def _under(reading: Reading, when: tuple[Claim, ...], settled: Settled, follow: Follow) -> _Tried:
    """A reading under its hypotheses and `when`: as a statement of its own, by the way of every statement."""
    stated = _statement(settled.theorem.statement, reading, when)
    own, hypotheses = unfolded(stated), setting(stated)
    values, _ = _split(when, settled.theorem.statement)
    inside = reading.hypotheses is None and not values  # a proof speaks of the symbols that it was given for
    known = _with(settled.known, hypotheses) if inside else hypotheses
    known, lines = follow(reading.lines, stated, known)
    at = exhibited_at(reading.at)
    ready = {(line.claim, noted(line.claim)): line for line in settled.claim} if inside and not when else {}
    claim = tuple(
        replace(ready.get((part, noted(part))) or decided(part, known, hypotheses, at), stated=said)
        for said, part in zip(parts(stated.claim), parts(own.claim), strict=True)
    )
    proved = all(line.verdict is Verdict.PROVED for line in claim)
    return _Tried(lines, claim, hypotheses.facts, empty_hypotheses(own, hypotheses) if proved else "")


def _statement(statement: Statement, reading: Reading, when: tuple[Claim, ...]) -> Statement:
    """The statement that a reading is: in the place of the theorem's, or under hypotheses of its own."""
    hypotheses = statement.hypotheses if reading.hypotheses is None else reading.hypotheses
    shown = tuple(line for line in reading.lines if isinstance(line, Claim))
    said = (hypotheses, when, reading.claim, shown, reading.let)
    let = statement.let if reading.hypotheses is None else _needed(statement.let, said)
    values, rest = _split(when, statement)
    return replace(
        statement,
        let=(*values, *let, *reading.let),
        hypotheses=(*hypotheses, *rest),
        claim=All(()) if reading.claim is None else reading.claim,
        witness=statement.witness if reading.witness is None else reading.witness,
        near_misses=(),
        printed=(),
    )


def _needed(let: tuple[Let, ...], said: Any) -> tuple[Let, ...]:
    """The abbreviations that are used, by others that are used too; the rest may assume what is not known here."""
    kept: tuple[Let, ...] = ()
    for own in reversed(let):
        if _holds(said, own.symbol) or any(_holds(later.value, own.symbol) for later in kept):
            kept = (own, *kept)
    return kept


def _holds(thing: Any, symbol: sp.Symbol) -> bool:
    return bool(replaced(thing, {symbol: sp.Dummy()}) != thing)


def _split(when: tuple[Claim, ...], statement: Statement) -> tuple[tuple[Let, ...], tuple[Claim, ...]]:
    """`when` L = 1 is the statement with 1 in the place of L, in its models too; whatever else is a hypothesis."""
    values: dict[sp.Symbol, sp.Expr] = {}
    taken, rest = {let.symbol for let in statement.let}, []
    for claim in (part for several in when for part in parts(several)):
        if _is_value(claim) and claim.lhs not in {*taken, *values}:  # type: ignore[attr-defined]
            values[claim.lhs] = claim.rhs  # type: ignore[attr-defined]
        else:
            rest.append(claim)
    return tuple(Let(symbol, value) for symbol, value in values.items()), tuple(rest)


def _is_value(claim: Claim) -> bool:
    return isinstance(claim, Identity) and isinstance(claim.lhs, sp.Symbol) and not claim.rhs.free_symbols


def _with(known: Context, hypotheses: Context) -> Context:
    """What a proof has shown, under its hypotheses and more."""
    more = (fact for fact in hypotheses.facts if fact not in known.facts)
    return replace(hypotheses, facts=(*known.facts, *more), lemmas=known.lemmas)


def _refuse_capture(statement: Statement, reading: Reading) -> None:
    """A further abbreviation may not give another meaning to a symbol of the hypotheses; nothing that moves is one."""
    taken = {let.symbol for let in statement.let}
    for let in reading.let:
        if let.symbol in taken or _holds(statement.hypotheses, let.symbol):
            raise BadDerivation(f"{let.symbol} means something in the statement already; abbreviate by another symbol")
    flows = [flow for flow in flows_in((reading.claim, reading.lines)) if not isinstance(flow, Layers | Model)]
    for let in (*reading.let, *_split(reading.when, statement)[0]):
        if any(let.symbol in flow.rates for flow in flows):
            raise BadDerivation(f"{let.symbol} is a state variable; it moves, and no value can stand for it")


def _kind(shown: _Tried, plain: _Tried, confirmed: str) -> tuple[str, str]:
    """The kind of verdict, and why it is none."""
    if shown.verdict is Verdict.REFUTED:
        return REFUTED, ""
    if shown.verdict is Verdict.UNDECIDED:
        return UNDECIDED, shown.why
    if plain.verdict is Verdict.UNDECIDED:
        return UNDECIDED, f"not refuted without its further hypotheses: {plain.why}"
    return (TRUE_WHEN if plain.verdict is Verdict.REFUTED else confirmed), ""


def _sharpened(sharper: tuple[Claim, ...], said: tuple[Claim, ...], settled: Settled) -> tuple[str, str]:
    """What a theorem says beyond a true reading: proved conjuncts of its claim, not all of them in the reading."""
    proved = [line.stated for line in settled.claim if line.verdict is Verdict.PROVED]
    if any(part not in parts(settled.theorem.statement.claim) for part in sharper):
        raise BadDerivation("`sharper` names conjuncts of the theorem's claim, and this is none")
    if any(part not in proved for part in sharper):
        return UNDECIDED, "what is called sharper is not proved"
    return (UNDECIDED, "what is called sharper is the reading") if set(sharper) <= set(said) else (SHARPENED, "")
