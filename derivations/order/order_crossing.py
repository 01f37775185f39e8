r"""Where the covariance rises while the influence falls, the order of learning turns at exactly one start.

Feature 1 has the larger covariance, feature 2 the larger influence.  There is one amplitude h at which the layers of
both move equally fast; below it the first is faster, above it the second.  So the lead of the first feature, the time
of the second less its own, falls as the start rises to h, and is negative there.  By `order-at-small-starts` it is
positive from every start that is small enough.  Hence there is exactly one start in between from which both arrive
together, at every depth and for either objective: below it the larger covariance is learned first, above it the larger
influence.
"""

import sympy as sp

from symjepa.statements.claims import All, Chain, Identity, Less, Root
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L

from ..speeds import Duel, c1, c2, h, jepa, mae, mu, start, theta, z

duels = (Duel(jepa), Duel(mae))
ahead = [Less(0, duel.lead(start, theta)) for duel in duels]
behind = [Less(duel.lead(h, theta), 0, by=Chain(theta, h, -duel.gain(theta))) for duel in duels]
crossing = [Root(duel.lead(z, theta), z, (start, h), rising=False, slope=-duel.gain(z)) for duel in duels]
equal = [Identity(duel.learner.speed(h, *duel.first), duel.learner.speed(h, *duel.second)) for duel in duels]

order = (Less(0, K), Less(start, h), Less(h, theta), Less(theta, c1), Less(c1, c2))
half = sp.Rational(1, 2)
chosen = {K: 1, L: 2, mu: 1, start: sp.Rational(1, 1000), h: half, theta: 1, c1: 2, c2: 3}

order_crossing = Statement(
    title="Where covariance and influence disagree, the order of learning turns at exactly one start",
    claim=All((*equal, *behind, *crossing)),
    hypotheses=(*order, *ahead),
    witness=chosen,
    near_misses=(
        NearMiss(Less(0, duels[1].lead(h, theta)), at=chosen, why="from h on the larger influence is first"),
        NearMiss(
            Less(0, duels[0].lead(start, theta)),
            without=tuple(ahead),
            at=chosen | {start: sp.Rational(49, 100)},
            why="not from every start below h",
        ),
        NearMiss(Identity(equal[0].lhs * h, equal[0].rhs), at=chosen, why="one power of the amplitude"),
    ),
)


@proves(order_crossing)
def theorem():
    yield (
        f"Let the covariances be $\\lambda_1 = {tex(duels[0].first[0])}$ and $\\lambda_2 = {tex(duels[0].second[0])}$"
        " for a JEPA, with $K + L$ in the place of $K$ for reconstruction; any two features of which the first has the"
        " larger covariance and the smaller influence are of this form.  By `learning-order` their times are integrals"
        " of inverse speeds.  At the amplitude $h$ layers of both move equally fast,"
    )
    yield from equal
    yield (
        "and above it those of the second are faster.  From $h$ to a threshold $\\theta > h$ the second feature"
        " therefore needs less time:"
    )
    yield from behind
    yield (
        "Below $h$ the lead of the first feature changes with the start $z$ at the rate"
        f" ${tex(-duels[0].gain(z))}$, which is negative; from a start $u_0$ it is positive, and there are such starts,"
        " by the theorem on small starts.  So there is exactly one start in between from which both arrive together:"
    )
    yield from crossing
    yield order_crossing.claim
