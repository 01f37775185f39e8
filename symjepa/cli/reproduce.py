"""Reproduce everything: check the book and corroborate it by other means, derive the paper's models
and their variants and check every gradient flow against finite samples in exact rationals, and
write certificates, the ledger of printed claims, the book and its fragments in LaTeX (and PDF,
where pdflatex is installed), figures, and a LaTeX fragment and a JSON file per model. Ends in one
table."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symjepa.cli.arguments import add_format
from symjepa.cli.check import SECONDS, exit_status, row, time_limit, whole_number
from symjepa.cli.ledger import exit_status as ledger_status

if TYPE_CHECKING:
    from symjepa.cli.checking import Outcome
    from symjepa.model import Model
    from symjepa.render.account import Account
    from symjepa.verify.check import Report
    from symjepa.verify.ledger import LedgerRow

HELP = "check, derive, write and draw everything"
EXAMPLES = """\
examples:
  symjepa reproduce                       writes into build/
  symjepa reproduce -o results --jobs 4
  symjepa reproduce --effort fast         without corroboration

exit status: 0 all as expected, 1 something is refuted, disagrees, or does not fit its page,
2 something is undecided, 64 a file is no derivation, 74 the folder cannot be written"""

TITLE = "Deep linear joint-embedding predictive models, derived"
INTRO = (
    "For each model: its loss, the flow of every layer, the alignment under which the flow splits into modes, and the"
    " flow of one mode in three kinds of coordinates, all derived; the encoder has any depth.  What is found by search"
    " about a flow is a proposal; what is proved, and in which sense, is in the book beside this document."
)
DOCUMENTS = ("symjepa-book", "symjepa-models")


@dataclass(frozen=True)
class Step:
    """What became of one part of the run: a line for the end, and whether it is a failure."""

    name: str
    told: str
    failed: bool = False


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, default=Path("build"), help="folder to write (default build)"
    )
    parser.add_argument(
        "--effort", choices=("fast", "full"), default="full", help="full (default) corroborates by other means"
    )
    parser.add_argument(
        "--jobs", metavar="N", default=str(_cores()), help="theorems checked at once (default: one for each core)"
    )
    parser.add_argument(
        "--time-limit", metavar="SECONDS", default=f"{SECONDS:g}", help="for each theorem (default 600)"
    )
    add_format(parser, "text", "json")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(request: Namespace) -> int:
    """Checks, derives, writes; the table at the end says what agreed."""
    from symjepa.cli.summary import lines, spoken
    from symjepa.verify.ledger import counts

    jobs, seconds = whole_number("--jobs", request.jobs), time_limit(request.time_limit)
    request.output.mkdir(parents=True, exist_ok=True)  # a folder that cannot be made is told before the work is done
    done = examined(jobs, seconds, request.effort == "full")
    found = [outcome for outcome, _ in done]
    steps = list(_written(request.output, done))
    rows = rows_of(done)
    status = worst([exit_status(found), ledger_status(rows, ()), *(int(step.failed) for step in steps)])
    if request.format == "json":
        print(
            json.dumps(
                _object(request, jobs, seconds, found, steps, counts(rows), status), ensure_ascii=False, indent=2
            )
        )
    else:
        told = [f"{step.name:12} {'FAILED: ' * step.failed}{step.told}" for step in steps]
        print("\n".join([*lines(found, timed=True), *spoken(found), "", *told, f"{'written to':12} {request.output}/"]))
    return status


def _written(folder: Path, done: Sequence[tuple[Outcome, Report | None]]) -> Iterator[Step]:
    """Writes part after part, each file whole or not at all."""
    found = [outcome for outcome, _ in done]
    yield _certificates(folder, found)
    yield _ledger(folder, done)
    yield _models(folder)
    yield _figures(folder, found)
    yield _book(folder, done)
    yield from (_pdf(folder, document) for document in DOCUMENTS)


def worst(statuses: Sequence[int]) -> int:
    """What is at fault before what is refuted before what is undecided."""
    return next((status for status in (64, 1, 2) if status in statuses), 0)


def rows_of(done: Sequence[tuple[Outcome, Report | None]]) -> tuple[LedgerRow, ...]:
    """The ledger of whatever could be checked."""
    from symjepa.verify.ledger import ledger

    return ledger((outcome.label, report) for outcome, report in done if report is not None)


def examined(jobs: int, seconds: float | None, full: bool) -> list[tuple[Outcome, Report | None]]:
    """Every theorem of the book with its report, several at once, in the order of the book."""
    from symjepa.cli import checking

    return checking.examined_all(checking.whole_book(), jobs, seconds, full, certify=True)


# --- certificates, and the book


def _certificates(folder: Path, found: Sequence[Outcome]) -> Step:
    from symjepa.cli.summary import lines
    from symjepa.render.files import write

    own = [one for one in found if one.certificate is not None]
    for one in own:
        text = json.dumps(one.certificate, ensure_ascii=False, indent=1) + "\n"
        write(folder / "certificates" / f"{one.label}.json", text)
    write(folder / "summary.txt", "\n".join(lines(found, timed=False)) + "\n")
    return Step("certificates", f"{len(own)}, in certificates/; the table above, without times, in summary.txt")


def _ledger(folder: Path, done: Sequence[tuple[Outcome, Report | None]]) -> Step:
    """The printed claims with their verdicts: as text and as data; as LaTeX they are part of the book."""
    from symjepa.cli.ledger import as_data, as_text
    from symjepa.render.files import write
    from symjepa.render.ledger import summary

    rows = rows_of(done)
    write(folder / "ledger.txt", as_text(rows))
    write(folder / "ledger.json", as_data(rows))
    amiss = [row.printed.id for row in rows if row.status]
    told = f"{summary(rows)}; ledger.txt, ledger.json" + (f"; amiss: {', '.join(amiss)}" if amiss else "")
    return Step("ledger", told, any(row.status == 1 for row in rows))


def _book(folder: Path, done: Sequence[tuple[Outcome, Report | None]]) -> Step:
    """LaTeX for whatever could be checked; what failed is marked there."""
    from symjepa.catalogue import find, load
    from symjepa.cli.latex import write_book
    from symjepa.render.book.theorem import Checked

    checked = [
        Checked(one.label, one.file, load(find(one.label)), report) for one, report in done if report is not None
    ]
    paths = write_book(checked, folder)
    return Step("book", f"symjepa-book.tex, and {len(checked)} fragments in theorems/ ({len(paths)} files)")


def _pdf(folder: Path, document: str) -> Step:
    from symjepa.cli.typeset import typeset
    from symjepa.render.files import write, write_bytes

    made = typeset(folder, document)
    if made.pdf is not None:
        write_bytes(folder / f"{document}.pdf", made.pdf)
    if made.log:
        write(folder / f"{document}.log", made.log)
    return Step("PDF", f"{document}.pdf, {made.told}" if made.pdf else f"{document}: {made.told}", made.failed)


# --- figures


def _figures(folder: Path, found: Sequence[Outcome]) -> Step:
    """Figures of what is as it should be; a figure of a theorem that failed would show something else."""
    from symjepa.catalogue import find, load
    from symjepa.render import plots
    from symjepa.render.files import write_bytes

    if not plots.can_plot():
        return Step("figures", "not drawn: matplotlib is not installed (pip install 'symjepa[plot]')")
    book = {one.label: load(find(one.label)) for one in found if one.status == 0}
    drawn = [drawing for drawing in plots.drawings() if set(drawing.shows) <= set(book)]
    for drawing in drawn:
        for name, content in plots.files(book, drawing):
            write_bytes(folder / "figures" / name, content)
    for name, text in plots.places(drawn):
        write_bytes(folder / "figures" / name, text.encode())
    left = [drawing.name for drawing in plots.drawings() if drawing not in drawn]
    missing = f"; not drawn, since their theorems are not proved: {', '.join(left)}" if left else ""
    return Step("figures", f"{', '.join(drawing.name for drawing in drawn) or 'none'}, in figures/{missing}")


# --- models


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


def _models(folder: Path) -> Step:
    """Every model derived, compared entry by entry with finite samples, and written."""
    from symjepa.cli.checking import watched
    from symjepa.render.account import account
    from symjepa.verify.corroborate.entrywise import disagreements

    own = models()
    differing = []
    for label in watched(list(own)):
        answer = account(own[label])
        differing += [f"{label}: {layer}" for layer in disagreements(answer.flow)]
        _write_model(folder, label, answer)
    _write_document(folder, list(own))
    if differing:
        return Step("models", f"flows differ from their entrywise derivatives: {', '.join(differing)}", failed=True)
    return Step("models", f"{len(own)} derived, each equal to its entrywise derivative; symjepa-models.tex, models/")


def _write_model(folder: Path, label: str, answer: Account) -> None:
    from symjepa.cli import version
    from symjepa.render.files import write
    from symjepa.render.latex import fragment
    from symjepa.render.objects import account_object

    write(folder / "models" / f"{label}.tex", fragment(answer, version()))
    certificate = {"schema": 1, "symjepa": version(), "label": label, **account_object(answer)}
    write(folder / "models" / f"{label}.json", json.dumps(certificate, ensure_ascii=False, indent=2) + "\n")


def _write_document(folder: Path, labels: Sequence[str]) -> None:
    from symjepa.render.files import write
    from symjepa.render.latex import document, macros

    sections = [{"title": heading(one), "label": f"sec:{one}", "file": f"models/{one}"} for one in labels]
    write(folder / "symjepa-macros.tex", macros())
    write(folder / "symjepa-models.tex", document(TITLE, sections, INTRO))


def heading(label: str) -> str:
    """A model's label in words: `latent-ema-one-layer` is "Latent target, EMA teacher, one predictor layer"."""
    head = next(name for name in _HEADS if label.startswith(f"{name}-"))
    return f"{_HEADS[head]}, {_TAILS[label.removeprefix(f'{head}-')]}"


