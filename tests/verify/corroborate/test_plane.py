"""Trajectories from both sides of a curve that separates, against bounds that are right and bounds that are not."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.statements.claims import Separates
from symjepa.statements.descriptions import Foreign
from symjepa.verify.corroborate import corroborated
from symjepa.verify.kernel.decide import Context

x, y = sp.symbols("x y", real=True)
a = sp.Symbol("a", positive=True)
saddle = Foreign(((x, 2 * a * y - a * x), (y, a * x - a * y)))


def verdict(near: sp.Expr, far: sp.Expr, flow: Foreign = saddle) -> bool | None:
    (found,) = corroborated(Separates(flow, (x, y), (near, far), sp.S.One), Context())
    return found.agrees


def test_starts_beyond_the_bounds_leave_where_they_are_said_to() -> None:
    assert verdict(7 * x / 10, 71 * x / 100) is True


@pytest.mark.parametrize(("near", "far"), [(71 * x / 100, x), (x / 2, 7 * x / 10), (x, x / 2)])
def test_a_bound_beyond_the_curve_is_seen(near: sp.Expr, far: sp.Expr) -> None:
    assert verdict(near, far) is False


def test_a_quadrant_that_nobody_leaves_across_one_edge_is_seen() -> None:
    sector = Foreign(((x, -a * x), (y, a * x - a * y)))
    assert verdict(x / 2, 2 * x, sector) is False


def test_bounds_without_a_value_are_not_followed() -> None:
    assert verdict(sp.log(-(x**2) - 1), x) is None
