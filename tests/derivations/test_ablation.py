"""The ablations at drawn exact numbers: rates as derived, against what the theorems say, without the kernel."""

from __future__ import annotations

import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from symjepa.book.ablation import imbalance_opposite_signs as opposite
from symjepa.book.ablation import imbalance_signs_ema as signs
from symjepa.book.ablation import imbalance_threshold_ema as ema
from symjepa.book.ablation import weight_decay_threshold as decay

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor, Shared
from symjepa.statements.descriptions import modes
from symjepa.symbols import K, alpha, b, eta, lam, sigma2, tau, w

numbers = st.builds(sp.Rational, st.integers(1, 12), st.integers(1, 6))
signed = st.builds(sp.Rational, st.integers(-12, 12), st.integers(1, 6))
depths = st.tuples(st.integers(1, 3), st.integers(1, 3))


def rates(model, coordinates, **values):
    """The rates of a model at numbers, by the names of its state."""
    point = {sp.Symbol(name): value for name, value in values.items()}
    named = lambda expr: expr.xreplace({s: point[sp.Symbol(s.name)] for s in expr.free_symbols})
    return {x.name: named(rate) for x, rate in modes(model, coordinates).rates.items()}


def latent(teacher, encoder, predictor, weight_decay=sp.S.Zero):
    return Model(Encoder(encoder), Predictor(predictor), LatentPrediction(), teacher, sp.S.One, weight_decay)


@settings(max_examples=30, deadline=None)
@given(depths, numbers, numbers)
def test_without_predictor_a_mode_moves_by_the_sign_of_its_gap(depth, covariance, variance):
    rate = rates(latent(Live(), depth[0], 0), "balanced", u=sp.Rational(3, 2), lam=covariance, sigma2=variance)["u"]
    assert sp.sign(rate) == sp.sign(covariance - variance)


@settings(max_examples=30, deadline=None)
@given(signed, signed, signed, numbers, numbers)
def test_without_stop_gradient_the_encoder_shrinks_by_what_the_best_predictor_leaves(W, V, covariance, variance, left):
    values = {"lam": covariance, "sigma2": variance, "sigma2_y": left + covariance**2 / variance, "w": W, "v": V}
    rate = rates(latent(Shared(), 1, 1), "product", **values)["w"]
    assert 2 * W * rate <= -2 * left * W**2


@settings(max_examples=30, deadline=None)
@given(numbers, signed, numbers, numbers)
def test_for_perfect_views_the_difference_of_squares_stands_still(W, V, c, variance):
    values = {"lam": c * variance, "sigma2": variance, "sigma2_y": c**2 * variance, "w": W, "v": V}
    found = rates(latent(Shared(), 1, 1), "product", **values)
    assert W * found["w"] == (V - c) * found["v"]


@settings(max_examples=40, deadline=None)
@given(depths, numbers, numbers, numbers)
def test_above_its_threshold_weight_decay_wins_at_every_amplitude(depth, c, amplitude, variance):
    predictor, encoder = depth
    m, n = predictor + 2 * encoder - 2, predictor
    covariance, critical = sp.Rational(m + n, m) * variance * c**n, sp.Rational(n, m) * variance * c ** (m + n)
    values = {"lam": covariance, "sigma2": variance, "eta": critical, "u": amplitude}
    rate = rates(latent(Live(), encoder, predictor, eta), "balanced", **values)["u"]
    assert rate < 0 or (amplitude == c and rate == 0)


@settings(max_examples=30, deadline=None)
@given(numbers, numbers, numbers)
def test_reconstruction_with_one_layer_each_has_no_lower_branch(amplitude, c, variance):
    model = Model(Encoder(1), Predictor(1), DataReconstruction(), None, sp.S.One, eta)
    values = {"lam": 2 + variance * c**2, "sigma2": variance, "eta": sp.Integer(2), "u": amplitude}
    assert sp.sign(rates(model, "balanced", **values)["u"]) == sp.sign(c - amplitude)


