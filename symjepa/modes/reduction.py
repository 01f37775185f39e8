r"""From a matrix flow to the flow of one singular mode, in named coordinates; every reduction says what it assumed.

* `layers`: one amplitude per layer, $w_1 \dots w_L$, $v_1 \dots v_K$ (and the teacher's).  Assumes only the alignment.
* `product`: the amplitudes $w = w_1\cdots w_L$, $v$, $b$ of encoder, predictor and teacher.  Assumes each of them
  balanced within itself.
* `balanced`: one amplitude u of all layers, $w = u^L$, $v = (\sqrt\alpha\,u)^K$.  Assumes also the joint of encoder and
  predictor balanced.

Soundness.  All three are the one homomorphism `frames.entry` with different scalars.  A balanced reduction is an
obligation, not a substitution: the balance law of each joint is derived in words and its drift must be -2η times
itself, and the reduced rate of a generic layer must not depend on which layer it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import sympy as sp

from symjepa.errors import InvalidModel, NotBalanced, SymjepaError
from symjepa.exact.facts import Fact
from symjepa.exact.scalars import equal
from symjepa.exact.words import Segment
from symjepa.flow import LayerRate, MatrixFlow
from symjepa.model import Frozen, LayerEMA
from symjepa.modes.balance import JOINTS, check_conserved
from symjepa.modes.frames import Alignment, Scalars, alignment, entry, monomial, numbered, representative
from symjepa.symbols import AMPLITUDES, b, j, lam, latex_names, layer_amplitude, s, sigma2, sigma2_y, t, u, v, w


@dataclass(frozen=True, slots=True)
class _Seal:
    """What a reduction made: a copy with other rates does not match it."""

    content: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A hypothesis that a reduction added: a name, and the same in words."""

    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


@dataclass(frozen=True, slots=True)
class Family:
    """An amplitude that stands for a family: one for every `index` = 1 … `last`."""

    index: sp.Symbol
    last: sp.Expr


