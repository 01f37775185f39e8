"""The simulation is reached from the front page, and costs nothing until it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

import symjepa as sj
from symjepa.verify.corroborate import simulate as simulations


def test_importing_symjepa_loads_nothing_that_checks() -> None:
    program = "import sys, symjepa; print('symjepa.verify' in sys.modules, 'scipy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    assert said.split() == ["False", "False"]


def test_the_front_page_hands_out_the_simulation() -> None:
    assert sj.simulate is simulations.simulate and sj.descend is simulations.descend
    assert sj.Moments is simulations.Moments and {"simulate", "descend", "Moments"} <= set(sj.__all__)


def test_what_the_front_page_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'simulated'"):
        _ = sj.simulated
