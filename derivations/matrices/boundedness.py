r"""Solutions of the matrix flow exist for all times: training does not blow up in finite time.

Along the flow every layer of the encoder gains squared length at one rate, twice the correlation of guess and residual,
and every layer of the predictor at α times that rate.  Completing the square bounds it by half the squared length of
the target, whatever the layers do.  If the target does not move (data, frozen teacher) the squared length of every
layer therefore grows at most linearly in time, at every depth.  For an encoder of one layer a target that the encoder
makes is bounded by the encoder itself, which therefore grows at most exponentially, and the predictor with it, however
deep.
"""

from dataclasses import replace

import sympy as sp

from symjepa.model import EMA, Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor, Teacher
from symjepa.statements.claims import All, AtMost, Below, Growth, Lasts, Less
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import Instance, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, k, l, tau

from ..flow.expected_loss import branch_of
from ..models import STOPPED, data, latent

c = sp.Symbol("c", nonnegative=True)
half = sp.Rational(1, 2)


def missed(layers: Layers):
    """P W x - ½ W̄ y: the guess less half the target."""
    named = layers.letters
    y = named.target.word()
    target = y if layers.model.teacher is None else branch_of(layers.model) @ y
    return named.predictor.product() @ named.encoder.product() @ named.context.word() - half * target


def linear(layers: Layers, letter, speed, index, last) -> Growth:
    """‖letter‖² gains at most speed/2 ‖target‖² per unit of time, less its decay."""
    Syy = layers.letters.Syy.word()
    branch = None if layers.model.teacher is None else branch_of(layers.model)
    target = Syy if branch is None else branch @ Syy @ branch.T
    squares = ((2 * speed, missed(layers)), (2 * eta, letter))
    return Growth(((1, letter),), sp.S.Zero, squares, (), speed / 2 * target, (AtMost(index, last),))


def still(layers: Layers) -> Lasts:
    """Every layer, at every depth, where the target does not move."""
    W, P = layers.letters.encoder, layers.letters.predictor
    return Lasts(layers, (linear(layers, W.layer(l), sp.S.One, l, L), linear(layers, P.layer(k), alpha, k, K)))


def one_layer(teacher: Teacher) -> Layers:
    """An encoder of one layer, a predictor of any depth."""
    return Layers(Model(Encoder(1), Predictor(K), LatentPrediction(), teacher, alpha, eta))


def exponential(layers: Layers, rate=None) -> Lasts:
    """‖W‖² + ‖P_k‖², and ‖W̄‖² for a teacher of its own, grow at most at (1 + α) c/2, and τ for the teacher."""
    W, layer = layers.letters.encoder.product(), layers.letters.predictor.layer(k)
    teacher, own = branch_of(layers.model), getattr(layers.model.teacher, "tau", None)
    squared = 1 + alpha
    most = squared * c / 2 + (0 if own is None else own) if rate is None else rate
    form = ((1, W), (1, layer)) if own is None else ((1, W), (1, layer), (1, teacher))
    slower = squared * c / 2 + 2 * eta
    left = [(slower, layer), (2 * eta, W)]
    if own is not None:
        left = [(slower + own, layer), (slower, W), (2 * own, teacher), (own, W - teacher)]
    growth = Growth(
        form, most, ((2 * squared, missed(layers)), *left), ((squared / 2, teacher),), None, (AtMost(k, K),)
    )
    return Lasts(layers, (growth,), (Below(layers.letters.Syy, c),))


reconstruction, frozen = Layers(data), Layers(latent(STOPPED["frozen"]))
live, ema, stepwise = (one_layer(teacher) for teacher in (Live(), EMA(tau), LayerEMA(tau)))
linearly = [still(reconstruction), still(frozen)]
exponentially = [exponential(live), exponential(ema), exponential(stepwise)]
ceiling = exponentially[0].on


def only(layers: Layers, growth: Growth) -> Lasts:
    """One bound by itself, for a variant that is false."""
    return Lasts(layers, (growth,), (Below(layers.letters.Syy, c),))


def alone(layers: Layers, rate) -> Growth:
    """‖W‖² by itself."""
    return Growth(((1, layers.letters.encoder.product()),), rate, ())


def fed(layers: Layers, share) -> Growth:
    """A layer of the predictor fed by some share of the target alone."""
    own = linear(layers, layers.letters.predictor.layer(k), alpha, k, K)
    return Growth(own.form, own.rate, (), (), share * layers.letters.Syy.word(), own.on)


def scalars(**letters) -> Instance:
    """Letters of size one, where the guess is half the target unless told otherwise."""
    told = {"W_1": 1, "P_1": half, "Sxx": 1, "Syx": 1, "Syy": 1, **letters}
    return Instance({name: ((x,),) for name, x in told.items()}, {K: 1, L: 1, k: 1, alpha: 1, eta: 0, tau: 1, c: 1})


unbounded = replace(exponentially[0].growths[0], below=())
lonely = Growth(((1, live.letters.predictor.layer(k)),), alpha * c / 2, (), on=(AtMost(k, K),))

boundedness = Statement(
    title="Training does not blow up in finite time",
    claim=All((*linearly, *exponentially)),
    hypotheses=(Less(0, K),),
    witness={K: 2, L: 2, k: 1, l: 1, alpha: 1, eta: 0, tau: 1, c: 1},
    near_misses=(
        NearMiss(only(live, alone(live, c / 4)), at=scalars(), why="half the rate at which W may grow"),
        NearMiss(only(live, lonely), at=scalars(W_1=4), why="the predictor is fed by the encoder, and not by itself"),
        NearMiss(
            Lasts(reconstruction, (fed(reconstruction, alpha / 4),)), at=scalars(), why="half of what the target feeds"
        ),
        NearMiss(only(ema, alone(ema, c / 2)), at=scalars(P_1=2, Wbar=4), why="a teacher of its own may be larger"),
        NearMiss(Lasts(live, (unbounded,)), at=scalars(P_1=2, Syx=4, Syy=16), why="without a ceiling for the target"),
    ),
)


@proves(boundedness)
def theorem():
    yield (
        "Both sides of each bound are linear in the covariances, and these are sums of moments of single pairs of"
        " views: it suffices to take $\\Sigma^{xx} = x x^\\top$, $\\Sigma^{yx} = y x^\\top$ and $\\Sigma^{yy} = y"
        " y^\\top$.  Multiplied by its own layer, each rate closes to the same trace: but for the decay, which only"
        " helps, half the squared length of an encoder layer grows at"
    )
    yield (
        "the rate $\\operatorname{tr}\\big((P W x)^\\top(\\overline{W} y - P W x)\\big)$, that of a predictor"
        f" layer at $\\alpha$ times this.  With ${tex(missed(live))}$ for the difference of the guess and half the"
        " target (live teacher), this is"
    )
    yield (
        "$\\tfrac14 \\lVert \\overline{W} y \\rVert^2$ less the square of that difference.  Where the target does not"
        " move, every layer is fed at a constant rate at most, for every depth:"
    )
    yield from linearly
    yield (
        f"If $\\Sigma^{{yy}} \\leq {tex(c)}\\,I$ the mean squared length of the target is at most ${tex(c)}\\lVert"
        " \\overline{W} \\rVert_F^2$.  For an encoder of one layer the live teacher is that layer, and the squared"
        " length of a teacher that follows grows at most at $\\tau$ times that of the layer.  No bound of the"
        " covariance of the context from below is needed:"
    )
    yield from exponentially
    yield boundedness.claim
