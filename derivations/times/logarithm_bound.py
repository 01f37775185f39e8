r"""How far $\log(1 - y)$ is from 0, with constants: $0 \leq -\log(1 - y) \leq y/(1 - y)$ for $0 \leq y < 1$.

A lemma for the remainders of critical times.
"""

import sympy as sp

from symjepa.statements.claims import AtMost, Chain, Less
from symjepa.statements.statement import NearMiss, Statement, proves

y = sp.Symbol("y", nonnegative=True)
size = -sp.log(1 - y)

logarithm_bound = Statement(
    title="The logarithm of 1 - y lies between 0 and -y/(1 - y)",
    hypotheses=(Less(y, 1),),
    claim=AtMost(0, size) & AtMost(size, y / (1 - y)),
    witness={y: sp.Rational(1, 2)},
    near_misses=(
        NearMiss(AtMost(size, y), why="it is more than y"),
        NearMiss(AtMost(size, y**2 / (1 - y)), why="one exponent"),
    ),
)


@proves(logarithm_bound)
def theorem():
    yield "At $y = 0$ the logarithm vanishes, and on the way to $y$ it grows in size:"
    yield AtMost(0, size, by=Chain(y, sp.S.Zero, 1 / (1 - y)))
    yield "The other gap vanishes there too, and its derivative is $y/(1 - y)^2$:"
    yield AtMost(size, y / (1 - y), by=Chain(y, sp.S.Zero, y / (1 - y) ** 2))
    yield logarithm_bound.claim
