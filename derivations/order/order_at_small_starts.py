r"""From small starts the larger covariance is learned first, whatever the influences: an explicit bound on the lead.

Feature 1 has the larger covariance, feature 2 the larger influence, and at the amplitude h layers of both move equally
fast; their speeds are λ u^a (1 - (u/c)^m), as in `learning-order`.  Below h the first gains, with an integrand that is
at least κ h^{1-a} (h^m - x^m)/x; above h it loses no more than the length of the way times the largest loss.  So its
lead is at least κ h^{1-a+m} (log(h/u₀) - r) with an explicit r: it grows beyond all bounds as the start tends to 0, at
every depth, for a JEPA and for reconstruction alike.  As ε → 0 the two objectives do not order features differently.
"""

import sympy as sp

from symjepa.statements.claims import All, AtMost, Chain, Less
from symjepa.statements.statement import Cite, Let, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L

from ..printed import INVERTED
from ..speeds import Duel, c1, c2, h, jepa, mae, mu, start, theta, times, x
from ..times.critical_time import theorem as time_is_integral

duels = (Duel(jepa), Duel(mae))


def early(duel: Duel, here):
    """At most what the first feature gains between an amplitude and h."""
    m, a = duel.learner.degree, duel.learner.order
    return duel.scale * h ** (1 - a) * (h**m * sp.log(h / here) - (h**m - here**m) / m)


def early_slope(duel: Duel, here):
    """What the gain exceeds its bound by, per amplitude: a sum of positive terms."""
    m, a, left = duel.learner.degree, duel.learner.order, duel.learner.left
    spread = (here / c1) ** m + (here / c2) ** m * left(here, c1)
    powers = here ** (1 - a) - h ** (1 - a)
    inside = powers / duel.left(here) + h ** (1 - a) * spread / duel.left(here)
    return duel.scale * (h**m - here**m) / here * inside


def late_slope(duel: Duel, here):
    """What the bound on the loss grows by beyond the loss, per amplitude."""
    m, a, left = duel.learner.degree, duel.learner.order, duel.learner.left
    steeper = c1**-m / left(here, c1) + c2**-m / left(here, c2)
    grows = duel.scale * h**-a * m * here ** (m - 1) * (1 + (here**m - h**m) * steeper) / duel.left(here)
    return duel.scale * (here**m - h**m) * (h**-a - here**-a) / duel.left(here) + (here - h) * grows


def needed(duel: Duel):
    """r: from log(h/u₀) = r on the lead is positive."""
    m = duel.learner.degree
    return 1 / m + (theta - h) * (theta**m - h**m) / (h ** (1 + m) * duel.left(theta))


def at_least(duel: Duel):
    """The bound: a logarithm that grows as the start falls, less a constant."""
    m, a = duel.learner.degree, duel.learner.order
    return duel.learner.named("kappa_") * h ** (1 - a + m) * (sp.log(h / start) - duel.learner.named("r_"))


def rest(duel: Duel):
    """What was left out of it."""
    m, a = duel.learner.degree, duel.learner.order
    return duel.learner.named("kappa_") * h ** (1 - a + m) * (start / h) ** m / m


def falling(duel: Duel) -> Chain:
    """From h downwards."""
    return Chain(start, h, early_slope(duel, start), falling=True)


def abbreviations(duel: Duel):
    """Covariances, times, the lead from h, κ and r."""
    learner = duel.learner
    yield from duel.let
    yield from times(learner, duel.covariances)
    yield Let(learner.named("delta_"), duel.lead(h, theta))
    yield Let(learner.named("kappa_"), duel.scale)
    yield Let(learner.named("r_"), needed(duel))


def loss(duel: Duel):
    """From h on the first feature loses no more than this."""
    m, a = duel.learner.degree, duel.learner.order
    most = duel.learner.named("kappa_") * (theta - h) * (theta**m - h**m) * h**-a / duel.left(theta)
    return AtMost(-most, duel.learner.named("delta_"), by=Chain(theta, h, late_slope(duel, theta)))


losses = [loss(d) for d in duels]
gains = [AtMost(at_least(d) + rest(d), d.named_lead, by=falling(d)) for d in duels]
bounds = [
    AtMost(at_least(d), d.named_lead, by=h * ((d.named_lead - at_least(d) - rest(d)) / h + rest(d) / h)) for d in duels
]

kappa_J = jepa.named("kappa_")
order = (Less(0, K), Less(start, h), Less(h, theta), Less(theta, c1), Less(c1, c2))
half, tiny = sp.Rational(1, 2), sp.Rational(1, 10**7)
chosen = {K: 1, L: 2, mu: 1, start: sp.Rational(1, 10), h: half, theta: 1, c1: 2, c2: 3}
small = chosen | {start: tiny}

order_at_small_starts = Statement(
    title="From small starts both objectives learn the larger covariance first, at every depth",
    let=tuple(one for duel in duels for one in abbreviations(duel)),
    claim=All((*losses, *bounds)),
    hypotheses=order,
    witness=chosen,
    near_misses=(
        NearMiss(
            AtMost(kappa_J * early(duels[0], start) / duels[0].scale, duels[0].named_lead),
            at=chosen | {start: sp.Rational(49, 100)},
            why="what is lost above h must be made up for",
        ),
        NearMiss(
            AtMost(h / start * at_least(duels[1]), duels[1].named_lead),
            at=small,
            why="one power of u₀/h",
        ),
        NearMiss(
            AtMost(0, duels[0].learner.named("delta_")),
            at=chosen,
            why="from h on nothing is gained",
        ),
    ),
    printed=(
        INVERTED.read(
            Reading(
                r"the order differs as $\varepsilon \to 0$ too: from every start below a millionth of $h$ a JEPA learns"
                " the larger influence first",
                "refuted",
                Less(duels[0].named_lead, 0),
                hypotheses=(*order, Less(sp.Integer(10) ** 6 * start, h)),
                at=small,
                witness=small,
            ),
        ),
    ),
)


@proves(order_at_small_starts)
def theorem():
    yield (
        "Layers of both features move equally fast at the amplitude $h$, so that the covariances are in the proportion"
        " of what is left there of the drive of the other feature, with a common factor $\\mu$; as $c_1 < c_2$, the"
        " first feature is faster below $h$.  There is a predictor,"
    )
    yield Cite(time_is_integral)
    yield (
        "and so by `critical-time` the times are integrals of inverse speeds.  The lead of the first feature, the time"
        " of the second less its own, is for a JEPA the integral of"
        f" ${tex(kappa_J * duels[0].gain(x) / duels[0].scale)}$, and likewise for reconstruction.  Let $\\delta$ be the"
        " lead from $h$.  Above $h$ it falls by no more than the length of the way times a bound on the integrand,"
        " which only grows with $\\theta$:"
    )
    yield from losses
    yield (
        "Below $h$ the integrand is at least what remains of it if the two factors $1 - (x/c_i)^m \\leq 1$ are left"
        " out and $x^{1-a}$, where $a$ is the exponent of the speed, is replaced by the smaller $h^{1-a}$.  As the"
        " start falls from $h$ the lead therefore grows at least as fast as a logarithm:"
    )
    yield from gains
    yield (
        "and all the more without the last term.  So the first feature is learned first wherever $\\log(h/u_0)$"
        " exceeds $r$."
    )
    yield order_at_small_starts.claim
