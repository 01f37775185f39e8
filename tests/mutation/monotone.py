"""Bounds that a change makes weaker: it moves one place of a formula, and the formula is monotone in that place.

Two trees are descended together to where they differ; on the way down the kernel shows the signs that say which way
the whole moves with its part: of the other factors, of an exponent, of a base, under a sum or an integral everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.facts import Fact, Kind
from symjepa.statements.claims import AtMost, Less, Within
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.obligations.kinds import HasSign
from tests.mutation.implied import Setting

SMALLER, SAME, LARGER = -1, 0, 1


def weaker_by_parts(claim: Any, mutant: Any, setting: Setting) -> str:
    """What is bounded is not larger, or the bound is not smaller."""
    if type(claim) is not type(mutant) or not isinstance(claim, Less | AtMost | Within):
        return ""
    if isinstance(claim, Within):
        weaker = (claim.expr, claim.of) == (mutant.expr, mutant.of) and _moves(claim.by, mutant.by, setting) == LARGER
    else:
        ways = {_moves(claim.lhs, mutant.lhs, setting), -_moves(claim.rhs, mutant.rhs, setting)}
        weaker = ways <= {SMALLER, SAME} and ways != {SAME}
    return "weaker: monotone in what was changed, which moves the right way" if weaker else ""


def _moves(old: sp.Expr, new: sp.Expr, setting: Setting) -> float:
    """Which way an expression moves, if that is shown; no number of the three otherwise."""
    try:
        found = way(old, new, setting.claimed)
    except SymjepaError:
        found = None
    return float("nan") if found is None else found


def way(old: sp.Expr, new: sp.Expr, known: Context) -> int | None:
    """LARGER if new ≥ old is shown, SMALLER if new ≤ old is, SAME if they are one; else None."""
    if old == new:
        return SAME
    inner = _inside(old, new, known)
    return inner if inner is not None or old.has(sp.Integral, sp.Sum) else _decided(new - old, known)


def _inside(old: sp.Expr, new: sp.Expr, known: Context) -> int | None:
    if old.func != new.func:
        return _of_product(old, new, known) if old.is_Mul or new.is_Mul else None
    match old:
        case sp.Add():
            ours, theirs = _rest(old.args, new.args)
            return way(sp.Add(*ours), sp.Add(*theirs), known) if len(ours) < len(old.args) else None
        case sp.Mul():
            return _of_product(old, new, known)
        case sp.Pow() if old.exp == new.exp:
            return _times(_sign(old.exp, known), way(old.base, new.base, known), (old.base, new.base), known)
        case sp.Pow() if old.base == new.base:
            return _times(_sign(old.base - 1, known), way(old.exp, new.exp, known), (old.base,), known)
        case sp.log():
            inner = way(old.args[0], new.args[0], known)
            return _times(LARGER, inner, (old.args[0], new.args[0]), known)
        case sp.Integral() | sp.Sum() if old.limits == new.limits and len(old.limits) == 1:
            return _under(old, new, known)
    return None


def _times(outer: int | None, inner: int | None, bases: tuple[sp.Expr, ...], known: Context) -> int | None:
    """The way of a function of what moves, where its arguments are positive."""
    return None if outer is None or inner is None or not _positive(bases, known) else outer * inner


def _of_product(old: sp.Expr, new: sp.Expr, known: Context) -> int | None:
    """The factors that both have, of one sign, times what differs."""
    ours, theirs = _rest(sp.Mul.make_args(old), sp.Mul.make_args(new))
    shared = old / sp.Mul(*ours)
    if len(ours) == len(sp.Mul.make_args(old)) or shared == 1:  # the quotient of powers alike is not always one
        return None
    sign = _sign(shared, known)
    inner = None if sign is None else way(sp.Mul(*ours), sp.Mul(*theirs), known)
    return None if inner is None or sign is None else sign * inner


def _under(old: Any, new: Any, known: Context) -> int | None:
    """Everywhere between the ends, the first of which is not beyond the last."""
    ((index, low, high),) = old.limits
    if isinstance(old, sp.Integral) and _sign(high - low, known) != 1:
        return None
    (ours, theirs), deeper = _within(
        (old.function, new.function), index, low, high, known, whole=isinstance(old, sp.Sum)
    )
    return way(ours, theirs, deeper)


def _within(
    exprs: tuple[sp.Expr, ...], index: sp.Symbol, low: sp.Expr, high: sp.Expr, known: Context, whole: bool
) -> tuple[tuple[sp.Expr, ...], Context]:
    """Expressions at any point between two ends, and what is known there."""
    positive = _sign(low, known, "positive") == 1
    own = sp.Dummy(index.name, integer=whole or None, real=True, positive=positive or None)
    there = (Fact(own - low, "nonnegative"), Fact(high - own, "nonnegative"))
    facts = (*known.facts, *there, *_chained(known.facts, own, low, high))
    return tuple(expr.xreplace({index: own}) for expr in exprs), replace(known, facts=facts)


def _chained(facts: Iterable[Fact], own: sp.Symbol, low: sp.Expr, high: sp.Expr) -> list[Fact]:
    """What is known of the ends is known between them: below what the last is below, above what the first is above."""
    found = []
    for fact in facts:
        if fact.kind not in ("positive", "nonnegative") or fact.over:
            continue
        for end, sign in ((high, -1), (low, 1)):
            rest = fact.expr - sign * end
            if end.is_Symbol and end not in rest.free_symbols:
                found.append(Fact(rest + sign * own, fact.kind))
    return found


def _rest(ours: Iterable[sp.Expr], theirs: Iterable[sp.Expr]) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """Without what both have."""
    left, right = Counter(ours), Counter(theirs)
    return [*(left - right).elements()], [*(right - left).elements()]


def _positive(exprs: Iterable[sp.Expr], known: Context) -> bool:
    return all(_sign(expr, known, "positive") == 1 for expr in exprs)


def _sign(expr: sp.Expr, known: Context, kind: Kind = "nonnegative") -> int | None:
    """1 if it is shown to be at least 0 (or positive), -1 if its negative is; by the kernel, or by its parts."""
    return _decided(expr, known, kind) or _by_parts(expr, known, kind)


def _decided(expr: sp.Expr, known: Context, kind: Kind = "nonnegative") -> int | None:
    for sign in (1, -1):
        for by in (None, sp.factor(sign * expr)) if not expr.has(sp.Integral, sp.Sum) else (None,):
            if decide(HasSign("sign", sign * expr, kind, by=by), known).proved:
                return sign
    return None


def _by_parts(expr: sp.Expr, known: Context, kind: Kind) -> int | None:
    match expr:
        case sp.Mul():
            signs = [_sign(factor, known, kind) for factor in expr.args]
            return None if None in signs else int(sp.prod(signs))
        case sp.Add(args=(one, other)) if kind == "nonnegative":
            return _inside(-other, one, known) or None
        case sp.Integral(limits=((index, low, high),)) if _sign(high - low, known, kind) == 1:
            (inside,), deeper = _within((expr.function,), index, low, high, known, whole=False)
            return _sign(inside, deeper, kind)
    return None
