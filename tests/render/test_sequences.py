"""Sequences on the page: an index below, products instead of exponentials of sums, and what one clock moves."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.exact.sequences import every_term
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.render.book.hypotheses import occurs
from symjepa.render.formulas import condition, latex, terminal
from symjepa.render.sentences import latex_claim, terminal_claim
from symjepa.render.sentences.parts import point_words
from symjepa.statements.claims import Conserved
from symjepa.statements.descriptions import clock
from symjepa.symbols import K, L, alpha, chi, k, l, sequence, sigma2

x, y = sequence("x", nonnegative=True), sequence("q", positive=True)
c = sp.Symbol("c", positive=True)
log_of = sp.Sum(sp.log(c + y(k)), (k, 1, K))


@pytest.mark.parametrize(
    ("expr", "told"),
    [
        (y(k), r"q_{k}"),
        (y(l + 1) ** 2, r"q_{\ell + 1}^{2}"),
        (sp.exp(log_of), r"\prod_{k=1}^{K} \left(c + q_{k}\right)"),
        (sp.exp(log_of / 2), r"\prod_{k=1}^{K} \sqrt{c + q_{k}}"),
        (sp.exp(-log_of), r"\prod_{k=1}^{K} \frac{1}{c + q_{k}}"),
        (c * sp.exp(c + log_of), r"c e^{c} \prod_{k=1}^{K} \left(c + q_{k}\right)"),
        (sp.exp(sp.Sum(y(k), (k, 1, K))), r"e^{\sum_{k=1}^{K} q_{k}}"),
    ],
    ids=str,
)
def test_terms_and_products_are_printed_as_a_reader_writes_them(expr: sp.Expr, told: str) -> None:
    assert latex(expr) == told


def test_a_terminal_prints_them_on_one_line() -> None:
    assert terminal(sigma2 * sp.exp(log_of / 2)) == "σ² ∏[k=1…K] √(c + qₖ)"
    assert terminal(sp.exp(c)) == "exp(c)"


def test_what_holds_of_every_term_names_its_index() -> None:
    assert condition(every_term(y, "positive"))["latex"] == r"q_{i} > 0\quad i \in \mathbb{Z}"


def test_a_point_tells_numbers_and_formulas() -> None:
    i = sp.Symbol("i", integer=True)
    assert point_words({c: sp.Rational(1, 2), y(i): 1 + i**2}) == "c = 1/2, q_i = i² + 1"


def test_a_clock_says_which_squares_it_moves() -> None:
    model = Model(Encoder(L), Predictor(K), LatentPrediction(), Live(), predictor_rate=alpha)
    told = terminal_claim(Conserved(clock(model, (0, x), (y,)), chi))
    assert "of the live teacher for positive layers with w₁² = χ, wₗ² = χ + xₗ for l ≥ 2 and vₖ² = α (χ + qₖ)" in told
    assert r"\chi + x_{\ell}" in latex_claim(Conserved(clock(model, (0, x), (y,)), chi))


def test_a_sequence_is_introduced_where_any_of_its_terms_is_shown() -> None:
    assert occurs(y(sp.Symbol("i", integer=True)), r"along $\prod_{k=1}^{K} \sqrt{c + q_{k}}$,")
    assert not occurs(x(sp.Symbol("i", integer=True)), r"along $\prod_{k=1}^{K} \sqrt{c + q_{k}}$,")
