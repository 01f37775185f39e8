"""The book: its notation comes from one file, its formulas from the expressions of the theorems, its pages fit."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from symjepa import book
from symjepa.catalogue import entries, find, load
from symjepa.cli import main
from symjepa.cli.latex import bibliography, checked_one
from symjepa.render.book import displays
from symjepa.render.book.document import chosen, files
from symjepa.render.book.findings import findings
from symjepa.render.book.log import overfull, unresolved
from symjepa.render.book.prose import cited, keys, letters, sentence
from symjepa.render.book.theorem import Checked, _span, fragment
from symjepa.render.notation import MACROS, PLAIN
from symjepa.statements.claims import Identity
from symjepa.statements.statement import tex
from symjepa.symbols import K, lam, u
from symjepa.verify.check import check

QUICK = ("expected-loss", "semi-gradient", "jepa-fixed-point", "mode-decoupling", "null-gradient", "jepa-mode-ode")


@cache
def checked(label: str) -> Checked:
    return checked_one(find(label), None)


@cache
def texts() -> dict[str, str]:
    return files([checked(label) for label in QUICK], Path(book.__path__[0]), bibliography(), "0")


def formulas(tex: str) -> str:
    """Everything that is set as mathematics, without the words inside it."""
    inside = re.findall(r"\$([^$]+)\$|\\begin\{align\*\}(.*?)\\end\{align\*\}", tex, re.DOTALL)
    return re.sub(r"\\(?:text|sj(?:proved|refuted|undecided))\{[^{}]*\}", "", " ".join(map("".join, inside)))


# --- notation


@pytest.mark.parametrize("label", QUICK)
def test_no_letter_escapes_the_macro_file(label: str) -> None:
    own = [plain for name, plain in PLAIN.items() if plain.startswith("\\") and "{" not in plain and name not in ("j",)]
    printed = set(re.findall(r"\\[A-Za-z]+", texts()[f"theorems/{label}.tex"]))
    assert printed.isdisjoint(own)


@pytest.mark.parametrize("label", QUICK)
def test_amplitudes_and_depths_are_macros_too(label: str) -> None:
    bare = re.sub(r"\\[A-Za-z]+", " ", formulas(texts()[f"theorems/{label}.tex"]))
    assert not set(re.findall(r"(?<![A-Za-z])[uwvKLWP](?![A-Za-z])", bare))


def test_a_sentence_speaks_in_macros() -> None:
    assert sentence(r"so $u^K = \sigma^{2}$") == r"so $\sju^{\sjK} = \sjsigma^{2}$"
    assert letters(r"\dot u = \overline{W}\,\Sigma^{yx}") == r"\dot {\sju} = \sjWbar\,\sjSyx"
    assert letters(r"u v_{\ell}^{\top}") == r"\sju \sjv_{\sjl}^{\sjT}"


def test_unicode_mathematics_in_a_reason_becomes_formulas() -> None:
    assert sentence("u² moves twice as fast as u") == r"$\sju^{2}$ moves twice as fast as $\sju$"
    assert sentence("α multiplies a gradient") == r"$\sjalpha$ multiplies a gradient"
    assert sentence("50 % of A & B") == r"50 \% of A \& $B$"


def test_every_file_is_ascii_so_that_any_engine_reads_it() -> None:
    assert all(text.isascii() for name, text in texts().items() if name.endswith(".tex"))


def test_no_python_or_markdown_leaks() -> None:
    tex = "\n".join(text for name, text in texts().items() if name.startswith(("theorems", "findings")))
    prose = re.sub(r"%.*", "", tex)
    assert not re.findall(r"sigma2|lam\b|\*\*|(?<!`)`[a-z]|WordSum|Fraction|None|\b_u\b", prose)


# --- where formulas come from


def test_every_display_of_a_fragment_is_made_by_the_display_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def noting(rows: Any, end: str = "") -> str:
        made.append(displays.display(rows, end))
        return made[-1]

    monkeypatch.setattr("symjepa.render.book.theorem.display", noting)
    tex = fragment(checked("jepa-fixed-point"), "0")
    for one in made:
        tex = tex.replace(one, "")
    assert made
    assert not re.search(r"\\begin\{(align|equation)|\\\[|\$\$", tex)


def test_no_template_types_a_formula_of_the_theory() -> None:
    folder = Path(displays.__file__).parent.parent / "templates"
    for name in ("theorem", "findings", "book", "setting", "rules"):
        text = (folder / f"{name}.tex.j2").read_text("utf-8")
        assert not re.search(r"\\(lambda|sigma|rho|Sigma|frac|dot|begin\{(align|equation))|\\sj(lambda|u|W)\b", text)


def test_a_changed_expression_changes_the_page() -> None:
    one = checked("jepa-fixed-point")
    statement = replace(one.theorem.statement, claim=Identity(lam * u, u * lam), witness={lam: 1, u: 1})
    page = fragment(replace(one, theorem=replace(one.theorem, statement=statement)), "0")
    assert r"\sjlambda \sju" in page
    changed = replace(statement, claim=Identity(lam * u**7, u**7 * lam))
    other = fragment(replace(one, theorem=replace(one.theorem, statement=changed)), "0")
    assert r"\sjlambda \sju^{7}" in other
    assert r"\sjlambda \sju^{7}" not in page


def test_a_theorem_that_is_not_proved_is_set_as_a_conjecture() -> None:
    theorem = load(find("jepa-mode-ode"))
    false = replace(theorem.statement, claim=Identity(u, 2 * u))
    broken = replace(theorem, statement=false, proof=lambda: (claim for claim in [false.claim]))
    page = fragment(Checked("broken", "broken.py", broken, check(broken)), "0")
    assert r"\begin{conjecture}" in page
    assert r"\begin{theorem}" not in page


# --- parts of the page


@pytest.mark.parametrize("label", QUICK)
def test_the_label_of_a_theorem_is_its_label(label: str) -> None:
    assert texts()[f"theorems/{label}.tex"].count(rf"\label{{{label}}}") == 1


@pytest.mark.parametrize("label", QUICK)
def test_every_line_of_a_proof_has_its_verdict_beside_it(label: str) -> None:
    proof = texts()[f"theorems/{label}.tex"].partition(r"\begin{proof}")[2]
    displayed = re.findall(r"\\begin\{align\*\}.*?\\end\{align\*\}", proof, re.DOTALL)
    assert displayed
    assert all(r"\sjproved{" in one for one in displayed)


def test_what_holds_for_several_teachers_is_said_once() -> None:
    statement = texts()["theorems/null-gradient.tex"].partition(r"\end{theorem}")[0]
    assert statement.count(r"\sjpart") == 2
    assert (
        "For the live teacher, the EMA teacher, the layer-wise EMA teacher, the frozen teacher and the data"
        in statement
    )


def test_a_flow_that_neighbours_share_is_written_once() -> None:
    assert "is stable under the same flow, with the linear rate" in fragment(checked("predictor-rate"), "0")
    assert "same flow" not in fragment(checked("teacher-rates"), "0")  # which is about no flow at all


def test_marks_that_differ_stand_beside_the_numbers_of_their_own_lines() -> None:
    proof = fragment(checked("no-predictor-ema"), "0").partition("begin{proof}")[2]
    assert r"\text{(vii)}\sjproved{ordered trajectories} \\" in proof
    assert r"\text{(ix)}\sjproved{Picard--Lindel\"of}" in proof


def test_numbers_with_others_between_them_are_no_range() -> None:
    assert _span(["vi", "ii", "v", "i", "iv", "viii"], ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii"]) == (
        "(i), (ii), (iv)--(vi) and (viii)"
    )


def test_a_tuple_and_an_interval_are_one_formula() -> None:
    assert sentence("of (λ, ρ) = (1, 1) and on [c, x], -1/e") == (
        r"of $(\sjlambda , \sjrho ) = (1, 1)$ and on $[c, x]$, $-1/e$"
    )


def test_words_behind_the_last_display_of_a_sentence_are_closed() -> None:
    proof = fragment(checked("no-predictor-collapse"), "0").partition("begin{proof}")[2]
    assert r"if and only if $\sjsigma < \sjsigma_{\sjy} r$." in proof


def test_a_near_miss_about_one_layer_each_is_refuted_without_a_word_on_depths() -> None:
    told = findings(checked("ema-fixed-points"))
    (place,) = re.findall(r"\\sjwhy\{one exponent\}.*?(Refuted at [^\n]*)", told, re.DOTALL)
    assert r"\sjlambda =" in place and r"\sjK" not in place


def test_a_formula_in_prose_begins_with_a_positive_term() -> None:
    c = sp.Symbol("c", positive=True)
    assert sentence(f"${tex(K - c)}$ and ${tex(u ** (2 / K - c))}$") == r"$\sjK - c$ and $\sju^{2/\sjK - c}$"


def test_sources_are_cited_with_their_equations() -> None:
    assert cited("one2024key, Eqs. 1-3; two2020key, Thm 2") == r"\cite[Eqs.~1--3]{one2024key}, \cite[Thm~2]{two2020key}"
    assert keys(r"\cite[Eq.~1]{b2000x}, \cite{a1999y}") == ("a1999y", "b2000x")


def test_raised_signs_make_one_exponent() -> None:
    assert sentence("at 10⁻¹² it is u² + 1") == r"at $10^{-12}$ it is $\sju^{2} + 1$"


def test_a_label_in_a_sentence_becomes_a_reference_where_the_book_has_it() -> None:
    assert sentence("by `jepa-mode-ode`, $u$ grows") == r"by \sjtheorem{jepa-mode-ode}, $\sju$ grows"
    assert r"\newcommand{\sjtheorem}" in texts()["symjepa-book.tex"]
    assert r"\providecommand{\sjtheorem}" in texts()["symjepa-macros.tex"]


def test_the_bibliography_holds_what_is_cited_and_no_more() -> None:
    everything = "\n".join(text for name, text in texts().items() if name.endswith(".tex"))
    assert set(re.findall(r"@\w+\{([^,]+),", texts()["references.bib"])) == set(keys(everything))
    assert chosen(bibliography(), ()) == ""


def test_a_long_formula_is_broken_before_a_sign() -> None:
    long = displays.Row("x", "=", (("+", "a" * 30), ("-", "b" * 25), ("+", "c" * 20)))
    assert displays.display([long]).count(r"\\") == 1
    assert displays.display([replace(long, right=long.right[:1])]).count(r"\\") == 0


# --- files


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        assert main(["latex", "jepa-mode-ode", "expected-loss", "-o", str(tmp_path / folder)]) == 0
    written = sorted(path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*.*"))
    assert Path("theorems/jepa-mode-ode.tex") in written
    assert all((tmp_path / "first" / p).read_bytes() == (tmp_path / "second" / p).read_bytes() for p in written)


def test_the_log_tells_of_boxes_and_lost_references() -> None:
    boxes = "Overfull \\hbox (7.5pt too wide) in paragraph\nOverfull \\hbox (4.9pt too wide) x\n"
    log = boxes + "LaTeX Warning: Reference `a' on page 1 undefined"
    assert [box.points for box in overfull(log)] == [7.5]
    assert unresolved(log) == ["a"]


# --- TeX


def typeset(folder: Path, name: str, engine: str) -> str:
    """The log after bibtex and three runs."""
    for number in range(3):
        subprocess.run(
            [engine, "-interaction=nonstopmode", "-halt-on-error", name], cwd=folder, check=True, capture_output=True
        )
        if number == 0:
            subprocess.run(["bibtex", name], cwd=folder, check=False, capture_output=True)
    return (folder / f"{name}.log").read_text("utf-8", errors="replace")


def put(folder: Path, written: dict[str, str]) -> None:
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.mark.needs("pdflatex", "lualatex", "bibtex")
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_the_whole_book_compiles_and_no_box_is_too_wide(engine: str, tmp_path: Path) -> None:
    whole = [checked(entry.label) for entry in entries()]
    put(tmp_path, files(whole, Path(book.__path__[0]), bibliography(), "0"))
    log = typeset(tmp_path, "symjepa-book", engine)
    assert overfull(log) == []
    assert unresolved(log) == []


PAPER = r"""\documentclass[11pt]{article}\usepackage{amsmath,amsthm}
\newtheorem{theorem}{Theorem}
%s\input{symjepa-macros}\begin{document}\input{theorems/%s}\end{document}"""


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("label", ["jepa-fixed-point", "semi-gradient", "null-gradient"])
def test_a_fragment_fits_a_plain_article(label: str, tmp_path: Path) -> None:
    put(tmp_path, {**texts(), "paper.tex": PAPER % ("", label)})
    assert overfull(typeset(tmp_path, "paper", "pdflatex")) == []


@pytest.mark.needs("pdflatex", "pdftotext")
@pytest.mark.parametrize("label", ["jepa-fixed-point", "effective-gradient"])
def test_redefining_a_macro_changes_a_letter_throughout(label: str, tmp_path: Path) -> None:
    own = r"\newcommand{\sjP}{{W_p}}\newcommand{\sjlambda}{\mathrm{QQ}}" + "\n"
    put(
        tmp_path, {**texts(), f"theorems/{label}.tex": fragment(checked(label), "0"), "paper.tex": PAPER % (own, label)}
    )
    typeset(tmp_path, "paper", "pdflatex")
    run = ["pdftotext", "paper.pdf", "-"]
    told = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "QQ" in told
    assert "λ" not in told


def test_the_macros_of_a_fragment_are_all_in_the_macro_file() -> None:
    used = {
        m for name, text in texts().items() if name.startswith("theorems") for m in re.findall(r"\\sj[A-Za-z]+", text)
    }
    provided = set(re.findall(r"\\providecommand\{(\\sj[A-Za-z]+)\}", texts()["symjepa-macros.tex"]))
    assert used <= provided


def test_sympy_symbols_of_one_name_print_alike() -> None:
    assert letters(str(sp.latex(u))) == MACROS["u"]
