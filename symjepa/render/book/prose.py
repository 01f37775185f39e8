r"""Sentences as LaTeX: formulas between dollars speak in the macros of the notation, what is outside them is escaped.

The sentences of a theorem file hold plain LaTeX, made from expressions by `statements.statement.tex`, so that they
also read well elsewhere.  Here every letter that has a macro is replaced by it, token by token: one macro file then
rules the notation of sentences and displays alike.  Reasons and rules may hold Unicode mathematics without dollars;
runs of it are found and set as formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symjepa.render.notation import MACROS, PLAIN

_FREE = {"x", "y", "l", "j", "E"}
"""Letters that sentences use for other things than the views, a layer, or the expectation."""
_LETTERS = {
    **{PLAIN[name]: MACROS[name] for name in PLAIN if PLAIN[name] not in _FREE},
    r"\mathrm{sg}": MACROS["sg"],
    r"\mathrm{tr}": MACROS["tr"],
}
_TOKEN = re.compile(
    "|".join(re.escape(plain) for plain in sorted(_LETTERS, key=len, reverse=True) if "{" in plain)
    + r"|\\(?:mathrm|text|operatorname|begin|end)\{[^{}]*\}|\\[A-Za-z]+|\\.|."
)
_ONE_ARGUMENT = {"^", "_", r"\sqrt", r"\dot", r"\bar", r"\hat", r"\overline", r"\frac", r"\tfrac"}

_SIGNS = {
    **{"≥": r"\geq", "≤": r"\leq", "≠": r"\neq", "→": r"\to", "↦": r"\mapsto", "·": r"\cdot", "×": r"\times"},
    **{"∞": r"\infty", "∈": r"\in", "−": "-", "⋯": r"\cdots", "…": r"\ldots", "½": r"\tfrac{1}{2}", "ᵀ": r"^{\top}"},
    **{"λ": r"\lambda", "σ": r"\sigma", "ρ": r"\rho", "α": r"\alpha", "τ": r"\tau", "η": r"\eta", "ε": r"\varepsilon"},
    **{"Σ": r"\Sigma", "δ": r"\delta", "ν": r"\nu", "ψ": r"\psi", "∂": r"\partial", "√": r"\sqrt", "∏": r"\prod"},
    **{"κ": r"\kappa", "φ": r"\phi", "θ": r"\theta", "μ": r"\mu", "Θ": r"\Theta", "‖": r"\Vert", "∫": r"\int"},
    **{"σy": r"\sigma_{y}", "Ẇ": r"\dot{W}", "u̇": r"\dot{u}", "ẇ": r"\dot{w}", "v̇": r"\dot{v}", "W̄": r"\overline{W}"},
    **{lowered: f"_{{{plain}}}" for lowered, plain in zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₗₖ", "0123456789ijlk", strict=True)},
}
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_ESCAPES = {
    **{sign: f"\\{sign}" for sign in "&%#_{}$"},
    **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"},
    **{"“": "``", "”": "''", "’": "'", "–": "--", "—": "---"},
}
_WORDS = re.compile(r"^[(“]?(?:[A-Za-z]{2,}|[aAI]|[A-Za-z][a-z]*[-'][A-Za-z-']+)[.,;:?)”]*$")
_ALWAYS = re.compile(
    r"[=<>≤≥≠^_·→↦∂√½λσρατηεΣδνψκφθμΘ‖∫ᵀ⁰-₉²³¹ᵢⱼ+|]|[A-Za-z]̄|\d[A-Za-z(]|(?<![A-Za-z])[a-z]'|[A-Za-z]\(|^[a-z]\d[,.;:]?$"
    r"|(?<![A-Za-z])\w/[(]?\w(?![A-Za-z])|^[−-][A-Z0-9]|⋯"
)
_MAYBE = re.compile(r"^(?:[(\[]*[a-zA-Z0-9−-]'?[,.;:)\]]*|log|exp)$")


def sentence(text: str) -> str:
    """Prose with formulas between dollars (`$…$`, or `$$…$$` as a display) and labels of theorems, as LaTeX."""
    text = "".join(_piece(piece) for piece in re.split(r"(\$\$.+?\$\$|\$.+?\$)", text, flags=re.DOTALL))
    return re.sub(r"`([a-z0-9-]+)`", r"\\sjtheorem{\1}", text)


def _piece(piece: str) -> str:
    if piece.startswith("$$"):
        return f"\n\\begin{{equation*}}\n  {letters(piece[2:-2])}\n\\end{{equation*}}\n"
    return f"${letters(piece[1:-1])}$" if piece.startswith("$") else _plain(piece)


def letters(formula: str) -> str:
    r"""Plain LaTeX in macros: `u^K` is `\sju^{\sjK}`."""
    spelled: list[str] = []
    before = ""
    for token in _tidied(formula):
        macro = _LETTERS.get(token)
        if macro is None:
            spelled.append(token)
        else:
            spelled.append(f"{{{macro}}}" if before in _ONE_ARGUMENT else macro)
        before = token if token.strip() else before
    return re.sub(r"(\\[A-Za-z]+)\x00(?=[A-Za-z])", r"\1 ", "\0".join(spelled)).replace("\0", "").strip()


def _tidied(formula: str) -> list[str]:
    r"""Tokens, with minus signs set close to what they belong to: SymPy prints `u^{- q}`."""
    close = re.sub(r"(?<=[{(])- (?=\S)", "-", re.sub(r"\s+", " ", formula)).replace(r" \right)", r"\right)")
    exponent = r"\^\{([^{}]*)\\frac\{([^{}]*)\}\{([^{}]*)\}([^{}]*)\}"
    return _TOKEN.findall(re.sub(exponent, _slashed, close))


def _slashed(found: re.Match[str]) -> str:
    """A fraction in an exponent, on one line."""
    before, above, below, after = found.groups()
    above = f"({above})" if re.search(r"(?<=.)[+-]", above) else above
    below = f"({below})" if re.search(r"(?<=.)[ +-]", below) else below
    return f"^{{{before}{above}/{below}{after}}}"


def _plain(text: str) -> str:
    """Words escaped; runs of Unicode mathematics set as formulas."""
    told = re.sub(r"\S+(?:[ \n]+\S+)*", lambda found: " ".join(_runs(found[0].split())), text)
    return re.sub(r"(?<![\w*])\*(\w[^*]*)\*(?!\w)", r"\\emph{\1}", told)


def _runs(words: list[str]) -> Iterator[str]:
    """Words one by one, and formulas as wholes: a run of words that hold signs, with single letters between them."""
    while words:
        length = _run(words)
        if length:
            yield _formula(" ".join(words[:length]))
        else:
            yield _escaped(words[0])
        words = words[max(length, 1) :]


def _run(words: list[str]) -> int:
    """How many of the first words make one formula."""
    length = 0
    while length < len(words) and (_is_sign(words[length]) or _MAYBE.match(words[length])):
        length += 1
        if words[length - 1][-1] in ",.;:" and not _opened(words[:length]):
            break
    run = words[:length]
    while run and run[-1] in ("a", "A", "I", "-", "log", "exp"):
        run.pop()
    letters_only = bool(run) and all(re.match(r"^(?:[(]?[b-zB-HJ-Z]|[b-zB-HJ-Z][)])[,.;:]?$", word) for word in run)
    tuple_ = len(run) > 1 and run[0][0] in "([" and not _opened(run)
    return len(run) if letters_only or tuple_ or "-" in run[1:-1] or any(map(_is_sign, run)) else 0


def _opened(words: list[str]) -> bool:
    """Whether a bracket stays open: the comma in `f(x, y)` ends no formula."""
    text = "".join(words)
    return text.count("(") > text.count(")") or text.count("[") > text.count("]")


def _is_sign(word: str) -> bool:
    return bool(_ALWAYS.search(word)) and not _WORDS.match(word)


def _formula(text: str) -> str:
    body = text.rstrip(",.;:")
    opened = body.count("(") - body.count(")")
    lead, body = ("(", body[1:]) if opened > 0 and body.startswith("(") else ("", body)
    tail, body = (")", body[:-1]) if opened < 0 and body.endswith(")") else ("", body)
    end = text[len(text.rstrip(",.;:")) :]
    return f"{lead}${letters(_latex(body))}${tail}{end}"


def _latex(text: str) -> str:
    text = re.sub(r"Σ(?!xx|yx|yy)", r"\\sum ", text)
    text = re.sub(r"[⁻⁰¹²³⁴-⁹]+", lambda found: f"^{{{found[0].translate(_RAISED)}}}", text)
    for sign in sorted(_SIGNS, key=len, reverse=True):
        command = _SIGNS[sign]
        text = text.replace(sign, command + (" " if command[-1].isalpha() and command[0] == "\\" else ""))
    text = re.sub(r"(?<![\\A-Za-z])(log|exp|tr)\b", r"\\\1 ", text).replace(r"\tr ", r"\operatorname{tr}")
    text = re.sub(r"\\Sigma (xx|yx|yy)", r"\\Sigma^{\1}", text)
    text = re.sub(r"(?<![\\A-Za-z{])([A-Za-z]{3,})", r"\\mathrm{\1}", text)
    text = re.sub(r"(?<![\\A-Za-z])([a-z])(\d)", r"\1_{\2}", text)
    return re.sub(r"([\^_])([A-Za-z0-9]{2,}|\\mathrm\{[a-z]+\})", r"\1{\2}", text)


def _escaped(word: str) -> str:
    return "".join(_ESCAPES.get(sign, f"${letters(_SIGNS[sign])}$" if sign in _SIGNS else sign) for sign in word)


_KEY = re.compile(r"[a-z]+[0-9]{4}[a-z]*|[a-z]+(?:-[a-z]+)+")
"""Author, year and word; or the hyphenated name of what has no year."""


def cited(source: str) -> str:
    r"""`key, Eqs. 1-3; other, Thm 2` as `\cite[Eqs.~1--3]{key}, \cite[Thm~2]{other}`."""
    return ", ".join(_citation(part.strip()) for part in source.split(";") if part.strip())


def _citation(part: str) -> str:
    key, _, where = part.partition(",")
    if not _KEY.fullmatch(key):
        return sentence(part)
    place = re.sub(r"(?<=[.a-z]) (?=[\dA-Z])", "~", _escaped_all(where.strip())).replace("-", "--")
    return rf"\cite[{place}]{{{key}}}" if place else rf"\cite{{{key}}}"


def _escaped_all(text: str) -> str:
    return "".join(map(_escaped, text))


def keys(tex: str) -> tuple[str, ...]:
    """The keys that a text cites, sorted."""
    found = re.findall(r"\\cite(?:\[[^]]*\])?\{([^}]*)\}", tex)
    return tuple(sorted({key.strip() for several in found for key in several.split(",")}))


def words_of(label: str) -> str:
    """A label as a heading: `jepa-mode-ode` is "JEPA mode ODE"."""
    short = {"jepa": "JEPA", "mae": "MAE", "ode": "ODE", "ema": "EMA", "sgd": "SGD"}
    words = [short.get(word, word) for word in re.sub(r"\b(semi|non|self)-", r"\1\0", label).split("-")]
    words = [word.replace("\0", "-") for word in words]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])
