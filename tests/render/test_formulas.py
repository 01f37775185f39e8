"""Formulas are printed from declared names, in reading order, and unambiguously."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.render.formulas import dotted, formula, latex, terminal
from symjepa.render.notation import MACROS, PLAIN
from symjepa.render.styles import MACRO_LATEX
from symjepa.symbols import K, L, alpha, b, eta, j, l, lam, layer_amplitude, rho, sigma2, sigma2_y, u, w

W_l = layer_amplitude("w", l)
W_j = layer_amplitude("w", j)


@pytest.mark.parametrize(
    ("expr", "tex", "unicode"),
    [
        (sigma2, r"\sigma^{2}", "σ²"),
        (sigma2**2, r"\sigma^{4}", "σ⁴"),
        (sp.sqrt(sigma2), r"\sigma", "σ"),
        (sigma2_y, r"\sigma_{y}^{2}", "σ_y²"),
        (layer_amplitude("w", sp.Integer(3)), "w_{3}", "w₃"),
        (W_l, r"w_{\ell}", "wₗ"),
        (
            lam * u ** (2 * L) - sigma2 * u ** (2 * L + 1) - eta * u,
            r"\lambda u^{2 L} - \sigma^{2} u^{2 L + 1} - \eta u",
            None,
        ),
        (w ** (3 - 2 / L), "w^{3 - 2/L}", "w^(3 − 2/L)"),
        (alpha ** (K / 2) * lam, r"\alpha^{K/2} \lambda", "α^(K/2) λ"),
        (1 - u / rho, r"1 - \frac{u}{\rho}", "1 − u/ρ"),
        ((1 - u) / (2 * L), r"\frac{1 - u}{2 L}", "(1 − u)/(2 L)"),
    ],
    ids=str,
)
def test_a_formula_reads_as_on_paper(expr: sp.Expr, tex: str, unicode: str | None) -> None:
    assert latex(expr) == tex
    assert unicode is None or terminal(expr) == unicode


def test_the_layers_around_one_are_one_product() -> None:
    around = sp.Product(W_j, (j, 1, l - 1)) * sp.Product(W_j, (j, l + 1, L))
    assert latex(around) == r"\prod_{j \neq \ell} w_{j}"


def test_layers_with_a_wider_gap_stay_two_products() -> None:
    gap = sp.Product(W_j, (j, 1, l - 1)) * sp.Product(W_j, (j, l + 2, L))
    assert latex(gap).count(r"\prod") == 2


def test_a_product_in_front_of_a_factor_is_bracketed() -> None:
    whole = sp.Product(W_j, (j, 1, L)) * sp.Product(layer_amplitude("b", j), (j, 1, L))
    assert latex(whole) == r"\left(\prod_{j=1}^{L} b_{j}\right) \prod_{j=1}^{L} w_{j}"


def test_the_dot_sits_on_the_letter() -> None:
    assert dotted(W_l) == r"\dot{w}_{\ell}"
    assert dotted(b, MACROS) == r"\dot{\sjb}"


def test_json_formulas_stand_alone_and_documents_use_macros() -> None:
    assert formula(lam * u) == {"latex": r"\lambda u", "sympy": "lam*u"}
    assert latex(lam * sigma2, MACROS) == r"\sjlambda \sjsigma^{2}"


def test_no_macro_name_is_the_beginning_of_a_clash() -> None:
    assert len(set(MACROS.values())) == len(PLAIN)
    assert all(macro[1:].isalpha() for macro in MACROS.values())


def test_powers_of_one_letter_are_written_as_one() -> None:
    c = sp.Symbol("c", positive=True)
    assert latex(c * c ** (K - 1)) == "c^{K}"
    assert latex(K * c ** (2 * K) / c**2) == "K c^{2 K - 2}"
    assert terminal(u**L * u ** (K + L - 1)) == "uᴷ⁺²ᴸ⁻¹"


def test_a_variable_named_like_a_view_is_not_the_macro_of_the_view() -> None:
    x, y = sp.symbols("x y1")
    assert MACRO_LATEX.expr(x + y) == "x + y_{1}"
