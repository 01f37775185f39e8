r"""All ways to make sums of monomials vanish together: the search behind the fixed points.

Factor out the common monomial of an equation: either one of its variables is zero, or the bracket that is left
vanishes. A bracket of two terms is solved for a variable (the teacher's first), one with exponents 0, p, 2p by the
quadratic formula; any other stays as a condition.  Solutions are monomials again, so they go into the other
equations.  Exponents may contain the depths; whatever a step needs of depths or parameters is kept with the branch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import sympy as sp

from symjepa.analysis.monomials import Term, Terms, collected, lowest, power, sign
from symjepa.exact.facts import Fact
from symjepa.symbols import lam

RANKS = "bsvuw"
Equations = tuple[Terms, ...]
Values = Mapping[sp.Expr, "Term | None"]
"""State symbol → its monomial; None for zero."""


@dataclass(frozen=True)
class Branch:
    """A partial solution: values found, what they need, conditions left, and new symbols with what they stand for."""

    at: Values
    needs: tuple[Fact, ...] = ()
    conditions: Equations = ()
    stands_for: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    renamed: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    slope: tuple[sp.Expr, sp.Expr, sp.Expr] | None = None

    def needing(self, *facts: Fact) -> Branch:
        plain = (Fact(primitive(f.expr), f.kind) if of_depths(f) else f for f in facts)
        return replace(self, needs=tuple(dict.fromkeys((*self.needs, *plain))))


@dataclass(frozen=True)
class Search:
    """What does not change during a search: the state, and the part of it that must be positive."""

    state: tuple[sp.Expr, ...]
    positive: frozenset[sp.Expr]
    given: tuple[Fact, ...]


def solve(search: Search, equations: Equations, branch: Branch) -> Iterator[Branch]:
    """All ways to make the equations vanish, the easiest first."""
    left = [equation for equation in equations if equation]
    if not left:
        yield branch
        return
    split = [factored(search, equation) for equation in left]
    chosen = min(range(len(left)), key=lambda i: _difficulty(search, split[i][1]))
    unit, bracket, needs = split[chosen]
    rest = tuple(left[:chosen] + left[chosen + 1 :])
    branch = branch.needing(*needs)
    for x, e in unit.items():
        yield from _with_zero(search, x, e, tuple(left), branch)
    yield from _with_bracket(search, bracket, rest, branch)


def factored(search: Search, equation: Terms) -> tuple[dict[sp.Expr, sp.Expr], Terms, tuple[Fact, ...]]:
    """The common monomial, the bracket, and what was needed to see which exponent is the least."""
    unit: dict[sp.Expr, sp.Expr] = {}
    needs: list[Fact] = []
    for x in search.state:
        least, unsure = _least(search, [term.of(x) for term in equation])
        needs.extend(unsure)
        if least != 0:
            unit[x] = least
    bracket = tuple(term.times(sp.S.One, {x: -e for x, e in unit.items()}) for term in equation)
    return unit, collected(bracket), tuple(needs)


def _least(search: Search, exponents: list[sp.Expr]) -> tuple[sp.Expr, tuple[Fact, ...]]:
    """The smallest exponent; where depths leave it open, the one that is smallest for deep networks, as a need."""
    deep = {symbol: sp.Integer(7) for e in exponents for symbol in e.free_symbols}
    least = min(exponents, key=lambda e: e.xreplace(deep))
    gaps = [lowest(e - least) for e in exponents]
    known = ("zero", "positive", "nonnegative")
    return least, tuple(Fact(gap, "nonnegative") for gap in gaps if sign(gap) not in known)


def _with_zero(search: Search, x: sp.Expr, e: sp.Expr, equations: Equations, branch: Branch) -> Iterator[Branch]:
    """The branch x = 0 of a common factor x^e."""
    needs = {e} if sign(e) != "positive" else set()
    needs |= {t.of(x) for f in equations for t in f if t.of(x) != 0 and sign(t.of(x)) != "positive"}
    if any(sign(need) in ("negative", "nonpositive") for need in needs):
        return
    without = tuple(tuple(term for term in equation if term.of(x) == 0) for equation in equations)
    if any(value is not None and sign(value.of(x)) == "negative" for value in branch.at.values()):
        return
    kept = {y: None if value is None or value.of(x) != 0 else value for y, value in branch.at.items()}
    conditions = tuple(tuple(term for term in f if term.of(x) == 0) for f in branch.conditions)
    next_one = replace(branch, at={**kept, x: None}, conditions=())
    yield from solve(search, (*without, *conditions), next_one.needing(*(Fact(need, "positive") for need in needs)))


def _with_bracket(search: Search, bracket: Terms, rest: Equations, branch: Branch) -> Iterator[Branch]:
    """The branch in which the bracket vanishes."""
    if not bracket:
        yield from solve(search, rest, branch)
    elif len(bracket) == 1 and not bracket[0].powers:
        yield from _with_constant(search, bracket[0].coefficient, rest, branch)
    elif _solvable_for(search, bracket) is not None:
        yield from _with_binomial(search, bracket, rest, branch)
    elif _quadratic(bracket) is not None and not rest:
        yield from _with_quadratic(search, bracket, rest, branch)
    else:
        yield from solve(search, rest, replace(branch, conditions=(*branch.conditions, bracket)))


def _with_constant(search: Search, constant: sp.Expr, rest: Equations, branch: Branch) -> Iterator[Branch]:
    """A bracket free of the state vanishes only at special parameters."""
    special = core(constant)
    if special not in (1, -1) and not special.is_nonzero:
        yield from solve(search, rest, branch.needing(Fact(special, "zero")))


def _difficulty(search: Search, bracket: Terms) -> tuple[int, int]:
    if len(bracket) < 2:
        return (0, 0)
    x = _solvable_for(search, bracket)
    if x is not None:
        definite = core(bracket[0].coefficient * bracket[1].coefficient) in (1, -1)
        return (1, _rank(x) + (0 if definite else len(RANKS)))
    return (2, 0) if _quadratic(bracket) else (3, len(bracket))


def _rank(x: sp.Expr) -> int:
    """Solve for the teacher first, then for the predictor, last for the encoder."""
    return RANKS.index(x.name[0])


def _solvable_for(search: Search, bracket: Terms) -> sp.Expr | None:
    """The variable for which a bracket of two terms is solved."""
    if len(bracket) != 2:
        return None
    first, second = bracket
    exponents = {x: lowest(first.of(x) - second.of(x)) for x in (*first.powers, *second.powers)}
    usable = [x for x, d in exponents.items() if d != 0 and sign(d) != "unknown"]
    simple = [x for x in usable if exponents[x] in (1, -1) or x in search.positive]
    return min(simple or usable, key=_rank, default=None)


def core(expr: sp.Expr) -> sp.Expr:
    """A simpler expression of the same sign: factors known to be positive are left out."""
    kept, flips = [], 0
    for factor in sp.Mul.make_args(sp.factor(expr)):
        base, e = factor.as_base_exp()
        if factor.is_negative:
            flips += 1
        elif not (factor.is_positive or base.is_positive):
            kept.append(base if e.is_Integer and e % 2 else factor)
    return sp.Mul(sp.Integer(-1) ** flips, *kept)


def _with_binomial(search: Search, bracket: Terms, rest: Equations, branch: Branch) -> Iterator[Branch]:
    """c x^d m + c' m' = 0 solved for x, where m, m' are monomials in the other variables."""
    x = _solvable_for(search, bracket)
    first, second = bracket
    d = lowest(first.of(x) - second.of(x))
    if sign(d) not in ("positive", "negative"):
        branch = branch.needing(Fact(d if sign(d) == "nonnegative" else -d, "positive"))
    others = {y: second.of(y) - first.of(y) for y in {**first.powers, **second.powers} if y != x}
    ratio = Term(-second.coefficient / first.coefficient, {}).times(sp.S.One, others)
    for signed, scale in _branches_of_root(search, x, d, ratio.coefficient, branch):
        coefficient = ratio.coefficient.xreplace(dict(signed.renamed))
        powers = {y: lowest(e / d) for y, e in ratio.powers.items()}
        value = Term(scale * power(coefficient, 1 / d), powers)
        divisor = core(sp.fraction(sp.together(value.coefficient))[1])
        if divisor not in (1, -1):
            signed = signed.needing(Fact(divisor, "nonzero"))
        yield from _assigned(search, x, value, rest, signed.needing(*_defined(search, value)))


