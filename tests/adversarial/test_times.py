"""Times that are wrong: stops that are never reached, integrals over a pole, clocks and chains that cheat."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Claim, Hits, Identity, Less, solves
from symjepa.symbols import u
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, equation, outcome

z, s, e0 = (sp.Symbol(name, positive=True) for name in ("z", "s", "e0"))
y = sp.Symbol("y", real=True)
t = sp.Symbol("t", real=True)
logistic = equation((u, u * (1 - u)))
time = sp.log(z / (1 - z)) - sp.log(e0 / (1 - e0))
integral = sp.Integral(1 / (y * (1 - y)), (y, e0, z))
below = (AtMost(e0, z), Less(z, 1))
at = {z: sp.Rational(1, 2), e0: sp.Rational(1, 4), u: 1}


def clock(stop: sp.Expr, start: sp.Expr = e0, state: sp.Symbol = u) -> sp.Expr:
    """The time of passage as an integral, whatever its letter."""
    return sp.Integral(1 / (y * (1 - y)), (y, start, state))


def timed(stop: sp.Expr, on: tuple[Claim, ...], **more: object) -> Hits:
    """The logistic flow on its way from e0 to a stop, timed by an integral."""
    return Hits(logistic, e0, stop, clock(stop).subs(u, stop), on, clock=clock(stop), **more)  # type: ignore[arg-type]


def test_the_integral_is_the_time() -> None:
    assert outcome(lambda: timed(z, below), at=at) == PROVED


def test_a_fraction_of_the_fixed_point_is_reached() -> None:
    assert outcome(lambda: timed(z / 2, (AtMost(e0, z / 2), Less(z, 1))), at={**at, z: sp.Rational(3, 4)}) == PROVED


@pytest.mark.parametrize(
    ("stop", "on"),
    [
        (sp.S.One, (Less(e0, 1),)),
        (1 + z, (Less(e0, 1),)),
        (z, (AtMost(e0, z),)),
        (z, (Less(z, 1),)),
        (z, (AtMost(z, e0), Less(e0, 1))),
        (z, (Less(1, e0), AtMost(z, 2))),
    ],
    ids=["the fixed point", "beyond it", "anywhere above", "starts above too", "backward", "from above"],
)
def test_what_is_never_reached_has_no_time(stop: sp.Expr, on: tuple[Claim, ...]) -> None:
    assert outcome(lambda: timed(stop, on), at={z: sp.Rational(1, 2), e0: sp.Rational(1, 2)}) != PROVED


def test_a_sinking_mode_does_not_rise() -> None:
    above = (Less(1, z), AtMost(z, e0))
    down = sp.Integral(1 / (y * (y - 1)), (y, u, e0))
    falls = Hits(logistic, e0, z, down.subs(u, z), above, clock=down, falling=True)
    assert outcome(lambda: falls, at={z: 2, e0: 3, u: 1}) == PROVED
    rises = Hits(logistic, e0, z, down.subs(u, z), above, clock=down)
    assert outcome(lambda: rises, at={z: 2, e0: 3, u: 1}) != PROVED


def test_an_integral_over_the_pole_is_no_time() -> None:
    over = (Less(e0, 1), Less(1, z))
    assert outcome(lambda: timed(z, over), at={z: 2, e0: sp.Rational(1, 2), u: 1}) != PROVED


@pytest.mark.parametrize("letter", [u, z, e0, sp.Symbol("u", real=True)], ids=str)
def test_the_letter_under_the_integral_is_nobody_elses(letter: sp.Symbol) -> None:
    own = sp.Integral(1 / (letter * (1 - letter)), (letter, e0, u))
    hit = Hits(logistic, e0, z, sp.Integral(1 / (letter * (1 - letter)), (letter, e0, z)), below, clock=own)
    assert outcome(lambda: hit, at=at) == PROVED
    doubled = Hits(logistic, e0, z, 2 * hit.time, below, clock=2 * own)
    assert outcome(lambda: doubled, at=at) == REFUTED


def test_a_captured_limit_is_not_proved() -> None:
    """The integrand holds the stop: under the sign it is a constant, not the letter."""
    mixed = sp.Integral(1 / (z * (1 - z)), (y, e0, u))
    assert outcome(lambda: Hits(logistic, e0, z, mixed.subs(u, z), below, clock=mixed), at=at) == REFUTED


@pytest.mark.parametrize(
    "claim",
    [
        Hits(logistic, e0, u, sp.S.Zero, clock=sp.S.Zero),
        Hits(logistic, e0, z / 2, sp.S.Zero),
        Hits(logistic, e0, z, sp.S.Zero, on=(Less(u, 1),), clock=sp.S.Zero),
        Hits(logistic, u, z, sp.S.Zero, clock=sp.S.Zero),
        Hits(logistic, e0, z, u, clock=u),
    ],
    ids=["stops at the state", "no clock", "a condition on the state", "starts at the state", "a time that moves"],
)
def test_ends_hold_no_state(claim: Hits) -> None:
    assert outcome(lambda: claim, at=at) == REFUSED


def test_a_clock_begins_at_zero_and_ends_at_the_time() -> None:
    late = Hits(logistic, e0, z, integral + 1, below, clock=clock(z) + 1)
    wrong = Hits(logistic, e0, z, integral + 1, below, clock=clock(z))
    assert outcome(lambda: late, at=at) == REFUTED
    assert outcome(lambda: wrong, at=at) == REFUTED


def test_a_hypothesis_on_the_state_does_not_narrow_the_way() -> None:
    through = timed(z, (AtMost(e0, z),))
    assert outcome(lambda: through, given=(Less(u, 1), Less(z, 2), Less(e0, 1)), at=at) != PROVED


# Chains.


def chained(gap: sp.Expr, *args: object, strict: bool = True, **more: object) -> str:
    """The outcome of 0 < gap, or 0 ≤ gap, by a chain in z above 1."""
    claim = Less(0, gap, by=Chain(z, *args, **more)) if strict else AtMost(0, gap, by=Chain(z, *args, **more))  # type: ignore[arg-type]
    return outcome(lambda: claim, given=(Less(1, z), Less(z, 3)), at={z: 2})


def test_a_chain_reaches_as_far_as_its_variable() -> None:
    assert chained(1 / (3 - z), sp.S.One) == PROVED


def test_a_chain_does_not_jump_a_pole() -> None:
    assert chained(1 / (z - 2) ** 3 + 1, sp.S.One) != PROVED


def test_a_flat_chain_shows_no_strict_sign() -> None:
    assert chained(sp.S.Zero * z, sp.S.One, strict=False) == PROVED
    assert chained(sp.S.Zero * z + 0, sp.S.One) != PROVED


def test_a_chain_that_turns_back_is_not_proved() -> None:
    assert chained((z - 1) * (sp.Rational(5, 2) - z), sp.S.One) != PROVED


def test_a_chain_begins_where_its_function_is_not_negative() -> None:
    assert chained(z - 2, sp.S.One) != PROVED


def test_a_falling_chain_begins_above() -> None:
    assert chained(3 - z, sp.Integer(3), falling=True) == PROVED
    assert chained(3 - z, sp.S.One, falling=True) != PROVED
    assert chained(z - 3, sp.Integer(3), falling=True) != PROVED


def test_a_slope_is_what_it_is_said_to_be() -> None:
    assert chained((z - 1) ** 2, sp.S.One, 2 * (z - 1)) == PROVED
    assert chained((z - 1) * (2 - z), sp.S.One, 2 * (z - 1)) != PROVED


def test_what_a_chain_uses_is_shown_on_the_whole_way() -> None:
    gap = (z - 1) ** 2
    true, false = AtMost(0, z - 1), AtMost(2, z)
    assert chained(gap, sp.S.One, using=(true,)) == PROVED
    assert chained(gap * (z - 2), sp.S.One, using=(false,)) != PROVED


def test_a_chain_within_a_chain_is_a_chain() -> None:
    convex = AtMost(0, z**3 - 3 * z + 2, by=Chain(z, sp.S.One, 3 * (z - 1) * (z + 1)))
    wrong = AtMost(0, z**3 - 4 * z + 3, by=Chain(z, sp.S.One))
    gap = z**4 / 4 - 3 * z**2 / 2 + 2 * z - sp.Rational(3, 4)
    assert chained(gap, sp.S.One, using=(convex,), strict=False) == PROVED
    assert chained(z**4 / 4 - 2 * z**2 + 3 * z - sp.Rational(5, 4), sp.S.One, using=(wrong,), strict=False) != PROVED


# Lambert's W below zero.


def test_below_its_branch_point_lambert_has_no_value() -> None:
    assert outcome(lambda: Identity(sp.LambertW(-z), sp.LambertW(-z)), at={z: 1}) != PROVED


def test_lambert_inverts_down_to_minus_one() -> None:
    inverse = Identity(sp.LambertW(-z * sp.exp(-z)), -z)
    assert outcome(lambda: inverse, given=(Less(z, 1),), at={z: sp.Rational(1, 2)}) == PROVED
    assert outcome(lambda: inverse, given=(Less(1, z),), at={z: 2}) == REFUTED


def test_lambert_below_zero_is_negative_and_above_minus_one() -> None:
    inside = (Less(z, sp.exp(-1)),)
    at = {z: sp.Rational(1, 4)}
    assert outcome(lambda: Less(sp.LambertW(-z), 0), given=inside, at=at) == PROVED
    assert outcome(lambda: Less(-1, sp.LambertW(-z)), given=inside, at=at) == PROVED
    assert outcome(lambda: Less(sp.Rational(-1, 2), sp.LambertW(-z)), given=inside, at=at) == REFUTED
    assert outcome(lambda: Less(0, 1 + 2 * sp.LambertW(-z)), given=inside, at=at) == REFUTED


def test_the_exponential_of_lambert_is_divided_by_it_away_from_zero_alone() -> None:
    x = sp.Symbol("x", real=True)
    divided = Identity(sp.exp(sp.LambertW(x)), x / sp.LambertW(x))
    inside = (Less(-sp.exp(-1), x),)
    assert outcome(lambda: divided, given=inside, at={x: 1}) != PROVED
    assert outcome(lambda: divided, given=(Less(0, x),), at={x: 1}) == PROVED


def test_a_solution_from_above_runs_at_its_own_speed() -> None:
    flow = equation((u, u**2 * (1 - u)))
    x1 = 1 - 1 / z
    edge = sp.exp(-1)
    above = Less(-edge, -x1 * sp.exp(-x1 - t))
    value = 1 / (1 + sp.LambertW(-x1 * sp.exp(-x1 - t)))
    twice = 1 / (1 + sp.LambertW(-x1 * sp.exp(-x1 - 2 * t)))
    for wrong in (twice, 1 / (1 + sp.LambertW(x1 * sp.exp(x1 - t)))):
        claim = solves(flow, {u: wrong}, {u: z}, t, using=(above,))
        assert outcome(lambda claim=claim: claim, given=(Less(1, z),), at={z: 2}) != PROVED  # type: ignore[misc]
    assert value != twice
