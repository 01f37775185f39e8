"""Claims read as mathematics, in three letters, and follow their expressions."""

from __future__ import annotations

import pytest
import sympy as sp

from symjepa.model import Encoder, LatentPrediction, LayerEMA, Live, Model, Predictor
from symjepa.render.prose import plain
from symjepa.render.sentences import claim_object, latex_claim, sentence, terminal_claim
from symjepa.render.sentences.parts import Formula
from symjepa.render.styles import LATEX, MACRO_LATEX
from symjepa.statements.claims import (
    Cofactors,
    Conserved,
    Converges,
    ConvergesBetween,
    Drift,
    Identity,
    Iff,
    Less,
    Linearized,
    Ordered,
    Quadratic,
    Separates,
    Spectrum,
    SumCloses,
    Within,
    Zeros,
    component,
    solves,
)
from symjepa.statements.descriptions import Foreign, Layers, groups, modes, pairs
from symjepa.symbols import K, L, l, lam, layer_amplitude, n, rho, sigma2, t, tau, u, v, w

live = Model(Encoder(L), Predictor(K), LatentPrediction(), Live())
single = modes(Model(Encoder(1), Predictor(1), LatentPrediction(), Live()), "product", {lam: 0})
balanced = modes(live, "balanced", {lam: 0})
layer = Layers(live).letters.encoder.layer
law = layer(l + 1).T @ layer(l + 1) - layer(l) @ layer(l).T
start = sp.Symbol("u0", positive=True)

SAID = [
    (Less(0, lam), "0 < λ"),
    (Iff(Less(0, u), Less(0, 2 * u), by=u), "0 < u if and only if 0 < 2 u"),
    (Within(u, rho, u**2), "|u − ρ| ≤ u²"),
    (Conserved(single, v**2 - w**2), "d/dt (v² − w²) = 0 along dw/dt = −σ² v² w, dv/dt = −σ² v w² "
        "of the live teacher (K = 1, L = 1)"),
    (Drift(Layers(live), law, law), "d/dt (Wₗ₊₁ᵀ Wₗ₊₁ − Wₗ Wₗᵀ) = Wₗ₊₁ᵀ Wₗ₊₁ − Wₗ Wₗᵀ for the live teacher"),
    (SumCloses(u**n, n, sp.S.One, K, u), "Σ[n=1…K] uⁿ = u for every integer K ≥ 0"),
    (solves(balanced, {u: start}, {u: start}, t), "u(t) = u₀ solves du/dt = −σ² u²ᴷ⁺²ᴸ⁻¹, u(0) = u₀ for 0 ≤ t"),
    (
        Converges(balanced, rho, sp.S.Zero, sp.oo, u, K),
        "u(t) → ρ along du/dt = −σ² u²ᴷ⁺²ᴸ⁻¹ of the live teacher from every start u(0) > 0",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "text"), SAID, ids=[type(claim).__name__ for claim, _ in SAID])
def test_a_claim_is_a_sentence(claim: object, text: str) -> None:
    assert terminal_claim(claim) == text  # type: ignore[arg-type]


def test_latex_puts_formulas_between_dollars_and_prose_beside_them() -> None:
    said = latex_claim(solves(balanced, {u: start}, {u: start}, t))
    assert said == r"$u(t) = u_{0}$ solves $\dot{u} = -\sigma^{2} u^{2 K + 2 L - 1}$, $u(0) = u_{0}$ for $0 \leq t$"


def test_macros_stand_for_letters() -> None:
    assert latex_claim(Less(0, lam), MACRO_LATEX) == r"$0 < \sjlambda$"


def test_a_formula_can_be_broken_at_its_relation_and_between_its_summands() -> None:
    (formula,) = sentence(Identity(u, lam * u - sigma2 * u**2), LATEX)
    assert formula == Formula("u", "=", (("+", r"\lambda u"), ("-", r"\sigma^{2} u^{2}")))


def test_an_object_has_the_formulas_one_by_one() -> None:
    found = claim_object(Less(0, lam))
    assert found["formulas"] == [{"latex": r"0 < \lambda", "sympy": "0 < lam"}]
    assert (found["kind"], found["latex"], found["sympy"]) == ("Less", r"$0 < \lambda$", "0 < lam")


def test_a_conjunction_is_its_parts() -> None:
    found = claim_object(Less(0, lam) & Less(0, u))
    assert [part["text"] for part in found["claims"]] == ["0 < λ", "0 < u"]


