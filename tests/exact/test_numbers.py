"""Numbers are parsed exactly and bounded before they are parsed."""

from __future__ import annotations

import time

import pytest
import sympy as sp

from symjepa.errors import InvalidDepth, InvalidNumber
from symjepa.exact.numbers import depth, exact_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7/10", "7/10"),
        ("0.7", "7/10"),
        ("-3", "-3"),
        ("1e-3", "1/1000"),
        ("+2.50", "5/2"),
        (".5", "1/2"),
        ("5.", "5"),
        (" 4 ", "4"),
    ],
)
def test_numbers_are_exact(text, value):
    assert exact_number(text) == sp.Rational(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1/0",
        "1e",
        "nan",
        "inf",
        "1_000",
        "__import__('os')",
        "1/2/3",
        "0x10",
        "1 2",
        "٣",
        "1e5000",
        "9" * 401,
        0.5,
        None,
        "--1",
        "1/2e3",
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(InvalidNumber, match="is needed"):
        exact_number(text)


def test_a_huge_exponent_is_refused_at_once():
    start = time.perf_counter()
    with pytest.raises(InvalidNumber):
        exact_number("1e1000000000")
    assert time.perf_counter() - start < 0.1


@pytest.mark.parametrize("value", ["0", 0, "3", 1000, "1000"])
def test_depths(value):
    assert depth(value) == int(value)


@pytest.mark.parametrize("value", [-1, "-1", 1001, "1e2", "2.0", "", True, 2.0, 10**4000, "٣", None, " 3"])
def test_other_depths_are_refused(value):
    with pytest.raises(InvalidDepth, match="integer from 0 to 1000"):
        depth(value)
