"""The README shows what is printed, and its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symjepa.catalogue import entries, load
from symjepa.cli import main

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def test_the_first_result_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--coordinates", "balanced"]) == 0
    assert f"```text\n{capsys.readouterr().out.rstrip()}\n```" in README


def test_the_python_example_prints_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    example = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", README, re.DOTALL)
    assert example is not None
    program = compile(example[1], "README.md", "exec")
    exec(program, {})  # noqa: S102, our own example
    assert capsys.readouterr().out == example[2]


def test_the_table_of_theorems_names_the_whole_book() -> None:
    table = README[README.index("| chapter | theorems |") :].split("\n\n")[0]
    assert re.findall(r"`([a-z0-9-]+)`", table) == [entry.label for entry in entries()]


def test_the_counts_are_those_of_the_book() -> None:
    loaded = [load(entry) for entry in entries()]
    misses = sum(len(one.statement.near_misses) for one in loaded)
    proved = sum(one.kind == "theorem" for one in loaded)
    assert f"{proved} of {proved} theorems proved, {misses} of {misses} near misses refuted" in README
    assert f"The {proved} theorems of the table" in README
