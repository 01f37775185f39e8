r"""A training loop's gradient against the derived one.  NumPy, PyTorch and JAX are told apart by nothing:
what comes back is read through `__array__` (after `detach` and `cpu`, where an array has them).

Tested with NumPy; with PyTorch on the processor, in double and single precision; with JAX there in single precision.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any, Literal

import numpy as np
import sympy as sp

from symjepa.errors import InvalidModel, SymjepaError
from symjepa.flow import gradient_flow
from symjepa.model import EMA, Encoder, LayerEMA, Live, Model, Predictor, Shared
from symjepa.testing.situations import Array, Case, Covariances, gradients, layer_names, motion, shown, teacher_names
from symjepa.testing.verdicts import Outcome

Gradient = Callable[..., Mapping[str, Any]]
Gives = Literal["gradient", "velocity"]
Exact = dict[str, tuple[Array, Array]]
CASES = 18
DATA = ("Sxx", "Syx", "Syy", "x", "y")


def assert_gradient(
    model: Model,
    fn: Gradient,
    *,
    gives: Gives = "gradient",
    case: Case | None = None,
    rtol: float | None = None,
    exact: bool = False,
) -> Outcome:
    r"""Your gradient of the loss ½E‖P W x - target‖² is the derived one, for every layer.

    `fn(weights, Sxx, Syx)`: weights by name, `W_1` … `W_L`, `P_1` … `P_K`, and the teacher's `Wbar` (a product) or
    `Wbar_1` … (layers); layer `W_l` has shape (d_l, d_{l-1}).  Every further parameter is one of Sxx, Syx, Syy, x, y,
    by its name; x and y are the sample, one pair per column, of which the loss is the mean.  It returns a gradient
    for each layer, under the same names.

    gives: "gradient", ∂ℒ/∂(layer), the target stopped unless the teacher is `Shared`; or "velocity", what the layers
    and the teacher move by, with α, η and τ of the model (which must then be numbers).  A symbolic depth is tried at
    several numbers.

    case: one case to look at, as drawn by `symjepa.testing.cases`; by default 18 fixed ones, from width 1 upwards.
    Numbers are compared relative to the size of the terms that make them up, up to `rtol`, by default the square root
    of the machine epsilon of what you return (1.5e-8 in double, 3.5e-4 in single precision).  With `exact`, fn gets
    and returns exact rationals, and they must be equal.

    >>> from symjepa.model import Encoder, LatentPrediction, Live, Predictor
    >>> def mine(weights, Sxx, Syx):
    ...     W, P = weights["W_1"], weights["P_1"]
    ...     residual = P @ W @ Sxx - W @ Syx
    ...     return {"W_1": P.T @ residual, "P_1": residual @ W.T}
    >>> print(assert_gradient(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), mine))
    NOT proved, agrees in numbers: your gradient is the derived one (18 exact cases, relative tolerance 1.5e-08)
    """
    _needs_numbers(model, gives)
    several = [case] if case is not None else list(ladder(model))
    tolerance = 0.0
    for one in several:
        told = _told(fn, one, exact)
        meant = _meant(one, gives)
        tolerance = max(tolerance, _tolerance(told, rtol))
        fault = _fault(told, meant, rtol)
        if fault is not None:
            raise AssertionError(_message(fault, one, gives, _cause(fn, several, gives, rtol, exact)))
    count = f"{len(several)} exact case{'s' if len(several) > 1 else ''}"
    how = f"{count}, compared exactly" if exact else f"{count}, relative tolerance {tolerance:.2g}"
    return Outcome(f"your {gives} is the derived one", False, how)


def _needs_numbers(model: Model, gives: Gives) -> None:
    rates = [model.predictor_rate, model.weight_decay] + (
        [model.teacher.tau] if isinstance(model.teacher, EMA | LayerEMA) else []
    )
    open_rates = [rate for rate in rates if not rate.is_Rational]
    if gives == "velocity" and open_rates:
        raise InvalidModel(
            f"a velocity needs numbers for all rates, but the model has the symbol {open_rates[0]}: give it a number"
        )


def _meant(case: Case, gives: Gives) -> Exact:
    return gradients(case) if gives == "gradient" else motion(gradient_flow(case.model), case)


def _told(fn: Gradient, case: Case, exact: bool) -> dict[str, Array]:
    """What the user's function returns for a case, as arrays; what it raises gets a note with the case."""
    number: Callable[[Array], Array] = (lambda a: a.copy()) if exact else (lambda a: a.astype(float))
    data = {name: number(getattr(case.data, name)) for name in DATA}
    try:
        made = fn({name: number(held) for name, held in case.weights.items()}, *_wanted(fn, data))
    except Exception as error:
        error.add_note(f"raised by your function at {case}")
        raise
    return {name: _readable(name, value) for name, value in made.items() if value is not None}


def _wanted(fn: Gradient, data: Mapping[str, Array]) -> list[Array]:
    """Data by the names of the parameters after the first."""
    try:
        names = [p.name for p in inspect.signature(fn).parameters.values() if p.default is p.empty][1:]
    except (TypeError, ValueError):
        names = ["Sxx", "Syx"]
    for name in names:
        if name not in data:
            raise SymjepaError(
                f"after the weights a gradient may ask for {', '.join(DATA)}, by name; got {name!r}", name=name
            )
    return [data[name] for name in names]


