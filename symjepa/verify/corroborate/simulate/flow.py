r"""Gradient flow by an explicit Runge-Kutta method of order 8 whose every member of the batch has steps of its own.

Errors are estimated, never bounded.  Members do not touch each other: a batch gives, bit for bit, what its members give
alone.  A member whose steps shrink to nothing has blown up, or was asked for more than floats hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symjepa.verify.corroborate.simulate.backprop import Backprop
from symjepa.verify.corroborate.simulate.learner import Learner
from symjepa.verify.corroborate.simulate.moments import Array
from symjepa.verify.corroborate.simulate.tableau import FIFTH, ORDER, STAGES, THIRD, WEIGHTS, Row

SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0
CHUNK = 1 << 14
"""Entries that are combined at a time: what fits into the cache is read from memory once."""


@dataclass(frozen=True)
class Care:
    """Relative and absolute error per step, and the steps that one member may take."""

    rtol: float
    atol: float
    most_steps: int


class Walk:
    """A batch on its way: the state, time, next step and number of steps of every member; `lost` ones go no further."""

    def __init__(self, learner: Learner, state: Array, care: Care) -> None:
        members = len(state)
        self.learner, self.state, self.care = learner, state, care
        self.time, self.step, self.steps = np.zeros(members), np.zeros(members), np.zeros(members, dtype=int)
        self.lost = np.zeros(members, dtype=bool)
        self._velocity = Backprop(learner)
        self._stages = [np.empty_like(state) for _ in STAGES]
        self._sum, self._next, self._spare = (np.empty_like(state) for _ in range(3))
        self._fresh = False

    def to(self, until: float) -> None:
        """Carries every member to a time; once most have arrived, the others go on alone."""
        while (going := ~self.lost & (self.time < until)).any():
            if 2 * going.sum() <= len(going):
                self._apart(np.flatnonzero(going), until)
                return
            self.stride(going, until)

    def _apart(self, members: Array, until: float) -> None:
        part = Walk(self.learner.chosen(members), self.state[members], self.care)
        own: tuple[Any, ...] = ("time", "step", "steps", "lost")
        for name in own:
            getattr(part, name)[:] = getattr(self, name)[members]
        part.to(until)
        for name in (*own, "state"):
            getattr(self, name)[members] = getattr(part, name)
        self._fresh = False

    def stride(self, going: Array, until: float) -> None:
        """One step of every member that is still going; those whose error is too large stay and try a shorter one."""
        if not self._fresh:
            self._velocity(self.state, self._stages[0])
            self._fresh = True
        unknown = going & (self.step == 0)
        if unknown.any():
            self.step[unknown] = self._first_steps()[unknown]
        h = np.where(going, np.minimum(self.step, until - self.time), 0.0)
        error = self._attempt(h)
        accepted = going & (error <= 1)
        np.copyto(self.state, self._next, where=accepted[:, None])
        arrived = accepted & (h >= until - self.time)
        self.time = np.where(arrived, until, np.where(accepted, self.time + h, self.time))
        self._adapt(going, h, error, until)
        self._fresh = not accepted.any()

    def _first_steps(self) -> Array:
        """A step over which the state moves by a hundredth of its size, in the norm of the error."""
        size, speed = (np.sqrt(_squares(x, self._scale(self.state))) for x in (self.state, self._stages[0]))
        return np.where(speed > 0, 0.01 * np.maximum(size, 1e-5) / np.where(speed > 0, speed, 1), 1.0)

    def _attempt(self, h: Array) -> Array:
        """The state after a step into `_next`; returns the estimate of its error, 1 being what is allowed."""
        column = h[:, None]
        for number, row in enumerate(STAGES[1:], 1):
            self._moved(row, column, self._next)
            self._velocity(self._next, self._stages[number])
        self._moved(WEIGHTS, column, self._next)
        scale = self._scale(self._next)
        fifth, third = (self._estimate(row, scale) for row in (FIFTH, THIRD))
        mixed = np.sqrt(fifth + 0.01 * third)
        error = np.abs(h) * np.divide(fifth, mixed, out=np.zeros_like(mixed), where=mixed != 0)
        error = error / np.sqrt(self.state.shape[1])
        return np.where(np.isfinite(error), error, np.inf)

    def _moved(self, row: Row, h: Array, out: Array) -> None:
        _combined(row, self._stages, self._sum, self._spare)
        np.multiply(self._sum, h, out=self._sum)
        np.add(self.state, self._sum, out=out)

    def _scale(self, after: Array) -> Array:
        """atol + rtol · max(|before|, |after|), in a buffer."""
        scale = self._spare
        np.maximum(np.abs(self.state, out=self._sum), np.abs(after, out=scale), out=scale)
        np.multiply(scale, self.care.rtol, out=scale)
        return np.add(scale, self.care.atol, out=scale)

    def _estimate(self, row: Row, scale: Array) -> Array:
        scratch = np.empty(min(CHUNK, scale.size))
        _combined(row, self._stages, self._sum, scratch)
        return _squares(self._sum, scale)

    def _adapt(self, going: Array, h: Array, error: Array, until: float) -> None:
        with np.errstate(divide="ignore"):
            factor = np.clip(SAFETY * error ** (-1 / ORDER), SHRINK, GROW)
        factor = np.where(error > 1, np.minimum(factor, 1.0), factor)
        cut_short = (error <= 1) & (h < self.step)
        proposed = np.where(cut_short, np.maximum(self.step, h * factor), h * factor)
        self.step = np.where(going, proposed, self.step)
        self.steps += going
        stuck = self.step < 4 * np.spacing(self.time)
        self.lost |= going & (self.time < until) & (stuck | (self.steps >= self.care.most_steps))


def _combined(row: Row, stages: Sequence[Array], out: Array, scratch: Array) -> None:
    """Σ weight · stage, a piece at a time."""
    flat, spare = [stage.reshape(-1) for stage in stages], scratch.reshape(-1)
    total = out.reshape(-1)
    (first, weight), *rest = row
    for begin in range(0, total.size, CHUNK):
        piece = slice(begin, begin + CHUNK)
        held = total[piece]
        product = spare[: held.size]
        np.multiply(flat[first][piece], weight, out=held)
        for number, factor in rest:
            np.multiply(flat[number][piece], factor, out=product)
            np.add(held, product, out=held)


def _squares(values: Array, scale: Array) -> Array:
    """Σ (value/scale)² for each member; spoils the values."""
    relative = np.divide(values, scale)
    return np.asarray(np.einsum("bi,bi->b", relative, relative))


def states(learner: Learner, start: Array, times: Sequence[float], care: Care) -> Iterator[Walk]:
    """The walk, at each of the times in turn."""
    walk = Walk(learner, start.copy(), care)
    with np.errstate(over="ignore", invalid="ignore"):
        for time in times:
            walk.to(time)
            yield walk
