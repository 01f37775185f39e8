r"""Signs by structure: of numbers, symbols, sums, products, powers, functions and binders, from those of their parts.

Soundness.  Whatever is known of a tree includes that it is defined, at every point that satisfies the facts.  Rules:
  structure   numbers; symbols by their facts; terms of sequences by facts about all terms; sums and products of signs;
              powers of positives; even powers; exp; log by the sign of its argument - 1; LambertW > -1, of the sign of
              its argument; sums and integrals by their terms over the range (an integral is strict if its integrand,
              continuous and of one sign, is not zero between the ends)
  powers      c m (g^E - 1) by the signs of E and g - 1, for g > 0; c m (k g^x - 1) by those of x and g - k^(-1/x), for
              numbers k > 0 and x
  numbers     several numbers in a sum together, by balls, the rest by itself
  monomials   of a normal form whose conditions are shown: products of the signs of their factors, sums of their signs
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

import sympy as sp
from sympy.core.function import AppliedUndef

from symjepa.exact import group_ring as ring
from symjepa.exact.facts import Fact, Kind, Range
from symjepa.exact.group_ring import Atom, Base, Element, Exponent, Monomial
from symjepa.exact.known import Known
from symjepa.exact.questions import Questions
from symjepa.exact.sign import NONNEGATIVE, POSITIVE, UNKNOWN, Sign, accumulated, of_number
from symjepa.exact.sums import peeled, substitute


class Structure(Questions, ABC):
    """The rules by structure; how a sign is shown otherwise is for who inherits them."""

    def __init__(self, known: Known, cuts: list[int]) -> None:
        super().__init__(cuts)
        self._read = known
        self._known: dict[sp.Expr, Sign] = {}

    @abstractmethod
    def _shown(self, expr: sp.Expr, kind: Kind) -> bool:
        """Whether a sign is shown by any rule."""

    @abstractmethod
    def _by_hypothesis(self, expr: sp.Expr) -> Sign:
        """What the facts say of the expression, up to a factor of known sign."""

    @abstractmethod
    def _normal(self, expr: sp.Expr) -> Element | None:
        """The element of expr, if every condition of its normal form is shown."""

    @abstractmethod
    def _is_integer(self, expr: sp.Expr) -> bool:
        """Whether expr is shown to be an integer."""

    @abstractmethod
    def _seen(self, expr: sp.Expr) -> frozenset[int]:
        """Signs of expr at points where the facts hold."""

    @abstractmethod
    def _within(self, r: Range) -> tuple[sp.Symbol, Structure]:
        """A symbol of the range, and what holds there."""

    @abstractmethod
    def _assuming(self, *more: Fact) -> Structure:
        """What also holds under further facts."""

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
        if isinstance(e, AppliedUndef) and e.func in self._read.sequences:
            return self._read.sequences[e.func] if self._normal(e) is not None else UNKNOWN
        return self._of_function(e)

    def _of_sum(self, e: sp.Expr) -> Sign:
        """Of its terms; by the further rules if these leave something open, and not every sign is met."""
        result = accumulated(self.sign(a) for a in e.args)
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
        return accumulated(self._of_power_above_one(x, g) for x, g in powers.items())

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

    # Monomials of normal forms.

    def _of_terms(self, element: Element) -> Sign:
        if not element:
            return of_number(0)
        return accumulated(of_number(c) * self._of_monomial(m) for m, c in element.terms.items())

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
