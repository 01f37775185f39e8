r"""What facts say as they stand: signs of symbols, and the normal forms of hypotheses by which others are recognized.

Soundness: a table of facts is keyed by their normal forms up to a positive rational factor, and kept with each is
whether its sign is reversed; a hypothesis speaks of another expression if one element is a positive rational times a
monomial times the other, term by term.  The conditions of these normal forms are for the caller to show; bounds on
symbols are read only off facts whose normal form has none, and rounded inwards for integers.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

import sympy as sp

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact import group_ring as ring
from symjepa.exact.facts import Fact
from symjepa.exact.group_ring import Atom, Base, Element, Monomial
from symjepa.exact.scalars import normal
from symjepa.exact.sequences import is_of_every_term
from symjepa.exact.sign import NEGATIVE, NONNEGATIVE, POSITIVE, SIGN_OF, UNKNOWN, Sign

REFUSALS = (OutsideFragment, TooLarge, Undefined)


class Known:
    """What the facts say as they stand: plain ones in order, integers, hypotheses by their elements, signs of symbols.

    A function of the facts alone, so it is kept for all who know the same facts; nobody changes it.
    """

    def __init__(self, facts: frozenset[Fact]) -> None:
        self.plain = tuple(sorted((f for f in facts if not f.over), key=lambda f: (f.kind, _spelled(f.expr))))
        self.integers = frozenset(f.expr for f in self.plain if f.kind == "integer")
        self.hypotheses = self._table()
        self.of_shape: dict[object, list[Element]] = {}
        for own in self.hypotheses:
            self.of_shape.setdefault(shape(own), []).append(own)
        self.bounds = self._bounded()
        self.sequences = {f.expr.func: SIGN_OF[f.kind] for f in facts if is_of_every_term(f)}

    def _table(self) -> dict[Element, list[tuple[Fact, bool]]]:
        """Facts by their element up to a positive factor; the flag says that the sign is reversed."""
        table: dict[Element, list[tuple[Fact, bool]]] = {}
        for f in self.plain:
            if f.kind == "integer":
                continue
            try:
                element = cleared(f.expr)
            except REFUSALS:
                continue
            if element:
                own, opposite = up_to_factor(f.expr)
                table.setdefault(own, []).append((f, False))
                table.setdefault(opposite, []).append((f, True))
        return table

    def _bounded(self) -> dict[sp.Symbol, Sign]:
        """Signs of symbols that follow from a x + b >= 0, rounded for integers."""
        signs: dict[sp.Symbol, Sign] = {}
        for f in self.plain:
            for x, a, rest in affine(f):
                b = rest.constant()
                if b is None or f.kind not in ("positive", "nonnegative") or normal(f.expr).conditions:
                    continue
                signs[x] = signs.get(x, UNKNOWN) | self._half_line(x, a, -b / a, f.kind == "positive")
        return signs

    def _half_line(self, x: sp.Symbol, a: Fraction, end: Fraction, strict: bool) -> Sign:
        """The sign of x from x >= end (a > 0) or x <= end (a < 0)."""
        if x in self.integers:
            step = (floor(end) + 1 if strict else ceil(end)) if a > 0 else (ceil(end) - 1 if strict else floor(end))
            end, strict = Fraction(step), False
        if a > 0:
            return POSITIVE if end > 0 or (end == 0 and strict) else NONNEGATIVE if end == 0 else UNKNOWN
        return NEGATIVE if end < 0 or (end == 0 and strict) else -NONNEGATIVE if end == 0 else UNKNOWN


@lru_cache(maxsize=5_000)
def known_of(facts: frozenset[Fact]) -> Known:
    """What the facts say, read once."""
    return Known(facts)


@lru_cache(maxsize=50_000)
def _spelled(expr: sp.Basic) -> str:
    """A tree by the names of its nodes: an order of facts, for which SymPy's printer would sort all terms anew."""
    if expr.args:
        return f"{type(expr).__name__}({','.join(map(_spelled, expr.args))})"
    return expr.name if isinstance(expr, sp.Symbol) else str(expr)


@lru_cache(maxsize=20_000)
def cleared(expr: sp.Expr) -> Element:
    """The normal form by which hypotheses are compared; its conditions are for the caller to show."""
    return ring.clear(normal(expr).element)


@lru_cache(maxsize=20_000)
def up_to_factor(expr: sp.Expr) -> tuple[Element, Element]:
    """The cleared element up to a positive factor, and its negative."""
    own = _primitive(cleared(expr))
    return own, -own


def _primitive(element: Element) -> Element:
    """The element divided by the absolute value of one of its coefficients."""
    c = abs(element.terms[min(element.terms, key=ring.key)])
    return element if c == 1 else element * ring.number(1 / c)


@lru_cache(maxsize=20_000)
def shape(element: Element) -> object:
    """What all positive multiples c m element share: how many terms there are of either sign, and which bases tell them
    apart; primes do not count, since integer powers of them move into coefficients.
    """
    first, *rest = (frozenset(f for f in m if not _is_prime(f[0])) for m in element.terms)
    common = first.intersection(*rest)
    apart = frozenset(base for m in (first, *rest) for base, _ in m - common)
    return len(element.terms), sum(c > 0 for c in element.terms.values()), apart


def _is_prime(base: Base) -> bool:
    return isinstance(base, Atom) and base.kind == "prime"


def ratio_of(element: Element, other: Element) -> Monomial | None:
    """The monomial m with element = c m other, c > 0, if there is one."""
    m0, c0 = next(iter(other.terms.items()))
    inverse = ring.raised(m0, Fraction(-1))
    for m, c in element.terms.items():
        monomial = ring.times(m, inverse) if c / c0 > 0 else None
        if monomial is not None and _are_multiples(element, other, *ring.folded(monomial), c / c0):
            return monomial
    return None


def _are_multiples(element: Element, other: Element, k: Fraction, m: Monomial, c: Fraction) -> bool:
    """element = c k m other, term by term up to the first that differs; multiplying by m is injective on monomials."""
    for n, d in other.terms.items():
        folded, product = ring.folded(ring.times(n, m))
        if element.terms.get(product) != d * c * k * folded:
            return False
    return True


@lru_cache(maxsize=20_000)
def affine(f: Fact) -> tuple[tuple[sp.Symbol, Fraction, Element], ...]:
    """Every way to read f.expr as a x + rest, with a rational and rest free of x, on its conditions."""
    try:
        element = normal(f.expr).element
    except REFUSALS:
        return ()
    found = []
    for x in sorted(f.expr.free_symbols, key=ring.key):
        m: Monomial = frozenset({(x, Fraction(1))})
        rest = Element({n: c for n, c in element.terms.items() if n != m})
        if m in element.terms and x not in ring.free(rest):
            found.append((x, element.terms[m], rest))
    return tuple(found)
