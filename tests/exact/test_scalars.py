"""The normal form decides equalities, demands what it uses, and refuses the rest."""

from __future__ import annotations

from fractions import Fraction
from itertools import product as cartesian

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symjepa.errors import OutsideFragment, SymjepaError, TooLarge, Undefined
from symjepa.exact import group_ring
from symjepa.exact.balls import ball
from symjepa.exact.facts import Fact, Range
from symjepa.exact.group_ring import to_expr
from symjepa.exact.scalars import equal, normal

x, y, q, a, b, r = sp.symbols("x y q a b r")
u = sp.Symbol("u", positive=True)
K, L = sp.symbols("K L", integer=True)
m, n = sp.symbols("m n", integer=True)
W = sp.LambertW


def lazy(base, exponent):
    return sp.Pow(base, exponent, evaluate=False)


EQUAL = [
    (u**K * u ** (L - 1), u ** (K + L - 1)),
    (4**K, lazy(2, 2 * K)),
    (lazy(12, K), 2 ** (2 * K) * 3**K),
    (lazy(lazy(u, K / 2), 2), u**K),
    (sp.Mul(sp.exp(-x), sp.exp(x), evaluate=False), sp.Integer(1)),
    (1 / sp.exp(x), sp.exp(-x)),
    (sp.exp(x + y), sp.exp(x) * sp.exp(y)),
    (sp.sqrt(8), 2 * sp.sqrt(2)),
    (sp.sqrt(2 * u) * sp.sqrt(2), 2 * sp.sqrt(u)),
    (W(x) * sp.exp(W(x)), x),
    (sp.exp(-2 * W(x)), W(x) ** 2 / x**2),
    (y ** (-(q + 1) / q), y ** (-1 / q - 1)),
    (y ** (q / (q + 1)) * y ** (1 / (q + 1)), y),
    (y ** ((q**2 - 1) / (q - 1)), y ** (q + 1)),
    ((1 + x) ** (K + 1), (1 + x) ** K + x * (1 + x) ** K),
    ((2 + 2 * x) ** K, 2**K * (1 + x) ** K),
    (sp.sqrt(x + x * y) ** 2, x + x * y),
    (1 / (1 - x) - 1 / (x - 1), 2 / (1 - x)),
    (sp.log(u**K * y), K * sp.log(u) + sp.log(y)),
    (sp.log(8), 3 * sp.log(2)),
    (sp.exp(K * sp.log(y)), y**K),
    (sp.Sum(u**n * x, (n, 1, K)), x * sp.Sum(u**m, (m, 1, K))),
    (sp.Sum(u ** (K - n), (n, 1, K)), u**K * sp.Sum(u ** (-n), (n, 1, K))),
    (sp.Sum(n + u**n, (n, 1, K)), sp.Sum(n, (n, 1, K)) + sp.Sum(u**n, (n, 1, K))),
    (sp.Sum(u**n, (n, 1, 3)), u + u**2 + u**3),
    (sp.Sum(n * sp.Sum(u ** (m * n), (m, 1, K)), (n, 1, K)), sp.Sum(m * sp.Sum(u ** (m * n), (n, 1, K)), (m, 1, K))),
    (sp.Integral(x * y**2, (y, a, b)), x * sp.Integral(r**2, (r, a, b))),
    (lazy(x, 0), sp.Integer(1)),
    (lazy(sp.Integer(0), 0), sp.Integer(1)),
    (lazy(sp.E, x), sp.exp(x)),
]

NOT_SHOWN = [
    (sp.Sum(n * sp.Sum(u ** (m * n), (m, 1, K)), (n, 1, K)), sp.Sum(n * sp.Sum(u ** (m * m), (m, 1, K)), (n, 1, K))),
    (u**m * sp.Sum(u**m, (m, 1, K)), sp.Sum(u ** (2 * m), (m, 1, K))),
    (sp.Sum(u**n, (n, 1, K)), sp.Sum(u**n, (n, 0, K))),
    (sp.Sum(u**n, (n, 1, K)), sp.Sum(u**n, (n, 1, K - 1))),
    (sp.Sum(u**n, (n, 1, K)) ** 2, sp.Sum(u ** (2 * n), (n, 1, K))),
    (sp.Integral(sp.Integral(x * y, (x, 0, y)), (y, 0, a)), sp.Integral(sp.Integral(x * x, (x, 0, y)), (y, 0, a))),
    (u**K, u**L),
    (u ** (K + 1), u**K),
    (sp.log(x + y), sp.log(x) + sp.log(y)),
    ((x + y) ** K, x**K + y**K),
    (sp.exp(W(x)), x * W(x)),
    (sp.Symbol("x"), sp.Symbol("x", positive=True)),
    (sp.IndexedBase("w")[n], sp.IndexedBase("w")[m]),
]

