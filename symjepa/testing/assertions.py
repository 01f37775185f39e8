r"""Assertions about a user's own formulas, against flows that are derived from the loss.

Each takes a flow (`modes(model, …)`, a `ModeFlow`, or a `Foreign` equation of one's own) and formulas: SymPy
expressions, or Python functions whose parameters are named like symbols.  `given` are hypotheses, as SymPy relations:
`given=[lam > 0, K > 0]`.

An assertion returns an `Outcome`: *proved* for every point by the kernel, or agreement in numbers at exact points,
and then it says so (`require_proof=True` makes that an error).  Otherwise it raises AssertionError with a point, both
values and their difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any, cast

import sympy as sp

from symjepa.errors import SymjepaError
from symjepa.exact.calculus import derivative
from symjepa.exact.sums import substitute
from symjepa.statements.claims import (
    All,
    AtMost,
    Claim,
    Conserved,
    Identity,
    Less,
    Monotone,
    Within,
    solves,
)
from symjepa.statements.descriptions import Flow, Foreign, Modes
from symjepa.symbols import lam, t
from symjepa.testing.conversions import Conversion, Formulas, clocks, letters, products, scales
from symjepa.testing.envelopes import tends_to_zero
from symjepa.testing.formulas import AnyFlow, Formula, Numeric, domain_claims, scope
from symjepa.testing.numbers import same_numbers, same_trajectory
from symjepa.testing.reading import Values, complete, expression, expressions, mappings, read
from symjepa.testing.verdicts import Failure, Outcome, judge

Hypotheses = Iterable[Any]


def assert_solves(
    flow: AnyFlow,
    values: Values,
    start: Values | None = None,
    *,
    time: sp.Symbol = t,
    given: Hypotheses = (),
    require_proof: bool = False,
) -> Outcome:
    """`values`, functions of `time` ≥ 0, solve the flow (from `start`, if given).

    One formula for each state variable; a flow of one variable takes the formula itself.

    >>> from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
    >>> from symjepa.statements.descriptions import modes
    >>> from symjepa.symbols import lam, sigma2, t
    >>> u0 = sp.Symbol("u0", positive=True)
    >>> noise = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "balanced", {lam: 0})
    >>> print(assert_solves(noise, u0 / sp.sqrt(1 + 2 * sigma2 * u0**2 * t)))
    proved: your formula solves the flow (exact, for every point of the hypotheses)
    """
    known, said = scope(flow, given, *mappings(flow, values, start), time), "your formula solves the flow"
    formulas_read = complete(read(known, values), flow)
    if any(isinstance(formula, Numeric) for formula in formulas_read.values()):
        return _numeric_outcome(
            same_trajectory(known, formulas_read, time), "your formula solves the flow", require_proof
        )
    formulas = expressions(formulas_read, known)
    begin = None if start is None else expressions(read(known, start), known)

    def claim(changed: Formulas) -> Claim:
        own = {x: substitute(value, {time: sp.S.Zero}) for x, value in changed.items()}
        return solves(cast(Flow, flow), changed, begin or own, time)

    tried = [*clocks(flow, time), *letters(), *products(flow)]
    labels = {
        "equation": (f"d/d{time} of your formula", "rate of the flow there"),
        "start": ("your formula at 0", "start"),
    }
    return _settled(claim, formulas, tried, said, known.given, labels, require_proof)


def assert_same_flow(flow: AnyFlow, rates: Values, *, given: Hypotheses = (), require_proof: bool = False) -> Outcome:
    """`rates`, your right-hand side, is the derived one.

    A mapping state → rate; for one state variable the rate itself; or one function, by names or in the manner of
    SciPy, `f(t, y, …)` with y the state in the order of `flow.rates`.

    >>> from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
    >>> from symjepa.statements.descriptions import modes
    >>> jepa = modes(Model(Encoder(2), Predictor(1), LatentPrediction(), Live()), "product")
    >>> print(assert_same_flow(jepa, lambda t, y, lam, sigma2: [
    ...     2 * y[0]**2 * (lam * y[1] - sigma2 * y[1]**2), lam * y[0]**2 - sigma2 * y[0]**2 * y[1]]))
    proved: your rates are those of the flow (exact, for every point of the hypotheses)
    """
    known = scope(flow, given, *mappings(flow, rates))
    said = "your rates are those of the flow"
    formulas_read = complete(read(known, rates), flow)
    if any(isinstance(formula, Numeric) for formula in formulas_read.values()):
        return _numeric_outcome(
            same_numbers(known, formulas_read, flow.rates, ("your rate", "derived rate")), said, require_proof
        )

    def claim(changed: Formulas) -> Claim:
        return All(tuple(Identity(changed[x], rate) for x, rate in flow.rates.items()))

    given_too = (*known.given, *domain_claims(flow.domain))
    labels = {"equal": ("your rate", "derived rate")}
    return _settled(
        claim, expressions(formulas_read, known), [*scales(flow), *letters()], said, given_too, labels, require_proof
    )


def assert_conserved(
    flow: AnyFlow, quantity: Formula, rate: Formula = 0, *, given: Hypotheses = (), require_proof: bool = False
) -> Outcome:
    """D quantity = rate · quantity along the flow: conserved for rate 0, and shrinking for a negative one.

    >>> from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
    >>> from symjepa.statements.descriptions import modes
    >>> from symjepa.symbols import alpha, eta, v, w
    >>> model = Model(Encoder(1), Predictor(1), LatentPrediction(), Live(), alpha, eta)
    >>> print(assert_conserved(modes(model, "product"), v**2 / alpha - w**2, rate=-2 * eta))
    proved: your quantity obeys D q = rate · q (exact, for every point of the hypotheses)
    """
    known = scope(flow, given, *(x for x in (quantity, rate) if isinstance(x, sp.Expr)))
    own, speed = (expression(known.read(formula), known) for formula in (quantity, rate))
    q, r = sp.Symbol("q"), sp.Symbol("r")
    claim = lambda changed: Conserved(cast(Flow, flow), changed[q], changed[r])
    tried = [Conversion(c.words, lambda f, c=c: {**f, r: c.change({r: f[r]})[r]}) for c in scales(flow)]  # type: ignore[misc]
    labels = {"derivative": ("D q along the flow", "rate · q")}
    said = "your quantity obeys D q = rate · q"
    return _settled(claim, {q: own, r: speed}, [*letters(), *tried], said, known.given, labels, require_proof)


def assert_fixed_point(flow: AnyFlow, at: Values, *, given: Hypotheses = (), require_proof: bool = False) -> Outcome:
    """Every rate is zero at the point `at` of the domain; a state variable left out of `at` is arbitrary there.

    >>> from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
    >>> from symjepa.statements.descriptions import modes
    >>> from symjepa.symbols import K, L, lam, rho
    >>> jepa = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced")
    >>> print(assert_fixed_point(jepa, rho**(1/K), given=[lam > 0, K > 0]))
    proved: your point is a fixed point of the flow (exact, for every point of the hypotheses)
    """
    known = scope(flow, given, *mappings(flow, at))
    formulas = expressions(read(known, at), known)

    def claim(changed: Formulas) -> Claim:
        still = tuple(Identity(substitute(rate, changed), 0) for rate in flow.rates.values())
        return All((*_inside(flow, changed), *still))

    labels = {"equal": ("rate at your point", "at rest"), "sign": ("your point", "needed by the domain")}
    tried = [*products(flow), *letters()]
    return _settled(
        claim,
        formulas,
        tried,
        "your point is a fixed point of the flow",
        (*known.given, *_along(flow, formulas)),
        labels,
        require_proof,
    )


def assert_rate(
    flow: AnyFlow,
    at: Values,
    rates: Formula | tuple[Formula, ...],
    *,
    stable: bool | None = None,
    family: tuple[sp.Symbol, ...] = (),
    given: Hypotheses = (),
    require_proof: bool = False,
) -> Outcome:
    """The flow linearised at the fixed point `at` has the listed `rates`, one for each state variable.

    Negative rates decay.  `family`: state variables that parametrise a manifold of fixed points, one zero rate for
    each.  With `stable` the signs of the other rates are part of the assertion (for instability, the sign of the
    first).

    >>> from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
    >>> from symjepa.statements.descriptions import modes
    >>> from symjepa.symbols import L, lam, rho, sigma2
    >>> jepa = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), Live()), "balanced")
    >>> print(assert_rate(jepa, rho, -sigma2 * rho**(2*L), stable=True, given=[lam > 0]))
    proved: your rates are those of the flow linearised at your point (exact, for every point of the hypotheses)
    """
    several = rates if isinstance(rates, tuple) else (rates,)
    known = scope(flow, given, *mappings(flow, at), *(r for r in several if isinstance(r, sp.Expr)))
    point = {x: x for x in flow.rates} | expressions(read(known, at), known)
    named = {sp.Symbol(f"rate{i}"): expression(known.read(r), known) for i, r in enumerate(several)}
    _check_counts(flow, tuple(named.values()), family)
    claim = _linear_rates(flow, point, family, stable)
    several_labels = ("characteristic polynomial, or rate at your point", "that of your rates, or zero")
    labels = {
        "equal": ("your rate", "derivative of the flow there") if len(several) == 1 else several_labels,
        "sign": ("your point, or minus your rate", "needed"),
    }
    said = "your rates are those of the flow linearised at your point"
    return _settled(
        claim, named, [*scales(flow), *letters()], said, (*known.given, *_along(flow, point)), labels, require_proof
    )


def _linear_rates(
    flow: AnyFlow, point: dict[sp.Expr, sp.Expr], family: tuple[sp.Symbol, ...], stable: bool | None
) -> Callable[[Formulas], Claim]:
    """One variable: the derivative itself, which reads better; several: the characteristic polynomial."""
    slopes = [[substitute(derivative(rate, y), point) for y in flow.rates] for rate in flow.rates.values()]
    at_rest = tuple(Identity(substitute(rate, point), 0) for rate in flow.rates.values())

    def claim(changed: Formulas) -> Claim:
        own = tuple(changed.values())
        same = Identity(own[0], slopes[0][0]) if len(own) == 1 else _same_polynomial(slopes, own)
        moving = [rate for rate in own if rate != 0] if stable is not None else []
        signs = tuple(Less(rate, 0) for rate in moving) if stable else tuple(Less(0, rate) for rate in moving[:1])
        return All((*_inside(flow, point), *at_rest, same, *signs))

    return claim


def _same_polynomial(slopes: list[list[sp.Expr]], rates: tuple[sp.Expr, ...]) -> Identity:
    """The characteristic polynomial, by Leibniz' formula, has your rates for its zeros."""
    x, size = sp.Symbol("x", real=True), len(slopes)
    entries = [[x * int(i == j) - slopes[i][j] for j in range(size)] for i in range(size)]
    terms = []
    for order in permutations(range(size)):
        swaps = sum(order[i] > order[j] for i in range(size) for j in range(i + 1, size))
        terms.append(sp.Mul((-1) ** swaps, *(entries[i][order[i]] for i in range(size))))
    return Identity(sp.Add(*terms), sp.Mul(*(x - rate for rate in rates)))


