r"""The letters and signs in which a claim is set: Unicode for a terminal, LaTeX, SymPy's notation for machines.

`LATEX` prints plain letters; `MACRO_LATEX` prints the macros that an author may redefine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import WordSum
from symjepa.render import breaking, notation, words
from symjepa.render.formulas import Latex, Spelling, Terminal, with_dot
from symjepa.render.words import Terms


@dataclass(frozen=True)
class Style:
    """How a claim is spelled; `spelling` prints scalars, the methods everything around them."""

    spelling: Spelling
    signs: Mapping[str, str]

    def expr(self, expr: sp.Expr) -> str:
        return str(self.spelling.doprint(expr))

    def terms(self, expr: sp.Expr) -> Terms:
        return self.spelling.terms(expr)

    def letter(self, name: str) -> str:
        return self.spelling.letter(name)

    def sign(self, relation: str) -> str:
        return self.signs[relation]

    def joined(self, terms: Terms) -> str:
        return words.joined(terms, self.spelling.minus)

    def scaled(self, weight: sp.Expr, size: str) -> str:
        return size if weight == 1 else f"{self.spelling.within(weight)}{self.spelling.times}{size}"

    def name(self, name: str) -> str:
        """A letter with an index: `W_1`."""
        base, _, index = name.partition("_")
        return self.spelling.symbol(base, index)

    def words(self, words_: WordSum | TraceSum) -> Terms:
        raise NotImplementedError

    def fact(self, fact: Fact) -> str:
        return self.spelling.relation(fact)

    def inline(self, formula: str) -> str:
        return formula

    def dot(self, amplitude: sp.Expr) -> str:
        raise NotImplementedError

    def rate_of(self, terms: Terms) -> str:
        """The time derivative of a sum."""
        raise NotImplementedError

    def function(self, name: sp.Expr, argument: str) -> str:
        return f"{self.expr(name)}({argument})"

    def trace(self, inside: str) -> str:
        return f"tr({inside})"

    def gram(self, inside: str) -> str:
        """The squared Frobenius norm of a word."""
        raise NotImplementedError

    def absolute(self, inside: str) -> str:
        return f"|{inside}|"

    def total(self, term: sp.Expr, index: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> str:
        body = self.spelling.within(term)
        return self.spelling.big("sum", self.expr(index), self.expr(lower), self.expr(upper), body)

    def end(self, end: str) -> str:
        """A frame at one end of a letter."""
        raise NotImplementedError


class LatexStyle(Style):
    """LaTeX; formulas in the line between dollars."""

    def words(self, words_: WordSum | TraceSum) -> Terms:
        return words.latex_terms(words_, self.spelling.names)

    def inline(self, formula: str) -> str:
        return f"${formula}$"

    def dot(self, amplitude: sp.Expr) -> str:
        return with_dot(self.expr(amplitude))

    def rate_of(self, terms: Terms) -> str:
        return rf"\frac{{d}}{{d{self.letter('t')}}} {self.spelling.bracket(self.joined(terms))}"

    def trace(self, inside: str) -> str:
        return rf"{self.letter('tr')}\left({inside}\right)"

    def gram(self, inside: str) -> str:
        return rf"\left\lVert {inside} \right\rVert_{{F}}^{{2}}"

    def absolute(self, inside: str) -> str:
        return rf"\left\lvert {inside} \right\rvert"

    def end(self, end: str) -> str:
        return words.end_latex(end, self.spelling.names)


class PageStyle(LatexStyle):
    """LaTeX for displays: what no line holds comes in pieces."""

    spelling: Latex

    def terms(self, expr: sp.Expr) -> Terms:
        return breaking.pieces(self.spelling, expr)


class TerminalStyle(Style):
    """Unicode on one line."""

    def words(self, words_: WordSum | TraceSum) -> Terms:
        spell = (
            (lambda word: f"tr({words.word_terminal(word)})") if isinstance(words_, TraceSum) else words.word_terminal
        )
        return words.terms(words_, self.spelling, spell)

    def dot(self, amplitude: sp.Expr) -> str:
        return f"d{self.expr(amplitude)}/dt"

    def rate_of(self, terms: Terms) -> str:
        return f"d/dt ({self.joined(terms)})"

    def gram(self, inside: str) -> str:
        return f"‖{inside}‖²"

    def end(self, end: str) -> str:
        return words.end_terminal(end)


class _Machine(Terminal):
    """SymPy's own notation."""

    times, minus = "*", "-"

    def doprint(self, expr: sp.Expr) -> str:
        return str(sp.sstr(expr))

    def terms(self, expr: sp.Expr) -> Terms:
        return [("+", str(sp.sstr(expr)))]

    def within(self, expr: sp.Expr) -> str:
        return f"({expr})"

    def relation(self, fact: Fact) -> str:
        return str(fact)

    def big(self, sign: str, index: str, lower: str, upper: str, body: str) -> str:
        return f"Sum({body}, ({index}, {lower}, {upper}))"


class MachineStyle(Style):
    """SymPy's notation, words as in the JSON of `derive`."""

    def words(self, words_: WordSum | TraceSum) -> Terms:
        return [("+", words.word_formula(words_)["sympy"])]

    def joined(self, terms: Terms) -> str:
        return words.joined(terms)

    def dot(self, amplitude: sp.Expr) -> str:
        return f"Derivative({amplitude}, t)"

    def rate_of(self, terms: Terms) -> str:
        return f"Derivative({self.joined(terms)}, t)"

    def gram(self, inside: str) -> str:
        return f"tr(T({inside})*({inside}))"

    def absolute(self, inside: str) -> str:
        return f"Abs({inside})"

    def name(self, name: str) -> str:
        return name

    def end(self, end: str) -> str:
        return end


_TEX = {"gain": r"\Delta", "=": "=", "<": "<", ">": ">", "<=": r"\leq", ">=": r"\geq", "!=": r"\neq", "->": r"\to"}
_UNICODE = {"gain": "Δ", "=": "=", "<": "<", ">": ">", "<=": "≤", ">=": "≥", "!=": "≠", "->": "→"}
_ASCII = {sign: sign for sign in _TEX} | {"gain": "Delta"}

LATEX = LatexStyle(Latex(notation.LETTERS), _TEX)
MACRO_LATEX = PageStyle(Latex({**notation.LETTERS, **notation.MACROS, "E": "E"}), _TEX)
TERMINAL = TerminalStyle(Terminal(notation.TERMINAL_LETTERS), _UNICODE)
MACHINE = MachineStyle(_Machine({}), _ASCII)


class _InLine(Latex):
    """Fractions with a slash."""

    _inline = True


LINE_STYLE = LatexStyle(_InLine(MACRO_LATEX.spelling.names), _TEX)
"""How a page sets formulas in the line."""