_HEADS = {
    "latent-live": "Latent target, live teacher",
    "latent-ema-layers": "Latent target, layer-wise EMA teacher",
    "latent-ema": "Latent target, EMA teacher",
    "latent-frozen": "Latent target, frozen teacher",
    "latent-shared": "Latent target, shared teacher without stop-gradient",
    "data": "Data target",
}
_TAILS = {
    "one-layer": "one predictor layer",
    "any-depth": "predictor of any depth",
    "no-predictor": "no predictor",
    "weight-decay": "weight decay",
    "predictor-rate": "any predictor rate",
}


def _object(
    request: Namespace,
    jobs: int,
    seconds: float | None,
    found: Sequence[Outcome],
    steps: Sequence[Step],
    ledger: Any,
    status: int,
) -> dict[str, Any]:
    """The one object on stdout."""
    from symjepa.cli import version
    from symjepa.cli.check import summary

    asked = {"output": str(request.output), "effort": request.effort, "jobs": jobs, "time_limit": seconds}
    return {
        "schema": 1,
        "symjepa": version(),
        "command": "reproduce",
        "request": {**asked, "format": "json"},
        "theorems": [row(one) for one in found if not one.problem],
        "problems": [{"label": one.label, "file": one.file, "message": one.problem} for one in found if one.problem],
        "steps": [{"name": step.name, "said": step.told, "failed": step.failed} for step in steps],
        "ledger": ledger,
        "summary": summary(list(found)),
        "exit": status,
    }
