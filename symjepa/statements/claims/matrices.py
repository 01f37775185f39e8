r"""Claims about matrices: words, their drift along a flow, losses, alignment, and hypotheses on letters.

Soundness.  Data only: a claim means what the docstring of its class says, and `obligations.matrices` asks for no less.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Matrix, WordSum
from symjepa.model import Model
from symjepa.statements.claims.relations import Relation
from symjepa.statements.claims.sentences import Claim, Pairs, _exact
from symjepa.statements.descriptions import Layers


@dataclass(frozen=True)
class WordIdentity(Claim):
    """Two word sums are the same matrix, whatever the letters, where `on` holds."""

    lhs: WordSum
    rhs: WordSum
    on: tuple[Claim, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Drift(Claim):
    """The time derivative of a word sum along a matrix flow is `equals`, where `on` holds (relations, or hypotheses on
    letters).
    """

    flow: Layers
    of: WordSum
    equals: WordSum
    on: tuple[Claim, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Decays(Claim):
    r"""A word sum q obeys $q(t) = e^{rate\,t} q(0)$ along a matrix flow, where `on` holds (relations of constants)."""

    flow: Layers
    of: WordSum
    rate: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Dissipates(Claim):
    r"""tr(form) never grows: its derivative is $-\sum_i c_i \operatorname{tr}(X_i^\top X_i)$ with the (c_i ≥ 0, X_i)
    exhibited in `by`.
    """

    flow: Layers
    form: WordSum
    by: tuple[tuple[sp.Expr, WordSum], ...]
    on: tuple[Claim, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Decouples(Claim):
    """Layers diagonal in common frames stay so for all amplitudes exactly when the covariances are diagonal in the
    reported frames.

    Sufficient: the flow is typed under its alignment, so every off-diagonal drift is zero.  Necessary: the drift at
    (i, j) is a combination of the off-diagonal entries of the covariances, whose amplitudes are linearly independent:
    the determinant of their values at the `probes` (layer amplitudes of encoder, predictor and teacher, one probe for
    each covariance) is not zero. `apart` names ends that are claimed to need no common frame with their neighbours.
    """

    flow: Layers
    probes: tuple[Pairs, ...]
    apart: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class LossIs(Claim):
    """The expected loss of a model is `traces`, and so is its mean over any finite sample, with the sample's own
    covariances.
    """

    model: Model
    traces: TraceSum
    why: str = ""


@dataclass(frozen=True)
class TargetNoise(Claim):
    r"""With the target y + n for y, n of mean zero, the expected loss gains `loss` and the rates of the layers gain
    `gains`.

    `gains`: (W_l, gain) and (P_k, gain) for the generic layer of a stack; what is not listed gains nothing.  The
    covariances of the noise are the letters Snn = E n nᵀ, Syn = E y nᵀ and Snx = E n xᵀ; unless `correlated`, the noise
    is uncorrelated with the context, Snx = 0.
    """

    model: Model
    loss: TraceSum
    gains: tuple[tuple[WordSum, WordSum], ...] = ()
    correlated: bool = False
    why: str = ""


@dataclass(frozen=True)
class Growth:
    r"""V = Σ c_i ‖X_i‖² (pairs (c_i, X_i) in `form`) obeys D V ≤ rate·V + tr(source), for layers on which `on` holds.

    Certificate: rate·V + tr(source) - D V = Σ a_i ‖A_i‖² + Σ b_i tr(B_i (c - Σyy) B_iᵀ), with (a_i, A_i) in `squares`,
    words that may hold the views x and y, whose moments are the covariances, and (b_i, B_i) in `below`, where Σyy ≤ c.
    """

    form: tuple[tuple[sp.Expr, WordSum], ...]
    rate: sp.Expr
    squares: tuple[tuple[sp.Expr, WordSum], ...]
    below: tuple[tuple[sp.Expr, WordSum], ...] = ()
    source: WordSum | None = None
    on: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", _exact(self.rate))
        for name in ("form", "squares", "below"):
            object.__setattr__(self, name, tuple((_exact(weight), words) for weight, words in getattr(self, name)))


@dataclass(frozen=True)
class Lasts(Claim):
    """Every solution of the matrix flow exists for all times, and each form grows at most as its `Growth` says.

    Every moving letter is in some form.  `on`: no more than a ceiling for Σyy (`Below`).
    """

    flow: Layers
    growths: tuple[Growth, ...]
    on: tuple[Below, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Below(Claim):
    """A hypothesis on a symmetric letter: it is at most `bound` times the identity."""

    letter: Matrix
    bound: sp.Expr
    why: str = ""


@dataclass(frozen=True)
class Annihilates(Claim):
    """A hypothesis on letters: left · right = value, for two letters; wherever they meet (or their transposes),
    `value` may stand.
    """

    left: Matrix
    right: Matrix
    value: WordSum
    why: str = ""