def _check_counts(flow: AnyFlow, rates: tuple[sp.Expr, ...], family: tuple[sp.Symbol, ...]) -> None:
    """One rate for each state variable, and a zero for each parameter of a family of fixed points."""
    if len(rates) != len(flow.rates):
        state = ", ".join(map(str, flow.rates))
        raise SymjepaError(f"one rate is needed for each of {state}; got {len(rates)}")
    zeros = sum(rate == 0 for rate in rates)
    if zeros != len(family):
        raise SymjepaError(
            f"{zeros} of the rates are zero, but the family of fixed points has {len(family)} parameters: "
            "name in `family` the state variables that are free along it"
        )


def assert_noise_vanishes(
    flow: AnyFlow,
    values: Values,
    by: Formula,
    *,
    of: Formula | None = None,
    time: sp.Symbol = t,
    given: Hypotheses = (),
    require_proof: bool = False,
) -> Outcome:
    """On a mode of pure noise (λ = 0) your trajectory `values` solves the flow, and |of| ≤ `by` → 0 for all times > 0.

    `of`: a quantity of the state, by default its first variable.  That `by` vanishes is proved for multiples of
    time^(-p) and exp(-c·time), and otherwise compared in numbers.

    >>> from symjepa.model import Encoder, LatentPrediction, Live, Model, Predictor
    >>> from symjepa.statements.descriptions import modes
    >>> from symjepa.symbols import K, L, sigma2, t
    >>> u0, q = sp.Symbol("u0", positive=True), 2*K + 2*L - 2
    >>> jepa = modes(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), "balanced")
    >>> print(assert_noise_vanishes(jepa, (u0**-q + q*sigma2*t)**(-1/q), by=(q*sigma2*t)**(-1/q), given=[K > 0]))
    proved: noise vanishes as you say (exact, for every point of the hypotheses)
    """
    quiet = _without_signal(flow)
    known = scope(
        quiet, (*given, time > 0), *mappings(quiet, values), *(x for x in (by, of) if isinstance(x, sp.Expr)), time
    )
    formulas = expressions(read(known, values), known)
    bound = expression(known.read(by), known)
    measured = next(iter(quiet.rates)) if of is None else expression(known.read(of), known)
    envelope = sp.Symbol("by")

    def claim(changed: Formulas) -> Claim:
        own = {x: value for x, value in changed.items() if x != envelope}
        begin = {x: substitute(value, {time: sp.S.Zero}) for x, value in own.items()}
        amplitude = substitute(measured, own)
        bounded = (*_by_monotone_power(amplitude, changed[envelope]), Within(amplitude, 0, changed[envelope]))
        return All((solves(cast(Flow, quiet), own, begin, time), *bounded, *tends_to_zero(changed[envelope], time)[0]))

    labels = {
        "equation": (f"d/d{time} of your formula", "rate of the flow there"),
        "above": ("by - |of|", "needed"),
        "below": ("by - |of|", "needed"),
        "order": ("by - |of|, as powers", "needed"),
        "sign": ("by - |of|", "needed"),
    }
    tried = [*clocks(quiet, time), *letters()]
    outcome = _settled(
        claim, {**formulas, envelope: bound}, tried, "noise vanishes as you say", known.given, labels, False
    )
    if outcome.proved and not tends_to_zero(bound, time)[1]:
        late = "that `by` vanishes was seen at two times only: neither time^(-p) nor exp(-c·time) was recognised in it"
        outcome = replace(outcome, proved=False, how=late)
    return _checked(outcome, require_proof)


