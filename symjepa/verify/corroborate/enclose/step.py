r"""One proved step: from a box that holds the state at time t to one that holds it at time t + h.

Time is measured in steps, s in [0, 1], so x' = h f(x).  Proposed are a polynomial path p and a polynomial matrix Y,
Y(0) = 1 (`jet`); proved is the following, for every start x(0) = c + Q r of the box, c = p(0).

1. *Defect.*  |p(0) - c| + |p' - h f(p)| ≤ g on [0, 1], componentwise, by polynomials with remainder (`taylor`): all
   coefficients of the defect, those that should vanish included.  This is Taylor's remainder and all rounding errors.
2. *Inclusion* (Picard's, by continuation).  Let B be the range of p widened by η, and M ≥ the rates of growth on B:
   M_ii ≥ max(0, h ∂f_i/∂x_i), M_ij ≥ |h ∂f_i/∂x_j|.  While e = x - p stays in |e| ≤ η, the mean value theorem on the
   convex B gives D⁺|e| ≤ M|e| + g, and M ≥ 0 so that |e| ≤ exp(M)(|e(0)| + g) up to s = 1 (Kamke's comparison).  If
   this is < η in every component, e cannot reach the edge, and a polynomial field cannot stop inside a compact set: the
   solution exists on the whole step, and stays in B.
3. *Variation.*  V = ∂x(1)/∂x(0) at any point of the box obeys V' = h Df(x) V.  With |Df(x) - Df(p)| ≤ Δ = |D²f(B)| η
   and |Y(0) - 1| + |Y' - h Df(p) Y| ≤ D: |V - Y(1)| ≤ exp(M)(D + hΔ|Y|), again by comparison.
4. *Mean value.*  x(1) is in p(1) ± exp(M) g + (Y(1) ± the bound of 3) Q r, and `frame` wraps it.

Only 1 needs the full precision.  Bounds are upper ends of balls throughout (`abs_upper`), matrices of bounds have
non-negative entries, and exp is FLINT's on ball matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat, arb_poly

from symjepa.exact.balls import precision
from symjepa.verify.corroborate.enclose.field import Field
from symjepa.verify.corroborate.enclose.frame import Box, Vector, absolute, carried, column, upper
from symjepa.verify.corroborate.enclose.jet import Jet
from symjepa.verify.corroborate.enclose.taylor import HALVES, UNIT, Rest, bound, rest

COARSE = 64
TRIES = 4
WIDENED = 4


@dataclass(frozen=True, slots=True)
class Step:
    """The box at the end, and what the step cost: |defect| per component."""

    box: Box
    defect: Vector


def proved_step(field: Field, coefficients: list[arb], box: Box, jet: Jet) -> Step | None:
    """The box after the step that the jet proposes; None where the inclusion does not close (the step is too long)."""
    defect = _defect(field, coefficients, box.center, jet)
    with precision(COARSE):
        wide = _inclusion(field, coefficients, box, jet, defect)
        if wide is None:
            return None
        growth, eta, within = wide
        error = _variation_error(field, coefficients, jet, growth, eta, within)
        turned = arb_mat([[y(arb(1)) for y in row] for row in jet.fundamental])
        image = (turned + arb_mat(len(eta), len(eta), [arb(0, e) for e in error.entries()])) * box.frame
        noise = upper(growth * column(defect))
    center = [p(arb(1)) for p in jet.path]
    with precision(COARSE):  # midpoints keep their bits, for `mid` does not round; radii and frames need few
        after = carried(center, image, box.radii, noise)
    return Step(after, defect) if all(x.is_finite() for x in (*after.center, *after.radii)) else None


def _defect(field: Field, coefficients: list[arb], center: Vector, jet: Jet) -> Vector:
    """g with |p(0) - c| + |p' - h f(p)| ≤ g on [0, 1]."""
    length = max(2, *(p.length() for p in jet.path))
    state = [rest(p, length) for p in jet.path]
    rates = field.rates([c * jet.h for c in coefficients], rest(arb_poly([1]), length), state)
    found = []
    for i, p in enumerate(jet.path):
        rate = rates.get((i,), None)
        gap = p.derivative() if rate is None else p.derivative() - rate.polynomial
        left = abs(p(arb(0)) - center[i]) if rate is None else abs(p(arb(0)) - center[i]) + rate.rest
        found.append((gap(UNIT).abs_upper() + left).abs_upper())
    return found


