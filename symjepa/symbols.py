r"""Every public symbol, made once: its assumptions, its LaTeX name, its meaning and its scaling weight.

Two SymPy symbols with one name and different assumptions are different and print alike, so nobody else makes symbols
of these names.  The assumptions on a symbol are hypotheses of every statement in which it occurs.

Scaling weights are the units of this theory.  The views scale as $x \to a\,x$, $y \to c\,y$, an encoder layer as $W_l
\to p\,W_l$ and a predictor layer as $P_k \to z\,P_k$; a weight is a linear form in the symbols `a`, `c`, `p`, `z` (see
`symjepa.analysis.scaling` for the one relation that each objective imposes).

Soundness.  One symbol for each name; its assumptions are real, integer, nonnegative or positive, which the kernel
restates as facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy as sp
from sympy.core.function import UndefinedFunction

from symjepa.errors import SymjepaError

WEIGHT_CONTEXT, WEIGHT_TARGET, WEIGHT_ENCODER, WEIGHT_PREDICTOR, WEIGHT_TIME = sp.symbols("a c p z time")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a symbol stands for: LaTeX name, words, scaling weight (a linear form, or None for indices and depths)."""

    symbol: sp.Symbol
    latex: str
    words: str
    weight: sp.Expr | None = None


_table: dict[sp.Symbol, Meaning] = {}


def _symbol(name: str, latex: str, words: str, weight: sp.Expr | int | None = None, **assumptions: bool) -> sp.Symbol:
    symbol = sp.Symbol(name, **assumptions)
    _table[symbol] = Meaning(symbol, latex, words, None if weight is None else sp.sympify(weight))
    return symbol


_a, _c, _p, _z, _time = WEIGHT_CONTEXT, WEIGHT_TARGET, WEIGHT_ENCODER, WEIGHT_PREDICTOR, WEIGHT_TIME

# Depths and indices.
L = _symbol("L", "L", "encoder depth", integer=True, positive=True)
K = _symbol("K", "K", "predictor depth", integer=True, nonnegative=True)
l = _symbol("l", r"\ell", "encoder layer", integer=True, positive=True)
k = _symbol("k", "k", "predictor layer", integer=True, positive=True)
j = _symbol("j", "j", "running layer", integer=True, positive=True)
n = _symbol("n", "n", "index of summation", integer=True, positive=True)

# Data, per mode.
lam = _symbol("lam", r"\lambda", "covariance of target and context along the mode", _a + _c, real=True)
sigma2 = _symbol("sigma2", r"\sigma^{2}", "variance of the context along the mode", 2 * _a, positive=True)
sigma2_y = _symbol("sigma2_y", r"\sigma_{y}^{2}", "variance of the target along the mode", 2 * _c, positive=True)
nu = _symbol("nu", r"\nu", "variance of the context along a noise direction", 2 * _a, nonnegative=True)
rho = _symbol("rho", r"\rho", "regression coefficient of target on context", _c - _a, real=True)

# Rates.
alpha = _symbol("alpha", r"\alpha", "learning rate of the predictor", 2 * (_z - _p), positive=True)
tau = _symbol("tau", r"\tau", "rate of the exponential moving average", -_time, positive=True)
eta = _symbol("eta", r"\eta", "weight decay", -_time, nonnegative=True)
t = _symbol("t", "t", "time", _time, real=True)

# Amplitudes of a mode.
w = _symbol("w", "w", "encoder amplitude, the product over its layers", L * _p, real=True)
v = _symbol("v", "v", "predictor amplitude, the product over its layers", K * _z, real=True)
b = _symbol("b", "b", "teacher amplitude", L * _p, real=True)
u = _symbol("u", "u", "common layer amplitude of a balanced mode", _p, positive=True)
s = _symbol("s", "s", "common layer amplitude of a balanced layer-wise teacher", _p, positive=True)
chi = _symbol("chi", r"\chi", "clock of layers out of balance, whose squares are it and constants", 2 * _p, real=True)
eps = _symbol("eps", r"\varepsilon", "initial encoder amplitude", L * _p, positive=True)
p = _symbol("p", "p", "fraction of the final amplitude at which a feature counts as learned", 0, positive=True)
u0 = _symbol("u0", "u_{0}", "initial layer amplitude", _p, positive=True)

AMPLITUDES = frozenset((w, v, b, u, s, chi))
"""What moves; the product of a frozen teacher, b, is the one that may be a parameter."""

ENCODER_LAYERS = sp.IndexedBase("w")
PREDICTOR_LAYERS = sp.IndexedBase("v")
TEACHER_LAYERS = sp.IndexedBase("b")

_FAMILIES = {"w": ("w", _p), "v": ("v", _z), "b": ("b", _p)}


def sequence(name: str, **sign: bool) -> UndefinedFunction:
    """Unknown constants, one for every integer: `y(k)` is a term.  What is assumed of the name holds of every term."""
    if by_name(name) is not None:
        raise SymjepaError(f"a sequence needs a name of its own, that no public symbol has; got {name}")
    return sp.Function(name, real=True, **sign)


@lru_cache(maxsize=10_000)
def layer_amplitude(family: str, index: sp.Expr) -> sp.Expr:
    """The amplitude of one layer: `w_3` for a number, the indexed `w[l]` for a symbolic layer."""
    if index.is_Integer:
        return sp.Symbol(f"{family}_{index}", real=True)
    return {"w": ENCODER_LAYERS, "v": PREDICTOR_LAYERS, "b": TEACHER_LAYERS}[family][index]


def meaning(symbol: sp.Expr) -> Meaning | None:
    """What a symbol stands for; layer amplitudes are recognised by their names, strangers give None."""
    if symbol in _table:
        return _table[symbol]
    name = symbol.base.name if isinstance(symbol, sp.Indexed) else getattr(symbol, "name", "")
    family, _, index = name.partition("_")
    if family not in _FAMILIES or not (index.isdigit() or isinstance(symbol, sp.Indexed)):
        return None
    latex, weight = _FAMILIES[family]
    position = index or sp.latex(symbol.indices[0], symbol_names=latex_names())
    return Meaning(symbol, f"{latex}_{{{position}}}", f"amplitude of one layer ({family})", weight)


def latex_names() -> dict[sp.Symbol, str]:
    """Symbol → LaTeX, for `sympy.latex(…, symbol_names=…)`; printing never guesses from the code name."""
    return {symbol: entry.latex for symbol, entry in _table.items()}


def public_symbols() -> tuple[sp.Symbol, ...]:
    """Every public symbol."""
    return tuple(_table)


def by_name(name: str) -> sp.Symbol | None:
    """The public symbol of that code name."""
    return next((symbol for symbol in _table if symbol.name == name), None)
