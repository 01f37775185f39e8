"""The catalogue: labels, chapters, dependencies read off imports, `list`, `show` and `new`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symjepa import book
from symjepa.catalogue import entries, find, load, uses
from symjepa.cli import main
from symjepa.cli.checking import whole_book
from symjepa.errors import UnknownTheorem
from symjepa.verify.check import check


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_label_is_the_name_of_its_file() -> None:
    for entry in entries():
        assert entry.label == entry.file.stem.replace("_", "-")
        assert entry.file.parent.name == entry.chapter


def test_labels_are_unique() -> None:
    labels = [entry.label for entry in entries()]
    assert sorted(set(labels)) == sorted(labels) == sorted(whole_book())


def test_a_label_may_be_written_with_underscores() -> None:
    assert find("noise_decay") == find("noise-decay")


def test_a_file_of_the_book_is_found_as_part_of_the_book() -> None:
    entry = find("noise-decay")
    assert find(str(entry.file)) == entry


def test_an_unknown_label_carries_its_near_ones() -> None:
    with pytest.raises(UnknownTheorem) as caught:
        find("balance-lore")
    assert "balance-law" in caught.value.parts["near"]  # type: ignore[operator]


def test_models_are_no_theorems_and_are_not_among_the_uses() -> None:
    assert "models" not in uses(find("balance-law"))


def test_list_names_every_theorem_under_its_chapter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--no-verdicts", "--json"]) == 0
    listed = json.loads(said(capsys))["theorems"]
    assert [(row["chapter"], row["label"]) for row in listed] == [(entry.chapter, entry.label) for entry in entries()]
    assert all(row["verdict"] is None and row["title"] for row in listed)


def test_list_without_verdicts_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--no-verdicts"]) == 0
    lines = said(capsys).splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == list(book.chapters())


def test_show_prints_sentences_lines_rules_and_points(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "jepa-fixed-point"]) == 0
    page = said(capsys)
    assert "jepa-fixed-point: theorem, PROVED, for every K, L ≥ 1" in page
    assert "Aligned and balanced, a mode moves by u̇ = λ uᴷ⁺²ᴸ⁻¹ − σ² u²ᴷ⁺²ᴸ⁻¹." in page
    assert "✓ λ uᴷ⁺²ᴸ⁻¹ − σ² u²ᴷ⁺²ᴸ⁻¹ = σ² uᴷ⁺²ᴸ⁻¹ (ρ − uᴷ)  (take out the positive factor)  [identity]" in page
    assert "false at K = 2, L = 2, λ = 1, σ² = 2" in page
    assert "source: littwin2024jepa, Cor. 4.3" in page


def test_show_gives_one_verdict_for_every_line_of_the_proof(capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", "jepa-fixed-point"])
    proof = said(capsys).partition("\nProof\n")[2].partition("\nWitness")[0]
    lines = [line for line in check(load(find("jepa-fixed-point"))).lines if not isinstance(line, str)]
    assert proof.count("    ✓ ") == len(lines)


def test_show_in_json_is_the_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "jepa-fixed-point", "--json"]) == 0
    shown = json.loads(said(capsys))
    assert (shown["theorem"]["label"], shown["theorem"]["verdict"], shown["exit"]) == ("jepa-fixed-point", "PROVED", 0)


def test_a_skeleton_is_proved_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "slow-teachers", "-o", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path / "slow_teachers.py"), "--json"]) == 0
    (row,) = json.loads(said(capsys).partition("\n")[2])["theorems"]
    assert (row["label"], row["verdict"], row["scope"]["free"]) == ("slow-teachers", "PROVED", ["K", "L"])
    assert [miss["verdict"] for miss in row["near_misses"]] == ["REFUTED", "REFUTED"]


def test_a_skeleton_in_a_new_chapter_makes_the_chapter(tmp_path: Path) -> None:
    assert main(["new", "first-of-all", "-o", str(tmp_path), "--chapter", "teachers"]) == 0
    assert sorted(path.name for path in (tmp_path / "teachers").iterdir()) == ["__init__.py", "first_of_all.py"]


@pytest.mark.parametrize("label", ["Slow", "1st", "slow--teacher", "../etc", ""])
def test_a_label_that_is_none_is_refused(label: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", label, "-o", str(tmp_path)]) == 64
    assert list(tmp_path.iterdir()) == []


def test_a_label_that_the_book_has_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "noise-decay", "-o", str(tmp_path), "--chapter", "noise"]) == 64
    assert "the book has a theorem noise-decay already, in noise" in capsys.readouterr().err
