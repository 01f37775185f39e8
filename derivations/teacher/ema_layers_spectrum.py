r"""All rates of a mode, layer by layer, at every depth and for any amplitudes.

About a learned solution the layers move in a space of K + L amplitudes, or of K + 2L under averages of layers.  To
first order each layer of the student moves by the error of the prediction and by nothing else: that is a matrix of rank
one.  What is left of the linearised flow is zeros, and for each layer of the encoder a teacher that follows it at the
rate τ.  The determinant of such a sum is that of the blocks times one number, 1 + A/(x + τ) + B/x, with A and B as in
`ema-layers`.  So the pair of `teacher-rates` takes the place of one zero and one -τ.  There stay a zero for each
dimension of the manifold, K + L - 1, as many as there are conserved imbalances, and -τ exactly L - 1 times: the lags
that cancel in the teacher's product.  An average of the product has the pair and no lag besides; a live teacher, the
limit τ → ∞, has one rate -B.

Which amplitudes the layers have, of either sign, enters A and B alone, by the sums of 1/w_l² and of 1/v_k².
"""

import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.statements.claims import Identity, Less, Quadratic, Spectrum, Unequal
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, b, k, l, lam, layer_amplitude, rho, sigma2, tau, v, w

layer, average, head = (layer_amplitude(family, index) for family, index in (("w", l), ("b", l), ("v", k)))
A, B = (sp.Symbol(name, real=True) for name in "AB")
S_w, S_v, x = (sp.Symbol(name, positive=True) for name in ("S_w", "S_v", "x"))
ZERO, ONCE = sp.S.Zero, sp.S.One

follow, delay = {v: rho, average: layer}, {v: rho, b: w}
pair = Quadratic(tau + A + B, tau * B)
free = ZERO, K + L - 1


def spectrum(teacher, at, *rates, power=-2) -> Spectrum:
    """The manifold of learned solutions, with every rate and how many there are of it."""
    model = Model(Encoder(L), Predictor(K), LatentPrediction(), teacher)
    return Spectrum(modes(model, "families"), pairs(at), rates, pairs({S_w: layer**power, S_v: head**-2}))


def averaged(*rates, power=-2) -> Spectrum:
    """Under averages of layers."""
    return spectrum(LayerEMA(tau), follow, *rates, power=power)


of_layers = averaged(free, (-tau, L - 1), (pair, ONCE))
of_product = spectrum(EMA(tau), delay, free, (pair, ONCE))
of_live = spectrum(Live(), {v: rho}, free, (-B, ONCE))
number = 1 + A / (x + tau) + B / x
closes = Identity(x * (x + tau) * number, x**2 + pair.linear * x + pair.constant)

numbers = {K: 2, L: 2, lam: 2, sigma2: 1, tau: 1, x: 1}
amplitudes = {sp.Symbol(name, real=True): value for name, value in (("w_1", 1), ("w_2", 2), ("v_2", 3))}
point = {**numbers, **amplitudes}

ema_layers_spectrum = Statement(
    title="At every depth averages of layers add one rate -τ for each layer more, whatever the amplitudes",
    let=(Let(rho, lam / sigma2), Let(A, sigma2 * rho**2 * w**2 * S_w), Let(B, sigma2 * rho**2 * w**2 * S_v)),
    hypotheses=(Less(0, K), Unequal(lam, 0)),
    claim=of_layers & of_product & of_live,
    witness=numbers,
    near_misses=(
        NearMiss(averaged((ZERO, K + L - 2), (-tau, L), (pair, ONCE)), at=point, why="L - 1 lags, not L"),
        NearMiss(averaged((ZERO, K + L), (-tau, L - 2), (pair, ONCE)), at=point, why="L - 1 lags, not L - 2"),
        NearMiss(
            averaged(free, (-2 * tau, L - 1), (pair, ONCE)), at=point, why="a lag decays at the rate of a teacher"
        ),
        NearMiss(averaged(free, (-tau, L - 1), (pair, ONCE), power=-4), at=point, why="one exponent"),
        NearMiss(
            averaged(free, (-tau, L - 1), (Quadratic(pair.linear, tau * A), ONCE)),
            at=point,
            why="the slow rate is the predictor's",
        ),
        NearMiss(
            spectrum(EMA(tau), delay, (ZERO, K + L - 2), (-tau, ONCE), (pair, ONCE)),
            at=point,
            why="an average of the product has no lag besides the pair",
        ),
        NearMiss(spectrum(Live(), {v: rho}, free, (-A, ONCE)), at=point, why="the predictor answers"),
    ),
)


@proves(ema_layers_spectrum)
def theorem():
    yield (
        "Let $r$ be the error of the prediction.  To first order a layer of the encoder moves by $\\rho w r/w_\\ell$,"
        " one of the predictor by $w r/v_k$, and $r$ by a sum over all layers: a matrix of rank one.  What is left of"
        " the linearised flow is a teacher for each layer of the encoder, with the factor $x (x + \\tau)$ in the"
        " determinant, and a zero for each layer of the predictor.  The whole determinant is that of these blocks times"
        f" ${tex(number)}$, and"
    )
    yield closes
    yield (
        "so that the pair replaces one $-\\tau$ and one zero.  There stay $L - 1$ rates $-\\tau$, and $K + L - 1$ zeros"
        " along the manifold:"
    )
    yield of_layers
    yield (
        "An average of the product is one teacher, not $L$ of them: the blocks give $x^{K + L} (x + \\tau)$, the number"
        " is the same, and no lag is left beside the pair:"
    )
    yield of_product
    yield "A live teacher has no lag at all:"
    yield of_live
    yield ema_layers_spectrum.claim
