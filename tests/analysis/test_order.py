"""Orders of learning against rigorous integrals of the derived rate, and against what is proved about them."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symjepa as sj
from symjepa.analysis.duels import Order
from symjepa.analysis.order import Feature, crossings, duel_of, learning_order
from symjepa.errors import InvalidFeature, NeedsDepth, NotReached
from symjepa.exact.balls import ball, precision
from symjepa.model import Model

DEPTHS = st.tuples(st.integers(1, 3), st.integers(1, 4))
NUMBERS = st.fractions(Fraction(1, 4), 4, max_denominator=12)


def jepa(predictor: int, encoder: int) -> Model:
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), sj.LatentPrediction(), sj.Live())


def reconstruction(predictor: int, encoder: int) -> Model:
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), sj.DataReconstruction())


BOTH = st.sampled_from((jepa, reconstruction))


def learned(build, depths: tuple[int, int], rho: Fraction) -> float:
    """What the encoder learns of a feature."""
    predictor, encoder = depths
    return float(rho) ** (encoder / (predictor if build is jepa else predictor + encoder))


def integral(model: Model, feature: Feature, start: Fraction, stop: Fraction) -> arb:
    """The time as a rigorous integral of the derived rate in u, by FLINT, from SymPy's tree."""
    flow = sj.balanced(sj.aligned_modes(sj.gradient_flow(model)))
    rate = flow.rates[sj.u].xreplace({sj.lam: feature.lam, sj.sigma2: feature.lam / feature.rho})
    first, last = (sp.Rational(x.numerator, x.denominator) ** (1 / model.encoder.depth) for x in (start, stop))
    return ball(sp.Integral(1 / rate, (sj.u, first, last)), {}, 128)


@settings(max_examples=25, deadline=None)
@given(
    BOTH,
    DEPTHS,
    st.tuples(NUMBERS, NUMBERS),
    st.tuples(NUMBERS, NUMBERS),
    st.fractions(Fraction(1, 20), Fraction(9, 10)),
)
def test_times_are_those_of_the_rigorous_integral(build, depths, one, two, share) -> None:
    model, features = build(*depths), (Feature(*one), Feature(*two))
    least = min(learned(build, depths, rho) for _, rho in (one, two))
    stop = Fraction(9 * least / 10).limit_denominator(1000)
    start = (share * stop).limit_denominator(1000)
    assume(0 < start < stop)
    found = learning_order(model, *features, start, amplitude=stop)
    exact = [integral(model, feature, start, stop) for feature in features]
    assert all(mine.overlaps(other) for mine, other in zip(found.times, exact, strict=True))
    if exact[0] < exact[1] or exact[1] < exact[0]:
        assert found.order is (Order.FIRST if exact[0] < exact[1] else Order.SECOND)


@settings(max_examples=25, deadline=None)
@given(BOTH, DEPTHS, NUMBERS, st.tuples(NUMBERS, NUMBERS))
def test_at_equal_covariance_and_threshold_the_larger_influence_is_first(build, depths, lam, rhos) -> None:
    assume(rhos[0] > rhos[1])
    stop = Fraction(learned(build, depths, rhos[1]) / 2).limit_denominator(1000)
    assume(stop > Fraction(1, 500))
    found = learning_order(build(*depths), Feature(lam, rhos[0]), Feature(lam, rhos[1]), stop / 10, amplitude=stop)
    assert found.order is Order.FIRST


@settings(max_examples=25, deadline=None)
@given(BOTH, DEPTHS, st.tuples(NUMBERS, NUMBERS), NUMBERS)
def test_at_equal_influence_times_are_inversely_proportional_to_covariances(build, depths, lams, rho) -> None:
    start = Fraction(learned(build, depths, rho) / 40).limit_denominator(10**5)
    assume(start > 0)
    one, two = learning_order(build(*depths), *(Feature(x, rho) for x in lams), start, fraction="1/2").times
    with precision(128):
        assert (one * fmpq(lams[0].numerator, lams[0].denominator)).overlaps(
            two * fmpq(lams[1].numerator, lams[1].denominator)
        )