REFUSED = [
    lazy(sp.Integer(-1), K),
    lazy(sp.Integer(-2), x),
    sp.Float(0.5) * x,
    sp.I * x,
    sp.oo,
    sp.nan,
    sp.zoo,
    sp.pi,
    sp.Abs(x),
    sp.Max(x, y),
    sp.Piecewise((x, x > 0), (y, True)),
    sp.sin(x),
    sp.Product(u**n, (n, 1, K)),
    W(x, -1),
    sp.Sum(u**n, (n, 5, 3)),
    sp.Sum(u**n, (n, 1, sp.Rational(1, 2))),
    sp.Integral(x, x),
    lazy(x + 1 - x - 1, -1),
    sp.Mul(x, lazy(sp.Add(y, -y, evaluate=False), -1), evaluate=False),
    sp.log(sp.Add(y, -y, evaluate=False)),
    sp.log(sp.Integer(-3), evaluate=False),
    sp.Symbol("A", commutative=False),
    sp.Integral(sp.Function("f")(y), (y, 0, a)),
    lazy(sp.Integer(2), 10**9),
    lazy(1 + x, 10**9),
    sp.Symbol("z", imaginary=True),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_equal_expressions_have_one_normal_form(left, right):
    assert equal(left, right).holds


@pytest.mark.parametrize(("left", "right"), NOT_SHOWN, ids=str)
def test_different_expressions_are_not_shown_equal(left, right):
    equality = equal(left, right)
    assert not equality.holds
    assert equality.residual != 0


@pytest.mark.parametrize("expr", REFUSED, ids=str)
def test_what_is_outside_the_fragment_is_refused(expr):
    with pytest.raises((OutsideFragment, Undefined, TooLarge)):
        normal(expr)


@pytest.mark.parametrize(
    ("expr", "fact"),
    [
        ((x**2 - 1) / (x - 1), Fact(x - 1, "nonzero")),
        (lazy(x - 1, K) * lazy(x - 1, -K), None),
        (sp.Mul(lazy(x - 1, K), lazy(x - 1, -K), evaluate=False), Fact(x - 1, "nonzero")),
        (sp.Mul(lazy(x - 1, K), lazy(x - 1, -K), evaluate=False), Fact(K, "integer")),
        (sp.log(-u), Fact(-u, "positive")),
        (sp.log(x * y), Fact(x, "positive")),
        (sp.sqrt(x), Fact(x, "positive")),
        (lazy(lazy(x, 2), sp.Rational(1, 2)), Fact(x, "positive")),
        (x**K, Fact(x, "nonzero")),
        (x ** (K / 2), Fact(x, "positive")),
        (W(x), Fact(x + sp.exp(-1), "positive")),
        (sp.exp(2 * W(x)), Fact(x, "nonzero")),
        (W(x * sp.exp(x)), Fact(x + 1, "positive")),
        (sp.Mul(x, lazy(x, -1), evaluate=False), Fact(x, "nonzero")),
        (lazy(sp.Integer(0), K), Fact(K, "positive")),
        (sp.Sum(u**n, (n, 1, x)), Fact(x, "integer")),
        (y ** (1 / q), Fact(q, "nonzero")),
        (sp.Integral(1 / y, (y, a, b)), Fact(b - a, "nonnegative")),
    ],
    ids=str,
)
def test_each_rule_demands_its_condition(expr, fact):
    assert fact is None or fact in normal(expr).conditions


def test_conditions_on_a_term_are_demanded_over_the_whole_range():
    (fact,) = (c for c in normal(sp.Sum(1 / (n - 3), (n, 1, K))).conditions if c.over)
    assert fact.kind == "nonzero"
    assert isinstance(fact.over[0], Range)
    assert (fact.over[0].lo, fact.over[0].hi, fact.over[0].integer) == (1, K, True)


def test_an_unrolled_sum_meets_its_pole():
    with pytest.raises(Undefined):
        normal(sp.Sum(1 / (n - 3), (n, 1, 5)))


def test_canonical_binders_are_refused_where_they_are_free():
    (atom,) = normal(sp.Sum(u**n, (n, 1, K))).element.bases()
    with pytest.raises(OutsideFragment):
        normal(atom.args[0] + 1)


POWERS = st.sampled_from([sp.Integer(2), sp.Integer(-1), sp.Integer(3), K, -K, K + 1, sp.Rational(1, 2), K / 2, 1 / q])
LEAVES = st.sampled_from([x, y, u, q, K, sp.Integer(2), sp.Integer(-1), sp.Rational(2, 3), sp.Integer(1)])


def grown(inner):
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: sp.Add(*p)),
        st.tuples(inner, inner).map(lambda p: sp.Mul(*p)),
        st.tuples(inner, inner).map(lambda p: sp.Mul(*p, evaluate=False)),
        st.tuples(inner, POWERS).map(lambda p: lazy(*p)),
        inner.map(sp.exp),
        inner.map(sp.log),
        inner.map(W),
        st.tuples(inner, LEAVES).map(lambda p: sp.Sum(p[0].subs(x, n) ** n + p[1], (n, 1, K))),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=6)
