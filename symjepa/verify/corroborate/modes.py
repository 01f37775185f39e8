"""Mode flows in numbers: right-hand sides as derived at numeric depths, integrated on their own and as layers of
matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, fmpq

from symjepa.errors import InvalidModel, OutsideFragment, TooLarge, Undefined
from symjepa.exact.balls import ball, rational
from symjepa.exact.facts import Fact
from symjepa.exact.sequences import INDEX
from symjepa.statements.descriptions import Flow, Modes, Restricted
from symjepa.symbols import layer_amplitude
from symjepa.verify.corroborate.agreement import Reading, measured, said
from symjepa.verify.corroborate.draw import drawn
from symjepa.verify.corroborate.integrate import BITS, Rate, State, trajectory
from symjepa.verify.corroborate.matrices import Amplitudes, at_numbers, mode_states
from symjepa.verify.kernel.points import Point

Value: TypeAlias = Callable[[State], arb]
MODE, MATRIX = "mode flow integrated", "matrix flow integrated at width > 1"


@dataclass(frozen=True)
class Numeric:
    """A mode flow at numbers: its state, and its velocity as a function of the state."""

    state: tuple[sp.Symbol, ...]
    rate: Rate
    rates: tuple[sp.Expr, ...]
    domain: tuple[Fact, ...]


def numeric(flow: Flow, point: Point) -> Numeric:
    """The flow derived afresh at the depths of a point; a flow of the user's own has only its equations."""
    flow = _at_depths(flow, point)
    state = tuple(flow.rates)
    fixed = {symbol: value for symbol, value in point.items() if symbol not in state}
    rates = tuple(spelled_out(rate, fixed) for rate in flow.rates.values())
    places = {symbol: i for i, symbol in enumerate(state)}
    compiled = tuple(in_numbers(rate, places) for rate in rates)
    domain = tuple(Fact(spelled_out(fact.expr, fixed), fact.kind) for fact in flow.domain)
    return Numeric(state, lambda x: tuple(f(x) for f in compiled), rates, domain)


def _at_depths(flow: Flow, point: Point) -> Flow:
    """The description at numeric depths; the whole flow of a restricted one is derived, then restricted."""
    if isinstance(flow, Modes):
        values = tuple((symbol, sp.sympify(value).xreplace(dict(point))) for symbol, value in flow.values)
        depths = {symbol: value for symbol, value in (*point.items(), *values) if symbol.is_integer}
        values = tuple((symbol, value) for symbol, value in values if not symbol.is_integer)
        sizes = tuple(tuple(size.xreplace(dict(depths)) for size in one) for one in flow.sizes)
        return Modes(at_numbers(flow.model, depths), flow.coordinates, values, sizes)
    if isinstance(flow, Restricted):
        fixed = {symbol: value for symbol, value in point.items() if symbol not in flow.whole.rates}
        gone = tuple((x, value.xreplace(fixed)) for x, value in flow.eliminated)
        where = tuple(Fact(fact.expr.xreplace(fixed), fact.kind) for fact in flow.where)
        whole = _at_depths(flow.whole, point)
        assert not isinstance(whole, Restricted)
        return Restricted(whole, gone, where)
    return flow


def in_numbers(expr: sp.Expr, places: Mapping[sp.Symbol, int]) -> Value:
    """A function of the state, node by node."""
    if expr in places:
        place = places[expr]
        return lambda state: state[place]
    if not expr.free_symbols:
        constant = ball(expr, {}, BITS).mid()
        return lambda state: constant
    if isinstance(expr, sp.Pow) and not expr.exp.free_symbols:
        return _power(in_numbers(expr.base, places), expr.exp)
    if isinstance(expr, sp.log):
        argument = in_numbers(expr.args[0], places)
        return lambda state: argument(state).log()
    if not isinstance(expr, sp.Add | sp.Mul):
        needed = "a right-hand side of sums, products, powers and logarithms is needed"
        raise OutsideFragment(f"{needed}, but got {expr}", node=expr)
    parts = tuple(in_numbers(part, places) for part in expr.args)
    return _sum(parts) if isinstance(expr, sp.Add) else _product(parts)


def _power(base: Value, exponent: sp.Expr) -> Value:
    if exponent.is_Integer:
        whole = int(exponent)
        return lambda state: base(state) ** whole
    number = ball(exponent, {}, BITS).mid()
    return lambda state: (base(state).log() * number).exp()


def _sum(parts: tuple[Value, ...]) -> Value:
    return lambda state: sum((f(state) for f in parts[1:]), parts[0](state))


def _product(parts: tuple[Value, ...]) -> Value:
    def product(state: State) -> arb:
        result = parts[0](state)
        for f in parts[1:]:
            result = result * f(state)
        return result

    return product


