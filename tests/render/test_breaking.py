"""Formulas that no line holds come in pieces, and the pieces joined are the formula."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.render.breaking import ROOM, pieces
from symjepa.render.notation import PLAIN
from symjepa.render.styles import MACRO_LATEX
from symjepa.render.widths import width
from symjepa.symbols import K, L, lam, rho, sigma2, u

x = sp.Symbol("x", positive=True)
latex = MACRO_LATEX.spelling
long = sp.Add(*((lam + n) ** (K + n) * u ** (L + 2 * n) for n in range(1, 9)))


def widest(expr: sp.Expr) -> float:
    return max(width(size) for _, size in pieces(latex, expr))


def test_what_fits_is_left_in_one_piece() -> None:
    assert pieces(latex, lam * u - sigma2 * u**2) == latex.terms(lam * u - sigma2 * u**2)


def test_a_fraction_with_a_long_numerator_becomes_a_fraction_and_a_bracket() -> None:
    shown = pieces(latex, long / rho)
    assert shown[0][1].startswith(r"\frac{1}{\sjrho} \biggl( ")
    assert shown[-1][1].endswith(r" \biggr)")
    assert widest(long / rho) <= ROOM


def test_a_long_denominator_becomes_an_inverse_power() -> None:
    assert pieces(latex, lam / long)[-1][1].endswith(r"\biggr)^{-1}")


def test_a_product_is_split_between_its_factors_and_a_sum_among_them_keeps_its_brackets() -> None:
    factors = [(lam + n) ** 2 + u**n / (rho + n) for n in range(1, 9)]
    product = sp.Mul(*factors, evaluate=False)
    shown = pieces(latex, product)
    assert len(shown) > 1
    assert all(sign == r"\cdot" for sign, _ in shown[1:])
    assert all(size.startswith(r"\left(") and size.endswith(r"\right)") for _, size in shown)


@pytest.mark.parametrize("count", range(3, 14))
def test_a_sum_behind_a_full_line_keeps_its_brackets(count: int) -> None:
    product = sp.Mul(*(u ** (K + n) + rho**n for n in range(1, count)))
    behind = [size for sign, size in pieces(latex, product) if sign == r"\cdot"]
    assert all(size.startswith(("(", r"\left(")) for size in behind)


def test_a_finite_sum_does_not_reach_over_the_factors_behind_it() -> None:
    n = sp.Symbol("n", integer=True, positive=True)
    total = sp.Sum(x**n / n, (n, 1, L))
    assert r"{n}\right) \biggl( " in pieces(latex, lam * total * long)[0][1]


def test_an_integral_and_a_logarithm_are_opened() -> None:
    total = sp.Integral(long.xreplace({u: x}), (x, 1, 2))
    assert pieces(latex, total)[0][1].startswith(r"\int_{1}^{2}\biggl( ")
    assert pieces(latex, total)[-1][1].endswith(r"\biggr) \, dx")
    assert pieces(latex, sp.log(long))[0][1].startswith(r"\log \biggl( ")


def test_what_cannot_be_opened_stays_whole() -> None:
    power = sp.Symbol("q", positive=True) ** long
    assert pieces(latex, power) == [("+", latex.doprint(power))]


def test_a_formula_in_macros_is_as_wide_as_in_letters() -> None:
    assert width(r"\sjlambda \sju^{\sjK}") == width(rf"{PLAIN['lam']} u^{{K}}")


def test_greek_names_and_primes_print_as_letters() -> None:
    assert latex.doprint(sp.Symbol("epsilon_1") + sp.Symbol("zeta")) == r"\epsilon_{1} + \zeta"
    assert latex.doprint(sp.Symbol("lambda_0")) == r"\sjlambda_{0}"
    assert latex.doprint(sp.Symbol("u'") ** 2) == r"{\sju'}^{2}"
