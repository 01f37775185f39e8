"""Attacks on curves that separate a quadrant: nodes, sectors, wrong bounds, and flows that have no plane."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Less, Separates
from symjepa.statements.descriptions import Foreign, restricted
from symjepa.symbols import t
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Smooth
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, UNDECIDED, a, equation, outcome, p, x, x0, y

saddle = equation((x, 2 * y - x), (y, x - y))
half = sp.S.Half


def separates(flow: Any = saddle, near: Any = x / 2, far: Any = x, **more: Any) -> Separates:
    parts = {"state": (x, y), "strip": sp.S.One, **more}
    return Separates(flow, between=(sp.S(near), sp.S(far)), **parts)


def test_a_saddle_has_one_curve_between_two_lines() -> None:
    assert outcome(separates) == PROVED


def test_certificates_are_compared_with_what_they_stand_for() -> None:
    assert outcome(lambda: separates(contracts=x, inward=(x / 2, x))) == PROVED
    assert outcome(lambda: separates(contracts=2 * x)) == UNDECIDED
    assert outcome(lambda: separates(inward=(x, x))) == UNDECIDED
    assert outcome(lambda: separates(inward=(x / 2, 2 * x))) == UNDECIDED


@pytest.mark.parametrize(("near", "far"), [(3 * x / 4, x), (x / 2, 2 * x / 3), (x, x / 2), (x / 2, -x), (-x, x)])
def test_a_bound_on_the_wrong_side_of_the_curve_is_refuted(near: sp.Expr, far: sp.Expr) -> None:
    assert outcome(lambda: separates(near=near, far=far)) == REFUTED


def test_bounds_may_be_curved_and_lemmas_help() -> None:
    root = sp.sqrt(1 + x**2)
    assert outcome(lambda: separates(near=x / (2 * root), using=(AtMost(1, root**2),))) == PROVED
    assert outcome(lambda: separates(using=(AtMost(0, x), AtMost(0, x**3)))) == PROVED


def test_a_near_bound_that_starts_away_from_the_origin_is_not_taken() -> None:
    assert outcome(lambda: separates(near=sp.Rational(1, 10) + 0 * x, far=x)) != PROVED


def test_a_far_bound_that_touches_the_edge_keeps_nobody_in() -> None:
    assert outcome(lambda: separates(near=0, far=0)) != PROVED


def test_a_sector_that_tends_to_the_origin_is_no_curve() -> None:
    # the linear part is a star: every direction is kept, up to cubes
    star = equation((x, y**3 - x), (y, x**3 - y))
    assert outcome(lambda: separates(star, far=2 * x)) == UNDECIDED
    assert outcome(lambda: separates(star, far=2 * x, strip=sp.S.Zero)) == UNDECIDED
    assert outcome(lambda: separates(star, far=2 * x, contracts=x**2)) == UNDECIDED
    gap = 3 * x**3 * y**2 - 2 * y**3 - x  # false near y = 0; as a lemma it has to be shown
    assert outcome(lambda: separates(star, far=2 * x, using=(AtMost(0, gap),))) != PROVED


def test_whether_graphs_part_depends_on_the_parameter() -> None:
    flow = equation((x, p * y - x), (y, x - y))
    claim = separates(flow, near=x / (2 * (1 + p)), far=(1 + 1 / p) * x)
    assert outcome(lambda: claim, given=(AtMost(1, p),), at={p: 2}) == PROVED
    assert outcome(lambda: claim, at={p: 2}) == UNDECIDED


def test_graphs_need_only_stay_together_near_the_origin() -> None:
    # the slope rises with y to the right of √2
    flow = equation((x, (1 + 3 / (1 + x**2)) * y / 2 - x), (y, x - y))
    gap = x * (2 - x**2) / (2 * (1 + x**2))
    seen = gap.subs(2 - x**2, (1 - x) * (1 + x) + 1)
    claims = {end: separates(flow, near=x / 4, far=2 * x, strip=sp.Integer(end), contracts=seen) for end in (1, 2)}
    assert outcome(lambda: claims[1]) == PROVED
    assert outcome(lambda: claims[2]) == UNDECIDED


def test_a_strip_has_a_width() -> None:
    assert outcome(lambda: separates(strip=sp.S.Zero)) == UNDECIDED
    assert outcome(lambda: separates(strip=-p), at={p: 1}) == UNDECIDED
    assert outcome(lambda: separates(strip=p), at={p: 1}) == PROVED


def test_a_hypothesis_about_a_symbol_of_the_same_name_does_not_narrow_the_plane() -> None:
    bent = equation((x, 2 * y - x * (1 - x)), (y, x - y))
    wide = {"near": 0, "far": x + x**2}
    assert outcome(lambda: separates(bent, **wide), given=(Less(x, 1),), at={x: half}) == REFUTED
    assert outcome(separates, given=(Less(x, -1),), at={x: -2}) == PROVED


@pytest.mark.parametrize("flow", [equation((x, -y - x), (y, x - y)), equation((x, 2 * y - x), (y, -x - y))])
def test_a_variable_that_turns_back_in_the_quadrant_refutes(flow: Foreign) -> None:
    assert outcome(lambda: separates(flow)) == REFUTED


def test_an_edge_that_holds_solutions_is_no_exit() -> None:
    # x = 0 is invariant: nobody leaves across it
    assert outcome(lambda: separates(equation((x, x * (2 * y - 1)), (y, x - y)))) != PROVED


def test_the_origin_rests() -> None:
    assert outcome(lambda: separates(equation((x, 2 * y - x - 1), (y, x - y)), near=0)) == REFUTED


def test_the_roles_of_the_variables_are_told_apart() -> None:
    assert outcome(lambda: separates(near=y / 2, far=y, state=(y, x))) == REFUTED


def test_rates_that_are_not_smooth_at_the_origin_show_nothing() -> None:
    kink = equation((x, 2 * y - x - sp.sqrt(x**2 + y**2)), (y, x - y))
    assert outcome(lambda: separates(kink)) != PROVED


def undefined(number: sp.Expr) -> sp.Expr:
    """The number where a > 0, and nothing elsewhere: SymPy drops both logarithms wherever it adds."""
    return sp.Add(number, sp.log(a), -sp.log(a), evaluate=False)


@pytest.mark.parametrize("name", ["near", "far", "strip"])
def test_a_bound_that_is_not_defined_everywhere_shows_nothing(name: str) -> None:
    value = {"near": x / 2, "far": x, "strip": sp.S.One}[name]
    assert outcome(lambda: separates(**{name: undefined(value)}), at={a: 1}) in (UNDECIDED, REFUSED)


u = sp.Symbol("u", real=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: separates(equation((x, -x))),
        lambda: separates(equation((x, 2 * y - x), (y, x - y), (u, -u))),
        lambda: separates(state=(x, u)),
        lambda: separates(state=(x, x)),
        lambda: separates(Foreign(((x, 2 * y - x), (y, x - y)), (Fact(x + 1, "positive"),))),
        lambda: separates(Foreign(((x0, 2 * y - x0), (y, x0 - y))), near=x0 / 2, far=x0, state=(x0, y)),
        lambda: separates(near=x / 2 + y),
        lambda: separates(far=x - y),
        lambda: separates(strip=1 + x**2),
        lambda: separates(strip=y),
        lambda: separates(equation((x, 2 * y - x + t - t**2), (y, x - y))),
    ],
)
def test_a_quadrant_needs_a_plane_and_bounds_that_are_functions(make: Any) -> None:
    assert outcome(make) == REFUSED


def test_a_restricted_flow_brings_its_manifold_along() -> None:
    whole = equation((x, 2 * y - x), (y, x - y), (u, 2 * (x + 1) * (2 * y - x)))
    assert outcome(lambda: separates(restricted(whole, {u: (x + 1) ** 2}))) == PROVED
    assert outcome(lambda: separates(restricted(whole, {u: (x + 1) ** 3}))) == REFUTED


def test_signs_are_asked_for_on_both_edges_and_smoothness_everywhere() -> None:
    plan = compiled(separates())
    assert plan.rule.name == "separatrix"
    edges = [{fact.kind for fact in line.given} for line in plan.obligations if line.premise in ("falls", "rises")]
    assert edges == 4 * [{"positive", "nonnegative"}]
    smooth = [line for line in plan.obligations if isinstance(line, Smooth)]
    assert [len(line.given) for line in smooth] == [0, 0, 1, 1, 0]
    assert next(line.expr for line in plan.obligations if line.premise == "apart") == 1
