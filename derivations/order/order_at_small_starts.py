r"""From small starts the larger covariance is learned first, whatever the influences: an explicit bound on the lead.

Feature 1 has the larger covariance, feature 2 the larger influence, and at the amplitude h layers of both move equally
fast.  Below h the first gains, with an integrand that is at least κ h^{1-a} (h^m - x^m)/x; above h it loses no more
than the interval times the largest loss.  So its lead is at least κ h^{1-a+m} (log(h/u₀) - r) with an explicit r: it
grows beyond all bounds as the start tends to 0, at every depth, for a JEPA and for reconstruction alike.  As ε → 0 the
two objectives do not order features differently.
"""

import sympy as sp

from symjepa.statements.claims import All, AtMost, Chain, Less
from symjepa.statements.statement import NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L

from ..printed import INVERTED
from ..speeds import Duel, c1, c2, h, jepa, mae, mu, start, theta

duels = (Duel(jepa), Duel(mae))


def early(duel: Duel, here):
    """At most what the first feature gains between an amplitude and h."""
    m, a = duel.learner.degree, duel.learner.order
    return duel.scale * h ** (1 - a) * (h**m * sp.log(h / here) - (h**m - here**m) / m)


def late(duel: Duel, stop):
    """At least what it loses between h and an amplitude above it."""
    m, a = duel.learner.degree, duel.learner.order
    return duel.scale * (stop - h) * (stop**m - h**m) * h**-a / duel.left(stop)


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


def factored(duel: Duel):
    """The bound, as a multiple of log(h/u₀) - r and a remainder that is positive."""
    m, a = duel.learner.degree, duel.learner.order
    return duel.scale * h ** (1 - a + m) * (sp.log(h / start) - needed(duel) + (start / h) ** m / m)


def falling(duel: Duel) -> Chain:
    """From h downwards."""
    return Chain(start, h, early_slope(duel, start), falling=True)


losses = [AtMost(-late(d, theta), d.lead(h, theta), by=Chain(theta, h, late_slope(d, theta))) for d in duels]
bounds = [AtMost(factored(d), d.lead(start, theta), by=falling(d)) for d in duels]

order = (Less(0, K), Less(start, h), Less(h, theta), Less(theta, c1), Less(c1, c2))
half, tiny = sp.Rational(1, 2), sp.Rational(1, 10**7)
chosen = {K: 1, L: 2, mu: 1, start: sp.Rational(1, 10), h: half, theta: 1, c1: 2, c2: 3}
small = chosen | {start: tiny}

order_at_small_starts = Statement(
    title="From small starts both objectives learn the larger covariance first, at every depth",
    claim=All((*losses, *bounds)),
    hypotheses=order,
    witness=chosen,
    near_misses=(
        NearMiss(
            AtMost(early(duels[0], start), duels[0].lead(start, theta), by=falling(duels[0])),
            at=chosen | {start: sp.Rational(49, 100)},
            why="what is lost above h must be made up for",
        ),
        NearMiss(
            AtMost(
                h * early(duels[1], start) / start - late(duels[1], theta),
                duels[1].lead(start, theta),
                by=falling(duels[1]),
            ),
            at=small,
            why="one power of u₀/h",
        ),
        NearMiss(
            AtMost(0, duels[0].lead(h, theta), by=Chain(theta, h)),
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
                Less(duels[0].lead(start, theta), 0, by=Chain(theta, start, -duels[0].gain(theta))),
                hypotheses=(*order, Less(sp.Integer(10) ** 6 * start, h)),
                at=small,
                witness=small,
            ),
            Reading(
                r"at a finite start, relative to what is learned: with three encoder layers, from $\varepsilon = 1/50$,"
                r" a JEPA"
                r" is first at half of $(\lambda, \rho) = (1, 1)$, reconstruction at half of $(6/5, 1/2)$",
                "open",
                missing="a sign of $1 - (x/c)^m$ on an interval at numbers; balls of both times certify the two orders",
            ),
        ),
    ),
)


@proves(order_at_small_starts)
def theorem():
    yield (
        "Let layers of both features move equally fast at the amplitude $h$, the first being faster below it: with"
        f" $c_1 < c_2$ this says $\\lambda_1 = {tex(duels[0].first[0])}$ and $\\lambda_2 = {tex(duels[0].second[0])}$"
        " for a JEPA, and the same with $K + L$ in the place of $K$ for reconstruction.  The lead of the first"
        f" feature, the time of the second less its own, is the integral of ${tex(duels[0].gain(sp.Symbol('x')))}$. "
        " Above $h$ it falls"
    )
    yield "by no more than the length of the way times a bound on the integrand, which only grows with $\\theta$:"
    yield from losses
    yield (
        "Below $h$ the integrand is at least what remains of it if the two factors $1 - (x/c_i)^m \\leq 1$ are left out"
        " and $x^{1-a}$ is replaced by the smaller $h^{1-a}$.  As the start falls from $h$ the lead therefore grows at"
        " least as fast as a logarithm:"
    )
    yield from bounds
    yield "So the first feature is learned first from every start with $\\log(h/u_0)$ at least that other constant."
    yield order_at_small_starts.claim
