r"""One pair of rates: a student that follows a teacher that follows the student.

Wherever a moving average is linearised about a learned solution, the same two rates come out, the roots of
x² + (τ + A + B) x + τ B.  Here A > 0 is how strongly the encoder, and B > 0 how strongly the predictor, answers to an
error of the prediction.  The roots are real, for the discriminant is a sum of squares.  Both decay rates grow with τ.
The slow one is τ B/(A + B) for a slow teacher and B, the rate under a live teacher, for a fast one; the other is A + B
for a slow teacher and $\tau + A$ for a fast one.

The one trick: if r² = y² + z with r > 0 then r - y = ((r - y)² + z)/(2r), so that r > y for z > 0, whatever the sign
of y.  In the statement μ₁ is the slow rate and μ₂ the fast one, κ₁ and κ₂ are those under a faster teacher, τ + h.
"""

import sympy as sp

from symjepa.statements.claims import Identity, Less, Within
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import tau

A, B, h = (sp.Symbol(name, positive=True) for name in ("A", "B", "h"))
x, one, other, sooner, later = (sp.Symbol(name, real=True) for name in ("x", "mu_1", "mu_2", "kappa_1", "kappa_2"))


def discriminant(encoder, predictor, rate=tau):
    """(τ + A - B)² + 4AB, a sum of squares."""
    return (rate + encoder - predictor) ** 2 + 4 * encoder * predictor


def slow(encoder, predictor, rate=tau):
    """The slow decay rate: minus the larger root."""
    return (rate + encoder + predictor - sp.sqrt(discriminant(encoder, predictor, rate))) / 2


def fast(encoder, predictor, rate=tau):
    """The fast decay rate: minus the smaller root."""
    return (rate + encoder + predictor + sp.sqrt(discriminant(encoder, predictor, rate))) / 2


total, product = tau + A + B, tau * B
root, faster = sp.sqrt(discriminant(A, B)), sp.sqrt(discriminant(A, B, tau + h))


def exceeds(y, z, r=root):
    """r - y where r² = y² + z, as a sum of positive terms."""
    return ((r - y) ** 2 + z) / (2 * r)


def visible(encoder, predictor):
    """Both linear rates, each with the form in which its decay is plain to see."""
    total, r = tau + encoder + predictor, sp.sqrt(discriminant(encoder, predictor))
    return {-slow(encoder, predictor): 2 * tau * predictor / (total + r), -fast(encoder, predictor): (total + r) / 2}


def below_predictor(encoder, predictor):
    """The slow rate is less than the predictor's answer alone, which is the rate under a live teacher."""
    total, r = tau + encoder + predictor, sp.sqrt(discriminant(encoder, predictor))
    lead = predictor * exceeds(tau - encoder - predictor, 4 * encoder * tau, r) / (total + r)
    return Less(slow(encoder, predictor), predictor, by=lead)


lean = tau + A - B
roots = Identity((x + one) * (x + other), x**2 + total * x + product)
real = Identity(total**2 - 4 * product, discriminant(A, B))
squares = Less(0, discriminant(A, B))
positive = Less(0, one, by=2 * product / (total + root))
apart = Less(one, other, by=root)
grows = Less(
    one,
    sooner,
    by=h / (2 * (root + faster)) * (exceeds(lean, 4 * A * B) + exceeds(lean + h, 4 * A * B, faster)),
)
grows_too = Less(
    other,
    later,
    by=h / (2 * (root + faster)) * (exceeds(-lean, 4 * A * B) + exceeds(-lean - h, 4 * A * B, faster)),
)
below_live = Less(one, B, by=below_predictor(A, B).by)
below_slow = Less(one, product / (A + B), by=product * exceeds(A + B - tau, 4 * A * tau) / ((A + B) * (total + root)))
least = 4 * product**2 / (total * (total + root) ** 2)
above_both = Less(product / total, one, by=least)

slow_teacher = Within(
    one,
    product / (A + B),
    tau**2 * B / (A + B) ** 2,
    above=tau**2 * B / (A + B) ** 2 + below_slow.by,
    below=least + tau**3 * B / ((A + B) ** 2 * total),
)
fast_teacher = Within(
    one,
    B,
    B * (A + B) / tau,
    above=B * (A + B) / tau + below_live.by,
    below=least + B * (A + B) ** 2 / (tau * total),
)
slow_teacher_too = Within(
    other, A + B, tau, above=2 * product / (total + root), below=tau + tau * exceeds(-lean, 4 * A * B) / (total + root)
)
fast_teacher_too = Within(
    other,
    tau + A,
    B * (A + B) / tau,
    above=least + B * (A + B) ** 2 / (tau * total),
    below=B * (A + B) / tau + below_live.by,
)

teacher_rates = Statement(
    title="The two rates of a mode with a moving average are real, grow with τ, and lie between those of its limits",
    let=(
        Let(one, slow(A, B)),
        Let(other, fast(A, B)),
        Let(sooner, slow(A, B, tau + h)),
        Let(later, fast(A, B, tau + h)),
    ),
    hypotheses=(),
    claim=roots
    & real
    & squares
    & positive
    & apart
    & grows
    & grows_too
    & above_both
    & below_slow
    & below_live
    & slow_teacher
    & fast_teacher
    & slow_teacher_too
    & fast_teacher_too,
    witness={A: 1, B: 2, tau: 1, h: 1, x: 0},
    near_misses=(
        NearMiss(Less(sooner, one), why="a faster teacher does not slow the mode"),
        NearMiss(Less(B, one), why="the live rate is a bound from above"),
        NearMiss(
            Within(one, product / (A + B), tau**3 * B / (A + B) ** 2), why="the remainder is of second order in τ"
        ),
        NearMiss(
            Within(one, tau, tau**2 * B / (A + B) ** 2), why="the encoder takes its share of the rate of the teacher"
        ),
        NearMiss(Within(other, A, tau), why="both parts of the student answer at once"),
        NearMiss(
            Identity(total**2 - 4 * product, (tau + A - B) ** 2 + 4 * A * tau), why="the square without the product"
        ),
    ),
)


@proves(teacher_rates)
def theorem():
    yield f"The equation $x^2 + ({tex(total)})\\,x + {tex(product)} = 0$ has a discriminant that is a sum of squares,"
    yield real
    yield squares
    yield Less(0, discriminant(A, B, tau + h))
    yield "so that its roots are real, and by Vieta they are $-\\mu_1$ and $-\\mu_2$:"
    yield roots
    yield f"With $r = {tex(root)}$ the slow rate is $\\mu_1 = 2\\tau B/(\\tau + A + B + r)$, and so"
    yield positive
    yield apart
    yield "Of two teachers the faster one gives the faster rates: the difference is a sum of terms $r \\pm y$ as above,"
    yield grows
    yield grows_too
    yield "The same trick bounds $\\mu_1$ from above, and $r < \\tau + A + B$ from below:"
    yield below_slow
    yield below_live
    yield above_both
    yield (
        "These bounds meet as $\\tau \\to 0$ and as $\\tau \\to \\infty$; and $\\mu_2$ is $\\tau + A + B$ less"
        " $\\mu_1$:"
    )
    yield slow_teacher
    yield slow_teacher_too
    yield fast_teacher
    yield fast_teacher_too
    yield teacher_rates.claim