def _inclusion(
    field: Field, coefficients: list[arb], box: Box, jet: Jet, defect: Vector
) -> tuple[arb_mat, Vector, Vector] | None:
    """exp(M), η and B, if the inclusion closes."""
    start = [(a + g).abs_upper() for a, g in zip(box.spread(), defect, strict=True)]
    ranges = [p(HALVES) for p in jet.path]
    eta = [_above(a, r) for a, r in zip(start, ranges, strict=True)]
    for _ in range(TRIES):
        within = [r + arb(0, e) for r, e in zip(ranges, eta, strict=True)]
        growth = _growth(field, [c * jet.h for c in coefficients], within)
        if not all(x.is_finite() for x in growth.entries()):
            return None
        needed = upper(growth * column(start))
        if all(n < e for n, e in zip(needed, eta, strict=True)):
            return growth, eta, within
        eta = [_above(n, r) for n, r in zip(needed, ranges, strict=True)]
    return None


def _above(x: arb, size: arb) -> arb:
    """A bound that leaves room above x; positive even for x = 0."""
    return (x * WIDENED + (size.abs_upper() + 1) * arb(2) ** -4000).abs_upper()


def _growth(field: Field, scaled: list[arb], within: Vector) -> arb_mat:
    """Upper bounds of exp(M)."""
    n = len(within)
    rates = [[arb(0)] * n for _ in range(n)]
    for (i, j), slope in field.slopes(scaled, arb(1), within).items():
        rates[i][j] = slope.upper().max(arb(0)) if i == j else slope.abs_upper()
    return absolute(arb_mat(rates).exp())


def _variation_error(
    field: Field, coefficients: list[arb], jet: Jet, growth: arb_mat, eta: Vector, within: Vector
) -> arb_mat:
    """Upper bounds of |V(1) - Y(1)|."""
    n = len(eta)
    scaled = [c * jet.h for c in coefficients]
    bent = arb_mat(n, n)
    for (i, j, k), curve in field.curvatures(scaled, arb(1), within).items():
        bent[i, j] = bent[i, j] + curve.abs_upper() * eta[k]
    sizes = arb_mat([[bound(y) for y in row] for row in jet.fundamental])
    return absolute(growth * (_variation_defect(field, scaled, jet) + bent * sizes))


def _variation_defect(field: Field, scaled: list[arb], jet: Jet) -> arb_mat:
    """D with |Y(0) - 1| + |Y' - h Df(p) Y| ≤ D on [0, 1]."""
    length = max(y.length() for row in jet.fundamental for y in row)
    slopes = field.slopes(scaled, rest(arb_poly([1]), length), [rest(p, length) for p in jet.path])
    fundamental = [[rest(y, length) for y in row] for row in jet.fundamental]
    n = len(fundamental)
    gaps = [[rest(y.derivative() * -1, length) for y in row] for row in jet.fundamental]
    for (i, k), slope in slopes.items():
        for j in range(n):
            gaps[i][j] = gaps[i][j] + slope * fundamental[k][j]
    first = [[abs(y(arb(0)) - int(i == j)) for j, y in enumerate(row)] for i, row in enumerate(jet.fundamental)]
    return arb_mat(
        [[_size(gap) + a for gap, a in zip(row, r, strict=True)] for row, r in zip(gaps, first, strict=True)]
    )


def _size(gap: Rest) -> arb:
    return (gap.polynomial(UNIT).abs_upper() + gap.rest).abs_upper()
