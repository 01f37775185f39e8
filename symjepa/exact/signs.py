r"""Signs from facts.

Soundness: `Signs(facts)` knows the facts and nothing else; SymPy's assumptions are not read.  Whatever is shown holds
at every point that satisfies the facts, and there the expression is defined.  Rules:
  structure   numbers; symbols by their facts; sums and products of signs; powers of positives; even powers; exp; log
              by the sign of its argument - 1; LambertW > -1, of the sign of its argument; sums and integrals by their
              terms over the range (an integral is strict if its integrand, continuous and of one sign, is not zero
              between the ends)
  powers      c m (g^E - 1) by the signs of E and g - 1, for g > 0; c m (k g^x - 1) by those of x and g - k^(-1/x), for
              numbers k > 0 and x
  numbers     several numbers in a sum together, by balls, the rest by itself
  hypothesis  the normal form is a rational multiple of that of a fact
  expansion   every coefficient of numerator and denominator is non-negative over factors of known sign
  balls       of a constant
  slack       expansion after x = bound + slack, slack >= 0 standing for a fact that is affine in x; then with fewer
              facts (those on symbols of the expression, or on their neighbours), which imply no more
  cone        an expression exhibited by the author is equal, and has its sign by structure or expansion
Equalities are used only with all their conditions shown, in the same way.  A proof is a finite tree: a call that is
already under way, or too deep, answers "not shown".  Strictness needs a strictly signed term.
Kept are functions of their arguments alone, what was shown from the same facts, and what was not shown where nothing
cut the search short; the rest is asked anew.  What fails at a point where facts hold (`models`) is not searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import TypeVar

import sympy as sp

from symjepa.errors import OutsideFragment, TooLarge, Undefined
from symjepa.exact import group_ring as ring
from symjepa.exact.balls import sign_at
from symjepa.exact.facts import Fact, Kind, Range, free_in
from symjepa.exact.group_ring import Atom, Base, Element, Exponent, Monomial
from symjepa.exact.models import signs_seen
from symjepa.exact.scalars import Normal, equal, is_binder, normal
from symjepa.exact.sums import peeled, substitute

MAX_DEPTH = 40
T = TypeVar("T")
REFUSALS = (OutsideFragment, TooLarge, Undefined)


@dataclass(frozen=True)
class Sign:
    """What is known: e >= 0, e <= 0, e != 0."""

    ge: bool = False
    le: bool = False
    ne: bool = False

    def __or__(self, other: Sign) -> Sign:
        return Sign(self.ge or other.ge, self.le or other.le, self.ne or other.ne)

    def __neg__(self) -> Sign:
        return Sign(self.le, self.ge, self.ne)

    def __mul__(self, other: Sign) -> Sign:
        a, b = self, other
        return Sign((a.ge and b.ge) or (a.le and b.le), (a.ge and b.le) or (a.le and b.ge), a.ne and b.ne)

    def __add__(self, other: Sign) -> Sign:
        a, b = self, other
        ge, le = a.ge and b.ge, a.le and b.le
        return Sign(ge, le, (ge or le) and (a.ne or b.ne))

    def shows(self, kind: Kind) -> bool:
        """Whether this knowledge includes the kind."""
        return {
            "positive": self.ge and self.ne,
            "nonnegative": self.ge,
            "nonzero": self.ne,
            "zero": self.ge and self.le,
            "integer": False,
        }[kind]


UNKNOWN, POSITIVE, NONNEGATIVE, NEGATIVE = Sign(), Sign(ge=True, ne=True), Sign(ge=True), Sign(le=True, ne=True)
CONTRARY = {
    "positive": frozenset((-1, 0)),
    "nonnegative": frozenset((-1,)),
    "nonzero": frozenset((0,)),
    "zero": frozenset((-1, 1)),
}
"""Signs that speak against a kind."""
SIGN_OF = {"positive": POSITIVE, "nonnegative": NONNEGATIVE, "nonzero": Sign(ne=True), "zero": Sign(ge=True, le=True)}


def of_number(c: Fraction | int) -> Sign:
    """The sign of a rational."""
    return Sign(c >= 0, c <= 0, c != 0)


class _Read:
    """What the facts say as they stand: plain ones in order, integers, hypotheses by their elements, signs of symbols.

    A function of the facts alone, so it is kept for all who know the same facts; nobody changes it.
    """

    def __init__(self, facts: frozenset[Fact]) -> None:
        self.plain = tuple(sorted((f for f in facts if not f.over), key=lambda f: (f.kind, _spelled(f.expr))))
        self.integers = frozenset(f.expr for f in self.plain if f.kind == "integer")
        self.hypotheses = self._table()
        self.of_shape: dict[object, list[Element]] = {}
        for own in self.hypotheses:
            self.of_shape.setdefault(_shape(own), []).append(own)
        self.bounds = self._bounded()

    def _table(self) -> dict[Element, list[tuple[Fact, bool]]]:
        """Facts by their element up to a positive factor; the flag says that the sign is reversed."""
        table: dict[Element, list[tuple[Fact, bool]]] = {}
        for f in self.plain:
            if f.kind == "integer":
                continue
            try:
                element = _cleared(f.expr)
            except REFUSALS:
                continue
            if element:
                own = _up_to_factor(f.expr)
                table.setdefault(own, []).append((f, False))
                table.setdefault(-own, []).append((f, True))
        return table

    def _bounded(self) -> dict[sp.Symbol, Sign]:
        """Signs of symbols that follow from a x + b >= 0, rounded for integers."""
        signs: dict[sp.Symbol, Sign] = {}
        for f in self.plain:
            for x, a, rest in _affine(f):
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
def _read(facts: frozenset[Fact]) -> _Read:
    return _Read(facts)


class Signs:
    """Decides facts from facts; `reason` says how, or None for "not shown"."""

    def __init__(self, facts: Iterable[Fact], cuts: list[int] | None = None) -> None:
        self.facts = frozenset(facts)
        self._read = _read(self.facts)
        self._under_way: set[object] = set()
        self._failed: set[object] = set()
        self._hopeless: set[object] = set()
        self._kept: dict[object, Sign] = {}
        self._signs_seen: dict[sp.Expr, frozenset[int]] = {}
        self._cuts = [0] if cuts is None else cuts
        self._slack = False
        self._elements: dict[sp.Expr, Element] = {}
        self._images: dict[tuple[bool, tuple[tuple[Fact, bool], ...]], tuple[dict[sp.Symbol, sp.Expr], Signs]] = {}
        self._inside: dict[tuple[Range, bool], tuple[sp.Symbol, Signs]] = {}
        self._narrower: dict[tuple[Fact, ...], Signs] = {}
        self._near: dict[frozenset[Fact], Signs] = {}
        self._fewer = False
        self._known: dict[sp.Expr, Sign] = {}
        self._settled: dict[tuple[sp.Expr, Kind], str] = {}

    # What users ask.

    def positive(self, expr: sp.Expr, by: sp.Expr | None = None) -> bool:
        """expr > 0; `by` is an equal expression whose sign is plain to see."""
        return self._asked(expr, "positive", by)

    def nonnegative(self, expr: sp.Expr, by: sp.Expr | None = None) -> bool:
        """expr >= 0."""
        return self._asked(expr, "nonnegative", by)

    def nonzero(self, expr: sp.Expr, by: sp.Expr | None = None) -> bool:
        """expr != 0."""
        return self._asked(expr, "nonzero", by)

    def integer(self, expr: sp.Expr) -> bool:
        """expr is an integer."""
        return self.shows(Fact(expr, "integer"))

    def shows(self, fact: Fact) -> bool:
        """Whether the facts imply this one, by the rules above."""
        return self.reason(fact) is not None

    def reason(self, fact: Fact) -> str | None:
        """How the fact is shown."""
        if not self._under_way:
            self._failed.clear()
        if fact in self.facts:
            return "a hypothesis"
        if fact.over:
            return self._over(fact)
        if fact.kind == "integer":
            return "an integer polynomial in integers" if self._is_integer(fact.expr) else None
        return self._sign_reason(fact.expr, fact.kind)

    def _asked(self, expr: sp.Expr, kind: Kind, by: sp.Expr | None) -> bool:
        return self.shows(Fact(expr, kind)) if by is None else self._cone(expr, kind, by)

    def _cone(self, expr: sp.Expr, kind: Kind, by: sp.Expr) -> bool:
        equality = equal(expr, by)
        return equality.holds and all(self.shows(c) for c in equality.conditions) and self.shows(Fact(by, kind))

    def _sign_reason(self, expr: sp.Expr, kind: Kind) -> str | None:
        if (expr, kind) not in self._settled:
            why = self._answered((expr, kind), lambda: self._why(expr, kind))
            if why is None:
                return None
            self._settled[expr, kind] = why
        return self._settled[expr, kind]

    def _why(self, expr: sp.Expr, kind: Kind) -> str | None:
        if self._by_hypothesis(expr).shows(kind):
            return "by a hypothesis"
        if self._expanded(expr).shows(kind):
            return "no coefficient has the wrong sign"
        if self._seen(expr) & CONTRARY[kind]:
            return None
        if self.sign(expr).shows(kind):
            return "by structure"
        if not expr.free_symbols and _constant_sign(expr).shows(kind):
            return "by balls"
        return self._by_slack(expr, kind)

    def _answered(self, what: object, find: Callable[[], T | None], keep: bool = True) -> T | None:
        """What `find` finds; None if nothing, or if the same question is under way, or if the proof is too deep.

        A question that failed is not asked again on the way of the same one; and never again if no part of it was cut
        short, for then its failure depends on the facts alone.
        """
        if what in self._hopeless:
            return None
        if what in self._under_way or what in self._failed or len(self._under_way) >= MAX_DEPTH:
            self._cuts[0] += 1
            return None
        before = self._cuts[0]
        self._under_way.add(what)
        try:
            found = find()
        finally:
            self._under_way.discard(what)
        if found is None and self._cuts[0] == before:
            self._hopeless.add(what)
        elif found is None and keep:
            self._failed.add(what)
        return found

    def _remembered(self, what: object, find: Callable[[], Sign]) -> Sign:
        """The sign that `find` finds, kept if no part of the search was cut short."""
        if what not in self._kept:
            before = self._cuts[0]
            sign = find()
            if self._cuts[0] > before:
                return sign
            self._kept[what] = sign
        return self._kept[what]

    def _over(self, fact: Fact) -> str | None:
        """A universal fact: for a fresh symbol in the range."""
        r, *rest = fact.over
        if any(s.symbol == r.symbol for s in rest):
            return None
        n, inside = self._within(r)
        moved = tuple(replace(s, lo=substitute(s.lo, {r.symbol: n}), hi=substitute(s.hi, {r.symbol: n})) for s in rest)
        return inside.reason(Fact(substitute(fact.expr, {r.symbol: n}), fact.kind, moved))

    def _within(self, r: Range) -> tuple[sp.Symbol, Signs]:
        """A symbol of the range, in no fact and in neither end, and what holds there; the same at every question."""
        low = self.shows(Fact(r.lo, "positive"))
        if (r, low) not in self._inside:
            self._inside[r, low] = self._entered(r, low)
        n, inside = self._inside[r, low]
        return n, self._asking(inside, n)

    def _entered(self, r: Range, low: bool) -> tuple[sp.Symbol, Signs]:
        n = r.symbol
        met = free_in(r.lo).union(free_in(r.hi), *(f.free_symbols for f in self.facts))
        if is_binder(n) or n in met:
            n = sp.Dummy(n.name, integer=True) if r.integer else sp.Dummy(n.name)
        extra = [Fact(n - r.lo, "nonnegative")]
        extra += [] if r.hi is sp.oo else [Fact(r.hi - n, "nonnegative")]
        extra += [Fact(n, "integer")] if r.integer else []
        extra += [Fact(n, "positive")] if low else []
        return n, Signs(self.facts | frozenset(extra), self._cuts)

    def _assuming(self, *more: Fact) -> Signs:
        """What also holds under further facts."""
        if more not in self._narrower:
            self._narrower[more] = Signs(self.facts | frozenset(more), self._cuts)
        return self._asking(self._narrower[more])

    def _asking(self, other: Signs, *more: object) -> Signs:
        """Another one, kept for further questions, asked on the way of this one: what it has shown holds for good, what
        it has failed to show does not.
        """
        other._under_way, other._slack = self._under_way.union(more), self._slack
        other._failed.clear()
        return other

    # Normal forms with their conditions shown.

    def _normal(self, expr: sp.Expr) -> Element | None:
        """The element of expr, if every condition of its normal form is shown."""
        if expr in self._elements:
            return self._elements[expr]
        element = self._answered(("normal", expr), lambda: self._element(expr))
        if element is not None:
            self._elements[expr] = element
        return element

    def _element(self, expr: sp.Expr) -> Element | None:
        try:
            form = normal(expr)
        except REFUSALS:
            return None
        return form.element if self._all(form) else None

    def _all(self, form: Normal) -> bool:
        return all(self.shows(c) for c in sorted(form.conditions, key=str))

    def _seen(self, expr: sp.Expr) -> frozenset[int]:
        """Signs of expr at points where the facts hold: what they speak against is not searched for."""
        if expr not in self._signs_seen:
            self._signs_seen[expr] = signs_seen(expr, self.facts)
        return self._signs_seen[expr]

    # Hypotheses.

    def _by_hypothesis(self, expr: sp.Expr) -> Sign:
        return self._remembered(("hypothesis", expr), lambda: self._of_hypotheses(expr))

    def _of_hypotheses(self, expr: sp.Expr) -> Sign:
        try:
            element = _cleared(expr)
        except REFUSALS:
            return UNKNOWN
        if not element:
            return UNKNOWN
        result = UNKNOWN
        for f, reverse in self._read.hypotheses.get(_up_to_factor(expr), ()):
            if f.expr == expr or (self._normal(f.expr) is not None and self._normal(expr) is not None):
                known = SIGN_OF[f.kind]
                result = result | (-known if reverse else known)
        return result if result != UNKNOWN else self._by_multiple(expr, element)

    def _by_multiple(self, expr: sp.Expr, element: Element) -> Sign:
        """The element is a fact's times a monomial of known sign."""
        for own in self._read.of_shape.get(_shape(element), ()) if len(element.terms) > 1 else ():
            ratio = _ratio(element, own)
            if ratio is None:
                continue
            sign = self._of_monomial(ratio)
            for f, reverse in self._read.hypotheses[own]:
                if sign.ne and self._normal(f.expr) is not None and self._normal(expr) is not None:
                    known = SIGN_OF[f.kind]
                    return sign * (-known if reverse else known)
        return UNKNOWN

    # Structure.

    def sign(self, expr: sp.Expr) -> Sign:
        """The sign of a tree by structure and hypotheses; knowing anything includes that expr is defined."""
        if expr in self._known:
            return self._known[expr]
        result = self._answered(("sign", expr), lambda: self._found(expr))
        if result is None:
            return UNKNOWN
        self._known[expr] = result
        return result

    def _found(self, expr: sp.Expr) -> Sign | None:
        """What structure and hypotheses tell of a tree, if anything."""
        result = self._of_node(expr)
        if not isinstance(expr, sp.Rational):
            result = result | self._by_hypothesis(expr)
        return None if result == UNKNOWN else result

    def _of_node(self, e: sp.Expr) -> Sign:
        if isinstance(e, sp.Rational) and e.q:
            return of_number(Fraction(int(e.p), int(e.q)))
        if isinstance(e, sp.Symbol):
            return self._read.bounds.get(e, UNKNOWN)
        if isinstance(e, sp.Add):
            return self._of_sum(e)
        if isinstance(e, sp.Mul):
            return self._of_product(e)
        if isinstance(e, sp.Pow) and e.base is not sp.E:
            return self._of_power(e)
        return self._of_function(e)

    def _of_sum(self, e: sp.Expr) -> Sign:
        """Of its terms; by the further rules if these leave something open, and not every sign is met."""
        result = _accumulated(self.sign(a) for a in e.args)
        for rule in (self._of_difference, self._of_lambert, self._past_number, self._past_numbers):
            if not result.ne and not self._seen(e) >= {-1, 1}:
                result = result | rule(e)
        return result

    def _of_difference(self, e: sp.Expr) -> Sign:
        """c m (1 - g^E ...) by monotone powers: g^E - 1 has the sign of E (g - 1)."""
        element = self._normal(e) if len(e.args) == 2 else None
        if element is None or len(element.terms) != 2:
            return UNKNOWN
        (m, c), (n, d) = sorted(element.terms.items(), key=lambda item: item[1])
        ratio = ring.times(n, ring.raised(m, Fraction(-1)))
        if c * d > 0 or self._of_monomial(m) != POSITIVE or any(not self._is_positive(b) for b, _ in ratio):
            return UNKNOWN
        if c + d:
            return self._of_scaled_power(ratio, -d / c)
        powers: dict[Exponent, Element] = {}
        for b, x in ratio:
            opposite = ring.product(Fraction(-1), x)
            one, x = (-1, opposite) if opposite in powers else (1, x)
            powers[x] = powers.get(x, ring.ONE) * ring.power(b, Fraction(one))
        return _accumulated(self._of_power_above_one(x, g) for x, g in powers.items())

    def _of_power_above_one(self, x: Exponent, g: Element) -> Sign:
        """The sign of g^x - 1."""
        exponent = self._some_sign(ring.to_expr(x))
        return exponent * self._above_one(g) if exponent != UNKNOWN else UNKNOWN

    def _of_scaled_power(self, ratio: Monomial, scale: Fraction) -> Sign:
        """k g^x - 1 for one base g > 0 and a number k > 0: the sign of x (g - k^(-1/x))."""
        numbers: Monomial = frozenset((b, x) for b, x in ratio if isinstance(b, Atom) and b.kind in ("prime", "e"))
        if len(ratio - numbers) != 1:
            return UNKNOWN
        ((g, x),) = ratio - numbers
        if not isinstance(x, Fraction):
            return UNKNOWN
        k = ring.to_expr(ring.term(numbers, scale))
        bound = k ** sp.Rational(-x.denominator, x.numerator)
        return of_number(x) * self._some_sign(ring.to_expr(g) - bound)

    def _past_number(self, e: sp.Expr) -> Sign:
        """An irrational number and all the rest, each of its own sign (as z + 1/e for W(z))."""
        numbers = [a for a in e.args if not a.free_symbols and not isinstance(a, sp.Rational)]
        rest = [a for a in e.args if a not in numbers]
        if len(numbers) != 1 or len(rest) < 2 or self._normal(e) is None:  # the rest alone may be defined
            return UNKNOWN
        number = self.sign(numbers[0])
        return number + self._some_sign(sp.Add(*rest)) if number != UNKNOWN else UNKNOWN

    def _past_numbers(self, e: sp.Expr) -> Sign:
        """All numbers together, by balls, and all the rest (as 1 - 2^(-1/3) + x), each of its own sign."""
        numbers = [a for a in e.args if not a.free_symbols]
        rest = [a for a in e.args if a.free_symbols]
        if len(numbers) < 2 or not rest or self._normal(e) is None:
            return UNKNOWN
        number = self._some_sign(sp.Add(*numbers))
        return number + self._some_sign(sp.Add(*rest)) if number != UNKNOWN else UNKNOWN

    def _of_lambert(self, e: sp.Expr) -> Sign:
        """a + b W > 0 for a >= b > 0, for W > -1 on its principal branch."""
        element = self._normal(e) if len(e.args) == 2 and e.has(sp.LambertW) else None
        if element is None or len(element.terms) != 2 or ring.UNIT not in element.terms:
            return UNKNOWN
        ((m, b),) = ((m, c) for m, c in element.terms.items() if m)
        ((base, x), *others) = m
        alone = not others and x == 1 and isinstance(base, Atom) and base.kind == "lambertw"
        return POSITIVE if alone and element.terms[ring.UNIT] >= b > 0 else UNKNOWN

    def _above_one(self, g: Element) -> Sign:
        """The sign of g - 1 for one monomial g = a/b in positive bases: that of a - b."""
        ((m, c),) = g.terms.items()
        above: Monomial = frozenset((b, x) for b, x in m if isinstance(x, Fraction) and x > 0)
        difference = ring.term(above, c) - ring.term(ring.raised(m - above, Fraction(-1)))
        return self._some_sign(ring.to_expr(difference))

    def _is_positive(self, base: Base) -> bool:
        return self._of_factor(base, Fraction(1)).shows("positive")

    def _of_product(self, e: sp.Expr) -> Sign:
        result = of_number(1)
        for a in e.args:
            result = result * self.sign(a)
            if result == UNKNOWN:
                break
        return result

    def _of_power(self, e: sp.Expr) -> Sign:
        base, n = self.sign(e.base), e.exp
        if isinstance(n, sp.Integer):
            return self._of_integer_power(e, base, int(n.p))
        if base.shows("positive"):
            return POSITIVE if self._normal(n) is not None else UNKNOWN
        if base.ge and self.sign(n).shows("positive"):
            return NONNEGATIVE
        return Sign(ne=True) if base.ne and self._is_integer(n) else UNKNOWN

    def _of_integer_power(self, e: sp.Expr, base: Sign, n: int) -> Sign:
        if n < 0 and not base.ne:
            return UNKNOWN
        if n % 2:
            return base
        defined = base != UNKNOWN or self._normal(e.base) is not None
        return Sign(ge=True, ne=base.ne or n == 0) if defined else UNKNOWN

    def _of_function(self, e: sp.Expr) -> Sign:
        if isinstance(e, sp.exp) or e is sp.E:
            return POSITIVE if self._normal(e) is not None else UNKNOWN
        if isinstance(e, sp.log) and len(e.args) == 1:
            z = e.args[0]
            return self._some_sign(z - 1) if self._shown(z, "positive") else UNKNOWN
        if isinstance(e, sp.LambertW) and all(a == 0 for a in e.args[1:]):
            z = e.args[0]
            return self._some_sign(z) if self._shown(z + sp.exp(-1), "positive") else UNKNOWN
        if isinstance(e, sp.Sum | sp.Integral):
            return self._of_bound(e)
        return UNKNOWN

    def _shown(self, expr: sp.Expr, kind: Kind) -> bool:
        return self._sign_reason(expr, kind) is not None

    def _some_sign(self, expr: sp.Expr) -> Sign:
        """The sign of expr by every rule."""
        if self._shown(expr, "nonnegative"):
            return Sign(ge=True, ne=self._shown(expr, "positive"))
        if self._shown(-expr, "nonnegative") and self._normal(expr) is not None:  # the tree of -expr may be another
            return Sign(le=True, ne=self._shown(-expr, "positive"))
        return UNKNOWN

    def _of_bound(self, e: sp.Expr) -> Sign:
        """A sum or integral of terms of one sign; strict if the range is not empty."""
        body, limit = peeled(e)
        if self._normal(e) is None:
            return UNKNOWN
        s, lo, hi = limit
        whole = isinstance(e, sp.Sum)
        if not whole and not self._shown(hi - lo, "nonnegative"):
            return UNKNOWN
        n, inside = self._within(Range(s, lo, hi, integer=whole))
        term = inside._some_sign(substitute(body, {s: n}))
        within = inside if whole else inside._assuming(Fact(n - lo, "positive"), Fact(hi - n, "positive"))
        strict = term.ne or ((term.ge or term.le) and within._some_sign(substitute(body, {s: n})).ne)
        strict = strict and self._shown(hi - lo, "nonnegative" if whole else "positive")
        return Sign(term.ge, term.le, (term.ge or term.le) and strict)

    # Integers.

    def _is_integer(self, expr: sp.Expr) -> bool:
        """Whether expr is an integer polynomial in integers, or differs from an integer by one."""
        found = self._answered(("integer", expr), lambda: self._as_integer(expr), keep=False)
        return found is not None

    def _as_integer(self, expr: sp.Expr) -> Element | None:
        element = self._normal(expr)
        if element is None:
            return None
        shifts = [number for f in self._read.integers if (number := self._normal(f)) is not None]
        differences = (element - x for x in (ring.ZERO, *shifts))
        return next((d for d in differences if self._is_integer_polynomial(d)), None)

    def _is_integer_polynomial(self, element: Element) -> bool:
        return all(c.denominator == 1 for c in element.terms.values()) and all(
            b in self._read.integers and isinstance(x, Fraction) and x.denominator == 1 and x > 0
            for m in element.terms
            for b, x in m
        )

    # Expansion and slack.

    def _expanded(self, expr: sp.Expr) -> Sign:
        return self._remembered(("expanded", expr), lambda: self._of_expansion(expr))

    def _of_expansion(self, expr: sp.Expr) -> Sign:
        element = self._normal(expr)
        if element is None:
            return UNKNOWN
        as_it_stands = self._of_terms(element)
        if as_it_stands != UNKNOWN:
            return as_it_stands
        try:
            num, den = ring.fraction(element)
        except TooLarge:
            return UNKNOWN
        below = self._of_terms(den)
        return self._of_terms(num) * below if below.ne else UNKNOWN

    def _of_terms(self, element: Element) -> Sign:
        if not element:
            return of_number(0)
        return _accumulated(of_number(c) * self._of_monomial(m) for m, c in element.terms.items())

    def _of_monomial(self, m: Monomial) -> Sign:
        result = POSITIVE
        for base, e in m:
            result = result * self._of_factor(base, e)
            if result == UNKNOWN:
                break
        return result

    def _of_factor(self, base: Base, e: object) -> Sign:
        """The sign of base^e; its conditions have been shown with the normal form."""
        if isinstance(base, Atom) and base.kind in ("prime", "e"):
            return POSITIVE
        sign = self.sign(ring.to_expr(base))
        if sign.shows("positive"):
            return POSITIVE
        if not isinstance(e, Fraction) or e.denominator != 1:
            return UNKNOWN
        if e % 2 == 0:
            return Sign(ge=True, ne=sign.ne)
        return sign if e > 0 or sign.ne else UNKNOWN

    def _by_slack(self, expr: sp.Expr, kind: Kind) -> str | None:
        """Expansion after symbols are replaced by bound + slack, for each choice of what to replace.

        Substitution rebuilds the tree, and SymPy then drops 0*log(y): so expr must be shown defined before.
        """
        if self._slack or self._normal(expr) is None:
            return None
        for upper in (False, True):
            values, signs = self._moved(upper)
            if not values:
                continue
            image = substitute(expr, values)
            signs._under_way, signs._slack = set(self._under_way), True
            signs._failed.clear()
            if signs.sign(image).shows(kind) or signs._expanded(image).shows(kind):
                said = ", ".join(f"{x} = {e}" for x, e in values.items() if x in expr.free_symbols)
                return f"no coefficient has the wrong sign after {said}"
        return next((why for near in self._nearer(expr) if (why := near._by_slack(expr, kind))), None)

    def _nearer(self, expr: sp.Expr) -> Iterator[Signs]:
        """Fewer facts: those on symbols of expr alone, then on their neighbours too; a bound by symbols from further
        away may otherwise take the place of the one that is needed.
        """
        symbols = free_in(expr)
        for _ in range(0 if self._fewer else 2):
            own = frozenset(f for f in self.facts if f.free_symbols <= symbols)
            if 0 < len(own) < len(self.facts):
                near = self._near[own] if own in self._near else Signs(own, self._cuts)
                self._near[own] = near
                near._under_way, near._fewer = set(self._under_way), True
                near._failed.clear()
                yield near
            symbols = symbols.union(*(f.free_symbols for f in self.facts if f.free_symbols & symbols))

    def _moved(self, upper: bool) -> tuple[dict[sp.Symbol, sp.Expr], Signs]:
        """x = bound + slack for symbols, one after another; and what is known of the image.

        Kept for the next question that finds the same facts defined, and integers.  Facts about integrals bound no
        symbol and are left behind.
        """
        usable = tuple((f, self._is_integer(f.expr)) for f in _bounding(self.facts) if self._normal(f.expr) is not None)
        if (upper, usable) not in self._images:
            values, facts = _moved(self.facts, upper, usable)
            self._images[upper, usable] = values, Signs(facts, self._cuts)
        return self._images[upper, usable]


