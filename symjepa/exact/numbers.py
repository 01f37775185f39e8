"""Exact numbers and depths from text.

Soundness: text is matched against a fixed pattern, bounded in length and exponent before any arithmetic, and converted
by `fractions.Fraction`; nothing is evaluated.
"""

from __future__ import annotations

import re
from fractions import Fraction

import sympy as sp

from symjepa.errors import InvalidDepth, InvalidNumber

MAX_LENGTH = 400
MAX_EXPONENT = 4000
MAX_DEPTH = 1000
_NUMBER = re.compile(r"[+-]?(?:[0-9]+/[0-9]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]+))?)")


def exact_number(text: str) -> sp.Rational:
    """The rational number written as `7/10`, `0.7`, `-3` or `1e-3`, exactly."""
    if not isinstance(text, str):
        raise InvalidNumber(f"an exact number as text is needed, such as 7/10, but got {_shown(text)}")
    if len(text) > MAX_LENGTH:
        raise InvalidNumber(f"a number of at most {MAX_LENGTH} characters is needed, but got {_shown(text)}")
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise InvalidNumber(f"an exact number is needed, such as 7/10, 0.7, -3 or 1e-3, but got {_shown(text)}")
    if abs(int(match["exponent"] or 0)) > MAX_EXPONENT:
        raise InvalidNumber(f"an exponent of size at most {MAX_EXPONENT} is needed, but got {_shown(text)}")
    try:
        value = Fraction(match[0])
    except ZeroDivisionError:
        raise InvalidNumber(f"a non-zero denominator is needed, but got {_shown(text)}") from None
    return sp.Rational(value.numerator, value.denominator)


def depth(value: str | int, least: int = 0) -> int:
    """A depth: an integer from `least` to 1000."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else value
    if not isinstance(text, str) or re.fullmatch(r"[0-9]{1,4}", text) is None or not least <= int(text) <= MAX_DEPTH:
        raise InvalidDepth(f"an integer from {least} to {MAX_DEPTH} is needed as a depth, but got {_shown(value)}")
    return int(text)


def _shown(value: object) -> str:
    if isinstance(value, int) and abs(value) >= 10**20:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
