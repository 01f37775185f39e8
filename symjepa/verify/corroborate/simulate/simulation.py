r"""What a simulation gives: every layer at the requested times, and what is read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from symjepa.errors import BlowUp, InvalidModel, InvalidNumber, TooLarge
from symjepa.model import EMA, LayerEMA, Model
from symjepa.verify.corroborate.simulate import descent, flow
from symjepa.verify.corroborate.simulate.backprop import Backprop, transposed
from symjepa.verify.corroborate.simulate.descent import TeacherStep
from symjepa.verify.corroborate.simulate.learner import Learner, Rates, Weights, learner
from symjepa.verify.corroborate.simulate.modes import Frames, Modes, mode_frames, read
from symjepa.verify.corroborate.simulate.moments import Array, Moments, read_moments

OnBlowUp = Literal["raise", "mark"]
LEAST_RTOL = 1e-14


@dataclass(frozen=True, eq=False)
class Simulation:
    """Layers at times: `layers[name]` has shape (times, *batch, rows, columns).

    times: (times,), or (times, *batch) where members had steps of their own.  reached: the last time of each member,
    (*batch,): short of the last requested one where it blew up, and from there on its layers are nan.  steps taken:
    (*batch,).  how: the method, in words.
    """

    model: Model
    data: Moments
    alpha: Array
    times: Array
    layers: Mapping[str, Array]
    reached: Array
    steps: Array
    how: str

    def __repr__(self) -> str:
        shape = next(iter(self.layers.values())).shape
        return f"<Simulation: {', '.join(self.layers)} at {shape[0]} times, batch {shape[1:-2]}, by {self.how}>"

    def _stack(self, name: str) -> list[Array]:
        return [layer for key, layer in self.layers.items() if key.startswith(f"{name}_")]

    @property
    def encoder(self) -> Array:
        """W, the product of its layers."""
        return _product(self._stack("W"))

    @property
    def predictor(self) -> Array:
        """P; the identity for depth 0."""
        layers = self._stack("P")
        latent = self.layers[f"W_{self.model.encoder.depth}"].shape[-2]
        return _product(layers) if layers else np.eye(latent)

    @property
    def teacher(self) -> Array | None:
        """W̄, the student itself if live or shared; None for a data target."""
        if not self.model.latent:
            return None
        copies = self._stack("Wbar")
        return self.layers.get("Wbar", _product(copies) if copies else self.encoder)

    def modes(self, at: Frames | None = None) -> Modes:
        """Amplitudes of modes and stray parts of the learner, in the frames of the data if not in others (`at`)."""
        latent = self.model.latent
        return read(self.encoder, self.predictor, self.teacher, at or mode_frames(self.data, latent), latent)

    def balance(self) -> dict[str, Array]:
        """W₂ᵀW₂ - W₁W₁ᵀ by the name "W_1|W_2", and so on up the chain; α⁻¹P₁ᵀP₁ - W_L W_Lᵀ at the joint."""
        chain = [name for name in self.layers if not name.startswith("Wbar")]
        return {f"{below}|{above}": self._imbalance(below, above) for below, above in pairwise(chain)}

    def _imbalance(self, below: str, above: str) -> Array:
        first, second = self.layers[below], self.layers[above]
        scale = self.alpha if below[0] != above[0] else 1.0
        return np.asarray(transposed(second) @ second / scale - first @ transposed(first))


def _product(layers: Sequence[Array]) -> Array:
    return reduce(lambda below, layer: layer @ below, layers)


# Running.


def simulate(
    model: Model,
    start: Weights,
    data: Any,
    times: Iterable[float],
    *,
    rates: Rates | None = None,
    rtol: float = 1e-10,
    atol: float = 1e-14,
    most_steps: int = 100_000,
    on_blow_up: OnBlowUp = "raise",
) -> Simulation:
    r"""Gradient flow of the layers themselves, from any start, for a whole batch at once.

    model: of numeric depths.  start: matrices by name, `W_1` …, `P_1` …, and the teacher's `Wbar` or `Wbar_1` …; each
    (rows, columns), with leading axes where members of the batch differ.  data: `Moments`, or anything with Sxx, Syx
    (and Syy, for a shared teacher), batched alike.  rates: a number or a batch of numbers for each symbol among α, η,
    τ.  times: increasing, ≥ 0.

    Explicit Runge-Kutta of order 8, each member with its own steps, errors below atol + rtol·|entry| per step: floats,
    estimated, proving nothing.  Raises BlowUp, naming time and quantity, and TooLarge after `most_steps`, unless
    `on_blow_up` is "mark": then such members are nan from there on.
    """
    _check_one_of("on_blow_up", on_blow_up, ("raise", "mark"))
    case, asked = learner(model, start, data, rates), _times(times)
    care = flow.Care(_tolerance(rtol), _positive("atol", atol), most_steps)
    kept, walk = [], None
    for walk in flow.states(case, _floats(case, start), asked, care):
        kept.append(_kept(walk.state, walk.lost))
        if walk.lost.any() and on_blow_up == "raise":
            raise _failure(case, walk.state, walk.lost, walk.time, walk.steps, most_steps)
    assert walk is not None
    how = f"gradient flow, Runge-Kutta of order 8, rtol {rtol:g}"
    return _simulation(case, data, np.array(asked), kept, walk.time, walk.steps, how)


def descend(
    model: Model,
    start: Weights,
    data: Any,
    steps: Iterable[int],
    *,
    step: Any,
    teacher: TeacherStep | None = None,
    rates: Rates | None = None,
    on_blow_up: OnBlowUp = "raise",
) -> Simulation:
    r"""Plain gradient descent $X \leftarrow X + h \dot X$, kept after each of the counts `steps`; else as `simulate`.

    step: h > 0, a number or one for each member.  teacher: a moving average has momentum 1 - hτ, and moves "before" the
    student or "after" it; which of the two must be said, and has no meaning for other teachers.  `times` are counts ·
    h.
    """
    _check_one_of("on_blow_up", on_blow_up, ("raise", "mark"))
    _check_one_of("teacher", teacher, (None, "before", "after"))
    _check_step(step)
    case, counts = learner(model, start, data, rates, step), _counts(steps)
    if isinstance(model.teacher, EMA | LayerEMA):
        _check_following(case, teacher)
    h = case.h.reshape(-1)
    kept, run = [], None
    for run in descent.states(case, _floats(case, start), counts, teacher):
        kept.append(_kept(run.state, run.lost))
        if run.lost.any() and on_blow_up == "raise":
            raise _failure(case, run.state, run.lost, run.reached * h, run.reached, None)
    assert run is not None
    times = np.multiply.outer(np.array(counts), h.reshape(case.batch) if len(h) > 1 else h[0])
    how = f"gradient descent{'' if not teacher else f', teacher {teacher} the student'}"
    return _simulation(case, data, times, kept, run.reached * h, run.reached, how)


def velocity(model: Model, weights: Weights, data: Any, rates: Rates | None = None) -> dict[str, Array]:
    """dX/dt of every matrix by name, by backpropagation; exact where all entries are exact (`fractions.Fraction`)."""
    case = learner(model, weights, data, rates, exact=True)
    state = case.packed(weights)
    out = np.empty_like(state)
    Backprop(case)(state, out)
    return {name: view.reshape(*case.batch, *view.shape[1:]) for name, view in case.views(out).items()}


def _floats(case: Learner, start: Weights) -> Array:
    state = case.packed(start)
    if not np.isfinite(state).all():
        raise InvalidNumber("a start has finite entries; got nan or an infinity")
    return state


def _times(times: Iterable[float]) -> list[float]:
    asked = [float(time) for time in times]
    rising = all(a < b for a, b in pairwise(asked))
    if not asked or not rising or not 0 <= asked[0] or not np.isfinite(asked[-1]):
        raise InvalidNumber(f"increasing finite times from 0 on are needed; got {_few(asked)}")
    return asked


def _counts(steps: Iterable[int]) -> list[int]:
    counts = list(steps)
    rising = all(a < b for a, b in pairwise(counts))
    if not counts or not rising or not all(int(n) == n for n in counts) or counts[0] < 0:
        raise InvalidNumber(f"increasing whole numbers of steps, from 0 on, are needed; got {_few(counts)}")
    return [int(n) for n in counts]


def _few(numbers: Sequence[Any]) -> str:
    return ", ".join(map(str, numbers[:6])) + (", …" if len(numbers) > 6 else "") or "none"


def _tolerance(rtol: float) -> float:
    if not LEAST_RTOL <= rtol < 1:
        raise InvalidNumber(f"rtol must be at least {LEAST_RTOL:g}, for floats hold no more, and below 1; got {rtol}")
    return rtol


def _positive(name: str, value: float) -> float:
    if not 0 < value < np.inf:
        raise InvalidNumber(f"{name} must be positive; got {value}", name=name)
    return value


def _check_one_of(name: str, value: Any, allowed: tuple[Any, ...]) -> None:
    if value not in allowed:
        raise InvalidModel(f"{name} must be {' or '.join(map(repr, allowed))}; got {value!r}")


def _check_step(step: Any) -> None:
    for size in np.asarray(step, dtype=float).flat:
        _positive("the step size h", float(size))


def _check_following(case: Learner, teacher: TeacherStep | None) -> None:
    if teacher is None:
        raise InvalidModel(
            'a moving average moves before or after the student: say teacher="before" or teacher="after"; got neither'
        )
    most = float(np.max(case.h * case.tau))
    if most > 1:
        raise InvalidNumber(f"the momentum 1 - hτ must not be negative; got hτ = {most:.6g}: take a smaller step")


def _kept(state: Array, lost: Array) -> Array:
    kept = state.copy()
    kept[lost] = np.nan
    return kept


def _failure(
    case: Learner, state: Array, lost: Array, time: Array, steps: Array, most_steps: int | None
) -> BlowUp | TooLarge:
    """What happened to the first lost member."""
    member = int(np.flatnonzero(lost)[0])
    place = ", ".join(str(int(i)) for i in np.unravel_index(member, case.batch)) if case.batch else ""
    which = f" (member {place} of the batch)" if case.batch else ""
    at = float(np.broadcast_to(time, lost.shape)[member])
    sizes = {name: float(np.max(np.abs(view[member]))) for name, view in case.views(state).items()}
    name = max(sizes, key=lambda key: np.inf if np.isnan(sizes[key]) else sizes[key])
    seen = f"the largest entry of {name} is {sizes[name]:.3g}" if np.isfinite(sizes[name]) else f"{name} is not finite"
    if most_steps is not None and steps[member] >= most_steps:
        return TooLarge(
            f"a simulation may take {most_steps} steps, and is at t = {at:.6g} after them{which}, where {seen}: raise "
            "`most_steps` or rtol, or ask for earlier times",
            time=at,
        )
    how = "steps shrank to nothing" if most_steps is not None else "the next step leaves what floats hold"
    return BlowUp(
        f"a simulated trajectory blew up at t = {at:.10g}{which}: {how}, and {seen}; ask for earlier times"
        + ("" if most_steps is not None else " or a smaller step")
        + ', or on_blow_up="mark"',
        time=at,
        quantity=name,
        member=member,
    )


def _simulation(
    case: Learner, data: Any, times: Array, kept: list[Array], reached: Array, steps: Array, how: str
) -> Simulation:
    everything = np.stack(kept)
    flat = case.views(everything.reshape(-1, case.size))
    layers = {name: view.reshape(len(kept), *case.batch, *view.shape[1:]) for name, view in flat.items()}
    shaped: Callable[[Array], Array] = lambda a: np.broadcast_to(a, (case.members,)).reshape(case.batch).copy()
    alpha = case.alpha.reshape(-1) if len(case.alpha) == 1 else case.alpha.reshape(*case.batch, 1, 1)
    return Simulation(case.model, read_moments(data), alpha, times, layers, shaped(reached), shaped(steps), how)
