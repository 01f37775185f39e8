"""What a figure of the book is: a drawing, the parameters it was made with, and what its caption says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.modes.reduction import ModeFlow
from symjepa.render.latex import rendered
from symjepa.render.notation import MACROS
from symjepa.render.plots.look import Pen
from symjepa.statements.claims import Claim, parts
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Conjecture, Theorem
from symjepa.symbols import lam, sigma2
from symjepa.verify.check import unfolded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Book = Mapping[str, Theorem | Conjecture]
"""The theorems by label: closed forms are theirs."""
COMMAND = "symjepa reproduce -o build"


@dataclass(frozen=True)
class Drawing:
    """One figure: how it is drawn from the book, the theorem that it stands beside, and all those that it shows."""

    name: str
    draw: Callable[[Book], Figure]
    title: str
    caption: str
    beside: str
    shows: tuple[str, ...]


@dataclass(frozen=True)
class Feature:
    """One mode of the data: covariance and regression coefficient; the variance of the context follows."""

    lam: Fraction
    rho: Fraction

    @property
    def values(self) -> dict[sp.Symbol, Fraction]:
        return {lam: self.lam, sigma2: self.lam / self.rho}


def latent(encoder: int, predictor: int = 1) -> Model:
    """A JEPA with a live teacher under stop-gradient."""
    return Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), Live())


def data(encoder: int, predictor: int = 1) -> Model:
    """Reconstruction of the view itself."""
    return Model(Encoder(encoder), Predictor(predictor), DataReconstruction())


def flow(model: Model, coordinates: str = "balanced") -> ModeFlow:
    """The derived flow of one mode."""
    return modes(model, coordinates).flow


def claims_of(book: Book, label: str, kind: type[Claim]) -> list[Any]:
    """The claims of one kind that a theorem of the book makes, abbreviations replaced by what they stand for."""
    return [claim for claim in parts(unfolded(book[label].statement).claim) if isinstance(claim, kind)]


def fraction(number: Fraction) -> str:
    """An exact number in a caption or a legend."""
    return str(number)


def listed(numbers: Iterable[Fraction]) -> str:
    """1/2, 1, 2."""
    return ", ".join(map(fraction, numbers))


def letters(text: str) -> str:
    r"""A caption in LaTeX: `<rho>` becomes a macro that an author may redefine, `@noise-decay@` a reference."""
    for name, macro in MACROS.items():
        text = text.replace(f"<{name}>", f"{macro}{{}}")
    return re.sub(r"@([a-z-]+)@", r"\\cref{\1}", " ".join(text.split()))


def framed(axes: Axes, **settings: Any) -> None:
    """The same modest frame for every panel."""
    axes.set(**settings)
    axes.tick_params(which="both", direction="out", pad=2)


def beside(axes: Axes, pen: Pen, height: float, text: str) -> None:
    """Words at the right end of a line."""
    place: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    axes.annotate(text, (1, height), xytext=(4, 0), color=pen.color, va="center", annotation_clip=False, **place)


def environment(drawing: Drawing) -> str:
    r"""The figure as a LaTeX environment for `\input`, its caption with parameters and command."""
    said = {"title": letters(drawing.title), "caption": letters(drawing.caption), "command": COMMAND}
    return rendered("figure.tex.j2", name=drawing.name, **said)
