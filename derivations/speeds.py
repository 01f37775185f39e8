r"""Two features learned side by side: the speed of a balanced layer, and the time from one amplitude to another.

A balanced mode with a live teacher, or with the data target, moves by u' = λ u^a (1 - (u/c)^m), where c, c^m = ρ, is
the amplitude of a layer that it learns: a = 2L + K - 1 and m = K for a JEPA, a = K + L - 1 and m = K + L for
reconstruction.  The time from `start` to `stop` is the integral of 1/u', for every depth.
"""

from dataclasses import dataclass

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.claims import Hits, Relation
from symjepa.statements.descriptions import Modes, modes
from symjepa.symbols import K, L, lam, sigma2, u

x = sp.Symbol("x", positive=True)
_NAMES = "c1 c2 mu h theta u0 z"
c1, c2, mu, h, theta, start, z = (sp.Symbol(name, positive=True) for name in _NAMES.split())
"""Learned amplitudes, a scale of speed, the amplitude of equal speed, a threshold, and two starts, all of a layer."""


@dataclass(frozen=True)
class Learner:
    """An objective: its model, and the exponents of the speed of a layer."""

    model: Model
    order: sp.Expr
    degree: sp.Expr

    def flow(self, covariance: sp.Expr, learned: sp.Expr) -> Modes:
        """The flow of a feature, by its covariance and the amplitude that it learns."""
        return modes(self.model, "balanced", {lam: covariance, sigma2: covariance * learned ** (-self.degree)})

    def left(self, here: sp.Expr, learned: sp.Expr) -> sp.Expr:
        """1 - (u/c)^m: what is left of the drive."""
        return 1 - (here / learned) ** self.degree

    def speed(self, here: sp.Expr, covariance: sp.Expr, learned: sp.Expr) -> sp.Expr:
        """λ u^a (1 - (u/c)^m); that it is the derived one is checked wherever a time is claimed."""
        return covariance * here**self.order * self.left(here, learned)

    def time(self, start: sp.Expr, stop: sp.Expr, covariance: sp.Expr, learned: sp.Expr) -> sp.Expr:
        """The integral of 1/speed from start to stop."""
        return sp.Integral(1 / self.speed(x, covariance, learned), (x, start, stop))

    def hits(
        self, start: sp.Expr, stop: sp.Expr, covariance: sp.Expr, learned: sp.Expr, on: tuple[Relation, ...] = ()
    ) -> Hits:
        """The claim that this is the time at which the derived flow arrives."""
        time, clock = (self.time(start, end, covariance, learned) for end in (stop, u))
        return Hits(self.flow(covariance, learned), start, stop, time, on, clock=clock)


jepa = Learner(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), 2 * L + K - 1, K)
mae = Learner(Model(Encoder(L), Predictor(K), DataReconstruction()), K + L - 1, K + L)
learners = (jepa, mae)


@dataclass(frozen=True)
class Duel:
    """Two features, the first with the larger covariance and the smaller influence: c₁ < c₂, and at the amplitude h
    layers of both move equally fast.  So λ₁ : λ₂ = 1 - (h/c₂)^m : 1 - (h/c₁)^m, with a common factor μ.
    """

    learner: Learner

    @property
    def first(self) -> tuple[sp.Expr, sp.Expr]:
        """Covariance and learned amplitude of feature 1."""
        return mu * self.learner.left(h, c2), c1

    @property
    def second(self) -> tuple[sp.Expr, sp.Expr]:
        """Covariance and learned amplitude of feature 2."""
        return mu * self.learner.left(h, c1), c2

    def lead(self, begin: sp.Expr, stop: sp.Expr) -> sp.Expr:
        """The time of the second feature less that of the first."""
        return self.learner.time(begin, stop, *self.second) - self.learner.time(begin, stop, *self.first)

    @property
    def scale(self) -> sp.Expr:
        """κ, the common factor of all gains."""
        m, left = self.learner.degree, self.learner.left
        return (c1**-m - c2**-m) / (mu * left(h, c1) * left(h, c2))

    def left(self, here: sp.Expr) -> sp.Expr:
        """What is left of both drives, multiplied."""
        return self.learner.left(here, c1) * self.learner.left(here, c2)

    def gain(self, here: sp.Expr) -> sp.Expr:
        """1/u₂' - 1/u₁', positive below h: what the first feature gains on the second at an amplitude."""
        return (
            self.scale
            * (h**self.learner.degree - here**self.learner.degree)
            * here**-self.learner.order
            / self.left(here)
        )
