r"""Linear rates at a fixed point, from the variational equation there: eigenvalues of the Jacobian, in balls.

The Jacobian is that of the derived right-hand side, by forward differentiation of its tree in balls (value and gradient
travel together; no symbolic derivative takes part), at balls around the point; the eigenvalues are FLINT's certified
ones.  So a rate is a complex ball that holds it, in any dimension, zero rates along families of fixed points included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import sympy as sp
from flint import acb, acb_mat, arb, fmpq, fmpq_mat, fmpz_poly

from symjepa.errors import OutsideFragment, Undefined
from symjepa.exact.balls import ball, exactly, precision
from symjepa.modes.reduction import ModeFlow
from symjepa.statements.claims import Linearized, Quadratic
from symjepa.verify.corroborate.agreement import Agreement, Reading, agreement, measured, shared_digits
from symjepa.verify.corroborate.dynamics import POINTS, balls_of
from symjepa.verify.corroborate.modes import Start, readings, spelled_out, starts
from symjepa.verify.kernel.decide import Context
from symjepa.verify.obligations.scalars import facts_of

DIGITS = 20
BITS = (384, 1024, 2048)

Rates = tuple[tuple[sp.Expr, sp.Expr], ...]


def certified_rates(
    modes: ModeFlow, values: Mapping[Any, Any], at: Mapping[sp.Expr, Any], digits: int = DIGITS
) -> tuple[acb, ...]:
    r"""The linear rates at a fixed point as balls of at least `digits` digits (decimals, for zero), by real part.

    values: symbol or name → exact number, for every parameter and every amplitude that `at` leaves free (where the
    fixed points form a family); at: amplitude → expression in these.  Raises Undefined where the point is certified
    not to be fixed, or where a rate is not separated from the others at the highest precision.
    """
    named = {str(x): sp.sympify(value) for x, value in values.items()}
    symbols = {s for e in (*modes.rates.values(), *map(sp.sympify, at.values())) for s in e.free_symbols}
    numbers = {s: named[str(s)] for s in symbols if str(s) in named}
    point = {x: sp.sympify(at.get(x, x)).xreplace(numbers) for x in modes.state}
    constants = {s: x for s, x in numbers.items() if s not in point}
    rates = tuple((x, spelled_out(rate, constants)) for x, rate in modes.rates.items())
    return certified_at(rates, [point[x] for x, _ in rates], digits)


def certified_at(rates: Rates, at: Sequence[sp.Expr], digits: int) -> tuple[acb, ...]:
    """Exactly where all is rational; else at rising precision, until every ball is narrow enough."""
    exact = [exactly(x, {}) for x in at]
    for bits in BITS:
        with precision(bits):
            found = _exact_eigenvalues(rates, exact)
            if found is None:
                value = linearized(rates, [ball(x, {}, bits) for x in at])
                _at_rest(x.value.contains(0) for x in value)
                found = eigenvalues([x.gradient for x in value])
            if found is not None and all(_narrow(x, digits) for x in found):
                return tuple(sorted(found, key=lambda z: (z.real.mid(), z.imag.mid())))
    raise Undefined(f"rates to {digits} digits are needed, but they are not separated at {BITS[-1]} bits")


def _at_rest(still: Iterable[bool]) -> None:
    if not all(still):
        raise Undefined("a fixed point is needed, but the flow is certified to move there")


def _exact_eigenvalues(rates: Rates, at: Sequence[fmpq | None]) -> list[acb] | None:
    """Roots of the exact characteristic polynomial, multiple ones and all; None where a number is irrational."""
    if None in at:
        return None
    try:
        value = linearized(rates, at, fmpq(1))
    except _Irrational:
        return None
    _at_rest(x.value == 0 for x in value)
    size = len(rates)
    whole = fmpq_mat(size, size, [entry for x in value for entry in x.gradient]).charpoly()
    numerator = fmpz_poly([int((c * whole.denom()).p) for c in whole.coeffs()])
    roots: Any = numerator.complex_roots()
    return [z for z, multiplicity in roots for _ in range(int(multiplicity))]


class _Irrational(Exception):
    """A number that exact arithmetic does not give."""


def _narrow(rate: acb, digits: int) -> bool:
    size = abs(rate).abs_lower() if not rate.contains(0) else arb(1)
    return all(bool(part.rad() * fmpq(10) ** digits <= size) for part in (rate.real, rate.imag))


def eigenvalues(jacobian: Sequence[Sequence[arb]]) -> list[acb] | None:
    """Certified balls, one for each eigenvalue with its multiplicity; None where FLINT cannot separate them.

    Amplitudes that move without each other are separated first: up to order the matrix is block triangular, and
    eigenvalues that blocks share then need no separation.
    """
    found: list[acb] = []
    for block in _blocks(jacobian):
        own = _of_block([[jacobian[i][j] for j in block] for i in block])
        if own is None:
            return None
        found += own
    return found


def _blocks(jacobian: Sequence[Sequence[arb]]) -> list[list[int]]:
    """Sets of places that reach each other through entries that are not exactly zero."""
    size = range(len(jacobian))
    reached = [[i == j or not jacobian[i][j].is_zero() for j in size] for i in size]
    for k in size:
        for i in size:
            for j in size:
                reached[i][j] = reached[i][j] or (reached[i][k] and reached[k][j])
    blocks = [[j for j in size if reached[i][j] and reached[j][i]] for i in size]
    return [block for i, block in enumerate(blocks) if block[0] == i]


def _of_block(block: list[list[arb]]) -> list[acb] | None:
    if len(block) == 1:
        return [acb(block[0][0])]
    matrix = acb_mat([[acb(x) for x in row] for row in block])
    for multiple in (False, True):
        try:
            return list(matrix.eig(multiple=multiple))
        except ValueError:
            continue
    return None


# Value and gradient together.


@dataclass(frozen=True, slots=True)
class Dual:
    """A value and its derivatives by every amplitude: balls, or exact rationals."""

    value: Any
    gradient: tuple[Any, ...]


def linearized(rates: Rates, point: Sequence[Any], one: Any = None) -> list[Dual]:
    """Every rate with its gradient at a point, in the numbers of `one` (balls); the parameters are numbers already."""
    unit, size = arb(1) if one is None else one, len(rates)
    known = {
        x: Dual(value, tuple(unit * int(i == j) for j in range(size)))
        for i, ((x, _), value) in enumerate(zip(rates, point, strict=True))
    }
    return [_dual(rate, known, (unit * 0,) * size) for _, rate in rates]


def _closed(expr: sp.Expr, like: Any) -> Any:
    """A closed number as a ball, or exactly."""
    if isinstance(like, arb):
        return ball(expr, {}, _bits())
    found = exactly(expr, {})
    if found is None:
        raise _Irrational
    return found


def _dual(expr: sp.Expr, known: Mapping[sp.Expr, Dual], nothing: tuple[Any, ...]) -> Dual:
    if expr in known:
        return known[expr]
    if not expr.free_symbols:
        return Dual(_closed(expr, nothing[0]), nothing)
    if isinstance(expr, sp.Pow) and not expr.exp.free_symbols:
        return _power(_dual(expr.base, known, nothing), expr.exp)
    if not isinstance(expr, sp.Add | sp.Mul):
        raise OutsideFragment(f"a right-hand side of sums, products and powers is needed, but got {expr}", node=expr)
    first, *others = [_dual(part, known, nothing) for part in expr.args]
    for other in others:
        first = _sum(first, other) if isinstance(expr, sp.Add) else _product(first, other)
    return first


def _bits() -> int:
    import flint

    bits: int = flint.ctx.prec
    return bits


def _sum(a: Dual, b: Dual) -> Dual:
    return Dual(a.value + b.value, tuple(x + y for x, y in zip(a.gradient, b.gradient, strict=True)))


def _product(a: Dual, b: Dual) -> Dual:
    slopes = (a.value * y + x * b.value for x, y in zip(a.gradient, b.gradient, strict=True))
    return Dual(a.value * b.value, tuple(slopes))


def _power(base: Dual, exponent: sp.Expr) -> Dual:
    """x^n and n x^(n-1) dx; powers that are not whole need a certified positive base."""
    value, slope = _raised(base.value, exponent), _raised(base.value, exponent - 1) * _closed(exponent, base.value)
    return Dual(value, tuple(slope * x for x in base.gradient))


def _raised(x: Any, exponent: sp.Expr) -> Any:
    """x^n; on the edge x = 0 of a domain x > 0, from the right."""
    if x == 0 and exponent.is_positive:
        return x
    if exponent.is_Integer and (exponent >= 0 or x != 0):
        return _multiplied(x, int(exponent))
    if isinstance(x, fmpq):
        raise _Irrational
    if not x > 0:
        raise Undefined(f"a certified positive base is needed for the power {exponent}, but got {x}")
    return (x.log() * ball(exponent, {}, _bits())).exp()


def _multiplied(x: Any, exponent: int) -> Any:
    """x^n by multiplication: FLINT's power of a ball that holds zero is no number."""
    power = prod([x] * abs(exponent), start=x - x + 1)
    return power if exponent >= 0 else 1 / power


