r"""How much later the less influential feature is learned: without bound in a JEPA, boundedly in reconstruction.

At equal covariance the two times to one threshold differ by the integral of a difference of inverse speeds, which near
the origin is of the order of a power of the amplitude: x^{1-2L} for a JEPA, with any predictor, and x for
reconstruction.  As the start tends to 0 the difference grows at least like a logarithm for a JEPA of any depth, one
encoder layer included; for reconstruction it stays between two numbers.

Source: littwin2024jepa, Thm 4.5 (leading terms).
"""

import sympy as sp

from symjepa.statements.claims import All, AtMost, Chain, Less
from symjepa.statements.statement import NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L

from ..printed import DEEP_ONLY
from ..speeds import Learner, c1, c2, jepa, learners, mae, start, theta, times

lambda0 = sp.Symbol("lambda0", positive=True)
let = tuple(one for learner in learners for one in times(learner, (lambda0, lambda0)))


def gap(learner: Learner):
    """λ times what the second feature takes longer."""
    return lambda0 * (learner.named("t_2") - learner.named("t_1"))


def excess(learner: Learner):
    """1/ρ₂ - 1/ρ₁."""
    return c2**-learner.degree - c1**-learner.degree


def left(learner: Learner, here):
    """What is left of both drives, multiplied."""
    return learner.left(here, c1) * learner.left(here, c2)


def spread(learner: Learner, here):
    """1 less that, as a sum of positive terms."""
    return (here / c1) ** learner.degree + (here / c2) ** learner.degree * learner.left(here, c1)


def steepness(learner: Learner):
    """The relative slope of 1/left at the threshold."""
    m = learner.degree
    return m * theta ** (m - 1) * (c1**-m / learner.left(theta, c1) + c2**-m / learner.left(theta, c2))


square = (theta**2 - start**2) / 2
least = excess(mae) * square
most = least / left(mae, theta)
logarithm = excess(jepa) * theta ** (2 - 2 * L) * sp.log(theta / start)
powers = (start ** (1 - 2 * L) - theta ** (2 - 2 * L) / start) / left(jepa, start)
growth = excess(jepa) * (powers + theta ** (2 - 2 * L) / start * spread(jepa, start) / left(jepa, start))

at_least = AtMost(least, gap(mae), by=Chain(theta, start, excess(mae) * theta * spread(mae, theta) / left(mae, theta)))
at_most = AtMost(gap(mae), most, by=Chain(theta, start, most * steepness(mae)))
unbounded = AtMost(logarithm, gap(jepa), by=Chain(start, theta, growth, falling=True))

order = (Less(0, K), Less(start, theta), Less(theta, c2), Less(c2, c1))
chosen = {K: 1, L: 2, lambda0: 1, start: sp.Rational(1, 4), theta: sp.Rational(1, 2), c1: 2, c2: 1}

critical_time_difference = Statement(
    title="What a smaller influence costs in time grows without bound in a JEPA and stays bounded in reconstruction",
    let=let,
    claim=All((at_least, at_most, unbounded)),
    hypotheses=order,
    witness=chosen,
    near_misses=(
        NearMiss(
            AtMost(gap(mae), least, by=Chain(theta, start)), at=chosen, why="without what is left at the threshold"
        ),
        NearMiss(
            AtMost(least * theta / start**2, gap(mae), by=Chain(theta, start)),
            at=chosen | {start: sp.Rational(1, 100)},
            why="reconstruction's difference does not grow as the start falls",
        ),
        NearMiss(
            AtMost(logarithm / theta**4, gap(jepa), by=Chain(theta, start)), at=chosen, why="powers of the threshold"
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
    printed=(
        DEEP_ONLY.read(
            Reading(
                "with one encoder layer the time that a smaller influence costs a JEPA stays bounded as the start tends"
                " to 0, here by what bounds it in reconstruction",
                "refuted",
                AtMost(gap(jepa), most, by=Chain(theta, start)),
                at=chosen | {L: 1, start: sp.Rational(1, 10**6)},
            ),
        ),
    ),
)


@proves(critical_time_difference)
def theorem():
    yield (
        "Let two features have one covariance $\\lambda_0$ and influences $c_1^m > c_2^m$, with $m = K$ for a JEPA and"
        " $m = K + L$ for reconstruction.  By `learning-order` the first is learned first.  In units of $1/\\lambda_0$"
        " the time by which the second is later is an integral.  For reconstruction its integrand is"
        f" $\\left({tex(excess(mae))}\\right) x$, up to a factor between $1$ and one over what is left of the drives at"
        " the threshold.  So it is at least"
    )
    yield at_least
    yield "and at most"
    yield at_most
    yield (
        "for every start.  For a JEPA the power is $x^{1-2L} \\geq \\theta^{2-2L}/x$, and the integral at least a"
        " logarithm:"
    )
    yield unbounded
    yield critical_time_difference.claim
