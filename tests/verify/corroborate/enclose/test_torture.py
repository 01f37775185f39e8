"""Where integrators go wrong: stiffness, near-singularities, thresholds, tiny starts, long times, depth.

Each enclosure must reach its digits, contain an independent integration of 15 more digits, and exclude it when shifted.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, fmpz

import symjepa as sj
from symjepa.exact.balls import precision
from symjepa.verify.corroborate.enclose import Stop, enclose
from symjepa.verify.corroborate.peers import by_heyoka
from tests.verify.corroborate.enclose.trajectories import (
    TENTH,
    checked,
    contains,
    ema,
    everywhere,
    flow,
    narrow,
    parameters,
    spread_out,
)

R = sp.Rational


def test_every_layer_of_an_ema_per_layer_with_decay_and_its_own_rate() -> None:
    modes = flow("layers", 2, 1, sj.LayerEMA(sj.tau), eta=sj.eta, alpha=sj.alpha)
    checked(modes, parameters(modes), spread_out(modes), 2, 25)


def test_eight_amplitudes() -> None:
    modes = flow("layers", 3, 2, sj.LayerEMA(sj.tau))
    assert len(modes.state) == 8
    checked(modes, parameters(modes), spread_out(modes), 1, 20)


def test_depth_ten_with_a_predictor_of_depth_ten() -> None:
    modes = flow("balanced", 10, 10)
    checked(modes, parameters(modes), {"u": R(9, 10)}, 2, 25)


def test_depth_ten_falling_fast() -> None:
    modes = flow("balanced", 10, 1)
    checked(modes, parameters(modes), {"u": R(11, 10)}, R(1, 10), 25)


def test_a_stiff_triple() -> None:
    """Slopes of 10^3 beside one of 10^-3."""
    modes = ema()
    values = parameters(modes, lam=sp.Integer(1000), sigma2=sp.Integer(800), tau=R(1, 1000))
    checked(modes, values, everywhere(modes, TENTH), R(1, 20), 25)


def test_a_tiny_start() -> None:
    modes = ema()
    checked(modes, parameters(modes), everywhere(modes, R(1, 10**12)), 5, 30)


def test_amplitudes_of_very_different_sizes_are_all_relatively_accurate() -> None:
    modes = ema()
    checked(modes, parameters(modes), {"w": R(1, 10**9), "v": R(2), "b": R(1, 10**15)}, 2, 25)


def test_a_start_on_the_threshold_stays_on_it() -> None:
    """w = -v is invariant: on it both die, beside it both live."""
    modes = flow("product", 1, 1)
    checked(modes, parameters(modes), {"w": TENTH, "v": -TENTH}, 10, 25)


def test_a_start_just_beside_the_threshold() -> None:
    """What is 10^-10 at the start is of order one at the end."""
    modes = flow("product", 1, 1)
    checked(modes, parameters(modes), {"w": TENTH + R(1, 10**10), "v": -TENTH}, 20, 25)


def test_a_fixed_point_with_an_exact_binary_value() -> None:
    modes = flow("product", 1, 1)
    assert str(checked(modes, parameters(modes, lam=R(1), sigma2=R(1)), everywhere(modes, R(1)), 10, 20))


def test_the_origin_stays_where_it_is() -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), everywhere(modes, R(0)), 7, 20)
    assert found.complete and all(x.contains(0) for x in found.value.values())


def test_a_collapse_keeps_relative_digits() -> None:
    modes = flow("product", 1, 1, eta=sj.eta)
    found = checked(modes, parameters(modes, eta=R(2)), everywhere(modes, TENTH), 12, 20)
    assert all(abs(x) < R(1, 10**9) for x in (float(v.mid()) for v in found.value.values()))


def test_an_exponential_is_enclosed() -> None:
    """Without predictor and layers the mode is w(0) exp((λ - σ²) t): no integrator, but a function of FLINT's."""
    modes = flow("product", 1, 0)
    found = enclose(modes, parameters(modes), {"w": TENTH}, 3, 60)
    with precision(400):
        assert found.value[sj.w].contains((arb(-9) / 5).exp() / 10)
    assert found.complete


