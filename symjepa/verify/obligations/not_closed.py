r"""Obligations of claims that a motion is no function of the products of layers.

Soundness.  Two sets of exact matrices are exhibited for one choice of depths; they obey the hypotheses, agree in data,
numbers and in what is called the same, and the motion, summed over what each numbered layer adds, differs.  So no
function of the former gives the latter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from symjepa.errors import BadDerivation
from symjepa.exact.gradients import along
from symjepa.exact.words import Factor, Matrix, Segment, WordSum
from symjepa.flow import MatrixFlow
from symjepa.model import Frozen
from symjepa.statements.claims import Exhibit, NotClosed
from symjepa.statements.statement import Instance
from symjepa.verify.kernel.instances import Letters, exhibited, obeys
from symjepa.verify.obligations.induction import check_laws
from symjepa.verify.obligations.kinds import Equal, HasSign, Plan, Shown, plan
from symjepa.verify.obligations.matrices import check_letters


def of_not_closed(claim: NotClosed) -> Plan:
    """Everything is computed on the two exhibits, exactly."""
    _check_own(claim)
    check_laws(claim.flow, claim.on)
    model = claim.flow.model
    if not (model.encoder.depth.is_Integer and model.predictor.depth.is_Integer):
        raise BadDerivation("two sets of layers are exhibited for one choice of depths; give the model numbers")
    try:
        one, other = (_on_exhibit(exhibit) for exhibit in claim.at)
        return _compared(claim, one, other)
    except KeyError as missing:
        raise BadDerivation(f"an exhibit needs a matrix for every letter; {missing} is missing") from missing


def _check_own(claim: NotClosed) -> None:
    """What is said to move or to agree is made of the model's own letters: others could differ unseen."""
    check_letters(claim.flow, claim.of, *claim.same)
    named = claim.flow.letters
    data = {named.Sxx, named.Syx, named.Syx.T, named.Syy, named.teacher_product, named.teacher_product.T}
    for letter in {f for words in (claim.of, *claim.same) for f in words.letters()}:
        if isinstance(letter, Matrix) and letter not in data:
            raise BadDerivation(f"{letter} is no letter of this model")


def _compared(claim: NotClosed, one: Letters, other: Letters) -> Plan:
    speed = along(claim.of, _whole_rates(claim.flow.flow))

    def differ(words: WordSum) -> sp.Expr:
        return _distance(one.value(words), other.value(words)) if words.terms else sp.S.Zero

    still = [claim.flow.letters.teacher_product.name] if isinstance(claim.flow.model.teacher, Frozen) else []
    data = [_distance(one.matrices[name], other.matrices[name]) for name in ("Sxx", "Syx", "Syy", *still)]
    numbers = all(one.numbers.get(x) == other.numbers.get(x) for x in {*one.numbers, *other.numbers})
    lawful = all(obeys(letters, claim.on, (claim.of, *claim.same, speed)) for letters in (one, other))
    return plan(
        claim,
        "not-a-function",
        (
            *(Equal("data", distance) for distance in data),
            Shown("data", "the rates are the same", holds=numbers),
            Shown("obeys", "covariances are those of data, and the layers obey the hypotheses", holds=lawful),
            *(Equal("same", differ(words)) for words in claim.same),
            HasSign("differs", differ(speed), "positive"),
        ),
    )


def _on_exhibit(exhibit: Exhibit) -> Letters:
    return exhibited(Instance(dict(exhibit.matrices), dict(exhibit.numbers)), {})


def _distance(one: Any, other: Any) -> sp.Expr:
    """The squared distance of two exact matrices; of different shapes they are no nearer than 1."""
    if one.shape != other.shape:
        return sp.S.One
    return sp.Rational(sum((x**2 for x in np.asarray(one - other).flat), start=0))


def _whole_rates(flow: MatrixFlow) -> Callable[[Factor], WordSum | None]:
    """The motion of a product of numbered layers: the sum of what each adds."""

    def rate(factor: Factor) -> WordSum | None:
        if not isinstance(factor, Segment):
            return flow.of(factor)
        total = WordSum.zero(factor.rows, factor.cols)
        for number in range(int(factor.lo) + 1, int(factor.hi) + 1):
            stack, layer = factor.stack, sp.Integer(number)
            own = flow.of(Segment(stack, layer, layer - 1))
            assert own is not None  # its letters are the model's own
            above, under = stack.segment(factor.hi, layer), stack.segment(layer - 1, factor.lo)
            total = total + above @ own @ under
        return total

    return rate