def _without_signal(flow: AnyFlow) -> AnyFlow:
    """The same flow on a mode of pure noise."""
    if isinstance(flow, Foreign):
        return replace(flow, equations=tuple((x, substitute(rate, {lam: sp.S.Zero})) for x, rate in flow.equations))
    if isinstance(flow, Modes):
        return replace(flow, values=(*((s, x) for s, x in flow.values if s != lam), (lam, sp.S.Zero)))
    return flow.at({lam: 0}) if lam in flow.parameters else flow


def _by_monotone_power(low: sp.Expr, high: sp.Expr) -> tuple[Claim, ...]:
    """Two powers with one exponent are compared through their bases."""
    if not (low.is_Pow and high.is_Pow and low.exp == high.exp):
        return ()
    falling = low.exp.could_extract_minus_sign()
    bases = (high.base, low.base) if falling else (low.base, high.base)
    return (Less(0, -low.exp if falling else low.exp), AtMost(low, high, by=Monotone(*bases, low.exp)))


def _inside(flow: AnyFlow, point: Mapping[sp.Expr, sp.Expr]) -> tuple[Claim, ...]:
    """The point lies in the domain of the flow, as far as it fixes anything."""
    moved = [(fact, replace(fact, expr=substitute(fact.expr, point))) for fact in flow.domain]
    open_facts = (new for old, new in moved if new != old and not (new.expr.is_number and new.expr.is_positive))
    return domain_claims(open_facts)


