r"""Where the teacher is slow the student waits for it: a reduced equation, solved for both averages and every depth.

For τ → 0 the student rests where the error of its prediction vanishes, u^{K+L} = ρ b, or ρ s^L beside averages of
layers, and the teacher moves it from there.  In the student's amplitude the reduced equations are of Bernoulli's kind:
u^K, or u^{K/L} beside averages of layers, goes to its limit at the constant rate Kτ/(K+L).  The two averages share
this rate and differ for L ≥ 2.

As a bound the reduced solution neglects nothing: for every τ, from a start below what is learned with the student at
its rest or below, it is ahead of the true solution at all times, since in truth the student is still on its way.  How
far ahead, `slow-teacher-error` says.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.statements.claims import AtMost, Claim, Identity, Less, Linearized, Monotone, Ordered, solves
from symjepa.statements.descriptions import Foreign, pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, b, s, sigma2, t, tau, u, u0

from .mode_convergence import layers, m, product

begin, faded = sp.Symbol("u1", positive=True), sp.Symbol("E", positive=True)
fading = sp.exp(-K * tau * t / (K + L))


def reduced(power: sp.Expr, limit: sp.Expr) -> Foreign:
    """(u^power)' = Kτ/(K+L) · (limit - u^power)."""
    rate = K * tau / (power * (K + L)) * (limit * u ** (1 - power) - u)
    return Foreign(((u, rate),), (Fact(u, "positive"),))


def mixed(power: sp.Expr, limit: sp.Expr) -> sp.Expr:
    """u^power on its way from u₀ to the limit."""
    return limit * (1 - faded) + u0**power * faded


def solved(power: sp.Expr, limit: sp.Expr) -> Claim:
    """u^power goes from its start to its limit at the constant rate Kτ/(K+L)."""
    amplitude = mixed(power, limit)
    return solves(reduced(power, limit), {u: amplitude ** (1 / power)}, {u: u0}, t, using=(Less(0, amplitude),))


by_product, by_layers = K, K / L
ahead, ahead_of_layers = reduced(by_product, m**K), reduced(by_layers, m ** (K / L))
resting, resting_layers = {b: u ** (K + L) / m**K}, {s: u ** ((K + L) / L) * m ** (-K / L)}
start = pairs({u: begin, b: u0 ** (K + L) / m**K})
start_of_layers = pairs({u: begin, s: u0 ** ((K + L) / L) * m ** (-K / L)})


def bounded(flow, first, beside: Foreign, image, above: bool, using=()) -> Ordered:
    """The true solution beside a reduced one that rises."""
    return Ordered(flow, first, beside, pairs({u: u0}), pairs(image), above, 1, using)


upper = bounded(product, start, ahead, {u: u, **resting}, False)
upper_layers = bounded(layers, start_of_layers, ahead_of_layers, {u: u, **resting_layers}, False)

rate = -K * tau / (K + L)
same_rate = Linearized(ahead, pairs({u: m}), (rate,), stable=True)
same_rate_of_layers = Linearized(ahead_of_layers, pairs({u: m}), (rate,), stable=True)
slowed = solves(ahead, {u: mixed(K, m**K) ** (1 / (K + 1))}, {u: u0}, t)
point = {K: 1, L: 2, m: 9, sigma2: 1, tau: 1, t: 1, u0: 1, begin: 1, u: 1, b: 1, s: 1}

slow_teacher = Statement(
    title="A slow teacher leads the student along a solved equation, and the student is never ahead of it",
    let=(Let(faded, fading),),
    hypotheses=(Less(0, K), AtMost(u0, m), AtMost(begin, u0)),
    claim=solved(by_product, m**K)
    & solved(by_layers, m ** (K / L))
    & same_rate
    & same_rate_of_layers
    & upper
    & upper_layers,
    witness=point,
    near_misses=(
        NearMiss(slowed, at=point, why="one exponent"),
        NearMiss(
            Linearized(ahead, pairs({u: m}), (-tau,), stable=True),
            at=point,
            why="the student takes its share of the teacher's rate",
        ),
        NearMiss(
            bounded(product, start, ahead, {u: u, **resting}, True),
            at={**point, begin: sp.S.Half},
            why="a student that starts below its rest is not ahead",
        ),
        NearMiss(
            bounded(product, start, ahead, {u: u, b: u ** (K + L - 1) / m**K}, False),
            at={**point, u0: 2, begin: 2},
            why="one exponent of the teacher's amplitude",
        ),
        NearMiss(
            bounded(product, start, ahead, {u: u, **resting}, False),
            at={**point, begin: 2},
            without=(AtMost(begin, u0),),
            why="a student that starts above its rest is ahead",
        ),
    ),
)


@proves(slow_teacher)
def theorem():
    yield (
        f"With $\\rho = {tex(m**K)}$ the student moves by $\\dot u = {tex(product.rates[u])}$, and rests for"
        " $u^{K+L} = \\rho b$.  A teacher"
        f" there, $b = {tex(resting[b])}$, moves by $\\tau(u^L - b)$, and takes the student with it:"
    )
    yield Identity(product.rates[u].subs(resting), 0)
    yield Identity(
        product.rates[b].subs(resting),
        (K + L) * u ** (K + L - 1) / m**K * ahead.rates[u],
        why="the chain rule: both sides are the teacher's rate",
    )
    yield "This reduced equation is linear in $u^K$:"
    yield solved(by_product, m**K)
    yield same_rate
    yield f"Beside averages of layers, at rest for $s = {tex(resting_layers[s])}$, it is $u^{{K/L}}$ that moves so:"
    yield Identity(layers.rates[u].subs(resting_layers), 0)
    yield Identity(
        layers.rates[s].subs(resting_layers),
        (K + L) / L * u ** (K / L) * m ** (-K / L) * ahead_of_layers.rates[u],
        why="the chain rule again",
    )
    yield solved(by_layers, m ** (K / L))
    yield same_rate_of_layers
    yield (
        "In truth the student follows with a delay.  While the reduced solution rises, a student at rest upon it would"
        " have to rise too, and rests: the reduced solution stays ahead of the true one,"
    )
    yield AtMost(u0**K, m**K, by=Monotone(u0, m, K))
    yield upper
    yield AtMost(u0 ** (K / L), m ** (K / L), by=Monotone(u0, m, K / L))
    yield upper_layers
    yield slow_teacher.claim
