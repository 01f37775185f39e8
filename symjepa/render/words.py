r"""Words, traces and alignments in print: LaTeX, Unicode, and for machines.

In JSON a word is a noncommutative product in SymPy's notation: `W(hi, lo)` is the product of the layers lo+1 … hi,
`T(…)` a transpose, `sg(…)` a copy under stop-gradient, `tr(…)` a trace; `Wbar`, `Sxx`, `Syx`, `Syy` are single
matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sympy as sp

from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Factor, Power, Segment, Word, WordSum
from symjepa.flow import LayerRate
from symjepa.model import Model
from symjepa.render.formulas import Latex, Spelling, Terminal
from symjepa.render.notation import PLAIN, TERMINAL
from symjepa.symbols import eta

Terms = list[tuple[str, str]]
"""Summands as (sign, size), in reading order."""


def word_latex(word: Word, names: Mapping[str, str] = PLAIN) -> str:
    """A product of letters in LaTeX."""
    return " ".join(_factor_latex(factor, names) for factor in word.factors) or "I"


def _factor_latex(factor: Factor, names: Mapping[str, str]) -> str:
    if isinstance(factor, Power):
        gram = f"{_factor_latex(factor.root, names)} {_factor_latex(factor.root.T, names)}"
        exponent = Latex(names).doprint(factor.exponent)
        return rf"\left({gram}\right)" + ("" if factor.exponent == 1 else f"^{{{exponent}}}")
    if isinstance(factor, Segment):
        spelled = _segment(factor, Latex(names), "{}_{{{}:{}}}")
    else:
        spelled = names.get(factor.name, factor.name)
    if factor.stopped:
        spelled = rf"{names['sg']}[{spelled}]"
    if not factor.transposed:
        return spelled
    if "_" in spelled and isinstance(factor, Segment) and not factor.stopped:
        return f"{spelled}^{{{names['T']}}}"
    return f"{{{spelled}}}^{{{names['T']}}}"  # braces: the letter may carry a superscript of its own


def word_terminal(word: Word) -> str:
    """A product of letters in Unicode."""
    return " ".join(_factor_terminal(factor) for factor in word.factors) or "I"


def _factor_terminal(factor: Factor) -> str:
    if isinstance(factor, Power):
        gram = f"({_factor_terminal(factor.root)} {_factor_terminal(factor.root.T)})"
        return gram if factor.exponent == 1 else f"{gram}^({Terminal(TERMINAL).doprint(factor.exponent)})"
    if isinstance(factor, Segment):
        spelled = _segment(factor, Terminal(TERMINAL), "{}[{}:{}]")
    else:
        spelled = TERMINAL.get(factor.name, factor.name)
    return (f"sg[{spelled}]" if factor.stopped else spelled) + "ᵀ" * factor.transposed


def _segment(segment: Segment, spelling: Spelling, shape: str) -> str:
    """A whole stack by its letter, a layer by its index, a segment by both ends."""
    name = segment.stack.name
    if segment.is_whole:
        return spelling.letter(name)
    hi, lo = str(spelling.doprint(segment.hi)), str(spelling.doprint(segment.lo))
    if segment.is_layer:
        return spelling.symbol(name, hi)
    return shape.format(spelling.letter(name), hi.replace(" ", ""), lo.replace(" ", ""))


def terms(words: WordSum | TraceSum, spelling: Spelling, spell: Callable[[Word], str]) -> Terms:
    """The summands of a word sum: what drives first, then what has a minus, weight decay last."""
    spelled: Terms = []
    for word, coefficient in sorted(words.terms, key=lambda term: eta in term[1].free_symbols):
        ((sign, size),) = (
            spelling.terms(coefficient) if not coefficient.is_Add else [("+", f"({spelling.doprint(coefficient)})")]
        )
        spelled.append((sign, spell(word) if size == "1" else f"{size}{spelling.times}{spell(word)}"))
    return sorted(spelled, key=lambda term: term[0] == "-") or [("+", "0")]


def latex_terms(words: WordSum | TraceSum, names: Mapping[str, str] = PLAIN) -> Terms:
    """The summands in LaTeX."""
    if isinstance(words, TraceSum):
        return terms(words, Latex(names), lambda word: rf"{names['tr']}\left({word_latex(word, names)}\right)")
    return terms(words, Latex(names), lambda word: word_latex(word, names))


def terminal_terms(words: WordSum | TraceSum) -> Terms:
    """The summands in Unicode."""
    if isinstance(words, TraceSum):
        return terms(words, Terminal(TERMINAL), lambda word: f"tr({word_terminal(word)})")
    return terms(words, Terminal(TERMINAL), word_terminal)


def joined(spelled: Terms, minus: str = "-") -> str:
    """Signed summands on one line."""
    (sign, first), *rest = spelled
    lead = (minus if sign == "-" else "") + first
    return lead + "".join(f" {minus if sign == '-' else sign} {size}" for sign, size in rest)


def word_formula(words: WordSum | TraceSum) -> dict[str, str]:
    """A matrix formula or a sum of traces in JSON."""
    return {"latex": joined(latex_terms(words)), "sympy": joined(terms(words, _Machine(), _machine(words)))}


def word_parts(words: WordSum) -> list[dict[str, object]]:
    """The same term by term: a coefficient and its letters."""
    return [
        {"coefficient": str(coefficient), "letters": [_letter(factor) for factor in word.factors]}
        for word, coefficient in words.terms
    ]


def _letter(factor: Factor) -> dict[str, object]:
    if isinstance(factor, Power):
        return {"power_of": [_letter(factor.root), _letter(factor.root.T)], "exponent": str(factor.exponent)}
    if isinstance(factor, Segment):
        span = {"letter": factor.stack.name, "hi": str(factor.hi), "lo": str(factor.lo)}
        return {**span, "transposed": factor.transposed}
    return {"letter": factor.name, "transposed": factor.transposed}


class _Machine(Terminal):
    """Coefficients in SymPy's own notation."""

    times, minus = "*", "-"

    def __init__(self) -> None:
        super().__init__({})

    def terms(self, expr: sp.Expr) -> Terms:
        negative = bool(expr.as_coeff_Mul()[0].is_negative)
        size = -expr if negative else expr
        return [("-" if negative else "+", str(size))]


