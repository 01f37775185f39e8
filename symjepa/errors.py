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


class InvalidFact(SymjepaError):
    """A fact whose kind or expression is none."""


class Undefined(SymjepaError):
    """An expression without a real value: division by zero, a logarithm or a power outside its domain."""


class InvalidLemma(SymjepaError):
    """A lemma on sums that is malformed, or is used without a proof."""


class UnknownTruth(SymjepaError):
    """An undecided comparison of balls used as if it were true or false."""


class MisusedRule(SymjepaError):
    """A background theorem applied without its premises."""


class BadDerivation(SymjepaError):
    """A file that is not a derivation, or a statement that is not well formed."""


class UnknownTheorem(SymjepaError):
    """A label that no theorem of the book has."""


class InvalidCovariance(SymjepaError):
    """Second moments that no data have: not symmetric, not positive semidefinite."""


class BlowUp(SymjepaError):
    """A simulated trajectory that leaves every bound; the time and the quantity are named."""


class MissingExtra(SymjepaError):
    """An optional tool that is not installed; the extra that brings it is named."""


class InvalidFeature(SymjepaError):
    """A feature that is never learned (its covariance or influence is not positive), or a number that is not exact."""


class NotReached(SymjepaError):
    """A threshold that no trajectory passes, or that lies below the start."""
