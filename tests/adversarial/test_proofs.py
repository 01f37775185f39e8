"""Proofs that do not prove: another ending, rules without premises, citations of what is not so, circles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
import sympy as sp

from symjepa.errors import BadDerivation, MisusedRule, SymjepaError
from symjepa.statements.claims import AtMost, Identity, Less, SumCloses, Unequal
from symjepa.statements.statement import Cite, Statement, Theorem, conjecture, proves
from symjepa.symbols import K, n
from symjepa.verify.check import Verdict, check
from symjepa.verify.rules import RULES, applied
from tests.adversarial.verdicts import PROVED, REFUSED, outcome, p, report, theorem, x, y

square = theorem(AtMost(0, x**2), at={x: 1})
rooted = theorem(Less(-1, sp.sqrt(p)), at={p: 1})
above = theorem(Less(0, x - 1), given=(Less(2, x),), at={x: 3})
depth = theorem(AtMost(0, K * (K - 1)), at={K: 1})
false = theorem(Less(x, 0), at={x: -1})


def ending(*lines: object) -> Theorem:
    statement = Statement("attack", Less(0, p), (), {p: 1}, ())

    def proof() -> Iterator[object]:
        yield from lines

    return proves(statement)(proof)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "lines", [(), ("done",), (Less(0, p), "done"), (Less(0, p), Less(-1, p)), (Less(0, 2 * p),)], ids=str
)
def test_a_proof_ends_in_its_claim(lines: tuple[object, ...]) -> None:
    with pytest.raises(BadDerivation):
        check(ending(*lines))


@pytest.mark.parametrize("line", [42, None, Less, sp.true, ("a", "b")], ids=str)
def test_a_proof_holds_sentences_and_claims_only(line: object) -> None:
    with pytest.raises(SymjepaError):
        check(ending(line, Less(0, p)))


def test_a_false_line_spoils_a_true_claim() -> None:
    assert outcome(lambda: Less(0, p), at={p: 1}, lines=[Less(p, 0)]) != PROVED


def test_a_false_line_teaches_nothing() -> None:
    found = report(Less(x, 0), at={x: -1}, lines=[Less(x, 0)])
    assert found.verdict is not Verdict.PROVED and found.claim[0].verdict is not Verdict.PROVED


def test_an_open_line_teaches_nothing() -> None:
    hard = Less(0, x**4 - x**3 + x**2 - x + 1)
    found = report(hard, at={x: 1}, lines=[hard])
    assert found.verdict is not Verdict.PROVED


def test_a_false_closed_sum_closes_nothing() -> None:
    N = sp.Symbol("N", integer=True)
    claim = Identity(sp.Sum(n, (n, 1, K)), K**2)
    assert outcome(lambda: claim, at={K: 1}, lines=[SumCloses(n, n, sp.S.One, N, N**2)]) != PROVED


def test_a_line_may_not_use_what_a_later_line_proves() -> None:
    found = report(Less(0, x), given=(Less(1, x),), at={x: 2}, lines=[Less(0, sp.log(x)), Less(0, x)])
    assert found.verdict in (Verdict.PROVED, Verdict.UNDECIDED)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_without_one_of_its_premises_is_misused(name: str) -> None:
    premises = RULES[name].premises
    for fewer in combinations(premises, len(premises) - 1):
        with pytest.raises(MisusedRule):
            applied(name, fewer)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_with_a_premise_of_another_is_misused(name: str) -> None:
    with pytest.raises(MisusedRule):
        applied(name, (*RULES[name].premises, "it is well known"))


def test_there_is_no_rule_that_nobody_wrote() -> None:
    with pytest.raises(MisusedRule):
        applied("obvious", ())


def test_a_cited_theorem_is_known_at_real_values() -> None:
    assert outcome(lambda: AtMost(0, (y - 1) ** 2 * p), at={y: 1, p: 1}, lines=[Cite(square, {x: y - 1})]) == PROVED


@pytest.mark.parametrize("value", [sp.I, 2 * sp.I, sp.sqrt(-2), sp.Symbol("z", imaginary=True)], ids=str)
def test_a_cited_theorem_is_not_known_at_imaginary_values(value: sp.Expr) -> None:
    learned = AtMost(0, value**2) if value.is_Symbol else AtMost(-(value**2), 0)
    assert (
        outcome(lambda: learned, at={value: 1} if value.is_Symbol else {}, lines=[Cite(square, {x: value})]) != PROVED
    )


@pytest.mark.parametrize("value", [sp.oo, -sp.oo, sp.zoo, sp.nan], ids=str)
def test_a_cited_theorem_is_not_known_at_infinity(value: sp.Expr) -> None:
    assert outcome(lambda: Less(1, 0), lines=[Cite(square, {x: value})]) != PROVED
    assert outcome(lambda: AtMost(0, value**2), lines=[Cite(square, {x: value})]) != PROVED


def test_a_theorem_is_not_cited_outside_its_hypotheses() -> None:
    assert outcome(lambda: Less(0, y - 1), at={y: 2}, lines=[Cite(above, {x: y})]) != PROVED


def test_a_theorem_is_not_cited_where_its_symbols_are_not_positive() -> None:
    assert outcome(lambda: AtMost(0, p), at={p: 1, y: 1}, lines=[Cite(rooted, {p: y})]) == REFUSED


def test_a_theorem_is_not_cited_where_its_symbols_are_not_whole() -> None:
    assert outcome(lambda: AtMost(0, p * (p - 1)), at={p: 2}, lines=[Cite(depth, {K: p})]) == REFUSED


def test_a_false_theorem_is_not_cited() -> None:
    assert outcome(lambda: Less(y, 0), at={y: -1}, lines=[Cite(false, {x: y})]) == REFUSED


def test_a_theorem_without_a_witness_is_not_cited() -> None:
    empty = theorem(Less(1, 0), given=(Less(0, x), Less(x, 0)), at={x: 1})
    assert outcome(lambda: Less(1, 0), lines=[Cite(empty)]) == REFUSED


def test_a_conjecture_is_never_proved() -> None:
    guess = conjecture(Statement("guess", Less(0, p), (), {p: 1}, ()), missing="everything")
    assert check(guess).kind == "conjecture"


def test_a_conjecture_is_not_cited() -> None:
    guess = conjecture(Statement("guess", Unequal(x, 0), (), {x: 1}, ()), missing="everything")
    try:
        verdict = check(theorem(Unequal(x, 0), at={x: 1}, lines=[Cite(guess)])).verdict  # type: ignore[arg-type]
    except (SymjepaError, AttributeError):
        return
    assert verdict is not Verdict.PROVED


def test_a_theorem_does_not_cite_itself() -> None:
    circle: list[Theorem] = []
    statement = Statement("circle", Less(x, 0), (), {x: -1}, ())

    def proof() -> Iterator[Cite | Less]:
        yield Cite(circle[0])
        yield statement.claim  # type: ignore[misc]

    circle.append(proves(statement)(proof))
    with pytest.raises(SymjepaError):
        check(circle[0])