@dataclass(frozen=True, slots=True, repr=False)
class ModeFlow:
    """The scalar flow of one mode.  Made by reductions alone: there is no way to type a right-hand side.

    rates: state → time derivative; families: state symbols that stand for every layer of a stack of symbolic depth.
    assumes and domain hold every hypothesis under which the rates are those of the matrix flow.
    """

    source: MatrixFlow
    coordinates: str
    rates: Mapping[sp.Expr, sp.Expr]
    assumes: tuple[Assumption, ...]
    domain: tuple[Fact, ...] = ()
    families: Mapping[sp.Expr, Family] = field(default_factory=dict)
    _key: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self._key, _Seal) or self._key.content != (
            self.source,
            self.coordinates,
            tuple(self.rates.items()),
        ):
            raise SymjepaError(
                "a ModeFlow is derived, never typed: use aligned_modes(gradient_flow(model)), or Foreign for an"
                " equation of your own"
            )

    def __repr__(self) -> str:
        rates = "; ".join(f"d{amplitude}/dt = {rate}" for amplitude, rate in self.rates.items())
        return f"<ModeFlow in {self.coordinates} coordinates: {rates}>"

    def __hash__(self) -> int:
        return hash((self.source, self.coordinates, tuple(self.rates.items())))

    @property
    def state(self) -> tuple[sp.Expr, ...]:
        return tuple(self.rates)

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Everything that the rates depend on and that does not move, depths and indices included."""
        bound = {name for amplitude in self.state for name in amplitude.free_symbols}
        free = {name for rate in self.rates.values() for name in rate.free_symbols}
        return tuple(sorted((x for x in free - bound if isinstance(x, sp.Symbol)), key=lambda symbol: symbol.name))

    def at(self, values: Mapping[sp.Symbol, sp.Expr | int]) -> ModeFlow:
        """The same flow at particular parameters, which become hypotheses.

        Values are exact, constant along the flow, and admitted by the assumptions on their symbols and by the domain.
        """
        exact = {symbol: sp.Integer(number) if isinstance(number, int) else number for symbol, number in values.items()}
        for symbol, value in exact.items():
            self._check_value(symbol, value)
        added = tuple(Assumption("At", f"{symbol} = {number}") for symbol, number in exact.items())
        rates = {amplitude: rate.xreplace(exact) for amplitude, rate in self.rates.items()}
        facts = [Fact(f.expr.xreplace(exact), f.kind) for f in self.domain]
        for fact in facts:
            if fact.expr.is_Number and not (fact.kind == "positive" and fact.expr > 0):
                raise InvalidModel(f"at these values the domain of the flow is empty: it says {fact}")
        domain = tuple(fact for fact in facts if not fact.expr.is_Number)
        families = {name: Family(family.index, family.last.xreplace(exact)) for name, family in self.families.items()}
        return sealed(self.source, self.coordinates, rates, self.assumes + added, domain, families)

    def _check_value(self, symbol: sp.Symbol, value: sp.Expr) -> None:
        if symbol in self.rates or symbol not in self.parameters:
            raise InvalidModel(
                f"only parameters can be set, which here are {', '.join(map(str, self.parameters))}; got {symbol}"
            )
        if value.atoms(sp.Float) or value.free_symbols & {*self.rates, t, *AMPLITUDES}:
            raise InvalidModel(f"{symbol} needs an exact value that is constant along the flow; got {value}")
        if value.free_symbols & self._bound:
            raise InvalidModel(f"{symbol} needs a value without the index of a sum or product of the flow; got {value}")
        wanted = [name for name in ("integer", "positive", "nonnegative", "real") if getattr(symbol, f"is_{name}")]
        least = [fact for fact in self.domain if fact.expr == symbol and not value.is_positive]
        if least or not all(getattr(value, f"is_{name}") for name in wanted):
            raise InvalidModel(f"{symbol} is {', '.join(wanted)}{' and > 0' if least else ''}; got {value}")

    @property
    def _bound(self) -> set[sp.Symbol]:
        """What is bound in the rates: a value that holds it would be captured."""
        operators = (node for rate in self.rates.values() for node in rate.atoms(sp.Sum, sp.Product))
        return {limit[0] for node in operators for limit in node.limits}

    def __str__(self) -> str:
        rows = [f"d{amplitude}/dt = {rate}{self._where(amplitude)}" for amplitude, rate in self.rates.items()]
        return "\n".join(rows)

    def _repr_latex_(self) -> str:
        rows = (rf"\dot{{{_tex(amplitude)}}} &= {_tex(rate)}" for amplitude, rate in self.rates.items())
        return r"$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$"

    def _where(self, amplitude: sp.Expr) -> str:
        family = self.families.get(amplitude)
        return f"   (1 ≤ {family.index} ≤ {family.last})" if family else ""


def _tex(expr: sp.Expr) -> str:
    return str(sp.latex(expr, symbol_names=latex_names()))


def sealed(
    source: MatrixFlow,
    coordinates: str,
    rates: Mapping[sp.Expr, sp.Expr],
    assumes: tuple[Assumption, ...],
    domain: tuple[Fact, ...] = (),
    families: Mapping[sp.Expr, Family] | None = None,
) -> ModeFlow:
    """A flow that came out of a reduction; only the reductions of this room call this."""
    own = MappingProxyType(dict(rates))
    seal = _Seal((source, coordinates, tuple(own.items())))
    known = (*domain, *(fact for fact in _has_layers(source) if fact not in domain))
    return ModeFlow(source, coordinates, own, assumes, known, MappingProxyType(dict(families or {})), seal)


def _has_layers(source: MatrixFlow) -> tuple[Fact, ...]:
    """A symbolic predictor depth means at least one layer: without any, the flow and its alignment are others."""
    depth = source.model.predictor.depth
    return () if depth.is_Integer or depth.is_positive else (Fact(depth, "positive"),)


_DATA = {"Sxx": sigma2, "Syx": lam, "Syy": sigma2_y, "Wbar": b}
_FAMILY = {"W": "w", "P": "v", "Wbar": "b"}


def scalars(of_segment: Callable[[Segment], sp.Expr]) -> Scalars:
    """The homomorphism on letters: covariances and the teacher's product by name, segments by the coordinates."""
    return lambda factor: of_segment(factor) if isinstance(factor, Segment) else _DATA[factor.name]


def by_layers(segment: Segment) -> sp.Expr:
    """The product of the amplitudes of the layers in a segment."""
    family, first = _FAMILY[segment.stack.name], segment.lo + 1
    length = segment.hi - segment.lo
    if length.is_Integer and first.is_Integer:
        return sp.Mul(*(layer_amplitude(family, first + i) for i in range(int(length))))
    if length == 1:
        return layer_amplitude(family, segment.hi)
    return sp.Product(layer_amplitude(family, j), (j, first, segment.hi))


