r"""Boxes in a rotating frame: {c + Q r : |r_j| ≤ radius_j}, with c and Q exact (Lohner's QR form).

A box with axes of the coordinates grows at every step by whatever the flow rotates and shears.  Here Q follows the
flow: its first axis is the image of the longest edge, so long thin boxes stay long and thin.

Soundness: Q is any exact invertible matrix (chosen by Gram and Schmidt without care); only its inverse, from FLINT's
certified `inv`, and the products of balls that bound the new radii are believed.
Source: R. Lohner, Enclosing the solutions of ordinary initial and boundary value problems, 1987.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat

Vector = list[arb]


@dataclass(frozen=True, slots=True)
class Box:
    """{center + frame · r : |r_j| ≤ radii_j}; center, frame and radii have no radius of their own."""

    center: Vector
    frame: arb_mat
    radii: Vector

    def spread(self) -> Vector:
        """Half the width of the box along every coordinate, rounded up."""
        return upper(absolute(self.frame) * column(self.radii))

    def hull(self) -> Vector:
        """The smallest balls around it, one per coordinate."""
        return [c + arb(0, s) for c, s in zip(self.center, self.spread(), strict=True)]


def column(entries: Vector) -> arb_mat:
    """A vector as a matrix."""
    return arb_mat(len(entries), 1, entries)


def absolute(matrix: arb_mat) -> arb_mat:
    """Upper bounds of the sizes of all entries."""
    return arb_mat(matrix.nrows(), matrix.ncols(), [x.abs_upper() for x in matrix.entries()])


def upper(vector: arb_mat) -> Vector:
    """Upper bounds of the sizes of a column."""
    return [x.abs_upper() for x in vector.entries()]


def around(balls: Vector) -> Box:
    """The box of a point known by balls, its axes those of the coordinates."""
    n = len(balls)
    frame = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    return Box([x.mid() for x in balls], frame, [x.rad() for x in balls])


def carried(center: Vector, image: arb_mat, radii: Vector, noise: Vector) -> Box:
    """A box that holds {c + image·r + e : c in `center`, |r| ≤ radii, |e| ≤ noise}.

    With middle m and frame Q of the answer: c + G r + e - m = Q (Q⁻¹G r + Q⁻¹((c - m) + e)), whatever Q is.
    """
    middle = [c.mid() for c in center]
    shift = [c - m + arb(0, e) for c, m, e in zip(center, middle, noise, strict=True)]
    frame, back = _inverted(_axes(image, radii, [m.abs_upper() for m in middle]))
    edges = upper(absolute(back * image) * column(radii))
    added = upper(back * column(shift))
    return Box(middle, frame, [(a + b).abs_upper() for a, b in zip(edges, added, strict=True)])


def _inverted(frame: arb_mat) -> tuple[arb_mat, arb_mat]:
    """The frame and its inverse; the axes of the coordinates where the inverse is not certified."""
    n = frame.nrows()
    unit = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    if not all(x.is_finite() for x in frame.entries()):
        return unit, unit
    try:
        back = frame.inv()
    except ZeroDivisionError:
        return unit, unit
    return (frame, back) if all(x.is_finite() for x in back.entries()) else (unit, unit)


def _axes(image: arb_mat, radii: Vector, sizes: Vector) -> arb_mat:
    """Orthogonal axes (coordinates measured by their sizes), the first along the longest edge."""
    n = len(radii)
    units = [_power_of_two(s) for s in sizes]
    edges = [[(image[i, j].mid() * radii[j] / units[i]).mid() for i in range(n)] for j in range(n)]
    edges.sort(key=lambda edge: -_exponent(_dot(edge, edge)))
    axes: list[Vector] = []
    for edge in edges + [[arb(int(i == j)) for i in range(n)] for j in range(n)]:
        rest = _reduced(_reduced(edge, axes), axes)
        squared, whole = _dot(rest, rest), _dot(edge, edge)
        if len(axes) < n and squared > 0 and _exponent(squared) > _exponent(whole) - 40:
            length = squared.sqrt().mid()
            axes.append([(x / length).mid() for x in rest])
    return arb_mat(n, n, [(axes[j][i] * units[i]).mid() for i in range(n) for j in range(n)])


def _reduced(edge: Vector, axes: list[Vector]) -> Vector:
    for axis in axes:
        along = _dot(edge, axis)
        edge = [(x - along * a).mid() for x, a in zip(edge, axis, strict=True)]
    return edge


def _dot(a: Vector, b: Vector) -> arb:
    return sum((x * y for x, y in zip(a, b, strict=True)), arb(0)).mid()


def _exponent(x: arb) -> int:
    """The binary exponent of a size: an order, and a scale, that no float could hold."""
    mantissa, exponent = x.mid().man_exp()
    return int(exponent) + int(mantissa).bit_length() if mantissa else -(10**12)


def _power_of_two(size: arb) -> arb:
    return arb(1) if size == 0 else arb(2) ** _exponent(size)
