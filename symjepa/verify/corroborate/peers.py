r"""Trajectories of a mode flow by programs that prove nothing: heyoka, mpmath's `odefun`, SciPy's DOP853.

All three are asked alike and answer alike, with the name of the tool and what it was asked for.  Errors are those that
the tool estimates.  The right-hand side is the derived one; every number that is no integer goes in as a parameter of
the precision asked for, so that no 1/3 is rounded to a double on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from math import isfinite
from typing import Any, TypeAlias

import mpmath
import sympy as sp

from symjepa.errors import BlowUp, InvalidNumber, MissingExtra
from symjepa.modes.export import in_heyoka, needs_numeric_depth
from symjepa.modes.reduction import ModeFlow

Exact: TypeAlias = "int | Fraction | sp.Rational"
Numbers: TypeAlias = Mapping[Any, Exact]
Number: TypeAlias = Callable[[sp.Rational], Any]
DOUBLE = 15
"""Decimals of a double; heyoka computes in doubles up to there, and in MPFR numbers beyond."""
ODEFUN_GUARD = 10
LEAST_RTOL = 3e-14


@dataclass(frozen=True)
class PeerRun:
    """A trajectory as a tool computed it: `states[x][i]` is the amplitude x at `times[i]`.

    tool: its name and version.  asked: the precision it was asked for, in words; nothing of it is proved.
    """

    tool: str
    asked: str
    times: tuple[sp.Rational, ...]
    states: Mapping[sp.Symbol, tuple[mpmath.mpf, ...]]

    def __repr__(self) -> str:
        return f"<PeerRun: {', '.join(map(str, self.states))} at {len(self.times)} times, by {self.tool}, {self.asked}>"


Peer = Callable[..., PeerRun]


@dataclass(frozen=True)
class _Problem:
    """Rates whose only constants are integers, and exact values of their parameters, in order."""

    state: tuple[sp.Symbol, ...]
    rates: tuple[sp.Expr, ...]
    parameters: Mapping[sp.Symbol, sp.Rational]
    start: tuple[sp.Rational, ...]
    times: tuple[sp.Rational, ...]

    def compiled(self, module: str) -> Callable[..., Any]:
        """rates(*state, *parameters) in the numbers of a module."""
        names = [sp.Dummy() for _ in (*self.state, *self.parameters)]
        renamed = dict(zip((*self.state, *self.parameters), names, strict=True))
        function: Callable[..., Any] = sp.lambdify(
            names, [rate.xreplace(renamed) for rate in self.rates], modules=module
        )
        return function


def by_heyoka(modes: ModeFlow, values: Numbers, start: Numbers, times: Iterable[Exact], *, digits: int) -> PeerRun:
    """Taylor's method of adaptive order, at the tolerance of the precision: doubles up to 15 digits, then MPFR.

    values: each parameter (symbol or name) → exact number; start: each amplitude; times: increasing, > 0.  Raises
    MissingExtra without heyoka, BlowUp where it stops early.
    """
    heyoka = _tool("heyoka", "heyoka", "fast")
    problem, bits = _problem(modes, values, start, times, digits), int(digits * 3.33) + 16
    if digits <= DOUBLE:
        found = _by_taylor(heyoka, problem, float, float)
        return _run(f"heyoka {heyoka.__version__}", "double precision", problem, found)
    sharp: Number = lambda x: heyoka.real(int(x.p), bits) / heyoka.real(int(x.q), bits)
    found = _by_taylor(heyoka, problem, sharp, heyoka.real)
    return _run(f"heyoka {heyoka.__version__}", f"{bits} bits for {digits} digits", problem, found)


def _by_taylor(heyoka: Any, problem: _Problem, number: Number, kind: type) -> list[list[mpmath.mpf]]:
    """The states at the times; numbers go in by `number`, and heyoka computes in `kind`."""
    variables = {x: heyoka.expression(x.name) for x in problem.state}
    known = {**variables, **{x: heyoka.par[i] for i, x in enumerate(problem.parameters)}}
    system = [(variables[x], in_heyoka(f, known)) for x, f in zip(problem.state, problem.rates, strict=True)]
    start, pars = ([number(x) for x in exact] for exact in (problem.start, problem.parameters.values()))
    run = heyoka.taylor_adaptive(system, start, pars=pars, fp_type=kind)
    found, steps = [], [0.0]

    def noted(after: Any) -> bool:  # once the state is no number, the time is none either
        steps.append(float(after.time))
        return True

    for time in problem.times:
        outcome = run.propagate_until(number(time), callback=noted)[0]
        if outcome != heyoka.taylor_outcome.time_limit:
            raise _early("heyoka", max(filter(isfinite, steps)), time, str(outcome))
        found.append([_as_mpf(x) for x in run.state])
    return found


def by_odefun(modes: ModeFlow, values: Numbers, start: Numbers, times: Iterable[Exact], *, digits: int) -> PeerRun:
    """mpmath's Taylor steps of fixed degree, at ten digits more than asked for; it stalls before a blow-up.

    Arguments as for `by_heyoka`.
    """
    problem = _problem(modes, values, start, times, digits)
    rates = problem.compiled("mpmath")
    with mpmath.workdps(digits + ODEFUN_GUARD):
        number: Number = lambda x: mpmath.mpf(int(x.p)) / int(x.q)
        constants = [number(x) for x in problem.parameters.values()]
        path = mpmath.odefun(lambda t, y: rates(*y, *constants), 0, [number(x) for x in problem.start])
        found = [list(path(number(time))) for time in problem.times]
    return _run(f"mpmath {mpmath.__version__} odefun", f"{digits} digits", problem, found)


def by_dop853(modes: ModeFlow, values: Numbers, start: Numbers, times: Iterable[Exact], *, digits: int) -> PeerRun:
    """SciPy's explicit Runge-Kutta method of order 8 in doubles, relative tolerance 10^-digits but no less than 3e-14.

    Arguments as for `by_heyoka`.  Raises MissingExtra without SciPy, BlowUp where it stops early.
    """
    scipy = _tool("scipy", "SciPy", "data")
    integrate = import_module("scipy.integrate")
    problem = _problem(modes, values, start, times, digits)
    rates, rtol = problem.compiled("numpy"), max(10.0**-digits, LEAST_RTOL)
    constants = [float(x) for x in problem.parameters.values()]
    visited = [0.0]

    def rate(t: float, y: Any) -> Any:
        visited[0] = t
        return rates(*y, *constants)

    found = integrate.solve_ivp(
        rate,
        (0.0, float(problem.times[-1])),
        [float(x) for x in problem.start],
        method="DOP853",
        t_eval=[float(time) for time in problem.times],
        rtol=rtol,
        atol=rtol * 1e-3,
    )
    if not found.success:
        raise _early("DOP853", float(visited[0]), problem.times[-1], found.message)
    states = [[mpmath.mpf(float(x)) for x in column] for column in found.y.T]
    return _run(f"SciPy {scipy.__version__} DOP853", f"double precision, rtol {rtol:g}", problem, states)


PEERS: Mapping[str, Peer] = {"heyoka": by_heyoka, "odefun": by_odefun, "dop853": by_dop853}


def _tool(module: str, name: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError as missing:
        raise MissingExtra(
            f"this trajectory needs {name}, which is not installed: pip install 'symjepa[{extra}]'", extra=extra
        ) from missing


def _run(tool: str, asked: str, problem: _Problem, found: Sequence[Sequence[Any]]) -> PeerRun:
    columns = zip(*found, strict=True)
    return PeerRun(tool, asked, problem.times, dict(zip(problem.state, map(tuple, columns), strict=True)))


def _early(tool: str, reached: float, asked: sp.Rational, why: str) -> BlowUp:
    return BlowUp(
        f"{tool} was asked for t = {asked} and stopped at t = {reached:.10g} ({why}): the flow may blow up there",
        time=reached,
    )


def _as_mpf(number: Any) -> mpmath.mpf:
    """Every digit that a number prints."""
    text = str(number) if not isinstance(number, float) else repr(float(number))
    with mpmath.workdps(len(text) + ODEFUN_GUARD):
        return mpmath.mpf(text)


# What is asked.


def _problem(modes: ModeFlow, values: Numbers, start: Numbers, times: Iterable[Exact], digits: int) -> _Problem:
    needs_numeric_depth(modes)
    if not isinstance(digits, int) or digits < 1:
        raise InvalidNumber(f"digits must be a whole number from 1 on; got {digits!r}")
    asked = tuple(_exact("a time", time) for time in times)
    if not asked or asked[0] <= 0 or any(later <= earlier for earlier, later in pairwise(asked)):
        raise InvalidNumber(f"increasing times > 0 are needed; got {', '.join(map(str, asked)) or 'none'}")
    given = {x: _given("values", values, x) for x in modes.parameters}
    constants = {
        c: sp.Dummy("c", real=True)
        for c in sorted({c for f in modes.rates.values() for c in f.atoms(sp.Rational)}, key=str)
        if not c.is_Integer
    }
    rates = tuple(rate.xreplace(constants) for rate in modes.rates.values())
    parameters = {**given, **{dummy: c for c, dummy in constants.items()}}
    return _Problem(modes.state, rates, parameters, tuple(_given("start", start, x) for x in modes.state), asked)


def _given(where: str, numbers: Numbers, symbol: sp.Symbol) -> sp.Rational:
    for key in (symbol, symbol.name):
        if key in numbers:
            return _exact(str(symbol), numbers[key])
    got = ", ".join(map(str, numbers)) or "nothing"
    raise InvalidNumber(f"`{where}` needs a number for {symbol}; got {got}", name=symbol.name)


def _exact(what: str, value: Any) -> sp.Rational:
    if isinstance(value, bool) or not isinstance(value, int | Fraction | sp.Rational):
        raise InvalidNumber(f"{what} must be an exact number, as sympy.Rational(7, 10) is; got {value!r}")
    return sp.Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else sp.Rational(value)
