"""All rates of all layers with their multiplicities: what must not pass for a spectrum."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.model import (
    EMA,
    DataReconstruction,
    Encoder,
    Frozen,
    LatentPrediction,
    LayerEMA,
    Live,
    Model,
    Predictor,
    Shared,
)
from symjepa.statements.claims import Claim, Identity, Less, Linearized, Quadratic, Spectrum, Unequal
from symjepa.statements.descriptions import groups, modes, pairs
from symjepa.symbols import K, L, alpha, b, k, l, lam, layer_amplitude, n, rho, sigma2, t, tau, u, v, w
from symjepa.verify.hypotheses import context_of
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.kernel.refute import refute
from symjepa.verify.obligations import compiled
from symjepa.verify.obligations.kinds import Decidable, HasSign
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, UNDECIDED, equation, outcome, x, y

ZERO, ONE, TWO = sp.S.Zero, sp.S.One, sp.Integer(2)
S, T = sp.symbols("S T", positive=True)
layer, head, average = layer_amplitude("w", l), layer_amplitude("v", k), layer_amplitude("b", l)
learned = lam / sigma2
A, B = (sigma2 * learned**2 * w**2 * total for total in (S, T))
SUMS = {S: layer**-2, T: head**-2}
FREE, PAIR = (ZERO, K + L - 1), (Quadratic(tau + A + B, tau * B), ONE)
LAGS = (-tau, L - 1)
REST = {v: learned, average: layer}
given = (Less(0, K), Unequal(lam, 0))
w1, w2, v2 = (sp.Symbol(name, real=True) for name in ("w_1", "w_2", "v_2"))
numbers = {K: 2, L: 3, lam: 2, sigma2: 1, tau: 1, alpha: 2, b: 1}


def spectrum(*rates: Any, at: Any = None, sums: Any = None, teacher: Any = None, **changed: Any) -> Spectrum:
    """A claim about averages of layers at every depth, or what is changed of it."""
    depths = Encoder(changed.pop("encoder", L)), Predictor(changed.pop("predictor", K))
    model = changed.pop("model", Model(*depths, LatentPrediction(), teacher or LayerEMA(tau)))
    flow = changed.pop("flow", None) or modes(model, changed.pop("coordinates", "families"), changed.pop("values", {}))
    return Spectrum(flow, pairs(REST if at is None else at), rates or (FREE, LAGS, PAIR), pairs(sums or SUMS))


def verdict(*rates: Any, given: tuple[Claim, ...] = given, at: Any = numbers, **changed: Any) -> str:
    rest = changed.pop("rest", None)
    return outcome(lambda: spectrum(*rates, at=rest, **changed), given=given, at=at)


# --- what is true


def test_averages_of_layers() -> None:
    assert verdict() == PROVED


def test_averages_of_the_product() -> None:
    assert verdict(FREE, PAIR, teacher=EMA(tau), rest={v: learned, b: w}) == PROVED


def test_the_live_teacher() -> None:
    assert verdict(FREE, (-B, ONE), teacher=Live(), rest={v: learned}) == PROVED


def test_the_frozen_teacher_and_a_product_that_depends_on_another() -> None:
    both = sigma2 * (learned * b) ** 2 * (S + T)
    rest, fixed = {v: learned * b / w}, (*given, Unequal(b, 0))
    assert verdict(FREE, (-both, ONE), teacher=Frozen(), rest=rest, given=fixed) == PROVED
    assert verdict(FREE, (-both, ONE), teacher=Frozen(), rest=rest) != PROVED


def test_a_parameter_may_have_a_value_that_does_not_move() -> None:
    c = sp.Symbol("c", positive=True)
    pair = Quadratic(*(e.subs(lam, sigma2 * c) for e in (tau + A + B, tau * B))), ONE
    at = {**numbers, c: 2}
    assert verdict(FREE, LAGS, pair, values={lam: sigma2 * c}, rest={v: c, average: layer}, at=at) == PROVED
    assert verdict(values={lam: layer_amplitude("w", ONE)}) == REFUSED


def test_reconstruction_with_a_rate_of_the_predictor() -> None:
    model = Model(Encoder(L), Predictor(K), DataReconstruction(), predictor_rate=alpha)
    rate = -sigma2 * learned**2 * (S + alpha * T)
    assert verdict(FREE, (rate, ONE), model=model, rest={v: learned / w}) == PROVED


def test_depths_that_are_numbers() -> None:
    assert verdict((ZERO, sp.Integer(4)), (-tau, ONE), PAIR, encoder=2, predictor=3) == PROVED
    assert verdict((ZERO, sp.Integer(4)), (-tau, TWO), PAIR, encoder=2, predictor=3) == REFUTED


def test_a_stack_of_one_layer_is_its_own_product() -> None:
    alone = Quadratic(tau + A + sigma2 * w**2, tau * sigma2 * w**2), ONE
    assert verdict((ZERO, L), LAGS, alone, predictor=1, sums={S: layer**-2}) == PROVED
    assert verdict((ZERO, L), LAGS, PAIR, predictor=1) == REFUSED


def test_one_layer_of_the_encoder_may_be_zero_and_then_nothing_answers() -> None:
    pair = Quadratic(tau + sigma2 * learned**2 + B, tau * B), ONE
    rest = {v: learned, b: w}
    assert verdict((ZERO, K), pair, encoder=1, sums={T: head**-2}, rest=rest) == REFUTED


def test_no_stack_has_more_than_one_layer() -> None:
    """At w = 0 the pair has a zero, so that the claim is refuted; its determinant is right."""
    pair = Quadratic(tau + sigma2 * learned**2 + sigma2 * w**2, tau * sigma2 * w**2)
    claim = Spectrum(spectrum(encoder=1, predictor=1).flow, pairs({v: learned, b: w}), ((ZERO, ONE), (pair, ONE)), ())
    assert outcome(lambda: claim, given=given, at=numbers) == REFUTED
    assert outcome(lambda: claim, given=(*given, Identity(w, 1)), at={**numbers, w: 1}) != PROVED


def test_a_rate_that_occurs_not_once_does_no_harm_and_one_may_be_told_in_parts() -> None:
    assert verdict(FREE, LAGS, PAIR, (tau, ZERO)) == UNDECIDED
    assert verdict(FREE, LAGS, PAIR, (-3 * tau, ZERO)) == PROVED
    parts = FREE, (-tau, ONE), (-tau, L - 2), PAIR
    assert verdict(*parts) == REFUTED
    assert verdict(*parts, given=(*given, Less(1, L))) == PROVED


# --- multiplicities and rates that are wrong


@pytest.mark.parametrize(
    "rates",
    [
        ((ZERO, K + L - 1), (-tau, L), PAIR),
        ((ZERO, K + L), (-tau, L - 2), PAIR),
        ((ZERO, K + L - 2), (-tau, L), PAIR),
        (FREE, (-2 * tau, L - 1), PAIR),
        (FREE, LAGS),
        (FREE, LAGS, PAIR, PAIR),
        (FREE, LAGS, (Quadratic(tau + A + B, tau * A), ONE)),
        (FREE, LAGS, (Quadratic(tau + A + B, tau * B * w), ONE)),
        (FREE, LAGS, (Quadratic(tau + A + B, ZERO), ONE)),
        ((ZERO, K + L + 1), LAGS),
        ((ZERO, K + L - 1 + sp.Rational(1, 2)), (-tau, L - sp.Rational(3, 2)), PAIR),
        ((ZERO, K + L), (-tau, L), (-tau - A - B, ONE), (-tau, -ONE)),
        (FREE, (-tau, L * (L - 1)), PAIR),
    ],
    ids=range(13),
)
def test_wrong_rates_and_wrong_multiplicities_are_refuted(rates: Any) -> None:
    assert verdict(*rates, at={**numbers, L: 2, w1: 2}) == REFUTED


def test_a_zero_that_no_dimension_explains_is_not_hidden_in_a_pair() -> None:
    """(0, -B) as the roots of x² + B x, with one zero fewer listed: the determinant is right."""
    hidden = (ZERO, K + L - 2), (Quadratic(B, ZERO), ONE)
    assert verdict(*hidden, teacher=Live(), rest={v: learned}) == REFUTED


def test_points_with_fewer_dimensions_than_zeros_are_refuted() -> None:
    """Where the product of the encoder is fixed too: every rate is right, and one zero is not along these points."""
    c = sp.Symbol("c", positive=True)
    assert verdict(rest={**REST, w: c}, at={**numbers, c: 2}) == REFUTED


def test_the_lags_of_another_teacher_are_refuted() -> None:
    assert verdict(FREE, LAGS, PAIR, teacher=EMA(tau), rest={v: learned, b: w}) == REFUTED
    assert verdict(FREE, PAIR) == REFUTED


@pytest.mark.parametrize("power", [-1, -3, -4, 2])
def test_another_sum_is_refuted(power: int) -> None:
    assert verdict(sums={S: layer**power, T: head**-2}) == REFUTED


def test_a_multiple_of_the_sum_counts() -> None:
    assert verdict(sums={S: 2 * layer**-2, T: head**-2}) == REFUTED
    halved = Quadratic(tau + A / 2 + B, tau * B), ONE
    assert verdict(FREE, LAGS, halved, sums={S: 2 * layer**-2, T: head**-2}) == PROVED


# --- points that do not rest


@pytest.mark.parametrize("rest", [{v: 2 * learned, average: layer}, {average: layer}, {v: learned * w, average: layer}])
def test_points_that_move_are_refuted(rest: Any) -> None:
    assert verdict(rest=rest) == REFUTED


def test_layers_of_the_teacher_that_do_not_equal_their_own_are_refuted() -> None:
    assert verdict(rest={v: learned, b: w}, sums={**SUMS, sp.Symbol("U", positive=True): average**-2}) == REFUTED


def test_the_shared_teacher_does_not_rest_there() -> None:
    assert verdict(FREE, (-B, ONE), teacher=Shared(), rest={v: learned}) == REFUTED


# --- hypotheses that are missing, or that must not help


def test_without_its_hypotheses_it_is_not_proved() -> None:
    assert verdict(given=(Less(0, K),)) == UNDECIDED
    assert verdict(given=(Unequal(lam, 0),)) == UNDECIDED


@pytest.mark.parametrize(
    ("hypothesis", "value"),
    [(Identity(T, 1), {T: ONE}), (Identity(w, 1), {w: ONE}), (Identity(S, T), {S: T})],
    ids=str,
)
def test_a_hypothesis_about_a_sum_or_a_product_narrows_nothing(hypothesis: Claim, value: Any) -> None:
    """Of a symbol of the same name: the claim has its own."""
    pair = Quadratic((tau + A + B).xreplace(value), (tau * B).xreplace(value)), ONE
    at = {**numbers, S: 1, T: 1, w: 1}
    assert outcome(lambda: spectrum(FREE, LAGS, pair), given=(*given, hypothesis), at=at) == REFUTED


@pytest.mark.parametrize(
    ("rates", "parts"),
    [
        ((), {}),
        ((FREE, PAIR), {"teacher": EMA(tau), "at": {v: learned, b: w}}),
        ((FREE, (-B, ONE)), {"teacher": Live(), "at": {v: learned}}),
        (((ZERO, sp.Integer(4)), (-tau, ONE), PAIR), {"encoder": 2, "predictor": 3}),
    ],
    ids=["ema-layers", "ema", "live", "numbers"],
)
def test_what_is_true_has_no_point_against_it(rates: Any, parts: Any) -> None:
    near = ({**{s: sp.Integer(x) for s, x in numbers.items()}, w1: TWO, w2: -ONE, v2: sp.Integer(3)},)
    assert refute(compiled(spectrum(*rates, **parts)), context_of(given), near=near) is None


def test_what_is_true_of_one_layer_alone_is_not_refuted_for_its_sum() -> None:
    """Of one layer w² S = 1: this is not shown, but it is no counterexample either."""
    one = sigma2 * learned**2
    pair = Quadratic(tau + one + B, tau * B), ONE
    assert verdict(FREE, LAGS, pair, given=(*given, Identity(L, 1)), at={**numbers, L: 1}) == UNDECIDED


PREMISES = [
    ("fixed", {"at": {v: 2 * learned, average: layer}}, given),
    ("fixed", {}, given[:1]),
    ("blocks", {"at": {average: layer}}, given),
    ("summands", {"sums": {S: layer**-1, T: head**-2}}, given),
    ("summands", {}, given[1:]),
    ("rates", {"rates": (FREE, (-tau / 2, L - 1), PAIR)}, given),
    ("signs", {"rates": (FREE, (tau, L - 1), PAIR)}, given),
    ("manifold", {"at": {**REST, w: lam}}, given),
    ("smooth", {}, given[1:]),
]


@pytest.mark.parametrize(("premise", "parts", "known"), PREMISES, ids=[f"{i}-{p[0]}" for i, p in enumerate(PREMISES)])
def test_every_premise_is_asked_for(premise: str, parts: Any, known: tuple[Claim, ...]) -> None:
    assert premise in {line.premise for line in unshown(parts, known)}
    assert not unshown({}, given)


def test_a_product_that_may_be_zero_is_not_one_of_layers() -> None:
    """A sign of its own, beside that the layers rest."""
    assert HasSign in {type(line) for line in unshown({}, given[:1]) if line.premise == "fixed"}


def test_a_sum_is_shown_to_be_positive_and_to_have_a_summand() -> None:
    by_sign = [line.expr for line in unshown({"sums": {S: -(layer**-2), T: head**-2}}, given[1:]) if is_sum(line)]
    assert [str(expr) for expr in by_sign] == ["-1/_w**2", "K"]


def test_multiplicities_are_shown_to_be_whole_numbers_from_zero() -> None:
    half = sp.Rational(1, 2)
    lines = unshown({"rates": (FREE, (-tau, L / 2 - half), (-tau, L / 2 - half), PAIR)}, given)
    assert [line.expr for line in lines if getattr(line, "kind", "") == "integer"] == [L / 2 - half] * 2


def is_sum(line: Decidable) -> bool:
    return line.premise == "summands" and isinstance(line, HasSign)


def unshown(parts: Any, known: tuple[Claim, ...]) -> list[Decidable]:
    """Every obligation that is not shown."""
    changed = dict(parts)
    plan = compiled(spectrum(*changed.pop("rates", ()), **changed))
    return [line for line in plan.obligations if not decide(line, context_of(known)).proved]


def test_no_point_without_a_layer_refutes() -> None:
    """At K = 0 there is no such flow; one more zero there is nothing to the claim."""
    plan = compiled(spectrum(FREE, LAGS, PAIR))
    assert refute(plan, Context(), {K: ZERO, L: ONE, lam: ONE, sigma2: ONE, tau: ONE}) is None


# --- what is no such claim


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"coordinates": "layers"}, "describe them by modes"),
        ({"flow": equation((x, -x), (y, -y))}, "describe them by modes"),
        ({"values": {w: 2}}, "w moves along this flow"),
        ({"at": {v: learned}}, "needs one sum over its layers"),
        ({"at": {**REST, layer: average}}, "which holds products that are free"),
        ({"at": {**REST, b: w}}, "which holds products that are free"),
        ({"at": {v: learned * w, w: v, average: layer}}, "which holds products that are free"),
        ({"at": {v: learned, average: average}}, "each layer of a stack equals one of another"),
        ({"at": {v: learned, average: head}}, "each layer of a stack equals one of another"),
        ({"at": {v: learned, average: w}}, "each layer of a stack equals one of another"),
        ({"at": {v: learned, average: layer, u: 1}}, "each layer of a stack equals one of another"),
        ({"at": {v: u, average: layer}}, "u in u is no constant"),
        ({"at": {v: head, average: layer}}, "is no constant"),
        ({"at": {v: t, average: layer}}, "t in t is no constant"),
        ({"at": {v: layer_amplitude("w", ONE), average: layer}}, "w_1 in w_1 is no constant"),
        ({"at": {v: learned * S, average: layer}}, "sums stand in the rates"),
        ({"sums": {S: layer**-2}}, "needs one sum over its layers"),
        ({"sums": {S: layer**-2, T: average**-2}}, "needs one sum over its layers"),
        ({"sums": {**SUMS, sp.Symbol("U", positive=True): layer**-4}}, "needs one sum over its layers"),
        ({"sums": {S: layer**-2, tau: head**-2}}, "real or positive; got tau"),
        ({"sums": {S: layer**-2, n: head**-2}}, "real or positive; got n"),
        ({"sums": {S: layer**-2, w: head**-2}}, "real or positive; got w"),
        ({"sums": {S: layer**-2, T: ONE}}, "holds its generic layer alone"),
        ({"sums": {S: layer**-2, T: 1 / (head * layer)}}, "holds its generic layer alone"),
        ({"sums": {S: layer**-2, T: layer_amplitude("v", l) ** -2}}, "holds its generic layer alone"),
        ({"sums": {S: layer**-2, T: v * head**-2}}, "is no constant"),
        ({"sums": {S: layer**-2, T: S * head**-2}}, "sums stand in the rates"),
    ],
    ids=range(27),
)
def test_what_does_not_hang_together_is_refused_and_says_why(parts: Any, told: str) -> None:
    with pytest.raises(BadDerivation, match=told):
        compiled(spectrum(**parts))


@pytest.mark.parametrize("rate", [-u, -layer, -t, -(layer_amplitude("w", ONE) ** 2), -(layer_amplitude("w", k) ** 2)])
def test_what_moves_is_no_rate(rate: sp.Expr) -> None:
    with pytest.raises(BadDerivation, match="is no constant"):
        compiled(spectrum(FREE, (rate, L - 1), PAIR))


@pytest.mark.parametrize("times", [w, S, layer], ids=str)
def test_what_moves_is_no_multiplicity(times: sp.Expr) -> None:
    with pytest.raises(BadDerivation, match=r"is no constant|sums stand in the rates"):
        compiled(spectrum(FREE, (-tau, times), PAIR))


# --- another route: groups of layers, and the determinant of the whole


def test_three_groups_of_layers_have_these_rates() -> None:
    """Seven amplitudes at every depth, by the expansion of the determinant: no rule about layers takes part."""
    M, N = (sp.Symbol(name, integer=True, positive=True) for name in "MN")
    c = sp.Symbol("c", positive=True)
    layers, averages = (tuple(layer_amplitude(family, sp.Integer(i)) for i in (1, 2, 3)) for family in "wb")
    sizes, only = (M, N, L - M - N), layer_amplitude("v", ONE)
    model = Model(Encoder(L), Predictor(K), LatentPrediction(), LayerEMA(tau))
    flow = groups(model, sizes, (K,), {lam: sigma2 * c**K})
    scale = sigma2 * c ** (2 * K) * sp.Mul(*(z ** (2 * m) for z, m in zip(layers, sizes, strict=True)))
    encoder = scale * sp.Add(*(m / z**2 for z, m in zip(layers, sizes, strict=True)))
    pair = Quadratic(tau + encoder + scale * K / c**2, tau * scale * K / c**2)
    at = pairs({**{z: z for z in layers}, only: c, **dict(zip(averages, layers, strict=True))})
    claim = Linearized(flow, at, (ZERO, ZERO, ZERO, -tau, -tau, pair), True, family=layers)
    point = {
        **{K: 2, L: 3, M: 1, N: 1, sigma2: 1, c: 2, tau: 1, rho: 1},
        **dict.fromkeys((*layers, only, *averages), 1),
    }
    assert outcome(lambda: claim, given=(Less(0, K), Less(M + N, L)), at=point) == PROVED
