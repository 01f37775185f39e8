r"""The ratio of two critical times, with explicit constants: where and how strongly the influence shows.

Two features of equal covariance: relative to the time itself, the smaller influence costs of the order ε^{K/L} in a
JEPA and ε^{(K+L-2)/L} in reconstruction, with constants that are explicit and differ only by what is left of the
drives at the threshold.  With one predictor layer both are of the order ε^{1/2} for two encoder layers; with more of
them the effect on the ratio is weaker in reconstruction, and stronger in a JEPA.  Both ratios tend to 1.

Source: littwin2024jepa, Thm 4.5 (leading terms).
"""

import sympy as sp

from symjepa.statements.claims import All, AtMost, Chain, Less
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves
from symjepa.symbols import K, L

from ..printed import GREEDY
from ..speeds import Learner, c1, c2, jepa, mae, start, theta
from .critical_time_difference import excess, gap, lambda0, least, left, let, most, spread, steepness


def time(learner: Learner):
    """λ times the time of the first feature."""
    return lambda0 * learner.named("t_1")


def power(exponent):
    """The integral of x^(-exponent - 1) from start to threshold."""
    return (start**-exponent - theta**-exponent) / exponent


def growing(learner: Learner, exponent, factor):
    """The slope of factor·(integral of a power)/left in the threshold."""
    return factor * power(exponent) / left(learner, theta) * steepness(learner)


def bounds_on_time(learner: Learner):
    """What is left of the drive of the first feature lies between its value at the threshold and 1."""
    m, a, remains = learner.degree, learner.order, learner.left(theta, c1)
    steeper = m * theta ** (m - 1) * c1**-m / remains**2
    lower = AtMost(power(a - 1), time(learner), by=Chain(theta, start, (theta / c1) ** m * theta**-a / remains))
    return lower, AtMost(time(learner), power(a - 1) / remains, by=Chain(theta, start, power(a - 1) * steeper))


drive = excess(jepa) * power(2 * L - 2)
cost = {jepa: (drive, drive / left(jepa, theta)), mae: (least, most)}
jepa_least = AtMost(
    drive,
    gap(jepa),
    by=Chain(theta, start, excess(jepa) * theta ** (1 - 2 * L) * spread(jepa, theta) / left(jepa, theta)),
)
jepa_most = AtMost(gap(jepa), drive / left(jepa, theta), by=Chain(theta, start, growing(jepa, 2 * L - 2, excess(jepa))))
times = {learner: bounds_on_time(learner) for learner in (jepa, mae)}
square_least = AtMost(
    least, gap(mae), by=Chain(theta, start, excess(mae) * theta * spread(mae, theta) / left(mae, theta))
)
square_most = AtMost(gap(mae), most, by=Chain(theta, start, most * steepness(mae)))


def ratio(learner: Learner):
    """r: the smaller influence costs between left(θ, c₁) r and r/(what is left of both drives at θ), relatively."""
    return cost[learner][0] / power(learner.order - 1)


def longer(learner: Learner):
    """t₂/t₁ - 1."""
    return learner.named("t_2") / learner.named("t_1") - 1


def bounds_on_ratio(learner: Learner):
    """Times bounded below and above, divided by each other."""
    (low, high), r, t1 = cost[learner], learner.named("r_"), time(learner)
    base, remains = power(learner.order - 1), learner.left(theta, c1)
    small, large = r * remains, r / left(learner, theta)
    rest = base / remains - t1
    lower = theta * ((gap(learner) - low) / theta + small * rest / theta) / t1
    upper = theta * ((high - gap(learner)) / theta + large * (t1 - base) / theta) / t1
    yield AtMost(small, longer(learner), by=lower)
    yield AtMost(longer(learner), large, by=upper)


ratios = {learner: tuple(bounds_on_ratio(learner)) for learner in (jepa, mae)}
order = (Less(0, K), Less(1, L), Less(start, theta), Less(theta, c2), Less(c2, c1))
chosen = {K: 1, L: 2, lambda0: 1, start: sp.Rational(1, 4), theta: sp.Rational(1, 2), c1: 2, c2: 1}
low = chosen | {start: sp.Rational(1, 1000)}
r_J, r_R = (learner.named("r_") for learner in (jepa, mae))

critical_time_ratio = Statement(
    title="The influence moves the ratio of two times by the order of a power of the start, in both objectives",
    let=(*let, *(Let(learner.named("r_"), ratio(learner)) for learner in (jepa, mae))),
    claim=All((*ratios[jepa], *ratios[mae])),
    hypotheses=order,
    witness=chosen,
    near_misses=(
        NearMiss(
            AtMost(longer(mae), r_R / left(mae, theta) * start / theta),
            at=low,
            why="one power of u₀ too many for reconstruction",
        ),
        NearMiss(
            AtMost(r_J * jepa.left(theta, c1) * theta / start, longer(jepa)),
            at=low,
            why="one power of u₀ too few for a JEPA",
        ),
        NearMiss(AtMost(longer(jepa), r_J * jepa.left(theta, c1)), at=chosen, why="the two bounds exchanged"),
    ),
    source="littwin2024jepa, Thm 4.5",
    printed=(
        GREEDY.read(
            Reading(
                "with two encoder layers and one predictor layer the effect of the influence on the ratio of times"
                " is, for small $\\varepsilon$, in reconstruction at most a hundredth of what it is in a JEPA",
                "refuted",
                AtMost(100 * longer(mae), longer(jepa)),
                at=low,
            ),
        ),
    ),
)


@proves(critical_time_ratio)
def theorem():
    yield (
        "Let two features have one covariance $\\lambda_0$, and $c_1 > c_2$.  What is left of the drive of the first,"
        " $1 - (x/c_1)^m$, lies between its value at the threshold and $1$.  So its time is, for a JEPA, between"
    )
    yield from times[jepa]
    yield "and for reconstruction between"
    yield from times[mae]
    yield (
        "In the same way the time by which the second is later, the integral of a difference of inverse speeds, is"
        " for a JEPA between"
    )
    yield jepa_least
    yield jepa_most
    yield "and for reconstruction (`critical-time-difference`) between"
    yield square_least
    yield square_most
    yield "Both exponents of the times are positive,"
    yield from (Less(0, learner.order - 1, why="$L \\geq 2$") for learner in (mae, jepa))
    yield (
        "and the least of the one divided by the most of the other, and conversely, bounds the ratio from both sides:"
        " for a JEPA"
    )
    yield from ratios[jepa]
    yield "and for reconstruction"
    yield from ratios[mae]
    yield critical_time_ratio.claim