def _readable(name: str, value: Any) -> Array:
    """What came back for a layer, or an error that says why NumPy cannot read it."""
    kind = getattr(value, "dtype", type(value).__name__)
    try:
        held = plain(value)
    except (TypeError, ValueError, RuntimeError) as refused:
        raise _unreadable(name, kind, str(refused)) from refused
    if held.dtype.kind not in "iufO":
        raise _unreadable(name, kind, "its entries are no real numbers there")
    return held


def _unreadable(name: str, kind: Any, why: str) -> SymjepaError:
    return SymjepaError(
        f"the gradient of {name} came back as {kind}, which NumPy cannot read: {why}; return it as float32 or float64",
        name=name,
    )


def plain(value: Any) -> Array:
    """Any array as one of NumPy: off its graph and its device, if it knows how."""
    for step in ("detach", "cpu"):
        value = getattr(value, step)() if hasattr(value, step) else value
    held = np.asarray(value)
    exact = held.dtype != object or all(isinstance(x, int | Fraction | sp.Rational) for x in held.flat)
    return held if exact else held.astype(float)


def _tolerance(told: Mapping[str, Array], rtol: float | None) -> float:
    if rtol is not None:
        return rtol
    kinds = [a.dtype for a in told.values() if np.issubdtype(a.dtype, np.floating)]
    return float(np.sqrt(max((np.finfo(kind).eps for kind in kinds), default=np.finfo(float).eps)))


@dataclass(frozen=True)
class _Fault:
    """One layer on which two gradients differ."""

    name: str
    why: str
    told: Array | None = None
    meant: Array | None = None


def _fault(told: Mapping[str, Array], meant: Exact, rtol: float | None) -> _Fault | None:
    for name, (exact, size) in meant.items():
        if name not in told:
            return _Fault(
                name,
                f"nothing came back for {name}; there was {', '.join(sorted(told)) or 'nothing at all'}",
                meant=exact,
            )
        if told[name].shape != exact.shape:
            return _Fault(
                name,
                f"the shape of {name} is {exact.shape}, but that of its gradient {told[name].shape}",
                told[name],
                exact,
            )
        if not _same(told[name], exact, size, _tolerance(told, rtol)):
            return _Fault(name, "", told[name], exact)
    return None


def _same(told: Array, exact: Array, size: Array, tolerance: float) -> bool:
    if told.dtype == object:
        return bool(np.all(told == exact))
    room = tolerance * max((float(x) for x in size.flat), default=0.0)
    return bool(np.all(np.abs(told - exact.astype(float)) <= room))


def _message(fault: _Fault, case: Case, gives: Gives, cause: str) -> str:
    lines = [f"your {gives} of {fault.name}: this is not the derived one.", ""]
    lines += [f"  at {name} = {shown(held)}" for name, held in case.weights.items()]
    lines += [f"  and {name} = {shown(getattr(case.data, name))}" for name in ("Sxx", "Syx", "x", "y")]
    if fault.told is not None and fault.meant is not None and not fault.why:
        difference = fault.told - fault.meant.astype(fault.told.dtype)
        for label, held in (("yours", fault.told), ("derived", fault.meant), ("difference", difference)):
            lines.append(f"    {label.ljust(10)}  {_rounded(held)}")
    return "\n".join([*lines, *([f"    {fault.why}"] if fault.why else []), *(["", f"  {cause}"] if cause else [])])


def _rounded(held: Array) -> str:
    """A matrix for reading: floats to ten digits, exact numbers as they are."""
    return shown(held if held.dtype == object else np.vectorize(lambda x: f"{x:.10g}", otypes=[object])(held))


Variant = Callable[[Case], Exact]


def _cause(fn: Gradient, cases: list[Case], gives: Gives, rtol: float | None, exact: bool) -> str:
    """The first usual cause that explains all the cases."""
    try:
        told = [(case, _told(fn, case, exact)) for case in cases]
    except Exception:
        return ""
    for words, variant in _causes(cases[0].model, gives):
        try:
            if all(_fault(made, variant(case), rtol) is None for case, made in told):
                return f"What came back is {words}."
        except (SymjepaError, ValueError, KeyError):
            continue
    return ""


def _causes(model: Model, gives: Gives) -> Iterator[tuple[str, Variant]]:
    """What your function may have computed instead."""
    yield "minus the gradient: this is the direction of descent", _scaled(gives, lambda case: -1)
    yield "twice the gradient: your loss lacks the ½ of ½E‖·‖²", _scaled(gives, lambda case: 2)
    half = sp.Rational(1, 2)
    yield "half the gradient: your loss has one ½ too many (it is ½E‖·‖²)", _scaled(gives, lambda case: half)
    yield (
        "the gradient of the sum over the sample: the loss is its mean",
        _scaled(gives, lambda case: case.data.x.shape[1]),
    )
    mean = "over all entries: the loss sums over those of a pair, and averages over pairs"
    yield f"the gradient of the mean square {mean}", _scaled(gives, lambda case: sp.Rational(2, _width(case)))
    yield f"the gradient of half the mean square {mean}", _scaled(gives, lambda case: sp.Rational(1, _width(case)))
    yield from _other_targets(gives)
    yield "the gradient transposed, layer by layer", lambda case: _each(_meant(case, gives), lambda name, a: a.T)
    if gives == "gradient":
        yield "the gradient with weight decay: it belongs to the optimizer", _with_decay
        yield "the gradient with the predictor's rate α: it belongs to the optimizer", _with_rate


