r"""Layers out of balance in any way, at every depth: one clock moves them all, and the smallest layer decides.

Under the live teacher the squares of all layers of a mode grow at one speed, so that they are one clock $\chi$ and
constants.  Let $\chi$ be the square of the smallest layer, and let the others differ from it in any way; the order of
layers does not matter, so let it be the first of its net.  The product of the predictor's layers rises with $\chi$,
and the speed of $\chi$ is a positive factor times $\rho$ less that product.  If the smallest layer is in the encoder,
the product at $\chi = 0$ is the threshold for $\rho$: above it the mode survives, and the product ends at $\rho$, from
both sides; up to it that layer is lost, and the encoder with it.  If it is in the predictor, the threshold is zero.

That all differences of squares are kept, at every depth, is `balance-law`.  Layers of given depths are written out in
`unbalanced-layers`, and two sizes of layers in each net in `unbalanced-groups`: both are special cases, the latter
where the offsets take two values.
"""

from dataclasses import dataclass

import sympy as sp

from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import All, AtMost, Attracts, Less, Linearized, Monotone, Root
from symjepa.statements.descriptions import clock, pairs
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, chi, k, l, lam, sequence, sigma2

x, z, y = sequence("x", nonnegative=True), sequence("z", nonnegative=True), sequence("y", positive=True)
d, g, c = (sp.Symbol(name, positive=True) for name in "dgc")
h, q = (sp.Symbol(name, nonnegative=True) for name in "hq")
model = Model(Encoder(L), Predictor(K), LatentPrediction(), Live(), predictor_rate=alpha)


def log_of_squares(at, offsets, index, least, depth):
    """The sum of the logarithms of the squares of the layers from the least on."""
    return sp.Sum(sp.log(at + offsets(index)), (index, least, depth))


@dataclass(frozen=True)
class Net:
    """Layers of a mode: the first of one net, the smallest of all, has the square χ, the others χ and an offset."""

    smallest_in_encoder: bool

    def flow(self, covariance):
        """The flow of the clock."""
        encoder, predictor = ((0, x), (d, y)) if self.smallest_in_encoder else ((x,), (0, z))
        return clock(model, encoder, predictor, {lam: covariance})

    def encoder(self, at=chi):
        """The product of the squares of the encoder's layers."""
        if self.smallest_in_encoder:
            return at * sp.exp(log_of_squares(at, x, l, 2, L))
        return sp.exp(log_of_squares(at, x, l, 1, L))

    def first(self, at=chi):
        """The first layer of the predictor, over the root of α."""
        return sp.sqrt(at + d) if self.smallest_in_encoder else sp.sqrt(at)

    def log_of_others(self, at=chi):
        """The sum of the logarithms of the squares of the others, over α."""
        return log_of_squares(at, y if self.smallest_in_encoder else z, k, 2, K)

    def predictor(self, at=chi):
        """The product of the predictor's layers."""
        return alpha ** (K / 2) * self.first(at) * sp.exp(self.log_of_others(at) / 2)

    def inverse_squares(self, at):
        """The sum of the inverse squares of the predictor's layers, times α."""
        offsets = y if self.smallest_in_encoder else z
        return self.first(at) ** -2 + sp.Sum(1 / (at + offsets(k)), (k, 2, K))

    def unit(self):
        """What stands before ρ - v in the speed of the clock."""
        return 2 * sigma2 * self.encoder() * self.predictor()

    def rises(self, low, high):
        """The product of the predictor's other layers does not fall as the clock runs, since no square does."""
        offsets = y if self.smallest_in_encoder else z
        gap = sp.Sum(sp.log((high + offsets(k)) / (low + offsets(k))), (k, 2, K))
        return AtMost(self.log_of_others(low), self.log_of_others(high), by=gap)

    def survives(self):
        """ρ is the product of the predictor's layers when the clock shows g: from below, and from above."""
        flow, end = self.flow(sigma2 * self.predictor(g)), self.predictor(g)
        rising, falling = self.unit() * (end - self.predictor()), self.unit() * (self.predictor() - end)
        yield Attracts(flow, g, (sp.S.Zero, g), below=rising, using=(self.rises(chi, g),))
        yield Attracts(flow, g, (g, sp.oo), above=falling, using=(self.rises(g, chi),))

    def collapses(self):
        """ρ is at most the product of the predictor's layers when the clock shows 0."""
        least = self.predictor(sp.S.Zero)
        above = self.unit() * h + self.unit() * (self.predictor() - least)
        using = (self.rises(sp.S.Zero, chi),) if self.smallest_in_encoder else ()
        return Attracts(self.flow(sigma2 * (least - h)), sp.S.Zero, (sp.S.Zero, sp.oo), above=above, using=using)

    def rate(self):
        """The linear rate at the end."""
        return -sigma2 * self.encoder(g) * self.predictor(g) ** 2 * self.inverse_squares(g)

    def settles(self, rate):
        return Linearized(self.flow(sigma2 * self.predictor(g)), pairs({chi: g}), (rate,), stable=True)


