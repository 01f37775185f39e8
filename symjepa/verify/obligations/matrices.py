r"""Obligations of claims about words: matrix flows are derived here from their models.

Soundness.  Words of a claim and of the derived flow have a meaning only if 0 ≤ lo ≤ hi ≤ depth for every segment in
them; those ranges are obligations of their own.  The letters are universally quantified over all matrices of their
shapes that obey the hypotheses (`Annihilates`) and, for covariances, over all positive semidefinite ones.  What is said
of all times uses no hypothesis on letters that move: it holds at one time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sympy as sp

from symjepa.errors import BadDerivation, FrameMismatch
from symjepa.exact.facts import Fact
from symjepa.exact.gradients import along, released_traces
from symjepa.exact.traces import TraceSum
from symjepa.exact.words import Factor, Matrix, Power, Segment, WordSum, ranges
from symjepa.flow import LayerRate, MatrixFlow, expected_loss, letters, sample_loss
from symjepa.model import EMA, Frozen, LayerEMA
from symjepa.modes.frames import Alignment, alignment, entry, free_entry, instances
from symjepa.statements.claims import (
    Annihilates,
    Claim,
    Decays,
    Decouples,
    Dissipates,
    Drift,
    LossIs,
    Relation,
    WordIdentity,
)
from symjepa.statements.descriptions import Layers
from symjepa.symbols import AMPLITUDES, b, t
from symjepa.verify.obligations.kinds import (
    Decidable,
    HasSign,
    Plan,
    Shown,
    Smooth,
    StaysDiagonal,
    TraceAtMostZero,
    TracesVanish,
    WordsVanish,
    plan,
)
from symjepa.verify.obligations.scalars import facts_of

RESERVED = frozenset(("W", "P", "Wbar", "x", "y", "Sxx", "Syx", "Syy"))


def _ranged(premise: str, given: tuple[Fact, ...], *sums: WordSum) -> tuple[Decidable, ...]:
    """Every word has a meaning, and every number before it a value, whatever cancels."""
    gaps = sorted({gap for words in sums for gap in ranges(words)}, key=str)
    numbers = dict.fromkeys(number for words in sums for _, number in words.terms if not number.is_Rational)
    return (
        *(HasSign(premise, gap, "nonnegative", given, necessary=False) for gap in gaps),
        *(Smooth(premise, number, given) for number in numbers),
    )


def _granted(on: tuple[Claim, ...]) -> tuple[tuple[Fact, ...], tuple[Annihilates, ...]]:
    """The conditions of a claim, as facts and as hypotheses on letters."""
    relations = tuple(claim for claim in on if isinstance(claim, Relation))
    granted = tuple(claim for claim in on if isinstance(claim, Annihilates))
    if len(relations) + len(granted) != len(on):
        raise BadDerivation(f"a claim about words holds on relations and hypotheses on letters; got {on}")
    return facts_of(relations), granted


def of_word_identity(claim: WordIdentity) -> Plan:
    """The difference of both sides vanishes."""
    given, granted = _granted(claim.on)
    same = WordsVanish("equal", claim.lhs, claim.rhs, given, granted)
    return plan(claim, "words", (same, *_ranged("equal", given, claim.lhs, claim.rhs)))


def check_letters(layers: Layers, *sums: WordSum) -> None:
    """Every letter of a claim is one of the model's own, or has a name that none of them has: others would pass for
    constants.
    """
    if type(layers) is not Layers:
        raise BadDerivation(f"a matrix flow is described by Layers(model); got {type(layers).__name__}")
    model, named = layers.model, layers.letters
    stacks = {named.encoder, named.predictor} | (
        {named.teacher_layers} if isinstance(model.teacher, LayerEMA) else set()
    )
    product = {named.teacher_product} if isinstance(model.teacher, EMA | Frozen) else set()
    matrices = {named.Sxx, named.Syx, named.Syy, named.context, named.target} | product
    still_constants(coefficient for words in sums for _, coefficient in words.terms)
    letters_said = {f.root if isinstance(f, Power) else f for words in sums for f in words.letters()}
    for letter in letters_said:
        own = letter.stack in stacks if isinstance(letter, Segment) else (letter in matrices or letter.T in matrices)
        if not own and (isinstance(letter, Segment) or letter.name.split("_")[0] in RESERVED or letter.stopped):
            raise BadDerivation(f"{letter} is no letter of this model, though it is named like one")


def still_constants(numbers: Iterable[sp.Expr]) -> None:
    """Coefficients beside moving letters are constants: neither time nor amplitudes, which the product rule would
    miss.
    """
    moving = sorted({x for number in numbers for x in number.free_symbols if x == t or x in AMPLITUDES}, key=str)
    if moving:
        raise BadDerivation(f"{moving[0]} moves, and stands among the constants of a claim about matrices")


def moving_letters(flow: MatrixFlow) -> tuple[Factor, ...]:
    """Generic layers, and the teacher where it moves."""
    return tuple(family.factor for family in flow.rates if not family.rate.is_zero)


def of_loss(claim: LossIs) -> Plan:
    """Two routes: the rule for expectations, and a finite sample, whose data matrices x and y have one column for each
    of N pairs.
    """
    named, size = letters(claim.model), sp.Symbol("N", integer=True, positive=True)
    x, y = named.context.word(), named.target.word()
    sample: dict[str, WordSum] = {"Sxx": x @ x.T, "Syx": y @ x.T, "Syy": y @ y.T}
    means = {name: (1 / size) * words for name, words in sample.items()}
    over_sample = claim.traces.replaced(lambda f: _sampled(f, means))
    mean: TraceSum = (1 / size) * sample_loss(claim.model)
    return plan(
        claim,
        "traces",
        (
            TracesVanish("expectation", released_traces(expected_loss(claim.model)), claim.traces),
            TracesVanish("sample", released_traces(mean), over_sample),
        ),
    )


def _sampled(factor: Factor, means: dict[str, WordSum]) -> WordSum | None:
    """A covariance letter as the mean over the sample."""
    if not isinstance(factor, Matrix) or factor.name not in means:
        return None
    return means[factor.name].T if factor.transposed else means[factor.name]


def of_drift(claim: Drift) -> Plan:
    """The derived motion less the claimed one vanishes."""
    given, granted = _granted(claim.on)
    check_letters(claim.flow, claim.of, claim.equals)
    speed = along(claim.of, claim.flow.flow.of)
    same = WordsVanish("equal", speed, claim.equals, given, granted)
    return plan(claim, "words", (same, *_ranged("equal", given, claim.of, speed, claim.equals)))


def of_decay(claim: Decays) -> Plan:
    """The derived motion is a constant multiple of the word sum itself; the flow is polynomial, and so smooth."""
    given, granted = _granted(claim.on)
    if granted:
        raise BadDerivation("a hypothesis on letters need not last; a law decays on relations of constants alone")
    check_letters(claim.flow, claim.of)
    still_constants([claim.rate])
    speed = along(claim.of, claim.flow.flow.of)
    same = WordsVanish("derivative", speed, claim.rate * claim.of, given, moving=moving_letters(claim.flow.flow))
    ranged = _ranged("derivative", given, claim.of, speed)
    return plan(claim, "conservation", (same, *ranged, Smooth("smooth", claim.rate, given)))


def of_dissipation(claim: Dissipates) -> Plan:
    """The derived motion of the form is minus a sum of Gram matrices with nonnegative weights."""
    given, granted = _granted(claim.on)
    check_letters(claim.flow, claim.form, *(words for _, words in claim.by))
    speed = along(claim.form, claim.flow.flow.of)
    if claim.form.rows != claim.form.cols:
        raise BadDerivation(f"a trace needs a square word; got {claim.form}")
    lost = WordSum.zero(claim.form.rows, claim.form.cols)
    for weight, words in claim.by:
        lost = lost + weight * (words.T @ words)
    signs = tuple(HasSign("nonnegative", weight, "nonnegative", given, necessary=False) for weight, _ in claim.by)
    return plan(
        claim,
        "dissipation",
        (
            WordsVanish("balance", speed, -lost, given, granted, False, moving_letters(claim.flow.flow)),
            *_ranged("balance", given, claim.form, speed, lost),
            *(signs or (Shown("nonnegative", "nothing is lost or gained"),)),
        ),
        tests=(TraceAtMostZero(speed, given, granted),),
    )


def of_decoupling(claim: Decouples) -> Plan:
    """Typed: sufficient.  Independent: the drift at (i, j) is 0 at all probes only if the off-diagonal entries are."""
    check_letters(claim.flow)
    flow = claim.flow.flow
    frames = alignment(flow)
    for end in claim.apart:
        if not any(end in members for members in frames.classes):
            raise BadDerivation(
                f"{end} is no end of this flow; the ends are {', '.join(sorted(set().union(*frames.classes)))}"
            )
        frames = frames.without(end)
    typed = [_typed(moving, frames) for family in flow.rates for moving in instances(family)]
    independent = [_independent(claim, moving) for moving in flow.rates if _covariances(moving)]
    lines = (*typed, *(line for lines in independent for line in lines))
    return plan(claim, "alignment", lines, tests=(StaysDiagonal(flow, frames),))


def _typed(moving: LayerRate, frames: Alignment) -> Shown:
    try:
        entry(moving.rate, moving.factor, frames, lambda factor: sp.S.One)
    except FrameMismatch as mismatch:
        return Shown("typed", str(mismatch), holds=False)
    return Shown("typed", f"every word that moves {moving.letter} is typed under the alignment")


def _covariances(moving: LayerRate) -> tuple[Matrix, ...]:
    names = {f.name: f.T if f.transposed else f for f in moving.rate.letters() if isinstance(f, Matrix)}
    return tuple(names[name] for name in ("Syx", "Sxx", "Syy") if name in names)


def _independent(claim: Decouples, moving: LayerRate) -> tuple[Decidable, ...]:
    covariances = _covariances(moving)
    if len(covariances) != 2 or len(claim.probes) != 2:
        raise BadDerivation(
            f"{moving.letter} is driven by {len(covariances)} covariances and there are {len(claim.probes)} probes;"
            " supported are two covariances, as under a stop-gradient, with a probe for each"
        )
    frames = alignment(claim.flow.flow)
    rows = []
    for probe in claim.probes:
        values = _probe_values(dict(probe))
        drifts = [entry(moving.rate, moving.factor, frames, values, values, letter) for letter in covariances]
        rows.append([_coefficient(drift, letter) for drift, letter in zip(drifts, covariances, strict=True)])
    determinant = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    return (HasSign("independent", determinant, "nonzero", necessary=False),)


def _probe_values(layers: dict[sp.Expr, sp.Expr]) -> Callable[[Factor], sp.Expr]:
    """All layers of a stack at one amplitude, the teacher's product at b."""
    named = {str(symbol): value for symbol, value in layers.items()}

    def value(factor: Factor) -> sp.Expr:
        if isinstance(factor, Segment):
            return named[{"W": "w", "P": "v", "Wbar": "b"}[factor.stack.name]] ** (factor.hi - factor.lo)
        return named[str(b)]

    return value


def _coefficient(drift: sp.Expr, letter: Matrix) -> sp.Expr:
    """The amplitude in front of the one free entry; under a stop-gradient no letter occurs transposed as well."""
    return drift.xreplace({free_entry(letter): sp.S.One})
