"""Certificates say what was shown and how, and are the same from run to run."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from symjepa.catalogue import find, load
from symjepa.cli import main
from symjepa.cli.checking import certified
from symjepa.render.sentences import _SENTENCES
from symjepa.statements import claims
from symjepa.verify.check import check
from symjepa.verify.obligations import _COMPILERS
from symjepa.verify.rules import RULES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def certificate() -> dict[str, Any]:
    entry = find("jepa-fixed-point")
    theorem = load(entry)
    return certified(entry, theorem, check(theorem))


def every(thing: Any, key: str) -> list[Any]:
    """All values of a key, at any depth."""
    if isinstance(thing, dict):
        return [value for name, value in thing.items() if name == key] + [
            x for value in thing.values() for x in every(value, key)
        ]
    return [x for part in thing for x in every(part, key)] if isinstance(thing, list) else []


def test_every_premise_of_every_rule_is_there_and_discharged(certificate: dict[str, Any]) -> None:
    own = {key: value for key, value in certificate.items() if key != "printed"}  # what others said may be false
    for rule in every(own, "rule"):
        assert [premise["name"] for premise in rule["premises"]] == list(RULES[rule["name"]].premises)
        assert all(premise["discharged"] and premise["obligations"] for premise in rule["premises"])


def test_every_condition_says_how_it_was_shown(certificate: dict[str, Any]) -> None:
    conditions = [condition for found in every(certificate, "conditions") for condition in found]
    assert conditions
    assert all(condition["shown_by"] and condition["fact"]["sympy"] for condition in conditions)


def test_assumptions_on_symbols_are_among_the_hypotheses(certificate: dict[str, Any]) -> None:
    assert {"K >= 0", "L > 0", "sigma2 > 0"} <= {fact["sympy"] for fact in certificate["assumptions"]}
    assert [claim["text"] for claim in certificate["hypotheses"]] == ["0 < K", "0 < λ"]


def test_the_source_is_hashed(certificate: dict[str, Any]) -> None:
    assert certificate["sha256"] == hashlib.sha256(find("jepa-fixed-point").file.read_bytes()).hexdigest()
    assert certificate["file"] == "derivations/jepa/jepa_fixed_point.py"


def test_the_trusted_files_are_hashed(certificate: dict[str, Any]) -> None:
    for entry in certificate["trusted"]:
        assert entry["sha256"] == hashlib.sha256((ROOT / entry["file"]).read_bytes()).hexdigest()


def test_versions_are_those_of_what_computed(certificate: dict[str, Any]) -> None:
    assert sorted(certificate["versions"]) == ["python-flint", "symjepa", "sympy"]


def test_lines_of_the_proof_point_into_the_file(certificate: dict[str, Any]) -> None:
    source = find("jepa-fixed-point").file.read_text("utf-8").splitlines()
    checked = [line for line in certificate["proof"] if isinstance(line, dict)]
    assert checked
    assert all(source[line["line"] - 1].strip().startswith("yield ") for line in checked)


def test_near_misses_have_exact_points(certificate: dict[str, Any]) -> None:
    assert all(miss["verdict"] == "REFUTED" and miss["point"] for miss in certificate["near_misses"])
    assert certificate["near_misses"][0]["point"] == {"K": "2", "L": "2", "lam": "1", "sigma2": "2"}


def test_no_time_host_date_or_path_is_in_a_certificate(certificate: dict[str, Any]) -> None:
    text = json.dumps(certificate)
    assert str(ROOT) not in text
    assert not {"seconds", "date", "host", "time"} & set(every_key(certificate))


def every_key(thing: Any) -> list[str]:
    if isinstance(thing, dict):
        return [*thing, *(key for value in thing.values() for key in every_key(value))]
    return [key for part in thing for key in every_key(part)] if isinstance(thing, list) else []


def written(folder: Path, seed: str, jobs: str, *labels: str) -> dict[str, bytes]:
    """The certificates that another process writes, with another order of sets and hashes."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "symjepa", "check", *labels, "--jobs", jobs, "-o", str(folder)]
    subprocess.run(command, env=environment, check=True, capture_output=True, cwd=folder.parent)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_certificates_are_byte_identical_from_run_to_run(tmp_path: Path) -> None:
    labels = ("jepa-fixed-point", "null-gradient")
    first, second = written(tmp_path / "a", "1", "1", *labels), written(tmp_path / "b", "2", "2", *reversed(labels))
    assert sorted(first) == ["jepa-fixed-point.json", "null-gradient.json"]
    assert first == second


def test_a_failed_line_keeps_its_residual_and_its_point(tmp_path: Path) -> None:
    source = find("jepa-fixed-point").file.read_text("utf-8").replace("from ..printed", "from symjepa.book.printed")
    broken = tmp_path / "broken.py"
    broken.write_text(source.replace("unit * (rho - u**K), why", "unit * (rho - u**L), why"), "utf-8")
    assert main(["check", str(broken), "-o", str(tmp_path)]) == 2
    found = json.loads((tmp_path / "broken.json").read_text("utf-8"))
    (failed,) = [line for line in found["proof"] if isinstance(line, dict) and line["verdict"] != "PROVED"]
    assert failed["verdict"] == "REFUTED"
    assert failed["residual"].endswith("≠ 0")
    assert failed["counterexample"]["point"]["K"] != failed["counterexample"]["point"]["L"]
    assert (found["verdict"], found["file"]) == ("UNDECIDED", "broken.py")


def test_every_claim_that_can_be_checked_has_a_sentence() -> None:
    assert set(_COMPILERS) | {claims.All, claims.Annihilates} <= set(_SENTENCES)