oversized, undersized = Net(True), Net(False)
thresholds = [*oversized.survives(), oversized.collapses()]
open_ones = [*undersized.survives(), undersized.collapses()]
rates = [net.settles(net.rate()) for net in (oversized, undersized)]
threshold, late = oversized.predictor(sp.S.Zero), d * (1 + c) ** 2
firsts, others = (
    [part(at) for at in (sp.S.Zero, late)]
    for part in (oversized.first, lambda at: sp.exp(oversized.log_of_others(at) / 2))
)
gap = (firsts[1] - (1 + c) * firsts[0]) * others[1] + (1 + c) * firsts[0] * (others[1] - others[0])
passes = (
    Less((1 + c) * firsts[0], firsts[1], by=Monotone(late, late + d, sp.S.Half)),
    oversized.rises(sp.S.Zero, late),
    AtMost(*others),
    Less((1 + c) * threshold, oversized.predictor(late), by=alpha ** (K / 2) * gap),
)
meets = Root(oversized.predictor(q) - (1 + c) * threshold, q, (sp.S.Zero, late), rising=True)

unbalanced_families = Statement(
    title="Out of balance the smallest layer decides, whatever the others and however deep the nets",
    hypotheses=(Less(0, K),),
    claim=All((meets, *thresholds, *open_ones, *rates)),
    witness={K: 2, L: 2, alpha: 1, g: 2, h: 0, sigma2: 1, chi: 1, d: 1, c: 1},
    near_misses=(
        NearMiss(
            Attracts(oversized.flow(sigma2 * (threshold - h)), g, (sp.S.Zero, sp.oo)),
            why="up to the threshold nothing survives",
        ),
        NearMiss(
            Attracts(oversized.flow(sigma2 * oversized.predictor(g)), sp.S.Zero, (sp.S.Zero, sp.oo)),
            why="above it nothing collapses",
        ),
        NearMiss(
            Attracts(oversized.flow(sigma2 * threshold**2), sp.S.Zero, (sp.S.Zero, sp.oo)),
            why="one exponent: the threshold is the product of layers, not of their squares",
        ),
        NearMiss(
            Root(oversized.predictor(q) - threshold / (1 + c), q, (sp.S.Zero, late), rising=True),
            why="below the threshold the product is never that small",
        ),
        NearMiss(oversized.settles(oversized.rate() / g), why="one exponent: the first layer counts too"),
        NearMiss(
            oversized.settles(-sigma2 * oversized.encoder(g) * oversized.predictor(g) ** 2 * K / (g + d)),
            why="every layer of the predictor answers with its own square",
        ),
        NearMiss(
            Attracts(undersized.flow(sigma2 * undersized.predictor(g)), sp.S.Zero, (sp.S.Zero, sp.oo)),
            why="with the smallest layer in the predictor there is no threshold above zero",
        ),
    ),
    source="arora2018optimization, Thm 1",
)


@proves(unbalanced_families)
def theorem():
    yield (
        "By `balance-law` the squares of all layers, those of the predictor divided by $\\alpha$, differ by constants. "
        " Let $\\chi$ be the smallest of them.  Each layer times its own rate gives the same product, and twice that is"
        " the speed of $\\chi$: a positive factor times $\\rho$ less the product of the predictor's layers."
    )
    yield (
        "Let the smallest layer be in the encoder, and $v_1^2 = \\alpha(\\chi + d)$.  Where $\\chi$ is larger so is"
        " each square of the predictor, hence the sum of their logarithms, hence their product.  Its first factor"
        f" alone grows beyond every bound: at ${tex(late)}$ it exceeds $1 + c$ times what it was, and the others have"
        " not fallen,"
    )
    yield from passes
    yield "So the product takes every value above the one at $\\chi = 0$, and takes it once:"
    yield meets
    yield "Let $\\rho$ be its value at $g$.  Below $g$ the clock runs forward, above it backward:"
    yield from thresholds[:2]
    yield "If $\\rho$ is at most the value at $\\chi = 0$, by some $h$, the clock runs backward from wherever it is:"
    yield thresholds[2]
    yield (
        "If the smallest layer is in the predictor, the product rises from zero, so that it takes every value"
        " $\\rho > 0$, at a $g$ to which the clock runs:"
    )
    yield from open_ones[:2]
    yield "while for $\\rho = -h$ the mode is lost:"
    yield open_ones[2]
    yield (
        "The logarithmic derivative of the product is half the sum of the inverse squares of its layers, times"
        " $\\alpha$; hence the rates at the end:"
    )
    yield from rates
    yield unbalanced_families.claim
