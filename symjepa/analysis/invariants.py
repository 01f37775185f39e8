r"""Conserved quantities, found: the kernel of q ↦ D q - rate·q on monomials of degree 1 and 2 in layer amplitudes.

In `layers` coordinates the amplitudes are those of every layer, or of two generic different layers of a stack of
symbolic depth; in `product` coordinates they are the roots $w^{1/L}$, $v^{1/K}$.  Coefficients are rational in the
parameters.  Rates 0 and -2η are tried. Nothing here knows a balance law.  Search, not proof: a quantity found is a
proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement

import sympy as sp
from sympy.polys.matrices import DomainMatrix

from symjepa.analysis.monomials import Terms, collected, terms
from symjepa.analysis.proposals import Invariant
from symjepa.errors import OutsideFragment
from symjepa.model import LayerEMA
from symjepa.modes.reduction import Family, ModeFlow
from symjepa.symbols import b, n, v, w

MOST_AMPLITUDES = 16
Rates = Mapping[sp.Expr, sp.Expr]


def invariants(modes: ModeFlow) -> tuple[Invariant, ...]:
    """A basis of the quantities with D q = 0 or D q = -2η q, simplest first; two generic layers stand for any two.

    Source for what it finds in a gradient flow: arora2018optimization, Thm 1; with weight decay tian2021directpred,
    Thm 1.
    """
    rates = representatives(modes)
    decay = -2 * modes.source.model.weight_decay
    found = [Invariant(q, rate) for rate in dict.fromkeys((sp.S.Zero, decay)) for q in _kernel(modes, rates, rate)]
    return tuple(_one_per_orbit(modes, found))


def representatives(modes: ModeFlow) -> Rates:
    """The rates of all state symbols; of a stack of symbolic depth, those of two generic different layers."""
    rates: dict[sp.Expr, sp.Expr] = {}
    for state, rate in modes.rates.items():
        if not isinstance(state, sp.Indexed):
            rates[state] = _opened(modes, rate, {})
            continue
        for moving in _pair(state, modes.families[state]):
            rates[moving] = _opened(modes, rate, {modes.families[state].index: moving.indices[0]})
    return rates


def _pair(state: sp.Indexed, family: Family) -> tuple[sp.Indexed, sp.Indexed]:
    return state, state.xreplace({family.index: n})


def _opened(modes: ModeFlow, rate: sp.Expr, layer: Mapping[sp.Symbol, sp.Symbol]) -> sp.Expr:
    """The rate of one layer (`layer`: generic index → its number), products over ranges of layers written out."""
    opened = []
    for term in sp.Add.make_args(sp.expand(rate)):
        factors = [factor.as_base_exp() for factor in sp.Mul.make_args(term)]
        ranges = [(base, e) for base, e in factors if isinstance(base, sp.Product)]
        rest = sp.Mul(*(base**e for base, e in factors if not isinstance(base, sp.Product))).xreplace(dict(layer))
        stacks = dict.fromkeys(base.function.base for base, _ in ranges)
        split = (_stack(modes, [r for r in ranges if r[0].function.base == stack], layer) for stack in stacks)
        opened.append(sp.Mul(rest, *split))
    return sp.Add(*opened)


def _stack(modes: ModeFlow, ranges: list[tuple[sp.Product, sp.Expr]], layer: Mapping[sp.Symbol, sp.Symbol]) -> sp.Expr:
    """The products over one stack in one term, through two generic layers and the product of all the others.

    The layers below l and those above l must occur equally often: together they are all layers but l.
    """
    state, family = next(
        (s, f) for s, f in modes.families.items() if getattr(s, "base", None) == ranges[0][0].function.base
    )
    counts = {"all": sp.S.Zero, "below": sp.S.Zero, "above": sp.S.Zero}
    for product, e in ranges:
        counts[_place(product, family)] += e
    if counts["below"] != counts["above"]:
        raise OutsideFragment(
            f"the layers below and above a layer must occur equally often; got {counts}", counts=counts
        )
    pair = _pair(state, family)
    others = sp.Symbol(f"others_{state.base}", real=True)
    besides = sp.Mul(*(one for one in pair if one.indices[0] != layer.get(family.index)))
    return (sp.Mul(*pair) * others) ** counts["all"] * (besides * others) ** counts["below"]


def _place(product: sp.Product, family: Family) -> str:
    """Whether a product is over all layers, those below the generic one, or those above it."""
    ((_, lo, hi),) = product.limits
    places = {
        (sp.S.One, family.last): "all",
        (sp.S.One, family.index - 1): "below",
        (family.index + 1, family.last): "above",
    }
    if (lo, hi) not in places:
        raise OutsideFragment(f"a product over layers {lo} to {hi} is none of: all, below or above {family.index}")
    return places[lo, hi]


def _amplitudes(modes: ModeFlow, rates: Rates) -> tuple[sp.Expr, ...]:
    """What the monomials are made of: the state, in product coordinates its roots, one layer's amplitude each."""
    if modes.coordinates != "product":
        return tuple(rates)
    model = modes.source.model
    depth = {w: model.encoder.depth, v: model.predictor.depth, b: model.encoder.depth}
    if not isinstance(model.teacher, LayerEMA):
        depth[b] = sp.S.One
    return tuple(x ** (1 / depth[x]) for x in rates)


