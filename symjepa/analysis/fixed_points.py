r"""Fixed points and families of them, with their linear rates; the depths may be symbols.

The search (`branches`) knows monomials, and no teacher or objective.  Families contained in others are left out.
Points on the edge of the domain are listed where the rates are differentiable.  Proposals: a theorem needs a cofactor
identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sympy as sp

from symjepa.analysis.branches import Branch, Equations, Search, factored, implies, of_depths, put, solve, strongest
from symjepa.analysis.monomials import Term, Terms, expression, lowest, settled, sign, terms
from symjepa.analysis.proposals import FixedPoint, FixedPoints, Kind
from symjepa.analysis.stability import characteristic_factors, kind_of, linear_rates
from symjepa.exact.facts import SAID, Fact
from symjepa.modes.reduction import ModeFlow
from symjepa.symbols import lam

MOST_STATES = 8


def fixed_points(modes: ModeFlow) -> FixedPoints:
    """Every fixed point that the search finds; `complete_on` is None where an equation was left unsolved."""
    if any(not family.last.is_Integer for family in modes.families.values()):
        return FixedPoints((), None, "layers of symbolic depth: use product or balanced coordinates")
    if len(modes.rates) > MOST_STATES:
        return FixedPoints((), None, f"more than {MOST_STATES} layer amplitudes: use product or balanced coordinates")
    search, names = _search(modes)
    rates = tuple(terms(rate.xreplace(names), search.state) for rate in modes.rates.values())
    branches = _maximal(list(solve(search, rates, Branch({}, search.given))))
    points = [_point(search, rates, branch) for branch in branches if not _not_smooth(search, rates, branch)]
    back = {own: symbol for symbol, own in names.items()}
    where, why = _completeness(search, branches, back)
    return FixedPoints(tuple(_renamed(point, back) for point in _distinct(points)), where, why)


def _search(modes: ModeFlow) -> tuple[Search, dict[sp.Expr, sp.Symbol]]:
    """The search, and positive symbols in the place of what the coordinates or the objective make positive."""
    model = modes.source.model
    domain = {fact.expr for fact in modes.domain if fact.kind == "positive"}
    weak = {model.weight_decay} if model.weight_decay.is_Symbol else set()
    if modes.coordinates == "product" or not model.latent:
        weak |= {depth for depth in (model.predictor.depth,) if depth.is_Symbol}
    names = {
        x: sp.Dummy(x.name, positive=True, integer=x.is_integer)
        for x in (*modes.state, *weak)
        if x in domain | weak and not x.is_positive
    }
    positive = frozenset(names.get(x, x) for x in domain)
    given = tuple(Fact(names[x], "positive") for x in weak if x == model.weight_decay and x in names)
    return Search(tuple(names.get(x, x) for x in modes.state), positive, given), names


def _distinct(points: list[FixedPoint]) -> list[FixedPoint]:
    """Points without those that another one gives under fewer needs."""
    kept: list[FixedPoint] = []
    for point in sorted(points, key=lambda p: len(p.exists_if)):
        same = (p for p in kept if p.at == point.at and p.conditions == point.conditions)
        if not any(set(p.exists_if) <= set(point.exists_if) for p in same):
            kept.append(point)
    return sorted(kept, key=points.index)


def _renamed(point: FixedPoint, back: Mapping[sp.Symbol, sp.Expr]) -> FixedPoint:
    return replace(
        point,
        at={x.xreplace(back): value.xreplace(back) for x, value in point.at.items()},
        exists_if=tuple(Fact(fact.expr.xreplace(back), fact.kind) for fact in point.exists_if),
        family=tuple(x.xreplace(back) for x in point.family),
        rates=tuple(rate.xreplace(back) for rate in point.rates),
        conditions=tuple(condition.xreplace(back) for condition in point.conditions),
    )


def _completeness(search: Search, found: list[Branch], back: Mapping[sp.Symbol, sp.Expr]) -> tuple[str | None, str]:
    """Where the list is complete, and why the search believes so."""
    if any(branch.conditions for branch in found):
        return None, "some points are known by their equation only; nothing is said about the number of its roots"
    met = {fact for branch in found for fact in branch.needs if fact.expr.is_Symbol or of_depths(fact)}
    global_ones = {fact for fact in met if of_depths(fact) or all(fact in branch.needs for branch in found)}
    domain = [f"{x.name} > 0" if x in search.positive else f"{x.name} real" for x in search.state]
    said = "each rate is a monomial times a bracket, and every bracket was solved"
    edge = "; points on the edge of the domain are listed where the rates are differentiable"
    facts = (f"{f.expr.xreplace(back)} {SAID[f.kind]}" for f in strongest(tuple(global_ones)))
    return ", ".join([*domain, *sorted(facts)]), said + (edge if search.positive else "")


def _final(expr: sp.Expr, branch: Branch) -> sp.Expr:
    """The original parameters in the place of the symbols that the search introduced."""
    for name, own in branch.stands_for:
        expr = expr.xreplace({name: own})
    return expr


def _values(search: Search, branch: Branch) -> dict[sp.Expr, sp.Expr]:
    at = {x: branch.at.get(x, Term(sp.S.One, {x: sp.S.One})) for x in search.state}
    return {x: sp.S.Zero if value is None else value.expr for x, value in at.items()}


def _maximal(branches: list[Branch]) -> list[Branch]:
    """Families that are not contained in another one that asks for no more."""
    kept: list[Branch] = []
    for branch in sorted(branches, key=lambda one: (len(one.at), len(one.needs))):
        if not any(_inside(branch, other) for other in kept):
            kept = [*(other for other in kept if not _inside(other, branch)), branch]
    return kept


def _inside(one: Branch, other: Branch) -> bool:
    """Whether every point of one family satisfies the equations of the other, under no further needs."""
    vanishing = {fact.expr: sp.S.Zero for fact in one.needs if fact.kind == "zero" and fact.expr.is_Symbol}
    here = {x: sp.S.Zero if value is None else _final(value.expr, one) for x, value in one.at.items()}
    for x, value in other.at.items():
        there = sp.S.Zero if value is None else _final(value.expr, other)
        if settled((here.get(x, x) - there.xreplace(here)).xreplace(vanishing)) != 0:
            return False
    needs = (Fact(fact.expr.xreplace(here), fact.kind) for fact in other.needs)
    known = lambda fact: fact in one.needs or _holds(fact) or any(implies(mine, fact) for mine in one.needs)
    return not other.conditions and all(map(known, needs))


def _holds(fact: Fact) -> bool:
    return bool(getattr(fact.expr, f"is_{fact.kind}"))


def _entry(search: Search, rate: Terms, x: sp.Expr, branch: Branch) -> tuple[sp.Expr, tuple[Fact, ...]] | None:
    """∂rate/∂x at a fixed point, and what the depths must satisfy; None where it is not defined."""
    total, needs = [], []
    for term in (term.derivative(x) for term in rate if term.of(x) != 0):
        at_zero = [e for y, e in term.powers.items() if y in branch.at and branch.at[y] is None]
        signs = [sign(e) for e in at_zero]
        if not at_zero:
            total.append(term)
            continue
        if any(s in ("negative", "nonpositive") for s in signs):
            return None
        sure = signs.index("positive") if "positive" in signs else None
        for i, e in enumerate(at_zero):
            if signs[i] not in ("positive", "nonnegative") or sure is None:
                needs.append(Fact(e, "positive" if sure is None else "nonnegative"))
    return expression(put(tuple(total), branch.at, branch.renamed)), tuple(needs)


def _not_smooth(search: Search, rates: Equations, branch: Branch) -> bool:
    """Whether a rate has no derivative there: an edge of the domain, where the coordinates are none."""
    return any(_entry(search, rate, x, branch) is None for rate in rates for x in search.state)


def _slope(search: Search, rate: Terms, branch: Branch) -> sp.Expr:
    """The derivative of unit · bracket at a root of the bracket, for one variable: unit · bracket'."""
    assert branch.slope is not None
    x, slope, p = branch.slope
    unit, _, _ = factored(search, rate)
    (term,) = put((Term(slope, {x: lowest(unit.get(x, sp.S.Zero) + p - 1)}),), branch.at, branch.renamed)
    return term.expr


