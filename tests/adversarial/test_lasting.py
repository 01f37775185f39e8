"""What is said of all times does not rest on what holds at one: a hypothesis on letters that move need not last."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from symjepa.exact.words import Matrix, WordSum
from symjepa.model import EMA, Encoder, Frozen, LatentPrediction, Model, Predictor
from symjepa.statements.claims import Annihilates, Claim, Decays, Dissipates, Drift, Growth, Lasts, Less
from symjepa.statements.descriptions import Layers
from symjepa.statements.statement import Instance
from symjepa.symbols import nu, tau
from symjepa.verify.kernel.decide import Context, decide
from symjepa.verify.obligations import compiled
from tests.adversarial.verdicts import PROVED, REFUSED, UNDECIDED, outcome

following = Layers(Model(Encoder(1), Predictor(0), LatentPrediction(), EMA(tau)))
named = following.letters
n, teacher, W = Matrix("n", "context", "one"), named.teacher_product, named.encoder.layer(1)
seen = W @ n.word()
for_now = Annihilates(teacher, named.Syx, WordSum.zero("latent", "context"))
"""The teacher ignores what the views share; it follows the student at once, and then it does not."""
alone = Annihilates(named.Sxx, n, nu * n.word())
unshared = Annihilates(named.Syx, n, WordSum.zero("context", "one"))
half = sp.Rational(1, 2)
started = Instance(
    {"W_1": ((1, 0),), "Wbar": ((0, 0),), "n": ((0,), (1,)),
     "Sxx": ((1, 0), (0, 1)), "Syx": ((half, 0), (0, 0)), "Syy": ((1, 0), (0, 1))},
    {nu: 1, tau: 1},
)  # fmt: skip
at_first = replace(started, matrices={**started.matrices, "n": ((1,), (0,))})
decay = Decays(following, seen, -nu)
shrinks = Dissipates(following, seen.T @ seen, ((2 * nu, seen),), (Less(0, nu),))


def said(claim: Claim, *hypotheses: Annihilates, at: Instance = started) -> str:
    return outcome(lambda: claim, given=hypotheses, at=at)


def test_a_law_decays_where_the_data_make_it() -> None:
    assert said(decay, unshared, alone) == PROVED
    assert said(shrinks, unshared, alone) == PROVED


def test_a_law_does_not_decay_by_where_the_teacher_happens_to_be() -> None:
    """ẇ = -w + w̄/2 and w̄' = w - w̄ from w = 1, w̄ = 0: e^t w(t) leaves 1."""
    assert said(decay, for_now, alone, at=at_first) == UNDECIDED


def test_a_form_does_not_shrink_by_where_the_teacher_happens_to_be() -> None:
    """With Σyx above Σxx the form grows later."""
    assert said(shrinks, for_now, alone, at=at_first) == UNDECIDED
    assert said(replace(shrinks, on=(*shrinks.on, for_now, alone)), at=at_first) == UNDECIDED


def test_a_transposed_hypothesis_lasts_no_longer() -> None:
    turned = Annihilates(named.Syx.T, teacher.T, WordSum.zero("context", "latent"))
    assert said(decay, turned, alone, at=at_first) == UNDECIDED


def test_what_happens_to_equal_a_moving_letter_does_not_stay_equal_to_it() -> None:
    """Σxx n = Wᵀ e for now: what it says of n ceases to hold as W moves."""
    for_e = Matrix("e", "latent", "one").word()
    claim = Decays(following, n.word().T @ named.Sxx.word(), sp.S.Zero)
    own = Annihilates(named.Sxx, n, W.T @ for_e)
    (line, *_) = compiled(replace(claim, of=seen, rate=-nu)).obligations
    assert not decide(line, Context(rewrites=(own, unshared))).proved


def test_at_one_time_a_hypothesis_on_a_moving_letter_is_as_good_as_another() -> None:
    assert said(Drift(following, seen, -nu * seen), for_now, alone, at=at_first) == PROVED


def test_a_frozen_teacher_ignores_forever_what_it_ignores() -> None:
    frozen = Layers(replace(following.model, teacher=Frozen()))
    assert said(replace(decay, flow=frozen), for_now, alone, at=at_first) == PROVED


def test_what_feeds_the_growth_does_not_stand_still_by_chance() -> None:
    silent = Annihilates(named.Sxx, n, WordSum.zero("context", "one"))
    growth = Growth(((sp.S.One, W),), sp.S.One, (), (), seen @ seen.T, ())
    lines = [line for line in compiled(Lasts(following, (growth,))).obligations if line.premise == "constant"]
    assert not all(decide(line, Context(rewrites=(for_now, silent))).proved for line in lines)
    assert all(decide(line, Context(rewrites=(unshared, silent))).proved for line in lines)


def test_a_hypothesis_on_letters_is_no_condition_of_a_law() -> None:
    """A law that decays where its letters obey something: they need not obey it for long."""
    assert said(replace(decay, on=(for_now,)), alone, at=at_first) == REFUSED  # type: ignore[arg-type]
