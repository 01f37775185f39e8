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
from symjepa.statements.statement import Cite, Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, u

from ..speeds import Duel, c1, c2, h, jepa, mae, mu, start, theta, times, z
from .order_at_small_starts import at_least, needed
from .order_at_small_starts import theorem as small_starts

duels = (Duel(jepa), Duel(mae))


def abbreviations(duel: Duel):
    """Covariances, times from z, the lead from h, κ and r."""
    learner = duel.learner
    yield from duel.let
    yield from times(learner, duel.covariances, z)
    yield Let(learner.named("delta_"), duel.lead(h, theta))
    yield Let(learner.named("kappa_"), duel.scale)
    yield Let(learner.named("r_"), needed(duel))


def equally_fast(duel: Duel):
    """The derived rates of the two features agree at h."""
    one, two = (duel.learner.flow(*feature).rates[u].subs(u, h) for feature in duel.features)
    return Identity(one, two)


def ahead(duel: Duel):
    """From u₀ the first feature is learned first, by `order-at-small-starts`."""
    lead, known = duel.lead(start, theta), at_least(duel)
    return Less(0, lead, by=h * ((lead - known) / h + known / h))


equal = [equally_fast(duel) for duel in duels]
behind = [Less(duel.learner.named("delta_"), 0, by=Chain(theta, h, -duel.gain(theta))) for duel in duels]
crossing = [Root(duel.named_lead, z, (start, h), rising=False, slope=-duel.gain(z)) for duel in duels]
r_J, r_R = (duel.learner.named("r_") for duel in duels)
far = (Less(r_J, sp.log(h / start)), Less(r_R, sp.log(h / start)))

order = (Less(0, K), Less(start, h), Less(h, theta), Less(theta, c1), Less(c1, c2))
half = sp.Rational(1, 2)
chosen = {K: 1, L: 2, mu: 1, start: sp.Rational(1, 16), h: half, theta: sp.Rational(3, 4), c1: 2, c2: 3}

order_crossing = Statement(
    title="Where covariance and influence disagree, the order of learning turns at exactly one start",
    let=tuple(one for duel in duels for one in abbreviations(duel)),
    claim=All((*equal, *behind, *crossing)),
    hypotheses=(*order, *far),
    witness=chosen,
    near_misses=(
        NearMiss(Less(0, mae.named("delta_")), at=chosen, why="from h on the larger influence is first"),
        NearMiss(
            Less(0, duels[0].lead(start, theta)),
            without=far,
            at=chosen | {start: sp.Rational(49, 100)},
            why="not from every start below h",
        ),
        NearMiss(Identity(equal[0].lhs * h, equal[0].rhs), at=chosen, why="one power of the amplitude"),
    ),
)


@proves(order_crossing)
def theorem():
    yield (
        "Two features of which the first has the larger covariance and the smaller influence move equally fast at one"
        " amplitude $h < c_1$, for a JEPA and for reconstruction each at its own: their covariances are then as above"
        " with some $\\mu$, and the derived rates of a layer agree at $h$,"
    )
    yield from equal
    yield (
        "and above it those of the second are faster.  From $h$ to a threshold $\\theta > h$ the second feature"
        " therefore needs less time:"
    )
    yield from behind
    yield "From the start $u_0$, on the other hand, the first feature is learned first (`order-at-small-starts`): with"
    yield Cite(small_starts)
    yield "the lead of the first feature is positive,"
    yield from map(ahead, duels)
    yield (
        "Below $h$ this lead changes with the start $z$ at the rate"
        f" ${tex(-jepa.named('kappa_') * duels[0].gain(z) / duels[0].scale)}$ for a JEPA, and likewise for"
        " reconstruction, which is negative.  So there is exactly one start in between from which both arrive together:"
    )
    yield from crossing
    yield order_crossing.claim
