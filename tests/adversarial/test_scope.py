"""Scopes that would say more than was shown: hypotheses that keep depths out, from above, between, or together."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.statements.claims import AtMost, Identity, Less, Relation, Unequal
from symjepa.symbols import K, L, u
from symjepa.verify.certificates import scope_object
from symjepa.verify.hypotheses import context_of
from symjepa.verify.obligations import compiled
from symjepa.verify.scope import Scope, scope

law = Identity(u**K * u**L, u ** (K + L))


def found(*hypotheses: Relation) -> Scope:
    return scope(law, compiled(law), context_of(hypotheses).facts)


@pytest.mark.parametrize(
    ("hypotheses", "told"),
    [
        ((Less(K, 2),), "every K ≥ 0 and L ≥ 1 with 2 - K > 0"),
        ((Identity(K, 1),), "every K, L ≥ 1 with 1 - K = 0"),
        ((Less(0, K), Unequal(K, 2)), "every K, L ≥ 1 with 2 - K != 0"),
        ((Less(0, K), Less(2, K + L)), "every K, L ≥ 1 with K + L - 2 > 0"),
        ((AtMost(K, L), Less(L, K + 1)), "every K, L ≥ 1 with -K + L >= 0, K - L + 1 > 0"),
        ((Less(K, 50), AtMost(2, L)), "every K ≥ 0 and L ≥ 2 with 50 - K > 0"),
    ],
    ids=str,
)
def test_not_every_depth_is_every_depth(hypotheses: tuple[Relation, ...], told: str) -> None:
    assert str(found(*hypotheses)) == told


def test_what_the_bounds_from_below_imply_is_not_said_again() -> None:
    assert str(found(Less(0, K), Less(0, K + L), Unequal(K, 0), AtMost(1, K * L))) == "every K, L ≥ 1"


def test_a_hypothesis_about_more_than_depths_is_said_where_it_is_made() -> None:
    assert str(found(Less(u**K, 1), Less(K, sp.Symbol("a", positive=True)))) == "every K ≥ 0 and L ≥ 1"


def test_what_keeps_depths_out_is_in_the_certificate() -> None:
    said = scope_object([found(Less(0, K), Unequal(K, 2))])
    assert said["where"] == ["K >= 1", "L >= 1", "2 - K != 0"]
    assert said["free"] == ["K", "L"]
