"""Enclose one trajectory of one singular mode: the amplitudes at a time, with every printed digit
proved. The equation is derived from the model; each Taylor step carries a proved remainder. Where the
time or the digits are out of reach, the answer says how far it came, and the exit status is 2."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from symjepa.cli.arguments import Usage, add_format, add_model

if TYPE_CHECKING:
    from symjepa.modes.reduction import ModeFlow
    from symjepa.verify.corroborate.enclose import Enclosure

HELP = "a trajectory of a mode, with proved digits"
EXAMPLES = """\
examples:
  symjepa enclose --encoder-depth 1 --teacher ema --coordinates product \\
    --set lam=7/10 --set sigma2=13/10 --set tau=2/5 --start w=1/10,v=1/10,b=1/10 --time 100 --digits 45
  symjepa enclose --encoder-depth 3 --coordinates balanced --set lam=1,sigma2=1 --start u=1/2 --time 20
  symjepa enclose --encoder-depth 1 --set lam=0.7+-1e-12 --set sigma2=1 --start w_1=0.1,v_1=0.1 --time 5"""

COORDINATES = ("layers", "product", "balanced")
METHOD = (
    "Taylor polynomials with proved defect, inclusion by continuation, mean-value form in a rotating frame; "
    "ball arithmetic by FLINT, rounded outward"
)
STOPPED_SHORT = 2


def add(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_model(parser)
    asked = parser.add_argument_group("trajectory (numbers are exact: 7/10, 0.7; a box is 0.7+-1e-12)")
    asked.add_argument(
        "--coordinates", choices=COORDINATES, default="layers", help="of the mode (default layers: always polynomial)"
    )
    asked.add_argument(
        "--set", action="append", default=[], metavar="NAME=NUMBER", help="a parameter; may be given several times"
    )
    asked.add_argument("--start", action="append", default=[], metavar="NAME=NUMBER,…", help="the amplitudes at time 0")
    asked.add_argument("--time", required=True, metavar="T", help="where the amplitudes are wanted, > 0")
    asked.add_argument("--digits", default="30", metavar="N", help="significant digits to prove (default 30)")
    add_format(parser, "text", "json")


def run(request: Namespace) -> int:
    """Encloses and prints; 2 where it stopped short."""
    from symjepa.cli import version
    from symjepa.exact.numbers import exact_number
    from symjepa.verify.corroborate.enclose import enclose

    modes = _modes(request)
    values, start = _assigned("--set", request.set), _assigned("--start", request.start)
    _known(modes, values, start)
    found = enclose(modes, values, start, exact_number(request.time), _digits(request.digits))
    exit_status = 0 if found.complete else STOPPED_SHORT
    if request.format == "json":
        print(as_json(request, found, version(), values, start, exit_status))
    else:
        print(f"{modes}\n\n{found}")
    return exit_status


def _modes(request: Namespace) -> ModeFlow:
    from symjepa.cli.models import model_of
    from symjepa.flow import gradient_flow
    from symjepa.modes.reduction import aligned_modes, balanced, product_modes

    for option in ("encoder", "predictor"):
        if getattr(request, f"{option}_depth") == "symbolic":
            raise Usage(f"a trajectory needs numeric depths, but the {option} has none: give --{option}-depth N")
    layers = aligned_modes(gradient_flow(model_of(request)))
    if request.coordinates == "layers":
        return layers
    return product_modes(layers) if request.coordinates == "product" else balanced(layers)


def _assigned(option: str, texts: list[str]) -> dict[str, Any]:
    """NAME=NUMBER, several joined by commas or given one by one."""
    found: dict[str, Any] = {}
    for part in (part.strip() for text in texts for part in text.split(",")):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not name:
            raise Usage(f"{option} takes NAME=NUMBER, as in {option} lam=7/10; got {part[:40]!r}")
        if name in found:
            raise Usage(f"{option} gives {name} twice: leave one out")
        found[name] = _number(f"{option} {name}", number)
    return found


def _number(what: str, text: str) -> Any:
    """An exact number, or a ball from `middle+-radius`."""
    from symjepa.errors import InvalidNumber
    from symjepa.exact.numbers import exact_number

    middle, box, radius = text.replace("±", "+-").partition("+-")
    try:
        return _ball(exact_number(middle), exact_number(radius)) if box else exact_number(middle)
    except InvalidNumber as error:
        raise Usage(f"{what}: {error}") from error


def _ball(middle: Any, radius: Any) -> Any:
    """A ball that holds [middle - radius, middle + radius], at ample precision."""
    from flint import arb

    from symjepa.exact.balls import precision, rational

    if radius < 0:
        raise Usage(f"the radius of a box must be >= 0; got {radius}")
    with precision(4096):
        return arb(rational(middle)) + arb(0, arb(rational(radius)).abs_upper())


def _known(modes: ModeFlow, values: dict[str, Any], start: dict[str, Any]) -> None:
    """Every parameter and every amplitude has a value, and nothing else has; said in options."""
    for option, given, wanted in (("--set", values, modes.parameters), ("--start", start, modes.state)):
        names = [str(x) for x in wanted]
        for name in names:
            if name not in given:
                raise Usage(f"{option} {name}=NUMBER is missing: this flow has {', '.join(names)}")
        for name in given:
            if name not in names:
                raise Usage(f"{option} {name}: this flow has no {name[:40]!r}, only {', '.join(names) or 'none'}")


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Usage(f"--digits must be a whole number from 1 to 2000; got {text[:40]!r}")
    return int(text)


def as_json(
    request: Namespace, found: Enclosure, version: str, values: dict[str, Any], start: dict[str, Any], status: int
) -> str:
    """The one object on stdout."""
    from symjepa.cli.models import resolved
    from symjepa.exact.decimals import ball_to_exact
    from symjepa.modes.reduction import ModeFlow
    from symjepa.verify.corroborate.enclose.integrals import held_integrals
    from symjepa.verify.corroborate.enclose.result import proved

    modes = found.modes
    assert isinstance(modes, ModeFlow)
    said = {"parameters": _said(values), "start": _said(start), "time": str(found.time), "digits_asked": found.digits}
    asked = {
        **resolved(request, modes.source.model),
        **{"coordinates": request.coordinates, "set": said["parameters"], "start": said["start"]},
        **{"time": said["time"], "digits": found.digits, "format": "json"},
    }
    answer = {
        "coordinates": modes.coordinates,
        "state": [str(x) for x in modes.state],
        **said,
        "reached": str(found.reached),
        "digits_proved": found.digits_proved,
        "value": {
            str(x): {**ball_to_exact(found.value[x]), "digits": proved(found.value[x], found.digits)}
            for x in modes.state
        },
        "invariants": [_held(held) for held in held_integrals(found)],
        "stop": found.stop.name.lower(),
        "near": None if found.near is None else f"{float(found.near):.9g}",
        "steps": found.steps,
        "method": METHOD,
    }
    head = {"schema": 1, "symjepa": version, "command": "enclose", "request": asked}
    return json.dumps({**head, **answer, "exit": status}, ensure_ascii=False, indent=2)


def _held(held: Any) -> dict[str, object]:
    from symjepa.render.formulas import formula

    return {"quantity": formula(held.law.quantity), "contains_start": held.contains_start}


def _said(given: dict[str, Any]) -> dict[str, object]:
    """Exact numbers as text, boxes as balls."""
    from flint import arb

    from symjepa.exact.decimals import ball_to_exact

    return {name: ball_to_exact(x) if isinstance(x, arb) else str(x) for name, x in given.items()}