def spelled_out(expr: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The expression at numbers: amplitudes of numbered layers by their names, finite products written out, and
    sums of logarithms, too."""
    expr = expr.xreplace(dict(point))
    expr = expr.xreplace({p: _written_out(p) for p in expr.atoms(sp.Product, sp.Sum) if _is_finite(p)})
    return expr.xreplace(
        {x: layer_amplitude(str(x.base), x.indices[0]) for x in expr.atoms(sp.Indexed) if x.indices[0].is_Integer}
    )


def _is_finite(expr: sp.Expr) -> bool:
    """Whether a product runs over numbers, or a sum of logarithms, which is one in disguise."""
    numbers = len(expr.limits) == 1 and all(end.is_Integer for end in expr.limits[0][1:])
    return numbers and (isinstance(expr, sp.Product) or isinstance(expr.function, sp.log))


def _written_out(expr: sp.Expr) -> sp.Expr:
    ((index, lo, hi),) = expr.limits
    terms = (expr.function.xreplace({index: sp.Integer(i)}) for i in range(int(lo), int(hi) + 1))
    return sp.Mul(*terms) if isinstance(expr, sp.Product) else sp.Add(*terms)


def scalar_symbols(exprs: Iterable[sp.Expr]) -> set[sp.Symbol]:
    """Symbols that stand for numbers; the letters of indexed amplitudes and the index of offsets do not."""
    found = [sp.sympify(expr) for expr in exprs]
    labels = {x.base.label for expr in found for x in expr.atoms(sp.Indexed)}
    return {s for expr in found for s in expr.free_symbols if isinstance(s, sp.Symbol)} - {*labels, INDEX}


def parameters(flow: Flow, exprs: Iterable[sp.Expr] = (), facts: Iterable[Fact] = ()) -> set[sp.Symbol]:
    """Every symbol of the flow and the expressions that is no part of the state."""
    model = () if not isinstance(flow, Modes) else (flow.model.encoder.depth, flow.model.predictor.depth)
    model = (*model, *(size for one in getattr(flow, "sizes", ()) for size in one))
    everything = [*flow.rates.values(), *exprs, *model, *(value for _, value in getattr(flow, "values", ()))]
    fixed = {symbol for symbol, _ in getattr(flow, "values", ())}
    return scalar_symbols(everything) | {s for f in facts for s in f.free_symbols} - set(flow.rates) - fixed


@dataclass(frozen=True)
class Start:
    """A point of the parameters and a state of the flow there, both exact."""

    point: Point
    state: Mapping[sp.Symbol, sp.Rational]
    flow: Numeric

    @property
    def numbers(self) -> State:
        return tuple(arb(rational(self.state[x])) for x in self.flow.state)

    @property
    def exact(self) -> Mapping[sp.Expr, sp.Expr]:
        """The state by exact closed numbers."""
        return self.state

    @property
    def everything(self) -> Point:
        return {**self.point, **self.state}

    def __str__(self) -> str:
        return said(self.everything)


def starts(
    flow: Flow, exprs: Iterable[sp.Expr], facts: tuple[Fact, ...], count: int, seed: int, fixed: Point | None = None
) -> Iterator[Start]:
    """Random points of the parameters, and at each one a random state in the domain of the flow at which every fact
    holds.
    """
    state = set(flow.rates)
    names = parameters(flow, exprs, facts) - state
    alone = tuple(fact for fact in facts if not fact.free_symbols & state and not _labelled(fact))
    tried = (
        _start(flow, point, facts, seed + i) for i, point in enumerate(drawn(names, alone, 4 * count, seed, fixed))
    )
    yield from islice((start for start in tried if start is not None), count)


def _labelled(fact: Fact) -> bool:
    return bool(fact.expr.atoms(sp.Indexed))


def _start(flow: Flow, point: Point, facts: tuple[Fact, ...], seed: int) -> Start | None:
    try:
        at = numeric(flow, point)
    except InvalidModel:
        return None
    spelled = tuple(Fact(spelled_out(fact.expr, point), fact.kind) for fact in facts if not fact.over)
    open_facts = tuple(fact for fact in (*spelled, *at.domain) if fact.free_symbols & set(at.state))
    found = drawn(at.state, open_facts, 1, seed)
    return Start(point, found[0], at) if found else None


def brief(start: Start) -> fmpq:
    """A time over which the state moves by about its own size; at most 1."""
    speed = max((abs(x).abs_upper() for x in start.flow.rate(start.numbers)), default=arb(1))
    size = max(abs(x).abs_upper() for x in start.numbers)
    time = fmpq(1)
    while not speed * time <= size and time > fmpq(1, 10**6):
        time = time / 2
    return time


def along_mode(start: Start, times: Sequence[fmpq]) -> list[Amplitudes]:
    """The states at the times, by integration of the mode flow."""
    states = trajectory(start.flow.rate, start.numbers, times)
    return [{x: (value,) for x, value in zip(start.flow.state, state, strict=True)} for state in states]


def along_layers(flow: Modes, several: Sequence[Start], times: Sequence[fmpq], seed: int) -> list[list[Amplitudes]]:
    """The states of each start, by one integration of layers of width > 1 that hold all of them as modes."""
    numbers = [dict(zip(start.flow.state, start.numbers, strict=True)) for start in several]
    return mode_states(flow, [start.point for start in several], numbers, times, seed)


def value_at(expr: sp.Expr, point: Point, state: Mapping[sp.Expr, Any]) -> arb:
    """The value of an expression at numbers and a state."""
    fixed = {symbol: value for symbol, value in point.items() if symbol not in state}
    return ball(spelled_out(expr, fixed), state, BITS)


def one_state(amplitudes: Amplitudes) -> dict[sp.Expr, arb]:
    """The first reading of every coordinate."""
    return {x: readings[0] for x, readings in amplitudes.items()}


def consistent(amplitudes: Amplitudes, at: str) -> Iterator[Reading]:
    """All layers that show a coordinate show the same."""
    for readings in amplitudes.values():
        yield from (measured(readings[0], other, at) for other in readings[1:])


QUIET = (TooLarge, Undefined, OutsideFragment, InvalidModel)
"""What makes a point useless rather than a claim wrong."""


def readings(checks: Iterable[Callable[[], Iterable[Reading]]]) -> list[Reading]:
    """What several checks found; a check that leaves the domain or takes too long says nothing."""
    found: list[Reading] = []
    for check in checks:
        try:
            found += list(check())
        except QUIET:
            continue
    return found
