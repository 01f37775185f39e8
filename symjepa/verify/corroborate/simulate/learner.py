r"""A learner in numbers: the shapes of its layers, the rates and the data, checked once and laid out for a batch.

All layers of all members of a batch are one array (B, size), a row per member; layer `W_l` is a view of shape
(B, d_l, d_{l-1}).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import sympy as sp

from symjepa.errors import InvalidNumber, NeedsDepth, ShapeMismatch
from symjepa.model import EMA, Frozen, LayerEMA, Model, Shared
from symjepa.verify.corroborate.simulate.moments import Array, Moments, matrices, read_moments

Weights = Mapping[str, Array]
Rates = Mapping[sp.Symbol | str, Any]
Shapes = dict[str, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Learner:
    """A model at numbers, and a batch of data and rates; arrays have one batch axis of length B, or of length 1.

    batch: the shape that the user gave to the batch; its product is B.
    """

    model: Model
    shapes: Mapping[str, tuple[int, int]]
    batch: tuple[int, ...]
    members: int
    Sxx: Array
    Syx: Array
    Syy: Array | None
    alpha: Array
    eta: Array
    tau: Array
    h: Array

    @property
    def exact(self) -> bool:
        return self.Sxx.dtype == object

    @property
    def encoder(self) -> tuple[str, ...]:
        return tuple(name for name in self.shapes if name.startswith("W_"))

    @property
    def predictor(self) -> tuple[str, ...]:
        return tuple(name for name in self.shapes if name.startswith("P_"))

    @property
    def teacher(self) -> tuple[str, ...]:
        return tuple(name for name in self.shapes if name.startswith("Wbar"))

    @property
    def size(self) -> int:
        """Numbers of one member."""
        return sum(rows * cols for rows, cols in self.shapes.values())

    def views(self, state: Array) -> dict[str, Array]:
        """The layers in a state (B, size), without a copy."""
        found, begin = {}, 0
        for name, (rows, cols) in self.shapes.items():
            found[name] = state[:, begin : begin + rows * cols].reshape(len(state), rows, cols)
            begin += rows * cols
        return found

    def packed(self, weights: Weights) -> Array:
        """The state that holds these layers."""
        state = np.empty((self.members, self.size), dtype=object if self.exact else float)
        for name, view in self.views(state).items():
            held = matrices(name, weights[name])
            view[...] = np.broadcast_to(held, (*self.batch, *held.shape[-2:])).reshape(view.shape)
        return state

    def chosen(self, members: Array) -> Learner:
        """The learner of some members of the batch alone."""
        held = {name: getattr(self, name) for name in ("Sxx", "Syx", "Syy", "alpha", "eta", "tau", "h")}
        fewer = {name: a if a is None or len(a) == 1 else a[members] for name, a in held.items()}
        return replace(self, batch=(len(members),), members=len(members), **fewer)


def learner(
    model: Model, weights: Weights, data: Any, rates: Rates | None = None, step: Any = 0, exact: bool = False
) -> Learner:
    """A checked learner; data: `Moments`, or anything with Sxx, Syx, Syy; step: h of gradient descent, a number or a
    batch; exact: keep exact numbers, if the data are such.  Raises a SymjepaError that names what is wrong.
    """
    moments = read_moments(data)
    shapes = _shapes(model, weights, moments)
    exact = exact and moments.Sxx.dtype == object
    numbers = {name: _rate(name, rate, rates or {}, exact) for name, rate in _rates(model).items()}
    numbers["h"] = np.asarray(step, dtype=float)
    _check_no_more(model, rates or {})
    held = {"Sxx": moments.Sxx, "Syx": moments.Syx, "Syy": moments.Syy if isinstance(model.teacher, Shared) else None}
    batch = _batch(weights, held, numbers)
    spread = {
        name: None if a is None else _spread(a if exact else a.astype(float), batch, 2) for name, a in held.items()
    }
    spread |= {name: _spread(a[..., None, None], batch, 2) for name, a in numbers.items()}
    return Learner(model=model, shapes=shapes, batch=batch, members=prod(batch), **spread)  # type: ignore[arg-type]


# Shapes.


def needed(model: Model) -> tuple[str, ...]:
    """The names of all matrices of a model of numeric depth: `W_1` …, `P_1` …, and `Wbar` or `Wbar_1` …"""
    for depth in (model.encoder.depth, model.predictor.depth):
        if not depth.is_Integer:
            raise NeedsDepth(
                f"a simulation needs numeric depths, but got the symbol {depth}: build the model with a number there",
                symbol=depth,
            )
    L, K = int(model.encoder.depth), int(model.predictor.depth)
    layers = [f"W_{i}" for i in range(1, L + 1)] + [f"P_{i}" for i in range(1, K + 1)]
    own = ["Wbar"] if isinstance(model.teacher, EMA | Frozen) else []
    copies = [f"Wbar_{i}" for i in range(1, L + 1)] if isinstance(model.teacher, LayerEMA) else []
    return (*layers, *own, *copies)


def _shapes(model: Model, weights: Weights, moments: Moments) -> Shapes:
    names = needed(model)
    if set(names) != set(weights):
        raise ShapeMismatch(f"the layers {', '.join(names)} are needed; got {', '.join(weights) or 'none'}")
    shapes = {name: matrices(name, weights[name]).shape[-2:] for name in names}
    _check_chain(model, shapes, moments)
    return shapes


def _check_chain(model: Model, shapes: Shapes, moments: Moments) -> None:
    """Each layer takes what the one before it gives; the teacher's are shaped like the student's."""
    width, giver = moments.Sxx.shape[-1], "the context"
    for name in (name for name in shapes if not name.startswith("Wbar")):
        _agree(name, "columns", shapes[name][1], width, giver)
        width, giver = shapes[name][0], name
    latent = shapes[f"W_{model.encoder.depth}"][0]
    target = moments.Syx.shape[-2]
    wanted, why = (latent, "the latent space") if model.latent else (target, "the target")
    _agree(giver, "rows", width, wanted, why)
    if model.latent:
        _agree("Syx", "rows", target, moments.Sxx.shape[-1], "the context (a teacher encodes both views)")
    for name in shapes:
        like = (latent, moments.Sxx.shape[-1]) if name == "Wbar" else shapes[name.replace("Wbar", "W")]
        if shapes[name] != like:
            raise ShapeMismatch(f"{name} must be {like[0]} × {like[1]}, as the student is; got {shapes[name]}")
    if isinstance(model.teacher, Shared) and moments.Syy is None:
        raise ShapeMismatch("without stop-gradient the target view moves the encoder: Syy is needed, and got none")


def _agree(name: str, side: str, got: int, width: int, giver: str) -> None:
    if got != width:
        raise ShapeMismatch(f"{name} must have {width} {side}, the width of {giver}; got {got}", name=name)


# Rates.


def _rates(model: Model) -> dict[str, sp.Expr]:
    tau = getattr(model.teacher, "tau", sp.S.Zero)
    return {"alpha": model.predictor_rate, "eta": model.weight_decay, "tau": tau}


def _rate(name: str, rate: sp.Expr, given: Rates, exact: bool) -> Array:
    """A number for a rate of the model: its own, or the one given for its symbol."""
    if rate.is_Rational:
        number = Fraction(int(rate.p), int(rate.q))
        return np.asarray(number if exact else float(number))
    for key in (rate, rate.name):
        if key in given:
            return _checked(name, rate, given[key], exact)
    got = ", ".join(map(str, given)) or "none"
    raise InvalidNumber(
        f"the model has the symbol {rate} for {name}: give it a number in `rates`; got {got}", name=name
    )


def _checked(name: str, symbol: sp.Symbol, given: Any, exact: bool) -> Array:
    needed = f"the rate {symbol} ({name}) must be {'positive' if symbol.is_positive else 'nonnegative'}"
    try:
        values = np.asarray(given, dtype=object if exact else float)
        numbers = values.astype(float)
    except (TypeError, ValueError):
        raise InvalidNumber(f"{needed}, a number or an array of numbers; got {given!r}", name=name) from None
    right = (numbers > 0) if symbol.is_positive else (numbers >= 0)
    if not np.all(right & np.isfinite(numbers)):
        wrong = numbers[~(right & np.isfinite(numbers))]
        raise InvalidNumber(f"{needed} and finite; got {wrong.flat[0]:.6g}", name=name)
    return values


def _check_no_more(model: Model, given: Rates) -> None:
    symbols = [rate for rate in _rates(model).values() if rate.is_Symbol]
    known = {*symbols, *(symbol.name for symbol in symbols)}
    for key in given:
        if key not in known:
            names = ", ".join(map(str, symbols)) or "none"
            raise InvalidNumber(f"rates are given for the model's own symbols ({names}); got {key}", name=str(key))


# Batches.


def _batch(weights: Weights, held: Mapping[str, Array | None], numbers: Mapping[str, Array]) -> tuple[int, ...]:
    axes = {name: np.shape(a)[:-2] for name, a in {**weights, **held}.items() if a is not None}
    axes |= {name: a.shape for name, a in numbers.items()}
    try:
        return np.broadcast_shapes(*axes.values())
    except ValueError:
        told = ", ".join(f"{name}: {shape}" for name, shape in axes.items() if shape)
        raise ShapeMismatch(f"the leading axes of all arrays must broadcast to one batch; got {told}") from None


def _spread(held: Array, batch: tuple[int, ...], inner: int) -> Array:
    """With one batch axis: of length 1 for what all members share, else of length B."""
    own, kept = held.shape[:-inner], held.shape[-inner:]
    if prod(own) == 1:
        return held.reshape(1, *kept)
    return np.ascontiguousarray(np.broadcast_to(held, (*batch, *kept))).reshape(-1, *kept)