def test_a_pole_is_approached_and_never_crossed() -> None:
    """u' = u³ from 1 is 1/√(1 - 2t): it ends at 1/2, and so does every honest enclosure before it."""
    modes = flow("balanced", 2, 0)
    found = enclose(modes, parameters(modes, lam=R(2), sigma2=R(1)), {"u": R(1)}, 30, 20)
    assert found.stop is Stop.BLOW_UP
    assert Fraction(1, 2) - Fraction(1, 10**5) < found.reached < Fraction(1, 2)
    assert "lower bound" in str(found) and not found.complete
    with precision(300):
        left = 1 - 2 * arb(found.reached.numerator) / arb(found.reached.denominator)
        assert found.value[sj.u].contains(1 / left.sqrt())


def test_just_before_a_pole() -> None:
    modes = flow("balanced", 2, 0)
    found = enclose(modes, parameters(modes, lam=R(2), sigma2=R(1)), {"u": R(1)}, R(1, 2) - R(1, 10**4), 30)
    assert found.complete
    with precision(300):
        assert found.value[sj.u].contains(arb(5000).sqrt())


# Minutes.  python -m pytest -m slow tests/verify/corroborate/enclose

SLOW: dict[str, tuple[Any, dict[str, Any], Any, Any, int]] = {
    "stiff": (ema, {"lam": R(1000), "sigma2": R(800), "tau": R(1, 1000)}, TENTH, 1, 40),
    "fast teacher": (ema, {"tau": R(5000)}, TENTH, R(1, 4), 40),
    "huge ratio": (ema, {"lam": R(10**6), "sigma2": TENTH}, R(1, 1000), R(1, 200), 40),
    "long": (ema, {}, TENTH, 100, 45),
    "escape": (ema, {}, R(1, 1000), 300, 40),
    "many digits": (ema, {}, TENTH, 10, 200),
    "depth 10": (lambda: flow("balanced", 10, 1), {}, R(11, 10), 3, 40),
    "depth 10, teacher": (lambda: flow("balanced", 10, 1, sj.LayerEMA(sj.tau)), {}, R(9, 10), 20, 40),
    "eight": (lambda: flow("layers", 3, 2, sj.LayerEMA(sj.tau), eta=sj.eta, alpha=sj.alpha), {}, R(4, 5), 10, 30),
    "shared": (lambda: flow("layers", 2, 2, sj.Shared()), {}, R(3, 5), 20, 30),
    "data": (lambda: flow("layers", 2, 2, data=True), {}, R(2, 5), 20, 30),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_torture(name: str) -> None:
    make, changed, size, time, digits = SLOW[name]
    modes = make()
    checked(modes, parameters(modes, **changed), everywhere(modes, size), time, digits)


@pytest.mark.slow
def test_digits_survive_to_time_400() -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), everywhere(modes, TENTH), 400, 45)
    assert found.complete and narrow(found, 45)


@pytest.mark.needs("heyoka")
@pytest.mark.parametrize("name", SLOW)
def test_what_heyoka_finds_at_higher_precision_is_contained(name: str) -> None:
    make, changed, size, time, digits = SLOW[name]
    modes = make()
    values, start = parameters(modes, **changed), everywhere(modes, size)
    found = enclose(modes, values, start, time, digits)
    run = by_heyoka(modes, values, start, [time], digits=digits + 20)
    exact = {x: _number(run.states[x][0]) for x in modes.state}
    hair = max((abs(x) for x in exact.values()), key=lambda x: float(x.mid())) * arb(10) ** -digits
    assert found.complete and all(contains(found.value, exact))
    assert not any(contains(found.value, exact, hair))


def _number(x: Any) -> arb:
    mantissa, exponent = (int(part) for part in x.man_exp)
    return arb((fmpz(-abs(mantissa) if x < 0 else abs(mantissa)), fmpz(exponent)))
