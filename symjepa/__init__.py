"""symjepa: derive, prove and print the learning dynamics of joint-embedding predictive architectures."""

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
from symjepa.modes.frames import alignment
from symjepa.modes.reduction import ModeFlow, aligned_modes, balanced, product_modes
from symjepa.symbols import K, L, alpha, b, eps, eta, lam, rho, s, sigma2, sigma2_y, t, tau, u, v, w

__version__ = "0.1.0"

__all__ = [
    "EMA",
    "DataReconstruction",
    "Encoder",
    "Frozen",
    "K",
    "L",
    "LatentPrediction",
    "LayerEMA",
    "Live",
    "MatrixFlow",
    "Model",
    "ModeFlow",
    "Predictor",
    "Shared",
    "aligned_modes",
    "alignment",
    "alpha",
    "b",
    "balanced",
    "eps",
    "eta",
    "expected_loss",
    "gradient_flow",
    "lam",
    "product_modes",
    "rho",
    "s",
    "sigma2",
    "sigma2_y",
    "t",
    "tau",
    "u",
    "v",
    "w",
]
