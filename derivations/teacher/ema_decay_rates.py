r"""The linear rates of a mode under a moving average: real, and slower than under a live teacher.

About a learned solution the errors of the prediction and of the teacher close on each other, and their pair of rates
is that of `teacher-rates`.  With one layer each, at the point of the line of survival with encoder w, encoder and
predictor answer with A = σ²ρ² and B = σ²w².  In balance it is A = L c and B = K c, c = σ²ρ^{2(K+L-1)/K}, for every K
and L, under the average of the product and under averages of the layers alike: to first order s^L moves as b does.

On the line of collapse w = 0 the rates solve x² + (τ + σ²v²) x + τσ²v(v - ρ) = 0: it attracts where v lies beyond ρ
or on the other side of 0, and repels between.  Only on this line, and with a predictor of the wrong sign, can rates be
complex.

Source: tian2021directpred, App. D.4, for K = L = 1.
"""

import sympy as sp

from symjepa.statements.claims import Identity, Less, Linearized, Quadratic, Unequal
from symjepa.statements.descriptions import pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, b, lam, rho, s, sigma2, tau, u, v, w

from .ema_fixed_points import layers, learned, live, product, single
from .teacher_rates import below_predictor, discriminant, fast, slow, visible

# One layer each.

encoder, predictor = sigma2 * rho**2, sigma2 * w**2


def real(encoder, predictor):
    """That the discriminant is positive, as a sum of squares."""
    return Less(0, 4 * encoder * predictor), Less(0, discriminant(encoder, predictor))


def survives(*rates: sp.Expr) -> Linearized:
    """The line of survival, with two rates beside the zero one along it."""
    return Linearized(
        single,
        pairs({w: w, v: rho, b: w}),
        (sp.S.Zero, *rates),
        stable=True,
        family=(w,),
        on=(Unequal(w, 0),),
        visible=pairs(visible(encoder, predictor)),
        using=real(encoder, predictor),
    )


off_balance = survives(-slow(encoder, predictor), -fast(encoder, predictor))

linear, constant = tau + sigma2 * v**2, tau * sigma2 * v * (v - rho)


def collapses(stable: bool) -> Linearized:
    """The line of collapse, where it attracts and where it repels."""
    side = Less(0, v * (v - rho)) if stable else Less(v * (v - rho), 0)
    at = pairs({w: 0, v: v, b: 0})
    return Linearized(single, at, (sp.S.Zero, Quadratic(linear, constant)), stable, family=(v,), on=(side,))


real_or_not = Identity(linear**2 - 4 * constant, (tau - sigma2 * v**2) ** 2 + 4 * tau * lam * v)
wrong = sp.Symbol("v0", positive=True)
turning = {v: -wrong, tau: sigma2 * wrong**2}
complex_there = Identity((linear**2 - 4 * constant).subs(turning, simultaneous=True), -4 * lam * sigma2 * wrong**3)

# Balance.

c = sp.Symbol("c", positive=True)
speed = sigma2 * rho ** ((2 * K + 2 * L - 2) / K)


def in_balance(flow, teacher: sp.Symbol, power: sp.Expr, *rates: sp.Expr) -> Linearized:
    """The learned solution under one of the averages."""
    at, seen = pairs({u: learned, teacher: learned**power}), pairs(visible(L * c, K * c))
    return Linearized(flow, at, rates, stable=True, visible=seen, using=real(L * c, K * c))


balanced_rates = -slow(L * c, K * c), -fast(L * c, K * c)
of_product = in_balance(product, b, L, *balanced_rates)
of_layers = in_balance(layers, s, sp.S.One, *balanced_rates)
of_live = Linearized(live, pairs({u: learned}), (-K * c,), stable=True)
delays = below_predictor(L * c, K * c)

ema_decay_rates = Statement(
    title="Under a moving average a learned mode has real rates, and is slower than under a live teacher",
    let=(Let(rho, lam / sigma2), Let(c, speed)),
    hypotheses=(Less(0, K), Less(0, lam)),
    claim=off_balance
    & collapses(True)
    & collapses(False)
    & real_or_not
    & complex_there
    & of_product
    & of_layers
    & of_live
    & delays,
    witness=(
        {K: 1, L: 2, lam: 2, sigma2: 1, tau: 1, w: 1, v: 3, b: 1, u: 1, s: 1, wrong: 1},
        {K: 1, L: 2, lam: 2, sigma2: 1, tau: 1, w: 1, v: 1, b: 1, u: 1, s: 1, wrong: 1},
    ),
    near_misses=(
        NearMiss(
            survives(-slow(encoder, encoder), -fast(encoder, encoder)), why="off balance the encoder counts, not ρ"
        ),
        NearMiss(survives(-slow(predictor, encoder), -fast(predictor, encoder)), why="the roles of the two exchanged"),
        NearMiss(survives(slow(encoder, predictor), -fast(encoder, predictor)), why="what is learned is not left"),
        NearMiss(
            Linearized(
                single,
                pairs({w: 0, v: v, b: 0}),
                (sp.S.Zero, Quadratic(linear, constant)),
                True,
                family=(v,),
                on=(Less(0, v),),
            ),
            why="collapse repels where the predictor is positive and below ρ",
        ),
        NearMiss(
            in_balance(product, b, L, -slow(K * c, L * c), -fast(K * c, L * c)),
            why="encoder and predictor exchanged",
        ),
        NearMiss(
            in_balance(layers, s, sp.S.One, -slow(c, K * c), -fast(c, K * c)),
            why="averages of the layers are L averages",
        ),
        NearMiss(Less(K * c, slow(L * c, K * c)), why="a moving average does not speed a mode up"),
        NearMiss(
            Identity(linear**2 - 4 * constant, (tau - sigma2 * v**2) ** 2 + 4 * tau * lam * v**2),
            why="one exponent",
        ),
    ),
    source="tian2021directpred, App. D.4 (K = L = 1)",
)


@proves(ema_decay_rates)
def theorem():
    yield (
        "With one layer each let $r = \\lambda b - \\sigma^2 v w$ be the error of the prediction.  About a point of the"
        " line of survival $w$ and $v$ move by $\\rho r$ and $w r$, and the teacher follows the encoder, so that the"
        " linearised flow closes in $r$ and $w - b$.  Its characteristic polynomial has, beside the zero along the"
        f" line, the roots of `teacher-rates` with $A = {tex(encoder)}$ and $B = {tex(predictor)}$:"
    )
    yield off_balance
    yield "On the line of collapse $v$ does not move to first order, and $w$ and $b$ lead to a quadratic equation,"
    yield collapses(True)
    yield collapses(False)
    yield "the first where $v$ and $v - \\rho$ have one sign, the second between.  Its discriminant is"
    yield real_or_not
    yield (
        "a sum of squares where the predictor has the sign of $\\lambda$; where it has not, $v = -v_0 < 0$, a teacher"
        " with $\\tau = \\sigma^2 v_0^2$ makes it negative, and the mode collapses in a spiral:"
    )
    yield complex_there
    yield Less(-4 * lam * sigma2 * wrong**3, 0)
    yield "In balance, with"
    yield Less(0, c)
    yield "encoder and predictor answer with $A = Lc$ and $B = Kc$, both under the average of the product"
    yield from real(L * c, K * c)
    yield of_product
    yield "and under averages of the layers, for $s^L$ moves to first order as $b$ does:"
    yield of_layers
    yield "Under a live teacher there is one rate, $-Kc$, and the slow one of the two under either average is slower:"
    yield of_live
    yield delays
    yield ema_decay_rates.claim
