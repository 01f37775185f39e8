r"""Solutions of flows in one variable, by separation, with real logarithms chosen for the domain.

Two terms, $\dot x = c_1 x^{e} + c_2 x^{e+d}$, have the other zero $x_* = (-c_1/c_2)^{1/d}$.  With $y = (x/x_*)^d$ and
$N = (e-1)/d$, $$ d\,c_1 x_*^{e-1}\,dt = y^{-N-1}/(1-y)\,dy, $$ which is elementary when N is a whole number, symbolic
depths included (a finite sum, and one logarithm), and for numeric depth always (roots of unity in pairs).  N = 0 is
the logistic case and N = 1 Lambert's.  SymPy's `dsolve` and `integrate` would choose log(y - 1) on 0 < y < 1.  Every
candidate is compared with the rate at points, at 40 digits, before it is proposed; that is not a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sympy as sp

from symjepa.analysis.monomials import Term, Terms, lowest, power, sign, terms
from symjepa.analysis.proposals import Trajectory
from symjepa.exact.facts import Fact
from symjepa.modes.reduction import ModeFlow
from symjepa.symbols import n, t

DIGITS = 40
DEEPEST = 24


@dataclass(frozen=True)
class Separable:
    """ẋ = f(x) for one positive variable, as terms, lowest exponent first."""

    x: sp.Symbol
    rate: sp.Expr
    terms: Terms

    @property
    def start(self) -> sp.Symbol:
        """x(0)."""
        return sp.Symbol(f"{self.x}0", positive=True)


def separable(modes: ModeFlow) -> Separable | None:
    """The flow as one equation, or None for a system, or where depths leave the order of the exponents open."""
    if len(modes.rates) != 1 or (modes.families and not modes.state[0].is_Symbol):
        return None
    ((x, rate),) = modes.rates.items()
    many = terms(rate, (x,))
    deep = {symbol: sp.Integer(7) for term in many for symbol in term.of(x).free_symbols}
    ordered = tuple(sorted(many, key=lambda term: term.of(x).xreplace(deep)))
    return Separable(x, rate, ordered)


def trajectory(modes: ModeFlow) -> Trajectory | None:
    """x(t) where there is a closed form, else the time T(x) as a closed form; None where neither is elementary.

    Domain: x > 0, and x below its other fixed point where a logarithm says so (`valid_if`).
    """
    flow = separable(modes)
    if flow is None:
        return None
    found = _explicit(flow) or _implicit(flow)
    return found if found is not None and agrees(flow, found) else None


def time_of(modes: ModeFlow) -> Trajectory | None:
    """T(x) with D T = 1, implicit even where x(t) is explicit."""
    flow = separable(modes)
    found = None if flow is None else _implicit(flow)
    return found if found is not None and flow is not None and agrees(flow, found) else None


def _explicit(flow: Separable) -> Trajectory | None:
    if len(flow.terms) == 1:
        return _power(flow, flow.terms[0])
    two = two_terms(flow)
    if two is None:
        return None
    if two.N == 0:
        return _logistic(flow, two)
    return _lambert(flow, two) if two.N == 1 else None


def _power(flow: Separable, term: Term) -> Trajectory:
    """ẋ = c x^e."""
    x, x0, c, e = flow.x, flow.start, term.coefficient, term.of(flow.x)
    if e == 1:
        return Trajectory(
            "explicit", (x, x0 * sp.exp(c * t)), x0 * sp.exp(c * t), f"{x} moves at a constant relative rate"
        )
    q = lowest(e - 1)
    needs = () if sign(q) in ("positive", "negative") else (Fact(q, "nonzero"),)
    inside = x0 ** (-q) - q * c * t
    value = inside ** lowest(-1 / q)
    return Trajectory(
        "explicit", (x, value), value, f"{x}^(-{q}) moves at a constant speed", (*needs, Fact(inside, "positive"))
    )


@dataclass(frozen=True)
class TwoTerms:
    """ẋ = c1 x^e + c2 x^(e+d), d > 0; y = -(c2/c1) x^d is 1 at the other fixed point; N = (e-1)/d."""

    x: sp.Symbol
    c1: sp.Expr
    c2: sp.Expr
    e: sp.Expr
    d: sp.Expr
    needs: tuple[Fact, ...]

    @property
    def N(self) -> sp.Expr:
        return lowest((self.e - 1) / self.d)

    @property
    def y(self) -> sp.Expr:
        return power(-self.c2 / self.c1, sp.S.One) * self.x**self.d

    @property
    def speed(self) -> sp.Expr:
        """dt = speed⁻¹ y^(-N-1)/(1-y) dy; for a whole N no root is taken."""
        return sp.Mul(self.d, self.c1, power(-self.c1 / self.c2, self.N))

    @property
    def signal(self) -> Fact:
        """The other fixed point is positive."""
        return Fact(_sign_of(-self.c1 / self.c2), "positive")

    @property
    def below(self) -> Fact:
        """x lies below the other fixed point."""
        return Fact(1 - self.y, "positive")


def _sign_of(expr: sp.Expr) -> sp.Expr:
    return sp.Mul(*(factor for factor in sp.Mul.make_args(sp.factor(expr)) if not factor.is_positive))


def two_terms(flow: Separable) -> TwoTerms | None:
    """The flow as two powers, or None."""
    if len(flow.terms) != 2:
        return None
    first, second = flow.terms
    e, d = first.of(flow.x), lowest(second.of(flow.x) - first.of(flow.x))
    if sign(d) not in ("positive", "nonnegative"):
        return None
    needs = () if sign(d) == "positive" else (Fact(d, "positive"),)
    return TwoTerms(flow.x, first.coefficient, second.coefficient, e, d, needs)


def _logistic(flow: Separable, two: TwoTerms) -> Trajectory:
    """N = 0: y obeys the logistic equation; written without dividing by c1, which may have any sign."""
    x0, d = flow.start, two.d
    grown = sp.exp(d * two.c1 * t)
    inside = x0**d * grown / (1 + two.c2 / two.c1 * x0**d * (1 - grown))
    value = inside ** lowest(1 / d)
    why = f"{flow.x}^{d} obeys the logistic equation"
    needs = (*two.needs, Fact(two.c1, "nonzero"), Fact(inside, "positive"))
    return Trajectory("explicit", (flow.x, value), value, why, needs)


def _lambert(flow: Separable, two: TwoTerms) -> Trajectory:
    """N = 1: z = 1/y - 1 obeys ż = -speed · z/(1+z), so z e^z decays exponentially."""
    z0 = 1 / two.y.xreplace({flow.x: flow.start}) - 1
    z = sp.LambertW(z0 * sp.exp(z0 - two.speed * t))
    value = power(-two.c1 / two.c2, 1 / two.d) * (1 + z) ** lowest(-1 / two.d)
    why = "z = y^(-1) - 1 obeys z exp(z) = z(0) exp(z(0) - speed t), on the principal branch"
    return Trajectory("explicit", (flow.x, value), value, why, (*two.needs, two.signal))


def _implicit(flow: Separable) -> Trajectory | None:
    if len(flow.terms) == 1:
        return _time_of_power(flow, flow.terms[0])
    two = two_terms(flow)
    if two is None:
        return None
    N = two.N
    if N.is_integer and sign(N) in ("zero", "positive", "nonnegative"):
        return _finite_sum(flow, two)
    return _roots_of_unity(flow, two) if two.e.is_Integer and two.d.is_Integer and two.d <= DEEPEST else None


def _from_time(flow: Separable, time: sp.Expr, why: str, needs: tuple[Fact, ...]) -> Trajectory:
    equation = (time - time.xreplace({flow.x: flow.start}), t)
    return Trajectory("implicit", equation, time, why, needs)


def _time_of_power(flow: Separable, term: Term) -> Trajectory:
    x, c, q = flow.x, term.coefficient, lowest(term.of(flow.x) - 1)
    if q == 0:
        return _from_time(flow, sp.log(x) / c, "separation", (Fact(c, "nonzero"),))
    needs = () if sign(q) in ("positive", "negative") else (Fact(q, "nonzero"),)
    return _from_time(flow, -(x ** (-q)) / (q * c), "separation", (*needs, Fact(c, "nonzero")))


def _finite_sum(flow: Separable, two: TwoTerms) -> Trajectory:
    """∫ y^(-N-1)/(1-y) dy = -Σ_{m=1}^{N} y^(-m)/m + log y - log(1-y)."""
    N, y = two.N, two.y
    summand = power(y, -n) / n
    if N.is_Integer and N <= DEEPEST:
        poles = sp.Add(*(summand.xreplace({n: sp.Integer(m)}) for m in range(1, int(N) + 1)))
    else:
        poles = sp.Sum(summand, (n, 1, N))
    time = (-poles + sp.log(y) - sp.log(1 - y)) / two.speed
    why = "separation: y^(-N-1)/(1-y) is a finite sum of powers and 1/(1-y); real logarithms on 0 < y < 1"
    return _from_time(flow, time, why, (*two.needs, two.signal, two.below))


def _roots_of_unity(flow: Separable, two: TwoTerms) -> Trajectory:
    """ψ = x/x_*: ψ^(-e)/(1-ψ^d) = powers + ψ^r/(1-ψ^d) with 0 ≤ r < d, and partial fractions in real pairs."""
    e, d = int(two.e), int(two.d)
    unit = power(-two.c1 / two.c2, sp.Rational(1, d))
    psi = two.x / unit
    quotient = -(-e // d)
    poles = [psi ** (1 - e + i * d) / (1 - e + i * d) if 1 - e + i * d else sp.log(psi) for i in range(quotient)]
    time = sp.Add(*poles, _cyclotomic(psi, quotient * d - e, d)) * unit / (two.c1 * unit**e)
    why = "separation: partial fractions over the roots of unity in real pairs; real logarithms below the fixed point"
    return _from_time(flow, time, why, (*two.needs, two.signal, Fact(1 - psi, "positive")))


def _cyclotomic(psi: sp.Expr, r: int, d: int) -> sp.Expr:
    """∫ ψ^r/(1-ψ^d) dψ on 0 < ψ < 1."""
    total = -sp.log(1 - psi)
    if d % 2 == 0:
        total += (-1) ** r * sp.log(1 + psi)
    for i in range(1, (d + 1) // 2):
        cosine, sine = _circular(sp.cos, i, d), _circular(sp.sin, i, d)
        total -= _circular(sp.cos, (r + 1) * i, d) * sp.log(psi**2 - 2 * psi * cosine + 1)
        total += 2 * _circular(sp.sin, (r + 1) * i, d) * sp.atan((psi - cosine) / sine)
    return total / d


def _circular(function: type[sp.Expr], i: int, d: int) -> sp.Expr:
    """cos or sin of 2πi/d; nested radicals are left unwritten."""
    angle = 2 * sp.pi * (i % d) / d
    return function(angle) if d in (3, 4, 6, 8, 12) else function(angle, evaluate=False)


def agrees(flow: Separable, found: Trajectory) -> bool:
    """Whether a candidate satisfies the flow at some points, to 40 digits."""
    return all(_residual_vanishes(flow, found, point) for point in _points(flow, found))


def _points(flow: Separable, found: Trajectory) -> Iterable[dict[sp.Symbol, sp.Expr]]:
    """Parameters at which the equation has a positive fixed point above the start; depths small and different."""
    free = sorted((flow.rate.free_symbols | found.value.free_symbols) - {flow.x, t}, key=lambda symbol: symbol.name)
    for shift in (0, 1):
        yield {s: sp.Integer(2 + shift) if s.is_integer else _number(s, i, shift) for i, s in enumerate(free)}


def _number(symbol: sp.Symbol, place: int, shift: int) -> sp.Expr:
    small = symbol.name.endswith("0") or symbol.name == "eta"
    return sp.Rational(1, 5 + shift) if small else sp.Rational(7 + place + shift, 5)


def _residual_vanishes(flow: Separable, found: Trajectory, point: Mapping[sp.Symbol, sp.Expr]) -> bool:
    value, rate = (expr.xreplace(dict(point)) for expr in (found.value, flow.rate))
    value = value.replace(sp.Sum, lambda *args: sp.Sum(*args).doit())
    if found.form == "explicit":
        residual, moment = value.diff(t) - rate.xreplace({flow.x: value}), {t: sp.Rational(1, 7)}
    else:
        residual, moment = value.diff(flow.x) * rate - 1, {flow.x: sp.Rational(1, 6)}
    return bool(abs(sp.N(residual.xreplace(moment), DIGITS, chop=False)) < sp.Float(10) ** (10 - DIGITS))
