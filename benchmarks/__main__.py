"""`make bench`: every time as a ratio to `import sympy`, measured side by side, medians and spread, into RESULTS.md.

Imports are timed in fresh interpreters, taken in turn so that a slow minute hits both.  Depths are drawn from 1 to 10
and symbolic.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import sympy as sp

import symjepa as sj
from symjepa.exact import words
from symjepa.exact.scalars import normal
from symjepa.modes.frames import alignment, ends
from symjepa.symbols import layer_amplitude

IMPORTS = ("import sympy", "import symjepa")
ROUNDS, REPEATS = 9, 7
CHECKS = 3
IMPORT_BAR, FLOW_BAR, CHECK_BAR = 1.5, 0.2, 200
CACHED = (alignment, ends, words._key, words._short, layer_amplitude, normal)
RESULTS = Path(__file__).parent / "RESULTS.md"


def fresh_import(statement: str) -> float:
    """Seconds that an import takes in a new interpreter."""
    program = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout)


def cold_check() -> float:
    """Seconds for the whole book, fast effort, in a new interpreter and one process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "symjepa", "check", "--jobs", "1"], capture_output=True, check=True)
    return time.perf_counter() - start


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def to_one(model: sj.Model) -> None:
    """Loss → matrix flow → alignment → balanced coordinates; product coordinates where balance is not kept."""
    modes = sj.aligned_modes(sj.gradient_flow(model))
    (sj.product_modes if isinstance(model.teacher, sj.Shared) else sj.balanced)(modes)


def to_all(model: sj.Model) -> None:
    """The same to every coordinate system that the model has."""
    modes = sj.aligned_modes(sj.gradient_flow(model))
    sj.product_modes(modes)
    if not isinstance(model.teacher, sj.Shared):
        sj.balanced(modes)


def models() -> dict[str, sj.Model]:
    """Every teacher and the data target, at numeric depths and symbolic ones."""
    found = {}
    for teacher in (sj.Live(), sj.EMA(sj.tau), sj.LayerEMA(sj.tau), sj.Frozen(), sj.Shared(), None):
        objective = sj.LatentPrediction() if teacher else sj.DataReconstruction()
        for encoder, predictor in ((1, 1), (3, 2), (10, 10), (sj.L, 1), (sj.L, sj.K)):
            label = f"{teacher.name if teacher else 'data'}, L = {encoder}, K = {predictor}"
            found[label] = sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective, teacher)
    return found


def repeated(work: Callable[[], object]) -> list[float]:
    """Seconds, with SymPy's caches and ours emptied before each run, so that nothing was paid for earlier."""
    times = []
    for _ in range(REPEATS):
        sp.core.cache.clear_cache()
        for function in CACHED:
            function.cache_clear()
        times.append(timed(work))
    return times


def row(what: str, times: list[float], unit: float, bar: float | None) -> str:
    """One line of the table; the unit itself has no bar."""
    ratios = sorted(time / unit for time in times)
    middle = statistics.median(ratios)
    judged = "| |" if bar is None else f"≤ {bar} | {'met' if middle <= bar else 'missed'} |"
    return f"| {what} | {middle:.3f} | {ratios[0]:.3f} … {ratios[-1]:.3f} | {judged.removeprefix('| ')}"


def main() -> None:
    taken: dict[str, list[float]] = {statement: [] for statement in IMPORTS}
    for _ in range(ROUNDS):
        for statement in IMPORTS:
            taken[statement].append(fresh_import(statement))
    unit = statistics.median(taken["import sympy"])
    rows = [
        row("`import sympy`", taken["import sympy"], unit, None),
        row("`import symjepa`", taken["import symjepa"], unit, IMPORT_BAR),
    ]
    for label, model in models().items():
        rows.append(row(f"{label}: to one mode flow", repeated(partial(to_one, model)), unit, FLOW_BAR))
        rows.append(row(f"{label}: to all coordinates", repeated(partial(to_all, model)), unit, FLOW_BAR))
    rows.append(row("`symjepa check`, the whole book, cold", [cold_check() for _ in range(CHECKS)], unit, CHECK_BAR))
    versions = f"Python {sys.version.split()[0]}, SymPy {sp.__version__}, symjepa {sj.__version__}"
    head = f"# Benchmarks\n\nEvery time is divided by the median time of `import sympy` in the same run.\n{versions}.\n"
    table = "\n".join(["| work | median | spread | bar | |", "| --- | --- | --- | --- | --- |", *rows])
    RESULTS.write_text(f"{head}\n{table}\n", encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
