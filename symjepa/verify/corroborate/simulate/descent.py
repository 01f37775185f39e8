r"""Plain gradient descent with step h: $X \leftarrow X + h\dot X$, and a moving average with momentum $1 - h\tau$."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from symjepa.verify.corroborate.simulate.backprop import Backprop
from symjepa.verify.corroborate.simulate.learner import Learner
from symjepa.verify.corroborate.simulate.moments import Array

TeacherStep = Literal["before", "after"]


class Descent:
    """A batch of learners in discrete time; `state` is changed in place.

    teacher "before": the teacher moves to (1 - hτ) W̄ + hτ W first, and the student is pulled by the new one; "after":
    the student moves first, and the teacher follows the new student.
    """

    def __init__(self, learner: Learner, state: Array, teacher: TeacherStep | None) -> None:
        self.state, self._first = state, teacher != "after"
        self._velocity, self._moving = Backprop(learner), np.empty_like(state)
        own = [rows * cols for name, (rows, cols) in learner.shapes.items() if name in learner.teacher]
        self._cut, self._h = learner.size - sum(own), learner.h.reshape(-1, 1)
        self.reached = np.zeros(len(state), dtype=int)
        self.lost = np.zeros(len(state), dtype=bool)
        if not self._first:
            self._velocity.forward(state)

    def step(self) -> None:
        """One step of every member."""
        if self._first:
            self._velocity.forward(self.state)
            self._follow()
            self._descend()
        else:  # the prefixes of the new student serve its teacher now and its gradient in the next step
            self._descend()
            self._velocity.forward(self.state)
            self._follow()
        finite = np.isfinite(self.state.sum(axis=1))
        self.lost |= ~finite
        self.reached += ~self.lost

    def _follow(self) -> None:
        if self._cut < self.state.shape[1]:
            self._velocity.follow(self.state, self._moving)
            self._move(slice(self._cut, None))

    def _descend(self) -> None:
        self._velocity.backward(self.state, self._moving)
        self._move(slice(0, self._cut))

    def _move(self, columns: slice) -> None:
        moving, state = self._moving[:, columns], self.state[:, columns]
        np.multiply(moving, self._h, out=moving)
        np.add(state, moving, out=state)


def states(learner: Learner, start: Array, counts: Sequence[int], teacher: TeacherStep | None) -> Iterator[Descent]:
    """The descent, after each of the counts of steps in turn."""
    descent, taken = Descent(learner, start.copy(), teacher), 0
    with np.errstate(over="ignore", invalid="ignore"):
        for count in counts:
            while taken < count and not descent.lost.all():
                descent.step()
                taken += 1
            yield descent
