r"""Every positive start of a balanced mode converges, under both moving averages and for every depth.

Student and teacher help each other: neither rate falls as the other amplitude grows.  Such flows preserve order, so
that a start between a small and a large amplitude, at which the rates point inward, stays between them and ends at the
one fixed point.  What is learned is u = m with m^K = ρ; below it and the start lies 1/(1/u₀ + 1/s₀ + 1/m), above them
u₀ + s₀ + m, where the layers of the teacher start at s₀, their product at s₀^L.
"""

from dataclasses import replace

import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Model, Predictor
from symjepa.statements.claims import (
    AtMost,
    Cofactors,
    ConvergesBetween,
    Follows,
    Identity,
    Less,
    Monotone,
    Zeros,
    component,
)
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, b, lam, s, sigma2, tau, u, u0

m, s0 = sp.Symbol("m", positive=True), sp.Symbol("s0", positive=True)
low, high = sp.Symbol("u_low", positive=True), sp.Symbol("u_high", positive=True)
others = {low: 1 / u0 + 1 / s0, high: u0 + s0}

product, layers = (
    modes(Model(Encoder(L), Predictor(K), LatentPrediction(), teacher), "balanced", {lam: sigma2 * m**K})
    for teacher in (EMA(tau), LayerEMA(tau))
)
unit = -sigma2 * u ** (K + 2 * L - 1)


def rests(flow, follower: Follows, to: sp.Expr) -> Zeros:
    """The one fixed point, at a student amplitude."""
    teacher = follower.value.subs(u, to)
    part = component({u: to, follower.variable: teacher}, (u**K - to**K,), K)
    return Zeros(flow, (part,), (Cofactors(pairs({u: 1}), unit),), follows=(follower,))


def reaches(flow, follower: Follows, to: sp.Expr = m) -> ConvergesBetween:
    """The start (u₀, s₀), the teacher's own coordinate made of s₀ as it is of u at rest."""

    def point(student, layer):
        return pairs({u: student, follower.variable: follower.value.subs(u, layer)})

    return ConvergesBetween(
        flow, point(u0, s0), point(to, to), point(low, low), point(high, high), rests(flow, follower, to)
    )


average, averages = Follows(b, u**L, tau), Follows(s, u, tau)
of_product, of_layers = reaches(product, average), reaches(layers, averages)
below = tuple(AtMost(low, one, by=one * (others[low] + 1 / m - 1 / one) / (others[low] + 1 / m)) for one in (u0, s0, m))
above = tuple(AtMost(one, high, by=others[high] + m - one) for one in (u0, s0, m))

misplaced = (component({u: m, b: m}, (u**K - m**K,), K),)

mode_convergence = Statement(
    title="Every positive start of a balanced mode converges under a moving average",
    let=(Let(low, 1 / (others[low] + 1 / m)), Let(high, others[high] + m)),
    hypotheses=(Less(0, K),),
    claim=of_product & of_layers,
    witness={K: 1, L: 2, m: 1, sigma2: 1, tau: 1, u0: 1, s0: 1, u: 1, s: 1, b: 1},
    near_misses=(
        NearMiss(reaches(product, average, m**K), why="u = ρ is the limit for one predictor layer only"),
        NearMiss(reaches(layers, averages, m**2), why="one exponent"),
        NearMiss(
            replace(of_product, to=pairs({u: m, b: m}), rest=replace(of_product.rest, components=misplaced)),
            why="the average of a product of L layers ends at m^L",
        ),
    ),
)


@proves(mode_convergence)
def theorem():
    yield (
        f"With $\\rho = {tex(m**K)}$ the student moves by $\\dot u = {tex(product.rates[u])}$ and the average of the"
        f" product by $\\dot b = {tex(product.rates[b])}$; each rate grows with the other amplitude.  At $b = u^L$ the"
        " teacher rests, and the student moves towards $m$:"
    )
    yield Identity(product.rates[u].subs(b, u**L), unit * (u**K - m**K), why="a common factor taken out")
    yield "Now take an amplitude below the start and $m$, and another above,"
    yield from below
    yield from above
    yield "so that by monotone powers"
    yield AtMost(low**L, s0**L, by=Monotone(low, s0, L))
    yield AtMost(s0**L, high**L, by=Monotone(s0, high, L))
    yield AtMost(low**K, m**K, by=Monotone(low, m, K))
    yield AtMost(m**K, high**K, by=Monotone(m, high, K))
    yield "The rates point into the box between the two, and the fixed point in it attracts:"
    yield of_product
    yield f"For averages of the layers $\\dot s = {tex(layers.rates[s])}$, and the same amplitudes will do."
    yield of_layers
    yield mode_convergence.claim
