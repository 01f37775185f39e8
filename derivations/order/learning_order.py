r"""Which of two features is learned first where one is faster at every amplitude: both objectives order by covariance
and by influence.

A balanced layer moves by u' = λ u^a (1 - (u/c)^m), and c^m = ρ.  Of two features with one threshold the one that is
faster on the whole way arrives first.  At equal covariance that is the one of larger influence, for a JEPA and for
reconstruction alike, at every depth and from every start; with a larger covariance it stays first unless its influence
is smaller.  At equal influence the two times are inversely proportional to the covariances, exactly.

Source: littwin2024jepa, Thm 4.5 and Fig. 2 (leading terms).
"""

import sympy as sp

from symjepa.statements.claims import All, Chain, Hits, Identity, Less
from symjepa.statements.statement import NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L

from ..printed import DEEP_ONLY, GREEDY
from ..speeds import Learner, c1, c2, jepa, learners, mae, start, theta

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


def by_influence(learner: Learner):
    """At equal covariance the larger influence is first."""
    first, second = (learner.time(start, theta, lambda2, c) for c in (c1, c2))
    return Less(first, second, by=Chain(theta, start, slower(learner)))


def by_both(learner: Learner):
    """A larger covariance is first, unless its influence is smaller."""
    first, second = learner.time(start, theta, lambda1, c1), learner.time(start, theta, lambda2, c2)
    return Less(first, second, by=Chain(theta, start, behind(learner)))


def in_proportion(learner: Learner):
    """At equal influence λ₁ t₁ = λ₂ t₂."""
    return Identity(*(one * learner.time(start, theta, one, c2) for one in (lambda1, lambda2)))


times = [learner.hits(start, theta, lambda2, c2) for learner in learners]
influence = [by_influence(learner) for learner in learners]
both = [by_both(learner) for learner in learners]
proportion = [in_proportion(learner) for learner in learners]

shifted = Learner(jepa.model, jepa.order + 1, jepa.degree)
point = {K: 1, L: 2, lambda1: sp.Rational(11, 10), lambda2: 1, start: sp.Rational(1, 2), theta: sp.Rational(3, 4)}

chosen = {K: 1, L: 2, lambda1: 2, lambda2: 1, c1: 2, c2: 1, start: sp.Rational(1, 4), theta: sp.Rational(1, 2)}

learning_order = Statement(
    title="At equal covariance both objectives learn the larger influence first, at every depth and from every start",
    claim=All((*times, *influence, *both, *proportion)),
    hypotheses=(Less(0, K), Less(start, theta), Less(theta, c2), Less(c2, c1), Less(lambda2, lambda1)),
    witness=chosen,
    near_misses=(
        NearMiss(Less(influence[0].rhs, influence[0].lhs), at=chosen, why="the smaller influence first"),
        NearMiss(
            Identity(influence[1].lhs, influence[1].rhs), at=chosen, why="reconstruction does not see the influence"
        ),
        NearMiss(
            by_both(jepa),
            without=(Less(c2, c1),),
            at=point | {c1: sp.Rational(4, 5), c2: 1},
            why="a larger covariance with a smaller influence may come second",
        ),
        NearMiss(
            Identity(lambda1**2 * proportion[0].lhs / lambda1, lambda2**2 * proportion[0].rhs / lambda2),
            at=chosen,
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
        "Let a feature have covariance $\\lambda_i$, and let $c_i$ be the amplitude of a layer that it learns, $c_i^m"
        f" = \\rho_i$ with $m = {tex(jepa.degree)}$ for a JEPA and $m = {tex(mae.degree)}$ for reconstruction.  A"
        " balanced layer moves from $u_0$ to the threshold $\\theta$, which the encoder passes at $\\theta^L$, in the"
        " time"
    )
    yield from times
    yield (
        "Let now the first feature have the larger influence, $c_1 > c_2$.  At equal covariance its layers are faster"
        " at every amplitude, so that it needs less time at any threshold:"
    )
    yield from influence
    yield "A larger covariance only helps:"
    yield from both
    yield "At equal influence the covariance is a factor of the speed, and the times are in proportion:"
    yield from proportion
    yield learning_order.claim