@settings(max_examples=15, deadline=None)
@given(NUMBERS, st.tuples(NUMBERS, NUMBERS), st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=20))
def test_with_one_layer_each_reconstruction_learns_the_smaller_influence_first_relatively(lam, rhos, part) -> None:
    assume(rhos[0] > rhos[1])
    features = (Feature(lam, rho) for rho in rhos)
    start = part * Fraction(float(rhos[1]) ** 0.5 / 3).limit_denominator(1000)
    assert learning_order(reconstruction(1, 1), *features, start, fraction=part).order is Order.SECOND


SECOND, FIRST = Feature(1, 1), Feature("51/50", "4/5")


@pytest.mark.parametrize("build", [jepa, reconstruction])
@pytest.mark.parametrize("encoder", [2, 3, 6])
def test_the_order_turns_once_with_one_threshold(build, encoder: int) -> None:
    (turn,) = crossings(build(1, encoder), FIRST, SECOND, amplitude="1/4")
    assert (turn.below, turn.above) == (Order.FIRST, Order.SECOND)


@pytest.mark.parametrize("build", [jepa, reconstruction])
def test_the_crossing_separates_certified_orders(build) -> None:
    model = build(1, 3)
    (turn,) = crossings(model, FIRST, SECOND, amplitude="1/4", digits=30)
    middle = Fraction(float(turn.eps)).limit_denominator(10**12)
    orders = [
        learning_order(model, FIRST, SECOND, middle * scale, amplitude="1/4").order
        for scale in (Fraction(999_999, 10**6), Fraction(1_000_001, 10**6))
    ]
    assert orders == [turn.below, turn.above]


def test_a_crossing_has_the_digits_that_were_asked_for() -> None:
    (turn,) = crossings(jepa(1, 3), FIRST, SECOND, amplitude="1/4", digits=50)
    with precision(256):
        assert turn.eps.rad() < turn.eps.mid() * arb(10) ** -50


def test_fewer_digits_enclose_more() -> None:
    rough, fine = (crossings(jepa(1, 3), FIRST, SECOND, amplitude="1/4", digits=n)[0].eps for n in (10, 40))
    assert rough.contains(fine)


def test_at_a_finite_start_the_objectives_order_two_features_differently() -> None:
    steady, strong = Feature(1, 1), Feature("6/5", "1/2")
    orders = [
        learning_order(build(1, 3), steady, strong, "1/50", fraction="1/2").order for build in (jepa, reconstruction)
    ]
    assert orders == [Order.FIRST, Order.SECOND]


def test_equal_features_are_undecided_within_the_tolerance() -> None:
    assert learning_order(jepa(1, 2), SECOND, SECOND, "1/100", fraction="1/2").order is Order.UNDECIDED


def test_a_depth_between_whole_ones_is_between_them() -> None:
    model = sj.Model(sj.Encoder(sj.L), sj.Predictor(1), sj.LatentPrediction(), sj.Live())
    found = [
        float(duel_of(model, FIRST, SECOND, amplitude="1/4", depth=depth).crossings(fmpq(1, 10**9), 10)[0].eps)
        for depth in (2, Fraction(5, 2), 3)
    ]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    ("start", "threshold", "told"),
    [
        ("1/4", {"amplitude": "1/4"}, r"w\(0\) = 1/4 is not below that of the first feature"),
        ("1/100", {"amplitude": "3/4"}, "one is never passed"),
        ("1/100", {"fraction": "1"}, "a fraction below 1"),
        ("1/100", {}, "got neither"),
        ("1/100", {"amplitude": "1/4", "fraction": "1/2"}, "got both"),
    ],
)
def test_what_is_not_reached_is_refused(start: str, threshold: dict[str, str], told: str) -> None:
    with pytest.raises(NotReached, match=told):
        learning_order(jepa(1, 2), FIRST, SECOND, start, **threshold)


@pytest.mark.parametrize("rho", [0, "-1/2"])
def test_a_feature_that_is_never_learned_is_refused(rho) -> None:
    with pytest.raises(InvalidFeature, match="ρ > 0 is needed"):
        Feature(1, rho)


def test_floats_are_refused() -> None:
    with pytest.raises(InvalidFeature, match="exact number"):
        Feature(1, 0.5)  # type: ignore[arg-type]


def test_a_symbolic_depth_needs_a_number() -> None:
    model = sj.Model(sj.Encoder(sj.L), sj.Predictor(1), sj.DataReconstruction())
    with pytest.raises(NeedsDepth, match="L = L"):
        learning_order(model, FIRST, SECOND, "1/100", fraction="1/2")