@settings(max_examples=30, deadline=None)
@given(numbers, numbers, numbers)
def test_off_balance_the_predictor_moves_to_rho_and_the_encoder_with_it(d, gain, step):
    V, variance = d + step, sp.Rational(3, 2)
    W = sp.sqrt(V**2 - d**2)
    values = {"lam": variance * (d + gain), "sigma2": variance, "w": W, "v": V}
    found = rates(latent(Live(), 1, 1), "product", **values)
    assert sp.sign(found["v"]) == sp.sign(found["w"]) == sp.sign(d + gain - V)


@settings(max_examples=40, deadline=None)
@given(signed, signed, numbers, st.integers(1, 4), numbers, numbers)
def test_below_the_threshold_the_form_of_encoder_and_teacher_falls(scale, B, s, part, variance, pace):
    # α = 1; (w, d, V) is a multiple of (3, 4, 5), so that every root is rational
    W, d = 3 * s * sp.sign(scale), 4 * s
    h = d * sp.Rational(part, 4)
    kappa = min(variance * h * d, pace * h / d)
    point = {ema.d: d, ema.h: h, sigma2: variance, tau: pace, alpha: 1, w: W, b: B}
    flow = ema.below
    speed = sum(ema.form.diff(x).subs(point) * rate.subs(point) for x, rate in flow.rates.items())
    assert speed <= -kappa * ema.form.subs(point)


def test_the_threshold_of_weight_decay_is_the_printed_one_for_one_layer_each():
    one = decay.one
    critical = one.critical.subs({decay.c: decay.e, K: 1}).subs(decay.e, lam / (2 * sp.sqrt(alpha) * sigma2))
    assert sp.simplify(critical - lam**2 / (4 * sigma2)) == 0


@settings(max_examples=40, deadline=None)
@given(signed, signed, numbers, numbers, numbers)
def test_at_the_threshold_the_form_falls_by_a_multiple_of_its_square(scale, B, s, variance, pace):
    # α = 1; (w, d, V) is a multiple of (3, 4, 5), so that every root is rational
    W, d = 3 * s * sp.sign(scale), 4 * s
    point = {ema.d: d, ema.h: 0, sigma2: variance, tau: pace, alpha: 1, w: W, b: B}
    form = ema.form.subs(point)
    wide = form + d**2
    k = min(variance / 4, pace**2 / (8 * variance * wide**2), pace / (4 * form) if form else variance)
    speed = sum(ema.form.diff(x).subs(point) * rate.subs(point) for x, rate in ema.threshold.rates.items())
    assert speed <= -k * form**2


@settings(max_examples=40, deadline=None)
@given(signed, signed, numbers, numbers, numbers, numbers)
def test_against_rho_the_energy_of_student_and_teacher_falls(scale, B, s, g, variance, pace):
    W, d = 3 * s * sp.sign(scale), 4 * s
    point = {ema.d: d, signs.g: g, sigma2: variance, tau: pace, alpha: 1, w: W, b: B}
    kappa = min(2 * variance * d**2, 2 * pace)
    speed = sum(signs.energy.diff(x).subs(point) * rate.subs(point) for x, rate in signs.wrong.rates.items())
    assert speed <= -kappa * signs.energy.subs(point)


def of_slope(theta, d, g, variance):
    """The values of the theorem's letters at a slope, α = 1."""
    m = (d + g) * theta + d
    return {
        **{opposite.theta: theta, opposite.d: d, opposite.g: g, opposite.m: m, sigma2: variance, alpha: 1},
        opposite.pace: variance * d * theta * m / (1 + theta),
    }


