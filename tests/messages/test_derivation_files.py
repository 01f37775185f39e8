"""What the author of a derivation file is told: one line that points at the place and says what to do; exit 64."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from symjepa import book
from symjepa.cli import main
from tests.messages.derivation_files import derivation

Check = Callable[..., tuple[int, str]]


@pytest.fixture
def complaint(capsys: pytest.CaptureFixture[str]) -> Check:
    """`check` of one file: exit status and the one line on stderr."""

    def check(path: object, *options: str) -> tuple[int, str]:
        status = main(["check", str(path), *options])
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("symjepa: ")
        assert said.err.count("\n") == 1
        return status, said.err.removeprefix("symjepa: ").rstrip("\n")

    return check


def test_the_file_that_all_others_are_changed_from_is_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(derivation(tmp_path))]) == 0


def test_a_file_that_declares_nothing(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("def theorem", "def lemma")))
    assert status == 64
    assert said == (
        "tiny.py is not a derivation: it must declare one `theorem` (a generator under @proves(statement)) "
        "or one `conjecture`; got neither"
    )


def test_a_file_whose_theorem_is_a_plain_function(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("@proves(tiny)\n", "")))
    assert status == 64
    assert said.startswith("tiny.py is not a derivation: it must declare one `theorem`")


def test_a_file_that_is_not_python(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("square = Identity(", "square = Identity((")))
    assert (status, said) == (64, "tiny.py:6: SyntaxError: '(' was never closed")


def test_a_file_that_raises_when_it_is_imported(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("square = ", "one = 1 / 0\nsquare = ")))
    assert (status, said) == (64, "tiny.py:6: ZeroDivisionError: division by zero")


def test_a_file_that_exits_when_it_is_imported(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("square = ", "raise SystemExit(0)\nsquare = ")))
    assert status == 64
    assert said.startswith("tiny.py:6: ")


def test_a_relative_import_outside_the_book(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("square = ", "from ..models import latent\nsquare = ")))
    assert status == 64
    assert said.startswith("tiny.py:6: ImportError: ")
    assert said.endswith(
        "outside the book imports are absolute: `from symjepa.book.models import …` for `from ..models import …`"
    )


def test_a_proof_that_raises(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("    yield square\n", "    yield square.left\n")))
    assert status == 64
    assert (
        said == "tiny.py:19: the proof raises AttributeError: 'Identity' object has no attribute 'left'; mend this line"
    )


def test_a_proof_that_never_ends(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(
        derivation(tmp_path, ("    yield square\n", '    while True:\n        yield "and so on"\n'))
    )
    assert (status, said) == (
        64,
        "tiny.py:20: the proof never ends: it has yielded 10000 items; let it stop after its claim",
    )


def test_a_proof_that_yields_something_else(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("    yield square\n", "    yield u**L\n")))
    assert status == 64
    assert said == (
        "tiny.py:19: a proof yields sentences, claims and Cite(theorem), but this line yields u**L; "
        "interpolate results into a sentence with tex(…), or state them as claims"
    )


def test_a_proof_that_does_not_end_in_its_claim(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("    yield tiny.claim\n", '    yield "which was to be shown."\n')))
    assert (status, said) == (
        64,
        "tiny.py:20: the proof does not end in its claim: let its last line be `yield <statement>.claim`",
    )


def test_a_proof_that_is_no_generator(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("    yield ", "    ")))
    assert (status, said) == (
        64,
        "tiny.py:16: a proof is a generator: it yields sentences and claims, but got None; use `yield`",
    )


def test_a_proof_with_arguments(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("def theorem():", "def theorem(x):")))
    assert status == 64
    assert said.startswith("tiny.py:16: a proof is a generator without arguments, but calling it raises TypeError: ")


def test_a_claim_that_misuses_its_parts(tmp_path: Path, complaint: Check) -> None:
    half = "from symjepa.statements.claims import Iff, Unequal"
    bad = "    yield Iff(Less(0, u), Unequal(0, u), by=u)\n"
    status, said = complaint(derivation(tmp_path, ("square = ", f"{half}\nsquare = "), ("    yield square\n", bad)))
    assert (status, said) == (64, "tiny.py:20: an Iff needs two relations of one kind; got u > 0 and u != 0")


def test_a_claim_that_does_not_hold_expressions(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(derivation(tmp_path, ("    yield square\n", '    yield Less("0", "1")\n')))
    assert status == 64
    assert said.startswith("tiny.py:19: this cannot be checked: TypeError: ")
    assert said.endswith("claims hold SymPy expressions and words; if yours do, please report this")


def test_a_hypothesis_that_is_no_relation(tmp_path: Path, complaint: Check) -> None:
    extra = "from symjepa.statements.claims import Within\nsquare = "
    changed = derivation(tmp_path, ("square = ", extra), ("hypotheses=()", "hypotheses=(Within(u, 0, u),)"))
    status, said = complaint(changed)
    assert status == 64
    assert said == "tiny.py:11: Within cannot be a hypothesis: use a relation of scalars, or Annihilates"


def test_a_folder_in_place_of_a_file(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(tmp_path)
    assert (status, said) == (64, f"{tmp_path} is a folder: name its files, as in `symjepa check {tmp_path}/*.py`")


def test_a_file_that_is_not_there(tmp_path: Path, complaint: Check) -> None:
    status, said = complaint(tmp_path / "nowhere.py")
    assert (status, said) == (64, f"there is no file {tmp_path}/nowhere.py")


def test_an_unknown_theorem_brings_near_labels(complaint: Check) -> None:
    status, said = complaint("noise-decai")
    assert status == 64
    assert said.startswith("no theorem is called 'noise-decai'; did you mean noise-decay")


def test_an_unknown_theorem_far_from_all_points_at_the_list(complaint: Check) -> None:
    assert complaint("xyzzy") == (64, "no theorem is called 'xyzzy'; `symjepa list` shows all")


def test_options_that_are_no_numbers(complaint: Check) -> None:
    assert complaint("balance-law", "--jobs", "many") == (64, "--jobs needs a whole number from 1 to 9999; got 'many'")
    assert complaint("balance-law", "--time-limit", "0")[0] == 64


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A book of its own with one chapter, `loops`."""
    folder = tmp_path / "derivations" / "loops"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Loops."""\n')
    monkeypatch.setattr(book, "__path__", [str(folder.parent)])
    yield folder
    for name in [name for name in sys.modules if name.startswith("symjepa.book.loops")]:
        del sys.modules[name]


def test_theorems_that_rest_on_each_other(chapter: Path, complaint: Check) -> None:
    derivation(chapter, ("square = ", "from .second import tiny as other\nsquare = "), name="first")
    derivation(chapter, ("square = ", "from .first import tiny as other\nsquare = "), name="second")
    status, said = complaint("first")
    assert status == 64
    assert (
        said
        == "first.py: a theorem may not rest on itself, but first uses second uses first: break the circle of imports"
    )


def test_a_theorem_that_uses_another_names_it(chapter: Path) -> None:
    derivation(chapter, name="first")
    derivation(chapter, ("square = ", "from .first import theorem as other\nsquare = "), name="second")
    catalogue = import_module("symjepa.catalogue")
    assert catalogue.uses(catalogue.find("second")) == ("first",)


def test_new_refuses_to_overwrite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = derivation(tmp_path)
    before = path.read_text()
    assert main(["new", "tiny", "-o", str(tmp_path)]) == 64
    assert "exists already and is left as it is" in capsys.readouterr().err
    assert path.read_text() == before
