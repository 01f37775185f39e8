"""Parts that are not what they look like: a moving end, a letter of another flow, a right-hand side without a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
import sympy as sp

from symjepa.exact.facts import Fact, Range
from symjepa.exact.words import Matrix, Stack, WordSum
from symjepa.flow import MatrixFlow, gradient_flow
from symjepa.model import DataReconstruction, Encoder, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Chain,
    Cofactors,
    Conserved,
    Decouples,
    Drift,
    Identity,
    Implicit,
    Invariant,
    Less,
    Zeros,
)
from symjepa.statements.claims import component as part
from symjepa.statements.descriptions import Foreign, Layers, pairs
from symjepa.statements.statement import Instance
from symjepa.symbols import K, L, b, k, l, v, w
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, a, equation, live, matrices, outcome, x, y

n = sp.Symbol("n", integer=True)
growth = equation((y, y))
data = Instance({"Sxx": ((1,),), "Syx": ((1,),), "Syy": ((1,),)})


def test_a_chain_does_not_start_at_an_end_that_moves_with_its_variable() -> None:
    """x² - 5x is negative at 3; it is 0 at 15 - 5·3, and it rises where x > 15 - 5x, which is not all of (0, 3)."""
    claim = Less(0, x**2 - 5 * x, by=Chain(x, 15 - 5 * x))
    assert outcome(lambda: claim, given=(AtMost(3, x),), at={x: 3}) != PROVED


@pytest.mark.parametrize(
    "letter",
    [
        Matrix("W", "latent", "context").word(),
        Matrix("W_1", "W@1", "context").word(),
        Matrix("Wbar", "latent", "context").word(),
        Stack("W", L, "latent", "context", "other").layer(1),
    ],
    ids=["product", "layer", "teacher", "stack"],
)
def test_a_letter_with_the_name_of_a_moving_one_is_no_constant(letter: WordSum) -> None:
    still = WordSum.zero(letter.rows, letter.cols)
    assert outcome(lambda: Drift(matrices, letter, still), at={K: 1, L: 2}) != PROVED


def test_a_bound_symbol_of_a_domain_is_not_the_free_symbol_of_that_name() -> None:
    """The domain is x < 5, for all n in 5, 6; at n = 1 it holds the zero 2, which is not listed."""
    bounded = Fact(n - x, "positive", (Range(n, sp.Integer(5), sp.Integer(6), True),))

    def claim() -> Zeros:
        flow = Foreign(((x, (x - n + 1) * (x - n - 1)),), (bounded,))
        return Zeros(flow, (part({x: n - 1}, (x - n + 1,)),), (Cofactors(((x, sp.S.One),), x - n - 1),))

    assert outcome(claim, at={n: 1}) != PROVED


def test_a_domain_that_is_empty_at_the_witness_is_seen() -> None:
    claim = Implicit(growth, sp.log(y), sp.S.One, on=(Less(0, y), Less(0, a * y)))
    assert outcome(lambda: claim, given=(Identity(a, 0),), at={a: 0}) != PROVED


def test_a_witness_of_letters_does_not_hide_an_empty_domain() -> None:
    claim = Implicit(growth, sp.log(y), sp.S.One, on=(Less(0, y), Less(y, 0)))
    assert outcome(lambda: claim, at=data) != PROVED


@dataclass(frozen=True)
class Typed:
    """Rates that nobody derived, and that no certificate calls foreign."""

    rates: Mapping[sp.Expr, sp.Expr] = field(default_factory=lambda: {x: sp.S.Zero})
    domain: tuple[Fact, ...] = ()


def test_a_right_hand_side_is_derived_or_foreign() -> None:
    claim = Conserved(Typed(), x)  # type: ignore[arg-type]
    assert outcome(lambda: claim, at={x: 1}) != PROVED


class Retold(Layers):
    """The flow of a data target, told of whatever model it is given."""

    @property
    def flow(self) -> MatrixFlow:
        return gradient_flow(Model(Encoder(L), Predictor(K), DataReconstruction()))


def test_a_matrix_flow_is_that_of_its_model() -> None:
    first = matrices.letters.encoder.layer(1)
    assert outcome(lambda: Drift(Retold(live), first, first), at={K: 1, L: 1}) == REFUSED


def test_the_alignment_of_a_model_is_read_off_its_own_flow() -> None:
    probes = (pairs({w: 1, v: 1, b: 1}), pairs({w: 1, v: sp.Integer(2) ** (1 / K), b: 1}))
    claim = Decouples(Retold(live), probes)
    told = {K: 1, L: 2, k: 1, l: 1}
    assert outcome(lambda: claim, given=(Less(0, K),), at=told) != PROVED


def test_a_wrong_face_refutes_no_invariant_set() -> None:
    """x' = x never leaves x >= 0, whatever happens at -1."""
    assert outcome(lambda: Invariant(equation((x, x)), x, ((x, sp.S.NegativeOne),), sp.S.One), at={}) != REFUTED
