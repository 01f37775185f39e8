"""Other programs integrate the derived mode flows: asked alike, they answer alike, and agree with proved digits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
import sympy as sp

import symjepa as sj
from symjepa.errors import BlowUp, InvalidNumber, MissingExtra, NeedsDepth, SymjepaError
from symjepa.verify.corroborate.enclose import enclose
from symjepa.verify.corroborate.peers import PEERS, by_dop853, by_heyoka, by_odefun

R = sp.Rational
needs = {"heyoka": "heyoka", "dop853": "scipy"}
each = pytest.mark.parametrize(
    "peer",
    [pytest.param(peer, marks=pytest.mark.needs(needs.get(name, "mpmath")), id=name) for name, peer in PEERS.items()],
)
VALUES = {"lam": R(7, 10), "sigma2": R(13, 10), "tau": R(2, 5)}


def aligned(encoder: Any, predictor: int, teacher: Any, objective: Any = None) -> sj.ModeFlow:
    model = sj.Model(sj.Encoder(encoder), sj.Predictor(predictor), objective or sj.LatentPrediction(), teacher)
    return sj.aligned_modes(sj.gradient_flow(model))


def triple() -> sj.ModeFlow:
    return sj.product_modes(aligned(1, 1, sj.EMA(sj.tau)))


def relative(found: Any, exact: Any) -> Any:
    with mpmath.workdps(80):
        return abs(found - exact) / abs(exact)


def proved(modes: sj.ModeFlow, values: Any, start: Any, time: Any, digits: int) -> dict[str, mpmath.mpf]:
    with mpmath.workdps(digits + 20):
        found = enclose(modes, values, start, time, digits).value
        return {x.name: mpmath.mpf(ball.mid().str(digits + 15, radius=False)) for x, ball in found.items()}


@each
def test_a_peer_agrees_with_the_proved_digits_of_an_ema_triple(peer: Callable[..., Any]) -> None:
    modes, start = triple(), {"w": R(1, 10), "v": R(1, 5), "b": R(1, 10)}
    run = peer(modes, VALUES, start, [1, R(21, 2)], digits=13)
    exact = proved(modes, VALUES, start, R(21, 2), 20)
    assert max(relative(values[1], exact[x.name]) for x, values in run.states.items()) < 1e-10
    assert relative(run.states[sj.w][0], exact["w"]) > 1e-2


@pytest.mark.parametrize(
    "peer",
    [pytest.param(by_heyoka, marks=pytest.mark.needs("heyoka"), id="heyoka"), pytest.param(by_odefun, id="odefun")],
)
def test_thirty_digits_are_thirty_digits(peer: Callable[..., Any]) -> None:
    """Layers apart and a rational number in the rates, which no double may hold on its way."""
    modes, digits = aligned(2, 1, sj.EMA(R(1, 3))), 30
    start = {"w_1": R(1, 2), "w_2": R(2, 3), "v_1": R(1, 5), "b": R(1, 7)}
    values = {"lam": R(7, 10), "sigma2": R(13, 10)}
    run, exact = peer(modes, values, start, [1], digits=digits), proved(modes, values, start, 1, digits + 5)
    assert max(relative(held[0], exact[x.name]) for x, held in run.states.items()) < mpmath.mpf(10) ** -28


@pytest.mark.needs("heyoka")
def test_powers_with_thirds_are_sharp_too() -> None:
    """Product coordinates of three layers have the exponents 4/3 and 2/3."""
    modes = sj.product_modes(aligned(3, 1, sj.Live()))
    start, values = {"w": R(1, 2), "v": R(2, 3)}, {"lam": R(7, 10), "sigma2": R(13, 10)}
    first, second = (peer(modes, values, start, [R(1, 2)], digits=20) for peer in (by_heyoka, by_odefun))
    assert max(relative(first.states[x][0], second.states[x][0]) for x in modes.state) < mpmath.mpf(10) ** -18


@each
def test_a_peer_says_who_it_is_and_what_it_was_asked(peer: Callable[..., Any]) -> None:
    run = peer(triple(), VALUES, {"w": 1, "v": 1, "b": 1}, [1], digits=12)
    assert any(character.isdigit() for character in run.tool) and run.asked and len(run.times) == 1
    assert run.tool in repr(run) and run.asked in repr(run)


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param(by_heyoka, marks=pytest.mark.needs("heyoka"), id="heyoka"),
        pytest.param(by_dop853, marks=pytest.mark.needs("scipy"), id="dop853"),
    ],
)
def test_a_blow_up_is_reported_with_its_time(peer: Callable[..., Any]) -> None:
    """Without a predictor u' = (λ - σ²) u³, which leaves every bound at t = 1/2."""
    modes = sj.balanced(aligned(2, 0, sj.Live()))
    with pytest.raises(BlowUp, match=r"asked for t = 1 and stopped at t = 0\.(5|49999)") as raised:
        peer(modes, {"lam": 2, "sigma2": 1}, {"u": 1}, [R(1, 4), 1], digits=14)
    assert raised.value.parts["time"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("peer", "module", "extra"), [(by_heyoka, "heyoka", "fast"), (by_dop853, "scipy", "data")], ids=["heyoka", "dop853"]
)
def test_a_missing_tool_is_named_with_its_extra(peer: Any, module: str, extra: str, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"which is not installed: pip install 'symjepa\[{extra}\]'"):
        peer(triple(), VALUES, {"w": 1, "v": 1, "b": 1}, [1], digits=12)


REFUSED: list[tuple[type[SymjepaError], str, dict[str, Any]]] = [
    (InvalidNumber, "`values` needs a number for tau; got lam, sigma2", {"values": {"lam": 1, "sigma2": 1}}),
    (InvalidNumber, "`start` needs a number for b; got w, v", {"start": {"w": 1, "v": 1}}),
    (InvalidNumber, "lam must be an exact number, as sympy.Rational(7, 10) is; got 0.7",
     {"values": {**VALUES, "lam": 0.7}}),
    (InvalidNumber, "increasing times > 0 are needed; got 1, 1", {"times": [1, 1]}),
    (InvalidNumber, "increasing times > 0 are needed; got none", {"times": []}),
    (InvalidNumber, "digits must be a whole number from 1 on; got 0", {"digits": 0}),
    (NeedsDepth, "numbers need a numeric depth, but got the symbol L",
     {"modes": sj.balanced(aligned(sj.L, 1, sj.Live()))}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "changed"), REFUSED, ids=[text[:30] for _, text, _ in REFUSED])
def test_it_is_refused_by_name(kind: type[SymjepaError], text: str, changed: dict[str, Any]) -> None:
    asked = {"modes": triple(), "values": VALUES, "start": {"w": 1, "v": 1, "b": 1}, "times": [1], "digits": 12}
    with pytest.raises(kind) as raised:
        by_odefun(**{**asked, **changed})
    assert text in str(raised.value)
