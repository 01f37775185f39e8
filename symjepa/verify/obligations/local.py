r"""A flow in symbols of its own, for one claim.

Soundness.  State and time of a dynamical claim are quantified by the claim itself.  Fresh symbols stand for them here,
so that no hypothesis of the statement about a symbol of the same name can narrow them; what is known of them is the
flow's domain, their assumptions, and what the claim says of them.  An amplitude of other coordinates, an indexed
family, or time is no constant: an expression that holds one which the flow does not move is refused.  A motion is
refuted at inner points of the domain alone: who starts on its edge may have left it at once.  SymPy sums up what it
renames, so that log a - log a would be gone: an expression of which it would drop a condition is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.facts import Fact, Kind
from symjepa.exact.scalars import normal
from symjepa.exact.sums import substitute
from symjepa.modes.reduction import ModeFlow
from symjepa.statements.claims import AtMost, Identity, Less, Relation, Unequal
from symjepa.statements.descriptions import Flow, Foreign, Modes, Restricted
from symjepa.symbols import AMPLITUDES, t
from symjepa.verify.kernel.assumptions import assumed
from symjepa.verify.obligations.kinds import Decidable, HasSign, Shown, Smooth


@dataclass(frozen=True)
class Local:
    """The rates and the domain of a flow in fresh symbols; `names` renames expressions of the claim.

    What the domain says of parameters alone is not known here but demanded: the hypotheses must imply it.
    """

    rates: Mapping[sp.Expr, sp.Expr]
    domain: tuple[Fact, ...]
    demands: tuple[Fact, ...]
    names: Mapping[sp.Expr, sp.Expr]

    def renamed(self, expr: sp.Expr) -> sp.Expr:
        """An expression of the claim in the fresh symbols."""
        return substitute(expr, self.names)

    def pairs(self, values: Iterable[tuple[sp.Expr, sp.Expr]]) -> dict[sp.Expr, sp.Expr]:
        """Values of state variables, both sides in the fresh symbols; each must belong to the state."""
        named = {self.names.get(x, x): self.renamed(value) for x, value in values}
        for strange in set(named) - set(self.rates):
            raise BadDerivation(f"{strange} is not part of the state {', '.join(map(str, self.rates))}")
        return named

    def facts(self, relations: Iterable[Relation]) -> tuple[Fact, ...]:
        """Relations of the claim, as facts about the fresh symbols."""
        return tuple(Fact(self.renamed(fact.expr), fact.kind) for fact in map(fact_of, relations))

    def smooth(self, premise: str, given: tuple[Fact, ...], *more: sp.Expr) -> tuple[Decidable, ...]:
        """Rates (and more) defined and smooth wherever `given` holds, and what the flow demands of its parameters."""
        return (
            *self.demanded(premise),
            *(Smooth(premise, expr, given) for expr in (*self.rates.values(), *more)),
        )

    def demanded(self, premise: str) -> tuple[Decidable, ...]:
        """What the flow demands of its parameters."""
        return tuple(HasSign(premise, fact.expr, fact.kind, necessary=False) for fact in self.demands)

    def inside(
        self, premise: str, values: Mapping[sp.Expr, sp.Expr], given: tuple[Fact, ...], necessary: bool = True
    ) -> tuple[Decidable, ...]:
        """A point lies in the domain, assumptions on its symbols included."""
        lines = tuple(
            HasSign(premise, substitute(fact.expr, values), fact.kind, given, necessary=necessary)
            for fact in self.domain
        )
        return lines or (Shown(premise, "the flow is defined on the whole space"),)


_KINDS: dict[type[Relation], Kind] = {Identity: "zero", Less: "positive", AtMost: "nonnegative", Unequal: "nonzero"}


def fact_of(relation: Relation) -> Fact:
    """A relation as a fact about its gap rhs - lhs."""
    return Fact(relation.rhs - relation.lhs, _KINDS[type(relation)])


def local(flow: Flow, exprs: Iterable[sp.Expr], time: sp.Symbol | None = None) -> Local:
    """The flow in fresh symbols, for a claim that holds `exprs`."""
    if type(flow) not in (Modes, Foreign, Restricted, ModeFlow):  # a ModeFlow is sealed by the reduction that made it
        raise BadDerivation(f"a flow is described by modes(…), restricted(…) or Foreign(…); got {type(flow).__name__}")
    state = tuple(flow.rates)
    if not all(isinstance(x, sp.Symbol) for x in state):
        raise BadDerivation(
            "claims about single amplitudes need a flow of numeric depth: its state is a family of layers"
        )
    names = {x: _fresh(x) for x in (*state, *([time] if time is not None else []))}
    timed = (fact.expr for fact in flow.domain if t in fact.free_symbols)
    exprs = (*exprs, *flow.rates.values())
    _check_constants(flow, (*exprs, *timed), names)
    _check_kept(exprs)
    rates = {names[x]: substitute(rate, names) for x, rate in flow.rates.items()}
    domain = [Fact(substitute(fact.expr, names), fact.kind) for fact in flow.domain]
    moving = [fact for fact in domain if set(fact.free_symbols) & set(rates)]
    demands = [fact for fact in domain if fact not in moving]
    return Local(rates, tuple(dict.fromkeys((*moving, *assumed(rates)))), tuple(demands), names)


def interior(facts: Iterable[Fact], state: Iterable[sp.Expr], values: Mapping[sp.Expr, sp.Expr]) -> tuple[Fact, ...]:
    """What makes a point an inner one of where the facts hold: whoever moves from an edge may be out at once."""
    moving = {*state}
    inner = (_strict(fact) if moving & fact.free_symbols else fact for fact in facts)
    return tuple(Fact(substitute(fact.expr, values), fact.kind) for fact in inner)


def _strict(fact: Fact) -> Fact:
    """Where an equation holds there is no inner point."""
    nowhere = Fact(sp.S.NegativeOne, "positive")
    return nowhere if fact.kind == "zero" else Fact(fact.expr, "positive") if fact.kind == "nonnegative" else fact


def _fresh(symbol: sp.Symbol) -> sp.Symbol:
    return sp.Dummy(symbol.name, **symbol.assumptions0)


def _check_constants(flow: Flow, exprs: tuple[sp.Expr, ...], names: Mapping[sp.Expr, sp.Expr]) -> None:
    """Everything in the claim that is not state is a constant: amplitudes that the flow knows as parameters, and no
    others.
    """
    parameters = {x for rate in flow.rates.values() for x in rate.free_symbols} - {t}  # time is never a constant
    gone = {x for x, _ in flow.eliminated} if isinstance(flow, Restricted) else set()
    for expr in exprs:
        named = {x for x in expr.free_symbols if x in AMPLITUDES or x == t or x in gone or is_layer(x)}
        moving = named | expr.atoms(sp.Indexed)
        for strange in sorted(moving - set(names) - parameters, key=str):
            raise BadDerivation(
                f"{strange} in {expr} is not a constant of this flow, whose state is {', '.join(map(str, flow.rates))}"
            )


def _check_kept(exprs: Iterable[sp.Expr]) -> None:
    """Nothing is defined on more points once SymPy has put it together anew."""
    for expr in exprs:
        again = _again(expr)
        if again != expr and normal(expr).conditions - normal(again).conditions:
            raise BadDerivation(f"SymPy drops a part of {expr}, and whether that has a value is not known")


@lru_cache(maxsize=20_000)
def _again(expr: sp.Basic) -> sp.Basic:
    return expr.func(*map(_again, expr.args)) if expr.args else expr


def named_in(flow: Flow) -> set[sp.Expr]:
    """Every symbol that a flow speaks of, in its rates, its domain and its manifold."""
    manifold = [value for _, value in flow.eliminated] if isinstance(flow, Restricted) else []
    exprs = (*flow.rates, *flow.rates.values(), *(fact.expr for fact in flow.domain), *manifold)
    return {x for expr in exprs for x in expr.free_symbols}


def is_layer(symbol: sp.Basic) -> bool:
    """Whether a symbol is the amplitude of a numbered layer."""
    family, _, number = str(symbol).partition("_")
    return family in ("w", "v", "b") and number.isdigit()


def interval_from_zero(relations: tuple[Relation, ...], time: sp.Symbol, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts that must be positive at time 0 for the times to be an interval that holds 0; `time` ≥ 0 itself need
    not be.

    Without 0 among the times nothing ties a curve to its start: x/t has every multiple of t as a solution from 0.
    """
    if not all(isinstance(relation, Less | AtMost) for relation in relations):
        raise BadDerivation("the times of a solution are given by Less and AtMost")
    return tuple(fact for fact in (*facts, *assumed([time])) if fact != Fact(time, "nonnegative"))


def one_dimensional(here: Local) -> tuple[tuple[sp.Expr, sp.Expr]]:
    """The one state variable and its rate."""
    rates = tuple(here.rates.items())
    if len(rates) != 1:
        raise BadDerivation(
            f"this claim is about one-dimensional flows; got the state {', '.join(map(str, here.rates))}"
        )
    return (rates[0],)
