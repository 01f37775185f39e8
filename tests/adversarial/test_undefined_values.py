"""Points, ends, rates and coefficients that have no value everywhere: what is said of them cancels, and they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.exact.signs import Signs
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import (
    Attracts,
    ByInduction,
    Claim,
    Cofactors,
    Conserved,
    Converges,
    ConvergesBetween,
    Drift,
    Less,
    Linearized,
    Moves,
    Ordered,
    Root,
    Solves,
    WordIdentity,
    Zeros,
    component,
)
from symjepa.statements.descriptions import Layers, pairs
from symjepa.symbols import K, L, j, t, u
from tests.adversarial.verdicts import PROVED, REFUSED, REFUTED, UNDECIDED, a, equation, matrices, outcome, p, x, y

ONE, ZERO = sp.S.One, sp.S.Zero
Value = Callable[[Any], sp.Expr]
falling = equation((x, 1 - x))
beside = equation((y, 1 - y))
rest = Zeros(falling, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), -ONE),))


def undefined(number: Any) -> sp.Expr:
    """The number where a > 0, and nothing elsewhere: SymPy drops both logarithms wherever it adds."""
    return sp.Add(number, sp.log(a), -sp.log(a), evaluate=False)


def between(value: Value) -> ConvergesBetween:
    return ConvergesBetween(falling, pairs({x: value(2)}), pairs({x: 1}), pairs({x: -1}), pairs({x: 3}), rest)


values = pytest.mark.parametrize(
    "claim",
    [
        lambda value: Attracts(falling, value(1), (-sp.oo, sp.oo)),
        lambda value: Attracts(falling, ONE, (value(-5), sp.oo)),
        lambda value: Attracts(falling, ONE, (-sp.oo, value(5))),
        lambda value: Linearized(falling, pairs({x: value(1)}), (-ONE,), stable=True),
        lambda value: Linearized(falling, pairs({x: ONE}), (value(-1),), stable=True),
        lambda value: Converges(equation((p, 1 - p)), ONE, ZERO, value(2), ONE, ONE),
        lambda value: Root(x - 1, x, (value(0), sp.Integer(2)), True),
        lambda value: Root(x - 1, x, (ZERO, value(2)), True),
        between,
        lambda value: Ordered(falling, pairs({x: value(0)}), beside, pairs({y: 1}), pairs({x: y})),
        lambda value: Ordered(falling, pairs({x: 0}), beside, pairs({y: value(1)}), pairs({x: y})),
    ],
    ids=lambda claim: str(type(claim(sp.Integer)).__name__),
)


@values
def test_a_claim_is_proved_at_a_value(claim: Callable[[Value], Claim]) -> None:
    assert outcome(lambda: claim(sp.Integer), at={x: 1, y: 1, p: 1}) == PROVED


@values
def test_a_claim_about_a_value_that_does_not_exist_is_not_proved(claim: Callable[[Value], Claim]) -> None:
    assert outcome(lambda: claim(undefined), at={x: 1, y: 1, p: 1, a: 1}) not in (PROVED, REFUTED)


def test_two_starts_without_a_value_are_in_no_order() -> None:
    """log a + 1 lies above log a, where these are; nothing has to be hidden from SymPy."""
    claim = Ordered(falling, pairs({x: sp.log(a)}), beside, pairs({y: sp.log(a) + 1}), pairs({x: y}))
    assert outcome(lambda: claim, at={x: 1, y: 1, a: 1}) == UNDECIDED
    assert outcome(lambda: claim, given=(Less(0, a),), at={x: 1, y: 1, a: 1}) == PROVED


@pytest.mark.parametrize(
    "claim",
    [
        lambda value: Conserved(equation((x, y), (y, -x)), value(x**2 + y**2)),
        lambda value: Moves(falling, value(x), 1 - x),
        lambda value: Moves(falling, x, value(1 - x)),
        lambda value: Moves(equation((x, value(1 - x))), x, 1 - x),
        lambda value: Solves(equation((x, -x)), pairs({x: value(a * sp.exp(-t))}), pairs({x: a}), t),
    ],
    ids=["kept", "moving", "speed", "rate", "solution"],
)
def test_a_quantity_of_which_a_part_has_no_value_is_refused(claim: Callable[[Value], Claim]) -> None:
    """Fresh symbols stand for the state, and SymPy drops both logarithms where they are put in."""
    at = {x: 1, y: 1, a: 1, t: 1}
    assert outcome(lambda: claim(sp.sympify), at=at) == PROVED
    assert outcome(lambda: claim(undefined), at=at) == REFUSED


# Coefficients of words.

layers = Layers(Model(Encoder(1), Predictor(0), LatentPrediction(), Live()))
W, Sxx = layers.letters.encoder.layer(1), matrices.letters.Sxx.word()
moving = layers.flow.rates[0].at(ONE).rate


@pytest.mark.parametrize(
    "claim",
    [
        WordIdentity(sp.log(a) * Sxx, sp.log(a) * Sxx),
        Drift(layers, sp.log(a) * W, sp.log(a) * moving),
        ByInduction(sp.log(a) * Sxx, sp.log(a) * Sxx, j, ONE, None, (), ()),
    ],
    ids=lambda claim: type(claim).__name__,
)
def test_a_word_with_an_undefined_coefficient_equals_none(claim: Claim) -> None:
    at = {a: 1, K: 1, L: 1, j: 1}
    assert outcome(lambda: claim, at=at) == UNDECIDED
    assert outcome(lambda: claim, given=(Less(0, a),), at=at) == PROVED


def test_words_without_a_meaning_are_not_the_same_by_induction() -> None:
    """W_{j-5} … W_1 is no word for j < 5."""
    stack = matrices.letters.encoder
    claim = ByInduction(stack.segment(L, L - j), stack.segment(L, L - j), j, ONE, None, (), ())
    assert outcome(lambda: claim, at={K: 1, L: 1, j: 1}) != PROVED


# Signs.


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("numbers", [(sp.sqrt(2),), (sp.sqrt(2), ONE)], ids=str)
def test_a_sum_that_is_not_defined_has_no_sign(sign: int, numbers: tuple[sp.Expr, ...]) -> None:
    """Not even beside an irrational number, which is set apart from the rest."""
    tree = sp.Add(*(sign * c for c in numbers), sp.log(u), -sp.log(u), sign * x**2, evaluate=False)
    kind = "positive"
    assert not Signs(()).shows(Fact(tree, kind)) and Signs(()).sign(tree) == Signs(()).sign(sp.zoo)
    assert not Signs(()).shows(Fact(sp.Mul(-1, tree, evaluate=False), kind))
    assert Signs([Fact(u, kind)]).shows(Fact(tree if sign > 0 else -tree, kind))


def test_the_inverse_of_an_undefined_argument_has_no_sign() -> None:
    argument = sp.Add(-sp.Rational(1, 10), sp.log(u), -sp.log(u), evaluate=False)
    assert not Signs(()).shows(Fact(-sp.LambertW(argument, evaluate=False), "positive"))
    assert Signs([Fact(u, "positive")]).shows(Fact(-sp.LambertW(argument, evaluate=False), "positive"))
