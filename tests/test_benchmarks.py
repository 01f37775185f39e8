"""The page of benchmarks says what was met, what was missed, and what was not run and why."""

from __future__ import annotations

from benchmarks.rows import Bar, Row, table, worst


def test_a_row_is_judged_by_its_median():
    assert str(Row("x", (0.1, 0.19, 3.0), Bar(0.2, 0.05))) == "| x | 0.19 | 0.1 … 3 | ≤ 0.2 | 0.05 | met |"
    assert str(Row("x", (0.1, 0.3, 0.3), Bar(0.2))).endswith("| ≤ 0.2 |  | **missed** |")
    assert str(Row("x", (120.0, 90.0, 70.0), Bar(50, 80, at_least=True))).endswith("| ≥ 50 | 80 | met, goal reached |")


def test_a_peer_that_is_missing_is_named_with_the_command_that_installs_it():
    row = Row("x over heyoka", (), Bar(10), "needs heyoka: `pip install heyoka`")
    assert str(row) == "| x over heyoka | not run: needs heyoka: `pip install heyoka` | | ≤ 10 | | |"


def test_the_worst_row_speaks_for_its_group():
    rows = [Row("a", (1.0,), Bar(2)), Row("b", (3.0,), Bar(2))]
    assert worst("all", rows, Bar(2)).ratios == (3.0,)
    assert worst("all", rows, Bar(2, at_least=True)).ratios == (1.0,)


def test_every_line_of_a_table_has_six_cells():
    rows = [Row("a", (1.0,), Bar(2)), Row("b"), Row("c", (5.0,)), Row("d", (2.0,), unit=" ms")]
    assert {line.replace("\\|", "").count("|") for line in table(rows).splitlines()} == {7}
