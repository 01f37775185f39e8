r"""The derived right-hand side of a mode, compiled once to a straight-line program over any ring.

A rate is read as a polynomial in the state; its monomials, and those of its first and second derivatives, become
products of two earlier slots each, shared between all components.  The same program runs on balls, on truncated series
and on polynomials with a remainder, so that nobody writes a derivative or a series by hand.

Soundness: coefficients are closed SymPy expressions, turned into balls at the working precision by `exact.balls`; a
parameter that is itself a box becomes a state that does not move, so that its dependence is carried along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import Any, TypeAlias

import sympy as sp
from flint import arb

from symjepa.errors import OutsideFragment, TooLarge
from symjepa.exact.balls import ball
from symjepa.modes.export import needs_numeric_depth
from symjepa.modes.reduction import ModeFlow

MOST_STATES = 8
MOST_BOXES = 8
MOST_DEGREE = 200

Powers: TypeAlias = tuple[int, ...]
Term: TypeAlias = tuple[int, int, Powers]
"""(index of a coefficient, whole factor, powers of the state)."""
Key: TypeAlias = tuple[int, ...]
Rows: TypeAlias = dict[Key, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class Program:
    """Slots: 1, the state, then one product per line; every row is a combination of slots, every key names a row."""

    lines: tuple[tuple[int, int], ...]
    rows: tuple[tuple[Key, tuple[tuple[int, int, int], ...]], ...]

    def __call__(
        self, coefficients: list[arb], one: Any, state: Iterable[Any], times: Callable[[Any, Any], Any] = mul
    ) -> dict[Key, Any]:
        """The rows at a state; rows that vanish identically are left out."""
        slots = [one, *state]
        for i, j in self.lines:
            slots.append(times(slots[i], slots[j]))
        return {key: _combined(row, coefficients, slots) for key, row in self.rows}


def _combined(row: tuple[tuple[int, int, int], ...], coefficients: list[arb], slots: list[Any]) -> Any:
    total = None
    for index, factor, slot in row:
        term = slots[slot] * (coefficients[index] * factor)
        total = term if total is None else total + term
    return total


@dataclass(frozen=True, slots=True)
class Field:
    """x' = f(x): the state (boxes of parameters at its end), its coefficients, and the programs of f, Df and D²f."""

    state: tuple[sp.Expr, ...]
    coefficients: tuple[sp.Expr, ...]
    rates: Program
    slopes: Program
    curvatures: Program

    def bound(self, bits: int) -> list[arb]:
        """The coefficients as balls."""
        return [ball(c, {}, bits) for c in self.coefficients]


@dataclass(frozen=True, slots=True)
class System:
    """x' = f(x) by its equations alone, numbers put in: a user's own equation, or a mode at one exact point."""

    equations: tuple[tuple[sp.Expr, sp.Expr], ...]

    @property
    def rates(self) -> dict[sp.Expr, sp.Expr]:
        return dict(self.equations)

    @property
    def state(self) -> tuple[sp.Expr, ...]:
        return tuple(x for x, _ in self.equations)

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        own = set(self.state)
        return tuple(sorted({s for _, rate in self.equations for s in rate.free_symbols - own}, key=str))


Flow: TypeAlias = ModeFlow | System


@lru_cache(maxsize=64)
def field(modes: Flow, values: tuple[tuple[sp.Symbol, sp.Expr], ...], boxes: tuple[sp.Symbol, ...]) -> Field:
    """The polynomial field of a mode with its exact parameters put in.  Raises OutsideFragment where it is none."""
    if isinstance(modes, ModeFlow):
        needs_numeric_depth(modes)
    state = (*modes.state, *boxes)
    if len(modes.state) > MOST_STATES or len(boxes) > MOST_BOXES:
        raise TooLarge(
            f"an enclosure carries at most {MOST_STATES} amplitudes and {MOST_BOXES} boxes of parameters, but got "
            f"{len(modes.state)} and {len(boxes)}: use product or balanced coordinates, or exact parameters"
        )
    coefficients: dict[sp.Expr, int] = {}
    rows: Rows = {
        (i,): terms(x, rate.xreplace(dict(values)), state, coefficients)
        for i, (x, rate) in enumerate(modes.rates.items())
    }
    slopes = _differentiated(rows, len(state))
    curvatures = _differentiated(slopes, len(state))
    return Field(state, tuple(coefficients), compiled(rows), compiled(slopes), compiled(curvatures))


def terms(x: sp.Expr, rate: sp.Expr, state: tuple[sp.Expr, ...], known: dict[sp.Expr, int]) -> tuple[Term, ...]:
    """The monomials of a rate; their coefficients are numbered in `known`."""
    try:
        polynomial = sp.Poly(rate, *state)
    except sp.PolynomialError:
        raise OutsideFragment(
            f"an enclosure needs polynomial rates, but d{x}/dt = {rate} has a root or a quotient of the state: "
            "use balanced or layers coordinates (and exact values for parameters under a root)",
            rate=rate,
        ) from None
    if polynomial.total_degree() > MOST_DEGREE:
        raise TooLarge(f"a rate of degree at most {MOST_DEGREE} is needed, but d{x}/dt has {polynomial.total_degree()}")
    if polynomial.is_zero:
        return ()
    return tuple((known.setdefault(c, len(known)), 1, tuple(powers)) for powers, c in polynomial.terms())


def _differentiated(rows: Rows, dimension: int) -> Rows:
    """∂/∂x_j of every row, under the key with j appended; exact, on exponents."""
    found: Rows = {}
    for key, terms in rows.items():
        for j in range(dimension):
            lowered = tuple((c, n * e[j], (*e[:j], e[j] - 1, *e[j + 1 :])) for c, n, e in terms if e[j])
            if lowered:
                found[(*key, j)] = lowered
    return found


def compiled(rows: Mapping[Key, tuple[Term, ...]]) -> Program:
    """Every monomial from two smaller ones, those already there first."""
    dimension = max((len(e) for terms in rows.values() for _, _, e in terms), default=0)
    slots: dict[Powers, int] = {(0,) * dimension: 0}
    slots |= {tuple(int(i == j) for i in range(dimension)): j + 1 for j in range(dimension)}
    lines: list[tuple[int, int]] = []
    for powers in sorted({e for terms in rows.values() for _, _, e in terms}, key=sum):
        _add(powers, slots, lines)
    return Program(
        tuple(lines), tuple((key, tuple((c, n, slots[e]) for c, n, e in terms)) for key, terms in rows.items() if terms)
    )


def _add(powers: Powers, slots: dict[Powers, int], lines: list[tuple[int, int]]) -> int:
    """The slot of a monomial; appends the products that it needs."""
    if powers not in slots:
        known = max((e for e in slots if all(a <= b for a, b in zip(e, powers, strict=True))), key=sum)
        part = known if 2 * sum(known) >= sum(powers) else _half(powers)
        rest = tuple(b - a for a, b in zip(part, powers, strict=True))
        lines.append((_add(part, slots, lines), _add(rest, slots, lines)))
        slots[powers] = max(slots.values()) + 1
    return slots[powers]


def _half(powers: Powers) -> Powers:
    """A divisor of half the degree."""
    left, part = sum(powers) // 2, []
    for e in powers:
        part.append(min(e, left))
        left -= part[-1]
    return tuple(part)
