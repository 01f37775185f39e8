r"""Two features learned side by side: the speed of a balanced layer, and the time from one amplitude to another.

A balanced mode with a live teacher, or with the data target, moves by u' = λ u^a (1 - (u/c)^m), where c, c^m = ρ, is
the amplitude of a layer that it learns: a = 2L + K - 1 and m = K for a JEPA, a = K + L - 1 and m = K + L for
reconstruction.  The time from `start` to `stop` is the integral of 1/u', for every depth.  In statements J marks what
belongs to a JEPA and R what belongs to reconstruction; a second index is the feature.
"""

from dataclasses import dataclass

import sympy as sp

from symjepa.model import DataReconstruction, Encoder, LatentPrediction, Live, Model, Predictor
from symjepa.statements.descriptions import Modes, modes
from symjepa.statements.statement import Let
from symjepa.symbols import K, L, lam, sigma2

x = sp.Symbol("x", positive=True)
_NAMES = "c1 c2 mu h theta u0 z"
c1, c2, mu, h, theta, start, z = (sp.Symbol(name, positive=True) for name in _NAMES.split())
"""Learned amplitudes, a scale of speed, the amplitude of equal speed, a threshold, and two starts, all of a layer."""


@dataclass(frozen=True)
class Learner:
    """An objective: its model, the exponents of the speed of a layer, and its mark."""

    model: Model
    order: sp.Expr
    degree: sp.Expr
    mark: str

    def named(self, name: str, positive: bool = False) -> sp.Symbol:
        """A symbol that abbreviates something of this objective: `t_J1` is its time for feature 1."""
        letter, _, index = name.partition("_")
        return sp.Symbol(f"{letter}_{self.mark}{index}", **({"positive": True} if positive else {"real": True}))

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


jepa = Learner(Model(Encoder(L), Predictor(K), LatentPrediction(), Live()), 2 * L + K - 1, K, "J")
mae = Learner(Model(Encoder(L), Predictor(K), DataReconstruction()), K + L - 1, K + L, "R")
learners = (jepa, mae)


def times(learner: Learner, covariances: tuple[sp.Expr, sp.Expr], begin: sp.Expr = start) -> tuple[Let, Let]:
    """t₁ and t₂, the times of the two features to the threshold θ."""
    one, two = covariances
    return (
        Let(learner.named("t_1"), learner.time(begin, theta, one, c1)),
        Let(learner.named("t_2"), learner.time(begin, theta, two, c2)),
    )


@dataclass(frozen=True)
class Duel:
    """Two features, the first with the larger covariance and the smaller influence: c₁ < c₂, and at the amplitude h
    layers of both move equally fast.  So λ₁ : λ₂ = 1 - (h/c₂)^m : 1 - (h/c₁)^m, with a common factor μ.
    """

    learner: Learner

    @property
    def covariances(self) -> tuple[sp.Symbol, sp.Symbol]:
        """λ₁ and λ₂, by name."""
        return self.learner.named("lambda_1", True), self.learner.named("lambda_2", True)

    @property
    def let(self) -> tuple[Let, ...]:
        """The covariances, in terms of h and μ."""
        one, two = self.covariances
        return Let(one, mu * self.learner.left(h, c2)), Let(two, mu * self.learner.left(h, c1))

    @property
    def features(self) -> tuple[tuple[sp.Expr, sp.Expr], tuple[sp.Expr, sp.Expr]]:
        """Covariance and learned amplitude of either feature."""
        one, two = self.covariances
        return (one, c1), (two, c2)

    @property
    def named_lead(self) -> sp.Expr:
        """t₂ - t₁, by name."""
        return self.learner.named("t_2") - self.learner.named("t_1")

    def lead(self, begin: sp.Expr, stop: sp.Expr) -> sp.Expr:
        """The time of the second feature less that of the first."""
        first, second = self.features
        return self.learner.time(begin, stop, *second) - self.learner.time(begin, stop, *first)

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
