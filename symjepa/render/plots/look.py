"""The look of every figure, and files that are the same from run to run.

Colours are those of Okabe and Ito, told apart under every common colour blindness; each comes with its own dashes and
its own marker, so that nothing is lost in grey.  Letters are Computer Modern, like the text around; no TeX is needed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

from symjepa.errors import SymjepaError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class MissingExtra(SymjepaError):
    """An optional package is asked for and not installed."""


PAGE = 5.14
"""Width in inches: the text of the book, and nearly that of the common one-column styles."""


@dataclass(frozen=True)
class Pen:
    """A colour, a pattern of dashes and a marker that belong together."""

    color: str
    dashes: tuple[float, ...]
    marker: str

    @property
    def line(self) -> dict[str, Any]:
        return {"color": self.color, "linestyle": (0, self.dashes) if self.dashes else "-"}

    @property
    def dots(self) -> dict[str, Any]:
        return {"color": self.color, "marker": self.marker, "linestyle": "none", "markerfacecolor": "white"}


PENS = (
    Pen("#000000", (), "o"),
    Pen("#0072B2", (5, 1.6), "s"),
    Pen("#D55E00", (5, 1.4, 1, 1.4), "^"),
    Pen("#009E73", (1.2, 1.2), "D"),
    Pen("#CC79A7", (5, 1.2, 1, 1.2, 1, 1.2), "v"),
)
GREY = "#777777"

STYLE: dict[str, Any] = {
    "font.family": "serif",
    "font.serif": ["cmr10"],
    "mathtext.fontset": "cm",
    "axes.formatter.use_mathtext": True,  # cmr10 has no minus sign of its own
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8,
    "legend.fontsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 1.6,
    "ytick.minor.size": 1.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.1,
    "lines.markersize": 3,
    "lines.markeredgewidth": 0.8,
    "lines.dash_capstyle": "butt",
    "lines.scale_dashes": True,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "pdf.fonttype": 42,  # outlines that publishers accept
    "svg.fonttype": "path",
    "svg.hashsalt": "symjepa",
}


def can_plot() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def needs_matplotlib() -> None:
    """MissingExtra with the remedy, where matplotlib is missing."""
    if not can_plot():
        raise MissingExtra("figures need matplotlib, which is not installed: pip install 'symjepa[plot]'")


@contextmanager
def styled() -> Iterator[None]:
    """Inside, everything is drawn in the style of the house, whatever a user's own settings are."""
    needs_matplotlib()
    import matplotlib as mpl

    settings: Any = STYLE  # older and newer matplotlib type the names of settings differently
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        yield


def empty(width: float, height: float) -> Figure:
    """A figure that belongs to no window and is laid out by constraints."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def drawn(figure: Figure, suffix: str, dots_per_inch: int = 200) -> bytes:
    """The figure as a file of that kind: no dates, no versions, no host."""
    nothing = {"pdf": ("CreationDate", "Producer", "Creator"), "svg": ("Date", "Creator"), "png": ("Software",)}[suffix]
    file = BytesIO()
    with styled(), _without_advice_on_fonts():  # fonts are looked up only now
        figure.savefig(file, format=suffix, metadata=dict.fromkeys(nothing), dpi=dots_per_inch)
    return file.getvalue()


@contextmanager
def _without_advice_on_fonts() -> Iterator[None]:
    """The library that embeds fonts finds Computer Modern's date of birth too early, once for every subset."""
    teller = logging.getLogger("fontTools")
    before = teller.level
    teller.setLevel(logging.ERROR)
    try:
        yield
    finally:
        teller.setLevel(before)
