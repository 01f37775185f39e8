r"""A moving average only delays: how the live teacher and the two averages are ordered at all times.

Start student and teacher together, below what they learn.  The live student and its own encoder as a teacher are ahead
of a moving average, since that teacher only rises towards the encoder; and the average of the product is ahead of
averages of the layers, for b = s^L lags by Bernoulli's inequality u^L - s^L ≥ L s^{L-1}(u - s).  So at all times live ≥
average of the product ≥ averages of the layers.

From above the live teacher is again the fastest, now downward.  But Bernoulli does not change sides: averages of the
layers fall faster than that of the product, and live ≤ averages of the layers ≤ average of the product.
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Less, Ordered
from symjepa.statements.descriptions import pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, b, lam, rho, s, sigma2, tau, u

from .ema_fixed_points import layers, live, product

x = sp.Symbol("x", real=True)
rising, falling = sp.Symbol("u1", positive=True), sp.Symbol("u2", positive=True)


def behind_live(flow, teacher: sp.Symbol, power: sp.Expr, start: sp.Symbol, above: bool = False) -> Ordered:
    """An average lags behind the live teacher: at most its amplitudes while they rise, at least while they fall."""
    first, image = pairs({u: start, teacher: start**power}), pairs({u: u, teacher: u**power})
    return Ordered(flow, first, live, pairs({u: start}), image, above, trend=-1 if start == falling else 1)


def bernoulli(way: Chain) -> AtMost:
    """u^L - s^L ≥ L s^{L-1}(u - s), on the way from equality."""
    return AtMost(L * s ** (L - 1) * (u - s), u**L - s**L, by=way)


upward, downward = Chain(u, s), Chain(s, u, L * (L - 1) * s ** (L - 2) * (s - u))


def ahead_of_layers(start: sp.Symbol, way: Chain, above: bool = True) -> Ordered:
    """The average of the product is at least that of the layers."""
    first, second = pairs({u: start, b: start**L}), pairs({u: start, s: start})
    trend = -1 if start == falling else 1
    return Ordered(product, first, layers, second, pairs({u: u, b: s**L}), above, trend, (bernoulli(way),))


product_lags, layers_lag_too = behind_live(product, b, L, rising), ahead_of_layers(rising, upward)
layers_lag = behind_live(layers, s, sp.S.One, falling, above=True)
product_lags_most = ahead_of_layers(falling, downward)

teacher_order = Statement(
    title="A moving average delays a mode at all times, and averages of layers and of the product keep one order",
    let=(Let(rho, lam / sigma2),),
    hypotheses=(Less(0, K), Less(0, lam), AtMost(rising**K, rho), AtMost(rho, falling**K)),
    claim=product_lags & layers_lag_too & layers_lag & product_lags_most,
    witness=(
        {
            **{K: 1, L: 2, lam: 4, sigma2: 1, tau: 1, rising: sp.Rational(1, 2), falling: 10},
            **{u: sp.Rational(3, 2), s: 1, x: sp.Rational(5, 4), b: 1},
        },
        {
            **{K: 1, L: 2, lam: 4, sigma2: 1, tau: 1, rising: sp.Rational(1, 2), falling: 10},
            **{u: 5, s: sp.Rational(11, 2), x: sp.Rational(11, 2), b: 1},
        },
    ),
    near_misses=(
        NearMiss(behind_live(product, b, L, rising, above=True), why="an average is not ahead of the live teacher"),
        NearMiss(behind_live(product, b, L, falling), why="nor does it fall ahead of it"),
        NearMiss(
            Ordered(product, pairs({u: rising, b: rising}), live, pairs({u: rising}), pairs({u: u, b: u**L}), trend=1),
            why="a teacher that starts elsewhere, one exponent",
        ),
        NearMiss(
            behind_live(product, b, L, rising),
            without=(AtMost(rising**K, rho),),
            at={K: 1, L: 1, lam: 1, sigma2: 1, rising: 2, tau: 1},
            why="from above the live teacher falls ahead",
        ),
    ),
)


@proves(teacher_order)
def theorem():
    yield (
        f"The student moves by $\\dot u = {tex(live.rates[u])}$ under a live teacher, by $\\dot u ="
        f" {tex(product.rates[u])}$ beside $\\dot b = {tex(product.rates[b])}$, and with $s^L$ in the place of $b$"
        f" beside $\\dot s = {tex(layers.rates[s])}$.  In all three no rate falls as another amplitude grows.  Let"
        " student and teacher start together, every layer at $u_1$, below what is learned.  The live student rises, so"
        " that its own encoder $u^L$ rises too, while a teacher there would rest: $(u, u^L)$ stays ahead of the"
        " average of the product,"
    )
    yield product_lags
    yield (
        "Averages of layers rise too, with $s \\leq u$, and $s^L$ moves by $L s^{L-1}\\tau(u - s)$, which is at most"
        " $\\tau(u^L - s^L)$:"
    )
    yield layers_lag_too
    yield "From a start $u_2$ above what is learned everything falls.  The live student is a bound from below,"
    yield layers_lag
    yield (
        "and Bernoulli's inequality, which is the same on this side, keeps the average of the product above those of"
        " layers:"
    )
    yield product_lags_most
    yield teacher_order.claim
