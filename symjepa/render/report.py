"""An account as a page of text in Unicode mathematics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sympy as sp

from symjepa.exact.words import WordSum
from symjepa.model import Model
from symjepa.modes.balance import law
from symjepa.modes.reduction import ModeFlow
from symjepa.render.account import STATUS, Account, Found, Reduced, Refused, substitution
from symjepa.render.formulas import Terminal, terminal
from symjepa.render.notation import TERMINAL
from symjepa.render.words import Terms, end_terminal, rows, teacher_words, terminal_terms
from symjepa.symbols import t

WIDTH = 100


def report(account: Account, version: str) -> str:
    """The whole page; it opens with the complete model."""
    sections = [_model(account.model, version), _loss(account), _matrix_flow(account), _alignment(account)]
    modes = [_refused(e, account) if isinstance(e, Refused) else _reduced(e) for e in account.reductions]
    return "\n".join("\n".join(section) + "\n" for section in (*sections, *modes))


def _model(model: Model, version: str) -> Iterator[str]:
    alpha, eta = (
        f" = {terminal(rate)}" if rate.is_number else "" for rate in (model.predictor_rate, model.weight_decay)
    )
    yield f"Model{f'symjepa {version}':>{WIDTH - 5}}"
    yield f"  encoder     W = {_stack('W', model.encoder.depth)}"
    yield f"  predictor   P = {_stack('P', model.predictor.depth)}"
    yield f"  objective   {_objective(model)}"
    yield f"  teacher     {teacher_words(model)}"
    yield f"  rates       α{alpha} (predictor), η{eta} (weight decay)"


def _stack(name: str, depth: sp.Expr) -> str:
    if depth.is_Integer:
        number = int(depth)
        layers = [Terminal(TERMINAL).symbol(name, str(index)) for index in range(number, 0, -1)]
        shown = layers if number <= 4 else [layers[0], "⋯", layers[-1]]
        return f"{' '.join(shown)}, depth {number}" if number else "1 (none), depth 0"
    return f"{name}_{depth} ⋯ {name}₁, any depth {depth}"


def _objective(model: Model) -> str:
    target = "sg[W̄ y]" if model.latent and model.teacher.name != "shared" else "W̄ y" if model.latent else "y"  # type: ignore[union-attr]
    return f"{model.objective.name}: ½ E‖P W x − {target}‖²"


def _loss(account: Account) -> Iterator[str]:
    yield "Loss, averaged over views of mean zero"
    yield from _equation("ℒ", terminal_terms(account.flow.loss))


def _matrix_flow(account: Account) -> Iterator[str]:
    yield "Matrix flow (nothing is assumed)"
    shown = rows(account.flow.rates)
    for row in shown:
        ((_, letter),) = terminal_terms(row.letter)
        span = "" if row.index is None else f"1 ≤ {row.index} ≤ {row.last}"
        yield from _equation(f"d{letter}/dt", terminal_terms(row.rate), span)
    if any("[" in line for row in shown for _, line in terminal_terms(row.rate)):
        yield "  where W[i:j] = Wᵢ ⋯ Wⱼ₊₁ is the product of the layers j < l ≤ i, and W[i:i] = 1"


def _alignment(account: Account) -> Iterator[str]:
    yield "Alignment: the modes decouple where these singular frames coincide"
    for members in account.alignment.shown:
        yield from _wrapped("  ", [end_terminal(end) for end in members], " = ")


def _reduced(entry: Reduced) -> Iterator[str]:
    modes = entry.modes
    yield f"Mode flow in {modes.coordinates} coordinates ({', '.join(map(terminal, modes.state))})"
    for amplitude, rate in modes.rates.items():
        span = modes.families.get(amplitude)
        yield from _equation(
            f"d{terminal(amplitude)}/dt", _terms(rate), f"1 ≤ {span.index} ≤ {span.last}" if span else ""
        )
    yield from _hypotheses(modes)
    proposals = [*_invariants(entry.invariants), *_fixed_points(entry.fixed_points), *_trajectory(entry.trajectory)]
    if proposals:
        yield f"  Analysis ({STATUS})"
        yield from (f"    {line}" for line in proposals)


def _hypotheses(modes: ModeFlow) -> Iterator[str]:
    shown = {"Aligned": "aligned as above"}
    said = [
        shown.get(assumption.name, assumption.words) for assumption in modes.assumes if assumption.name != "Balanced"
    ]
    said += [f"{terminal(product)} = {terminal(power)}" for product, power in substitution(modes).items()]
    yield from _wrapped("  assumes ", said, "; ")
    if modes.domain:
        yield "  domain  " + ", ".join(Terminal(TERMINAL).relation(fact) for fact in modes.domain)


def _invariants(found: Found) -> Iterator[str]:
    if not found.value:
        if found.why:
            yield f"invariants: none proposed ({found.why})"
        return
    for entry in found.value:
        moves = "is conserved" if entry.rate == 0 else f"decays as {terminal(sp.exp(entry.rate * t))}"
        generic = " (any two layers)" if len(entry.quantity.atoms(sp.Indexed)) > 1 else ""
        yield f"invariant    {terminal(entry.quantity)} {moves}{generic}"


def _fixed_points(found: Found) -> Iterator[str]:
    if found.value is None:
        yield f"fixed points: none proposed ({found.why})"
        return
    for point in found.value.points:
        yield from _fixed_point(point)
    if found.value.complete_on:
        yield f"             no others on {_told(found.value.complete_on)}"
    elif found.value.why:
        yield f"             others not excluded: {found.value.why}"


def _told(value: Any) -> str:
    return terminal(value) if isinstance(value, sp.Expr) else str(value)


def _fixed_point(point: Any) -> Iterator[str]:
    moving = {x: value for x, value in point.at.items() if x != value}
    given = [f"0 = {terminal(condition)}" for condition in point.conditions]
    place = [*(f"{terminal(x)} = {terminal(value)}" for x, value in moving.items()), *given] or ["every point"]
    exists = " and ".join(Terminal(TERMINAL).relation(fact) for fact in point.exists_if)
    yield from _wrapped("fixed point  ", place, ", ")
    if exists:
        yield f"             if {exists}"
    family = f", a family of dimension {len(point.family)}" if point.family else ""
    yield f"             {point.kind}{family}"
    if point.rates:
        yield from _wrapped("             rates ", list(map(terminal, point.rates)), ", ")


def _trajectory(found: Found) -> Iterator[str]:
    if found.value is None:
        yield f"trajectory: none proposed ({found.why})"
        return
    path = found.value
    valid = " and ".join(Terminal(TERMINAL).relation(fact) for fact in path.valid_if)
    left = terminal(path.equation[0]) if path.form == "explicit" else "T"
    yield from (
        f"trajectory {line}" if place == 0 else f"           {line}" for place, line in enumerate(_solution(left, path))
    )
    if valid:
        yield f"             if {valid}"


def _solution(left: str, path: Any) -> Iterator[str]:
    yield from _equation(left, Terminal(TERMINAL).pieces(path.value))
    if path.form == "implicit":
        yield "  grows at speed 1 along the flow: T(now) − T(start) = t"


def _refused(entry: Refused, account: Account) -> Iterator[str]:
    yield f"No {entry.coordinates} coordinates"
    joint, drift = entry.error.parts.get("joint"), entry.error.parts.get("drift")
    balance = law(account.model, joint) if isinstance(joint, str) else None
    if balance is None or not isinstance(drift, WordSum):
        yield f"  {entry.error}"
        return
    place = "where encoder and predictor meet" if joint == "joint" else f"inside the {joint}"
    yield f"  They need the balance {place} to be kept, but it drifts:"
    yield from _equation("B", terminal_terms(balance))
    decay = account.model.weight_decay
    yield from _equation("dB/dt" if decay == 0 else f"dB/dt + 2 {terminal(decay)} B", terminal_terms(drift), "≠ 0")


def _terms(expr: sp.Expr) -> Terms:
    return Terminal(TERMINAL).terms(expr)


def _equation(left: str, terms: Terms, span: str = "") -> Iterator[str]:
    """`left = a + b − c`, broken before a sign where a line would be too long; the range of an index after it."""
    (sign, first), *rest = terms
    pieces = [("−" if sign == "-" else "") + first, *(f"{'−' if s == '-' else '+'} {size}" for s, size in rest)]
    lines = list(_wrapped(f"  {left} = ", pieces, " "))
    yield from lines[:-1]
    yield lines[-1] + (f"    ({span})" if span and "≠" not in span else f"   {span}" if span else "")


def _wrapped(lead: str, pieces: Iterable[str], between: str) -> Iterator[str]:
    """Pieces set side by side, broken between them, hanging under the first."""
    line, empty = lead, True
    for piece in pieces:
        if not empty and len(line) + len(between) + len(piece) > WIDTH:
            yield line.rstrip() if between == " " else line + between.rstrip()
            line, empty = " " * len(lead), True
        line += piece if empty else between + piece
        empty = False
    yield line
