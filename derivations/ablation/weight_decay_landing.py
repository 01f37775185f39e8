r"""At the threshold of weight decay a mode comes down to its last amplitude like 1/t, for both targets at every depth.

At η = η_c the growth rate h(u) - η of `weight-decay-threshold` touches zero at u = c and is negative elsewhere.  Beyond
c it lies below a parabola: its slope vanishes at c, and the slope of the slope is at most what it is there.  So u - c
falls at least as fast as the solution x of $x' = -r x^2$.

With m and m + n for the exponents of h, c^n = m e, and λ and η as there, r is any number up to α^K σ² n (m+n)
c^{m+n-1}/2, which is the coefficient at c.  For one layer each see
`weight-decay-threshold`; reconstruction with one layer each has nothing to land on, and collapses like t^{-1/2}
(`weight-decay-reconstruction`).
"""

from dataclasses import dataclass

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import AtMost, Chain, Identity, Less, Monotone, dominated
from symjepa.statements.descriptions import modes
from symjepa.statements.statement import NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, eta, lam, sigma2, t, u

c, x0, e, f, r, q = (sp.Symbol(name, positive=True) for name in ("c", "x0", "e", "f", "r", "q"))
latent = Model(Encoder(L), Predictor(K), LatentPrediction(), Live(), alpha, eta)
data = Model(Encoder(L), Predictor(K), DataReconstruction(), None, alpha, eta)


@dataclass(frozen=True)
class Touching:
    """A balanced mode at the threshold: m and m + n are the exponents of h, e is c^n/m, and r a coefficient."""

    model: Model
    m: sp.Expr
    n: sp.Expr
    e: sp.Expr
    r: sp.Symbol

    @property
    def flow(self):
        """λ and η in terms of c."""
        scale = alpha**K * sigma2
        covariance = (self.m + self.n) * alpha ** (K / 2) * sigma2 * self.e
        return modes(self.model, "balanced", {lam: covariance, eta: self.n * scale * self.e * c**self.m})

    @property
    def bend(self):
        """The second derivative of η_c - h at c, over α^K σ²."""
        return (self.m + self.n) * self.n * c ** (self.m + self.n - 2)

    @property
    def depth(self):
        """η_c - h, over α^K σ²."""
        return u ** (self.m + self.n) - (self.m + self.n) * self.e * u**self.m + self.n * self.e * c**self.m

    @property
    def begins(self):
        """It vanishes at c."""
        m, n = self.m, self.n
        return AtMost(m * self.e * c**m, c ** (m + n), by=c**m * (c**n - m * self.e))

    @property
    def parabola(self):
        """Beyond c it is at least a parabola, for its slope is at least a line, for that has at least this slope."""
        m, n, even = self.m, self.n, self.m + self.n - 2
        slope = (m + n) * u ** (m - 1) * (u**n - m * self.e)
        steeper = (m + n) * ((m - 1) * u ** (m - 2) * (u**n - m * self.e) + n * (u**even - c**even))
        powers = (
            AtMost(c**n, u**n, by=Monotone(c, u, n)),
            AtMost(m * self.e, u**n, by=Chain(u, c, n * u ** (n - 1))),
            AtMost(c**even, u**even, by=Chain(u, c, even * u ** (even - 1))),
        )
        line = AtMost(self.bend * (u - c), slope, by=Chain(u, c, steeper, using=powers))
        chain = Chain(u, c, slope - self.bend * (u - c), using=(*powers, line))
        return AtMost(self.bend / 2 * (u - c) ** 2, self.depth, by=chain)

    @property
    def most(self):
        """The coefficient at c."""
        return alpha**K * sigma2 * self.bend / 2 * c

    def lands(self, factor=1):
        """u - c under a power of time."""
        scale, half, gap, speed = alpha**K * sigma2, self.bend / 2, u - c, factor * self.r
        by = scale * (u * (self.depth - half * gap**2) + half * gap**3) + (self.most - self.r) * gap**2
        bound = x0 / (1 + speed * x0 * t)
        on, using = (Less(c, u),), (self.parabola,)
        return dominated(self.flow, gap, x0, bound, -speed * x0**2, t, by, on=on, using=using)


jepa, mae = Touching(latent, K + 2 * L - 2, K, e, r), Touching(data, K + L - 2, K + L, f, q)
near = sp.Rational(301, 100)
numbers = {K: 1, L: 2, alpha: 1, sigma2: 1, lam: 1, eta: 1, c: 3, e: 1, f: 27, r: 54, q: 162, x0: 1, t: 1, u: near}

positive = Less(0, K), Less(2, K + L)
limits = AtMost(r, jepa.most), AtMost(q, mae.most)

weight_decay_landing = Statement(
    title="At the threshold of weight decay a mode comes down to its last amplitude at least as fast as 1/t",
    hypotheses=(
        Less(0, K),
        Less(0, eta),
        Less(2, K + L),
        Identity(c**K, jepa.m * e),
        Identity(c ** (K + L), mae.m * f),
        *limits,
    ),
    claim=jepa.lands() & mae.lands(),
    witness=numbers,
    near_misses=(
        NearMiss(jepa.lands(2), at=numbers, why="twice as fast"),
        NearMiss(mae.lands(2), at=numbers, why="twice as fast"),
        NearMiss(
            dominated(jepa.flow, u - c, x0, x0 * sp.exp(-t), -x0, t, on=(Less(c, u),)),
            at={**numbers, u: sp.Rational(3001, 1000)},
            why="the approach is not exponential",
        ),
    ),
    source="tian2021directpred, Sec. 3, for the threshold",
)


@proves(weight_decay_landing)
def theorem():
    yield "At the threshold $c^K = (K + 2L - 2) e$, so that"
    yield jepa.begins
    yield (
        f"The growth rate of a balanced layer is $-\\alpha^K \\sigma^2$ times $$ {tex(jepa.depth)}, $$ which vanishes"
        f" at $c$ with its slope, and is at least ${tex(jepa.bend / 2)}\\,(u - c)^2$ beyond:"
    )
    yield jepa.lands()
    yield "For the data target the exponents of $h$ are $K + L - 2$ and $2K + 2L - 2$, and $c^{K+L} = (K + L - 2) f$:"
    yield mae.begins
    yield mae.lands()
    yield weight_decay_landing.claim
