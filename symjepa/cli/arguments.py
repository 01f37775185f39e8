"""What may stand on the command line, and what is said when something else does."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import NoReturn

DESCRIPTION = """\
Derive the learning dynamics of joint-embedding predictive models (JEPA) with deep
linear encoders and predictors, prove theorems about them, and write them down."""

ENDING = """\
examples:
  symjepa derive                               the model of Littwin et al. 2024, every depth
  symjepa derive --encoder-depth 2 --teacher ema
  symjepa check                                prove the book of theorems
  symjepa show noise-decay                     one theorem, with a verdict for every line
  symjepa ledger                               printed claims of others, with a verdict for each reading
  symjepa latex jepa-fixed-point -o paper      a theorem for your own paper
  symjepa reproduce -o build                   all of it: certificates, book, figures, models

`symjepa COMMAND --help` explains one command."""


class Usage(Exception):
    """A command line that cannot be understood; the message is the one line that its author sees."""


class Parser(argparse.ArgumentParser):
    """argparse with one-line errors that name the nearest option."""

    def __init__(self, **settings: object) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        raise Usage(f"{message} (see {self.prog} --help)")

    @property
    def options(self) -> list[str]:
        return [option for action in self._actions for option in action.option_strings]


def parse(commands: Mapping[str, ModuleType], arguments: Sequence[str], version: str) -> argparse.Namespace | None:
    """The request as argparse reads it, or None where help or version was printed."""
    parser = Parser(prog="symjepa", description=DESCRIPTION, epilog=ENDING)
    parser.add_argument("--version", action="version", version=f"symjepa {version}")
    rooms = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=Parser)
    parsers = {name: _added(rooms, name, command) for name, command in commands.items()}
    if not arguments:
        raise Usage(f"a command is needed: {', '.join(commands)} (see symjepa --help)")
    _check_command(arguments[0], commands)
    try:
        request, strangers = parser.parse_known_args(arguments)
    except SystemExit:  # argparse leaves this way after --help and --version
        return None
    if strangers:
        raise Usage(_unknown(strangers[0], parsers[request.command]))
    return request


def _added(rooms: argparse._SubParsersAction[Parser], name: str, command: ModuleType) -> Parser:
    parser = rooms.add_parser(name, help=command.HELP, description=command.__doc__, epilog=command.EXAMPLES)
    command.add(parser)
    return parser


def _check_command(word: str, commands: Mapping[str, ModuleType]) -> None:
    if not word.startswith("-") and word not in commands:
        raise Usage(f"unknown command {word!r}{_nearest(word, list(commands))}; there are {', '.join(commands)}")


def _unknown(word: str, parser: Parser) -> str:
    if not word.startswith("-"):
        return f"{word!r} was not expected here: {parser.prog} takes options only (see {parser.prog} --help)"
    if word[1:2].isdigit():
        joined = "a value cannot start with a minus unless it is joined to its option"
        return f"{joined}, as in --weight-decay=1/10; got {word!r}"
    option = word.partition("=")[0]
    return f"unknown option {option!r}{_nearest(option, parser.options)} (see {parser.prog} --help)"


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def add_model(parser: argparse.ArgumentParser) -> None:
    """The options that say what is trained, shared by every command about one model."""
    model = parser.add_argument_group("model (left out: the paper's, every encoder depth)")
    model.add_argument(
        "--encoder-depth", metavar="N|symbolic", default="symbolic", help="layers of the encoder, 1 to 1000"
    )
    model.add_argument(
        "--predictor-depth", metavar="N|symbolic", default="1", help="layers of the predictor; 0 for none"
    )
    model.add_argument(
        "--teacher",
        choices=("live", "ema", "ema-layers", "frozen", "shared"),
        help="the target's encoder: the student itself (live, the default), a moving average of the product (ema) "
        "or of every layer (ema-layers), a constant (frozen), or the student without stop-gradient (shared)",
    )
    model.add_argument(
        "--objective",
        choices=("latent", "data"),
        default="latent",
        help="predict a representation (default), or the view itself",
    )
    model.add_argument(
        "--weight-decay",
        nargs="?",
        metavar="NUMBER",
        const="eta",
        default="0",
        help="weight decay η, or a number such as 1/10",
    )
    model.add_argument(
        "--predictor-rate",
        nargs="?",
        metavar="NUMBER",
        const="alpha",
        default="1",
        help="learning rate α of the predictor relative to the encoder's, or a number",
    )


def add_format(parser: argparse.ArgumentParser, *formats: str) -> None:
    """How to answer; `--json` is the short form that every command shares."""
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--format", choices=formats, default=formats[0], help=f"how to answer (default {formats[0]})")
    shape.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
