"""Paragraphs of a page: words, the rows of a display, words after; those that say the same are said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from symjepa.render.book.displays import Row
from symjepa.render.hypotheses import listed
from symjepa.render.styles import MACRO_LATEX as STYLE
from symjepa.render.widths import LINE, width

_OPEN_WORDS = ("at", "of", "on", "from", "along", "is", "are", "with", "obey", "equation")
_OPEN_ENDS = (",", "rate", "rates", *(f" {word}" for word in _OPEN_WORDS))
"""Ends of a lead that no comma follows: the display goes on with the sentence."""


@dataclass(frozen=True)
class Said:
    """`preface` introduces a kind of claim, `who` names the learners, `short` is what a proof shows of the claim."""

    rows: tuple[Row, ...]
    before: str = ""
    after: str = ""
    who: tuple[str, ...] = ()
    preface: str = ""
    short: tuple[Row, ...] = ()

    @property
    def lead(self) -> str:
        """The words before the display, learners included."""
        whom = f"for {listed(self.who)}" if self.who else ""
        text = ", ".join(filter(None, (whom, self.before)))
        return text if not text or text.endswith(_OPEN_ENDS) else f"{text},"

    @property
    def noted(self) -> tuple[Row, ...]:
        """The rows, each with its learners beside it."""
        names = [name.removeprefix("the ").removesuffix(" teacher") for name in self.who]
        word = " teacher" if names and self.who[-1].endswith(" teacher") else ""
        return tuple(replace(one, note=_beside(one.note, f"({listed(names)}{word})")) for one in self.rows)


def _beside(note: str, words: str) -> str:
    text = rf"\text{{{words}}}"
    return rf"{note} \quad {text}" if note else text


def merged(several: Sequence[Said]) -> list[Said]:
    """The same words about several learners are said once; neighbours about the same learners are joined."""
    groups: dict[Said, list[str]] = {}
    for one in several:
        bare = replace(one, who=())
        groups.setdefault(bare, []).extend(one.who)
    found: list[Said] = []
    for bare, names in groups.items():
        one = replace(bare, who=tuple(dict.fromkeys(names)))
        if found and one.who and _frame(found[-1]) == _frame(one):
            found[-1] = replace(found[-1], rows=(*found[-1].rows, *one.rows), short=(*found[-1].short, *one.short))
        else:
            found.append(one)
    return found


def joined(groups: Sequence[Said], alike: bool = False) -> list[Said]:
    """Neighbours share a display where they fit, each learner beside its row; `alike`: only if about one quantity."""
    found: list[list[Said]] = []
    for one in groups:
        fits = found and _fits(one) and _fits(found[-1][-1]) and _kind(found[-1][-1]) == _kind(one)
        if fits and (not alike or one.rows[0].left == found[-1][-1].rows[0].left):
            found[-1].append(one)
        else:
            found.append([one])
    return [_joined(several) for several in found]


def _kind(one: Said) -> tuple[str, ...]:
    return one.before, one.after, one.preface


def _fits(one: Said) -> bool:
    return bool(one.who) and len(one.rows) == 1 and all(row_width(row) <= LINE for row in one.noted)


def row_width(shown: Row) -> float:
    """About how wide a row is on one line."""
    parts = width(shown.left) + width(STYLE.joined(list(shown.right))) + 15
    return parts + (width(shown.note.replace(r"\text", "")) + 24 if shown.note else 0)


def _joined(several: Sequence[Said]) -> Said:
    if len(several) == 1:
        return several[0]
    rows = tuple(row for one in several for row in one.noted)
    return replace(several[0], rows=rows, who=(), short=rows)


def _frame(one: Said) -> tuple[Any, ...]:
    return one.who, one.before, one.after, one.preface
