r"""Background theorems as rules: exact statement, source, and premises that a certificate shows discharged.

Soundness.  A rule is only ever applied by `applied`, which demands exactly the premises that the rule lists;
`obligations` supplies them as obligations and the kernel decides each.  A rule without discharged premises proves
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from symjepa.errors import MisusedRule


@dataclass(frozen=True, slots=True)
class Rule:
    """If every premise holds then so does the statement."""

    name: str
    statement: str
    premises: tuple[str, ...]
    source: str


_RULES = (
    Rule(
        "identity",
        "Two expressions with one normal form are equal wherever the conditions of the normal form hold.",
        ("equal",),
        "Cox, Little, O'Shea 2015, Ch. 5 (computation in a ring of polynomials)",
    ),
    Rule(
        "sign",
        "An expression equal to a visibly positive (nonnegative) one is so.",
        ("sign", "defined"),
        "order axioms of the reals",
    ),
    Rule(
        "mean-value",
        "If f is differentiable on x ≥ a, f(a) ≥ 0 and f' > 0 for x > a, then f(x) > 0 for x > a.",
        ("start", "slope", "defined"),
        "Rudin 1976, Thm 5.11",
    ),
    Rule(
        "monotone-power",
        "If 0 < a ≤ b and p > 0 then a^p ≤ b^p and b^{-p} ≤ a^{-p}, strictly if a < b.",
        ("powers", "order", "base", "power", "defined"),
        "Rudin 1976, Ch. 1, Ex. 6",
    ),
    Rule(
        "equivalence",
        "If one gap is a positive factor times another, the two relations hold at the same points.",
        ("factor", "positive", "defined"),
        "order axioms of the reals",
    ),
    Rule(
        "induction",
        "A closed form that is 0 for the empty sum and grows by each term is the sum.",
        ("induction",),
        "Peano",
    ),
    Rule("words", "Two word sums with one canonical form are the same matrix.", ("equal",), "ring axioms of matrices"),
    Rule(
        "traces",
        "Two sums of traces with one canonical form are equal; E tr(A x yᵀ) = tr(A E x yᵀ), and Σᵢ tr(A xᵢyᵢᵀ) = tr(A X"
        " Yᵀ).",
        ("expectation", "sample"),
        "Horn, Johnson 2013, Sec. 1.2; linearity of the expectation",
    ),
    Rule(
        "dissipation",
        "If D tr(F) = -Σ c_i tr(X_iᵀX_i) with every c_i ≥ 0 then tr(F) never grows, for tr(XᵀX) ≥ 0.",
        ("balance", "nonnegative"),
        "Horn, Johnson 2013, Sec. 5.6",
    ),
    Rule(
        "alignment",
        "A product of letters that are diagonal in matching frames is diagonal; a combination of off-diagonal entries"
        " that vanishes at as many amplitudes as it has entries, with a non-zero determinant, has only zero entries.",
        ("typed", "independent"),
        "Horn, Johnson 2013, Sec. 1.3",
    ),
    Rule(
        "chain-rule",
        "The derivative of a smooth quantity along a flow is its differential applied to the rates.",
        ("derivative", "smooth"),
        "Rudin 1976, Thm 9.15",
    ),
    Rule(
        "conservation",
        "If D q = r q along a flow then q(t) = q(0) e^{rt}.",
        ("derivative", "smooth"),
        "Teschl 2012, Sec. 1.5",
    ),
    Rule(
        "picard-lindelof",
        "Where the right-hand side is continuously differentiable, a curve that satisfies the equation and starts at x0"
        " is the solution.",
        ("lemmas", "equation", "start", "domain", "smooth"),
        "Teschl 2012, Thm 2.2",
    ),
    Rule(
        "separation",
        "If T is differentiable with D T = c ≠ 0 along the flow, every trajectory satisfies T(x(t)) = T(x(0)) + c t.",
        ("speed", "moving", "smooth"),
        "Teschl 2012, Sec. 1.3",
    ),
    Rule(
        "hitting-time",
        "If f ≠ 0 keeps one sign between x0 and x, the solution of x' = f from x0 reaches x first at the time T(x) with"
        " T(x0) = 0, T' = 1/f.",
        ("speed", "start", "direction", "smooth"),
        "Teschl 2012, Sec. 1.3",
    ),
    Rule(
        "intermediate-value",
        "A function continuous on [a, b] with opposite signs at the ends and a derivative of one sign between has"
        " exactly one zero there.",
        ("lower end", "upper end", "monotone", "order", "smooth"),
        "Rudin 1976, Thms 4.23, 5.11",
    ),
    Rule(
        "zeros",
        "If every listed point annihilates the rates, and for each choice of one equation from every component some"
        " combination of the rates is a unit times their product, then the rates vanish exactly on the components; x ↦"
        " x^p is injective on x > 0 for p ≠ 0.",
        ("annihilates", "cofactors", "unit", "solved", "smooth"),
        "Cox, Little, O'Shea 2015, Ch. 4",
    ),
    Rule(
        "linearization",
        "If the non-zero rates of the linearisation are negative, and the zero rates are as many as the dimension of"
        " the manifold of fixed points through the point, the manifold is normally hyperbolic and attracts"
        " exponentially; with a positive rate it repels.",
        ("fixed", "rates", "signs", "manifold", "smooth"),
        "Hirsch, Pugh, Shub 1977, Thm 4.1; Teschl 2012, Thm 6.10 for isolated points",
    ),
    Rule(
        "nagumo",
        "A closed set whose boundary the flow does not cross outward is never left by a locally Lipschitz flow.",
        ("face", "inward", "smooth"),
        "Blanchini 1999, Thm 3.1",
    ),
    Rule(
        "line",
        "In one dimension, if the rate is unit·(c^p - x^p) with unit > 0 and p > 0 on (lower, upper), which holds c,"
        " every start there converges to c, for x ↦ x^p is strictly increasing on x > 0 and a bounded monotone solution"
        " tends to a zero of the rate.",
        ("factored", "unit", "power", "inside", "positive domain", "smooth"),
        "Teschl 2012, Lemma 1.1",
    ),
    Rule(
        "sandwich",
        "|f - g| ≤ h if and only if g + h - f ≥ 0 and f - g + h ≥ 0.",
        ("above", "below", "defined"),
        "order axioms of the reals",
    ),
)

RULES = {rule.name: rule for rule in _RULES}


def applied(name: str, premises: tuple[str, ...]) -> Rule:
    """The rule of that name, if exactly its premises are supplied; MisusedRule otherwise."""
    if name not in RULES:
        raise MisusedRule(f"there is no rule {name!r}; rules are {', '.join(RULES)}", rule=name)
    rule = RULES[name]
    missing, strange = set(rule.premises) - set(premises), set(premises) - set(rule.premises)
    if missing or strange:
        raise MisusedRule(
            f"rule {name} needs the premises {', '.join(rule.premises)}; missing: {sorted(missing)}, not its own:"
            f" {sorted(strange)}",
            rule=name,
        )
    return rule
