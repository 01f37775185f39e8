r"""Questions on the way to a proof: those under way, those that failed, and what was found.

Soundness.  A proof is a finite tree: a question that is already under way, or too deep, answers "not shown".  Kept is
what was found, for it follows from the facts; that nothing was found is kept for good only where no part of the search
was cut short, for then it depends on the facts alone, and otherwise only on the way of one question.  Signs that a
search found are kept where nothing cut it short.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from symjepa.exact.sign import Sign

MAX_DEPTH = 40
T = TypeVar("T")


class Questions:
    """What has been asked of one set of facts; `cuts` counts searches cut short, of all who ask each other."""

    def __init__(self, cuts: list[int]) -> None:
        self._cuts = cuts
        self._under_way: set[object] = set()
        self._failed: set[object] = set()
        self._hopeless: set[object] = set()
        self._kept: dict[object, Sign] = {}

    def _answered(self, what: object, find: Callable[[], T | None], keep: bool = True) -> T | None:
        """What `find` finds; None if nothing, or if the same question is under way, or if the proof is too deep.

        A question that failed is not asked again on the way of the same one; and never again if no part of it was cut
        short, for then its failure depends on the facts alone.
        """
        if what in self._hopeless:
            return None
        if what in self._under_way or what in self._failed or len(self._under_way) >= MAX_DEPTH:
            self._cuts[0] += 1
            return None
        before = self._cuts[0]
        self._under_way.add(what)
        try:
            found = find()
        finally:
            self._under_way.discard(what)
        if found is None and self._cuts[0] == before:
            self._hopeless.add(what)
        elif found is None and keep:
            self._failed.add(what)
        return found

    def _remembered(self, what: object, find: Callable[[], Sign]) -> Sign:
        """The sign that `find` finds, kept if no part of the search was cut short."""
        if what not in self._kept:
            before = self._cuts[0]
            sign = find()
            if self._cuts[0] > before:
                return sign
            self._kept[what] = sign
        return self._kept[what]
