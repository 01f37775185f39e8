"""The command line: one module per command, imported when it is called.

A command is a module with `HELP`, `EXAMPLES`, `add(parser)` and `run(request)`; to add one, write it and name it in
`COMMANDS`. Exit status: 0 as expected, 1 something is refuted, 2 undecided, 64 usage or bad input, 70 our own error,
74 cannot write.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from symjepa.cli.arguments import Usage, parse
from symjepa.errors import SymjepaError

COMMANDS = ("derive", "enclose", "check", "list", "show", "ledger", "latex", "new", "reproduce")

OK, REFUTED, UNDECIDED, USAGE, INTERNAL, CANNOT_WRITE = 0, 1, 2, 64, 70, 74


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status; every failure is one line on stderr."""
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        return status
    except (Usage, SymjepaError) as error:
        return _complain(str(error), USAGE)
    except BrokenPipeError:
        return _hang_up()
    except OSError as error:
        return _complain(f"cannot write {error.filename or 'the output'}: {error.strerror or error}", CANNOT_WRITE)
    except KeyboardInterrupt:
        return _complain("interrupted; files already written are whole", 130)
    except Exception as error:
        return _complain(_for_report(error), INTERNAL)


def _run(arguments: Sequence[str]) -> int:
    commands = {name: import_module(f"symjepa.cli.{name}") for name in COMMANDS}
    request = parse(commands, arguments, version())
    return OK if request is None else int(commands[request.command].run(request))


def version() -> str:
    """The version on the package's front page, which is loaded already when any of its modules is."""
    return str(import_module("symjepa").__version__)


def _complain(message: str, status: int) -> int:
    print("symjepa: " + " ".join(message.split()), file=sys.stderr)
    return status


def _for_report(error: Exception) -> str:
    """Our own mistake, with the place where it happened: all that a report needs besides the command."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return f"internal error, please report it with your command: {type(error).__name__} at {place}: {error}"


def _hang_up() -> int:
    """The reader has gone; Python would complain once more when it closes stdout, so stdout leads nowhere from here."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK
