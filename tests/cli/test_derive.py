"""`symjepa derive` answers in text, LaTeX and JSON."""

from __future__ import annotations

import json
from importlib import resources
from itertools import product
from typing import Any

import jsonschema
import pytest
import sympy as sp

from symjepa import symbols
from symjepa.cli import main

NAMES = {name: value for name, value in vars(symbols).items() if isinstance(value, sp.Symbol)}


def answer(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["derive", "--json", *options]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    found: dict[str, Any] = json.loads(printed.out)
    return found


def rate_of(found: dict[str, Any], coordinates: str, amplitude: str) -> sp.Expr:
    (flow,) = (flow for flow in found["mode_flows"] if flow["coordinates"] == coordinates)
    return sp.sympify(flow["rate"][amplitude]["sympy"], locals=NAMES)


@pytest.mark.parametrize(
    ("teacher", "depths"),
    list(product(["live", "ema", "ema-layers", "frozen", "shared"], [("2", "1"), ("symbolic", "symbolic")])),
)
def test_the_json_of_every_teacher_fits_the_shipped_schema(
    capsys: pytest.CaptureFixture[str], teacher: str, depths: tuple[str, str]
) -> None:
    encoder, predictor = depths
    found = answer(
        capsys, "--teacher", teacher, "--encoder-depth", encoder, "--predictor-depth", predictor, "--weight-decay"
    )
    schema = json.loads((resources.files("symjepa") / "schemas" / "derive.json").read_text("utf-8"))
    jsonschema.validate(found, schema)


def test_the_schema_refuses_an_answer_without_its_loss(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys)
    del found["loss"]
    schema = json.loads((resources.files("symjepa") / "schemas" / "derive.json").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)


def test_options_left_out_mean_the_papers_model(capsys: pytest.CaptureFixture[str]) -> None:
    request = answer(capsys)["request"]
    assert (request["encoder_depth"], request["predictor_depth"], request["teacher"]) == ("symbolic", 1, "live")
    assert (request["objective"], request["predictor_rate"], request["weight_decay"]) == ("latent", "1", "0")


def test_the_printed_equation_of_littwin_comes_out_after_conversion(capsys: pytest.CaptureFixture[str]) -> None:
    """Eq. 7 for w = u^L, with its time L t: dw/dt = λ w^(3 - 1/L) - (λ/ρ) w³."""
    rate = rate_of(answer(capsys), "balanced", "u")
    u, L, lam, sigma2 = NAMES["u"], NAMES["L"], NAMES["lam"], NAMES["sigma2"]
    for depth in (1, 2, 5):
        printed = (lam * u ** (3 * L - 1) - sigma2 * u ** (3 * L)).subs(L, depth)
        assert sp.expand(u ** (depth - 1) * rate.subs(L, depth) - printed) == 0


def test_an_exact_weight_decay_is_kept_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    rate = rate_of(answer(capsys, "--weight-decay", "0.1"), "balanced", "u")
    assert rate.coeff(NAMES["u"], 1) == sp.Rational(-1, 10)


def test_a_flag_without_a_number_brings_the_symbol(capsys: pytest.CaptureFixture[str]) -> None:
    rate = rate_of(answer(capsys, "--weight-decay", "--predictor-rate"), "balanced", "u")
    assert {NAMES["eta"], NAMES["alpha"]} <= rate.free_symbols


def test_a_shared_teacher_has_no_balanced_coordinates_and_says_by_what(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "--teacher", "shared")
    (refusal,) = found["refused"]
    assert (refusal["coordinates"], refusal["joint"]) == ("balanced", "joint")
    assert "Syy" in refusal["drift"]["sympy"]


def test_coordinates_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "--coordinates", "balanced", "--coordinates", "layers")
    assert [flow["coordinates"] for flow in found["mode_flows"]] == ["layers", "balanced"]


def test_the_text_opens_with_the_complete_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--encoder-depth", "2", "--teacher", "ema"]) == 0
    head = capsys.readouterr().out.splitlines()[:6]
    assert head[0].startswith("Model")
    assert head[1:] == [
        "  encoder     W = W₂ W₁, depth 2",
        "  predictor   P = P₁, depth 1",
        "  objective   latent: ½ E‖P W x − sg[W̄ y]‖²",
        "  teacher     ema: dW̄/dt = τ (W − W̄)",
        "  rates       α = 1 (predictor), η = 0 (weight decay)",
    ]


def test_the_text_shows_the_balanced_flow_in_unicode(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive"]) == 0
    assert "  du/dt = λ u²ᴸ − σ² u²ᴸ⁺¹\n" in capsys.readouterr().out


def test_proposals_are_called_proposals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--format", "latex"]) == 0
    assert "proposed, not yet proved" in capsys.readouterr().out
    assert all(flow["status"] == "proposed, not yet proved" for flow in answer(capsys)["mode_flows"])
