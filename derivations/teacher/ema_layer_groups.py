r"""At every depth, differences of layers add the rates -τ and 0, whatever their amplitudes.

Split the L layers of the encoder into two groups of any sizes, M and L - M, with amplitudes w₁ and w₂.  The mode rests
where the product of the predictor is ρ, with averages equal to their layers.  Under averages of layers the rates are a
zero for each amplitude that is free, the pair of `teacher-rates` with $A$ and $B$ as in `ema-layers`, and -τ for the
lag by which one group of averages differs from the other.  An average of the product has the pair alone, and a live
teacher -B.  Two groups in the predictor add a zero and nothing else.

Where all layers of a net have one amplitude every way to split them is allowed, and the differences between two groups
make up all differences of layers: there -τ belongs to L - 1 directions, and zero to L - 1, to K - 1, and to the one
along which the whole encoder changes.  For any amplitudes, layer by layer, see `ema-layers-spectrum`.
"""

import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.statements.claims import Cofactors, Follows, Less, Linearized, Quadratic, Zeros, component
from symjepa.statements.descriptions import groups, pairs
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, b, lam, layer_amplitude, sigma2, tau

M, J = (sp.Symbol(name, integer=True, positive=True) for name in ("M", "J"))
c = sp.Symbol("c", positive=True)
w1, w2, v1, v2, b1, b2 = (layer_amplitude(family, sp.Integer(i)) for family in "wvb" for i in (1, 2))


def split(teacher, encoder, predictor, power=K):
    """Groups of layers of these sizes, with ρ a power of c."""
    model = Model(Encoder(L), Predictor(K), LatentPrediction(), teacher)
    return groups(model, encoder, predictor, {lam: sigma2 * c**power})


# Two groups in the encoder.

halves = M, L - M
of_layers, of_product = (split(teacher, halves, (K,)) for teacher in (LayerEMA(tau), EMA(tau)))
product = w1**M * w2 ** (L - M)
scale = sigma2 * c ** (2 * K) * product**2
encoder, predictor = scale * (M / w1**2 + (L - M) / w2**2), scale * K / c**2
pair = Quadratic(tau + encoder + predictor, tau * predictor)
averages, average = {b1: w1, b2: w2}, {b: product}


def spectrum(flow, teacher, *rates) -> Linearized:
    """The manifold, with the rates beside its zeros."""
    at = pairs({w1: w1, w2: w2, v1: c, **teacher})
    return Linearized(flow, at, (sp.S.Zero, sp.S.Zero, *rates), stable=True, family=(w1, w2))


rests = Zeros(
    of_layers,
    (component({w1: w1, w2: w2, v1: c, **averages}, (v1**K - c**K,), K),),
    (Cofactors(pairs({v1: 1}), -sigma2 * product**2 * v1 ** (K - 1)),),
    follows=(Follows(b1, w1, tau), Follows(b2, w2, tau)),
)
lags, no_lag = spectrum(of_layers, averages, -tau, pair), spectrum(of_product, average, pair)

# Two groups in the predictor.

thirds = J, K - J
single, of_live = split(LayerEMA(tau), (L,), thirds, K - J), split(Live(), halves, thirds, K - J)
last = c * v1 ** (-J / (K - J))


def answers(product, encoder):
    """A and B with two groups in the predictor."""
    common = sigma2 * c ** (2 * (K - J)) * product**2
    return common * encoder, common * (J / v1**2 + (K - J) / last**2)


whole, theirs = answers(w1**L, L / w1**2)
no_more = Linearized(
    single,
    pairs({w1: w1, v1: v1, v2: last, b1: w1}),
    (sp.S.Zero, sp.S.Zero, Quadratic(tau + whole + theirs, tau * theirs)),
    stable=True,
    family=(w1, v1),
)


def live(rate) -> Linearized:
    """Both nets in two groups under a live teacher."""
    at = pairs({w1: w1, w2: w2, v1: v1, v2: last})
    return Linearized(of_live, at, (*(sp.S.Zero,) * 3, -rate), stable=True, family=(w1, w2, v1))


no_average = live(answers(product, 1)[1])
numbers = {**{K: 2, L: 2, M: 1, J: 1, sigma2: 1, c: 1, tau: 1}, **{w1: 1, w2: 2, v1: 3, v2: 1, b1: 1, b2: 1, b: 1}}

ema_layer_groups = Statement(
    title="At every depth the difference of two groups of layers adds the rate -τ and nothing else",
    hypotheses=(Less(M, L), Less(J, K)),
    claim=rests & lags & no_lag & no_more & no_average,
    witness=numbers,
    near_misses=(
        NearMiss(
            spectrum(of_layers, averages, -2 * tau, pair),
            at=numbers,
            why="the lag decays at the rate of one teacher",
        ),
        NearMiss(
            spectrum(of_layers, averages, -tau, Quadratic(pair.linear, tau * encoder)),
            at=numbers,
            why="the slow rate is the predictor's",
        ),
        NearMiss(
            spectrum(of_product, average, Quadratic(tau + predictor + scale * (1 / w1**2 + 1 / w2**2), pair.constant)),
            at={**numbers, L: 3, M: 2},
            why="a group counts with its size",
        ),
        NearMiss(live(answers(product, 1)[0]), at={**numbers, v1: 2}, why="the predictor answers, layer by layer"),
    ),
)


@proves(ema_layer_groups)
def theorem():
    yield (
        "Let the first $M$ layers of the encoder have the amplitude $w_1$ and the other $L - M$ the amplitude $w_2$,"
        f" and let $\\rho = {tex(c**K)}$.  Layers of a group that start alike stay alike: $\\dot w_1 ="
        f" {tex(of_layers.rates[w1])}$ and $\\dot b_1 = {tex(of_layers.rates[b1])}$, and so on.  At rest the averages"
        " equal the layers, and the product of the predictor is $\\rho$:"
    )
    yield rests
    yield (
        "About such a point every layer of the student moves by the error of the prediction times the product of all"
        f" the others.  So with $A = {tex(encoder)}$ and $B = {tex(predictor)}$ the error and the lag of the teacher's"
        " product make the pair of `teacher-rates`, and a lag that leaves $M b_1/w_1 + (L - M) b_2/w_2$ as it"
        " is decays by itself:"
    )
    yield lags
    yield "An average of the product has no such lag:"
    yield no_lag
    yield (
        f"Two groups in the predictor, with $\\rho = {tex(c ** (K - J))}$, rest at $v_2 = {tex(last)}$.  Their"
        " difference moves along the manifold, and is not seen by the teacher:"
    )
    yield no_more
    yield "A live teacher leaves the predictor's rate, with two groups in both nets:"
    yield no_average
    yield ema_layer_groups.claim