def by_layer_amplitude(layer: Mapping[str, sp.Expr]) -> Callable[[Segment], sp.Expr]:
    """All layers of a stack equal: a segment is a power of the stack's layer amplitude, factor by factor."""

    def power(segment: Segment) -> sp.Expr:
        length = segment.hi - segment.lo
        return sp.Mul(*(factor**length for factor in sp.Mul.make_args(layer[segment.stack.name])))

    return power


def aligned_modes(flow: MatrixFlow) -> ModeFlow:
    r"""One scalar system per common singular mode: the amplitudes of all layers apart (`layers` coordinates).

    Adds the hypothesis Aligned, with the classes of frames that this very flow needs; nothing about balance.
    Source: saxe2014exact, Eq. 4, for the data target; littwin2024jepa, Sec. 3, for the latent target.
    """
    frames, values = alignment(flow), scalars(by_layers)
    rates: dict[sp.Expr, sp.Expr] = {}
    families: dict[sp.Expr, Family] = {}
    for family in flow.rates:
        for moving in _layers_of(family):
            amplitude = values(moving.factor)
            rates[amplitude] = entry(moving.rate, moving.factor, frames, values)
            if moving.index is not None and moving.last is not None:
                families[amplitude] = Family(moving.index, moving.last)
    return sealed(flow, "layers", without_constants(flow, rates), (aligned_in(frames),), (), families)


def _layers_of(family: LayerRate) -> tuple[LayerRate, ...]:
    """Every layer of a numeric stack; the generic layer of a symbolic one; a letter without layers is itself."""
    return numbered(family) if family.last is not None and family.last.is_Integer else (family,)


def without_constants(flow: MatrixFlow, rates: dict[sp.Expr, sp.Expr]) -> dict[sp.Expr, sp.Expr]:
    """A frozen teacher is a parameter, not a part of the state."""
    return {name: rate for name, rate in rates.items() if not (isinstance(flow.model.teacher, Frozen) and name == b)}


def aligned_in(frames: Alignment) -> Assumption:
    """All layers are diagonal in these frames."""
    return Assumption("Aligned", f"common frames {frames}")


_STACKS = {"W": ("encoder", w), "P": ("predictor", v), "Wbar": ("teacher", b)}
_LAYER = {name: sp.Dummy(name, positive=True) for name in _STACKS}


def product_modes(modes: ModeFlow) -> ModeFlow:
    r"""The flow of (w, v, b): encoder, predictor and teacher each balanced within itself.

    All L layers of an encoder move alike, so $w = w_l^L$ moves by $\dot w = L\,w^{1-1/L}\,\dot w_l$, and so for v and
    b. Domain: w > 0 (v > 0, b > 0) wherever a root is taken.  Raises NotBalanced if a joint inside a stack does not
    keep its balance.
    """
    flow, frames = _aligned_source(modes)
    values = scalars(by_layer_amplitude(_LAYER))
    assumes, domain, rates = [aligned_in(frames)], [], {}
    for moving in map(representative, flow.rates):
        rate = entry(moving.rate, moving.factor, frames, values)
        if isinstance(moving.factor, Segment):
            rate = _of_product(moving, rate)
            assumes.append(_balanced_inside(flow, moving.factor))
            domain.append(_STACKS[moving.factor.stack.name][1])
            amplitude = domain[-1]
        else:
            amplitude = b
        rates[amplitude] = _in_products(flow, rate)
    return sealed(flow, "product", without_constants(flow, rates), tuple(assumes), _roots(flow, domain))


def _of_product(moving: LayerRate, rate: sp.Expr) -> sp.Expr:
    """The rate of the product of equal layers, from that of one of them."""
    _same_for_every_layer(moving, rate)
    assert isinstance(moving.factor, Segment)
    stack = moving.factor.stack
    others = _LAYER[stack.name] ** (stack.depth - 1)
    return sp.Add(*(monomial([stack.depth, others, term]) for term in sp.Add.make_args(rate)))


