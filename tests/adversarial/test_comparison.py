"""False envelopes and false aims: the comparison principle and the phase line show none of them."""

import pytest
import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Attracts, Concave, Dominated, Identity, Less, Unequal, dominated
from symjepa.statements.descriptions import Foreign, restricted
from symjepa.symbols import lam, rho, sigma2, t, u
from symjepa.verify.obligations import compiled
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, balanced, equation, outcome, x, y

ZERO, ONE, TWO = sp.S.Zero, sp.S.One, sp.Integer(2)
q0, p0 = sp.Symbol("q0", real=True), sp.Symbol("p0", positive=True)
c, m = sp.Symbol("c", positive=True), sp.Symbol("m", positive=True)
N0 = sp.Symbol("N0", nonnegative=True)
half = Foreign(((x, -(x**2)),), (Fact(x, "positive"),))
decay = Foreign(((x, -c * x),), (Fact(x, "positive"),))
AT = {x: 1, y: 1, c: 1, q0: 1, p0: 1, t: 1, m: 1, N0: 1}
fall, rise = p0 * sp.exp(-c * t), p0 / (1 - p0 * t)


def below(flow, bound, rate, start=p0, quantity=x, **more):
    return outcome(lambda: dominated(flow, quantity, start, bound, rate, t, **more), at=AT)


def test_exact_decay_is_its_own_envelope_from_both_sides():
    assert below(decay, fall, -c * p0) == below(decay, fall, -c * p0, from_below=True) == PROVED


@pytest.mark.parametrize("rate", [2 * c, c + 1, c**2 + c + 1])
def test_a_faster_decay_is_refuted(rate):
    assert below(decay, p0 * sp.exp(-rate * t), -rate * p0) == REFUTED


def test_a_slower_decay_is_no_lower_bound():
    assert below(decay, p0 * sp.exp(-c * t / 2), -c * p0 / 2, from_below=True) == REFUTED


def test_an_envelope_solves_its_own_equation():
    assert below(decay, p0 * sp.exp(-2 * c * t), -c * p0) != PROVED


def test_an_envelope_starts_with_the_quantity():
    assert below(decay, fall / 2, -c * p0) == REFUTED
    assert below(decay, 2 * fall, -c * p0) != PROVED


def test_algebraic_decay_has_the_exponent_of_its_equation():
    assert below(half, p0 / (1 + p0 * t), -(p0**2)) == PROVED
    assert below(half, p0 / (1 + 2 * p0 * t), -2 * p0**2) == REFUTED
    assert below(half, (p0**-2 + 2 * t) ** (-sp.S.Half), -(p0**3)) == REFUTED


def test_an_envelope_that_blows_up_bounds_nothing_beyond():
    flow = Foreign(((x, x**2),), (Fact(x, "positive"),))
    claim = lambda until: Dominated(flow, x, p0, rise, p0**2, t, until)
    assert outcome(lambda: claim((AtMost(0, t),)), at=AT) != PROVED
    within = (AtMost(0, t), Less(t, 1 / p0))
    assert outcome(lambda: claim(within), at={**AT, p0: sp.S.Half, t: sp.S.Half}) == PROVED


def test_the_times_of_an_envelope_begin_at_zero():
    flow = Foreign(((x, x**2),), (Fact(x, "positive"),))
    later = (Less(1 / p0, t),)
    assert outcome(lambda: Dominated(flow, x, p0, rise, p0**2, t, later), at={**AT, t: 3}) != PROVED
    assert outcome(lambda: Dominated(flow, x, p0, rise, p0**2, t, (Unequal(t, 1 / p0),)), at={**AT, t: 3}) == REFUSED


def test_the_inequality_holds_on_the_whole_domain():
    # below 1 the decay is slower than linear
    assert below(half, fall, -c * p0) != PROVED
    flow = Foreign(((x, -(x**2)),), (Fact(x - 1, "positive"),))
    assert below(flow, p0 * sp.exp(-t), -p0) == PROVED


def test_a_region_narrows_the_claim():
    assert below(half, p0 * sp.exp(-t), -p0, on=(Less(1, x),)) == PROVED


