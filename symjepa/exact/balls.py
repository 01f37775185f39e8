r"""Rigorous values of expressions: exact rationals where possible, balls otherwise.

Soundness: a value is a ball that contains the real value, and is returned only where the expression is defined: bases
of real powers and arguments of logarithms are certified positive, divisors certified non-zero, arguments of LambertW
certified above -1/e; otherwise `Undefined`.  Arithmetic is FLINT's; input goes through fmpq, never through float.  An
integral is computed from complex balls with analyticity declared (a branch cut yields a non-finite ball), after real
balls covering the path have shown the integrand defined on all of it.  `sign_at` answers +1, -1 (certified), 0 (exact
rationals only) or None (not decided); comparisons are YES, NO or UNKNOWN, and an UNKNOWN has no truth value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal, TypeAlias

import flint
import sympy as sp
from flint import acb, arb, fmpq

from symjepa.errors import OutsideFragment, TooLarge, Undefined, UnknownTruth
from symjepa.exact.facts import free_in, spelled

MAX_SUMMANDS = 20_000
MAX_EXACT_BITS = 60_000
MAX_PIECES = 2_000
Value: TypeAlias = Any  # arb on the line, acb off it
Point: TypeAlias = Mapping[sp.Symbol, Any]


class Ternary(Enum):
    """The answer to a comparison of balls."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise UnknownTruth(f"compare with Ternary.YES or Ternary.NO: {self} has no truth value")


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Balls of the given precision."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def rational(value: object) -> fmpq:
    """An exact number as fmpq."""
    if isinstance(value, fmpq):
        return value
    if isinstance(value, sp.Rational) and value.q:
        return fmpq(int(value.p), int(value.q))
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return fmpq(value.numerator, value.denominator)
    raise OutsideFragment(f"an exact rational is needed as a value, but got {value!r} (type={type(value).__name__})")


# Exact rationals.

_FOLDED, _FINITE = (sp.Add, sp.Mul), (sp.Sum, sp.Product)


def exactly(expr: sp.Expr, point: Point) -> fmpq | None:
    """The exact rational value; None if arithmetic alone does not give one, or a very long one."""
    return _arithmetic(expr)(point)


@lru_cache(maxsize=50_000)
def _arithmetic(expr: sp.Expr) -> Callable[[Point], fmpq | None]:
    """The exact value as a function of the point: trees are read once, and evaluated at many points."""
    if isinstance(expr, sp.Rational) and expr.q:
        number = rational(expr)
        return lambda point: number
    if isinstance(expr, sp.Symbol):
        return lambda point: _exact_number(_looked_up(expr, point))
    if isinstance(expr, _FOLDED):
        parts, add = [_arithmetic(a) for a in expr.args], isinstance(expr, sp.Add)
        return _inexact if _inexact in parts else lambda point: _folded([part(point) for part in parts], add)
    if isinstance(expr, sp.Pow) and expr.base is not sp.E:
        base, exponent = _arithmetic(expr.base), _arithmetic(expr.exp)
        inexact = _inexact in (base, exponent)
        return _inexact if inexact else lambda point: _exact_power(base(point), exponent(point))
    if isinstance(expr, _FINITE):
        return lambda point: _folded([exactly(f, p) for f, p in _members(expr, point)], isinstance(expr, sp.Sum))
    return _inexact


def _inexact(point: Point) -> None:
    """Where other functions stand, arithmetic alone gives no value."""


def _exact_number(value: Any) -> fmpq | None:
    return value if isinstance(value, fmpq) else None if isinstance(value, arb | acb) else rational(value)


def _folded(values: list[fmpq | None], add: bool) -> fmpq | None:
    result = fmpq(0 if add else 1)
    for x in values:
        if x is None or x.height_bits() + result.height_bits() > MAX_EXACT_BITS:
            return None
        result = result + x if add else result * x
    return result


def _exact_power(base: fmpq | None, n: fmpq | None) -> fmpq | None:
    if base is None or n is None or n.q != 1:
        return None
    if base == 0 and n < 0:
        raise Undefined("a non-zero divisor is needed, but it is 0 at this point")
    if base in (0, 1, -1):
        return fmpq(1) if n == 0 or base == 1 or (base == -1 and n.p % 2 == 0) else base
    return None if abs(int(n.p)) * base.height_bits() > MAX_EXACT_BITS else base ** int(n.p)


