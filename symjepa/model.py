r"""What is trained, and which target: frozen nouns, no computation.

The learner is a deep linear encoder $W = W_L \cdots W_1$ and a deep linear predictor $P = P_K \cdots P_1$.  Its loss
is $\tfrac12 E\|P W x - \mathrm{sg}[\overline{W} y]\|^2$ (latent target) or $\tfrac12 E\|P W x - y\|^2$ (data target),
and its layers move by $\dot W_l = -\partial\mathcal L/\partial W_l - \eta W_l$, $\dot P_k = -\alpha\,\partial\mathcal
L/\partial P_k - \eta P_k$.

Soundness.  Nouns only.  Depths are whole numbers or integer symbols that are no layer index, rates are exact numbers
or symbols of known sign that mean nothing else, and parts that do not go together are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symjepa.errors import InvalidDepth, InvalidModel, InvalidNumber
from symjepa.symbols import alpha, eta, j, k, l, meaning, n, tau

DEEPEST = 1000
INDICES = frozenset((l, k, j, n))
RATES = frozenset((alpha, tau, eta))


def _depth(what: str, value: int | sp.Expr, least: int) -> sp.Expr:
    """A depth as a SymPy integer or an integer-valued symbol."""
    needed = f"{what} depth must be a whole number from {least} to {DEEPEST}, or an integer symbol"
    if isinstance(value, bool) or not isinstance(value, (int, sp.Expr)):
        raise InvalidDepth(f"{needed}; got {value!r}", value=value)
    depth = sp.Integer(value) if isinstance(value, int) else value
    if depth.is_Number and not (depth.is_Integer and least <= depth <= DEEPEST):
        raise InvalidDepth(f"{needed}; got {depth}", value=value)
    admitted = depth.is_Symbol and depth.is_integer and (depth.is_positive if least else depth.is_nonnegative)
    if not depth.is_Number and (not admitted or depth in INDICES):
        raise InvalidDepth(
            f"{needed}; got {depth} (use symjepa.K for the predictor, symjepa.L for the encoder)", value=value
        )
    return depth


def _rate(what: str, value: int | sp.Expr, positive: bool) -> sp.Expr:
    """A rate as an exact number or a symbol of known sign."""
    needed = f"{what} must be {'positive' if positive else 'nonnegative'}: an exact number or a symbol assumed so"
    if isinstance(value, (bool, float)) or not isinstance(value, (int, sp.Expr)):
        raise InvalidNumber(f"{needed}; got {value!r} (write 7/10 as sympy.Rational(7, 10))", value=value)
    rate = sp.Integer(value) if isinstance(value, int) else value
    if not (rate.is_Rational or rate.is_Symbol) or not (rate.is_positive if positive else rate.is_nonnegative):
        raise InvalidNumber(f"{needed}; got {rate}", value=value)
    if rate.is_Symbol and meaning(rate) is not None and rate not in RATES:
        raise InvalidModel(f"{what} needs a symbol of its own; {rate} already means {meaning(rate).words}")  # type: ignore[union-attr]
    return rate


@dataclass(frozen=True, slots=True)
class Encoder:
    """W = W_L ⋯ W_1, m × d, with `depth` = L ≥ 1 layers."""

    depth: sp.Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth("encoder", self.depth, 1))


@dataclass(frozen=True, slots=True)
class Predictor:
    """P = P_K ⋯ P_1, m × m (latent target) or d × m (data target); `depth` = K ≥ 0, where 0 means no predictor."""

    depth: sp.Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth("predictor", self.depth, 0))


@dataclass(frozen=True, slots=True)
class Live:
    """W̄ = W under stop-gradient: the EMA teacher in the limit τ → ∞."""

    name = "live"


@dataclass(frozen=True, slots=True)
class EMA:
    """W̄ follows the product, dW̄/dt = τ (W - W̄)."""

    tau: sp.Expr
    name = "ema"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tau", _rate("teacher rate tau", self.tau, positive=True))


@dataclass(frozen=True, slots=True)
class LayerEMA:
    """Each layer W̄_l follows W_l, and W̄ is their product: what real JEPAs do."""

    tau: sp.Expr
    name = "ema-layers"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tau", _rate("teacher rate tau", self.tau, positive=True))


@dataclass(frozen=True, slots=True)
class Frozen:
    """W̄ is constant: the EMA teacher with τ = 0."""

    name = "frozen"


@dataclass(frozen=True, slots=True)
class Shared:
    """W̄ = W without stop-gradient: gradients flow through both branches."""

    name = "shared"


Teacher = Live | EMA | LayerEMA | Frozen | Shared


@dataclass(frozen=True, slots=True)
class LatentPrediction:
    """Predict the teacher's representation of the target view (JEPA)."""

    name = "latent"


@dataclass(frozen=True, slots=True)
class DataReconstruction:
    """Predict the target view itself (reconstruction, "MAE")."""

    name = "data"


Objective = LatentPrediction | DataReconstruction


@dataclass(frozen=True, slots=True)
class Model:
    """A learner: architecture, target, and the rates α (predictor) and η (weight decay).

    `teacher` is needed for the latent target and has no meaning for the data target.  α = 1 and η = 0 are the paper's
    model. Raises InvalidModel where the parts do not go together.
    """

    encoder: Encoder
    predictor: Predictor
    objective: Objective
    teacher: Teacher | None = None
    predictor_rate: sp.Expr = sp.S.One
    weight_decay: sp.Expr = sp.S.Zero

    def __post_init__(self) -> None:
        _check_types(self)
        object.__setattr__(self, "predictor_rate", _rate("predictor rate alpha", self.predictor_rate, positive=True))
        object.__setattr__(self, "weight_decay", _rate("weight decay eta", self.weight_decay, positive=False))
        _check_parts(self)

    @property
    def latent(self) -> bool:
        return isinstance(self.objective, LatentPrediction)


def _check_types(model: Model) -> None:
    kinds = {"encoder": Encoder, "predictor": Predictor, "objective": Objective, "teacher": Teacher | None}
    for name, kind in kinds.items():
        part = getattr(model, name)
        if not isinstance(part, kind):
            hint = f"; write {part.__name__}(…)" if isinstance(part, type) else ""
            raise InvalidModel(f"the {name} of a model must be {kind}, but got {part!r}{hint}")


def _check_parts(model: Model) -> None:
    if model.latent and model.teacher is None:
        raise InvalidModel("a latent target needs a teacher (Live, EMA, LayerEMA, Frozen or Shared); got none")
    if not model.latent and model.teacher is not None:
        raise InvalidModel(
            f"a data target has no teacher, but got teacher={model.teacher}: leave it out, or predict in latent space"
        )
    if not model.latent and model.predictor.depth == 0:
        raise InvalidModel(
            "a data target needs a predictor of depth at least 1, for P W must map context to target; got depth 0"
        )
    if model.predictor.depth == 0 and model.predictor_rate != 1:
        raise InvalidModel(
            f"a predictor rate needs a predictor, but its depth is 0 and alpha={model.predictor_rate}: leave it at 1"
        )