@lru_cache(maxsize=50_000)
def _spelled(expr: sp.Basic) -> str:
    """A tree by the names of its nodes: an order of facts, for which SymPy's printer would sort all terms anew."""
    if expr.args:
        return f"{type(expr).__name__}({','.join(map(_spelled, expr.args))})"
    return expr.name if isinstance(expr, sp.Symbol) else str(expr)


@lru_cache(maxsize=20_000)
def _cleared(expr: sp.Expr) -> Element:
    """The normal form by which hypotheses are compared; its conditions are for the caller to show."""
    return ring.clear(normal(expr).element)


@lru_cache(maxsize=20_000)
def _up_to_factor(expr: sp.Expr) -> Element:
    """The cleared element up to a positive factor."""
    return _primitive(_cleared(expr))


def _constant_sign(expr: sp.Expr) -> Sign:
    """The certified sign of an expression without symbols."""
    try:
        sign = sign_at(expr, {}, max_bits=512)
    except REFUSALS:
        return UNKNOWN
    return UNKNOWN if sign is None else of_number(sign)


@lru_cache(maxsize=5_000)
def _bounding(facts: frozenset[Fact]) -> tuple[Fact, ...]:
    """Those that can bound a symbol."""
    signed = (f for f in _read(facts).plain if f.kind in ("positive", "nonnegative"))
    return tuple(sorted((f for f in signed if not f.expr.has(sp.Integral) and _affine(f)), key=str))


