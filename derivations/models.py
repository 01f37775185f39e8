"""The models of the book, for every depth: descriptions only."""

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
    Teacher,
)
from symjepa.symbols import K, L, alpha, eta, tau

STOPPED: dict[str, Teacher] = {"live": Live(), "ema": EMA(tau), "ema-layers": LayerEMA(tau), "frozen": Frozen()}


def latent(teacher: Teacher) -> Model:
    """Prediction in latent space, any depths, rates α and η."""
    return Model(Encoder(L), Predictor(K), LatentPrediction(), teacher, alpha, eta)


data = Model(Encoder(L), Predictor(K), DataReconstruction(), None, alpha, eta)
shared = latent(Shared())
stopped = (*(latent(teacher) for teacher in STOPPED.values()), data)
