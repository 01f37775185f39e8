r"""At a finite start the two objectives can learn the same two features in opposite orders.

Three encoder layers and one predictor layer, the start ε = 1/50, and half of what each feature learns as its threshold.
Of the features (λ, ρ) = (1, 1) and (6/5, 1/2) a JEPA learns the first before the second, reconstruction the second
before the first.  All four times are elementary, those of a JEPA by partial fractions in u, those of reconstruction in
u², so that each order is one inequality between explicit numbers, which balls decide.  As ε → 0 both objectives learn
the larger covariance first (`order-at-small-starts`, for one threshold).

Source: littwin2024jepa, Fig. 2, third panels (the phenomenon; the numbers are ours).
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import All, Hits, Less, SumCloses, Unequal
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves
from symjepa.symbols import eps, lam, n, p, sigma2, u

from ..printed import INVERTED
from ..speeds import jepa, mae

DEPTH = 3
latent = Model(Encoder(DEPTH), Predictor(1), LatentPrediction(), Live())
data = Model(Encoder(DEPTH), Predictor(1), DataReconstruction())
names = ("lambda1", "rho1", "lambda2", "rho2")
lambda1, rho1, lambda2, rho2 = (sp.Symbol(name, positive=True) for name in names)
features = ((lambda1, rho1), (lambda2, rho2))
begin, fraction = eps ** sp.Rational(1, DEPTH), p ** sp.Rational(1, DEPTH)
"""What a layer starts from, and the fraction of what it learns at which the encoder has learned p."""


def latent_time(stop, covariance, influence):
    """The time of a JEPA layer from the start."""
    powers = sp.Sum(influence**n * (begin**-n - stop**-n) / n, (n, 1, 2 * DEPTH - 1))
    logarithms = sp.log(stop / begin) + sp.log((influence - begin) / (influence - stop))
    return (powers + logarithms) / (covariance * influence ** (2 * DEPTH - 1))


def data_time(stop, covariance, influence):
    """The time of a layer in reconstruction: x^{-3}/(1 - x^4/ρ) is x^{-3} and an even function of x, times x/ρ."""
    root = sp.sqrt(influence)
    at_stop, at_start = (sp.log((root + x**2) / (root - x**2)) for x in (stop, begin))
    return ((begin**-2 - stop**-2) / 2 + (at_stop - at_start) / (4 * root)) / covariance


def flow(model, covariance, influence):
    """A feature's mode."""
    return modes(model, "balanced", {lam: covariance, sigma2: covariance / influence})


def thresholds(influence):
    """Half of what a layer learns, in the sense of the encoder: for a JEPA, and for reconstruction."""
    return fraction * influence, fraction * influence ** sp.Rational(1, DEPTH + 1)


t_J, t_R = ([learner.named(f"t_{i}") for i in (1, 2)] for learner in (jepa, mae))


def times():
    """The four times."""
    for one, other, (covariance, influence) in zip(t_J, t_R, features, strict=True):
        low, high = thresholds(influence)
        yield Let(one, latent_time(low, covariance, influence))
        yield Let(other, data_time(high, covariance, influence))


def arrivals():
    """The derived flows arrive then."""
    for one, other, feature in zip(t_J, t_R, features, strict=True):
        low, high = thresholds(feature[1])
        yield Hits(flow(latent, *feature), begin, low, one, clock=latent_time(u, *feature))
        yield Hits(flow(data, *feature), begin, high, other, clock=data_time(u, *feature))


N = sp.Symbol("N", integer=True)


def closes(influence):
    """The geometric sum of partial fractions."""
    closed = influence * ((influence / u) ** N - 1) / (u * (influence - u))
    return SumCloses(u ** (-n - 1) * influence**n, n, sp.S.One, N, closed, (Unequal(u, influence),))


numbers = (
    Let(lambda1, sp.S.One),
    Let(rho1, sp.S.One),
    Let(lambda2, sp.Rational(6, 5)),
    Let(rho2, sp.S.Half),
    Let(eps, sp.Rational(1, 50)),
    Let(p, sp.S.Half),
)
reached = tuple(arrivals())
orders = Less(t_J[0], t_J[1]) & Less(t_R[1], t_R[0])

order_inverted = Statement(
    title="At a finite start a JEPA and reconstruction can learn the same two features in opposite orders",
    let=(*numbers, *times()),
    hypotheses=(),
    claim=All((*reached, orders)),
    witness={u: sp.Rational(1, 3)},
    near_misses=(
        NearMiss(Less(t_J[1], t_J[0]), why="a JEPA as reconstruction"),
        NearMiss(Less(t_R[0], t_R[1]), why="reconstruction as a JEPA"),
        NearMiss(
            Hits(
                flow(latent, lambda1, rho1),
                begin,
                thresholds(rho1)[0],
                begin * t_J[0],
                clock=begin * latent_time(u, lambda1, rho1),
            ),
            why="one power of the start",
        ),
        NearMiss(Less(lambda1 * t_J[0], lambda2 * t_R[1]), why="a JEPA takes longer than reconstruction"),
    ),
    source="littwin2024jepa, Fig. 2",
    printed=(
        INVERTED.read(
            Reading(
                r"at a finite start, relative to what is learned: with three encoder layers, from $\varepsilon = 1/50$,"
                r" a JEPA is first at half of $(\lambda, \rho) = (1, 1)$, reconstruction at half of $(6/5, 1/2)$",
                "confirmed",
                orders,
            ),
        ),
    ),
)


@proves(order_inverted)
def theorem():
    yield (
        "An encoder of three layers has learned the fraction $p$ of a feature when each layer has reached the fraction"
        " $p^{1/3}$ of its learned amplitude, which is $\\rho$ for a JEPA and $\\rho^{1/4}$ for reconstruction.  For a"
        " JEPA the inverse speed has partial fractions that are a geometric sum,"
    )
    yield from (closes(influence) for influence in (rho1, rho2))
    yield (
        "and for reconstruction it is the sum of $x^{-3}$ and of $x$ times a rational function of $x^2$.  So all four"
        " times are elementary:"
    )
    yield from reached
    yield "Their order is that of explicit numbers:"
    yield orders
    yield order_inverted.claim