def _looked_up(s: sp.Symbol, point: Point) -> Any:
    if s not in point:
        raise OutsideFragment(f"a value for every symbol is needed, but got none for {s}", node=s)
    return point[s]


def _members(expr: sp.Expr, point: Point) -> Iterator[tuple[sp.Expr, Point]]:
    """Terms of a finite sum or product, with the points to evaluate them at."""
    *inner, limit = expr.limits
    body = expr.func(expr.function, *inner) if inner else expr.function
    lo, hi = (exactly(b, point) for b in limit[1:])
    if lo is None or hi is None or lo.q != 1 or hi.q != 1:
        raise Undefined(f"integer bounds are needed, but got {lo} and {hi} in {expr}", node=expr)
    if hi < lo - 1:
        raise Undefined(f"hi >= lo - 1 is needed, but got lo={lo} and hi={hi} in {expr}", node=expr)
    if hi - lo > MAX_SUMMANDS:
        raise TooLarge(f"at most {MAX_SUMMANDS} terms are allowed, but got {hi - lo + 1}")
    return ((body, {**point, limit[0]: fmpq(i)}) for i in range(int(lo.p), int(hi.p) + 1))


# Balls.


def ball(expr: sp.Expr, point: Point, bits: int = 64) -> arb:
    """A ball around the value at a point of exact rationals (or balls); Undefined if definedness is not certified."""
    with precision(bits):
        value: arb = _Line().value(expr, point)
        return value


class _Line:
    """Values on the real line: every domain is certified."""

    def value(self, e: sp.Expr, point: Point) -> Value:
        """The ball of a tree."""
        return self.checked(self._value(e, point), e)

    def checked(self, x: Value, e: sp.Expr) -> Value:
        """A finite ball, or Undefined."""
        if not x.is_finite():
            raise Undefined(f"a finite value is needed, but {spelled(e)} has none that can be certified here", node=e)
        return x

    def number(self, x: Any) -> Value:
        """An exact number or ball as a value of this field."""
        return x if isinstance(x, arb) else arb(rational(x))

    def _value(self, e: sp.Expr, point: Point) -> Value:
        if isinstance(e, sp.Rational) and e.q:
            return self.number(e)
        if isinstance(e, sp.Symbol):
            return self.number(_looked_up(e, point))
        rule = _rule(e.__class__)
        if rule is None:
            raise OutsideFragment(f"a node with a ball is needed, but got {type(e).__name__} in {e}", node=e)
        return rule(self, e, point)

    def add(self, e: sp.Expr, point: Point) -> Value:
        """Sum."""
        return sum((self.value(a, point) for a in e.args), self.number(0))

    def mul(self, e: sp.Expr, point: Point) -> Value:
        """Product."""
        result = self.number(1)
        for a in e.args:
            result = result * self.value(a, point)
        return result

    def finite(self, e: sp.Expr, point: Point) -> Value:
        """Sum or product over a numeric range."""
        add = isinstance(e, sp.Sum)
        result = self.number(0 if add else 1)
        for body, at in _members(e, point):
            result = result + self.value(body, at) if add else result * self.value(body, at)
        return result

    def pow(self, e: sp.Expr, point: Point) -> Value:
        """Power: integer exponents by arithmetic, others over a certified positive base."""
        base, n = self.value(e.base, point), _exact_exponent(e.exp, point)
        if n is None:
            return self.real_power(base, self.value(e.exp, point), e)
        if n < 0 and base.contains(0):
            return self.unknown(f"a certified non-zero base is needed in {spelled(e)}")
        return base**n

    def unknown(self, why: str) -> Value:
        """No value."""
        raise Undefined(f"{why}, but the ball is not certain; raise the precision or move the point")

    def real_power(self, base: Value, n: Value, e: sp.Expr) -> Value:
        """base^n for base > 0."""
        return (
            (n * base.log()).exp() if base > 0 else self.unknown(f"a certified positive base is needed in {spelled(e)}")
        )

    def exp(self, e: sp.Expr, point: Point) -> Value:
        """Exponential."""
        return self.value(e.exp, point).exp()

    def euler(self, e: sp.Expr, point: Point) -> Value:
        """The number e."""
        return self.number(1).exp()

    def log(self, e: sp.Expr, point: Point) -> Value:
        """Logarithm of a certified positive argument."""
        x = self.value(_only(e), point)
        return x.log() if x > 0 else self.unknown(f"a certified positive argument is needed in {spelled(e)}")

    def lambertw(self, e: sp.Expr, point: Point) -> Value:
        """Principal branch; FLINT's ball is not finite outside [-1/e, oo)."""
        x = self.value(_only(e), point)
        return x.lambertw() if x > -self.number(-1).exp() else self.unknown(f"z > -1/e in {e}")

    def hypergeometric(self, e: sp.Expr, point: Point) -> Value:
        """Gauss's 2F1 on the real line, cut off at z = 1; FLINT's ball is not finite at a pole of the parameter c."""
        (a, b), (c,), z = self._gauss(e, point)
        return z.hypgeom_2f1(a, b, c) if z < 1 else self.unknown(f"z < 1 is needed in {e}")

    def _gauss(self, e: sp.Expr, point: Point) -> tuple[list[Value], list[Value], Value]:
        """Parameters and argument of a 2F1; any other series is refused."""
        upper, lower, z = e.args
        if (len(upper), len(lower)) != (2, 1):
            raise OutsideFragment(f"a hypergeometric series 2F1 is needed, but got {e}", node=e)
        return [self.value(x, point) for x in upper], [self.value(x, point) for x in lower], self.value(z, point)

    def incomplete_beta(self, e: sp.Expr, point: Point) -> Value:
        """The integral of t^(a-1) (1-t)^(b-1) from x1 to x2, for a > 0 and 0 <= x1, x2 < 1."""
        a, b, *ends = (self.value(x, point) for x in e.args)
        if not a > 0:
            self.unknown(f"a certified positive first parameter is needed in {e}")
        for x in ends:
            if not (x >= 0 and x < 1):
                self.unknown(f"ends in [0, 1) are needed in {e}")
        low, high = (x.beta_lower(a, b) for x in ends)
        return high - low

    def integral(self, e: sp.Expr, point: Point) -> Value:
        """Integral over a path on which the integrand is certified defined."""
        *inner, limit = e.limits
        body = e.func(e.function, *inner) if inner else e.function
        if len(limit) != 3 or body.has(sp.Integral, sp.betainc):
            raise OutsideFragment(
                f"an integral with both bounds, of what is neither an integral nor an incomplete beta function, is"
                f" needed, but got {e}",
                node=e,
            )
        s, a, b = limit[0], self.value(limit[1], point), self.value(limit[2], point)
        _certify(lambda x: self.value(body, {**point, s: x}), a.union(b))
        plane = _Plane()

        def integrand(z: acb, analytic: bool) -> acb:
            plane.analytic = analytic
            value: acb = plane.value(body, {**point, s: z})
            return value

        return acb.integral(integrand, acb(a), acb(b)).real


