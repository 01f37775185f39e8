r"""Trajectories to many digits, from right-hand sides alone: extrapolated midpoint steps (Gragg, Bulirsch, Stoer).

Nothing here is proof: errors are estimated, never bounded.  Numbers are midpoints of balls, whose radii are thrown away
after every step.
A state is a tuple of numbers (amplitudes of a mode) or of matrices (layers).  The integrator knows a right-hand side by
its values only,
so it cannot repeat an error of symbolic differentiation, and it never sees a closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from flint import arb, fmpq

from symjepa.errors import TooLarge

State: TypeAlias = tuple[Any, ...]
Rate: TypeAlias = Callable[[State], State]

BITS = 384
TOLERANCE = fmpq(1, 10**66)
COLUMNS = 22
MAX_STEPS = 400
STEP = fmpq(1, 10**8)
EARLY, HOPELESS = 8, fmpq(1, 10**9)


def trajectory(rate: Rate, start: State, times: Iterable[fmpq]) -> list[State]:
    """The states at increasing times > 0, from `start` at time 0."""
    states: list[State] = []
    here, now, length = start, fmpq(0), fmpq(0)
    for time in times:
        here, length = _carried(rate, here, time - now, length or first_step(rate, start))
        states.append(here)
        now = time
    return states


def first_step(rate: Rate, start: State) -> fmpq:
    """A power of 1/2 over which the state moves by less than a sixth of its size."""
    speed, length = rate(start), fmpq(1, 4)
    while not largest(speed) * length * 6 <= largest(start) and length > fmpq(1, 2**40):
        length = length / 2
    return length


def largest(state: State) -> arb:
    """The largest entry, in size."""
    return max((abs(x).abs_upper() for part in state for x, _ in _pairs(part, part)), default=arb(0))


def _carried(rate: Rate, here: State, time: fmpq, length: fmpq) -> tuple[State, fmpq]:
    """The state after `time`, and the length of step that served; steps are halved and doubled, so that they stay
    exact.
    """
    left = time
    for _ in range(MAX_STEPS):
        if left == 0:
            return here, length
        step = min(length, left)
        there, columns = extrapolated(rate, here, step)
        if there is None:
            length = step / 2
            continue
        here, left = there, left - step
        if columns < COLUMNS - 6 and step == length:
            length = 2 * length
    raise TooLarge(f"a trajectory to {time} needs more than {MAX_STEPS} steps: take a shorter time")


def extrapolated(rate: Rate, start: State, length: fmpq) -> tuple[State | None, int]:
    """One step by Richardson extrapolation in the square of its pieces; None where it does not settle."""
    speed = rate(start)
    table: list[State] = []
    for row in range(COLUMNS):
        newer = [_midpoint(rate, start, speed, length, 2 * (row + 1))]
        for column in range(1, row + 1):
            weight = 1 / (fmpq((row + 1) ** 2, (row + 1 - column) ** 2) - 1)
            gap = moved(newer[-1], -1, table[column - 1])
            newer.append(moved(newer[-1], weight, gap))
        error = _distance(newer[-1], table[-1]) if table else None
        if error is not None and error <= TOLERANCE:
            return tuple(x.mid() for x in newer[-1]), row
        if error is not None and row >= EARLY and not error <= HOPELESS:
            return None, row
        table = newer
    return None, COLUMNS


def _midpoint(rate: Rate, start: State, speed: State, length: fmpq, pieces: int) -> State:
    """Gragg's modified midpoint rule: its error is a series in even powers of the step."""
    h = length / pieces
    before, here = start, moved(start, h, speed)
    for _ in range(pieces - 1):
        before, here = here, moved(before, 2 * h, rate(here))
    half = moved(here, h, rate(here))
    return tuple((a + b) * fmpq(1, 2) for a, b in zip(before, half, strict=True))


def moved(start: State, by: Any, direction: State) -> State:
    """start + by · direction."""
    return tuple(a + d * by for a, d in zip(start, direction, strict=True))


def _distance(first: State, second: State) -> arb:
    """The largest difference of two entries, relative to entries above 1."""
    gaps = [
        abs(a - b).abs_upper() / max(arb(1), b.abs_upper())
        for x, y in zip(first, second, strict=True)
        for a, b in _pairs(x, y)
    ]
    return max(gaps, default=arb(0))


def _pairs(x: Any, y: Any) -> Iterable[tuple[arb, arb]]:
    return ((x, y),) if isinstance(x, arb) else zip(x.entries(), y.entries(), strict=True)


def slope(value: Callable[[fmpq], Any], step: fmpq = STEP, points: int = 5) -> Any:
    """The derivative at 0 of a function of one number, by the central difference of order 2·points."""
    total = None
    for j in range(1, points + 1):
        weight = fmpq(2 * (-1) ** (j + 1) * _binomial(points, j)) / (2 * j * step)
        term = (value(j * step) - value(-j * step)) * weight
        total = term if total is None else total + term
    return total


def _binomial(m: int, j: int) -> fmpq:
    """m!² / ((m - j)! (m + j)!)."""
    ratio = fmpq(1)
    for i in range(j):
        ratio = ratio * fmpq(m - i, m + i + 1)
    return ratio