@lru_cache(maxsize=5_000)
def _moved(
    facts: frozenset[Fact], upper: bool, usable: tuple[tuple[Fact, bool], ...]
) -> tuple[dict[sp.Symbol, sp.Expr], frozenset[Fact]]:
    """x = bound + slack from facts that are defined, with whether they are about integers; and the image of all facts.

    A function of its arguments but for the names of the slacks, which occur in nothing else.
    """
    values: dict[sp.Symbol, sp.Expr] = {}
    known: set[Fact] = set()
    for f, whole in usable:
        choice = _elimination(f, values, upper, whole)
        if choice is not None:
            x, value, more = choice
            values = {y: substitute(e, {x: value}) for y, e in values.items()} | {x: value}
            known |= more
    kept = (f for f in facts | known if not f.expr.has(sp.Integral))
    return values, frozenset(_image(f, values) for f in kept) if values else frozenset()


def _image(f: Fact, values: dict[sp.Symbol, sp.Expr]) -> Fact:
    return f if f.over else Fact(substitute(f.expr, values), f.kind)


def _accumulated(signs: Iterable[Sign]) -> Sign:
    """The sign of a sum, asked term by term while there is a chance of one."""
    several = iter(signs)
    result = next(several)
    for s in several if result.ge or result.le else ():
        result = result + s
        if result == UNKNOWN:
            break
    return result