def test_a_region_is_open():
    assert below(half, p0 * sp.exp(-t), -p0, on=(Identity(x, 1),)) == REFUSED


def test_a_region_on_whose_edge_alone_it_fails_refutes_nothing():
    # at x = 1 the solution leaves x >= 1 at once
    verdict = below(Foreign(((x, -(2 - x)),), ()), p0 * sp.exp(-3 * t), -3 * p0, on=(AtMost(1, x), AtMost(x, 1)))
    assert verdict != REFUTED


def test_where_the_rate_is_not_lipschitz_nothing_is_compared():
    # x = 0 solves x' = x^(1/2) and so does t^2/4
    flow = Foreign(((x, sp.sqrt(x)),), (Fact(x, "nonnegative"),))
    assert below(flow, ZERO * t, sp.sqrt(N0), start=N0) != PROVED
    still = equation((x, 0))
    assert below(still, (sp.sqrt(N0) + t / 2) ** 2, sp.sqrt(N0), start=N0, quantity=x**2, from_below=True) != PROVED


def test_the_envelope_of_a_root_needs_a_positive_start():
    still = equation((x, 0))
    root = (sp.sqrt(N0) + t / 2) ** 2
    assert below(still, root, sp.sqrt(N0), start=N0, quantity=x**2) != PROVED


def test_a_quantity_obeys_the_assumptions_on_its_start():
    flow = equation((x, -x))
    assert below(flow, p0 * sp.exp(-t), -p0) != PROVED
    assert below(flow, q0 * sp.exp(-t), -q0, start=q0) == PROVED


def test_a_hypothesis_on_the_start_or_the_state_narrows_nothing():
    flow = equation((x, -(x**2)))
    claim = lambda: dominated(flow, x, q0, q0 / (1 + q0 * t), -(q0**2), t)
    assert outcome(claim, given=[Less(0, q0), Less(0, x)], at=AT) != PROVED
    line = lambda: dominated(equation((x, x)), x, q0, q0, ZERO, t)
    assert outcome(line, given=[Less(x, 0)], at={**AT, x: -1}) != PROVED


def test_a_hypothesis_on_time_narrows_nothing():
    claim = lambda: dominated(Foreign(((x, x**2),), (Fact(x, "positive"),)), x, p0, rise, p0**2, t)
    assert outcome(claim, given=[Less(t, 1 / p0)], at={**AT, p0: sp.S.Half}) != PROVED


@pytest.mark.parametrize(
    ("quantity", "start", "bound", "rate"),
    [
        (x * p0, p0, fall, -c * p0),
        (x, p0, x * sp.exp(-c * t), -c * p0),
        (x, p0, fall, -c * p0 * t),
        (x, c, c * sp.exp(-c * t), -(c**2)),
        (x, x, x * sp.exp(-c * t), -c * x),
        (x, t, t, ZERO),
    ],
)
def test_start_state_and_time_are_kept_apart(quantity, start, bound, rate):
    assert below(decay, bound, rate, start=start, quantity=quantity) == REFUSED


def test_a_start_is_a_real_number():
    n0 = sp.Symbol("n0", integer=True)
    assert below(equation((x, 0)), n0, ZERO, start=n0) == REFUSED


def test_a_false_certificate_shows_no_gap():
    assert below(half, p0 / (1 + 2 * p0 * t), -2 * p0**2, by=x**2) == REFUTED
    assert below(half, p0 / (1 + p0 * t / 2), -(p0**2) / 2, by=x**2 / 3) != PROVED
    assert below(half, p0 / (1 + p0 * t / 2), -(p0**2) / 2, by=x**2 / 2) == PROVED


# Concave certificates.

cubic = Foreign(((x, x * (x - 1) * (3 - x)),), (Fact(x, "positive"),))
parabola = Concave(x, (x - 1) * (3 - x), (ONE, sp.Integer(3)), (-sp.oo, sp.oo))


def attracted(flow, to, between, **more):
    return outcome(lambda: Attracts(flow, sp.sympify(to), tuple(map(sp.sympify, between)), **more), at=AT)


