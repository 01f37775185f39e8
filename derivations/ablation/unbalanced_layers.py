r"""Layers out of balance move by one clock, and the smallest layer says who collapses.

Under the live teacher the squares of all layers of a mode grow at one speed, so that their differences are conserved.
Let z ≥ 0 be the square of the smallest layer.  If that layer is in the encoder, the predictor is
not yet zero when the encoder is: its amplitude there, the product of its layers at z = 0, is the threshold for ρ.  If
it is in the predictor there is no threshold, and every ρ > 0 survives.  The mode ends where the product of the
predictor's layers is ρ.

Shown for each net of up to two predictor and three encoder layers that is listed, amplitude by amplitude; at every
depth, for any family of layers, it is `unbalanced-families`.
"""

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import All, Attracts, Conserved, Less, Linearized
from symjepa.statements.descriptions import modes, pairs, restricted
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import lam, layer_amplitude, sigma2

NETS = ((1, 2), (1, 3), (2, 1), (2, 2))
d, h, g = sp.Symbol("d", positive=True), sp.Symbol("h", nonnegative=True), sp.Symbol("g", positive=True)
x2, x3, y2 = (sp.Symbol(name, positive=True) for name in ("x2", "x3", "y2"))
first = layer_amplitude("v", sp.S.One)


class Net:
    """Layers of a mode: squares z + x_i of the encoder, z + y_k of the predictor; `floor` is the square of v_1 at z =
    0.

    The smallest layer is w_1 if the floor is positive, else v_1.
    """

    def __init__(self, predictor, encoder, floor):
        self.depths, self.floor = (predictor, encoder), floor
        self.clock = first**2 - floor
        least = sp.S.Zero if floor else d**2
        self.encoder = dict(zip(self.names("w", encoder), (least, x2, x3), strict=False))
        self.predictor = dict(zip(self.names("v", predictor), (floor, y2), strict=False))

    @staticmethod
    def names(family, depth):
        return [layer_amplitude(family, sp.Integer(i)) for i in range(1, depth + 1)]

    def at(self, z):
        """The predictor's layers once the clock shows z."""
        others = [sp.sqrt(z + offset) for x, offset in self.predictor.items() if x != first]
        return [self.last[0] if z != 0 else sp.sqrt(self.floor), *others]

    def flow(self, covariance=None):
        """The flow of every layer."""
        model = Model(Encoder(self.depths[1]), Predictor(self.depths[0]), LatentPrediction(), Live())
        return modes(model, "layers", {} if covariance is None else {lam: covariance})

    def on_clock(self, covariance):
        """The flow of v_1, all other layers by the clock."""
        layers = {**self.encoder, **self.predictor}
        others = {x: sp.sqrt(self.clock + offset) for x, offset in layers.items() if x != first}
        return restricted(self.flow(covariance), others, (Fact(first - sp.sqrt(self.floor), "positive"),))

    @property
    def unit(self):
        """What stands before ρ - v in the speed of v_1."""
        others = [sp.sqrt(self.clock + offset) for x, offset in self.predictor.items() if x != first]
        return sigma2 * sp.Mul(*others, *(self.clock + offset for offset in self.encoder.values()))

    def excess(self, z):
        """The product of the predictor's layers at z, less that at the clock, over the difference."""
        now = [first, *(sp.sqrt(self.clock + offset) for x, offset in self.predictor.items() if x != first)]
        then = self.at(z)
        gaps = [1 / (one + other) for one, other in zip(then, now, strict=True)]
        terms = (sp.Mul(*now[:i], gap, *then[i + 1 :]) for i, gap in enumerate(gaps))
        return sp.Add(*terms)

    @property
    def last(self):
        """Where v_1 ends above the threshold, and what the clock shows there."""
        to = sp.sqrt(self.floor) + g
        return to, g**2 + 2 * g * sp.sqrt(self.floor)

    @property
    def rho(self):
        """ρ as the product of the predictor's layers at that time."""
        to, z = self.last
        return sp.Mul(to, *self.at(z)[1:])

    def survives(self):
        """ρ is the product of the predictor's layers at a later time than z = 0."""
        to, z = self.last
        factor = self.unit * self.excess(z) * (to + first)
        between = (sp.sqrt(self.floor), sp.oo)
        flow = self.on_clock(sigma2 * self.rho)
        return Attracts(flow, to, between, factor * (to - first), factor * (first - to), using=self.squares)

    @property
    def squares(self):
        """All squares are positive off the floor, and v_1 is."""
        layers = (*self.encoder.items(), *self.predictor.items())
        offsets = dict.fromkeys(offset for x, offset in layers if x != first)
        return Less(0, first), *(Less(0, self.clock + offset) for offset in offsets)

    def collapses(self):
        """ρ is at most the product of the predictor's layers at z = 0."""
        covariance = sigma2 * (sp.Mul(*self.at(sp.S.Zero)) - h)
        above = self.unit * (h + self.excess(sp.S.Zero) * self.clock)
        return Attracts(self.on_clock(covariance), d, (d, sp.oo), above=above, using=self.squares)

    def kept(self):
        """One conserved difference for each other layer."""
        return [Conserved(self.flow(), x**2 - first**2) for x in (*self.encoder, *self.predictor) if x != first]


