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
        "If f is differentiable on [a, x], f(a) ≥ 0 and f' > 0 on (a, x), x > a, then f(x) > 0; if f' ≥ 0 and x ≥ a,"
        " then f(x) ≥ 0.",
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
        "If the gap between the sides of one relation is a positive factor times that of another, the two hold at the"
        " same points.",
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
        "target-noise",
        "With y + n in the place of y the loss is the same trace in the moments of y + n, and the rate of a layer is"
        " minus the gradient of that trace, times its learning rate; no other rate holds a moment.",
        ("loss", "rates", "teacher"),
        "linearity of the expectation",
    ),
    Rule(
        "continuation",
        "If V = Σ c_i ‖X_i‖² with c_i > 0 obeys D V ≤ r V + s then V is bounded on every bounded interval of time; a"
        " solution of a polynomial flow every part of which is so bounded exists for all times.  Any covariances that"
        " are positive semidefinite together are the moments x xᵀ, y xᵀ, y yᵀ of some x and y.",
        ("growth", "nonnegative", "constant", "covers"),
        "Teschl 2012, Lemma 2.7 (Grönwall) and Sec. 2.6; Horn, Johnson 2013, Thm 7.2.7",
    ),
    Rule(
        "word-induction",
        "If two words agree at one end of a range, and agree at the next index wherever they agree at one, they agree"
        " throughout; what vanishes, vanishes in every product.",
        ("lemmas", "range", "base", "step"),
        "Peano; ring axioms of matrices",
    ),
    Rule(
        "end-to-end",
        "D (W_n ⋯ W_1) = Σ_i W_n ⋯ W_{i+1} (D W_i) W_{i-1} ⋯ W_1.  A positive semidefinite matrix has one positive"
        " semidefinite $n$-th root, so that g gᵀ is a function of the product M if (g gᵀ)^n = c M Mᵀ, c > 0; balance,"
        " once it holds, holds for all times.",
        ("lemmas", "range", "product", "root", "stays", "closed"),
        "Arora, Cohen, Hazan 2018, Thm 1; Horn, Johnson 2013, Thm 7.2.6",
    ),
    Rule(
        "not-a-function",
        "Where two states agree in some quantities and another quantity moves differently, its motion is no function of"
        " those.",
        ("data", "obeys", "same", "differs"),
        "definition of a function",
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
        "invariant-manifold",
        "If along the flow of what is left, x = f put in, the derivative of f is the rate of x, and the rates are"
        " smooth there, then every solution that starts on the manifold x = f stays on it and moves by that flow.",
        ("tangent", "on the domain", "regular"),
        "Teschl 2012, Thm 2.2",
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
        "If f ≠ 0 keeps one sign between x0 and x1, all in the domain, the solution of x' = f from x0 passes every x"
        " between them first at the time T(x) with T(x0) = 0, T' = 1/f, and x1 at T(x1).",
        ("speed", "start", "stop", "direction", "domain", "smooth"),
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
        "If every listed point annihilates the rates, a variable whose rate is a unit (a factor without zeros) times"
        " its distance from a value has that value wherever the flow rests, and there, for each choice of one equation"
        " from every component, some combination of the rates is a unit times a product of their powers, then the"
        " rates vanish exactly on the components; the equations of a component determine its variables one after"
        " another, for x ↦ x^p is injective on x > 0 for p ≠ 0.",
        ("annihilates", "follows", "cofactors", "unit", "solved", "smooth"),
        "Cox, Little, O'Shea 2015, Ch. 4",
    ),
    Rule(
        "linearization",
        "If the non-zero rates of the linearisation have negative real parts, and the zero rates are as many as the"
        " dimension of the manifold of fixed points through the point, the manifold is normally hyperbolic and attracts"
        " exponentially; with a positive real part it repels.  Both roots of x² + p x + q have negative real parts if"
        " p, q > 0, one has a positive real part if p < 0 or q < 0.",
        ("fixed", "lemmas", "rates", "signs", "manifold", "smooth"),
        "Hirsch, Pugh, Shub 1977, Thm 4.1; Teschl 2012, Thm 6.10 for isolated points; Gantmacher 1959, Ch. XV, Sec. 6",
    ),
    Rule(
        "equal-blocks",
        "If the rate of every layer is a function of the layers of its own index and of the products of all layers, its"
        " derivative is made of a block for each index and of a matrix that factors through the products, so that its"
        " characteristic polynomial is that of the blocks times a determinant with a row for each product,"
        " det(x - D - R S) = det(x - D) det(1 - S (x - D)^{-1} R); where all layers of a stack have blocks with one"
        " determinant, and the entries are sums over the layers of one function, it is the listed one.  Amplitudes"
        " other than 0 with a given product form a manifold of one dimension less; if the fixed points have as many"
        " dimensions as there are zero rates, and the others negative real parts, they are normally hyperbolic and"
        " attract exponentially.",
        ("fixed", "blocks", "summands", "rates", "signs", "manifold", "smooth"),
        "Horn, Johnson 2013, Thm 1.3.22; Hirsch, Pugh, Shub 1977, Thm 4.1; Gantmacher 1959, Ch. XV, Sec. 6",
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
        "cooperative",
        "If the rates F are continuously differentiable on a box [a, b], no rate falls as another variable grows there,"
        " F(a) ≥ 0 ≥ F(b), and F vanishes at one point of the box only, then every solution that starts in the box"
        " stays in it for all times and converges to that point: the solution from $a$ rises, that from b falls, each"
        " to a zero of F, and every other one stays between them.",
        ("box", "order", "ends", "lemmas", "cooperative", "one equilibrium", "limit", "smooth"),
        "Smith 1995, Thm 3.1.1 (Kamke) and Prop. 3.2.1; Hirsch, Smith 2005, Sec. 3",
    ),
    Rule(
        "ordered-trajectories",
        "Let no rate of x' = F(x) fall as another variable grows, on a product of intervals where F is continuously"
        " differentiable.  If z is a differentiable curve there with z' ≥ F(z) and z(0) ≥ x(0), then z(t) ≥ x(t) as"
        " long as both exist; and likewise with ≤.  Where F(x(0)) ≥ 0, x(t) rises as long as it exists, F(x(t)) ≥ 0.",
        ("cooperative", "start", "lemmas", "trend", "image", "one side", "smooth"),
        "Smith 1995, Thm 3.1.1 (Kamke) and Prop. 3.2.1; Walter 1970, Sec. 10.XII",
    ),
    Rule(
        "separatrix",
        "Let x' = f(x, y) and y' = g(x, y) be smooth on the plane, zero at the origin, and f < 0 < g elsewhere where"
        " x ≥ 0 ≥ y.  Let n(x) ≥ 0 vanish at x = 0, and y + n not fall where it is 0; let m(x) > 0, and y + m not"
        " rise where it is 0; and let f ∂g/∂y ≤ g ∂f/∂y for y < 0 and small x > 0.  Then the starts with x > 0 > y"
        " whose solutions stay there are one curve y = -φ(x), φ continuous and increasing from 0, n ≤ φ ≤ m, and"
        " tend to the origin; the others leave in finite time, across y = 0 from above the curve and across x = 0"
        " from below it.",
        ("lemmas", "falls", "rises", "origin", "apart", "near", "far", "smooth"),
        "Teschl 2012, Thm 2.2 and Sec. 2.4 (a solution depends continuously on its start); Blanchini 1999, Thm 3.1",
    ),
    Rule(
        "phase-line",
        "In one dimension, if the rate is smooth on an interval, positive below c and negative above, and zero at c if"
        " c lies between the ends, every start in the interval moves monotonically to c, for a monotone solution that"
        " stays away from c would tend to another zero of the rate; a strictly concave function is positive between"
        " two points where it is not negative, and negative beyond one of them if it is not positive there.",
        ("sign", "zero", "ordered", "domain", "smooth"),
        "Teschl 2012, Sec. 1.3 and Lemma 1.1; Rockafellar 1970, Thm 4.4",
    ),
    Rule(
        "comparison",
        "If q' ≤ f(q) and y' = f(y) with q(0) = y(0), and f is locally Lipschitz on an interval that holds q and y,"
        " then q ≤ y as long as both last; and so with all inequalities reversed.",
        ("inequality", "envelope", "start", "range", "smooth"),
        "Teschl 2012, Thm 1.3",
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
