"""Reasons that follow from the parts of a formula, of an interval or of a manifold; and not where they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Attracts, Dominated, Identity, Less, Linearized, Root, Within
from symjepa.statements.descriptions import Foreign, modes, restricted
from symjepa.symbols import L, lam, sigma2, v, w
from symjepa.verify.hypotheses import context_of
from tests.mutation.between import another_manifold, around_root, inside, uncertified
from tests.mutation.implied import Setting
from tests.mutation.monotone import LARGER, SMALLER, way, weaker_by_parts
from tests.mutation.mutants import differs

a, b, c, k, x, y, z = (sp.Symbol(name, positive=True) for name in ("a", "b", "c", "k", "x", "y", "z"))
n = sp.Symbol("n", integer=True, positive=True)
HYPOTHESES = (Less(a, b), Less(b, c))
ONE = ({a: sp.Integer(1), b: sp.Integer(2), c: sp.Integer(3), n: sp.Integer(2)},)


def setting(*more) -> Setting:
    known = context_of((*HYPOTHESES, *more))
    return Setting(known, known, known, ONE)


def over(function) -> sp.Expr:
    return sp.Integral(function, (x, a, b))


@pytest.mark.parametrize(
    ("old", "new", "moves"),
    [
        (c - b, c - a, LARGER),
        (1 / (c - a), 1 / (c - b), LARGER),
        (sp.log(c - a), sp.log(c - b), SMALLER),
        ((a / c) ** n, (a / c) ** (n + 1), SMALLER),
        ((c / a) ** n, (c / a) ** (n + 1), LARGER),
        (over(1 / x), over(1 / (x + a)), SMALLER),
        (over(1 / (c - x)), over(1 / (c + x)), SMALLER),
        (-k / over(x), -k / over(x + c), LARGER),
        (sp.Sum(a**k / b, (k, 1, n)), sp.Sum(2 * a**k / b, (k, 1, n)), LARGER),
        ((c - over(x)) * k, (c - 2 * over(x)) * k, SMALLER),
    ],
    ids=str,
)
def test_a_formula_moves_with_its_part(old, new, moves) -> None:
    assert way(old, new, setting().claimed) == moves


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (sp.log(k), sp.log(k + a - c)),
        (1 / (k - a), 1 / (k - b)),
        (k**n, k ** (n + 1)),
        (over(1 / (k - x)), over(1 / (k + x))),
        ((a - k) * b, (a - k) * c),
        (sp.Integral(x, (x, c, k)), sp.Integral(2 * x, (x, c, k))),
        (over(x), sp.Integral(x, (x, a, c))),
    ],
    ids=str,
)
def test_where_a_sign_is_not_known_nothing_is_said(old, new) -> None:
    assert way(old, new, setting().claimed) is None


@pytest.mark.parametrize(
    ("claim", "mutant", "follows"),
    [
        (AtMost(over(x), k), AtMost(over(x), k + over(x)), True),
        (AtMost(over(x), k), AtMost(2 * over(x), k), False),
        (AtMost(over(x), k), AtMost(-over(x), k), True),
        (Less(k, 1 / over(x)), Less(k, 1 / over(x + 1)), False),
        (Within(k, 0, over(x)), Within(k, 0, over(2 * x)), True),
        (Within(k, 0, over(x)), Within(2 * k, 0, over(2 * x)), False),
        (AtMost(k, k), Identity(k, k), False),
    ],
    ids=str,
)
def test_a_bound_is_weaker_if_each_side_moves_the_right_way(claim, mutant, follows) -> None:
    assert bool(weaker_by_parts(claim, mutant, setting())) is follows


falling = Foreign(((z, k - z),))


@pytest.mark.parametrize(
    ("between", "follows"),
    [((a, sp.oo), True), ((0, b), True), ((0, sp.oo), True), ((-a, sp.oo), False), ((a - b, c), False)],
    ids=str,
)
def test_fewer_starts_are_a_part_of_the_claim(between, follows) -> None:
    claim = Attracts(falling, k, (sp.S.Zero, sp.oo))
    between = tuple(map(sp.sympify, between))
    assert bool(inside(claim, replace(claim, between=between), setting())) is (follows and between != claim.between)


def test_another_aim_is_no_part_of_the_claim() -> None:
    assert not inside(Attracts(falling, k, (sp.S.Zero, sp.oo)), Attracts(falling, b, (a, c)), setting())


@pytest.mark.parametrize(
    ("of", "between", "follows"),
    [
        (x - b, (a / 2, c), True),
        (x - b, (a, 2 * c), True),
        (x - b, (2 * b, c), False),
        (2 * x - 2 * b, (a, c), True),
        (2 * c - x, (a, c), False),
        (x - 3 * b, (a, c), False),
    ],
    ids=str,
)
def test_a_root_stays_in_a_wider_interval(of, between, follows) -> None:
    claim = Root(x - b, x, (a, c), rising=True)
    assert bool(around_root(claim, replace(claim, of=of, between=between), setting())) is follows


@pytest.mark.parametrize(
    ("mutant", "true"),
    [
        (Less(a, c, by=k), True),
        (Less(c, a, by=k), False),
        (Attracts(falling, k, (sp.S.Zero, sp.oo), below=k, above=k), True),
        (Attracts(falling, 2 * k, (sp.S.Zero, sp.oo), below=k, above=k), False),
        (Less(a, c), False),
    ],
    ids=str,
)
def test_a_false_certificate_is_told_from_a_false_claim(mutant, true) -> None:
    assert bool(uncertified(mutant, setting())) is true


def test_certificates_of_envelopes_are_left_away_and_nothing_else() -> None:
    t = sp.Symbol("t", real=True)
    mutant = Dominated(Foreign(((z, -z),)), z, y, y * sp.exp(-t), -y, t, (AtMost(0, t),), by=k)
    assert not uncertified(mutant, setting())  # decided, but not judged at points: no reason


live = modes(Model(Encoder(depth=L), Predictor(depth=1), LatentPrediction(), Live()), "product", {lam: c * sigma2})


@pytest.mark.parametrize(("gap", "stays"), [(k, True), (2 * k, True), (v, False)], ids=str)
def test_another_manifold_is_one_if_it_moves_along_itself(gap, stays) -> None:
    claim, mutant = (
        Linearized(restricted(live, {w: (v**2 + one) ** (L / 2)}), ((v, c),), (-c,), True) for one in (3 * k, gap)
    )
    assert bool(another_manifold(claim, mutant, setting())) is stays


@pytest.mark.parametrize(("aim", "there"), [(c, True), (2 * c, False)], ids=str)
def test_on_another_manifold_the_rate_points_to_the_aim(aim, there) -> None:
    claim, mutant = (
        Attracts(restricted(live, {w: (v**2 + one) ** (L / 2)}), aim, (sp.S.Zero, sp.oo)) for one in (3 * k, k)
    )
    assert bool(another_manifold(claim, mutant, setting())) is there


def test_what_is_defined_nowhere_under_the_hypotheses_is_not_false() -> None:
    known = setting().hypotheses
    assert differs(Less(0, sp.log(c - a)), Less(0, sp.log(a - c)), known, ONE) is None
    assert differs(Less(0, sp.log(c - a)), Less(0, sp.log(2 * c - a)), known, ONE) is True
