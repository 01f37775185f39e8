r"""Normal form of scalars, and equality with its side conditions.

Soundness: symbols range over the reals.  `normal(e)` returns an element and conditions such that, wherever all
conditions hold, e is defined, real, and has the element's value.  Each rule demands what it uses:
  division                      the divisor's factors are non-zero
  power, numeric integer        arithmetic; 0^0 = 1; negative as division
  power, exponent an integer polynomial in integer symbols
                                every factor of the base is non-zero, every such symbol is an integer
  power, any other exponent     every factor of the base is positive; of a base 0: the exponent is positive
  logarithm                     every factor of the argument is positive
  LambertW, principal branch    the argument z is above -1/e; then W e^W = z, W > -1, and W has the sign of z; W(x e^x)
                                = x for x > -1; e^(nW) = z^n W^-n where z is not 0
  Sum                           over the integers n with lo <= n <= hi (none if hi < lo); lo and hi are integers;
                                conditions on the term hold for every such n.  Linear in the term; no other law is used
  term of a sequence            its one index is an integer
  Integral                      conditions on the integrand hold between lo <= hi, which makes it continuous there; it
                                is 0 for lo = hi
SymPy's assumptions are read only to choose a rule (`is_integer` of a symbol); the fact is demanded again.  What is not
listed is refused by name.  Binders are numbered by the height of their body, so an inner binder never has the number of
an enclosing one: nothing is captured, and equal sums meet whatever their indices are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import TypeAlias

import flint
import sympy as sp
from sympy.core.function import AppliedUndef

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact import group_ring as ring
from symjepa.exact.facts import Fact, Kind, Range, lifted
from symjepa.exact.group_ring import Atom, Base, Element, Exponent, Monomial

Body: TypeAlias = tuple[str, sp.Expr, tuple[sp.Tuple, ...]]
MAX_EXPANDED = 200
BINDER_MARK = 10**15


@dataclass(frozen=True)
class Normal:
    """expr = element wherever `conditions` hold; num/den is the same with primitive denominators multiplied out."""

    element: Element
    conditions: frozenset[Fact]

    @property
    def num(self) -> sp.Expr:
        """Numerator as an expression."""
        return ring.to_expr(ring.fraction(self.element)[0])

    @property
    def den(self) -> sp.Expr:
        """Denominator as an expression."""
        return ring.to_expr(ring.fraction(self.element)[1])


@dataclass(frozen=True)
class Equality:
    """Whether two expressions are equal wherever `conditions` hold; `holds=False` means only "not shown"."""

    holds: bool
    residual: sp.Expr | None
    conditions: frozenset[Fact]


def equal(a: sp.Expr, b: sp.Expr) -> Equality:
    """Decide a = b by the normal form of the difference."""
    left, right = normal(a), normal(b)
    difference = ring.clear(left.element - right.element)
    conditions = left.conditions | right.conditions
    return Equality(not difference, ring.to_expr(difference) if difference else None, conditions)


@lru_cache(maxsize=20_000)
def normal(expr: sp.Expr) -> Normal:
    """The normal form of an expression; OutsideFragment names a node that has none."""
    reader = _Reader()
    try:
        element = reader.read(expr)
    except RecursionError:
        raise TooLarge("an expression nested less deeply is needed; name its parts by symbols") from None
    return Normal(element, frozenset(reader.conditions))


@lru_cache(maxsize=20_000)
def height(expr: sp.Basic) -> int:
    """How deeply binders nest in a tree."""
    own = len(expr.limits) if isinstance(expr, sp.Sum | sp.Integral) else 0
    return own + max((height(a) for a in expr.args), default=0)


@cache
def binder(number: int, integer: bool) -> sp.Symbol:
    """The canonical bound symbol of a binder; user expressions may not use it."""
    if integer:
        return sp.Dummy(f"i_{number}", dummy_index=BINDER_MARK + number, integer=True)
    return sp.Dummy(f"x_{number}", dummy_index=2 * BINDER_MARK + number)


def is_binder(s: sp.Symbol) -> bool:
    """Whether s is a canonical bound symbol."""
    return isinstance(s, sp.Dummy) and s.dummy_index >= BINDER_MARK


class _Reader:
    """One pass over a tree, collecting conditions; `scope` gives the elements of bound symbols."""

    def __init__(self) -> None:
        self.conditions: set[Fact] = set()
        self.scope: dict[sp.Symbol, Element] = {}

    def read(self, e: sp.Expr) -> Element:
        """The element of a tree."""
        if isinstance(e, sp.Symbol):
            return self._symbol(e)
        if isinstance(e, sp.Rational) and e.q:
            return ring.number(Fraction(int(e.p), int(e.q)))
        rule = _rule(e.__class__)
        if rule is not None:
            return rule(self, e)
        raise OutsideFragment(f"a node of the exact fragment is needed, but got {type(e).__name__} in {e}", node=e)

    def need(self, base: Base | Exponent, kind: Kind) -> None:
        """Demand a fact; facts about numbers are settled at once."""
        if isinstance(base, Atom) and base.kind in ("prime", "e"):
            return
        expr = ring.to_expr(base)
        if isinstance(expr, sp.Rational):
            if not {
                "positive": expr.p > 0,
                "nonnegative": expr.p >= 0,
                "nonzero": expr.p != 0,
                "zero": expr.p == 0,
                "integer": expr.q == 1,
            }[kind]:
                raise Undefined(f"a real value is needed, but it demands {Fact(expr, kind)}", node=expr)
            return
        self.conditions.add(Fact(expr, kind))

    def _symbol(self, s: sp.Symbol) -> Element:
        if s in self.scope:
            return self.scope[s]
        if is_binder(s) or s.is_commutative is False or s.is_extended_real is False:
            raise OutsideFragment(f"a real symbol is needed, but got {s!r}", node=s)
        return ring.single(s)

    def _add(self, e: sp.Expr) -> Element:
        terms: dict[Monomial, Fraction] = {}
        for a in e.args:
            for m, c in self.read(a).terms.items():
                terms[m] = terms.get(m, ring.ZERO_NUMBER) + c
        return Element(terms)

    def _mul(self, e: sp.Expr) -> Element:
        result = ring.ONE
        for a in e.args:
            result = result * self.read(a)
        return result

    def _pow(self, e: sp.Expr) -> Element:
        if e.base is sp.E:
            return self._exponential(self.read(e.exp))
        exponent = ring.lower(self.read(e.exp))
        if e.base.is_Mul and not any(isinstance(a, sp.Rational) and a.p < 0 for a in e.base.args):
            result = ring.ONE
            for a in e.base.args:
                result = result * self._raise(self.read(a), exponent)
            return result
        return self._raise(self.read(e.base), exponent)

    def _raise(self, b: Element, e: Exponent) -> Element:
        if isinstance(e, Fraction) and e.denominator == 1:
            return b ** int(e) if e >= 0 else self._inverse(b) ** int(-e)
        if not b:
            self.need(e, "positive")
            return ring.ZERO
        integers = _integer_symbols(e)
        for s in integers or ():
            self.conditions.add(Fact(s, "integer"))
        c, m, primitive = _split(b)
        self._need_all(m, primitive, "positive" if integers is None else "nonzero")
        result = _number_raised(c, e) * ring.term(ring.raised(m, e))
        return result if primitive is None else result * ring.power(Atom("poly", primitive), e)

    def _need_all(self, m: Monomial, primitive: Element | None, kind: Kind) -> None:
        for base, _ in m:
            self.need(base, kind)
        if primitive is not None:
            self.need(primitive, kind)

    def _inverse(self, b: Element) -> Element:
        if not b or not ring.clear(b):
            raise Undefined("a non-zero divisor is needed, but it is identically zero; simplify the denominator")
        if len(b.terms) == 1:
            self._need_all(next(iter(b.terms)), None, "nonzero")
            return b**-1
        c, m, primitive = ring.content(b)
        self._need_all(m, primitive, "nonzero")
        return ring.term(ring.raised(m, Fraction(-1)), 1 / c) * ring.power(Atom("poly", primitive), Fraction(-1))

    def _exp(self, e: sp.Expr) -> Element:
        return self._exponential(self.read(e.exp))

    def _exponential(self, a: Element) -> Element:
        result, rest = ring.ONE, ring.ZERO
        for m, c in ring.as_element(ring.lower(a)).terms.items():
            factor = self._power_of_e(m, c)
            result, rest = (result, rest + Element({m: c})) if factor is None else (result * factor, rest)
        return result * ring.power(ring.EULER, ring.lower(rest))

    def _power_of_e(self, m: Monomial, c: Fraction) -> Element | None:
        """e^(c m) where it simplifies: e^(x log b) = b^x, and e^(n W(z)) = z^n W^-n for integer n."""
        logs = [(b, x) for b, x in m if isinstance(b, Atom) and b.kind == "log"]
        if len(logs) == 1 and logs[0][1] == 1:
            return ring.power(logs[0][0].args[0], ring.lower(Element({m - {logs[0]}: c})))
        (base, x), *others = m or [(ring.EULER, ring.ZERO_NUMBER)]
        if others or x != 1 or c.denominator != 1 or not isinstance(base, Atom) or base.kind != "lambertw":
            return None
        assert isinstance(base.args[0], Element)
        self.need(ring.lower(base.args[0]), "nonzero")
        return self._raise(base.args[0], c) * ring.power(base, -c)

    def _log(self, e: sp.Expr) -> Element:
        if len(e.args) != 1:
            raise OutsideFragment(f"a natural logarithm is needed, but got {e}", node=e)
        argument = self.read(e.args[0])
        if not argument:
            raise Undefined(f"a positive argument is needed, but got {e}", node=e)
        c, m, primitive = _split(argument)
        self._need_all(m, primitive, "positive")
        result = ring.ZERO if primitive is None else _log_atom(Atom("poly", primitive))
        for p, n in _factors(c):
            result = result + ring.number(n) * _log_atom(Atom("prime", p))
        for base, x in m:
            result = result + ring.as_element(x) * _log_atom(base)
        return result

    def _lambertw(self, e: sp.Expr) -> Element:
        if any(a != 0 for a in e.args[1:]):
            raise OutsideFragment(f"the principal branch of LambertW is needed, but got {e}", node=e)
        z = self.read(e.args[0])
        if not z:
            return ring.ZERO
        x = _lambert_preimage(z)
        if x is not None:
            self.need(ring.lower(ring.ONE + x), "positive")
            return x
        self.need(ring.lower(z + ring.power(ring.EULER, Fraction(-1))), "positive")
        return ring.single(Atom("lambertw", z))

    def _opaque(self, e: sp.Expr) -> Element:
        args = [self.read(a) for a in (e.args if isinstance(e, AppliedUndef) else e.indices)]
        if any(is_binder(s) and not s.is_integer for a in args for s in ring.free(a)):
            raise OutsideFragment(f"a continuous integrand is needed, but got {e}", node=e)
        if isinstance(e, AppliedUndef):
            if len(args) != 1:
                raise OutsideFragment(f"a term of a sequence has one index, but got {e}", node=e)
            self.need(ring.lower(args[0]), "integer")
            return ring.single(Atom("function", e.func, *args))
        return ring.single(Atom("indexed", e.base, *args))

    def _bound(self, e: sp.Expr) -> Element:
        kind = "sum" if isinstance(e, sp.Sum) else "integral"
        if any(len(limit) != 3 for limit in e.limits):
            raise OutsideFragment(f"a {kind} with both bounds is needed, but got {e}", node=e)
        return self._limits(kind, e.function, tuple(e.limits))

    def _limits(self, kind: str, function: sp.Expr, limits: tuple[sp.Tuple, ...]) -> Element:
        if not limits:
            return self.read(function)
        *inner, (symbol, low, high) = limits
        lo, hi = self.read(low), self.read(high)
        body = (kind, function, tuple(inner))
        if kind == "integral":
            return self._integral(symbol, lo, hi, body)
        self.need(ring.lower(lo), "integer")
        self.need(ring.lower(hi), "integer")
        first, last = lo.constant(), hi.constant()
        if first is not None and last is not None and last - first < MAX_EXPANDED:
            return self._expanded(symbol, int(first), int(last), body)
        bound = binder(_number(function, inner), integer=True)
        with self._binding(symbol, bound, lo, hi):
            element = self._limits(*body)
        return _distributed("sum", bound, element, lo, hi)

    def _expanded(self, symbol: sp.Symbol, first: int, last: int, body: Body) -> Element:
        if last < first - 1:
            raise OutsideFragment(f"a sum with hi >= lo - 1 is needed, but got lo={first}, hi={last}")
        result, outer = ring.ZERO, dict(self.scope)
        for i in range(first, last + 1):
            self.scope[symbol] = ring.number(i)
            result = result + self._limits(*body)
        self.scope = outer
        return result

    def _integral(self, symbol: sp.Symbol, lo: Element, hi: Element, body: Body) -> Element:
        if lo == hi:
            return self._at_a_point(symbol, lo, body)
        bound = binder(_number(body[1], body[2]), integer=False)
        before = len(self.conditions)
        with self._binding(symbol, bound, lo, hi):
            element = self._limits(*body)
        if len(self.conditions) > before:
            self.need(ring.lower(hi - lo), "nonnegative")
        return _distributed("integral", bound, element, lo, hi)

    def _at_a_point(self, symbol: sp.Symbol, place: Element, body: Body) -> Element:
        """The integral from a place to itself: 0, where the integrand is defined there."""
        outer = self.scope
        self.scope = {**outer, symbol: place}
        self._limits(*body)
        self.scope = outer
        return ring.ZERO

    @contextmanager
    def _binding(self, symbol: sp.Symbol, bound: sp.Symbol, lo: Element, hi: Element) -> Iterator[None]:
        """Read a body: its conditions are demanded over the whole range."""
        outer, scope, self.conditions = self.conditions, self.scope, set()
        self.scope = {**scope, symbol: ring.single(bound)}
        yield
        r = Range(bound, ring.to_expr(lo), ring.to_expr(hi), integer=bool(bound.is_integer))
        self.conditions, self.scope = outer | lifted(self.conditions, r), scope


_RULES = (
    (sp.Add, _Reader._add),
    (sp.Mul, _Reader._mul),
    (sp.Pow, _Reader._pow),
    (sp.exp, _Reader._exp),
    (type(sp.E), lambda reader, e: ring.single(ring.EULER)),
    (sp.log, _Reader._log),
    (sp.LambertW, _Reader._lambertw),
    (sp.Sum | sp.Integral, _Reader._bound),
    (AppliedUndef | sp.Indexed, _Reader._opaque),
)


@cache
def _rule(kind: type) -> Callable[[_Reader, sp.Expr], Element] | None:
    """How nodes of a class are read: the first rule for it or for what it inherits from."""
    return next((rule for kinds, rule in _RULES if issubclass(kind, kinds)), None)


def _lambert_preimage(z: Element) -> Element | None:
    """x with z = x e^x as they stand; then W(z) = x for x > -1."""
    exponents = {dict(m).get(ring.EULER) for m in z.terms}
    exponent = exponents.pop() if len(exponents) == 1 else None
    if exponent is None:
        return None
    x = z * ring.power(ring.EULER, ring.product(Fraction(-1), exponent))
    return x if ring.lower(x) == exponent else None


def _number(function: sp.Expr, inner: tuple[sp.Tuple, ...] | list[sp.Tuple]) -> int:
    """Above the number of every binder in the scope of the next one."""
    return max(height(x) for x in (function, *inner)) + len(inner)


def _integer_symbols(e: Exponent) -> frozenset[sp.Symbol] | None:
    """The symbols of an integer polynomial in integer symbols; None if e is not seen to be one."""
    element = ring.as_element(e)
    bases = element.bases()
    whole = all(c.denominator == 1 for c in element.terms.values()) and all(
        isinstance(x, Fraction) and x.denominator == 1 and x > 0 for m in element.terms for _, x in m
    )
    symbols = frozenset(b for b in bases if isinstance(b, sp.Symbol) and b.is_integer)
    return symbols if whole and len(symbols) == len(bases) else None


def _split(b: Element) -> tuple[Fraction, Monomial, Element | None]:
    """b = c * m * primitive with c > 0; a negative single term stays one primitive factor."""
    if len(b.terms) > 1:
        return ring.content(b)
    ((m, c),) = b.terms.items()
    if c > 0:
        return c, m, None
    if not m:
        raise Undefined(f"a positive number under a symbolic power or logarithm is needed, but got {c}")
    return -c, ring.UNIT, Element({m: Fraction(-1)})


def _factors(c: Fraction) -> list[tuple[int, int]]:
    """Primes and exponents of a positive rational."""
    if max(c.numerator.bit_length(), c.denominator.bit_length()) > 128:
        raise TooLarge(f"a number of at most 128 bits is needed under a power or logarithm, but got {c}")
    above, below = flint.fmpz(c.numerator).factor(), flint.fmpz(c.denominator).factor()
    return [(int(p), int(n)) for p, n in above] + [(int(p), -int(n)) for p, n in below]


def _number_raised(c: Fraction, e: Exponent) -> Element:
    result = ring.ONE
    for p, n in _factors(c):
        result = result * ring.power(Atom("prime", p), ring.product(Fraction(n), e))
    return result


def _log_atom(base: Base) -> Element:
    return ring.ONE if base == ring.EULER else ring.single(Atom("log", base))


def _distributed(kind: str, bound: sp.Symbol, body: Element, lo: Element, hi: Element) -> Element:
    """The binder of a sum of monomials: termwise, factors free of the bound symbol outside."""
    result = ring.ZERO
    for m, c in ring.reduced(body).terms.items():
        outside, inside = _parted(m, bound)
        atom = Atom(kind, bound, Element({inside: Fraction(1)}), lo, hi)
        result = result + ring.term(outside, c) * ring.single(atom)
    return result


def _parted(m: Monomial, bound: sp.Symbol) -> tuple[Monomial, Monomial]:
    """m = outside * inside, exponents split by terms: u^(L-n) = u^L u^-n."""
    outside: Monomial = ring.UNIT
    inside: Monomial = ring.UNIT
    for base, e in m:
        if bound in ring.free(base):
            inside |= {(base, e)}
            continue
        fixed = Element({n: c for n, c in ring.as_element(e).terms.items() if bound not in ring.free(n)})
        itself: Monomial = frozenset({(base, Fraction(1))})
        outside = ring.times(outside, ring.raised(itself, ring.lower(fixed)))
        inside = ring.times(inside, ring.raised(itself, ring.lower(ring.as_element(e) - fixed)))
    return outside, inside