def _branches_of_root(
    search: Search, x: sp.Expr, d: sp.Expr, c: sp.Expr, branch: Branch
) -> Iterator[tuple[Branch, sp.Expr]]:
    """Where x^d = c has its real roots: the branch that makes c positive, and the sign of each root."""
    if x not in search.positive and d in (1, -1):
        yield branch, sp.S.One
        return
    sure = _made_positive(c, branch)
    if sure is None:
        return
    yield sure, sp.S.One
    if x not in search.positive and d.is_even:
        yield sure, sp.S.NegativeOne


def _made_positive(c: sp.Expr, branch: Branch) -> Branch | None:
    """The branch in which c > 0; one parameter of c is expressed through its positive core."""
    special = core(c)
    if special == 1:
        return branch
    if special == -1 or special.is_nonpositive:
        return None
    symbol = lam if lam in special.free_symbols else min(special.free_symbols, key=str)
    positive = sp.Dummy("R", positive=True)
    inverted = sp.solve(special - positive, symbol)
    if len(inverted) != 1:
        return branch.needing(Fact(special, "positive"))
    renamed = (*branch.renamed, (symbol, inverted[0]))
    return replace(branch, renamed=renamed, stands_for=((positive, special), *branch.stands_for)).needing(
        Fact(special, "positive")
    )


