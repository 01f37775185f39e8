"""`symjepa reproduce`: the independent route agrees, and would notice if it did not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from symjepa.cli import entrywise, main, reproduce
from symjepa.flow import gradient_flow


@pytest.mark.parametrize("label", sorted(reproduce.models()))
def test_every_flow_agrees_with_the_entrywise_derivative(label: str) -> None:
    assert entrywise.disagreements(gradient_flow(reproduce.models()[label])) == []


@pytest.mark.parametrize("label", ["latent-live-any-depth", "latent-shared-any-depth", "data-any-depth"])
def test_a_wrong_flow_is_noticed(label: str) -> None:
    flow = gradient_flow(reproduce.models()[label])
    first, *others = flow.rates
    wrong = replace(flow, rates=(replace(first, rate=2 * first.rate), *others))
    assert len(entrywise.disagreements(wrong)) == 3


def one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {"latent-live-one-layer": reproduce.models()["latent-live-one-layer"]}
    monkeypatch.setattr(reproduce, "models", lambda: chosen)


def test_two_runs_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_model(monkeypatch)
    for folder in ("first", "second"):
        assert main(["reproduce", "-o", str(tmp_path / folder)]) == 0
    files = sorted(path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*.*"))
    assert len(files) == 4
    assert all((tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes() for file in files)


def test_a_disagreement_is_exit_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_model(monkeypatch)
    monkeypatch.setattr(entrywise, "disagreements", lambda flow: ["W_l at 1"])
    assert main(["reproduce", "-o", str(tmp_path)]) == 1


def test_nothing_but_the_table_is_printed_in_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one_model(monkeypatch)
    main(["reproduce", "-o", str(tmp_path)])
    assert capsys.readouterr().err == ""
