r"""The book as files: macros, a fragment and the findings of every theorem, the setting, the rules, the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from symjepa.flow import gradient_flow
from symjepa.model import (
    EMA,
    DataReconstruction,
    Encoder,
    Frozen,
    LatentPrediction,
    LayerEMA,
    Live,
    Model,
    Predictor,
    Shared,
)
from symjepa.modes.balance import law
from symjepa.render.book.displays import Row, display
from symjepa.render.book.findings import findings
from symjepa.render.book.ledger import fragment as fragment_of_ledger
from symjepa.render.book.phrases import whose
from symjepa.render.book.prose import cited, keys, sentence, words_of
from symjepa.render.book.theorem import Checked, fragment, rule_words, verdict
from symjepa.render.formulas import with_dot
from symjepa.render.latex import _stack, _teacher, macros, rendered
from symjepa.render.notation import MACROS
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.statements.statement import Theorem
from symjepa.symbols import K, L, alpha, b, chi, eta, k, l, lam, meaning, nu, rho, s, sigma2, sigma2_y, t, tau, u, v, w
from symjepa.verify.check import Report
from symjepa.verify.kernel.decide import Verdict
from symjepa.verify.ledger import ledger
from symjepa.verify.rules import RULES

TITLE = "Learning dynamics of deep linear joint-embedding predictive models"
SUBTITLE = "Theorems with proofs, each line checked"


def files(checked: Sequence[Checked], folder: Path, bibliography: str, version: str) -> dict[str, str]:
    """Every file of the book by its name; `folder` holds the theorem files, whose introductions it quotes."""
    written = {f"theorems/{one.label}.tex": fragment(one, version) for one in checked}
    written |= {f"findings/{one.label}.tex": findings(one) for one in checked}
    chapters = _chapters(checked, folder)
    written["setting.tex"] = _setting([one for c in chapters for one in c["theorems"]], version)
    written["rules.tex"] = rules(checked, bibliography, version)
    rows = ledger((one.label, one.report) for one in checked)
    if rows:
        written["ledger.tex"] = fragment_of_ledger(rows, version)
    cites = keys("\n".join([*written.values(), *(c["intro"] for c in chapters)]))
    entries = chosen(bibliography, cites)
    parts = {"title": TITLE, "subtitle": SUBTITLE, "summary": _summary(checked, version), "chapters": chapters}
    written["symjepa-book.tex"] = rendered(
        "book.tex.j2", version=version, bibliography=bool(entries), ledger=bool(rows), **parts
    )
    written["symjepa-macros.tex"] = macros()
    return written | ({"references.bib": entries} if entries else {})


def _summary(checked: Sequence[Checked], version: str) -> str:
    misses = [miss.verdict for one in checked for miss in one.report.near_misses]
    proved = sum(one.proved for one in checked)
    refuted = misses.count(Verdict.REFUTED)
    theorems = sum(isinstance(one.theorem, Theorem) for one in checked)
    told = [
        f"{_counted(theorems, 'theorem')}, {_share(proved, theorems)} proved",
        f"{_counted(len(misses), 'false variant')}, {_share(refuted, len(misses))} refuted",
    ]
    told[1:1] = [_counted(len(checked) - theorems, "conjecture")] if theorems < len(checked) else []
    return f"{'; '.join(told)}. Written by symjepa {version}."


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'s' * (number != 1)}"


def _share(part: int, whole: int) -> str:
    return "all" if part == whole > 1 else str(part)


# --- chapters


def _chapters(checked: Sequence[Checked], folder: Path) -> list[dict[str, Any]]:
    names = dict.fromkeys(_chapter_of(one) for one in checked)
    return [_chapter(name, [one for one in checked if _chapter_of(one) == name], folder) for name in names]


def _chapter_of(one: Checked) -> str:
    parts = one.file.split("/")
    return parts[-2] if len(parts) > 1 else ""


def _chapter(name: str, own: Sequence[Checked], folder: Path) -> dict[str, Any]:
    """A chapter is introduced by the docstring of its folder; its theorems are in the order in which they came."""
    text = docstring(folder / name / "__init__.py") if name else ""
    title, _, intro = text.partition("\n\n")
    return {
        "title": sentence(title.rstrip(".").partition(":")[0] or name.capitalize() or "Theorems"),
        "intro": sentence(" ".join(intro.split())),
        "sections": [_section(one, folder) for one in own],
        "theorems": own,
    }


def _section(one: Checked, folder: Path) -> dict[str, str]:
    return {"label": one.label, "heading": words_of(one.label), "intro": introduction(one, folder)}


def introduction(one: Checked, folder: Path) -> str:
    """What the docstring of a theorem file says of its idea, without the line about sources."""
    place = folder / "/".join(one.file.split("/")[1:]) if "/" in one.file else Path(one.file)
    paragraphs = [" ".join(part.split()) for part in docstring(place).split("\n\n")]
    return "\n\n".join(sentence(part) for part in paragraphs if part and not part.startswith("Source:"))


def docstring(file: Path) -> str:
    """The docstring of a file that is not imported."""
    if not file.is_file():
        return ""
    return ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""


# --- the setting


def _setting(ordered: Sequence[Checked], version: str) -> str:
    teacher = Model(Encoder(L), Predictor(K), LatentPrediction(), EMA(tau), alpha, eta)
    letters = ("x", "y", "Sxx", "Syx", "Syy", "W", "P", "Wbar", "alpha", "eta", "K", "L", "u", "w", "v")
    named = {name: MACROS[name] for name in letters}
    return rendered(
        "setting.tex.j2",
        version=version,
        encoder=_stack("W", L),
        predictor=_stack("P", K),
        segment=f"{MACROS['W']}_{{i:j}}",
        losses=display([_loss(teacher), _loss(_with(DataReconstruction(), None))], "."),
        teachers=[
            {"name": whose(model), "words": _teacher(model).removesuffix(", without stop-gradient")}
            for model in _teachers()
        ],
        training=display([_training("W", "l", ""), _training("P", "k", MACROS["alpha"])], "."),
        balance=display(_balances(teacher), ","),
        letters=_in_two_columns(list(_letters())),
        labels=[one.label for one in ordered],
        table=[_row(one) for one in ordered],
        **named,
    )


def _with(objective: Any, teacher: Any) -> Model:
    return Model(Encoder(L), Predictor(K), objective, teacher, alpha, eta)


def _teachers() -> Iterator[Model]:
    for teacher in (Live(), EMA(tau), LayerEMA(tau), Frozen(), Shared()):
        yield _with(LatentPrediction(), teacher)


def _loss(model: Model) -> Row:
    return Row(MACROS["loss"], "=", tuple(STYLE.words(gradient_flow(model).loss)))


def _training(stack: str, index: str, rate: str) -> Row:
    """Gradient flow of one layer: its learning rate times minus the gradient, less the decay."""
    layer = f"{MACROS[stack]}_{{{MACROS[index]}}}"
    gradient = rf"{rate} \frac{{\partial {MACROS['loss']}}}{{\partial {layer}}}".strip()
    return Row(with_dot(layer), "=", (("-", gradient), ("-", f"{MACROS['eta']} {layer}")))


def _balances(model: Model) -> Iterator[Row]:
    """Each law of balance as an equation between its two words."""
    for joint in ("encoder", "predictor", "joint"):
        own = law(model, joint)
        assert own is not None
        (_, first), (_, second) = STYLE.words(own)
        yield Row(first, "=", (("+", second),))


def _letters() -> Iterator[dict[str, str]]:
    for symbol in (K, L, k, l, alpha, tau, eta, t, lam, sigma2, sigma2_y, rho, nu, w, v, b, u, s, chi):
        own = meaning(symbol)
        assert own is not None
        span = {k: r", $1 \leq k \leq K$", l: r", $1 \leq \ell \leq L$"}.get(symbol, "")
        yield {"latex": STYLE.expr(symbol), "words": sentence(f"{own.words}{span}")}


def _in_two_columns(entries: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    half = (len(entries) + 1) // 2
    return [[first, *entries[place + half : place + half + 1]] for place, first in enumerate(entries[:half])]


def _row(one: Checked) -> dict[str, str]:
    misses = [miss.verdict for miss in one.report.near_misses]
    told = f"{misses.count(Verdict.REFUTED)} of {len(misses)} refuted" if misses else "--"
    return {"label": one.label, "heading": words_of(one.label), "verdict": verdict(one), "misses": told}


# --- rules and sources


def rules(checked: Sequence[Checked], bibliography: str, version: str) -> str:
    """The background theorems that the proofs apply."""
    used = {line.rule for one in checked for line in _lines(one.report)}
    listed = [
        {
            "name": rule_words(rule.name),
            "statement": sentence(rule.statement),
            "premises": ", ".join(rule.premises),
            "source": _known(rule.source, bibliography),
        }
        for rule in RULES.values()
        if rule.name in used
    ]
    return rendered("rules.tex.j2", version=version, rules=listed)


def _lines(report: Report) -> Iterator[Any]:
    yield from report.claim
    yield from (line for line in report.lines if not isinstance(line, str))


def _known(source: str, bibliography: str) -> str:
    """`Teschl 2012, Thm 2.2` cites a key if the bibliography has one for author and year."""
    return "; ".join(_one_source(part.strip(), bibliography) for part in source.split(";"))


def _one_source(part: str, bibliography: str) -> str:
    found = re.match(r"([A-Z][a-z]+)[^\d]* (\d{4}), (.*)", part)
    key = found and re.search(rf"@\w+\{{({found[1].lower()}{found[2]}\w*),", bibliography)
    said = cited(f"{key[1]}, {found[3]}") if found and key else sentence(part)
    return said[:1].upper() + said[1:]


def chosen(bibliography: str, cites: Sequence[str]) -> str:
    """The entries of a bibliography that are cited, in its order."""
    entries = re.findall(r"^@\w+\{([^,]+),.*?^\}", bibliography, flags=re.DOTALL | re.MULTILINE)
    texts = re.findall(r"^@\w+\{.*?^\}", bibliography, flags=re.DOTALL | re.MULTILINE)
    kept = [text for key, text in zip(entries, texts, strict=True) if key in cites]
    return "\n\n".join(kept) + "\n" if kept else ""