def _along(flow: AnyFlow, point: Mapping[sp.Expr, sp.Expr]) -> tuple[Claim, ...]:
    """The domain of what the point leaves open, as hypotheses."""
    return domain_claims(fact for fact in flow.domain if substitute(fact.expr, point) == fact.expr)


def _settled(
    claim: Callable[[Formulas], Claim],
    formulas: Formulas,
    conversions: Iterable[Conversion],
    said: str,
    given: tuple[Claim, ...],
    labels: Mapping[str, tuple[str, str]],
    require_proof: bool,
) -> Outcome:
    """The verdict on a claim; if it fails, what would make it hold."""
    verdict = judge(claim(formulas), said, given, labels)
    if isinstance(verdict, Failure):
        hint = _hint(claim, formulas, conversions, given) if verdict.sides else ""
        raise AssertionError(replace(verdict, hint=hint).message(said))
    return _checked(verdict, require_proof)


def _checked(outcome: Outcome, require_proof: bool) -> Outcome:
    if require_proof and not outcome.proved:
        raise AssertionError(f"a proof is required, but: {outcome}")
    return outcome


def _numeric_outcome(verdict: Outcome | Failure, said: str, require_proof: bool) -> Outcome:
    if isinstance(verdict, Failure):
        raise AssertionError(verdict.message(said))
    return _checked(verdict, require_proof)


def _hint(
    claim: Callable[[Formulas], Claim], formulas: Formulas, conversions: Iterable[Conversion], given: tuple[Claim, ...]
) -> str:
    """The first conversion that makes the claim hold."""
    for conversion in conversions:
        try:
            changed = conversion.change(formulas)
            if changed != formulas and isinstance(judge(claim(changed), "", given, {}), Outcome):
                return f"It would hold if {conversion.words}."
        except SymjepaError:
            continue
    return ""
