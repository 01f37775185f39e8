"""A claim that was compiled keeps its plan."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symjepa.statements.claims import Identity, Root
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.obligations import compiled

x = sp.Symbol("x", real=True)
a = sp.Symbol("a", positive=True)


def _root(of: sp.Expr) -> Root:
    return Root(of, x, (sp.Integer(0), a + 1), rising=True)


def test_equal_claims_share_their_fresh_symbols() -> None:
    assert compiled(_root(x - a)) is compiled(_root(x - a))


def test_different_claims_share_none() -> None:
    first, second = (
        {
            s
            for line in compiled(_root(of)).obligations
            for fact in getattr(line, "given", ())
            for s in fact.free_symbols
        }
        for of in (x - a, 2 * x - a)
    )
    assert first & second <= {a}


def test_what_is_learned_speaks_of_the_symbols_of_the_claim() -> None:
    """Fresh symbols are shared by whoever compiles the claim again: a fact about one of them would outlive its line."""
    claims = (Identity(x + a, a + x), _root(x - a))
    learned = [fact for claim in claims for fact in compiled(claim).learned]
    assert learned and all(not fact.free_symbols & fact.expr.atoms(sp.Dummy) for fact in learned)


def test_a_claim_that_holds_a_list_is_compiled_anew() -> None:
    odd: Any = ["no text"]
    plan = compiled(Identity(x, x, why=odd))
    assert all(decide(line, Context()).proved for line in plan.obligations)