def _shown(amplitudes: tuple[sp.Expr, ...]) -> tuple[sp.Expr, ...]:
    """Of very deep stacks the first two layers: all layers of a stack move by one rule."""
    if len(amplitudes) <= MOST_AMPLITUDES:
        return amplitudes
    return tuple(x for x in amplitudes if x.is_Indexed or x.name[1:] in ("", "_1", "_2"))


def _kernel(modes: ModeFlow, rates: Rates, rate: sp.Expr) -> list[sp.Expr]:
    """The combinations of monomials with D q = rate · q; monomials whose excess shares no term are solved apart."""
    amplitudes = _shown(_amplitudes(modes, rates))
    quadratic = (x * y for x, y in combinations_with_replacement(amplitudes, 2))
    excess = {q: _excess(q, rates, rate) for q in (*amplitudes, *quadratic)}
    return [q for columns in _blocks(excess) for q in _nullspace(columns)]


def _excess(q: sp.Expr, rates: Rates, rate: sp.Expr) -> Terms:
    """D q - rate · q as terms in the state (and in the products of the layers not shown)."""
    others = {x for f in rates.values() for x in f.free_symbols if x.name.startswith("others_")}
    variables = {*rates, *others}
    ((term),) = terms(q, variables)
    moved = (term.derivative(x).times(m.coefficient, m.powers) for x in term.powers for m in terms(rates[x], variables))
    return collected([*moved, term.times(-rate, {})])


Excesses = dict[sp.Expr, Terms]


def _keys(many: Terms) -> set[frozenset[tuple[sp.Expr, sp.Expr]]]:
    return {frozenset(term.powers.items()) for term in many}


def _blocks(excess: Excesses) -> list[Excesses]:
    """Monomials grouped so that two groups share no term of their excess."""
    blocks: list[Excesses] = []
    for q, own in excess.items():
        touching = [block for block in blocks if any(_keys(own) & _keys(other) for other in block.values())]
        merged = {name: value for block in touching for name, value in block.items()} | {q: own}
        blocks = [block for block in blocks if block not in touching] + [merged]
    return blocks


def _nullspace(columns: Excesses) -> list[sp.Expr]:
    """Combinations of the monomials whose excesses cancel, over the field of rational functions in the parameters."""
    rows = list(dict.fromkeys(key for own in columns.values() for key in sorted(_keys(own), key=str)))
    if not rows:
        return list(columns)
    entries = [{frozenset(term.powers.items()): term.coefficient for term in own} for own in columns.values()]
    matrix, atoms = _rational(sp.Matrix([[column.get(row, sp.S.Zero) for column in entries] for row in rows]))
    basis = DomainMatrix.from_Matrix(matrix).to_field().nullspace().to_Matrix()
    return [_normal(row, list(columns), atoms) for row in basis.tolist()]


def _rational(matrix: sp.Matrix) -> tuple[sp.Matrix, dict[sp.Expr, sp.Expr]]:
    """Powers with symbolic or fractional exponents as independent atoms: fewer relations, never a false one."""
    odd = {p for entry in matrix for p in entry.atoms(sp.Pow) if not p.exp.is_Integer}
    names = {p: sp.Dummy() for p in sorted(odd, key=sp.count_ops, reverse=True)}
    return matrix.xreplace(names), {name: p for p, name in names.items()}


def _normal(coefficients: list[sp.Expr], monomials: list[sp.Expr], atoms: Mapping[sp.Expr, sp.Expr]) -> sp.Expr:
    """The combination with coefficient 1 at its last monomial."""
    last = next(c for c in reversed(coefficients) if c != 0)
    return sp.Add(
        *(sp.cancel(c / last).xreplace(dict(atoms)) * q for c, q in zip(coefficients, monomials, strict=True))
    )


def _one_per_orbit(modes: ModeFlow, found: list[Invariant]) -> list[Invariant]:
    """Of laws that differ only in which generic layer they name, the first."""
    named = [Invariant(_generic(modes, law.quantity), law.rate) for law in found]
    return list(dict.fromkeys(named))


def _generic(modes: ModeFlow, quantity: sp.Expr) -> sp.Expr:
    """The second generic layer renamed to the first in every stack of which only the second occurs."""
    for state, family in modes.families.items():
        if isinstance(state, sp.Indexed) and not quantity.has(state):
            quantity = quantity.xreplace({_pair(state, family)[1]: state})
    return quantity
