"""Formulas for the state of a flow, in whichever way a user gives them: a mapping, a sequence, one function, or one
formula.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from symjepa.errors import OutsideFragment, SymjepaError
from symjepa.testing.formulas import AnyFlow, Formula, Numeric, Scope, parameters_of

Values = Mapping[Any, Formula] | Formula


def mappings(flow: AnyFlow, *several: Values | None) -> list[Mapping[Any, Any]]:
    """Formulas by state variable, so that the symbols in them become known."""
    return [values for values in several if isinstance(values, Mapping)] + [
        {"": values} for values in several if isinstance(values, sp.Expr)
    ]


def read(known: Scope, values: Values) -> dict[sp.Expr, sp.Expr | Numeric]:
    """One formula for each state variable, in whichever way they were given."""
    state = tuple(known.flow.rates)
    if isinstance(values, Mapping):
        named = {str(x): x for x in state}
        strangers = [key for key in values if str(key) not in named]
        if strangers:
            raise SymjepaError(
                f"{strangers[0]} is no part of the state, which is {', '.join(named)}", symbol=strangers[0]
            )
        return {named[str(key)]: known.read(formula) for key, formula in values.items()}
    if callable(values) and not isinstance(values, sp.Expr) and len(state) > 1:
        return _components(known, values, state)
    if isinstance(values, tuple | list) and len(values) == len(state):
        return {x: known.read(formula) for x, formula in zip(state, values, strict=True)}
    if len(state) > 1:
        raise SymjepaError(f"a formula for each of {', '.join(map(str, state))} is needed; got {values!r}")
    if callable(values) and not isinstance(values, sp.Expr):
        return _components(known, values, state)
    return {state[0]: known.read(values)}


def _components(known: Scope, call: Callable[..., Any], state: tuple[sp.Expr, ...]) -> dict[sp.Expr, sp.Expr | Numeric]:
    """A function that gives all components at once: as a mapping, as a sequence in the order of the state, or alone."""
    names = parameters_of(call)

    def component(place: int, x: sp.Expr) -> Callable[..., Any]:
        def part(**arguments: Any) -> Any:
            made = call(**arguments)
            if isinstance(made, Mapping):
                return made[x] if x in made else made[str(x)]
            return made[place] if hasattr(made, "__getitem__") else made

        part.__signature__ = signature  # type: ignore[attr-defined]
        return part

    signature = inspect.Signature([inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names])
    return {x: known.read(component(place, x)) for place, x in enumerate(state)}


def expressions(formulas: Mapping[sp.Expr, sp.Expr | Numeric], known: Scope) -> dict[sp.Expr, sp.Expr]:
    """All formulas as expressions, or a refusal."""
    return {x: expression(formula, known) for x, formula in formulas.items()}


def expression(formula: sp.Expr | Numeric, known: Scope) -> sp.Expr:
    """An expression; a function of numbers is refused where only an expression can be decided."""
    if isinstance(formula, Numeric):
        raise OutsideFragment(
            f"an expression is needed here, but {formula.call!r} takes numbers only: write it with SymPy's functions"
        )
    return formula


def complete(formulas: Mapping[sp.Expr, sp.Expr | Numeric], flow: AnyFlow) -> Mapping[sp.Expr, sp.Expr | Numeric]:
    """The formulas, if there is one for each state variable."""
    missing = [x for x in flow.rates if x not in formulas]
    if missing:
        raise SymjepaError(
            f"a formula for each of {', '.join(map(str, flow.rates))} is needed, but none came for {missing[0]}"
        )
    return formulas
