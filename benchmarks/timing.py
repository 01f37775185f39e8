"""Seconds: of work in this process, and of programs in interpreters of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Asked:
    """How often, and the interpreter that has the peers which the project does not install (heyoka, gmpy2)."""

    rounds: int
    peers: str


def timed(work: Callable[[], object]) -> float:
    """Seconds by the clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def busy(work: Callable[[], object]) -> float:
    """Seconds of the processor, for machines are shared."""
    start = time.process_time()
    work()
    return time.process_time() - start


def fresh_import(statement: str) -> float:
    """Seconds that an import takes in a new interpreter."""
    program = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    return float(said(sys.executable, program).split()[0])


def said(
    python: str, program: str, *arguments: object, environment: Mapping[str, str] | None = None, typed: str = ""
) -> str:
    """What a program prints in an interpreter of its own."""
    command = [python, "-c", program, *map(str, arguments)]
    own = {**os.environ, **(environment or {})}
    done = subprocess.run(command, capture_output=True, text=True, env=own, check=False, input=typed)
    if done.returncode:
        raise RuntimeError(f"{python} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


@cache
def version(python: str, module: str) -> str:
    """The version of a module in an interpreter; empty if it has none."""
    attribute = "version()" if module == "gmpy2" else "__version__"
    try:
        return said(python, f"import {module}; print({module}.{attribute})").strip()
    except (RuntimeError, OSError):
        return ""


def lacking(module: str) -> str:
    """What to say of a peer that is not there."""
    return f"needs {module} in the interpreter of `make bench PEERS=python`: `pip install {module}`"
