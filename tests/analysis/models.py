"""Models and their mode flows, drawn: depths, teacher, objective, rates and coordinates."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp
from hypothesis import strategies as st

import symjepa as sj
from symjepa.errors import NotBalanced

numbers = st.fractions(min_value=sp.Rational(1, 5), max_value=3, max_denominator=7).map(sp.Rational)
REDUCTIONS = {"layers": lambda modes: modes, "product": sj.product_modes, "balanced": sj.balanced}


def model(encoder, predictor, teacher, alpha=sp.S.One, eta=sp.S.Zero) -> sj.Model:
    """`teacher` None means the data target."""
    objective = sj.DataReconstruction() if teacher is None else sj.LatentPrediction()
    rate = sp.S.One if predictor == 0 else alpha
    return sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective, teacher, rate, eta)


def modes(coordinates: str, *of_model, **rates) -> sj.ModeFlow:
    return REDUCTIONS[coordinates](sj.aligned_modes(sj.gradient_flow(model(*of_model, **rates))))


@st.composite
def flows(draw, deepest=2, symbolic=False, coordinates=("layers", "product", "balanced"), decay=True):
    """A mode flow with symbolic data, and numeric or symbolic depths and rates."""
    teacher = draw(st.sampled_from([sj.Live(), sj.EMA(sj.tau), sj.LayerEMA(sj.tau), sj.Frozen(), sj.Shared(), None]))
    encoder = draw(st.sampled_from([sj.L, 1, 2]) if symbolic else st.integers(1, deepest))
    predictor = draw(st.sampled_from([sj.K, 1, 2]) if symbolic else st.integers(1, deepest))
    if teacher is not None and draw(st.booleans()) and draw(st.booleans()):
        predictor = 0
    alpha = draw(st.sampled_from([sp.S.One, sp.Rational(9, 4), sj.alpha]))
    eta = draw(st.sampled_from([sp.S.Zero, sp.S.Zero, sj.eta])) if decay else sp.S.Zero
    try:
        return modes(draw(st.sampled_from(coordinates)), encoder, predictor, teacher, alpha=alpha, eta=eta)
    except NotBalanced:
        return modes("product", encoder, predictor, teacher, alpha=alpha, eta=eta)


def substituted(expr: sp.Expr, values: Mapping[sp.Expr, sp.Expr]) -> sp.Expr:
    return sp.sympify(expr).subs(list(values.items()), simultaneous=True)
