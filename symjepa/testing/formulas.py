r"""Reading a user's own formula: a SymPy expression, an exact number, or a Python function.

* A symbol is meant by its name: `sp.Symbol("u")` is the public `symjepa.u`, whatever its assumptions; ρ is λ/σ².
* A decimal is meant as it is written: 0.7 is 7/10.
* A function gets its arguments by the names of its parameters.  It is called with symbols first: plain arithmetic gives
  back an expression, which can be decided exactly.  A function that only knows numbers is compared in numbers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from symjepa.errors import NeedsDepth, OutsideFragment, SymjepaError
from symjepa.exact.balls import ball
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.model import EMA, LayerEMA, Model
from symjepa.modes.reduction import ModeFlow
from symjepa.statements.claims import AtMost, Claim, Identity, Less, Unequal
from symjepa.statements.descriptions import Foreign, Modes
from symjepa.symbols import K, L, alpha, by_name, eta, lam, public_symbols, rho, sigma2, tau

AnyFlow = Modes | Foreign | ModeFlow
Formula = Any
"""A SymPy expression, a number, or a function of named arguments."""
PROBES = 3


@dataclass(frozen=True)
class Numeric:
    """A function that gives numbers only, with the names of the arguments that it takes."""

    call: Callable[..., Any]
    names: tuple[str, ...]

    def at(self, values: Mapping[str, Any]) -> Any:
        return self.call(**{name: values[name] for name in self.names})


@dataclass(frozen=True)
class Scope:
    """What names mean beside a flow: its state, its parameters, the values already set, and the hypotheses."""

    flow: AnyFlow
    given: tuple[Claim, ...]
    symbols: Mapping[str, sp.Symbol]
    values: Mapping[sp.Symbol, sp.Expr]

    def exact(self, formula: Formula) -> sp.Expr:
        """An expression in the symbols of the flow, without decimals."""
        expr = _number(formula) if not isinstance(formula, sp.Expr) else formula
        decimals = {x: sp.Rational(str(x)) for x in expr.atoms(sp.Float)}
        named = {x: self.symbols[x.name] for x in expr.free_symbols if getattr(x, "name", None) in self.symbols}
        return substitute(substitute(expr.xreplace({**decimals, **named}), {rho: lam / sigma2}), self.values)

    def read(self, formula: Formula) -> sp.Expr | Numeric:
        """The formula as an expression where it can be one."""
        if not callable(formula) or isinstance(formula, sp.Expr):
            return self.exact(formula)
        call = Numeric(formula, parameters_of(formula))
        self._check_names(call)
        expr = self._traced(call)
        return call if expr is None or not self._agrees(call, expr) else self.exact(expr)

    def arguments(self, point: Mapping[sp.Symbol, Any]) -> dict[str, Any]:
        """Arguments by name at a point: numbers of the state, the parameters, and what the flow has set."""
        full = {**{x: value.xreplace(dict(point)) for x, value in self.values.items()}, **point}
        named = {name: full.get(symbol, symbol) for name, symbol in self.symbols.items()}
        named["rho"] = (full.get(lam, lam) / full.get(sigma2, sigma2)) if "rho" not in point else named["rho"]
        named["y"] = tuple(full.get(x, x) for x in self.flow.rates)
        return named

    def needed(self, call: Numeric) -> set[sp.Symbol]:
        """The symbols that must have a number for a function to be called."""
        state = {x for x in self.flow.rates if isinstance(x, sp.Symbol)} if "y" in call.names else set()
        named = {self.symbols[name] for name in call.names if name in self.symbols}
        influence = {lam, sigma2} if "rho" in call.names else set()
        return (state | named | influence) - set(self.values) - ({rho} if influence else set())

    def _check_names(self, call: Numeric) -> None:
        known = self.arguments({})
        strangers = [name for name in call.names if name not in known]
        if strangers:
            raise SymjepaError(
                f"a function gets its arguments by name, and nothing here is called {strangers[0]!r}: the names are "
                f"{', '.join(sorted(map(str, {*self.flow.rates, *self.values, *_parameters(self.flow)})))}, t, "
                "y (the whole state), and those of every symbol of symjepa",
                name=strangers[0],
            )

    def _traced(self, call: Numeric) -> sp.Expr | None:
        """What the function makes of symbols; None if it wants numbers.  Whatever it raises means that."""
        try:
            made = call.at(self.arguments({}))
            return made if isinstance(made, sp.Expr) else _number(made)
        except Exception:
            return None

    def _agrees(self, call: Numeric, expr: sp.Expr) -> bool:
        """Whether the function gives in numbers what it gave in symbols: an `if` in it may have looked at a symbol."""
        symbols = sorted({*self.needed(call), *expr.free_symbols}, key=str)
        for probe in range(PROBES):
            point = {
                s: sp.Integer(2 + probe) if s.is_integer else sp.Rational(3 + 4 * probe, 5 + i)
                for i, s in enumerate(symbols)
            }
            try:
                got, meant = float(call.at(floats(self.arguments(point)))), float(expr.xreplace(point))
            except Exception:
                return False
            if abs(got - meant) > 1e-9 * max(abs(meant), 1e-9):
                return False
        return True


def floats(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers for a function that wants them: whole ones as int, others as float, symbols left out."""
    found: dict[str, Any] = {}
    for name, value in arguments.items():
        if isinstance(value, tuple):
            found[name] = tuple(float(x) for x in value if x.is_number)
        elif value.is_number:
            found[name] = int(value) if value.is_Integer else float(value)
    return found


