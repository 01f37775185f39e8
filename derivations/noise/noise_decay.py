r"""Pure noise is forgotten: in balance at every depth, but only algebraically; with one layer each exponentially by an
encoder that the predictor outweighs.

Where context and target are uncorrelated a mode has covariance λ = 0: the drive is gone and the flow only contracts.
In balance one substitution solves it: y = u^{-q} grows at constant speed, q = 2(K + L - 1).  For one layer each, with
an imbalance δ = v² - w² > 0, the conserved imbalance turns the decay of the encoder into an exponential one, while the
predictor keeps √δ.
"""

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Conserved, Identity, Less, Monotone, Unequal, Within, solves
from symjepa.statements.descriptions import along, modes
from symjepa.statements.statement import Let, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, eta, lam, sigma2, t, u, v, w

from ..printed import NOISE_DECAYS, PREDICTABLE, VANISHING

q = sp.Symbol("q", positive=True)
u0, w0, delta = sp.Symbol("u0", positive=True), sp.Symbol("w0", positive=True), sp.Symbol("delta", positive=True)
gone, v0 = sp.Symbol("E", positive=True), sp.Symbol("v0", positive=True)

balanced = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced", {lam: 0})
single = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "product", {lam: 0})
decaying = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live(), weight_decay=eta), "product", {lam: 0})

amplitude = (u0 ** (-q) + q * sigma2 * t) ** (-1 / q)
envelope = (q * sigma2 * t) ** (-1 / q)
solution = solves(balanced, {u: amplitude}, {u: u0}, t)
decay = Within(amplitude, 0, envelope)

rest = delta + w0**2 * (1 - gone)
encoder, predictor = w0 * sp.sqrt(delta * gone / rest), v0 * sp.sqrt(delta / rest)
unbalanced = solves(single, {w: encoder, v: predictor}, {w: w0, v: v0}, t, using=(AtMost(delta, rest), Less(0, rest)))
forgotten = Within(encoder, 0, w0 * sp.sqrt(gone))
power = (K + L) / q
product, limit = (u0 ** (-q) + q * sigma2 * t) ** (-power), (q * sigma2 * t) ** (-power)

noise_decay = Statement(
    title="Noise decays algebraically in balance, and exponentially in an encoder that the predictor outweighs",
    let=(
        Let(q, 2 * K + 2 * L - 2),
        Let(gone, sp.exp(-2 * sigma2 * delta * t)),
        Let(v0, sp.sqrt(w0**2 + delta)),
    ),
    hypotheses=(Less(0, K), Less(0, t)),
    claim=solution & decay & unbalanced & forgotten,
    witness={K: 1, L: 2, t: 1, sigma2: 1, u0: 1, w0: 1, delta: 1, u: 1, v: 1, w: 1},
    near_misses=(
        NearMiss(solves(balanced, {u: amplitude.subs(q, q + 1)}, {u: u0}, t), why="one layer too many"),
        NearMiss(Within(amplitude, 0, envelope / 2), why="twice as fast"),
        NearMiss(Within(encoder, 0, w0 * gone), why="twice the rate"),
        NearMiss(
            Less(0, q), without=(Less(0, K),), at={K: 0, L: 1, t: 1}, why="without a predictor q = 0 for one layer"
        ),
    ),
    printed=(
        NOISE_DECAYS.read(
            Reading(
                "for $P W$: in balance the amplitude $u^{K+L}$ decays to zero",
                "sharpened",
                Within(product, 0, limit),
                lines=(AtMost(product, limit, by=Monotone(q * sigma2 * t, u0 ** (-q) + q * sigma2 * t, -power)),),
                sharper=solution,
            ),
            Reading(
                "for $P W$: off balance, with one layer each, $|v w|$ shrinks wherever neither factor is zero",
                "confirmed",
                Less(along(single, (v * w) ** 2), 0),
                hypotheses=(Unequal(v, 0), Unequal(w, 0)),
                witness={sigma2: 1, v: 1, w: 1},
            ),
            Reading(
                "for $W$: the encoder shrinks wherever it is not zero",
                "refuted",
                Less(along(single, w**2), 0),
                hypotheses=(Unequal(w, 0),),
                at={sigma2: 1, v: 0, w: 1},
            ),
            Reading(
                "for $W$: the encoder decays to zero if the predictor starts above it, $v_0^2 - w_0^2 = \\delta > 0$",
                "sharpened",
                forgotten,
                sharper=unbalanced,
            ),
            Reading(
                "for $P$: the predictor shrinks wherever it is not zero",
                "refuted",
                Less(along(single, v**2), 0),
                hypotheses=(Unequal(v, 0),),
                at={sigma2: 1, v: 1, w: 0},
            ),
        ),
        PREDICTABLE.read(
            Reading(
                "noise is attenuated: an aligned, balanced mode with $\\lambda = 0$ decays",
                "sharpened",
                decay,
                sharper=solution,
            ),
        ),
        VANISHING.read(
            Reading(
                "for $W$, without weight decay: what the encoder holds of the noise shrinks wherever it is not zero",
                "refuted",
                Less(along(single, w**2), 0),
                hypotheses=(Unequal(w, 0),),
                at={sigma2: 1, v: 0, w: 1},
            ),
            Reading(
                "for $W$, with weight decay: what the encoder holds of the noise shrinks wherever it is not zero",
                "confirmed",
                Less(along(decaying, w**2), 0),
                hypotheses=(Unequal(w, 0), Less(0, eta)),
                witness={sigma2: 1, eta: 1, v: 0, w: 1},
            ),
        ),
    ),
)


@proves(noise_decay)
def theorem():
    yield (
        f"Without covariance the balanced flow is $\\dot u = {tex(balanced.rates[u])}$.  Along it the powers of $u$ in"
        " the speed of $y = u^{-q}$ cancel, whatever the depths:"
    )
    yield Identity(along(balanced, u ** (-q)), q * sigma2)
    yield "Hence"
    yield solution
    yield "The start only helps: dropping it makes $y$ smaller, and $x \\mapsto x^{-1/q}$ is decreasing, since"
    yield Less(0, q, why="$K, L \\geq 1$")
    yield AtMost(amplitude, envelope, by=Monotone(q * sigma2 * t, u0 ** (-q) + q * sigma2 * t, -1 / q))
    yield decay
    yield (
        f"Off balance, with one layer each, $\\dot w = {tex(single.rates[w])}$ and $\\dot v = {tex(single.rates[v])}$"
        " conserve"
    )
    yield Conserved(single, v**2 - w**2, why="both halves are $-2\\sigma^2 v^2w^2$")
    yield (
        "the imbalance $\\delta$.  Eliminating $v$ leaves a logistic equation for $w^2$.  With $E ="
        f" {tex(sp.exp(-2 * sigma2 * delta * t))}$ the denominator"
    )
    yield "under the root is at least $\\delta$,"
    yield AtMost(delta, rest, why="$E \\leq 1$")
    yield Less(0, rest)
    yield "and the solution is"
    yield unbalanced
    yield "so the encoder forgets at least at the rate $\\sigma^2\\delta$:"
    yield AtMost(encoder, w0 * sp.sqrt(gone), by=Monotone(w0**2 * delta * gone / rest, w0**2 * gone, sp.Rational(1, 2)))
    yield forgotten
    yield noise_decay.claim
