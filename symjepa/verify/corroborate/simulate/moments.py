r"""Second moments of the two views, as arrays whose leading axes run over a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from symjepa.errors import InvalidCovariance, InvalidNumber, ShapeMismatch

Array = npt.NDArray[Any]
ROUNDING = 1e-10
"""How far, relative to the largest entry or eigenvalue, rounding may push a covariance off its definition."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Σxx (…, d, d), Σyx (…, d_y, d), target first, and Σyy (…, d_y, d_y); leading axes are those of a batch.

    Σyy moves a shared teacher alone and may be left out for every other.  Raises ShapeMismatch and InvalidCovariance.
    """

    Sxx: Array
    Syx: Array
    Syy: Array | None = None

    def __post_init__(self) -> None:
        for name in ("Sxx", "Syx", "Syy"):
            held = getattr(self, name)
            if held is not None:
                object.__setattr__(self, name, matrices(name, held))
        _check_shapes(self)
        _check_finite(self)
        _check_symmetric("Sxx", self.Sxx)
        _check_semidefinite("Sxx", self.Sxx)
        if self.Syy is not None:
            _check_symmetric("Syy", self.Syy)
            _check_semidefinite("the joint covariance [[Sxx, Syxᵀ], [Syx, Syy]]", _joint(self, self.Syy))

    @classmethod
    def of_sample(cls, x: Array, y: Array) -> Moments:
        """The moments of a finite sample of views of mean zero, one pair (x, y) per column."""
        return cls(*(a @ b.swapaxes(-1, -2) / a.shape[-1] for a, b in ((x, x), (y, x), (y, y))))


def read_moments(data: Any) -> Moments:
    """`Moments` as they are, or of anything that has Sxx, Syx and perhaps Syy."""
    if isinstance(data, Moments):
        return data
    if not (hasattr(data, "Sxx") and hasattr(data, "Syx")):
        raise InvalidCovariance(f"data are Moments(Sxx, Syx, Syy), or what has these; got {type(data).__name__}")
    return Moments(data.Sxx, data.Syx, getattr(data, "Syy", None))


def matrices(name: str, held: Any) -> Array:
    """Anything that reads as an array of matrices: floats, or exact numbers as objects."""
    array = np.asarray(held)
    if array.ndim < 2:
        raise ShapeMismatch(f"{name} must be a matrix, or a batch of them along leading axes; got shape {array.shape}")
    if array.dtype.kind not in "iufO":
        raise InvalidNumber(f"{name} must hold real numbers; got entries of type {array.dtype}", name=name)
    return array if array.dtype == object else array.astype(float)


def _check_shapes(moments: Moments) -> None:
    d, target = moments.Sxx.shape[-1], moments.Syx.shape[-2]
    wanted = {"Sxx": (d, d), "Syx": (target, d), "Syy": (target, target)}
    for name, shape in wanted.items():
        held = getattr(moments, name)
        if held is not None and held.shape[-2:] != shape:
            raise ShapeMismatch(
                f"{name} must be {shape[0]} × {shape[1]}, for Sxx is {_by(moments.Sxx)} and Syx {_by(moments.Syx)} "
                f"(target first); got {_by(held)}"
            )


def _by(held: Array) -> str:
    return f"{held.shape[-2]} × {held.shape[-1]}"


def _check_finite(moments: Moments) -> None:
    for name in ("Sxx", "Syx", "Syy"):
        held = getattr(moments, name)
        if held is not None and not np.isfinite(held.astype(float)).all():
            raise InvalidCovariance(f"{name} holds entries that are not finite numbers", name=name)


def _check_symmetric(name: str, held: Array) -> None:
    numbers = held.astype(float)
    gap = float(np.max(np.abs(numbers - numbers.swapaxes(-1, -2)), initial=0.0))
    if not gap <= ROUNDING * float(np.max(np.abs(numbers), initial=0.0)):
        raise InvalidCovariance(
            f"{name} must be symmetric; got entries that differ from their mirror images by {gap:.3g}: "
            f"take ({name} + {name}ᵀ)/2 if that is rounding",
            gap=gap,
        )


def _check_semidefinite(name: str, held: Array) -> None:
    values = np.linalg.eigvalsh(held.astype(float))
    least, most = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if not least >= -ROUNDING * max(most, -least):
        raise InvalidCovariance(
            f"{name} must be positive semidefinite; got the eigenvalue {least:.6g}: no data have such moments",
            eigenvalue=least,
        )


def _joint(moments: Moments, Syy: Array) -> Array:
    cross = moments.Syx
    batch = np.broadcast_shapes(moments.Sxx.shape[:-2], cross.shape[:-2], Syy.shape[:-2])
    Sxx, Syx, Syy = (np.broadcast_to(a, (*batch, *a.shape[-2:])) for a in (moments.Sxx, cross, Syy))
    top, bottom = (np.concatenate(row, axis=-1) for row in ((Sxx, Syx.swapaxes(-1, -2)), (Syx, Syy)))
    return np.concatenate((top, bottom), axis=-2)