def _in_products(flow: MatrixFlow, rate: sp.Expr) -> sp.Expr:
    """Layer amplitudes written as roots of their products; whole exponents stay whole."""
    depths = {"W": flow.model.encoder.depth, "P": flow.model.predictor.depth, "Wbar": flow.model.encoder.depth}
    named = {_LAYER[name]: (_STACKS[name][1], depth) for name, depth in depths.items()}

    def power(factor: sp.Expr) -> sp.Expr:
        base, exponent = factor.as_base_exp()
        if base not in named:
            return factor
        product, depth = named[base]
        return product ** sp.Add(*(part / depth for part in sp.Add.make_args(exponent)))

    return sp.Add(*(monomial(map(power, sp.Mul.make_args(term))) for term in sp.Add.make_args(rate)))


def _roots(flow: MatrixFlow, products: list[sp.Symbol]) -> tuple[Fact, ...]:
    """Products of more than one layer must be positive, so that their roots are the layers."""
    depths = {w: flow.model.encoder.depth, v: flow.model.predictor.depth, b: flow.model.encoder.depth}
    return tuple(Fact(product, "positive") for product in products if depths[product] != 1)


def _aligned_source(modes: ModeFlow) -> tuple[MatrixFlow, Alignment]:
    """The matrix flow behind a mode flow in `layers` coordinates; reductions start from there, so that none is applied
    twice.
    """
    if modes.coordinates != "layers":
        raise SymjepaError(
            f"a reduction starts from aligned_modes(flow), in layers coordinates; got {modes.coordinates}"
        )
    return modes.source, alignment(modes.source)


def _balanced_inside(flow: MatrixFlow, factor: Segment) -> Assumption:
    name, _ = _STACKS[factor.stack.name]
    if name != "teacher":
        check_conserved(flow, name)
    return Assumption(f"Balanced{name.capitalize()}", f"all layers of the {name} have one amplitude on the mode")


def _same_for_every_layer(moving: LayerRate, rate: sp.Expr) -> None:
    if moving.index in rate.free_symbols:
        raise NotBalanced(f"the reduced rate of {moving.letter} depends on the layer: {rate}", letter=moving.letter)


def balanced(modes: ModeFlow) -> ModeFlow:
    r"""The flow of the common layer amplitude u (with b, or s, for a teacher of its own).

    $w = u^L$, $v = (\sqrt\alpha u)^K$, u > 0.  Adds the hypothesis Balanced: all joints, with $\alpha^{-1}P_1^\top P_1
    = W_L W_L^\top$. Raises NotBalanced, naming the joint, where the balance is not conserved (a shared teacher with a
    predictor).
    """
    flow, frames = _aligned_source(modes)
    for joint in JOINTS:
        check_conserved(flow, joint)
    scale = sp.sqrt(flow.model.predictor_rate)
    values = scalars(by_layer_amplitude({"W": u, "P": scale * u, "Wbar": s}))
    rates: dict[sp.Expr, sp.Expr] = {}
    for moving in map(representative, flow.rates):
        rate, amplitude = entry(moving.rate, moving.factor, frames, values), values(moving.factor)
        _same_for_every_layer(moving, rate)
        if amplitude == scale * u:
            rate, amplitude = sp.Add(*(monomial([1 / scale, term]) for term in sp.Add.make_args(rate))), u
        _same_as(rates.setdefault(amplitude, rate), rate, amplitude)
    domain = tuple(Fact(amplitude, "positive") for amplitude in rates if amplitude in (u, s))
    return sealed(flow, "balanced", without_constants(flow, rates), (aligned_in(frames), _balance(flow)), domain)


def _same_as(first: sp.Expr, second: sp.Expr, amplitude: sp.Expr) -> None:
    if not equal(first, second).holds:
        raise NotBalanced(f"layers move apart: d{amplitude}/dt is {first} in the encoder and {second} in the predictor")


def _balance(flow: MatrixFlow) -> Assumption:
    """The substitution that balance allows, spelled out."""
    encoder, predictor = flow.model.encoder.depth, flow.model.predictor.depth
    scale = sp.sqrt(flow.model.predictor_rate)
    said = [f"w = {u**encoder}"] + ([] if predictor == 0 else [f"v = {monomial([scale**predictor, u**predictor])}"])
    return Assumption(
        "Balanced", ", ".join(said) + (f", b = {s**encoder}" if isinstance(flow.model.teacher, LayerEMA) else "")
    )
