"""symjepa: derive, prove and print the learning dynamics of joint-embedding predictive architectures."""

from typing import TYPE_CHECKING, Any

from symjepa.analysis.fixed_points import fixed_points
from symjepa.analysis.hitting_times import hitting_time
from symjepa.analysis.invariants import invariants
from symjepa.analysis.scaling import homogeneous, weights
from symjepa.analysis.trajectories import trajectory
from symjepa.flow import MatrixFlow, expected_loss, gradient_flow
from symjepa.model import (
    EMA,
    DataReconstruction,
    Encoder,
    Frozen,
    LatentPrediction,
    LayerEMA,
    Live,
    Model,
    Predictor,
    Shared,
)
from symjepa.modes.export import to_heyoka, to_numpy, to_sympy
from symjepa.modes.frames import alignment
from symjepa.modes.reduction import ModeFlow, aligned_modes, balanced, product_modes
from symjepa.symbols import K, L, alpha, b, eps, eta, lam, p, rho, s, sigma2, sigma2_y, t, tau, u, v, w

if TYPE_CHECKING:
    from symjepa.analysis.duels import Order
    from symjepa.analysis.order import Feature, crossings, learning_order
    from symjepa.verify.corroborate.simulate import Moments, descend, simulate

__version__ = "0.1.0"

__all__ = [
    "DataReconstruction",
    "EMA",
    "Encoder",
    "Feature",
    "Frozen",
    "K",
    "L",
    "LatentPrediction",
    "LayerEMA",
    "Live",
    "MatrixFlow",
    "ModeFlow",
    "Model",
    "Moments",
    "Order",
    "Predictor",
    "Shared",
    "aligned_modes",
    "alignment",
    "alpha",
    "b",
    "balanced",
    "crossings",
    "descend",
    "eps",
    "eta",
    "expected_loss",
    "fixed_points",
    "gradient_flow",
    "hitting_time",
    "homogeneous",
    "invariants",
    "lam",
    "learning_order",
    "p",
    "product_modes",
    "rho",
    "s",
    "sigma2",
    "sigma2_y",
    "simulate",
    "t",
    "tau",
    "to_heyoka",
    "to_numpy",
    "to_sympy",
    "trajectory",
    "u",
    "v",
    "w",
    "weights",
]

LATER = {
    **dict.fromkeys(("Moments", "descend", "simulate"), "symjepa.verify.corroborate.simulate"),
    **dict.fromkeys(("Feature", "Order", "crossings", "learning_order"), "symjepa.analysis.order"),
}
"""What is imported when it is asked for, and from where: numbers, and all that computes with them."""


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(LATER[name]), name)
