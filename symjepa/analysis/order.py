r"""Which of two features is learned first, and at which start the order turns; both with certified digits.

A feature is one mode of the data, (λ, ρ); both are learned by one model from the encoder amplitude ε, and a feature
counts as learned when its encoder amplitude w passes a threshold: an `amplitude`, the same for both (absolute), or a
`fraction` of what the feature itself will learn (relative).  The two are different questions.  The time is
$\int du/f(u)$ along the derived balanced flow; with u = e^s its integrand is a quotient of sums of exponentials, and
FLINT integrates it rigorously.  So an answer is certified: balls around both times exclude each other.

The lead t₂ - t₁ changes with the start at the speed 1/f₁ - 1/f₂, which vanishes at one amplitude at most (where both
layers move equally fast).  On either side of it the lead is monotone: it has one crossing there if its signs at the
ends differ and none otherwise, so that a list of crossings is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import sympy as sp
from flint import arb, fmpq

from symjepa.analysis.duels import Crossing, Duel, Order, Speed, Stop, verdict
from symjepa.analysis.trajectories import Separable, separable
from symjepa.errors import InvalidFeature, NeedsDepth, NotReached, OutsideFragment
from symjepa.exact.balls import exactly, precision, rational
from symjepa.exact.decimals import digits as decimals
from symjepa.exact.numbers import exact_number
from symjepa.flow import gradient_flow
from symjepa.model import Model
from symjepa.modes.reduction import aligned_modes, balanced
from symjepa.symbols import L, lam, sigma2

Exact: TypeAlias = "sp.Rational | Fraction | int | str"
BITS_PER_DIGIT = 3.33
MOST_DIGITS = 200
SMALLEST = fmpq(1, 10**60)
"""Crossings are looked for from here on, unless the caller says otherwise."""


@dataclass(frozen=True)
class Feature:
    """One mode of the data: covariance λ > 0 and influence ρ > 0, exact; σ² = λ/ρ."""

    lam: sp.Rational
    rho: sp.Rational

    def __init__(self, lam: Exact, rho: Exact) -> None:
        object.__setattr__(self, "lam", _positive("λ", lam))
        object.__setattr__(self, "rho", _positive("ρ", rho))

    def __str__(self) -> str:
        return f"(λ, ρ) = ({self.lam}, {self.rho})"


@dataclass(frozen=True)
class Ordering:
    """Which feature is learned first, with balls around both times; the lead is t₂ - t₁."""

    order: Order
    times: tuple[arb, arb]
    tolerance: fmpq

    @property
    def lead(self) -> arb:
        return self.times[1] - self.times[0]

    def __str__(self) -> str:
        first, second = (decimals(time, 20) for time in self.times)
        return f"{self.order.value}: the times are {first} and {second}"


def learning_order(
    model: Model,
    first: Feature,
    second: Feature,
    start: Exact,
    *,
    amplitude: Exact | None = None,
    fraction: Exact | None = None,
    tolerance: Exact = "1e-40",
) -> Ordering:
    """Which feature's encoder amplitude passes its threshold first, from w(0) = `start`.

    Exactly one of `amplitude` (absolute) and `fraction` (of what the feature learns, relative) is given.  UNDECIDED
    only where the times differ by at most `tolerance` times the longer one.  Raises NotReached for a start that is not
    below both thresholds and for a threshold that is never passed.

    >>> import symjepa as sj
    >>> model = sj.Model(sj.Encoder(2), sj.Predictor(1), sj.LatentPrediction(), sj.Live())
    >>> print(sj.learning_order(model, sj.Feature(1, "3/4"), sj.Feature(1, "1/2"), "1/100", fraction="1/2"))
    first: the times are 416.34643711991935060... and 464.61849608680753516...
    """
    duel = duel_of(model, first, second, amplitude, fraction)
    eps, close = rational(_positive("the start", start)), rational(_positive("the tolerance", tolerance))
    duel.check_start(eps)
    count = 30
    while True:
        bits = int(count * BITS_PER_DIGIT) + 64
        with precision(bits):
            found = Ordering(Order.UNDECIDED, duel.times(duel.log_of(arb(eps))), close)
            order = verdict(found.lead)
            longer = found.times[0].max(found.times[1])
            settled = bool(abs(found.lead) < longer * arb(close))
        if order is not Order.UNDECIDED or settled:
            return Ordering(order, found.times, close)
        if count > MOST_DIGITS:
            raise NotReached(f"the times cannot be told apart with {count} digits; take a larger tolerance")
        count *= 2


def crossings(
    model: Model,
    first: Feature,
    second: Feature,
    *,
    amplitude: Exact | None = None,
    fraction: Exact | None = None,
    above: Exact | None = None,
    digits: int = 30,
) -> tuple[Crossing, ...]:
    """Every start between `above` (1e-60 if it is not said) and the lower threshold at which the order turns.

    Each comes as a ball with at least that many correct digits.  The list is complete: between the ends and the
    amplitude of equal speed the lead is monotone.

    >>> import symjepa as sj
    >>> model = sj.Model(sj.Encoder(3), sj.Predictor(1), sj.LatentPrediction(), sj.Live())
    >>> for turn in sj.crossings(model, sj.Feature("6/5", "1/2"), sj.Feature(1, 1), fraction="1/2", digits=20):
    ...     print(turn.below.value, f"{float(turn.eps):.10f}", turn.above.value)
    first 0.0013765564 second
    second 0.0379745227 first
    """
    duel = duel_of(model, first, second, amplitude, fraction)
    low = SMALLEST if above is None else rational(_positive("the lowest start", above))
    duel.check_start(low)
    return duel.crossings(low, min(digits, MOST_DIGITS))


def duel_of(
    model: Model,
    first: Feature,
    second: Feature,
    amplitude: Exact | None = None,
    fraction: Exact | None = None,
    depth: Exact | None = None,
) -> Duel:
    """Both features before one model, rates derived, thresholds exact.

    depth: a number in the place of a symbolic encoder depth; it need not be whole, for the rate is one formula in L.
    """
    if (amplitude is None) == (fraction is None):
        raise NotReached(
            "one threshold is needed: amplitude=… (of the encoder, the same for both) or fraction=… (of what a feature"
            f" learns); got {'both' if fraction is not None else 'neither'}"
        )
    encoder = model.encoder.depth if depth is None else _positive("the depth", depth)
    if not (encoder.is_Rational and model.predictor.depth.is_Integer):
        raise NeedsDepth(f"an order of learning needs numeric depths; got L = {encoder}, K = {model.predictor.depth}")
    one, two = (_speed(model, feature, encoder) for feature in (first, second))
    stops = tuple(_stop(speed, rational(encoder), amplitude, fraction) for speed in (one, two))
    return Duel(rational(encoder), (one, two), (stops[0], stops[1]))


def _speed(model: Model, feature: Feature, encoder: sp.Rational) -> Speed:
    """The derived rate at exact parameters."""
    flow = _separated(model)
    point = {lam: feature.lam, sigma2: feature.lam / feature.rho, L: encoder}
    numbers = [(exactly(term.coefficient, point), exactly(term.of(flow.x), point)) for term in flow.terms]
    if any(c is None or e is None for c, e in numbers):
        raise OutsideFragment(f"a flow with rational coefficients is needed; got {flow.rate}: give α and η as numbers")
    return Speed(tuple((c, e) for c, e in numbers if c is not None and e is not None))


@lru_cache(maxsize=64)
def _separated(model: Model) -> Separable:
    flow = separable(balanced(aligned_modes(gradient_flow(model))))
    if flow is None:
        raise OutsideFragment(
            "an order of learning needs a flow in one variable: a live or frozen teacher, or the data target"
        )
    return flow


def _stop(speed: Speed, depth: fmpq, amplitude: Exact | None, fraction: Exact | None) -> Stop:
    """The threshold of w: absolute, or relative to q^(L/d) where a layer learns q^(1/d)."""
    if fraction is None:
        return Stop(rational(_positive("the amplitude", amplitude)), fmpq(1), fmpq(0))
    part = rational(_positive("the fraction", fraction))
    if part >= 1:
        raise NotReached(f"a fraction below 1 is needed, for no feature ever learns all of it; got {part}")
    power, degree = speed.learned()
    return Stop(part, power, depth / degree)


def _positive(what: str, number: Exact | None) -> sp.Rational:
    """An exact positive number."""
    exact = exact_number(number) if isinstance(number, str) else sp.Rational(*_ratio(what, number))
    if exact <= 0:
        raise InvalidFeature(f"{what} > 0 is needed, for nothing is learned otherwise; got {exact}", value=exact)
    return exact


def _ratio(what: str, number: object) -> tuple[int, int]:
    if isinstance(number, bool) or not isinstance(number, int | Fraction | sp.Rational):
        raise InvalidFeature(f'an exact number is needed for {what}, such as 3/4 or "0.75"; got {number!r}')
    return int(number.numerator), int(number.denominator)
