r"""Signs: what is known of the sign of a number, and how sums and products pass it on.

Soundness: a `Sign` says e >= 0, e <= 0, e != 0, or less.  Sums and products know what follows from their parts for all
real numbers; a sum is strict if it has a sign at all and one of its terms is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from symjepa.exact.facts import Kind


@dataclass(frozen=True)
class Sign:
    """What is known: e >= 0, e <= 0, e != 0."""

    ge: bool = False
    le: bool = False
    ne: bool = False

    def __or__(self, other: Sign) -> Sign:
        return Sign(self.ge or other.ge, self.le or other.le, self.ne or other.ne)

    def __neg__(self) -> Sign:
        return Sign(self.le, self.ge, self.ne)

    def __mul__(self, other: Sign) -> Sign:
        a, b = self, other
        return Sign((a.ge and b.ge) or (a.le and b.le), (a.ge and b.le) or (a.le and b.ge), a.ne and b.ne)

    def __add__(self, other: Sign) -> Sign:
        a, b = self, other
        ge, le = a.ge and b.ge, a.le and b.le
        return Sign(ge, le, (ge or le) and (a.ne or b.ne))

    def shows(self, kind: Kind) -> bool:
        """Whether this knowledge includes the kind."""
        return {
            "positive": self.ge and self.ne,
            "nonnegative": self.ge,
            "nonzero": self.ne,
            "zero": self.ge and self.le,
            "integer": False,
        }[kind]


UNKNOWN, POSITIVE, NONNEGATIVE, NEGATIVE = Sign(), Sign(ge=True, ne=True), Sign(ge=True), Sign(le=True, ne=True)
CONTRARY = {
    "positive": frozenset((-1, 0)),
    "nonnegative": frozenset((-1,)),
    "nonzero": frozenset((0,)),
    "zero": frozenset((-1, 1)),
}
"""Signs that speak against a kind."""
SIGN_OF = {"positive": POSITIVE, "nonnegative": NONNEGATIVE, "nonzero": Sign(ne=True), "zero": Sign(ge=True, le=True)}


def of_number(c: Fraction | int) -> Sign:
    """The sign of a rational."""
    return Sign(c >= 0, c <= 0, c != 0)


def accumulated(signs: Iterable[Sign]) -> Sign:
    """The sign of a sum, asked term by term while there is a chance of one."""
    several = iter(signs)
    result = next(several)
    for s in several if result.ge or result.le else ():
        result = result + s
        if result == UNKNOWN:
            break
    return result