def test_a_concave_shape_tells_the_three_regions():
    assert attracted(cubic, 3, (1, sp.oo), by=parabola) == PROVED
    assert attracted(cubic, 0, (0, 1), by=parabola) == PROVED
    assert attracted(cubic, 3, (2, 5), by=parabola) == PROVED


@pytest.mark.parametrize(
    ("to", "between"), [(3, (0, sp.oo)), (0, (0, 2)), (1, (0, 3)), (1, (1, 3)), (sp.oo, (1, sp.oo))]
)
def test_a_basin_that_holds_another_rest_is_refuted(to, between):
    assert attracted(cubic, to, between, by=parabola) == REFUTED
    assert attracted(cubic, to, between) == REFUTED


def test_a_shape_that_is_convex_shows_nothing():
    valley = Concave(x, (x - 1) * (x - 3), (ONE, sp.Integer(3)), (-sp.oo, sp.oo))
    flow = Foreign(((x, x * (x - 1) * (x - 3)),), (Fact(x, "positive"),))
    assert attracted(flow, 3, (1, sp.oo), by=valley) == REFUTED


def test_a_shape_vanishes_at_its_zeros_and_in_their_order():
    wrong = Concave(x, (x - 1) * (3 - x), (ONE, TWO), (-sp.oo, sp.oo))
    swapped = Concave(x, (x - 1) * (3 - x), (sp.Integer(3), ONE), (-sp.oo, sp.oo))
    assert attracted(cubic, 3, (1, sp.oo), by=wrong) != PROVED
    assert attracted(cubic, 3, (1, sp.oo), by=swapped) != PROVED


def test_a_single_zero_is_not_a_double_one():
    single = Concave(x, (x - 1) * (3 - x), (sp.Integer(3), sp.Integer(3)), (-sp.oo, sp.oo))
    assert attracted(cubic, 0, (0, 3), by=single) == REFUTED
    touching = Foreign(((x, -x * (x - 1) ** 2),), (Fact(x, "positive"),))
    double = Concave(x, -((x - 1) ** 2), (ONE, ONE), (-sp.oo, sp.oo))
    assert attracted(touching, 1, (1, sp.oo), by=double) == PROVED
    assert attracted(touching, 0, (0, 1), by=double) == PROVED
    assert attracted(touching, 0, (0, 2), by=double) == REFUTED


def test_the_same_zero_under_two_names_is_not_between_itself():
    twice = Concave(x, (x - 1) * (3 - x), (q0, ONE), (-sp.oo, sp.oo))
    claim = lambda: Attracts(cubic, sp.Integer(3), (ONE, sp.oo), by=twice)
    assert outcome(claim, given=[Identity(q0, 1)], at=AT) != PROVED


def test_concavity_is_shown_wherever_it_is_used():
    shape = -((x - 1) ** 2) * (x + 1)  # concave only beyond 1/3
    flow = Foreign(((x, shape),), (Fact(x + 5, "positive"),))
    wide = Concave(ONE, shape, (ONE, ONE), (-sp.oo, sp.oo))
    assert attracted(flow, -5, (-5, 1), by=wide) == REFUTED
    narrow = Concave(ONE, shape, (ONE, ONE), (sp.Rational(1, 2), sp.oo))
    assert attracted(flow, -5, (-5, 1), by=narrow) == REFUTED
    assert attracted(flow, 1, (1, sp.oo), by=narrow) == PROVED


def test_a_unit_is_positive_on_the_interval():
    flow = Foreign(((x, (2 - x) * (x - 1) * (3 - x)),), (Fact(x, "positive"),))
    unit = Concave(2 - x, (x - 1) * (3 - x), (ONE, sp.Integer(3)), (-sp.oo, sp.oo))
    assert attracted(flow, 3, (1, sp.oo), by=unit) == REFUTED


def test_infinite_zeros_are_refused():
    open_ended = Concave(x, (x - 1) * (3 - x), (ONE, sp.oo), (-sp.oo, sp.oo))
    assert attracted(cubic, 3, (1, sp.oo), by=open_ended) == REFUSED


