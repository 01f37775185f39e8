r"""Noise that the two views do not share drives nothing; noise that is also alone in the context never grows in the
first layer.

If the target is uncorrelated with a direction n of the context, Σyx n = 0, then the drive of W_1 along n vanishes
identically: for every depth, every context covariance, every teacher under stop-gradient, and for the data target.
What is left contracts W_1 n if n is also uncorrelated with the rest of the context, Σxx n = ν n.  Without this second
hypothesis the encoder may have to learn n: a channel that records noise alone lets it subtract that noise elsewhere.
"""

from symjepa.exact.words import Matrix, WordSum
from symjepa.statements.claims import All, Annihilates, Dissipates, Drift, WordIdentity
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import Instance, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, nu, tau

from ..models import STOPPED, data, latent
from ..printed import NOISE_DECAYS, STATIONARY, VANISHING

direction = Matrix("n", "context", "one")
n = direction.word()


def unshared(layers: Layers) -> Annihilates:
    """Σyx n = 0: the target does not see the direction."""
    return Annihilates(layers.letters.Syx, direction, WordSum.zero(layers.letters.Syx.rows, "one"))


def alone(layers: Layers) -> Annihilates:
    """Σxx n = ν n: the direction is uncorrelated with the rest of the context."""
    return Annihilates(layers.letters.Sxx, direction, nu * n)


def seen(layers: Layers) -> WordSum:
    """What the first layer keeps of the direction, W_1 n."""
    return layers.letters.encoder.layer(1) @ n


def rest(layers: Layers) -> WordSum:
    """Everything above the first layer, P W_{L:1}."""
    return layers.letters.predictor.product() @ layers.letters.encoder.segment(L, 1)


def no_drive(layers: Layers) -> Drift:
    """Only the contracting word and the decay are left of the rate along n."""
    A, W = rest(layers), layers.letters.encoder.product()
    P, Sxx = layers.letters.predictor.product(), layers.letters.Sxx.word()
    return Drift(layers, seen(layers), -(A.T @ P @ W @ Sxx @ n) - eta * seen(layers), (unshared(layers),))


def contraction(layers: Layers) -> Drift:
    """The first layer contracts along n by a positive semidefinite matrix."""
    A, kept = rest(layers), seen(layers)
    return Drift(layers, kept, -(nu * (A.T @ A @ kept)) - eta * kept, (unshared(layers), alone(layers)))


def forgets(layers: Layers, *hypotheses: Annihilates) -> Dissipates:
    """|W_1 n|² never grows."""
    kept = seen(layers)
    by = ((2 * nu, rest(layers) @ kept), (2 * eta, kept))
    return Dissipates(layers, kept.T @ kept, by, hypotheses)


learners = [Layers(model) for model in (*(latent(teacher) for teacher in STOPPED.values()), data)]
live = learners[0]
claims = [
    *(no_drive(layers) for layers in learners),
    *(contraction(layers) for layers in learners),
    *(forgets(layers, unshared(layers), alone(layers)) for layers in learners),
]

clean = Instance(
    {"W_1": ((1, 1),), "P_1": ((1,),), "Wbar_1": ((1, 0),), "Wbar": ((1, 0),), "n": ((0,), (1,)),
     "Sxx": ((1, 0), (0, 1)), "Syx": ((1, 0), (0, 0)), "Syy": ((1, 0), (0, 1))},
    {K: 1, L: 1, alpha: 1, eta: 0, nu: 1, tau: 1},
)  # fmt: skip
reference = Instance(
    {"W_1": ((3, -1),), "P_1": ((1,),), "n": ((0,), (1,)),
     "Sxx": ((2, 1), (1, 1)), "Syx": ((1, 0), (0, 0)), "Syy": ((1, 0), (0, 0))},
    {K: 1, L: 1, alpha: 1, eta: 0, nu: 1},
)  # fmt: skip

