r"""Orthogonal and balanced layers are not enough for modes: what moves is turned by the predictor's own frame.

Let n be a common eigenvector of both covariances.  What the first layer makes of n is driven along the image of W n
under the transposed layers above it, and nothing in balance says that this image points back to W₁ n.  With orthogonal
layers, balanced at every joint, and covariances that commute, one rotation of the predictor turns the drive away from
the direction, so that the mode equation fails at the first instant: `mode-decoupling` needs frames that meet, not only
layers that are orthogonal.

Source: littwin2024jepa, Sec. 3.
"""

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from symjepa.exact.words import Matrix
from symjepa.statements.claims import Annihilates, Drift, Less
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import Instance, NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, lam, sigma2

from ..models import STOPPED, latent
from ..printed import DECOUPLES

direction = Matrix("n", "context", "one")
n = direction.word()
c = sp.Symbol("c", positive=True)
layers = Layers(latent(STOPPED["live"]))
encoder, predictor = layers.letters.encoder, layers.letters.predictor
above = predictor.product() @ encoder.segment(L, 1)
kept = encoder.layer(1) @ n
features = (Annihilates(layers.letters.Sxx, direction, sigma2 * n), Annihilates(layers.letters.Syx, direction, lam * n))

turned = Drift(
    layers, kept, lam * (above.T @ encoder.product() @ n) - sigma2 * (above.T @ above @ kept) - eta * kept, features
)
decoupled = Drift(layers, kept, (lam * c - sigma2 * c**2) * kept - eta * kept, features)

ROTATED = ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5)))
UNIT = ((1, 0), (0, 1))
data = {"n": ((1,), (0,)), "Sxx": UNIT, "Syx": ((Fraction(1, 2), 0), (0, Fraction(1, 4))), "Syy": UNIT}
numbers = {K: 1, L: 1, alpha: 1, eta: 0, lam: Fraction(1, 2), sigma2: 1, c: 1}
orthogonal = Instance({"W_1": UNIT, "P_1": ROTATED, **data}, numbers)
aligned = Instance({"W_1": UNIT, "P_1": UNIT, **data}, numbers)

orthogonal_start = Statement(
    title="A mode is driven along what the layers above make of it, which orthogonality and balance do not align",
    claim=turned,
    hypotheses=(Less(0, K),),
    witness=aligned,
    near_misses=(
        NearMiss(decoupled, at=orthogonal, why="orthogonal, balanced, and the covariances commute"),
        NearMiss(
            Drift(layers, kept, lam * kept - sigma2 * (above.T @ above @ kept) - eta * kept, features),
            at=orthogonal,
            why="the drive is not along the direction itself",
        ),
        NearMiss(
            Drift(layers, kept, lam * (above.T @ encoder.product() @ n) - eta * kept, features),
            at=orthogonal,
            why="the contraction is missing",
        ),
    ),
    source="littwin2024jepa, Sec. 3",
    printed=(
        DECOUPLES.read(
            Reading(
                "at orthogonal layers with one amplitude $c$ what the first layer makes of a common eigenvector moves"
                " along itself, at the rate of the balanced mode (written for one layer each)",
                "refuted",
                decoupled,
                at=orthogonal,
            ),
        ),
    ),
)


@proves(orthogonal_start)
def theorem():
    yield (
        "Let $\\Sigma^{xx} n = \\sigma^2 n$ and $\\Sigma^{yx} n = \\lambda n$, and write $A$ for the product of"
        f" all layers above the first, ${tex(above)}$.  The rate of the first layer, applied to $n$, is"
    )
    yield replace(turned, why="both covariances meet $n$")
    yield (
        "In balance and with orthogonal layers of one amplitude the second word contracts $W_1 n$, but the first is"
        " $\\lambda$ times the image of $W n$ under $A^\\top$.  That is a multiple of $W_1 n$ only if the frames meet:"
        " with one layer each, $W = 1$ and $P$ a rotation by the angle whose cosine is $3/5$, balance holds, both"
        " covariances are diagonal, and $n$ is turned at once."
    )
    yield orthogonal_start.claim
