"""Proved digits against peers that prove nothing, and how their cost grows with digits and with depth.

The EMA triple (w, v, b) at K = L = 1.  Peers run in interpreters of their own, in turn with ours: mpmath's `odefun` on
plain Python integers (MPMATH_NOGMPY) and with gmpy2, and heyoka at the same precision; their imports and compilation
are not counted, and seconds are those of the processor, for machines are shared.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping

import sympy as sp

import symjepa as sj
from benchmarks.rows import Bar, Row, short
from benchmarks.timing import Asked, busy, lacking, said, version
from symjepa.verify.corroborate.enclose import enclose

R = sp.Rational
VALUES = {"lam": R(7, 10), "sigma2": R(13, 10), "tau": R(2, 5)}
START = {"w": R(1, 10), "v": R(1, 10), "b": R(1, 10)}
CASES = (
    (10, 50, Bar(50, 100, at_least=True)),
    (10, 100, Bar(200, 400, at_least=True)),
    (100, 45, Bar(10, at_least=True)),
)
"""Time, digits, and how many times faster than odefun is asked."""
WITHIN = Bar(300, 50)
"""How many times slower than heyoka the last case may be."""

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
print(time.process_time() - begin)
"""


def peer_rows(asked: Asked) -> list[Row]:
    """Seconds of the peers over ours (odefun), and ours over theirs (heyoka)."""
    modes = triple()
    seconds(modes, VALUES, START, 1, 15)  # compiles
    return [row for until, digits, bar in CASES for row in _case(asked, modes, until, digits, bar)]


def _case(asked: Asked, modes: sj.ModeFlow, until: int, digits: int, bar: Bar) -> list[Row]:
    own, plain, fast, other = [], [], [], []
    has_gmpy, has_heyoka = (version(asked.peers, name) for name in ("gmpy2", "heyoka"))
    for _ in range(asked.rounds):
        own.append(statistics.median(seconds(modes, VALUES, START, until, digits) for _ in range(3)))
        plain.append(_peer(sys.executable, ODEFUN, until, digits, "python"))
        if has_gmpy:
            fast.append(_peer(asked.peers, ODEFUN, until, digits, "gmpy"))
        if has_heyoka:
            other.append(_peer(asked.peers, HEYOKA, until, digits))
    what = f"EMA triple, t = {until}, {digits} proved digits ({short(1000 * statistics.median(own))} ms)"
    return [
        Row(f"{what}: times faster than odefun, without gmpy2", _over(plain, own), bar),
        Row(f"{what}: times faster than odefun, with gmpy2", _over(fast, own), None, lacking("gmpy2 mpmath")),
        Row(
            f"{what}: times slower than heyoka, which proves nothing",
            _over(own, other),
            WITHIN if until == 100 else None,
            lacking("heyoka"),
        ),
    ]


def _over(slow: list[float], fast: list[float]) -> tuple[float, ...]:
    return tuple(a / b for a, b in zip(slow, fast, strict=True)) if slow and fast else ()


def _peer(python: str, program: str, until: int, digits: int, backend: str = "") -> float:
    """Seconds of a peer, and that it ran on the arithmetic that its row says."""
    environment = {"MPMATH_NOGMPY": "1"} if backend == "python" else {}
    answer = said(python, program, until, digits, environment=environment).split()
    assert answer[1:] == ([backend] if backend else []), answer
    return float(answer[0])


def seconds(
    modes: sj.ModeFlow, values: Mapping[str, sp.Rational], start: Mapping[str, sp.Rational], until: int, digits: int
) -> float:
    """Of one enclosure, which must reach what it was asked for."""

    def work() -> None:
        found = enclose(modes, values, start, until, digits)
        assert found.complete, found

    return busy(work)


def triple() -> sj.ModeFlow:
    """(w, v, b)."""
    model = sj.Model(sj.Encoder(1), sj.Predictor(1), sj.LatentPrediction(), sj.EMA(sj.tau))
    return sj.product_modes(sj.aligned_modes(sj.gradient_flow(model)))


def growth_rows(asked: Asked) -> list[Row]:
    """Milliseconds, by digits and by depth."""
    modes = triple()
    found = []
    for digits in (15, 30, 60, 120, 300):
        times = [1000 * seconds(modes, VALUES, START, 10, digits) for _ in range(asked.rounds)]
        found.append(Row(f"EMA triple, t = 10, {digits} proved digits", tuple(times), unit=" ms"))
    for depth in (1, 2, 5, 10, 20):
        model = sj.Model(sj.Encoder(depth), sj.Predictor(1), sj.LatentPrediction(), sj.LayerEMA(sj.tau))
        deep = sj.balanced(sj.aligned_modes(sj.gradient_flow(model)))
        start = {"u": R(4, 5), "s": R(4, 5)}
        times = [1000 * seconds(deep, VALUES, start, 10, 30) for _ in range(asked.rounds)]
        what = f"EMA per layer, balanced (u, s), L = {depth}, t = 10, 30 proved digits"
        found.append(Row(what, tuple(times), unit=" ms"))
    return found
