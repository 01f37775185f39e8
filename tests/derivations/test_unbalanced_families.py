"""Layers out of balance in any way, by routes that know nothing of their clock: layer by layer, at drawn numbers."""

from __future__ import annotations

from math import prod, sqrt

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from symjepa.book.ablation import unbalanced_families, unbalanced_groups, unbalanced_layers

from symjepa.catalogue import find, load
from symjepa.exact.sequences import INDEX, instance
from symjepa.statements.claims import parts
from symjepa.symbols import K, L, alpha, chi, sigma2
from symjepa.verify.check import check

numbers = st.builds(sp.Rational, st.integers(1, 12), st.integers(1, 6))
depths = st.integers(1, 3)
G = sp.Integer(2)


@pytest.fixture(scope="module")
def report():
    return check(load(find("unbalanced-families")))


def test_it_is_proved_for_every_conjunct_and_every_depth(report):
    assert report.as_expected and len(report.claim) == 9


def table(first, step):
    """Offsets first, first + step, … as a formula."""
    return first + step * (INDEX - 1)


def at_numbers(expr, predictor, encoder, formulas, **values):
    point = {K: sp.Integer(predictor), L: sp.Integer(encoder), alpha: sp.S.One, unbalanced_families.g: G}
    named = {s: values[s.name] for s in expr.free_symbols if s.name in values}
    return instance(expr, formulas).subs({**point, **named}).doit()


def moved(encoder, predictor, rho):
    """Which way the smallest square of drawn layers moves, from the loss of single numbers: w_l' w_l = w² v (ρ - v)."""
    w, v = prod(map(sqrt, encoder)), prod(map(sqrt, predictor))
    return w * w * v * (rho - v)


@settings(max_examples=30, deadline=None)
@given(depths, depths, numbers, numbers, numbers, numbers)
def test_the_clock_runs_to_where_the_predictor_is_rho(predictor, encoder, step, first, rho, now):
    x, y = unbalanced_families.x, unbalanced_families.y
    formulas = {x: table(0, step), y: table(first, step)}
    rate = at_numbers(
        unbalanced_families.oversized.flow(sigma2 * rho).rates[chi],
        *(predictor, encoder, formulas),
        **{"chi": now, "sigma2": 1, "d": first},
    )
    squares = [float(now + step * n) for n in range(encoder)], [float(now + first + step * n) for n in range(predictor)]
    expected = 2 * moved(*squares, float(rho))
    assert abs(float(rate) - expected) <= 1e-9 * (1 + abs(expected))


@settings(max_examples=20, deadline=None)
@given(depths, depths, numbers, numbers)
@pytest.mark.parametrize("net", [unbalanced_families.oversized, unbalanced_families.undersized], ids=["in W", "in P"])
def test_the_rate_at_the_end_is_the_slope_of_the_clock(net, predictor, encoder, step, first):
    u = unbalanced_families
    formulas = {u.x: table(step, step), u.y: table(first, step), u.z: table(first, step)}
    flow = at_numbers(net.flow(sigma2 * net.predictor(u.g)).rates[chi], predictor, encoder, formulas, d=first)
    slope = sp.diff(flow, chi).subs({chi: G, sigma2: 1})
    rate = at_numbers(net.rate(), predictor, encoder, formulas, sigma2=1, d=first)
    assert abs(float(slope - rate)) < 1e-9 * abs(float(slope))


WRITTEN_OUT = {"d": sp.Rational(1, 2), "g": sp.S.One, "x": sp.Integer(3), "x2": sp.Integer(3), "sigma2": sp.S.One}
"""There the clock shows G at the end of the special cases too: g² + 2 g d = 2."""


def settled(predictor, encoder, special):
    """The rate at the end by the family, and by a special case, at the same layers."""
    u = unbalanced_families
    same = {u.x: WRITTEN_OUT["x"], u.y: WRITTEN_OUT["d"] ** 2}
    point = {s: WRITTEN_OUT[s.name] for s in special.free_symbols if s.name in WRITTEN_OUT}
    depth = {K: predictor, L: encoder, unbalanced_groups.M: 1}
    family = at_numbers(u.oversized.rate(), predictor, encoder, same, sigma2=1, d=WRITTEN_OUT["d"] ** 2)
    return family, special.subs({**point, **depth})


def test_two_layers_of_the_encoder_settle_as_when_they_are_written_out():
    family, special = settled(1, 2, unbalanced_layers.rate)
    assert family == special


@pytest.mark.parametrize(("predictor", "encoder"), [(1, 2), (2, 2), (3, 4)])
def test_offsets_of_two_values_settle_as_two_groups(predictor, encoder):
    family, special = settled(predictor, encoder, unbalanced_groups.rate)
    assert family == special


def test_the_parts_speak_of_both_nets(report):
    flows = {part.flow.sizes for part in parts(report.statement.claim) if hasattr(part, "flow")}
    assert len(flows) == 2
