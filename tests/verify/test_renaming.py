"""No depth is put in the place of K or L anywhere: a theorem about other depths has the same obligations, renamed.

Every conjunct and every line of a proof is compiled twice, as it stands and with two symbols of other names for the
depths.  If the second set of obligations is the first with these names in it, nothing on the way from claim to
obligation has looked at a depth, or put a number there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest
import sympy as sp

from symjepa.catalogue import find, load
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Word, WordSum
from symjepa.flow import MatrixFlow
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.modes.frames import Alignment
from symjepa.statements.claims import Claim, Identity, parts
from symjepa.statements.descriptions import Modes, modes
from symjepa.statements.statement import Cite
from symjepa.symbols import K, L, lam, u
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Plan
from symjepa.verify.proofs import items
from symjepa.verify.scope import models_in
from symjepa.verify.unfolding import unfolding

SIX = ["balance-law", "mode-decoupling", "null-gradient", "jepa-fixed-point", "jepa-implicit-solution", "noise-decay"]
MATRICES = ["semi-gradient", "expected-loss", "target-noise", "gram-powers", "end-to-end", "boundedness"]
OTHERS = {
    K: sp.Symbol("Kother", integer=True, nonnegative=True),
    L: sp.Symbol("Lother", integer=True, positive=True),
}
SPELLED = {str(depth): str(other) for depth, other in OTHERS.items()}
NUMERIC = {
    "jepa-implicit-solution": {(1, None)},  # a predictor of one layer, as in the paper
    "noise-decay": {(1, 1)},  # the unbalanced mode, one layer each
    "end-to-end": {(1, 1), (1, 2)},  # exhibits
    "boundedness": {(None, 1)},  # an encoder of one layer
}
"""The depths (K, L) that a theorem says are numbers."""


@cache
def claims(label: str) -> tuple[Claim, ...]:
    """Every conjunct and every line of the proof, abbreviations unfolded."""
    theorem = load(find(label))
    rule = unfolding(theorem.statement)
    said = [item for _, item in items(theorem) if not isinstance(item, str | Cite)]
    return tuple(dict.fromkeys(part for claim in (theorem.statement.claim, *said) for part in parts(rule(claim))))


class Renamer:
    """Other names for the depths, everywhere inside claims, obligations, words and models."""

    def __call__(self, thing: Any) -> Any:
        match thing:
            case str():
                return re.sub(r"(?<![A-Za-z])([KL])(?![A-Za-z])", lambda found: SPELLED[found[1]], thing)
            case sp.Basic():
                return thing.xreplace(OTHERS)
            case Word():
                return Word(tuple(map(self, thing.factors)), self(thing.rows), self(thing.cols), self._gaps(thing))
            case WordSum():
                terms = [(self(word), self(c)) for word, c in thing.terms]
                return WordSum.collect(self(thing.rows), self(thing.cols), terms).needing(self._gaps(thing))
            case TraceSum():
                return TraceSum.collect([(self(word), self(c)) for word, c in thing.terms])
            case Model():
                depths = Encoder(self(thing.encoder.depth)), Predictor(self(thing.predictor.depth))
                rest = (thing.objective, thing.teacher, thing.predictor_rate, thing.weight_decay)
                return Model(*depths, *rest)
            case tuple():
                return tuple(map(self, thing))
            case _ if is_dataclass(thing) and not isinstance(thing, type):
                return type(thing)(**{f.name: self(getattr(thing, f.name)) for f in fields(thing) if f.init})
        return thing

    def _gaps(self, words: Word | WordSum) -> frozenset[sp.Expr]:
        return frozenset(map(self, words.needs))


renamed = Renamer()


def canonical(thing: Any) -> Any:
    """An obligation as a nest of tuples: sums as sets, fresh symbols by their names and assumptions."""
    match thing:
        case sp.Basic():
            fresh = {d: sp.Symbol(f"fresh {d.name}", **d.assumptions0) for d in thing.atoms(sp.Dummy)}
            return thing.xreplace(fresh)
        case WordSum():
            needs = frozenset(canonical(gap) for gap in thing.needs)
            return (
                thing.rows,
                thing.cols,
                frozenset((canonical(w.factors), canonical(c)) for w, c in thing.terms),
                needs,
            )
        case TraceSum():
            return frozenset((_turned(word), canonical(c)) for word, c in thing.terms)
        case Model() | MatrixFlow() | Alignment():
            return repr(thing)
        case tuple() | list():
            return tuple(map(canonical, thing))
        case _ if is_dataclass(thing) and not isinstance(thing, type):
            return (type(thing).__name__, *(canonical(getattr(thing, f.name)) for f in fields(thing)))
    return thing


def _turned(word: Word) -> Any:
    """A word under a trace, whichever of its rotations and transposes stands for it."""
    turned = tuple(factor.T for factor in reversed(word.factors))
    return frozenset(f[i:] + f[:i] for f in (canonical(word.factors), canonical(turned)) for i in range(len(f)))


def decidable(plan: Plan) -> frozenset[Any]:
    """What has to be decided, without its order."""
    return frozenset(map(canonical, plan.obligations))


def obligations_renamed(plan: Plan) -> frozenset[Any]:
    return frozenset(canonical(renamed(obligation)) for obligation in plan.obligations)


@pytest.mark.parametrize("label", [*SIX, *MATRICES])
def test_a_theorem_about_other_depths_has_the_same_obligations_renamed(label: str) -> None:
    for claim in claims(label):
        other = compiled(renamed(claim))
        assert decidable(other) == obligations_renamed(compiled(claim)), claim
        assert other.rule == compiled(claim).rule


@pytest.mark.parametrize("label", [*SIX, *MATRICES])
def test_after_renaming_no_obligation_knows_the_old_depths(label: str) -> None:
    for claim in claims(label):
        for obligation in compiled(renamed(claim)).obligations:
            assert not {K, L} & set(symbols(obligation)), obligation


def symbols(thing: Any) -> Iterator[sp.Symbol]:
    """Every symbol inside an obligation, however deep."""
    if isinstance(thing, sp.Basic):
        yield from thing.free_symbols
    elif isinstance(thing, tuple | frozenset):
        for part in thing:
            yield from symbols(part)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from symbols(getattr(thing, field.name))


@pytest.mark.parametrize("label", [*SIX, *MATRICES])
def test_the_models_of_a_theorem_have_numeric_depths_only_where_it_says_so(label: str) -> None:
    for claim in claims(label):
        for thing in (claim, *compiled(claim).obligations):
            for model in models_in(thing):
                depths = tuple(int(x) if x.is_Integer else None for x in (model.predictor.depth, model.encoder.depth))
                assert depths == (None, None) or depths in NUMERIC.get(label, set()), (label, depths)


# The test can fail.


class Peeking:
    """A compiler that looks at a depth."""

    @staticmethod
    def at_two(claim: Identity) -> Identity:
        return Identity(claim.lhs.xreplace({L: sp.Integer(2)}), claim.rhs)


def test_a_depth_that_is_put_in_is_seen() -> None:
    flow = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced")
    honest = Identity(flow.rates[u], flow.rates[u])
    peeked = compiled(Peeking.at_two(honest))
    assert decidable(compiled(Peeking.at_two(renamed(honest)))) != obligations_renamed(peeked)


def test_a_claim_that_holds_a_number_for_one_depth_is_renamed_in_the_other() -> None:
    flow = Modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced", ((lam, sp.S.Zero),))
    assert renamed(flow).model.encoder.depth == OTHERS[L] and renamed(flow).model.predictor.depth == 1


def test_renaming_reaches_the_words_of_a_claim() -> None:
    claim = next(claim for claim in claims("balance-law"))
    assert {K, L} & set(symbols(claim)) and not {K, L} & set(symbols(renamed(claim)))
