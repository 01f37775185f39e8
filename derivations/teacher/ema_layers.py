r"""Layer by layer: the pair of rates, one rate -τ for each layer more, and a zero for every conserved imbalance.

The layers of a mode rest on a manifold, v₁⋯v_K = ρ with any amplitudes of the encoder, the averages on top of them.
Off it the error of the prediction and the teacher's lag make the pair of `teacher-rates`, with A = σ²ρ²w² Σ 1/w_l² and
B = σ²ρ²w² Σ 1/v_k², w = w₁⋯w_L, balanced or not.  The manifold has K + L - 1 dimensions, as many as there are conserved
imbalances, and as many zero rates.  Averages of layers have L - 1 rates -τ besides: lags that cancel in the product
decay by themselves and are not seen by the student.  An average of the product has none of these, and under a live
teacher the pair shrinks to -B.

Shown here for one and two layers of either kind, as determinants of the whole.  At every depth the pair holds in
balance (`ema-decay-rates`), and all rates hold for any amplitudes (`ema-layers-spectrum`).
"""

import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.statements.claims import Less, Linearized, Quadratic, Unequal
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import b, lam, layer_amplitude, rho, sigma2, tau


def amplitudes(family: str, count: int) -> tuple[sp.Symbol, ...]:
    """The layers of a stack."""
    return tuple(layer_amplitude(family, sp.Integer(i + 1)) for i in range(count))


def answers(depth: int, predictors: int) -> tuple[sp.Expr, sp.Expr]:
    """A and B on the manifold, where the last predictor layer is ρ over the others."""
    encoder, predictor = at_rest(depth, predictors)
    scale = sigma2 * rho**2 * sp.Mul(*encoder) ** 2
    return tuple(scale * sp.Add(*(1 / one**2 for one in stack)) for stack in (encoder, predictor))


def at_rest(depth: int, predictors: int) -> tuple[tuple[sp.Expr, ...], tuple[sp.Expr, ...]]:
    """Amplitudes on the manifold."""
    *free, _ = amplitudes("v", predictors)
    return amplitudes("w", depth), (*free, rho / sp.Mul(*free))


def spectrum(teacher, depth: int, predictors: int, *rates, product: bool = False) -> Linearized:
    """The manifold of learned solutions, with the rates beside the zeros."""
    model = Model(Encoder(depth), Predictor(predictors), LatentPrediction(), teacher)
    encoder, predictor = at_rest(depth, predictors)
    names = (*encoder, *amplitudes("v", predictors))
    averages = {b: sp.Mul(*encoder)} if product else dict(zip(amplitudes("b", depth), encoder, strict=True))
    at = {**dict(zip(names, (*encoder, *predictor), strict=True)), **(averages if teacher != Live() else {})}
    family = (*encoder, *amplitudes("v", predictors)[:-1])
    zeros = (sp.S.Zero,) * len(family)
    on = tuple(Unequal(x, 0) for x in family)
    return Linearized(modes(model, "layers"), pairs(at), (*zeros, *rates), True, family=family, on=on)


def pair(depth: int, predictors: int) -> Quadratic:
    """The two rates of `teacher-rates`."""
    encoder, predictor = answers(depth, predictors)
    return Quadratic(tau + encoder + predictor, tau * predictor)


def under(teacher, depth: int, predictors: int) -> Linearized:
    """What is claimed for each teacher."""
    if teacher == Live():
        return spectrum(teacher, depth, predictors, -answers(depth, predictors)[1])
    lags = (-tau,) * (depth - 1) if isinstance(teacher, LayerEMA) else ()
    return spectrum(teacher, depth, predictors, *lags, pair(depth, predictors), product=isinstance(teacher, EMA))


averaged_layers, averaged_product, live = LayerEMA(tau), EMA(tau), Live()
two_layers, two_predictors = under(averaged_layers, 2, 1), under(averaged_layers, 1, 2)
of_product, of_both = under(averaged_product, 2, 1), under(averaged_product, 2, 2)
of_live, of_live_both = under(live, 2, 1), under(live, 2, 2)

w1, w2, v1 = (*amplitudes("w", 2), *amplitudes("v", 1))
numbers = {lam: 2, sigma2: 1, tau: 1, w1: 1, w2: 2, v1: 3, b: 1}

ema_layers = Statement(
    title="Averages of layers add one rate -τ for each layer more, and nothing else",
    let=(Let(rho, lam / sigma2),),
    hypotheses=(Less(0, lam),),
    claim=two_layers & two_predictors & of_product & of_both & of_live & of_live_both,
    witness=numbers,
    near_misses=(
        NearMiss(
            spectrum(averaged_layers, 2, 1, -2 * tau, pair(2, 1)), why="a lag of two layers decays at the rate of one"
        ),
        NearMiss(
            spectrum(averaged_layers, 2, 1, -tau, Quadratic(pair(2, 1).linear, tau * answers(2, 1)[0])),
            why="the slow rate is the predictor's",
        ),
        NearMiss(
            spectrum(averaged_product, 2, 1, pair(1, 1), product=True), why="two layers of the encoder answer, not one"
        ),
        NearMiss(spectrum(live, 2, 2, -answers(2, 1)[1]), why="two layers of the predictor answer, not one"),
    ),
)


@proves(ema_layers)
def theorem():
    yield (
        "Let $r$ be the error of the prediction.  Every layer moves by $r$ times the product of all the others, so"
        " that to first order it adds to $\\dot r$ minus $\\sigma^2 \\rho^2 w^2 r$ over the square of its amplitude,"
        " where $w = w_1 \\cdots w_L$: with two layers of the encoder and one of the predictor $A ="
        f" {tex(answers(2, 1)[0])}$ and $B = {tex(answers(2, 1)[1])}$.  Under averages of layers"
    )
    yield two_layers
    yield "The rate $-\\tau$ is that of lags that leave $b_1/w_1 + b_2/w_2$ as it is; one encoder layer has none:"
    yield two_predictors
    yield "Nor has an average of the product,"
    yield of_product
    yield of_both
    yield "and a live teacher, which has no lag at all, leaves the predictor's rate:"
    yield of_live
    yield of_live_both
    yield ema_layers.claim
