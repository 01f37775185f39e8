"""What a page leaves out and puts in order, so that a reader is not misled."""

from __future__ import annotations

from functools import cache

import pytest
import sympy as sp

from symjepa.catalogue import find
from symjepa.cli.latex import checked_one
from symjepa.render.book.document import _summary
from symjepa.render.book.findings import claimed, findings
from symjepa.render.book.hypotheses import occurs
from symjepa.render.book.phrases import condition
from symjepa.render.book.theorem import Checked, fragment, packed, verdict
from symjepa.render.formulas import latex
from symjepa.statements.claims import All, AtMost, Less
from symjepa.symbols import K, L, eta, lam, rho, sigma2, t, u, w

c, y = sp.Symbol("c", positive=True), sp.Symbol("y", positive=True)


@cache
def checked(label: str) -> Checked:
    return checked_one(find(label), None)


def stated(label: str) -> str:
    return fragment(checked(label), "0").partition(r"\begin{proof}")[0]


@pytest.mark.parametrize(
    ("expr", "tex"),
    [
        (sigma2 * rho * (-K - L), r"-\sigma^{2} \rho (K + L)"),
        (w * (-sigma2 * w - eta * w), r"-w (\sigma^{2} w + \eta w)"),
        (u ** (-K - L), r"\frac{1}{u^{K + L}}"),
        (c * sigma2 * u, r"\sigma^{2} c u"),
        (sp.exp(t * (lam - sigma2)), r"e^{(\lambda - \sigma^{2}) t}"),
        (sp.sqrt(c) * sp.sqrt(1 / (y - 1)), r"\sqrt{\frac{c}{y - 1}}"),
        (sp.sqrt(c) * sp.sqrt(y), r"\sqrt{c} \sqrt{y}"),
        ((sp.log(c) - sp.log(y) / 2) / lam, r"\frac{\log\left(c\right) - \tfrac{1}{2} \log\left(y\right)}{\lambda}"),
        (sp.Sum(c**K, (K, 1, L)) / lam, r"\frac{1}{\lambda} \sum_{K=1}^{L} c^{K}"),
    ],
    ids=str,
)
def test_a_product_is_read_from_its_sign_to_what_is_tall(expr: sp.Expr, tex: str) -> None:
    assert latex(expr) == tex


def test_a_minus_before_two_negative_sums_is_gone() -> None:
    assert latex(u * (-K - 1) * (-K - L)) == "u (K + 1) (K + L)"


def test_a_flow_without_fixed_points_has_none() -> None:
    assert "there is no fixed point of" in stated("no-fixed-point")
    assert "exactly." not in stated("no-fixed-point")


def test_values_put_into_a_flow_are_told_where_its_equation_is_not_shown() -> None:
    assert r"in balance, at $\sjlambda = \sjsigma^{2}$," in stated("no-fixed-point")
    assert r"($\sjK = 2 \sjk$, $\sjL = \sjk m + 1$)" in stated("jepa-critical-time-logarithm")


def test_what_is_no_function_is_told_with_its_data_and_rates() -> None:
    page = stated("end-to-end")
    assert "there is no function $f$ with" in page.lower()
    assert r"with $\sjalpha = 1$ and $\sjeta = 0$" in page
    assert r"\sjSyx = [1/2]" in page and "[[" not in page


def test_two_sets_of_layers_that_are_one_are_shown() -> None:
    assert "compare with" not in findings(checked("end-to-end"))


def test_letters_that_no_formula_shows_are_not_introduced() -> None:
    introduced = stated("gram-powers").partition(r"\sjpart")[0]
    assert r"Let $\sjK, \sjL \geq 1$ be integers." in introduced


def test_a_letter_occurs_in_formulas_only() -> None:
    assert occurs(c, "then $2 c^{2}$") and not occurs(c, r"a cat c with $\cos y$")


def test_a_condition_on_depths_is_one_where_they_are_free() -> None:
    assert r"$2 < \sjK + \sjL$ in (i) and (ii)" in stated("mae-implicit-solution")
    assert r"\sjK + \sjL > 2" in verdict(checked("mae-implicit-solution"))


def test_a_least_depth_is_told_as_one() -> None:
    assert condition(Less(0, K)) == r"\sjK \geq 1"
    assert condition(Less(1, L)) == r"\sjL \geq 2"


def test_a_point_names_no_letter_twice_and_none_that_is_bound() -> None:
    assert findings(checked("noise-decay")).count(r"$\sjt = ") == 5  # the witness, and each of four near misses
    assert "$x = " not in findings(checked("jepa-fixed-point"))


def test_several_claims_of_one_variant_are_divided_by_their_marks() -> None:
    told = claimed(All((Less(u, 1), AtMost(c, u))), "")
    assert told == r"$\sju < 1$; $c \leq \sju$."
    assert "\n\n" not in claimed(All((Less(u, c / (1 + c)), AtMost(c / (2 + c), u))), "")


def test_short_lines_of_one_mark_stand_side_by_side() -> None:
    proof = fragment(checked("relative-critical-time"), "0").partition(r"\begin{proof}")[2]
    assert r"0 < \sjK, \quad 2 < \sjK + \sjL, \quad" in proof
    assert packed([], []) == []


def test_a_conjecture_is_not_counted_as_a_theorem() -> None:
    assert _summary([checked("gram-powers"), checked("noise-decay")], "0").startswith("2 theorems, all proved; ")


def test_a_line_with_a_certificate_bears_the_number_of_what_it_shows() -> None:
    assert r"\sjproved{(i) mean value}" in fragment(checked("logarithm-bound"), "0")