def test_another_expression_is_another_sentence() -> None:
    claim, changed = Identity(u, u**L), Identity(u, u ** (L + 1))
    assert terminal_claim(claim) != terminal_claim(changed)
    assert claim_object(claim)["latex"] != claim_object(changed)["latex"]


def test_e_is_a_letter_in_a_claim() -> None:
    assert latex_claim(Less(0, sp.Symbol("E", positive=True))) == "$0 < E$"


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"moves by $\dot u = \lambda u^{K + 2 L - 1}$.", "moves by u̇ = λ uᴷ⁺²ᴸ⁻¹."),
        (r"$\frac{\sigma^{2}}{2} t$", "σ²/2 t"),
        (r"$\psi \leq 1$ and $\overline{W}$", "ψ ≤ 1 and W̄"),
        ("no formula", "no formula"),
    ],
)
def test_prose_is_in_unicode_on_a_terminal(tex: str, text: str) -> None:
    assert plain(tex) == text


def test_a_claim_of_convergence_between_corners_names_start_and_limit() -> None:
    x = sp.Symbol("x", real=True)
    flow = Foreign(((x, 1 - x),))
    rest = Zeros(flow, (component({x: 1}, (x - 1,)),), (Cofactors(pairs({x: 1}), -sp.S.One),))
    one = ConvergesBetween(flow, *(pairs({x: n}) for n in (2, 1, 0, 3)), rest)
    assert terminal_claim(one) == "x(t) → 1 along dx/dt = 1 − x as given from x(0) = 2"


def test_a_curve_that_separates_is_said_with_its_quadrant_and_its_bounds() -> None:
    x, y = sp.symbols("x y", real=True)
    flow = Foreign(((x, 2 * y - x), (y, x - y)))
    told = terminal_claim(Separates(flow, (x, y), (x / 2, x), sp.S.One))
    assert told.startswith("the starts in the quadrant x > 0 > y from which no solution leaves along dx/dt = 2 y − x")
    assert "are one curve −y = φ(x), continuous and increasing from the origin, to which they tend" in told
    assert told.endswith("φ(x) ≥ x/2, φ(x) ≤ x, neither of which is crossed towards it")


def test_an_order_of_trajectories_tells_the_two_apart_by_primes() -> None:
    x = sp.Symbol("x", real=True)
    flow = Foreign(((x, -x),))
    order = Ordered(flow, pairs({x: 1}), flow, pairs({x: 2}), pairs({x: x}))
    told = terminal_claim(order)
    assert told.startswith("x ≤ x' at all times, along dx/dt = −x as given from x(0) = 1")
    assert told.endswith("with primes, along dx/dt = −x as given from x'(0) = 2")


def test_rates_that_are_roots_are_given_by_their_equation() -> None:
    x, y = sp.symbols("x y", real=True)
    flow = Foreign(((x, -x), (y, -2 * y)))
    claim = Linearized(flow, pairs({x: 0, y: 0}), (Quadratic(sp.Integer(3), sp.Integer(2)),), True)
    assert "with the linear rates the roots of x² + 3 x + 2 = 0" in terminal_claim(claim)


def test_a_spectrum_says_how_often_each_rate_occurs_and_what_its_sums_are() -> None:
    total, one = sp.Symbol("S", positive=True), layer_amplitude("w", l)
    flow = modes(Model(Encoder(L), Predictor(1), LatentPrediction(), LayerEMA(tau)), "families")
    at = pairs({v: rho, layer_amplitude("b", l): one})
    claim = Spectrum(flow, at, ((sp.S.Zero, L), (-tau, L - 1), (-total, sp.S.One)), pairs({total: one**-2}))
    told = terminal_claim(claim)
    assert told.startswith("every point with v = ρ, bₗ = wₗ is a fixed point of dwₗ/dt = ")
    assert "with w, b the product of all layers of a stack" in told
    assert "0 with multiplicity L, −τ with multiplicity L − 1, −S, where S = Σ[l=1…L] 1/wₗ²" in told


def test_groups_of_layers_are_told_with_their_sizes() -> None:
    size = sp.Symbol("M", integer=True, positive=True)
    flow = groups(live, (size, L - size), (K,))
    told = terminal_claim(Conserved(flow, layer_amplitude("w", sp.S.One) ** 2))
    assert "of the live teacher with encoder layers in groups of M and L − M" in told
    assert "predictor layers" not in told
