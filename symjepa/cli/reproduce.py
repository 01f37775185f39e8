"""Derive the paper's models and their variants (both objectives, every teacher, one predictor
layer and any number, weight decay, predictor rate), check every gradient flow against finite
samples in exact rationals, and write a LaTeX document, a fragment and a JSON file per model."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symjepa.model import Model
    from symjepa.render.account import Account

HELP = "derive and check everything, and write it as LaTeX and JSON"
EXAMPLES = """\
examples:
  symjepa reproduce               writes into build/
  symjepa reproduce -o results

exit status: 0 everything agrees, 1 a check disagrees, 74 the folder cannot be written"""

TITLE = "Learning dynamics of deep linear joint-embedding predictive models"


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, default=Path("build"), help="folder to write (default build)"
    )


def run(request: Namespace) -> int:
    """Derives, checks, writes; the table at the end says what agreed."""
    from symjepa.cli.entrywise import disagreements
    from symjepa.render.account import account

    rows, sections, wrong = [], [], 0
    for place, (label, model) in enumerate(models().items(), start=1):
        _progress(f"{place}/{len(models())} {label}")
        answer = account(model)
        differing = disagreements(answer.flow)
        wrong += bool(differing)
        _write(request.output, label, answer)
        sections.append({"title": label.replace("-", " "), "label": f"sec:{label}", "file": f"models/{label}"})
        rows.append(_row(label, answer, differing))
    _progress("")
    _write_document(request.output, sections)
    print(
        "\n".join([_HEAD, *rows, "", f"written to {request.output}/: symjepa-models.tex, symjepa-macros.tex, models/"])
    )
    return 1 if wrong else 0


def models() -> dict[str, Model]:
    """The models of the literature and the variants of each, by label."""
    from symjepa.cli.models import TEACHERS
    from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
    from symjepa.symbols import K, L, alpha, eta

    latent, data, encoder = LatentPrediction(), DataReconstruction(), Encoder(L)
    found: dict[str, Model] = {}
    for words, depth in (("one-layer", 1), ("any-depth", K)):
        for name, teacher in TEACHERS.items():
            found[f"latent-{name}-{words}"] = Model(encoder, Predictor(depth), latent, teacher)
        found[f"data-{words}"] = Model(encoder, Predictor(depth), data)
    found["latent-live-no-predictor"] = Model(encoder, Predictor(0), latent, Live())
    for label in ("latent-live", "data"):
        plain = found[f"{label}-any-depth"]
        found[f"{label}-weight-decay"] = replace(plain, weight_decay=eta)
        found[f"{label}-predictor-rate"] = replace(plain, predictor_rate=alpha)
    return found


_HEAD = f"{'model':<32} {'matrix flow':<24} {'coordinates':<26} balanced flow"


def _row(label: str, answer: Account, differing: list[str]) -> str:
    from symjepa.render.formulas import terminal

    said = f"differs: {', '.join(differing)}" if differing else "agrees exactly"
    coordinates = " ".join(entry.modes.coordinates for entry in answer.reduced)
    rates = [entry.modes.rates.items() for entry in answer.reduced if entry.modes.coordinates == "balanced"]
    flow = ", ".join(f"d{terminal(x)}/dt = {terminal(rate)}" for items in rates for x, rate in items)
    return f"{label:<32} {said:<24} {coordinates:<26} {flow or 'none: the balance drifts'}"


def _write(folder: Path, label: str, answer: Account) -> None:
    from symjepa.cli import version
    from symjepa.render.files import write
    from symjepa.render.latex import fragment
    from symjepa.render.objects import account_object

    write(folder / "models" / f"{label}.tex", fragment(answer, version()))
    certificate = {"schema": 1, "symjepa": version(), "label": label, **account_object(answer)}
    write(folder / "models" / f"{label}.json", json.dumps(certificate, ensure_ascii=False, indent=2) + "\n")


def _write_document(folder: Path, sections: list[dict[str, str]]) -> None:
    from symjepa.render.files import write
    from symjepa.render.latex import document, macros

    write(folder / "symjepa-macros.tex", macros())
    write(folder / "symjepa-models.tex", document(TITLE, sections))


def _progress(said: str) -> None:
    """One line that overwrites itself on a terminal; silence in a pipe."""
    if sys.stderr.isatty():
        print(f"\r\033[K{said}", end="", file=sys.stderr, flush=True)
