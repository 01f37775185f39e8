r"""SymPy expressions as mathematics: LaTeX from the declared names, and Unicode for a terminal.

One printer walks the tree and orders it as a reader expects (drive before damping, parameters before amplitudes,
whole numbers last in an exponent); two subclasses spell powers, fractions and names.  Nothing is simplified: the
printed tree is the given one, but for $\prod_{j<\ell} w_j \prod_{j>\ell} w_j$, printed as $\prod_{j\neq\ell} w_j$, for
the exponential of a sum of logarithms, printed as a product, and for powers of one letter, printed as one: $c\,c^{m-1}$
is $c^m$.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.printer import Printer

from symjepa.exact.facts import Fact
from symjepa.exact.sequences import EVERYWHERE
from symjepa.render.factors import (
    as_products,
    factor_key,
    is_inverse,
    is_negative,
    is_tall,
    neighbours,
    one_root,
    signed,
    split_factors,
    term_key,
)
from symjepa.render.notation import PLAIN, SQUARES, TERMINAL, split_name

_VARIABLES = {"x", "y"}
"""Scalars that are named like the views, and are none: no macro of the views spells them."""


class Spelling(Printer):  # type: ignore[misc]
    """The order of terms and factors, signs and brackets; the letters are left to the subclasses."""

    times = minus = open = close = ""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names

    def letter(self, name: str) -> str:
        """A letter by its code name; primes stay behind it."""
        bare = name.rstrip("'")
        return self.names.get(bare, bare) + name[len(bare) :]

    def symbol(self, base: str, index: str) -> str:
        raise NotImplementedError

    def power(self, base: str, exponent: sp.Expr) -> str:
        raise NotImplementedError

    def root(self, inside: str, simple: bool) -> str:
        raise NotImplementedError

    def fraction(self, above: str, below: str) -> str:
        raise NotImplementedError

    def bracket(self, inside: str) -> str:
        raise NotImplementedError

    def big(self, sign: str, index: str, lower: str, upper: str, body: str) -> str:
        raise NotImplementedError

    def terms(self, expr: sp.Expr) -> list[tuple[str, str]]:
        """The summands as (sign, size), in reading order."""
        return [(sign, str(self._print(size))) for sign, size in self.summands(expr)]

    def summands(self, expr: sp.Expr) -> list[tuple[str, sp.Expr]]:
        """The summands as (sign, size), not yet spelled."""
        ordered = map(signed, sorted(sp.Add.make_args(expr), key=term_key))
        return [("-" if negative else "+", size) for negative, size in ordered]

    def pieces(self, expr: sp.Expr) -> list[tuple[str, str]]:
        """Where a long formula may be broken: its summands, or in brackets those of its one factor that is a sum."""
        sums = [factor for factor in sp.Mul.make_args(expr) if factor.is_Add]
        if not expr.is_Mul or len(sums) != 1:
            return self.terms(expr)
        others = sp.Mul(*(factor for factor in expr.args if factor is not sums[0]))
        negative, size = signed(others)
        sign = "-" if negative else "+"
        (lead, first), *middle = self.terms(sums[0])
        opened = (sign, f"{self._print(size)} {self.open} {self.minus if lead == '-' else ''}{first}")
        *rest, (last, end) = [opened, *middle]
        return [*rest, (last, f"{end} {self.close}")]

    def _print_Add(self, expr: sp.Expr) -> str:
        (sign, first), *rest = self.terms(expr)
        lead = (self.minus if sign == "-" else "") + first
        return lead + "".join(f" {self.minus if sign == '-' else '+'} {size}" for sign, size in rest)

    def _print_Mul(self, expr: sp.Expr) -> str:
        negative, size = signed(expr)
        if negative:
            return self.minus + self.within(size)
        return self.quotient(*split_factors(size)) if size.is_Mul else str(self._print(size))

    def quotient(self, above: Sequence[sp.Expr], below: Sequence[sp.Expr]) -> str:
        """The product of some factors over that of others."""
        if not below:
            return self._product(above)
        return self.fraction(self._product(above), self._product(below))

    def _product(self, factors: Sequence[sp.Expr]) -> str:
        spread = [part for factor in factors for part in as_products(factor)]
        return self.times.join(self._factors(self.ordered(spread))) or "1"

    def ordered(self, factors: Sequence[sp.Expr]) -> list[sp.Expr]:
        """Factors in reading order."""
        return sorted(factors, key=factor_key)

    def _factors(self, ordered: list[sp.Expr], alone: bool = True) -> list[str]:
        """Each factor spelled; the two products on both sides of one layer are printed as one.  `alone`: nothing stands
        before them.
        """
        spelled: list[str] = []
        rest = list(ordered)
        while rest:
            factor = rest.pop(0)
            partner = next((other for other in rest if neighbours(factor, other)), None)
            if partner is not None:
                rest.remove(partner)
                spelled.append(
                    self.punctured(*sorted((factor, partner), key=lambda product: product.limits[0][1] != 1))
                )
            else:
                spelled.append(self.within(factor) if len(ordered) > 1 or not alone else str(self._print(factor)))
            if rest and isinstance(factor, (sp.Product, sp.Sum, sp.Integral)):
                spelled[-1] = self.bracket(spelled[-1])  # else it would be read as reaching over what follows
        return spelled

    def punctured(self, lower: sp.Product, upper: sp.Product) -> str:
        raise NotImplementedError

    def within(self, expr: sp.Expr) -> str:
        """An expression as a factor: sums in brackets."""
        return self.bracket(str(self._print(expr))) if expr.is_Add or is_negative(expr) else str(self._print(expr))

    def _print_Pow(self, expr: sp.Expr) -> str:
        base, exponent = expr.as_base_exp()
        if is_inverse(expr):
            return self.fraction("1", str(self._print(sp.Pow(base, -exponent))))
        name = getattr(base, "name", "")
        if name in SQUARES:
            letter, index = SQUARES[name]
            return (
                self.symbol(letter, index)
                if exponent == sp.S.Half
                else self.power(self.symbol(letter, index), 2 * exponent)
            )
        if exponent == sp.S.Half:
            return self.root(str(self._print(base)), base.is_Atom)
        atom = base.is_Symbol or isinstance(base, sp.Indexed | AppliedUndef) or (base.is_Integer and base >= 0)
        return self.power(str(self._print(base)) if atom else self.bracket(str(self._print(base))), exponent)

    def _print_Symbol(self, symbol: sp.Symbol) -> str:
        if symbol.name in SQUARES:
            return self.power(self.symbol(*SQUARES[symbol.name]), sp.Integer(2))
        return self.symbol(*split_name(symbol))

    _print_Dummy = _print_Symbol

    def _print_Indexed(self, symbol: sp.Indexed) -> str:
        return self.symbol(str(symbol.base), ",".join(str(self._print(index)) for index in symbol.indices))

    def _print_AppliedUndef(self, term: AppliedUndef) -> str:
        """A term of a sequence."""
        return self.symbol(term.func.__name__, ",".join(str(self._print(index)) for index in term.args))

    def _print_Integer(self, number: sp.Integer) -> str:
        return f"{self.minus}{-number}" if number < 0 else str(number)

    def _print_Rational(self, number: sp.Rational) -> str:
        sign = self.minus if number < 0 else ""
        return sign + self.fraction(str(abs(number.p)), str(number.q))

    def _print_Product(self, product: sp.Product) -> str:
        return self._big_operator("prod", product)

    def _print_Sum(self, total: sp.Sum) -> str:
        return self._big_operator("sum", total)

    def _big_operator(self, sign: str, expr: sp.Expr) -> str:
        (index, lower, upper), *_ = expr.limits
        spelled = [str(self._print(part)) for part in (index, lower, upper)]
        return self.big(sign, spelled[0], spelled[1], spelled[2], self.within(expr.function))

    def _print_exp(self, expr: sp.Expr) -> str:
        products = as_products(expr)
        return self.exponential(expr) if products == [expr] else self._product(products)

    def exponential(self, expr: sp.Expr) -> str:
        raise NotImplementedError

    def relation(self, fact: Fact) -> str:
        """A fact as a relation to zero."""
        raise NotImplementedError


class Latex(Spelling):
    """LaTeX, in plain letters or in macros."""

    times, minus, open, close = " ", "-", r"\biggl(", r"\biggr)"
    printmethod = "_symjepa_latex"
    _inline = False

    def symbol(self, base: str, index: str) -> str:
        letter = base if base in _VARIABLES else self.letter(base)
        if letter == base and len(base.rstrip("'")) > 1:
            letter = rf"\mathrm{{{base}}}"
        subscript = rf"\mathrm{{{index}}}" if len(index) > 1 and index.isalpha() else self.letter(index)
        return f"{letter}_{{{subscript}}}" if index else letter

    def power(self, base: str, exponent: sp.Expr) -> str:
        base = rf"{{{base}}}" if base.endswith("'") else base
        return base if exponent == 1 else f"{base}^{{{self.in_line(exponent)}}}"

    def in_line(self, expr: sp.Expr) -> str:
        """An expression as it is spelled in an exponent."""
        outer, self._inline = self._inline, True
        try:
            return str(self._print(expr))
        finally:
            self._inline = outer

    def root(self, inside: str, simple: bool) -> str:
        return rf"\sqrt{{{inside}}}"

    def fraction(self, above: str, below: str) -> str:
        if self._inline:
            return _slashed(above, below)
        return rf"\frac{{{above}}}{{{below}}}"

    def quotient(self, above: Sequence[sp.Expr], below: Sequence[sp.Expr]) -> str:
        """What is tall stands beside the fraction, not in it: `a/b ∑ …`, and half a logarithm is `½ log …`."""
        above, below = one_root(above, below)
        tall = [] if self._inline else [factor for factor in above if is_tall(factor)]
        numbers = bool(below) and all(factor.is_Integer for factor in below)
        if not self._inline and numbers and any(factor.func is sp.log for factor in above):
            tall = [factor for factor in above if not factor.is_Integer]
        if not below or not tall:
            return super().quotient(above, below)
        rest = [factor for factor in above if factor not in tall]
        fraction = super().quotient(rest, below)
        return f"{fraction.replace('frac', 'tfrac', 1) if numbers else fraction}{self.times}{self._tall(tall)}"

    def _tall(self, factors: Sequence[sp.Expr]) -> str:
        return self.times.join(self._factors(self.ordered(factors), alone=False))

    def bracket(self, inside: str) -> str:
        return rf"\left({inside}\right)" if r"\frac" in inside or "_{" in inside else f"({inside})"

    def big(self, sign: str, index: str, lower: str, upper: str, body: str) -> str:
        return rf"\{sign}_{{{index}={lower}}}^{{{upper}}} {body}"

    def punctured(self, lower: sp.Product, upper: sp.Product) -> str:
        index, hole = self._print(lower.limits[0][0]), self._print(lower.limits[0][2] + 1)
        return rf"\prod_{{{index} \neq {hole}}} {self._print(lower.function)}"

    def relation(self, fact: Fact) -> str:
        signs = {
            "positive": "> 0",
            "nonnegative": r"\geq 0",
            "nonzero": r"\neq 0",
            "zero": "= 0",
            "integer": r"\in \mathbb{Z}",
        }
        return f"{self.doprint(fact.expr)} {signs[fact.kind]}" + _over(self, fact, r"\leq", r"\quad ")

    def emptyPrinter(self, expr: Any) -> str:
        names = {symbol: self.doprint(symbol) for symbol in getattr(expr, "free_symbols", ()) if symbol.is_Symbol}
        return str(sp.latex(expr, symbol_names=names))

    def _print_Function(self, expr: sp.Expr) -> str:
        known = {"log": r"\log", "LambertW": r"W_{0}"}
        name = known.get(expr.func.__name__, rf"\operatorname{{{expr.func.__name__}}}")
        return rf"{name}\left({', '.join(str(self._print(part)) for part in expr.args)}\right)"

    _print_log = _print_LambertW = _print_Function

    def exponential(self, expr: sp.Expr) -> str:
        return self.power("e", expr.args[0])

    def _print_Integral(self, expr: sp.Expr) -> str:
        before, after = self.around(expr)
        return f"{before} {self.within(expr.function)} {after}"

    def around(self, expr: sp.Expr) -> tuple[str, str]:
        """What stands before and after the body of an integral or a finite sum."""
        (variable, *ends), *_ = expr.limits
        lower, upper = (str(self._print(end)) for end in ends) if len(ends) == 2 else ("", "")
        name = str(self._print(variable))
        if isinstance(expr, sp.Integral):
            return r"\int" + (rf"_{{{lower}}}^{{{upper}}}" if upper else ""), rf"\, d{name}"
        return self.big("sum", name, lower, upper, "").strip(), ""


_RAISED = dict(zip("0123456789+−()KLlkjn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᴷᴸˡᵏʲⁿ", strict=True))
_LOWERED = dict(zip("0123456789+−lkjn", "₀₁₂₃₄₅₆₇₈₉₊₋ₗₖⱼₙ", strict=True))


class Terminal(Spelling):
    """Unicode on one line."""

    times, minus, open, close = " ", "−", "(", ")"
    printmethod = "_symjepa_terminal"

    def symbol(self, base: str, index: str) -> str:
        index = index.replace(" ", "")
        lowered = "".join(_LOWERED.get(sign, "") for sign in index)
        return self.letter(base) + (lowered if len(lowered) == len(index) else f"_{index}")

    def power(self, base: str, exponent: sp.Expr) -> str:
        spelled = str(self._print(exponent)).replace(" ", "")
        if all(sign in _RAISED for sign in spelled):
            return base if spelled == "1" else base + "".join(_RAISED[sign] for sign in spelled)
        return f"{base}^{spelled}" if len(spelled) == 1 else f"{base}^({self._print(exponent)})"

    def root(self, inside: str, simple: bool) -> str:
        return f"√{inside}" if simple else f"√({inside})"

    def fraction(self, above: str, below: str) -> str:
        return "½" if (above, below) == ("1", "2") else _slashed(above, below)

    def bracket(self, inside: str) -> str:
        return f"({inside})"

    def big(self, sign: str, index: str, lower: str, upper: str, body: str) -> str:
        return f"{ {'prod': '∏', 'sum': 'Σ'}[sign] }[{index}={lower}…{upper}] {body}"

    def punctured(self, lower: sp.Product, upper: sp.Product) -> str:
        index, hole = self._print(lower.limits[0][0]), self._print(lower.limits[0][2] + 1)
        return f"∏[{index}≠{hole}] {self._print(lower.function)}"

    def relation(self, fact: Fact) -> str:
        signs = {"positive": "> 0", "nonnegative": "≥ 0", "nonzero": "≠ 0", "zero": "= 0", "integer": "is an integer"}
        return f"{self.doprint(fact.expr)} {signs[fact.kind]}" + _over(self, fact, "≤", " for ")

    def _print_Function(self, expr: sp.Expr) -> str:
        name = {"LambertW": "W₀"}.get(expr.func.__name__, expr.func.__name__)
        return f"{name}({', '.join(str(self._print(part)) for part in expr.args)})"

    exponential = _print_log = _print_LambertW = _print_Function

    def _print_Integral(self, expr: sp.Expr) -> str:
        (variable, *ends), *_ = expr.limits
        span = f"[{self._print(ends[0])}…{self._print(ends[1])}]" if len(ends) == 2 else ""
        return f"∫{span} {self.within(expr.function)} d{self._print(variable)}"


def _over(spelling: Spelling, fact: Fact, at_most: str, lead: str) -> str:
    every = r"\in \mathbb{Z}" if at_most == r"\leq" else "∈ ℤ"
    spelled = [[spelling.doprint(part) for part in (r.lo, r.symbol, r.hi)] for r in fact.over if r != EVERYWHERE]
    integers = [f"{lead}{spelling.doprint(r.symbol)} {every}" for r in fact.over if r == EVERYWHERE]
    return "".join((*integers, *(lead + f" {at_most} ".join(parts) for parts in spelled)))


def _slashed(above: str, below: str) -> str:
    """A fraction on one line, with brackets around what the slash would tear apart."""
    over = f"({above})" if any(sign in _outermost(above) for sign in (" + ", " - ", " − ")) else above
    return f"{over}/" + (f"({below})" if " " in _outermost(below) else below)


def _outermost(text: str) -> str:
    """A text without what its brackets enclose."""
    depth, kept = 0, ""
    for sign in text:
        depth -= sign in ")}"
        kept += sign if depth == 0 else ""
        depth += sign in "({"
    return kept


def latex(expr: sp.Expr, names: Mapping[str, str] = PLAIN) -> str:
    r"""LaTeX of an expression: `latex(sigma2)` is `\sigma^{2}`."""
    return str(Latex(names).doprint(expr))


def terminal(expr: sp.Expr) -> str:
    """One line of Unicode mathematics: `terminal(lam*u**(2*L))` is `λ u²ᴸ`."""
    return str(Terminal(TERMINAL).doprint(expr))


def dotted(symbol: sp.Expr, names: Mapping[str, str] = PLAIN) -> str:
    r"""The time derivative of an amplitude, with the dot on its letter: `\dot{w}_{1}`."""
    return with_dot(latex(symbol, names))


def with_dot(spelled: str) -> str:
    r"""A dot on the first letter: `W_{1}` becomes `\dot{W}_{1}`."""
    letter, subscript, index = spelled.partition("_")
    return rf"\dot{{{letter}}}{subscript}{index}"


def formula(expr: sp.Expr) -> dict[str, str]:
    """A formula in JSON: LaTeX that stands alone, and SymPy's own notation in the names of the conventions."""
    return {"latex": latex(expr), "sympy": _notation(expr)}


@lru_cache(maxsize=20_000)
def _notation(expr: sp.Expr) -> str:
    """A function of the tree alone; certificates repeat the same conditions."""
    return str(sp.sstr(expr))


def condition(fact: Fact) -> dict[str, str]:
    """A fact in JSON, as a relation."""
    return {"latex": Latex(PLAIN).relation(fact), "sympy": str(fact)}