@settings(max_examples=40, deadline=None)
@given(numbers, numbers, numbers, numbers, numbers)
def test_the_bounds_of_the_curve_that_decides_are_crossed_one_way_only(theta, s, g, variance, B):
    # (w, d, V) = s (3, 4, 5), so that every root is rational
    point = {**of_slope(theta, 4 * s, g, variance), w: 3 * s}
    speeds = []
    for bound in (opposite.near, opposite.far):
        at = {**point, b: -bound.subs(point)}
        speeds.append(sum((b + bound).diff(x).subs(at) * rate.subs(at) for x, rate in opposite.flow.rates.items()))
    assert speeds[0] > 0 > speeds[1]
    quadrant = {**point, b: -B}
    falls, rises = (rate.subs(quadrant) for rate in opposite.flow.rates.values())
    assert falls < 0 < rises


def ends(flow, point, start):
    """Where a mode is after a long time, in floating point."""
    names = list(flow.rates)
    speed = sp.lambdify(names, [rate.subs(point) for rate in flow.rates.values()])
    found = solve_ivp(lambda _, y: speed(*y), (0, 4000), start, method="LSODA", rtol=1e-10, atol=1e-12)
    return dict(zip(names, found.y[:, -1], strict=True))


@settings(max_examples=12, deadline=None)
@given(numbers, numbers, numbers, numbers)
def test_beyond_the_bounds_each_side_wins_what_the_theorem_says(theta, d, g, start):
    point = of_slope(theta, d, g, sp.S.One)
    learned = float(sp.sqrt((d + g) ** 2 - d**2))
    for bound, beyond, sign in ((opposite.near, 0.99, 1), (opposite.far, 1.01, -1)):
        begun = float(start), -beyond * float(bound.subs({**point, w: start}))
        found = ends(opposite.flow, point, begun)
        assert abs(found[w] - sign * learned) + abs(found[b] - sign * learned) < 1e-3 * (1 + learned)


@settings(max_examples=12, deadline=None)
@given(numbers, numbers, numbers)
def test_in_balance_the_student_wins_against_every_teacher(W, start, B):
    # a slow teacher may take all but e^{-α W B/τ} of the student: here e^{-3}
    point = {opposite.rest: W, sigma2: 1, alpha: 1, tau: W * B / 3}
    found = ends(opposite.balanced, point, (float(start), -float(B)))
    assert abs(found[w] - W) + abs(found[b] - W) < 1e-3 * (1 + W)


@settings(max_examples=30, deadline=None)
@given(depths, numbers, numbers, numbers)
def test_at_its_threshold_weight_decay_pulls_by_the_square_of_what_is_left(depth, c, more, variance):
    predictor, encoder = depth
    m, n = predictor + 2 * encoder - 2, predictor
    covariance, critical = sp.Rational(m + n, m) * variance * c**n, sp.Rational(n, m) * variance * c ** (m + n)
    values = {"lam": covariance, "sigma2": variance, "eta": critical, "u": c + more}
    rate = rates(latent(Live(), encoder, predictor, eta), "balanced", **values)["u"]
    assert rate <= -variance * sp.Rational(n * (m + n), 2) * c ** (m + n - 1) * more**2


@settings(max_examples=30, deadline=None)
@given(numbers, numbers, numbers, st.integers(1, 2), st.integers(1, 2))
def test_groups_out_of_balance_move_to_the_product_that_is_rho(z, other, rho, more, larger):
    """Encoder: squares z and z + x; predictor: two layers of square z + d².  Layer by layer, without groups."""
    squares = [z] + [z + more] * larger
    predictor = z + other
    values = {"lam": rho, "sigma2": sp.S.One} | {f"w_{i + 1}": sp.sqrt(x) for i, x in enumerate(squares)}
    values |= {"v_1": sp.sqrt(predictor), "v_2": sp.sqrt(predictor)}
    found = rates(latent(Live(), len(squares), 2), "layers", **values)
    clocks = {sp.nsimplify(values[name] * rate) for name, rate in found.items()}
    assert len(clocks) == 1
    assert sp.sign(clocks.pop()) == sp.sign(rho - predictor)
