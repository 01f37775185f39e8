"""Mutants that are true as well, each with its reason: these alone may be PROVED, and none of them counts as false."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import sympy as sp

from symjepa.catalogue import find, load
from symjepa.errors import SymjepaError
from symjepa.exact.balls import ball
from symjepa.exact.gradients import along
from symjepa.model import EMA, LayerEMA, Live, Shared
from symjepa.statements.claims import (
    Claim,
    Conserved,
    ConvergesBetween,
    Decays,
    Dissipates,
    Drift,
    Iff,
    Implicit,
    Moves,
    NotClosed,
    Ordered,
    Relation,
    Solves,
    Within,
    Zeros,
)
from symjepa.statements.descriptions import Modes, Restricted
from symjepa.symbols import K, L, eta, lam, rho
from symjepa.verify.unfolding import unfolding
from tests.mutation.between import another_manifold, around_root, inside, uncertified
from tests.mutation.implied import Setting, meaningless, said_twice, weaker
from tests.mutation.independent import confirmed
from tests.mutation.monotone import weaker_by_parts
from tests.mutation.mutants import drawn_number


def reason(label: str, operator: str, field: str, claim: Any, mutant: Any, proved: bool, setting: Setting) -> str:
    """Why the mutant is true too, or (if it was not proved) why it says nothing; empty if it counts as false."""
    if operator == "hypothesis dropped":
        return HYPOTHESES.get((label, int(field)), "")
    rule = unfolding(load(find(label)).statement)
    plain, changed = rule(claim), rule(mutant)
    return _reason(label, operator, field, claim, mutant, proved, plain, changed, setting) or (
        confirmed(changed, setting) if proved else ""
    )


def _reason(
    label: str,
    operator: str,
    field: str,
    claim: Any,
    mutant: Any,
    proved: bool,
    plain: Any,
    changed: Any,
    setting: Setting,
) -> str:
    if operator == "condition dropped" and _dropped_relation(claim, mutant):
        why = said_twice(plain, changed, setting) or ("" if proved else meaningless(plain, changed, setting))
        return why or (CONDITIONS.get(label, "") if proved else "") or DIRECTIONS.get(label, "")
    if (label, operator) in MODELS and field in ("flow", "model", "beside"):
        return MODELS[label, operator]
    if isinstance(mutant, Within) and label == "noise-decay":
        return BOUNDS.get((str(mutant.expr), str(mutant.by)), "") or _by_rule(claim, mutant)
    why = _by_rule(claim, mutant) or follows(plain, changed, setting)
    return why or ("" if proved else uncertified(changed, setting))


def follows(plain: Any, changed: Any, setting: Setting) -> str:
    """Why a mutant follows from the claim, by reasons that are decided or evaluated for it."""
    checked = (weaker_by_parts, inside, around_root, weaker, another_manifold)
    return next((told for rule in checked if (told := rule(plain, changed, setting))), "")


def _by_rule(claim: Any, mutant: Any) -> str:
    return next((why for rule in RULES if (why := rule(claim, mutant))), "")


CONDITIONS = {
    "jepa-explicit-solution": "between two fixed points the solution has this form for every negative time too"
}
EITHER_WAY = "over a path that avoids c the formula holds in both directions and on both sides; over c there is no time"
DIRECTIONS = dict.fromkeys(("jepa-time-integral", "mae-time-integral", "mae-implicit-solution"), EITHER_WAY)
AT_REST = (
    "without a predictor a JEPA mode rests and its time is not defined; that of reconstruction is the same formula"
)
UNDEFINED = "not defined at K = 0 (1/K, or 1/q with q = 2K + 2L - 2), and true elsewhere"
HYPOTHESES = {
    ("mode-flow", 0): UNDEFINED,
    ("jepa-mode-ode", 0): UNDEFINED,
    ("mae-mode-ode", 0): UNDEFINED,
    ("jepa-fixed-point", 0): UNDEFINED,
    ("mae-fixed-point", 0): UNDEFINED,
    ("noise-decay", 0): UNDEFINED,
    ("jepa-mode-ode", 1): "the rates are the same for every λ",
    ("mae-mode-ode", 1): "the rates are the same for every λ",
    ("gram-powers", 0): "without a predictor its identities say nothing: it has no layer to speak of",
    ("end-to-end", 0): "without a predictor its motion says nothing: it has no layer to speak of",
    ("ema-fixed-points", 0): UNDEFINED,
    ("ema-decay-rates", 0): UNDEFINED,
    ("ema-layers-spectrum", 0): "without a predictor there is no such flow, and nothing is said",
    ("ema-layers-spectrum", 1): "where λ = 0 no product of layers other than 0 is ρ, and nothing is said",
    ("slow-teacher", 0): UNDEFINED,
    ("slow-teacher-error", 0): UNDEFINED,
    ("ema-layers", 0): "for λ < 0 the manifold is there too, with v₁⋯v_K = ρ < 0",
    ("mode-convergence", 0): "not defined at K = 0, where ρ = 1 for every m",
    ("teacher-order", 0): "without a predictor ρ ≥ 1 ≥ ρ, and student and teachers rest",
    ("teacher-order", 1): "λ > 0 follows from u₁^K ≤ ρ",
    ("boundedness", 0): "without a predictor the encoder's bound is still true, but the certificate does not hold it",
    **{(label, 0): AT_REST for label in ("critical-time", "jepa-time-integral", "mae-time-integral")},
    ("mae-implicit-solution", 0): AT_REST,
    ("orthogonal-start", 0): "without a predictor the first layer moves by the same words, with 1 in its place",
    ("semi-gradient", 0): "without a predictor there is no layer of it, and the encoder's gradient is the same",
}
EITHER_SIDE = "the formula holds on the other side too, by the other half of the proof"
HYPOTHESES |= {
    ("unbalanced-families", 0): "without a layer of the predictor the sums over its others are not defined",
    ("logarithm-bound", 0): "for y ≥ 1 there is no logarithm, and nothing is said",
    ("lambert-edge", 0): "true for y > 1 as well; at y = 1 alone it is attained",
    ("no-fixed-point", 0): "the rates at K = 0 have the same sign",
    ("jepa-explicit-solution", 0): "λ > 0 follows from u₀^K < ρ",
    ("jepa-explicit-solution", 1): UNDEFINED,
    ("jepa-explicit-solution", 2): "for one layer the exponent 1/(2L - 2) is not defined",
    ("jepa-explicit-solution", 3): EITHER_SIDE,
    ("jepa-explicit-solution", 4): EITHER_SIDE,
}
ENVELOPE, FORGOTTEN = "(q*sigma2*t)**(-1/q)", "sqrt(E)*w0"
POSITIVE, ROOT = (
    "some positive summand can always be dropped under a falling power",
    "what is under the root is at least δ",
)
BOUNDS = {
    ("(q*sigma2*t + u0**(1 - q))**(-1/q)", ENVELOPE): POSITIVE,
    ("(q*sigma2*t + u0**(-q - 1))**(-1/q)", ENVELOPE): POSITIVE,
    ("E**(3/2)*sqrt(delta)*w0*sqrt(1/(delta + w0**2*(1 - E)))", FORGOTTEN): "E is at most 1",
    ("sqrt(E)*sqrt(delta)*w0*sqrt(1/(delta + w0**3*(1 - E)))", FORGOTTEN): ROOT,
    ("sqrt(E)*sqrt(delta)*w0*sqrt(1/(delta + w0*(1 - E)))", FORGOTTEN): ROOT,
    ("sqrt(E)*sqrt(delta)*w0/sqrt(delta + w0**2*(E + 1))", FORGOTTEN): ROOT,
    ("sqrt(E)*sqrt(delta)*w0*sqrt(1/(delta + w0**2*(1 - E)))", "w0/sqrt(E)"): "E is at most 1",
}
NO_DRIVE = "Σyx n = 0 takes away the drive, whichever teacher makes the target"
FRAMES = "alignment depends on which letters meet, and not on rates or on how the teacher moves"
LOSS = "the value of the loss knows nothing of rates, stop-gradients, or how the teacher moves"
SILENT = "what noise adds to the loss and to the encoder knows nothing of these rates"
IMBALANCE = "the imbalance of the joint is conserved under every teacher behind a stop-gradient"
AIM = "where the clock runs is for the predictor to say, whatever the encoder"
ENCODER_ALONE = "the bound holds whatever the predictor does, so for each of its rates and depths"
MODELS = {
    ("imbalance-signs-ema", "manifold: sign"): "a live student whose predictor has the other sign falls faster still",
    ("imbalance-threshold", "teacher"): IMBALANCE,
    ("predictor-rate", "teacher"): IMBALANCE,
    ("predictor-rate", "predictor rate"): "an optimal predictor freezes the encoder at every rate",
    ("no-stop-gradient-collapse", "predictor rate"): ENCODER_ALONE,
    ("no-stop-gradient-collapse", "depth"): ENCODER_ALONE,
    ("unbalanced-families", "encoder offset"): AIM,
    ("unbalanced-families", "encoder offset + 1"): AIM,
    ("unbalanced-families", "predictor offset + 1"): "where the product exceeds ρ, a larger one does all the more",
    ("unbalanced-families", "predictor rate"): "for ρ ≤ 0 the mode is lost at every rate of the predictor",
    ("null-gradient", "teacher"): NO_DRIVE,
    ("mode-decoupling", "teacher"): FRAMES,
    ("mode-decoupling", "predictor rate"): FRAMES,
    ("mode-decoupling", "weight decay"): FRAMES,
    ("ema-decay-rates", "depth"): "where the encoder is 0, more predictor layers move v to second order only",
    ("ema-fixed-points", "depth"): "more predictor layers leave the lines of their product where they are",
    ("target-noise", "predictor rate"): SILENT,
    ("target-noise", "weight decay"): SILENT,
    ("target-noise", "teacher"): "an EMA teacher and a frozen one are the same letter in loss and gradient",
    ("expected-loss", "predictor rate"): LOSS,
    ("expected-loss", "weight decay"): LOSS,
    ("expected-loss", "stop-gradient removed"): LOSS,
    ("expected-loss", "teacher"): LOSS,
}


def _dropped_relation(claim: Any, mutant: Any) -> bool:
    """A condition on numbers; hypotheses on letters are needed, and a claim without one is false."""
    return all(isinstance(part, Relation) for part in set(claim.on) - set(mutant.on))


def _moves_alike(claim: Claim, mutant: Claim) -> str:
    """The other model moves what the claim speaks of by the same words or the same rate."""
    told = "the other model moves what the claim speaks of in the same way"
    match claim, mutant:
        case Drift(flow=ours, of=of, equals=equals), Drift(flow=theirs) if ours != theirs and mutant.equals == equals:
            return told if along(of, ours.flow.of) == along(of, theirs.flow.of) else ""
        case Moves(flow=ours, quantity=quantity, rate=rate), Moves(flow=theirs) if (
            ours != theirs and mutant.rate == rate
        ):
            return told if ours.rates.get(quantity) == theirs.rates.get(quantity) is not None else ""
        case Decays(flow=ours, of=of, rate=rate), Decays(flow=theirs) if ours != theirs and mutant.rate == rate:
            return told if along(of, ours.flow.of) == along(of, theirs.flow.of) else ""
        case Dissipates(flow=ours, form=form), Dissipates(flow=theirs) if ours != theirs and mutant.form == form:
            return told if along(form, ours.flow.of) == along(form, theirs.flow.of) else ""
    return ""


def _constant_apart(claim: Claim, mutant: Claim) -> str:
    """What is added to a quantity, or left out of it, does not move."""
    if (
        not isinstance(claim, Moves)
        or not isinstance(mutant, Moves)
        or (claim.flow, claim.rate)
        != (
            mutant.flow,
            mutant.rate,
        )
    ):
        return ""
    moving = (mutant.quantity - claim.quantity).free_symbols & set(claim.flow.rates)
    return "the quantity differs by a constant" if not moving else ""


def _same_trace(claim: Claim, mutant: Claim) -> str:
    """A form that never grows does not grow when it is scaled, and neither does nothing; more decay only helps."""
    if not isinstance(claim, Dissipates) or not isinstance(mutant, Dissipates):
        return ""
    if claim.flow != mutant.flow:
        stronger = claim.flow == replace(mutant.flow, model=replace(mutant.flow.model, weight_decay=eta))
        return "true for every weight decay, but the certificate is for another" if stronger else ""
    scaled = mutant.form in (2 * claim.form, L * claim.form) or mutant.form.is_zero
    return "a positive multiple of the form, or nothing" if scaled else ""


def _shifted_clock(claim: Claim, mutant: Claim) -> str:
    """log(u/rho) against log(u) or log(u/rho^2): the clocks differ by a constant of the motion."""
    if not isinstance(claim, Implicit) or not isinstance(mutant, Implicit) or claim.speed != mutant.speed:
        return ""
    gap = sp.expand_log(claim.clock - mutant.clock, force=True)
    return "the clock is shifted by a constant" if not sp.expand(gap).free_symbols - {rho, lam, L, K} else ""


def _same_size(claim: Claim, mutant: Claim) -> str:
    """|f| for |-f|, where the limit is zero."""
    flipped = isinstance(claim, Within) and isinstance(mutant, Within) and claim.of == 0 and mutant.expr == -claim.expr
    return "the bound is on the size alone" if flipped else ""


def _weaker(claim: Claim, mutant: Claim) -> str:
    """A bound multiplied by a number of at least one."""
    if not isinstance(claim, Within) or not isinstance(mutant, Within) or claim.expr != mutant.expr:
        return ""
    return "a weaker bound" if mutant.by in (2 * claim.by, L * claim.by) else ""


BELOW = {"sqrt(delta)/sqrt(delta + w0**2)": "the quotient by the bound is below 1"}


def _positive_summand(claim: Claim, mutant: Claim) -> str:
    """(a + b)^-p is at most a^-p where b is positive."""
    if not isinstance(mutant, Within) or mutant.of != 0:
        return ""
    (base, power), (less, same_power) = mutant.expr.as_base_exp(), mutant.by.as_base_exp()
    falling = power == same_power and power.is_negative and less.is_positive
    return POSITIVE if falling and (base - less).is_positive else ""


def _same_relation(claim: Claim, mutant: Claim) -> str:
    """A gap multiplied by a positive number keeps its sign."""
    if not isinstance(claim, Iff) or not isinstance(mutant, Iff):
        return ""
    pairs = ((claim.left, mutant.left), (claim.right, mutant.right))
    changed = [(ours.rhs - ours.lhs, theirs.rhs - theirs.lhs) for ours, theirs in pairs if ours != theirs]
    scaled = [any(sp.expand(theirs - f * ours) == 0 for f in (2, L, K)) for ours, theirs in changed]
    return "the gap of a relation is multiplied by a positive number" if scaled == [True] else ""


def _own_bound(claim: Claim, mutant: Claim) -> str:
    """What remains after a positive summand under a negative power is dropped is the bound itself, or is below it."""
    if not isinstance(claim, Within) or not isinstance(mutant, Within):
        return ""
    if mutant.expr == claim.by:
        return "what is left is the bound itself"
    if mutant.expr.has(sp.Integral, sp.Sum):
        return ""  # these are not simplified in reasonable time
    ratio = sp.powsimp(sp.simplify((mutant.expr / claim.expr) ** 2), force=True)
    return BELOW.get(str(sp.simplify(mutant.expr / claim.by)), "") if ratio != 1 else ""


def _target_unseen(claim: Claim, mutant: Claim) -> str:
    """Where the covariance is zero no flow sees its target, whichever teacher makes it."""
    flows = getattr(claim, "flow", None), getattr(mutant, "flow", None)
    if not all(isinstance(flow, Modes) and dict(flow.values).get(lam) == 0 for flow in flows) or flows[0] == flows[1]:
        return ""
    return (
        "without covariance the target does not enter the rates" if dict(flows[0].rates) == dict(flows[1].rates) else ""
    )


def _undefined_start(claim: Claim, mutant: Claim) -> str:
    """A value that is not defined at time zero starts nowhere; no point refutes what is not defined."""
    if not isinstance(claim, Solves) or not isinstance(mutant, Solves):
        return ""
    starts = [value.subs(mutant.time, 0) for _, value in mutant.values]
    return "undefined at the start, so no point refutes it" if any(map(_nowhere, starts)) else ""


def _nowhere(value: sp.Expr) -> bool:
    """Whether a value is defined at no point tried."""
    if value.has(sp.zoo, sp.nan):
        return True
    random, symbols = Random(17), sorted(value.free_symbols, key=str)
    return not any(_has_value(value, {s: drawn_number(s, random) for s in symbols}) for _ in range(40))


def _has_value(value: sp.Expr, point: Any) -> bool:
    try:
        ball(value, point)
    except SymjepaError:
        return False
    return True


def _shown_anyway(claim: Claim, mutant: Claim) -> str:
    """What two exhibits show needs no hypothesis, and may hold for another model as well."""
    if not isinstance(claim, NotClosed) or not isinstance(mutant, NotClosed):
        return ""
    weaker = claim.on != mutant.on and set(mutant.on) < set(claim.on)
    return "the exhibits are computed exactly, and show this too" if weaker or claim.flow != mutant.flow else ""


def _same_flow(claim: Claim, mutant: Claim) -> str:
    """Two descriptions of one flow: averages of one layer are the average of the product."""
    flows = getattr(claim, "flow", None), getattr(mutant, "flow", None)
    if not all(isinstance(flow, Modes | Restricted) for flow in flows) or flows[0] == flows[1]:
        return ""
    return "the same flow, described otherwise" if dict(flows[0].rates) == dict(flows[1].rates) else ""


def _kept_alike(claim: Claim, mutant: Claim) -> str:
    """The imbalance knows of no teacher under stop-gradient; and a multiple of what is conserved is conserved."""
    if not isinstance(claim, Conserved) or not isinstance(mutant, Conserved) or claim.rate != mutant.rate:
        return ""
    if claim.flow != mutant.flow:
        if not isinstance(mutant.flow, Modes) or not isinstance(claim.flow, Modes):
            return ""
        alike = replace(mutant.flow.model, teacher=claim.flow.model.teacher) == claim.flow.model
        stopped = not isinstance(mutant.flow.model.teacher, Shared)
        return "conserved under every teacher with stop-gradient" if alike and stopped else ""
    return (
        "a multiple of what is conserved"
        if mutant.quantity in (2 * claim.quantity, L * claim.quantity)
        or (sp.expand(mutant.quantity + claim.quantity) == 0)
        else ""
    )


def _another_start(claim: Claim, mutant: Claim) -> str:
    """Every positive start converges (and one with a negative teacher, which rises); other corners would show it."""
    both = isinstance(claim, ConvergesBetween) and isinstance(mutant, ConvergesBetween)
    return "another start of the same basin" if both and claim.start != mutant.start and claim.to == mutant.to else ""


def _further_apart(claim: Claim, mutant: Claim) -> str:
    """An order from a start, or with an image, that is further on its side."""
    if not isinstance(claim, Ordered) or not isinstance(mutant, Ordered):
        return ""
    for name in ("start", "image"):
        pairs = zip(getattr(claim, name), getattr(mutant, name), strict=True)
        changed = [(old, new) for (_, old), (_, new) in pairs if old != new]
        if changed:
            ((old, new),) = changed
            larger = claim.above == (name == "start")
            further = new in (2 * old, L * old) if larger else new == -old
            return "further on its own side" if further else ""
    return ""


def _rests_alike(claim: Claim, mutant: Claim) -> str:
    """A flow without a fixed point has none either when its teacher follows: at rest it is the student."""
    if not isinstance(claim, Zeros) or not isinstance(mutant, Zeros) or claim.components:
        return ""
    flows = claim.flow, mutant.flow
    if not all(isinstance(flow, Modes) for flow in flows) or flows[0].values != flows[1].values:
        return ""
    ours, theirs = (flow.model for flow in flows)
    follows = isinstance(ours.teacher, Live) and isinstance(theirs.teacher, EMA | LayerEMA)
    alike = follows and replace(theirs, teacher=ours.teacher) == ours
    return "a teacher that follows rests where it is the student" if alike else ""


RULES = (
    _rests_alike,
    _shown_anyway,
    _same_flow,
    _kept_alike,
    _another_start,
    _further_apart,
    _moves_alike,
    _constant_apart,
    _same_trace,
    _shifted_clock,
    _same_size,
    _weaker,
    _own_bound,
    _positive_summand,
    _same_relation,
    _target_unseen,
    _undefined_start,
)