def parameters_of(call: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the parameters that a function must be given."""
    try:
        known = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        raise SymjepaError(
            f"the parameters of {call!r} must have names, but it does not tell them: wrap it in a lambda"
        ) from None
    wild = [p for p in known if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY)]
    if wild:
        raise SymjepaError(f"the parameters of {call!r} must have names, but it takes {wild[0]}: wrap it in a lambda")
    return tuple(p.name for p in known if p.default is p.empty)


def _number(value: object) -> sp.Expr:
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | sp.Expr):
        raise OutsideFragment(
            f"a formula is a SymPy expression, a number or a function; got {value!r} (type={type(value).__name__})"
        )
    if isinstance(value, sp.Expr):
        return value
    return sp.Rational(str(value)) if isinstance(value, float) else sp.Rational(value.numerator, value.denominator)


def scope(flow: AnyFlow, given: Iterable[Any] = (), *more: sp.Expr | Mapping[Any, Any]) -> Scope:
    """What names mean beside this flow; `more` are expressions whose symbols are known too."""
    _needs_finite_state(flow)
    values = _set_values(flow)
    known = (*public_symbols(), *_symbols_in(more), *_parameters(flow), *flow.rates)
    found = [x for x in known if isinstance(x, sp.Symbol)]
    made = Scope(flow, (), {symbol.name: symbol for symbol in found}, values)
    return Scope(flow, tuple(_relations(given, made)), made.symbols, values)


def _symbols_in(things: Iterable[Any]) -> list[sp.Symbol]:
    found: list[sp.Symbol] = []
    for thing in things:
        parts = [*thing.keys(), *thing.values()] if isinstance(thing, Mapping) else [thing]
        named = {s for part in parts if isinstance(part, sp.Expr) for s in part.free_symbols}
        found += [s for s in sorted(named, key=str) if by_name(s.name) is None]
    return found


def _needs_finite_state(flow: AnyFlow) -> None:
    """One symbol per state variable: a whole family of layers has no point."""
    if any(not isinstance(x, sp.Symbol) for x in flow.rates):
        raise NeedsDepth(
            "one symbol is needed for each state variable, but a layer of a symbolic stack stands for all of them: "
            "build the model with numeric depths, or use product or balanced coordinates"
        )


def _parameters(flow: AnyFlow) -> set[sp.Symbol]:
    return {s for rate in flow.rates.values() for s in rate.free_symbols if isinstance(s, sp.Symbol)}


def model_of(flow: AnyFlow) -> Model | None:
    """The model that a flow was derived from; None for an equation of the user's own."""
    if isinstance(flow, Foreign):
        return None
    return flow.model if isinstance(flow, Modes) else flow.source.model


def _set_values(flow: AnyFlow) -> dict[sp.Symbol, sp.Expr]:
    """Symbols that the model or the description has already given a number."""
    model, found = model_of(flow), {}
    if model is not None:
        found = {L: model.encoder.depth, K: model.predictor.depth, alpha: model.predictor_rate, eta: model.weight_decay}
        if isinstance(model.teacher, EMA | LayerEMA):
            found[tau] = model.teacher.tau
    values = {symbol: value for symbol, value in found.items() if symbol != value}
    return {**values, **(dict(flow.values) if isinstance(flow, Modes) else {})}


def _relations(given: Iterable[Any], known: Scope) -> Iterable[Claim]:
    """Hypotheses as claims: ours, or SymPy's own relations; what is already True says nothing."""
    for relation in given:
        match relation:
            case Less() | AtMost() | Identity() | Unequal():
                yield type(relation)(known.exact(relation.lhs), known.exact(relation.rhs))
            case sp.StrictLessThan() | sp.StrictGreaterThan():
                yield Less(known.exact(relation.lts), known.exact(relation.gts))
            case sp.LessThan() | sp.GreaterThan():
                yield AtMost(known.exact(relation.lts), known.exact(relation.gts))
            case sp.Ne():
                yield Unequal(known.exact(relation.lhs), known.exact(relation.rhs))
            case sp.Eq():
                yield Identity(known.exact(relation.lhs), known.exact(relation.rhs))
            case _ if relation is not sp.true and relation is not True:
                raise SymjepaError(f"a hypothesis is a relation, such as lam > 0; got {relation!r}", given=relation)


def domain_claims(domain: Iterable[Fact]) -> tuple[Claim, ...]:
    """The domain of a flow as hypotheses."""
    kinds = {"positive": Less, "nonnegative": AtMost, "nonzero": Unequal, "zero": Identity}
    return tuple(kinds[fact.kind](sp.S.Zero, fact.expr) for fact in domain if fact.kind in kinds)


def float_of(expr: sp.Expr, point: Mapping[sp.Symbol, sp.Rational]) -> float:
    """An expression at a point, rounded once from a ball."""
    return float(ball(expr, point, 128).mid())
