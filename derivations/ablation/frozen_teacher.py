r"""A frozen teacher makes JEPA a regression on fixed features: no collapse, and nothing learned beyond them.

With τ = 0 the teacher's amplitude b is a parameter, and a balanced mode moves as for the data target with the
covariance λ b.  From every start its prediction converges to ρ b, that of the teacher's feature, if ρ b > 0; a mode
that the teacher does not hold, b = 0, collapses like a power of time.
"""

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, Frozen, LatentPrediction, Model, Predictor
from symjepa.statements.claims import Attracts, Identity, Less, Linearized, Moves, solves
from symjepa.statements.descriptions import modes, pairs
from symjepa.statements.statement import Let, NearMiss, Statement, proves, tex
from symjepa.symbols import K, L, alpha, b, lam, sigma2, t, u, u0

c, g, q = (sp.Symbol(name, positive=True) for name in ("c", "g", "q"))
root, n = alpha ** (K / 2), K + L


def frozen(values=None):
    """A balanced mode under a frozen teacher."""
    return modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Frozen(), alpha), "balanced", values or {})


data = modes(Model(Encoder(L), Predictor(K), DataReconstruction(), None, alpha), "balanced")
regression = Moves(frozen(), u, data.rates[u].xreplace({lam: lam * b}))
held, opposed, absent = (frozen({lam: sigma2 * g, b: side * root * c**n / g}) for side in (1, -1, 0))
speed = alpha**K * sigma2 * u ** (n - 1)
survives = Attracts(held, c, (sp.S.Zero, sp.oo), speed * (c**n - u**n), speed * (u**n - c**n))
rate = -n * alpha**K * sigma2 * c ** (2 * n - 2)
settles = Linearized(held, pairs({u: c}), (rate,), stable=True)
prediction = Moves(held, root * u**n, n * root * u ** (n - 1) * speed * (c**n - u**n))
reversed_ = Attracts(opposed, sp.S.Zero, (sp.S.Zero, sp.oo), above=speed * (u**n + c**n))
forgotten = solves(absent, {u: (u0 ** (-q) + q * alpha**K * sigma2 * t) ** (-1 / q)}, {u: u0}, t)

frozen_teacher = Statement(
    title="A frozen teacher keeps what it holds and teaches nothing else",
    let=(Let(q, 2 * n - 2),),
    hypotheses=(Less(0, K),),
    claim=regression & survives & settles & prediction & reversed_ & forgotten,
    witness={K: 1, L: 2, alpha: 1, sigma2: 1, lam: 1, b: 1, c: 1, g: 1, t: 1, u: 1, u0: 1},
    near_misses=(
        NearMiss(Attracts(opposed, c, (sp.S.Zero, sp.oo)), why="a prediction of the other sign is not reached"),
        NearMiss(
            Linearized(held, pairs({u: c}), (-n * alpha**K * sigma2 * c ** (2 * n - 1),), stable=True),
            why="one exponent",
        ),
        NearMiss(
            solves(absent, {u: (u0 ** (-q) + q * alpha**K * sigma2 * t) ** (-1 / (q + 1))}, {u: u0}, t),
            why="one exponent",
        ),
        NearMiss(Identity(frozen().rates[u], data.rates[u]), why="the covariance is that with the teacher's feature"),
    ),
    source="grill2020byol, Sec. 5",
)


@proves(frozen_teacher)
def theorem():
    yield (
        "In balance a mode moves as for the data target, with $\\lambda b$ in the place of $\\lambda$, where $b$ is the"
        " teacher's amplitude, a constant:"
    )
    yield regression
    yield (
        f"Let $\\rho = g > 0$ and $\\rho b = {tex(root * c**n)}$, so that $\\dot u = {tex(speed * (c**n - u**n))}$."
        "  Every start converges,"
    )
    yield survives
    yield "at a linear rate,"
    yield settles
    yield "and the prediction $v w = \\sqrt\\alpha^K u^{K+L}$ tends to $\\rho b$, where it rests:"
    yield prediction
    yield "For a teacher of the other sign the balanced mode can only give up,"
    yield reversed_
    yield "and so it does if the teacher does not hold the feature at all:"
    yield forgotten
    yield frozen_teacher.claim