def test_a_double_zero_bounds_a_gap():
    # x' = -x(1 + (x-1)^2) is at most -x
    flow = Foreign(((x, -x - x * (x - 1) ** 2),), (Fact(x, "positive"),))
    double = Concave(x, -((x - 1) ** 2), (ONE, ONE), (-sp.oo, sp.oo))
    assert below(flow, p0 * sp.exp(-t), -p0, by=double) == PROVED
    assert below(flow, p0 * sp.exp(-2 * t), -2 * p0, by=double) == REFUTED
    two = Concave(x, -(x - 1) * (x - 2), (ONE, TWO), (-sp.oo, sp.oo))
    assert below(Foreign(((x, -x - x * (x - 1) * (x - 2)),), (Fact(x, "positive"),)), fall, -c * p0, by=two) == REFUSED


def test_a_concave_gap_is_one_of_a_line():
    double = Concave(x, -((x - 1) ** 2), (ONE, ONE), (-sp.oo, sp.oo))
    plane = Foreign(((x, -x - x * (x - 1) ** 2), (y, ZERO)), (Fact(x, "positive"),))
    assert below(plane, p0 * sp.exp(-t), -p0, by=double) == REFUSED


# The phase line.


def test_a_flow_grows_beyond_every_bound_if_nothing_holds_it():
    growth = Foreign(((x, x**2),), (Fact(x, "positive"),))
    assert attracted(growth, sp.oo, (0, sp.oo)) == PROVED
    assert attracted(equation((x, x**2)), sp.oo, (-1, sp.oo)) == REFUTED
    assert attracted(equation((x, -x - 1)), -sp.oo, (-sp.oo, -1)) == REFUTED
    assert attracted(equation((x, x)), -sp.oo, (-sp.oo, 0)) == PROVED


def test_a_rest_inside_is_refuted_even_if_only_touched():
    assert attracted(equation((x, -((x - 1) ** 2))), 0, (0, 2)) == REFUTED


def test_an_aim_between_is_at_rest():
    assert attracted(equation((x, 2 - x)), 1, (0, 3)) == REFUTED


def test_an_interval_in_order():
    assert attracted(equation((x, -x)), 0, (0, -1)) != PROVED
    assert attracted(equation((x, -x)), 0, (0, 0)) == REFUSED
    assert attracted(equation((x, 1 - x)), 1, (2, 3)) != PROVED
    assert attracted(equation((x, 1 - x)), sp.oo, (0, 3)) == REFUSED
    assert attracted(equation((x, 1 - x)), 0, (sp.oo, 3)) == REFUSED


def test_an_interval_in_the_domain():
    half_line = Foreign(((x, 1 - x),), (Fact(x, "positive"),))
    assert attracted(half_line, 1, (-1, 3)) == REFUTED
    assert attracted(half_line, 1, (0, 3)) == PROVED
    assert outcome(lambda: Attracts(balanced, rho, (-ONE, sp.oo)), at={lam: 1, sigma2: 1, rho: 1, u: 1}) != PROVED


def test_a_pole_inside_is_not_passed():
    assert attracted(equation((x, (1 - x) / (x - 2) ** 2)), 1, (0, 5)) != PROVED


def test_ends_and_aims_do_not_move():
    assert attracted(equation((x, 1 - x)), x, (0, 3)) == REFUSED
    assert attracted(equation((x, 1 - x)), 1, (0, x + 1)) == REFUSED


def test_only_lines_have_a_phase_line():
    assert attracted(equation((x, 1 - x), (y, -y)), 1, (0, 3)) == REFUSED


def test_a_hypothesis_on_the_state_does_not_hide_a_rest():
    claim = lambda: Attracts(equation((x, (2 - x) * (1 - x))), ONE, (ZERO, sp.oo))
    assert outcome(claim, given=[Less(x, 2)], at=AT) != PROVED


def test_a_certificate_of_the_wrong_side_is_not_taken():
    flow = equation((x, 1 - x))
    assert attracted(flow, 1, (0, 3), below=x - 1, above=1 - x) != PROVED
    assert attracted(flow, 1, (0, 3), below=1 - x, above=x - 1) == PROVED


def test_messages_say_what_is_needed():
    claim = dominated(decay, x, c, c, ZERO, t)
    with pytest.raises(SymjepaError, match="symbols of their own"):
        compiled(claim)


