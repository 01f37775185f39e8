r"""Which of two features is learned first where one is faster at every amplitude: both objectives order by covariance
and by influence.

A balanced layer moves by u' = λ u^a (1 - (u/c)^m), and c^m = ρ.  Of two features with one threshold the one that is
faster on the whole way arrives first.  At equal covariance that is the one of larger influence, for a JEPA and for
reconstruction alike, at every depth and from every start; with a larger covariance it stays first unless its influence
is smaller.  At equal influence the two times are inversely proportional to the covariances, exactly.

Source: littwin2024jepa, Thm 4.5 and Fig. 2 (leading terms).
"""

import sympy as sp

from symjepa.statements.claims import All, AtMost, Chain, Hits, Identity, Less
from symjepa.statements.statement import NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, u

from ..printed import DEEP_ONLY, GREEDY
from ..speeds import Learner, c1, c2, jepa, learners, mae, start, theta, times

lambda1, lambda2 = sp.Symbol("lambda1", positive=True), sp.Symbol("lambda2", positive=True)


def slower(learner: Learner):
    """1/u₂' - 1/u₁' at one covariance λ₂."""
    m, gap = learner.degree, c2**-learner.degree - c1**-learner.degree
    return theta ** (m - learner.order) * gap / (lambda2 * learner.left(theta, c1) * learner.left(theta, c2))


def behind(learner: Learner):
    """1/u₂' - 1/u₁' at two covariances, as a sum of what each advantage contributes."""
    m, a, gap = learner.degree, learner.order, c2**-learner.degree - c1**-learner.degree
    ahead = (lambda1 - lambda2) * learner.left(theta, c1) + lambda2 * theta**m * gap
    return ahead / (theta**a * lambda1 * lambda2 * learner.left(theta, c1) * learner.left(theta, c2))


let = tuple(one for learner in learners for one in times(learner, (lambda1, lambda2)))


def named(learner: Learner):
    """t₁ and t₂."""
    return learner.named("t_1"), learner.named("t_2")


def by_influence(learner: Learner):
    """λ t depends on the influence alone, and is less for the larger one."""
    first, second = named(learner)
    return Less(lambda1 * first, lambda2 * second, by=Chain(theta, start, lambda2 * slower(learner)))


def by_both(learner: Learner):
    """The larger influence is first, unless its covariance is smaller."""
    first, second = named(learner)
    return Less(first, second, by=Chain(theta, start, behind(learner)))


def reached(learner: Learner):
    """The derived flow of the second feature arrives at t₂; the first one is like it."""
    clock = learner.time(start, u, lambda2, c2)
    return Hits(learner.flow(lambda2, c2), start, theta, learner.named("t_2"), clock=clock)


arrivals = [reached(learner) for learner in learners]
influence = [by_influence(learner) for learner in learners]
both = [by_both(learner) for learner in learners]

shifted = Learner(jepa.model, jepa.order + 1, jepa.degree, jepa.mark)
point = {K: 1, L: 2, lambda1: sp.Rational(11, 10), lambda2: 1, start: sp.Rational(1, 2), theta: sp.Rational(3, 4)}

chosen = {K: 1, L: 2, lambda1: 2, lambda2: 1, c1: 2, c2: 1, start: sp.Rational(1, 4), theta: sp.Rational(1, 2)}

learning_order = Statement(
    title="At equal covariance both objectives learn the larger influence first, at every depth and from every start",
    let=let,
    claim=All((*arrivals, *influence, *both)),
    hypotheses=(Less(0, K), Less(start, theta), Less(theta, c2), Less(c2, c1), AtMost(lambda2, lambda1)),
    witness=chosen,
    near_misses=(
        NearMiss(Less(influence[0].rhs, influence[0].lhs), at=chosen, why="the smaller influence first"),
        NearMiss(Identity(influence[1].lhs, influence[1].rhs), at=chosen, why="reconstruction sees the influence"),
        NearMiss(
            by_both(jepa),
            without=(Less(c2, c1),),
            at=point | {c1: sp.Rational(4, 5), c2: 1},
            why="a larger covariance with a smaller influence may come second",
        ),
        NearMiss(
            Hits(jepa.flow(lambda2, c2), start, theta, lambda2 * jepa.named("t_2")),
            at=chosen | {lambda2: 2},
            why="one power of the covariance",
        ),
        NearMiss(
            Hits(jepa.flow(lambda2, c2), start, theta, shifted.time(start, theta, lambda2, c2)),
            at=chosen,
            why="one layer more",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
    printed=(
        GREEDY.read(
            Reading(
                "with a threshold that is the same for both features, reconstruction learns two features of equal"
                r" covariance at the same time whatever their $\rho$",
                "refuted",
                Identity(influence[1].lhs, influence[1].rhs),
                at=chosen,
            ),
        ),
        DEEP_ONLY.read(
            Reading(
                "with one encoder layer a JEPA learns two features of equal covariance at the same time",
                "refuted",
                Identity(influence[0].lhs, influence[0].rhs),
                at=chosen | {L: 1},
            ),
        ),
    ),
)


@proves(learning_order)
def theorem():
    yield (
        "Let feature $i$ have covariance $\\lambda_i$, and let $c_i$ be the amplitude of a layer that it learns, $c_i^m"
        f" = \\rho_i$ with $m = {tex(jepa.degree)}$ for a JEPA and $m = {tex(mae.degree)}$ for reconstruction.  A"
        " balanced layer moves from $u_0$ to the threshold $\\theta$, which the encoder passes at $\\theta^L$, in the"
        " time $t_i$, an integral of the inverse speed that has $\\lambda_i$ as a factor: for the second feature"
    )
    yield from arrivals
    yield (
        "and likewise for the first.  So at equal influence the times are inversely proportional to the covariances."
        "  Let the first feature have the larger influence, $c_1 > c_2$.  At equal covariance its layers are faster at"
        " every amplitude, so that it needs less time to any threshold; in the unit of $1/\\lambda_i$"
    )
    yield from influence
    yield "A larger covariance only helps:"
    yield from both
    yield learning_order.claim