def _defined(search: Search, value: Term) -> tuple[Fact, ...]:
    """What the other variables must satisfy for a monomial to be defined."""
    free = [(y, e) for y, e in value.powers.items() if y not in search.positive]
    roots = tuple(Fact(y, "positive") for y, e in free if not e.is_integer)
    return roots + tuple(Fact(y, "nonzero") for y, e in free if e.is_integer and sign(e) != "positive")


def _quadratic(bracket: Terms) -> tuple[sp.Expr, sp.Expr, list[sp.Expr]] | None:
    """(x, p, coefficients of 1, x^p, x^2p) of a bracket in one variable."""
    variables = {x for term in bracket for x in term.powers}
    if len(bracket) != 3 or len(variables) != 1:
        return None
    (x,) = variables
    exponents = {term.of(x): term.coefficient for term in bracket}
    for p in exponents:
        if set(exponents) == {sp.S.Zero, p, lowest(2 * p)}:
            return x, p, [exponents[sp.S.Zero], exponents[p], exponents[lowest(2 * p)]]
    return None


def _with_quadratic(search: Search, bracket: Terms, rest: Equations, branch: Branch) -> Iterator[Branch]:
    """x^p by the quadratic formula; the root is carried as one positive symbol."""
    solved = _quadratic(bracket)
    assert solved is not None
    x, p, (c0, c1, c2) = solved
    discriminant = sp.factor(c1**2 - 4 * c0 * c2)
    must = x in search.positive or p != 1
    alike = core(c0 * c2) == 1
    gap = sp.Dummy("gap", positive=True)
    for s in (1, -1):
        root = sp.factor(-c1 / (2 * c2)) + s * gap / (2 * c2)
        name = sp.Dummy("Y", positive=True) if must else sp.Dummy("Y", real=True)
        needs = [Fact(core(discriminant), "nonnegative")]
        if must:
            needs.append(Fact(core(-c1 / c2) if alike else root, "positive"))
        stands_for = ((name, root), (gap, sp.sqrt(discriminant)), *branch.stands_for)
        with_name = replace(branch, stands_for=stands_for, slope=(x, p * s * gap, p))
        yield from _assigned(search, x, Term(power(name, 1 / p), {}), rest, with_name.needing(*needs))


def _assigned(search: Search, x: sp.Expr, value: Term, rest: Equations, branch: Branch) -> Iterator[Branch]:
    """Go on with x := value in everything, and parameters renamed."""
    new: Values = {x: value}
    at = {y: None if old is None else put((old,), new, branch.renamed)[0] for y, old in branch.at.items()}
    conditions = tuple(put(condition, new, branch.renamed) for condition in branch.conditions)
    next_one = replace(branch, at={**at, x: value}, conditions=conditions)
    yield from solve(search, tuple(put(equation, new, branch.renamed) for equation in rest), next_one)


def put(many: Terms, values: Values, renamed: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> Terms:
    """Values of variables and new names of parameters put into a sum of terms."""
    moved: list[Term] = []
    for term in many:
        for symbol, own in renamed:
            term = Term(term.coefficient.xreplace({symbol: own}), term.powers)
        for x, value in values.items():
            if value is not None:
                term = term.put(x, value)
        moved.extend(Term(part, term.powers) for part in sp.Add.make_args(sp.expand(term.coefficient)))
    return collected(term.times(sp.S.One, {}) for term in moved)


def of_depths(fact: Fact) -> bool:
    """Whether a fact is about depths alone."""
    return bool(fact.expr.free_symbols) and all(symbol.is_integer for symbol in fact.expr.free_symbols)


def strongest(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts about depths in primitive form, without those that others imply."""
    plain = tuple(dict.fromkeys(Fact(primitive(f.expr), f.kind) if of_depths(f) else f for f in facts))
    return tuple(f for f in plain if not any(g != f and implies(g, f) for g in plain))


def primitive(exponent: sp.Expr) -> sp.Expr:
    """The numerator over positive depths, divided by the common divisor of its coefficients."""
    numerator, _ = sp.fraction(sp.together(exponent))
    return sp.Poly(numerator).primitive()[1].as_expr()


def implies(given: Fact, fact: Fact) -> bool:
    """Whether one fact about whole depths follows from another by a sum of nonnegative terms."""
    if not (of_depths(given) and of_depths(fact)) or (given.kind == "nonnegative" and fact.kind == "positive"):
        return False
    least = given.expr - 1 if given.kind == "positive" and fact.kind == "nonnegative" else given.expr
    return sign(fact.expr - least) in ("zero", "positive", "nonnegative")
