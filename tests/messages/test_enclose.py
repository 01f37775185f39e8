"""`symjepa enclose`: what it prints is proved and follows its schema, and every refusal is one line that helps."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest
import sympy as sp
from flint import arb

import symjepa as sj
from symjepa.cli import main
from symjepa.errors import InvalidNumber, OutsideFragment, SymjepaError
from symjepa.exact.balls import precision
from symjepa.exact.decimals import exact_to_ball
from symjepa.verify.corroborate.enclose import enclose
from tests.verify.corroborate.enclose.trajectories import TENTH, ema, everywhere, flow, parameters

MODEL = ("--encoder-depth", "1", "--predictor-depth", "1", "--teacher", "ema", "--coordinates", "product")
DATA = ("--set", "lam=7/10", "--set", "sigma2=13/10", "--set", "tau=2/5")
START = ("--start", "w=1/10,v=1/10,b=1/10")
TRIPLE = ("enclose", *MODEL, *DATA, *START)

REFUSALS = {
    (*TRIPLE, "--time", "0"): "the time must be > 0; got 0: the flow is enclosed forward from its start",
    (*TRIPLE, "--time=-3/2"): "the time must be > 0; got -3/2: the flow is enclosed forward from its start",
    (*TRIPLE, "--time", "1", "--digits", "0"): "digits must be a whole number from 1 to 2000; got 0",
    (*TRIPLE, "--time", "1", "--digits", "100000"): "digits must be a whole number from 1 to 2000; got 100000",
    (*TRIPLE, "--time", "1", "--digits", "many"): "--digits must be a whole number from 1 to 2000; got 'many'",
    (*TRIPLE, "--time", "soon"): "an exact number is needed, such as 7/10, 0.7, -3 or 1e-3, but got 'soon'",
    (*TRIPLE, "--time", "1", "--set", "eta=1"): "--set eta: this flow has no 'eta', only lam, sigma2, tau",
    (*TRIPLE, "--time", "1", "--set", "lam=1"): "--set gives lam twice: leave one out",
    (*TRIPLE, "--time", "1", "--set", "lam"): "--set takes NAME=NUMBER, as in --set lam=7/10; got 'lam'",
    ("enclose", *MODEL, *DATA, "--time", "1"): "--start w=NUMBER is missing: this flow has w, v, b",
    ("enclose", *MODEL, *START, "--time", "1"): "--set lam=NUMBER is missing: this flow has lam, sigma2, tau",
    ("enclose", *MODEL, *DATA, *START): "the following arguments are required: --time (see symjepa enclose --help)",
    ("enclose", "--time", "1"): "a trajectory needs numeric depths, but the encoder has none: give --encoder-depth N",
    ("enclose", *MODEL, "--set", "lam=1,sigma2=-1,tau=1", *START, "--time", "1"): (
        "sigma2 must be > 0 under the hypotheses of this flow; got -1"
    ),
    ("enclose", *MODEL, *DATA, "--start", "w=__import__('os'),v=1,b=1", "--time", "1"): (
        "--start w: an exact number is needed, such as 7/10, 0.7, -3 or 1e-3, but got \"__import__('os')\""
    ),
    ("enclose", *MODEL, *DATA, "--start", "w=1+-2e-1+-1,v=1,b=1", "--time", "1"): (
        "--start w: an exact number is needed, such as 7/10, 0.7, -3 or 1e-3, but got '2e-1+-1'"
    ),
    (
        *("enclose", "--encoder-depth", "3", "--teacher", "ema", "--coordinates", "product", *DATA, *START),
        *("--time", "1"),
    ): (
        "an enclosure needs polynomial rates, but dw/dt = 21*b*v*w**(4/3)/10 - 39*v**2*w**(7/3)/10 has a root or a "
        "quotient of the state: use balanced or layers coordinates (and exact values for parameters under a root)"
    ),
}


@pytest.mark.parametrize("arguments", REFUSALS)
def test_a_refusal_is_one_line_that_names_the_quantity_and_the_remedy(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(arguments)
    out, err = capsys.readouterr()
    assert (status, out, err) == (64, "", f"symjepa: {REFUSALS[arguments]}\n")


def test_forty_five_proved_digits_of_a_triple_at_time_100(capsys: pytest.CaptureFixture[str]) -> None:
    assert main((*TRIPLE, "--time", "100", "--digits", "45")) == 0
    assert "w = 0.538460011770613114978571158317729598397622167..." in capsys.readouterr().out


def answered(arguments: tuple[str, ...], status: int, capsys: pytest.CaptureFixture[str]) -> Any:
    assert main((*arguments, "--json")) == status
    answer = json.loads(capsys.readouterr().out)
    schema = json.loads((resources.files("symjepa") / "schemas" / "enclose.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(answer)
    return answer


def test_json_follows_its_schema_and_its_balls_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered((*TRIPLE, "--time", "3", "--digits", "20"), 0, capsys)
    modes = ema()
    exact = enclose(modes, parameters(modes), everywhere(modes, TENTH), 3, 40).value
    with precision(500):
        assert all(exact_to_ball(answer["value"][str(x)]["exact"]).contains(exact[x]) for x in modes.state)
    assert answer["digits_proved"] == 20 and answer["reached"] == "3" and answer["stop"] == "reached"
    assert answer["invariants"][0]["contains_start"] is True


def test_a_blow_up_says_where_with_a_lower_bound_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    cubic = ("enclose", "--encoder-depth", "2", "--predictor-depth", "0", "--coordinates", "balanced")
    answer = answered(
        (*cubic, "--set", "lam=2,sigma2=1", "--start", "u=1", "--time", "30", "--digits", "15"), 2, capsys
    )
    assert answer["stop"] == "blow_up" and answer["near"].startswith(("0.5", "0.49999"))
    assert sp.Rational(49999, 100000) < sp.Rational(answer["reached"]) < sp.Rational(1, 2)


def test_a_box_too_wide_says_how_far_it_came_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(
        ("enclose", *MODEL, *DATA, "--start", "w=0+-1,v=1/10,b=1/10", "--time", "30", "--digits", "15"), 2, capsys
    )
    assert answer["stop"] == "too_wide" and sp.Rational(answer["reached"]) < 30 and answer["digits_proved"] == 0


# The same from Python.


def test_a_float_is_refused_with_the_number_to_write() -> None:
    modes = ema()
    with pytest.raises(InvalidNumber, match=r"start w needs an exact number such as 7/10, or a ball; got 0\.1"):
        enclose(modes, parameters(modes), {"w": 0.1, "v": TENTH, "b": TENTH}, 1, 10)


def test_a_symbolic_depth_is_refused() -> None:
    modes = flow("balanced", sj.L, 1)
    with pytest.raises(SymjepaError, match="numbers need a numeric depth"):
        enclose(modes, {x.name: 1 for x in modes.parameters}, {"u": 1}, 1, 10)


def test_a_box_under_a_root_is_refused() -> None:
    modes = flow("balanced", 1, 1, alpha=sj.alpha)
    values = {**parameters(modes), "alpha": arb(1, 1e-9)}
    with pytest.raises(OutsideFragment, match="exact values for parameters under a root"):
        enclose(modes, values, {"u": TENTH}, 1, 10)


def test_a_ball_that_is_no_number_is_refused() -> None:
    modes = ema()
    with pytest.raises(InvalidNumber, match="start w needs a finite ball"):
        enclose(modes, parameters(modes), {**everywhere(modes, TENTH), "w": arb.nan()}, 1, 10)


def test_a_time_outside_the_range_is_refused() -> None:
    modes = ema()
    found = enclose(modes, parameters(modes), everywhere(modes, TENTH), 2, 10)
    with pytest.raises(SymjepaError, match="a time from 0 to 2 is needed, where the enclosure ends; got 3"):
        found.at(3)


def test_a_missing_parameter_is_named() -> None:
    modes = ema()
    with pytest.raises(
        SymjepaError, match="every parameter needs a value, which here are lam, sigma2, tau; tau is missing"
    ):
        enclose(modes, {"lam": 1, "sigma2": 1}, everywhere(modes, TENTH), 1, 10)