def _scaled(gives: Gives, by: Callable[[Case], Any]) -> Variant:
    return lambda case: _each(_meant(case, gives), lambda name, a: by(case) * a)


def _width(case: Case) -> int:
    """The number of entries of one prediction."""
    return int(case.weights[layer_names(case.model)[-1]].shape[0])


def _other_targets(gives: Gives) -> Iterator[tuple[str, Variant]]:
    through = "the gradient through the target branch too: stop it there (detach, lax.stop_gradient)"
    yield through, lambda case: _under(case, Shared(), gives)
    own = "the gradient for a live teacher, the student itself held fixed: this model has another"
    yield own, lambda case: _under(case, Live(), gives)
    exchanged = "the gradient with context and target exchanged: Syx is E yxᵀ, target first"
    yield exchanged, lambda case: _meant(replace(case, data=Covariances(case.data.y, case.data.x)), gives)


def _under(case: Case, teacher: Live | Shared, gives: Gives) -> Exact:
    if case.model.teacher is None or gives == "velocity":
        raise InvalidModel("no other teacher to try")
    return gradients(case, replace(case.model, teacher=teacher))


def _each(exact: Exact, change: Callable[[str, Array], Array]) -> Exact:
    return {name: (change(name, a), np.abs(change(name, size))) for name, (a, size) in exact.items()}


def _with_decay(case: Case) -> Exact:
    return _each(gradients(case), lambda name, a: a + case.model.weight_decay * case.weights[name])


def _with_rate(case: Case) -> Exact:
    return _each(gradients(case), lambda name, a: case.model.predictor_rate * a if name.startswith("P") else a)


def ladder(model: Model, count: int = CASES) -> Iterator[Case]:
    """Fixed cases from small to larger: width 1 first, then 2, then every width its own."""
    random = Random(1)
    chosen = list(numbered(model))
    for number in range(count):
        yield _drawn(chosen[number % len(chosen)], 1 + 3 * number // count, random)


def numbered(model: Model) -> Iterator[Model]:
    """The model with every symbolic depth set to small numbers."""
    encoder, predictor = model.encoder.depth, model.predictor.depth
    pairs: Iterable[tuple[int, int]] = ((1, 1), (2, 1), (1, 2), (2, 2), (1, 0), (3, 2))
    for L, K in pairs if not (encoder.is_Integer and predictor.is_Integer) else ((int(encoder), int(predictor)),):
        layers, ahead = int(encoder) if encoder.is_Integer else L, int(predictor) if predictor.is_Integer else K
        if ahead or not predictor.is_Symbol or (model.latent and model.predictor_rate == 1):
            yield replace(model, encoder=Encoder(sp.Integer(layers)), predictor=Predictor(sp.Integer(ahead)))


def _drawn(model: Model, level: int, random: Random) -> Case:
    """Widths all 1, all 2, or each its own; entries small."""
    shapes = shapes_of(model, lambda: random.choice(((1,), (2,), (1, 2, 3))[level - 1]))
    d, last = shapes["W_1"][1], shapes[layer_names(model)[-1]][0]
    samples = 1 if level == 1 else 3
    x, y = _block((d, samples), level, random), _block((d if model.latent else last, samples), level, random)
    return Case(model, {name: _block(shape, level, random) for name, shape in shapes.items()}, Covariances(x, y))


def _block(shape: tuple[int, int], level: int, random: Random) -> Array:
    """A matrix without zeros; whole numbers at first."""
    halves = (1,) if level == 1 else (1, 2)
    entries = (sp.Rational(random.choice((-2, -1, 1, 2, 3)), random.choice(halves)) for _ in range(shape[0] * shape[1]))
    return np.array(list(entries), dtype=object).reshape(shape)


def shapes_of(model: Model, width: Callable[[], int]) -> dict[str, tuple[int, int]]:
    """Shapes by name; every width is drawn anew, but a latent target's predictor maps the latent space to itself."""
    L, K = int(model.encoder.depth), int(model.predictor.depth)
    encoder = [width() for _ in range(L + 1)]
    inner = [width() for _ in range(max(K - 1, 0))]
    ahead = [encoder[-1], *inner, encoder[-1] if model.latent else width()]
    shapes = {f"W_{i}": (encoder[i], encoder[i - 1]) for i in range(1, L + 1)}
    shapes |= {f"P_{i}": (ahead[i], ahead[i - 1]) for i in range(1, K + 1)}
    for name in teacher_names(model):
        shapes[name] = (encoder[-1], encoder[0]) if name == "Wbar" else shapes[name.replace("Wbar", "W")]
    return shapes