class _Plane(_Line):
    """Values off the line, for integrals: what is not analytic is not finite."""

    analytic = True

    def checked(self, x: Value, e: sp.Expr) -> Value:
        """Any ball; a non-finite one is an answer here."""
        return x

    def number(self, x: Any) -> Value:
        """As a complex ball."""
        return x if isinstance(x, acb) else acb(x if isinstance(x, arb) else arb(rational(x)))

    def unknown(self, why: str) -> Value:
        """Not analytic: a non-finite ball."""
        return acb(arb.nan(), arb.nan())

    def real_power(self, base: Value, n: Value, e: sp.Expr) -> Value:
        """Principal branch, off its cut."""
        return (n * base.log(analytic=self.analytic)).exp()

    def log(self, e: sp.Expr, point: Point) -> Value:
        """Principal branch, off its cut."""
        return self.value(_only(e), point).log(analytic=self.analytic)

    def lambertw(self, e: sp.Expr, point: Point) -> Value:
        """Principal branch, in the right half-plane only."""
        x = self.value(_only(e), point)
        return x.lambertw() if x.real > 0 or not self.analytic else self.unknown("a right half-plane is needed")

    def hypergeometric(self, e: sp.Expr, point: Point) -> Value:
        """Principal branch, off the cut from 1 to oo."""
        (a, b), (c,), z = self._gauss(e, point)
        off = z.real < 1 or z.imag > 0 or z.imag < 0
        return z.hypgeom_2f1(a, b, c) if off else self.unknown("an argument off the cut is needed")


