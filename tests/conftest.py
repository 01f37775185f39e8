"""What holds for every test: Hypothesis profiles, and tests that need a tool which may be missing."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

# "steady" gives every machine the same examples; `--hypothesis-profile=explore` draws new ones, and many.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile("steady")


def is_installed(tool: str) -> bool:
    return shutil.which(tool) is not None or find_spec(tool) is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.needs("heyoka")` skips without heyoka, unless SYMJEPA_MUST_HAVE says that it is installed."""
    for mark in item.iter_markers("needs"):
        for tool in mark.args:
            if is_installed(tool):
                continue
            if tool in os.environ.get("SYMJEPA_MUST_HAVE", "").split():
                pytest.fail(f"{tool} was installed for this run, and is not found")
            pytest.skip(f"needs {tool}")
