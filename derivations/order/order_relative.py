r"""Relative to what it will learn, reconstruction with one layer each learns the *smaller* influence first.

A threshold that is a fraction of the learned amplitude is lower for the feature of smaller influence.  With one encoder
and one predictor layer reconstruction is logistic, and the time to the fraction q of what is learned has a closed form.
At equal covariance it grows with the influence, from every start and for every fraction.  With a threshold that is the
same for both features the order is the opposite one (`learning-order`): the two questions are different.

Source: littwin2024jepa, Thm 4.5 (the thresholds there are relative).
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, Model, Predictor
from symjepa.statements.claims import Hits, Identity, Less
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import lam, sigma2, u

from ..printed import GREEDY
from ..speeds import c2, start, theta

lambda0, r = sp.Symbol("lambda0", positive=True), sp.Symbol("r", positive=True)
model = Model(Encoder(1), Predictor(1), DataReconstruction())
small, large = (c2, theta), (r * c2, r * theta)
"""What a layer learns, and its threshold: the same fraction θ/c₂ of it."""


def clock(here, learned):
    """The time of passage from the start."""
    return (sp.log(here / start) + sp.log((learned**2 - start**2) / (learned**2 - here**2)) / 2) / lambda0


def time(feature):
    """The time to the threshold."""
    learned, stop = feature
    return clock(stop, learned)


t_1, t_2 = (sp.Symbol(name, real=True) for name in ("t_1", "t_2"))
"""The times of the smaller and of the larger influence."""


def hits(feature, when):
    """The derived flow arrives then."""
    learned, stop = feature
    flow = modes(model, "balanced", {lam: lambda0, sigma2: lambda0 / learned**2})
    return Hits(flow, start, stop, when, clock=clock(u, learned))


longer = sp.log(((r * c2) ** 2 - start**2) / (c2**2 - start**2)) / (2 * lambda0)
later = Less(t_1, t_2, by=longer)
first, second = hits(small, t_1), hits(large, t_2)
chosen = {lambda0: 2, r: 2, start: sp.Rational(1, 4), theta: sp.Rational(1, 2), c2: 1}

order_relative = Statement(
    title="Relative to what it will learn, reconstruction with one layer each learns the smaller influence first",
    let=(Let(t_1, time(small)), Let(t_2, time(large))),
    claim=first & second & later,
    hypotheses=(Less(start, theta), Less(theta, c2), Less(1, r)),
    witness=chosen,
    near_misses=(
        NearMiss(Less(t_2, t_1, by=-longer), at=chosen, why="the larger influence first"),
        NearMiss(
            Hits(first.flow, start, theta, lambda0 * t_1, clock=lambda0 * clock(u, c2)),
            at=chosen,
            why="one power of the covariance",
        ),
        NearMiss(
            Hits(second.flow, start, theta, t_2, clock=clock(u, r * c2)),
            at=chosen,
            why="the threshold of the other feature",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
    printed=(
        GREEDY.read(
            Reading(
                "with one layer each, and a threshold that is a fraction of what a feature learns, reconstruction is"
                " greedy"
                r" in $\rho$ too: of two features of equal covariance it learns that of the larger $\rho$ first",
                "refuted",
                Less(t_2, t_1, by=-longer),
                at=chosen,
            ),
        ),
    ),
)


@proves(order_relative)
def theorem():
    yield (
        f"With one layer each, $\\dot u = {tex(first.flow.rates[u])}$ for the feature of smaller influence, and"
        " its layers reach $\\theta$, the fraction $\\theta/c_2$ of what they learn, in the time"
    )
    yield first
    yield (
        "The other feature, of $r^2$ times the influence, learns $r$ times as much, and reaches the same fraction"
        " of it:"
    )
    yield second
    yield "What is left of the difference is the logarithm of a number above 1,"
    yield Identity(t_2 - t_1, longer)
    yield "so that the larger influence takes longer:"
    yield later
    yield order_relative.claim