def _primitive(element: Element) -> Element:
    """The element divided by the absolute value of one of its coefficients."""
    c = abs(element.terms[min(element.terms, key=ring.key)])
    return element if c == 1 else element * ring.number(1 / c)


@lru_cache(maxsize=20_000)
def _shape(element: Element) -> object:
    """What all positive multiples c m element share: how many terms there are of either sign, and which bases tell them
    apart; primes do not count, since integer powers of them move into coefficients.
    """
    first, *rest = (frozenset(f for f in m if not _is_prime(f[0])) for m in element.terms)
    common = first.intersection(*rest)
    apart = frozenset(base for m in (first, *rest) for base, _ in m - common)
    return len(element.terms), sum(c > 0 for c in element.terms.values()), apart


def _is_prime(base: Base) -> bool:
    return isinstance(base, Atom) and base.kind == "prime"


def _ratio(element: Element, other: Element) -> Monomial | None:
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
def _affine(f: Fact) -> tuple[tuple[sp.Symbol, Fraction, Element], ...]:
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


def _elimination(
    f: Fact, values: dict[sp.Symbol, sp.Expr], upper: bool, whole: bool
) -> tuple[sp.Symbol, sp.Expr, set[Fact]] | None:
    """x = (e - rest)/a from a fact on e = a x + rest that bounds x from below (a > 0) or above.

    e is a slack with the fact's sign, or 1 + a slack >= 0 if e is a positive integer.
    """
    for x, a, rest in _affine(f):
        others = substitute(ring.to_expr(rest), values)
        if x not in values and (a < 0) == upper and x not in others.free_symbols:
            slack = sp.Dummy(f"{x.name}_slack", integer=True) if whole else sp.Dummy(f"{x.name}_slack")
            e, kind = slack, f.kind
            if whole and f.kind == "positive":
                e, kind = slack + 1, "nonnegative"
            known = {Fact(slack, kind)} | ({Fact(slack, "integer")} if whole else set())
            return x, (e - others) * sp.Rational(a.denominator, a.numerator), known
    return None
