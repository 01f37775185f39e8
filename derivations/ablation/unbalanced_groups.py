r"""Layers out of balance at every depth: two groups of layers in each net, and the smallest group decides.

The layers of the encoder have two squares, z and z + x, in groups of any sizes M and L - M, and those of the predictor
z + d² and z + d² + y, in groups of N and K - N; or one net is one group.  One clock moves z.  The product of the
predictor's layers rises with z, from its value at z = 0, and its speed is a positive factor times ρ less that product.
So the value at z = 0 is the threshold: above it the mode survives and the product ends at ρ, from both sides; up to it
the smallest group of the encoder is lost.  If the smallest group is in the predictor, z its square, there is no
threshold.

It is the case of `unbalanced-families` in which the offsets take two values in each net.  That all differences of
squares are kept, at every depth, is `balance-law`.
"""

from dataclasses import dataclass

import sympy as sp

from symjepa.exact.facts import Fact
from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import All, Attracts, Less, Linearized, Monotone
from symjepa.statements.descriptions import groups, pairs, restricted
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, lam, layer_amplitude, sigma2

M, N = (sp.Symbol(name, integer=True, positive=True) for name in ("M", "N"))
d, h, g = sp.Symbol("d", positive=True), sp.Symbol("h", nonnegative=True), sp.Symbol("g", positive=True)
x, y = sp.Symbol("x", positive=True), sp.Symbol("y", positive=True)
first = layer_amplitude("v", sp.S.One)
model = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())


@dataclass(frozen=True)
class Groups:
    """Groups of layers of a mode: pairs (size, offset) for squares z + offset; those of the predictor begin with v_1.

    The smallest offset is 0: in the encoder, or of v_1.
    """

    encoder: tuple[tuple[sp.Expr, sp.Expr], ...]
    predictor: tuple[tuple[sp.Expr, sp.Expr], ...]

    @property
    def floor(self):
        """v_1 at z = 0."""
        return sp.sqrt(self.predictor[0][1])

    def clock(self, v1=first):
        """z once v_1 has a value."""
        return v1**2 - self.floor**2

    def whole(self, covariance):
        """The flow of every group."""
        encoder, predictor = (tuple(size for size, _ in net) for net in (self.encoder, self.predictor))
        return groups(model, encoder, predictor, {lam: covariance})

    def flow(self, covariance):
        """The flow of v_1, all other groups by the clock."""
        named = {"w": self.encoder, "v": self.predictor}
        others = {
            layer_amplitude(family, sp.Integer(i + 1)): sp.sqrt(self.clock() + offset)
            for family, net in named.items()
            for i, (_, offset) in enumerate(net)
        }
        others.pop(first)
        return restricted(self.whole(covariance), others, (Fact(first - self.floor, "positive"),))

    def powers(self, v1=first):
        """The factors of the predictor's product once v_1 has a value."""
        (own, _), *others = self.predictor
        return v1**own, *((self.clock(v1) + offset) ** (size / 2) for size, offset in others)

    def unit(self, v1=first):
        """What stands before ρ - v in the speed of v_1."""
        squares = ((self.clock(v1) + offset) ** size for size, offset in self.encoder)
        return sigma2 * sp.Mul(*self.powers(v1), *squares) / v1

    def squares(self):
        """All squares are positive off the floor, and v_1 is."""
        offsets = dict.fromkeys(offset for net in (self.encoder, self.predictor) for _, offset in net)
        return Less(0, first), *(Less(0, self.clock() + offset) for offset in offsets)

    def less(self, low, high):
        """The product of the predictor rises from one value of v_1 to another, factor by factor."""
        (own, _), *others = self.predictor
        yield Less(low**2, high**2, by=(high - low) * (high + low))
        yield Less(low**own, high**own, by=Monotone(low, high, own))
        for size, offset in others:
            ends = self.clock(low) + offset, self.clock(high) + offset
            yield Less(ends[0] ** (size / 2), ends[1] ** (size / 2), by=Monotone(*ends, size / 2))

    def gap(self, low, high):
        """The difference of the products, as a sum of positive terms."""
        before, after = self.powers(low), self.powers(high)
        steps = (
            sp.Mul(*after[:i], b - a, *before[i + 1 :]) for i, (a, b) in enumerate(zip(before, after, strict=True))
        )
        return sp.Add(*steps)

    @property
    def end(self):
        """Where v_1 ends above the threshold."""
        return self.floor + g

    def survives(self):
        """ρ is the product of the predictor's layers at a later time than z = 0: from below, and from above."""
        flow, to = self.flow(sigma2 * sp.Mul(*self.powers(self.end))), self.end
        rising, falling = ((*self.squares(), *self.less(*ends)) for ends in ((first, to), (to, first)))
        yield Attracts(flow, to, (self.floor, to), below=self.unit() * self.gap(first, to), using=rising)
        yield Attracts(flow, to, (to, sp.oo), above=self.unit() * self.gap(to, first), using=falling)

    def collapses(self):
        """ρ is at most the product of the predictor's layers at z = 0."""
        covariance = sigma2 * (sp.Mul(*self.powers(self.floor)) - h)
        using = (*self.squares(), *self.less(self.floor, first))
        above = self.unit() * h + self.unit() * self.gap(self.floor, first)
        return Attracts(self.flow(covariance), self.floor, (self.floor, sp.oo), above=above, using=using)


