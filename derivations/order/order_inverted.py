r"""At a finite start the two objectives can order the same two features differently: a certified instance.

Three encoder layers and one predictor layer, all layers at 3/11 (the encoder at about 1/50); the features (λ, ρ) =
(1, 1) and (6/5, 625/1296).  A JEPA brings the first to (4/5)³ of what it learns, about one half, before the second,
reconstruction the second before the first.  Both pairs of times are enclosed by balls that exclude each other.  From starts that are small enough the
order is the same (`order-at-small-starts`), so that this is a matter of the start.

Source: littwin2024jepa, Fig. 2, third panels.
"""

import sympy as sp

from symjepa.statements.claims import Less
from symjepa.statements.statement import NearMiss, Reading, Statement, proves, tex
from symjepa.symbols import K, L

from ..printed import INVERTED
from ..speeds import Learner, jepa, mae

depths = {K: sp.S.One, L: sp.Integer(3)}
begin, part = sp.Rational(3, 11), sp.Rational(4, 5)
steady, strong = (sp.S.One, sp.S.One), (sp.Rational(6, 5), sp.Rational(5, 6) ** 4)


def time(learner: Learner, feature, start=begin):
    """From the layer amplitude `start` to a part of what layers learn, at three encoder layers and one predictor layer."""
    covariance, influence = feature
    learned = (influence ** (1 / learner.degree)).subs(depths)
    return learner.time(start, part * learned, covariance, learned).subs(depths)


by_influence = Less(time(jepa, steady), time(jepa, strong))
by_covariance = Less(time(mae, strong), time(mae, steady))
tiny = sp.Rational(1, 100)

order_inverted = Statement(
    title="From a finite start a JEPA and reconstruction can learn the same two features in opposite orders",
    claim=by_influence & by_covariance,
    hypotheses=(),
    witness={},
    near_misses=(
        NearMiss(Less(by_influence.rhs, by_influence.lhs), at={}, why="the larger covariance first in a JEPA"),
        NearMiss(Less(by_covariance.rhs, by_covariance.lhs), at={}, why="the larger influence first in reconstruction"),
        NearMiss(
            Less(time(jepa, steady, tiny), time(jepa, strong, tiny)), at={}, why="from a much smaller start"
        ),
    ),
    source="littwin2024jepa, Fig. 2",
    printed=(
        INVERTED.read(
            Reading("at some finite start, relative to what each feature learns", "confirmed", by_influence & by_covariance),
        ),
    ),
)


@proves(order_inverted)
def theorem():
    yield f"From layers at ${tex(begin)}$, with three of them in the encoder, a JEPA takes the times"
    yield by_influence
    yield (
        f"until the layers have ${tex(part)}$ of what they learn of $(\\lambda, \\rho) = (1, 1)$ and of"
        f" $({tex(strong[0])}, {tex(strong[1])})$; reconstruction, in the opposite order,"
    )
    yield by_covariance
    yield order_inverted.claim
