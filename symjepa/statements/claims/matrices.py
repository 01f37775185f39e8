r"""Claims about matrices: words, their drift along a flow, losses, alignment, and hypotheses on letters.

Soundness.  Data only: a claim means what the docstring of its class says, and `obligations.matrices` asks for no less.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.exact.words import Matrix, TraceSum, WordSum
from symjepa.model import Model
from symjepa.statements.claims.sentences import Claim, Pairs
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
class Annihilates(Claim):
    """A hypothesis on letters: left · right = value, for two letters; wherever they meet (or their transposes),
    `value` may stand.
    """

    left: Matrix
    right: Matrix
    value: WordSum
    why: str = ""
