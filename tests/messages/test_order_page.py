"""The page on the order of learning prints what it says."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "order-of-learning.md"


def test_the_example_of_the_page_prints_what_stands_below_it() -> None:
    blocks = PAGE.read_text("utf-8").split("```")
    program, printed = blocks[1].removeprefix("python\n"), blocks[3].removeprefix("text\n")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, PAGE.name, "exec"), {})  # noqa: S102, our own example
    assert out.getvalue() == printed