# The claim.


def of_linearized(claim: Linearized, context: Context, seed: int) -> Iterator[Agreement]:
    """The claimed rates against certified eigenvalues of the variational equation, and their signs."""
    rates = [e for rate in claim.rates for e in (_coefficients(rate) if isinstance(rate, Quadratic) else (rate,))]
    exprs = [*rates, *(value for _, value in claim.at)]
    found = list(starts(claim.flow, exprs, (*context.facts, *facts_of(claim.on)), POINTS, seed))
    yield agreement("Linearized: residual of the flow", readings(_residual(claim, start) for start in found))
    yield agreement("Linearized: variational equation", readings(_spectrum(claim, start) for start in found))


def _at(claim: Linearized, start: Start) -> tuple[sp.Expr, ...]:
    """The fixed point at the numbers of a start; amplitudes that are free keep those of the start."""
    listed = dict(claim.at)
    own = {**start.point, **start.exact}
    return tuple(spelled_out(sp.sympify(listed.get(x, x)), own) for x in start.flow.state)


def _rates_of(start: Start) -> Rates:
    return tuple(zip(start.flow.state, start.flow.rates, strict=True))


def _residual(claim: Linearized, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        point = [ball(x, {}, _bits()) for x in _at(claim, start)]
        for rate in linearized(_rates_of(start), point):
            yield measured(1 + rate.value, arb(1), str(start))

    return found


def _spectrum(claim: Linearized, start: Start) -> Callable[[], Iterable[Reading]]:
    def found() -> Iterator[Reading]:
        at = _at(claim, start)
        if any(not x.value.contains(0) for x in linearized(_rates_of(start), [ball(x, {}, _bits()) for x in at])):
            yield Reading(False, None, str(start))
            return
        own = certified_at(_rates_of(start), at, DIGITS)
        yield from paired(list(own), [z for rate in claim.rates for z in _claimed(rate, start)], str(start))
        moving = [x.real for x in own if not x.contains(0)]
        sign = all(x < 0 for x in moving) if claim.stable else any(x > 0 for x in moving)
        yield Reading(sign, None, str(start))

    return found


def _claimed(rate: sp.Expr | Quadratic, start: Start) -> tuple[acb, ...]:
    fixed = {s: x for s, x in start.point.items() if s not in start.flow.state}
    return roots(rate, lambda expr: ball(spelled_out(expr, fixed), balls_of(start), _bits()))


def roots(rate: sp.Expr | Quadratic, number: Callable[[sp.Expr], arb]) -> tuple[acb, ...]:
    """A rate in numbers; both roots, by the quadratic formula, where their equation is claimed."""
    if not isinstance(rate, Quadratic):
        return (acb(number(rate)),)
    linear, constant = (acb(number(e)) for e in _coefficients(rate))
    root = (linear * linear - 4 * constant).sqrt()
    return (-linear - root) / 2, (-linear + root) / 2


def _coefficients(rate: Quadratic) -> tuple[sp.Expr, sp.Expr]:
    return rate.linear, rate.constant


def paired(own: list[acb], claimed: list[acb], at: str) -> Iterator[Reading]:
    """Every claimed rate with the closest certified one that is left: they must overlap."""
    if len(own) != len(claimed):
        yield Reading(False, None, at)
        return
    for rate in claimed:
        nearest = min(own, key=lambda z: abs(z - rate).mid())
        own.remove(nearest)
        digits = min(shared_digits(nearest.real, rate.real), shared_digits(1 + nearest.imag, 1 + rate.imag))
        yield Reading(nearest.overlaps(rate) and digits >= DIGITS, digits, at)