two_of_encoder, two_of_predictor = ((M, sp.S.Zero), (L - M, x)), ((N, d**2), (K - N, d**2 + y))
oversized = (
    Groups(two_of_encoder, ((K, d**2),)),
    Groups(((L, sp.S.Zero),), two_of_predictor),
    Groups(two_of_encoder, two_of_predictor),
)
undersized = (
    Groups(((M, d**2), (L - M, d**2 + x)), ((K, sp.S.Zero),)),
    Groups(((L, d**2),), ((N, sp.S.Zero), (K - N, y))),
)
single = oversized[0]
square = single.clock(single.end)
rate = -K * single.end ** (2 * K - 2) * sigma2 * square**M * (square + x) ** (L - M)


def settles(rate):
    """The linear rate with two groups in the encoder."""
    return Linearized(single.flow(sigma2 * single.end**K), pairs({first: single.end}), (rate,), stable=True)


thresholds = [claim for net in oversized for claim in (*net.survives(), net.collapses())]
open_ones = [claim for net in undersized for claim in net.survives()]
numbers = {K: 2, L: 2, M: 1, N: 1, d: 1, h: 0, g: 2, x: 1, y: 1, sigma2: 1}

unbalanced_groups = Statement(
    title="Out of balance the smallest group of layers decides at every depth",
    hypotheses=(Less(M, L), Less(N, K)),
    claim=All((*thresholds, *open_ones, settles(rate))),
    witness={**numbers, **{layer_amplitude(family, sp.Integer(i)): 2 for family in "wv" for i in (1, 2)}},
    near_misses=(
        NearMiss(
            Attracts(single.flow(sigma2 * (d**K - h)), single.end, (d, sp.oo)),
            why="up to the threshold nothing survives",
        ),
        NearMiss(Attracts(single.flow(sigma2 * single.end**K), d, (d, sp.oo)), why="above it nothing collapses"),
        NearMiss(settles(rate / K), at=numbers, why="every layer of the predictor answers"),
        NearMiss(settles(rate * (square + x)), at=numbers, why="one exponent"),
    ),
    source="arora2018optimization, Thm 1",
)


@proves(unbalanced_groups)
def theorem():
    yield (
        "With two groups in each net the layers of the first group of the predictor move by $\\dot v_1 ="
        f" {tex(oversized[2].whole(lam).rates[first])}$.  Each layer times its own rate gives the same product, so that"
        " all squares are $z$ plus constants.  Let $z$ be the smallest, in the encoder, and $v_1^2 = z + d^2$.  Both"
        " factors of the predictor's product rise with $v_1$, so that $v_1$ tends to the $d + g$ at which the product"
        " is $\\rho$, from below and from above; if $\\rho$ is no more than the product at $v_1 = d$, then to $d$, and"
        " the first group of the encoder to zero.  With two groups in the encoder,"
    )
    yield from thresholds[:3]
    yield "with two groups in the predictor,"
    yield from thresholds[3:6]
    yield "and with both:"
    yield from thresholds[6:]
    yield "The rate at the end shows that every layer counts with its own square:"
    yield settles(rate)
    yield "If the smallest group is that of $v_1$ the product vanishes at $z = 0$, and every $\\rho > 0$ survives:"
    yield from open_ones
    yield unbalanced_groups.claim
