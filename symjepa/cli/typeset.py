"""Documents to PDF, where pdflatex is at hand: in a folder of their own, within a time limit, boxes inside the page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PARTS = ("theorems", "findings", "figures", "models")
SECONDS = 120
FIXED = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "max_print_line": "1000"}
"""No dates in the PDF, and lines of the log that are not broken."""


@dataclass(frozen=True)
class Typeset:
    """A PDF (None if there is none), what to say about it, and whether that is a failure."""

    told: str
    failed: bool = False
    pdf: bytes | None = None
    log: str = ""


def typeset(folder: Path, document: str) -> Typeset:
    """The PDF of `document`.tex in a folder."""
    if shutil.which("pdflatex") is None:
        return Typeset("no PDF: pdflatex is not installed")
    with TemporaryDirectory(prefix="symjepa-") as place:
        desk = Path(place)
        _laid_out(folder, desk)
        try:
            return _run(desk, document)
        except subprocess.TimeoutExpired as late:
            return Typeset(f"no PDF: {late.cmd[0]} was stopped after {SECONDS} s", failed=True)


def _laid_out(folder: Path, desk: Path) -> None:
    for file in (*folder.glob("*.tex"), *folder.glob("*.bib")):
        shutil.copy(file, desk)
    for part in PARTS:
        if (folder / part).is_dir():
            shutil.copytree(folder / part, desk / part, ignore=shutil.ignore_patterns(".*"))


def _run(desk: Path, document: str) -> Typeset:
    """Three passes, and bibtex after the first: the second writes the table of contents again, with its citations."""
    latex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", document]
    for number in range(3):
        if _fails(latex, desk):
            return _failure(_read(desk / f"{document}.log"))
        if number == 0 and rb"\citation" in (desk / f"{document}.aux").read_bytes() and shutil.which("bibtex"):
            _fails(["bibtex", document], desk)
    return _judged((desk / f"{document}.pdf").read_bytes(), _read(desk / f"{document}.log"))


def _fails(command: Sequence[str], desk: Path) -> bool:
    quiet, given = subprocess.DEVNULL, {**os.environ, **FIXED}
    done = subprocess.run(
        command, cwd=desk, env=given, stdin=quiet, stdout=quiet, stderr=quiet, timeout=SECONDS, check=False
    )
    return done.returncode != 0


def _read(log: Path) -> str:
    return log.read_text("utf-8", errors="replace") if log.exists() else ""


def _failure(log: str) -> Typeset:
    """A package that this installation lacks is no fault of ours; anything else is."""
    lacking = re.search(r"File `([^']+\.(?:sty|cls|def|fd))' not found", log)
    if lacking:
        return Typeset(f"no PDF: this TeX installation lacks {lacking[1]}")
    said = next((line for line in log.splitlines() if line.startswith("!")), "! no reason given")
    return Typeset(f"no PDF: pdflatex says {said[2:]!r}", failed=True, log=log)


def _judged(pdf: bytes, log: str) -> Typeset:
    from symjepa.render.book.log import overfull, unresolved

    pages = re.search(r"Output written on \S+ \((\d+ pages?)", log)
    wide = [f"{box.points:g} pt {box.where}" for box in overfull(log)]
    lost = unresolved(log)
    faults = [f"boxes too wide: {'; '.join(wide)}"] * bool(wide) + [f"unresolved: {', '.join(lost)}"] * bool(lost)
    told = "; ".join([pages[1] if pages else "? pages", *faults])
    return Typeset(told, bool(faults), pdf, log if faults else "")
