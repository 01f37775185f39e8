"""Flows, and what it means that an enclosure is right: it contains an independent value of higher precision."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, fmpq

import symjepa as sj
from symjepa.exact.balls import precision
from symjepa.verify.corroborate.enclose import Enclosure, enclose
from tests.verify.corroborate.enclose.reference import Numbers, integrated

REDUCTIONS = {"layers": lambda modes: modes, "product": sj.product_modes, "balanced": sj.balanced}
DATA = {
    "lam": sp.Rational(7, 10), "sigma2": sp.Rational(13, 10), "sigma2_y": sp.Integer(2), "tau": sp.Rational(2, 5),
    "eta": sp.Rational(1, 10), "alpha": sp.Rational(3, 4), "b": sp.Rational(1, 2),
}  # fmt: skip
TENTH = sp.Rational(1, 10)


def flow(
    coordinates: str,
    encoder: int,
    predictor: int,
    teacher: Any = None,
    eta: Any = 0,
    alpha: Any = 1,
    data: bool = False,
) -> sj.ModeFlow:
    objective = sj.DataReconstruction() if data else sj.LatentPrediction()
    target = None if data else teacher or sj.Live()
    model = sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective, target, alpha, eta)
    return REDUCTIONS[coordinates](sj.aligned_modes(sj.gradient_flow(model)))


def ema() -> sj.ModeFlow:
    """The triple (w, v, b)."""
    return flow("product", 1, 1, sj.EMA(sj.tau))


def parameters(modes: sj.ModeFlow, **changed: Any) -> dict[str, Any]:
    return {x.name: {**DATA, **changed}[x.name] for x in modes.parameters}


def everywhere(modes: sj.ModeFlow, value: Any) -> dict[str, Any]:
    """All amplitudes alike."""
    return {str(x): value for x in modes.state}


def spread_out(modes: sj.ModeFlow) -> dict[str, Any]:
    """All amplitudes different."""
    return {str(x): TENTH + sp.Rational(i, 37) for i, x in enumerate(modes.state)}


def contains(found: Mapping[sp.Expr, arb], exact: Numbers, shift: arb | int = 0) -> list[bool]:
    """Whether each ball contains the independent value, moved by a shift."""
    with precision(4000):
        return [bool(found[x].contains(value + shift)) for x, value in exact.items()]


def checked(
    modes: sj.ModeFlow, values: Mapping[str, Any], start: Mapping[str, Any], time: Any, digits: int
) -> Enclosure:
    """An enclosure with the digits asked for, that contains the independent value and excludes that value shifted."""
    found = enclose(modes, values, start, time, digits)
    assert found.complete, found
    exact = integrated(modes, values, start, Fraction(int(sp.Rational(time).p), int(sp.Rational(time).q)), digits + 15)
    assert all(contains(found.value, exact)), found
    assert narrow(found, digits), found
    largest = max((abs(x) for x in exact.values()), key=lambda x: float(x.mid()))
    if largest > 0:
        assert not any(contains(found.value, exact, largest * arb(10) ** -digits)), found
    return found


def narrow(found: Enclosure, digits: int) -> bool:
    """Every radius at most 10^-digits of the amplitude; an amplitude that may be 0 is below 10^-digits."""
    with precision(4000):
        sizes = [x.abs_lower() if not x.contains(0) else arb(1) for x in found.value.values()]
        bound = arb(fmpq(1, 10**digits))
        return all(bool(x.rad() <= size * bound) for x, size in zip(found.value.values(), sizes, strict=True))
