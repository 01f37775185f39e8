r"""How words and their coefficients are spelled, in text and in LaTeX.

Soundness.  Letters are put in order by their names, so the names of different letters must differ; otherwise nothing is
decided by what is printed here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy as sp

from symjepa.symbols import latex_names

LATEX_NAMES = {
    "Sxx": r"\Sigma^{xx}",
    "Syx": r"\Sigma^{yx}",
    "Syy": r"\Sigma^{yy}",
    "Snn": r"\Sigma^{nn}",
    "Syn": r"\Sigma^{yn}",
    "Snx": r"\Sigma^{nx}",
    "Wbar": r"\overline{W}",
}


@lru_cache(maxsize=10_000)
def short(expr: sp.Expr) -> str:
    """An expression without blanks, for indices."""
    return str(expr).replace(" ", "")


def tex(expr: sp.Expr) -> str:
    """An expression in LaTeX, with the names of symbols."""
    return str(sp.latex(expr, symbol_names=latex_names()))


def scalar(spell: Callable[[Any], str], coefficient: sp.Expr) -> str:
    """A coefficient, a sum in parentheses."""
    text = spell(coefficient)
    return f"({text})" if coefficient.is_Add else text


def spelled_sum(terms: list[tuple[str, str]], times: str) -> str:
    """Coefficients times words, those with a minus last; 0 if there are none."""
    if not terms:
        return "0"
    terms = sorted(terms, key=lambda term: term[0].startswith("-"))
    spelled = []
    for coefficient, word in terms:
        sign, size = ("-", coefficient[1:]) if coefficient.startswith("-") else ("+", coefficient)
        spelled.append(f" {sign} " + (word if size == "1" else size + times + word))
    text = "".join(spelled)
    return text[3:] if text.startswith(" + ") else "-" + text[3:]
