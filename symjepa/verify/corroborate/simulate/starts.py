r"""Where layers begin: Gaussian, balanced in random frames, or aligned with the data; one start for each seed.

Every seed has a generator of its own, so that a batch of seeds holds what each seed gives alone.  Teachers begin as
copies of the student; replace their entries to begin elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from symjepa.errors import ShapeMismatch
from symjepa.flow import gradient_flow
from symjepa.model import Model
from symjepa.modes.frames import alignment
from symjepa.verify.corroborate.simulate.learner import needed
from symjepa.verify.corroborate.simulate.moments import Array, Moments

UNSEEN = {"Sxx.right": "Sxx.left", "Syy.left": "Syx.left", "Syy.right": "Syx.left"}
"""Ends of covariances that a flow does not see still belong to the data: they are symmetric, and the target's own."""
Draw = Callable[[np.random.Generator], dict[str, Array]]


def gaussian_start(
    model: Model, encoder: Sequence[int], predictor: Sequence[int] = (), *, scale: float, seeds: Iterable[int]
) -> dict[str, Array]:
    """Independent normal entries of standard deviation scale/√(columns): neither aligned nor balanced.

    encoder: the widths d, …, m; predictor: the widths m, …, one more than layers (leave it out for depth 0).
    """
    shapes = _shapes(model, encoder, predictor)
    layer: Callable[[np.random.Generator, int, int], Array] = lambda g, rows, cols: (
        scale / cols**0.5 * g.normal(size=(rows, cols))
    )
    return _per_seed(model, seeds, lambda g: {name: layer(g, *shape) for name, shape in shapes.items()})


def balanced_start(
    model: Model,
    encoder: Sequence[int],
    predictor: Sequence[int] = (),
    *,
    scale: float,
    seeds: Iterable[int],
    alpha: float = 1.0,
) -> dict[str, Array]:
    r"""Balanced and not aligned: all layers share m singular values, between scale/2 and 3/2 scale, in random frames.

    The layers of the predictor have them √α times as large.  For a latent target P begins as a positive map: one that
    turns directions round loses modes for ever.
    """
    shapes, m = _shapes(model, encoder, predictor), encoder[-1]
    if min([*encoder, *predictor]) < m:
        raise ShapeMismatch(
            f"balanced layers have at least m = {m} rows and columns; got widths {(*encoder, *predictor)}"
        )

    def drawn(g: np.random.Generator) -> dict[str, Array]:
        sizes = scale * g.uniform(0.5, 1.5, m)
        bases = [rotation(g, width)[:, :m] for width in encoder]
        ahead = [bases[-1], *(rotation(g, width)[:, :m] for width in predictor[1:])]
        if model.latent and predictor:
            ahead[-1] = bases[-1]
        chain = {"W": (bases, sizes), "P": (ahead, alpha**0.5 * sizes)}
        return {name: _between(*chain[name[0]], int(name[2:])) for name in shapes}

    return _per_seed(model, seeds, drawn)


def _between(bases: Sequence[Array], sizes: Array, layer: int) -> Array:
    return np.asarray((bases[layer] * sizes) @ bases[layer - 1].T)


@dataclass(frozen=True, eq=False)
class Aligned:
    """Layers and data, diagonal in the frames that the objective needs, and these frames by ends of letters."""

    start: Mapping[str, Array]
    data: Moments
    frames: Mapping[str, Array]

    def amplitudes(self, name: str, held: Array) -> Array:
        """The diagonal of a letter (…, rows, columns) in its frames, signs included."""
        return np.diagonal(self._turned(name, held), axis1=-2, axis2=-1)

    def stray(self, name: str, held: Array) -> Array:
        """The largest entry off that diagonal."""
        turned = self._turned(name, held)
        return np.asarray(np.max(np.abs(turned * (1 - np.eye(*turned.shape[-2:]))), axis=(-2, -1)))

    def _turned(self, name: str, held: Array) -> Array:
        return self.frames[f"{name}.left"].T @ held @ self.frames[f"{name}.right"]


def aligned_start(
    model: Model, amplitudes: Mapping[str, Any], encoder: Sequence[int], predictor: Sequence[int] = (), *, seed: int
) -> Aligned:
    """Every letter as left · diag(amplitudes) · rightᵀ in random frames, ends that must coincide sharing theirs.

    amplitudes: for each of `W_1` …, `P_1` …, the teacher's matrices, `Sxx`, `Syx` (and `Syy`), the modes (…, modes),
    with leading axes for a batch; modes that are not named have 0.
    """
    shapes = _shapes(model, encoder, predictor)
    d, target = encoder[0], encoder[0] if model.latent else predictor[-1]
    shapes |= {
        name: (encoder[-1], d) if name == "Wbar" else shapes[name.replace("Wbar", "W")] for name in _copies(model)
    }
    shapes |= {"Sxx": (d, d), "Syx": (target, d), "Syy": (target, target)}
    _check_amplitudes(amplitudes, shapes)
    found = _frames(model, shapes, np.random.default_rng(seed))
    letters = {name: _framed(name, np.asarray(values, dtype=float), found) for name, values in amplitudes.items()}
    data = Moments(letters.pop("Sxx"), letters.pop("Syx"), letters.pop("Syy", None))
    return Aligned(letters, data, found)


