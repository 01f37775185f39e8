r"""All rates of a mode, layer by layer, at every depth and for more than two amplitudes in the encoder.

Three groups of layers in the encoder, of any sizes and amplitudes: beside a zero for each amplitude there are the pair
of `teacher-rates`, with A and B as in `ema-layers`, and -τ twice, once for each difference of two groups.  With as many
groups as layers this would be the whole spectrum of `ema-layers` at every depth.

The linearised flow is made of zeros, of -τ with τ beside it, and of a matrix of rank one, the error of the prediction
times what it moves; the determinant of such a sum is the product of the diagonal blocks times 1 less a sum over the
groups.  Shown for two groups in `ema-layer-groups`, and for each layer by itself at small depths in `ema-layers`.
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, LayerEMA, Model, Predictor
from symjepa.statements.claims import Less, Linearized, Quadratic
from symjepa.statements.descriptions import groups, pairs
from symjepa.statements.statement import NearMiss, Statement
from symjepa.statements.statement import conjecture as conjectured
from symjepa.symbols import K, L, lam, layer_amplitude, sigma2, tau

M, N = (sp.Symbol(name, integer=True, positive=True) for name in ("M", "N"))
c = sp.Symbol("c", positive=True)
layers, averages = (tuple(layer_amplitude(family, sp.Integer(i)) for i in (1, 2, 3)) for family in ("w", "b"))
v1 = layer_amplitude("v", sp.S.One)
sizes = M, N, L - M - N
model = Model(Encoder(L), Predictor(K), LatentPrediction(), LayerEMA(tau))
flow = groups(model, sizes, (K,), {lam: sigma2 * c**K})
scale = sigma2 * c ** (2 * K) * sp.Mul(*(x ** (2 * size) for x, size in zip(layers, sizes, strict=True)))
encoder = scale * sp.Add(*(size / x**2 for x, size in zip(layers, sizes, strict=True)))
predictor = scale * K / c**2


def spectrum(rest, product=c) -> Linearized:
    """The manifold where the averages have the values `rest`."""
    at = pairs({**{x: x for x in layers}, v1: product, **dict(zip(averages, rest, strict=True))})
    rates = (*(sp.S.Zero,) * 3, -tau, -tau, Quadratic(tau + encoder + predictor, tau * predictor))
    return Linearized(flow, at, rates, stable=True, family=layers)


numbers = {
    **{K: 2, L: 3, M: 1, N: 1, sigma2: 1, c: 2, tau: 1, v1: 2},
    **dict(zip((*layers, *averages), (1, 2, 3, 1, 1, 1), strict=True)),
}

conjecture = conjectured(
    Statement(
        title="At every depth the lags between groups of layers decay at the rate τ, each by itself",
        hypotheses=(Less(0, K), Less(M + N, L)),
        claim=spectrum(layers),
        witness=numbers,
        near_misses=(
            NearMiss(spectrum((layers[1], layers[0], layers[2])), at=numbers, why="each average follows its layer"),
            NearMiss(spectrum(layers, c**K), at=numbers, why="one exponent"),
        ),
    ),
    missing="the determinant of a diagonal matrix plus one of rank one, for a matrix of any size: determinants are"
    " expanded, up to five state variables, and here there are seven, or as many as there are layers",
)
