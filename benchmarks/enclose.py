"""Proved digits against peers that prove nothing: `python -m benchmarks.enclose [--heyoka PYTHON] [--rounds N]`.

The EMA triple (w, v, b) at K = L = 1.  Peers run in fresh interpreters, in turn with ours: mpmath's `odefun` on plain
Python integers (MPMATH_NOGMPY), and heyoka at the same precision under any interpreter that has it; their compilation
and imports are not counted, and seconds are those of the processor, for machines are shared.  Then how the cost of ours
grows with digits and with depth.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

import sympy as sp

import symjepa as sj
from symjepa.verify.corroborate.enclose import enclose

R = sp.Rational
VALUES = {"lam": R(7, 10), "sigma2": R(13, 10), "tau": R(2, 5)}
START = {"w": R(1, 10), "v": R(1, 10), "b": R(1, 10)}
CASES = ((10, 50, 50), (10, 100, 200), (100, 45, 10))
"""Time, digits, and how many times faster than odefun is asked (design, section 8)."""

ODEFUN = """
import sys, time, mpmath
from mpmath import mp, mpf
mp.dps = int(sys.argv[2])
lam, sigma2, tau = mpf(7) / 10, mpf(13) / 10, mpf(2) / 5
rate = lambda t, x: [lam*x[1]*x[2] - sigma2*x[1]**2*x[0], lam*x[0]*x[2] - sigma2*x[1]*x[0]**2, tau*(x[0] - x[2])]
begin = time.process_time()
value = mpmath.odefun(rate, 0, [mpf(1) / 10] * 3)(int(sys.argv[1]))
print(time.process_time() - begin, mpmath.libmp.BACKEND)
"""

HEYOKA = """
import sys, time, heyoka as hy
bits = int(int(sys.argv[2]) * 3.33) + 16
lam, sigma2, tau = hy.par[0], hy.par[1], hy.par[2]
w, v, b = hy.make_vars("w", "v", "b")
rates = [(w, lam*v*b - sigma2*v*v*w), (v, lam*w*b - sigma2*v*w*w), (b, tau*(w - b))]
number = lambda p, q: hy.real(p, bits) / hy.real(q, bits)
ta = hy.taylor_adaptive(rates, [number(1, 10)] * 3, fp_type=hy.real, pars=[number(7, 10), number(13, 10), number(2, 5)])
begin = time.process_time()
ta.propagate_until(hy.real(int(sys.argv[1]), bits))
print(time.process_time() - begin, "heyoka", hy.__version__)
"""


def peer(python: str, program: str, until: int, digits: int) -> tuple[float, str]:
    """Seconds and name of a peer in an interpreter of its own."""
    command = [python, "-c", program, str(until), str(digits)]
    environment = {**os.environ, "MPMATH_NOGMPY": "1"}
    said = subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout.split()
    return float(said[0]), " ".join(said[1:])


def ours(
    modes: sj.ModeFlow, values: dict[str, sp.Rational], start: dict[str, sp.Rational], until: int, digits: int
) -> float:
    begin = time.process_time()
    found = enclose(modes, values, start, until, digits)
    seconds = time.process_time() - begin
    assert found.complete, found
    return seconds


def triple() -> sj.ModeFlow:
    model = sj.Model(sj.Encoder(1), sj.Predictor(1), sj.LatentPrediction(), sj.EMA(sj.tau))
    return sj.product_modes(sj.aligned_modes(sj.gradient_flow(model)))


def against_peers(rounds: int, heyoka: str | None) -> None:
    modes = triple()
    ours(modes, VALUES, START, 1, 15)
    for until, digits, bar in CASES:
        own, odefun, other = [], [], []
        for _ in range(rounds):
            own += [ours(modes, VALUES, START, until, digits) for _ in range(3)]
            seconds, backend = peer(sys.executable, ODEFUN, until, digits)
            odefun.append(seconds)
            if heyoka:
                other.append(peer(heyoka, HEYOKA, until, digits)[0])
        median = statistics.median(own)
        print(
            f"t = {until}, {digits} digits: {median:.3f} s ({min(own):.3f} to {max(own):.3f}), "
            f"{statistics.median(odefun) / median:.0f} × faster than odefun ({backend}; bar {bar})"
            + (f", {median / statistics.median(other):.0f} × slower than heyoka" if other else "")
        )


def growth() -> None:
    modes = triple()
    for digits in (15, 30, 60, 120, 300):
        print(f"t = 10, {digits} digits: {ours(modes, VALUES, START, 10, digits):.3f} s")
    for depth in (1, 2, 5, 10, 20):
        model = sj.Model(sj.Encoder(depth), sj.Predictor(1), sj.LatentPrediction(), sj.LayerEMA(sj.tau))
        deep = sj.balanced(sj.aligned_modes(sj.gradient_flow(model)))
        print(f"L = {depth}, t = 10, 30 digits: {ours(deep, VALUES, {'u': R(4, 5), 's': R(4, 5)}, 10, 30):.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heyoka", help="an interpreter that can import heyoka")
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    against_peers(asked.rounds, asked.heyoka)
    growth()


if __name__ == "__main__":
    main()
