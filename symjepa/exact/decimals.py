"""Balls written down: as integers, without rounding, and as the decimals on which the whole ball agrees."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, fmpz

from symjepa.errors import TooLarge, Undefined
from symjepa.exact.balls import MAX_EXACT_BITS


def ball_to_exact(x: arb) -> dict[str, Any]:
    """{"mid", "radius", "digits", "exact": [m, e, rm, re]}: the ball is m 2^e +/- rm 2^re, exactly."""
    if not x.is_finite():
        raise Undefined("a finite ball is needed")
    (m, e), (rm, re) = x.mid().man_exp(), x.rad().man_exp()
    mid, radius, exponent = x.mid_rad_10exp(20)
    return {
        "mid": f"{mid}e{exponent}",
        "radius": f"{radius}e{exponent}",
        "digits": digits(x),
        "exact": [int(m), int(e), int(rm), int(re)],
    }


def exact_to_ball(exact: list[int]) -> arb:
    """The ball m 2^e +/- rm 2^re, without rounding; outward if FLINT must shorten the radius."""
    m, e, rm, re = exact
    return arb((fmpz(m), fmpz(e)), (fmpz(rm), fmpz(re)))


def _ends(x: arb) -> tuple[Fraction, Fraction]:
    (m, e), (rm, re) = x.mid().man_exp(), x.rad().man_exp()
    if max(abs(int(e)), abs(int(re))) > MAX_EXACT_BITS:
        raise TooLarge("a ball of ordinary size is needed to print its digits")
    mid, radius = int(m) * Fraction(2) ** int(e), int(rm) * Fraction(2) ** int(re)
    return mid - radius, mid + radius


def digits(x: arb, most: int = 60) -> str:
    """The decimals on which the whole ball agrees, cut off and never rounded; "..." if there are more."""
    lo, hi = _ends(x)
    if lo == hi == 0:
        return "0"
    if lo <= 0 <= hi:
        return "?"
    sign, (small, large) = ("-", (-hi, -lo)) if hi < 0 else ("", (lo, hi))
    if int(small) != int(large):
        return "?"
    places = 0
    while places < most and not _ends_here(small, large, places) and _agree(small, large, places + 1):
        places += 1
    whole = str(int(small * 10**places)).rjust(places + 1, "0")
    text = f"{whole[:-places]}.{whole[-places:]}" if places else whole
    return sign + (text if small == large == Fraction(text) else f"{text}...")


def _ends_here(small: Fraction, large: Fraction, places: int) -> bool:
    return small == large and (small * 10**places).denominator == 1


def _agree(small: Fraction, large: Fraction, places: int) -> bool:
    return int(small * 10**places) == int(large * 10**places)
