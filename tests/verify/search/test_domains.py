"""Where starts leave the domain, whatever an author would learn of them, a claim about all of them is refuted."""

from __future__ import annotations

import sympy as sp

from symjepa.statements.claims import Attracts, Less
from symjepa.statements.descriptions import Foreign
from symjepa.verify.kernel.decide import Context
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled

z, k = (sp.Symbol(name, positive=True) for name in ("z", "k"))
falling = Foreign(((z, k - z),))


def test_a_start_outside_the_domain_refutes_though_a_relation_would_exclude_it() -> None:
    found = refute(compiled(Attracts(falling, k, (-k, sp.oo), using=(Less(0, z),))), Context())
    assert found is not None
    assert min(found.point.values()) <= 0  # the state, for k is positive


def test_starts_inside_the_domain_are_not_refuted() -> None:
    claim = Attracts(falling, k, (sp.S.Zero, sp.oo), using=(Less(0, z),))
    assert refute(compiled(claim), Context(), near=({z: sp.S.Half, k: sp.S.One},)) is None
