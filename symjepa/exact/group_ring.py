r"""Elements of the group ring Q[bases^exponents], in which scalars are compared.

An element is {monomial: rational}, a monomial is a set of (base, exponent), an exponent is a rational or an element.
Bases: symbols, primes, the number e, and atoms (log, LambertW, Sum, Integral, a primitive sum raised to a power).

Soundness: let every base have a real value that is positive, or non-zero with integer-valued exponents only, or
arbitrary with exponents in {0, 1, 2, ...} only; `scalars` demands exactly this.  Then base^(a+b) = base^a base^b, so
evaluation is a ring homomorphism, and each function here rewrites an element into one of the same value: products,
integer powers of primes moved into the coefficient, content pulled out, P^(r+n) = P^r P^n expanded (`clear`).  An
element without terms is therefore zero.  The converse is not claimed: bases are only *treated* as independent.
Orders and keys only choose representatives; a bad choice loses proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import floor, gcd, lcm
from typing import Any, TypeAlias

import flint
import sympy as sp

from symjepa.errors import TooLarge

MAX_TERMS = 20_000
MAX_PRODUCTS = 400_000
MAX_BITS = 100_000
MAX_POWER = 1_000


class Atom:
    """An opaque base. kind and args decide equality; in "sum" and "integral" args[0] is bound in args[1]."""

    __slots__ = ("_hash", "args", "kind")

    def __init__(self, kind: str, *args: object) -> None:
        self.kind = kind
        self.args: tuple[Any, ...] = args
        self._hash = hash((kind, args))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other or not isinstance(other, Atom):
            return self is other
        return self._hash == other._hash and self.kind == other.kind and self.args == other.args


class Element:
    """A finite sum of rational multiples of monomials; immutable."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {m: c for m, c in terms.items() if c}
        self._hash = 0
        if len(self.terms) > MAX_TERMS:
            raise TooLarge(f"a normal form may have {MAX_TERMS} terms, but got {len(self.terms)}")

    def __hash__(self) -> int:
        self._hash = self._hash or hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and self.terms == other.terms

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __add__(self, other: Element) -> Element:
        terms = dict(self.terms)
        for m, c in other.terms.items():
            terms[m] = terms.get(m, ZERO_NUMBER) + c
        return Element(terms)

    def __neg__(self) -> Element:
        return Element({m: -c for m, c in self.terms.items()})

    def __sub__(self, other: Element) -> Element:
        return self + -other

    def __mul__(self, other: Element) -> Element:
        if len(self.terms) * len(other.terms) > MAX_PRODUCTS:
            raise TooLarge(f"a product may have {MAX_PRODUCTS} terms, got {len(self.terms)} times {len(other.terms)}")
        terms: dict[Monomial, Fraction] = {}
        for m, c in self.terms.items():
            for n, d in other.terms.items():
                k, product = folded(times(m, n))
                terms[product] = terms.get(product, ZERO_NUMBER) + (c * d if k == 1 else c * d * k)
        return Element(terms)

    def __pow__(self, n: int) -> Element:
        if len(self.terms) == 1:
            return self._monomial_power(n)
        if n > MAX_POWER:
            raise TooLarge(f"a power of a sum up to {MAX_POWER} is multiplied out, got {n}; use a symbolic exponent")
        result, square = ONE, self
        while n:
            result, n = (result * square if n & 1 else result), n >> 1
            square = square * square if n else square
        return result

    def _monomial_power(self, n: int) -> Element:
        ((m, c),) = self.terms.items()
        return term(raised(m, Fraction(n)), number_power(c, n))

    def constant(self) -> Fraction | None:
        """The rational number that this element is, if it shows."""
        if not self.terms:
            return ZERO_NUMBER
        return self.terms.get(UNIT) if len(self.terms) == 1 else None

    def bases(self) -> frozenset[Base]:
        """Bases that occur in some monomial."""
        return frozenset(b for m in self.terms for b, _ in m)


Base: TypeAlias = sp.Symbol | Atom
Exponent: TypeAlias = Fraction | Element
Monomial: TypeAlias = frozenset[tuple[Base, Exponent]]

ZERO_NUMBER = Fraction(0)
UNIT: Monomial = frozenset()
ZERO = Element({})
ONE = Element({UNIT: Fraction(1)})
EULER = Atom("e")


