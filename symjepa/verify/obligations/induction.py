r"""Identities between words that hold where layers are balanced, by what vanishes there, and by induction.

An identity between words that holds only where layers are balanced is shown by what it uses: the difference of its two
sides is exhibited as a sum of words, each of which holds something that vanishes as a factor.  That is one identity of
words, decided without any hypothesis.

Soundness.  A `Use` multiplies what vanishes by words, so it vanishes.  What vanishes: the gap of a hypothesis that the
claim lists, at a level that the hypothesis covers; both sides of an identity that is shown beside it (`lemmas`), in its
range; g gᵀ - (g gᵀ)^1; and in a step, the induction hypothesis.  Running indices are fresh integers, of which only the
range is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, reduce, wraps
from typing import TypeVar

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact
from symjepa.exact.words import WordSum, instantiated, noted, ranges
from symjepa.statements.claims import Balanced, ByInduction, Claim, Unfolded, Use
from symjepa.statements.descriptions import Layers
from symjepa.verify.obligations.kinds import Decidable, HasSign, Plan, Shown, Smooth, WordsVanish, plan

Numbers = dict[sp.Symbol, sp.Expr]
AClaim = TypeVar("AClaim", bound=Claim)


def once(*lines: Decidable) -> tuple[Decidable, ...]:
    """Each obligation once."""
    return tuple(dict.fromkeys(lines))


def remembered(compiler: Callable[[AClaim], Plan]) -> Callable[[AClaim], Plan]:
    """The same plan for the same claim: one that is equal but needs more for its words to have a meaning is another."""

    @cache
    def known(claim: AClaim, _: object) -> Plan:
        return compiler(claim)

    @wraps(compiler)
    def told(claim: AClaim) -> Plan:
        return known(claim, noted(claim))

    return told


@cache
def fresh_index(symbol: sp.Symbol) -> sp.Symbol:
    """An integer of which nothing else is known, one for each symbol: no claim and no hypothesis can speak of it."""
    return sp.Dummy(symbol.name, integer=True)


def nonnegative(*gaps: sp.Expr) -> tuple[Fact, ...]:
    """What is known of ranges."""
    return tuple(Fact(gap, "nonnegative") for gap in gaps)


@dataclass(frozen=True)
class _Used:
    """The sum of what a certificate uses, with what must hold for it, and the identities that it stands on."""

    total: WordSum
    ranged: tuple[Decidable, ...]
    lemmas: tuple[ByInduction, ...]


def uses_of(uses: Iterable[Use], here: Numbers, given: tuple[Fact, ...], zero: WordSum, own: WordSum | None) -> _Used:
    """The uses in the symbols of an obligation; `own` is the gap of the induction hypothesis there."""
    total, ranged, lemmas = zero, tuple[Decidable, ...](), tuple[ByInduction, ...]()
    for use in uses:
        at = None if use.at is None else use.at.xreplace(here)
        if at is not None and not at.is_integer:
            raise BadDerivation(f"an identity holds at integers; {use.at} is not known to be one")
        gap = own if use.of is None else _gap(use.of, at)
        if gap is None:
            raise BadDerivation("only the step of an induction may use the induction hypothesis")
        parts = (_here(use.left, here), gap, _here(use.right, here))
        term = reduce(lambda left, right: left @ right, (part for part in parts if part is not None))
        total = total + use.scale.xreplace(here) * term
        ranged += tuple(HasSign("range", low, "nonnegative", given, necessary=False) for low in _levels(use.of, at))
        ranged += meaningful(given, *(part for part in parts if part is not None))
        ranged += all_defined(given, use.scale.xreplace(here), *coefficients_of(parts))
        lemmas += (use.of,) if isinstance(use.of, ByInduction) else ()
    return _Used(total, ranged, lemmas)


def _here(words: WordSum | None, here: Numbers) -> WordSum | None:
    return words if words is None or not here else instantiated(words, here)


def _gap(of: Balanced | ByInduction | Unfolded, at: sp.Expr | None) -> WordSum:
    match of:
        case Balanced():
            return of.gap(at)
        case Unfolded():
            return of.gap
    if at is None:
        raise BadDerivation("an identity with an index is used at one value of it; say at=…")
    return instantiated(of.lhs, {of.index: at}) - instantiated(of.rhs, {of.index: at})


def _levels(of: Balanced | ByInduction | Unfolded | None, at: sp.Expr | None) -> tuple[sp.Expr, ...]:
    """What must be nonnegative for a gap to vanish at an index."""
    if isinstance(of, Balanced):
        return (of.model.predictor.depth - 1,) if at is None else (at - 1, of.depth - 1 - at)
    if isinstance(of, ByInduction):
        return (at - of.first,) if of.last is None else (at - of.first, of.last - at)
    return ()


def meaningful(given: tuple[Fact, ...], *sums: WordSum) -> tuple[Decidable, ...]:
    """Every segment lies in its stack, every power has an exponent ≥ 0."""
    gaps = sorted({gap for words in sums for gap in ranges(words)}, key=str)
    return tuple(HasSign("range", gap, "nonnegative", given, necessary=False) for gap in gaps)


def all_defined(given: tuple[Fact, ...], *numbers: sp.Expr) -> tuple[Decidable, ...]:
    """Factors are defined: one that is not might cancel what it is multiplied by."""
    return tuple(Smooth("range", number, given) for number in dict.fromkeys(numbers) if not number.is_Rational)


def coefficients_of(sums: Iterable[WordSum | None]) -> tuple[sp.Expr, ...]:
    """Every coefficient of the sums that are given."""
    return tuple(coefficient for words in sums if words is not None for _, coefficient in words.terms)


def lemmas_shown(lemmas: Iterable[ByInduction], on: tuple[Balanced, ...]) -> tuple[Decidable, ...]:
    """Every obligation of the identities that are used, under no more than the hypotheses of the claim."""
    shown: list[Decidable] = []
    for lemma in dict.fromkeys(lemmas):
        if not set(lemma.on) <= set(on):
            raise BadDerivation("an identity is used that needs more hypotheses than the claim has; list them in `on`")
        shown += [replace(line, premise="lemmas") for line in of_induction(lemma).obligations]
    return tuple(shown) or (Shown("lemmas", "no earlier identity is used"),)


def check_listed(uses: Iterable[Use], on: tuple[Balanced, ...]) -> None:
    """BadDerivation if a law is used that is no hypothesis of the claim."""
    for use in uses:
        if isinstance(use.of, Balanced) and use.of not in on:
            raise BadDerivation(f"the balance of the {use.of.joint} is used, but it is no hypothesis; list it in `on`")


@remembered
def of_induction(claim: ByInduction) -> Plan:
    """Base and step as identities of words; refuted where the sides differ on layers that obey the hypotheses."""
    check_listed((*claim.base, *claim.step), claim.on)
    _check_range(claim)
    here = fresh_index(claim.index)
    last = () if claim.last is None else (claim.last,)
    inside = nonnegative(here - claim.first, *(end - here for end in last))
    begin = claim.last if claim.downward and claim.last is not None else claim.first
    nonempty = nonnegative(*(end - claim.first for end in last))
    base = _induced("base", claim, begin, claim.base, {claim.index: begin}, nonempty, None)
    own = _gap(claim, here)
    to = here - 1 if claim.downward else here + 1
    moved = nonnegative(to - claim.first, *(end - to for end in last))
    step = _induced("step", claim, to, claim.step, {claim.index: here}, (*inside, *moved), own)
    sides = [instantiated(side, {claim.index: here}) for side in (claim.lhs, claim.rhs)]
    lines = (*base[0], *step[0], *meaningful(inside, *sides), *all_defined(inside, *coefficients_of(sides)))
    ranged = any(line.premise == "range" for line in lines)
    spoken = nonnegative(claim.index - claim.first, *(end - claim.index for end in last))
    return plan(
        claim,
        "word-induction",
        once(
            *lines,
            *lemmas_shown((*base[1], *step[1]), claim.on),
            *(() if ranged else (Shown("range", "all words have a meaning at every index"),)),
        ),
        tests=(WordsVanish("equal", claim.lhs, claim.rhs, spoken, claim.on),),
    )


def _check_range(claim: ByInduction) -> None:
    if claim.downward and claim.last is None:
        raise BadDerivation("an induction that goes down needs a last index")
    whole = tuple(end for end in (claim.first, claim.last) if end is not None)
    if not all(end.is_integer for end in whole):
        raise BadDerivation(f"an induction goes from an integer to an integer; got {', '.join(map(str, whole))}")
    ends = {s for end in whole for s in end.free_symbols}
    depths = {
        s for law in claim.on for s in law.model.encoder.depth.free_symbols | law.model.predictor.depth.free_symbols
    }
    if claim.index in ends | depths or not claim.index.is_integer:
        raise BadDerivation(f"{claim.index} runs over integers between ends that do not know it, and is no depth")


def _induced(
    premise: str,
    claim: ByInduction,
    at: sp.Expr,
    uses: tuple[Use, ...],
    here: Numbers,
    given: tuple[Fact, ...],
    own: WordSum | None,
) -> tuple[tuple[Decidable, ...], tuple[ByInduction, ...]]:
    """The gap of the claim at an index is what is used."""
    gap = _gap(claim, at)
    used = uses_of(uses, here, given, WordSum.zero(gap.rows, gap.cols), own)
    same = WordsVanish(premise, gap, used.total, given, necessary=False)
    return (same, *used.ranged, *meaningful(given, gap, used.total)), used.lemmas


def check_laws(layers: Layers, on: tuple[Balanced, ...]) -> None:
    """BadDerivation if a hypothesis is no law of the layers of this flow."""
    for hypothesis in on:
        if type(hypothesis) is not Balanced or hypothesis.model != layers.model:
            raise BadDerivation("the balance that is assumed must be that of the layers of this flow")
