r"""LaTeX: accounts as fragments for somebody's paper, and documents that stand alone.

Long displays are broken at their signs and aligned at their relations.  A fragment provides the macros that it uses;
a document reads them from one file.  Templates are in `templates/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import jinja2
import sympy as sp

from symjepa.exact.words import WordSum
from symjepa.model import Model
from symjepa.modes.balance import law
from symjepa.modes.reduction import ModeFlow
from symjepa.render.account import STATUS, Account, Found, Reduced, Refused, substitution
from symjepa.render.formulas import Latex, latex, with_dot
from symjepa.render.hypotheses import listed
from symjepa.render.notation import MACROS, macro_definitions
from symjepa.render.words import Terms, end_latex, latex_terms, rows, word_latex
from symjepa.symbols import K, L, t, u, v, w

LONGEST = 52
"""Glyphs on one line of a display before it is broken, at 11 points on 160 mm."""


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(
            lambda name: (resources.files(__package__) / "templates" / name).read_text("utf-8")
        ),
        undefined=jinja2.StrictUndefined,
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((=",
        comment_end_string="=))",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def rendered(template: str, **parts: object) -> str:
    """A template with its parts filled in."""
    return _templates().get_template(template).render(parts)


def macros() -> str:
    """The macro file: every letter once."""
    return rendered("macros.tex.j2", definitions=macro_definitions())


def document(title: str, sections: Iterable[Mapping[str, str]], intro: str = "") -> str:
    """A standalone document that reads the macro file and one fragment per section (title, label, file)."""
    return rendered("document.tex.j2", title=title, sections=list(sections), intro=intro)


def fragment(account: Account, version: str, provide: bool = True) -> str:
    """An account as LaTeX for `\\input`; `provide` puts the macros that it uses at its head."""
    parts = _parts(account)
    body = rendered("account.tex.j2", version=version, definitions=[], **parts)
    definitions = macro_definitions(body) if provide else []
    return rendered("account.tex.j2", version=version, definitions=definitions, **parts)


def _parts(account: Account) -> dict[str, Any]:
    model, moved = account.model, display(_matrix_rows(account))
    own = [f"{MACROS[name]}_{{i:j}}" for name in ("W", "P") if f"{MACROS[name]}_{{{MACROS[_DEPTHS[name]]}:" in moved]
    return {
        "encoder": _stack("W", model.encoder.depth),
        "predictor": _stack("P", model.predictor.depth),
        "teacher": _teacher(model),
        "x": MACROS["x"],
        "y": MACROS["y"],
        "T": MACROS["T"],
        "segment": own[0] if own else f"{MACROS['W']}_{{i:j}}",
        "likewise": f", and ${own[1]}$ likewise" if own[1:] else "",
        "loss": display([(MACROS["loss"], latex_terms(account.flow.loss, MACROS), "")]),
        "alpha": _rate("alpha", model.predictor_rate),
        "eta": _rate("eta", model.weight_decay),
        "matrix_flow": moved,
        "alignment": display(_alignment(account)),
        "modes": [_mode(entry) for entry in account.reduced],
        "refused": [_refused(entry, account) for entry in account.refused],
    }


_DEPTHS = {"W": "L", "P": "K"}


def _stack(name: str, depth: sp.Expr) -> str:
    letter = MACROS[name]
    if depth == 0:
        return f"{letter} = I"
    if depth == 1:
        return f"{letter} = {letter}_{{1}}"
    return rf"{letter} = {letter}_{{{latex(depth, MACROS)}}} \cdots {letter}_{{1}}"


def _teacher(model: Model) -> str:
    bar, own, layer, tau = MACROS["Wbar"], MACROS["W"], MACROS["l"], MACROS["tau"]
    known = {
        "live": f"the target branch is a live copy of the encoder, ${bar} = {own}$, under stop-gradient",
        "ema": rf"the teacher follows the encoder, ${with_dot(bar)} = {tau} ({own} - {bar})$",
        "ema-layers": (
            "each layer of the teacher follows that of the encoder, "
            rf"$\dot{{{bar}}}_{{{layer}}} = {tau} ({own}_{{{layer}}} - {bar}_{{{layer}}})$"
        ),
        "frozen": f"the teacher ${bar}$ is constant",
        "shared": f"the target branch is the encoder itself, ${bar} = {own}$, without stop-gradient",
    }
    return known[model.teacher.name] if model.teacher else "the target is the view itself"


def _rate(name: str, value: sp.Expr) -> str:
    return MACROS[name] + (f" = {latex(value)}" if value.is_number else "")


Row = tuple[str, Terms, str]
"""Left-hand side, signed summands, range of an index."""


def _matrix_rows(account: Account) -> Iterator[Row]:
    for row in rows(account.flow.rates):
        ((word, _),) = row.letter.terms
        yield with_dot(word_latex(word, MACROS)), latex_terms(row.rate, MACROS), _span(row.index, row.last)


def _span(index: sp.Symbol | None, last: sp.Expr | None) -> str:
    if index is None or last is None:
        return ""
    return rf"1 \leq {latex(index, MACROS)} \leq {latex(last, MACROS)}"


def _alignment(account: Account) -> Iterator[Row]:
    for members in account.alignment.shown:
        first, *rest = (end_latex(end, MACROS) for end in members)
        yield first, [("+", " = ".join(rest))], ""


def display(equations: Iterable[Row]) -> str:
    r"""An `align*` of equations, each broken before a sign where it would be too long."""
    lines = (line for equation in equations for line in _broken(*equation))
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {line}" for line in lines) + "\n\\end{align*}"


def _broken(left: str, terms: Terms, span: str) -> Iterator[str]:
    line, length = f"{left} &=", glyphs(left)
    for place, (sign, size) in enumerate(terms):
        lead = "" if place == 0 and sign == "+" else f"{sign} "
        if place and length + glyphs(size) > LONGEST:
            yield line
            line, length = r"&\qquad {}", 4
        line, length = f"{line} {lead}{size}", length + glyphs(size) + 2
    if span and length > LONGEST - 12:
        yield line
        line = r"&\qquad"
    yield line + (rf" \qquad ({span})" if span else "")


def glyphs(text: str) -> int:
    """About how many signs a formula prints: commands count once, braces and scripts not at all."""
    count, rest = 0, text
    for command in (r"\left", r"\right", "{", "}", "^", "_", " "):
        rest = rest.replace(command, "")
    while rest:
        end = 1
        if rest[0] == "\\":
            while end < len(rest) and rest[end].isalpha():
                end += 1
        count, rest = count + 1, rest[end:]
    return count


def _mode(entry: Reduced) -> dict[str, str]:
    modes = entry.modes
    flow = display((_dot(x), Latex(MACROS).terms(rate), _family(modes, x)) for x, rate in modes.rates.items())
    spelled = [(bool(fact.free_symbols & {K, L}), f"${Latex(MACROS).relation(fact)}$") for fact in modes.domain]
    domain, depths = ([one for of_depths, one in spelled if of_depths is kind] for kind in (False, True))
    where = [f"on the domain {', '.join(domain)}" if domain else "", f"for {', '.join(depths)}" if depths else ""]
    return {
        "coordinates": modes.coordinates,
        "assumes": _assumes(modes),
        "flow": flow,
        "domain": ", ".join(filter(None, where)),
        "proposals": "\n".join(_proposals(entry)),
    }


def _dot(amplitude: sp.Expr) -> str:
    return with_dot(latex(amplitude, MACROS))


def _family(modes: ModeFlow, amplitude: sp.Expr) -> str:
    span = modes.families.get(amplitude)
    return _span(span.index, span.last) if span else ""


def _assumes(modes: ModeFlow) -> str:
    said = [a.words for a in modes.assumes if a.name not in ("Aligned", "Balanced")]
    said += [f"${latex(product, MACROS)} = {latex(power, MACROS)}$" for product, power in substitution(modes).items()]
    return "Assume the alignment" + (f", and that {listed(said)}." if said else ".")


def _proposals(entry: Reduced) -> Iterator[str]:
    said = [*_invariants(entry.invariants), *_fixed_points(entry.fixed_points), *_trajectory(entry.trajectory)]
    if said:
        yield rf"\emph{{Found by search ({STATUS}):}}"
        yield "\\begin{itemize}"
        yield from (rf"  \item {line}" for line in said)
        yield "\\end{itemize}"


def _invariants(found: Found) -> Iterator[str]:
    for entry in found.value or ():
        moves = "is conserved" if entry.rate == 0 else f"decays as ${latex(sp.exp(entry.rate * t), MACROS)}$"
        generic = ", for any two layers" if len(entry.quantity.atoms(sp.Indexed)) > 1 else ""
        yield f"${latex(entry.quantity, MACROS)}$ {moves}{generic}."


def _fixed_points(found: Found) -> Iterator[str]:
    for point in found.value.points if found.value else ():
        needs = ", ".join(f"${Latex(MACROS).relation(fact)}$" for fact in point.exists_if)
        said = f"{point.kind.capitalize()} fixed point{'s' if point.family else ''}" + (f" if {needs}" if needs else "")
        equations = [(latex(x, MACROS), Latex(MACROS).terms(value), "") for x, value in point.at.items() if x != value]
        equations += [("0", Latex(MACROS).terms(condition), "") for condition in point.conditions]
        yield said + ":\n" + (display(equations) if equations else "every point.") + _with_rates(point)


def _with_rates(point: Any) -> str:
    """The rates of a linearisation, in the line if they are short."""
    if not point.rates:
        return ""
    spelled = [latex(rate, MACROS) for rate in point.rates]
    told = "rates are" if len(spelled) > 1 else "rate is"
    if sum(map(glyphs, spelled)) <= LONGEST // 2:
        return f"\nThe {told} {', '.join(f'${rate}$' for rate in spelled)}."
    named = _radicands(point.rates)
    short = [rate.xreplace({root: sp.Pow(name, root.exp) for root, name in named.items()}) for rate in point.rates]
    rows = [(f"r_{{{n}}}", Latex(MACROS).pieces(rate), "") for n, rate in enumerate(short, start=1)]
    rows += [(latex(name), Latex(MACROS).pieces(root.base), "") for root, name in named.items()]
    return f"\nThe {told}\n" + display(rows)


def _radicands(rates: Iterable[sp.Expr]) -> dict[sp.Pow, sp.Symbol]:
    """A letter for what stands under each long root: a line cannot be broken there."""
    roots = {root for rate in rates for root in rate.atoms(sp.Pow) if root.exp == sp.S.Half and root.base.is_Add}
    long = sorted((root for root in roots if glyphs(latex(root)) > LONGEST // 2), key=str)
    return {root: sp.Symbol(f"D_{n}", real=True) for n, root in enumerate(long, start=1)}


def _trajectory(found: Found) -> Iterator[str]:
    if found.value is None:
        return
    path = found.value
    needs = ", ".join(f"${Latex(MACROS).relation(fact)}$" for fact in path.valid_if)
    left = latex(path.equation[0], MACROS) if path.form == "explicit" else f"T({_moving(path)})"
    said = "Solution" if path.form == "explicit" else r"Along the flow $T$ grows at speed one, $\dot{T} = 1$"
    yield f"{said}{', if ' + needs if needs else ''}:\n" + display([(left, Latex(MACROS).pieces(path.value), "")])


def _moving(path: Any) -> str:
    """The amplitude that an implicit solution is about."""
    return next((latex(x, MACROS) for x in (u, w, v) if path.value.has(x)), "")


def _refused(entry: Refused, account: Account) -> dict[str, str]:
    joint, drift = entry.error.parts.get("joint"), entry.error.parts.get("drift")
    balance = law(account.model, joint) if isinstance(joint, str) else None
    if balance is None or not isinstance(drift, WordSum):
        raise NotImplementedError(f"a refusal without a drift has no words in LaTeX yet: {entry.error}")
    decay = account.model.weight_decay
    left = r"\dot{B}" + ("" if decay == 0 else f" + {latex(2 * decay, MACROS)} B")
    return {
        "coordinates": entry.coordinates,
        "balance": display([("B", latex_terms(balance, MACROS), "")]),
        "drift": display([(left, latex_terms(drift, MACROS), r"")]),
    }
