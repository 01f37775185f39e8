"""Figures of the book (extra `plot`): vector files with captions for LaTeX, the same bytes from run to run.

Rates are the derived ones; closed forms and fixed points are read from the theorems, and a figure follows its theorem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symjepa.render.plots import noise, order, phases, survival, teachers, trajectories, weight_decay
from symjepa.render.plots.drawing import Book, Drawing, environment
from symjepa.render.plots.look import MissingExtra, can_plot, drawn, needs_matplotlib

__all__ = ["Book", "Drawing", "MissingExtra", "can_plot", "drawings", "files", "needs_matplotlib", "places"]


def drawings() -> tuple[Drawing, ...]:
    """Every figure of the book; nothing is drawn yet."""
    learning = (*trajectories.drawings(), *order.drawings(), *noise.drawings(), *phases.drawings())
    return (*learning, *teachers.drawings(), *survival.drawings(), *weight_decay.drawings())


def files(book: Book, drawing: Drawing) -> Iterator[tuple[str, bytes]]:
    """The files of one figure by name: picture as PDF and SVG, and the LaTeX that places it with its caption."""
    needs_matplotlib()
    figure = drawing.draw(book)
    yield f"{drawing.name}.pdf", drawn(figure, "pdf")
    yield f"{drawing.name}.svg", drawn(figure, "svg")
    yield f"{drawing.name}.tex", environment(drawing).encode()


def places(drawn: Sequence[Drawing]) -> Iterator[tuple[str, str]]:
    r"""For each theorem that has figures a file `beside-LABEL.tex`, which puts them where it is read."""
    for label in dict.fromkeys(drawing.beside for drawing in drawn):
        yield f"beside-{label}.tex", "".join(f"\\input{{figures/{d.name}}}\n" for d in drawn if d.beside == label)
