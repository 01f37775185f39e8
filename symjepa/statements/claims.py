r"""The closed set of claims.

Every claim is a universally quantified sentence over exact points: its free symbols range over the domain that the
hypotheses of the statement describe.  Limits and orders carry their bound and their constants explicitly.  So a false
claim has a point, and a true one is a few identities and signs (`symjepa.verify.obligations`).

A claim is data: it can be printed, compiled, and mutated; it knows nothing of how it is decided.

Soundness.  What a claim means is its docstring; `symjepa.verify.obligations` must ask for no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.exact.words import Matrix, TraceSum, WordSum
from symjepa.model import Model
from symjepa.statements.descriptions import Flow, Layers, pairs

Pairs = tuple[tuple[sp.Expr, sp.Expr], ...]


@dataclass(frozen=True)
class Claim:
    """A sentence that can be PROVED, REFUTED, or stay UNDECIDED."""

    def __and__(self, other: Claim) -> All:
        return All((*parts(self), *parts(other)))


@dataclass(frozen=True)
class All(Claim):
    """Every one of several claims."""

    claims: tuple[Claim, ...]


def parts(claim: Claim) -> tuple[Claim, ...]:
    """The conjuncts of a claim, in order."""
    return tuple(part for inner in claim.claims for part in parts(inner)) if isinstance(claim, All) else (claim,)


def _exact(number: sp.Expr | int) -> sp.Expr:
    return sp.Integer(number) if isinstance(number, int) else number


@dataclass(frozen=True)
class _Pair(Claim):
    """Two sides of a relation.  SymPy's own would evaluate to True before anyone could print or check them."""

    lhs: sp.Expr
    rhs: sp.Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", _exact(self.lhs))
        object.__setattr__(self, "rhs", _exact(self.rhs))


@dataclass(frozen=True)
class Identity(_Pair):
    """lhs = rhs on the whole domain."""

    why: str = ""


@dataclass(frozen=True)
class Less(_Pair):
    """lhs < rhs on the whole domain.  `by` is a certificate: an expression equal to rhs - lhs that is visibly
    positive, or a `Chain`.
    """

    by: sp.Expr | Chain | Monotone | None = None
    why: str = ""


@dataclass(frozen=True)
class AtMost(_Pair):
    """lhs ≤ rhs on the whole domain; `by` as for `Less`, visibly nonnegative."""

    by: sp.Expr | Chain | Monotone | None = None
    why: str = ""


@dataclass(frozen=True)
class Unequal(_Pair):
    """lhs ≠ rhs on the whole domain."""

    why: str = ""


@dataclass(frozen=True)
class Monotone:
    """Certificate of a gap between two powers: 0 < low ≤ high, so high^power - low^power has the sign of the power."""

    low: sp.Expr
    high: sp.Expr
    power: sp.Expr


@dataclass(frozen=True)
class Chain:
    """Certificate that f > 0 for x > x0: f is nonnegative at x0 and its derivative is positive beyond (visibly equal
    to `slope`).
    """

    variable: sp.Symbol
    start: sp.Expr
    slope: sp.Expr | None = None


Relation = Identity | Less | AtMost | Unequal


@dataclass(frozen=True)
class Iff(Claim):
    """One relation holds exactly where the other does.  `by`: the positive factor that turns one gap into the other."""

    left: Relation
    right: Relation
    by: sp.Expr
    why: str = ""


@dataclass(frozen=True)
class SumCloses(Claim):
    """For every integer `upper` ≥ lo - 1: the sum of `term` over index = lo … upper is `closed`.  Later lines may use
    it.
    """

    term: sp.Expr
    index: sp.Symbol
    lo: sp.Expr
    upper: sp.Symbol
    closed: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


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
class Moves(Claim):
    """The time derivative of a quantity along a mode flow is `rate`."""

    flow: Flow
    quantity: sp.Expr
    rate: sp.Expr
    why: str = ""


@dataclass(frozen=True)
class Conserved(Claim):
    """D quantity = rate · quantity along a mode flow."""

    flow: Flow
    quantity: sp.Expr
    rate: sp.Expr = sp.S.Zero
    why: str = ""


@dataclass(frozen=True)
class Solves(Claim):
    """`values` (functions of `time`) are the solution of the flow from `start`, for all times on which `on` holds.

    `using`: relations that are shown first, on the same times, and then known.
    """

    flow: Flow
    values: Pairs
    start: Pairs
    time: sp.Symbol
    on: tuple[Relation, ...] = ()
    using: tuple[Relation, ...] = ()
    why: str = ""