def _point(search: Search, rates: Equations, branch: Branch) -> FixedPoint:
    """The proposal that a finished branch makes."""
    table = [[_entry(search, rate, x, branch) or (sp.S.Zero, ()) for x in search.state] for rate in rates]
    branch = branch.needing(*(fact for row in table for _, facts in row for fact in facts))
    at = _values(search, branch)
    conditions = tuple(_final(expression(condition), branch) for condition in branch.conditions)
    unknown = {symbol for condition in conditions for symbol in condition.free_symbols}
    family = tuple(x for x in search.state if x not in branch.at and x not in unknown)
    needs = strongest(tuple(Fact(_final(fact.expr.xreplace(at), branch), fact.kind) for fact in branch.needs))
    needs = tuple(fact for fact in needs if not _holds(fact) or fact in search.given)
    shown_at = {x: _final(value, branch) for x, value in at.items()}
    if conditions and len(search.state) > 1:
        return FixedPoint(shown_at, needs, family, (), "undetermined", conditions)
    jacobian = sp.Matrix([[value for value, _ in row] for row in table])
    if branch.slope and len(search.state) == 1:
        jacobian = sp.Matrix([[_slope(search, rates[0], branch)]])
    spectrum = characteristic_factors(jacobian.xreplace(_special(branch)))
    kind: Kind = "undetermined" if conditions else kind_of(spectrum, len(family), branch.needs)
    return FixedPoint(
        shown_at, needs, family, tuple(_final(r, branch) for r in linear_rates(spectrum)), kind, conditions
    )


def _special(branch: Branch) -> dict[sp.Expr, sp.Expr]:
    """The special parameters that a branch asks for: one symbol through the others."""
    found: dict[sp.Expr, sp.Expr] = {}
    for fact in branch.needs:
        if fact.kind == "zero":
            named = [x for x in fact.expr.free_symbols if not x.is_Dummy and fact.expr.diff(x).is_zero is not True]
            linear = [x for x in named if not fact.expr.diff(x).has(x)]
            for symbol in sorted(linear, key=lambda x: (x == lam, x.name))[-1:]:
                found[symbol] = sp.solve(fact.expr, symbol)[0]
    return found
