"""From claims to obligations: what is no claim of its kind is refused, with words that say what was needed."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.gradients import released_traces
from symjepa.exact.words import Matrix, WordSum
from symjepa.flow import expected_loss
from symjepa.model import Encoder, LatentPrediction, Model, Predictor, Shared
from symjepa.statements.claims import (
    Annihilates,
    AtMost,
    Claim,
    Cofactors,
    Converges,
    Decouples,
    Dissipates,
    Hits,
    Identity,
    Iff,
    Implicit,
    Invariant,
    Less,
    Linearized,
    LossIs,
    SumCloses,
    WordIdentity,
    Zeros,
    component,
    solves,
)
from symjepa.statements.descriptions import Foreign, Layers, pairs
from symjepa.symbols import K, L, b, n, t, v, w
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Shown
from symjepa.verify.scope import scope
from tests.adversarial.verdicts import PROVED, REFUSED, equation, live, matrices, outcome, p, x, x0, y

decay, plane = equation((x, -x)), equation((x, -x), (y, -y))
many = tuple(sp.Symbol(f"x_{i}", real=True) for i in range(6))
wide, apart = (equation(*((z, sp.Add(*held) if held else -z) for z in many)) for held in (many, ()))
named, shared = matrices.letters, Model(Encoder(L), Predictor(K), LatentPrediction(), Shared())
first, direction = named.encoder.layer(1), Matrix("n", "context", "one")
silent = WordSum.zero("context", "one")
ones = pairs({w: 1, v: 1, b: 1})
origin = ((x, sp.S.Zero),)
everywhere = (Cofactors(origin, sp.S.One),)


def zeros(at: dict[sp.Expr, sp.Expr], *equations: sp.Expr) -> Zeros:
    """One component of the plane, with a cofactor for each of its equations."""
    return Zeros(plane, (component(at, equations),), everywhere * len(equations))


def linear(at: dict[sp.Expr, sp.Expr], *family: sp.Expr, rates: int = 2) -> Linearized:
    """The plane linearised at a point."""
    return Linearized(plane, pairs(at), (sp.S.NegativeOne,) * rates, True, family)


def invariant(*face: tuple[sp.Expr, sp.Expr]) -> Invariant:
    """A half-plane with a face."""
    return Invariant(plane, x, face, sp.S.One)


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (solves(decay, {x: x * sp.exp(-t)}, {x: x0}, t), "not of the state"),
        (solves(plane, {x: x0}, {x: x0}, t), "values and a start for each of x, y"),
        (solves(decay, {x: x0 * sp.exp(-t)}, {x: x0}, t, on=(Identity(t, 0),)), "given by Less and AtMost"),
        (Implicit(decay, x, -x), "it may not hold the state"),
        (Hits(decay, x0, x, sp.log(x / x0)), "the stop is a symbol of its own"),
        (Hits(decay, p, p, sp.S.Zero), "the stop is a symbol of its own"),
        (Hits(plane, x0, p, sp.S.Zero), "one-dimensional flows; got the state _x, _y"),
        (Converges(plane, sp.S.One, sp.S.Zero, sp.oo, sp.S.One, sp.S.One), "one-dimensional flows"),
        (Converges(decay, x, sp.S.Zero, sp.oo, sp.S.One, sp.S.One), "the limit and the basin are constants"),
        (zeros({x: sp.S.Zero, y: sp.S.Zero}, x + y, x), "must determine one state variable"),
        (zeros({x: sp.S.Zero, y: sp.S.Zero}, x), "has an equation of its own"),
        (zeros({x: sp.S.Zero, p: p}, x), "p is not part of the state"),
        (Zeros(decay, (component({x: sp.S.Zero}, (x,)),), ()), "1 choices of equations need as many Cofactors; got 0"),
        (linear({x: sp.S.Zero}), "2 state variables need as many values and rates; got 1 and 2"),
        (linear({x: sp.S.Zero, y: sp.S.Zero}, rates=1), "got 2 and 1"),
        (linear({x: sp.S.Zero, y: sp.S.Zero}, y), "stand for themselves in `at`"),
        (linear({x: sp.S.Zero, y: y}), "belongs to the family"),
        (Linearized(decay, origin, (sp.S.Zero,), True), "without a non-zero rate"),
        (invariant((x, sp.S.Zero), (y, sp.S.Zero)), "given by one state variable"),
        (invariant((x, x + y)), "in terms of the other state variables"),
        (Iff(Less(0, x), AtMost(0, x), sp.S.One), "two relations of one kind"),
        (WordIdentity(first, first, (LossIs(live, expected_loss(live)),)), "holds on relations and hypotheses"),
        (Dissipates(matrices, first, ()), "a trace needs a square word"),
        (Decouples(matrices, (ones,)), "driven by 2 covariances and there are 1 probes"),
        (Decouples(Layers(shared), (ones,) * 3), "driven by 3 covariances"),
        (Annihilates(named.Sxx, direction, silent), "Annihilates cannot stand as a claim; the claims are Identity"),
    ],
    ids=lambda thing: type(thing).__name__ if isinstance(thing, Claim) else None,
)
def test_a_claim_that_does_not_hang_together_is_refused_and_says_why(claim: Claim, told: str) -> None:
    with pytest.raises(BadDerivation) as refusal:
        compiled(claim)
    assert told in str(refusal.value)


def sixfold(flow: Foreign) -> Linearized:
    """Six variables at rest at the origin."""
    return Linearized(flow, tuple((z, sp.S.Zero) for z in many), (sp.S.NegativeOne,) * 6, True)


def test_a_characteristic_polynomial_that_is_not_expanded_shows_no_rates() -> None:
    """That of six variables has 720 products."""
    assert [line for line in compiled(sixfold(wide)).obligations if isinstance(line, Shown) and not line.holds]


def test_a_characteristic_polynomial_with_few_products_is_expanded() -> None:
    """Six variables that move each by itself have one."""
    assert outcome(lambda: sixfold(apart), at=dict.fromkeys(many, 1)) == PROVED


def test_a_claim_that_cannot_be_remembered_is_compiled_like_any_other() -> None:
    """A list inside is refused where the claim is checked, not before."""
    listed = Less(sp.S.Zero, p, why=["a list"])  # type: ignore[arg-type]
    assert compiled(listed).obligations == compiled(Less(sp.S.Zero, p)).obligations
    assert outcome(lambda: listed, at={p: 1}) == REFUSED


def test_the_loss_speaks_of_both_depths() -> None:
    claim = LossIs(live, released_traces(expected_loss(live)))
    assert scope(claim, compiled(claim), ()).free == ((K, 0), (L, 1))


def test_a_closed_sum_speaks_of_the_depth_in_it() -> None:
    N = sp.Symbol("N", integer=True)
    claim = SumCloses(L, n, sp.S.One, N, L * N)
    assert scope(claim, compiled(claim), ()).free == ((L, 1),)


def test_an_irrational_bound_on_a_depth_leaves_the_least_depth_alone() -> None:
    claim = Identity(K, K)
    at_least = compiled(Less(sp.sqrt(2), K)).learned
    assert scope(claim, compiled(claim), at_least).free == ((K, 0),)
