r"""Signs from facts.

Soundness: `Signs(facts)` knows the facts and nothing else; SymPy's assumptions are not read.  Whatever is shown holds
at every point that satisfies the facts, and there the expression is defined.  Rules:
  structure   see `structure`
  hypothesis  the normal form is a rational multiple of that of a fact, or a multiple by a monomial of known sign
  expansion   every coefficient of numerator and denominator is non-negative over factors of known sign
  balls       of a constant
  slack       expansion after x = bound + slack, slack >= 0 standing for a fact that is affine in x; then with fewer
              facts (those on symbols of the expression, or on their neighbours), which imply no more
  cone        an expression exhibited by the author is equal, and has its sign by structure or expansion
Equalities are used only with all their conditions shown, in the same way.  Strictness needs a strictly signed term.
Kept are functions of their arguments alone, and what was shown from the same facts; of the rest see `questions`.  What
fails at a point where facts hold (`models`) is not searched for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from symjepa.errors import TooLarge
from symjepa.exact import group_ring as ring
from symjepa.exact.balls import sign_at
from symjepa.exact.facts import Fact, Kind, Range, free_in, spelled
from symjepa.exact.group_ring import Element
from symjepa.exact.known import REFUSALS, cleared, known_of, ratio_of, shape, up_to_factor
from symjepa.exact.models import signs_seen
from symjepa.exact.scalars import Normal, equal, is_binder, normal
from symjepa.exact.sign import CONTRARY, SIGN_OF, UNKNOWN, Sign, of_number
from symjepa.exact.slack import bounding, replacing
from symjepa.exact.structure import Structure
from symjepa.exact.sums import substitute


class Signs(Structure):
    """Decides facts from facts; `reason` says how, or None for "not shown"."""

    def __init__(self, facts: Iterable[Fact], cuts: list[int] | None = None) -> None:
        self.facts = frozenset(facts)
        super().__init__(known_of(self.facts), [0] if cuts is None else cuts)
        self._signs_seen: dict[sp.Expr, frozenset[int]] = {}
        self._slack = False
        self._elements: dict[sp.Expr, Element] = {}
        self._images: dict[tuple[bool, tuple[tuple[Fact, bool], ...]], tuple[dict[sp.Symbol, sp.Expr], Signs]] = {}
        self._inside: dict[tuple[Range, bool], tuple[sp.Symbol, Signs]] = {}
        self._narrower: dict[tuple[Fact, ...], Signs] = {}
        self._near: dict[frozenset[Fact], Signs] = {}
        self._fewer = False
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

    def _shown(self, expr: sp.Expr, kind: Kind) -> bool:
        return self._sign_reason(expr, kind) is not None

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

    # Ranges and further facts.

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
            element = cleared(expr)
        except REFUSALS:
            return UNKNOWN
        if not element:
            return UNKNOWN
        result = UNKNOWN
        for f, reverse in self._read.hypotheses.get(up_to_factor(expr)[0], ()):
            if f.expr == expr or (self._normal(f.expr) is not None and self._normal(expr) is not None):
                known = SIGN_OF[f.kind]
                result = result | (-known if reverse else known)
        return result if result != UNKNOWN else self._by_multiple(expr, element)

    def _by_multiple(self, expr: sp.Expr, element: Element) -> Sign:
        """The element is a fact's times a monomial of known sign."""
        for own in self._read.of_shape.get(shape(element), ()) if len(element.terms) > 1 else ():
            ratio = ratio_of(element, own)
            if ratio is None:
                continue
            sign = self._of_monomial(ratio)
            for f, reverse in self._read.hypotheses[own]:
                if sign.ne and self._normal(f.expr) is not None and self._normal(expr) is not None:
                    known = SIGN_OF[f.kind]
                    return sign * (-known if reverse else known)
        return UNKNOWN

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
                said = ", ".join(f"{x} = {spelled(e)}" for x, e in values.items() if x in expr.free_symbols)
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
        usable = tuple((f, self._is_integer(f.expr)) for f in bounding(self.facts) if self._normal(f.expr) is not None)
        if (upper, usable) not in self._images:
            values, facts = replacing(self.facts, upper, usable)
            self._images[upper, usable] = values, Signs(facts, self._cuts)
        return self._images[upper, usable]


@lru_cache(maxsize=200)
def known_from(facts: frozenset[Fact]) -> Signs:
    """Signs that follow from the facts, with all that was shown from them before."""
    return Signs(facts)


def _constant_sign(expr: sp.Expr) -> Sign:
    """The certified sign of an expression without symbols."""
    try:
        sign = sign_at(expr, {}, max_bits=512)
    except REFUSALS:
        return UNKNOWN
    return UNKNOWN if sign is None else of_number(sign)
