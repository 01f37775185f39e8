"""From the options of a command line to a model."""

from __future__ import annotations

from argparse import Namespace

import sympy as sp

from symjepa.cli.arguments import Usage
from symjepa.errors import InvalidDepth, InvalidNumber
from symjepa.exact.numbers import depth, exact_number
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

TEACHERS: dict[str, Teacher] = {
    "live": Live(),
    "ema": EMA(tau),
    "ema-layers": LayerEMA(tau),
    "frozen": Frozen(),
    "shared": Shared(),
}


def model_of(request: Namespace) -> Model:
    """The model that was asked for; options left out mean the paper's.  Raises what the parts raise."""
    data = request.objective == "data"
    if data and request.teacher is not None:
        raise Usage(
            f"--objective data predicts the view itself, so there is no teacher, but got --teacher {request.teacher}: "
            "leave it out, or use --objective latent"
        )
    return Model(
        encoder=Encoder(_depth("--encoder-depth", request.encoder_depth, L, 1)),
        predictor=Predictor(_depth("--predictor-depth", request.predictor_depth, K, 0)),
        objective=DataReconstruction() if data else LatentPrediction(),
        teacher=None if data else TEACHERS[request.teacher or "live"],
        predictor_rate=_rate("--predictor-rate", request.predictor_rate, alpha),
        weight_decay=_rate("--weight-decay", request.weight_decay, eta),
    )


def _depth(option: str, text: str, symbol: sp.Symbol, least: int) -> sp.Expr:
    if text == "symbolic":
        return symbol
    try:
        return sp.Integer(depth(text, least))
    except InvalidDepth as error:
        raise Usage(f"{option}: {error}; or write 'symbolic' for every depth at once") from error


def _rate(option: str, text: str, symbol: sp.Symbol) -> sp.Expr:
    if text == symbol.name:
        return symbol
    try:
        return exact_number(text)
    except InvalidNumber as error:
        raise Usage(f"{option}: {error}; without a number the symbol {symbol} is used") from error


def resolved(request: Namespace, model: Model) -> dict[str, object]:
    """Every option of the model as it was understood."""
    depths = (("encoder_depth", model.encoder.depth), ("predictor_depth", model.predictor.depth))
    return {
        **{name: int(value) if value.is_Integer else "symbolic" for name, value in depths},
        "teacher": model.teacher.name if model.teacher else None,
        "objective": model.objective.name,
        "weight_decay": str(model.weight_decay),
        "predictor_rate": str(model.predictor_rate),
    }
