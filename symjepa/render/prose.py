r"""Sentences of proofs on a terminal: the LaTeX between dollars becomes Unicode, as far as one line can show it."""

from __future__ import annotations

import re

from sympy.core.alphabets import greeks
from sympy.printing.pretty.pretty_symbology import greek_unicode

_SIGNS: dict[str, str] = {
    **{name: str(greek_unicode[name]) for name in greeks},
    "varepsilon": "ε", "ell": "l", "Sigma": "Σ", "top": "ᵀ",
    "mathcal": "", "mapsto": "↦", "to": "→", "infty": "∞", "geq": "≥", "leq": "≤", "neq": "≠", "sum": "Σ",
    "prod": "∏", "log": "log", "exp": "exp", "cdot": "·", "cdots": "⋯", "ldots": "…", "left": "", "right": "",
    "quad": " ", "qquad": " ", "in": "∈", "succ": "≻", "tfrac": "frac", "operatorname": "", "mathrm": "",
    "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|", "times": "×", "pm": "±", "iff": "⇔", "partial": "∂",
    "mathbb": "", "tr": "tr",
}  # fmt: skip
_RAISED = str.maketrans("0123456789+-()KLlkjnxyq ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᴷᴸˡᵏʲⁿˣʸ𐞥\0")
_LOWERED = str.maketrans("0123456789+-lkjni ", "₀₁₂₃₄₅₆₇₈₉₊₋ₗₖⱼₙᵢ\0")
_ACCENTS = {"dot": "\u0307", "overline": "\u0304", "bar": "\u0304", "hat": "\u0302"}


def plain(text: str) -> str:
    """Prose with its formulas in Unicode."""
    return re.sub(r"\$\$?(.+?)\$\$?", lambda found: formula(found[1]), text)


def formula(text: str) -> str:
    r"""`\dot{u} = \lambda u^{2}` is `u̇ = λ u²`."""
    text = text.replace(r"\,", " ").replace(r"\;", " ").replace(r"\!", "")
    text = re.sub(r"\\(dot|overline|bar|hat)\s*(?:\{(\w)\}|(\w))", lambda m: (m[2] or m[3]) + _ACCENTS[m[1]], text)
    text = re.sub(r"\\([A-Za-z]+)", lambda m: m[0] if m[1] in ("frac", "sqrt") else _SIGNS.get(m[1], m[1]), text)
    before = ""
    while before != text:  # from the inside out
        before = text
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", lambda m: f"{_grouped(m[1])}/{_grouped(m[2])}", text)
        text = re.sub(r"\\sqrt\{([^{}]*)\}", lambda m: f"√{_grouped(m[1])}", text)
        text = re.sub(r"\^\{([^{}]*)\}|\^(\w)", lambda m: _script(m[1] or m[2], "^", _RAISED), text)
        text = re.sub(r"_\{([^{}]*)\}|_(\w)", lambda m: _script(m[1] or m[2], "_", _LOWERED), text)
        text = re.sub(r"(?<![\\a-z}])\{([^{}]*)\}", r"\1", text)
    return " ".join(text.replace("-", "−").split())


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"\w+|\w[\u0300-\u036f]?[⁰-₟]*", text.strip()) else f"({text})"


def _script(text: str, mark: str, letters: dict[int, int]) -> str:
    if text in ("ᵀ", "xx", "yx", "yy"):
        return text
    moved = text.translate(letters).replace("\0", "")
    return moved if all(ord(sign) in letters for sign in text) else f"{mark}{_grouped(text)}"
