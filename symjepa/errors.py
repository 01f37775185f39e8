"""One error class per reason; the message says what was needed, what came, and what to do.

The parts of a message are attributes, so that a caller need not parse its text.
"""

from __future__ import annotations


class SymjepaError(Exception):
    """Any refusal of symjepa; never raised itself."""

    def __init__(self, message: str, **parts: object) -> None:
        super().__init__(message)
        self.parts = parts


class InvalidNumber(SymjepaError):
    """A number that is not an exact rational of reasonable size."""


class InvalidDepth(SymjepaError):
    """A depth that is negative, fractional, or absurdly large."""


class InvalidModel(SymjepaError):
    """Parts of a model that do not go together."""


class ShapeMismatch(SymjepaError):
    """Two factors, summands, or ends of a trace whose spaces differ."""


class BadSegment(SymjepaError):
    """A segment of layers that ends below its start, or is opened at a layer it does not hold."""


class FrameMismatch(SymjepaError):
    """Two neighbouring letters that an alignment gives different frames."""


class NotBalanced(SymjepaError):
    """A joint whose balance is not conserved, so that balanced coordinates do not close."""


class NeedsDepth(SymjepaError):
    """A numeric depth is needed where a symbolic one came."""


class OutsideFragment(SymjepaError):
    """An expression outside the decidable fragment; the offending node is named."""


class TooLarge(SymjepaError):
    """Work that exceeds a stated bound on size."""
