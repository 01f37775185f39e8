"""A fast part of the mutation campaign, and that the campaign can fail."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.catalogue import find, load
from symjepa.statements.claims import Identity, Less, parts
from symjepa.symbols import K, L, u
from tests.mutation.campaign import Outcome, jobs, run, summary, table
from tests.mutation.mutants import differs, mutants

FAST = [
    *[("jepa-fixed-point", 3), ("null-gradient", 0), ("balance-law", 2), ("expected-loss", 0), ("jepa-mode-ode", 0)],
    *[("gram-powers", 0), ("target-noise", 0), ("boundedness", 2)],
]


@pytest.mark.parametrize("job", FAST, ids=str)
def test_no_false_mutant_of_a_conjunct_is_proved(job: tuple[str, int]) -> None:
    found = summary(run(job))
    assert found.counts and not found.proved, "\n".join(map(str, found.proved))


@pytest.mark.parametrize("job", [("jepa-fixed-point", 3), ("balance-law", 2)], ids=str)
def test_most_false_mutants_of_a_conjunct_are_refuted(job: tuple[str, int]) -> None:
    found = summary(run(job))
    assert found.refuted >= 0.95, "\n".join(map(str, found.open))


def test_a_mutant_that_says_the_same_is_seen() -> None:
    assert differs(Identity(u**2 * u**K, 0), Identity(u ** (K + 2), 0)) is False
    assert differs(Identity((u + 1) ** 2, 0), Identity(u**2 + 2 * u + 1, 0)) is False


def test_a_mutant_that_says_something_else_is_seen() -> None:
    assert differs(Identity(u**K, 0), Identity(u**L, 0)) is True


def test_a_mutant_that_is_defined_nowhere_is_seen() -> None:
    assert differs(Less(0, sp.log(u)), Less(0, sp.log(-u))) is None


def test_every_conjunct_of_the_book_has_mutants() -> None:
    for label, number in jobs():
        if number >= 0:
            assert next(mutants(parts(load(find(label)).statement.claim)[number]), None) is not None, (label, number)


def test_a_proved_mutant_fails_the_campaign() -> None:
    found = summary([Outcome("t", 0, "sign", "lhs", "REFUTED", ""), Outcome("t", 0, "sign", "lhs", "PROVED", "")])
    assert len(found.proved) == 1 and found.refuted == 0.5
    assert "sign" in table(found.counts)
