r"""Claims, hypotheses and abbreviations as sentences of mathematics: Unicode for a terminal, LaTeX, objects for JSON.

One function for each claim builds its sentence once, out of words and `Formula`s in the letters of a `Style`.  A
formula keeps its left side, its relation and its signed summands apart, so that whoever sets it may break it at the
relation or between the summands.
"""

from __future__ import annotations

from typing import Any

from symjepa.errors import SymjepaError
from symjepa.render.sentences import equilibria, matrices, motion, products, relations
from symjepa.render.sentences.parts import Formula, Sentence, Sentences, Words, on_a_line
from symjepa.render.styles import LATEX, MACHINE, TERMINAL, Style
from symjepa.statements import claims
from symjepa.statements.claims import Claim


def sentence(claim: Claim, style: Style) -> Sentence:
    """A claim as words and formulas, in reading order."""
    if type(claim) not in _SENTENCES:
        known = ", ".join(kind.__name__ for kind in _SENTENCES)
        raise SymjepaError(f"no sentence says what {type(claim).__name__} claims; there are {known}")
    return tuple(_SENTENCES[type(claim)](claim, style))


def terminal_claim(claim: Claim) -> str:
    """A claim as one line of Unicode mathematics."""
    return on_a_line(sentence(claim, TERMINAL), TERMINAL)


def latex_claim(claim: Claim, style: Style = LATEX) -> str:
    """A claim as prose with formulas in the line; for displays take `sentence` apart."""
    return on_a_line(sentence(claim, style), style)


def claim_object(claim: Claim) -> dict[str, Any]:
    """A claim in JSON: its kind, LaTeX, SymPy's notation, and the formulas of its sentence one by one."""
    if isinstance(claim, claims.All):
        return {"kind": "All", "claims": [claim_object(part) for part in claims.parts(claim)]}
    shown, told = sentence(claim, LATEX), sentence(claim, MACHINE)
    formulas = [
        {"latex": tex.line(LATEX), "sympy": text.line(MACHINE)}
        for tex, text in zip(shown, told, strict=True)
        if isinstance(tex, Formula) and isinstance(text, Formula)
    ]
    said = {"latex": on_a_line(shown, LATEX), "sympy": on_a_line(told, MACHINE)}
    return {"kind": type(claim).__name__, **said, "text": terminal_claim(claim), "formulas": formulas}


def _of_all(claim: claims.All, style: Style) -> Sentence:
    pieces: list[Formula | Words] = []
    for part in claims.parts(claim):
        pieces += [Words(";"), *sentence(part, style)] if pieces else sentence(part, style)
    return tuple(pieces)


_SENTENCES: Sentences = {claims.All: _of_all} | relations.SENTENCES | matrices.SENTENCES | products.SENTENCES
_SENTENCES |= motion.SENTENCES | equilibria.SENTENCES