def number(value: Fraction | int) -> Element:
    """A rational as an element."""
    return Element({UNIT: Fraction(value)})


def number_power(c: Fraction, n: int) -> Fraction:
    """c^n, with memory bounded before it is asked for."""
    bits = max(c.numerator.bit_length(), c.denominator.bit_length())
    if bits > 1 and abs(n) * bits > MAX_BITS:
        raise TooLarge(f"a number of about {abs(n) * bits} bits is needed, {MAX_BITS} allowed; use a symbolic exponent")
    return c**n


def term(m: Monomial, c: Fraction | int = 1) -> Element:
    """One monomial with its coefficient, integer powers of primes moved into the coefficient."""
    k, m = folded(m)
    return Element({m: Fraction(c) * k})


def power(base: Base, exponent: Exponent) -> Element:
    """base^exponent."""
    return ONE if exponent == 0 else term(frozenset({(base, exponent)}))


def single(base: Base) -> Element:
    """The base itself."""
    return power(base, Fraction(1))


@lru_cache(maxsize=100_000)
def times(a: Monomial, b: Monomial) -> Monomial:
    """Product of monomials: exponents of equal bases add."""
    if not a or not b:
        return a or b
    exponents = dict(a)
    for base, e in b:
        exponents[base] = plus(exponents[base], e) if base in exponents else e
        if not exponents[base]:
            del exponents[base]
    return frozenset(exponents.items())


def raised(m: Monomial, e: Exponent) -> Monomial:
    """m^e, exponent by exponent."""
    return frozenset((b, x) for b, a in m if (x := product(a, e)) != 0)


@lru_cache(maxsize=50_000)
def folded(m: Monomial) -> tuple[Fraction, Monomial]:
    """Integer parts of the exponents of primes become a coefficient: 2^(K + 3/2) = 2 * 2^(K + 1/2)."""
    parts = [(b, e, n) for b, e in m if isinstance(b, Atom) and b.kind == "prime" and (n := floor(_constant_part(e)))]
    if not parts:
        return Fraction(1), m
    c, rest = Fraction(1), m
    for b, e, n in parts:
        c *= number_power(Fraction(str(b.args[0])), n)
        left = plus(e, Fraction(-n))
        rest = (rest - {(b, e)}) | (frozenset({(b, left)}) if left != 0 else UNIT)
    return c, rest


def _constant_part(e: Exponent) -> Fraction:
    return e if isinstance(e, Fraction) else e.terms.get(UNIT, ZERO_NUMBER)


# Exponents: rationals where possible, otherwise elements in lowest terms.


def as_element(e: Exponent) -> Element:
    """An exponent as an element."""
    return number(e) if isinstance(e, Fraction) else e


def lower(e: Element) -> Exponent:
    """An element as an exponent, in lowest terms so that equal exponents meet."""
    if any(isinstance(b, Atom) and b.kind == "poly" for b in e.bases()):
        e = lowest_terms(e)
    c = e.constant()
    return e if c is None else c


def plus(a: Exponent, b: Exponent) -> Exponent:
    """Sum of exponents."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a + b
    return lower(as_element(a) + as_element(b))


def product(a: Exponent, b: Exponent) -> Exponent:
    """Product of exponents."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    return lower(as_element(a) * as_element(b))


# Representatives: keys, content, clearing of primitive bases.


@lru_cache(maxsize=50_000)
def key(thing: object) -> str:
    """A deterministic name, to choose representatives by."""
    if isinstance(thing, sp.Symbol):
        return f"{thing.name}{sorted(thing.assumptions0.items())}" if thing.is_Dummy is False else sp.srepr(thing)
    if isinstance(thing, Atom):
        return f"{thing.kind}({','.join(map(key, thing.args))})"
    if isinstance(thing, Element):
        return "+".join(sorted(f"{c}*{key(m)}" for m, c in thing.terms.items()))
    if isinstance(thing, frozenset):
        return "*".join(sorted(f"{key(b)}^{key(e)}" for b, e in thing))
    return str(thing)


def less(a: Exponent, b: Exponent) -> bool:
    """Whether a comes before b in the order by leading coefficient."""
    difference = plus(a, product(Fraction(-1), b))
    if isinstance(difference, Fraction):
        return difference < 0
    return difference.terms[max(difference.terms, key=key)] < 0


