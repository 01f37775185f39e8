r"""The matrix flow in numbers: layers of width > 1, moved by the words that were derived from the loss.

The words are evaluated letter by letter, products of layers included; no reduction to modes, no symbolic depth and no
derivative of
anything claimed takes part.  An aligned start puts two modes into rational frames, one for each class of ends that the
flow needs, and
reads their amplitudes back in the same frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

import sympy as sp
from flint import arb, arb_mat, fmpq, fmpq_mat

from symjepa.errors import ShapeMismatch
from symjepa.exact.balls import ball, rational
from symjepa.exact.words import Factor, Matrix, Power, Segment, Word, WordSum
from symjepa.flow import LayerRate, MatrixFlow, gradient_flow
from symjepa.model import EMA, Encoder, LayerEMA, Model, Predictor
from symjepa.modes.frames import Alignment, alignment, ends, numbered
from symjepa.statements.descriptions import Modes
from symjepa.symbols import b, lam, s, sigma2, sigma2_y, u, v, w
from symjepa.verify.corroborate.frames import between, diagonal, frame, read_in, stray
from symjepa.verify.corroborate.integrate import BITS, Rate, State, trajectory
from symjepa.verify.kernel.points import Point

Atom: TypeAlias = tuple[str, bool]
Named: TypeAlias = dict[str, arb_mat]
Amplitudes: TypeAlias = dict[sp.Expr, tuple[arb, ...]]


def at_numbers(model: Model, point: Point) -> Model:
    """The same model with numbers for its depths and rates."""

    def number(expr: sp.Expr) -> sp.Expr:
        return expr.xreplace(dict(point))

    teacher = model.teacher
    if isinstance(teacher, EMA | LayerEMA):
        teacher = replace(teacher, tau=number(teacher.tau))
    return Model(
        Encoder(number(model.encoder.depth)),
        Predictor(number(model.predictor.depth)),
        model.objective,
        teacher,
        number(model.predictor_rate) if number(model.predictor.depth) != 0 else sp.S.One,
        number(model.weight_decay),
    )


def rates_of(model: Model) -> set[sp.Symbol]:
    """The symbols among the depths and rates of a model."""
    tau = getattr(model.teacher, "tau", sp.S.Zero)
    numbers = (model.encoder.depth, model.predictor.depth, model.predictor_rate, model.weight_decay, tau)
    return {symbol for number in numbers for symbol in number.free_symbols}


# Words in numbers.


def atoms(word: Word) -> tuple[Atom, ...]:
    """Single layers and letters, from left to right."""
    return tuple(atom for factor in word.factors for atom in _of_factor(factor))


def _of_factor(factor: Factor) -> Iterable[Atom]:
    if isinstance(factor, Matrix):
        return ((factor.name, factor.transposed),)
    if isinstance(factor, Power):
        return (*_of_factor(factor.root), *_of_factor(factor.root.T)) * int(factor.exponent)
    layers = range(int(factor.lo) + 1, int(factor.hi) + 1)
    order = layers if factor.transposed else reversed(layers)
    return ((f"{factor.stack.name}_{layer}", factor.transposed) for layer in order)


class Program:
    """Word sums of numeric depth as a list of products to form, each from an earlier one and a letter: shared
    beginnings are formed once.
    """

    def __init__(self, sums: Sequence[WordSum]) -> None:
        self._letters: dict[Atom, int] = {}
        self._steps: dict[tuple[int, int], int] = {}
        self._sums = tuple(tuple((self._place(word), ball(c, {}, BITS)) for word, c in words.terms) for words in sums)

    def _place(self, word: Word) -> int:
        """The number of the product that a word denotes."""
        if not word.factors:
            raise ShapeMismatch("an identity word has no letter from which its size could be read")
        place = -1
        for atom in atoms(word):
            step = place, self._letters.setdefault(atom, len(self._letters))
            place = self._steps.setdefault(step, len(self._steps))
        return place

    def __call__(self, named: Mapping[str, arb_mat]) -> tuple[arb_mat | None, ...]:
        """The matrices of the sums; None for a sum without words."""
        letters = [named[name].transpose() if transposed else named[name] for name, transposed in self._letters]
        products: list[arb_mat] = []
        for earlier, letter in self._steps:
            products.append(letters[letter] if earlier < 0 else products[earlier] * letters[letter])
        return tuple(_combined(products, rows) for rows in self._sums)


def _combined(products: Sequence[arb_mat], rows: Sequence[tuple[int, arb]]) -> arb_mat | None:
    total = None
    for place, coefficient in rows:
        term = products[place] * coefficient if coefficient != 1 else products[place]
        total = term if total is None else total + term
    return total


def letter_name(moving: LayerRate) -> str:
    """`W_2`, or `Wbar` for a teacher that moves as one."""
    ((word, _),) = moving.letter.terms
    ((name, _),) = atoms(word)
    return name


def moving_letters(flow: MatrixFlow) -> tuple[LayerRate, ...]:
    """Everything that moves, layer by layer, for a flow of numeric depth."""
    layers = (one for family in flow.rates for one in (numbered(family) if family.last is not None else (family,)))
    return tuple(one for one in layers if not one.rate.is_zero)


def matrix_rate(flow: MatrixFlow, constants: Mapping[str, arb_mat]) -> tuple[tuple[str, ...], Rate]:
    """The names of the moving letters, and their velocities as a function of their values."""
    moving = moving_letters(flow)
    names = tuple(letter_name(one) for one in moving)
    program = Program([one.rate for one in moving])

    def rate(state: State) -> State:
        return program({**constants, **dict(zip(names, state, strict=True))})

    return names, rate


# Aligned starts.


@dataclass(frozen=True)
class Framed:
    """A rational frame for every end of every letter; ends that the alignment puts together share theirs."""

    at: Mapping[str, fmpq_mat]

    def letter(self, factor: Factor, values: Sequence[arb | fmpq]) -> arb_mat:
        """The letter with these amplitudes on the first modes."""
        left, right = ends(factor)
        return between(self.at[left], values, self.at[right])

    def read(self, factor: Factor, matrix: arb_mat) -> arb_mat:
        """The entries of a letter in its frames."""
        left, right = ends(factor)
        return read_in(self.at[left], matrix, self.at[right])


SIZES = {"context": 3, "latent": 2, "target": 4}


def framed(flow: MatrixFlow, seed: int, frames: Alignment | None = None) -> Framed:
    """Random frames: inputs of size 3, latents of size 2, hidden layers of size 2, 3, …, targets of size 4."""
    random = Random(f"frames {seed}")
    sizes = _sizes(flow)
    classes = (alignment(flow) if frames is None else frames).classes
    together = [sorted(end for end in members if end in sizes) for members in classes]
    apart = [[end] for end in sorted(sizes) if not any(end in members for members in together)]
    at: dict[str, fmpq_mat] = {}
    for members in sorted(filter(None, [*together, *apart])):
        at.update(dict.fromkeys(members, frame(sizes[members[0]], random)))
    return Framed(at)


def letters_of(flow: MatrixFlow) -> tuple[Factor, ...]:
    """Every letter of a flow of numeric depth, single layers, untransposed."""
    found: dict[str, Factor] = {}
    for one in moving_letters(flow):
        found[letter_name(one)] = one.factor
    for one in moving_letters(flow):
        for factor in one.rate.letters():
            if isinstance(factor, Matrix):
                found.setdefault(factor.name, factor.T if factor.transposed else factor)
    return tuple(found[name] for name in sorted(found))


def _sizes(flow: MatrixFlow) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for factor in letters_of(flow):
        for end, space in zip(ends(factor), (factor.rows, factor.cols), strict=True):
            sizes[end] = size_of(space)
    return sizes


def size_of(space: str) -> int:
    """Small unequal sizes: inputs, latents and targets, and hidden layers of at least the latent size."""
    return SIZES.get(space, 2 + int(space.partition("@")[2] or 1) % 3)


@dataclass(frozen=True)
class AlignedRun:
    """States of the layers along one integration from an aligned start, with the frames to read them in."""

    flow: MatrixFlow
    frames: Framed
    names: tuple[str, ...]
    states: tuple[State, ...]

    def entries(self, state: State) -> dict[str, arb_mat]:
        """Every moving letter in its frames."""
        factors = {letter_name(one): one.factor for one in moving_letters(self.flow)}
        return {name: self.frames.read(factors[name], x) for name, x in zip(self.names, state, strict=True)}

    @property
    def strays(self) -> tuple[arb, ...]:
        """The largest entry off the diagonals, at each time."""
        return tuple(max(stray(matrix) for matrix in self.entries(state).values()) for state in self.states)


def in_frames(flow: MatrixFlow, frames: Framed, letters: Mapping[str, Sequence[arb | fmpq]]) -> Named:
    """Every letter of a flow, diagonal in its frames."""
    return {name_of(factor): frames.letter(factor, letters[name_of(factor)]) for factor in letters_of(flow)}


def aligned_run(
    flow: MatrixFlow, frames: Framed, letters: Mapping[str, Sequence[arb | fmpq]], times: Sequence[fmpq]
) -> AlignedRun:
    """Integrate from letters that are diagonal in the frames."""
    named = in_frames(flow, frames, letters)
    names, rate = matrix_rate(flow, named)
    states = trajectory(rate, tuple(named[name] for name in names), times)
    return AlignedRun(flow, frames, names, tuple(states))


def name_of(factor: Factor) -> str:
    """`W_2` for a layer, its own name for any other letter."""
    assert not isinstance(factor, Power)  # a letter, and no product of letters
    return factor.name if isinstance(factor, Matrix) else f"{factor.stack.name}_{int(factor.hi)}"


# Amplitudes of modes in layers, and back.


def in_layers(flow: MatrixFlow, coordinates: str, start: Mapping[sp.Expr, arb], point: Point) -> dict[str, arb]:
    """The amplitude of every letter on one mode, from a state in named coordinates and the numbers of the mode."""
    known: dict[sp.Expr, arb] = {**{x: arb(rational(value)) for x, value in point.items()}, **start}
    data = {"Sxx": sigma2, "Syx": lam, "Syy": sigma2_y}
    amplitudes: dict[str, arb] = {}
    for factor in letters_of(flow):
        name = name_of(factor)
        if isinstance(factor, Matrix):
            amplitudes[name] = known.get(data.get(name, b), arb(0)) if name in data else known[b]
        elif isinstance(factor, Segment):
            amplitudes[name] = _of_layer(flow.model, factor, coordinates, known)
    return amplitudes


def _scale(model: Model) -> arb:
    return arb(rational(model.predictor_rate)).sqrt()


def _of_layer(model: Model, factor: Segment, coordinates: str, known: Mapping[sp.Expr, arb]) -> arb:
    stack = factor.stack.name
    if coordinates == "layers":
        named = {str(symbol): value for symbol, value in known.items()}
        return named[f"{ {'W': 'w', 'P': 'v', 'Wbar': 'b'}[stack] }_{int(factor.hi)}"]
    if coordinates == "balanced":
        return known[s] if stack == "Wbar" else known[u] * (_scale(model) if stack == "P" else 1)
    product, depth = known[{"W": w, "P": v, "Wbar": b}[stack]], int(factor.stack.depth)
    return product if depth == 1 else (product.log() / depth).exp()


def read_back(run: AlignedRun, coordinates: str, state: State, mode: int) -> Amplitudes:
    """The state of one mode in named coordinates; every layer that shows a coordinate gives a reading of its own."""
    entries = run.entries(state)
    values = {name: diagonal(matrix)[mode] for name, matrix in entries.items()}

    def stack(prefix: str) -> list[arb]:
        return [value for name, value in values.items() if name.startswith(f"{prefix}_")]

    alone = {b: (values["Wbar"],)} if "Wbar" in values else {}
    if coordinates == "layers":
        letters = {"W": "w", "P": "v", "Wbar": "b"}
        layers = {_layer_symbol(name, letters): (x,) for name, x in values.items() if "_" in name}
        return alone | {sp.Symbol(name, real=True): readings for name, readings in layers.items()}
    if coordinates == "balanced":
        shared = (*stack("W"), *(x / _scale(run.flow.model) for x in stack("P")))
        return alone | {u: shared} | ({s: tuple(stack("Wbar"))} if stack("Wbar") else {})
    whole = {w: stack("W"), v: stack("P"), b: stack("Wbar")}
    return alone | {symbol: (_times(factors),) for symbol, factors in whole.items() if factors}


def _layer_symbol(name: str, letters: Mapping[str, str]) -> str:
    family, _, number = name.partition("_")
    return f"{letters[family]}_{number}"


def _times(factors: Iterable[arb]) -> arb:
    result = arb(1)
    for factor in factors:
        result = result * factor
    return result


def mode_states(
    description: Modes,
    points: Sequence[Point],
    starts: Sequence[Mapping[sp.Expr, arb]],
    times: Sequence[fmpq],
    seed: int,
) -> list[list[Amplitudes]]:
    """For each mode, its states at the times, read off one integration of layers that hold all the modes."""
    flow = gradient_flow(at_numbers(description.model, points[0]))
    values = [{**point, **_fixed(description, point)} for point in points]
    modes = [
        in_layers(flow, description.coordinates, start, point) for start, point in zip(starts, values, strict=True)
    ]
    letters = {name: [mode[name] for mode in modes] + _rest(name) for name in modes[0]}
    run = aligned_run(flow, framed(flow, seed), letters, times)
    return [[read_back(run, description.coordinates, state, i) for state in run.states] for i in range(len(points))]


def _fixed(description: Modes, point: Point) -> Point:
    return {symbol: sp.sympify(value).xreplace(dict(point)) for symbol, value in description.values}


def _rest(name: str) -> list[fmpq]:
    """A further mode of the data, on which the layers are silent."""
    return [fmpq({"Sxx": 3, "Syx": 1, "Syy": 2}[name], 4)] if name in ("Sxx", "Syx", "Syy") else []
