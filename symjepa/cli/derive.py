"""Derive the training dynamics of one model: its loss, the gradient flow of every layer, the
alignment of frames under which it splits into singular modes, and the equation of a mode in
three coordinate systems: the amplitude of every layer (layers), of encoder, predictor and
teacher (product), and the common amplitude of all layers (balanced). With invariants, fixed points,
their conditions and rates, trajectories, and the theorems of the book that speak of the model."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from textwrap import fill
from typing import TYPE_CHECKING

from symjepa.cli.arguments import add_format, add_model

if TYPE_CHECKING:
    from symjepa.model import Model

HELP = "from a model to the equations of its singular modes"
EXAMPLES = """\
examples:
  symjepa derive
  symjepa derive --encoder-depth 3 --predictor-depth 2 --teacher ema-layers --weight-decay
  symjepa derive --objective data --coordinates balanced
  symjepa derive --predictor-rate 1/4 --json
  symjepa derive --format latex > modes.tex    (\\input it where amsmath is loaded)"""

COORDINATES = ("layers", "product", "balanced")


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_model(parser)
    answer = parser.add_argument_group("answer")
    answer.add_argument(
        "--coordinates", action="append", choices=COORDINATES, help="only these coordinates; may be given several times"
    )
    add_format(parser, "text", "latex", "json")


def run(request: Namespace) -> int:
    """Derives and prints; coordinates that do not exist are part of the answer, unless they were asked for by name."""
    from symjepa.cli import version
    from symjepa.cli.models import model_of
    from symjepa.render.account import account

    model = model_of(request)
    wanted = tuple(request.coordinates or COORDINATES)
    answer = account(model, wanted)
    if request.coordinates and answer.refused:
        raise answer.refused[0].error
    if request.format == "json":
        print(as_json(request, answer, version()))
    elif request.format == "latex":
        from symjepa.render.latex import fragment

        print(fragment(answer, version()), end="")
    else:
        from symjepa.render.report import report

        print(report(answer, version()), end="")
        print(_theorems(answer.model))
    return 0


def _theorems(model: Model) -> str:
    """Labels of what the book says of the model, in the order of reading."""
    from symjepa.cli.about import about
    from symjepa.render.report import WIDTH

    labels = ", ".join(one.label for one in about(model))
    listed = fill(labels, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return f"\nTheorems that speak of this model (`symjepa show LABEL`)\n{listed}"


def as_json(request: Namespace, answer: object, version: str) -> str:
    """The one object on stdout."""
    from symjepa.cli.about import about
    from symjepa.cli.models import resolved
    from symjepa.render.account import Account
    from symjepa.render.objects import account_object

    assert isinstance(answer, Account)
    wanted = [name for name in COORDINATES if name in (request.coordinates or COORDINATES)]
    asked = {**resolved(request, answer.model), "coordinates": wanted, "format": "json"}
    head = {"schema": 1, "symjepa": version, "command": "derive", "request": asked}
    theorems = [
        {"label": one.label, "title": one.title, "kind": one.kind, "at": {str(x): str(value) for x, value in one.at}}
        for one in about(answer.model)
    ]
    return json.dumps({**head, **account_object(answer), "theorems": theorems, "exit": 0}, ensure_ascii=False, indent=2)