def content(e: Element) -> tuple[Fraction, Monomial, Element]:
    """e = c * m * primitive with c > 0, for e with at least two terms."""
    numbers = e.terms.values()
    c = Fraction(gcd(*(x.numerator for x in numbers)), lcm(*(x.denominator for x in numbers)))
    m: Monomial = frozenset((b, low) for b in e.bases() if (low := _least(e, b)) != 0)
    return c, m, e * term(raised(m, Fraction(-1)), 1 / c)


def _least(e: Element, base: Base) -> Exponent:
    exponents = sorted({exponent_of(m, base) for m in e.terms}, key=key)
    least = exponents[0]
    for x in exponents[1:]:
        least = x if less(x, least) else least
    return least


def exponent_of(m: Monomial, base: Base) -> Exponent:
    """The exponent of a base in a monomial, 0 if absent."""
    return dict(m).get(base, ZERO_NUMBER)


def polys(e: Element) -> list[Atom]:
    """Primitive sums that occur as bases."""
    return sorted((b for b in e.bases() if isinstance(b, Atom) and b.kind == "poly"), key=key)


def clear(e: Element) -> Element:
    """The same value, with exponents of each primitive base that differ by integers brought to the least of them.

    Non-negative integer powers are multiplied out.  After this, a vanishing fraction has no terms.
    """
    for _ in range(100):
        pending = [p for p in polys(e) if not _is_cleared(e, p)]
        if not pending:
            return e
        e = _cleared(e, pending[0])
    raise TooLarge("primitive bases are nested too deeply to be cleared; name an inner sum by a symbol")


def _classes(e: Element, p: Atom) -> dict[Exponent, list[tuple[Fraction, Exponent]]]:
    """Exponents of p by class modulo integers: {representative: [(offset, exponent)]}."""
    classes: dict[Exponent, list[tuple[Fraction, Exponent]]] = {ZERO_NUMBER: []}
    for x in sorted({exponent_of(m, p) for m in e.terms}, key=key):
        for r, members in classes.items():
            offset = plus(x, product(Fraction(-1), r))
            if isinstance(offset, Fraction) and offset.denominator == 1:
                members.append((offset, x))
                break
        else:
            classes[x] = [(ZERO_NUMBER, x)]
    return classes


def _is_cleared(e: Element, p: Atom) -> bool:
    whole, *others = _classes(e, p).values()
    return all(n <= 0 for n, _ in whole) and all(len(members) <= 1 for members in (whole, *others))


def _cleared(e: Element, p: Atom) -> Element:
    base, result = p.args[0], ZERO
    assert isinstance(base, Element)
    for r, members in _classes(e, p).items():
        low = min((n for n, _ in members), default=ZERO_NUMBER)
        low = min(low, ZERO_NUMBER) if r == 0 else low
        for n, x in members:
            part = Element({_without(m, p): c for m, c in e.terms.items() if exponent_of(m, p) == x})
            result = result + part * base ** int(n - low) * power(p, plus(r, low))
    return result


def _without(m: Monomial, base: Base) -> Monomial:
    return frozenset((b, e) for b, e in m if b != base)


def fraction(e: Element) -> tuple[Element, Element]:
    """(num, den) with e = num/den; negative integer powers of primitive sums make up den."""
    e, den = clear(e), ONE
    for p in polys(e):
        powers = [x for m in e.terms if isinstance(x := exponent_of(m, p), Fraction) and x.denominator == 1]
        k = max(0, -int(min(powers, default=ZERO_NUMBER)))
        if k:
            assert isinstance(p.args[0], Element)
            e, den = clear(e * power(p, Fraction(k))), den * p.args[0] ** k
    return e, den


def lowest_terms(e: Element) -> Element:
    """The same value as numerator times one primitive denominator, coprime where FLINT can tell."""
    num, den = _coprime(*fraction(e))
    return num * inverse(den)


def inverse(e: Element) -> Element:
    """1/e for non-zero e: the caller demands that its factors do not vanish."""
    if len(e.terms) == 1:
        return e**-1
    c, m, p = content(e)
    if p.terms[max(p.terms, key=key)] < 0:
        c, p = -c, -p
    return term(raised(m, Fraction(-1)), 1 / c) * power(Atom("poly", p), Fraction(-1))