def solves(
    flow: Flow,
    values: Mapping[sp.Expr, sp.Expr],
    start: Mapping[sp.Expr, sp.Expr],
    time: sp.Symbol,
    on: tuple[Relation, ...] | None = None,
    using: tuple[Relation, ...] = (),
    why: str = "",
) -> Solves:
    """`Solves` from mappings; by default for all times ≥ 0."""
    return Solves(flow, pairs(values), pairs(start), time, (AtMost(0, time),) if on is None else on, using, why)


@dataclass(frozen=True)
class Implicit(Claim):
    """`clock`, a function of the state, advances at constant `speed` along the flow and is strictly monotone where
    `on` holds.

    So the trajectory is clock(state) = clock(start) + speed · t.
    """

    flow: Flow
    clock: sp.Expr
    speed: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Hits(Claim):
    """From `start` the one-dimensional flow reaches `stop` for the first time at `time`."""

    flow: Flow
    start: sp.Expr
    stop: sp.Symbol
    time: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Root(Claim):
    """`of` has exactly one zero in `variable` strictly between the two ends, where it crosses upward (`rising`) or
    downward.
    """

    of: sp.Expr
    variable: sp.Symbol
    between: tuple[sp.Expr, sp.Expr]
    rising: bool
    why: str = ""


@dataclass(frozen=True)
class Component:
    """A set of fixed points: `equations` (each zero), solved by `at`; each equation is x^power - value^power for one
    state variable.
    """

    at: Pairs
    equations: tuple[sp.Expr, ...]
    power: sp.Expr = sp.S.One


def component(at: Mapping[sp.Expr, sp.Expr], equations: tuple[sp.Expr, ...], power: sp.Expr = sp.S.One) -> Component:
    """`Component` from a mapping."""
    return Component(pairs(at), equations, power)


@dataclass(frozen=True)
class Cofactors:
    """Σ coefficient · rate = unit · Π (one equation of each component), with unit ≠ 0 on the domain."""

    coefficients: Pairs
    unit: sp.Expr


@dataclass(frozen=True)
class Zeros(Claim):
    """The fixed points of the flow on its domain (and `on`) are exactly the listed components.

    One `Cofactors` for each way to choose one equation from every component, in the order of `itertools.product`.
    """

    flow: Flow
    components: tuple[Component, ...]
    cofactors: tuple[Cofactors, ...]
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Linearized(Claim):
    """The flow linearised at a fixed point has the listed `rates`; those not among the `family`'s zeros have the
    stated sign.

    `family`: state variables that parametrise a manifold of fixed points through the point, one zero rate for each.
    """

    flow: Flow
    at: Pairs
    rates: tuple[sp.Expr, ...]
    stable: bool
    family: tuple[sp.Expr, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Invariant(Claim):
    """The set where `quantity` ≥ 0 is not left while `on` holds: on its face x = value, quantity = unit·(x - value),
    it does not decrease.
    """

    flow: Flow
    quantity: sp.Expr
    face: Pairs
    unit: sp.Expr
    on: tuple[Relation, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Converges(Claim):
    """Every start of the one-dimensional flow in the basin (lower, upper) converges to `to`; `upper` may be oo.

    The rate is unit·(to^power - x^power) with unit and power positive: positive below `to`, negative above.
    """

    flow: Flow
    to: sp.Expr
    lower: sp.Expr
    upper: sp.Expr
    unit: sp.Expr
    power: sp.Expr
    why: str = ""


@dataclass(frozen=True)
class Within(Claim):
    """|expr - of| ≤ by: a limit, an order, or the error of a reduction, constants explicit.  `upper`/`lower`: visible
    forms of the gaps.
    """

    expr: sp.Expr
    of: sp.Expr
    by: sp.Expr
    above: sp.Expr | None = None
    below: sp.Expr | None = None
    why: str = ""

    def __post_init__(self) -> None:
        for name in ("expr", "of", "by"):
            object.__setattr__(self, name, _exact(getattr(self, name)))


@dataclass(frozen=True)
class Annihilates(Claim):
    """A hypothesis on letters: left · right = value, for two letters; wherever they meet (or their transposes),
    `value` may stand.
    """

    left: Matrix
    right: Matrix
    value: WordSum
    why: str = ""
