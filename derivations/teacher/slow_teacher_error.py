r"""How far a slow teacher's student is behind: an explicit error of order τ, at all times.

The reduced solution U of `slow-teacher` is a bound from above.  From below, take the same equation with its limit
lowered by a factor κ^L, or κ for averages of layers, and the student a factor κ below its rest on it.  It stays behind
the true student as soon as $$ \tau \rho \leq (K+L)\, \sigma^2 \kappa^{K-2} (1 - \kappa^{K+L})\, u_0^{3K+2L-2}, $$ and
so κ^{K+L} U^K ≤ u^K ≤ U^K at all times: the relative error of u^K is at most 1 - κ^{K+L}, of order τ.  In terms of the
start of the teacher, u₀^{K+L} = ρ b(0), the condition asks for τ to be small against the power (3K+2L-2)/(K+L) of ρ
b(0).  Averages of layers obey the same with their own constants.

This is proved for solutions that rise, with a student that starts between κ u₀ and its rest.  For a student further
behind, or a teacher that falls, nothing is claimed; that from rest the error itself is of order τ, and not only its
bound, is seen in enclosures at τ = 10⁻¹ … 10⁻⁴, and not proved.
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Less, Monotone
from symjepa.statements.statement import Let, NearMiss, Statement, proves
from symjepa.symbols import K, L, b, s, sigma2, t, tau, u, u0

from .mode_convergence import layers, m, product
from .slow_teacher import (
    begin,
    bounded,
    by_layers,
    by_product,
    faded,
    fading,
    mixed,
    reduced,
    resting,
    resting_layers,
    solved,
    start,
    start_of_layers,
)

kappa = sp.Symbol("kappa", positive=True)
shortfall = 1 - kappa ** (K + L)
lowered, lowered_layers = kappa**L * m**K, kappa * m ** (K / L)


def keeps_up(power: sp.Expr, weight: sp.Expr, limit: sp.Expr):
    """What the student's start must satisfy, and two lemmas: with it, the rate of a student a factor κ below its rest
    is more than it needs.

    It needs weight · τ · (limit · u^{1-power} - …); it has σ²κ^{K+L-1}(1-κ^{K+L}) u^{2K+2L-1}.
    """
    n = 2 * K + 2 * L - 2 + power
    has = sigma2 * kappa ** (K + L - 1) * shortfall
    enough = AtMost(limit * tau, has / weight * u0**n)
    grown = AtMost(u0**n, u**n, by=Monotone(u0, u, n))
    (needs,) = reduced(power, 0).rates.values()
    excess = -kappa * needs
    more = has * u ** (1 - power) * (u**n - u0**n) + weight * u ** (1 - power) * (has / weight * u0**n - limit * tau)
    faster = AtMost(weight * tau * limit * u ** (1 - power) - excess, has * u ** (2 * K + 2 * L - 1), by=more + excess)
    return enough, (grown, faster)


slow_enough, lemmas = keeps_up(by_product, kappa ** (L + 1) / (K + L), m**K)
slow_enough_too, lemmas_too = keeps_up(by_layers, kappa**2 * L / (K + L), m ** (K / L))
behind, behind_layers = reduced(by_product, lowered), reduced(by_layers, lowered_layers)
lower = bounded(product, start, behind, {u: kappa * u, **resting}, True, lemmas)
lower_layers = bounded(layers, start_of_layers, behind_layers, {u: kappa * u, **resting_layers}, True, lemmas_too)

near = AtMost(
    kappa ** (K + L) * mixed(by_product, m**K),
    kappa**K * mixed(by_product, lowered),
    by=kappa**K * u0**K * faded * (1 - kappa**L),
)
near_layers = AtMost(
    kappa ** ((K + L) / L) * mixed(by_layers, m ** (K / L)),
    kappa ** (K / L) * mixed(by_layers, lowered_layers),
    by=kappa ** (K / L) * u0 ** (K / L) * faded * (1 - kappa),
)
point = {
    **{K: 1, L: 2, m: 9, sigma2: 1, t: 1, kappa: sp.S.Half, u0: 1, begin: sp.Rational(3, 4)},
    **{tau: sp.Rational(1, 100), u: 1, b: 1, s: 1},
}

slow_teacher_error = Statement(
    title="Behind a slow teacher the student keeps to the reduced solution but for an explicit error of order τ",
    let=(Let(faded, fading),),
    hypotheses=(
        Less(0, K),
        Less(0, t),
        Less(kappa, 1),
        AtMost(kappa * u0, begin),
        AtMost(u0 ** (K / L), lowered_layers),
        slow_enough,
        slow_enough_too,
    ),
    claim=solved(by_product, lowered) & solved(by_layers, lowered_layers) & lower & near & lower_layers & near_layers,
    witness=point,
    near_misses=(
        NearMiss(
            bounded(product, start, behind, {u: u, **resting}, True, lemmas),
            at=point,
            why="the student is behind its rest by a factor",
        ),
        NearMiss(
            bounded(product, start, behind, {u: kappa * u, **resting}, False, lemmas),
            at=point,
            why="the bound is one from below",
        ),
        NearMiss(
            lower,
            without=(AtMost(kappa * u0, begin),),
            at={**point, begin: sp.Rational(1, 4)},
            why="a student that starts further behind",
        ),
        NearMiss(
            AtMost(kappa**K * mixed(by_product, m**K), kappa**K * mixed(by_product, lowered)),
            at=point,
            why="the limit is lowered",
        ),
    ),
)


@proves(slow_teacher_error)
def theorem():
    yield "With a lowered limit the reduced equations have the same closed forms:"
    yield solved(by_product, lowered)
    yield solved(by_layers, lowered_layers)
    yield (
        "Let the student stand a factor $\\kappa$ below its rest on such a solution.  Its rate is then $\\sigma^2"
        " \\kappa^{K+L-1} (1 - \\kappa^{K+L}) u^{2K+2L-1}$, more than it needs to keep up with a teacher as slow as"
        " assumed, at the start and, as $u$ rises, all the more later.  So the true student stays ahead:"
    )
    yield AtMost(u0**K, lowered, by=Monotone(u0 ** (K / L), lowered_layers, L))
    yield lower
    yield lower_layers
    yield "The lowered solution is not far below the reduced one of `slow-teacher`, so that $u$ lies between:"
    yield near
    yield near_layers
    yield slow_teacher_error.claim
