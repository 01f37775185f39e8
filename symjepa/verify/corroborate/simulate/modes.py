r"""Modes read off matrices: amplitudes along the common eigenvectors of the data, and how far frames are from ideal.

The context has the modes V = (v_1, …), and the target U (equal to V for a latent target).  A learner is *aligned* if
the images W v_i are orthogonal and P, W̄ respect them; their directions are the learner's own choice, so they are read
off it: a_i = W v_i / |W v_i|.  Then w_i = |W v_i|, v_i = a_iᵀ P a_i (u_iᵀ P a_i for a data target), b_i = a_iᵀ W̄ v_i.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from symjepa.errors import InvalidCovariance
from symjepa.verify.corroborate.simulate.moments import Array, Moments

COMMON = 1e-8
"""How far from diagonal, relative to the largest entry, data may be in frames that are called common."""
IRRATIONAL = 2**0.5 - 1


@dataclass(frozen=True, eq=False)
class Frames:
    """Modes of the data as columns, most correlated first: of the context (…, d, d), of the target (…, d_y, d)."""

    context: Array
    target: Array
    lam: Array
    sigma2: Array


@dataclass(frozen=True, eq=False)
class Modes:
    """Amplitudes (times, *batch, modes) of encoder, predictor and teacher, and covariance and variance of each mode.

    stray: for "encoder", "predictor" and "teacher", the part of the matrix (in Frobenius' norm, from 0 to about 1)
    that no ideal frames explain, (times, *batch): 0 exactly where the learner is aligned.
    """

    w: Array
    v: Array
    b: Array | None
    lam: Array
    sigma2: Array
    stray: Mapping[str, Array]


def mode_frames(data: Moments, latent: bool) -> Frames:
    """The frames in which Σxx and Σyx are diagonal; raises InvalidCovariance where they have none in common.

    Of modes that agree in λ² and σ² any basis will do.
    """
    Sxx, Syx = data.Sxx.astype(float), data.Syx.astype(float)
    squared = _t(Syx) @ Syx
    mixed = Sxx / _size(Sxx) + IRRATIONAL * squared / _size(squared)
    _, vectors = np.linalg.eigh((mixed + _t(mixed)) / 2)
    target = vectors if latent else _polar(Syx @ vectors)
    lam, sigma2 = (_diagonal(_t(left) @ held @ vectors) for left, held in ((target, Syx), (vectors, Sxx)))
    for name, left, held in (("Sxx", vectors, Sxx), ("Syx", target, Syx)):
        _check_common(name, _t(left) @ held @ vectors, held)
    order = np.argsort(-np.abs(lam), axis=-1, kind="stable")
    context, target = (np.take_along_axis(a, order[..., None, :], axis=-1) for a in (vectors, target))
    return Frames(context, target, *(np.take_along_axis(a, order, axis=-1) for a in (lam, sigma2)))


def read(W: Array, P: Array, teacher: Array | None, at: Frames, latent: bool) -> Modes:
    """Amplitudes and stray parts of the products of a learner."""
    image = W @ at.context
    w = np.linalg.norm(image, axis=-2)
    a = np.divide(image, w[..., None, :], out=np.zeros_like(image), where=w[..., None, :] != 0)
    ends = a if latent else at.target
    v = np.sum(ends * (P @ a), axis=-2)
    stray = {
        "encoder": _off_diagonal(_t(image) @ image),
        "predictor": _part(P @ image - ends * (v * w)[..., None, :], P @ image),
    }
    b = None
    if teacher is not None:
        followed = teacher @ at.context
        b = np.sum(a * followed, axis=-2)
        stray["teacher"] = _part(followed - a * b[..., None, :], followed)
    return Modes(w, v, b, at.lam, at.sigma2, stray)


def _t(held: Array) -> Array:
    return held.swapaxes(-1, -2)


def _diagonal(held: Array) -> Array:
    return np.diagonal(held, axis1=-2, axis2=-1)


def _size(held: Array) -> Array:
    """The largest entry of each matrix, 1 for a matrix of zeros."""
    largest = np.max(np.abs(held), axis=(-2, -1), keepdims=True)
    return np.where(largest > 0, largest, 1.0)


def _polar(held: Array) -> Array:
    left, _, right = np.linalg.svd(held, full_matrices=False)
    return np.asarray(left @ right)


def _norm(held: Array) -> Array:
    return np.asarray(np.linalg.norm(held, axis=(-2, -1)))


def _part(rest: Array, whole: Array) -> Array:
    size = _norm(whole)
    return np.divide(_norm(rest), size, out=np.zeros_like(size), where=size != 0)


def _off_diagonal(held: Array) -> Array:
    return _part(held * (1 - np.eye(held.shape[-1])), held)


def _check_common(name: str, turned: Array, held: Array) -> None:
    rows, cols = turned.shape[-2:]
    stray = float(np.max(np.abs(turned * (1 - np.eye(rows, cols))) / _size(held), initial=0.0))
    if not stray <= COMMON:
        raise InvalidCovariance(
            f"modes need frames in which Sxx and Syx are both diagonal, but {name} keeps {stray:.3g} of its size off "
            "the diagonal: give commuting covariances, or read the layers themselves",
            stray=stray,
        )
