r"""The critical time, exactly: how long a mode takes from w = ε to an amplitude $a$, or to a fraction p of its final
value, for both objectives and every depth.

Both flows are u' = σ² u^e (c^d - u^d) with the learned layer amplitude c: e = K + 2L - 1, d = K, c^K = ρ for a JEPA;
e = K + L - 1, d = K + L, c^{K+L} = ρ for reconstruction.  They separate, so the time is one integral over the layer
amplitude u = w^{1/L}.  With one predictor layer the JEPA's integral is a finite sum of powers and one logarithm; for
one layer each that of reconstruction is a logarithm.  The thresholds are kept apart: a relative one moves with ρ, an
absolute one does not.

Source: littwin2024jepa, Thm 4.5, whose leading terms these are (the expansions have theorems of their own).
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Hits, Identity, Less, SumCloses, Unequal
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, eps, lam, n, sigma2, u

c = sp.Symbol("c", positive=True)
u0, u1, q = (sp.Symbol(name, positive=True) for name in ("u0", "u1", "q"))
x, a, p = sp.Symbol("x", positive=True), sp.Symbol("a", positive=True), sp.Symbol("p", positive=True)

latent, data = (
    Model(Encoder(L), Predictor(K), LatentPrediction(), Live()),
    Model(Encoder(L), Predictor(K), DataReconstruction()),
)
jepa = modes(latent, "balanced", {lam: sigma2 * c**K})
mae = modes(data, "balanced", {lam: sigma2 * c ** (K + L)})
jepa_single = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced", {lam: sigma2 * c})
mae_single = modes(Model(Encoder(1), Predictor(1), DataReconstruction()), "balanced", {lam: sigma2 * c**2})


def jepa_integral(start, stop, inside=x):
    """The time of a JEPA mode between two layer amplitudes below c, for all depths."""
    return sp.Integral(1 / (sigma2 * inside ** (K + 2 * L - 1) * (c**K - inside**K)), (inside, start, stop))


def mae_integral(start, stop, inside=x):
    """The time of a reconstruction mode between two layer amplitudes below c, for all depths."""
    return sp.Integral(1 / (sigma2 * inside ** (K + L - 1) * (c ** (K + L) - inside ** (K + L))), (inside, start, stop))


def jepa_sum(start, stop, encoder=L):
    """The time of a JEPA mode with one predictor layer: powers and one logarithm; c = ρ."""
    powers = sp.Sum(c**n * (start ** (-n) - stop ** (-n)) / n, (n, 1, 2 * encoder - 1))
    return (powers + sp.log(stop / start) + sp.log((c - start) / (c - stop))) / (sigma2 * c ** (2 * encoder))


def mae_logarithm(start, stop):
    """The time of a reconstruction mode with one layer each; c² = ρ."""
    logs = sp.log((c**2 - start**2) / (c**2 - stop**2))
    return (sp.log(stop / start) + logs / 2) / (sigma2 * c**2)


def passage(time, flow, stop, on=()):
    """The mode is at `stop` first at the time that its clock shows there."""
    return Hits(flow, u0, stop, time(u0, stop), on, clock=time(u0, u))


below, fraction = (AtMost(u0, u1), Less(u1, c)), (AtMost(u0, q * c), Less(q, 1))
absolute = passage(jepa_integral, jepa, u1, below) & passage(mae_integral, mae, u1, below)
relative = passage(jepa_integral, jepa, q * c, fraction) & passage(mae_integral, mae, q * c, fraction)
closed = passage(jepa_sum, jepa_single, u1, below) & passage(mae_logarithm, mae_single, u1, below)

N = sp.Symbol("N", integer=True)
geometric = SumCloses(u ** (-n - 1) * c**n, n, sp.S.One, N, c * ((c / u) ** N - 1) / (u * (c - u)), (Unequal(u, c),))


def one_power_less(start, stop):
    """The integral with the JEPA's first exponent off by one."""
    return sp.Integral(1 / (sigma2 * x ** (K + 2 * L - 2) * (c**K - x**K)), (x, start, stop))


def one_term_less(start, stop):
    """The sum cut off before its leading term."""
    return jepa_sum(start, stop) - c ** (-1) * (start ** (1 - 2 * L) - stop ** (1 - 2 * L)) / ((2 * L - 1) * sigma2)


critical_time = Statement(
    title="The critical time of a mode is one integral at every depth, and a finite sum for one predictor layer",
    let=(Let(eps, u0**L), Let(a, u1**L), Let(p, q**L)),
    hypotheses=(Less(0, K),),
    claim=absolute & relative & closed,
    witness={K: 1, L: 2, c: 2, sigma2: 1, u0: sp.Rational(1, 2), u1: 1, q: sp.Rational(1, 2), u: 1},
    near_misses=(
        NearMiss(passage(one_power_less, jepa, u1, below), why="one power of the amplitude"),
        NearMiss(passage(one_term_less, jepa_single, u1, below), why="the sum runs to 2L - 1, not to 2L - 2"),
        NearMiss(passage(jepa_integral, mae, u1, below), why="the time of the other objective"),
        NearMiss(
            Hits(jepa, u0, q * c, jepa_integral(u0, q), fraction, clock=jepa_integral(u0, u)),
            why="a fraction of the final amplitude is no absolute amplitude",
        ),
        NearMiss(
            passage(lambda start, stop: mae_logarithm(start, stop) / 2, mae_single, u1, below),
            why="u² moves twice as fast as u",
        ),
    ),
    source="littwin2024jepa, Thm 4.5",
)


@proves(critical_time)
def theorem():
    yield (
        "Write $u_0 = \\varepsilon^{1/L}$ for the layer amplitude at the start.  A JEPA mode that rests at $c$ moves"
        f" by $\\dot u = {tex(jepa.rates[u])}$,"
    )
    yield Identity(jepa.rates[u], sigma2 * u ** (K + 2 * L - 1) * (c**K - u**K))
    yield f"and a reconstruction mode that rests at $c$ by $\\dot u = {tex(mae.rates[u])}$,"
    yield Identity(mae.rates[u], sigma2 * u ** (K + L - 1) * (c ** (K + L) - u ** (K + L)))
    yield (
        "Below $c$ both rates are positive, and the integrals of their reciprocals are continuous, so that the"
        " amplitude $a = u_1^L < c^L$ is reached first at the times"
    )
    yield absolute
    yield "A fraction $p = q^L < 1$ of the final amplitude $c^L$ is the layer amplitude $q c$, and is reached at"
    yield relative
    yield "With one predictor layer $c = \\rho$, and partial fractions are a geometric sum, for every $L$:"
    yield geometric
    yield (
        "which is the derivative of a finite sum of powers.  For reconstruction with one layer each $u^2$ is logistic."
        "  So the times are"
    )
    yield closed
    yield critical_time.claim
