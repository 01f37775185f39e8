r"""Words in matrix letters: products of layers of symbolic depth, their transposes and sums.

One letter kind stands for every product of consecutive layers: the segment `W[hi:lo]` is $W_{hi} W_{hi-1} \cdots
W_{lo+1}$, whose ends are integer-linear in K, L and layer indices.  Neighbours merge, `W[a:b] W[b:c] = W[a:c]`; the
empty segment `W[a:a]` is the identity; layer l is `W[l:l-1]`.  So one rule differentiates every layer of every depth,
and the edges l = 1 and l = L come out by themselves.

A third kind is a power of a Gram matrix, `(g gᵀ)^n` with n integer-linear: powers of one Gram matrix merge by adding
their exponents, and the exponent 0 is the identity.

Soundness.  A word denotes a product of matrices, a `WordSum` a linear combination of words of one shape.  The only
identities used are: associativity, the two segment rules above (valid for a ≥ b ≥ c, which `Segment` checks when its
length is a number, and which words note when they merge and `ranges` reports for the caller to show otherwise), the
rule of powers (valid for exponents ≥ 0, noted and reported likewise), (AB)ᵀ = BᵀAᵀ, and symmetry of Gram matrices and
of letters declared symmetric.  What a power is a power of is hidden in it: to replace a letter inside it is refused.
Distinct canonical words are only *assumed* different: equality of words proves equality of matrices, inequality proves
nothing.  Coefficients are SymPy numbers and monomials in commuting scalars; they are combined by SymPy's constructors
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import lru_cache, reduce

import sympy as sp

from symjepa.errors import BadSegment, ShapeMismatch
from symjepa.exact.facts import spelled
from symjepa.exact.spelling import LATEX_NAMES, scalar, short, spelled_sum, tex

Space = str
SAMPLE: Space = "sample"


@dataclass(frozen=True, slots=True)
class Stack:
    """A family of layers, multiplied from the left; `top`, `bottom` and `hidden` name the spaces at its ends and
    between.
    """

    name: str
    depth: sp.Expr
    top: Space
    bottom: Space
    hidden: str

    def space(self, level: sp.Expr) -> Space:
        """The space between layers `level` and `level + 1`."""
        if level == 0:
            return self.bottom
        return self.top if level == self.depth else f"{self.hidden}@{spelled(level)}"

    def product(self) -> WordSum:
        """All layers: `W[depth:0]`."""
        return self.segment(self.depth, sp.S.Zero)

    def segment(self, hi: sp.Expr | int, lo: sp.Expr | int) -> WordSum:
        """The layers lo+1 … hi as a word; the identity when hi = lo."""
        segment = Segment(
            self, sp.Integer(hi) if isinstance(hi, int) else hi, sp.Integer(lo) if isinstance(lo, int) else lo
        )
        return WordSum.of(Word((segment,), segment.rows, segment.cols))

    def layer(self, index: sp.Expr | int) -> WordSum:
        """Layer number `index`: `W[index:index-1]`."""
        return self.segment(index, index - 1)


@dataclass(frozen=True, slots=True)
class Segment:
    """Layers lo+1 … hi of a stack; `stopped` marks the copy under a stop-gradient."""

    stack: Stack
    hi: sp.Expr
    lo: sp.Expr
    transposed: bool = False
    stopped: bool = False

    def __post_init__(self) -> None:
        length = self.hi - self.lo
        if length.is_Integer and length < 0:
            raise BadSegment(f"a segment needs hi ≥ lo, but got {self.stack.name}[{self.hi}:{self.lo}]", segment=self)

    @property
    def rows(self) -> Space:
        return self.stack.space(self.lo if self.transposed else self.hi)

    @property
    def cols(self) -> Space:
        return self.stack.space(self.hi if self.transposed else self.lo)

    @property
    def T(self) -> Segment:
        return replace(self, transposed=not self.transposed)

    @property
    def is_identity(self) -> bool:
        return bool(self.hi == self.lo)

    @property
    def is_layer(self) -> bool:
        return bool(self.hi - self.lo == 1)

    @property
    def is_whole(self) -> bool:
        """All the layers of a stack of more than one."""
        return bool(self.lo == 0 and self.hi == self.stack.depth != 1)

    def merge(self, right: Factor) -> Factor | None:
        """The segment equal to self·right, if the two are neighbours in one stack."""
        if not isinstance(right, Segment) or (self.stack, self.transposed, self.stopped) != (
            right.stack,
            right.transposed,
            right.stopped,
        ):
            return None
        upper, lower = (right, self) if self.transposed else (self, right)
        return replace(self, hi=upper.hi, lo=lower.lo) if upper.lo == lower.hi else None

    def __str__(self) -> str:
        name = self.stack.name
        if self.is_whole:
            spelled = name
        else:
            spelled = f"{name}_{short(self.hi)}" if self.is_layer else f"{name}[{short(self.hi)}:{short(self.lo)}]"
        return (f"sg[{spelled}]" if self.stopped else spelled) + "ᵀ" * self.transposed

    def latex(self) -> str:
        name = LATEX_NAMES.get(self.stack.name, self.stack.name)
        if self.is_whole:
            spelled = name
        else:
            spelled = f"{name}_{{{tex(self.hi)}}}" if self.is_layer else f"{name}_{{{tex(self.hi)}:{tex(self.lo)}}}"
        if self.stopped:
            spelled = rf"\mathrm{{sg}}[{spelled}]"
        return spelled + ("^{\\top}" if self.transposed else "")


@dataclass(frozen=True, slots=True)
class Matrix:
    """A letter that is no product of layers: a covariance, a teacher, a data vector, a constant."""

    name: str
    rows: Space
    cols: Space
    symmetric: bool = False
    transposed: bool = False
    stopped: bool = False

    @property
    def T(self) -> Matrix:
        if self.symmetric:
            return self
        return replace(self, rows=self.cols, cols=self.rows, transposed=not self.transposed)

    @property
    def is_identity(self) -> bool:
        return False

    def merge(self, right: Factor) -> Factor | None:
        return None

    def word(self) -> WordSum:
        return WordSum.of(Word((self,), self.rows, self.cols))

    def __str__(self) -> str:
        return (f"sg[{self.name}]" if self.stopped else self.name) + "ᵀ" * self.transposed

    def latex(self) -> str:
        name = LATEX_NAMES.get(self.name, self.name)
        return f"{{{name}}}^{{\\top}}" if self.transposed else name


@dataclass(frozen=True, slots=True)
class Power:
    """A power of the Gram matrix of a letter, (g gᵀ)^exponent with g = `root`; of W_1ᵀ it is (W_1ᵀ W_1)^exponent."""

    root: Segment | Matrix
    exponent: sp.Expr

    transposed = stopped = False

    def __post_init__(self) -> None:
        if self.root.stopped or (self.exponent.is_Number and not (self.exponent.is_Integer and self.exponent >= 0)):
            raise BadSegment(
                f"a power needs an exponent ≥ 0 and a letter without stop-gradient, but got {self}", segment=self
            )

    @property
    def name(self) -> str:
        """How it is spelled; no flow and no model has a letter of such a name."""
        return str(self)

    @property
    def rows(self) -> Space:
        return self.root.rows

    @property
    def cols(self) -> Space:
        return self.root.rows

    @property
    def T(self) -> Power:
        return self

    @property
    def is_identity(self) -> bool:
        return bool(self.exponent == 0)

    def merge(self, right: Factor) -> Factor | None:
        """The power equal to self·right, if both are powers of one Gram matrix."""
        if not isinstance(right, Power) or right.root != self.root:
            return None
        return replace(self, exponent=sp.Add(self.exponent, right.exponent))

    def word(self) -> WordSum:
        return WordSum.of(Word((self,), self.rows, self.cols))

    def __str__(self) -> str:
        return f"({self.root} {self.root.T})^({short(self.exponent)})"

    def latex(self) -> str:
        return rf"\left({self.root.latex()}\,{self.root.T.latex()}\right)^{{{tex(self.exponent)}}}"


Factor = Segment | Matrix | Power


def gram_power(letter: WordSum, exponent: sp.Expr | int) -> WordSum:
    """(g gᵀ)^exponent for a single letter g."""
    ((word, _),) = letter.terms
    (root,) = word.factors
    if isinstance(root, Power):
        raise BadSegment(f"a power of a power is no letter; add the exponents of {root}", segment=root)
    return Power(root, sp.Integer(exponent) if isinstance(exponent, int) else exponent).word()


def length(factor: Factor) -> sp.Expr | None:
    """What must be nonnegative for neighbours to merge: layers of a segment, exponent of a power."""
    if isinstance(factor, Matrix):
        return None
    return factor.exponent if isinstance(factor, Power) else factor.hi - factor.lo


@lru_cache(maxsize=10_000)
def _key(factor: Factor) -> str:
    return str(factor)


@dataclass(frozen=True, slots=True)
class Word:
    """A product of letters, merged; an empty product is the identity on `rows`."""

    factors: tuple[Factor, ...]
    rows: Space
    cols: Space
    needs: frozenset[sp.Expr] = field(default=frozenset(), compare=False)
    """Lengths of merged segments that are no numbers: the merging is valid only if none is negative (see `ranges`)."""

    @property
    def T(self) -> Word:
        return Word(tuple(factor.T for factor in reversed(self.factors)), self.cols, self.rows, self.needs)

    def __matmul__(self, other: Word) -> Word:
        if self.cols != other.rows:
            raise ShapeMismatch(
                f"{self} has columns in {self.cols}, but {other} has rows in {other.rows}", left=self, right=other
            )
        factors, needs = _merged_noting(self.factors + other.factors)
        return Word(factors, self.rows, other.cols, self.needs | other.needs | needs)

    def sort_key(self) -> str:
        return " ".join(map(_key, self.factors))

    def __str__(self) -> str:
        return " ".join(map(str, self.factors)) or "1"

    def latex(self) -> str:
        return r"\,".join(factor.latex() for factor in self.factors) or "I"


def _merged_noting(factors: Iterable[Factor]) -> tuple[tuple[Factor, ...], frozenset[sp.Expr]]:
    """Neighbouring segments merged and identities dropped, from the left; with the lengths of what was merged."""
    done: list[Factor] = []
    needs: set[sp.Expr] = set()
    for factor in factors:
        merged = done[-1].merge(factor) if done else None
        if merged is not None:
            needs.update(gap for gap in (length(done[-1]), length(factor)) if gap is not None)
            done[-1] = merged
        else:
            done.append(factor)
        if done[-1].is_identity:
            done.pop()
    return tuple(done), frozenset(gap for gap in needs if not gap.is_Integer)


def merged(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """Neighbours merged wherever they are one letter, identities left out."""
    return _merged_noting(factors)[0]


def identity(space: Space) -> WordSum:
    """The identity matrix on a space."""
    return WordSum.of(Word((), space, space))


@dataclass(frozen=True, slots=True)
class WordSum:
    """A linear combination of words of one shape: {word: coefficient}, zero coefficients dropped."""

    rows: Space
    cols: Space
    terms: tuple[tuple[Word, sp.Expr], ...]
    needs: frozenset[sp.Expr] = field(default=frozenset(), compare=False)
    """What the merging of its words needed, of words that have cancelled too."""

    @staticmethod
    def of(word: Word, coefficient: sp.Expr = sp.S.One) -> WordSum:
        factors, needs = _merged_noting(word.factors)
        return WordSum.collect(
            word.rows, word.cols, [(Word(factors, word.rows, word.cols, word.needs | needs), coefficient)]
        )

    @staticmethod
    def collect(rows: Space, cols: Space, terms: Iterable[tuple[Word, sp.Expr]]) -> WordSum:
        collected: dict[Word, sp.Expr] = {}
        needs: frozenset[sp.Expr] = frozenset()
        for word, coefficient in terms:
            needs |= word.needs
            if (word.rows, word.cols) != (rows, cols):
                raise ShapeMismatch(f"{word} maps {word.cols} to {word.rows}, the sum maps {cols} to {rows}", word=word)
            collected[word] = sp.Add(collected.get(word, sp.S.Zero), coefficient)
        kept = [(word, coefficient) for word, coefficient in collected.items() if coefficient != 0]
        return WordSum(rows, cols, tuple(sorted(kept, key=lambda term: term[0].sort_key())), needs)

    @staticmethod
    def zero(rows: Space, cols: Space) -> WordSum:
        return WordSum(rows, cols, ())

    def __add__(self, other: WordSum) -> WordSum:
        if (self.rows, self.cols) != (other.rows, other.cols):
            raise ShapeMismatch(f"cannot add {self} ({self.rows}×{self.cols}) and {other} ({other.rows}×{other.cols})")
        return WordSum.collect(self.rows, self.cols, self.terms + other.terms).needing(self.needs | other.needs)

    def __rmul__(self, scalar: sp.Expr | int) -> WordSum:
        scaled = [(word, sp.Mul(scalar, coefficient)) for word, coefficient in self.terms]
        return WordSum.collect(self.rows, self.cols, scaled).needing(self.needs)

    def __neg__(self) -> WordSum:
        return -1 * self

    def __sub__(self, other: WordSum) -> WordSum:
        return self + -other

    def __matmul__(self, other: WordSum) -> WordSum:
        if self.cols != other.rows:
            raise ShapeMismatch(f"{self} has columns in {self.cols}, but {other} has rows in {other.rows}")
        products = [(a @ c, sp.Mul(f, g)) for a, f in self.terms for c, g in other.terms]
        return WordSum.collect(self.rows, other.cols, products).needing(self.needs | other.needs)

    @property
    def T(self) -> WordSum:
        return WordSum.collect(self.cols, self.rows, [(word.T, c) for word, c in self.terms]).needing(self.needs)

    def needing(self, needs: frozenset[sp.Expr]) -> WordSum:
        """The same sum, with more noted of what its merging needed."""
        return replace(self, needs=self.needs | needs)

    @property
    def is_zero(self) -> bool:
        return not self.terms

    def letters(self) -> frozenset[Factor]:
        return frozenset(factor for word, _ in self.terms for factor in word.factors)

    def replaced(self, rule: Callable[[Factor], WordSum | None]) -> WordSum:
        """Every letter for which `rule` gives a word sum, replaced by it; shapes must agree."""
        total = WordSum.zero(self.rows, self.cols)
        for word, coefficient in self.terms:
            parts = [_replaced(factor, rule) for factor in word.factors]
            product = reduce(lambda left, right: left @ right, parts, identity(self.rows))
            total = total + coefficient * product
        return total

    def __str__(self) -> str:
        return spelled_sum([(scalar(str, c), str(word)) for word, c in self.terms], " ")

    def latex(self) -> str:
        return spelled_sum([(scalar(tex, c), word.latex()) for word, c in self.terms], r"\,")

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def _replaced(factor: Factor, rule: Callable[[Factor], WordSum | None]) -> WordSum:
    inside = (factor.root, factor.root.T) if isinstance(factor, Power) else ()
    if any(rule(letter) is not None for letter in inside):
        raise BadSegment(f"a letter inside the power {factor} cannot be replaced", segment=factor)
    return rule(factor) or WordSum.of(Word((factor,), factor.rows, factor.cols))


def instantiated(words: WordSum, numbers: Mapping[sp.Symbol, sp.Expr]) -> WordSum:
    """Depths and layer indices replaced in every segment and coefficient; shapes follow from the letters."""
    terms = []
    for word, coefficient in words.terms:
        if not word.factors:
            raise ShapeMismatch("an identity word has no letter from which its new shape could be read")
        factors = tuple(_instantiated_factor(factor, numbers) for factor in word.factors)
        joined, met = _merged_noting(factors)
        needs = frozenset(gap.xreplace(numbers) for gap in word.needs) | met
        terms.append((Word(joined, factors[0].rows, factors[-1].cols, needs), coefficient.xreplace(numbers)))
    needs = frozenset(gap.xreplace(numbers) for gap in words.needs)
    if not terms:
        return replace(words, needs=needs)
    return WordSum.collect(terms[0][0].rows, terms[0][0].cols, terms).needing(needs)


def _instantiated_factor(factor: Factor, numbers: Mapping[sp.Symbol, sp.Expr]) -> Factor:
    if isinstance(factor, Matrix):
        return factor
    if isinstance(factor, Power):
        root = _instantiated_factor(factor.root, numbers)
        assert not isinstance(root, Power)
        return Power(root, factor.exponent.xreplace(numbers))
    stack = replace(factor.stack, depth=factor.stack.depth.xreplace(numbers))
    return replace(factor, stack=stack, hi=factor.hi.xreplace(numbers), lo=factor.lo.xreplace(numbers))


def ranges(words: WordSum) -> frozenset[sp.Expr]:
    """What must be nonnegative for the words to have a meaning: 0 ≤ lo ≤ hi ≤ depth of every segment, and the exponent
    of every power; true numbers left out.
    """
    powers = [f for f in words.letters() if isinstance(f, Power)]
    segments = [f for f in (*words.letters(), *(f.root for f in powers)) if isinstance(f, Segment)]
    gaps = {gap for f in segments for gap in (f.hi - f.lo, f.lo, f.stack.depth - f.hi)}
    gaps |= words.needs | {f.exponent for f in powers}
    return frozenset(gap for gap in gaps if not (gap.is_Integer and gap >= 0))


def noted(thing: object) -> tuple[frozenset[sp.Expr], ...]:
    """What the words inside a thing need for a meaning, in their order.

    Words that merged into one are equal though they may need more: whoever remembers an answer about words by their
    equality remembers this with them.
    """
    if isinstance(thing, tuple):
        return tuple(needs for part in thing for needs in noted(part))
    if isinstance(thing, Word):
        return (thing.needs,)
    if not is_dataclass(thing) or isinstance(thing, type):
        return ()
    own = (thing.needs,) if isinstance(thing, WordSum) else ()
    return own + tuple(needs for f in fields(thing) for needs in noted(getattr(thing, f.name)))


def symbols_of(words: WordSum) -> set[sp.Symbol]:
    """Depths, indices and scalars that occur in words."""
    scalars = {s for _, coefficient in words.terms for s in coefficient.free_symbols}
    return scalars | {s for gap in _extents(words) for s in gap.free_symbols}


def _extents(words: WordSum) -> Iterable[sp.Expr]:
    for letter in words.letters():
        if isinstance(letter, Power):
            yield letter.exponent
        factor = letter.root if isinstance(letter, Power) else letter
        yield from (getattr(factor, name) for name in ("hi", "lo") if hasattr(factor, name))
        if hasattr(factor, "stack"):
            yield factor.stack.depth
