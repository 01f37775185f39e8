"""w(t) in closed form for a million modes with distinct (λ, ρ), in floats, against integrators that are as accurate.

SciPy's DOP853 integrates a sample mode by mode, and again a sample as one system whose right-hand side is vectorised
over the modes; heyoka's batch integrator takes four modes at a time.  Times of samples are scaled to a million modes.
Seconds are those of the processor.  Errors are relative, against enclosures of 50 digits at the very floats that all
are given.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, fmpq

import symjepa as sj
from benchmarks.rows import Bar, Row, short
from benchmarks.timing import Asked, busy, lacking, said, version
from symjepa.analysis.explicit import evaluator
from symjepa.exact.balls import precision
from symjepa.modes.export import to_numpy
from symjepa.verify.corroborate.enclose import enclose

MODES = 10**6
START, TIME = 1 / 16, 20.0
ONE_BY_ONE, TOGETHER, BATCHED, COMPARED = 100, 20_000, 4_000, 12
ACCURACY = 1e-12
TOLERANCE = 1e-12

HEYOKA = """
import sys, json, time, numpy as np, heyoka as hy
lam, sigma2, start, until = json.load(sys.stdin)
lanes = 4
u = hy.make_vars("u")
rates = [(u, hy.par[0]*u*u - hy.par[1]*u*u*u)]
pars = np.array([lam, sigma2]).reshape(2, -1, lanes)
ta = hy.taylor_adaptive_batch(rates, np.full((1, lanes), start), tol=1e-12, pars=np.ones((2, lanes)))
values = []
begin = time.process_time()
for i in range(pars.shape[1]):
    ta.set_time(0.0)
    ta.state[:] = start
    ta.pars[:] = pars[:, i]
    ta.propagate_until(until)
    values += list(ta.state[0])
seconds = time.process_time() - begin
print(json.dumps([seconds, values]))
"""


def rows(asked: Asked) -> list[Row]:
    """How many times faster than each integrator, and everybody's error."""
    lam, sigma2 = modes_drawn()
    modes = shallow()
    explicit = evaluator(modes)
    params = {"lam": lam, "sigma2": sigma2}
    ours = [busy(lambda: explicit(TIME, START, params)) for _ in range(max(asked.rounds, 3))]
    value = explicit(TIME, START, params)
    exact = [_enclosed(modes, a, b) for a, b in zip(lam[:COMPARED], sigma2[:COMPARED], strict=True)]
    head = f"w(t), 10⁶ modes, closed form ({short(1000 * sorted(ours)[len(ours) // 2])} ms)"
    found = [Row(f"{head}: relative error, worst of {COMPARED}", (_error(value, exact),), Bar(ACCURACY))]
    found += _against_scipy(asked, head, modes, params, ours, exact)
    return [*found, *_against_heyoka(asked, head, params, ours, exact)]


def modes_drawn() -> tuple[Any, Any]:
    """Distinct (λ, ρ), the same on every machine."""
    random = np.random.default_rng(20240705)
    lam, rho = random.uniform(0.5, 2, MODES), random.uniform(0.5, 2, MODES)
    return lam, lam / rho


def shallow() -> sj.ModeFlow:
    """K = L = 1, live teacher: w = u."""
    model = sj.Model(sj.Encoder(1), sj.Predictor(1), sj.LatentPrediction(), sj.Live())
    return sj.balanced(sj.aligned_modes(sj.gradient_flow(model)))


def _enclosed(modes: sj.ModeFlow, lam: float, sigma2: float) -> arb:
    exact = {"lam": Fraction(float(lam)), "sigma2": Fraction(float(sigma2))}
    found = enclose(modes, exact, {"u": Fraction(START)}, Fraction(TIME), 50)
    assert found.complete
    return found.value[modes.state[0]]


def _error(values: Any, exact: list[arb]) -> float:
    """The worst relative error of the first values, rounded up."""
    with precision(300):
        numbers = [arb(fmpq(*Fraction(float(x)).as_integer_ratio())) for x in values[: len(exact)]]
        return max(float((abs(x - y) / y).abs_upper()) for x, y in zip(numbers, exact, strict=True))


def _against_scipy(
    asked: Asked, head: str, modes: sj.ModeFlow, params: dict[str, Any], ours: list[float], exact: list[arb]
) -> list[Row]:
    try:
        import scipy
        from scipy.integrate import solve_ivp
    except ImportError:
        missing, peers = "needs SciPy: `pip install 'symjepa[data]'`", ("SciPy's DOP853", "the same, vectorised")
        return [Row(f"{head}: times faster than {x}", (), None, missing) for x in peers]
    rate = to_numpy(modes)

    def integrated(size: int, at: dict[str, Any]) -> Any:
        def slope(time: float, y: Any) -> Any:
            return rate(time, y[None, :], at)[0]

        return solve_ivp(slope, (0, TIME), np.full(size, START), "DOP853", rtol=TOLERANCE, atol=1e-15).y[:, -1]

    def one_by_one() -> Any:
        return [integrated(1, {k: x[i : i + 1] for k, x in params.items()})[0] for i in range(ONE_BY_ONE)]

    def together() -> Any:
        return integrated(TOGETHER, {k: x[:TOGETHER] for k, x in params.items()})

    cases = (
        (one_by_one, ONE_BY_ONE, "mode by mode", Bar(500, at_least=True)),
        (together, TOGETHER, "vectorised over the modes", Bar(10, at_least=True)),
    )
    found = []
    for work, size, how, bar in cases:
        times = [busy(work) * MODES / size for _ in range(asked.rounds)]
        error = _error(work(), exact)
        what = f"SciPy {scipy.__version__} DOP853 {how} (error {error:.1e}; {size:,} modes timed and scaled)"
        found.append(Row(f"{head}: times faster than {what}", _ratios(times, ours), bar))
    return found


def _against_heyoka(asked: Asked, head: str, params: dict[str, Any], ours: list[float], exact: list[arb]) -> list[Row]:
    name = version(asked.peers, "heyoka")
    if not name:
        return [Row(f"{head}: times faster than heyoka's batch integrator", (), None, lacking("heyoka"))]
    sample = json.dumps([list(x[:BATCHED]) for x in params.values()] + [START, TIME])
    times, values = [], []
    for _ in range(asked.rounds):
        seconds, values = json.loads(said(asked.peers, HEYOKA, typed=sample))
        times.append(seconds * MODES / BATCHED)
    what = f"heyoka {name}, batches of 4 (error {_error(values, exact):.1e}; {BATCHED:,} modes timed and scaled)"
    return [Row(f"{head}: times faster than {what}", _ratios(times, ours), Bar(10, at_least=True))]


def _ratios(theirs: list[float], ours: list[float]) -> tuple[float, ...]:
    middle = sorted(ours)[len(ours) // 2]
    return tuple(x / middle for x in theirs)
