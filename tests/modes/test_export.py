"""Mode flows for NumPy, SymPy and heyoka say what the derived rates say."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import sympy as sp

import symjepa as sj
from symjepa.errors import NeedsDepth, SymjepaError
from symjepa.modes.export import to_heyoka, to_numpy, to_sympy

PARAMS = {sj.lam: 0.7, sj.sigma2: 1.3, sj.tau: 0.2, sj.alpha: 1.5}


def flow(encoder=3, predictor=2):
    model = sj.Model(
        sj.Encoder(encoder), sj.Predictor(predictor), sj.LatentPrediction(), sj.EMA(sj.tau), predictor_rate=sj.alpha
    )
    return sj.product_modes(sj.aligned_modes(sj.gradient_flow(model)))


def test_numpy_agrees_with_the_exact_rates() -> None:
    modes, y = flow(), np.array([0.4, 0.9, 0.3])
    exact = [sp.N(rate.subs({**PARAMS, **dict(zip(modes.state, y, strict=True))})) for rate in modes.rates.values()]
    assert np.allclose(to_numpy(modes)(0.0, y, PARAMS), np.array(exact, dtype=float), rtol=1e-13)


def test_numpy_runs_along_trailing_axes_of_state_and_parameters() -> None:
    f, y = to_numpy(flow()), np.full((3, 4, 5), 0.5)
    several = f(0.0, y, {**PARAMS, sj.lam: np.linspace(0, 1, 5)})
    assert several.shape == (3, 4, 5) and np.allclose(several[:, 2, 0], f(0.0, y[:, 2, 0], {**PARAMS, sj.lam: 0.0}))


def test_parameters_go_by_symbol_or_by_name() -> None:
    f, y = to_numpy(flow()), np.array([0.4, 0.9, 0.3])
    assert np.array_equal(f(0, y, PARAMS), f(0, y, {symbol.name: value for symbol, value in PARAMS.items()}))


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(SymjepaError, match=r"needs a number for sigma2, but params has alpha, lam, tau: add it"):
        to_numpy(flow())(0, np.ones(3), {x: 1.0 for x in PARAMS if x != sj.sigma2})


@pytest.mark.parametrize("export", [to_numpy, to_sympy])
@pytest.mark.parametrize(("depths", "named"), [((sj.L, 1), "L"), ((2, sj.K), "K")])
def test_a_symbolic_depth_is_refused_by_name(export, depths, named) -> None:
    with pytest.raises(NeedsDepth, match=f"got the symbol {named}: build the model with a number there"):
        export(flow(*depths))


def test_layers_of_symbolic_depth_are_refused_too() -> None:
    model = sj.Model(sj.Encoder(sj.L), sj.Predictor(1), sj.LatentPrediction(), sj.Live())
    with pytest.raises(NeedsDepth, match="got the symbol L"):
        to_numpy(sj.aligned_modes(sj.gradient_flow(model)))


def test_sympy_equations_are_in_functions_of_time() -> None:
    first = to_sympy(flow(1, 1))[0]
    w, v, b = (sp.Function(name, real=True)(sj.t) for name in "wvb")
    assert first.lhs == sp.Derivative(w, sj.t)
    assert sp.expand(first.rhs - (sj.lam * v * b - sj.sigma2 * v**2 * w)) == 0


def test_heyoka_is_asked_for_politely(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "heyoka", None)
    with pytest.raises(SymjepaError, match=r"pip install 'symjepa\[fast\]'"):
        to_heyoka(flow())


@pytest.mark.needs("heyoka")
def test_heyoka_agrees_with_numpy() -> None:
    import heyoka

    modes, y = flow(), np.array([0.4, 0.9, 0.3])
    system, order = to_heyoka(modes)
    compiled = heyoka.cfunc([rate for _, rate in system], vars=[variable for variable, _ in system])
    ours = to_numpy(modes)(0.0, y, PARAMS)
    assert np.allclose(compiled(y, pars=[PARAMS[symbol] for symbol in order]), ours, rtol=1e-12)
