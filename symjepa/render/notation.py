r"""What a name looks like: plain LaTeX, LaTeX through macros that an author may redefine, or Unicode on a terminal.

Documents print `\sjlambda`, not `\lambda`: every letter is a macro, so redefining one line changes a notation
throughout a paper and a clash with the author's own letters is settled in one place.  All macros share the prefix
`sj`, and are made with `\providecommand`: a definition made earlier, in the author's preamble, wins.  Formulas in
JSON stand alone (notebooks, web pages), hence are plain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import sympy as sp
from sympy.core.alphabets import greeks
from sympy.printing.pretty.pretty_symbology import greek_unicode

from symjepa.symbols import meaning

PLAIN: Mapping[str, str] = {
    "lam": r"\lambda",
    "sigma": r"\sigma",
    "rho": r"\rho",
    "nu": r"\nu",
    "alpha": r"\alpha",
    "tau": r"\tau",
    "eta": r"\eta",
    "eps": r"\varepsilon",
    "t": "t",
    "K": "K",
    "L": "L",
    "l": r"\ell",
    "k": "k",
    "j": "j",
    "w": "w",
    "v": "v",
    "b": "b",
    "u": "u",
    "s": "s",
    "chi": r"\chi",
    "W": "W",
    "P": "P",
    "Wbar": r"\overline{W}",
    "x": "x",
    "y": "y",
    "Sxx": r"\Sigma^{xx}",
    "Syx": r"\Sigma^{yx}",
    "Syy": r"\Sigma^{yy}",
    "Snn": r"\Sigma^{nn}",
    "Syn": r"\Sigma^{yn}",
    "Snx": r"\Sigma^{nx}",
    "T": r"\top",
    "sg": r"\operatorname{sg}",
    "tr": r"\operatorname{tr}",
    "loss": r"\mathcal{L}",
    "E": r"\mathbb{E}",
}
"""Code name → LaTeX; `sigma` is the standard deviation whose square is `sigma2`."""

_SPELLED = {"lam": "lambda"}
_CODED = {spelled: name for name, spelled in _SPELLED.items()}
MACROS: Mapping[str, str] = {name: rf"\sj{_SPELLED.get(name, name)}" for name in PLAIN}

TERMINAL: Mapping[str, str] = {
    **{name: name for name in PLAIN},
    **{"lam": "λ", "sigma": "σ", "rho": "ρ", "alpha": "α", "tau": "τ", "eta": "η", "eps": "ε", "nu": "ν", "chi": "χ"},
    **{"Wbar": "W̄", "Sxx": "Σxx", "Syx": "Σyx", "Syy": "Σyy", "T": "ᵀ", "loss": "ℒ"},
    **{"Snn": "Σnn", "Syn": "Σyn", "Snx": "Σnx"},
}

LETTERS: Mapping[str, str] = {**{name: rf"\{name}" for name in greeks}, **PLAIN, "E": "E"}
"""Plain LaTeX for claims: with the Greek letters that an author may add; `E` is a letter, not an expectation."""
TERMINAL_LETTERS: Mapping[str, str] = {**{name: greek_unicode[name] for name in greeks}, **TERMINAL}

SQUARES = {"sigma2": ("sigma", ""), "sigma2_y": ("sigma", "y")}
"""Symbols that are squares: their powers double the exponent, for σ²² would be read as σ²²."""


def macro_definitions(text: str | None = None) -> list[str]:
    r"""The `\providecommand` lines of every macro, or of those that occur in a text."""
    used = None if text is None else set(re.findall(r"\\sj[A-Za-z]+", text))
    return [
        rf"\providecommand{{{MACROS[name]}}}{{{PLAIN[name]}}}" for name in PLAIN if used is None or MACROS[name] in used
    ]


def split_name(symbol: sp.Expr) -> tuple[str, str]:
    """The letter and the subscript of a symbol, from its code name: `w_1` and `w1` are w with index 1."""
    if isinstance(symbol, sp.Indexed):
        return str(symbol.base), ",".join(map(str, symbol.indices))
    name = str(symbol.name)
    if meaning(symbol) is not None and name.isalpha():
        return name, ""
    match = re.fullmatch(r"([A-Za-z]+?)_?([0-9]*)", name)
    letter, index = match.groups() if match else (name.partition("_")[0], name.partition("_")[2])
    return _CODED.get(letter, letter), index
