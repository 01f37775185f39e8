"""Results as JSON objects: stable keys, formulas as `{"latex", "sympy"}`, exact numbers as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from symjepa.exact.words import WordSum
from symjepa.flow import LayerRate
from symjepa.model import Model
from symjepa.modes.reduction import ModeFlow
from symjepa.render.account import STATUS, Account, Found, Reduced, Refused
from symjepa.render.formulas import condition, formula
from symjepa.render.words import rows, word_formula, word_parts

Object = dict[str, Any]


def account_object(account: Account) -> Object:
    """Everything that `derive` answers, in the order in which it was derived."""
    return {
        "model": model_object(account.model),
        "loss": word_formula(account.flow.loss),
        "matrix_flow": [_row(row) for row in rows(account.flow.rates)],
        "alignment": [list(members) for members in account.alignment.shown],
        "mode_flows": [_reduced(entry) for entry in account.reduced],
        "refused": [_refused(entry) for entry in account.refused],
    }


def model_object(model: Model) -> Object:
    """The complete model, defaults spelled out; symbolic depths and rates by their names."""
    tau = getattr(model.teacher, "tau", None)
    return {
        "encoder_depth": str(model.encoder.depth),
        "predictor_depth": str(model.predictor.depth),
        "objective": model.objective.name,
        "teacher": model.teacher.name if model.teacher else None,
        "teacher_rate": None if tau is None else str(tau),
        "predictor_rate": str(model.predictor_rate),
        "weight_decay": str(model.weight_decay),
    }


def _row(row: LayerRate) -> Object:
    span = None if row.index is None else {"index": str(row.index), "from": "1", "to": str(row.last)}
    return {
        "layer": word_formula(row.letter),
        "for": span,
        "rate": word_formula(row.rate),
        "words": word_parts(row.rate),
    }


def _reduced(entry: Reduced) -> Object:
    modes = entry.modes
    return {
        "coordinates": modes.coordinates,
        "state": [str(amplitude) for amplitude in modes.state],
        "families": _families(modes),
        "rate": {str(amplitude): formula(rate) for amplitude, rate in modes.rates.items()},
        "assumes": [{"name": assumption.name, "words": assumption.words} for assumption in modes.assumes],
        "domain": [condition(fact) for fact in modes.domain],
        "status": STATUS,
        "invariants": _invariants(entry.invariants),
        **_fixed_points(entry.fixed_points),
        "trajectory": _trajectory(entry.trajectory),
    }


def _families(modes: ModeFlow) -> Object:
    spans = modes.families.items()
    return {str(member): {"index": str(span.index), "from": "1", "to": str(span.last)} for member, span in spans}


def _formulas(expressions: Iterable[sp.Expr]) -> list[dict[str, str]]:
    return [formula(expr) for expr in expressions]


def _invariants(found: Found) -> list[Object]:
    return [{"quantity": formula(entry.quantity), "rate": formula(entry.rate)} for entry in found.value or ()]


def _fixed_points(found: Found) -> Object:
    if found.value is None:
        return {"fixed_points": [], "complete_on": None, "fixed_points_why": found.why}
    points = [_fixed_point(point) for point in found.value.points]
    return {"fixed_points": points, "complete_on": found.value.complete_on, "fixed_points_why": found.value.why}


def _fixed_point(point: Any) -> Object:
    return {
        "at": {str(amplitude): formula(value) for amplitude, value in point.at.items()},
        "exists_if": [condition(fact) for fact in point.exists_if],
        "family_dim": len(point.family),
        "family": [str(symbol) for symbol in point.family],
        "rates": _formulas(point.rates),
        "type": point.kind,
        "conditions": _formulas(point.conditions),
    }


def _trajectory(found: Found) -> Object:
    if found.value is None:
        return {"form": "none", "value": None, "why": found.why, "equation": None, "valid_if": []}
    path = found.value
    return {
        "form": path.form,
        "value": None if path.value is None else formula(path.value),
        "why": path.why,
        "equation": None if path.equation is None else _formulas(path.equation),
        "valid_if": [condition(fact) for fact in path.valid_if],
    }


def _refused(entry: Refused) -> Object:
    drift = entry.error.parts.get("drift")
    return {
        "coordinates": entry.coordinates,
        "joint": entry.error.parts.get("joint"),
        "drift": word_formula(drift) if isinstance(drift, WordSum) else None,
        "why": str(entry.error),
    }