def reduced(e: Element) -> Element:
    """The same value: a primitive denominator P is cancelled where the numerator is a monomial times P or -P."""
    for p in polys(e):
        exponents = {exponent_of(m, p) for m in e.terms}
        (x, *others) = exponents
        if others or not isinstance(x, Fraction) or x >= 0 or x.denominator != 1 or len(e.terms) == 1:
            continue
        c, m, primitive = content(e * power(p, -x))
        for sign in (1, -1):
            if primitive == p.args[0] * number(sign):
                e = term(m, sign * c) * power(p, x + 1)
                break
    return e


def _coprime(num: Element, den: Element) -> tuple[Element, Element]:
    if not num or len(den.terms) == 1 or not (_is_laurent(num) and _is_laurent(den)):
        return num, den
    bases = sorted(num.bases() | den.bases(), key=key)
    context = flint.fmpq_mpoly_ctx.get([f"x{i}" for i in range(len(bases))], flint.Ordering.lex)
    (n, down), (d, below) = _polynomial(num, bases, context), _polynomial(den, bases, context)
    g = n.gcd(d)
    return _laurent(n / g, bases) * down, _laurent(d / g, bases) * below


def _is_laurent(e: Element) -> bool:
    return all(isinstance(x, Fraction) and x.denominator == 1 and abs(x) < 10**4 for m in e.terms for _, x in m)


def _polynomial(e: Element, bases: list[Base], context: flint.fmpq_mpoly_ctx) -> tuple[flint.fmpq_mpoly, Element]:
    """e = polynomial * monomial."""
    rows = {tuple(int(str(exponent_of(m, b))) for b in bases): c for m, c in e.terms.items()}
    low = [min(column) for column in zip(*rows, strict=True)]
    terms = {
        tuple(x - y for x, y in zip(row, low, strict=True)): flint.fmpq(c.numerator, c.denominator)
        for row, c in rows.items()
    }
    return context.from_dict(terms), term(frozenset((b, Fraction(y)) for b, y in zip(bases, low, strict=True) if y))


def _laurent(p: flint.fmpq_mpoly, bases: list[Base]) -> Element:
    def terms() -> Iterator[tuple[Monomial, Fraction]]:
        for row, c in p.to_dict().items():
            m: Monomial = frozenset((b, Fraction(int(x))) for b, x in zip(bases, row, strict=True) if x)
            yield m, Fraction(int(c.p), int(c.q))

    return Element(dict(terms()))


# Free symbols, and back to SymPy.


@lru_cache(maxsize=50_000)
def free(thing: object) -> frozenset[sp.Symbol]:
    """Free symbols of a base, exponent, monomial or element."""
    if isinstance(thing, sp.Symbol):
        return frozenset({thing})
    if isinstance(thing, Element):
        return _union(thing.terms)
    if isinstance(thing, frozenset):
        return _union(x for pair in thing for x in pair)
    if isinstance(thing, Atom) and thing.kind in ("sum", "integral"):
        return (free(thing.args[1]) - {thing.args[0]}) | _union(thing.args[2:])
    return _union(thing.args) if isinstance(thing, Atom) else frozenset()


def _union(things: Iterable[object]) -> frozenset[sp.Symbol]:
    return frozenset().union(*map(free, things))


def to_expr(thing: Element | Base | Exponent) -> sp.Expr:
    """The SymPy expression of the same value."""
    if isinstance(thing, sp.Symbol):
        return thing
    if isinstance(thing, Fraction):
        return sp.Rational(thing.numerator, thing.denominator)
    if isinstance(thing, Atom):
        return _atom_expr(thing)
    terms = sorted(thing.terms.items(), key=lambda item: key(item[0]))
    return sp.Add(*(sp.Mul(to_expr(c), *(sp.Pow(to_expr(b), to_expr(e)) for b, e in m)) for m, c in terms))


def _atom_expr(a: Atom) -> sp.Expr:
    if a.kind == "prime":
        return sp.Integer(str(a.args[0]))
    if a.kind == "e":
        return sp.E
    if a.kind in ("function", "indexed"):
        args = [to_expr(x) for x in a.args[1:]]
        return a.args[0](*args) if a.kind == "function" else a.args[0][tuple(args)]
    args = [to_expr(x) for x in a.args]
    if a.kind in ("sum", "integral"):
        make = sp.Sum if a.kind == "sum" else sp.Integral
        return make(args[1], (args[0], args[2], args[3]))
    return {"log": sp.log, "lambertw": sp.LambertW, "poly": lambda p: p}[a.kind](*args)
