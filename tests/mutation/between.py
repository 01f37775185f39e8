"""Reasons for changed intervals, manifolds and certificates: each is decided or evaluated anew for the mutant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.calculus import along
from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Attracts, Dominated, Less, Root, Within
from symjepa.statements.descriptions import Restricted
from symjepa.verify.corroborate.draw import around, drawn
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import HasSign
from tests.mutation.implied import Setting
from tests.mutation.independent import agree, confirmed

OFFERED = {
    **dict.fromkeys((Less, AtMost, Dominated), ("by",)),
    **dict.fromkeys((Within, Attracts), ("above", "below")),
    Root: ("slope",),
}
"""Fields that hold certificates; without them a claim says the same."""
POINTS, ENOUGH = 40, 8
ENDS = ("order", "lower end", "upper end")


def inside(claim: Any, mutant: Any, setting: Setting) -> str:
    """Fewer starts tend to the same aim."""
    if not isinstance(claim, Attracts) or not isinstance(mutant, Attracts):
        return ""
    if claim.between == mutant.between or replace(mutant, between=claim.between) != claim:
        return ""
    (low, high), (first, last) = claim.between, mutant.between
    fewer = at_least(first, low, setting.claimed) and at_least(high, last, setting.claimed)
    return "the interval is a part of that of the claim" if fewer else ""


def at_least(high: sp.Expr, low: sp.Expr, known: Context) -> bool:
    """high ≥ low, also of two positive numbers to one positive power."""
    if high == low or high == sp.oo or low == -sp.oo:
        return True
    if {high, low} & {sp.oo, -sp.oo}:
        return False
    if _nonnegative(high - low, known):
        return True
    if high.is_Mul and low.is_Mul:  # a positive factor that both have
        shared = sp.Mul(*(factor for factor in high.args if factor in low.args and factor.is_positive))
        if shared != 1:
            return at_least(high / shared, low / shared, known)
    if not (high.is_Pow and low.is_Pow and high.exp == low.exp):
        return False
    rising = decide(HasSign("power", high.exp, "positive"), known).proved
    both = all(decide(HasSign("base", side.base, "positive"), known).proved for side in (high, low))
    return rising and both and _nonnegative(high.base - low.base, known)


def _nonnegative(expr: sp.Expr, known: Context) -> bool:
    forms = (None, sp.factor(expr))
    return any(decide(HasSign("more", expr, "nonnegative", by=form), known).proved for form in forms)


def around_root(claim: Any, mutant: Any, setting: Setting) -> str:
    """The slope has one sign on the changed interval, which holds that of the claim, or the ends are further apart."""
    if not isinstance(claim, Root) or not isinstance(mutant, Root) or claim.rising != mutant.rising:
        return ""
    left = [o for o in compiled(mutant).obligations if not decide(o, setting.known).proved]
    if not all(isinstance(o, HasSign) and o.premise in ENDS for o in left):
        return ""
    if claim.of == mutant.of:
        wider = at_least(claim.between[0], mutant.between[0], setting.claimed)
        wider = wider and at_least(mutant.between[1], claim.between[1], setting.claimed)
        return "the function keeps its direction on a wider interval, and its one zero is there" if wider else ""
    ours = {o.premise: o for o in compiled(claim).obligations if isinstance(o, HasSign) and o.premise in ENDS}
    further = all(o.premise in ours and _nonnegative(o.expr - ours[o.premise].expr, setting.claimed) for o in left)
    return "the signs at the ends follow from those of the claim, and the direction is shown" if further else ""


def uncertified(mutant: Any, setting: Setting) -> str:
    """What is true by itself, though the certificate that it brings is that of another claim."""
    bare = replace(mutant, **dict.fromkeys(OFFERED.get(type(mutant), ())))
    try:
        shown = bare != mutant and all(decide(o, setting.known).proved for o in compiled(bare).obligations)
    except SymjepaError:
        return ""
    return "true, but the certificate is that of another claim" if shown and confirmed(bare, setting) else ""


def another_manifold(claim: Any, mutant: Any, setting: Setting) -> str:
    """The other branch of a root, another constant: checked at points, for a claim says that its manifold stays."""
    flows = getattr(claim, "flow", None), getattr(mutant, "flow", None)
    if not all(isinstance(flow, Restricted) for flow in flows) or flows[0].whole != flows[1].whole:
        return ""
    if flows[0] == flows[1] or not _tangent(flows[1], setting):
        return ""
    kept = not isinstance(mutant, Attracts) or confirmed(mutant, setting)
    return "what is eliminated is another invariant manifold of the same flow" if kept else ""


def _tangent(flow: Restricted, setting: Setting) -> bool:
    """Whether the manifold moves along itself at every point tried, and at enough of them."""
    gone = dict(flow.eliminated)
    pairs = [(along(value, flow.rates), flow.whole.rates[x].xreplace(gone)) for x, value in gone.items()]
    symbols = {s for pair in pairs for side in pair for s in side.free_symbols}
    facts = (*_about(setting.hypotheses.facts, symbols), *(fact for fact in flow.domain if not fact.over))
    with around(setting.near):
        return agree(pairs, drawn(symbols, facts, POINTS, 13), ENOUGH)


def _about(facts: tuple[Fact, ...], symbols: set[sp.Symbol]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if not fact.over and fact.free_symbols <= symbols)