def _check_amplitudes(amplitudes: Mapping[str, Any], shapes: Mapping[str, tuple[int, int]]) -> None:
    names = [name for name in shapes if name != "Syy"]
    if set(amplitudes) - {"Syy"} != set(names):
        raise ShapeMismatch(f"amplitudes are needed for {', '.join(names)}; got {', '.join(amplitudes)}")
    for name, values in amplitudes.items():
        (rows, cols), modes = shapes[name], np.shape(values)[-1]
        if modes > min(rows, cols):
            raise ShapeMismatch(f"{name} is {rows} × {cols} and has at most {min(rows, cols)} modes; got {modes}")


def _framed(name: str, values: Array, found: Mapping[str, Array]) -> Array:
    left, right = found[f"{name}.left"], found[f"{name}.right"]
    modes = values.shape[-1]
    return (left[:, :modes] * values[..., None, :]) @ right[:, :modes].T


def _frames(model: Model, shapes: Mapping[str, tuple[int, int]], g: np.random.Generator) -> dict[str, Array]:
    """A frame for each end of each matrix; the classes of ends are those that the derived flow needs."""
    classes = alignment(gradient_flow(model)).classes
    made: dict[Any, Array] = {}
    found = {}
    for name, shape in shapes.items():
        for side, size in zip(("left", "right"), shape, strict=True):
            end = _end(model, name, side)
            if not any(end in members for members in classes):
                end = UNSEEN.get(end, end)
            key = next((members for members in classes if end in members), end)
            found[f"{name}.{side}"] = made.setdefault(key, rotation(g, size))
    return found


def _end(model: Model, name: str, side: str) -> str:
    """`W_1.right` → `W.right`, `W_1.left` → `W@1`, and the last `W.left`, as alignments name the ends."""
    stack, _, number = name.partition("_")
    if not number:
        return f"{name}.{side}"
    depth = int(model.predictor.depth if stack == "P" else model.encoder.depth)
    level = int(number) - (side == "right")
    return f"{stack}.right" if level == 0 else f"{stack}.left" if level == depth else f"{stack}@{level}"


def rotation(g: np.random.Generator, size: int) -> Array:
    """An orthogonal matrix, uniformly distributed."""
    q, r = np.linalg.qr(g.normal(size=(size, size)))
    return np.asarray(q * np.sign(np.diagonal(r)))


# Shapes and seeds.


def _shapes(model: Model, encoder: Sequence[int], predictor: Sequence[int]) -> dict[str, tuple[int, int]]:
    names = [name for name in needed(model) if not name.startswith("Wbar")]
    L, K = int(model.encoder.depth), int(model.predictor.depth)
    if len(encoder) != L + 1 or (len(predictor) != K + 1 and (K or predictor)):
        raise ShapeMismatch(
            f"{L + 1} widths of the encoder and {K + 1 if K else 0} of the predictor are needed, from the input on; "
            f"got {tuple(encoder)} and {tuple(predictor)}"
        )
    if K and predictor[0] != encoder[-1]:
        raise ShapeMismatch(f"the predictor begins where the encoder ends, at width {encoder[-1]}; got {predictor[0]}")
    widths = {"W": encoder, "P": predictor}
    return {name: (widths[name[0]][int(name[2:])], widths[name[0]][int(name[2:]) - 1]) for name in names}


def _copies(model: Model) -> list[str]:
    return [name for name in needed(model) if name.startswith("Wbar")]


def _per_seed(model: Model, seeds: Iterable[int], draw: Draw) -> dict[str, Array]:
    """One start for each seed along the first axis, teachers as copies."""
    each = [draw(np.random.default_rng(seed)) for seed in seeds]
    weights = {name: np.stack([one[name] for one in each]) for name in each[0]}
    layers = [weights[f"W_{i + 1}"] for i in range(int(model.encoder.depth))]
    product = reduce(lambda below, layer: layer @ below, layers)
    copies = {name: product if name == "Wbar" else weights[name.replace("Wbar", "W")] for name in _copies(model)}
    return {**weights, **{name: held.copy() for name, held in copies.items()}}