def _machine(words: WordSum | TraceSum) -> Callable[[Word], str]:
    product: Callable[[Word], str] = lambda word: "*".join(map(_factor_machine, word.factors)) or "I"
    return (lambda word: f"tr({product(word)})") if isinstance(words, TraceSum) else product


def _factor_machine(factor: Factor) -> str:
    if isinstance(factor, Power):
        return f"({_factor_machine(factor.root)}*{_factor_machine(factor.root.T)})**({factor.exponent})"
    spelled = f"{factor.stack.name}({factor.hi}, {factor.lo})" if isinstance(factor, Segment) else factor.name
    spelled = f"sg({spelled})" if factor.stopped else spelled
    return f"T({spelled})" if factor.transposed else spelled


def rows(rates: tuple[LayerRate, ...]) -> tuple[LayerRate, ...]:
    """The rows of a matrix flow as a reader wants them: a stack of one layer has no running index."""
    return tuple(row.at(sp.S.One) if row.last == 1 else row for row in rates)


def end_terminal(end: str) -> str:
    """A frame in words: `W.right` is "right W"; between layers l and l + 1 it is "left Wₗ"."""
    name, _, index = end.partition("@")
    if index:
        return f"left {Terminal(TERMINAL).symbol(name, index)}"
    name, _, side = end.partition(".")
    return f"{side} {TERMINAL[name]}"


def end_latex(end: str, names: Mapping[str, str] = PLAIN) -> str:
    r"""A frame in LaTeX, where $A = U_A D_A V_A^\top$: `W.right` is $V_{W}$, and `W@l` is $U_{W_\ell}$."""
    name, _, index = end.partition("@")
    if index:
        return f"U_{{{Latex(names).symbol(name, index)}}}"
    name, _, side = end.partition(".")
    return f"{'U' if side == 'left' else 'V'}_{{{names[name]}}}"


def teacher_words(model: Model) -> str:
    """What the target branch does, in one line of Unicode."""
    known = {
        "live": "live: W̄ = W under stop-gradient",
        "ema": "ema: dW̄/dt = τ (W − W̄)",
        "ema-layers": "ema-layers: dW̄ₗ/dt = τ (Wₗ − W̄ₗ), W̄ their product",
        "frozen": "frozen: W̄ stays what it was",
        "shared": "shared: W̄ = W without stop-gradient",
    }
    return "none: the target is the view itself" if model.teacher is None else known[model.teacher.name]