oversized = [Net(*depths, d**2) for depths in NETS]
undersized = [Net(*depths, sp.S.Zero) for depths in NETS]
pair = oversized[0]
to, z = pair.last
rate = -sigma2 * z * (z + x2)
settles = Linearized(pair.on_clock(sigma2 * to), pairs({first: to}), (rate,), stable=True)
conserved = [claim for net in oversized for claim in net.kept()]
thresholds = [claim for net in oversized for claim in (net.survives(), net.collapses())]
open_ones = [net.survives() for net in undersized]

unbalanced_layers = Statement(
    title="Out of balance the smallest layer decides: in the encoder it sets a threshold, in the predictor none",
    hypotheses=(),
    claim=All((*conserved, *thresholds, *open_ones, settles)),
    witness={
        **{d: 1, h: 0, g: 2, x2: 1, x3: 1, y2: 1, sigma2: 1, lam: 1},
        **{layer_amplitude(family, sp.Integer(i)): 2 for family in "wv" for i in (1, 2, 3)},
    },
    near_misses=(
        NearMiss(Attracts(pair.on_clock(sigma2 * (d - h)), to, (d, sp.oo)), why="below the threshold nothing survives"),
        NearMiss(Attracts(pair.on_clock(sigma2 * to), d, (d, sp.oo)), why="above it nothing collapses"),
        NearMiss(Conserved(pair.flow(), layer_amplitude("w", sp.Integer(2)) ** 2 - first), why="one exponent"),
        NearMiss(
            Linearized(pair.on_clock(sigma2 * to), pairs({first: to}), (-sigma2 * z**2,), stable=True),
            why="each encoder layer counts with its own square",
        ),
    ),
    source="arora2018optimization, Thm 1",
)


@proves(unbalanced_layers)
def theorem():
    yield (
        "Layer by layer the rates are, for one predictor layer and two of the encoder, $\\dot v_1 ="
        f" {tex(pair.flow().rates[first])}$ and its like.  Each layer times its own rate gives the same product, so"
        " that all differences of squares are conserved:"
    )
    yield from conserved
    yield (
        "Let $z$ be the square of the smallest layer, and let this be $w_1$ first, with $v_1^2 = z + d^2$ and all other"
        " squares $z + x_i$, $z + y_k$.  The speed of $v_1$ is a positive factor times $\\rho$ less the product of the"
        " predictor's layers, which rises with $z$.  So $v_1$ tends to the $d + g$ where both are equal; if $\\rho$ is"
        " no more than the product at $z = 0$ then $z$ tends to zero, $v_1$ to $d$, and the encoder vanishes:"
    )
    yield from thresholds
    yield "For two encoder layers the rate at the end shows that each counts with its own square:"
    yield settles
    yield "If the smallest layer is $v_1$ the product vanishes at $z = 0$, and every $\\rho > 0$ survives:"
    yield from open_ones
    yield unbalanced_layers.claim
