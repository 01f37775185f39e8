"""What a report says about a statement as a whole, and where an error in a proof is placed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from symjepa.errors import BadDerivation, OutsideFragment
from symjepa.exact.calculus import derivative
from symjepa.statements.claims import Claim, Less
from symjepa.statements.statement import NearMiss, Statement, conjecture, proves
from symjepa.verify import lines
from symjepa.verify.check import Verdict, check
from tests.adversarial.verdicts import live, p, x

hard = Less(0, x**4 - x**3 + x**2 - x + 1)


def stated(claim: Claim, miss: Claim) -> Statement:
    """A statement about x, with one near miss."""
    return Statement("a conjecture", claim, (), {x: 1}, (NearMiss(miss),))


def test_a_conjecture_is_as_expected_while_it_is_open_and_its_near_misses_are_refuted() -> None:
    found = check(conjecture(stated(hard, Less(x, 0)), "a sum of squares"))
    assert found.verdict is Verdict.UNDECIDED
    assert found.as_expected


def test_a_conjecture_that_is_decided_or_whose_near_miss_stands_is_not_as_expected() -> None:
    proved, open_miss = stated(Less(-1, x**2), Less(x, 0)), stated(hard, hard)
    assert not check(conjecture(proved, "nothing")).as_expected
    assert not check(conjecture(open_miss, "a sum of squares")).as_expected


def test_an_error_raised_while_a_proof_speaks_knows_its_line() -> None:
    statement = Statement("raises", Less(0, p), (), {p: 1}, ())

    def proof() -> Iterator[str | Claim]:
        yield "The derivative along the integers is"
        yield str(derivative(p, live.encoder.depth))
        yield statement.claim

    with pytest.raises(OutsideFragment) as raised:
        check(proves(statement)(proof))  # type: ignore[arg-type]
    assert raised.value.parts["line"] == proof.__code__.co_firstlineno + 2


def test_a_proof_that_never_comes_to_its_claim_is_stopped() -> None:
    statement = Statement("endless", Less(0, p), (), {p: 1}, ())

    def proof() -> Iterator[str]:
        while True:
            yield "and so on"

    with pytest.raises(BadDerivation, match="never ends: it has yielded 10000 items"):
        check(proves(statement)(proof))  # type: ignore[arg-type]


def test_a_conjunct_that_a_line_has_proved_is_not_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    easy, other = Less(-1, x**2), Less(-2, x**2)
    statement = Statement("both", easy & other, (), {x: 1}, ())
    asked: list[Claim] = []

    def counted(claim: Claim, *known: object) -> object:
        asked.append(claim)
        return lines.decided(claim, *known)  # type: ignore[arg-type]

    def proof() -> Iterator[Claim]:
        yield easy
        yield statement.claim

    monkeypatch.setattr("symjepa.verify.check.decided", counted)
    assert check(proves(statement)(proof)).verdict is Verdict.PROVED  # type: ignore[arg-type]
    assert asked == [easy, other]


def test_a_conjunct_whose_line_was_not_proved_is_not_taken_for_proved() -> None:
    statement = Statement("hard", Less(-1, x**2) & hard, (), {x: 1}, ())

    def proof() -> Iterator[Claim]:
        yield hard
        yield statement.claim

    found = check(proves(statement)(proof))  # type: ignore[arg-type]
    assert [line.verdict for line in found.claim] == [Verdict.PROVED, Verdict.UNDECIDED]
    assert found.verdict is Verdict.UNDECIDED
