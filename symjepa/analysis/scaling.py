r"""Scaling weights: the units of the field, after the relation that each objective imposes, and homogeneity.

$x \to a x$, $y \to c y$, $W_l \to p W_l$, $P_k \to z P_k$ (weights are the logarithms, so they add).  Both terms of
the residual must scale alike: $K z = c - a$ for the latent target, $K z + L p = c - a$ for the data target.  Time
carries $p^2$ over the scale of the loss. A rate that is a number cannot scale: α = 1 forces z = p, and a numeric τ or
η fixes the unit of time.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from symjepa.errors import OutsideFragment
from symjepa.model import Model
from symjepa.modes.reduction import ModeFlow
from symjepa.symbols import (
    WEIGHT_CONTEXT,
    WEIGHT_ENCODER,
    WEIGHT_PREDICTOR,
    WEIGHT_TARGET,
    WEIGHT_TIME,
    K,
    L,
    alpha,
    eps,
    eta,
    k,
    l,
    lam,
    layer_amplitude,
    meaning,
    rho,
    s,
    sigma2,
    sigma2_y,
    t,
    tau,
    u,
    v,
    w,
)
from symjepa.symbols import b as teacher

_a, _c, _p, _z = WEIGHT_CONTEXT, WEIGHT_TARGET, WEIGHT_ENCODER, WEIGHT_PREDICTOR
_NAMED = (lam, sigma2, sigma2_y, rho, w, v, teacher, u, s, eps, t, alpha, tau, eta)


def weights(model: Model) -> Mapping[sp.Expr, sp.Expr]:
    """Symbol → weight, a linear form in the weights that remain free; layer amplitudes of every stack included."""
    relations = _relations(model)
    rates = {model.predictor_rate: alpha, model.weight_decay: eta, getattr(model.teacher, "tau", tau): tau}
    like = {**{symbol: symbol for symbol in _NAMED}, **{own: named for own, named in rates.items() if own.is_Symbol}}
    like.update({layer: layer for layer in _layers(model)})
    return {symbol: _reduced(_weight_of_symbol(named), model, relations) for symbol, named in like.items()}


def _layers(model: Model) -> tuple[sp.Expr, ...]:
    """Every layer of a numeric stack, the generic one of a symbolic stack."""
    stacks = (("w", model.encoder.depth, l), ("v", model.predictor.depth, k), ("b", model.encoder.depth, l))
    return tuple(layer_amplitude(name, number) for name, depth, index in stacks for number in _numbers(depth, index))


def _numbers(depth: sp.Expr, index: sp.Symbol) -> tuple[sp.Expr, ...]:
    return tuple(sp.Integer(i + 1) for i in range(int(depth))) if depth.is_Integer else (index,)


def _weight_of_symbol(symbol: sp.Expr) -> sp.Expr:
    known = meaning(symbol)
    if known is None or known.weight is None:
        raise OutsideFragment(
            f"a scaling weight is known for the symbols of symjepa.symbols; got {symbol}", symbol=symbol
        )
    return known.weight


def _relations(model: Model) -> tuple[tuple[sp.Symbol, sp.Expr], ...]:
    """Eliminations (weight, linear form), to be applied in this order."""
    encoder, predictor = model.encoder.depth, model.predictor.depth
    prediction = predictor * _z + encoder * _p
    time = 2 * _p - 2 * prediction - 2 * _a
    found = [(WEIGHT_TIME, time), (_c, _a + (predictor * _z if model.latent else prediction))]
    if predictor != 0 and model.predictor_rate.is_Number:
        found.append((_z, _p))
    clocks = (model.weight_decay, getattr(model.teacher, "tau", sp.S.Zero))
    if any(clock.is_Number and clock != 0 for clock in clocks):
        found.append((_a, _p - prediction))
    return (*found, *found[2:3])


def _reduced(weight: sp.Expr, model: Model, relations: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> sp.Expr:
    form = weight.xreplace({L: model.encoder.depth, K: model.predictor.depth})
    for symbol, value in relations:
        form = form.xreplace({symbol: value})
    return sp.expand(form)


def weight_of(product: sp.Expr, known: Mapping[sp.Expr, sp.Expr]) -> sp.Expr:
    """The weight of a monomial; products over a range of layers count their factors.  OutsideFragment for a sum."""
    if product in known:
        return known[product]
    if product.is_Mul:
        return sp.expand(sp.Add(*(weight_of(factor, known) for factor in product.args)))
    if product.is_Pow:
        return sp.expand(product.exp * weight_of(product.base, known))
    if isinstance(product, sp.Product):
        ((_, lo, hi),) = product.limits
        return sp.expand((hi - lo + 1) * weight_of(product.function, known))
    if isinstance(product, sp.Indexed):
        return next(weight for name, weight in known.items() if getattr(name, "base", None) == product.base)
    if product.is_number or product.is_integer:
        return sp.S.Zero
    raise OutsideFragment(f"a scaling weight is that of a monomial in known symbols; got {product}", expression=product)


def homogeneous(modes: ModeFlow) -> bool:
    """Whether every term of every rate has the weight of its state less that of time: decided exactly.

    Parameters that were set to numbers (`modes.at`) count as numbers of weight 0.
    """
    known = weights(modes.source.model)
    return all(
        sp.expand(weight_of(term, known) - weight_of(state, known) + known[t]) == 0
        for state, rate in modes.rates.items()
        for term in sp.Add.make_args(sp.expand(rate))
        if term != 0
    )
