"""Every file of the book, collected and checked: proved as it stands, witnessed, and each near miss refuted."""

from __future__ import annotations

import pytest

from symjepa.catalogue import entries, load
from symjepa.verify.check import check
from symjepa.verify.kernel.decide import Verdict


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.label)
def test_the_theorem_is_as_expected(entry) -> None:
    found = check(load(entry))
    assert (found.first_failure is None) == (found.kind == "theorem")
    assert found.witness == ""
    assert [miss.why for miss in found.near_misses if miss.verdict is not Verdict.REFUTED] == []
    assert found.as_expected
