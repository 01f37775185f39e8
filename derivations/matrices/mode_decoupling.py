r"""Which alignment makes the flow split into scalar modes: sufficient, necessary, and different for the two targets.

Give every end of every letter a frame.  A word is diagonal when neighbours meet in one frame, and the frames that must
meet can be read off the words of the flow.  In latent space with a moving teacher context and target need *one* frame:
the encoder and its copy see both views.  A data target needs only the singular frames of Σyx.  Orthogonal and balanced
layers are not enough: their frames must be these.

Source: saxe2014exact, Sec. 1 (data target); littwin2024jepa, Sec. 3.
"""

import sympy as sp

from symjepa.statements.claims import All, Decouples, Less
from symjepa.statements.descriptions import Layers, pairs
from symjepa.statements.statement import NearMiss, Statement, proves
from symjepa.symbols import K, L, alpha, b, eta, k, l, tau, v, w

from ..models import STOPPED, data, latent

ones = pairs({w: 1, v: 1, b: 1})
doubled = pairs({w: 1, v: sp.Integer(2) ** (1 / K), b: 1})
learners = {name: Layers(latent(teacher)) for name, teacher in STOPPED.items()} | {"data": Layers(data)}
claims = [Decouples(layers, (ones, doubled)) for layers in learners.values()]

mode_decoupling = Statement(
    title="The flow splits into modes exactly under the alignment of its target",
    claim=All(tuple(claims)),
    hypotheses=(Less(0, K),),
    witness={K: 1, L: 2, alpha: 1, eta: 0, tau: 1, k: 1, l: 1},
    near_misses=(
        NearMiss(
            Decouples(learners["live"], (ones, doubled), apart=("Syx.left",)),
            why=(
                "in latent space the target's frame must be the context's: singular frames of Σyx, as for the data"
                " target, do not do"
            ),
        ),
        NearMiss(
            Decouples(learners["ema"], (ones, doubled), apart=("Wbar.left",)),
            why="the teacher's frame must be the student's",
        ),
        NearMiss(
            Decouples(learners["data"], (ones, doubled), apart=("W.right",)),
            why="orthogonal and balanced, but in another frame",
        ),
    ),
    source="saxe2014exact, Sec. 1; littwin2024jepa, Sec. 3",
)


@proves(mode_decoupling)
def theorem():
    yield (
        "Sufficient: under the alignment every word that moves a letter is typed, so that its off-diagonal entries"
        " vanish.  Necessary: let the"
    )
    yield "layers be diagonal and the covariances not.  The drift of a layer at two different modes $(i, j)$ is then"
    yield (
        "$A\\,\\Sigma^{yx}_{ij} - B\\,\\Sigma^{xx}_{ij}$ with amplitudes $A$ of degree $K$ and $B$ of degree $2K$ in"
        " the predictor.  They are linearly"
    )
    yield (
        "independent: at predictor layers $1$ and $2^{1/K}$ their determinant is not zero.  So a drift that vanishes"
        " for all amplitudes has"
    )
    yield "$\\Sigma^{yx}_{ij} = \\Sigma^{xx}_{ij} = 0$.  For each teacher and target:"
    yield from claims
    yield mode_decoupling.claim