VALUES = st.fractions(min_value=Fraction(1, 5), max_value=3, max_denominator=7)
POINTS = st.tuples(VALUES, VALUES, VALUES, VALUES, st.integers(0, 4)).map(
    lambda p: dict(zip((x, y, u, q, K), p, strict=True))
)


def is_true(fact, point):
    """Certified truth of a condition at a point."""
    if fact.over:
        r, *rest = fact.over
        lo, hi = (
            int(
                normal(
                    e.xreplace(
                        {
                            s: sp.Rational(v.numerator, v.denominator) if isinstance(v, Fraction) else v
                            for s, v in point.items()
                        }
                    )
                ).element.constant()
            )
            for e in (r.lo, r.hi)
        )
        inner = Fact(fact.expr, fact.kind, tuple(rest))
        return all(is_true(inner, {**point, r.symbol: Fraction(i)}) for i in range(lo, hi + 1))
    if fact.kind == "integer":
        return ball(fact.expr, point).contains_integer()
    value = ball(fact.expr, point, 200)
    return {"positive": value > 0, "nonnegative": value >= 0, "nonzero": value != 0}[fact.kind]


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS, POINTS)
def test_the_normal_form_has_the_value_of_the_expression(expr, point):
    try:
        form = normal(expr)
        assume(all(is_true(c, point) for c in form.conditions))
    except SymjepaError:
        assume(False)
    assert ball(expr, point, 200).overlaps(ball(to_expr(form.element), point, 200))


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS, POINTS)
def test_products_and_sums_of_fractions_keep_their_value(e, f, point):
    try:
        form = normal(sp.Add(sp.Mul(e, lazy(f, -1)), lazy(sp.Add(e, f, 1), -1)))
        assume(all(is_true(c, point) for c in form.conditions))
        value = ball(e / f + 1 / (e + f + 1), point, 200)
        assert value.overlaps(ball(form.num, point, 200) / ball(form.den, point, 200))
    except SymjepaError:
        assume(False)


@pytest.mark.parametrize(("e", "k"), [*cartesian((u**K, sp.log(u), sp.exp(u), (1 + u) ** (K / 2)), (1, 2, 3))], ids=str)
def test_powers_of_sums_expand(e, k):
    assert equal((e + x) ** k * (e - x) ** k, lazy(e**2 - x**2, k)).holds


def test_a_tree_nested_beyond_the_stack_is_too_large():
    tower = x
    for _ in range(2_000):
        tower = lazy(tower, y)
        hash(tower)  # level by level, for SymPy's own sake
    with pytest.raises(TooLarge, match="nested less deeply"):
        normal(tower)


def test_lambert_w_of_what_vanishes_is_zero():
    assert equal(W(sp.Add((x + 1) ** 2, -(x**2), -2 * x, -1)), sp.Integer(0)).holds


def test_an_unknown_function_is_equal_to_itself_at_equal_arguments_only():
    f = sp.Function("f")
    assert equal(f((x + 1) ** 2), f(x**2 + 2 * x + 1)).holds
    assert not equal(f(x), f(y)).holds


def test_a_number_too_long_to_be_factored_is_refused_under_a_power():
    with pytest.raises(TooLarge, match="128 bits"):
        normal(sp.log(x * (2**200 + 1)))


def test_an_exponent_is_the_same_with_both_signs_turned():
    assert equal(lazy(u, q / (1 - r)), lazy(u, -q / (r - 1))).holds
    assert not equal(lazy(u, q / (1 - r)), lazy(u, q / (r - 1))).holds


def test_a_sum_or_product_of_too_many_terms_is_refused(monkeypatch):
    monkeypatch.setattr(group_ring, "MAX_TERMS", 10)
    with pytest.raises(TooLarge, match="may have 10 terms, but got 11"):
        normal(sp.Add(*(x**i for i in range(11))))
    monkeypatch.setattr(group_ring, "MAX_PRODUCTS", 3)
    with pytest.raises(TooLarge, match="may have 3 terms, got 2 times 2"):
        normal(sp.Mul(x + 1, y + 1, evaluate=False))


def test_more_than_a_hundred_sums_as_factors_are_refused_and_not_multiplied_out_for_ever():
    sums = [normal(-i * x).element for i in range(1, 102)]
    factors = frozenset((group_ring.Atom("poly", one), Fraction(1)) for one in sums)
    with pytest.raises(TooLarge, match="nested too deeply"):
        group_ring.clear(group_ring.term(factors))
