r"""Summands that no line holds, in pieces that a line does: opened at their brackets, split between their factors.

A piece is a sign and what follows it, as in `Spelling.terms`; joined on one line the pieces are the formula again.
What stands in a wide factor is set between large brackets, a wide denominator as an inverse power behind a product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from symjepa.render.factors import split_factors
from symjepa.render.formulas import Latex
from symjepa.render.widths import LINE, width
from symjepa.render.words import Terms

ROOM = LINE - 60.0
"""Points left for a piece beside a relation and an indent."""
_OPEN, _CLOSE = r"\biggl(", r"\biggr)"


def pieces(spelling: Latex, expr: sp.Expr, room: float = ROOM) -> Terms:
    """The summands of an expression, those wider than `room` in several pieces where they can be opened."""
    found: Terms = []
    for sign, term in spelling.summands(expr):
        text = str(spelling.doprint(term))
        found += [(sign, text)] if width(text) <= room else _signed(sign, _opened(spelling, term, room))
    return found


def _signed(sign: str, found: Terms) -> Terms:
    return [(sign, found[0][1]), *found[1:]]


def _between(before: str, inside: Terms, after: str) -> Terms:
    """Pieces with something before the first and after the last."""
    (sign, first), *rest = inside
    opened = [("+", f"{before} {'-' if sign == '-' else ''}{first}"), *rest]
    sign, last = opened[-1]
    return [*opened[:-1], (sign, f"{last} {after}".rstrip())]


@dataclass
class _Chunk:
    """Factors that stand in one fraction."""

    above: list[sp.Expr]
    below: list[sp.Expr]

    def text(self, spelling: Latex, followed: bool = False) -> str:
        """The fraction as a factor: in brackets what else would lose a summand, or reach over what follows."""
        if len(self.above) == 1 and not self.below and self.above[0].is_Add:
            return str(spelling.within(self.above[0]))
        shown = spelling.quotient(self.above, self.below)
        return spelling.bracket(shown) if followed and not self.below and self._reaches(spelling) else shown

    def _reaches(self, spelling: Latex) -> bool:
        return isinstance(spelling.ordered(self.above)[-1], (sp.Sum, sp.Product, sp.Integral))


def _opened(spelling: Latex, term: sp.Expr, room: float) -> Terms:
    """A product in several pieces: fractions of what is narrow, then each wide factor between brackets of its own."""
    above, below = split_factors(term)
    if len(above) + len(below) == 1:
        base, exponent = term.as_base_exp()
        return _alone(spelling, base, exponent, room)
    wide = [factor for factor in above if _is_wide(spelling, factor, room)]
    wide_below = [factor for factor in below if _is_wide(spelling, factor, room)]
    narrow = [x for x in above if x not in wide], [x for x in below if x not in wide_below]
    powers = [factor.as_base_exp() for factor in wide] + [(x, -n) for x, n in map(sp.Expr.as_base_exp, wide_below)]
    brackets = [_alone(spelling, base, exponent, room, bracket=True) for base, exponent in powers]
    *chunks, end = _narrow(spelling, *narrow, room) or [_Chunk([], [])]
    fractions = [chunk.text(spelling, followed=True) for chunk in chunks]
    last = end.text(spelling, followed=bool(brackets)) if end.above or end.below else ""
    if brackets and last:
        brackets[0] = _between(last, brackets[0], "")  # juxtaposed: an opening bracket needs no dot before it
    elif last:
        fractions.append(last)
    return _times([*([("+", text)] for text in fractions), *brackets])


def _times(factors: Sequence[Terms]) -> Terms:
    """Factors one after the other, with a dot where a line may end."""
    first, *rest = factors
    return [*first, *(piece for factor in rest for piece in _signed(r"\cdot", factor))]


def _is_wide(spelling: Latex, factor: sp.Expr, room: float) -> bool:
    return _can_open(factor) and width(str(spelling.doprint(factor))) > room / 2


def _can_open(factor: sp.Expr) -> bool:
    base, exponent = factor.as_base_exp()
    inner = base if exponent.is_Rational else factor
    return bool(inner.is_Add) or isinstance(inner, (sp.Integral, sp.Sum, sp.log))


def _narrow(spelling: Latex, above: Sequence[sp.Expr], below: Sequence[sp.Expr], room: float) -> list[_Chunk]:
    """Narrow factors in reading order, in as few fractions as the room allows."""
    chunks = [_Chunk([], [])]
    for factor, inverse in [(x, False) for x in spelling.ordered(above)] + [(x, True) for x in spelling.ordered(below)]:
        fits = next((chunk for chunk in chunks if _holds(spelling, chunk, factor, inverse, room)), None)
        if fits is None:
            chunks.append(fits := _Chunk([], []))
        (fits.below if inverse else fits.above).append(factor)
    return [chunk for chunk in chunks if chunk.above or chunk.below]


def _holds(spelling: Latex, chunk: _Chunk, factor: sp.Expr, inverse: bool, room: float) -> bool:
    above = [*chunk.above, *([] if inverse else [factor])]
    below = [*chunk.below, *([factor] if inverse else [])]
    return width(_Chunk(above, below).text(spelling)) <= room


def _alone(spelling: Latex, base: sp.Expr, exponent: sp.Expr, room: float, bracket: bool = False) -> Terms:
    """One power in pieces, if its base is a sum, an integral, a finite sum or a logarithm."""
    raised = "" if exponent == 1 else f"^{{{spelling.in_line(exponent)}}}"
    if base.is_Add and exponent.is_Rational:
        inside = pieces(spelling, base, room - 15)
        return _between(_OPEN, inside, _CLOSE + raised) if bracket or raised else inside
    if isinstance(base, (sp.Integral, sp.Sum)):
        inside = _body(spelling, base, room)
        return _between(_OPEN, inside, _CLOSE + raised) if bracket or raised else inside
    if isinstance(base, sp.log) and exponent == 1:
        return _between(rf"\log {_OPEN}", pieces(spelling, base.args[0], room - 35), _CLOSE)
    power = sp.Pow(base, exponent)
    return [("+", str(spelling.within(power) if bracket else spelling.doprint(power)))]


def _body(spelling: Latex, expr: sp.Expr, room: float) -> Terms:
    """An integral or a finite sum whose body is in pieces."""
    before, after = spelling.around(expr)
    inside = pieces(spelling, expr.function, room - width(before) - width(after))
    if expr.function.is_Add:
        return _between(before + _OPEN, inside, f"{_CLOSE} {after}".rstrip())
    return _between(before, inside, after)