# Relations shown first.


def test_a_relation_that_is_used_is_shown_all_over_the_interval():
    flow = equation((x, (2 - x) * (1 - x)))
    claim = lambda high: Attracts(flow, ONE, (ZERO, sp.sympify(high)), using=(Less(x, 2),))
    assert outcome(lambda: claim(5), at=AT) != PROVED
    assert outcome(lambda: claim(2), at=AT) == PROVED


def test_a_false_relation_does_not_open_the_domain():
    flow = Foreign(((x, 1 - x),), (Fact(x, "positive"),))
    assert attracted(flow, 1, (-1, 3), using=(Less(0, x),)) != PROVED


def test_a_relation_about_a_positive_state_is_no_assumption():
    z = sp.Symbol("z", positive=True)
    flow = Foreign(((z, 1 - z),))
    claim = lambda low: Attracts(flow, ONE, (sp.Integer(low), sp.oo), using=(AtMost(0, z),))
    assert outcome(lambda: claim(-1), at={z: 1}) != PROVED
    assert outcome(lambda: claim(0), at={z: 1}) == PROVED


def test_a_relation_in_a_comparison_is_shown_all_over_the_domain():
    assert below(half, p0 * sp.exp(-t), -p0, using=(Less(1, x),)) != PROVED
    beyond = Foreign(((x, -(x**2)),), (Fact(x - 1, "positive"),))
    assert below(beyond, p0 * sp.exp(-t), -p0, using=(Less(1, x**2), Less(x, x**2))) == PROVED


def test_a_shape_need_not_vanish_where_it_only_bounds():
    inner = Concave(x, (x - 1) * (3 - x), (TWO, sp.Integer(3)), (-sp.oo, sp.oo))
    assert attracted(cubic, 3, (2, sp.oo), by=inner) == PROVED
    assert attracted(cubic, 3, (1, sp.oo), by=inner) != PROVED
    outer = Concave(x, (x - 1) * (3 - x), (sp.S.Half, sp.Integer(3)), (-sp.oo, sp.oo))
    assert attracted(cubic, 0, (0, sp.S.Half), by=outer) == PROVED
    assert attracted(cubic, 3, (sp.S.Half, sp.oo), by=outer) == REFUTED
    assert attracted(cubic, 0, (0, 1), by=outer) != PROVED


def test_a_shape_that_is_negative_at_both_is_positive_nowhere_shown():
    beyond = Concave(x, (x - 1) * (3 - x), (sp.S.Half, sp.Integer(4)), (-sp.oo, sp.oo))
    assert attracted(cubic, 4, (sp.S.Half, 4), by=beyond) == REFUTED
    assert attracted(cubic, 0, (0, sp.S.Half), by=beyond) != PROVED


def test_a_double_zero_on_a_half_line():
    flow = Foreign(((x, -x - x * (x - 1) ** 2),), (Fact(x, "positive"),))
    half_line = Concave(x, -((x - 1) ** 2), (ONE, ONE), (ZERO, sp.oo))
    assert below(flow, p0 * sp.exp(-t), -p0, by=half_line) == PROVED
    wide = Concave(x, -((x - 1) ** 2), (ONE, ONE), (sp.S.Half, sp.oo))
    assert below(flow, p0 * sp.exp(-t), -p0, by=wide) != PROVED


def test_a_curve_in_the_plane_is_no_open_region():
    flow = Foreign(((x, -x), (y, -y)), (Fact(x - y, "zero"), Fact(x, "positive")))
    assert below(flow, p0 * sp.exp(-3 * t), -3 * p0) != PROVED


def test_an_envelope_has_a_value_at_the_start():
    assert below(decay, p0 / t, -(p0**2)) != PROVED


def test_a_start_is_no_letter_of_the_domain_or_the_manifold():
    bounded = Foreign(((x, -x),), (Fact(x - p0, "positive"),))
    assert below(bounded, p0 * sp.exp(-t), -p0) == REFUSED
    curve = restricted(equation((x, -x), (y, 0)), {y: p0})
    assert below(curve, p0 * sp.exp(-t), -p0) == REFUSED
