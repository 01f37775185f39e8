"""Learners and samples in given frames: every letter is left · diag · rightᵀ, its frames rational rotations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp
from flint import fmpq

from symjepa.symbols import K, L, alpha, eta, lam, sigma2, sigma2_y, tau
from tests.reference.denotation import amplitude, rational
from tests.reference.learner import Array, Learner, Views

Pair = tuple[fmpq, fmpq]
"""One number for each of the two modes."""
Frames = Callable[[str], Array]
"""The frame of an end, `W.left`, `W@2`, `Sxx.right`, …"""


def rotation(a: fmpq) -> Array:
    """Cayley: (1 - A)(1 + A)⁻¹ for the antisymmetric A with entry a; orthogonal and rational."""
    c, s = (1 - a * a) / (1 + a * a), 2 * a / (1 + a * a)
    return np.array([[c, -s], [s, c]], dtype=object)


def level(stack: str, number: int, depth: int) -> str:
    """The end between layers number and number + 1."""
    return f"{stack}.right" if number == 0 else f"{stack}.left" if number == depth else f"{stack}@{number}"


@dataclass(frozen=True)
class Aligned:
    """Amplitudes of every letter on the two modes; x = 2V(p, q) and y = 2A(r, s) are a sample to match."""

    kind: str
    W: tuple[Pair, ...]
    P: tuple[Pair, ...]
    teacher: tuple[Pair, ...]
    p: Pair
    q: Pair
    r: Pair
    s: Pair
    alpha: fmpq
    tau: fmpq
    eta: fmpq

    @property
    def data(self) -> dict[str, Pair]:
        square = lambda f, g: tuple(f[i] * f[i] + g[i] * g[i] for i in range(2))
        cross = tuple(self.r[i] * self.p[i] + self.s[i] * self.q[i] for i in range(2))
        return {"Sxx": square(self.p, self.q), "Syx": cross, "Syy": square(self.r, self.s)}

    def numbers(self, mode: int) -> dict[sp.Expr, sp.Expr]:
        """Every symbol that a mode flow in layers coordinates may contain, on one mode."""
        known = {"w": self.W, "v": self.P, "b": self.teacher if self.kind == "ema-layers" else ()}
        values = {
            amplitude(f, i + 1): rational(pair[mode]) for f, pairs in known.items() for i, pair in enumerate(pairs)
        }
        values |= {x: rational(self.data[name][mode]) for x, name in ((lam, "Syx"), (sigma2, "Sxx"), (sigma2_y, "Syy"))}
        if self.kind in ("ema", "frozen"):
            values[sp.Symbol("b", real=True)] = rational(self.teacher[0][mode])
        rates = {alpha: self.alpha, tau: self.tau, eta: self.eta}
        return (
            values
            | {x: rational(y) for x, y in rates.items()}
            | {K: sp.Integer(len(self.P)), L: sp.Integer(len(self.W))}
        )


def diagonal(pair: Pair) -> Array:
    return np.array([[pair[0], fmpq(0)], [fmpq(0), pair[1]]], dtype=object)


def framed(name: str, pair: Pair, frames: Frames) -> Array:
    return frames(f"{name}.left") @ diagonal(pair) @ frames(f"{name}.right").T


def layers_in(stack: str, pairs: tuple[Pair, ...], frames: Frames) -> tuple[Array, ...]:
    ends = [frames(level(stack, number, len(pairs))) for number in range(len(pairs) + 1)]
    return tuple(ends[i + 1] @ diagonal(pair) @ ends[i].T for i, pair in enumerate(pairs))


def learner_in(aligned: Aligned, frames: Frames) -> Learner:
    W, P = layers_in("W", aligned.W, frames), layers_in("P", aligned.P, frames)
    teacher: Array | tuple[Array, ...] | None = None
    if aligned.kind == "ema-layers":
        teacher = layers_in("Wbar", aligned.teacher, frames)
    elif aligned.kind in ("ema", "frozen"):
        teacher = framed("Wbar", aligned.teacher[0], frames)
    return Learner(aligned.kind, W, P, teacher, aligned.alpha, aligned.tau, aligned.eta)


def views_in(aligned: Aligned, frames: Frames) -> Views:
    """Four pairs of views whose second moments are Σxx, Σyx and Σyy, diagonal in the frames of Σyx."""
    x = 2 * frames("Syx.right") @ np.hstack([diagonal(aligned.p), diagonal(aligned.q)])
    y = 2 * frames("Syx.left") @ np.hstack([diagonal(aligned.r), diagonal(aligned.s)])
    return Views(x, y)


def letters_in(aligned: Aligned, frames: Frames) -> dict[str, object]:
    """Every letter by its own two frames, covariances too: Σxx is then symmetric only if its two frames agree."""
    learner = learner_in(aligned, frames)
    data = {name: framed(name, pair, frames) for name, pair in aligned.data.items()}
    return {"W": learner.W, "P": learner.P, "Wbar": learner.teacher, **data}


def frames_of(classes: tuple[frozenset[str], ...], turned: Mapping[str, fmpq] | None = None) -> Frames:
    """One rotation per class of ends, all different; `turned` ends have one of their own; unknown ends the identity."""
    angle = {end: fmpq(number + 1, number + 3) for number, members in enumerate(classes) for end in members}
    angle |= turned or {}
    return lambda end: rotation(angle.get(end, fmpq(0)))


def outer_frames(family: str, number: int, depth: int, frames: Frames) -> tuple[Array, Array]:
    """Left and right frame of a moving matrix (number 0: a product that moves as one)."""
    if number == 0:
        return frames(f"{family}.left"), frames(f"{family}.right")
    return frames(level(family, number, depth)), frames(level(family, number - 1, depth))