Rule: TypeAlias = Callable[[_Line, sp.Expr, Point], Value]
_RULES: tuple[tuple[Any, Rule], ...] = (
    (sp.Add, lambda field, e, at: field.add(e, at)),
    (sp.Mul, lambda field, e, at: field.mul(e, at)),
    (sp.exp, lambda field, e, at: field.exp(e, at)),
    (sp.Pow, lambda field, e, at: field.pow(e, at)),
    (type(sp.E), lambda field, e, at: field.euler(e, at)),
    (sp.log, lambda field, e, at: field.log(e, at)),
    (sp.LambertW, lambda field, e, at: field.lambertw(e, at)),
    (sp.hyper, lambda field, e, at: field.hypergeometric(e, at)),
    (sp.betainc, lambda field, e, at: field.incomplete_beta(e, at)),
    (sp.Sum | sp.Product, lambda field, e, at: field.finite(e, at)),
    (sp.Integral, lambda field, e, at: field.integral(e, at)),
)


@cache
def _rule(kind: type) -> Rule | None:
    """How nodes of a class are evaluated: the first rule for it or for what it inherits from."""
    return next((rule for kinds, rule in _RULES if issubclass(kind, kinds)), None)


def _only(e: sp.Expr) -> sp.Expr:
    """The one argument of log or LambertW on its principal branch."""
    if (isinstance(e, sp.log) and len(e.args) > 1) or any(a != 0 for a in e.args[1:]):
        raise OutsideFragment(f"the natural logarithm or principal branch is needed, but got {e}", node=e)
    return e.args[0]


def _exact_exponent(e: sp.Expr, point: Point) -> int | None:
    """An exponent that is an integer by exact arithmetic, not merely a ball that contains one."""
    if isinstance(e, sp.Integer):
        return int(e.p)
    if any(isinstance(point.get(s), arb | acb) for s in free_in(e)):
        return None
    n = exactly(e, point)
    return int(n.p) if n is not None and n.q == 1 else None


def _certify(f: Callable[[arb], Value], path: arb) -> None:
    """f has a certified value on every piece of the path; pieces are halved until it has."""
    pieces, done = [path], 0
    while pieces:
        piece, done = pieces.pop(), done + 1
        try:
            f(piece)
        except Undefined:
            middle = piece.mid()
            if done > MAX_PIECES or piece.rad() == 0:
                raise
            pieces += [piece.lower().union(middle), middle.union(piece.upper())]


# Signs and comparisons.


def sign_at(expr: sp.Expr, point: Point, bits: int = 64, max_bits: int = 4096) -> Literal[-1, 0, 1] | None:
    """Certified sign at a point; 0 only by exact arithmetic; None if balls up to max_bits do not decide."""
    return _sign([(expr, 1)], point, bits, max_bits)


def less(a: sp.Expr, b: sp.Expr, point: Point, bits: int = 64, max_bits: int = 4096) -> Ternary:
    """Whether a < b at a point where both are defined."""
    sign = _sign([(b, 1), (a, -1)], point, bits, max_bits)
    return Ternary.UNKNOWN if sign is None else Ternary.YES if sign > 0 else Ternary.NO


def same(a: sp.Expr, b: sp.Expr, point: Point, bits: int = 64, max_bits: int = 4096) -> Ternary:
    """Whether a = b at a point: NO is certified by balls, YES by exact arithmetic only."""
    sign = _sign([(b, 1), (a, -1)], point, bits, max_bits)
    return Ternary.UNKNOWN if sign is None else Ternary.NO if sign else Ternary.YES


def _sign(parts: list[tuple[sp.Expr, int]], point: Point, bits: int, max_bits: int) -> Literal[-1, 0, 1] | None:
    """The sign of a combination; each part is evaluated by itself, so each must be defined."""
    exact = _folded([_scaled(exactly(e, point), c) for e, c in parts], add=True)
    if exact is not None:
        return 0 if exact == 0 else 1 if exact > 0 else -1
    refusal: Undefined | None = None
    while bits <= max_bits:
        try:
            with precision(bits):
                total: arb = sum((c * _Line().value(e, point) for e, c in parts), arb(0))
                if total > 0 or total < 0:
                    return 1 if total > 0 else -1
                refusal = None
        except Undefined as error:
            refusal = error
        bits *= 2
    if refusal is not None:
        raise refusal
    return None


def _scaled(x: fmpq | None, c: int) -> fmpq | None:
    return None if x is None else c * x