# The inverse of the covariance, as a letter; in the two instances it is that.
inverse = Matrix("S", "context", "context", symmetric=True)
branch = live.letters.encoder.product()
# This one is stationary, P W = W R, for P = 1.
noisy_channel = Instance({**reference.matrices, "W_1": ((1, -1),), "S": ((1, -1), (-1, 2))}, reference.numbers)
clean_channel = Instance({**clean.matrices, "S": ((1, 0), (0, 1))}, clean.numbers)

null_gradient = Statement(
    title="Unshared noise drives nothing, and noise that is alone in the context never grows in the first layer",
    claim=All(tuple(claims)),
    hypotheses=(),
    witness=clean,
    near_misses=(
        NearMiss(
            forgets(live, unshared(live)),
            at=reference,
            why=(
                "context (s + n, n), target (s, 0): the second coordinate is noise alone, and the encoder needs it to"
                " subtract n"
            ),
        ),
        NearMiss(Drift(live, seen(live), contraction(live).equals, (alone(live),)), why="the noise may be shared"),
        NearMiss(
            Drift(
                live,
                seen(live),
                -(2 * nu * (rest(live).T @ rest(live) @ seen(live))) - eta * seen(live),
                (unshared(live), alone(live)),
            ),
            why="twice the rate",
        ),
    ),
    source="littwin2024jepa, Sec. 4",
    printed=(
        NOISE_DECAYS.read(
            Reading(
                "with noise that is correlated inside the context: $|W_1 n|^2$ never grows if $\\Sigma^{yx} n = 0$",
                "true when",
                forgets(live, unshared(live)),
                when=(alone(live),),
                at=reference,
            ),
        ),
        VANISHING.read(
            Reading(
                "the drive along $n$ vanishes if $\\Sigma^{yx} n = 0$, whatever else $n$ is correlated with",
                "sharpened",
                no_drive(live),
                sharper=All(tuple(no_drive(layers) for layers in learners[1:])),
            ),
            Reading(
                "for $W_1 n$: what is left of the gradient never lets $|W_1 n|^2$ grow if also $\\Sigma^{xx} n ="
                " \\nu n$",
                "sharpened",
                forgets(live, unshared(live), alone(live)),
                sharper=contraction(live),
            ),
            Reading(
                "for $W$ with a bottleneck: the noise leaves the representation to which training converges",
                "open",
                missing=(
                    "the stable fixed points of the matrix flow for $m < d$; here modes are aligned, or the claim is"
                    " about $W_1 n$ alone"
                ),
            ),
        ),
        STATIONARY.read(
            Reading(
                "$W R n = 0$ if $\\Sigma^{yx} n = 0$, with $R = \\Sigma^{yx} S$ for any symmetric $S$, in particular"
                " the inverse of $\\Sigma^{xx}$ (at the point it is the inverse)",
                "true when",
                WordIdentity(branch @ live.letters.Syx.word() @ inverse.word() @ n, WordSum.zero(branch.rows, "one")),
                hypotheses=(unshared(live),),
                when=(Annihilates(inverse, direction, nu * n),),
                at=noisy_channel,
                witness=clean_channel,
            ),
        ),
    ),
)


@proves(null_gradient)
def theorem():
    yield (
        f"The rate of the first layer is ${tex(live.flow.of(live.letters.encoder.layer(1).terms[0][0].factors[0]))}$;"
        " its first word, the drive, ends in $\\Sigma^{yx}$, which"
    )
    yield (
        "meets $n$ when the rate is applied to it.  So for the live teacher, the two EMA teachers, the frozen one and"
        " the data target alike"
    )
    for layers in learners:
        yield no_drive(layers)
    yield f"If also $\\Sigma^{{xx}} n = \\nu n$, the word that is left closes on ${tex(seen(live))}$:"
    for layers in learners:
        yield contraction(layers)
    yield (
        f"With ${tex(rest(live))}$ above the first layer this is minus a Gram matrix, so that the squared length never"
        " grows:"
    )
    for layers in learners:
        yield forgets(layers, unshared(layers), alone(layers))
    yield null_gradient.claim
